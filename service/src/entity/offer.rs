//! An offer to a provider (打診).

use domain::request::OfferStatus;
use sea_orm::entity::prelude::*;

/// A row of `offer`.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "offer")]
pub struct Model {
    #[sea_orm(primary_key)]
    pub id: i64,
    pub request_id: i64,
    pub provider_id: i64,
    pub status: OfferStatus,
    pub sent_at: i64,
    pub expires_at: i64,
    pub answered_at: Option<i64>,
    pub reason: Option<String>,
}

/// No relations: use cases join by hand, so every query is visible.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
