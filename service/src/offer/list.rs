//! What an asked provider sees: open offers without anything personal, and the cases taken that wait for a meeting.

use crate::error::{Error, Result};
use crate::event::{self, By, Happened};
use crate::{Env, db};
use domain::actor::Actor;
use domain::event::{Answer, Event};
use domain::fee::{Care, CareChild};
use domain::number::RequestNo;
use domain::request::{CareKind, CarePlace, OfferStatus};
use domain::time::{Date, Instant, age_on};
use sea_orm::{ConnectionTrait, FromQueryResult};

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
    id: i64,
    status: OfferStatus,
    expires_at: i64,
    request_id: i64,
    request_no: RequestNo,
    ward: String,
    care_kind: CareKind,
    care_place: CarePlace,
    starts_at: i64,
    ends_at: i64,
    town: String,
}

/// The provider's open offers; looking at them makes them 閲覧済. `looks` is whether a person does: a browser that only
/// fetches ahead sees nothing.
///
/// # Errors
/// [`Error::NotFound`] for everybody who is no provider.
pub async fn open_for(env: &Env, actor: &Actor, looks: bool) -> Result<OfferList> {
    let provider = actor.provider_member().ok_or(Error::NotFound)?;
    let now = env.clock.now();
    let sql = "SELECT o.id, o.status, o.expires_at, o.request_id, r.request_no, r.ward, r.care_kind, r.care_place, \
               r.starts_at, r.ends_at, m.town FROM offer o JOIN care_request r ON r.id = o.request_id \
               JOIN member m ON m.id = r.member_id \
               WHERE o.provider_id = $1 AND o.status IN ('sent', 'seen') AND o.expires_at > $2 \
               ORDER BY r.starts_at, o.id LIMIT 50";
    let rows: Vec<OfferRow> = db::rows(env.db.read(), sql, vec![provider.into(), now.0.into()]).await?;
    let births = births(env.db.read(), provider).await?;
    let rates = if rows.is_empty() { None } else { Some(crate::tariff::load(env).await?) };
    let mut open = Vec::with_capacity(rows.len());
    for row in &rows {
        let (start, end) = (Instant(row.starts_at), Instant(row.ends_at));
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
            expires_at: Instant(row.expires_at),
            is_new: row.status == OfferStatus::Sent,
        });
    }
    if looks {
        mark_seen(env, actor, now, &rows).await?;
    }
    Ok(OfferList { open, taken: taken(env, provider).await? })
}

async fn taken(env: &Env, provider: i64) -> Result<Vec<TakenCase>> {
    #[derive(FromQueryResult)]
    struct Row {
        request_no: RequestNo,
        care_kind: CareKind,
        starts_at: i64,
        ends_at: i64,
    }
    let sql = "SELECT request_no, care_kind, starts_at, ends_at FROM care_request \
               WHERE provider_id = $1 AND status = 'provider_found' ORDER BY starts_at, id LIMIT 50";
    let rows: Vec<Row> = db::rows(env.db.read(), sql, vec![provider.into()]).await?;
    rows.into_iter()
        .map(|row| {
            Ok(TakenCase {
                request: row.request_no,
                starts_at: Instant(row.starts_at),
                ends_at: Instant(row.ends_at),
                care_kind: row.care_kind,
            })
        })
        .collect()
}

#[derive(FromQueryResult)]
struct Birth {
    request_id: i64,
    child_id: i64,
    birth_date: Date,
}

async fn births<C: ConnectionTrait>(connection: &C, provider: i64) -> Result<Vec<Birth>> {
    let sql = "SELECT o.request_id, c.id AS child_id, c.birth_date FROM offer o \
               JOIN care_request_child x ON x.request_id = o.request_id JOIN child c ON c.id = x.child_id \
               WHERE o.provider_id = $1 AND o.status IN ('sent', 'seen') ORDER BY c.birth_date, c.id";
    db::rows(connection, sql, vec![provider.into()]).await
}

/// Marks offers as seen, once each, with an event each.
async fn mark_seen(env: &Env, actor: &Actor, now: Instant, rows: &[OfferRow]) -> Result<()> {
    if !rows.iter().any(|row| row.status == OfferStatus::Sent) {
        return Ok(());
    }
    let tx = env.db.begin().await?;
    for row in rows.iter().filter(|row| row.status == OfferStatus::Sent) {
        let sql = "UPDATE offer SET status = 'seen' WHERE id = $1 AND status = 'sent'";
        if db::execute(&tx, sql, vec![row.id.into()]).await? == 1 {
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
