//! How far ahead a day may lie: public holidays are known for some years, a request is taken for some months.

use crate::fault::FieldFault;
use crate::input::parse_coming_date;
use crate::request::first_web_date;
use crate::time::{Date, plus_months, serde_date};
use crate::workflow::keyed;
use serde::{Deserialize, Serialize};

/// Months ahead for which a request is taken where no setting says otherwise.
pub const REQUEST_MONTHS: u8 = 12;

keyed!(
    /// What a day is asked for, which decides the days that may be chosen.
    DayFor {
        /// The day of a member's own request.
        Request = "request",
        /// The day of a request that the branch enters for a caller.
        Entry = "entry",
        /// A meeting, or a call to make.
        Plan = "plan",
        /// A day of an activity whose price is wanted.
        Price = "price",
        /// The end of something that lies ahead.
        Ahead = "ahead",
        /// What has happened: an activity, a call, a birth.
        Past = "past",
    }
);

/// Why a day cannot be chosen.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Limit {
    /// It is over.
    Over,
    /// It is nearer than the member's form takes; by telephone the branch may.
    TooNear,
    /// It is not there yet.
    NotYet,
    /// A request is taken for so many months.
    TooFar,
    /// The public holidays are not known so far.
    HolidaysUnknown,
}

/// The days that may be chosen: each bound is the first or the last such day, with the reason for those beyond it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Bounds {
    /// The first days, the one that gives its reason first leading.
    pub first: Vec<(Date, Limit)>,
    /// The last days, likewise.
    pub last: Vec<(Date, Limit)>,
}

impl Bounds {
    /// Why a day cannot be chosen; nothing for one that can.
    #[must_use]
    pub fn limit(&self, day: Date) -> Option<Limit> {
        let before = self.first.iter().find(|(first, _)| day < *first);
        before.or_else(|| self.last.iter().find(|(last, _)| day > *last)).map(|(_, limit)| *limit)
    }
}

/// The days that can be planned for, seen from today; the one rule of requests, entries, meetings and offers.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Horizon {
    /// Today in Asia/Tokyo.
    #[serde(with = "serde_date")]
    pub today: Date,
    /// The last day whose public holidays are known.
    #[serde(with = "serde_date")]
    pub holidays_until: Date,
    /// Months ahead for which a request is taken.
    pub months: u8,
}

impl Horizon {
    /// The last day for which a request is taken.
    #[must_use]
    pub fn last_request(&self) -> Date {
        plus_months(self.today, self.months)
    }

    /// The days that may be chosen for what is asked, as a calendar shows them; [`Self::request`] and [`Self::plan`] read
    /// what was typed by the same days.
    #[must_use]
    pub fn bounds(&self, asked: DayFor) -> Bounds {
        let (today, over) = (self.today, (self.today, Limit::Over));
        let known = (self.holidays_until, Limit::HolidaysUnknown);
        let far = (self.last_request(), Limit::TooFar);
        match asked {
            DayFor::Request => {
                Bounds { first: vec![over, (first_web_date(today), Limit::TooNear)], last: vec![known, far] }
            }
            DayFor::Entry => Bounds { first: vec![over], last: vec![known, far] },
            DayFor::Plan => Bounds { first: vec![over], last: vec![known] },
            DayFor::Price => Bounds { first: vec![], last: vec![known] },
            DayFor::Ahead => Bounds { first: vec![over], last: vec![] },
            DayFor::Past => Bounds { first: vec![], last: vec![(today, Limit::NotYet)] },
        }
    }

    /// Refuses a day whose public holidays, and with them its price and the branch's hours, nobody knows yet.
    ///
    /// # Errors
    /// [`FieldFault::HolidaysUnknown`]
    pub fn known(&self, date: Date) -> Result<Date, FieldFault> {
        if date > self.holidays_until {
            return Err(FieldFault::HolidaysUnknown { last: self.holidays_until });
        }
        Ok(date)
    }

    /// Reads a day of a plan, such as a meeting.
    ///
    /// # Errors
    /// What cannot be read, and what [`Self::known`] refuses.
    pub fn plan(&self, text: &str) -> Result<Date, FieldFault> {
        self.known(parse_coming_date(text, self.today)?)
    }

    /// Reads the day of a request; days that have passed are for the caller to judge.
    ///
    /// # Errors
    /// As [`Self::plan`], and [`FieldFault::TooFarAhead`].
    pub fn request(&self, text: &str) -> Result<Date, FieldFault> {
        let date = self.plan(text)?;
        let last = self.last_request();
        if date > last { Err(FieldFault::TooFarAhead { months: self.months, last }) } else { Ok(date) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::input::InputFault;
    use crate::time::{iso_date, parse_iso_date};

    fn day(text: &str) -> Date {
        parse_iso_date(text).unwrap()
    }

    fn from(today: &str) -> Horizon {
        Horizon { today: day(today), holidays_until: day("2027-12-31"), months: REQUEST_MONTHS }
    }

    #[test]
    fn a_request_is_taken_for_twelve_months() {
        let horizon = from("2024-03-16");
        assert_eq!(horizon.request("2025/3/16"), Ok(day("2025-03-16")));
        let far = FieldFault::TooFarAhead { months: 12, last: day("2025-03-16") };
        assert_eq!(horizon.request("2025/3/17"), Err(far));
        assert_eq!(horizon.plan("2025/3/17"), Ok(day("2025-03-17")), "a meeting has no such rule");
        assert_eq!(horizon.request("2/29"), Err(InputFault::NotWithinAYear.into()));
    }

    #[test]
    fn a_calendar_offers_exactly_the_days_that_the_form_takes() {
        for (today, until) in [("2024-03-16", "2027-12-31"), ("2027-06-01", "2027-12-31"), ("2024-02-29", "2024-12-31")]
        {
            let horizon = Horizon { holidays_until: day(until), ..from(today) };
            let web = horizon.bounds(DayFor::Request);
            let branch = horizon.bounds(DayFor::Entry);
            let plan = horizon.bounds(DayFor::Plan);
            for ahead in -400..900 {
                let date = horizon.today.saturating_add(::time::Duration::days(ahead));
                let text = iso_date(date);
                let taken = horizon.request(&text).is_ok() && ahead >= 0;
                assert_eq!(branch.limit(date).is_none(), taken, "{text}");
                assert_eq!(web.limit(date).is_none(), taken && ahead >= crate::request::WEB_LEAD_DAYS, "{text}");
                assert_eq!(plan.limit(date).is_none(), horizon.plan(&text).is_ok() && ahead >= 0, "{text}");
                assert_eq!(horizon.bounds(DayFor::Price).limit(date).is_none(), horizon.known(date).is_ok());
                assert_eq!(horizon.bounds(DayFor::Past).limit(date).is_none(), ahead <= 0);
            }
        }
    }

    #[test]
    fn a_day_out_of_bounds_says_why() {
        let bounds = from("2024-03-16").bounds(DayFor::Request);
        let why = |text| bounds.limit(day(text));
        assert_eq!(why("2024-03-15"), Some(Limit::Over));
        assert_eq!(why("2024-03-16"), Some(Limit::TooNear));
        assert_eq!(why("2024-04-05"), Some(Limit::TooNear));
        assert_eq!(why("2024-04-06"), None);
        assert_eq!(why("2025-03-17"), Some(Limit::TooFar));
        assert_eq!(why("2028-01-01"), Some(Limit::HolidaysUnknown));
    }

    #[test]
    fn no_day_lies_beyond_the_known_holidays() {
        let horizon = from("2027-06-01");
        let unknown = FieldFault::HolidaysUnknown { last: day("2027-12-31") };
        for text in ["2028-01-01", "2028/2/29", "1/5", "令和10年1月5日"] {
            assert_eq!(horizon.request(text), Err(unknown.clone()), "{text}");
            assert_eq!(horizon.plan(text), Err(unknown.clone()), "{text}");
        }
        assert_eq!(horizon.request("12/31"), Ok(day("2027-12-31")));
    }

    #[test]
    fn a_day_without_a_year_lies_within_a_year_or_is_asked_for() {
        for today in ["2023-12-31", "2024-02-28", "2024-02-29", "2024-03-01", "2026-11-27"] {
            let horizon = Horizon { holidays_until: day("2099-12-31"), ..from(today) };
            for month in 1..=12 {
                for date in 1..=31 {
                    match horizon.plan(&format!("{month}/{date}")) {
                        Ok(read) => {
                            let within = horizon.today..=horizon.last_request();
                            assert!(within.contains(&read), "{today}: {read}");
                            assert!(iso_date(read).ends_with(&format!("-{month:02}-{date:02}")));
                        }
                        Err(fault) => assert!(
                            fault == InputFault::NoSuchDay.into() || (month, date) == (2, 29),
                            "{today}: {month}/{date}"
                        ),
                    }
                }
            }
        }
    }
}
