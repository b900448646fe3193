//! One family's children in two reports: what awaits approval is recalculated when a report beside it comes or goes, and
//! when a child's birth date is corrected.
//!
//! The order of ages decides who pays in full, not the order in which the reports are registered (ADR 6). What the
//! family has approved stays as it was approved.

use super::form::{children_of_report, others, request_of};
use super::load::{Loaded, quote_of};
use super::submit::content_hash;
use crate::effect::{self, words};
use crate::entity::activity_report::{self, Model};
use crate::entity::{activity_report_child, expense, member};
use crate::error::{Error, Result};
use crate::step::{Moved, Step};
use crate::tariff::Rates;
use crate::{Env, tariff};
use domain::actor::Party;
use domain::event::{Because, Event, Recalculated};
use domain::fee::{Care, MOST_MINUTES, Quote};
use domain::id::{ChildId, MemberId, ReportId};
use domain::number::{MemberNo, ReportNo};
use domain::report::{ReportStatus, RewardStatus, beside};
use domain::report_form::FormChild;
use domain::time::Instant;
use sea_orm::sea_query::{Expr, LockType, Query, SelectStatement};
use sea_orm::{
    ActiveValue::Set, ColumnTrait, Condition, ConnectionTrait, DatabaseTransaction, EntityTrait, QueryFilter,
    QueryOrder, QuerySelect,
};
use std::collections::{BTreeMap, BTreeSet};

/// Locks the provider of a report: one provider's registrations, approvals, pull-backs and voids go one
/// after the other.
///
/// Taken before any report is locked, for such a step may go on to the reports beside its own.
pub(crate) async fn lock_provider_of<C: ConnectionTrait>(transaction: &C, no: ReportNo) -> Result<()> {
    let provider = Query::select()
        .column(activity_report::Column::ProviderId)
        .from(activity_report::Entity)
        .and_where(activity_report::Column::ReportNo.eq(no))
        .take();
    let provider = member::Entity::find().filter(member::Column::Id.in_subquery(provider));
    provider.lock(LockType::NoKeyUpdate).one(transaction).await?;
    Ok(())
}

/// The hours around a report in which its provider and its family may have others.
#[derive(Clone, Copy)]
struct Around {
    provider: MemberId,
    family: MemberId,
    /// The report that is left alone.
    except: Option<ReportId>,
}

/// Recalculates the reports that await approval beside this one, after it came, went or was opened again, and notifies both
/// sides of each amount that changed. The report itself is left alone.
///
/// # Errors
/// Those of the tariff.
pub(crate) async fn recalculate(env: &Env, transaction: &DatabaseTransaction, changed: &Model) -> Result<()> {
    let (Some(family), Some(hours)) = (changed.user_member_id, hours(changed)) else { return Ok(()) };
    let around = Around { provider: changed.provider_id, family, except: Some(changed.id) };
    charge_all(env, transaction, around, hours, Because::Sibling).await
}

/// Recalculates what awaits approval of a child whose birth date was corrected, and what awaits approval beside it.
///
/// The providers of [`lock_member_and_providers`] are held, so that no step on their reports comes between.
///
/// # Errors
/// Those of the tariff.
pub(crate) async fn charge_by_birth_date(env: &Env, transaction: &DatabaseTransaction, child: ChildId) -> Result<()> {
    let reports = activity_report::Entity::find()
        .filter(activity_report::Column::Id.in_subquery(of_child(child, activity_report::Column::Id)))
        .order_by_asc(activity_report::Column::Id);
    for row in reports.all(transaction).await? {
        let (Some(family), Some(hours)) = (row.user_member_id, hours(&row)) else { continue };
        // Here the report is not left alone: its own children may stand in another order.
        let around = Around { provider: row.provider_id, family, except: None };
        charge_all(env, transaction, around, hours, Because::BirthDate).await?;
    }
    Ok(())
}

/// Locks a member and the providers of the reports that a corrected birth date of this child may reach, and returns their
/// rows; another provider's report may have come before the child is held, which [`providers_of_child`] then finds.
///
/// All of them before any report and in the order of their rows: a registration holds its provider before it looks at
/// children and reports.
pub(crate) async fn lock_member_and_providers<C: ConnectionTrait>(
    transaction: &C,
    member: MemberNo,
    child: ChildId,
) -> Result<BTreeSet<MemberId>> {
    let providers = of_child(child, activity_report::Column::ProviderId);
    let members = member::Entity::find()
        .filter(
            Condition::any().add(member::Column::MemberNo.eq(member)).add(member::Column::Id.in_subquery(providers)),
        )
        .order_by_asc(member::Column::Id)
        .lock(LockType::NoKeyUpdate);
    Ok(members.all(transaction).await?.into_iter().map(|member| member.id).collect())
}

/// The providers of the reports that a corrected birth date of this child may reach.
pub(crate) async fn providers_of_child<C: ConnectionTrait>(
    transaction: &C,
    child: ChildId,
) -> Result<BTreeSet<MemberId>> {
    let reports = of_child(child, activity_report::Column::Id);
    let reports = activity_report::Entity::find().filter(activity_report::Column::Id.in_subquery(reports));
    Ok(reports.all(transaction).await?.into_iter().map(|row| row.provider_id).collect())
}

/// Selects a column of the registered reports with this child that the family has not approved. One that is being fixed is not
/// charged before its next 登録, but what stands beside it yields to it by its children's age.
fn of_child(child: ChildId, column: activity_report::Column) -> SelectStatement {
    let reports = Query::select()
        .column(activity_report_child::Column::ReportId)
        .from(activity_report_child::Entity)
        .and_where(activity_report_child::Column::ChildId.eq(child))
        .take();
    Query::select()
        .column(column)
        .from(activity_report::Entity)
        .and_where(activity_report::Column::Id.in_subquery(reports))
        .and_where(activity_report::Column::Status.is_in(ReportStatus::NOT_APPROVED))
        .take()
}

fn hours(row: &Model) -> Option<(Instant, Instant)> {
    row.started_at.zip(row.ended_at)
}

/// Recalculates what awaits approval and meets these hours, then what meets the hours of what changed, until nothing
/// changes any more; each side is notified once of each report.
async fn charge_all(
    env: &Env,
    transaction: &DatabaseTransaction,
    around: Around,
    first: (Instant, Instant),
    because: Because,
) -> Result<()> {
    let rates = tariff::load_from(transaction).await?;
    let mut changed: BTreeMap<ReportNo, (Quote, Quote)> = BTreeMap::new();
    let mut open = vec![first];
    while let Some(span) = open.pop() {
        for (row, kids) in awaiting(transaction, around, span).await? {
            let hours = hours(&row);
            let Some(charged) = charge(env, transaction, &rates, row, &kids, because).await? else { continue };
            open.extend(hours);
            let Charged { no, before, now } = charged;
            let before = changed.remove(&no).map_or(before, |(first, _)| first);
            changed.insert(no, (before, now));
        }
    }
    let now = env.clock.now();
    for (no, (before, after)) in changed.iter().filter(|(_, (before, after))| before.as_shown() != after.as_shown()) {
        let sides = (around.family, around.provider);
        let notices = words::many::recalculated(*no, sides, (before.fee, after.fee), because);
        effect::send(env, transaction, now, notices).await?;
    }
    Ok(())
}

/// The reports of the same two sides that await approval and meet these hours, the one with the eldest child first.
async fn awaiting<C: ConnectionTrait>(
    transaction: &C,
    around: Around,
    (start, end): (Instant, Instant),
) -> Result<Vec<(Model, Vec<FormChild>)>> {
    // No report is longer than a day, so the index on the start bounds the search on both sides.
    let longest = start.plus_minutes(-MOST_MINUTES);
    use activity_report::Column as R;
    let waiting = activity_report::Entity::find()
        .filter(R::ProviderId.eq(around.provider))
        .filter(R::UserMemberId.eq(around.family))
        .filter(R::Id.ne(around.except.unwrap_or_default()))
        .filter(R::Status.eq(ReportStatus::AwaitingApproval))
        .filter(R::StartedAt.gte(longest))
        .filter(R::StartedAt.lt(end))
        .filter(R::EndedAt.gt(start))
        .order_by_asc(R::Id)
        .lock(LockType::NoKeyUpdate);
    let mut found = Vec::new();
    for row in waiting.all(transaction).await? {
        let kids = children_of_report(transaction, row.id).await?;
        found.push((row, kids));
    }
    found.sort_by_key(|(_, kids)| kids.first().map(|child| (child.birth_date, child.id)));
    Ok(found)
}

/// A report that was charged by other places than before.
struct Charged {
    no: ReportNo,
    before: Quote,
    now: Quote,
}

/// Charges one report by the places that are free now; `None` when nothing about it changes.
async fn charge(
    env: &Env,
    transaction: &DatabaseTransaction,
    rates: &Rates,
    row: Model,
    kids: &[FormChild],
    because: Because,
) -> Result<Option<Charged>> {
    let (Some(family), Some(request), Some(start), Some(end)) =
        (row.user_member_id, row.request_id, row.started_at, row.ended_at)
    else {
        return Err(Error::Broken(format!("report {} was registered without its hours", row.id)));
    };
    let in_care: Vec<_> = kids.iter().map(FormChild::in_care).collect();
    let beside_it = others(transaction, (row.provider_id, family), row.id, (start, end)).await?;
    let places = beside(start, end, &in_care, &beside_it)?;
    let care = Care { start, end, children: in_care, others: places };
    let quote = rates.quote(&care).map_err(|refusal| Error::Broken(format!("report {}: {refusal}", row.id)))?;
    let no = row.report_no;
    let before = quote_of(row.snapshot.as_deref())?
        .ok_or_else(|| Error::Broken(format!("{no} was registered without a snapshot")))?;
    if before.lines == quote.lines {
        return Ok(None);
    }
    let snapshot = serde_json::to_string(&quote)?;
    if before.as_shown() == quote.as_shown() {
        // Another place for the same yen, which only the reports beside it need to know: revision and hash stay, so that
        // the page the family has open can still be approved.
        activity_report::Entity::update_many()
            .col_expr(activity_report::Column::Snapshot, Expr::value(snapshot))
            .filter(activity_report::Column::Id.eq(row.id))
            .exec(transaction)
            .await?;
        return Ok(Some(Charged { no, before, now: quote }));
    }
    let request = request_of(transaction, request).await?.map(|request| request.no);
    let request = request.ok_or_else(|| Error::Broken(format!("report {} has no request", row.id)))?;
    let expenses = expense::Entity::find().filter(expense::Column::ReportId.eq(row.id));
    let expenses = expenses.order_by_asc(expense::Column::Id).all(transaction).await?;
    let expenses: Vec<(&str, i64)> = expenses.iter().map(|one| (one.kind.key(), one.yen)).collect();
    let ids: Vec<ChildId> = kids.iter().map(|child| child.id).collect();
    let hash = content_hash((no, request), row.provider_id, (start, end), &ids, &expenses, &row.notes, &quote)?;
    let loaded = Loaded {
        no,
        status: ReportStatus::AwaitingApproval,
        reward: RewardStatus::NotReceived,
        party: Party::Timer,
        locked: true,
        row,
    };
    let status = loaded.status.key();
    let mut step = Step::of(env, transaction, None, loaded, Party::Timer);
    step.moved = Moved::new(status, status);
    step.changes = activity_report::ActiveModel {
        snapshot: Set(Some(snapshot)),
        content_hash: Set(Some(hash.clone())),
        fee_yen: Set(quote.fee),
        benefit_yen: Set(quote.benefit),
        ..step.changes
    };
    let event = Event::Recalculate(Recalculated {
        because: Some(because),
        content_hash: hash,
        fee_before: before.fee,
        fee: quote.fee,
        benefit: quote.benefit,
    });
    step.commit(event, None).await?;
    Ok(Some(Charged { no, before, now: quote }))
}
