//! A mail to be sent.

use domain::id::{NoticeId, OutboxId};
use domain::mail::MailStatus;
use domain::time::Instant;
use sea_orm::entity::prelude::*;

/// A row of `outbox`.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "outbox")]
pub struct Model {
    #[sea_orm(primary_key)]
    pub id: OutboxId,
    pub notice_id: Option<NoticeId>,
    pub message_id: String,
    pub to_mail: String,
    pub subject: String,
    pub body: String,
    pub status: MailStatus,
    pub attempts: i64,
    pub next_at: Instant,
    pub leased_until: Instant,
    pub sent_at: Option<Instant>,
    pub last_error: Option<String>,
}

/// What the row refers to.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {
    #[sea_orm(belongs_to = "super::notice::Entity", from = "Column::NoticeId", to = "super::notice::Column::Id")]
    Notice,
}

super::related!(notice: Notice);

impl ActiveModelBehavior for ActiveModel {}
