//! The おためし券 of one child.

use sea_orm::entity::prelude::*;
use time::Date;

/// A row of `trial_coupon`.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "trial_coupon")]
pub struct Model {
    #[sea_orm(primary_key)]
    pub id: i64,
    pub child_id: i64,
    pub member_id: i64,
    pub issued: i64,
    pub used: i64,
    pub issued_at: i64,
    pub expires_on: Date,
}

/// No relations: use cases join by hand, so every query is visible.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
