//! The 事前打合せ情報 of a request.

use sea_orm::entity::prelude::*;

/// A row of `pre_meeting_sheet`.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "pre_meeting_sheet")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub request_id: i64,
    pub fields: String,
    pub complete: i64,
    pub updated_at: i64,
    pub revision: i64,
}

/// No relations: use cases join by hand, so every query is visible.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
