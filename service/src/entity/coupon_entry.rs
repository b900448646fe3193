//! An entry in the history of おためし券.

use domain::coupon::EntryKind;
use domain::id::{CouponId, ReportId};
use domain::time::Instant;
use sea_orm::entity::prelude::*;

/// A row of `coupon_entry`.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "coupon_entry")]
pub struct Model {
    #[sea_orm(primary_key)]
    pub id: i64,
    pub coupon_id: CouponId,
    pub kind: EntryKind,
    pub tickets: i64,
    pub report_id: Option<ReportId>,
    pub at: Instant,
}

/// What the row refers to.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {
    #[sea_orm(
        belongs_to = "super::trial_coupon::Entity",
        from = "Column::CouponId",
        to = "super::trial_coupon::Column::Id"
    )]
    Coupon,
    #[sea_orm(
        belongs_to = "super::activity_report::Entity",
        from = "Column::ReportId",
        to = "super::activity_report::Column::Id"
    )]
    Report,
}

super::related!(trial_coupon: Coupon, activity_report: Report);

impl ActiveModelBehavior for ActiveModel {}
