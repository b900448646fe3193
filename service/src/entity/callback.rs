//! A call to make (要連絡): a note on a case or a member, with its day.

use domain::id::{AccountId, CallbackId, MemberId, RequestId};
use domain::time::Instant;
use sea_orm::entity::prelude::*;
use time::Date;

/// A row of `callback`.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "callback")]
pub struct Model {
    #[sea_orm(primary_key)]
    pub id: CallbackId,
    pub ward: String,
    pub request_id: Option<RequestId>,
    pub member_id: Option<MemberId>,
    pub due_on: Date,
    pub text: String,
    pub account_id: AccountId,
    pub written_at: Instant,
    pub done_at: Option<Instant>,
}

/// What the row refers to.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {
    #[sea_orm(belongs_to = "super::ward::Entity", from = "Column::Ward", to = "super::ward::Column::Code")]
    Ward,
    #[sea_orm(
        belongs_to = "super::care_request::Entity",
        from = "Column::RequestId",
        to = "super::care_request::Column::Id"
    )]
    Request,
    #[sea_orm(belongs_to = "super::member::Entity", from = "Column::MemberId", to = "super::member::Column::Id")]
    Member,
    #[sea_orm(belongs_to = "super::account::Entity", from = "Column::AccountId", to = "super::account::Column::Id")]
    Account,
}

super::related!(ward: Ward, care_request: Request, member: Member, account: Account);

impl ActiveModelBehavior for ActiveModel {}
