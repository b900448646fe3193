//! The 事前打合せ情報 of a request.

use domain::id::RequestId;
use domain::time::Instant;
use sea_orm::entity::prelude::*;

/// A row of `pre_meeting_sheet`.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "pre_meeting_sheet")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub request_id: RequestId,
    pub fields: String,
    pub complete: i64,
    pub updated_at: Instant,
    pub revision: i64,
}

/// What the row refers to.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {
    #[sea_orm(
        belongs_to = "super::care_request::Entity",
        from = "Column::RequestId",
        to = "super::care_request::Column::Id"
    )]
    Request,
}

super::related!(care_request: Request);

impl ActiveModelBehavior for ActiveModel {}
