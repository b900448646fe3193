//! 一時保存: keeps whatever is typed, also what is not whole yet.

use super::form::{FormRequest, find_request, others, request_of};
use super::load::Loaded;
use crate::entity::activity_report;
use crate::error::{Error, Result};
use crate::event::on_behalf;
use crate::step::{Aggregate, Moved, Step};
use crate::{Env, number, once, policy, tariff};
use domain::actor::{Actor, Channel, Party};
use domain::event::Event;
use domain::fault::{FieldError, FieldFault};
use domain::id::ReportId;
use domain::number::{ReportNo, RequestNo};
use domain::policy::Right;
use domain::refusal::Refusal;
use domain::report::{ReportAction, ReportStatus, RewardStatus};
use domain::report_form::ReportForm;
use domain::request::CoordinationStatus;
use domain::time::{Date, Instant};
use sea_orm::ActiveValue::Set;
use sea_orm::{ColumnTrait, ConnectionTrait, DatabaseTransaction, EntityTrait, QueryFilter};

/// Saves a report's form and answers with its number, which a new report gets here.
///
/// `seen` is the number and revision of the page; a new report carries the form's one-time key instead.
///
/// # Errors
/// [`Error::Invalid`] for a request that is not there or not the provider's, and when a coordinator names none or no
/// channel, [`Refusal::AlreadyReported`], [`Refusal::AlreadyEntered`], [`Refusal::RequestMoved`], [`Refusal::ReportMoved`], [`Error::Stale`].
pub async fn save(
    env: &Env,
    actor: &Actor,
    seen: Option<(ReportNo, i64)>,
    form: &ReportForm,
    key: &str,
    channel: Channel,
) -> Result<ReportNo> {
    let transaction = env.db.begin().await?;
    let no = save_within(env, &transaction, actor, seen, form, key, channel).await?;
    transaction.commit().await?;
    Ok(no)
}

/// [`save`] inside a transaction.
pub(super) async fn save_within(
    env: &Env,
    transaction: &DatabaseTransaction,
    actor: &Actor,
    seen: Option<(ReportNo, i64)>,
    form: &ReportForm,
    key: &str,
    channel: Channel,
) -> Result<ReportNo> {
    match seen {
        Some(seen) => change(env, transaction, actor, seen, form, channel).await,
        None => create(env, transaction, actor, form, key, channel).await,
    }
}

async fn create(
    env: &Env,
    transaction: &DatabaseTransaction,
    actor: &Actor,
    form: &ReportForm,
    key: &str,
    channel: Channel,
) -> Result<ReportNo> {
    let now = env.clock.now();
    policy::stand(actor, Right::BeginReport)?;
    // The branch writes it for a provider.
    let own = policy::own(actor, Right::BeginReport).ok();
    let channel = if own.is_some() { Channel::Web } else { on_behalf(channel)? };
    let typed = serde_json::to_string(form)?;
    if let Some(result) = once::claim(transaction, actor.account, key, now).await? {
        let (result, same) = once::was_made_of(&result, &typed);
        let no = ReportNo::parse(result).map_err(|_| Error::Broken("a kept report number".into()))?;
        return if same { Ok(no) } else { change_made(env, transaction, actor, no, form, channel).await };
    }
    let request = chosen(transaction, actor, form, ReportId::default(), own.is_none()).await?;
    let (Some(provider), Some(ward)) = (
        own.or(request.as_ref().map(|request| request.provider)),
        request.as_ref().map(|request| request.ward.clone()).or(actor.ward().map(str::to_owned)),
    ) else {
        return Err(Error::Invalid(vec![FieldError::new("request", FieldFault::Missing)]));
    };
    let no = number::next_report(transaction).await?;
    let glimpse = Glimpse::of(transaction, now.date(), form, request.as_ref(), ReportId::default()).await?;
    let row = activity_report::ActiveModel {
        report_no: Set(no),
        ward: Set(ward),
        request_id: Set(request.as_ref().map(|request| request.id)),
        provider_id: Set(provider),
        user_member_id: Set(request.as_ref().map(|request| request.family.id)),
        status: Set(ReportStatus::Draft),
        reward_status: Set(RewardStatus::NotReceived),
        entered_on: Set(form.entered_day(now.date()).unwrap_or_else(|_| now.date())),
        started_at: Set(glimpse.span.map(|(start, _)| start)),
        ended_at: Set(glimpse.span.map(|(_, end)| end)),
        notes: Set(String::new()),
        channel: Set(channel),
        draft_fields: Set(Some(typed.clone())),
        fee_yen: Set(glimpse.fee),
        benefit_yen: Set(glimpse.benefit),
        expenses_yen: Set(form.expenses_yen()),
        coupon_yen: Set(0),
        updated_at: Set(now),
        revision: Set(1),
        ..Default::default()
    };
    activity_report::Entity::insert(row).exec_without_returning(transaction).await?;
    let mut step = Step::<Loaded>::hold(env, transaction, actor, no).await?;
    step.for_member(provider, channel).await?;
    step.moved = Moved::new(ReportStatus::Draft.key(), ReportStatus::Draft.key());
    step.record(Event::SaveReport, None).await?;
    if !key.is_empty() {
        once::keep(transaction, actor.account, key, &once::made_of(&no.to_string(), &typed)).await?;
    }
    Ok(no)
}

/// A page that has made a report was gone back to and changed: its draft is changed while nobody else has, and whatever it
/// is by now is not overwritten.
async fn change_made(
    env: &Env,
    transaction: &DatabaseTransaction,
    actor: &Actor,
    no: ReportNo,
    form: &ReportForm,
    channel: Channel,
) -> Result<ReportNo> {
    let (loaded, _) = Loaded::lock(transaction, actor, no).await?;
    let again = loaded.row.draft_fields.as_ref() == Some(&serde_json::to_string(form)?);
    if loaded.status == ReportStatus::Draft && (again || loaded.row.revision == 1) {
        return change(env, transaction, actor, (no, loaded.row.revision), form, channel).await;
    }
    Err(Refusal::AlreadyEntered { number: no.to_string() }.into())
}

async fn change(
    env: &Env,
    transaction: &DatabaseTransaction,
    actor: &Actor,
    (no, revision): (ReportNo, i64),
    form: &ReportForm,
    channel: Channel,
) -> Result<ReportNo> {
    let mut step = Step::<Loaded>::hold(env, transaction, actor, no).await?;
    let typed = serde_json::to_string(form)?;
    // The same fields sent again are saved already, however old the page is.
    let saved = step.thing.status.is_editable() && step.thing.row.draft_fields.as_ref() == Some(&typed);
    let seen = (!saved).then_some(revision);
    if !step.take(ReportAction::SaveDraft, seen).await? || saved {
        return Ok(no);
    }
    step.for_member(step.thing.member(Party::Provider)?, channel).await?;
    let loaded = &step.thing;
    let fixed = loaded.row.submitted_at.is_some();
    let request = match loaded.row.request_id {
        Some(id) if fixed => request_of(transaction, id).await?,
        _ => chosen(transaction, actor, form, loaded.row.id, false).await?,
    };
    if let Some(request) = &request
        && request.provider != loaded.row.provider_id
    {
        return Err(Error::Invalid(vec![FieldError::new("request", FieldFault::Unknown)]));
    }
    // What the family was shown stays in the columns until the next 登録.
    if !fixed {
        let glimpse = Glimpse::of(transaction, step.now.date(), form, request.as_ref(), loaded.row.id).await?;
        step.changes = activity_report::ActiveModel {
            request_id: Set(request.as_ref().map(|request| request.id)),
            user_member_id: Set(request.as_ref().map(|request| request.family.id)),
            entered_on: Set(form.entered_day(step.now.date()).unwrap_or(loaded.row.entered_on)),
            started_at: Set(glimpse.span.map(|(start, _)| start)),
            ended_at: Set(glimpse.span.map(|(_, end)| end)),
            fee_yen: Set(glimpse.fee),
            benefit_yen: Set(glimpse.benefit),
            expenses_yen: Set(form.expenses_yen()),
            ..step.changes
        };
    }
    step.changes.draft_fields = Set(Some(typed));
    step.commit(Event::SaveReport, None).await?;
    Ok(no)
}

/// The request a form names, locked and free for this report; `None` while it names none.
pub(super) async fn chosen<C: ConnectionTrait>(
    transaction: &C,
    actor: &Actor,
    form: &ReportForm,
    own: ReportId,
    needed: bool,
) -> Result<Option<FormRequest>> {
    let field = |fault: FieldFault| Error::Invalid(vec![FieldError::new("request", fault)]);
    let request = match RequestNo::parse(&form.request) {
        Ok(no) => find_request(transaction, actor, no, true).await?,
        Err(_) => None,
    };
    let Some(request) = request else {
        // A number that leads nowhere is said at once: the draft would be about nobody, and nobody would know.
        return match (needed, form.request.trim().is_empty()) {
            (false, true) => Ok(None),
            (true, true) => Err(field(FieldFault::Missing)),
            (_, false) => Err(field(FieldFault::Unknown)),
        };
    };
    reportable(transaction, &request, own).await?;
    Ok(Some(request))
}

/// Refuses a request that is not 成立 (or 完了, when this very report was opened again) or has another live report.
pub(super) async fn reportable<C: ConnectionTrait>(
    transaction: &C,
    request: &FormRequest,
    own: ReportId,
) -> Result<()> {
    let other = activity_report::Entity::find()
        .filter(activity_report::Column::RequestId.eq(request.id))
        .filter(activity_report::Column::Status.ne(ReportStatus::Voided))
        .filter(activity_report::Column::Id.ne(own));
    if let Some(other) = other.one(transaction).await? {
        return Err(Refusal::AlreadyReported { report: other.report_no.to_string() }.into());
    }
    match request.status {
        CoordinationStatus::Established | CoordinationStatus::Completed => Ok(()),
        moved => Err(Refusal::RequestMoved(moved).into()),
    }
}

/// What a half-typed form says already, for the list.
#[derive(Default)]
struct Glimpse {
    span: Option<(Instant, Instant)>,
    fee: i64,
    benefit: i64,
}

impl Glimpse {
    async fn of<C: ConnectionTrait>(
        transaction: &C,
        today: Date,
        form: &ReportForm,
        request: Option<&FormRequest>,
        own: ReportId,
    ) -> Result<Self> {
        let span = form.span(today);
        let (Some(span), Some(request)) = (span, request) else { return Ok(Self { span, ..Self::default() }) };
        let others = others(transaction, request.sides(), own, span).await?;
        let quote = match form.care(today, &request.children, &others) {
            Ok(Some(care)) => tariff::load_from(transaction).await?.quote(&care).ok(),
            Ok(None) | Err(_) => None,
        };
        let (fee, benefit) = quote.map_or((0, 0), |quote| (quote.fee, quote.benefit));
        Ok(Self { span: Some(span), fee, benefit })
    }
}
