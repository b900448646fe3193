//! 給付金請求申請一覧: the claims of the months and their lines.

use super::scope;
use crate::error::{Error, Result, stored};
use crate::{Env, db, number};
use domain::actor::Actor;
use domain::number::{ClaimNo, MemberNo, ReportNo};
use domain::subsidy::{ClaimStatus, LineStatus, YearMonth};
use domain::time::Instant;
use sea_orm::{FromQueryResult, Value};

/// Rows of a page.
pub const PAGE: i64 = 50;

/// What of the claims to show.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ClaimFilter {
    /// One month only.
    pub month: Option<YearMonth>,
    /// One ward only; for the headquarters.
    pub ward: Option<String>,
    /// The last claim of the page before, `KSK…`.
    pub after: Option<String>,
}

/// A page of claims, the latest month first.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ClaimPage {
    /// The claims.
    pub claims: Vec<ClaimSummary>,
    /// The claim after which the next page begins.
    pub next: Option<String>,
    /// The months that have claims, the latest first, with number and yen of the claims the actor may see.
    pub months: Vec<MonthSum>,
}

/// A month's claims together.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MonthSum {
    /// The month.
    pub month: YearMonth,
    /// How many claims.
    pub count: i64,
    /// Yen.
    pub yen: i64,
}

/// A claim in the list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ClaimSummary {
    /// `KSK…`
    pub no: String,
    /// The close's month.
    pub month: YearMonth,
    /// Its status.
    pub status: ClaimStatus,
    /// The provider's name.
    pub provider: String,
    /// `MEM…`
    pub provider_no: String,
    /// The ward's name: 「緑区」.
    pub ward: String,
    /// How many reports.
    pub line_count: i64,
    /// Yen.
    pub total_yen: i64,
    /// When the close ran.
    pub submitted_at: Instant,
}

/// A claim with its lines.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ClaimDetails {
    /// The claim.
    pub summary: ClaimSummary,
    /// Its lines by report number.
    pub lines: Vec<ClaimLine>,
}

/// One report's line (給付金申請).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ClaimLine {
    /// `EKH…`
    pub report: String,
    /// Its status.
    pub status: LineStatus,
    /// The activity.
    pub period: Option<(Instant, Instant)>,
    /// The family's name.
    pub family: String,
    /// The city's benefit in yen.
    pub benefit_yen: i64,
    /// Yen that tickets covered.
    pub coupon_yen: i64,
    /// Both together.
    pub yen: i64,
}

#[derive(FromQueryResult)]
struct Row {
    id: i64,
    claim_no: i64,
    month: String,
    status: String,
    line_count: i64,
    total_yen: i64,
    submitted_at: i64,
    member_no: i64,
    family_name: String,
    given_name: String,
    ward_name: String,
}

impl Row {
    fn summary(self) -> Result<ClaimSummary> {
        Ok(ClaimSummary {
            no: number::written::<ClaimNo>(self.claim_no)?,
            month: stored(YearMonth::parse(&self.month), "month")?,
            status: stored(ClaimStatus::from_key(&self.status), "claim status")?,
            provider: format!("{} {}", self.family_name, self.given_name),
            provider_no: number::written::<MemberNo>(self.member_no)?,
            ward: self.ward_name,
            line_count: self.line_count,
            total_yen: self.total_yen,
            submitted_at: Instant(self.submitted_at),
        })
    }
}

/// No claim is of a later month.
const LAST_MONTH: &str = "9999-12";

/// The claims stand outermost by the outer joins: a planner that began with the wards would sort the claims of all years.
const COLUMNS: &str = "SELECT x.id, x.claim_no, x.month, x.status, x.line_count, x.total_yen, x.submitted_at, \
     m.member_no, m.family_name, m.given_name, w.name AS ward_name \
     FROM subsidy_claim x LEFT JOIN member m ON m.id = x.provider_id LEFT JOIN ward w ON w.code = x.ward";

/// A page of the claims an actor may see.
///
/// # Errors
/// [`Error::NotFound`] for families, and when `after` names no claim the actor may see.
pub async fn list(env: &Env, actor: &Actor, filter: &ClaimFilter) -> Result<ClaimPage> {
    #[derive(FromQueryResult)]
    struct Sum {
        month: String,
        count: i64,
        yen: i64,
    }
    let scope = scope(actor, filter.ward.as_deref()).ok_or(Error::NotFound)?;
    let sql = format!(
        "SELECT x.month, COUNT(*) AS count, CAST(SUM(x.total_yen) AS BIGINT) AS yen FROM subsidy_claim x \
         WHERE {} AND x.month >= $2 GROUP BY x.month ORDER BY x.month DESC LIMIT 12",
        scope.condition
    );
    // A year of months, so the sums cost the same however long the city has claimed.
    let mut since = YearMonth::of_close(env.clock.now());
    for _ in 0..12 {
        since = since.previous();
    }
    let values: Vec<Value> = vec![scope.value.clone(), since.to_string().into()];
    let mut months = Vec::new();
    for sum in db::rows::<Sum, _>(env.db.read(), &sql, values).await? {
        let month = stored(YearMonth::parse(&sum.month), "month")?;
        months.push(MonthSum { month, count: sum.count, yen: sum.yen });
    }

    let mut sql = format!("{COLUMNS} WHERE {}", scope.condition);
    let mut values: Vec<Value> = vec![scope.value.clone()];
    if let Some(month) = filter.month {
        values.push(month.to_string().into());
        sql.push_str(&format!(" AND x.month = ${}", values.len()));
    }
    // Asked of the first page too, so that the city's list begins at the latest key as well.
    let (month, id) = match &filter.after {
        Some(after) => find(env, actor, after).await.map(|key| (key.month, key.id))?,
        None => (LAST_MONTH.to_owned(), i64::MAX),
    };
    values.extend([month.into(), id.into()]);
    sql.push_str(&format!(" AND (x.month, x.id) < (${}, ${})", values.len() - 1, values.len()));
    values.push((PAGE + 1).into());
    sql.push_str(&format!(" ORDER BY x.month DESC, x.id DESC LIMIT ${}", values.len()));
    let mut rows = db::rows::<Row, _>(env.db.read(), &sql, values).await?;
    let size = usize::try_from(PAGE).unwrap_or(usize::MAX);
    let more = rows.len() > size;
    rows.truncate(size);
    let claims = rows.into_iter().map(Row::summary).collect::<Result<Vec<_>>>()?;
    let next = claims.last().filter(|_| more).map(|claim| claim.no.clone());
    Ok(ClaimPage { claims, next, months })
}

/// A claim with its lines.
///
/// # Errors
/// [`Error::NotFound`] when the actor may not see it.
pub async fn details(env: &Env, actor: &Actor, no: &str) -> Result<ClaimDetails> {
    #[derive(FromQueryResult)]
    struct Line {
        report_no: i64,
        status: String,
        started_at: Option<i64>,
        ended_at: Option<i64>,
        family_name: Option<String>,
        given_name: Option<String>,
        benefit_yen: i64,
        coupon_yen: i64,
        yen: i64,
    }
    let row = find(env, actor, no).await?;
    let sql = "SELECT r.report_no, l.status, r.started_at, r.ended_at, u.family_name, u.given_name, \
               l.benefit_yen, l.coupon_yen, l.yen \
               FROM subsidy_line l JOIN activity_report r ON r.id = l.report_id \
               LEFT JOIN member u ON u.id = r.user_member_id WHERE l.claim_id = $1 ORDER BY r.report_no";
    let mut lines = Vec::new();
    for line in db::rows::<Line, _>(env.db.read(), sql, vec![row.id.into()]).await? {
        lines.push(ClaimLine {
            report: number::written::<ReportNo>(line.report_no)?,
            status: stored(LineStatus::from_key(&line.status), "line status")?,
            period: line.started_at.zip(line.ended_at).map(|(start, end)| (Instant(start), Instant(end))),
            family: line.family_name.zip(line.given_name).map_or_else(String::new, |(a, b)| format!("{a} {b}")),
            benefit_yen: line.benefit_yen,
            coupon_yen: line.coupon_yen,
            yen: line.yen,
        });
    }
    Ok(ClaimDetails { summary: row.summary()?, lines })
}

async fn find(env: &Env, actor: &Actor, no: &str) -> Result<Row> {
    let no = ClaimNo::parse(no).map_err(|_| Error::NotFound)?;
    let scope = scope(actor, None).ok_or(Error::NotFound)?;
    let sql = format!("{COLUMNS} WHERE {} AND x.claim_no = $2", scope.condition);
    db::row(env.db.read(), &sql, vec![scope.value, no.into()]).await?.ok_or(Error::NotFound)
}
