//! One step: how a request, a report and a member are moved.
//!
//! [`Step::begin`] permits, finds and locks, finds the step already done by the same person, asks the table, and refuses a page that
//! showed an older state. [`Step::commit`] writes what changed if nothing else did meanwhile, then the event, then whoever
//! is notified of it ([`crate::effect`]). Holding a step proves the lock. What must be locked before the row itself is
//! locked in the use case's first lines (ADR 6).
//!
//! A step that adds no state of its own uses [`Step::hold`] and [`Step::record`].

use crate::Env;
use crate::effect::{self, About, Cause};
use crate::entity::{account, event as stored_event};
use crate::error::{Error, Result};
use crate::event::{self, By, Happened, LastMove};
use domain::actor::{Actor, Channel, Party};
use domain::event::{Action, Event};
use domain::id::MemberId;
use domain::refusal::Refusal;
use domain::time::Instant;
use sea_orm::{Condition, DatabaseTransaction, EntityTrait, QueryFilter, QueryOrder};

/// Whether a command did something, or found its work already done by the same person.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// It happened now.
    Executed,
    /// The same person had done it already: a double click, a resent page.
    AlreadyApplied,
}

/// Something that moves by steps: a row with a revision, its sides, and its part of the audit trail.
pub(crate) trait Aggregate: Sized {
    /// How people name it.
    type No: Copy;
    /// The columns that a step writes.
    type Changes: Default;
    /// Whether its members do not learn each other's names from a page that came too late.
    const DISCREET: bool;

    /// Finds it for one of its sides and holds it until the transaction ends; what the actor may not see is not found.
    async fn lock(tx: &DatabaseTransaction, actor: &Actor, no: Self::No) -> Result<(Self, Party)>;

    /// The revision that its pages show.
    fn revision(&self) -> i64;

    /// The events that changed what its pages show.
    fn shown(&self) -> Condition;

    /// Writes the columns and the next revision, if the revision is still this one; whether it was.
    async fn write(&mut self, tx: &DatabaseTransaction, now: Instant, changes: Self::Changes) -> Result<bool>;

    /// An event about it.
    fn happened(&self, event: Event) -> Happened;

    /// It, as those who are notified read of it.
    fn about(&self) -> About<'_>;
}

/// What is done to it: an action of one of its tables.
pub(crate) trait Move<T: Aggregate>: Copy {
    /// The key under which the audit trail keeps it.
    fn key(self) -> &'static str;

    /// Asks the table; writes the state after into the changes.
    fn decide(self, thing: &T, side: Party, changes: &mut T::Changes) -> std::result::Result<Moved, Refusal>;
}

/// The states before and after, by their keys.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Moved {
    pub from: Option<&'static str>,
    pub to: Option<&'static str>,
}

impl Moved {
    pub const fn new(from: &'static str, to: &'static str) -> Self {
        Self { from: Some(from), to: Some(to) }
    }
}

/// A step under way on something that is locked.
pub(crate) struct Step<'a, T: Aggregate> {
    pub env: &'a Env,
    pub tx: &'a DatabaseTransaction,
    pub now: Instant,
    /// Who does it; nobody for a job.
    pub actor: Option<&'a Actor>,
    /// The same as the history names it.
    pub by: By<'a>,
    /// The actor's side.
    pub side: Party,
    pub thing: T,
    /// The columns to write; the state after stands in them already.
    pub changes: T::Changes,
    pub moved: Moved,
}

impl<'a, T: Aggregate> Step<'a, T> {
    /// Begins a step on the page that showed the revision `seen`; `None` when the same person has done it already.
    ///
    /// # Errors
    /// [`Error::NotFound`], [`Error::Stale`] naming who was first, or the table's refusal.
    pub async fn begin<M: Move<T>>(
        env: &'a Env,
        tx: &'a DatabaseTransaction,
        actor: &'a Actor,
        no: T::No,
        action: M,
        seen: Option<i64>,
    ) -> Result<Option<Self>> {
        let mut step = Self::hold(env, tx, actor, no).await?;
        Ok(step.take(action, seen).await?.then_some(step))
    }

    /// Finds and locks, before anything is done.
    ///
    /// # Errors
    /// [`Error::NotFound`].
    pub async fn hold(env: &'a Env, tx: &'a DatabaseTransaction, actor: &'a Actor, no: T::No) -> Result<Self> {
        let (thing, side) = T::lock(tx, actor, no).await?;
        Ok(Self::of(env, tx, Some(actor), thing, side))
    }

    /// The same with something that was found and locked in another way: by a job, or through an offer.
    pub fn of(env: &'a Env, tx: &'a DatabaseTransaction, actor: Option<&'a Actor>, thing: T, side: Party) -> Self {
        let by = match actor {
            Some(actor) => By::web(actor),
            None => By::job(),
        };
        let (changes, moved) = (T::Changes::default(), Moved::default());
        Self { env, tx, now: env.clock.now(), actor, by, side, thing, changes, moved }
    }

    /// Judges the page that the step comes from, then the table; `false` when the same person has done it already.
    ///
    /// # Errors
    /// [`Refusal::NotYours`] before anything else, [`Error::Stale`] naming who was first, or the table's refusal.
    pub async fn take<M: Move<T>>(&mut self, action: M, seen: Option<i64>) -> Result<bool> {
        let fresh = seen.is_none_or(|seen| seen == self.thing.revision());
        let refusal = match action.decide(&self.thing, self.side, &mut self.changes) {
            Err(Refusal::NotYours) => return Err(Refusal::NotYours.into()),
            Ok(moved) if fresh => {
                self.moved = moved;
                return Ok(true);
            }
            answer => answer.err(),
        };
        let steps = last_steps(self.tx, self.thing.shown()).await?;
        let own = |step: &LastMove| {
            step.action == action.key() && self.actor.is_some_and(|actor| step.account_id == Some(actor.account))
        };
        let done = steps.iter().find(|step| step.action != Action::Recalculate.key()).is_some_and(own);
        match (refusal, self.actor) {
            (Some(_), _) if done => Ok(false),
            (_, Some(actor)) if !fresh => Err(event::stale(actor, with_role(self.tx, steps).await?, T::DISCREET)),
            (Some(refusal), _) => Err(refusal.into()),
            (None, _) => Err(Error::Stale { by: String::new(), action: None }),
        }
    }

    /// Asks the table alone, where the page's age does not matter.
    ///
    /// # Errors
    /// The table's refusal.
    pub fn ask<M: Move<T>>(&mut self, action: M) -> Result<()> {
        self.moved = action.decide(&self.thing, self.side, &mut self.changes)?;
        Ok(())
    }

    /// From here on the step is a member's: the actor's own, or a coordinator's in the member's name.
    ///
    /// # Errors
    /// The field `channel`, when a coordinator does not say how the member's word reached the branch.
    pub async fn for_member(&mut self, member: MemberId, channel: Channel) -> Result<()> {
        if let Some(actor) = self.actor {
            self.by = By::for_member_of(self.tx, actor, member, channel).await?;
        }
        Ok(())
    }

    /// Writes the changes if nothing else did meanwhile, the event, and what follows from it.
    pub async fn commit(&mut self, event: Event, reason: Option<String>) -> Result<()> {
        let (changes, moved) = (std::mem::take(&mut self.changes), std::mem::take(&mut self.moved));
        if !self.thing.write(self.tx, self.now, changes).await? {
            return Err(Error::Broken("a locked row moved".into()));
        }
        self.say(&self.by, moved, event, reason).await
    }

    /// Writes an event that changes no column of it, and what follows from it.
    pub async fn record(&self, event: Event, reason: Option<String>) -> Result<()> {
        self.say(&self.by, self.moved, event, reason).await
    }

    /// The same by somebody else: what follows by itself from a step.
    pub async fn record_as(&self, by: &By<'_>, event: Event, reason: Option<String>) -> Result<()> {
        self.say(by, Moved::default(), event, reason).await
    }

    async fn say(&self, by: &By<'_>, moved: Moved, event: Event, reason: Option<String>) -> Result<()> {
        let what = Happened { from: moved.from, to: moved.to, reason, ..self.thing.happened(event) };
        event::record(self.tx, self.now, by, what.clone()).await?;
        let cause = Cause {
            event: &what.event,
            about: self.thing.about(),
            from: moved.from,
            reason: what.reason.as_deref(),
            by,
            now: self.now,
        };
        effect::follow(self.env, self.tx, &cause).await
    }
}

/// The last steps first.
async fn last_steps(tx: &DatabaseTransaction, shown: Condition) -> Result<Vec<LastMove>> {
    let query = stored_event::Entity::find().filter(shown).order_by_desc(stored_event::Column::Id);
    let of = |row: stored_event::Model| LastMove {
        action: row.action,
        account_id: row.account_id,
        actor_name: row.actor_name,
        role: None,
    };
    Ok(query.all(tx).await?.into_iter().map(of).collect())
}

/// The very last one, with the role of whoever did it.
async fn with_role(tx: &DatabaseTransaction, steps: Vec<LastMove>) -> Result<Option<LastMove>> {
    let Some(last) = steps.into_iter().next() else { return Ok(None) };
    let role = match last.account_id {
        Some(id) => account::Entity::find_by_id(id).one(tx).await?.map(|account| account.role),
        None => None,
    };
    Ok(Some(LastMove { role, ..last }))
}
