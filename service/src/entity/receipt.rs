//! A provider’s receipt of the reward (報酬受領).

use domain::actor::Channel;
use domain::report::ReceiptMethod;
use sea_orm::entity::prelude::*;

/// A row of `receipt`.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "receipt")]
pub struct Model {
    #[sea_orm(primary_key)]
    pub id: i64,
    pub report_id: i64,
    pub approval_id: i64,
    pub account_id: i64,
    pub channel: Channel,
    pub method: ReceiptMethod,
    pub at: i64,
    pub undone_at: Option<i64>,
}

/// No relations: use cases join by hand, so every query is visible.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
