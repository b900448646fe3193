//! 給付金申請一覧: which reports of no claim the next close would take, and which would slip and why.

use super::close::{self, Passed};
use super::{Scope, scope};
use crate::error::{Error, Result};
use crate::page::{PAGE, Page};
use crate::{Env, db};
use domain::actor::Actor;
use domain::id::{ReportId, RequestId};
use domain::number::{MemberNo, ReportNo, RequestNo};
use domain::report::{ReportStatus, RewardStatus};
use domain::request::CoordinationStatus;
use domain::subsidy::{Slip, YearMonth};
use domain::time::Instant;
use sea_orm::FromQueryResult;

/// Rows that a page reads: one more than it shows.
const LIMIT: i64 = PAGE as i64 + 1;

/// Where a reader stands in the two lists: the number of the last row seen.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Place {
    /// In the list of what would be claimed.
    pub ready_after: Option<ReportId>,
    /// In the list of what would slip.
    pub slip_after: Option<SlipPlace>,
}

/// A row of what would slip: ended activities without a report come first, then the reports.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SlipPlace {
    /// A request's row.
    Unwritten(RequestId),
    /// A report's row.
    Report(ReportId),
}

/// What the next close would do with the reports an actor may see.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Preview {
    /// The next close's month.
    pub month: YearMonth,
    /// Its cutoff, exclusive.
    pub cutoff: Instant,
    /// The close whose cutoff has passed and that has not run yet, when it takes any of these reports.
    pub waiting: Option<WaitingClose>,
    /// How many reports the next close would take.
    pub ready_count: i64,
    /// Yen it would claim for them.
    pub ready_yen: i64,
    /// How many reports would slip, and ended activities without one.
    pub slip_count: i64,
    /// A page of the reports that it or the waiting close would take, the latest first.
    pub ready: Vec<ReportLine>,
    /// Where the next page of them begins.
    pub ready_next: Option<ReportId>,
    /// A page of what would slip: ended activities without a report, then the reports, the latest of each first.
    pub slips: Vec<(Slip, ReportLine)>,
    /// Where the next page of them begins.
    pub slip_next: Option<SlipPlace>,
}

/// What is in the close whose cutoff has passed, until it runs a few minutes later, or after a downtime.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct WaitingClose {
    /// Its month; the latest one when several were missed.
    pub month: YearMonth,
    /// How many reports it takes.
    pub count: i64,
    /// Yen it claims for them.
    pub yen: i64,
}

/// A report in the lists.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ReportLine {
    /// `EKH…`; empty when nothing is written yet.
    pub report: String,
    /// `CDK…` of the activity without a report; empty otherwise.
    pub request: String,
    /// The activity, once times were entered.
    pub period: Option<(Instant, Instant)>,
    /// The family's name: 「木村 花子」; empty while the draft names none.
    pub family: String,
    /// The provider's name, for staff.
    pub provider: String,
    /// `MEM…` of the provider.
    pub provider_no: String,
    /// The city's benefit in yen.
    pub benefit_yen: i64,
    /// Yen that tickets covered.
    pub coupon_yen: i64,
    /// The month of the close that takes it, when the cutoff of that month has passed.
    pub waits_for: Option<YearMonth>,
}

#[derive(FromQueryResult)]
struct Row {
    id: ReportId,
    report_no: ReportNo,
    status: ReportStatus,
    reward_status: RewardStatus,
    started_at: Option<Instant>,
    ended_at: Option<Instant>,
    benefit_yen: i64,
    coupon_yen: i64,
    approved_at: Option<Instant>,
    received_at: Option<Instant>,
    provider_no: MemberNo,
    provider_family: String,
    provider_given: String,
    user_family: Option<String>,
    user_given: Option<String>,
}

impl Row {
    /// The row's line; `passed` are the closes that are due.
    fn line(self, passed: Option<Passed>) -> ReportLine {
        let (approved, received) = (self.approved_at, self.received_at);
        let waits_for = passed.and_then(|passed| passed.month_of(approved, received));
        let name = |family: Option<String>, given: Option<String>| match (family, given) {
            (Some(family), Some(given)) => format!("{family} {given}"),
            _ => String::new(),
        };
        ReportLine {
            report: self.report_no.to_string(),
            request: String::new(),
            period: self.started_at.zip(self.ended_at),
            family: name(self.user_family, self.user_given),
            provider: name(Some(self.provider_family), Some(self.provider_given)),
            provider_no: self.provider_no.to_string(),
            benefit_yen: self.benefit_yen,
            coupon_yen: self.coupon_yen,
            waits_for,
        }
    }
}

#[derive(FromQueryResult)]
struct Unwritten {
    id: RequestId,
    request_no: RequestNo,
    starts_at: Instant,
    ends_at: Instant,
    provider_no: MemberNo,
    provider_family: String,
    provider_given: String,
    user_family: String,
    user_given: String,
}

impl Unwritten {
    fn line(self) -> ReportLine {
        ReportLine {
            report: String::new(),
            request: self.request_no.to_string(),
            period: Some((self.starts_at, self.ends_at)),
            family: format!("{} {}", self.user_family, self.user_given),
            provider: format!("{} {}", self.provider_family, self.provider_given),
            provider_no: self.provider_no.to_string(),
            benefit_yen: 0,
            coupon_yen: 0,
            waits_for: None,
        }
    }
}

/// Ended activities that nobody has begun to report: the commonest slip of all.
pub(crate) const UNWRITTEN: &str = "x.status = :established AND x.ends_at <= :now AND NOT EXISTS \
     (SELECT 1 FROM activity_report a WHERE a.request_id = x.id AND a.status <> :voided)";

/// Exactly the condition of the partial indexes `activity_report_unclaimed…`.
const UNCLAIMED: &str = "x.claim_id IS NULL AND x.status <> :voided";
/// As a `CASE`, which no index answers: by its status a planner would read every approved report of all years, while the
/// unclaimed ones are those of a month or two.
const READY: &str = "CASE WHEN x.status = :approved AND x.reward_status = :received THEN 1 ELSE 0 END = 1";

/// Of these, what belongs to a close whose cutoff, `:edge`, has passed.
pub(super) const WAITING: &str = "CASE WHEN x.status = :approved AND x.reward_status = :received \
     AND x.approved_at < :edge AND x.received_at < :edge THEN 1 ELSE 0 END";

/// Why the close would not take a report in these states; `None` when it would.
#[must_use]
pub const fn slip_of(status: ReportStatus, reward: RewardStatus) -> Option<Slip> {
    match (status, reward) {
        (ReportStatus::Approved, RewardStatus::Received) | (ReportStatus::Voided, _) => None,
        (ReportStatus::Approved, RewardStatus::NotReceived) => Some(Slip::NotReceived),
        (ReportStatus::Draft, _) => Some(Slip::NotSubmitted),
        (ReportStatus::AwaitingApproval, _) => Some(Slip::NotApproved),
        (ReportStatus::RevisionRequested, _) => Some(Slip::RevisionRequested),
    }
}

/// What the next close would claim and what would slip: a provider's own, a coordinator's ward, everything or one
/// ward for the headquarters.
///
/// # Errors
/// [`Error::NotFound`] for families.
pub async fn preview(env: &Env, actor: &Actor, ward: Option<&str>, place: Place) -> Result<Preview> {
    #[derive(FromQueryResult)]
    struct Sums {
        ready_count: i64,
        ready_yen: i64,
        waiting_count: i64,
        waiting_yen: i64,
        slip_count: i64,
    }
    let scope = scope(actor, ward).ok_or(Error::NotFound)?;
    let sql = format!(
        "SELECT CAST(COALESCE(SUM(CASE WHEN {READY} THEN 1 ELSE 0 END), 0) AS BIGINT) AS ready_count, \
         CAST(COALESCE(SUM(CASE WHEN {READY} THEN x.benefit_yen + x.coupon_yen ELSE 0 END), 0) AS BIGINT) AS ready_yen, \
         CAST(COALESCE(SUM(CASE WHEN {READY} THEN 0 ELSE 1 END), 0) AS BIGINT) AS slip_count, \
         CAST(COALESCE(SUM({WAITING}), 0) AS BIGINT) AS waiting_count, \
         CAST(COALESCE(SUM(({WAITING}) * (x.benefit_yen + x.coupon_yen)), 0) AS BIGINT) AS waiting_yen \
         FROM activity_report x WHERE {UNCLAIMED} AND {}",
        scope.condition
    );
    let passed = close::passed(env).await?;
    let edge = passed.map_or(i64::MIN, |passed| passed.last.cutoff().0);
    let sums = settled(sql, &scope).with("edge", edge);
    let sums = sums.row::<Sums, _>(env.db.read()).await?.ok_or_else(|| Error::Broken("no sums".into()))?;

    let select = |ready: &str| {
        format!(
            "SELECT x.id, x.report_no, x.status, x.reward_status, x.started_at, x.ended_at, x.benefit_yen, x.coupon_yen, \
             x.approved_at, x.received_at, p.member_no AS provider_no, p.family_name AS provider_family, p.given_name AS provider_given, \
             u.family_name AS user_family, u.given_name AS user_given \
             FROM activity_report x JOIN member p ON p.id = x.provider_id LEFT JOIN member u ON u.id = x.user_member_id \
             WHERE {UNCLAIMED} AND {} AND {ready} AND x.id < :after ORDER BY x.id DESC LIMIT :most",
            scope.condition
        )
    };
    let page = |ready: &str, after: Option<ReportId>| {
        settled(select(ready), &scope).with("after", after.unwrap_or(ReportId::LAST)).with("most", LIMIT)
    };
    let ready = page(READY, place.ready_after).rows::<Row, _>(env.db.read()).await?;
    let Page { rows: ready, next: ready_next } = Page::cut(ready, |row| row.id);
    let (unwritten_count, unwritten, more_unwritten) = unwritten(env, &scope, place.slip_after).await?;
    let not_ready = format!("NOT ({READY})");
    let reports_after = match place.slip_after {
        Some(SlipPlace::Report(id)) => Some(id),
        Some(SlipPlace::Unwritten(_)) | None => None,
    };
    let (slips, slip_next) = if more_unwritten.is_some() {
        (Vec::new(), more_unwritten)
    } else {
        let slips = page(&not_ready, reports_after).rows::<Row, _>(env.db.read()).await?;
        let page = Page::cut(slips, |row| SlipPlace::Report(row.id));
        (page.rows, page.next)
    };

    let month = YearMonth::of_close(env.clock.now());
    let mut slipping = Vec::new();
    for row in unwritten {
        slipping.push((Slip::NotWritten, row.line()));
    }
    for row in slips {
        if let Some(slip) = slip_of(row.status, row.reward_status) {
            slipping.push((slip, row.line(None)));
        }
    }
    Ok(Preview {
        month,
        cutoff: month.cutoff(),
        waiting: passed.filter(|_| sums.waiting_count > 0).map(|passed| WaitingClose {
            month: passed.last,
            count: sums.waiting_count,
            yen: sums.waiting_yen,
        }),
        ready_count: sums.ready_count - sums.waiting_count,
        ready_yen: sums.ready_yen - sums.waiting_yen,
        slip_count: sums.slip_count + unwritten_count,
        ready: ready.into_iter().map(|row| row.line(passed)).collect(),
        ready_next,
        slips: slipping,
        slip_next,
    })
}

/// A statement over reports of no claim.
///
/// By hand, like [`ended`]: the partial index is found by its very condition, and a page counts, sums and lists by it.
fn settled(sql: String, scope: &Scope) -> db::Raw {
    let raw = db::raw(sql).with_key("voided", ReportStatus::Voided.key()).with("scope", scope.value.clone());
    raw.with("approved", ReportStatus::Approved).with("received", RewardStatus::Received)
}

/// A statement over agreed requests whose hours are over.
fn ended(sql: String, scope: &Scope, now: Instant) -> db::Raw {
    let raw = db::raw(sql).with_key("voided", ReportStatus::Voided.key()).with("scope", scope.value.clone());
    raw.with("established", CoordinationStatus::Established).with("now", now)
}

/// How many ended activities have no report, a page of them, and where the next page begins; none of them on a page of
/// reports.
async fn unwritten(
    env: &Env,
    scope: &Scope,
    after: Option<SlipPlace>,
) -> Result<(i64, Vec<Unwritten>, Option<SlipPlace>)> {
    let now = env.clock.now();
    let sql = format!("SELECT COUNT(*) FROM care_request x WHERE {UNWRITTEN} AND {}", scope.condition);
    let count: i64 = ended(sql, scope, now).value(env.db.read()).await?.unwrap_or(0);
    let after = match after {
        Some(SlipPlace::Report(_)) => return Ok((count, Vec::new(), None)),
        Some(SlipPlace::Unwritten(id)) => id,
        None => RequestId::LAST,
    };
    let sql = format!(
        "SELECT x.id, x.request_no, x.starts_at, x.ends_at, p.member_no AS provider_no, \
         p.family_name AS provider_family, p.given_name AS provider_given, u.family_name AS user_family, \
         u.given_name AS user_given FROM care_request x JOIN member p ON p.id = x.provider_id \
         JOIN member u ON u.id = x.member_id WHERE {UNWRITTEN} AND {} AND x.id < :after ORDER BY x.id DESC LIMIT :most",
        scope.condition
    );
    let list = ended(sql, scope, now).with("after", after).with("most", LIMIT);
    let rows = list.rows::<Unwritten, _>(env.db.read()).await?;
    let page = Page::cut(rows, |row| SlipPlace::Unwritten(row.id));
    Ok((count, page.rows, page.next))
}
