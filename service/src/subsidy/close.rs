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

use crate::error::Result;
use crate::{Env, close_lock, db, number};
use domain::number::{ClaimNo, MemberNo, ReportNo};
use domain::refusal::Refusal;
use domain::subsidy::{YearMonth, close_of};
use domain::time::{Instant, rfc3339};
use sea_orm::{ConnectionTrait, FromQueryResult, Value};
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

/// What a close takes, which is [`close_of`] asked of all reports at once; `$1` the cutoff, `$2` the moment before which an
/// earlier close takes it.
const TAKEN: &str = "r.claim_id IS NULL AND r.status = 'approved' AND r.reward_status = 'received' \
     AND r.received_at < $1 AND r.approved_at < $1 AND (r.received_at >= $2 OR r.approved_at >= $2)";

/// Closes a month, after the months before it that were missed; with `dry_run` tells what it would do.
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
///
/// # Errors
/// Those of the database.
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
    let sql = "SELECT MAX(month) FROM close_run WHERE month <= $1";
    let newest: Option<Option<String>> = db::scalar(env.db.read(), sql, vec![last.to_string().into()]).await?;
    let mut month = match newest.flatten().as_deref().and_then(YearMonth::parse) {
        Some(closed) => closed.next(),
        None => oldest_unclaimed(env).await?.map_or(last, YearMonth::of_close).min(last),
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
        (month <= self.last).then(|| month.max(self.first))
    }
}

/// The closes that are due; `None` when the last one has run.
pub(crate) async fn passed(env: &Env) -> Result<Option<Passed>> {
    let last = YearMonth::of_close(env.clock.now()).previous();
    if is_closed(env.db.read(), last).await? {
        return Ok(None);
    }
    let sql = "SELECT MAX(month) FROM close_run WHERE month < $1";
    let newest: Option<Option<String>> = db::scalar(env.db.read(), sql, vec![last.to_string().into()]).await?;
    let newest = newest.flatten().as_deref().and_then(YearMonth::parse);
    Ok(Some(Passed { first: newest.map_or(YearMonth { year: 2000, month: 1 }, YearMonth::next), last }))
}

async fn oldest_unclaimed(env: &Env) -> Result<Option<Instant>> {
    let sql = "SELECT MIN(CASE WHEN approved_at > received_at THEN approved_at ELSE received_at END) \
               FROM activity_report WHERE claim_id IS NULL AND reward_status = 'received' AND status = 'approved'";
    let oldest: Option<Option<i64>> = db::scalar(env.db.read(), sql, vec![]).await?;
    Ok(oldest.flatten().map(Instant))
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
    let key = month.to_string();
    // Months before this one are closed by now, so nothing belongs to an earlier close.
    let bounds = || -> Vec<Value> { vec![cutoff.0.into(), i64::MIN.into()] };

    let sql = format!("SELECT COUNT(DISTINCT r.provider_id) FROM activity_report r WHERE {TAKEN}");
    let claims: i64 = db::scalar(&transaction, &sql, bounds()).await?.unwrap_or(0);
    let mut lines = 0;
    let mut total = 0;
    if claims > 0 {
        let first = crate::number::next_claims(&transaction, claims).await?;
        let sql = format!(
            "INSERT INTO subsidy_claim (claim_no, provider_id, ward, month, status, line_count, total_yen, submitted_at) \
             SELECT $3 - 1 + ROW_NUMBER() OVER (ORDER BY m.member_no), m.id, m.ward, $4, 'submitted', s.lines, s.yen, $5 \
             FROM (SELECT r.provider_id, COUNT(*) AS lines, CAST(SUM(r.benefit_yen + r.coupon_yen) AS BIGINT) AS yen \
                   FROM activity_report r WHERE {TAKEN} GROUP BY r.provider_id) s \
             JOIN member m ON m.id = s.provider_id"
        );
        let mut values = bounds();
        values.extend([i64::from(first.0).into(), key.as_str().into(), now.0.into()]);
        db::execute(&transaction, &sql, values).await?;

        let sql = format!(
            "INSERT INTO subsidy_line (claim_id, report_id, kind, status, benefit_yen, coupon_yen, yen) \
             SELECT c.id, r.id, 'activity', 'applied', r.benefit_yen, r.coupon_yen, r.benefit_yen + r.coupon_yen \
             FROM activity_report r JOIN subsidy_claim c ON c.provider_id = r.provider_id AND c.month = $3 \
             WHERE {TAKEN} ORDER BY r.report_no"
        );
        let mut values = bounds();
        values.push(key.as_str().into());
        lines = i64::try_from(db::execute(&transaction, &sql, values).await?).unwrap_or(i64::MAX);

        let sql = "UPDATE activity_report SET claim_id = (SELECT l.claim_id FROM subsidy_line l \
                   WHERE l.report_id = activity_report.id) \
                   WHERE id IN (SELECT l.report_id FROM subsidy_claim c JOIN subsidy_line l ON l.claim_id = c.id \
                                WHERE c.month = $1)";
        db::execute(&transaction, sql, vec![key.as_str().into()]).await?;

        let sql = "INSERT INTO event (at, ward, request_id, report_id, action, from_status, to_status, actor_name, channel, detail) \
                   SELECT $1, r.ward, r.request_id, r.id, 'claim', 'eligible', 'applied', '自動処理', 'job', \
                   '{\"month\":\"' || c.month || '\",\"yen\":' || l.yen || '}' \
                   FROM subsidy_claim c JOIN subsidy_line l ON l.claim_id = c.id JOIN activity_report r ON r.id = l.report_id \
                   WHERE c.month = $2 ORDER BY l.id";
        db::execute(&transaction, sql, vec![now.0.into(), key.as_str().into()]).await?;

        total = tell_providers(env, &transaction, now, month).await?;
    }
    let sql = "INSERT INTO close_run (month, cutoff, ran_at, claim_count, line_count, total_yen) \
               VALUES ($1, $2, $3, $4, $5, $6)";
    let values = vec![key.into(), cutoff.0.into(), now.0.into(), claims.into(), lines.into(), total.into()];
    db::execute(&transaction, sql, values).await?;
    transaction.commit().await?;
    tracing::info!(%month, claims, lines, total, "the month is closed");
    Ok(true)
}

async fn is_closed<C: ConnectionTrait>(connection: &C, month: YearMonth) -> Result<bool> {
    let sql = "SELECT month FROM close_run WHERE month = $1";
    Ok(db::scalar::<String, _>(connection, sql, vec![month.to_string().into()]).await?.is_some())
}

/// Tells each provider of the claim; returns the yen of all claims.
async fn tell_providers<C: ConnectionTrait>(env: &Env, transaction: &C, now: Instant, month: YearMonth) -> Result<i64> {
    #[derive(FromQueryResult)]
    struct Target {
        provider_id: i64,
        claim_no: i64,
        line_count: i64,
        total_yen: i64,
    }
    let sql = "SELECT provider_id, claim_no, line_count, total_yen FROM subsidy_claim WHERE month = $1 ORDER BY id";
    let targets = db::rows::<Target, _>(transaction, sql, vec![month.to_string().into()]).await?;
    let mut total = 0;
    for target in targets {
        total += target.total_yen;
        let message = crate::notice::Message {
            subject: "給付金を請求申請しました".to_owned(),
            body: format!(
                "{}年{}月5日締めの給付金を、自動で横浜市に請求申請しました。\n報告書 {}件、合計 {}円です。\n内容は「給付金請求申請一覧」で見られます。",
                month.year,
                month.month,
                target.line_count,
                domain::money::grouped(target.total_yen)
            ),
            link: format!("/claims/{}", number::written::<ClaimNo>(target.claim_no)?),
        };
        crate::notice::tell_member(transaction, now, env.clock.real_now(), target.provider_id, &message).await?;
    }
    Ok(total)
}

/// The claims of a closed month, or what its close would claim by what is settled now.
async fn answer(env: &Env, month: YearMonth, preliminary: bool) -> Result<CloseResult> {
    #[derive(FromQueryResult)]
    struct Line {
        member_no: i64,
        report_no: i64,
        yen: i64,
    }
    let found = if is_closed(env.db.read(), month).await? {
        let sql = "SELECT m.member_no, r.report_no, l.yen \
                   FROM subsidy_claim c JOIN subsidy_line l ON l.claim_id = c.id \
                   JOIN activity_report r ON r.id = l.report_id JOIN member m ON m.id = c.provider_id \
                   WHERE c.month = $1 ORDER BY m.member_no, r.report_no";
        db::rows::<Line, _>(env.db.read(), sql, vec![month.to_string().into()]).await?
    } else {
        let earlier = month.previous();
        let from = if is_closed(env.db.read(), earlier).await? { Instant(i64::MIN) } else { earlier.cutoff() };
        let sql = format!(
            "SELECT m.member_no, r.report_no, r.benefit_yen + r.coupon_yen AS yen \
             FROM activity_report r JOIN member m ON m.id = r.provider_id \
             WHERE {TAKEN} ORDER BY m.member_no, r.report_no"
        );
        db::rows::<Line, _>(env.db.read(), &sql, vec![month.cutoff().0.into(), from.0.into()]).await?
    };
    let mut claims: Vec<CloseClaim> = Vec::new();
    for line in found {
        let provider = number::written::<MemberNo>(line.member_no)?;
        let written = CloseLine { report: number::written::<ReportNo>(line.report_no)?, yen: line.yen };
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
