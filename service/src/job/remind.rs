//! Reminders before the close: on the 1st, 3rd and 5th, providers hear which of their reports would slip (domain 5.4).

use crate::error::Result;
use crate::notice::{Message, tell_member};
use crate::{Env, db};
use domain::subsidy::CUTOFF_DAY;
use domain::time::iso_date;
use sea_orm::FromQueryResult;

/// The days of the month on which providers are told.
const DAYS: [u8; 3] = [1, 3, CUTOFF_DAY];

/// Tells each provider once a day, on the days of [`DAYS`], about activities that are over and not settled; returns
/// how many were told.
///
/// # Errors
/// Those of the database.
pub async fn unsettled(env: &Env) -> Result<u64> {
    #[derive(FromQueryResult)]
    struct Open {
        provider_id: i64,
        reports: i64,
    }
    let today = env.clock.today();
    if !DAYS.contains(&today.day()) {
        return Ok(0);
    }
    let transaction = env.db.begin().await?;
    let now = env.clock.now();
    let sql = "INSERT INTO setting (key, value) VALUES ($1, $2) ON CONFLICT DO NOTHING";
    let key = format!("unsettled_told:{}", iso_date(today));
    if db::execute(&transaction, sql, vec![key.into(), now.0.to_string().into()]).await? == 0 {
        return Ok(0);
    }
    let sql = "SELECT provider_id, COUNT(*) AS reports FROM activity_report \
               WHERE claim_id IS NULL AND status <> 'voided' AND ended_at <= $1 \
               AND NOT (status = 'approved' AND reward_status = 'received') \
               GROUP BY provider_id ORDER BY provider_id";
    let open = db::rows::<Open, _>(&transaction, sql, vec![now.0.into()]).await?;
    let told = u64::try_from(open.len()).unwrap_or(u64::MAX);
    for provider in open {
        let message = Message {
            subject: "給付金の締めは5日です".to_owned(),
            body: format!(
                "まだ請求に入らない報告書が{}件あります。\n{}月{CUTOFF_DAY}日までに「承認済」と「受領済」になった報告書が、今月の請求に入ります。\n間に合わないものは、翌月の請求に入ります。",
                provider.reports,
                u8::from(today.month()),
            ),
            link: "/subsidies".to_owned(),
        };
        tell_member(&transaction, now, env.clock.real_now(), provider.provider_id, &message).await?;
    }
    transaction.commit().await?;
    Ok(told)
}
