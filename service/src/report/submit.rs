//! 登録, pulling back, 取消.

use super::changes::version;
use super::draft::{reportable, save_within};
use super::form::{FormRequest, children_of_request, fields, find_request, others, request_of};
use super::load::Loaded;
use super::siblings::{lock_provider_of, recalculate};
use crate::entity::activity_report::{self, Model};
use crate::entity::{activity_report_child, care_request, care_request_child, child, expense};
use crate::error::{Error, Result};
use crate::event::on_behalf;
use crate::step::Step;
use crate::{Env, activity, coupon, id, policy, reason, tariff};
use domain::actor::{Actor, Channel, Party};
use domain::coupon::settle;
use domain::event::{Action, AskedFamily, Event, Registered};
use domain::fault::{FieldError, FieldFault};
use domain::fee::{Care, FeeRefusal, Quote};
use domain::id::{ChildId, MemberId};
use domain::number::{ReportNo, RequestNo};
use domain::policy::{Right, can};
use domain::refusal::{Refusal, of_report};
use domain::report::{ReportAction, TABLE, beside};
use domain::report_form::{Content, FormChild, ReportForm};
use domain::request::ActivityAction;
use domain::time::Instant;
use domain::workflow;
use sea_orm::sea_query::{LockType, Query};
use sea_orm::{
    ActiveValue::Set, ColumnTrait, ConnectionTrait, DatabaseTransaction, EntityTrait, QueryFilter, QueryOrder,
    QuerySelect,
};
use serde_json::json;

/// A form that could be registered now.
#[derive(Clone, Debug)]
pub struct Checked {
    /// The request.
    pub request: FormRequest,
    /// What the form says.
    pub content: Content,
    /// What it costs.
    pub quote: Quote,
}

/// Holds a form against every guard of 登録 without writing anything.
///
/// # Errors
/// As [`register`].
pub async fn check(
    env: &Env,
    actor: &Actor,
    no: Option<ReportNo>,
    form: &ReportForm,
    channel: Channel,
) -> Result<Checked> {
    let connection = env.db.read();
    let now = env.clock.now();
    if can(actor, Right::KeepDesk) {
        on_behalf(channel)?;
    }
    let Some(no) = no else {
        policy::stand(actor, Right::BeginReport)?;
        return weigh(connection, actor, None, form, now).await;
    };
    let loaded = Loaded::read(connection, actor, no).await?;
    workflow::next(TABLE, loaded.status, ReportAction::Submit, loaded.party)
        .map_err(|refused| of_report(refused, loaded.status))?;
    weigh(connection, actor, Some(&loaded), form, now).await
}

/// 登録 of what is on the page: saves it and registers it in one transaction; a new report gets its number here.
///
/// # Errors
/// As [`super::save`] and [`submit`]; nothing is saved then.
pub async fn register(
    env: &Env,
    actor: &Actor,
    seen: Option<(ReportNo, i64)>,
    form: &ReportForm,
    key: &str,
    channel: Channel,
) -> Result<ReportNo> {
    let transaction = env.db.begin().await?;
    if let Some((no, revision)) = seen {
        lock_provider_of(&transaction, no).await?;
        let mut step = Step::<Loaded>::hold(env, &transaction, actor, no).await?;
        if !step.take(ReportAction::Submit, Some(revision)).await? {
            // Another tab of the same draft may have been registered: what this one says is not dropped in silence.
            return if says_the_same(&transaction, &step.thing, form, step.now).await? {
                Ok(no)
            } else {
                Err(Error::Stale { by: actor.name.clone(), action: Some(Action::Submit) })
            };
        }
    }
    let no = save_within(env, &transaction, actor, seen, form, key, channel).await?;
    submit_within(env, &transaction, actor, no, None, channel).await?;
    transaction.commit().await?;
    Ok(no)
}

/// Whether a form says what its report was registered with, however it was typed.
async fn says_the_same<C: ConnectionTrait>(
    transaction: &C,
    loaded: &Loaded,
    form: &ReportForm,
    now: Instant,
) -> Result<bool> {
    let request = match loaded.row.request_id {
        Some(id) => request_of(transaction, id).await?,
        None => None,
    };
    let Some(request) = request else { return Ok(false) };
    let registered = fields(transaction, loaded).await?;
    let same_request = RequestNo::parse(&form.request).is_ok_and(|no| no == request.no);
    let read = |form: &ReportForm| form.read(now, &request.children).ok();
    Ok(same_request && read(form).is_some_and(|content| Some(content) == read(&registered)))
}

/// 登録 of a saved report: fixes fee and benefit in a snapshot and asks the family to approve.
///
/// Guards: the request is 成立 with this provider and has no other live report, every field is right, the end is not
/// in the future, and no other registered report of the provider overlaps, except one of the same family with other
/// children; the sibling order then runs over both ([`domain::fee::SiblingPlace`]).
///
/// # Errors
/// [`Error::Invalid`], [`Error::Stale`], and the refusals above.
pub async fn submit(env: &Env, actor: &Actor, no: ReportNo, revision: i64, channel: Channel) -> Result<()> {
    let transaction = env.db.begin().await?;
    submit_within(env, &transaction, actor, no, Some(revision), channel).await?;
    transaction.commit().await?;
    Ok(())
}

/// `revision` is that of the page; without one the report was saved in this transaction.
async fn submit_within(
    env: &Env,
    transaction: &DatabaseTransaction,
    actor: &Actor,
    no: ReportNo,
    revision: Option<i64>,
    channel: Channel,
) -> Result<()> {
    lock_provider_of(transaction, no).await?;
    let action = ReportAction::Submit;
    let Some(mut step) = Step::<Loaded>::begin(env, transaction, actor, no, action, revision).await? else {
        return Ok(());
    };
    step.for_member(step.thing.member(Party::Provider)?, channel).await?;
    let (loaded, now) = (&step.thing, step.now);
    let form = fields(transaction, loaded).await?;
    let Checked { request, content, quote } = weigh(transaction, actor, Some(loaded), &form, now).await?;
    let snapshot = serde_json::to_string(&quote)?;
    let content_hash = hash(loaded, request.no, &content, &quote)?;
    // Its columns and parts still hold what the family was shown.
    let until_now = match loaded.row.submitted_at {
        Some(_) => Some(version(transaction, &loaded.row).await?),
        None => None,
    };

    write_parts(transaction, loaded, &content).await?;
    step.changes = activity_report::ActiveModel {
        request_id: Set(Some(request.id)),
        user_member_id: Set(Some(request.family.id)),
        ward: Set(request.ward.clone()),
        entered_on: Set(content.entered_on),
        started_at: Set(Some(content.start)),
        ended_at: Set(Some(content.end)),
        notes: Set(content.notes.clone()),
        draft_fields: Set(None),
        snapshot: Set(Some(snapshot)),
        content_hash: Set(Some(content_hash.clone())),
        fee_yen: Set(quote.fee),
        benefit_yen: Set(quote.benefit),
        expenses_yen: Set(content.expenses_yen()),
        coupon_yen: Set(0),
        revision_comment: Set(None),
        submitted_at: Set(Some(now)),
        ..step.changes
    };
    let registered = Model {
        user_member_id: Some(request.family.id),
        started_at: Some(content.start),
        ended_at: Some(content.end),
        ..loaded.row.clone()
    };
    let before = loaded.row.clone();
    let tickets = !coupon::usable(transaction, before.id, content.start.date()).await?.is_empty();
    let asked = AskedFamily {
        member: request.family.id,
        start: content.start,
        end: content.end,
        pays: settle(&quote, &[], content.expenses_yen()).user_pays,
        tickets,
    };
    let event = Event::SubmitReport(Registered {
        content_hash,
        fee: quote.fee,
        benefit: quote.benefit,
        expenses: content.expenses_yen(),
        before: until_now,
        asked: Some(asked),
    });
    step.commit(event, None).await?;
    // The hours it had before, and those it has now.
    recalculate(env, transaction, &before).await?;
    recalculate(env, transaction, &registered).await?;
    activity::follow(transaction, request.id, ActivityAction::Report, step.side, None).await
}

/// Every guard of 登録; all wrong fields at once, then the rules.
async fn weigh<C: ConnectionTrait>(
    connection: &C,
    actor: &Actor,
    loaded: Option<&Loaded>,
    form: &ReportForm,
    now: Instant,
) -> Result<Checked> {
    let request = match request_to_report(connection, actor, loaded, &form.request).await {
        Ok(request) if loaded.is_some_and(|loaded| loaded.locked) => held(connection, request).await?,
        Ok(request) => request,
        Err(Error::Invalid(mut errors)) => {
            // Which children may be chosen is not known without the request.
            let others = form.read(now, &[]).err().unwrap_or_default();
            errors.extend(others.into_iter().filter(|error| error.field != "children"));
            return Err(Error::Invalid(errors));
        }
        Err(error) => return Err(error),
    };
    let content = form.read(now, &request.children).map_err(Error::Invalid)?;
    let span = (content.start, content.end);
    let others =
        others(connection, request.sides(), loaded.map(|loaded| loaded.row.id).unwrap_or_default(), span).await?;
    let children: Vec<_> = content.children.iter().map(FormChild::in_care).collect();
    let others = beside(content.start, content.end, &children, &others)?;
    let care = Care { start: content.start, end: content.end, children, others };
    let quote = tariff::load_from(connection).await?.quote(&care).map_err(fee_fault)?;
    Ok(Checked { request, content, quote })
}

/// The same request with its children held as they are: no birth date is corrected between their order and the snapshot.
async fn held<C: ConnectionTrait>(transaction: &C, request: FormRequest) -> Result<FormRequest> {
    // In the order in which a request that is being written holds them.
    let of_request = Query::select()
        .column(care_request_child::Column::ChildId)
        .from(care_request_child::Entity)
        .and_where(care_request_child::Column::RequestId.eq(request.id))
        .take();
    let children = child::Entity::find()
        .filter(child::Column::Id.in_subquery(of_request))
        .order_by_asc(child::Column::BirthDate)
        .order_by_asc(child::Column::Id);
    children.lock(LockType::Share).all(transaction).await?;
    let children = children_of_request(transaction, request.id).await?;
    Ok(FormRequest { children, ..request })
}

/// Takes a registered report back before it is approved, to be edited again.
///
/// # Errors
/// [`Error::Stale`], [`Refusal::ReportMoved`], [`Refusal::NotYours`].
pub async fn pull_back(env: &Env, actor: &Actor, no: ReportNo, revision: i64, channel: Channel) -> Result<()> {
    let transaction = env.db.begin().await?;
    lock_provider_of(&transaction, no).await?;
    let action = ReportAction::PullBack;
    let Some(mut step) = Step::<Loaded>::begin(env, &transaction, actor, no, action, Some(revision)).await? else {
        return Ok(());
    };
    step.for_member(step.thing.member(Party::Provider)?, channel).await?;
    step.commit(Event::PullBack, None).await?;
    let row = &step.thing.row;
    recalculate(env, &transaction, row).await?;
    if let Some(request) = row.request_id {
        activity::follow(&transaction, request, ActivityAction::Unreport, step.side, None).await?;
    }
    transaction.commit().await?;
    Ok(())
}

/// 取消: ends a report with a reason; its number is never used again and the request may be reported again.
///
/// # Errors
/// [`Error::Invalid`] without a reason, [`Error::Stale`], [`Refusal::ReportMoved`], [`Refusal::NotYours`].
pub async fn void(env: &Env, actor: &Actor, no: ReportNo, revision: i64, reason: &str, channel: Channel) -> Result<()> {
    let transaction = env.db.begin().await?;
    lock_provider_of(&transaction, no).await?;
    let action = ReportAction::Void;
    let Some(mut step) = Step::<Loaded>::begin(env, &transaction, actor, no, action, Some(revision)).await? else {
        return Ok(());
    };
    step.for_member(step.thing.member(Party::Provider)?, channel).await?;
    let reason = reason::needed("reason", reason)?;
    step.changes.void_reason = Set(Some(reason.clone()));
    step.commit(Event::Void, Some(reason)).await?;
    let row = &step.thing.row;
    recalculate(env, &transaction, row).await?;
    if let Some(request) = row.request_id {
        activity::follow(&transaction, request, ActivityAction::Unreport, step.side, None).await?;
        crate::coordination::report_again(env, &transaction, request).await?;
    }
    transaction.commit().await?;
    Ok(())
}

/// The request a report is registered for: fixed since the first 登録, else the one its form names.
async fn request_to_report<C: ConnectionTrait>(
    connection: &C,
    actor: &Actor,
    loaded: Option<&Loaded>,
    typed: &str,
) -> Result<FormRequest> {
    let fixed = loaded.filter(|loaded| loaded.row.submitted_at.is_some()).and_then(|loaded| loaded.row.request_id);
    let request = match fixed {
        Some(id) => {
            // Inside the transaction the row stays as it is until its end.
            if loaded.is_some_and(|loaded| loaded.locked) {
                care_request::Entity::find_by_id(id).lock(LockType::NoKeyUpdate).one(connection).await?;
            }
            request_of(connection, id).await?
        }
        None => match RequestNo::parse(typed) {
            Ok(no) => find_request(connection, actor, no, loaded.is_some_and(|loaded| loaded.locked)).await?,
            Err(_) if typed.trim().is_empty() => return Err(request_fault(FieldFault::Missing)),
            Err(_) => None,
        },
    };
    let own = loaded.map(|loaded| loaded.row.id).unwrap_or_default();
    if let (None, Some(loaded)) = (&request, loaded)
        && let Some(id) = loaded.row.request_id
    {
        // The draft's own request is no longer with this provider.
        return match request_of(connection, id).await? {
            Some(other) if other.provider != loaded.row.provider_id => Err(Refusal::NotYours.into()),
            _ => Err(request_fault(FieldFault::Unknown)),
        };
    }
    let request = request.ok_or_else(|| request_fault(FieldFault::Unknown))?;
    if loaded.is_some_and(|loaded| loaded.row.provider_id != request.provider) {
        return Err(Refusal::NotYours.into());
    }
    reportable(connection, &request, own).await?;
    Ok(request)
}

fn request_fault(fault: FieldFault) -> Error {
    Error::Invalid(vec![FieldError::new("request", fault)])
}

fn fee_fault(fault: FeeRefusal) -> Error {
    let field = |field: &str, fault| Error::Invalid(vec![FieldError::new(field, fault)]);
    match fault {
        FeeRefusal::EndNotAfterStart => field("end", FieldFault::EndBeforeStart),
        FeeRefusal::TooLong { most } => field("end", FieldFault::TooLongPeriod(most)),
        FeeRefusal::NoChildren => field("children", FieldFault::Missing),
        FeeRefusal::TooManyChildren { .. } | FeeRefusal::RepeatedChild => field("children", FieldFault::NotAChoice),
        FeeRefusal::NoTariff { .. } => Refusal::NoTariff.into(),
        FeeRefusal::HolidaysUnknown { last, .. } => Refusal::HolidaysUnknown { last }.into(),
        FeeRefusal::TariffUnusable => Error::Broken("the tariff has no default band".into()),
    }
}

/// Names everything the family approves, so that a change of any of it is another hash.
fn hash(loaded: &Loaded, request: RequestNo, content: &Content, quote: &Quote) -> Result<String> {
    let children: Vec<ChildId> = content.children.iter().map(|child| child.id).collect();
    let expenses: Vec<(&str, i64)> = content.expenses.iter().map(|(kind, yen)| (kind.key(), *yen)).collect();
    let span = (content.start, content.end);
    content_hash((loaded.no, request), loaded.row.provider_id, span, &children, &expenses, &content.notes, quote)
}

/// The hash of a report's content: numbers, provider, span, children, expenses, notes, and the snapshot as it is shown.
///
/// # Errors
/// When the snapshot cannot be written as JSON.
pub fn content_hash(
    (report, request): (ReportNo, RequestNo),
    provider: MemberId,
    (start, end): (Instant, Instant),
    children: &[ChildId],
    expenses: &[(&str, i64)],
    notes: &str,
    quote: &Quote,
) -> Result<String> {
    let shown = serde_json::to_string(&quote.as_shown())?;
    let parts =
        json!([report.to_string(), request.to_string(), provider, start.0, end.0, children, expenses, notes, shown]);
    Ok(id::sha256(&parts.to_string()))
}

async fn write_parts<C: ConnectionTrait>(transaction: &C, loaded: &Loaded, content: &Content) -> Result<()> {
    let own = loaded.row.id;
    let old = activity_report_child::Entity::delete_many().filter(activity_report_child::Column::ReportId.eq(own));
    old.exec(transaction).await?;
    expense::Entity::delete_many().filter(expense::Column::ReportId.eq(own)).exec(transaction).await?;
    let children = content
        .children
        .iter()
        .map(|child| activity_report_child::ActiveModel { report_id: Set(own), child_id: Set(child.id) });
    activity_report_child::Entity::insert_many(children).exec_without_returning(transaction).await?;
    let expenses = content.expenses.iter().map(|(kind, yen)| expense::ActiveModel {
        report_id: Set(own),
        kind: Set(*kind),
        yen: Set(*yen),
        ..Default::default()
    });
    expense::Entity::insert_many(expenses).exec_without_returning(transaction).await?;
    Ok(())
}
