//! 受信メール: the notices of one account.

use crate::error::{Error, Result};
use crate::{Env, db};
use domain::actor::Actor;
use domain::time::Instant;
use sea_orm::{FromQueryResult, Value};

/// Rows of a page.
pub const PAGE: i64 = 50;

/// A page of the inbox, the latest first.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct InboxPage {
    /// How many are unread in all.
    pub unread: i64,
    /// The messages.
    pub messages: Vec<MailSummary>,
    /// The message after which the next page begins.
    pub next: Option<i64>,
}

/// A message in the list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MailSummary {
    /// The message's row.
    pub id: i64,
    /// Its subject.
    pub subject: String,
    /// When it came.
    pub at: Instant,
    /// Whether it was never opened.
    pub unread: bool,
}

/// A message.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MailDetails {
    /// The message's head.
    pub summary: MailSummary,
    /// Plain text of several lines.
    pub body: String,
    /// The page it tells of, a path; may be empty.
    pub link: String,
}

#[derive(FromQueryResult)]
struct Row {
    id: i64,
    subject: String,
    body: String,
    link: String,
    created_at: i64,
    read_at: Option<i64>,
}

impl Row {
    fn summary(self) -> MailSummary {
        MailSummary { id: self.id, subject: self.subject, at: Instant(self.created_at), unread: self.read_at.is_none() }
    }
}

/// How many messages of an account are unread.
///
/// # Errors
/// Those of the database.
pub async fn unread(env: &Env, actor: &Actor) -> Result<i64> {
    let sql = "SELECT COUNT(*) FROM notice WHERE account_id = $1 AND read_at IS NULL";
    Ok(db::scalar(env.db.read(), sql, vec![actor.account.into()]).await?.unwrap_or(0))
}

/// A page of the actor's messages, by the time they were sent; `after` is the last one of the page before.
///
/// # Errors
/// Those of the database.
pub async fn list(env: &Env, actor: &Actor, after: Option<i64>) -> Result<InboxPage> {
    let mut place = (i64::MAX, i64::MAX);
    if let Some(after) = after {
        let sql = "SELECT created_at FROM notice WHERE id = $1 AND account_id = $2";
        if let Some(sent) = db::scalar::<i64, _>(env.db.read(), sql, vec![after.into(), actor.account.into()]).await? {
            place = (sent, after);
        }
    }
    let sql = "SELECT id, subject, '' AS body, '' AS link, created_at, read_at FROM notice \
               WHERE account_id = $1 AND (created_at, id) < ($2, $3) ORDER BY created_at DESC, id DESC LIMIT $4";
    let values: Vec<Value> = vec![actor.account.into(), place.0.into(), place.1.into(), (PAGE + 1).into()];
    let mut rows = db::rows::<Row, _>(env.db.read(), sql, values).await?;
    let size = usize::try_from(PAGE).unwrap_or(usize::MAX);
    let more = rows.len() > size;
    rows.truncate(size);
    let messages: Vec<_> = rows.into_iter().map(Row::summary).collect();
    let next = messages.last().filter(|_| more).map(|message| message.id);
    Ok(InboxPage { unread: unread(env, actor).await?, messages, next })
}

/// One of the actor's messages; reading it here marks nothing.
///
/// # Errors
/// [`Error::NotFound`] when it is not the actor's.
pub async fn details(env: &Env, actor: &Actor, id: i64) -> Result<MailDetails> {
    let sql = "SELECT id, subject, body, link, created_at, read_at FROM notice WHERE id = $1 AND account_id = $2";
    let row = db::row::<Row, _>(env.db.read(), sql, vec![id.into(), actor.account.into()]).await?;
    let row = row.ok_or(Error::NotFound)?;
    let (body, link) = (row.body.clone(), row.link.clone());
    Ok(MailDetails { summary: row.summary(), body, link })
}

/// Marks the actor's messages up to the newest one on the page as read: what came meanwhile stays unread.
///
/// # Errors
/// Those of the database.
pub async fn mark_all_read(env: &Env, actor: &Actor, newest: i64) -> Result<()> {
    let sql = "UPDATE notice SET read_at = $3 WHERE account_id = $1 AND read_at IS NULL AND id <= $2";
    db::execute(env.db.write(), sql, vec![actor.account.into(), newest.into(), env.clock.now().0.into()]).await?;
    Ok(())
}

/// Marks one of the actor's messages as read; again changes nothing.
///
/// # Errors
/// [`Error::NotFound`] when it is not the actor's.
pub async fn mark_read(env: &Env, actor: &Actor, id: i64) -> Result<()> {
    details(env, actor, id).await?;
    let sql = "UPDATE notice SET read_at = $3 WHERE id = $1 AND account_id = $2 AND read_at IS NULL";
    db::execute(env.db.write(), sql, vec![id.into(), actor.account.into(), env.clock.now().0.into()]).await?;
    Ok(())
}
