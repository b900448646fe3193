//! A case's history: every event of the request and of its reports, for its coordinator and the headquarters.

use crate::entity::{activity_report, care_request, event as trail};
use crate::error::{Error, Result};
use crate::{Env, db, event, policy};
use domain::actor::{Actor, Channel};
use domain::event::Event;
use domain::number::{ReportNo, RequestNo};
use domain::policy::Right;
use domain::time::Instant;
use sea_orm::sea_query::{JoinType, Order, UnionType};
use sea_orm::{ColumnTrait, EntityTrait, FromQueryResult, QueryFilter, QuerySelect, QueryTrait, RelationTrait, Select};

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
    /// Why, or a note; without the words of a note for whoever may not read them.
    pub reason: Option<String>,
    /// Whether it is a note whose words are the branch's alone.
    pub withheld: bool,
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
    at: Instant,
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

/// The history of a case: of its request and of every report on it. What the branch noted about its members on the
/// telephone is the branch's alone: the headquarters learn that there is a note.
///
/// # Errors
/// [`Error::NotFound`] for everybody but a coordinator of its ward and the headquarters, and for drafts.
pub async fn of_request(env: &Env, actor: &Actor, no: RequestNo) -> Result<History> {
    let connection = env.db.read();
    let query = care_request::Entity::find().filter(care_request::Column::RequestNo.eq(no));
    let head = query.one(connection).await?.ok_or(Error::NotFound)?;
    policy::permit(actor, Right::ReadHistory, &head)?;
    let entries = |join: JoinType| -> Select<trail::Entity> {
        use trail::Column as E;
        trail::Entity::find()
            .select_only()
            // Named, for the union's order.
            .column_as(E::Id, "id")
            .columns([E::At, E::Action, E::FromStatus, E::ToStatus, E::ActorName, E::OnBehalfOf])
            .columns([E::Channel, E::Reason, E::Detail])
            .column(activity_report::Column::ReportNo)
            .join(join, trail::Relation::Report.def())
    };
    let of_case = entries(JoinType::LeftJoin).filter(trail::Column::RequestId.eq(head.id)).into_query();
    let of_reports = entries(JoinType::InnerJoin).filter(activity_report::Column::RequestId.eq(head.id)).into_query();
    // An event of a report may carry its request too: the union keeps it once.
    let mut both = of_case;
    both.union(UnionType::Distinct, of_reports).order_by("id", Order::Asc);
    let rows: Vec<Row> = db::select(connection, &both).await?;
    let notes = policy::ward(actor, Right::KeepDesk).is_ok();
    let entries = rows.into_iter().map(|row| entry(row, notes)).collect::<Result<Vec<_>>>()?;
    Ok(History { no, entries })
}

fn entry(row: Row, notes: bool) -> Result<HistoryEntry> {
    let event = event::read(&row.action, row.report_no.is_some(), row.detail.as_deref())?;
    let withheld = event == Event::Note && !notes;
    Ok(HistoryEntry {
        at: row.at,
        event,
        from: row.from_status,
        to: row.to_status,
        who: row.actor_name,
        on_behalf_of: row.on_behalf_of,
        channel: row.channel,
        reason: row.reason.filter(|_| !withheld),
        withheld,
        report: row.report_no,
    })
}
