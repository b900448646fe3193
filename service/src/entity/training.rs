//! A training record (受講記録).

use domain::id::MemberId;
use domain::member::TrainingKind;
use sea_orm::entity::prelude::*;
use time::Date;

/// A row of `training`.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "training")]
pub struct Model {
    #[sea_orm(primary_key)]
    pub id: i64,
    pub member_id: MemberId,
    pub kind: TrainingKind,
    pub valid_until: Date,
}

/// What the row refers to.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {
    #[sea_orm(belongs_to = "super::member::Entity", from = "Column::MemberId", to = "super::member::Column::Id")]
    Member,
}

super::related!(member: Member);

impl ActiveModelBehavior for ActiveModel {}
