//! Reminds the branch of a request that nobody took for a business day (domain 5.2).

use super::case::Case;
use super::message::Teller;
use super::queue::Late;
use crate::error::Result;
use crate::event::{By, Happened};
use crate::{Env, db};
use domain::event::{Action, Event};
use domain::request::CoordinationStatus;
use domain::time::Instant;
use sea_orm::FromQueryResult;
use std::collections::BTreeMap;

/// The event that says the branch was told.
const TOLD: &str = Action::RemindUntaken.key();

/// Tells a ward's coordinators, once each, of the requests that have waited a business day; returns how many.
///
/// Each request is a transaction of its own, so a run that is cut off goes on where it was, and two runs at once send
/// nothing twice.
///
/// # Errors
/// Those of the database.
pub async fn remind_untaken(env: &Env) -> Result<u64> {
    #[derive(FromQueryResult)]
    struct Row {
        id: i64,
        ward: String,
        requested_at: i64,
    }
    let sql = "SELECT r.id, r.ward, r.requested_at FROM care_request r WHERE r.status = 'submitted' \
               AND NOT EXISTS (SELECT 1 FROM event e WHERE e.request_id = r.id AND e.action = $1) ORDER BY r.id";
    let now = env.clock.now();
    let mut branches: BTreeMap<String, Late> = BTreeMap::new();
    let mut told = 0;
    for row in db::rows::<Row, _>(env.db.read(), sql, vec![TOLD.into()]).await? {
        if !branches.contains_key(&row.ward) {
            branches.insert(row.ward.clone(), Late::load(env, &row.ward, now).await?);
        }
        let late = branches.get(&row.ward).is_some_and(|late| late.after(Instant(row.requested_at)) <= now);
        if late {
            told += u64::from(remind(env, row.id).await?);
        }
    }
    Ok(told)
}

async fn remind(env: &Env, request: i64) -> Result<bool> {
    let tx = env.db.begin().await?;
    let case = Case::lock_row(&tx, request).await?;
    let sql = "SELECT COUNT(*) FROM event WHERE request_id = $1 AND action = $2";
    let before: Option<i64> = db::scalar(&tx, sql, vec![request.into(), TOLD.into()]).await?;
    // Taken, or told by another server, since it was read.
    if case.status != CoordinationStatus::Submitted || before.unwrap_or(0) > 0 {
        return Ok(false);
    }
    case.tell(&tx, env.clock.now(), &By::job(), Happened::new(Event::RemindUntaken)).await?;
    Teller::new(env, &tx, &case).still_untaken(&case.row.ward).await?;
    tx.commit().await?;
    Ok(true)
}
