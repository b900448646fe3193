//! A case's days for the calendars of its family and its provider.

use crate::Env;
use crate::coordination::Case;
use crate::error::{Error, Result, stored};
use crate::policy;
use domain::actor::Actor;
use domain::calendar::{CalendarEntry, entries};
use domain::number::RequestNo;
use domain::policy::Right;
use domain::request::CareKind;
use domain::time::Instant;

/// What a calendar gets to know of a case: no name, no address.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CaseCalendar {
    /// 依頼ID
    pub no: RequestNo,
    /// Grows with every step of the case, so that a newer file takes the place of an older one.
    pub revision: i64,
    /// 希望する援助内容
    pub kind: CareKind,
    /// The meeting and the activity; at least one of them.
    pub entries: Vec<CalendarEntry>,
    /// Now.
    pub now: Instant,
}

/// A case's days, for its family and its matched provider.
///
/// # Errors
/// [`Error::NotFound`] for everybody else, and while nothing is agreed.
pub async fn of_case(env: &Env, actor: &Actor, no: RequestNo) -> Result<CaseCalendar> {
    let (case, _) = Case::read(env.db.read(), actor, no).await?;
    let entries = entries(case.status, case.row.meeting_at, (case.start(), case.end()));
    policy::permit(actor, Right::ReadCalendar, &case.row)?;
    if entries.is_empty() {
        return Err(Error::NotFound);
    }
    let kind = stored(case.row.care_kind, "care kind")?;
    Ok(CaseCalendar { no, revision: case.row.revision, kind, entries, now: env.clock.now() })
}
