//! A request that reaches the branch by telephone, on paper or at the counter: the coordinator reads it back, enters it
//! without the web form's lead time, and has it in her care at once.

use super::case::{Case, children};
use crate::entity::{care_request, care_request_child, member};
use crate::error::{Error, Result};
use crate::event::on_behalf;
use crate::request::form;
use crate::request::{OwnChild, RequestForm, Wanted};
use crate::step::Step;
use crate::{Env, horizon, number, once, policy};
use domain::actor::{Actor, Channel, MemberKind, Party};
use domain::event::Event;
use domain::fault::{FieldError, FieldFault};
use domain::horizon::Horizon;
use domain::id::MemberId;
use domain::member::MembershipStatus;
use domain::number::{MemberNo, RequestNo};
use domain::policy::Right;
use domain::refusal::Refusal;
use domain::request::CoordinationStatus;
use domain::time::{Date, Instant};
use sea_orm::{ActiveValue::Set, ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect};

/// A request as the coordinator typed it for a member.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entry {
    /// 会員番号 of the family.
    pub member: MemberNo,
    /// How the request reached the branch.
    pub channel: Channel,
    /// What was typed.
    pub form: RequestForm,
    /// The key of the page: sent twice with one key, the request is entered once.
    pub once: String,
}

/// What the page of the form shows.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EntryPage {
    /// 会員番号
    pub no: MemberNo,
    /// Family and given name.
    pub name: String,
    /// The name's reading.
    pub kana: String,
    /// The town.
    pub town: String,
    /// The telephone.
    pub telephone: String,
    /// The children, eldest first.
    pub children: Vec<OwnChild>,
    /// Today in Asia/Tokyo.
    pub today: Date,
}

/// The form for a member of the coordinator's own ward.
///
/// # Errors
/// [`Error::NotFound`] for other wards and for members who do not ask for care.
pub async fn entry_page(env: &Env, actor: &Actor, no: MemberNo) -> Result<EntryPage> {
    let connection = env.db.read();
    let row = family(connection, actor, no).await?;
    let children = form::children(connection, row.id).await?;
    Ok(page(no, row, children, env.clock.today()))
}

fn page(no: MemberNo, row: member::Model, children: Vec<OwnChild>, today: Date) -> EntryPage {
    EntryPage {
        no,
        name: format!("{} {}", row.family_name, row.given_name),
        kana: format!("{} {}", row.family_kana, row.given_kana),
        town: row.town,
        telephone: row.telephone,
        children,
        today,
    }
}

/// What is read back to the caller before the request is entered.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EntryCheck {
    /// Whose request it is.
    pub page: EntryPage,
    /// What is asked for.
    pub wanted: Wanted,
    /// The member's other open requests within these hours: perhaps this very one, sent from the web.
    pub same_time: Vec<RequestNo>,
    /// Now.
    pub now: Instant,
}

/// Reads the form for the check-your-answers page; writes nothing.
///
/// # Errors
/// As [`enter`].
pub async fn check_entry(env: &Env, actor: &Actor, entry: &Entry) -> Result<EntryCheck> {
    let connection = env.db.read();
    let now = env.clock.now();
    let row = family(connection, actor, entry.member).await?;
    active(&row)?;
    let own = form::children(connection, row.id).await?;
    let wanted = read(entry, &own, now, &horizon::load(connection, env).await?)?;
    let entered = once::result(connection, actor.account, &entry.once).await?;
    let entered = entered.map(|done| number_of(&done)).transpose()?;
    if let Some(entered) = entered {
        same(connection, entered, entry.channel, &wanted).await?;
    }
    let same_time = same_time(connection, row.id, &wanted).await?;
    let same_time = same_time.into_iter().filter(|other| Some(*other) != entered).collect();
    Ok(EntryCheck { page: page(entry.member, row, own, now.date()), wanted, same_time, now })
}

/// Enters a request on behalf of a member.
///
/// # Errors
/// [`Error::NotFound`] for other wards; [`Refusal::NotActive`]; every field to fix, `channel` among them;
/// [`Refusal::AlreadyEntered`] when the page made a request before, with other content.
pub async fn enter(env: &Env, actor: &Actor, entry: &Entry) -> Result<RequestNo> {
    let tx = env.db.begin().await?;
    let now = env.clock.now();
    let channel = entry.channel;
    let row = family(&tx, actor, entry.member).await?;
    let own = form::held_children(&tx, row.id).await?;
    let wanted = read(entry, &own, now, &horizon::load(&tx, env).await?)?;
    if let Some(done) = once::claim(&tx, actor.account, &entry.once, now).await? {
        let entered = number_of(&done)?;
        same(&tx, entered, channel, &wanted).await?;
        return Ok(entered);
    }
    active(&row)?;
    let request = number::next_request(&tx).await?;
    let new = care_request::ActiveModel {
        request_no: Set(request),
        ward: Set(row.ward.clone()),
        member_id: Set(row.id),
        status: Set(CoordinationStatus::InCoordination),
        care_kind: Set(Some(wanted.kind)),
        care_place: Set(Some(wanted.place)),
        starts_at: Set(wanted.start),
        ends_at: Set(wanted.end),
        place_detail: Set(wanted.place_detail),
        notes: Set(wanted.notes),
        channel: Set(channel),
        children_count: Set(i64::try_from(wanted.children.len()).unwrap_or_default()),
        owner_id: Set(Some(actor.account)),
        requested_at: Set(now),
        updated_at: Set(now),
        revision: Set(1),
        ..Default::default()
    };
    let id = care_request::Entity::insert(new).exec(&tx).await?.last_insert_id;
    for child in &wanted.children {
        let child = care_request_child::ActiveModel { request_id: Set(id), child_id: Set(child.id) };
        care_request_child::Entity::insert(child).exec_without_returning(&tx).await?;
    }
    let case = Case::lock_row(&tx, id).await?;
    let mut step = Step::of(env, &tx, Some(actor), case, Party::Coordinator);
    step.for_member(row.id, channel).await?;
    step.moved.to = Some(CoordinationStatus::InCoordination.key());
    step.record(Event::Enter, None).await?;
    once::keep(&tx, actor.account, &entry.once, &request.to_string()).await?;
    tx.commit().await?;
    Ok(request)
}

fn active(row: &member::Model) -> Result<()> {
    if row.status == MembershipStatus::Active { Ok(()) } else { Err(Refusal::NotActive.into()) }
}

/// What is asked for, or every field to fix with the channel at the end. Hours that have begun cannot be agreed on any
/// more, as days that have passed.
fn read(entry: &Entry, own: &[OwnChild], now: Instant, horizon: &Horizon) -> Result<Wanted> {
    let reading = form::read(&entry.form, own, horizon);
    let begun = reading.start.is_some_and(|start| start <= now && start.date() == now.date());
    let read = reading.wanted();
    let channel = on_behalf(entry.channel);
    if channel.is_ok() && !begun {
        return read.map_err(Error::Invalid);
    }
    let mut faults = read.err().unwrap_or_default();
    if begun {
        faults.push(FieldError::new("start", FieldFault::Past));
    }
    if let Err(Error::Invalid(fault)) = channel {
        faults.extend(fault);
    }
    Err(Error::Invalid(faults))
}

fn number_of(kept: &str) -> Result<RequestNo> {
    RequestNo::parse(kept).map_err(|_| Error::Broken("a kept request number".into()))
}

/// Tells apart a page that is sent again and one that was gone back to and changed: the latter is another request.
async fn same<C: ConnectionTrait>(connection: &C, no: RequestNo, channel: Channel, wanted: &Wanted) -> Result<()> {
    let query = care_request::Entity::find().filter(care_request::Column::RequestNo.eq(no));
    let row = query.one(connection).await?.ok_or_else(|| Error::Broken("a kept request number".into()))?;
    let asked = children(connection, row.id).await?;
    let same = row.channel == channel
        && (row.starts_at, row.ends_at) == (wanted.start, wanted.end)
        && (row.care_kind, row.care_place) == (Some(wanted.kind), Some(wanted.place))
        && (&row.place_detail, &row.notes) == (&wanted.place_detail, &wanted.notes)
        && asked.iter().map(|child| child.id).eq(wanted.children.iter().map(|child| child.id));
    if same { Ok(()) } else { Err(Refusal::AlreadyEntered { number: no.to_string() }.into()) }
}

/// The latest open requests of a family that lie within the hours asked for; drafts are the family's alone.
async fn same_time<C: ConnectionTrait>(connection: &C, member: MemberId, wanted: &Wanted) -> Result<Vec<RequestNo>> {
    use care_request::Column as R;
    let open = care_request::Entity::find()
        .filter(R::MemberId.eq(member))
        .filter(R::StartsAt.lt(wanted.end))
        .filter(R::EndsAt.gt(wanted.start))
        .filter(R::Status.is_not_in(CoordinationStatus::WITHOUT_CARE))
        .order_by_desc(R::Id)
        .limit(5);
    Ok(open.all(connection).await?.into_iter().map(|row| row.request_no).collect())
}

/// A member of the coordinator's own ward who may ask for care.
async fn family<C: ConnectionTrait>(connection: &C, actor: &Actor, no: MemberNo) -> Result<member::Model> {
    member::Entity::find()
        .filter(member::Column::MemberNo.eq(no))
        .filter(policy::visible::<member::Entity>(actor, Right::KeepMember, None)?)
        .filter(member::Column::Kind.is_in(MemberKind::USING))
        .one(connection)
        .await?
        .ok_or(Error::NotFound)
}
