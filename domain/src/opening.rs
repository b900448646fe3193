//! When a branch (区支部) answers its telephone: days of the week, hours, and what closes it on those days.

use crate::holiday::HolidayCalendar;
use crate::time::{Date, Instant, MINUTES_OF_DAY, MinuteOfDay, Weekday};
use serde::Deserialize;
use time::Duration;

/// How far ahead the next opening is looked for; the longest closure is the turn of the year.
pub const SEARCH_DAYS: i64 = 21;

/// A rule that closes a branch on a day of the week on which it is otherwise open.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ClosedRule {
    /// 祝日.
    Holidays,
    /// 年末年始, 29 December to 3 January.
    YearEnd,
    /// The Tuesday after a Monday that is a holiday.
    TuesdayAfterMondayHoliday,
}

impl ClosedRule {
    /// Every rule with its key in data.
    pub const ALL: [(Self, &'static str); 3] = [
        (Self::Holidays, "holidays"),
        (Self::YearEnd, "year_end"),
        (Self::TuesdayAfterMondayHoliday, "tuesday_after_monday_holiday"),
    ];

    /// The rule's key in data.
    #[must_use]
    pub fn key(self) -> &'static str {
        Self::ALL.iter().find(|(rule, _)| *rule == self).map_or("", |(_, key)| key)
    }

    fn closes(self, holidays: &HolidayCalendar, date: Date) -> bool {
        match self {
            Self::Holidays => holidays.name_on(date).is_some(),
            Self::YearEnd => matches!((u8::from(date.month()), date.day()), (12, 29..) | (1, ..=3)),
            Self::TuesdayAfterMondayHoliday => {
                date.weekday() == Weekday::Tuesday
                    && date.previous_day().is_some_and(|monday| holidays.name_on(monday).is_some())
            }
        }
    }
}

/// When a branch answers its telephone.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Hours {
    /// Days of the week, from Monday on.
    pub weekdays: Vec<Weekday>,
    /// The first minute of the day, Asia/Tokyo.
    pub open: MinuteOfDay,
    /// The first minute after closing, Asia/Tokyo.
    pub close: MinuteOfDay,
    /// What closes it on those days.
    pub closed: Vec<ClosedRule>,
}

impl Hours {
    /// Whether the branch works on a day at all.
    #[must_use]
    pub fn is_open_on(&self, holidays: &HolidayCalendar, date: Date) -> bool {
        self.weekdays.contains(&date.weekday()) && !self.closed.iter().any(|rule| rule.closes(holidays, date))
    }

    /// Whether somebody answers the telephone at this moment.
    #[must_use]
    pub fn is_open(&self, holidays: &HolidayCalendar, now: Instant) -> bool {
        (self.open..self.close).contains(&now.minute_of_day()) && self.is_open_on(holidays, now.date())
    }

    /// The moment until which so much time of open days passes; closed days do not count, so it never lies on one.
    ///
    /// Where no day is open within [`SEARCH_DAYS`] more days than asked for, time simply passes.
    #[must_use]
    pub fn after_open_time(&self, holidays: &HolidayCalendar, from: Instant, minutes: i64) -> Instant {
        let plain = from.plus_minutes(minutes);
        let mut left = plain.0.saturating_sub(from.0);
        let mut at = from;
        for _ in 0..SEARCH_DAYS + minutes / i64::from(MINUTES_OF_DAY) {
            let midnight = Instant::at(at.date(), MINUTES_OF_DAY);
            if self.is_open_on(holidays, at.date()) {
                let room = midnight.0.saturating_sub(at.0);
                if left < room {
                    return Instant(at.0.saturating_add(left));
                }
                left -= room;
            }
            at = midnight;
        }
        plain
    }

    /// The first opening after this moment; `None` when there is none within [`SEARCH_DAYS`].
    #[must_use]
    pub fn next_opening(&self, holidays: &HolidayCalendar, now: Instant) -> Option<Instant> {
        let today = now.date();
        (0..SEARCH_DAYS)
            .filter_map(|days| today.checked_add(Duration::days(days)))
            .filter(|date| self.is_open_on(holidays, *date))
            .map(|date| Instant::at(date, self.open))
            .find(|opening| *opening > now)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::time::parse_rfc3339;

    /// 緑区支部: Tuesday to Saturday, 9:00 to 17:00.
    fn midori() -> Hours {
        let weekdays =
            vec![Weekday::Tuesday, Weekday::Wednesday, Weekday::Thursday, Weekday::Friday, Weekday::Saturday];
        Hours { weekdays, open: 540, close: 1020, closed: ClosedRule::ALL.iter().map(|(rule, _)| *rule).collect() }
    }

    fn holidays() -> HolidayCalendar {
        // 2024-02-12 is a Monday (振替休日), 2024-03-20 a Wednesday (春分の日).
        HolidayCalendar::from_csv("2024-02-12,休日\n2024-03-20,春分の日\n2025-01-01,元日\n").unwrap()
    }

    fn at(text: &str) -> Instant {
        parse_rfc3339(text).unwrap()
    }

    #[test]
    fn the_telephone_is_answered_from_the_first_minute_to_the_last() {
        let (hours, holidays) = (midori(), holidays());
        for (moment, open) in [
            ("2024-03-16T08:59:59+09:00", false),
            ("2024-03-16T09:00:00+09:00", true),
            ("2024-03-16T16:59:59+09:00", true),
            ("2024-03-16T17:00:00+09:00", false),
            ("2024-03-17T10:00:00+09:00", false),
            ("2024-03-18T10:00:00+09:00", false),
            ("2024-03-20T10:00:00+09:00", false),
            ("2024-02-13T10:00:00+09:00", false),
            ("2024-02-14T10:00:00+09:00", true),
            ("2024-12-28T10:00:00+09:00", true),
            ("2024-12-31T10:00:00+09:00", false),
            ("2025-01-03T10:00:00+09:00", false),
            ("2025-01-04T10:00:00+09:00", true),
        ] {
            assert_eq!(hours.is_open(&holidays, at(moment)), open, "{moment}");
        }
    }

    #[test]
    fn time_passes_on_open_days_only() {
        let (hours, holidays) = (midori(), holidays());
        for (from, until) in [
            // Saturday, then Sunday and Monday closed, Tuesday, and 春分の日 closed too.
            ("2024-03-16T10:00:00+09:00", "2024-03-21T10:00:00+09:00"),
            ("2024-03-21T10:00:00+09:00", "2024-03-23T10:00:00+09:00"),
            ("2024-03-22T15:00:30+09:00", "2024-03-26T15:00:30+09:00"),
            ("2024-03-17T12:00:00+09:00", "2024-03-22T00:00:00+09:00"),
        ] {
            assert_eq!(hours.after_open_time(&holidays, at(from), 48 * 60), at(until), "{from}");
        }
        let never = Hours { weekdays: Vec::new(), ..midori() };
        let from = at("2024-03-16T10:00:00+09:00");
        assert_eq!(never.after_open_time(&holidays, from, 48 * 60), from.plus_days(2));
    }

    #[test]
    fn a_deadline_never_lies_on_a_closed_day_nor_before_its_plain_time() {
        let (hours, holidays) = (midori(), holidays());
        for hour in 0..24 * 40 {
            let from = at("2024-02-01T00:30:00+09:00").plus_minutes(hour * 60);
            let until = hours.after_open_time(&holidays, from, 48 * 60);
            assert!(hours.is_open_on(&holidays, until.date()), "{from:?}");
            assert!(until >= from.plus_days(2) && until <= from.plus_days(9), "{from:?}");
        }
    }

    #[test]
    fn the_next_opening_skips_closed_days() {
        let (hours, holidays) = (midori(), holidays());
        for (moment, opening) in [
            ("2024-03-16T08:00:00+09:00", "2024-03-16T09:00:00+09:00"),
            ("2024-03-16T17:00:00+09:00", "2024-03-19T09:00:00+09:00"),
            ("2024-02-10T17:00:00+09:00", "2024-02-14T09:00:00+09:00"),
            ("2024-12-28T17:00:00+09:00", "2025-01-04T09:00:00+09:00"),
        ] {
            assert_eq!(hours.next_opening(&holidays, at(moment)), Some(at(opening)), "{moment}");
        }
        let never = Hours { weekdays: Vec::new(), ..midori() };
        assert_eq!(never.next_opening(&holidays, at("2024-03-16T08:00:00+09:00")), None);
        assert!(!never.is_open(&holidays, at("2024-03-16T10:00:00+09:00")));
    }
}
