//! The city's benefit (給付金): lines, claims and the monthly close (domain 1.6, 5.4).

use crate::refusal::Refusal;
use crate::time::{Date, Instant};
use crate::workflow::keyed;
use std::fmt;

keyed!(
    /// The status of a benefit line (給付金申請).
    LineStatus {
        /// 申請前: would be claimed at the next close
        Eligible = "eligible",
        /// 申請済
        Applied = "applied",
    }
);

keyed!(
    /// What a line of a claim is for.
    LineKind {
        /// 援助活動: an activity's report
        Activity = "activity",
    }
);

keyed!(
    /// The status of a provider's monthly claim (給付金請求申請).
    ClaimStatus {
        /// 作成中
        Open = "open",
        /// 請求済
        Submitted = "submitted",
    }
);

keyed!(
    /// Why a report would slip past the next close.
    Slip {
        /// 成立, the activity is over, and nobody has begun a report
        NotWritten = "not_written",
        /// 作成中: not yet registered
        NotSubmitted = "not_submitted",
        /// 承認待ち
        NotApproved = "not_approved",
        /// 修正依頼
        RevisionRequested = "revision_requested",
        /// 報酬 受領前
        NotReceived = "not_received",
    }
);

/// A calendar month in Asia/Tokyo: `2024-04`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct YearMonth {
    /// The Gregorian year.
    pub year: i32,
    /// 1..=12
    pub month: u8,
}

crate::stored::stored_as!(YearMonth, String, |month| month.to_string(), |text| YearMonth::parse(&text));

impl YearMonth {
    /// The month of a date.
    #[must_use]
    pub fn of(date: Date) -> Self {
        Self { year: date.year(), month: u8::from(date.month()) }
    }

    /// Reads exactly `2024-04`, years 2000 to 2999.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let (year, month) = text.split_once('-')?;
        if year.len() != 4 || month.len() != 2 {
            return None;
        }
        let (year, month) = (year.parse().ok()?, month.parse().ok()?);
        ((2000..3000).contains(&year) && (1..=12).contains(&month)).then_some(Self { year, month })
    }

    /// The month after.
    #[must_use]
    pub const fn next(self) -> Self {
        if self.month == 12 {
            Self { year: self.year + 1, month: 1 }
        } else {
            Self { year: self.year, month: self.month + 1 }
        }
    }

    /// The month before.
    #[must_use]
    pub const fn previous(self) -> Self {
        if self.month == 1 {
            Self { year: self.year - 1, month: 12 }
        } else {
            Self { year: self.year, month: self.month - 1 }
        }
    }

    /// The close's cutoff: the 6th 00:00 Asia/Tokyo, exclusive (newsletter: 毎月5日までに).
    #[must_use]
    pub fn cutoff(self) -> Instant {
        let month = ::time::Month::try_from(self.month).unwrap_or(::time::Month::January);
        Instant::at(Date::from_calendar_date(self.year, month, CUTOFF_DAY + 1).unwrap_or(Date::MAX), 0)
    }

    /// The last day on which a settlement counts for this close: the 5th.
    #[must_use]
    pub fn last_day(self) -> Date {
        Instant(self.cutoff().0 - 1).date()
    }

    /// The month whose close takes what is settled at `moment`: this month until the 5th, else the next.
    #[must_use]
    pub fn of_close(moment: Instant) -> Self {
        let month = Self::of(moment.date());
        if moment < month.cutoff() { month } else { month.next() }
    }
}

impl fmt::Display for YearMonth {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:04}-{:02}", self.year, self.month)
    }
}

/// The last day of the month on which a settlement still counts for that month's close.
pub const CUTOFF_DAY: u8 = 5;

/// The month whose close takes a report of no claim: that of the later of approval and receipt. `None` as long as one of
/// them is missing.
///
/// The close itself asks the same of all reports at once, in the database.
#[must_use]
pub fn close_of(approved_at: Option<Instant>, received_at: Option<Instant>) -> Option<YearMonth> {
    Some(YearMonth::of_close(approved_at?.max(received_at?)))
}

/// Refuses to undo or open again a report that is in a close, or met a close's conditions at a cutoff that has passed,
/// whether or not the run has happened (domain 5.3).
///
/// # Errors
/// [`Refusal::InClose`] with the close's month.
pub fn still_open(
    now: Instant,
    approved_at: Option<Instant>,
    received_at: Option<Instant>,
    claimed: bool,
) -> Result<(), Refusal> {
    match close_of(approved_at, received_at) {
        Some(month) if claimed || now >= month.cutoff() => Err(Refusal::InClose { month: month.to_string() }),
        _ => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::time::parse_rfc3339;

    #[test]
    fn the_fifth_counts_to_its_last_microsecond() {
        let april = YearMonth { year: 2024, month: 4 };
        let midnight = parse_rfc3339("2024-04-06T00:00:00+09:00").unwrap();
        assert_eq!(april.cutoff(), midnight);
        let before = Instant(midnight.0 - 1);
        assert_eq!(close_of(Some(before), Some(before)), Some(april));
        assert_eq!(close_of(Some(before), Some(midnight)), Some(april.next()));
        assert_eq!(close_of(Some(before), None), None, "not received: nothing to claim");
        assert_eq!(YearMonth::of_close(before), april);
        assert_eq!(YearMonth::of_close(midnight), april.next());
    }

    #[test]
    fn a_cutoff_that_has_passed_fixes_what_met_it() {
        let april = YearMonth { year: 2024, month: 4 };
        let (end, before) = (april.cutoff(), Instant(april.cutoff().0 - 1));
        let settled = Some(before);
        let fixed = Err(Refusal::InClose { month: "2024-04".into() });
        assert_eq!(still_open(before, settled, settled, false), Ok(()));
        assert_eq!(still_open(end, settled, settled, false), fixed);
        assert_eq!(still_open(before, settled, settled, true), fixed, "claimed is claimed");
        assert_eq!(still_open(end, settled, Some(end), false), Ok(()), "received for the next close");
        assert_eq!(still_open(end, settled, None, false), Ok(()), "not received: nothing to claim");
    }

    #[test]
    fn months_turn_with_the_year() {
        let december = YearMonth { year: 2024, month: 12 };
        assert_eq!(december.next().to_string(), "2025-01");
        assert_eq!(december.next().previous(), december);
        assert_eq!(YearMonth::parse("2024-13"), None);
    }
}
