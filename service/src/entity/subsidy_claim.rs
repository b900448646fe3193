//! A provider's claim of one month (給付金請求申請, KSK).

use domain::number::ClaimNo;
use domain::subsidy::{ClaimStatus, YearMonth};
use sea_orm::entity::prelude::*;

/// A row of `subsidy_claim`.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "subsidy_claim")]
pub struct Model {
    #[sea_orm(primary_key)]
    pub id: i64,
    pub claim_no: ClaimNo,
    pub provider_id: i64,
    pub ward: String,
    pub month: YearMonth,
    pub status: ClaimStatus,
    pub line_count: i64,
    pub total_yen: i64,
    pub submitted_at: i64,
}

/// No relations: use cases join by hand, so every query is visible.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
