//! The planned activity of an agreed case (援助活動): its one writer.

use crate::entity::{activity, care_request};
use crate::error::Result;
use domain::request::{ACTIVITY_TABLE, ActivityAction, ActivityStatus};
use domain::time::Instant;
use sea_orm::sea_query::Expr;
use sea_orm::{ActiveValue::Set, ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter};

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

/// Moves a case's activity by its table, with a reason when it ends; one that is in no state of the action stays as it is.
///
/// # Errors
/// Those of the database.
pub(crate) async fn step<C: ConnectionTrait>(
    tx: &C,
    request: i64,
    action: ActivityAction,
    reason: Option<&str>,
) -> Result<()> {
    for step in ACTIVITY_TABLE.iter().filter(|step| step.action == action) {
        let mut update = activity::Entity::update_many()
            .col_expr(activity::Column::Status, Expr::value(step.to))
            .filter(activity::Column::RequestId.eq(request))
            .filter(activity::Column::Status.eq(step.from));
        if let Some(reason) = reason {
            update = update.col_expr(activity::Column::Reason, Expr::value(reason));
        }
        if update.exec(tx).await?.rows_affected > 0 {
            break;
        }
    }
    Ok(())
}
