//! A person who signs in: a member, a coordinator or an officer of the headquarters.

use domain::actor::{AccountRole, TextSize};
use domain::id::{AccountId, MemberId};
use domain::time::Instant;
use sea_orm::entity::prelude::*;

/// A row of `account`.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "account")]
pub struct Model {
    #[sea_orm(primary_key)]
    pub id: AccountId,
    pub user_id: Option<String>,
    pub password_hash: Option<String>,
    pub name: String,
    pub role: AccountRole,
    pub ward: Option<String>,
    pub member_id: Option<MemberId>,
    pub created_at: Instant,
    pub text_size: TextSize,
}

/// What the row refers to.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {
    #[sea_orm(belongs_to = "super::ward::Entity", from = "Column::Ward", to = "super::ward::Column::Code")]
    Ward,
    #[sea_orm(belongs_to = "super::member::Entity", from = "Column::MemberId", to = "super::member::Column::Id")]
    Member,
}

super::related!(ward: Ward, member: Member);

impl ActiveModelBehavior for ActiveModel {}
