//! 受信メール: the notices of one account.

use crate::entity::notice;
use crate::error::{Error, Result};
use crate::notice::Link;
use crate::page::{Page, behind};
use crate::{Env, policy};
use domain::actor::Actor;
use domain::id::NoticeId;
use domain::policy::Right;
use domain::time::Instant;
use sea_orm::sea_query::{Condition, Expr};
use sea_orm::{ColumnTrait, EntityTrait, FromQueryResult, QueryFilter, QuerySelect, QueryTrait};

/// A page of the inbox, the latest first.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct InboxPage {
    /// How many are unread in all.
    pub unread: i64,
    /// The messages.
    pub messages: Vec<MailSummary>,
    /// The message after which the next page begins.
    pub next: Option<NoticeId>,
}

/// A message in the list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MailSummary {
    /// The message's row.
    pub id: NoticeId,
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
    /// The page it is about.
    pub link: Link,
}

/// What a list reads of a message: all but its text.
#[derive(FromQueryResult)]
struct Head {
    id: NoticeId,
    subject: String,
    created_at: Instant,
    read_at: Option<Instant>,
}

impl Head {
    fn summary(self) -> MailSummary {
        MailSummary { id: self.id, subject: self.subject, at: self.created_at, unread: self.read_at.is_none() }
    }
}

/// The actor's messages.
fn own(actor: &Actor) -> Result<Condition> {
    policy::visible::<notice::Entity>(actor, Right::OpenMessage, None)
}

/// How many messages of an account are unread.
pub async fn unread(env: &Env, actor: &Actor) -> Result<i64> {
    let count = notice::Entity::find().select_only().column_as(notice::Column::Id.count(), "count");
    let count = count.filter(own(actor)?).filter(notice::Column::ReadAt.is_null());
    Ok(count.into_tuple().one(env.db.read()).await?.unwrap_or(0))
}

/// A page of the actor's messages, by the time they were sent; `after` is the last one of the page before.
pub async fn list(env: &Env, actor: &Actor, after: Option<NoticeId>) -> Result<InboxPage> {
    use notice::Column as N;
    let own = own(actor)?;
    let mut place = (Instant(i64::MAX), NoticeId::LAST);
    if let Some(after) = after {
        let sent = notice::Entity::find_by_id(after).select_only().column(N::CreatedAt).filter(own.clone());
        if let Some(sent) = sent.into_tuple::<Instant>().one(env.db.read()).await? {
            place = (sent, after);
        }
    }
    let heads = notice::Entity::find().select_only().columns([N::Id, N::Subject, N::CreatedAt, N::ReadAt]).filter(own);
    let place = [behind((notice::Entity, N::CreatedAt), place.0), behind((notice::Entity, N::Id), place.1)];
    let page = Page::of(env.db.read(), heads.into_query(), place, |row: &Head| row.id).await?;
    let messages = page.rows.into_iter().map(Head::summary).collect();
    Ok(InboxPage { unread: unread(env, actor).await?, messages, next: page.next })
}

/// One of the actor's messages; reading it here marks nothing.
///
/// # Errors
/// [`Error::NotFound`] when it is not the actor's.
pub async fn details(env: &Env, actor: &Actor, id: NoticeId) -> Result<MailDetails> {
    #[derive(FromQueryResult)]
    struct Row {
        id: NoticeId,
        subject: String,
        created_at: Instant,
        read_at: Option<Instant>,
        body: String,
        link: String,
    }
    let row = notice::Entity::find_by_id(id).filter(own(actor)?).into_model::<Row>().one(env.db.read()).await?;
    let Row { id, subject, created_at, read_at, body, link } = row.ok_or(Error::NotFound)?;
    Ok(MailDetails { summary: Head { id, subject, created_at, read_at }.summary(), body, link: Link::read(&link) })
}

/// Marks the actor's messages up to the newest one on the page as read: what came meanwhile stays unread.
pub async fn mark_all_read(env: &Env, actor: &Actor, newest: NoticeId) -> Result<()> {
    mark(env, actor, notice::Column::Id.lte(newest)).await
}

/// Marks one of the actor's messages as read; again changes nothing.
///
/// # Errors
/// [`Error::NotFound`] when it is not the actor's.
pub async fn mark_read(env: &Env, actor: &Actor, id: NoticeId) -> Result<()> {
    details(env, actor, id).await?;
    mark(env, actor, notice::Column::Id.eq(id)).await
}

async fn mark(env: &Env, actor: &Actor, which: Expr) -> Result<()> {
    notice::Entity::update_many()
        .col_expr(notice::Column::ReadAt, Expr::val(env.clock.now()))
        .filter(own(actor)?)
        .filter(notice::Column::ReadAt.is_null())
        .filter(which)
        .exec(env.db.write())
        .await?;
    Ok(())
}
