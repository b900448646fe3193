//! Reminders before the close: on the 1st, 3rd and 5th, providers hear what of theirs would slip (domain 5.4).

use crate::effect::{self, words};
use crate::entity::setting;
use crate::error::Result;
use crate::{Env, db};
use domain::id::MemberId;
use domain::report::{ReportStatus, RewardStatus};
use domain::request::CoordinationStatus;
use domain::subsidy::CUTOFF_DAY;
use domain::time::iso_date;
use sea_orm::sea_query::OnConflict;
use sea_orm::{ActiveValue::Set, EntityTrait, FromQueryResult};

/// The days of the month on which providers are notified.
const DAYS: [u8; 3] = [1, 3, CUTOFF_DAY];

/// Notifies each provider once a day, on the days of [`DAYS`], about activities that are over and not settled; returns
/// how many were notified.
pub async fn unsettled(env: &Env) -> Result<u64> {
    #[derive(FromQueryResult)]
    struct Open {
        provider_id: MemberId,
        reports: i64,
        unwritten: i64,
    }
    let today = env.clock.today();
    if !DAYS.contains(&today.day()) {
        return Ok(0);
    }
    let transaction = env.db.begin().await?;
    let now = env.clock.now();
    let mark =
        setting::ActiveModel { key: Set(format!("unsettled_told:{}", iso_date(today))), value: Set(now.0.to_string()) };
    let keep = OnConflict::column(setting::Column::Key).do_nothing().to_owned();
    if setting::Entity::insert_many([mark]).on_conflict(keep).exec_without_returning(&transaction).await? == 0 {
        return Ok(0);
    }
    // A draft whose times are not typed yet is about the hours of its request.
    // By hand: the union of two lists, each by its own index, summed over all wards.
    let open = db::raw(
        "SELECT t.provider_id, CAST(SUM(t.reports) AS BIGINT) AS reports, \
               CAST(SUM(t.unwritten) AS BIGINT) AS unwritten FROM (\
               SELECT p.provider_id, COUNT(*) AS reports, 0 AS unwritten FROM activity_report p \
               LEFT JOIN care_request q ON q.id = p.request_id \
               WHERE p.claim_id IS NULL AND p.status <> :voided AND COALESCE(p.ended_at, q.ends_at) <= :now \
               AND NOT (p.status = :approved AND p.reward_status = :received) GROUP BY p.provider_id \
               UNION ALL \
               SELECT r.provider_id, 0 AS reports, COUNT(*) AS unwritten FROM care_request r \
               WHERE r.status = :established AND r.ends_at <= :now AND r.provider_id IS NOT NULL AND NOT EXISTS \
               (SELECT 1 FROM activity_report a WHERE a.request_id = r.id AND a.status <> :voided) \
               GROUP BY r.provider_id) t GROUP BY t.provider_id ORDER BY t.provider_id",
    );
    let open = open
        .with("now", now)
        .with("voided", ReportStatus::Voided)
        .with("approved", ReportStatus::Approved)
        .with("received", RewardStatus::Received)
        .with("established", CoordinationStatus::Established);
    let open = open.rows::<Open, _>(&transaction).await?;
    let notified = u64::try_from(open.len()).unwrap_or(u64::MAX);
    for provider in open {
        let open = (provider.unwritten, provider.reports);
        let notice = words::many::unsettled(provider.provider_id, open, u8::from(today.month()), CUTOFF_DAY);
        effect::send(env, &transaction, now, vec![notice]).await?;
    }
    transaction.commit().await?;
    Ok(notified)
}
