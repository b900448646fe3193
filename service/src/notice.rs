//! Notices: a message in 受信メール and a mail in the outbox, both rows of the step's own transaction.
//!
//! Only the worker sends ([`crate::mail`]); a subject never holds personal data.

mod link;

pub use link::Link;

use crate::db;
use crate::entity::{account, member, notice, outbox, ward as branch};
use crate::error::Result;
use domain::actor::AccountRole;
use domain::id::{AccountId, MemberId, NoticeId};
use domain::mail::MailStatus;
use domain::time::Instant;
use sea_orm::sea_query::Query;
use sea_orm::{ActiveValue::Set, ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter, QueryOrder};

/// A message to a person.
#[derive(Clone, Debug)]
pub struct Message {
    /// Without personal data: it is read on lock screens.
    pub subject: String,
    /// Plain Japanese text.
    pub body: String,
    /// The page to open.
    pub link: Link,
}

/// Puts a message into the inbox of a member's account and, when the member has a mail address, into the outbox.
///
/// A member without an account yet still gets the mail.
pub async fn notify_member<C: ConnectionTrait>(
    transaction: &C,
    now: Instant,
    real_now: Instant,
    member: MemberId,
    message: &Message,
) -> Result<()> {
    #[derive(sea_orm::FromQueryResult)]
    struct Target {
        mail: String,
        account: Option<AccountId>,
    }
    let target = Query::select()
        .column((member::Entity, member::Column::Mail))
        .expr_as(account::Column::Id.into_expr(), "account")
        .from(member::Entity)
        .left_join(account::Entity, db::same(account::Column::MemberId, member::Column::Id))
        .and_where(member::Column::Id.eq(member))
        .take();
    let Some(target) = db::select_one::<Target, _>(transaction, &target).await? else { return Ok(()) };
    let mut notice_id = None;
    if let Some(account) = target.account {
        notice_id = Some(put(transaction, now, account, message).await?);
    }
    if !target.mail.is_empty() {
        enqueue(transaction, real_now, notice_id, &target.mail, message).await?;
    }
    Ok(())
}

/// Puts a message into the inbox of every coordinator of a ward and, when the branch has a mail address, once into the
/// outbox: one mail for the branch, however many people work there.
pub async fn notify_coordinators<C: ConnectionTrait>(
    transaction: &C,
    now: Instant,
    real_now: Instant,
    ward: &str,
    message: &Message,
) -> Result<()> {
    let coordinators = account::Entity::find()
        .filter(account::Column::Role.eq(AccountRole::Coordinator))
        .filter(account::Column::Ward.eq(ward))
        .order_by_asc(account::Column::Id);
    let mut first = None;
    for account in coordinators.all(transaction).await? {
        let notice = put(transaction, now, account.id, message).await?;
        first = first.or(Some(notice));
    }
    let branch = branch::Entity::find_by_id(ward).one(transaction).await?;
    if let Some(branch) = branch.filter(|branch| !branch.mail.is_empty()) {
        enqueue(transaction, real_now, first, &branch.mail, message).await?;
    }
    Ok(())
}

async fn put<C: ConnectionTrait>(
    transaction: &C,
    now: Instant,
    account: AccountId,
    message: &Message,
) -> Result<NoticeId> {
    let row = notice::ActiveModel {
        account_id: Set(account),
        subject: Set(message.subject.clone()),
        body: Set(message.body.clone()),
        link: Set(message.link.to_string()),
        created_at: Set(now),
        ..Default::default()
    };
    Ok(notice::Entity::insert(row).exec(transaction).await?.last_insert_id)
}

/// Puts a mail into the outbox; the worker sends it, retries it and keeps its Message-ID through every try.
pub async fn enqueue<C: ConnectionTrait>(
    transaction: &C,
    real_now: Instant,
    notice: Option<NoticeId>,
    to: &str,
    message: &Message,
) -> Result<()> {
    let row = outbox::ActiveModel {
        notice_id: Set(notice),
        message_id: Set(crate::id::token()?),
        to_mail: Set(to.to_owned()),
        subject: Set(message.subject.clone()),
        body: Set(message.body.clone()),
        status: Set(MailStatus::Waiting),
        attempts: Set(0),
        next_at: Set(real_now),
        leased_until: Set(Instant::default()),
        ..Default::default()
    };
    outbox::Entity::insert(row).exec_without_returning(transaction).await?;
    Ok(())
}
