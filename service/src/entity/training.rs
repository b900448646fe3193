//! A training record (受講記録).

use domain::member::TrainingKind;
use sea_orm::entity::prelude::*;
use time::Date;

/// A row of `training`.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "training")]
pub struct Model {
    #[sea_orm(primary_key)]
    pub id: i64,
    pub member_id: i64,
    pub kind: TrainingKind,
    pub valid_until: Date,
}

/// No relations: use cases join by hand, so every query is visible.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
