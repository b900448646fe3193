//! Reminds of reports awaiting approval: the family on days two and five, then the coordinator, after more than
//! seven days. Nothing is ever approved by silence (domain 5.3).

use crate::Env;
use crate::entity::{activity_report, event as event_row};
use crate::error::Result;
use crate::event::{self, By, Happened};
use crate::notice::{self, Message};
use domain::report::{Reminder, ReportStatus};
use domain::time::Instant;
use sea_orm::sea_query::LockType;
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect};

/// Sends every reminder due now, each once per 登録; returns how many.
///
/// Each report is a transaction of its own, so a run that is cut off goes on where it was, and two runs at once send
/// nothing twice.
///
/// # Errors
/// Those of the database.
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

async fn remind(env: &Env, report: i64) -> Result<bool> {
    let transaction = env.db.begin().await?;
    let waiting = activity_report::Entity::find_by_id(report)
        .filter(activity_report::Column::Status.eq(ReportStatus::AwaitingApproval))
        .lock(LockType::NoKeyUpdate);
    let Some(row) = waiting.one(&transaction).await? else { return Ok(false) };
    let Some(submitted) = row.submitted_at.map(Instant) else { return Ok(false) };
    let now = env.clock.now();
    let Some(reminder) = Reminder::due(submitted, now) else { return Ok(false) };
    let before = event_row::Entity::find()
        .filter(event_row::Column::ReportId.eq(report))
        .filter(event_row::Column::Action.eq(reminder.key()))
        .filter(event_row::Column::At.gte(submitted));
    if before.one(&transaction).await?.is_some() {
        return Ok(false);
    }
    let no = row.report_no;
    let link = format!("/reports/{no}");
    match (reminder, row.user_member_id) {
        (Reminder::First | Reminder::Second, Some(family)) => {
            let message = Message {
                subject: format!("援助活動報告書 {no} の確認をお待ちしています"),
                body: "援助活動報告書が承認待ちです。\n内容を確認し、「承認」または「修正依頼」を押してください。\n\
                       画面での操作が難しいときは、支部へお電話ください。"
                    .to_owned(),
                link,
            };
            notice::tell_member(&transaction, now, env.clock.real_now(), family, &message).await?;
        }
        _ => {
            let message = Message {
                subject: format!("{no} が7日以上、承認待ちです"),
                body: "利用会員へ電話で確認してください。書面か電話で確認がとれたら、代理で承認できます。".to_owned(),
                link,
            };
            notice::tell_coordinators(&transaction, now, env.clock.real_now(), &row.ward, &message).await?;
        }
    }
    let what = Happened {
        ward: Some(row.ward),
        request: row.request_id,
        report: Some(report),
        ..Happened::new(reminder.into())
    };
    event::record(&transaction, now, &By::job(), what).await?;
    transaction.commit().await?;
    Ok(true)
}
