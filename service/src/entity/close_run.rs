//! A month that was closed.

use domain::subsidy::YearMonth;
use domain::time::Instant;
use sea_orm::entity::prelude::*;

/// A row of `close_run`.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "close_run")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub month: YearMonth,
    pub cutoff: Instant,
    pub ran_at: Instant,
    pub claim_count: i64,
    pub line_count: i64,
    pub total_yen: i64,
}

/// No relations: a month is closed for the whole city; its claims name the month, not this row.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
