//! One request: whose page it is, and what its family sees of it.

use super::list::known;
use crate::entity::care_request;
use crate::error::{Error, Result};
use crate::ward::{self, Reach};
use crate::{Env, db, policy};
use domain::actor::{Actor, Party};
use domain::coordination::contacts_open;
use domain::coupon::Settlement;
use domain::number::{ReportNo, RequestNo};
use domain::policy::{Relation, Right};
use domain::report::{ReportStatus, RewardStatus};
use domain::request::{CareKind, CarePlace, CoordinationStatus, RequestAction, actions_now};
use domain::time::{Date, Instant, age_on};
use sea_orm::{ColumnTrait, ConnectionTrait, EntityTrait, FromQueryResult, QueryFilter};

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
    id: i64,
    revision: i64,
    ward: String,
    status: CoordinationStatus,
    starts_at: i64,
    ends_at: i64,
    care_kind: String,
    care_place: String,
    place_detail: String,
    notes: String,
    requested_at: i64,
    updated_at: i64,
    meeting_at: Option<i64>,
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
    claim_id: Option<i64>,
    fee_yen: Option<i64>,
    coupon_yen: Option<i64>,
    expenses_yen: Option<i64>,
    benefit_yen: Option<i64>,
}

/// A request of the actor's own.
///
/// # Errors
/// [`Error::NotFound`] when it is not the actor's; those of the database.
pub async fn details(env: &Env, actor: &Actor, no: RequestNo) -> Result<RequestDetails> {
    let member = actor.user_member().ok_or(Error::NotFound)?;
    let sql = "SELECT q.id, q.revision, q.ward, q.status, q.starts_at, q.ends_at, q.care_kind, q.care_place, \
               q.place_detail, q.notes, q.requested_at, q.updated_at, q.meeting_at, q.meeting_place, q.reason, \
               q.cancellation_fee_yen, p.family_name AS provider_family, p.given_name AS provider_given, \
               p.telephone AS provider_telephone, s.complete AS sheet_complete, \
               r.report_no, r.status AS report_status, r.reward_status, r.claim_id, \
               r.fee_yen, r.coupon_yen, r.expenses_yen, r.benefit_yen \
               FROM care_request q LEFT JOIN member p ON p.id = q.provider_id \
               LEFT JOIN pre_meeting_sheet s ON s.request_id = q.id \
               LEFT JOIN activity_report r ON r.request_id = q.id AND r.status <> 'voided' \
               WHERE q.request_no = $1 AND q.member_id = $2";
    let values = vec![no.into(), member.into()];
    let row = db::row::<Row, _>(env.db.read(), sql, values).await?.ok_or(Error::NotFound)?;
    let now = env.clock.now();
    let status = row.status;
    let start = known(row.starts_at);
    let children = children(env.db.read(), row.id, start.unwrap_or(now).date()).await?;
    let reach = ward::reach(env, &row.ward, now).await?;
    let report = report(&row);
    let actions: Vec<_> = actions_now(now, status, Instant(row.ends_at), Party::Family).collect();
    let fee_if_cancelled = if actions.contains(&RequestAction::Cancel) {
        let hours = (Instant(row.starts_at), Instant(row.ends_at));
        crate::coordination::fee_at(env.db.read(), row.id, hours, now).await.ok().map(|fee| fee.fee)
    } else {
        None
    };
    let provider = row.provider_family.filter(|_| status.meeting_known()).map(|family| ProviderContact {
        name: format!("{family} {}", row.provider_given.unwrap_or_default()),
        telephone: row.provider_telephone.filter(|_| contacts_open(status, Instant(row.ends_at), now)),
    });
    Ok(RequestDetails {
        no,
        revision: row.revision,
        status,
        start,
        end: known(row.ends_at),
        children,
        kind: CareKind::from_key(&row.care_kind),
        place: CarePlace::from_key(&row.care_place),
        place_detail: row.place_detail,
        notes: row.notes,
        requested_at: Instant(row.requested_at),
        updated_at: Instant(row.updated_at),
        meeting_at: row.meeting_at.map(Instant),
        meeting_place: row.meeting_place.unwrap_or_default(),
        sheet_complete: row.sheet_complete == Some(1),
        provider,
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

async fn children<C: ConnectionTrait>(connection: &C, request: i64, day: Date) -> Result<Vec<RequestChild>> {
    #[derive(FromQueryResult)]
    struct Child {
        given_name: String,
        birth_date: Date,
    }
    let sql = "SELECT c.given_name, c.birth_date FROM care_request_child x JOIN child c ON c.id = x.child_id \
               WHERE x.request_id = $1 ORDER BY c.birth_date, c.id";
    let rows = db::rows::<Child, _>(connection, sql, vec![request.into()]).await?;
    let child = |row: Child| RequestChild { age: age_on(row.birth_date, day), given_name: row.given_name };
    Ok(rows.into_iter().map(child).collect())
}
