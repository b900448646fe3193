//! Offers to providers (打診, domain 5.2): the first acceptance wins, the others are notified with thanks. What the asked
//! provider sees is in [`list`].

mod list;

pub use list::{OfferDetails, OfferList, TakenCase, open_for};

use crate::coordination::{Asked, Case, Outcome, gates_of};
use crate::entity::{member, offer};
use crate::error::{Error, Result};
use crate::event::{By, label_of, member_label};
use crate::step::Step;
use crate::{Env, horizon, policy, reason, ward};
use domain::actor::{Actor, Channel, MemberKind, Party};
use domain::event::{Answer, Asked as AskedProviders, Event};
use domain::id::{MemberId, OfferId, RequestId};
use domain::number::{MemberNo, RequestNo};
use domain::policy::{Relation, Right, Sides, Stage, permit};
use domain::refusal::Refusal;
use domain::request::{CoordinationStatus, OFFER_TABLE, OfferAction, OfferStatus, RequestAction};
use domain::time::Instant;
use domain::workflow::{StepRefused, next};
use sea_orm::sea_query::LockType;
use sea_orm::{
    ActiveValue::Set, ColumnTrait, ConnectionTrait, DatabaseTransaction, EntityTrait, FromQueryResult, QueryFilter,
    QuerySelect,
};

/// Asks providers for a case; all of them must pass the hard gates. One who is already asked is not asked twice.
///
/// # Errors
/// Not the ward's case: [`Error::NotFound`]; the case's own members: the table's refusal. [`Refusal::ActivityBegun`], [`Refusal::NoProviderChosen`],
/// [`Refusal::Gates`] of the first provider who does not pass, or the table's refusal.
pub async fn send(env: &Env, actor: &Actor, no: RequestNo, asked: Asked, providers: &[MemberNo]) -> Result<Outcome> {
    let tx = env.db.begin().await?;
    let mut step = Step::<Case>::hold(env, &tx, actor, no).await?;
    let decided = step.ask(RequestAction::Offer);
    if step.side != Party::Coordinator {
        // Before anybody is looked up: a family learns nothing of who has which number.
        return Err(decided.err().unwrap_or_else(|| Refusal::NotYours.into()));
    }
    let (case, now) = (step.thing.clone(), step.now);
    let open = open_offers(&tx, case.row.id).await?;
    let chosen = members(&tx, &case.row.ward, providers).await?;
    // A resent page finds everybody asked already.
    let new: Vec<&member::Model> =
        chosen.iter().filter(|one| !open.iter().any(|offer| offer.provider_id == one.id)).collect();
    if !chosen.is_empty() && new.is_empty() && case.status == CoordinationStatus::Offering {
        return Ok(Outcome::AlreadyApplied);
    }
    if case.status != CoordinationStatus::Offering && !step.take(RequestAction::Offer, asked.seen).await? {
        return Ok(Outcome::AlreadyApplied);
    }
    decided?;
    if case.start() <= now {
        return Err(Refusal::ActivityBegun.into());
    }
    if chosen.is_empty() {
        return Err(Refusal::NoProviderChosen.into());
    }
    let horizon = horizon::load(&tx, env).await?;
    if horizon.known(case.start().date()).is_err() {
        return Err(Refusal::HolidaysUnknown { last: horizon.holidays_until }.into());
    }
    let expires = ward::answer_until(&tx, &case.row.ward, now, case.start()).await?;
    for provider in &new {
        let gates = gates_of(&tx, &case.row, provider).await?;
        if !gates.is_empty() {
            return Err(Refusal::Gates(gates).into());
        }
        let row = offer::ActiveModel {
            request_id: Set(case.row.id),
            provider_id: Set(provider.id),
            status: Set(OfferStatus::Sent),
            sent_at: Set(now),
            expires_at: Set(expires),
            ..Default::default()
        };
        offer::Entity::insert(row).exec_without_returning(&tx).await?;
    }
    let names: Vec<String> = new.iter().map(|one| label_of(one)).collect::<Result<_>>()?;
    let members = new.iter().map(|one| one.id).collect();
    let event = Event::Offer(AskedProviders { providers: names, members, until: Some(expires) });
    step.commit(event, None).await?;
    tx.commit().await?;
    Ok(Outcome::Executed)
}

/// The provider takes it, or a coordinator says so for a provider who phoned. The first one wins.
///
/// # Errors
/// Neither the asked provider nor the ward's coordinator: [`Error::NotFound`]. [`Refusal::OfferClosed`] when another was
/// first, the time is over or it was answered; [`Refusal::ActivityBegun`]; when something came in between
/// [`Refusal::CannotAccept`] for the provider, [`Refusal::Gates`] for the coordinator.
pub async fn accept(env: &Env, actor: &Actor, offer: OfferId, channel: Channel) -> Result<Outcome> {
    let tx = env.db.begin().await?;
    let (mut step, offer) = lock(env, &tx, actor, offer).await?;
    let (side, now) = (step.side, step.now);
    if offer.status == OfferStatus::Accepted && step.thing.row.provider_id == Some(offer.provider_id) {
        return Ok(Outcome::AlreadyApplied);
    }
    decide(&offer, OfferAction::Accept, side, now)?;
    step.ask(RequestAction::Accept).map_err(|error| match error {
        Error::Refused(Refusal::RequestMoved(_)) => Refusal::OfferClosed.into(),
        other => other,
    })?;
    if step.thing.start() <= now {
        return Err(Refusal::ActivityBegun.into());
    }
    step.for_member(offer.provider_id, channel).await?;
    let provider = lock_provider(&tx, offer.provider_id).await?;
    let gates = gates_of(&tx, &step.thing.row, &provider).await?;
    if !gates.is_empty() {
        let own = side == Party::Provider;
        return Err(if own { Refusal::CannotAccept(gates) } else { Refusal::Gates(gates) }.into());
    }
    answer(&tx, &offer, OfferStatus::Accepted, now, None).await?;
    step.changes.provider_id = Set(Some(provider.id));
    let provider = label_of(&provider)?;
    let answered = Answer { provider, offer: Some(offer.id), member: Some(offer.provider_id) };
    step.commit(Event::Accept(answered), None).await?;
    close_open(&step).await?;
    tx.commit().await?;
    Ok(Outcome::Executed)
}

/// The provider declines, with or without a reason; when nobody is asked any more, the case is searched again.
///
/// # Errors
/// As [`accept`], without gates; [`Refusal::OfferAccepted`] for the provider who has accepted it.
pub async fn decline(env: &Env, actor: &Actor, offer: OfferId, why: &str, channel: Channel) -> Result<Outcome> {
    let tx = env.db.begin().await?;
    let (mut step, offer) = lock(env, &tx, actor, offer).await?;
    if offer.status == OfferStatus::Declined {
        return Ok(Outcome::AlreadyApplied);
    }
    let accepted = offer.status == OfferStatus::Accepted && step.thing.row.provider_id == Some(offer.provider_id);
    if accepted && step.side == Party::Provider {
        return Err(Refusal::OfferAccepted.into());
    }
    decide(&offer, OfferAction::Decline, step.side, step.now)?;
    step.for_member(offer.provider_id, channel).await?;
    let why = reason::optional("reason", why)?;
    answer(&tx, &offer, OfferStatus::Declined, step.now, why.clone()).await?;
    step.record(Event::Decline(facts(&tx, &offer).await?), why).await?;
    return_when_empty(&mut step).await?;
    tx.commit().await?;
    Ok(Outcome::Executed)
}

/// The coordinator takes an offer back; when nobody is asked any more, the case is searched again.
///
/// # Errors
/// Not the ward's coordinator: [`Error::NotFound`]; an answered offer: [`Refusal::OfferClosed`].
pub async fn close(env: &Env, actor: &Actor, offer: OfferId) -> Result<Outcome> {
    let tx = env.db.begin().await?;
    let (mut step, offer) = lock(env, &tx, actor, offer).await?;
    if offer.status == OfferStatus::Closed && step.side == Party::Coordinator {
        return Ok(Outcome::AlreadyApplied);
    }
    decide(&offer, OfferAction::Close, step.side, step.now)?;
    answer(&tx, &offer, OfferStatus::Closed, step.now, None).await?;
    step.record(Event::Close(facts(&tx, &offer).await?), None).await?;
    return_when_empty(&mut step).await?;
    tx.commit().await?;
    Ok(Outcome::Executed)
}

/// Ends every offer whose 48 hours are over; returns how many.
///
/// Each case is a transaction of its own, so the job can be killed and run again, on two servers at once.
pub async fn expire_offers(env: &Env) -> Result<u64> {
    let due = offer::Entity::find()
        .select_only()
        .column(offer::Column::RequestId)
        .distinct()
        .filter(offer::Column::Status.is_in(OfferStatus::OPEN))
        .filter(offer::Column::ExpiresAt.lte(env.clock.now()));
    let due: Vec<Requested> = due.into_model().all(env.db.read()).await?;
    let mut expired = 0;
    for Requested { request_id } in due {
        let tx = env.db.begin().await?;
        let case = Case::lock_row(&tx, request_id).await?;
        let mut step = Step::of(env, &tx, None, case, Party::Timer);
        let now = step.now;
        for offer in open_offers(&tx, request_id).await?.iter().filter(|offer| offer.expires_at <= now) {
            answer(&tx, offer, OfferStatus::Expired, now, None).await?;
            step.record(Event::Expire(facts(&tx, offer).await?), None).await?;
            expired += 1;
        }
        return_when_empty(&mut step).await?;
        tx.commit().await?;
    }
    Ok(expired)
}

#[derive(FromQueryResult)]
struct Requested {
    request_id: RequestId,
}

/// Closes every offer of a case that is still open, because another provider took it or it ended; each is in the history,
/// and its provider is notified with thanks.
pub(crate) async fn close_open(step: &Step<'_, Case>) -> Result<()> {
    for offer in open_offers(step.tx, step.thing.row.id).await? {
        answer(step.tx, &offer, OfferStatus::Closed, step.now, None).await?;
        // It follows from a step that says itself who took it.
        step.record_as(&By::job(), Event::Close(facts(step.tx, &offer).await?), None).await?;
    }
    Ok(())
}

/// Finds an offer for the asked provider or the ward's coordinator, and locks its case first, then reads the offer.
async fn lock<'a>(
    env: &'a Env,
    tx: &'a DatabaseTransaction,
    actor: &'a Actor,
    id: OfferId,
) -> Result<(Step<'a, Case>, offer::Model)> {
    let found = offer::Entity::find_by_id(id).one(tx).await?.ok_or(Error::NotFound)?;
    policy::stand(actor, Right::AnswerOffer)?;
    let case = Case::lock_row(tx, found.request_id).await?;
    let sides = Sides { ward: Some(&case.row.ward), provider: Some(found.provider_id), ..Sides::default() };
    let side = permit(actor, Right::AnswerOffer, &sides, Stage::Known).and_then(Relation::party);
    let side = side.ok_or(Error::NotFound)?;
    // Read again under the lock: another answer may have closed it meanwhile.
    let offer = offer::Entity::find_by_id(id).one(tx).await?.ok_or(Error::NotFound)?;
    Ok((Step::of(env, tx, Some(actor), case, side), offer))
}

/// Asks the offer's table; an offer whose time is over counts as expired before the job has said so.
fn decide(offer: &offer::Model, action: OfferAction, side: Party, now: Instant) -> Result<OfferStatus> {
    let status = offer.status;
    let over = status.is_open() && offer.expires_at <= now && action != OfferAction::Close;
    let status = if over { OfferStatus::Expired } else { status };
    next(OFFER_TABLE, status, action, side).map_err(|refused| match refused {
        StepRefused::NotNow => Refusal::OfferClosed.into(),
        StepRefused::NotYours => Refusal::NotYours.into(),
    })
}

async fn open_offers<C: ConnectionTrait>(tx: &C, request: RequestId) -> Result<Vec<offer::Model>> {
    let open = OfferStatus::OPEN;
    let query = offer::Entity::find().filter(offer::Column::RequestId.eq(request));
    Ok(query.filter(offer::Column::Status.is_in(open)).all(tx).await?)
}

async fn answer<C: ConnectionTrait>(
    tx: &C,
    offer: &offer::Model,
    status: OfferStatus,
    now: Instant,
    reason: Option<String>,
) -> Result<()> {
    let row = offer::ActiveModel {
        id: Set(offer.id),
        status: Set(status),
        answered_at: Set(Some(now)),
        reason: Set(reason),
        ..Default::default()
    };
    offer::Entity::update(row).exec(tx).await?;
    Ok(())
}

/// What the history keeps of one provider's offer.
async fn facts(tx: &DatabaseTransaction, offer: &offer::Model) -> Result<Answer> {
    let provider = member_label(tx, offer.provider_id).await?;
    Ok(Answer { provider, offer: Some(offer.id), member: Some(offer.provider_id) })
}

/// Offering without an open offer goes back to the search.
async fn return_when_empty(step: &mut Step<'_, Case>) -> Result<()> {
    let case = &step.thing;
    if case.status != CoordinationStatus::Offering || !open_offers(step.tx, case.row.id).await?.is_empty() {
        return Ok(());
    }
    step.ask(RequestAction::ReturnToSearch)?;
    step.commit(Event::ReturnToSearch, None).await
}

/// Locks a provider's row, so that two cases cannot take the same hours at once.
pub(crate) async fn lock_provider(tx: &DatabaseTransaction, id: MemberId) -> Result<member::Model> {
    let query = member::Entity::find_by_id(id).lock(LockType::NoKeyUpdate);
    query.one(tx).await?.ok_or(Error::NotFound)
}

async fn members<C: ConnectionTrait>(tx: &C, ward: &str, numbers: &[MemberNo]) -> Result<Vec<member::Model>> {
    let mut found = Vec::with_capacity(numbers.len());
    for no in numbers {
        let query = member::Entity::find().filter(member::Column::MemberNo.eq(*no));
        let query = query.filter(member::Column::Ward.eq(ward));
        let row =
            query.filter(member::Column::Kind.is_in(MemberKind::PROVIDING)).one(tx).await?.ok_or(Error::NotFound)?;
        if !found.iter().any(|one: &member::Model| one.id == row.id) {
            found.push(row);
        }
    }
    Ok(found)
}
