//! A form that already took effect.

use domain::id::AccountId;
use domain::time::Instant;
use sea_orm::entity::prelude::*;

/// A row of `idempotency`.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "idempotency")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub account_id: AccountId,
    #[sea_orm(primary_key, auto_increment = false)]
    pub key: String,
    pub result: String,
    pub at: Instant,
}

/// Whose form it was, without a key: forgotten by its age alone.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {
    #[sea_orm(
        belongs_to = "super::account::Entity",
        from = "Column::AccountId",
        to = "super::account::Column::Id",
        skip_fk
    )]
    Account,
}

super::related!(account: Account);

impl ActiveModelBehavior for ActiveModel {}
