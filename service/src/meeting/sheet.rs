//! The 事前打合せ情報: written by the family, kept in every version, read by the provider only from 成立 until 30 days
//! after the activity, and every look by somebody else is an event (domain 5.6).

use crate::coordination::{Case, ChildRow, Outcome, children};
use crate::entity::{account, care_request, event, member, pre_meeting_sheet, sheet_version};
use crate::error::{Error, Result};
use crate::step::Step;
use crate::{Env, db, once, policy, reason};
use domain::actor::{Actor, Channel, Party};
use domain::coordination::{ChildField, SheetField, needed_keys};
use domain::event::{Action, Event, Sheet};
use domain::fault::{FieldError, FieldFault};
use domain::id::{ChildId, MemberId, RequestId};
use domain::input;
use domain::number::{MemberNo, RequestNo};
use domain::policy::{Right, can};
use domain::refusal::Refusal;
use domain::request::CoordinationStatus;
use domain::time::{Date, Instant};
use sea_orm::sea_query::{Order, Query};
use sea_orm::{
    ActiveValue::Set, ColumnTrait, ConnectionTrait, DatabaseTransaction, EntityTrait, FromQueryResult, QueryFilter,
    QueryOrder,
};
use std::collections::BTreeMap;

/// The longest answer of one field.
const ANSWER_CHARS: usize = 500;

type Answers = BTreeMap<String, String>;

/// Who reads a sheet.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SheetReader {
    /// The family, who may also write while the case is open for it.
    Family,
    /// The ward's coordinator, who may write on behalf.
    Coordinator,
    /// The matched provider, from 成立 on.
    Provider,
    /// The headquarters, with a reason.
    Headquarters,
}

/// A child that the sheet speaks of.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SheetChild {
    /// The child's row, part of its fields' keys.
    pub id: ChildId,
    /// The given name.
    pub name: String,
    /// The name's reading.
    pub kana: String,
    /// The birth date.
    pub birth_date: Date,
}

/// Whose sheet it is, as the newsletter's 事前打合せ情報 names the family.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SheetFamily {
    /// 会員番号
    pub no: MemberNo,
    /// 姓 and 名.
    pub name: String,
    /// The name's reading.
    pub kana: String,
    /// Where the family lives: whoever may read the sheet may know it (domain 5.6).
    pub address: String,
}

/// A sheet as one of its readers sees it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SheetView {
    /// 依頼ID
    pub no: RequestNo,
    /// The case's status.
    pub status: CoordinationStatus,
    /// The case's revision, for steps on the same page.
    pub case_revision: i64,
    /// Start of the activity.
    pub starts_at: Instant,
    /// End of the activity.
    pub ends_at: Instant,
    /// 事前打合せ日
    pub meeting_at: Option<Instant>,
    /// Where they meet.
    pub meeting_place: String,
    /// Whose it is.
    pub family: SheetFamily,
    /// Who reads.
    pub reader: SheetReader,
    /// The sheet's revision; 0 when there is none yet.
    pub revision: i64,
    /// When it was last written.
    pub updated_at: Option<Instant>,
    /// The children, eldest first.
    pub children: Vec<SheetChild>,
    /// Answers by key: of [`SheetField`], or of [`ChildField::key_for`].
    pub answers: Answers,
    /// Whether the answers were carried over from an earlier case and are not saved here yet.
    pub suggested: bool,
    /// Keys that are still needed before the meeting can be recorded.
    pub missing: Vec<String>,
    /// Whether the reader may write now.
    pub editable: bool,
}

/// Writes the sheet: the family, or the ward's coordinator on its behalf, from 打合せ予定 on. Before 成立 what is still
/// missing is no fault; it keeps the meeting from being recorded. After 成立 the sheet stays complete, and the provider, who
/// may have read it, is notified that it is another one now. `seen` is the revision the page showed, 0 for a new sheet.
///
/// # Errors
/// A stranger or the provider: [`Error::NotFound`]; too early or too late: [`Refusal::RequestMoved`]; fields to fix:
/// [`Error::Invalid`]; written by somebody else meanwhile: [`Error::Stale`].
pub async fn save_sheet(
    env: &Env,
    actor: &Actor,
    no: RequestNo,
    seen: i64,
    channel: Channel,
    fields: &[(String, String)],
) -> Result<Outcome> {
    let tx = env.db.begin().await?;
    let mut step = Step::<Case>::hold(env, &tx, actor, no).await?;
    let case = step.thing.clone();
    policy::permit(actor, Right::WriteSheet, &case.row)?;
    if !case.status.sheet_open() {
        return Err(Refusal::RequestMoved(case.status).into());
    }
    let kids = children(&tx, case.row.id).await?;
    let agreed = case.status == CoordinationStatus::Established;
    let answers = read(&kids, fields, agreed)?;
    step.for_member(case.row.member_id, channel).await?;
    let old = pre_meeting_sheet::Entity::find_by_id(case.row.id).one(&tx).await?;
    let revision = old.as_ref().map_or(0, |sheet| sheet.revision);
    let text = serde_json::to_string(&answers)?;
    if old.as_ref().is_some_and(|sheet| sheet.fields == text) {
        return Ok(Outcome::AlreadyApplied);
    }
    if revision != seen {
        return Err(Error::Stale { by: writer(&tx, case.row.id, revision).await?, action: Some(Action::SaveSheet) });
    }
    write(&tx, case.row.id, revision + 1, &answers, &kids, actor, step.now).await?;
    step.record(Event::SaveSheet(Sheet { sheet_revision: revision + 1 }), None).await?;
    tx.commit().await?;
    Ok(Outcome::Executed)
}

/// Reads the answers; where the sheet must stay complete, a needed one that is left out is a fault.
fn read(kids: &[ChildRow], fields: &[(String, String)], complete: bool) -> Result<Answers> {
    let typed = |key: &str| fields.iter().find(|(name, _)| name == key).map_or("", |(_, value)| value.as_str());
    let mut answers = Answers::new();
    let mut faults = Vec::new();
    let mut keep = |key: String, needed: bool, value: std::result::Result<String, input::InputFault>| match value {
        Ok(value) if value.is_empty() && complete && needed => faults.push(FieldError::new(key, FieldFault::Missing)),
        Ok(value) if value.is_empty() => {}
        Ok(value) => {
            answers.insert(key, value);
        }
        Err(fault) => faults.push(FieldError::new(key, FieldFault::from(fault))),
    };
    for field in SheetField::ALL {
        let text = typed(field.key());
        let phone = field.is_phone() && !text.trim().is_empty();
        let value = if phone { input::parse_phone(text) } else { input::parse_text(text, ANSWER_CHARS) };
        keep(field.key().to_owned(), field.is_needed(), value);
    }
    for child in kids {
        for field in ChildField::ALL {
            let key = field.key_for(child.id);
            let value = input::parse_text(typed(&key), ANSWER_CHARS);
            keep(key, field.is_needed(), value);
        }
    }
    if faults.is_empty() { Ok(answers) } else { Err(Error::Invalid(faults)) }
}

fn missing(kids: &[ChildRow], answers: &Answers) -> Vec<String> {
    let ids: Vec<ChildId> = kids.iter().map(|child| child.id).collect();
    needed_keys(&ids).into_iter().filter(|key| !answers.contains_key(key)).collect()
}

async fn write(
    tx: &DatabaseTransaction,
    request: RequestId,
    revision: i64,
    answers: &Answers,
    kids: &[ChildRow],
    actor: &Actor,
    now: Instant,
) -> Result<()> {
    let fields = serde_json::to_string(answers)?;
    let row = pre_meeting_sheet::ActiveModel {
        request_id: Set(request),
        fields: Set(fields.clone()),
        complete: Set(i64::from(missing(kids, answers).is_empty())),
        updated_at: Set(now),
        revision: Set(revision),
    };
    if revision == 1 {
        pre_meeting_sheet::Entity::insert(row).exec_without_returning(tx).await?;
    } else {
        pre_meeting_sheet::Entity::update(row).exec(tx).await?;
    }
    let version = sheet_version::ActiveModel {
        request_id: Set(request),
        revision: Set(revision),
        fields: Set(fields),
        account_id: Set(actor.account),
        at: Set(now),
    };
    sheet_version::Entity::insert(version).exec_without_returning(tx).await?;
    Ok(())
}

async fn writer<C: ConnectionTrait>(tx: &C, request: RequestId, revision: i64) -> Result<String> {
    let Some(version) = sheet_version::Entity::find_by_id((request, revision)).one(tx).await? else {
        return Ok(String::new());
    };
    let writer = account::Entity::find_by_id(version.account_id).one(tx).await?;
    Ok(writer.map(|writer| writer.name).unwrap_or_default())
}

/// Opens the sheet for the family, the ward's coordinator or the matched provider; every look but the family's is an
/// event. Before its own sheet is written, the family finds its last one to start from. The headquarters find it for
/// half an hour after [`state_reason`].
///
/// # Errors
/// [`Error::NotFound`] for everybody else, and for the provider outside of the time in which contacts are open.
pub async fn read_sheet(env: &Env, actor: &Actor, no: RequestNo) -> Result<SheetView> {
    let tx = env.db.begin().await?;
    let now = env.clock.now();
    let (case, reader, reason) = if can(actor, Right::StateReason) {
        let case = Case::lock_row(&tx, row_of(&tx, no).await?).await?;
        let reason = stated_reason(&tx, actor, case.row.id, now).await?;
        (case, SheetReader::Headquarters, Some(reason))
    } else {
        let Step { thing: case, side, .. } = Step::<Case>::hold(env, &tx, actor, no).await?;
        policy::permit_at(actor, Right::ReadSheet, &case.row, now)?;
        let reader = match side {
            Party::Family => SheetReader::Family,
            Party::Coordinator => SheetReader::Coordinator,
            Party::Provider => SheetReader::Provider,
            Party::Headquarters | Party::Timer => return Err(Error::NotFound),
        };
        (case, reader, None)
    };
    let view = open(&tx, &case, reader).await?;
    if reader != SheetReader::Family && view.revision > 0 {
        let step = Step::of(env, &tx, Some(actor), case, Party::Coordinator);
        step.record(Event::ViewSheet(Sheet { sheet_revision: view.revision }), reason).await?;
    }
    tx.commit().await?;
    Ok(view)
}

/// Minutes for which a stated reason opens a sheet to the headquarters.
const REASON_MINUTES: i64 = 30;

/// The headquarters say why they open a sheet; it opens to them for half an hour. `key` is the page's own: the same reason
/// sent twice with one key stands once.
///
/// # Errors
/// [`Error::NotFound`] for everybody else and where there is no sheet; no reason: [`Error::Invalid`].
pub async fn state_reason(env: &Env, actor: &Actor, no: RequestNo, why: &str, key: &str) -> Result<()> {
    policy::stand(actor, Right::StateReason)?;
    let tx = env.db.begin().await?;
    let case = Case::lock_row(&tx, row_of(&tx, no).await?).await?;
    if pre_meeting_sheet::Entity::find_by_id(case.row.id).one(&tx).await?.is_none() {
        return Err(Error::NotFound);
    }
    let why = reason::needed("reason", why)?;
    if once::said(&tx, actor.account, key, &why, env.clock.now()).await? {
        return Ok(());
    }
    Step::of(env, &tx, Some(actor), case, Party::Headquarters).record(Event::AskSheet, Some(why)).await?;
    tx.commit().await?;
    Ok(())
}

async fn row_of<C: ConnectionTrait>(connection: &C, no: RequestNo) -> Result<RequestId> {
    let row = care_request::Entity::find()
        .filter(care_request::Column::RequestNo.eq(no))
        .filter(care_request::Column::Status.ne(CoordinationStatus::Draft));
    Ok(row.one(connection).await?.ok_or(Error::NotFound)?.id)
}

async fn stated_reason<C: ConnectionTrait>(
    connection: &C,
    actor: &Actor,
    request: RequestId,
    now: Instant,
) -> Result<String> {
    let stated = event::Entity::find()
        .filter(event::Column::RequestId.eq(request))
        .filter(event::Column::Action.eq(Action::AskSheet.key()))
        .filter(event::Column::AccountId.eq(actor.account))
        .filter(event::Column::At.gt(now.plus_minutes(-REASON_MINUTES)))
        .order_by_desc(event::Column::Id);
    stated.one(connection).await?.and_then(|stated| stated.reason).ok_or(Error::NotFound)
}

async fn open(tx: &DatabaseTransaction, case: &Case, reader: SheetReader) -> Result<SheetView> {
    let kids = children(tx, case.row.id).await?;
    let own = pre_meeting_sheet::Entity::find_by_id(case.row.id).one(tx).await?;
    let editable = case.status.sheet_open() && matches!(reader, SheetReader::Family | SheetReader::Coordinator);
    let (revision, updated_at) = own.as_ref().map_or((0, None), |sheet| (sheet.revision, Some(sheet.updated_at)));
    let family = member::Entity::find_by_id(case.row.member_id).one(tx).await?.ok_or(Error::NotFound)?;
    let (answers, suggested) = match own {
        Some(sheet) => (serde_json::from_str(&sheet.fields)?, false),
        None if editable => match of_family(tx, case.row.member_id, None, case.row.id).await?.into_iter().next() {
            Some(earlier) => (of_children(serde_json::from_str(&earlier.fields)?, &kids), true),
            // The registered telephone is not asked again: it stands there to be confirmed.
            None => (Answers::from([(SheetField::FirstPhone.key().to_owned(), family.telephone.clone())]), false),
        },
        None => (Answers::new(), false),
    };
    let family = SheetFamily {
        no: family.member_no,
        name: format!("{} {}", family.family_name, family.given_name),
        kana: format!("{} {}", family.family_kana, family.given_kana),
        address: format!("{}{}", family.town, family.address),
    };
    let child =
        |row: ChildRow| SheetChild { id: row.id, name: row.given_name, kana: row.kana, birth_date: row.birth_date };
    Ok(SheetView {
        no: case.no,
        status: case.status,
        case_revision: case.row.revision,
        starts_at: case.start(),
        ends_at: case.end(),
        meeting_at: case.row.meeting_at,
        meeting_place: case.row.meeting_place.clone().unwrap_or_default(),
        family,
        reader,
        revision,
        updated_at,
        missing: missing(&kids, &answers),
        children: kids.into_iter().map(child).collect(),
        answers,
        suggested,
        editable,
    })
}

#[derive(FromQueryResult)]
struct Earlier {
    request_no: RequestNo,
    fields: String,
}

/// How many earlier sheets are looked at.
const EARLIER: u64 = 20;

/// The family's latest sheets of other cases, with one provider if asked, the newest first.
async fn of_family<C: ConnectionTrait>(
    connection: &C,
    member: MemberId,
    provider: Option<MemberId>,
    but: RequestId,
) -> Result<Vec<Earlier>> {
    use care_request::Column as R;
    use pre_meeting_sheet::Column as S;
    let sheets = Query::select()
        .columns([R::RequestNo.as_column_ref(), S::Fields.as_column_ref()])
        .from(care_request::Entity)
        .inner_join(pre_meeting_sheet::Entity, db::same(S::RequestId, R::Id))
        .and_where(R::MemberId.eq(member))
        .and_where(R::Id.ne(but))
        .and_where_option(provider.map(|provider| R::ProviderId.eq(provider)))
        .order_by(S::UpdatedAt.as_column_ref(), Order::Desc)
        .order_by(R::Id.as_column_ref(), Order::Desc)
        .limit(EARLIER)
        .take();
    db::select(connection, &sheets).await
}

/// Only the family's own answers and those of these children.
fn of_children(answers: Answers, kids: &[ChildRow]) -> Answers {
    let known = |key: &String| {
        SheetField::from_key(key).is_some()
            || kids.iter().any(|child| ChildField::ALL.iter().any(|field| field.key_for(child.id) == *key))
    };
    answers.into_iter().filter(|(key, _)| known(key)).collect()
}

/// Copies the pair's last sheet that says enough of these children to a case without one; returns where it came from.
pub(crate) async fn carry_over(
    tx: &DatabaseTransaction,
    now: Instant,
    actor: &Actor,
    row: &crate::entity::care_request::Model,
) -> Result<Option<RequestNo>> {
    if pre_meeting_sheet::Entity::find_by_id(row.id).one(tx).await?.is_some() {
        return Ok(None);
    }
    let kids = children(tx, row.id).await?;
    for earlier in of_family(tx, row.member_id, row.provider_id, row.id).await? {
        let answers = of_children(serde_json::from_str(&earlier.fields)?, &kids);
        if missing(&kids, &answers).is_empty() {
            write(tx, row.id, 1, &answers, &kids, actor, now).await?;
            return Ok(Some(earlier.request_no));
        }
    }
    Ok(None)
}
