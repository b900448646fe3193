//! What of a case stands in its two members' calendars: the 事前打合せ from 打合せ予定 on, the activity from 成立 on.

use crate::request::CoordinationStatus;
use crate::time::Instant;
use crate::workflow::keyed;

keyed!(
    /// What an entry is about; a case has at most one of each.
    Appointment {
        /// 事前打合せ
        Meeting = "meeting",
        /// 援助活動
        Activity = "activity",
    }
);

/// An entry of a calendar.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct CalendarEntry {
    /// What it is about.
    pub what: Appointment,
    /// When it begins.
    pub start: Instant,
    /// When it ends; a meeting has no end.
    pub end: Option<Instant>,
    /// Whether it was called off.
    pub off: bool,
}

impl CalendarEntry {
    /// Whether it is not over yet.
    #[must_use]
    pub fn is_ahead(&self, now: Instant) -> bool {
        self.end.unwrap_or(self.start) > now
    }
}

/// A case's entries, in the order of their days; none while nothing is agreed with a provider.
#[must_use]
pub fn entries(
    status: CoordinationStatus,
    meeting_at: Option<Instant>,
    (start, end): (Instant, Instant),
) -> Vec<CalendarEntry> {
    use CoordinationStatus as S;
    let known = meeting_at.filter(|_| status.meeting_known());
    // Only what was agreed can be cancelled, and it is agreed after the meeting: that one took place.
    let meeting = known.map(|start| CalendarEntry { what: Appointment::Meeting, start, end: None, off: false });
    let agreed = matches!(status, S::Established | S::Completed | S::Cancelled);
    let off = status == S::Cancelled;
    let activity = agreed.then_some(CalendarEntry { what: Appointment::Activity, start, end: Some(end), off });
    meeting.into_iter().chain(activity).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::time::parse_iso_date;

    #[test]
    fn a_calendar_holds_what_is_agreed() {
        use Appointment::{Activity, Meeting};
        use CoordinationStatus as S;
        let at = |day: &str, minute| Instant::at(parse_iso_date(day).unwrap(), minute);
        let (met, hours) = (at("2024-03-15", 540), (at("2024-03-30", 690), at("2024-03-30", 810)));
        for &status in S::ALL {
            let found = entries(status, Some(met), hours);
            let listed: Vec<_> = found.iter().map(|entry| (entry.what, entry.off)).collect();
            let due: &[_] = match status {
                S::MeetingScheduled | S::MeetingHeld => &[(Meeting, false)],
                S::Established | S::Completed => &[(Meeting, false), (Activity, false)],
                S::Cancelled => &[(Meeting, false), (Activity, true)],
                _ => &[],
            };
            assert_eq!(listed, due, "{status:?}");
        }
        let waived = entries(S::Established, None, hours);
        assert_eq!(waived.len(), 1, "成立 without a meeting");
        assert!(waived[0].is_ahead(at("2024-03-30", 809)) && !waived[0].is_ahead(hours.1));
        let meeting = entries(S::MeetingScheduled, Some(met), hours)[0];
        assert!(meeting.is_ahead(at("2024-03-15", 539)) && !meeting.is_ahead(met));
    }
}
