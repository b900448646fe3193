//! A ward's branch (区支部): where it is and when it answers the telephone.

use sea_orm::entity::prelude::*;

/// A row of `ward`.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "ward")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub code: String,
    pub name: String,
    pub sort: i64,
    pub branch_name: String,
    pub base_name: String,
    pub operator: String,
    pub postal: String,
    pub address: String,
    pub telephone: String,
    pub mail: String,
    pub open_weekdays: String,
    pub open_minute: i64,
    pub close_minute: i64,
    pub hours_text: String,
    pub closed_days: String,
}

/// No relations of its own: members, accounts, cases, reports and claims refer to a ward by its code.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
