//! What an asked provider sees: open offers without anything personal, and the cases taken that wait for a meeting.

use crate::entity::{care_request, care_request_child, child, member, offer};
use crate::error::Result;
use crate::event::{self, By, Happened};
use crate::{Env, policy};
use domain::actor::Actor;
use domain::event::{Answer, Event};
use domain::fee::{Care, CareChild};
use domain::id::{ChildId, OfferId, RequestId};
use domain::number::RequestNo;
use domain::policy::Right;
use domain::request::{CareKind, CarePlace, CoordinationStatus, OfferStatus};
use domain::time::{Date, Instant, age_on};
use sea_orm::sea_query::{Condition, Expr, JoinType};
use sea_orm::{
    ColumnTrait, ConnectionTrait, EntityTrait, FromQueryResult, QueryFilter, QueryOrder, QuerySelect, RelationTrait,
};

/// An offer as the asked provider sees it: before acceptance nothing personal (domain 5.6).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OfferDetails {
    /// The offer's row, for the answer.
    pub id: OfferId,
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
    /// Where the care takes place, without anything finer.
    pub care_place: CarePlace,
    /// What the provider would receive in all, in yen and without expenses; `None` when no tariff covers the day.
    pub receives: Option<i64>,
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
    id: OfferId,
    status: OfferStatus,
    expires_at: Instant,
    request_id: RequestId,
    request_no: RequestNo,
    ward: String,
    care_kind: CareKind,
    care_place: CarePlace,
    starts_at: Instant,
    ends_at: Instant,
    town: String,
}

/// Offers and cases a person finds at once at most.
const MOST: u64 = 50;

/// The actor's offers that wait for an answer.
fn waiting(actor: &Actor) -> Result<Condition> {
    let own = policy::visible::<offer::Entity>(actor, Right::AnswerOffer, None)?;
    Ok(own.add(offer::Column::Status.is_in(OfferStatus::OPEN)))
}

/// The provider's open offers; looking at them makes them 閲覧済. `looks` is whether a person does: a browser that only
/// fetches ahead sees nothing.
///
/// # Errors
/// [`crate::Error::NotFound`] for everybody who is no provider.
pub async fn open_for(env: &Env, actor: &Actor, looks: bool) -> Result<OfferList> {
    use care_request::Column as R;
    use offer::Column as O;
    let now = env.clock.now();
    let rows: Vec<OfferRow> = offer::Entity::find()
        .select_only()
        .columns([O::Id, O::Status, O::ExpiresAt, O::RequestId])
        .columns([R::RequestNo, R::Ward, R::CareKind, R::CarePlace, R::StartsAt, R::EndsAt])
        .column(member::Column::Town)
        .join(JoinType::InnerJoin, offer::Relation::Request.def())
        .join(JoinType::InnerJoin, care_request::Relation::Member.def())
        .filter(waiting(actor)?)
        .filter(O::ExpiresAt.gt(now))
        .order_by_asc(R::StartsAt)
        .order_by_asc(O::Id)
        .limit(MOST)
        .into_model()
        .all(env.db.read())
        .await?;
    let births = births(env.db.read(), actor).await?;
    let rates = if rows.is_empty() { None } else { Some(crate::tariff::load(env).await?) };
    let mut open = Vec::with_capacity(rows.len());
    for row in &rows {
        let (start, end) = (row.starts_at, row.ends_at);
        let own = births.iter().filter(|child| child.request_id == row.request_id);
        let children =
            own.clone().map(|child| CareChild { id: child.child_id, birth_date: child.birth_date }).collect();
        let care = Care { start, end, children, others: Vec::new() };
        let quote = rates.as_ref().and_then(|rates| rates.quote(&care).ok());
        open.push(OfferDetails {
            id: row.id,
            request: row.request_no,
            starts_at: start,
            ends_at: end,
            care_kind: row.care_kind,
            town: row.town.clone(),
            care_place: row.care_place,
            receives: quote.map(|quote| quote.fee + quote.benefit),
            ages: own.map(|child| age_on(child.birth_date, start.date())).collect(),
            expires_at: row.expires_at,
            is_new: row.status == OfferStatus::Sent,
        });
    }
    if looks {
        mark_seen(env, actor, now, &rows).await?;
    }
    Ok(OfferList { open, taken: taken(env, actor).await? })
}

async fn taken(env: &Env, actor: &Actor) -> Result<Vec<TakenCase>> {
    use care_request::Column as R;
    let cases: Vec<(RequestNo, Instant, Instant, CareKind)> = care_request::Entity::find()
        .select_only()
        .columns([R::RequestNo, R::StartsAt, R::EndsAt, R::CareKind])
        .filter(policy::visible::<care_request::Entity>(actor, Right::ProvideCare, None)?)
        .filter(R::Status.eq(CoordinationStatus::ProviderFound))
        .order_by_asc(R::StartsAt)
        .order_by_asc(R::Id)
        .limit(MOST)
        .into_tuple()
        .all(env.db.read())
        .await?;
    let case = |(request, starts_at, ends_at, care_kind)| TakenCase { request, starts_at, ends_at, care_kind };
    Ok(cases.into_iter().map(case).collect())
}

#[derive(FromQueryResult)]
struct Birth {
    request_id: RequestId,
    child_id: ChildId,
    birth_date: Date,
}

async fn births<C: ConnectionTrait>(connection: &C, actor: &Actor) -> Result<Vec<Birth>> {
    let births = offer::Entity::find()
        .select_only()
        .column(offer::Column::RequestId)
        .column_as(child::Column::Id, "child_id")
        .column(child::Column::BirthDate)
        .join(JoinType::InnerJoin, offer::Relation::Request.def())
        .join(JoinType::InnerJoin, care_request::Relation::Children.def())
        .join(JoinType::InnerJoin, care_request_child::Relation::Child.def())
        .filter(waiting(actor)?)
        .order_by_asc(child::Column::BirthDate)
        .order_by_asc(child::Column::Id);
    Ok(births.into_model().all(connection).await?)
}

/// Marks offers as seen, once each, with an event each.
async fn mark_seen(env: &Env, actor: &Actor, now: Instant, rows: &[OfferRow]) -> Result<()> {
    if !rows.iter().any(|row| row.status == OfferStatus::Sent) {
        return Ok(());
    }
    let tx = env.db.begin().await?;
    for row in rows.iter().filter(|row| row.status == OfferStatus::Sent) {
        let seen = offer::Entity::update_many()
            .col_expr(offer::Column::Status, Expr::val(OfferStatus::Seen))
            .filter(offer::Column::Id.eq(row.id))
            .filter(offer::Column::Status.eq(OfferStatus::Sent))
            .exec(&tx)
            .await?;
        if seen.rows_affected == 1 {
            let what = Happened {
                ward: Some(row.ward.clone()),
                request: Some(row.request_id),
                ..Happened::new(Event::See(Answer { offer: Some(row.id), ..Answer::default() }))
            };
            event::record(&tx, now, &By::web(actor), what).await?;
        }
    }
    tx.commit().await?;
    Ok(())
}
