//! Reminds the branch of a request that nobody took for a business day (domain 5.2).

use super::case::Case;
use super::queue::Late;
use crate::Env;
use crate::entity::{care_request, event};
use crate::error::Result;
use crate::step::Step;
use domain::actor::Party;
use domain::event::{Action, Event};
use domain::id::RequestId;
use domain::request::CoordinationStatus;
use sea_orm::sea_query::{Expr, ExprTrait, Query};
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, QueryOrder};
use std::collections::BTreeMap;

/// The event that says the branch was notified.
const NOTIFIED: &str = Action::RemindUntaken.key();

/// Notifies a ward's coordinators, once each, of the requests that have waited a business day; returns how many.
///
/// Each request is a transaction of its own, so a run that is cut off goes on where it was, and two runs at once send
/// nothing twice.
pub async fn remind_untaken(env: &Env) -> Result<u64> {
    let notified_before = Query::select()
        .expr(Expr::val(1))
        .from(event::Entity)
        .and_where(crate::db::same(event::Column::RequestId, care_request::Column::Id))
        .and_where(Expr::col(event::Column::Action).eq(NOTIFIED))
        .take();
    let untaken = care_request::Entity::find()
        .filter(care_request::Column::Status.eq(CoordinationStatus::Submitted))
        .filter(Expr::exists(notified_before).not())
        .order_by_asc(care_request::Column::Id);
    let now = env.clock.now();
    let mut branches: BTreeMap<String, Late> = BTreeMap::new();
    let mut notified = 0;
    for row in untaken.all(env.db.read()).await? {
        if !branches.contains_key(&row.ward) {
            branches.insert(row.ward.clone(), Late::load(env, &row.ward, now).await?);
        }
        let late = branches.get(&row.ward).is_some_and(|late| late.after(row.requested_at) <= now);
        if late {
            notified += u64::from(remind(env, row.id).await?);
        }
    }
    Ok(notified)
}

async fn remind(env: &Env, request: RequestId) -> Result<bool> {
    let tx = env.db.begin().await?;
    let case = Case::lock_row(&tx, request).await?;
    let before = event::Entity::find().filter(event::Column::RequestId.eq(request));
    let before = before.filter(event::Column::Action.eq(NOTIFIED)).one(&tx).await?;
    // Taken, or notified by another server, since it was read.
    if case.status != CoordinationStatus::Submitted || before.is_some() {
        return Ok(false);
    }
    Step::of(env, &tx, None, case, Party::Timer).record(Event::RemindUntaken, None).await?;
    tx.commit().await?;
    Ok(true)
}
