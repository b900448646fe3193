//! The activity that an agreed case stands for (援助活動): what its sides see of it, and its one writer.

use crate::entity::{activity, care_request};
use crate::error::Result;
use domain::actor::Party;
use domain::refusal::Refusal;
use domain::request::{ACTIVITY_TABLE, ActivityAction, ActivityStatus};
use domain::time::Instant;
use domain::workflow::{StepRefused, actions, next};
use sea_orm::{ActiveValue::Set, ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter, QueryOrder};

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
///
/// # Errors
/// Those of the database.
pub(crate) async fn of_case<C: ConnectionTrait>(connection: &C, request: i64, side: Party) -> Result<Option<Activity>> {
    let seen = |row: activity::Model| Activity {
        status: row.status,
        started_at: row.started_at,
        ended_at: row.ended_at,
        actions: actions(ACTIVITY_TABLE, row.status, side).collect(),
    };
    Ok(latest(connection, request).await?.map(seen))
}

async fn latest<C: ConnectionTrait>(connection: &C, request: i64) -> Result<Option<activity::Model>> {
    let rows = activity::Entity::find().filter(activity::Column::RequestId.eq(request));
    Ok(rows.order_by_desc(activity::Column::Id).one(connection).await?)
}

/// Plans the activity that a case stands for.
///
/// # Errors
/// Those of the database.
pub(crate) async fn plan<C: ConnectionTrait>(
    tx: &C,
    case: &care_request::Model,
    provider: i64,
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
    request: i64,
    action: ActivityAction,
    side: Party,
    reason: Option<&str>,
) -> Result<()> {
    let Some(row) = latest(tx, request).await? else { return Ok(()) };
    match next(ACTIVITY_TABLE, row.status, action, side) {
        Ok(to) => {
            let kept = reason.map(str::to_owned).or_else(|| row.reason.clone());
            write(tx, &row, activity::ActiveModel { status: Set(to), reason: Set(kept), ..Default::default() }).await?;
            Ok(())
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
