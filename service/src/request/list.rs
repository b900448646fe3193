//! 援助依頼一覧: the family's requests, newest first, one query for a page.

use crate::Env;
use crate::db;
use crate::error::{Error, Result};
use domain::actor::Actor;
use domain::number::RequestNo;
use domain::request::{CareKind, CoordinationStatus};
use domain::time::Instant;
use sea_orm::FromQueryResult;

/// Requests on one page.
pub const PAGE: usize = 50;

/// What the newsletter's card shows of a request.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RequestSummary {
    /// 依頼ID
    pub no: RequestNo,
    /// コーディネーターステータス
    pub status: CoordinationStatus,
    /// 預けたい日 from; `None` while a draft has none that can be read.
    pub start: Option<Instant>,
    /// 預けたい日 until.
    pub end: Option<Instant>,
    /// 預ける子どもの人数
    pub children: i64,
    /// 希望する援助内容; `None` while a draft has none.
    pub kind: Option<CareKind>,
    /// 依頼をした日; of a draft the day it was begun.
    pub requested_at: Instant,
    /// 更新日時
    pub updated_at: Instant,
}

/// A page of requests.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RequestList {
    /// At most [`PAGE`] requests.
    pub requests: Vec<RequestSummary>,
    /// The last one's number when more follow: the next page's `after`.
    pub next: Option<RequestNo>,
}

#[derive(FromQueryResult)]
struct Row {
    request_no: RequestNo,
    status: CoordinationStatus,
    starts_at: i64,
    ends_at: i64,
    children_count: i64,
    care_kind: String,
    requested_at: i64,
    updated_at: i64,
}

/// The actor's own requests, newest first; `after` is the last number of the page before.
///
/// # Errors
/// [`Error::NotFound`] for others than 利用会員 and 両方会員; those of the database.
pub async fn list(env: &Env, actor: &Actor, after: Option<RequestNo>) -> Result<RequestList> {
    let member = actor.user_member().ok_or(Error::NotFound)?;
    // Numbers are given in the order of the rows, so a page begins behind the row of that number.
    let sql = "SELECT request_no, status, starts_at, ends_at, children_count, care_kind, requested_at, updated_at \
               FROM care_request WHERE member_id = $1 \
               AND id < COALESCE((SELECT id FROM care_request WHERE request_no = $2 AND member_id = $1), $3) \
               ORDER BY id DESC LIMIT $4";
    let after = after.map_or(-1, |no| i64::from(no.0));
    let limit = i64::try_from(PAGE + 1).unwrap_or(i64::MAX);
    let values = vec![member.into(), after.into(), i64::MAX.into(), limit.into()];
    let rows = db::rows::<Row, _>(env.db.read(), sql, values).await?;
    let more = rows.len() > PAGE;
    let requests = rows.into_iter().take(PAGE).map(summary).collect::<Result<Vec<_>>>()?;
    let next = requests.last().filter(|_| more).map(|last| last.no);
    Ok(RequestList { requests, next })
}

fn summary(row: Row) -> Result<RequestSummary> {
    Ok(RequestSummary {
        no: row.request_no,
        status: row.status,
        start: known(row.starts_at),
        end: known(row.ends_at),
        children: row.children_count,
        kind: CareKind::from_key(&row.care_kind),
        requested_at: Instant(row.requested_at),
        updated_at: Instant(row.updated_at),
    })
}

/// A draft's time that could not be read is stored as 0.
pub(super) fn known(micros: i64) -> Option<Instant> {
    (micros != 0).then_some(Instant(micros))
}
