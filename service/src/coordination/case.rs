//! A case inside a transaction: found for an actor, locked, and how its steps move it ([`crate::step`]).

use crate::effect::About;
use crate::entity::{activity_report, care_request, care_request_child, child, event as stored_event};
use crate::error::{Error, Result};
use crate::event::{self, Happened};
use crate::policy;
use crate::step::{Aggregate, Move, Moved, Step};
use domain::actor::{Actor, Channel, Party};
use domain::event::Event;
use domain::id::{ChildId, RequestId};
use domain::number::RequestNo;
use domain::policy::{Relation, Right};
use domain::refusal::{Refusal, of_request};
use domain::report::ReportStatus;
use domain::request::{CoordinationStatus, RequestAction, TABLE, is_over_for};
use domain::time::Instant;
use domain::workflow::next;
use sea_orm::sea_query::{Expr, ExprTrait, LockType, Query};
use sea_orm::{
    ActiveValue::Set, ColumnTrait, Condition, ConnectionTrait, DatabaseTransaction, EntityTrait, FromQueryResult,
    QueryFilter, QueryOrder, QuerySelect,
};

/// What a page sends with a step: the revision it showed, and how the wish reached the branch.
#[derive(Clone, Copy, Debug, Default)]
pub struct Asked {
    /// The revision the page showed; without it the step is judged by the case's state alone.
    pub seen: Option<i64>,
    /// The channel when a coordinator acts for a member.
    pub channel: Channel,
}

impl Asked {
    /// A step on the page that showed this revision.
    #[must_use]
    pub const fn seen(revision: i64) -> Self {
        Self { seen: Some(revision), channel: Channel::Web }
    }

    /// The same step, reached by another channel.
    #[must_use]
    pub const fn by(self, channel: Channel) -> Self {
        Self { channel, ..self }
    }
}

/// A request's row: locked until the transaction ends for a step, as it is now for a page ([`Case::read`]).
#[derive(Clone, Debug)]
pub(crate) struct Case {
    pub row: care_request::Model,
    pub no: RequestNo,
    pub status: CoordinationStatus,
}

/// Which side of a case somebody is on; `None` for strangers, other wards and the headquarters.
///
/// Nobody is both sides: a provider who belongs to the family never passes the gates. A draft has one side only, the
/// family that writes it.
pub(crate) fn party(actor: &Actor, row: &care_request::Model) -> Option<Party> {
    policy::permit(actor, Right::TakePart, row).ok()?.party()
}

impl Case {
    fn of(row: care_request::Model) -> Result<Self> {
        Ok(Self { no: row.request_no, status: row.status, row })
    }

    /// Finds and locks a case by its row, for jobs and for steps that start at an offer.
    pub async fn lock_row(tx: &DatabaseTransaction, id: RequestId) -> Result<Self> {
        let row =
            care_request::Entity::find_by_id(id).lock(LockType::NoKeyUpdate).one(tx).await?.ok_or(Error::NotFound)?;
        Self::of(row)
    }

    /// Reads the case of a number for one of its parties.
    pub async fn read<C: ConnectionTrait>(connection: &C, actor: &Actor, no: RequestNo) -> Result<(Self, Party)> {
        let query = care_request::Entity::find().filter(care_request::Column::RequestNo.eq(no));
        let row = query.one(connection).await?.ok_or(Error::NotFound)?;
        let party = party(actor, &row).ok_or(Error::NotFound)?;
        Ok((Self::of(row)?, party))
    }

    /// Reads any ward's case for the headquarters; a draft is the family's alone.
    pub async fn read_as_headquarters<C: ConnectionTrait>(
        connection: &C,
        actor: &Actor,
        no: RequestNo,
    ) -> Result<Self> {
        let query = care_request::Entity::find().filter(care_request::Column::RequestNo.eq(no));
        let row = query.one(connection).await?.ok_or(Error::NotFound)?;
        match policy::permit(actor, Right::ReadRequest, &row)? {
            Relation::Headquarters => Self::of(row),
            _ => Err(Error::NotFound),
        }
    }

    pub const fn start(&self) -> Instant {
        self.row.starts_at
    }

    pub const fn end(&self) -> Instant {
        self.row.ends_at
    }

    /// Refuses a member's step that comes after the activity is over.
    pub fn not_over(&self, action: RequestAction, party: Party, now: Instant) -> Result<()> {
        if is_over_for(action, party, self.end(), now) { Err(Refusal::ActivityOver.into()) } else { Ok(()) }
    }
}

impl Aggregate for Case {
    type No = RequestNo;
    type Changes = care_request::ActiveModel;
    const DISCREET: bool = true;

    async fn lock(tx: &DatabaseTransaction, actor: &Actor, no: RequestNo) -> Result<(Self, Party)> {
        let query = care_request::Entity::find().filter(care_request::Column::RequestNo.eq(no));
        let row = query.lock(LockType::NoKeyUpdate).one(tx).await?.ok_or(Error::NotFound)?;
        let party = party(actor, &row).ok_or(Error::NotFound)?;
        Ok((Self::of(row)?, party))
    }

    fn revision(&self) -> i64 {
        self.row.revision
    }

    fn shown(&self) -> Condition {
        Condition::all()
            .add(stored_event::Column::RequestId.eq(self.row.id))
            .add(stored_event::Column::ReportId.is_null())
            .add(stored_event::Column::ToStatus.is_not_null())
    }

    async fn write(
        &mut self,
        tx: &DatabaseTransaction,
        now: Instant,
        changes: care_request::ActiveModel,
    ) -> Result<bool> {
        let to = changes.status.clone();
        let changes =
            care_request::ActiveModel { updated_at: Set(now), revision: Set(self.row.revision + 1), ..changes };
        let done = care_request::Entity::update_many()
            .set(changes)
            .filter(care_request::Column::Id.eq(self.row.id))
            .filter(care_request::Column::Revision.eq(self.row.revision))
            .exec(tx)
            .await?;
        self.row.revision += 1;
        if let Set(to) = to {
            self.status = to;
        }
        Ok(done.rows_affected == 1)
    }

    fn happened(&self, event: Event) -> Happened {
        Happened { ward: Some(self.row.ward.clone()), request: Some(self.row.id), ..Happened::new(event) }
    }

    fn about(&self) -> About<'_> {
        About::Case(&self.row)
    }
}

impl Move<Case> for RequestAction {
    fn key(self) -> &'static str {
        self.key()
    }

    fn decide(
        self,
        case: &Case,
        side: Party,
        changes: &mut care_request::ActiveModel,
    ) -> std::result::Result<Moved, Refusal> {
        let to = next(TABLE, case.status, self, side).map_err(|refused| of_request(refused, case.status))?;
        changes.status = Set(to);
        Ok(Moved::new(case.status.key(), to.key()))
    }
}

/// Locks the drafts of reports on a request, for a step that may end them: a report's steps lock the report before its
/// request, and so must this one.
pub(crate) async fn lock_drafts(tx: &DatabaseTransaction, no: RequestNo) -> Result<()> {
    let request = Query::select()
        .column(care_request::Column::Id)
        .from(care_request::Entity)
        .and_where(Expr::col(care_request::Column::RequestNo).eq(no))
        .take();
    let drafts = activity_report::Entity::find()
        .filter(activity_report::Column::Status.eq(ReportStatus::Draft))
        .filter(activity_report::Column::RequestId.in_subquery(request));
    drafts.lock(LockType::NoKeyUpdate).all(tx).await?;
    Ok(())
}

/// Refuses when a registered report stands on the case: its activity cannot be undone any more. A draft is only the
/// provider's note for later; it ends with the activity it was for, and `true` is returned.
pub(crate) async fn end_drafts(step: &Step<'_, Case>) -> Result<bool> {
    let (tx, case, now) = (step.tx, &step.thing, step.now);
    let query = activity_report::Entity::find()
        .filter(activity_report::Column::RequestId.eq(case.row.id))
        .filter(activity_report::Column::Status.ne(ReportStatus::Voided));
    let Some(report) = query.one(tx).await? else { return Ok(false) };
    let status = report.status;
    if status.is_registered() {
        let report = report.report_no.to_string();
        return Err(Refusal::AlreadyReported { report }.into());
    }
    let reason = "援助活動がなくなったため";
    let voided = activity_report::Entity::update_many()
        .col_expr(activity_report::Column::Status, Expr::value(ReportStatus::Voided))
        .col_expr(activity_report::Column::VoidReason, Expr::value(reason))
        .col_expr(activity_report::Column::UpdatedAt, Expr::value(now))
        .col_expr(activity_report::Column::Revision, Expr::value(report.revision + 1))
        .filter(activity_report::Column::Id.eq(report.id))
        .filter(activity_report::Column::Revision.eq(report.revision));
    if voided.exec(tx).await?.rows_affected == 0 {
        return Err(Error::Broken("a locked draft moved".into()));
    }
    let what = Happened {
        report: Some(report.id),
        from: Some(status.key()),
        to: Some(ReportStatus::Voided.key()),
        reason: Some(reason.to_owned()),
        ..case.happened(Event::Void)
    };
    event::record(tx, now, &step.by, what).await?;
    Ok(true)
}

/// The children of a request: row, given name, reading and birth date, eldest first.
#[derive(Clone, Debug, FromQueryResult)]
pub(crate) struct ChildRow {
    pub id: ChildId,
    pub given_name: String,
    pub kana: String,
    pub birth_date: domain::time::Date,
}

/// Reads the children of a request, eldest first.
pub(crate) async fn children<C: ConnectionTrait>(connection: &C, request: RequestId) -> Result<Vec<ChildRow>> {
    let of_request = Query::select()
        .column(care_request_child::Column::ChildId)
        .from(care_request_child::Entity)
        .and_where(Expr::col(care_request_child::Column::RequestId).eq(request))
        .take();
    let children = child::Entity::find()
        .filter(child::Column::Id.in_subquery(of_request))
        .order_by_asc(child::Column::BirthDate)
        .order_by_asc(child::Column::Id);
    Ok(children.into_model().all(connection).await?)
}
