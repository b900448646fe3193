//! The coordinator's steps with a case, and the two that its members have: cancel, and a provider who cannot come.

use super::candidate::gates_of;
use super::case::{Asked, Case, children, end_drafts, lock_drafts};
use crate::entity::{activity_report, care_request, pre_meeting_sheet};
use crate::error::{Error, Result, stored};
use crate::event::member_label;
use crate::step::{Outcome, Step};
use crate::{Env, activity, callback, meeting, offer, reason, tariff};
use domain::actor::{Actor, Party};
use domain::coordination::{NotEstablishedReason, PairCase, SearchAgainReason, meeting_waivable};
use domain::event::{Agreed, Cancelled, Event, NotEstablished, SearchedAgain};
use domain::fault::{FieldError, FieldFault};
use domain::fee::{Care, CareChild};
use domain::id::RequestId;
use domain::input;
use domain::number::RequestNo;
use domain::refusal::Refusal;
use domain::report::ReportStatus;
use domain::request::{ActivityAction, CoordinationStatus, RequestAction};
use domain::time::{Date, Instant};
use sea_orm::sea_query::{Expr, ExprTrait, Query};
use sea_orm::{
    ActiveValue::Set, ColumnTrait, ConnectionTrait, DatabaseTransaction, EntityTrait, QueryFilter, QueryOrder,
};

/// The coordinator takes a request into her care (受付).
///
/// # Errors
/// Another ward's case: [`Error::NotFound`]; taken already: [`Error::Stale`] or the table's refusal.
pub async fn take(env: &Env, actor: &Actor, no: RequestNo, asked: Asked) -> Result<Outcome> {
    let tx = env.db.begin().await?;
    let Some(mut step) = Step::<Case>::begin(env, &tx, actor, no, RequestAction::Take, asked.seen).await? else {
        return Ok(Outcome::AlreadyApplied);
    };
    step.changes.owner_id = Set(Some(actor.account));
    step.commit(Event::Take, None).await?;
    tx.commit().await?;
    Ok(Outcome::Executed)
}

/// The coordinator notes something about a case, in any state of it, and when somebody is to be called (要連絡) where a day is
/// typed. `key` is the page's own: the same note sent twice with one key stands once.
///
/// # Errors
/// Not the ward's coordinator: [`Error::NotFound`]; an empty note, a day that cannot be: [`Error::Invalid`].
pub async fn note(
    env: &Env,
    actor: &Actor,
    no: RequestNo,
    text: &str,
    call_on: &str,
    key: &str,
) -> Result<Option<Date>> {
    let tx = env.db.begin().await?;
    let step = Step::<Case>::hold(env, &tx, actor, no).await?;
    if step.side != Party::Coordinator {
        return Err(Error::NotFound);
    }
    let due_on = callback::note(&step, text, call_on, key).await?;
    tx.commit().await?;
    Ok(due_on)
}

/// 成立 after a held meeting: the gates are asked again, the activity is planned, contacts open to the provider.
///
/// # Errors
/// Another ward's case: [`Error::NotFound`]; [`Refusal::ActivityBegun`], because an activity must be known before it
/// starts (domain 1.8); [`Refusal::Gates`], [`Refusal::SheetIncomplete`], or the table's refusal.
pub async fn establish(env: &Env, actor: &Actor, no: RequestNo, asked: Asked) -> Result<Outcome> {
    agree(env, actor, no, asked, RequestAction::Establish).await
}

/// 成立 without a meeting: the pair met for the same kind of help in the same fiscal year. The family's last
/// 事前打合せ情報 is carried over when the case has none.
///
/// # Errors
/// As [`establish`], and [`Refusal::MeetingNotWaivable`], [`Refusal::NoSheetToCarry`].
pub async fn establish_waived(env: &Env, actor: &Actor, no: RequestNo, asked: Asked) -> Result<Outcome> {
    agree(env, actor, no, asked, RequestAction::EstablishWaived).await
}

async fn agree(env: &Env, actor: &Actor, no: RequestNo, asked: Asked, action: RequestAction) -> Result<Outcome> {
    let tx = env.db.begin().await?;
    let Some(mut step) = Step::<Case>::begin(env, &tx, actor, no, action, asked.seen).await? else {
        return Ok(Outcome::AlreadyApplied);
    };
    let (case, now) = (&step.thing, step.now);
    let provider = case.row.provider_id.ok_or_else(|| Error::Broken("a matched case without a provider".into()))?;
    if case.start() <= now {
        return Err(Refusal::ActivityBegun.into());
    }
    let provider = offer::lock_provider(&tx, provider).await?;
    let gates = gates_of(&tx, &case.row, &provider).await?;
    if !gates.is_empty() {
        return Err(Refusal::Gates(gates).into());
    }
    let mut agreed = Agreed { provider: member_label(&tx, provider.id).await?, ..Agreed::default() };
    if action == RequestAction::EstablishWaived {
        if !waivable(&tx, &case.row).await? {
            return Err(Refusal::MeetingNotWaivable.into());
        }
        let from = meeting::carry_over(&tx, now, actor, &case.row).await?;
        agreed.sheet_from = from.map(|from| from.to_string());
    } else {
        agreed.meeting_at = case.row.meeting_at;
    }
    // The sheet may have been written again after the meeting; a waived one may have had nothing to take over.
    let sheet = pre_meeting_sheet::Entity::find_by_id(case.row.id).one(&tx).await?;
    let Some(sheet) = sheet.filter(|sheet| sheet.complete != 0) else {
        let waived = action == RequestAction::EstablishWaived;
        return Err(if waived { Refusal::NoSheetToCarry } else { Refusal::SheetIncomplete }.into());
    };
    agreed.sheet_revision = Some(sheet.revision);
    activity::plan(&tx, &case.row, provider.id, now).await?;
    let waived = action == RequestAction::EstablishWaived;
    let event = if waived { Event::EstablishWaived(agreed) } else { Event::Establish(agreed) };
    step.changes.established_at = Set(Some(now));
    step.commit(event, None).await?;
    tx.commit().await?;
    Ok(Outcome::Executed)
}

/// Whether this case's pair met for the same content in the same fiscal year.
pub(crate) async fn waivable<C: ConnectionTrait>(connection: &C, row: &care_request::Model) -> Result<bool> {
    let Some(provider) = row.provider_id else { return Ok(false) };
    use care_request::Column as R;
    let held = R::EstablishedAt.is_not_null().or(R::Status.eq(CoordinationStatus::MeetingHeld));
    let earlier = care_request::Entity::find()
        .filter(R::MemberId.eq(row.member_id))
        .filter(R::ProviderId.eq(provider))
        .filter(R::Id.ne(row.id))
        .filter(held);
    let mut met = Vec::new();
    for one in earlier.all(connection).await? {
        met.push(pair_case(connection, &one).await?);
    }
    let asked = pair_case(connection, row).await?;
    Ok(meeting_waivable(&asked, &met))
}

async fn pair_case<C: ConnectionTrait>(connection: &C, row: &care_request::Model) -> Result<PairCase> {
    Ok(PairCase {
        kind: stored(row.care_kind, "care kind")?,
        place: stored(row.care_place, "care place")?,
        children: children(connection, row.id).await?.into_iter().map(|child| child.id).collect(),
        day: row.starts_at.date(),
    })
}

/// 不成立: the branch found nobody. Open offers are closed with thanks.
///
/// # Errors
/// Another ward's case: [`Error::NotFound`]; no reason chosen: [`Error::Invalid`] on `reason`; 「その他」 without words:
/// on `reason_text`; or the table's refusal.
pub async fn not_establish(
    env: &Env,
    actor: &Actor,
    no: RequestNo,
    asked: Asked,
    why: &str,
    words: &str,
) -> Result<Outcome> {
    let tx = env.db.begin().await?;
    let action = RequestAction::NotEstablish;
    let Some(mut step) = Step::<Case>::begin(env, &tx, actor, no, action, asked.seen).await? else {
        return Ok(Outcome::AlreadyApplied);
    };
    let chosen = NotEstablishedReason::from_key(why).ok_or_else(|| missing("reason"))?;
    let words = if chosen == NotEstablishedReason::Other {
        Some(reason::needed("reason_text", words)?)
    } else {
        reason::optional("reason_text", words)?
    };
    step.changes.reason = Set(Some(chosen.key().to_owned()));
    step.commit(Event::NotEstablish(NotEstablished { reason: Some(chosen) }), words).await?;
    offer::close_open(&step).await?;
    tx.commit().await?;
    Ok(Outcome::Executed)
}

/// 取下げ: before 成立 the family, or the branch for it, ends the search; whoever was asked or matched is notified. Whoever
/// wants to may say why.
///
/// # Errors
/// A stranger: [`Error::NotFound`]; a reason too long, or a coordinator's without a channel: [`Error::Invalid`]; or the
/// table's refusal.
pub async fn withdraw(env: &Env, actor: &Actor, no: RequestNo, asked: Asked, why: &str) -> Result<Outcome> {
    let tx = env.db.begin().await?;
    let action = RequestAction::Withdraw;
    let Some(mut step) = Step::<Case>::begin(env, &tx, actor, no, action, asked.seen).await? else {
        return Ok(Outcome::AlreadyApplied);
    };
    let words = reason::optional("reason", why)?;
    step.for_member(step.thing.row.member_id, asked.channel).await?;
    step.changes.reason = Set(words.clone());
    step.commit(Event::Withdraw, words).await?;
    offer::close_open(&step).await?;
    tx.commit().await?;
    Ok(Outcome::Executed)
}

/// Back to the search: not agreed at the meeting, or the provider cannot come to an agreed activity, which is then
/// `CancelledByProvider` without a fee.
///
/// # Errors
/// A stranger: [`Error::NotFound`]; [`Refusal::ActivityOver`] for the provider once its hours have passed;
/// [`Refusal::AlreadyReported`] when the activity has a report; no reason: [`Error::Invalid`]; or the table's refusal.
pub async fn search_again(
    env: &Env,
    actor: &Actor,
    no: RequestNo,
    asked: Asked,
    why: &str,
    words: &str,
) -> Result<Outcome> {
    let tx = env.db.begin().await?;
    lock_drafts(&tx, no).await?;
    let mut step = match Step::<Case>::hold(env, &tx, actor, no).await {
        Ok(found) => found,
        // The provider who gave the case back is a stranger to it from then on; a second click is still answered.
        Err(Error::NotFound) if gave_back(&tx, actor, no).await? => return Ok(Outcome::AlreadyApplied),
        Err(other) => return Err(other),
    };
    if !step.take(RequestAction::SearchAgain, asked.seen).await? {
        return Ok(Outcome::AlreadyApplied);
    }
    let (case, side) = (step.thing.clone(), step.side);
    case.not_over(RequestAction::SearchAgain, side, step.now)?;
    let was_established = case.status == CoordinationStatus::Established;
    let chosen = if side == Party::Provider {
        SearchAgainReason::Provider
    } else {
        SearchAgainReason::from_key(why).ok_or_else(|| missing("reason"))?
    };
    let words = reason::needed("reason_text", words)?;
    let provider = case.row.provider_id.ok_or_else(|| Error::Broken("a matched case without a provider".into()))?;
    let on_behalf = side == Party::Coordinator && chosen == SearchAgainReason::Provider && was_established;
    if on_behalf {
        step.for_member(provider, asked.channel).await?;
    }
    let mut draft_ended = false;
    if was_established {
        draft_ended = end_drafts(&step).await?;
        activity::follow(&tx, case.row.id, ActivityAction::GiveBack, side, Some(&words)).await?;
    }
    let event = Event::SearchAgain(SearchedAgain {
        reason: Some(chosen),
        provider: member_label(&tx, provider).await?,
        meeting_at: case.row.meeting_at,
        draft_ended,
    });
    step.changes = care_request::ActiveModel {
        provider_id: Set(None),
        meeting_at: Set(None),
        meeting_place: Set(None),
        established_at: Set(None),
        ..step.changes
    };
    step.commit(event, Some(words)).await?;
    tx.commit().await?;
    Ok(Outcome::Executed)
}

/// Whether this account was the last to move the case, by giving it back.
async fn gave_back(tx: &DatabaseTransaction, actor: &Actor, no: RequestNo) -> Result<bool> {
    let case = care_request::Entity::find().filter(care_request::Column::RequestNo.eq(no)).one(tx).await?;
    let Some(case) = case else { return Ok(false) };
    let last = crate::event::last_move(tx, case.id).await?;
    Ok(last
        .is_some_and(|last| last.account_id == Some(actor.account) && last.action == RequestAction::SearchAgain.key()))
}

/// Why an activity is cancelled, as typed.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct CancelForm {
    /// キャンセルの理由
    pub reason: String,
    /// The day on which the family's word reached the branch; a coordinator may leave day and time empty for now.
    pub told_date: String,
    /// The time of that day.
    pub told_time: String,
}

/// The family cancels an agreed activity, or the coordinator for it. The fee by the tariff's ladder is kept with the
/// case as 「本部確認待ち」, outside reports and claims; the family's word counts from the moment the branch heard it, not
/// from the moment somebody typed it.
///
/// # Errors
/// A stranger: [`Error::NotFound`]; [`Refusal::ActivityOver`] for the family once its hours have passed;
/// [`Refusal::AlreadyReported`] when the activity has a registered report; no reason, or a moment that has not come or lies
/// before the request: [`Error::Invalid`]; or the table's refusal.
pub async fn cancel(env: &Env, actor: &Actor, no: RequestNo, asked: Asked, form: &CancelForm) -> Result<Outcome> {
    let tx = env.db.begin().await?;
    lock_drafts(&tx, no).await?;
    let action = RequestAction::Cancel;
    let Some(mut step) = Step::<Case>::begin(env, &tx, actor, no, action, asked.seen).await? else {
        return Ok(Outcome::AlreadyApplied);
    };
    let (now, side) = (step.now, step.side);
    step.thing.not_over(action, side, now)?;
    let (words, told_at) = read_cancel(form, side, step.thing.row.requested_at, now)?;
    step.for_member(step.thing.row.member_id, asked.channel).await?;
    let draft_ended = end_drafts(&step).await?;
    let case = &step.thing;
    let fee = fee_at(&tx, case.row.id, (case.start(), case.end()), told_at).await?;
    activity::follow(&tx, case.row.id, ActivityAction::of_cancellation(fee.when), side, Some(&words)).await?;
    let event = Event::Cancel(Cancelled {
        fee_yen: fee.fee,
        percent: fee.percent,
        planned_fee_yen: fee.planned_fee,
        told_at: (told_at != now).then_some(told_at),
        draft_ended,
    });
    step.changes.reason = Set(Some(words.clone()));
    step.changes.cancelled_at = Set(Some(told_at));
    step.changes.cancellation_fee_yen = Set(Some(fee.fee));
    step.commit(event, Some(words)).await?;
    tx.commit().await?;
    Ok(Outcome::Executed)
}

/// The reason, and the moment from which the cancellation counts: now, or when the branch heard of it.
fn read_cancel(form: &CancelForm, side: Party, requested: Instant, now: Instant) -> Result<(String, Instant)> {
    let mut faults = Vec::new();
    let words = match reason::needed("reason", &form.reason) {
        Ok(words) => words,
        Err(Error::Invalid(found)) => {
            faults.extend(found);
            String::new()
        }
        Err(other) => return Err(other),
    };
    let mut told_at = now;
    let typed = !form.told_date.trim().is_empty() || !form.told_time.trim().is_empty();
    if side == Party::Coordinator && typed {
        let mut fault = |field: &str, fault: FieldFault| faults.push(FieldError::new(field, fault));
        let date =
            input::parse_near_date(&form.told_date, now.date()).map_err(|bad| fault("told_date", bad.into())).ok();
        let time = input::parse_time(&form.told_time).map_err(|bad| fault("told_time", bad.into())).ok();
        match date.zip(time).map(|(date, minute)| Instant::at(date, minute)) {
            Some(at) if at > now => fault("told_date", FieldFault::Future),
            // The minute typed may be the one in which the request was made.
            Some(at) if at.plus_minutes(1) <= requested => fault("told_date", FieldFault::BeforeRequest),
            Some(at) => told_at = at,
            None => {}
        }
    }
    if faults.is_empty() { Ok((words, told_at)) } else { Err(Error::Invalid(faults)) }
}

/// The cancellation fee of a request's activity if it were cancelled at `now`, in yen and percent.
pub(crate) async fn fee_at<C: ConnectionTrait>(
    connection: &C,
    request: RequestId,
    (start, end): (Instant, Instant),
    now: Instant,
) -> Result<domain::fee::CancellationFee> {
    let kids = children(connection, request).await?;
    let care = Care {
        start,
        end,
        children: kids.iter().map(|child| CareChild { id: child.id, birth_date: child.birth_date }).collect(),
        others: Vec::new(),
    };
    tariff::load_from(connection).await?.cancellation_fee(&care, now).map_err(|_| Refusal::NoTariff.into())
}

/// Completes every agreed case whose report is approved; returns how many. Until then its family and its provider still
/// have work with it. A report that is opened again and voided takes its case back ([`report_again`]).
pub async fn complete_finished(env: &Env) -> Result<u64> {
    let approved = Query::select()
        .expr(Expr::val(1))
        .from(activity_report::Entity)
        .and_where(crate::db::same(activity_report::Column::RequestId, care_request::Column::Id))
        .and_where(activity_report::Column::Status.eq(ReportStatus::Approved))
        .take();
    let due = care_request::Entity::find()
        .filter(care_request::Column::Status.eq(CoordinationStatus::Established))
        .filter(Expr::exists(approved))
        .order_by_asc(care_request::Column::Id);
    let mut completed = 0;
    for care_request::Model { id, .. } in due.all(env.db.read()).await? {
        let tx = env.db.begin().await?;
        let case = Case::lock_row(&tx, id).await?;
        let mut step = Step::of(env, &tx, None, case, Party::Timer);
        // Another server may have been first.
        if step.ask(RequestAction::Complete).is_err() {
            continue;
        }
        let approved = activity_report::Entity::find()
            .filter(activity_report::Column::RequestId.eq(id))
            .filter(activity_report::Column::Status.eq(ReportStatus::Approved));
        if approved.one(&tx).await?.is_none() {
            continue;
        }
        activity::follow(&tx, id, ActivityAction::Report, Party::Timer, None).await?;
        step.commit(Event::Complete, None).await?;
        tx.commit().await?;
        completed += 1;
    }
    Ok(completed)
}

/// Takes a 完了 case back to 成立 because its report, opened again, was voided: the activity is reported again, or cancelled
/// by the branch when it never took place. Other cases stay as they are.
pub(crate) async fn report_again(env: &Env, tx: &DatabaseTransaction, request: RequestId) -> Result<()> {
    let case = Case::lock_row(tx, request).await?;
    if case.status != CoordinationStatus::Completed {
        return Ok(());
    }
    let mut step = Step::of(env, tx, None, case, Party::Timer);
    step.ask(RequestAction::ReportAgain)?;
    step.commit(Event::ReportAgain, None).await
}

fn missing(field: &str) -> Error {
    Error::Invalid(vec![FieldError::new(field, FieldFault::Missing)])
}
