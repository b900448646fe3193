//! The おためし券 of one child.

use domain::id::{ChildId, CouponId, MemberId};
use domain::time::Instant;
use sea_orm::entity::prelude::*;
use time::Date;

/// A row of `trial_coupon`.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "trial_coupon")]
pub struct Model {
    #[sea_orm(primary_key)]
    pub id: CouponId,
    pub child_id: ChildId,
    pub member_id: MemberId,
    pub issued: i64,
    pub used: i64,
    pub issued_at: Instant,
    pub expires_on: Date,
}

/// What the row refers to and what refers to it.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {
    #[sea_orm(belongs_to = "super::child::Entity", from = "Column::ChildId", to = "super::child::Column::Id")]
    Child,
    #[sea_orm(belongs_to = "super::member::Entity", from = "Column::MemberId", to = "super::member::Column::Id")]
    Member,
    #[sea_orm(has_many = "super::coupon_entry::Entity")]
    Entries,
}

super::related!(child: Child, member: Member, coupon_entry: Entries);

impl ActiveModelBehavior for ActiveModel {}
