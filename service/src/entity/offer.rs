//! An offer to a provider (打診).

use domain::id::{MemberId, OfferId, RequestId};
use domain::request::OfferStatus;
use domain::time::Instant;
use sea_orm::entity::prelude::*;

/// A row of `offer`.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "offer")]
pub struct Model {
    #[sea_orm(primary_key)]
    pub id: OfferId,
    pub request_id: RequestId,
    pub provider_id: MemberId,
    pub status: OfferStatus,
    pub sent_at: Instant,
    pub expires_at: Instant,
    pub answered_at: Option<Instant>,
    pub reason: Option<String>,
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
