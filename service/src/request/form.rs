//! What a person typed into 預かり依頼登録, read into what is asked for; every wrong field is named at once.

use crate::entity::child;
use crate::error::Result;
use domain::fault::{FieldError, FieldFault};
use domain::horizon::Horizon;
use domain::id::{ChildId, MemberId};
use domain::input::{self, InputFault};
use domain::request::{CareKind, CarePlace, care_period, child_eligible};
use domain::time::{Date, Instant};
use sea_orm::sea_query::LockType;
use sea_orm::{
    ColumnTrait, ConnectionTrait, EntityTrait, FromQueryResult, QueryFilter, QueryOrder, QuerySelect, Select,
};
use serde::{Deserialize, Serialize};

/// Characters of 場所のくわしい説明.
pub const PLACE_LENGTH: usize = 200;
/// Characters of 連絡事項.
pub const NOTES_LENGTH: usize = 1000;

/// The form's fields exactly as typed; kept as such in a draft, so nothing is lost.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct RequestForm {
    /// 預けたい日
    pub date: String,
    /// 開始
    pub start: String,
    /// 終了
    pub end: String,
    /// Anything: the end lies on the next day.
    pub next_day: String,
    /// The ticked children's rows.
    pub children: Vec<String>,
    /// A key of [`CareKind`].
    pub care_kind: String,
    /// A key of [`CarePlace`].
    pub care_place: String,
    /// 場所のくわしい説明
    pub place_detail: String,
    /// 連絡事項
    pub notes: String,
}

/// A child of the member, to choose from.
#[derive(Clone, Debug, PartialEq, Eq, FromQueryResult)]
pub struct OwnChild {
    /// The child's row.
    pub id: ChildId,
    /// The given name.
    pub given_name: String,
    /// The birth date.
    pub birth_date: Date,
}

/// A member's children, eldest first.
pub async fn children<C: ConnectionTrait>(connection: &C, member: MemberId) -> Result<Vec<OwnChild>> {
    Ok(children_of(member).into_model().all(connection).await?)
}

/// The same, held until the transaction ends: a birth date is not corrected between its judgement and the request.
pub async fn held_children<C: ConnectionTrait>(transaction: &C, member: MemberId) -> Result<Vec<OwnChild>> {
    Ok(children_of(member).lock(LockType::NoKeyUpdate).into_model().all(transaction).await?)
}

fn children_of(member: MemberId) -> Select<child::Entity> {
    child::Entity::find()
        .filter(child::Column::MemberId.eq(member))
        .order_by_asc(child::Column::BirthDate)
        .order_by_asc(child::Column::Id)
}

/// What is asked for: date, time and content are fixed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Wanted {
    /// The beginning.
    pub start: Instant,
    /// The end, perhaps on the next day.
    pub end: Instant,
    /// The children, eldest first.
    pub children: Vec<OwnChild>,
    /// 希望する援助内容
    pub kind: CareKind,
    /// Where.
    pub place: CarePlace,
    /// Where exactly.
    pub place_detail: String,
    /// What else the branch should know.
    pub notes: String,
}

/// What of a form can be read, wrong or not; a draft's columns hold it.
pub struct Reading {
    /// The day, when it can be read.
    pub date: Option<Date>,
    /// The beginning, when day and time can be read.
    pub start: Option<Instant>,
    /// The end, when day and time can be read.
    pub end: Option<Instant>,
    /// The ticked children that are the member's own, eldest first.
    pub children: Vec<OwnChild>,
    /// 希望する援助内容, when chosen.
    pub kind: Option<CareKind>,
    /// Where, when chosen.
    pub place: Option<CarePlace>,
    /// Where exactly, without outer spaces.
    pub place_detail: String,
    /// What else the branch should know, without outer spaces.
    pub notes: String,
    /// Every field to fix, in the form's order.
    pub errors: Vec<FieldError>,
}

impl Reading {
    /// What is asked for, when nothing is to be fixed.
    ///
    /// # Errors
    /// Every field to fix.
    pub fn wanted(self) -> Result<Wanted, Vec<FieldError>> {
        match (self.start, self.end, self.kind, self.place) {
            (Some(start), Some(end), Some(kind), Some(place)) if self.errors.is_empty() => Ok(Wanted {
                start,
                end,
                children: self.children,
                kind,
                place,
                place_detail: self.place_detail,
                notes: self.notes,
            }),
            _ => Err(self.errors),
        }
    }
}

/// Reads a form as far as the horizon lets a request be made; `own` are the member's children.
#[must_use]
pub fn read(form: &RequestForm, own: &[OwnChild], horizon: &Horizon) -> Reading {
    let mut errors = Errors(Vec::new());
    let date = errors.judge("date", horizon.request(&form.date));
    if date.is_some_and(|date| date < horizon.today) {
        errors.add("date", FieldFault::Past);
    }
    let first = errors.take("start", input::parse_time(&form.start));
    let last = errors.take("end", input::parse_time(&form.end));
    let mut end = None;
    if let (Some(first), Some(last)) = (first, last) {
        // The end lies after the start on whatever day it is, also on one that cannot be read.
        let period = care_period(date.unwrap_or(horizon.today), first, last, !form.next_day.is_empty());
        end = errors.judge("end", period.map(|(_, end)| end)).filter(|_| date.is_some());
    }
    let children = read_children(form, own, date, &mut errors);
    let kind = errors.choose("care_kind", &form.care_kind, CareKind::from_key);
    let place = read_place(form, kind, &mut errors);
    let place_detail =
        errors.take("place_detail", input::parse_line(&form.place_detail, PLACE_LENGTH)).unwrap_or_default();
    let needs_detail =
        place == Some(CarePlace::Other) || matches!(kind, Some(CareKind::Escort | CareKind::CareWithEscort));
    if needs_detail && form.place_detail.trim().is_empty() {
        errors.add("place_detail", FieldFault::Missing);
    }
    let notes = errors.take("notes", input::parse_text(&form.notes, NOTES_LENGTH)).unwrap_or_default();
    let moment = |minute: Option<u16>| date.zip(minute).map(|(date, minute)| Instant::at(date, minute));
    Reading { date, start: moment(first), end, children, kind, place, place_detail, notes, errors: errors.0 }
}

fn read_children(form: &RequestForm, own: &[OwnChild], date: Option<Date>, errors: &mut Errors) -> Vec<OwnChild> {
    let ticked = |child: &&OwnChild| form.children.iter().any(|id| *id == child.id.to_string());
    let children: Vec<OwnChild> = own.iter().filter(ticked).cloned().collect();
    let is_own = |id: &String| own.iter().any(|child| *id == child.id.to_string());
    if !form.children.iter().all(is_own) {
        errors.add("children", FieldFault::NotAChoice);
    } else if children.is_empty() {
        errors.add("children", FieldFault::Missing);
    } else if let Some(date) = date {
        let too_young_or_old = |child: &&OwnChild| !child_eligible(child.birth_date, date);
        let names: Vec<_> = children.iter().filter(too_young_or_old).map(|child| child.given_name.clone()).collect();
        if !names.is_empty() {
            errors.add("children", FieldFault::ChildNotEligible(names));
        }
    }
    children
}

/// 拠点ひろばでの預かり takes place at the base: no need to say so, and nowhere else.
fn read_place(form: &RequestForm, kind: Option<CareKind>, errors: &mut Errors) -> Option<CarePlace> {
    if kind == Some(CareKind::BaseCare) {
        if form.care_place.is_empty() || form.care_place == CarePlace::Base.key() {
            return Some(CarePlace::Base);
        }
        errors.add("care_place", FieldFault::NotAChoice);
        return None;
    }
    errors.choose("care_place", &form.care_place, CarePlace::from_key)
}

struct Errors(Vec<FieldError>);

impl Errors {
    fn add(&mut self, field: &str, fault: FieldFault) {
        self.0.push(FieldError::new(field, fault));
    }

    fn take<T>(&mut self, field: &str, read: Result<T, InputFault>) -> Option<T> {
        read.map_err(|fault| self.add(field, fault.into())).ok()
    }

    fn judge<T>(&mut self, field: &str, read: Result<T, FieldFault>) -> Option<T> {
        read.map_err(|fault| self.add(field, fault)).ok()
    }

    fn choose<T>(&mut self, field: &str, key: &str, from_key: impl Fn(&str) -> Option<T>) -> Option<T> {
        let chosen = from_key(key);
        if chosen.is_none() {
            self.add(field, if key.is_empty() { FieldFault::Missing } else { FieldFault::NotAChoice });
        }
        chosen
    }
}
