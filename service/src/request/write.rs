//! 一時保存 and 登録 of 預かり依頼登録, and what its pages show before.

use super::form::{self, OwnChild, Reading, RequestForm, Wanted};
use super::lock;
use crate::coordination::Case;
use crate::entity::{care_request, care_request_child, member};
use crate::error::{Error, Result};
use crate::event;
use crate::step::{Moved, Step};
use crate::ward::{self, Reach};
use crate::{Env, horizon, number, once, policy};
use domain::actor::{Actor, Channel, Party};
use domain::event::{Event, Sent};
use domain::fault::FieldError;
use domain::horizon::Horizon;
use domain::id::{ChildId, MemberId, RequestId};
use domain::member::MembershipStatus;
use domain::number::RequestNo;
use domain::policy::Right;
use domain::refusal::{Refusal, of_request};
use domain::request::{CareKind, CarePlace, CoordinationStatus, RequestAction, TABLE, first_web_date};
use domain::time::{Date, Instant};
use domain::workflow::next;
use sea_orm::{
    ActiveValue::Set, ColumnTrait, ConnectionTrait, DatabaseTransaction, EntityTrait, QueryFilter, QueryOrder,
};

/// The longest field a draft keeps as typed, in characters; far above what 登録 takes.
const DRAFT_FIELD_LENGTH: usize = 4000;

/// Which record a sent form is about.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Sending {
    /// The draft's number; empty for a new request.
    pub request: String,
    /// The draft's revision as the page showed it; empty for a new request.
    pub revision: String,
    /// The page's own key: sent twice, it makes one request.
    pub once: String,
}

/// What the form's page shows.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FormPage {
    /// The draft's number and revision; `None` before the first 一時保存 or 登録.
    pub draft: Option<(RequestNo, i64)>,
    /// What the fields hold.
    pub form: RequestForm,
    /// The member's children to choose from, eldest first.
    pub children: Vec<OwnChild>,
    /// The member's branch, for those in a hurry.
    pub reach: Reach,
    /// The first day the web form takes, Asia/Tokyo.
    pub first_date: Date,
    /// Today, Asia/Tokyo.
    pub today: Date,
    /// How far ahead a day may lie.
    pub horizon: Horizon,
}

async fn page(env: &Env, actor: &Actor, draft: Option<(RequestNo, i64)>, form: RequestForm) -> Result<FormPage> {
    let member = policy::own(actor, Right::AskForCare)?;
    let read = env.db.read();
    let now = env.clock.now();
    Ok(FormPage {
        draft,
        form,
        children: form::children(read, member).await?,
        reach: ward::reach(env, actor.ward().unwrap_or_default(), now).await?,
        first_date: first_web_date(now.date()),
        today: now.date(),
        horizon: horizon::load(read, env).await?,
    })
}

/// An empty form; writes nothing. A member who is not active is sent to the branch.
///
/// # Errors
/// [`Error::NotFound`] for others than 利用会員 and 両方会員; [`Refusal::NotActive`].
pub async fn start(env: &Env, actor: &Actor) -> Result<FormPage> {
    let member = policy::own(actor, Right::AskForCare)?;
    active(env.db.read(), member).await?;
    page(env, actor, None, RequestForm::default()).await
}

/// A draft to go on with (下書き).
///
/// # Errors
/// [`Error::NotFound`]; [`Refusal::RequestMoved`] when it is no draft any more.
pub async fn edit(env: &Env, actor: &Actor, no: RequestNo) -> Result<FormPage> {
    let row = own(env, actor, no).await?;
    let status = row.status;
    if status != CoordinationStatus::Draft {
        return Err(Refusal::RequestMoved(status).into());
    }
    let form = typed(&row)?;
    page(env, actor, Some((no, row.revision)), form).await
}

/// コピー: a new form with everything but date and time; writes nothing.
///
/// # Errors
/// [`Error::NotFound`] when it is not the actor's request.
pub async fn copy(env: &Env, actor: &Actor, no: RequestNo) -> Result<FormPage> {
    let row = own(env, actor, no).await?;
    let children = care_request_child::Entity::find()
        .filter(care_request_child::Column::RequestId.eq(row.id))
        .order_by_asc(care_request_child::Column::ChildId)
        .all(env.db.read())
        .await?;
    let form = RequestForm {
        children: children.iter().map(|child| child.child_id.to_string()).collect(),
        care_kind: row.care_kind.map_or_else(String::new, |kind| kind.key().to_owned()),
        care_place: row.care_place.map_or_else(String::new, |place| place.key().to_owned()),
        place_detail: row.place_detail,
        notes: row.notes,
        ..RequestForm::default()
    };
    page(env, actor, None, form).await
}

async fn own(env: &Env, actor: &Actor, no: RequestNo) -> Result<care_request::Model> {
    let own = care_request::Entity::find().filter(care_request::Column::RequestNo.eq(no)).filter(policy::visible::<
        care_request::Entity,
    >(
        actor,
        Right::AskForCare,
        None,
    )?);
    own.one(env.db.read()).await?.ok_or(Error::NotFound)
}

/// What was typed last; a request entered by the branch has no such text.
fn typed(row: &care_request::Model) -> Result<RequestForm> {
    row.draft_fields.as_deref().map_or_else(|| Ok(RequestForm::default()), |json| Ok(serde_json::from_str(json)?))
}

/// Reads the form for the check-your-answers page; writes nothing.
///
/// # Errors
/// [`Error::Invalid`] with every field to fix; [`Refusal::TooSoon`], [`Refusal::NotActive`].
pub async fn check(env: &Env, actor: &Actor, form: &RequestForm) -> Result<Wanted> {
    let member = policy::own(actor, Right::AskForCare)?;
    active(env.db.read(), member).await?;
    let own = form::children(env.db.read(), member).await?;
    let horizon = horizon::load(env.db.read(), env).await?;
    judge(form::read(form, &own, &horizon), horizon.today)
}

/// A day before the web form's first is for the telephone, whatever else is still to be fixed.
fn judge(reading: Reading, today: Date) -> Result<Wanted> {
    let first = first_web_date(today);
    if reading.date.is_some_and(|date| date >= today && date < first) {
        return Err(Refusal::TooSoon { first }.into());
    }
    reading.wanted().map_err(Error::Invalid)
}

async fn active<C: ConnectionTrait>(connection: &C, member: MemberId) -> Result<()> {
    let row = member::Entity::find_by_id(member).one(connection).await?.ok_or(Error::NotFound)?;
    if row.status == MembershipStatus::Active { Ok(()) } else { Err(Refusal::NotActive.into()) }
}

/// 一時保存: keeps everything as typed, right or wrong; gives the number at the first time.
///
/// # Errors
/// [`Error::NotFound`], [`Error::Stale`] when the draft moved on in another window, [`Refusal::AlreadyEntered`] when a new
/// form's page has made another request, [`Refusal::NotActive`].
pub async fn save_draft(env: &Env, actor: &Actor, sending: &Sending, form: &RequestForm) -> Result<RequestNo> {
    put(env, actor, sending, form, RequestAction::SaveDraft).await
}

/// 登録: the branch gets the request. Date and rules are judged at this moment, not when the page was opened.
///
/// # Errors
/// As [`save_draft`]; [`Error::Invalid`] with every field to fix; [`Refusal::TooSoon`]; [`Refusal::RequestEnded`] when this
/// very form was registered before and its request has ended since.
pub async fn submit(env: &Env, actor: &Actor, sending: &Sending, form: &RequestForm) -> Result<RequestNo> {
    put(env, actor, sending, form, RequestAction::Submit).await
}

enum Target {
    New,
    Draft(Box<care_request::Model>),
    /// This very form was already taken, as this number.
    Taken(RequestNo),
}

async fn put(
    env: &Env,
    actor: &Actor,
    sending: &Sending,
    form: &RequestForm,
    action: RequestAction,
) -> Result<RequestNo> {
    let member = policy::own(actor, Right::AskForCare)?;
    let tx = env.db.begin().await?;
    let now = env.clock.now();
    let target = match aim(&tx, actor, sending, form, action, now).await? {
        Target::Taken(no) => return Ok(no),
        Target::New => None,
        Target::Draft(row) => Some(row),
    };
    let from = match &target {
        None => CoordinationStatus::Draft,
        Some(row) => row.status,
    };
    let to = next(TABLE, from, action, Party::Family).map_err(|refused| of_request(refused, from))?;
    active(&tx, member).await?;
    let horizon = horizon::load(&tx, env).await?;
    let reading = form::read(form, &form::held_children(&tx, member).await?, &horizon);
    let columns = if action == RequestAction::Submit {
        Columns::of_wanted(judge(reading, now.date())?)
    } else {
        short_enough(form)?;
        Columns::of_reading(reading)
    };
    let (id, no) = match target {
        None => insert(&tx, actor, member, to, form, &columns, now).await?,
        Some(row) => {
            update(&tx, &row, to, form, &columns, now).await?;
            (row.id, row.request_no)
        }
    };
    once::keep(&tx, actor.account, &sending.once, &no.to_string()).await?;
    let event = if action == RequestAction::Submit {
        let branch = ward::branch(&tx, actor.ward().unwrap_or_default()).await?;
        Event::Submit(Sent { branch: branch.name, hours: branch.hours_text })
    } else {
        Event::SaveDraft
    };
    let mut step = Step::of(env, &tx, Some(actor), Case::lock_row(&tx, id).await?, Party::Family);
    step.moved = Moved::new(from.key(), to.key());
    step.record(event, None).await?;
    tx.commit().await?;
    Ok(no)
}

/// Finds the record a form is about and whether this form may still change it.
async fn aim(
    tx: &DatabaseTransaction,
    actor: &Actor,
    sending: &Sending,
    form: &RequestForm,
    action: RequestAction,
    now: Instant,
) -> Result<Target> {
    let new = sending.request.is_empty();
    let (no, seen) = if new {
        match once::claim(tx, actor.account, &sending.once, now).await? {
            None => return Ok(Target::New),
            // Sent again, or gone back to and changed: the record is a draft at its first revision, or this is another wish.
            Some(no) => (no, Some(1)),
        }
    } else {
        (sending.request.clone(), sending.revision.parse().ok())
    };
    let no = RequestNo::parse(&no).map_err(|_| Error::NotFound)?;
    let row = lock(tx, actor, no).await?;
    let is_draft = row.status == CoordinationStatus::Draft;
    let same = row.draft_fields.as_deref().is_some_and(|_| typed(&row).is_ok_and(|stored| stored == *form));
    if same && is_draft == (action == RequestAction::SaveDraft) {
        if row.status.is_final() {
            return Err(Refusal::RequestEnded { request: no.to_string(), now: row.status }.into());
        }
        return Ok(Target::Taken(no));
    }
    if new && (!is_draft || seen != Some(row.revision)) {
        return Err(Refusal::AlreadyEntered { number: no.to_string() }.into());
    }
    if seen != Some(row.revision) {
        let last = event::last_move(tx, row.id).await?;
        return Err(event::stale(actor, last, true));
    }
    Ok(Target::Draft(Box::new(row)))
}

fn short_enough(form: &RequestForm) -> Result<()> {
    let fields = [
        ("date", &form.date),
        ("start", &form.start),
        ("end", &form.end),
        ("next_day", &form.next_day),
        ("place_detail", &form.place_detail),
        ("notes", &form.notes),
    ];
    let too_long = fields.into_iter().filter(|(_, text)| text.chars().count() > DRAFT_FIELD_LENGTH);
    let fault = domain::input::InputFault::TooLong { max: DRAFT_FIELD_LENGTH };
    let errors: Vec<_> = too_long.map(|(field, _)| FieldError::new(field, fault)).collect();
    if errors.is_empty() { Ok(()) } else { Err(Error::Invalid(errors)) }
}

/// What the request's columns hold; a draft may leave times at 0 and choices unknown.
struct Columns {
    start: Instant,
    end: Instant,
    children: Vec<ChildId>,
    care_kind: Option<CareKind>,
    care_place: Option<CarePlace>,
    place_detail: String,
    notes: String,
}

impl Columns {
    fn of_wanted(wanted: Wanted) -> Self {
        Self {
            start: wanted.start,
            end: wanted.end,
            children: wanted.children.iter().map(|child| child.id).collect(),
            care_kind: Some(wanted.kind),
            care_place: Some(wanted.place),
            place_detail: wanted.place_detail,
            notes: wanted.notes,
        }
    }

    fn of_reading(reading: Reading) -> Self {
        Self {
            start: reading.start.unwrap_or_default(),
            end: reading.end.unwrap_or_default(),
            children: reading.children.iter().map(|child| child.id).collect(),
            care_kind: reading.kind,
            care_place: reading.place,
            place_detail: reading.place_detail,
            notes: reading.notes,
        }
    }

    fn count(&self) -> i64 {
        i64::try_from(self.children.len()).unwrap_or(i64::MAX)
    }
}

async fn insert(
    tx: &DatabaseTransaction,
    actor: &Actor,
    member: MemberId,
    status: CoordinationStatus,
    form: &RequestForm,
    columns: &Columns,
    now: Instant,
) -> Result<(RequestId, RequestNo)> {
    let no = number::next_request(tx).await?;
    let row = care_request::ActiveModel {
        request_no: Set(no),
        ward: Set(actor.ward().unwrap_or_default().to_owned()),
        member_id: Set(member),
        status: Set(status),
        care_kind: Set(columns.care_kind),
        care_place: Set(columns.care_place),
        starts_at: Set(columns.start),
        ends_at: Set(columns.end),
        place_detail: Set(columns.place_detail.clone()),
        notes: Set(columns.notes.clone()),
        channel: Set(Channel::Web),
        children_count: Set(columns.count()),
        draft_fields: Set(Some(serde_json::to_string(form)?)),
        requested_at: Set(now),
        updated_at: Set(now),
        revision: Set(1),
        ..Default::default()
    };
    let id = care_request::Entity::insert(row).exec(tx).await?.last_insert_id;
    put_children(tx, id, &columns.children).await?;
    Ok((id, no))
}

async fn update(
    tx: &DatabaseTransaction,
    row: &care_request::Model,
    status: CoordinationStatus,
    form: &RequestForm,
    columns: &Columns,
    now: Instant,
) -> Result<()> {
    // 依頼をした日 is the day of 登録.
    let requested_at = if status == CoordinationStatus::Draft { row.requested_at } else { now };
    let changes = care_request::ActiveModel {
        status: Set(status),
        care_kind: Set(columns.care_kind),
        care_place: Set(columns.care_place),
        starts_at: Set(columns.start),
        ends_at: Set(columns.end),
        place_detail: Set(columns.place_detail.clone()),
        notes: Set(columns.notes.clone()),
        children_count: Set(columns.count()),
        draft_fields: Set(Some(serde_json::to_string(form)?)),
        requested_at: Set(requested_at),
        updated_at: Set(now),
        revision: Set(row.revision + 1),
        ..Default::default()
    };
    let moved = care_request::Entity::update_many()
        .set(changes)
        .filter(care_request::Column::Id.eq(row.id))
        .filter(care_request::Column::Revision.eq(row.revision));
    if moved.exec(tx).await?.rows_affected == 0 {
        return Err(Error::Broken("a locked draft moved".into()));
    }
    let old = care_request_child::Entity::delete_many().filter(care_request_child::Column::RequestId.eq(row.id));
    old.exec(tx).await?;
    put_children(tx, row.id, &columns.children).await
}

async fn put_children(tx: &DatabaseTransaction, request: RequestId, children: &[ChildId]) -> Result<()> {
    if children.is_empty() {
        return Ok(());
    }
    let rows = children
        .iter()
        .map(|child| care_request_child::ActiveModel { request_id: Set(request), child_id: Set(*child) });
    care_request_child::Entity::insert_many(rows).exec_without_returning(tx).await?;
    Ok(())
}
