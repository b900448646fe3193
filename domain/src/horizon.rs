//! How far ahead a day may lie: public holidays are known for some years, a request is taken for some months.

use crate::fault::FieldFault;
use crate::input::parse_coming_date;
use crate::time::{Date, plus_months, serde_date};
use serde::{Deserialize, Serialize};

/// Months ahead for which a request is taken where no setting says otherwise.
pub const REQUEST_MONTHS: u8 = 12;

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
