//! 援助依頼一覧: the family's requests, newest first, one query for a page.

use crate::entity::care_request;
use crate::error::Result;
use crate::page::{Page, behind};
use crate::{Env, policy};
use domain::actor::Actor;
use domain::number::RequestNo;
use domain::policy::Right;
use domain::request::{CareKind, CoordinationStatus};
use domain::time::Instant;
use sea_orm::sea_query::{Expr, Func};
use sea_orm::{ColumnTrait, EntityTrait, FromQueryResult, QueryFilter, QuerySelect, QueryTrait};

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
    /// A page of requests.
    pub requests: Vec<RequestSummary>,
    /// The last one's number when more follow: the next page's `after`.
    pub next: Option<RequestNo>,
}

#[derive(FromQueryResult)]
struct Row {
    request_no: RequestNo,
    status: CoordinationStatus,
    starts_at: Instant,
    ends_at: Instant,
    children_count: i64,
    care_kind: Option<CareKind>,
    requested_at: Instant,
    updated_at: Instant,
}

/// The actor's own requests, newest first; `after` is the last number of the page before.
///
/// # Errors
/// [`crate::Error::NotFound`] for others than 利用会員 and 両方会員.
pub async fn list(env: &Env, actor: &Actor, after: Option<RequestNo>) -> Result<RequestList> {
    use care_request::Column as R;
    let own = policy::visible::<care_request::Entity>(actor, Right::AskForCare, None)?;
    // Numbers are given in the order of the rows, so a page begins behind the row of that number.
    let row = care_request::Entity::find().select_only().column(R::Id).filter(own.clone());
    let row = after.map(|no| Expr::from(row.filter(R::RequestNo.eq(no)).into_query()));
    let place = row.map_or_else(|| Expr::val(i64::MAX), |row| Func::coalesce([row, Expr::val(i64::MAX)]).into());
    let query = care_request::Entity::find()
        .select_only()
        .columns([R::RequestNo, R::Status, R::StartsAt, R::EndsAt, R::ChildrenCount, R::CareKind])
        .columns([R::RequestedAt, R::UpdatedAt])
        .filter(own)
        .into_query();
    let page =
        Page::of(env.db.read(), query, [behind((care_request::Entity, R::Id), place)], |row: &Row| row.request_no)
            .await?;
    Ok(RequestList { requests: page.rows.into_iter().map(summary).collect(), next: page.next })
}

fn summary(row: Row) -> RequestSummary {
    RequestSummary {
        no: row.request_no,
        status: row.status,
        start: known(row.starts_at),
        end: known(row.ends_at),
        children: row.children_count,
        kind: row.care_kind,
        requested_at: row.requested_at,
        updated_at: row.updated_at,
    }
}

/// A draft's time that could not be read is stored as 0.
pub(super) fn known(at: Instant) -> Option<Instant> {
    (at != Instant::default()).then_some(at)
}
