//! An entry in the history of おためし券.

use domain::coupon::EntryKind;
use sea_orm::entity::prelude::*;

/// A row of `coupon_entry`.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "coupon_entry")]
pub struct Model {
    #[sea_orm(primary_key)]
    pub id: i64,
    pub coupon_id: i64,
    pub kind: EntryKind,
    pub tickets: i64,
    pub report_id: Option<i64>,
    pub at: i64,
}

/// No relations: use cases join by hand, so every query is visible.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
