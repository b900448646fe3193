//! Failed sign-ins of one user ID or address.

use domain::time::Instant;
use sea_orm::entity::prelude::*;

/// A row of `login_failure`.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "login_failure")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub key: String,
    pub count: i64,
    pub last_at: Instant,
    pub blocked_until: Instant,
}

/// No relations: its key is what was typed, which need not belong to anybody.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
