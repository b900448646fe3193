//! A member's child.

use domain::id::{ChildId, MemberId};
use sea_orm::entity::prelude::*;
use time::Date;

/// A row of `child`.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "child")]
pub struct Model {
    #[sea_orm(primary_key)]
    pub id: ChildId,
    pub member_id: MemberId,
    pub given_name: String,
    pub kana: String,
    pub birth_date: Date,
}

/// What the row refers to and what refers to it.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {
    #[sea_orm(belongs_to = "super::member::Entity", from = "Column::MemberId", to = "super::member::Column::Id")]
    Member,
    #[sea_orm(has_one = "super::trial_coupon::Entity")]
    Coupon,
}

super::related!(member: Member, trial_coupon: Coupon);

impl ActiveModelBehavior for ActiveModel {}
