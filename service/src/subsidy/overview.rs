//! The headquarters' overview: every ward on one line, and the last closes.

use super::close;
use super::preview::{WAITING, WaitingClose};
use crate::entity::close_run;
use crate::error::Result;
use crate::{Env, db, policy};
use domain::actor::Actor;
use domain::policy::Right;
use domain::report::{ReportStatus, RewardStatus};
use domain::request::CoordinationStatus;
use domain::subsidy::YearMonth;
use domain::time::Instant;
use sea_orm::{EntityTrait, FromQueryResult, QueryOrder, QuerySelect};

/// The headquarters' page.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Overview {
    /// The next close's month.
    pub month: YearMonth,
    /// The close whose cutoff has passed and that has not run yet, when there is anything in it.
    pub waiting: Option<WaitingClose>,
    /// The wards in the city's order.
    pub wards: Vec<WardLine>,
    /// The last closes, the latest first.
    pub runs: Vec<CloseRun>,
}

/// A ward today.
#[derive(Clone, Debug, PartialEq, Eq, FromQueryResult)]
pub struct WardLine {
    /// `midori`
    pub code: String,
    /// 「緑区」
    pub name: String,
    /// Requests on their way, before 成立.
    pub open_requests: i64,
    /// Requests in 成立.
    pub established: i64,
    /// Reports that wait: written, to be approved or corrected, or not received yet.
    pub waiting_reports: i64,
    /// Reports the next close would take.
    pub ready_reports: i64,
    /// Yen it would claim for them.
    pub ready_yen: i64,
    /// Reports of a close whose cutoff has passed and that has not run yet.
    pub passed_reports: i64,
    /// Yen it claims for them.
    pub passed_yen: i64,
    /// Claims of the last close.
    pub claims: i64,
    /// Yen of the last close.
    pub claimed_yen: i64,
}

/// A close that ran.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CloseRun {
    /// Its month.
    pub month: YearMonth,
    /// When it ran; later than the cutoff after a downtime.
    pub ran_at: Instant,
    /// How many claims.
    pub claim_count: i64,
    /// How many reports.
    pub line_count: i64,
    /// Yen.
    pub total_yen: i64,
}

/// What every ward does and what the closes claimed.
///
/// # Errors
/// [`Error::NotFound`] for anybody but the headquarters.
pub async fn overview(env: &Env, actor: &Actor) -> Result<Overview> {
    policy::stand(actor, Right::Oversee)?;
    let latest = close_run::Entity::find().order_by_desc(close_run::Column::Month).limit(6);
    let mut runs = Vec::new();
    for run in latest.all(env.db.read()).await? {
        runs.push(CloseRun {
            month: run.month,
            ran_at: run.ran_at,
            claim_count: run.claim_count,
            line_count: run.line_count,
            total_yen: run.total_yen,
        });
    }
    let passed = close::passed(env).await?;
    let edge = passed.map_or(i64::MIN, |passed| passed.last.cutoff().0);
    // By hand: sums over all wards, each by its own index.
    let lines = db::raw(format!(
        "SELECT w.code, w.name, \
         (SELECT COUNT(*) FROM care_request q WHERE q.ward = w.code AND q.status IN (:before)) AS open_requests, \
         (SELECT COUNT(*) FROM care_request q WHERE q.ward = w.code AND q.status = :established) AS established, \
         COALESCE(r.waiting, 0) AS waiting_reports, COALESCE(r.ready, 0) AS ready_reports, \
         COALESCE(r.ready_yen, 0) AS ready_yen, \
         COALESCE(r.passed, 0) AS passed_reports, COALESCE(r.passed_yen, 0) AS passed_yen, \
         COALESCE(c.claims, 0) AS claims, COALESCE(c.yen, 0) AS claimed_yen \
         FROM ward w \
         LEFT JOIN (SELECT x.ward, \
             CAST(SUM(CASE WHEN x.status = :approved AND x.reward_status = :received THEN 0 ELSE 1 END) AS BIGINT) AS waiting, \
             CAST(SUM(CASE WHEN x.status = :approved AND x.reward_status = :received THEN 1 ELSE 0 END) AS BIGINT) AS ready, \
             CAST(SUM(CASE WHEN x.status = :approved AND x.reward_status = :received \
                 THEN x.benefit_yen + x.coupon_yen ELSE 0 END) AS BIGINT) AS ready_yen, \
             CAST(SUM({WAITING}) AS BIGINT) AS passed, \
             CAST(SUM(({WAITING}) * (x.benefit_yen + x.coupon_yen)) AS BIGINT) AS passed_yen \
             FROM activity_report x WHERE x.claim_id IS NULL AND x.status <> :voided GROUP BY x.ward) r ON r.ward = w.code \
         LEFT JOIN (SELECT ward, COUNT(*) AS claims, CAST(SUM(total_yen) AS BIGINT) AS yen FROM subsidy_claim \
             WHERE month = :last GROUP BY ward) c ON c.ward = w.code \
         ORDER BY w.sort, w.code"
    ));
    let last = runs.first().map(|run| run.month.to_string()).unwrap_or_default();
    let lines = lines
        .with_key("voided", ReportStatus::Voided.key())
        .with_all("before", CoordinationStatus::BEFORE_AGREEMENT)
        .with("established", CoordinationStatus::Established)
        .with("approved", ReportStatus::Approved)
        .with("received", RewardStatus::Received)
        .with("last", last)
        .with("edge", edge);
    let mut wards = lines.rows::<WardLine, _>(env.db.read()).await?;
    let (mut count, mut yen) = (0, 0);
    for ward in &mut wards {
        ward.ready_reports -= ward.passed_reports;
        ward.ready_yen -= ward.passed_yen;
        count += ward.passed_reports;
        yen += ward.passed_yen;
    }
    let waiting = passed.filter(|_| count > 0).map(|passed| WaitingClose { month: passed.last, count, yen });
    Ok(Overview { month: YearMonth::of_close(env.clock.now()), waiting, wards, runs })
}
