//! A case's history: every event of the request and of its reports, for its coordinator and the headquarters.

use crate::entity::care_request;
use crate::error::{Error, Result};
use crate::{Env, db, event, policy};
use domain::actor::{Actor, Channel};
use domain::event::Event;
use domain::number::{ReportNo, RequestNo};
use domain::policy::Right;
use domain::time::Instant;
use sea_orm::{ColumnTrait, EntityTrait, FromQueryResult, QueryFilter};

/// One thing that happened.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HistoryEntry {
    /// When.
    pub at: Instant,
    /// What, with what was seen or changed.
    pub event: Event,
    /// The status before, as its key.
    pub from: Option<String>,
    /// The status after, as its key.
    pub to: Option<String>,
    /// Who did it.
    pub who: String,
    /// For which member, when a coordinator acted for one.
    pub on_behalf_of: Option<String>,
    /// How it reached the branch.
    pub channel: Channel,
    /// Why, or a note.
    pub reason: Option<String>,
    /// The report it belongs to; none for the request itself.
    pub report: Option<ReportNo>,
}

/// The history of a case, oldest first.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct History {
    /// 依頼ID
    pub no: RequestNo,
    /// What happened, oldest first.
    pub entries: Vec<HistoryEntry>,
}

#[derive(FromQueryResult)]
struct Row {
    at: i64,
    action: String,
    from_status: Option<String>,
    to_status: Option<String>,
    actor_name: String,
    on_behalf_of: Option<String>,
    channel: Channel,
    reason: Option<String>,
    detail: Option<String>,
    report_no: Option<ReportNo>,
}

/// The history of a case: of its request and of every report on it.
///
/// # Errors
/// [`Error::NotFound`] for everybody but a coordinator of its ward and the headquarters, and for drafts.
pub async fn of_request(env: &Env, actor: &Actor, no: RequestNo) -> Result<History> {
    let connection = env.db.read();
    let query = care_request::Entity::find().filter(care_request::Column::RequestNo.eq(no));
    let head = query.one(connection).await?.ok_or(Error::NotFound)?;
    policy::permit(actor, Right::ReadHistory, &head)?;
    let columns = "e.id AS id, e.at, e.action, e.from_status, e.to_status, e.actor_name, e.on_behalf_of, e.channel, e.reason, \
                   e.detail, p.report_no";
    // An event of a report may carry its request too: UNION keeps it once.
    let sql = format!(
        "SELECT {columns} FROM event e LEFT JOIN activity_report p ON p.id = e.report_id WHERE e.request_id = $1 \
         UNION SELECT {columns} FROM activity_report p JOIN event e ON e.report_id = p.id WHERE p.request_id = $1 \
         ORDER BY id"
    );
    let rows: Vec<Row> = db::rows(connection, &sql, vec![head.id.into()]).await?;
    let entries = rows.into_iter().map(entry).collect::<Result<Vec<_>>>()?;
    Ok(History { no, entries })
}

fn entry(row: Row) -> Result<HistoryEntry> {
    Ok(HistoryEntry {
        at: Instant(row.at),
        event: event::read(&row.action, row.report_no.is_some(), row.detail.as_deref())?,
        from: row.from_status,
        to: row.to_status,
        who: row.actor_name,
        on_behalf_of: row.on_behalf_of,
        channel: row.channel,
        reason: row.reason,
        report: row.report_no,
    })
}
