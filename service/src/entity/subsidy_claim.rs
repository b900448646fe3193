//! A provider's claim of one month (給付金請求申請, KSK).

use domain::id::{ClaimId, MemberId};
use domain::number::ClaimNo;
use domain::subsidy::{ClaimStatus, YearMonth};
use domain::time::Instant;
use sea_orm::entity::prelude::*;

/// A row of `subsidy_claim`.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "subsidy_claim")]
pub struct Model {
    #[sea_orm(primary_key)]
    pub id: ClaimId,
    pub claim_no: ClaimNo,
    pub provider_id: MemberId,
    pub ward: String,
    pub month: YearMonth,
    pub status: ClaimStatus,
    pub line_count: i64,
    pub total_yen: i64,
    pub submitted_at: Instant,
}

/// What the row refers to and what refers to it.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {
    #[sea_orm(belongs_to = "super::member::Entity", from = "Column::ProviderId", to = "super::member::Column::Id")]
    Provider,
    #[sea_orm(belongs_to = "super::ward::Entity", from = "Column::Ward", to = "super::ward::Column::Code")]
    Ward,
    #[sea_orm(has_many = "super::subsidy_line::Entity")]
    Lines,
}

super::related!(member: Provider, ward: Ward, subsidy_line: Lines);

impl ActiveModelBehavior for ActiveModel {}
