//! Reads a report for an actor, and what every step on it has in common.

use super::siblings::CHARGE_ANEW;
use crate::entity::activity_report::{self, Model};
use crate::entity::{event as event_row, member};
use crate::error::{Error, Result};
use crate::event::{self, By, Happened};
use crate::policy;
use domain::actor::{Actor, Channel, Party};
use domain::event::Action;
use domain::fee::Quote;
use domain::number::{MemberNo, ReportNo};
use domain::policy::Right;
use domain::refusal::{Refusal, of_report};
use domain::report::{ReportAction, ReportStatus, RewardStatus, TABLE};
use domain::time::Instant;
use domain::workflow;
use sea_orm::sea_query::{ExprTrait, LockType};
use sea_orm::{ActiveValue::Set, ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect};

/// A member as a report names it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MemberName {
    /// The member's row.
    pub id: i64,
    /// 会員番号.
    pub no: MemberNo,
    /// 姓.
    pub family: String,
    /// 名.
    pub given: String,
}

impl MemberName {
    /// 「木村 花子」
    #[must_use]
    pub fn full(&self) -> String {
        format!("{} {}", self.family, self.given)
    }
}

/// Reads a member's name.
///
/// # Errors
/// [`Error::Broken`] when a report names no member, and those of the database.
pub(crate) async fn person<C: ConnectionTrait>(connection: &C, id: i64) -> Result<MemberName> {
    let row = member::Entity::find_by_id(id).one(connection).await?;
    let row = row.ok_or_else(|| Error::Broken(format!("no member {id}")))?;
    Ok(MemberName { id, no: row.member_no, family: row.family_name, given: row.given_name })
}

/// A report and what its actor is to it.
#[derive(Clone, Debug)]
pub(crate) struct Loaded {
    pub(crate) row: Model,
    pub(crate) no: ReportNo,
    pub(crate) status: ReportStatus,
    pub(crate) reward: RewardStatus,
    pub(crate) party: Party,
    /// Whether the row is locked for a step.
    pub(crate) locked: bool,
}

impl Loaded {
    /// Reads a report the actor may see.
    ///
    /// # Errors
    /// [`Error::NotFound`], and those of the database.
    pub(crate) async fn read<C: ConnectionTrait>(connection: &C, actor: &Actor, no: ReportNo) -> Result<Self> {
        Self::select(connection, actor, no, false).await
    }

    /// Reads a report the actor may see, and holds it until the transaction ends.
    ///
    /// # Errors
    /// As [`Loaded::read`].
    pub(crate) async fn lock<C: ConnectionTrait>(transaction: &C, actor: &Actor, no: ReportNo) -> Result<Self> {
        Self::select(transaction, actor, no, true).await
    }

    async fn select<C: ConnectionTrait>(connection: &C, actor: &Actor, no: ReportNo, locked: bool) -> Result<Self> {
        let mut select = activity_report::Entity::find().filter(activity_report::Column::ReportNo.eq(no));
        if locked {
            select = select.lock(LockType::NoKeyUpdate);
        }
        let row = select.one(connection).await?.ok_or(Error::NotFound)?;
        let by = policy::permit(actor, Right::ReadReport, &row)?;
        let party = by.party().ok_or(Error::NotFound)?;
        Ok(Self { no, status: row.status, reward: row.reward_status, party, locked, row })
    }

    /// The stored snapshot; a registered report always has one.
    pub(crate) fn quote(&self) -> Result<Quote> {
        quote_of(self.row.snapshot.as_deref())?
            .ok_or_else(|| Error::Broken(format!("{} was registered without a snapshot", self.no)))
    }

    /// Who does a step of one side: its member, or a coordinator for that member.
    pub(crate) async fn by<'a, C: ConnectionTrait>(
        &self,
        connection: &C,
        actor: &'a Actor,
        side: Party,
        channel: Channel,
    ) -> Result<By<'a>> {
        let member = match side {
            Party::Family => self.row.user_member_id,
            _ => Some(self.row.provider_id),
        };
        let member = member.ok_or_else(|| Error::Broken(format!("{} has no family", self.no)))?;
        By::for_member_of(connection, actor, member, channel).await
    }
}

/// Reads a stored snapshot.
pub(crate) fn quote_of(snapshot: Option<&str>) -> Result<Option<Quote>> {
    Ok(snapshot.map(serde_json::from_str).transpose()?)
}

/// One step on a report: who wants what, from which page.
pub(crate) struct Command<'a> {
    pub(crate) actor: &'a Actor,
    /// The event's key.
    pub(crate) action: &'static str,
    /// The revision of the page the step comes from.
    pub(crate) revision: i64,
}

/// What to do with a step.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Go {
    /// Do it.
    On,
    /// The same person did exactly this already; nothing is left to do.
    Done,
}

impl Command<'_> {
    /// Whether a step of the report's table may go on: the party, then the page's age, then the state.
    ///
    /// # Errors
    /// [`Refusal::NotYours`], [`Error::Stale`] naming who was first, [`Refusal::ReportMoved`].
    pub(crate) async fn check<C: ConnectionTrait>(
        &self,
        connection: &C,
        loaded: &Loaded,
        action: ReportAction,
    ) -> Result<Go> {
        let answer = workflow::next(TABLE, loaded.status, action, loaded.party).map(|_| ());
        let possible = TABLE.iter().any(|step| step.action == action && step.by.contains(&loaded.party));
        self.judge(connection, loaded, possible, answer.map_err(|refused| of_report(refused, loaded.status))).await
    }

    /// The same judgement over another table's answer.
    pub(crate) async fn judge<C: ConnectionTrait>(
        &self,
        connection: &C,
        loaded: &Loaded,
        possible: bool,
        answer: Result<(), Refusal>,
    ) -> Result<Go> {
        if !possible {
            return Err(Refusal::NotYours.into());
        }
        if answer.is_ok() && self.revision == loaded.row.revision {
            return Ok(Go::On);
        }
        // Of what happens by itself, only a fee charged anew changes what a page shows.
        let shown = event_row::Column::Channel.ne(Channel::Job).or(event_row::Column::Action.eq(CHARGE_ANEW));
        let steps = event_row::Entity::find()
            .filter(event_row::Column::ReportId.eq(loaded.row.id))
            .filter(shown)
            .order_by_desc(event_row::Column::Id)
            .all(connection)
            .await?;
        let own = |step: &event_row::Model| step.action == self.action && step.account_id == Some(self.actor.account);
        let done = steps.iter().find(|step| step.action != CHARGE_ANEW).is_some_and(own);
        match (steps.into_iter().next(), answer) {
            (_, Err(_)) if done => Ok(Go::Done),
            (Some(last), _) if self.revision != loaded.row.revision => {
                Err(Error::Stale { by: last.actor_name, action: Action::from_key(&last.action) })
            }
            (_, Err(refusal)) => Err(refusal.into()),
            (None, Ok(())) => Err(Error::Stale { by: String::new(), action: None }),
            (Some(_), Ok(())) => Ok(Go::On),
        }
    }
}

/// Moves a report: compare-and-set on its revision, with the columns that change.
///
/// # Errors
/// [`Error::Stale`] when the revision is another; the row's lock makes that impossible inside one transaction.
pub(crate) async fn update<C: ConnectionTrait>(
    transaction: &C,
    loaded: &Loaded,
    now: Instant,
    changes: activity_report::ActiveModel,
) -> Result<()> {
    let changes =
        activity_report::ActiveModel { updated_at: Set(now.0), revision: Set(loaded.row.revision + 1), ..changes };
    let moved = activity_report::Entity::update_many()
        .set(changes)
        .filter(activity_report::Column::Id.eq(loaded.row.id))
        .filter(activity_report::Column::Revision.eq(loaded.row.revision));
    if moved.exec(transaction).await?.rows_affected != 1 {
        return Err(Error::Stale { by: String::new(), action: None });
    }
    Ok(())
}

/// Writes a report's event.
pub(crate) async fn record<C: ConnectionTrait>(
    transaction: &C,
    loaded: &Loaded,
    now: Instant,
    by: &By<'_>,
    what: Happened,
) -> Result<()> {
    let what = Happened {
        ward: Some(loaded.row.ward.clone()),
        request: loaded.row.request_id,
        report: Some(loaded.row.id),
        from: what.from.or(Some(loaded.status.key())),
        ..what
    };
    event::record(transaction, now, by, what).await
}
