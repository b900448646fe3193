//! The audit trail: every transition writes one event in its own transaction.

use crate::entity::{event, member};
use crate::error::{Error, Result};
use domain::actor::{AccountRole, Actor, Channel};
use domain::fault::{FieldError, FieldFault};
use domain::time::Instant;
use sea_orm::{ActiveValue::Set, ConnectionTrait, EntityTrait};

/// Who does a step, for whom, and how it reached us.
#[derive(Clone, Debug)]
pub struct By<'a> {
    /// The signed-in person; `None` for a job.
    pub actor: Option<&'a Actor>,
    /// The member a coordinator acts for.
    pub on_behalf_of: Option<String>,
    /// How it reached us.
    pub channel: Channel,
}

impl<'a> By<'a> {
    /// The person's own step.
    #[must_use]
    pub const fn web(actor: &'a Actor) -> Self {
        Self { actor: Some(actor), on_behalf_of: None, channel: Channel::Web }
    }

    /// A step that is a member's: her own, or a coordinator's in her name.
    ///
    /// # Errors
    /// The field `channel`, when a coordinator does not say how the member's word reached the branch.
    pub(crate) async fn for_member_of<C: ConnectionTrait>(
        connection: &C,
        actor: &'a Actor,
        member: i64,
        channel: Channel,
    ) -> Result<Self> {
        if actor.coordinator_ward().is_none() {
            return Ok(Self::web(actor));
        }
        let channel = on_behalf(channel)?;
        let name = member_label(connection, member).await?;
        Ok(Self { actor: Some(actor), on_behalf_of: Some(name), channel })
    }

    /// A job's step.
    #[must_use]
    pub const fn job() -> By<'static> {
        By { actor: None, on_behalf_of: None, channel: Channel::Job }
    }
}

/// The channel of a step that a coordinator enters for a member.
///
/// # Errors
/// The field `channel`, when it does not say how the member's word reached the branch.
pub(crate) fn on_behalf(channel: Channel) -> Result<Channel> {
    if channel.is_of_a_member() {
        Ok(channel)
    } else {
        Err(Error::Invalid(vec![FieldError::new("channel", FieldFault::Missing)]))
    }
}

/// 「木村花子（MEM0040989）」, as histories name a member.
///
/// # Errors
/// Those of the database.
pub(crate) async fn member_label<C: ConnectionTrait>(connection: &C, id: i64) -> Result<String> {
    label_of(&member::Entity::find_by_id(id).one(connection).await?.ok_or(Error::NotFound)?)
}

/// The same of a row at hand.
///
/// # Errors
/// [`Error::Broken`] for a number that was never given.
pub(crate) fn label_of(row: &member::Model) -> Result<String> {
    Ok(format!("{}{}（{}）", row.family_name, row.given_name, row.member_no))
}

/// What happened; ids that do not apply stay `None`.
#[derive(Clone, Debug, Default)]
pub struct Happened {
    /// The ward it belongs to.
    pub ward: Option<String>,
    /// The request's row.
    pub request: Option<i64>,
    /// The report's row.
    pub report: Option<i64>,
    /// The member's row, for member records.
    pub member: Option<i64>,
    /// The action's key: of a workflow table, or a word of its own.
    pub action: &'static str,
    /// The status before.
    pub from: Option<&'static str>,
    /// The status after.
    pub to: Option<&'static str>,
    /// Why, in the person's words.
    pub reason: Option<String>,
    /// What was seen or changed, as JSON.
    pub detail: Option<serde_json::Value>,
}

/// Writes an event.
///
/// # Errors
/// Those of the database.
pub async fn record<C: ConnectionTrait>(transaction: &C, now: Instant, by: &By<'_>, what: Happened) -> Result<()> {
    let row = event::ActiveModel {
        at: Set(now.0),
        ward: Set(what.ward),
        request_id: Set(what.request),
        report_id: Set(what.report),
        member_id: Set(what.member),
        action: Set(what.action.to_owned()),
        from_status: Set(what.from.map(str::to_owned)),
        to_status: Set(what.to.map(str::to_owned)),
        account_id: Set(by.actor.map(|actor| actor.account)),
        actor_name: Set(by.actor.map_or_else(|| "自動処理".to_owned(), |actor| actor.name.clone())),
        on_behalf_of: Set(by.on_behalf_of.clone()),
        channel: Set(by.channel),
        reason: Set(what.reason),
        detail: Set(what.detail.map(|detail| detail.to_string())),
        ..Default::default()
    };
    event::Entity::insert(row).exec_without_returning(transaction).await?;
    Ok(())
}

/// The last step that moved a request or a report.
#[derive(Clone, Debug, sea_orm::FromQueryResult)]
pub struct LastMove {
    /// The action's key.
    pub action: String,
    /// The account that did it; none for a job.
    pub account_id: Option<i64>,
    /// The name in the history.
    pub actor_name: String,
    /// The account's role, `member`, `coordinator` or `hq`.
    pub role: Option<AccountRole>,
}

/// Reads the last step that moved a request.
///
/// # Errors
/// Those of the database.
pub async fn last_move<C: ConnectionTrait>(connection: &C, request: i64) -> Result<Option<LastMove>> {
    let sql = "SELECT e.action, e.account_id, e.actor_name, a.role FROM event e LEFT JOIN account a ON a.id = e.account_id \
               WHERE e.request_id = $1 AND e.report_id IS NULL AND e.to_status IS NOT NULL ORDER BY e.id DESC LIMIT 1";
    crate::db::row(connection, sql, vec![request.into()]).await
}

/// Tells the one who came too late who was first; members do not learn each other's names this way.
#[must_use]
pub fn stale(actor: &Actor, last: Option<LastMove>) -> crate::error::Error {
    let Some(last) = last else { return crate::error::Error::Stale { by: String::new(), action: String::new() } };
    let hidden =
        actor.member().is_some() && last.role == Some(AccountRole::Member) && last.account_id != Some(actor.account);
    let by = if hidden { "お相手の会員".to_owned() } else { last.actor_name };
    crate::error::Error::Stale { by, action: last.action }
}
