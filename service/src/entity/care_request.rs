//! A care request (援助依頼, CDK) with its coordination.

use domain::actor::Channel;
use domain::id::{AccountId, MemberId, RequestId};
use domain::number::RequestNo;
use domain::request::{CareKind, CarePlace, CoordinationStatus};
use domain::time::Instant;
use sea_orm::entity::prelude::*;

/// A row of `care_request`.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "care_request")]
pub struct Model {
    #[sea_orm(primary_key)]
    pub id: RequestId,
    pub request_no: RequestNo,
    pub ward: String,
    pub member_id: MemberId,
    pub status: CoordinationStatus,
    pub care_kind: Option<CareKind>,
    pub care_place: Option<CarePlace>,
    pub starts_at: Instant,
    pub ends_at: Instant,
    pub place_detail: String,
    pub notes: String,
    pub channel: Channel,
    pub children_count: i64,
    pub draft_fields: Option<String>,
    pub owner_id: Option<AccountId>,
    pub provider_id: Option<MemberId>,
    pub meeting_at: Option<Instant>,
    pub meeting_place: Option<String>,
    pub established_at: Option<Instant>,
    pub reason: Option<String>,
    pub cancelled_at: Option<Instant>,
    pub cancellation_fee_yen: Option<i64>,
    pub requested_at: Instant,
    pub updated_at: Instant,
    pub revision: i64,
}

/// What the row refers to and what refers to it.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {
    #[sea_orm(belongs_to = "super::ward::Entity", from = "Column::Ward", to = "super::ward::Column::Code")]
    Ward,
    #[sea_orm(belongs_to = "super::member::Entity", from = "Column::MemberId", to = "super::member::Column::Id")]
    Member,
    #[sea_orm(belongs_to = "super::account::Entity", from = "Column::OwnerId", to = "super::account::Column::Id")]
    Owner,
    #[sea_orm(belongs_to = "super::member::Entity", from = "Column::ProviderId", to = "super::member::Column::Id")]
    Provider,
    #[sea_orm(has_many = "super::care_request_child::Entity")]
    Children,
    #[sea_orm(has_many = "super::offer::Entity")]
    Offers,
    #[sea_orm(has_many = "super::activity::Entity")]
    Activities,
    #[sea_orm(has_many = "super::activity_report::Entity")]
    Reports,
    #[sea_orm(has_one = "super::pre_meeting_sheet::Entity")]
    Sheet,
}

super::related!(
    ward: Ward,
    member: Member,
    account: Owner,
    care_request_child: Children,
    offer: Offers,
    activity: Activities,
    activity_report: Reports,
    pre_meeting_sheet: Sheet,
);

impl ActiveModelBehavior for ActiveModel {}
