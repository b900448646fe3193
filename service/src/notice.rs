//! Notices: a message in 受信メール and a mail in the outbox, both rows of the step's own transaction.
//!
//! Only the worker sends ([`crate::mail`]); a subject never holds personal data.

use crate::db;
use crate::entity::{notice, outbox};
use crate::error::Result;
use domain::time::Instant;
use sea_orm::{ActiveValue::Set, ConnectionTrait, EntityTrait};

/// A message to a person.
#[derive(Clone, Debug)]
pub struct Message {
    /// Without personal data: it is read on lock screens.
    pub subject: String,
    /// Plain Japanese text.
    pub body: String,
    /// The page to open, a path: `/requests/CDK0036630`.
    pub link: String,
}

/// Puts a message into the inbox of a member's account and, when the member has a mail address, into the outbox.
///
/// A member without an account yet still gets the mail.
///
/// # Errors
/// Those of the database.
pub async fn tell_member<C: ConnectionTrait>(
    transaction: &C,
    now: Instant,
    real_now: Instant,
    member: i64,
    message: &Message,
) -> Result<()> {
    #[derive(sea_orm::FromQueryResult)]
    struct Target {
        mail: String,
        account: Option<i64>,
    }
    let sql = "SELECT m.mail, a.id AS account FROM member m LEFT JOIN account a ON a.member_id = m.id WHERE m.id = $1";
    let Some(target) = db::row::<Target, _>(transaction, sql, vec![member.into()]).await? else { return Ok(()) };
    let mut notice_id = None;
    if let Some(account) = target.account {
        notice_id = Some(put(transaction, now, account, message).await?);
    }
    if !target.mail.is_empty() {
        enqueue(transaction, real_now, notice_id, &target.mail, message).await?;
    }
    Ok(())
}

/// Puts a message into the inbox of every coordinator of a ward; the branch's queue is their mail.
///
/// # Errors
/// Those of the database.
pub async fn tell_coordinators<C: ConnectionTrait>(
    transaction: &C,
    now: Instant,
    ward: &str,
    message: &Message,
) -> Result<()> {
    #[derive(sea_orm::FromQueryResult)]
    struct Id {
        id: i64,
    }
    let sql = "SELECT id FROM account WHERE role = 'coordinator' AND ward = $1";
    for account in db::rows::<Id, _>(transaction, sql, vec![ward.into()]).await? {
        put(transaction, now, account.id, message).await?;
    }
    Ok(())
}

async fn put<C: ConnectionTrait>(transaction: &C, now: Instant, account: i64, message: &Message) -> Result<i64> {
    let row = notice::ActiveModel {
        account_id: Set(account),
        subject: Set(message.subject.clone()),
        body: Set(message.body.clone()),
        link: Set(message.link.clone()),
        created_at: Set(now.0),
        ..Default::default()
    };
    Ok(notice::Entity::insert(row).exec(transaction).await?.last_insert_id)
}

/// Puts a mail into the outbox; the worker sends it, retries it and keeps its Message-ID through every try.
///
/// # Errors
/// Those of the database.
pub async fn enqueue<C: ConnectionTrait>(
    transaction: &C,
    real_now: Instant,
    notice: Option<i64>,
    to: &str,
    message: &Message,
) -> Result<()> {
    let row = outbox::ActiveModel {
        notice_id: Set(notice),
        message_id: Set(crate::id::token()?),
        to_mail: Set(to.to_owned()),
        subject: Set(message.subject.clone()),
        body: Set(message.body.clone()),
        status: Set("waiting".to_owned()),
        attempts: Set(0),
        next_at: Set(real_now.0),
        leased_until: Set(0),
        ..Default::default()
    };
    outbox::Entity::insert(row).exec_without_returning(transaction).await?;
    Ok(())
}
