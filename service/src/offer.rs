//! Offers to providers (打診, domain 5.2): the first acceptance wins, the others are told with thanks.

use crate::coordination::{Asked, Case, Outcome, Taken, Teller, by_member, gates_of, party, reason};
use crate::entity::{care_request, member, offer};
use crate::error::{Error, Result, stored};
use crate::event::{By, Happened};
use crate::notice::tell_acted_for;
use crate::{Env, db};
use domain::actor::{Actor, Channel, Party};
use domain::number::{MemberNo, RequestNo};
use domain::refusal::Refusal;
use domain::request::{
    CareKind, CoordinationStatus, OFFER_TABLE, OfferAction, OfferStatus, RequestAction, answer_until,
};
use domain::time::{Date, Instant, age_on};
use domain::workflow::{StepRefused, next};
use sea_orm::sea_query::LockType;
use sea_orm::{
    ActiveValue::Set, ColumnTrait, ConnectionTrait, DatabaseTransaction, EntityTrait, FromQueryResult, QueryFilter,
    QuerySelect,
};
use serde_json::json;

/// Asks providers for a case; all of them must pass the hard gates. One who is already asked is not asked twice.
///
/// # Errors
/// Not the ward's case: [`Error::NotFound`]. [`Refusal::ActivityBegun`], [`Refusal::NoProviderChosen`],
/// [`Refusal::Gates`] of the first provider who does not pass, or the table's refusal.
pub async fn send(env: &Env, actor: &Actor, no: RequestNo, asked: Asked, providers: &[MemberNo]) -> Result<Outcome> {
    let tx = env.db.begin().await?;
    let now = env.clock.now();
    let (mut case, side) = Case::lock(&tx, actor, no).await?;
    let open = open_offers(&tx, case.row.id).await?;
    let chosen = members(&tx, &case.row.ward, providers).await?;
    // A resent page finds everybody asked already.
    let new: Vec<&member::Model> =
        chosen.iter().filter(|one| !open.iter().any(|offer| offer.provider_id == one.id)).collect();
    if !chosen.is_empty() && new.is_empty() && side == Party::Coordinator && case.status == CoordinationStatus::Offering
    {
        return Ok(Outcome::AlreadyApplied);
    }
    if case.status != CoordinationStatus::Offering && case.already(&tx, actor, asked, RequestAction::Offer).await? {
        return Ok(Outcome::AlreadyApplied);
    }
    let to = case.decide(RequestAction::Offer, side)?;
    if case.start() <= now {
        return Err(Refusal::ActivityBegun.into());
    }
    if chosen.is_empty() {
        return Err(Refusal::NoProviderChosen.into());
    }
    let expires = answer_until(now, case.start());
    for provider in &new {
        let gates = gates_of(&tx, &case.row, provider).await?;
        if !gates.is_empty() {
            return Err(Refusal::Gates(gates).into());
        }
        let row = offer::ActiveModel {
            request_id: Set(case.row.id),
            provider_id: Set(provider.id),
            status: Set(OfferStatus::Sent.key().to_owned()),
            sent_at: Set(now.0),
            expires_at: Set(expires.0),
            ..Default::default()
        };
        offer::Entity::insert(row).exec_without_returning(&tx).await?;
    }
    let names: Vec<String> = new.iter().map(|one| label(one)).collect();
    let taken = Taken { action: RequestAction::Offer, to, reason: None, detail: Some(json!({ "providers": names })) };
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
    if offer.status == OfferStatus::Accepted.key() && case.row.provider_id == Some(offer.provider_id) {
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
    let by = by_member(&tx, actor, side, offer.provider_id, channel).await?;
    let provider = lock_provider(&tx, offer.provider_id).await?;
    let gates = gates_of(&tx, &case.row, &provider).await?;
    if !gates.is_empty() {
        let own = side == Party::Provider;
        return Err(if own { Refusal::CannotAccept(gates) } else { Refusal::Gates(gates) }.into());
    }
    answer(&tx, &offer, OfferStatus::Accepted, now, None).await?;
    let closed = close_others(&tx, case.row.id, offer.id, now).await?;
    let detail = json!({ "provider": label(&provider), "offer": offer.id });
    let taken = Taken { action: RequestAction::Accept, to, reason: None, detail: Some(detail) };
    let changes = care_request::ActiveModel { provider_id: Set(Some(provider.id)), ..Default::default() };
    case.advance(&tx, now, &by, taken, changes).await?;
    let teller = Teller::new(env, &tx, &case);
    teller.provider_found(case.row.member_id).await?;
    if side == Party::Provider {
        teller.taken_by_provider(&case.row.ward).await?;
    }
    tell_acted_for(&tx, (now, env.clock.real_now()), &by, Some(offer.provider_id), "受諾", "/offers").await?;
    for other in closed {
        teller.offer_closed(other).await?;
    }
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
    if offer.status == OfferStatus::Declined.key() {
        return Ok(Outcome::AlreadyApplied);
    }
    let accepted = offer.status == OfferStatus::Accepted.key() && case.row.provider_id == Some(offer.provider_id);
    if accepted && side == Party::Provider {
        return Err(Refusal::OfferAccepted.into());
    }
    decide(&offer, OfferAction::Decline, side, now)?;
    let by = by_member(&tx, actor, side, offer.provider_id, channel).await?;
    let why = if why.trim().is_empty() { None } else { Some(reason("reason", why)?) };
    answer(&tx, &offer, OfferStatus::Declined, now, why.clone()).await?;
    tell_answer(&tx, &case, now, &by, OfferAction::Decline, &offer, why).await?;
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
    if offer.status == OfferStatus::Closed.key() && side == Party::Coordinator {
        return Ok(Outcome::AlreadyApplied);
    }
    decide(&offer, OfferAction::Close, side, now)?;
    let by = By::web(actor);
    answer(&tx, &offer, OfferStatus::Closed, now, None).await?;
    tell_answer(&tx, &case, now, &by, OfferAction::Close, &offer, None).await?;
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
    let sql = "SELECT DISTINCT request_id FROM offer WHERE status IN ('sent', 'seen') AND expires_at <= $1";
    let due: Vec<Requested> = db::rows(env.db.read(), sql, vec![env.clock.now().0.into()]).await?;
    let mut expired = 0;
    for Requested { request_id } in due {
        let tx = env.db.begin().await?;
        let now = env.clock.now();
        let mut case = Case::lock_row(&tx, request_id).await?;
        let teller = Teller::new(env, &tx, &case);
        for offer in open_offers(&tx, request_id).await?.iter().filter(|offer| offer.expires_at <= now.0) {
            answer(&tx, offer, OfferStatus::Expired, now, None).await?;
            tell_answer(&tx, &case, now, &By::job(), OfferAction::Expire, offer, None).await?;
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

/// Closes every open offer of a case that ends, and tells the providers with thanks.
pub(crate) async fn close_open(env: &Env, tx: &DatabaseTransaction, row: &care_request::Model) -> Result<()> {
    let closed = close_others(tx, row.id, 0, env.clock.now()).await?;
    let teller = Teller::of(env, tx, row);
    for provider in closed {
        teller.offer_closed(provider).await?;
    }
    Ok(())
}

/// An offer as the asked provider sees it: before acceptance nothing personal (domain 5.6).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OfferDetails {
    /// The offer's row, for the answer.
    pub id: i64,
    /// The request's number.
    pub request: RequestNo,
    /// Start of the activity.
    pub starts_at: Instant,
    /// End of the activity.
    pub ends_at: Instant,
    /// The kind of help.
    pub care_kind: CareKind,
    /// The family's town (町名), without anything finer.
    pub town: String,
    /// The children's ages in whole years on the day, eldest first.
    pub ages: Vec<i32>,
    /// Until when an answer counts.
    pub expires_at: Instant,
    /// Whether the provider opens it for the first time.
    pub is_new: bool,
}

/// A case the provider took whose meeting has no date yet: still nothing personal.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TakenCase {
    /// The request's number.
    pub request: RequestNo,
    /// Start of the activity.
    pub starts_at: Instant,
    /// End of the activity.
    pub ends_at: Instant,
    /// The kind of help.
    pub care_kind: CareKind,
}

/// What a provider finds at `/offers`.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct OfferList {
    /// Offers to answer, the next activity first.
    pub open: Vec<OfferDetails>,
    /// Cases taken, waiting for the branch's call about the meeting.
    pub taken: Vec<TakenCase>,
}

#[derive(FromQueryResult)]
struct OfferRow {
    id: i64,
    status: String,
    expires_at: i64,
    request_id: i64,
    request_no: i64,
    ward: String,
    care_kind: String,
    starts_at: i64,
    ends_at: i64,
    town: String,
}

/// The provider's open offers; looking at them makes them 閲覧済.
///
/// # Errors
/// [`Error::NotFound`] for everybody who is no provider.
pub async fn open_for(env: &Env, actor: &Actor) -> Result<OfferList> {
    let provider = actor.provider_member().ok_or(Error::NotFound)?;
    let now = env.clock.now();
    let sql = "SELECT o.id, o.status, o.expires_at, o.request_id, r.request_no, r.ward, r.care_kind, r.starts_at, \
               r.ends_at, m.town FROM offer o JOIN care_request r ON r.id = o.request_id \
               JOIN member m ON m.id = r.member_id \
               WHERE o.provider_id = $1 AND o.status IN ('sent', 'seen') AND o.expires_at > $2 \
               ORDER BY r.starts_at, o.id LIMIT 50";
    let rows: Vec<OfferRow> = db::rows(env.db.read(), sql, vec![provider.into(), now.0.into()]).await?;
    let births = births(env.db.read(), provider).await?;
    let mut open = Vec::with_capacity(rows.len());
    for row in &rows {
        let start = Instant(row.starts_at);
        let own = births.iter().filter(|child| child.request_id == row.request_id);
        open.push(OfferDetails {
            id: row.id,
            request: RequestNo(u32::try_from(row.request_no).unwrap_or_default()),
            starts_at: start,
            ends_at: Instant(row.ends_at),
            care_kind: stored(CareKind::from_key(&row.care_kind), "care kind")?,
            town: row.town.clone(),
            ages: own.map(|child| age_on(child.birth_date, start.date())).collect(),
            expires_at: Instant(row.expires_at),
            is_new: row.status == OfferStatus::Sent.key(),
        });
    }
    mark_seen(env, actor, now, &rows).await?;
    Ok(OfferList { open, taken: taken(env, provider).await? })
}

async fn taken(env: &Env, provider: i64) -> Result<Vec<TakenCase>> {
    #[derive(FromQueryResult)]
    struct Row {
        request_no: i64,
        care_kind: String,
        starts_at: i64,
        ends_at: i64,
    }
    let sql = "SELECT request_no, care_kind, starts_at, ends_at FROM care_request \
               WHERE provider_id = $1 AND status = 'provider_found' ORDER BY starts_at, id LIMIT 50";
    let rows: Vec<Row> = db::rows(env.db.read(), sql, vec![provider.into()]).await?;
    rows.into_iter()
        .map(|row| {
            Ok(TakenCase {
                request: RequestNo(u32::try_from(row.request_no).unwrap_or_default()),
                starts_at: Instant(row.starts_at),
                ends_at: Instant(row.ends_at),
                care_kind: stored(CareKind::from_key(&row.care_kind), "care kind")?,
            })
        })
        .collect()
}

#[derive(FromQueryResult)]
struct Birth {
    request_id: i64,
    birth_date: Date,
}

async fn births<C: ConnectionTrait>(connection: &C, provider: i64) -> Result<Vec<Birth>> {
    let sql = "SELECT o.request_id, c.birth_date FROM offer o \
               JOIN care_request_child x ON x.request_id = o.request_id JOIN child c ON c.id = x.child_id \
               WHERE o.provider_id = $1 AND o.status IN ('sent', 'seen') ORDER BY c.birth_date, c.id";
    db::rows(connection, sql, vec![provider.into()]).await
}

/// Marks offers as seen, once each, with an event each.
async fn mark_seen(env: &Env, actor: &Actor, now: Instant, rows: &[OfferRow]) -> Result<()> {
    if !rows.iter().any(|row| row.status == OfferStatus::Sent.key()) {
        return Ok(());
    }
    let tx = env.db.begin().await?;
    for row in rows.iter().filter(|row| row.status == OfferStatus::Sent.key()) {
        let sql = "UPDATE offer SET status = 'seen' WHERE id = $1 AND status = 'sent'";
        if db::execute(&tx, sql, vec![row.id.into()]).await? == 1 {
            let what = Happened {
                ward: Some(row.ward.clone()),
                request: Some(row.request_id),
                action: OfferAction::See.key(),
                detail: Some(json!({ "offer": row.id })),
                ..Happened::default()
            };
            crate::event::record(&tx, now, &By::web(actor), what).await?;
        }
    }
    tx.commit().await?;
    Ok(())
}

/// Finds an offer for the asked provider or the ward's coordinator, and locks its case first, then reads the offer.
async fn lock(tx: &DatabaseTransaction, actor: &Actor, id: i64) -> Result<(Case, offer::Model, Party)> {
    let found = offer::Entity::find_by_id(id).one(tx).await?.ok_or(Error::NotFound)?;
    let mine = actor.provider_member() == Some(found.provider_id);
    if !mine && actor.coordinator_ward().is_none() {
        return Err(Error::NotFound);
    }
    let case = Case::lock_row(tx, found.request_id).await?;
    if !mine && party(actor, &case.row) != Some(Party::Coordinator) {
        return Err(Error::NotFound);
    }
    // Read again under the lock: another answer may have closed it meanwhile.
    let offer = offer::Entity::find_by_id(id).one(tx).await?.ok_or(Error::NotFound)?;
    Ok((case, offer, if mine { Party::Provider } else { Party::Coordinator }))
}

/// Asks the offer's table; an offer whose time is over counts as expired before the job has said so.
fn decide(offer: &offer::Model, action: OfferAction, side: Party, now: Instant) -> Result<OfferStatus> {
    let status = stored(OfferStatus::from_key(&offer.status), "offer status")?;
    let over = status.is_open() && offer.expires_at <= now.0 && action != OfferAction::Close;
    let status = if over { OfferStatus::Expired } else { status };
    next(OFFER_TABLE, status, action, side).map_err(|refused| match refused {
        StepRefused::NotNow => Refusal::OfferClosed.into(),
        StepRefused::NotYours => Refusal::NotYours.into(),
    })
}

async fn open_offers<C: ConnectionTrait>(tx: &C, request: i64) -> Result<Vec<offer::Model>> {
    let open = [OfferStatus::Sent.key(), OfferStatus::Seen.key()];
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
        status: Set(status.key().to_owned()),
        answered_at: Set(Some(now.0)),
        reason: Set(reason),
        ..Default::default()
    };
    offer::Entity::update(row).exec(tx).await?;
    Ok(())
}

/// Closes every open offer of a case but one and returns the providers.
async fn close_others<C: ConnectionTrait>(tx: &C, request: i64, but: i64, now: Instant) -> Result<Vec<i64>> {
    let mut closed = Vec::new();
    for offer in open_offers(tx, request).await?.iter().filter(|offer| offer.id != but) {
        answer(tx, offer, OfferStatus::Closed, now, None).await?;
        closed.push(offer.provider_id);
    }
    Ok(closed)
}

async fn tell_answer(
    tx: &DatabaseTransaction,
    case: &Case,
    now: Instant,
    by: &By<'_>,
    action: OfferAction,
    offer: &offer::Model,
    reason: Option<String>,
) -> Result<()> {
    let provider = crate::coordination::member_label(tx, offer.provider_id).await?;
    let detail = Some(json!({ "provider": provider, "offer": offer.id }));
    case.tell(tx, now, by, Happened { action: action.key(), reason, detail, ..Happened::default() }).await
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
    let taken = Taken { action: RequestAction::ReturnToSearch, to, reason: None, detail: None };
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
        let query = member::Entity::find().filter(member::Column::MemberNo.eq(i64::from(no.0)));
        let query = query.filter(member::Column::Ward.eq(ward));
        let provides = ["provider", "both"];
        let row = query.filter(member::Column::Kind.is_in(provides)).one(tx).await?.ok_or(Error::NotFound)?;
        if !found.iter().any(|one: &member::Model| one.id == row.id) {
            found.push(row);
        }
    }
    Ok(found)
}

fn label(row: &member::Model) -> String {
    let no = MemberNo(u32::try_from(row.member_no).unwrap_or_default());
    format!("{}{}（{no}）", row.family_name, row.given_name)
}
