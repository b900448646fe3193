//! A message in 受信メール.

use domain::id::{AccountId, NoticeId};
use domain::time::Instant;
use sea_orm::entity::prelude::*;

/// A row of `notice`.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "notice")]
pub struct Model {
    #[sea_orm(primary_key)]
    pub id: NoticeId,
    pub account_id: AccountId,
    pub subject: String,
    pub body: String,
    pub link: String,
    pub created_at: Instant,
    pub read_at: Option<Instant>,
}

/// What the row refers to and what refers to it.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {
    #[sea_orm(belongs_to = "super::account::Entity", from = "Column::AccountId", to = "super::account::Column::Id")]
    Account,
    #[sea_orm(has_many = "super::outbox::Entity")]
    Mails,
}

super::related!(account: Account, outbox: Mails);

impl ActiveModelBehavior for ActiveModel {}
