//! An entry of the audit trail.

use domain::actor::Channel;
use domain::id::{AccountId, EventId, MemberId, ReportId, RequestId};
use domain::time::Instant;
use sea_orm::entity::prelude::*;

/// A row of `event`.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "event")]
pub struct Model {
    #[sea_orm(primary_key)]
    pub id: EventId,
    pub at: Instant,
    pub ward: Option<String>,
    pub request_id: Option<RequestId>,
    pub report_id: Option<ReportId>,
    pub member_id: Option<MemberId>,
    pub action: String,
    pub from_status: Option<String>,
    pub to_status: Option<String>,
    pub account_id: Option<AccountId>,
    pub actor_name: String,
    pub on_behalf_of: Option<String>,
    pub channel: Channel,
    pub reason: Option<String>,
    pub detail: Option<String>,
}

/// What the entry is about. The history refers without keys: it is never changed, whatever becomes of the rows.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {
    #[sea_orm(belongs_to = "super::ward::Entity", from = "Column::Ward", to = "super::ward::Column::Code", skip_fk)]
    Ward,
    #[sea_orm(
        belongs_to = "super::care_request::Entity",
        from = "Column::RequestId",
        to = "super::care_request::Column::Id",
        skip_fk
    )]
    Request,
    #[sea_orm(
        belongs_to = "super::activity_report::Entity",
        from = "Column::ReportId",
        to = "super::activity_report::Column::Id",
        skip_fk
    )]
    Report,
    #[sea_orm(
        belongs_to = "super::member::Entity",
        from = "Column::MemberId",
        to = "super::member::Column::Id",
        skip_fk
    )]
    Member,
    #[sea_orm(
        belongs_to = "super::account::Entity",
        from = "Column::AccountId",
        to = "super::account::Column::Id",
        skip_fk
    )]
    Account,
}

super::related!(ward: Ward, care_request: Request, activity_report: Report, member: Member, account: Account);

impl ActiveModelBehavior for ActiveModel {}
