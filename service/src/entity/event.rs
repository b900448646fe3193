//! An entry of the audit trail.

use domain::actor::Channel;
use sea_orm::entity::prelude::*;

/// A row of `event`.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "event")]
pub struct Model {
    #[sea_orm(primary_key)]
    pub id: i64,
    pub at: i64,
    pub ward: Option<String>,
    pub request_id: Option<i64>,
    pub report_id: Option<i64>,
    pub member_id: Option<i64>,
    pub action: String,
    pub from_status: Option<String>,
    pub to_status: Option<String>,
    pub account_id: Option<i64>,
    pub actor_name: String,
    pub on_behalf_of: Option<String>,
    pub channel: Channel,
    pub reason: Option<String>,
    pub detail: Option<String>,
}

/// No relations: use cases join by hand, so every query is visible.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
