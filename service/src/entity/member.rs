//! A member (会員).

use domain::actor::MemberKind;
use domain::id::MemberId;
use domain::member::MembershipStatus;
use domain::number::MemberNo;
use domain::time::Instant;
use sea_orm::entity::prelude::*;

/// A row of `member`.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "member")]
pub struct Model {
    #[sea_orm(primary_key)]
    pub id: MemberId,
    pub member_no: MemberNo,
    pub ward: String,
    pub kind: MemberKind,
    pub status: MembershipStatus,
    pub family_name: String,
    pub given_name: String,
    pub family_kana: String,
    pub given_kana: String,
    pub search_key: String,
    pub postal: String,
    pub town: String,
    pub address: String,
    pub household_key: String,
    pub telephone: String,
    pub mail: String,
    pub created_at: Instant,
    pub updated_at: Instant,
    pub revision: i64,
}

/// What the row refers to and what refers to it.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {
    #[sea_orm(belongs_to = "super::ward::Entity", from = "Column::Ward", to = "super::ward::Column::Code")]
    Ward,
    #[sea_orm(has_many = "super::child::Entity")]
    Children,
    #[sea_orm(has_many = "super::training::Entity")]
    Trainings,
    #[sea_orm(has_one = "super::account::Entity")]
    Account,
}

super::related!(ward: Ward, child: Children, training: Trainings, account: Account);

impl ActiveModelBehavior for ActiveModel {}
