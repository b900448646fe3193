//! The activity that an agreed case stands for (援助活動): what its sides see of it, and its one writer.

use crate::Env;
use crate::coordination::{Asked, Case};
use crate::effect::About;
use crate::entity::{activity, care_request};
use crate::error::{Error, Result};
use crate::event::Happened;
use crate::step::{Aggregate, Move, Moved, Outcome, Step};
use domain::actor::{Actor, Party};
use domain::event::{Event, Handover};
use domain::fault::{FieldError, FieldFault};
use domain::id::{MemberId, RequestId};
use domain::input;
use domain::number::RequestNo;
use domain::refusal::{Refusal, of_request};
use domain::request::{ACTIVITY_TABLE, ActivityAction, ActivityStatus};
use domain::time::Instant;
use domain::workflow::{StepRefused, actions, next};
use sea_orm::{
    ActiveValue::Set, ColumnTrait, Condition, ConnectionTrait, DatabaseTransaction, EntityTrait, QueryFilter,
    QueryOrder,
};

/// A case's latest activity as one side sees it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Activity {
    /// How far it has come.
    pub status: ActivityStatus,
    /// When it really began, where somebody said so.
    pub started_at: Option<Instant>,
    /// When it really ended, where somebody said so.
    pub ended_at: Option<Instant>,
    /// What the side may do with it by its table, whatever the hour.
    pub actions: Vec<ActivityAction>,
}

/// The latest activity of a case; none before 成立.
pub(crate) async fn of_case<C: ConnectionTrait>(
    connection: &C,
    request: RequestId,
    side: Party,
) -> Result<Option<Activity>> {
    let seen = |row: activity::Model| Activity {
        status: row.status,
        started_at: row.started_at,
        ended_at: row.ended_at,
        actions: actions(ACTIVITY_TABLE, row.status, side).collect(),
    };
    Ok(latest(connection, request).await?.map(seen))
}

/// The latest activity of a case. It has no lock of its own: whatever moves it holds its request.
async fn latest<C: ConnectionTrait>(connection: &C, request: RequestId) -> Result<Option<activity::Model>> {
    let rows = activity::Entity::find().filter(activity::Column::RequestId.eq(request));
    Ok(rows.order_by_desc(activity::Column::Id).one(connection).await?)
}

/// 活動開始: the children were handed over, now or at the time of the activity's day that is typed.
///
/// # Errors
/// A stranger: [`Error::NotFound`]; a time that has not come, and none where it is over by the plan: [`Error::Invalid`] on
/// `start`; a coordinator without a channel: on `channel`; [`Error::Stale`], or the table's refusal.
pub async fn start(env: &Env, actor: &Actor, no: RequestNo, asked: Asked, typed: &str) -> Result<Outcome> {
    let tx = env.db.begin().await?;
    let Some(mut step) = Step::<Day>::begin(env, &tx, actor, no, ActivityAction::Start, asked.seen).await? else {
        return Ok(Outcome::AlreadyApplied);
    };
    let (plan, now) = (&step.thing.row, to_the_minute(step.now));
    let (start, end) = (plan.starts_at, plan.ends_at);
    let wrong = |fault: FieldFault| Error::Invalid(vec![FieldError::new("start", fault)]);
    let at = match typed.trim() {
        // Long after, the button does not know when it was.
        "" if now >= end => return Err(wrong(FieldFault::Missing)),
        "" => now,
        typed => Instant::at(start.date(), input::parse_time(typed).map_err(|bad| wrong(bad.into()))?),
    };
    if at > now {
        return Err(wrong(FieldFault::Future));
    }
    if at.date() < start.date() {
        return Err(wrong(FieldFault::NotBefore(start.date())));
    }
    step.for_member(step.thing.row.provider_id, asked.channel).await?;
    step.changes.started_at = Set(Some(at));
    step.commit(Event::Start(Handover { handed_at: Some(at) }), None).await?;
    tx.commit().await?;
    Ok(Outcome::Executed)
}

/// Minutes after the planned end from which the button alone does not know any more when it was.
const LATE_MINUTES: i64 = 60;

/// 活動終了: the children were handed back, now or at the first such time after the start that is typed.
///
/// # Errors
/// As [`start`], on `end`; a time that is not after the start and has not come either: [`FieldFault::EndBeforeStart`].
pub async fn end(env: &Env, actor: &Actor, no: RequestNo, asked: Asked, typed: &str) -> Result<Outcome> {
    let tx = env.db.begin().await?;
    let Some(mut step) = Step::<Day>::begin(env, &tx, actor, no, ActivityAction::End, asked.seen).await? else {
        return Ok(Outcome::AlreadyApplied);
    };
    let (plan, now) = (&step.thing.row, to_the_minute(step.now));
    let started = plan.started_at.unwrap_or(plan.starts_at);
    let wrong = |fault: FieldFault| Error::Invalid(vec![FieldError::new("end", fault)]);
    let at = match typed.trim() {
        "" if now > plan.ends_at.plus_minutes(LATE_MINUTES) => return Err(wrong(FieldFault::Missing)),
        "" => now,
        typed => {
            let at = Instant::at(started.date(), input::parse_time(typed).map_err(|bad| wrong(bad.into()))?);
            // Past midnight, where that has come already.
            let next = at.plus_days(1);
            if at <= started && next <= now { next } else { at }
        }
    };
    if at <= started {
        return Err(wrong(FieldFault::EndBeforeStart));
    }
    if at > now {
        return Err(wrong(FieldFault::Future));
    }
    step.for_member(step.thing.row.provider_id, asked.channel).await?;
    step.changes.ended_at = Set(Some(at));
    step.commit(Event::End(Handover { handed_at: Some(at) }), None).await?;
    tx.commit().await?;
    Ok(Outcome::Executed)
}

/// A moment without its seconds, as people say it.
fn to_the_minute(at: Instant) -> Instant {
    Instant::at(at.date(), at.minute_of_day())
}

/// The activity of a case with the case it belongs to, whose revision its pages show.
struct Day {
    case: Case,
    row: activity::Model,
}

impl Aggregate for Day {
    type No = RequestNo;
    type Changes = activity::ActiveModel;
    const DISCREET: bool = Case::DISCREET;

    async fn lock(tx: &DatabaseTransaction, actor: &Actor, no: RequestNo) -> Result<(Self, Party)> {
        let (case, side) = Case::lock(tx, actor, no).await?;
        match latest(tx, case.row.id).await? {
            Some(row) => Ok((Self { case, row }, side)),
            None => Err(Refusal::RequestMoved(case.status).into()),
        }
    }

    fn revision(&self) -> i64 {
        self.case.revision()
    }

    fn shown(&self) -> Condition {
        self.case.shown()
    }

    async fn write(&mut self, tx: &DatabaseTransaction, now: Instant, changes: activity::ActiveModel) -> Result<bool> {
        Ok(write(tx, &self.row, changes).await?
            && self.case.write(tx, now, care_request::ActiveModel::default()).await?)
    }

    fn happened(&self, event: Event) -> Happened {
        self.case.happened(event)
    }

    fn about(&self) -> About<'_> {
        self.case.about()
    }
}

impl Move<Day> for ActivityAction {
    fn key(self) -> &'static str {
        self.key()
    }

    fn decide(
        self,
        day: &Day,
        side: Party,
        changes: &mut activity::ActiveModel,
    ) -> std::result::Result<Moved, Refusal> {
        let from = day.row.status;
        let to = next(ACTIVITY_TABLE, from, self, side).map_err(|refused| of_request(refused, day.case.status))?;
        changes.status = Set(to);
        Ok(Moved::new(from.key(), to.key()))
    }
}

/// Plans the activity that a case stands for.
pub(crate) async fn plan<C: ConnectionTrait>(
    tx: &C,
    case: &care_request::Model,
    provider: MemberId,
    now: Instant,
) -> Result<()> {
    let plan = activity::ActiveModel {
        request_id: Set(case.id),
        provider_id: Set(provider),
        status: Set(ActivityStatus::Planned),
        starts_at: Set(case.starts_at),
        ends_at: Set(case.ends_at),
        created_at: Set(now),
        ..Default::default()
    };
    activity::Entity::insert(plan).exec_without_returning(tx).await?;
    Ok(())
}

/// Moves a case's activity by what follows from a step of its request or its report, with a reason when it ends; one that
/// is in no state of the action stays as it is.
///
/// # Errors
/// [`Refusal::ActivityOver`] when it has come too far for that side.
pub(crate) async fn follow<C: ConnectionTrait>(
    tx: &C,
    request: RequestId,
    action: ActivityAction,
    side: Party,
    reason: Option<&str>,
) -> Result<()> {
    let Some(row) = latest(tx, request).await? else { return Ok(()) };
    match next(ACTIVITY_TABLE, row.status, action, side) {
        Ok(to) => {
            let kept = reason.map(str::to_owned).or_else(|| row.reason.clone());
            let changes = activity::ActiveModel { status: Set(to), reason: Set(kept), ..Default::default() };
            let moved = write(tx, &row, changes).await?;
            if moved { Ok(()) } else { Err(Error::Broken("a locked activity moved".into())) }
        }
        Err(StepRefused::NotNow) => Ok(()),
        Err(StepRefused::NotYours) => Err(Refusal::ActivityOver.into()),
    }
}

/// Writes an activity's columns, if its state is still the same; whether it was.
async fn write<C: ConnectionTrait>(tx: &C, row: &activity::Model, changes: activity::ActiveModel) -> Result<bool> {
    let update = activity::Entity::update_many()
        .set(changes)
        .filter(activity::Column::Id.eq(row.id))
        .filter(activity::Column::Status.eq(row.status));
    Ok(update.exec(tx).await?.rows_affected == 1)
}
