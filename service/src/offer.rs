//! Offers to providers (打診, domain 5.2): the first acceptance wins, the others are told with thanks. What the asked
//! provider sees is in [`list`].

mod list;

pub use list::{OfferDetails, OfferList, TakenCase, open_for};

use crate::coordination::{Asked, Case, Outcome, Taken, Teller, gates_of};
use crate::entity::{care_request, member, offer};
use crate::error::{Error, Result};
use crate::event::{By, Happened, label_of, member_label};
use crate::notice::tell_acted_for;
use crate::{Env, horizon, policy, reason, ward};
use domain::actor::{Actor, Channel, MemberKind, Party};
use domain::event::{Answer, Asked as AskedProviders, Event};
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
    let now = env.clock.now();
    let (mut case, side) = Case::lock(&tx, actor, no).await?;
    let decided = case.decide(RequestAction::Offer, side);
    if side != Party::Coordinator {
        // Before anybody is looked up: a family learns nothing of who has which number.
        return Err(decided.err().unwrap_or_else(|| Refusal::NotYours.into()));
    }
    let open = open_offers(&tx, case.row.id).await?;
    let chosen = members(&tx, &case.row.ward, providers).await?;
    // A resent page finds everybody asked already.
    let new: Vec<&member::Model> =
        chosen.iter().filter(|one| !open.iter().any(|offer| offer.provider_id == one.id)).collect();
    if !chosen.is_empty() && new.is_empty() && case.status == CoordinationStatus::Offering {
        return Ok(Outcome::AlreadyApplied);
    }
    if case.status != CoordinationStatus::Offering && case.already(&tx, actor, asked, RequestAction::Offer).await? {
        return Ok(Outcome::AlreadyApplied);
    }
    let to = decided?;
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
            sent_at: Set(now.0),
            expires_at: Set(expires.0),
            ..Default::default()
        };
        offer::Entity::insert(row).exec_without_returning(&tx).await?;
    }
    let names: Vec<String> = new.iter().map(|one| label_of(one)).collect::<Result<_>>()?;
    let taken = Taken { to, reason: None, event: Event::Offer(AskedProviders { providers: names }) };
    case.advance(&tx, now, &By::web(actor), taken, care_request::ActiveModel::default()).await?;
    let teller = Teller::new(env, &tx, &case);
    for provider in &new {
        teller.offer_received(provider.id, expires).await?;
    }
    tx.commit().await?;
    Ok(Outcome::Executed)
}

/// The provider takes it, or a coordinator says so for a provider who phoned. The first one wins.
///
/// # Errors
/// Neither the asked provider nor the ward's coordinator: [`Error::NotFound`]. [`Refusal::OfferClosed`] when another was
/// first, the time is over or it was answered; [`Refusal::ActivityBegun`]; when something came in between
/// [`Refusal::CannotAccept`] for the provider, [`Refusal::Gates`] for the coordinator.
pub async fn accept(env: &Env, actor: &Actor, offer: i64, channel: Channel) -> Result<Outcome> {
    let tx = env.db.begin().await?;
    let now = env.clock.now();
    let (mut case, offer, side) = lock(&tx, actor, offer).await?;
    if offer.status == OfferStatus::Accepted && case.row.provider_id == Some(offer.provider_id) {
        return Ok(Outcome::AlreadyApplied);
    }
    decide(&offer, OfferAction::Accept, side, now)?;
    let to = case.decide(RequestAction::Accept, side).map_err(|error| match error {
        Error::Refused(Refusal::RequestMoved(_)) => Refusal::OfferClosed.into(),
        other => other,
    })?;
    if case.start() <= now {
        return Err(Refusal::ActivityBegun.into());
    }
    let by = By::for_member_of(&tx, actor, offer.provider_id, channel).await?;
    let provider = lock_provider(&tx, offer.provider_id).await?;
    let gates = gates_of(&tx, &case.row, &provider).await?;
    if !gates.is_empty() {
        let own = side == Party::Provider;
        return Err(if own { Refusal::CannotAccept(gates) } else { Refusal::Gates(gates) }.into());
    }
    answer(&tx, &offer, OfferStatus::Accepted, now, None).await?;
    let answered = Answer { provider: label_of(&provider)?, offer: Some(offer.id) };
    let taken = Taken { to, reason: None, event: Event::Accept(answered) };
    let changes = care_request::ActiveModel { provider_id: Set(Some(provider.id)), ..Default::default() };
    case.advance(&tx, now, &by, taken, changes).await?;
    let teller = Teller::new(env, &tx, &case);
    teller.provider_found(case.row.member_id).await?;
    if side == Party::Provider {
        teller.taken_by_provider(&case.row.ward).await?;
    }
    tell_acted_for(&tx, (now, env.clock.real_now()), &by, Some(offer.provider_id), "受諾", "/offers").await?;
    close_open(env, &tx, &case).await?;
    tx.commit().await?;
    Ok(Outcome::Executed)
}

/// The provider declines, with or without a reason; when nobody is asked any more, the case is searched again.
///
/// # Errors
/// As [`accept`], without gates; [`Refusal::OfferAccepted`] for the provider who has accepted it.
pub async fn decline(env: &Env, actor: &Actor, offer: i64, why: &str, channel: Channel) -> Result<Outcome> {
    let tx = env.db.begin().await?;
    let now = env.clock.now();
    let (mut case, offer, side) = lock(&tx, actor, offer).await?;
    if offer.status == OfferStatus::Declined {
        return Ok(Outcome::AlreadyApplied);
    }
    let accepted = offer.status == OfferStatus::Accepted && case.row.provider_id == Some(offer.provider_id);
    if accepted && side == Party::Provider {
        return Err(Refusal::OfferAccepted.into());
    }
    decide(&offer, OfferAction::Decline, side, now)?;
    let by = By::for_member_of(&tx, actor, offer.provider_id, channel).await?;
    let why = reason::optional("reason", why)?;
    answer(&tx, &offer, OfferStatus::Declined, now, why.clone()).await?;
    tell_answer(&tx, &case, now, &by, Event::Decline, &offer, why).await?;
    tell_acted_for(&tx, (now, env.clock.real_now()), &by, Some(offer.provider_id), "辞退", "/offers").await?;
    return_when_empty(env, &tx, &mut case, &by, side).await?;
    tx.commit().await?;
    Ok(Outcome::Executed)
}

/// The coordinator takes an offer back; when nobody is asked any more, the case is searched again.
///
/// # Errors
/// Not the ward's coordinator: [`Error::NotFound`]; an answered offer: [`Refusal::OfferClosed`].
pub async fn close(env: &Env, actor: &Actor, offer: i64) -> Result<Outcome> {
    let tx = env.db.begin().await?;
    let now = env.clock.now();
    let (mut case, offer, side) = lock(&tx, actor, offer).await?;
    if offer.status == OfferStatus::Closed && side == Party::Coordinator {
        return Ok(Outcome::AlreadyApplied);
    }
    decide(&offer, OfferAction::Close, side, now)?;
    let by = By::web(actor);
    answer(&tx, &offer, OfferStatus::Closed, now, None).await?;
    tell_answer(&tx, &case, now, &by, Event::Close, &offer, None).await?;
    Teller::new(env, &tx, &case).offer_closed(offer.provider_id).await?;
    return_when_empty(env, &tx, &mut case, &by, side).await?;
    tx.commit().await?;
    Ok(Outcome::Executed)
}

/// Ends every offer whose 48 hours are over; returns how many.
///
/// Each case is a transaction of its own, so the job can be killed and run again, on two servers at once.
///
/// # Errors
/// Those of the database.
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
        let now = env.clock.now();
        let mut case = Case::lock_row(&tx, request_id).await?;
        let teller = Teller::new(env, &tx, &case);
        for offer in open_offers(&tx, request_id).await?.iter().filter(|offer| offer.expires_at <= now.0) {
            answer(&tx, offer, OfferStatus::Expired, now, None).await?;
            tell_answer(&tx, &case, now, &By::job(), Event::Expire, offer, None).await?;
            teller.offer_expired(offer.provider_id).await?;
            expired += 1;
        }
        return_when_empty(env, &tx, &mut case, &By::job(), Party::Timer).await?;
        tx.commit().await?;
    }
    Ok(expired)
}

#[derive(FromQueryResult)]
struct Requested {
    request_id: i64,
}

/// Closes every offer of a case that is still open, because another provider took it or it ended; each is in the history,
/// and its provider is told with thanks.
pub(crate) async fn close_open(env: &Env, tx: &DatabaseTransaction, case: &Case) -> Result<()> {
    let now = env.clock.now();
    let teller = Teller::new(env, tx, case);
    for offer in open_offers(tx, case.row.id).await? {
        answer(tx, &offer, OfferStatus::Closed, now, None).await?;
        // It follows from a step that says itself who took it.
        tell_answer(tx, case, now, &By::job(), Event::Close, &offer, None).await?;
        teller.offer_closed(offer.provider_id).await?;
    }
    Ok(())
}

/// Finds an offer for the asked provider or the ward's coordinator, and locks its case first, then reads the offer.
async fn lock(tx: &DatabaseTransaction, actor: &Actor, id: i64) -> Result<(Case, offer::Model, Party)> {
    let found = offer::Entity::find_by_id(id).one(tx).await?.ok_or(Error::NotFound)?;
    policy::stand(actor, Right::AnswerOffer)?;
    let case = Case::lock_row(tx, found.request_id).await?;
    let sides = Sides { ward: Some(&case.row.ward), provider: Some(found.provider_id), ..Sides::default() };
    let side = permit(actor, Right::AnswerOffer, &sides, Stage::Known).and_then(Relation::party);
    let side = side.ok_or(Error::NotFound)?;
    // Read again under the lock: another answer may have closed it meanwhile.
    let offer = offer::Entity::find_by_id(id).one(tx).await?.ok_or(Error::NotFound)?;
    Ok((case, offer, side))
}

/// Asks the offer's table; an offer whose time is over counts as expired before the job has said so.
fn decide(offer: &offer::Model, action: OfferAction, side: Party, now: Instant) -> Result<OfferStatus> {
    let status = offer.status;
    let over = status.is_open() && offer.expires_at <= now.0 && action != OfferAction::Close;
    let status = if over { OfferStatus::Expired } else { status };
    next(OFFER_TABLE, status, action, side).map_err(|refused| match refused {
        StepRefused::NotNow => Refusal::OfferClosed.into(),
        StepRefused::NotYours => Refusal::NotYours.into(),
    })
}

async fn open_offers<C: ConnectionTrait>(tx: &C, request: i64) -> Result<Vec<offer::Model>> {
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
        answered_at: Set(Some(now.0)),
        reason: Set(reason),
        ..Default::default()
    };
    offer::Entity::update(row).exec(tx).await?;
    Ok(())
}

async fn tell_answer(
    tx: &DatabaseTransaction,
    case: &Case,
    now: Instant,
    by: &By<'_>,
    event: fn(Answer) -> Event,
    offer: &offer::Model,
    reason: Option<String>,
) -> Result<()> {
    let provider = member_label(tx, offer.provider_id).await?;
    let event = event(Answer { provider, offer: Some(offer.id) });
    case.tell(tx, now, by, Happened { reason, ..Happened::new(event) }).await
}

/// Offering without an open offer goes back to the search.
async fn return_when_empty(
    env: &Env,
    tx: &DatabaseTransaction,
    case: &mut Case,
    by: &By<'_>,
    side: Party,
) -> Result<()> {
    if case.status != CoordinationStatus::Offering || !open_offers(tx, case.row.id).await?.is_empty() {
        return Ok(());
    }
    let to = case.decide(RequestAction::ReturnToSearch, side)?;
    let taken = Taken { to, reason: None, event: Event::ReturnToSearch };
    case.advance(tx, env.clock.now(), by, taken, care_request::ActiveModel::default()).await?;
    Teller::new(env, tx, case).search_stopped(&case.row.ward).await
}

/// Locks a provider's row, so that two cases cannot take the same hours at once.
pub(crate) async fn lock_provider(tx: &DatabaseTransaction, id: i64) -> Result<member::Model> {
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
