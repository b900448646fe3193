//! Lists of reports: the provider's own, the family's, a ward's, the city's.

use crate::entity::{activity_report, activity_report_child, care_request, member, trial_coupon, ward};
use crate::error::{Error, Result};
use crate::page::{Page, behind};
use crate::{Env, policy};
use domain::actor::Actor;
use domain::coupon::Settlement;
use domain::id::ReportId;
use domain::number::{ReportNo, RequestNo};
use domain::policy::{Relation, Right, side};
use domain::report::{ReportStatus, RewardStatus};
use domain::time::{Date, Instant};
use sea_orm::sea_query::{Expr, ExprTrait, JoinType, Query, SelectStatement};
use sea_orm::{ColumnTrait, EntityTrait, FromQueryResult, QuerySelect, QueryTrait, RelationTrait};

/// From which side a member looks; a 両方会員 has two lists.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Side {
    /// 援助活動報告一覧・登録
    Provider,
    /// 援助活動報告一覧
    Family,
    /// The branch and the headquarters.
    Staff,
}

/// A report in a list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ReportSummary {
    /// The key of the next page.
    pub id: ReportId,
    /// 報告書ID.
    pub no: ReportNo,
    /// 依頼ID.
    pub request: Option<RequestNo>,
    /// 報告書ステータス.
    pub status: ReportStatus,
    /// 報酬受領ステータス.
    pub reward: RewardStatus,
    /// 入力日.
    pub entered_on: Date,
    /// Start of the activity, once typed.
    pub start: Option<Instant>,
    /// Its end.
    pub end: Option<Instant>,
    /// 「木村 花子」, once a request is chosen.
    pub family: Option<String>,
    /// 「山田 和子」
    pub provider: String,
    /// The ward's name: 「緑区」.
    pub ward: String,
    /// What the family pays, in yen; before the approval without おためし券.
    pub user_pays: i64,
    /// Whether the family may still pay a part of it with おためし券.
    pub before_tickets: bool,
    /// The city's benefit, in yen.
    pub benefit: i64,
    /// 更新日時.
    pub updated_at: Instant,
}

/// A page of reports.
#[derive(Clone, Debug)]
pub struct ReportList {
    /// From which side it is seen.
    pub side: Side,
    /// Whether the member may look from both sides.
    pub both: bool,
    /// The reports, the latest first.
    pub rows: Vec<ReportSummary>,
    /// The key to ask the next page with.
    pub next: Option<ReportId>,
    /// Today in Asia/Tokyo.
    pub today: Date,
}

#[derive(FromQueryResult)]
struct Row {
    id: ReportId,
    report_no: ReportNo,
    request_no: Option<RequestNo>,
    status: ReportStatus,
    reward_status: RewardStatus,
    entered_on: Date,
    started_at: Option<Instant>,
    ended_at: Option<Instant>,
    family_name: Option<String>,
    given_name: Option<String>,
    provider_family: String,
    provider_given: String,
    ward: String,
    fee_yen: i64,
    expenses_yen: i64,
    coupon_yen: i64,
    benefit_yen: i64,
    tickets_until: Option<Date>,
    updated_at: Instant,
}

/// The actor's reports, the latest first, 50 a page; `wanted` chooses the side of a 両方会員, all others have one.
pub async fn list(
    env: &Env,
    actor: &Actor,
    wanted: Side,
    status: Option<ReportStatus>,
    after: Option<ReportId>,
) -> Result<ReportList> {
    let wanted = if wanted == Side::Family { Relation::Family } else { Relation::Provider };
    let as_what = |wanted| side(actor, Right::ReadReport, Some(wanted));
    let own = match as_what(wanted).ok_or(Error::NotFound)? {
        Relation::Family => Side::Family,
        Relation::Provider => Side::Provider,
        Relation::Coordinator | Relation::Headquarters | Relation::Account | Relation::Anybody => Side::Staff,
    };
    let both = [Relation::Family, Relation::Provider].into_iter().all(|side| as_what(side) == Some(side));
    let mut query = lines();
    query.cond_where(policy::visible::<activity_report::Entity>(actor, Right::ReadReport, Some(wanted))?);
    if let Some(status) = status {
        query.and_where(activity_report::Column::Status.eq(status));
    }
    let place = behind((activity_report::Entity, activity_report::Column::Id), after.unwrap_or(ReportId::LAST));
    let page = Page::of(env.db.read(), query, [place], |row: &Row| row.id).await?;
    let rows = page.rows.into_iter().map(summary).collect();
    Ok(ReportList { side: own, both, rows, next: page.next, today: env.clock.today() })
}

/// The lines of reports: each with its request, its provider and its family, as far as they are known.
fn lines() -> SelectStatement {
    use activity_report::{Column as R, Relation as Of};
    let member = |name: &'static str, column: member::Column| Expr::col((name, column));
    // While the family has not approved, the tickets of the children who came may pay a part.
    let tickets = Query::select()
        .expr(Expr::col(trial_coupon::Column::ExpiresOn).max())
        .from(trial_coupon::Entity)
        .inner_join(
            activity_report_child::Entity,
            Expr::col((activity_report_child::Entity, activity_report_child::Column::ChildId))
                .equals((trial_coupon::Entity, trial_coupon::Column::ChildId)),
        )
        .and_where(
            Expr::col((activity_report_child::Entity, activity_report_child::Column::ReportId))
                .equals((activity_report::Entity, R::Id)),
        )
        .and_where(
            Expr::col((trial_coupon::Entity, trial_coupon::Column::Used))
                .lt(Expr::col((trial_coupon::Entity, trial_coupon::Column::Issued))),
        )
        .take();
    let tickets = Expr::case(R::Status.eq(ReportStatus::AwaitingApproval), Expr::from(tickets));
    activity_report::Entity::find()
        .select_only()
        .columns([R::Id, R::ReportNo, R::Status, R::RewardStatus, R::EnteredOn, R::StartedAt, R::EndedAt])
        .columns([R::FeeYen, R::ExpensesYen, R::CouponYen, R::BenefitYen, R::UpdatedAt])
        .column_as(care_request::Column::RequestNo, "request_no")
        .column_as(ward::Column::Name, "ward")
        .expr_as(member("p", member::Column::FamilyName), "provider_family")
        .expr_as(member("p", member::Column::GivenName), "provider_given")
        .expr_as(member("m", member::Column::FamilyName), "family_name")
        .expr_as(member("m", member::Column::GivenName), "given_name")
        .expr_as(tickets, "tickets_until")
        .join_as(JoinType::InnerJoin, Of::Provider.def(), "p")
        .join(JoinType::InnerJoin, Of::Ward.def())
        .join_as(JoinType::LeftJoin, Of::UserMember.def(), "m")
        .join(JoinType::LeftJoin, Of::Request.def())
        .into_query()
}

fn summary(row: Row) -> ReportSummary {
    ReportSummary {
        id: row.id,
        no: row.report_no,
        request: row.request_no,
        status: row.status,
        reward: row.reward_status,
        entered_on: row.entered_on,
        start: row.started_at,
        end: row.ended_at,
        family: row.family_name.zip(row.given_name).map(|(family, given)| format!("{family} {given}")),
        provider: format!("{} {}", row.provider_family, row.provider_given),
        ward: row.ward,
        user_pays: Settlement::of(row.fee_yen, row.coupon_yen, row.expenses_yen, row.benefit_yen).user_pays,
        // As on the approval's page: by the day of the activity, however late it is approved.
        before_tickets: row.started_at.zip(row.tickets_until).is_some_and(|(at, last)| at.date() <= last),
        benefit: row.benefit_yen,
        updated_at: row.updated_at,
    }
}
