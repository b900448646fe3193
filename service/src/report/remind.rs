//! Reminds of reports awaiting approval: the family on days two and five, then the coordinator, after more than
//! seven days. Nothing is ever approved by silence (domain 5.3).

use crate::error::Result;
use crate::event::{self, By, Happened};
use crate::notice::{self, Message};
use crate::{Env, db, number};
use domain::number::ReportNo;
use domain::report::Reminder;
use domain::time::Instant;
use sea_orm::FromQueryResult;

/// Sends every reminder due now, each once per 登録; returns how many.
///
/// Each report is a transaction of its own, so a run that is cut off goes on where it was, and two runs at once send
/// nothing twice.
///
/// # Errors
/// Those of the database.
pub async fn remind_approvals(env: &Env) -> Result<u64> {
    #[derive(FromQueryResult)]
    struct Row {
        id: i64,
    }
    // Two calendar days in Asia/Tokyo have passed at the latest when two times 24 hours have.
    let until = Instant::at(env.clock.today(), 0).plus_days(-1);
    let sql = "SELECT id FROM activity_report WHERE status = 'awaiting_approval' AND submitted_at < $1 ORDER BY id";
    let mut sent = 0;
    for row in db::rows::<Row, _>(env.db.read(), sql, vec![until.0.into()]).await? {
        sent += u64::from(remind(env, row.id).await?);
    }
    Ok(sent)
}

async fn remind(env: &Env, report: i64) -> Result<bool> {
    #[derive(FromQueryResult)]
    struct Row {
        report_no: i64,
        ward: String,
        request_id: Option<i64>,
        user_member_id: Option<i64>,
        submitted_at: i64,
    }
    let transaction = env.db.begin().await?;
    let sql = format!(
        "SELECT report_no, ward, request_id, user_member_id, submitted_at FROM activity_report \
         WHERE id = $1 AND status = 'awaiting_approval' AND submitted_at IS NOT NULL{}",
        db::for_update(env.db.backend())
    );
    let Some(row) = db::row::<Row, _>(&transaction, &sql, vec![report.into()]).await? else { return Ok(false) };
    let now = env.clock.now();
    let Some(reminder) = Reminder::due(Instant(row.submitted_at), now) else { return Ok(false) };
    let sql = "SELECT COUNT(*) FROM event WHERE report_id = $1 AND action = $2 AND at >= $3";
    let values = vec![report.into(), reminder.key().into(), row.submitted_at.into()];
    if db::scalar::<i64, _>(&transaction, sql, values).await?.unwrap_or(0) > 0 {
        return Ok(false);
    }
    let no = number::read::<ReportNo>(row.report_no)?;
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
