//! The coordinator's steps with a case, and the two that its members have: cancel, and a provider who cannot come.

use super::candidate::gates_of;
use super::case::{Asked, Case, Outcome, Taken, cancel_activity, children, end_drafts, lock_drafts};
use super::message::Teller;
use crate::entity::{activity, activity_report, care_request, pre_meeting_sheet};
use crate::error::{Error, Result, stored};
use crate::event::{By, Happened, member_label};
use crate::{Env, meeting, offer, once, reason, tariff};
use domain::actor::{Actor, Party};
use domain::coordination::{NotEstablishedReason, PairCase, SearchAgainReason, meeting_waivable};
use domain::event::{Agreed, Cancelled, Event, NotEstablished, SearchedAgain};
use domain::fault::{FieldError, FieldFault};
use domain::fee::{Care, CareChild};
use domain::input;
use domain::number::RequestNo;
use domain::refusal::Refusal;
use domain::report::ReportStatus;
use domain::request::{ActivityStatus, CareKind, CarePlace, CoordinationStatus, RequestAction};
use domain::time::Instant;
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
    let now = env.clock.now();
    let (mut case, side) = Case::lock(&tx, actor, no).await?;
    if case.already(&tx, actor, asked, RequestAction::Take).await? {
        return Ok(Outcome::AlreadyApplied);
    }
    let to = case.decide(RequestAction::Take, side)?;
    let taken = Taken { to, reason: None, event: Event::Take };
    let changes = care_request::ActiveModel { owner_id: Set(Some(actor.account)), ..Default::default() };
    case.advance(&tx, now, &By::web(actor), taken, changes).await?;
    tx.commit().await?;
    Ok(Outcome::Executed)
}

/// The coordinator notes something about a case, in any state of it. `key` is the page's own: the same note sent twice
/// with one key stands once.
///
/// # Errors
/// Not the ward's coordinator: [`Error::NotFound`]; an empty note: [`Error::Invalid`].
pub async fn note(env: &Env, actor: &Actor, no: RequestNo, text: &str, key: &str) -> Result<()> {
    let tx = env.db.begin().await?;
    let now = env.clock.now();
    let (case, side) = Case::lock(&tx, actor, no).await?;
    if side != Party::Coordinator {
        return Err(Error::NotFound);
    }
    let text = reason::needed("note", text)?;
    if once::said(&tx, actor.account, key, &text, now).await? {
        return Ok(());
    }
    let what = Happened { reason: Some(text), ..Happened::new(Event::Note) };
    case.tell(&tx, now, &By::web(actor), what).await?;
    tx.commit().await?;
    Ok(())
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
    let now = env.clock.now();
    let (mut case, side) = Case::lock(&tx, actor, no).await?;
    if case.already(&tx, actor, asked, action).await? {
        return Ok(Outcome::AlreadyApplied);
    }
    let to = case.decide(action, side)?;
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
        agreed.meeting_at = case.row.meeting_at.map(Instant);
    }
    // The sheet may have been written anew after the meeting; a waived one may have had nothing to take over.
    let sheet = pre_meeting_sheet::Entity::find_by_id(case.row.id).one(&tx).await?;
    let Some(sheet) = sheet.filter(|sheet| sheet.complete != 0) else {
        let waived = action == RequestAction::EstablishWaived;
        return Err(if waived { Refusal::NoSheetToCarry } else { Refusal::SheetIncomplete }.into());
    };
    agreed.sheet_revision = Some(sheet.revision);
    let plan = activity::ActiveModel {
        request_id: Set(case.row.id),
        provider_id: Set(provider.id),
        status: Set(ActivityStatus::Planned),
        starts_at: Set(case.row.starts_at),
        ends_at: Set(case.row.ends_at),
        created_at: Set(now.0),
        ..Default::default()
    };
    activity::Entity::insert(plan).exec_without_returning(&tx).await?;
    let waived = action == RequestAction::EstablishWaived;
    let event = if waived { Event::EstablishWaived(agreed) } else { Event::Establish(agreed) };
    let taken = Taken { to, reason: None, event };
    let changes = care_request::ActiveModel { established_at: Set(Some(now.0)), ..Default::default() };
    case.advance(&tx, now, &By::web(actor), taken, changes).await?;
    Teller::new(env, &tx, &case).established([case.row.member_id, provider.id]).await?;
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
        let (kind, place) = (one.care_kind.as_str(), one.care_place.as_str());
        met.push(pair_case(connection, one.id, kind, place, one.starts_at).await?);
    }
    let asked = pair_case(connection, row.id, &row.care_kind, &row.care_place, row.starts_at).await?;
    Ok(meeting_waivable(&asked, &met))
}

async fn pair_case<C: ConnectionTrait>(
    connection: &C,
    request: i64,
    kind: &str,
    place: &str,
    starts_at: i64,
) -> Result<PairCase> {
    Ok(PairCase {
        kind: stored(CareKind::from_key(kind), "care kind")?,
        place: stored(CarePlace::from_key(place), "care place")?,
        children: children(connection, request).await?.into_iter().map(|child| child.id).collect(),
        day: Instant(starts_at).date(),
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
    let now = env.clock.now();
    let (mut case, side) = Case::lock(&tx, actor, no).await?;
    if case.already(&tx, actor, asked, RequestAction::NotEstablish).await? {
        return Ok(Outcome::AlreadyApplied);
    }
    let to = case.decide(RequestAction::NotEstablish, side)?;
    let chosen = NotEstablishedReason::from_key(why).ok_or_else(|| missing("reason"))?;
    let words = if chosen == NotEstablishedReason::Other {
        Some(reason::needed("reason_text", words)?)
    } else {
        reason::optional("reason_text", words)?
    };
    let event = Event::NotEstablish(NotEstablished { reason: Some(chosen) });
    let taken = Taken { to, reason: words, event };
    let changes = care_request::ActiveModel { reason: Set(Some(chosen.key().to_owned())), ..Default::default() };
    case.advance(&tx, now, &By::web(actor), taken, changes).await?;
    offer::close_open(env, &tx, &case).await?;
    Teller::new(env, &tx, &case).not_established(case.row.member_id).await?;
    tx.commit().await?;
    Ok(Outcome::Executed)
}

/// 取下げ: before 成立 the family, or the branch for it, ends the search; whoever was asked or matched is told. Whoever
/// wants to may say why.
///
/// # Errors
/// A stranger: [`Error::NotFound`]; a reason too long, or a coordinator's without a channel: [`Error::Invalid`]; or the
/// table's refusal.
pub async fn withdraw(env: &Env, actor: &Actor, no: RequestNo, asked: Asked, why: &str) -> Result<Outcome> {
    let tx = env.db.begin().await?;
    let now = env.clock.now();
    let (mut case, side) = Case::lock(&tx, actor, no).await?;
    if case.already(&tx, actor, asked, RequestAction::Withdraw).await? {
        return Ok(Outcome::AlreadyApplied);
    }
    let to = case.decide(RequestAction::Withdraw, side)?;
    let words = reason::optional("reason", why)?;
    let by = By::for_member_of(&tx, actor, case.row.member_id, asked.channel).await?;
    let was_draft = case.status == CoordinationStatus::Draft;
    let with_reason = words.is_some();
    let taken = Taken { to, reason: words.clone(), event: Event::Withdraw };
    let changes = care_request::ActiveModel { reason: Set(words), ..Default::default() };
    case.advance(&tx, now, &by, taken, changes).await?;
    // A draft was the family's alone: nobody was asked, and nobody knows of it.
    if !was_draft {
        offer::close_open(env, &tx, &case).await?;
        let teller = Teller::new(env, &tx, &case);
        if let Some(provider) = case.row.provider_id {
            teller.withdrawn(provider).await?;
        }
        if side == Party::Family {
            teller.withdrawn_by_family(&case.row.ward, with_reason).await?;
        } else {
            teller.withdrawn_for_family(case.row.member_id).await?;
        }
    }
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
    let now = env.clock.now();
    lock_drafts(&tx, no).await?;
    let (mut case, side) = match Case::lock(&tx, actor, no).await {
        Ok(found) => found,
        // The provider who gave the case back is a stranger to it from then on; a second click is still answered.
        Err(Error::NotFound) if gave_back(&tx, actor, no).await? => return Ok(Outcome::AlreadyApplied),
        Err(other) => return Err(other),
    };
    if case.already(&tx, actor, asked, RequestAction::SearchAgain).await? {
        return Ok(Outcome::AlreadyApplied);
    }
    let to = case.decide(RequestAction::SearchAgain, side)?;
    case.not_over(RequestAction::SearchAgain, side, now)?;
    let was_established = case.status == CoordinationStatus::Established;
    let chosen = if side == Party::Provider {
        SearchAgainReason::Provider
    } else {
        SearchAgainReason::from_key(why).ok_or_else(|| missing("reason"))?
    };
    let words = reason::needed("reason_text", words)?;
    let provider = case.row.provider_id.ok_or_else(|| Error::Broken("a matched case without a provider".into()))?;
    let on_behalf = side == Party::Coordinator && chosen == SearchAgainReason::Provider && was_established;
    let by = if on_behalf { By::for_member_of(&tx, actor, provider, asked.channel).await? } else { By::web(actor) };
    let mut draft_ended = false;
    if was_established {
        draft_ended = end_drafts(&tx, &case, now, &by).await?;
        cancel_activity(&tx, case.row.id, ActivityStatus::CancelledByProvider, &words).await?;
    }
    let event = Event::SearchAgain(SearchedAgain {
        reason: Some(chosen),
        provider: member_label(&tx, provider).await?,
        meeting_at: case.row.meeting_at.map(Instant),
    });
    let taken = Taken { to, reason: Some(words), event };
    let changes = care_request::ActiveModel {
        provider_id: Set(None),
        meeting_at: Set(None),
        meeting_place: Set(None),
        established_at: Set(None),
        ..Default::default()
    };
    case.advance(&tx, now, &by, taken, changes).await?;
    let teller = Teller::new(env, &tx, &case);
    teller.search_again(case.row.member_id, provider, draft_ended).await?;
    if side == Party::Provider {
        teller.given_back(&case.row.ward).await?;
    }
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
    let now = env.clock.now();
    lock_drafts(&tx, no).await?;
    let (mut case, side) = Case::lock(&tx, actor, no).await?;
    if case.already(&tx, actor, asked, RequestAction::Cancel).await? {
        return Ok(Outcome::AlreadyApplied);
    }
    let to = case.decide(RequestAction::Cancel, side)?;
    case.not_over(RequestAction::Cancel, side, now)?;
    let (words, told_at) = read_cancel(form, side, Instant(case.row.requested_at), now)?;
    let by = By::for_member_of(&tx, actor, case.row.member_id, asked.channel).await?;
    let draft_ended = end_drafts(&tx, &case, now, &by).await?;
    let provider = case.row.provider_id.ok_or_else(|| Error::Broken("an agreed case without a provider".into()))?;
    let fee = fee_at(&tx, case.row.id, (case.start(), case.end()), told_at).await?;
    cancel_activity(&tx, case.row.id, ActivityStatus::of_cancellation(fee.when), &words).await?;
    let event = Event::Cancel(Cancelled {
        fee_yen: fee.fee,
        percent: fee.percent,
        planned_fee_yen: fee.planned_fee,
        told_at: (told_at != now).then_some(told_at),
    });
    let taken = Taken { to, reason: Some(words.clone()), event };
    let changes = care_request::ActiveModel {
        reason: Set(Some(words)),
        cancelled_at: Set(Some(told_at.0)),
        cancellation_fee_yen: Set(Some(fee.fee)),
        ..Default::default()
    };
    case.advance(&tx, now, &by, taken, changes).await?;
    let teller = Teller::new(env, &tx, &case);
    teller.cancelled([case.row.member_id, provider], by.on_behalf_of.is_some(), draft_ended).await?;
    if side == Party::Family {
        teller.cancelled_by_family(&case.row.ward).await?;
    }
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
        let date = input::parse_date(&form.told_date).map_err(|bad| fault("told_date", bad.into())).ok();
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
    request: i64,
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
/// have work with it. A report that is opened again and voided takes its case back ([`report_anew`]).
///
/// # Errors
/// Those of the database.
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
        let mut case = Case::lock_row(&tx, id).await?;
        // Another server may have been first.
        let Ok(to) = case.decide(RequestAction::Complete, Party::Timer) else { continue };
        let approved = activity_report::Entity::find()
            .filter(activity_report::Column::RequestId.eq(id))
            .filter(activity_report::Column::Status.eq(ReportStatus::Approved));
        if approved.one(&tx).await?.is_none() {
            continue;
        }
        activity::Entity::update_many()
            .col_expr(activity::Column::Status, Expr::value(ActivityStatus::Reported))
            .filter(activity::Column::RequestId.eq(id))
            .filter(activity::Column::Status.eq(ActivityStatus::Planned))
            .exec(&tx)
            .await?;
        let taken = Taken { to, reason: None, event: Event::Complete };
        case.advance(&tx, env.clock.now(), &By::job(), taken, care_request::ActiveModel::default()).await?;
        tx.commit().await?;
        completed += 1;
    }
    Ok(completed)
}

/// Takes a 完了 case back to 成立 because its report, opened again, was voided: the activity is reported anew, or cancelled
/// by the branch when it never took place. Other cases stay as they are.
///
/// # Errors
/// Those of the database.
pub(crate) async fn report_anew(tx: &DatabaseTransaction, now: Instant, request: i64) -> Result<()> {
    let mut case = Case::lock_row(tx, request).await?;
    if case.status != CoordinationStatus::Completed {
        return Ok(());
    }
    let to = case.decide(RequestAction::ReportAnew, Party::Timer)?;
    let taken = Taken { to, reason: None, event: Event::ReportAnew };
    case.advance(tx, now, &By::job(), taken, care_request::ActiveModel::default()).await
}

fn missing(field: &str) -> Error {
    Error::Invalid(vec![FieldError::new(field, FieldFault::Missing)])
}
