//! One request: whose page it is, and what its family sees of it.

use super::list::known;
use crate::activity::{self, Activity};
use crate::entity::{
    activity_report, care_request, care_request_child, child, member as member_row, pre_meeting_sheet,
};
use crate::error::{Error, Result};
use crate::ward::{self, Reach};
use crate::{Env, db, policy};
use domain::actor::{Actor, Party};
use domain::coordination::contacts_open;
use domain::coupon::Settlement;
use domain::id::{ClaimId, MemberId, RequestId};
use domain::number::{ReportNo, RequestNo};
use domain::policy::{Relation, Right};
use domain::report::{ReportStatus, RewardStatus};
use domain::request::{CareKind, CarePlace, CoordinationStatus, RequestAction, actions_now};
use domain::time::{Date, Instant, age_on};
use sea_orm::sea_query::{ExprTrait, Query, SelectStatement};
use sea_orm::{ColumnTrait, ConnectionTrait, EntityTrait, FromQueryResult, QueryFilter, QueryOrder};

/// Which page of a request belongs to the actor.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Viewer {
    /// The family that asked.
    Family,
    /// The provider who is matched.
    Provider,
    /// A coordinator of the request's ward; drafts are the family's alone.
    Coordinator,
    /// The headquarters, who only read.
    Headquarters,
}

/// Whose page of a request the actor may open.
///
/// # Errors
/// [`Error::NotFound`] for everybody else.
pub async fn viewer(env: &Env, actor: &Actor, no: RequestNo) -> Result<Viewer> {
    let query = care_request::Entity::find().filter(care_request::Column::RequestNo.eq(no));
    let row = query.one(env.db.read()).await?.ok_or(Error::NotFound)?;
    match policy::permit(actor, Right::ReadRequest, &row)? {
        Relation::Family => Ok(Viewer::Family),
        Relation::Provider => Ok(Viewer::Provider),
        Relation::Coordinator => Ok(Viewer::Coordinator),
        Relation::Headquarters => Ok(Viewer::Headquarters),
        Relation::Anybody | Relation::Account => Err(Error::NotFound),
    }
}

/// The matched provider as the family knows her (domain 5.6).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ProviderContact {
    /// The full name, from 打合せ予定 on.
    pub name: String,
    /// The telephone, from 成立 until 30 days after the activity, as for the provider.
    pub telephone: Option<String>,
}

/// The report about a request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ReportHead {
    /// 報告書ID
    pub no: ReportNo,
    /// 報告書ステータス
    pub status: ReportStatus,
    /// 報酬受領ステータス
    pub reward: RewardStatus,
    /// Whether the benefit was claimed.
    pub claimed: bool,
    /// What the family pays, in yen: fee and expenses less what おためし券 cover.
    pub user_pays: i64,
}

/// A child of a request.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RequestChild {
    /// The given name.
    pub given_name: String,
    /// Whole years on the day of care; on a draft without a day, today.
    pub age: i32,
}

/// A request as its family sees it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RequestDetails {
    /// 依頼ID
    pub no: RequestNo,
    /// What the page showed, for the next step.
    pub revision: i64,
    /// コーディネーターステータス
    pub status: CoordinationStatus,
    /// 預けたい日 from; `None` while a draft has none that can be read.
    pub start: Option<Instant>,
    /// 預けたい日 until.
    pub end: Option<Instant>,
    /// The children, eldest first.
    pub children: Vec<RequestChild>,
    /// 希望する援助内容
    pub kind: Option<CareKind>,
    /// Where.
    pub place: Option<CarePlace>,
    /// Where exactly.
    pub place_detail: String,
    /// 連絡事項
    pub notes: String,
    /// 依頼をした日
    pub requested_at: Instant,
    /// 更新日時
    pub updated_at: Instant,
    /// 事前打合せ日
    pub meeting_at: Option<Instant>,
    /// 事前打合せ場所
    pub meeting_place: String,
    /// Whether every needed field of the 事前打合せ情報 is there.
    pub sheet_complete: bool,
    /// The matched provider.
    pub provider: Option<ProviderContact>,
    /// The activity, once it was agreed.
    pub activity: Option<Activity>,
    /// The report that is not voided.
    pub report: Option<ReportHead>,
    /// Why it ended, when a reason is kept.
    pub reason: String,
    /// キャンセル料 in yen by the ladder, 本部確認待ち; `None` when not cancelled.
    pub cancellation_fee_yen: Option<i64>,
    /// What the family may do now, in the table's order.
    pub actions: Vec<RequestAction>,
    /// キャンセル料 in yen if the activity were cancelled now; `None` when it cannot be, or the tariff does not reach it.
    pub fee_if_cancelled: Option<i64>,
    /// The branch.
    pub reach: Reach,
    /// Now.
    pub now: Instant,
}

#[derive(FromQueryResult)]
struct Row {
    id: RequestId,
    revision: i64,
    ward: String,
    status: CoordinationStatus,
    starts_at: Instant,
    ends_at: Instant,
    care_kind: Option<CareKind>,
    care_place: Option<CarePlace>,
    place_detail: String,
    notes: String,
    requested_at: Instant,
    updated_at: Instant,
    meeting_at: Option<Instant>,
    meeting_place: Option<String>,
    reason: Option<String>,
    cancellation_fee_yen: Option<i64>,
    provider_family: Option<String>,
    provider_given: Option<String>,
    provider_telephone: Option<String>,
    sheet_complete: Option<i64>,
    report_no: Option<ReportNo>,
    report_status: Option<ReportStatus>,
    reward_status: Option<RewardStatus>,
    claim_id: Option<ClaimId>,
    fee_yen: Option<i64>,
    coupon_yen: Option<i64>,
    expenses_yen: Option<i64>,
    benefit_yen: Option<i64>,
}

/// A request of the actor's own.
///
/// # Errors
/// [`Error::NotFound`] when it is not the actor's.
pub async fn details(env: &Env, actor: &Actor, no: RequestNo) -> Result<RequestDetails> {
    let member = policy::own(actor, Right::AskForCare)?;
    let row = db::select_one::<Row, _>(env.db.read(), &own(no, member)).await?.ok_or(Error::NotFound)?;
    let now = env.clock.now();
    let status = row.status;
    let start = known(row.starts_at);
    let children = children(env.db.read(), row.id, start.unwrap_or(now).date()).await?;
    let reach = ward::reach(env, &row.ward, now).await?;
    let report = report(&row);
    let actions: Vec<_> = actions_now(now, status, row.ends_at, Party::Family).collect();
    let fee_if_cancelled = if actions.contains(&RequestAction::Cancel) {
        let hours = (row.starts_at, row.ends_at);
        crate::coordination::fee_at(env.db.read(), row.id, hours, now).await.ok().map(|fee| fee.fee)
    } else {
        None
    };
    let provider = row.provider_family.filter(|_| status.meeting_known()).map(|family| ProviderContact {
        name: format!("{family} {}", row.provider_given.unwrap_or_default()),
        telephone: row.provider_telephone.filter(|_| contacts_open(status, row.ends_at, now)),
    });
    Ok(RequestDetails {
        no,
        revision: row.revision,
        status,
        start,
        end: known(row.ends_at),
        children,
        kind: row.care_kind,
        place: row.care_place,
        place_detail: row.place_detail,
        notes: row.notes,
        requested_at: row.requested_at,
        updated_at: row.updated_at,
        meeting_at: row.meeting_at,
        meeting_place: row.meeting_place.unwrap_or_default(),
        sheet_complete: row.sheet_complete == Some(1),
        provider,
        activity: activity::of_case(env.db.read(), row.id, Party::Family).await?,
        report,
        reason: row.reason.unwrap_or_default(),
        cancellation_fee_yen: row.cancellation_fee_yen,
        actions,
        fee_if_cancelled,
        reach,
        now,
    })
}

fn report(row: &Row) -> Option<ReportHead> {
    let (Some(no), Some(status), Some(reward)) = (row.report_no, row.report_status, row.reward_status) else {
        return None;
    };
    Some(ReportHead {
        no,
        status,
        reward,
        claimed: row.claim_id.is_some(),
        user_pays: Settlement::of(
            row.fee_yen.unwrap_or(0),
            row.coupon_yen.unwrap_or(0),
            row.expenses_yen.unwrap_or(0),
            row.benefit_yen.unwrap_or(0),
        )
        .user_pays,
    })
}

async fn children<C: ConnectionTrait>(connection: &C, request: RequestId, day: Date) -> Result<Vec<RequestChild>> {
    let of_request = Query::select()
        .column(care_request_child::Column::ChildId)
        .from(care_request_child::Entity)
        .and_where(care_request_child::Column::RequestId.eq(request))
        .take();
    let rows = child::Entity::find()
        .filter(child::Column::Id.in_subquery(of_request))
        .order_by_asc(child::Column::BirthDate)
        .order_by_asc(child::Column::Id)
        .all(connection)
        .await?;
    let child = |row: child::Model| RequestChild { age: age_on(row.birth_date, day), given_name: row.given_name };
    Ok(rows.into_iter().map(child).collect())
}

/// A family's own request with its provider, its sheet and its report that is not voided.
fn own(no: RequestNo, family: MemberId) -> SelectStatement {
    use activity_report::Column as P;
    use care_request::Column as R;
    use member_row::Column as M;
    use pre_meeting_sheet::Column as S;
    let report = db::same(P::RequestId, R::Id).and(P::Status.into_expr().ne(ReportStatus::Voided));
    Query::select()
        .columns([R::Id, R::Revision, R::Ward, R::Status, R::StartsAt, R::EndsAt].map(|c| c.as_column_ref()))
        .columns([R::CareKind, R::CarePlace, R::PlaceDetail, R::Notes].map(|c| c.as_column_ref()))
        .columns([R::RequestedAt, R::UpdatedAt, R::MeetingAt, R::MeetingPlace].map(|c| c.as_column_ref()))
        .columns([R::Reason, R::CancellationFeeYen].map(|c| c.as_column_ref()))
        .expr_as(M::FamilyName.into_expr(), "provider_family")
        .expr_as(M::GivenName.into_expr(), "provider_given")
        .expr_as(M::Telephone.into_expr(), "provider_telephone")
        .expr_as(S::Complete.into_expr(), "sheet_complete")
        .expr_as(P::Status.into_expr(), "report_status")
        .columns([P::ReportNo, P::RewardStatus, P::ClaimId].map(|c| c.as_column_ref()))
        .columns([P::FeeYen, P::CouponYen, P::ExpensesYen, P::BenefitYen].map(|c| c.as_column_ref()))
        .from(care_request::Entity)
        .left_join(member_row::Entity, db::same(M::Id, R::ProviderId))
        .left_join(pre_meeting_sheet::Entity, db::same(S::RequestId, R::Id))
        .left_join(activity_report::Entity, report)
        .and_where(R::RequestNo.into_expr().eq(no))
        .and_where(R::MemberId.into_expr().eq(family))
        .take()
}
