//! Public holidays as data: a table of dates, never a formula (equinoxes and special laws move them).

use serde::{Deserialize, Serialize};
use time::{Date, Month};

use crate::time::{parse_iso_date, serde_date};

/// The kinds of days a tariff may treat unlike their day of the week.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum HolidayClass {
    /// 祝日, with 振替休日 and 国民の休日: a date of the [`HolidayCalendar`].
    National,
    /// 年末年始: the span the tariff names, in Yokohama 12-29 to 01-03.
    YearEnd,
}

/// One public holiday.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Holiday {
    /// The day in Asia/Tokyo.
    #[serde(with = "serde_date")]
    pub date: Date,
    /// Its name as published, such as 春分の日.
    pub name: String,
}

/// The public holidays of a span of days; about a day outside the span nothing is known.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct HolidayCalendar {
    #[serde(with = "serde_date")]
    from: Date,
    #[serde(with = "serde_date")]
    to: Date,
    holidays: Vec<Holiday>,
}

/// Why a table of holidays cannot be read; `line` counts from 1.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum HolidayFault {
    /// The line is not `2024-03-20,春分の日`.
    #[error("line {line} of the holiday table is not `date,name`: {text}")]
    Line {
        /// The line's number.
        line: usize,
        /// What it says.
        text: String,
    },
    /// The day stands in the table twice.
    #[error("line {line} of the holiday table repeats {text}")]
    Repeated {
        /// The line's number.
        line: usize,
        /// The repeated date.
        text: String,
    },
    /// Not one holiday was found.
    #[error("the holiday table has no line")]
    Empty,
}

impl HolidayCalendar {
    /// The holidays known for the days `from` to `to`, both included; those outside are dropped.
    #[must_use]
    pub fn new(from: Date, to: Date, mut holidays: Vec<Holiday>) -> Self {
        holidays.retain(|holiday| (from..=to).contains(&holiday.date));
        holidays.sort_by_key(|holiday| holiday.date);
        holidays.dedup_by_key(|holiday| holiday.date);
        Self { from, to, holidays }
    }

    /// The holidays of whole years, from the first to the last year that has one.
    #[must_use]
    pub fn of_years(holidays: Vec<Holiday>) -> Option<Self> {
        let first = holidays.iter().map(|holiday| holiday.date.year()).min()?;
        let last = holidays.iter().map(|holiday| holiday.date.year()).max()?;
        let from = Date::from_calendar_date(first, Month::January, 1).ok()?;
        let to = Date::from_calendar_date(last, Month::December, 31).ok()?;
        Some(Self::new(from, to, holidays))
    }

    /// Reads a table of lines `2024-03-20,春分の日`; lines that begin with `#` and empty lines are remarks.
    ///
    /// # Errors
    /// The first line that is no date and name, or that repeats a date; an empty table.
    pub fn from_csv(text: &str) -> Result<Self, HolidayFault> {
        let mut holidays: Vec<Holiday> = Vec::new();
        for (index, line) in text.lines().enumerate() {
            let line = line.trim();
            if line.is_empty() || line.starts_with('#') {
                continue;
            }
            let fault = || HolidayFault::Line { line: index + 1, text: line.to_owned() };
            let (date, name) = line.split_once(',').ok_or_else(fault)?;
            let day = parse_iso_date(date).ok_or_else(fault)?;
            if name.trim().is_empty() {
                return Err(fault());
            }
            if holidays.iter().any(|holiday| holiday.date == day) {
                return Err(HolidayFault::Repeated { line: index + 1, text: date.to_owned() });
            }
            holidays.push(Holiday { date: day, name: name.trim().to_owned() });
        }
        Self::of_years(holidays).ok_or(HolidayFault::Empty)
    }

    /// The same knowledge narrowed to the days `from` to `to`, small enough to send to a browser.
    #[must_use]
    pub fn window(&self, from: Date, to: Date) -> Self {
        Self::new(self.from.max(from), self.to.min(to), self.holidays.clone())
    }

    /// Whether the table speaks about this day.
    #[must_use]
    pub fn covers(&self, date: Date) -> bool {
        (self.from..=self.to).contains(&date)
    }

    /// The first and the last day the table speaks about.
    #[must_use]
    pub const fn span(&self) -> (Date, Date) {
        (self.from, self.to)
    }

    /// The holiday's name, when the day is one.
    #[must_use]
    pub fn name_on(&self, date: Date) -> Option<&str> {
        let index = self.holidays.binary_search_by_key(&date, |holiday| holiday.date).ok()?;
        self.holidays.get(index).map(|holiday| holiday.name.as_str())
    }

    /// All holidays, earliest first.
    #[must_use]
    pub fn holidays(&self) -> &[Holiday] {
        &self.holidays
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn day(text: &str) -> Date {
        parse_iso_date(text).unwrap()
    }

    #[test]
    fn a_table_is_read_and_knows_its_span() {
        let calendar = HolidayCalendar::from_csv("# source\n2024-03-20,春分の日\n\n2023-05-03,憲法記念日\n").unwrap();
        assert_eq!(calendar.name_on(day("2024-03-20")), Some("春分の日"));
        assert_eq!(calendar.name_on(day("2024-03-21")), None);
        assert!(calendar.covers(day("2023-01-01")) && calendar.covers(day("2024-12-31")));
        assert!(!calendar.covers(day("2025-01-01")) && !calendar.covers(day("2022-12-31")));
        let window = calendar.window(day("2024-01-01"), day("2025-12-31"));
        assert_eq!(window.span(), (day("2024-01-01"), day("2024-12-31")));
        assert_eq!(window.holidays().len(), 1);
    }

    #[test]
    fn a_broken_line_is_named() {
        let fault = HolidayCalendar::from_csv("2024-03-20,春分の日\n2024-13-01,x").unwrap_err();
        assert_eq!(fault, HolidayFault::Line { line: 2, text: "2024-13-01,x".into() });
        let fault = HolidayCalendar::from_csv("2024-03-20,春分の日\n2024-03-20,春分の日").unwrap_err();
        assert_eq!(fault, HolidayFault::Repeated { line: 2, text: "2024-03-20".into() });
        assert_eq!(HolidayCalendar::from_csv("# nothing\n").unwrap_err(), HolidayFault::Empty);
        assert!(HolidayCalendar::from_csv("2024-03-20, ").is_err());
    }
}
