//! A version of the tariff (料金表); `rules` is the JSON of `domain::tariff::TariffVersion`.

use sea_orm::entity::prelude::*;
use time::Date;

/// A row of `tariff_version`.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "tariff_version")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub name: String,
    pub effective_from: Date,
    pub effective_to: Option<Date>,
    pub rules: String,
}

/// No relations: a tariff is chosen by the day of the care; a report keeps its own copy of what was charged.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
