//! A family’s approval (承認).

use domain::actor::Channel;
use domain::id::{AccountId, ApprovalId, CouponId, ReportId};
use domain::time::Instant;
use sea_orm::entity::prelude::*;

/// A row of `approval`.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "approval")]
pub struct Model {
    #[sea_orm(primary_key)]
    pub id: ApprovalId,
    pub report_id: ReportId,
    pub account_id: AccountId,
    pub channel: Channel,
    pub evidence: Option<String>,
    pub content_hash: String,
    pub tickets: i64,
    pub coupon_id: Option<CouponId>,
    pub coupon_yen: i64,
    pub user_pays_yen: i64,
    pub at: Instant,
    pub undone_at: Option<Instant>,
}

/// What the row refers to.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {
    #[sea_orm(
        belongs_to = "super::activity_report::Entity",
        from = "Column::ReportId",
        to = "super::activity_report::Column::Id"
    )]
    Report,
    #[sea_orm(belongs_to = "super::account::Entity", from = "Column::AccountId", to = "super::account::Column::Id")]
    Account,
    // No key in the schema.
    #[sea_orm(
        belongs_to = "super::trial_coupon::Entity",
        from = "Column::CouponId",
        to = "super::trial_coupon::Column::Id",
        skip_fk
    )]
    Coupon,
}

super::related!(activity_report: Report, account: Account, trial_coupon: Coupon);

impl ActiveModelBehavior for ActiveModel {}
