//! 給付金請求申請一覧: the claims of the months and their lines.

use crate::entity::{activity_report, close_run, member, subsidy_claim, subsidy_line, ward};
use crate::error::{Error, Result};
use crate::page::{Page, behind};
use crate::{Env, policy};
use domain::actor::Actor;
use domain::id::ClaimId;
use domain::number::{ClaimNo, MemberNo, ReportNo};
use domain::policy::{Right, can};
use domain::subsidy::{ClaimStatus, LineStatus, YearMonth};
use domain::time::Instant;
use sea_orm::sea_query::{Condition, ExprTrait, JoinType};
use sea_orm::{
    ColumnTrait, EntityTrait, FromQueryResult, QueryFilter, QueryOrder, QuerySelect, QueryTrait, RelationTrait, Select,
};

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
    id: ClaimId,
    claim_no: ClaimNo,
    month: YearMonth,
    status: ClaimStatus,
    line_count: i64,
    total_yen: i64,
    submitted_at: Instant,
    member_no: MemberNo,
    family_name: String,
    given_name: String,
    ward_name: String,
}

impl Row {
    fn summary(self) -> ClaimSummary {
        ClaimSummary {
            no: self.claim_no.to_string(),
            month: self.month,
            status: self.status,
            provider: format!("{} {}", self.family_name, self.given_name),
            provider_no: self.member_no.to_string(),
            ward: self.ward_name,
            line_count: self.line_count,
            total_yen: self.total_yen,
            submitted_at: self.submitted_at,
        }
    }
}

/// No claim is of a later month.
const LAST_MONTH: &str = "9999-12";

/// The claims an actor may see; the headquarters may choose one ward.
fn scope(actor: &Actor, ward: Option<&str>) -> Result<Condition> {
    let own = policy::visible::<subsidy_claim::Entity>(actor, Right::ReadClaim, None)?;
    let chosen = ward.filter(|_| can(actor, Right::Oversee));
    Ok(own.add_option(chosen.map(|ward| subsidy_claim::Column::Ward.eq(ward))))
}

/// Claims with their providers' and wards' names.
///
/// The claims stand outermost by the outer joins: a planner that began with the wards would sort the claims of all years.
fn claims() -> Select<subsidy_claim::Entity> {
    use subsidy_claim::{Column as C, Relation as Of};
    subsidy_claim::Entity::find()
        .select_only()
        .columns([C::Id, C::ClaimNo, C::Month, C::Status, C::LineCount, C::TotalYen, C::SubmittedAt])
        .columns([member::Column::MemberNo, member::Column::FamilyName, member::Column::GivenName])
        .column_as(ward::Column::Name, "ward_name")
        .join(JoinType::LeftJoin, Of::Provider.def())
        .join(JoinType::LeftJoin, Of::Ward.def())
}

/// A page of the claims an actor may see.
///
/// # Errors
/// [`Error::NotFound`] for families, and when `after` names no claim the actor may see.
pub async fn list(env: &Env, actor: &Actor, filter: &ClaimFilter) -> Result<ClaimPage> {
    use close_run::Column as Run;
    use subsidy_claim::Column as C;
    let scope = scope(actor, filter.ward.as_deref())?;
    // A year of months, so the sums cost the same however long the city has claimed.
    let mut since = YearMonth::of_close(env.clock.now());
    for _ in 0..12 {
        since = since.previous();
    }
    let sums: Vec<(YearMonth, i64, i64)> = if filter.ward.is_none() && can(actor, Right::Oversee) {
        // The city's are those of the closes; a year of claims would be read and added up for the same figures.
        close_run::Entity::find()
            .select_only()
            .columns([Run::Month, Run::ClaimCount, Run::TotalYen])
            .filter(Run::Month.gte(since.to_string()))
            .filter(Run::ClaimCount.gt(0))
            .order_by_desc(Run::Month)
            .limit(12)
            .into_tuple()
            .all(env.db.read())
            .await?
    } else {
        subsidy_claim::Entity::find()
            .select_only()
            .column(C::Month)
            .column_as(C::Id.count(), "count")
            .column_as(C::TotalYen.sum().cast_as("BIGINT"), "yen")
            .filter(scope.clone())
            .filter(C::Month.gte(since))
            .group_by(C::Month)
            .order_by_desc(C::Month)
            .limit(12)
            .into_tuple()
            .all(env.db.read())
            .await?
    };
    let months = sums.into_iter().map(|(month, count, yen)| MonthSum { month, count, yen }).collect();

    let mut query = claims().filter(scope);
    if let Some(month) = filter.month {
        query = query.filter(C::Month.eq(month));
    }
    let (month, id) = match &filter.after {
        Some(after) => find(env, actor, after).await.map(|key| (key.month.to_string(), key.id))?,
        None => (LAST_MONTH.to_owned(), ClaimId::LAST),
    };
    let table = subsidy_claim::Entity;
    let place = [behind((table, C::Month), month), behind((table, C::Id), id)];
    let page = Page::of(env.db.read(), query.into_query(), place, |row: &Row| row.claim_no.to_string()).await?;
    Ok(ClaimPage { claims: page.rows.into_iter().map(Row::summary).collect(), next: page.next, months })
}

/// A claim with its lines.
///
/// # Errors
/// [`Error::NotFound`] when the actor may not see it.
pub async fn details(env: &Env, actor: &Actor, no: &str) -> Result<ClaimDetails> {
    #[derive(FromQueryResult)]
    struct Line {
        report_no: ReportNo,
        status: LineStatus,
        started_at: Option<Instant>,
        ended_at: Option<Instant>,
        family_name: Option<String>,
        given_name: Option<String>,
        benefit_yen: i64,
        coupon_yen: i64,
        yen: i64,
    }
    use activity_report::Column as R;
    use subsidy_line::Column as L;
    let row = find(env, actor, no).await?;
    let lines: Vec<Line> = subsidy_line::Entity::find()
        .select_only()
        .columns([L::Status, L::BenefitYen, L::CouponYen, L::Yen])
        .columns([R::ReportNo, R::StartedAt, R::EndedAt])
        .columns([member::Column::FamilyName, member::Column::GivenName])
        .join(JoinType::InnerJoin, subsidy_line::Relation::Report.def())
        .join(JoinType::LeftJoin, activity_report::Relation::UserMember.def())
        .filter(L::ClaimId.eq(row.id))
        .order_by_asc(R::ReportNo)
        .into_model()
        .all(env.db.read())
        .await?;
    let line = |line: Line| ClaimLine {
        report: line.report_no.to_string(),
        status: line.status,
        period: line.started_at.zip(line.ended_at),
        family: line.family_name.zip(line.given_name).map_or_else(String::new, |(a, b)| format!("{a} {b}")),
        benefit_yen: line.benefit_yen,
        coupon_yen: line.coupon_yen,
        yen: line.yen,
    };
    Ok(ClaimDetails { summary: row.summary(), lines: lines.into_iter().map(line).collect() })
}

async fn find(env: &Env, actor: &Actor, no: &str) -> Result<Row> {
    let no = ClaimNo::parse(no).map_err(|_| Error::NotFound)?;
    let query = claims().filter(scope(actor, None)?).filter(subsidy_claim::Column::ClaimNo.eq(no));
    query.into_model().one(env.db.read()).await?.ok_or(Error::NotFound)
}
