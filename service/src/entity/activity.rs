//! The activity an established request stands for (援助活動).

use domain::request::ActivityStatus;
use sea_orm::entity::prelude::*;

/// A row of `activity`.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "activity")]
pub struct Model {
    #[sea_orm(primary_key)]
    pub id: i64,
    pub request_id: i64,
    pub provider_id: i64,
    pub status: ActivityStatus,
    pub starts_at: i64,
    pub ends_at: i64,
    pub reason: Option<String>,
    pub created_at: i64,
}

/// No relations: use cases join by hand, so every query is visible.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
