//! What changed since the family last read a report: before beside after.

use super::form::children_of_report;
use crate::entity::activity_report::Model;
use crate::entity::{event as trail, expense};
use crate::error::Result;
use crate::event;
use domain::event::Event;
use domain::report::ReportStatus;
use domain::report_change::{Changed, Version, changes};
use domain::report_form::FormChild;
use sea_orm::{ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter};

/// What is known of the changes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Changes {
    /// The fields that differ, none of them when it came again as it was; `None` when what it said before was not
    /// recorded, because it came again under an earlier release.
    pub fields: Option<Vec<Changed>>,
    /// The children that the report may name.
    pub children: Vec<FormChild>,
}

/// What a registered report says in its columns.
pub(super) async fn version<C: ConnectionTrait>(connection: &C, row: &Model) -> Result<Version> {
    let expenses = expense::Entity::find().filter(expense::Column::ReportId.eq(row.id)).all(connection).await?;
    let children = children_of_report(connection, row.id).await?;
    Ok(Version {
        entered_on: Some(row.entered_on),
        hours: row.started_at.zip(row.ended_at),
        children: children.into_iter().map(|child| child.id).collect(),
        expenses: expenses.into_iter().map(|row| (row.kind, row.yen)).collect(),
        notes: row.notes.clone(),
        fee: row.fee_yen,
        benefit: row.benefit_yen,
    })
}

/// The changes of a report that has come again and awaits its approval: since a change was asked for, which its family
/// has surely read, else since it was registered first.
pub(super) async fn since<C: ConnectionTrait>(
    connection: &C,
    row: &Model,
    trail: &[trail::Model],
    children: &[FormChild],
) -> Result<Option<Changes>> {
    if row.status != ReportStatus::AwaitingApproval {
        return Ok(None);
    }
    let (mut asked, mut before) = (false, None);
    for step in trail {
        match event::read(&step.action, true, step.detail.as_deref())? {
            Event::RequestRevision | Event::Reopen(_) => (asked, before) = (true, None),
            Event::SubmitReport(registered) => before = before.or(registered.before),
            _ => {}
        }
    }
    let fields = match (asked, before) {
        (false, None) => return Ok(None),
        (true, None) => None,
        (_, Some(before)) => Some(changes(&before, &version(connection, row).await?)),
    };
    Ok(Some(Changes { fields, children: children.to_vec() }))
}
