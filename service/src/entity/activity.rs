//! The activity an established request stands for (援助活動).

use domain::id::{ActivityId, MemberId, RequestId};
use domain::request::ActivityStatus;
use domain::time::Instant;
use sea_orm::entity::prelude::*;

/// A row of `activity`.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "activity")]
pub struct Model {
    #[sea_orm(primary_key)]
    pub id: ActivityId,
    pub request_id: RequestId,
    pub provider_id: MemberId,
    pub status: ActivityStatus,
    pub starts_at: Instant,
    pub ends_at: Instant,
    pub reason: Option<String>,
    pub created_at: Instant,
    /// When it really began, as somebody who was there says; nothing where nobody said.
    pub started_at: Option<Instant>,
    /// When it really ended.
    pub ended_at: Option<Instant>,
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
    #[sea_orm(belongs_to = "super::member::Entity", from = "Column::ProviderId", to = "super::member::Column::Id")]
    Provider,
}

super::related!(care_request: Request, member: Provider);

impl ActiveModelBehavior for ActiveModel {}
