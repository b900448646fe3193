//! Reminds of reports awaiting approval: the family on days two and five, then the coordinator, after more than
//! seven days. Nothing is ever approved by silence (domain 5.3).

use super::load::Loaded;
use crate::Env;
use crate::entity::{activity_report, event as event_row};
use crate::error::Result;
use crate::step::Step;
use domain::actor::Party;
use domain::id::ReportId;
use domain::report::{Reminder, ReportStatus};
use domain::time::Instant;
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, QueryOrder};

/// Sends every reminder due now, each once per 登録; returns how many.
///
/// Each report is a transaction of its own, so a run that is cut off goes on where it was, and two runs at once send
/// nothing twice.
pub async fn remind_approvals(env: &Env) -> Result<u64> {
    // Two calendar days in Asia/Tokyo have passed at the latest when two times 24 hours have.
    let until = Instant::at(env.clock.today(), 0).plus_days(-1);
    let waiting = activity_report::Entity::find()
        .filter(activity_report::Column::Status.eq(ReportStatus::AwaitingApproval))
        .filter(activity_report::Column::SubmittedAt.lt(until))
        .order_by_asc(activity_report::Column::Id);
    let mut sent = 0;
    for row in waiting.all(env.db.read()).await? {
        sent += u64::from(remind(env, row.id).await?);
    }
    Ok(sent)
}

async fn remind(env: &Env, report: ReportId) -> Result<bool> {
    let transaction = env.db.begin().await?;
    let Some(loaded) = Loaded::lock_row(&transaction, report).await? else { return Ok(false) };
    let submitted = loaded.row.submitted_at.filter(|_| loaded.status == ReportStatus::AwaitingApproval);
    let Some(submitted) = submitted else { return Ok(false) };
    let now = env.clock.now();
    let Some(reminder) = Reminder::due(submitted, now) else { return Ok(false) };
    let before = event_row::Entity::find()
        .filter(event_row::Column::ReportId.eq(report))
        .filter(event_row::Column::Action.eq(reminder.key()))
        .filter(event_row::Column::At.gte(submitted));
    if before.one(&transaction).await?.is_some() {
        return Ok(false);
    }
    Step::of(env, &transaction, None, loaded, Party::Timer).record(reminder.into(), None).await?;
    transaction.commit().await?;
    Ok(true)
}
