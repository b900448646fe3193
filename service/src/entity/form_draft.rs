//! A form that came back: what was typed and what is to be fixed.

use domain::id::AccountId;
use domain::time::Instant;
use sea_orm::entity::prelude::*;

/// A row of `form_draft`.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "form_draft")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub token_hash: String,
    pub account_id: Option<AccountId>,
    pub form: String,
    pub fields: String,
    pub fault: String,
    pub created_at: Instant,
    pub writer: String,
    pub bytes: i64,
}

/// Whose form it is, without a key: a draft is forgotten by its age alone.
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
