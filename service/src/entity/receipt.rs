//! A provider’s receipt of the reward (報酬受領).

use domain::actor::Channel;
use domain::id::{AccountId, ApprovalId, ReportId};
use domain::report::ReceiptMethod;
use domain::time::Instant;
use sea_orm::entity::prelude::*;

/// A row of `receipt`.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "receipt")]
pub struct Model {
    #[sea_orm(primary_key)]
    pub id: i64,
    pub report_id: ReportId,
    pub approval_id: ApprovalId,
    pub account_id: AccountId,
    pub channel: Channel,
    pub method: ReceiptMethod,
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
    #[sea_orm(belongs_to = "super::approval::Entity", from = "Column::ApprovalId", to = "super::approval::Column::Id")]
    Approval,
    #[sea_orm(belongs_to = "super::account::Entity", from = "Column::AccountId", to = "super::account::Column::Id")]
    Account,
}

super::related!(activity_report: Report, approval: Approval, account: Account);

impl ActiveModelBehavior for ActiveModel {}
