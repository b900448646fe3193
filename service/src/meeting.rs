//! The pre-meeting (事前打合せ): its date and place, that it was held, and the 事前打合せ情報 ([`sheet`]).

pub mod sheet;

pub(crate) use sheet::carry_over;
pub use sheet::{SheetChild, SheetFamily, SheetReader, SheetView, read_sheet, save_sheet, state_reason};

use crate::coordination::{Asked, Case, Outcome};
use crate::entity::pre_meeting_sheet;
use crate::error::{Error, Result};
use crate::step::Step;
use crate::{Env, ward};
use domain::actor::{Actor, Channel, Party};
use domain::event::{Event, Meeting, Sheet};
use domain::fault::{FieldError, FieldFault};
use domain::horizon::Horizon;
use domain::input;
use domain::number::RequestNo;
use domain::refusal::Refusal;
use domain::request::{CoordinationStatus, RequestAction};
use domain::time::Instant;
use sea_orm::{ActiveValue::Set, EntityTrait};

/// The longest description of a place.
const PLACE_CHARS: usize = 200;

/// When and where, as typed.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct MeetingForm {
    /// 事前打合せ日
    pub meeting_date: String,
    /// The time of day.
    pub meeting_time: String,
    /// Where they meet.
    pub meeting_place: String,
}

/// Sets or moves the pre-meeting; the family, the matched provider and the coordinator may.
///
/// # Errors
/// A stranger: [`Error::NotFound`]; fields to fix: [`Error::Invalid`]; a page that showed an older case:
/// [`Error::Stale`]; or the table's refusal.
pub async fn schedule(env: &Env, actor: &Actor, no: RequestNo, asked: Asked, form: &MeetingForm) -> Result<Outcome> {
    let tx = env.db.begin().await?;
    let mut step = Step::<Case>::hold(env, &tx, actor, no).await?;
    let (case, side) = (&step.thing, step.side);
    let wanted = read(form, asked.channel, case, side, step.now, &crate::horizon::load(&tx, env).await?);
    // A resent page finds its own meeting.
    if let Ok((at, place)) = &wanted
        && case.status == CoordinationStatus::MeetingScheduled
        && case.row.meeting_at == Some(*at)
        && case.row.meeting_place.as_deref() == Some(place.as_str())
    {
        return Ok(Outcome::AlreadyApplied);
    }
    if !step.take(RequestAction::ScheduleMeeting, asked.seen).await? {
        return Ok(Outcome::AlreadyApplied);
    }
    let (at, meeting_place) = wanted?;
    let before = step.thing.row.meeting_at;
    let closed = ward::closed_on(&tx, &step.thing.row.ward, at.date()).await?;
    step.changes.meeting_at = Set(Some(at));
    step.changes.meeting_place = Set(Some(meeting_place.clone()));
    // The coordinator says how the day reached her; a member's step is always the screen.
    step.by.channel = if side == Party::Coordinator { asked.channel } else { Channel::Web };
    step.commit(Event::ScheduleMeeting(Meeting { meeting_at: Some(at), meeting_place, before, closed }), None).await?;
    tx.commit().await?;
    Ok(Outcome::Executed)
}

/// The branch's name when the meeting that is set lies on a day on which it is closed, to be said to whoever set it.
///
/// # Errors
/// A stranger: [`Error::NotFound`].
pub async fn closed_branch(env: &Env, actor: &Actor, no: RequestNo) -> Result<Option<String>> {
    let connection = env.db.read();
    let (case, _) = Case::read(connection, actor, no).await?;
    match case.row.meeting_at {
        Some(at) => ward::closed_on(connection, &case.row.ward, at.date()).await,
        None => Ok(None),
    }
}

/// Reads the form; a coordinator says how she heard of it, and may also enter a meeting that has already been.
fn read(
    form: &MeetingForm,
    channel: Channel,
    case: &Case,
    side: Party,
    now: Instant,
    horizon: &Horizon,
) -> Result<(Instant, String)> {
    let mut faults = Vec::new();
    let mut fault = |field: &str, fault: FieldFault| faults.push(FieldError::new(field, fault));
    let date = horizon.plan(&form.meeting_date).map_err(|bad| fault("meeting_date", bad)).ok();
    let time = input::parse_time(&form.meeting_time).map_err(|bad| fault("meeting_time", bad.into())).ok();
    let place = input::parse_line(&form.meeting_place, PLACE_CHARS).and_then(input::required);
    let place = place.map_err(|bad| fault("meeting_place", bad.into())).ok();
    let at = date.zip(time).map(|(date, minute)| Instant::at(date, minute));
    if let Some(at) = at {
        if at >= case.start() {
            fault("meeting_date", FieldFault::MeetingAfterActivity);
        } else if side != Party::Coordinator && at.date() < now.date() {
            fault("meeting_date", FieldFault::Past);
        }
    }
    if side == Party::Coordinator && !channel.is_of_a_member() {
        fault("channel", FieldFault::Missing);
    }
    match (at, place) {
        (Some(at), Some(place)) if faults.is_empty() => Ok((at, place)),
        _ => Err(Error::Invalid(faults)),
    }
}

/// 打合せ済: the coordinator heard from both that they met; the 事前打合せ情報 must be complete.
///
/// # Errors
/// Another ward's case: [`Error::NotFound`]; [`Refusal::MeetingAhead`] before the meeting's time;
/// [`Refusal::SheetIncomplete`]; or the table's refusal.
pub async fn hold(env: &Env, actor: &Actor, no: RequestNo, asked: Asked) -> Result<Outcome> {
    let tx = env.db.begin().await?;
    let action = RequestAction::HoldMeeting;
    let Some(mut step) = Step::<Case>::begin(env, &tx, actor, no, action, asked.seen).await? else {
        return Ok(Outcome::AlreadyApplied);
    };
    if let Some(at) = step.thing.row.meeting_at.filter(|at| *at > step.now) {
        return Err(Refusal::MeetingAhead { at }.into());
    }
    let sheet = pre_meeting_sheet::Entity::find_by_id(step.thing.row.id).one(&tx).await?;
    let sheet = sheet.filter(|sheet| sheet.complete != 0).ok_or(Refusal::SheetIncomplete)?;
    step.commit(Event::HoldMeeting(Sheet { sheet_revision: sheet.revision }), None).await?;
    tx.commit().await?;
    Ok(Outcome::Executed)
}
