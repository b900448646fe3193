//! A version of the 事前打合せ情報: what a reader saw can be shown again.

use domain::id::{AccountId, RequestId};
use domain::time::Instant;
use sea_orm::entity::prelude::*;

/// A row of `sheet_version`.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "sheet_version")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub request_id: RequestId,
    #[sea_orm(primary_key, auto_increment = false)]
    pub revision: i64,
    pub fields: String,
    pub account_id: AccountId,
    pub at: Instant,
}

/// What the row refers to.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {
    #[sea_orm(
        belongs_to = "super::care_request::Entity",
        from = "Column::RequestId",
        to = "super::care_request::Column::Id"
    )]
    Request,
    #[sea_orm(belongs_to = "super::account::Entity", from = "Column::AccountId", to = "super::account::Column::Id")]
    Account,
}

super::related!(care_request: Request, account: Account);

impl ActiveModelBehavior for ActiveModel {}
