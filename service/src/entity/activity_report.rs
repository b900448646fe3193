//! An activity report (援助活動報告書, EKH).

use domain::actor::Channel;
use domain::number::ReportNo;
use domain::report::{ReportStatus, RewardStatus};
use sea_orm::entity::prelude::*;
use time::Date;

/// A row of `activity_report`.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "activity_report")]
pub struct Model {
    #[sea_orm(primary_key)]
    pub id: i64,
    pub report_no: ReportNo,
    pub ward: String,
    pub request_id: Option<i64>,
    pub provider_id: i64,
    pub user_member_id: Option<i64>,
    pub status: ReportStatus,
    pub reward_status: RewardStatus,
    pub entered_on: Date,
    pub started_at: Option<i64>,
    pub ended_at: Option<i64>,
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
    pub submitted_at: Option<i64>,
    pub approved_at: Option<i64>,
    pub received_at: Option<i64>,
    pub claim_id: Option<i64>,
    pub updated_at: i64,
    pub revision: i64,
}

/// No relations: use cases join by hand, so every query is visible.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
