//! A family’s approval (承認).

use domain::actor::Channel;
use sea_orm::entity::prelude::*;

/// A row of `approval`.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "approval")]
pub struct Model {
    #[sea_orm(primary_key)]
    pub id: i64,
    pub report_id: i64,
    pub account_id: i64,
    pub channel: Channel,
    pub evidence: Option<String>,
    pub content_hash: String,
    pub tickets: i64,
    pub coupon_id: Option<i64>,
    pub coupon_yen: i64,
    pub user_pays_yen: i64,
    pub at: i64,
    pub undone_at: Option<i64>,
}

/// No relations: use cases join by hand, so every query is visible.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
