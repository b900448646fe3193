//! An activity report (援助活動報告書, EKH).

use domain::actor::Channel;
use domain::id::{ClaimId, MemberId, ReportId, RequestId};
use domain::number::ReportNo;
use domain::report::{ReportStatus, RewardStatus};
use domain::time::Instant;
use sea_orm::entity::prelude::*;
use time::Date;

/// A row of `activity_report`.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "activity_report")]
pub struct Model {
    #[sea_orm(primary_key)]
    pub id: ReportId,
    pub report_no: ReportNo,
    pub ward: String,
    pub request_id: Option<RequestId>,
    pub provider_id: MemberId,
    pub user_member_id: Option<MemberId>,
    pub status: ReportStatus,
    pub reward_status: RewardStatus,
    pub entered_on: Date,
    pub started_at: Option<Instant>,
    pub ended_at: Option<Instant>,
    pub notes: String,
    pub channel: Channel,
    pub draft_fields: Option<String>,
    pub snapshot: Option<String>,
    pub content_hash: Option<String>,
    pub fee_yen: i64,
    pub benefit_yen: i64,
    pub expenses_yen: i64,
    pub coupon_yen: i64,
    pub revision_comment: Option<String>,
    pub void_reason: Option<String>,
    pub submitted_at: Option<Instant>,
    pub approved_at: Option<Instant>,
    pub received_at: Option<Instant>,
    pub claim_id: Option<ClaimId>,
    pub updated_at: Instant,
    pub revision: i64,
}

/// What the row refers to and what refers to it.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {
    #[sea_orm(belongs_to = "super::ward::Entity", from = "Column::Ward", to = "super::ward::Column::Code")]
    Ward,
    #[sea_orm(
        belongs_to = "super::care_request::Entity",
        from = "Column::RequestId",
        to = "super::care_request::Column::Id"
    )]
    Request,
    #[sea_orm(belongs_to = "super::member::Entity", from = "Column::ProviderId", to = "super::member::Column::Id")]
    Provider,
    #[sea_orm(belongs_to = "super::member::Entity", from = "Column::UserMemberId", to = "super::member::Column::Id")]
    UserMember,
    // No key in the schema.
    #[sea_orm(
        belongs_to = "super::subsidy_claim::Entity",
        from = "Column::ClaimId",
        to = "super::subsidy_claim::Column::Id",
        skip_fk
    )]
    Claim,
    #[sea_orm(has_many = "super::activity_report_child::Entity")]
    Children,
    #[sea_orm(has_many = "super::expense::Entity")]
    Expenses,
    #[sea_orm(has_many = "super::approval::Entity")]
    Approvals,
    #[sea_orm(has_many = "super::receipt::Entity")]
    Receipts,
    #[sea_orm(has_one = "super::subsidy_line::Entity")]
    Line,
}

super::related!(
    ward: Ward,
    care_request: Request,
    subsidy_claim: Claim,
    activity_report_child: Children,
    expense: Expenses,
    approval: Approvals,
    receipt: Receipts,
    subsidy_line: Line,
);

impl ActiveModelBehavior for ActiveModel {}
