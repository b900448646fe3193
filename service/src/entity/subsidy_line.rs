//! A line of a claim (給付金申請): one report.

use domain::id::{ClaimId, ReportId};
use domain::subsidy::{LineKind, LineStatus};
use sea_orm::entity::prelude::*;

/// A row of `subsidy_line`.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "subsidy_line")]
pub struct Model {
    #[sea_orm(primary_key)]
    pub id: i64,
    pub claim_id: ClaimId,
    pub report_id: ReportId,
    pub kind: LineKind,
    pub status: LineStatus,
    pub benefit_yen: i64,
    pub coupon_yen: i64,
    pub yen: i64,
}

/// What the row refers to.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {
    #[sea_orm(
        belongs_to = "super::subsidy_claim::Entity",
        from = "Column::ClaimId",
        to = "super::subsidy_claim::Column::Id"
    )]
    Claim,
    #[sea_orm(
        belongs_to = "super::activity_report::Entity",
        from = "Column::ReportId",
        to = "super::activity_report::Column::Id"
    )]
    Report,
}

super::related!(subsidy_claim: Claim, activity_report: Report);

impl ActiveModelBehavior for ActiveModel {}
