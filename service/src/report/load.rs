//! Reads a report for an actor, and how its steps move it ([`crate::step`]).

use crate::effect::About;
use crate::entity::activity_report::{self, Model};
use crate::entity::{event as stored_event, member};
use crate::error::{Error, Result};
use crate::event::Happened;
use crate::policy;
use crate::step::{Aggregate, Move, Moved};
use domain::actor::{Actor, Channel, Party};
use domain::event::{Action, Event};
use domain::fee::Quote;
use domain::id::{MemberId, ReportId};
use domain::number::{MemberNo, ReportNo};
use domain::policy::Right;
use domain::receipt::of_reward;
use domain::refusal::{Refusal, of_report};
use domain::report::{REWARD_TABLE, ReportAction, ReportStatus, RewardAction, RewardStatus, TABLE};
use domain::time::Instant;
use domain::workflow;
use sea_orm::sea_query::LockType;
use sea_orm::{
    ActiveValue::Set, ColumnTrait, Condition, ConnectionTrait, DatabaseTransaction, EntityTrait, QueryFilter,
    QuerySelect,
};

/// A member as a report names it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MemberName {
    /// The member's row.
    pub id: MemberId,
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
/// [`Error::Broken`] when a report names no member.
pub(crate) async fn person<C: ConnectionTrait>(connection: &C, id: MemberId) -> Result<MemberName> {
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
    /// [`Error::NotFound`].
    pub(crate) async fn read<C: ConnectionTrait>(connection: &C, actor: &Actor, no: ReportNo) -> Result<Self> {
        Self::select(connection, actor, no, false).await
    }

    /// Finds and holds a report by its row, for jobs.
    pub(crate) async fn lock_row(tx: &DatabaseTransaction, id: ReportId) -> Result<Option<Self>> {
        let found = activity_report::Entity::find_by_id(id).lock(LockType::NoKeyUpdate).one(tx).await?;
        Ok(found.map(|row| Self {
            no: row.report_no,
            status: row.status,
            reward: row.reward_status,
            party: Party::Timer,
            locked: true,
            row,
        }))
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

    /// The member of one side, whose step it is.
    pub(crate) fn member(&self, side: Party) -> Result<MemberId> {
        let member = match side {
            Party::Family => self.row.user_member_id,
            _ => Some(self.row.provider_id),
        };
        member.ok_or_else(|| Error::Broken(format!("{} has no family", self.no)))
    }
}

/// Reads a stored snapshot.
pub(crate) fn quote_of(snapshot: Option<&str>) -> Result<Option<Quote>> {
    Ok(snapshot.map(serde_json::from_str).transpose()?)
}

impl Aggregate for Loaded {
    type No = ReportNo;
    type Changes = activity_report::ActiveModel;
    // The family and the provider stand by name on every page of it.
    const DISCREET: bool = false;

    async fn lock(tx: &DatabaseTransaction, actor: &Actor, no: ReportNo) -> Result<(Self, Party)> {
        let loaded = Self::select(tx, actor, no, true).await?;
        let party = loaded.party;
        Ok((loaded, party))
    }

    fn revision(&self) -> i64 {
        self.row.revision
    }

    fn shown(&self) -> Condition {
        // Of what happens by itself, only a recalculated fee changes what a page shows.
        let by_people = stored_event::Column::Channel.ne(Channel::Job);
        let recalculated = stored_event::Column::Action.eq(Action::Recalculate.key());
        Condition::all()
            .add(stored_event::Column::ReportId.eq(self.row.id))
            .add(Condition::any().add(by_people).add(recalculated))
    }

    async fn write(&mut self, tx: &DatabaseTransaction, now: Instant, changes: Self::Changes) -> Result<bool> {
        let (status, reward) = (changes.status.clone(), changes.reward_status.clone());
        let changes = Self::Changes { updated_at: Set(now), revision: Set(self.row.revision + 1), ..changes };
        let done = activity_report::Entity::update_many()
            .set(changes)
            .filter(activity_report::Column::Id.eq(self.row.id))
            .filter(activity_report::Column::Revision.eq(self.row.revision))
            .exec(tx)
            .await?;
        self.row.revision += 1;
        if let Set(status) = status {
            self.status = status;
        }
        if let Set(reward) = reward {
            self.reward = reward;
        }
        Ok(done.rows_affected == 1)
    }

    fn happened(&self, event: Event) -> Happened {
        let row = &self.row;
        Happened { ward: Some(row.ward.clone()), request: row.request_id, report: Some(row.id), ..Happened::new(event) }
    }

    fn about(&self) -> About<'_> {
        About::Report(&self.row)
    }
}

type Decided = std::result::Result<Moved, Refusal>;

impl Move<Loaded> for ReportAction {
    fn key(self) -> &'static str {
        self.key()
    }

    fn decide(self, loaded: &Loaded, side: Party, changes: &mut activity_report::ActiveModel) -> Decided {
        if !TABLE.iter().any(|step| step.action == self && step.by.contains(&side)) {
            return Err(Refusal::NotYours);
        }
        let to =
            workflow::next(TABLE, loaded.status, self, side).map_err(|refused| of_report(refused, loaded.status))?;
        changes.status = Set(to);
        Ok(Moved::new(loaded.status.key(), to.key()))
    }
}

impl Move<Loaded> for RewardAction {
    fn key(self) -> &'static str {
        self.key()
    }

    /// Only an approved report's reward moves.
    fn decide(self, loaded: &Loaded, side: Party, changes: &mut activity_report::ActiveModel) -> Decided {
        if !REWARD_TABLE.iter().any(|step| step.action == self && step.by.contains(&side)) {
            return Err(Refusal::NotYours);
        }
        if loaded.status != ReportStatus::Approved {
            return Err(Refusal::NotApproved);
        }
        let to = workflow::next(REWARD_TABLE, loaded.reward, self, side)
            .map_err(|refused| of_reward(refused, loaded.reward))?;
        changes.reward_status = Set(to);
        Ok(Moved::new(loaded.reward.key(), to.key()))
    }
}
