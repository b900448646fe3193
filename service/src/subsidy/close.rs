//! The monthly close (締め, 毎月5日; domain 1.6, 5.3, 5.4).
//!
//! The close of month M takes every report of no claim that was approved and received before M-06 00:00 Asia/Tokyo,
//! whatever its activity date, and makes one claim per provider. One transaction under the close's lock does it all,
//! so it is there whole or not at all; `close_run` remembers the month, and the unique report of a line and the unique
//! month of a provider's claim stand behind it. Run late, it decides by the stamps of approval and receipt, which
//! cannot move once the cutoff has passed ([`domain::subsidy::still_open`], [`crate::close_lock`]).
//!
//! A report of 0 yen (an activity of the tariff before 2023-07-01) gets its line too: it is settled, and the list of
//! what is still to be claimed stays short.

use crate::effect::{self, words};
use crate::entity::{activity_report, close_run, member, subsidy_claim, subsidy_line};
use crate::error::Result;
use crate::{Env, close_lock, db};
use domain::actor::Channel;
use domain::event::Action;
use domain::number::{MemberNo, ReportNo};
use domain::refusal::Refusal;
use domain::report::{ReportStatus, RewardStatus};
use domain::subsidy::{ClaimStatus, LineKind, LineStatus, YearMonth, close_of};
use domain::time::{Instant, rfc3339};
use sea_orm::sea_query::{Expr, ExprTrait, Order, Query};
use sea_orm::{ActiveValue::Set, ColumnTrait, ConnectionTrait, EntityTrait, FromQueryResult, QueryFilter, QueryOrder};
use serde::Serialize;

/// What a close claimed, or would claim.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct CloseResult {
    /// `2024-04`
    pub month: String,
    /// The cutoff, exclusive: `2024-04-06T00:00:00+09:00`.
    pub cutoff: String,
    /// One per provider, by member number.
    pub claims: Vec<CloseClaim>,
    /// Yen of all claims.
    pub total: i64,
    /// Whether the cutoff is still to come, so the answer may change.
    pub preliminary: bool,
}

/// A provider's claim of the month.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct CloseClaim {
    /// `MEM…`
    pub provider: String,
    /// One per report, by report number.
    pub lines: Vec<CloseLine>,
    /// Yen of all lines.
    pub total: i64,
}

/// A report's line: the benefit, and what tickets covered of the fee, which the city pays in the family's stead.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct CloseLine {
    /// `EKH…`
    pub report: String,
    /// Yen.
    pub yen: i64,
}

/// What a close takes, which is [`close_of`] asked of all reports at once: before `:cutoff`, and not before `:from`, where
/// an earlier close takes it.
const TAKEN: &str = "r.claim_id IS NULL AND r.status = :approved AND r.reward_status = :received \
     AND r.received_at < :cutoff AND r.approved_at < :cutoff AND (r.received_at >= :from OR r.approved_at >= :from)";

/// A statement over what a close takes, with the values of [`TAKEN`].
///
/// By hand: a close is a few statements over whole sets, whatever the city's size, and its plan is the point.
fn taking(sql: String, cutoff: Instant, from: Instant) -> db::Raw {
    let raw = db::raw(sql).with("approved", ReportStatus::Approved).with("received", RewardStatus::Received);
    raw.with("cutoff", cutoff).with("from", from)
}

/// Closes a month, after the months before it that were missed; with `dry_run` says what it would do.
///
/// Running it again changes nothing and answers the same.
///
/// # Errors
/// [`Refusal::BeforeCutoff`] for a real run before the cutoff.
pub async fn close_month(env: &Env, month: YearMonth, dry_run: bool) -> Result<CloseResult> {
    let preliminary = env.clock.now() < month.cutoff();
    if dry_run {
        return answer(env, month, preliminary).await;
    }
    if preliminary {
        return Err(Refusal::BeforeCutoff.into());
    }
    for missing in missing_months(env, month).await? {
        run(env, missing).await?;
    }
    answer(env, month, false).await
}

/// Closes every month whose cutoff has passed and that was not closed, in order; returns the months it closed.
pub async fn run_due(env: &Env) -> Result<Vec<YearMonth>> {
    let last = YearMonth::of_close(env.clock.now()).previous();
    let mut closed = Vec::new();
    for month in missing_months(env, last).await? {
        if run(env, month).await? {
            closed.push(month);
        }
    }
    Ok(closed)
}

/// The months up to `last` that have no run yet, the earliest first.
///
/// Where no month was ever closed, it begins with the month that the oldest settled report belongs to.
async fn missing_months(env: &Env, last: YearMonth) -> Result<Vec<YearMonth>> {
    let newest = newest(env, close_run::Column::Month.lte(last)).await?;
    let mut month = match newest {
        Some(closed) => closed.next(),
        None => Ord::min(oldest_unclaimed(env).await?.map_or(last, YearMonth::of_close), last),
    };
    let mut months = Vec::new();
    while month <= last {
        months.push(month);
        month = month.next();
    }
    Ok(months)
}

/// The months whose cutoff has passed and whose close has not run yet.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Passed {
    first: YearMonth,
    /// The latest of them.
    pub(crate) last: YearMonth,
}

impl Passed {
    /// The month of the due close that takes a report of no claim; `None` when none of them does.
    pub(crate) fn month_of(self, approved_at: Option<Instant>, received_at: Option<Instant>) -> Option<YearMonth> {
        let month = close_of(approved_at, received_at)?;
        (month <= self.last).then(|| Ord::max(month, self.first))
    }
}

/// The closes that are due; `None` when the last one has run.
pub(crate) async fn passed(env: &Env) -> Result<Option<Passed>> {
    let last = YearMonth::of_close(env.clock.now()).previous();
    if is_closed(env.db.read(), last).await? {
        return Ok(None);
    }
    let newest = newest(env, close_run::Column::Month.lt(last)).await?;
    Ok(Some(Passed { first: newest.map_or(YearMonth { year: 2000, month: 1 }, YearMonth::next), last }))
}

/// The latest closed month that a condition picks.
async fn newest(env: &Env, picked: Expr) -> Result<Option<YearMonth>> {
    let runs = close_run::Entity::find().filter(picked).order_by_desc(close_run::Column::Month);
    Ok(runs.one(env.db.read()).await?.map(|run| run.month))
}

async fn oldest_unclaimed(env: &Env) -> Result<Option<Instant>> {
    use activity_report::Column as R;
    let approved_last = Expr::col(R::ApprovedAt).gt(Expr::col(R::ReceivedAt));
    let settled: Expr = Expr::case(approved_last, Expr::col(R::ApprovedAt)).finally(Expr::col(R::ReceivedAt)).into();
    let oldest = Query::select()
        .expr(settled.min())
        .from(activity_report::Entity)
        .and_where(Expr::col(R::ClaimId).is_null())
        .and_where(Expr::col(R::RewardStatus).eq(RewardStatus::Received))
        .and_where(Expr::col(R::Status).eq(ReportStatus::Approved))
        .take();
    Ok(db::select_value::<Option<Instant>, _>(env.db.read(), &oldest).await?.flatten())
}

/// Runs one month in one transaction; `false` when it was already closed.
async fn run(env: &Env, month: YearMonth) -> Result<bool> {
    let transaction = env.db.begin().await?;
    let now = close_lock::exclusive(env, &transaction).await?;
    let cutoff = month.cutoff();
    if now < cutoff {
        return Err(Refusal::BeforeCutoff.into());
    }
    if is_closed(&transaction, month).await? {
        return Ok(false);
    }
    // Months before this one are closed by now, so nothing belongs to an earlier close.
    let taking = |sql: String| taking(sql, cutoff, Instant(i64::MIN));

    let claims = taking(format!("SELECT COUNT(DISTINCT r.provider_id) FROM activity_report r WHERE {TAKEN}"));
    let claims: i64 = claims.value(&transaction).await?.unwrap_or(0);
    let mut lines = 0;
    let mut total = 0;
    if claims > 0 {
        let first = crate::number::next_claims(&transaction, claims).await?;
        let insert = taking(format!(
            "INSERT INTO subsidy_claim (claim_no, provider_id, ward, month, status, line_count, total_yen, submitted_at) \
             SELECT :first - 1 + ROW_NUMBER() OVER (ORDER BY m.member_no), m.id, m.ward, :month, :submitted, s.lines, s.yen, :now \
             FROM (SELECT r.provider_id, COUNT(*) AS lines, CAST(SUM(r.benefit_yen + r.coupon_yen) AS BIGINT) AS yen \
                   FROM activity_report r WHERE {TAKEN} GROUP BY r.provider_id) s \
             JOIN member m ON m.id = s.provider_id"
        ));
        let insert = insert.with("first", i64::from(first.0)).with("month", month).with("now", now);
        insert.with("submitted", ClaimStatus::Submitted).execute(&transaction).await?;

        let insert = taking(format!(
            "INSERT INTO subsidy_line (claim_id, report_id, kind, status, benefit_yen, coupon_yen, yen) \
             SELECT c.id, r.id, :activity, :applied, r.benefit_yen, r.coupon_yen, r.benefit_yen + r.coupon_yen \
             FROM activity_report r JOIN subsidy_claim c ON c.provider_id = r.provider_id AND c.month = :month \
             WHERE {TAKEN} ORDER BY r.report_no"
        ));
        let insert = insert.with("month", month).with("applied", LineStatus::Applied);
        let insert = insert.with("activity", LineKind::Activity);
        lines = i64::try_from(insert.execute(&transaction).await?).unwrap_or(i64::MAX);

        // By hand, as the inserts before it: one statement over the month.
        let claimed = db::raw(
            "UPDATE activity_report SET claim_id = (SELECT l.claim_id FROM subsidy_line l \
                   WHERE l.report_id = activity_report.id) \
                   WHERE id IN (SELECT l.report_id FROM subsidy_claim c JOIN subsidy_line l ON l.claim_id = c.id \
                                WHERE c.month = :month)",
        );
        claimed.with("month", month).execute(&transaction).await?;

        let events = db::raw(
            "INSERT INTO event (at, ward, request_id, report_id, action, from_status, to_status, actor_name, channel, detail) \
                   SELECT :now, r.ward, r.request_id, r.id, :claim, :eligible, :applied, '自動処理', :job, \
                   '{\"month\":\"' || c.month || '\",\"yen\":' || l.yen || '}' \
                   FROM subsidy_claim c JOIN subsidy_line l ON l.claim_id = c.id JOIN activity_report r ON r.id = l.report_id \
                   WHERE c.month = :month ORDER BY l.id",
        );
        let events = events.with("now", now).with("month", month).with("job", Channel::Job);
        let events = events.with("eligible", LineStatus::Eligible).with("applied", LineStatus::Applied);
        events.with("claim", Action::Claim.key()).execute(&transaction).await?;

        total = notify_providers(env, &transaction, now, month).await?;
    }
    let run = close_run::ActiveModel {
        month: Set(month),
        cutoff: Set(cutoff),
        ran_at: Set(now),
        claim_count: Set(claims),
        line_count: Set(lines),
        total_yen: Set(total),
    };
    close_run::Entity::insert(run).exec_without_returning(&transaction).await?;
    transaction.commit().await?;
    tracing::info!(%month, claims, lines, total, "the month is closed");
    Ok(true)
}

async fn is_closed<C: ConnectionTrait>(connection: &C, month: YearMonth) -> Result<bool> {
    let run = close_run::Entity::find().filter(close_run::Column::Month.eq(month));
    Ok(run.one(connection).await?.is_some())
}

/// Notifies each provider of the claim; returns the yen of all claims.
async fn notify_providers<C: ConnectionTrait>(
    env: &Env,
    transaction: &C,
    now: Instant,
    month: YearMonth,
) -> Result<i64> {
    let claims = subsidy_claim::Entity::find().filter(subsidy_claim::Column::Month.eq(month));
    let targets = claims.order_by_asc(subsidy_claim::Column::Id).all(transaction).await?;
    let mut total = 0;
    for target in targets {
        total += target.total_yen;
        let claim = (target.claim_no, month);
        let notice = words::many::claimed(target.provider_id, claim, (target.line_count, target.total_yen));
        effect::send(env, transaction, now, vec![notice]).await?;
    }
    Ok(total)
}

/// The claims of a closed month, or what its close would claim by what is settled now.
async fn answer(env: &Env, month: YearMonth, preliminary: bool) -> Result<CloseResult> {
    #[derive(FromQueryResult)]
    struct Line {
        member_no: MemberNo,
        report_no: ReportNo,
        yen: i64,
    }
    let found = if is_closed(env.db.read(), month).await? {
        use subsidy_claim::Column as C;
        use subsidy_line::Column as L;
        let (member_no, report_no) = (member::Column::MemberNo, activity_report::Column::ReportNo);
        let lines = Query::select()
            .columns([member_no.as_column_ref(), report_no.as_column_ref(), L::Yen.as_column_ref()])
            .from(subsidy_claim::Entity)
            .inner_join(subsidy_line::Entity, db::same(L::ClaimId, C::Id))
            .inner_join(activity_report::Entity, db::same(activity_report::Column::Id, L::ReportId))
            .inner_join(member::Entity, db::same(member::Column::Id, C::ProviderId))
            .and_where(C::Month.into_expr().eq(month))
            .order_by(member_no.as_column_ref(), Order::Asc)
            .order_by(report_no.as_column_ref(), Order::Asc)
            .take();
        db::select::<Line, _>(env.db.read(), &lines).await?
    } else {
        let earlier = month.previous();
        let from = if is_closed(env.db.read(), earlier).await? { Instant(i64::MIN) } else { earlier.cutoff() };
        let lines = taking(
            format!(
                "SELECT m.member_no, r.report_no, r.benefit_yen + r.coupon_yen AS yen \
             FROM activity_report r JOIN member m ON m.id = r.provider_id \
             WHERE {TAKEN} ORDER BY m.member_no, r.report_no"
            ),
            month.cutoff(),
            from,
        );
        lines.rows::<Line, _>(env.db.read()).await?
    };
    let mut claims: Vec<CloseClaim> = Vec::new();
    for line in found {
        let provider = line.member_no.to_string();
        let written = CloseLine { report: line.report_no.to_string(), yen: line.yen };
        match claims.last_mut().filter(|claim| claim.provider == provider) {
            Some(claim) => {
                claim.total += written.yen;
                claim.lines.push(written);
            }
            None => claims.push(CloseClaim { provider, total: written.yen, lines: vec![written] }),
        }
    }
    let total = claims.iter().map(|claim| claim.total).sum();
    Ok(CloseResult { month: month.to_string(), cutoff: rfc3339(month.cutoff()), claims, total, preliminary })
}
