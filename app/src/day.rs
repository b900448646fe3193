//! What the calendar beside a date field knows of a year: the rules are the server's, the script draws.

use crate::words::field;
use domain::horizon::{Bounds, DayFor, Horizon, Limit};
use domain::time::{Date, iso_date};
use serde::Serialize;
use std::collections::BTreeMap;

/// A year's days, each as `2024-03-30`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Year {
    /// Today in Asia/Tokyo.
    pub today: String,
    /// The public holidays by their days.
    pub holidays: BTreeMap<String, String>,
    /// What a day is on which the branch is closed: 「緑区支部は休み」.
    pub closed_word: String,
    /// The days on which it is.
    pub closed: Vec<String>,
    /// What may be chosen, by what is asked for.
    pub bounds: BTreeMap<&'static str, Choosable>,
}

/// Which days may be chosen: bounds with the words for the days beyond, the one that speaks first leading.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Choosable {
    /// First days.
    pub first: Vec<(String, String)>,
    /// Last days.
    pub last: Vec<(String, String)>,
    /// What everybody should know who chooses.
    pub note: String,
}

impl From<&service::day::Year> for Year {
    fn from(year: &service::day::Year) -> Self {
        let (branch, closed) = year.closed.clone().unwrap_or_default();
        let horizon = &year.horizon;
        Self {
            today: iso_date(horizon.today),
            holidays: year.holidays.iter().map(|day| (iso_date(day.date), day.name.clone())).collect(),
            closed_word: if closed.is_empty() { String::new() } else { format!("{branch}は休み") },
            closed: closed.into_iter().map(iso_date).collect(),
            bounds: DayFor::ALL.iter().map(|what| (what.key(), choosable(horizon, horizon.bounds(*what)))).collect(),
        }
    }
}

fn choosable(horizon: &Horizon, bounds: Bounds) -> Choosable {
    let line = bounds.first.iter().find(|(_, limit)| *limit == Limit::TooNear);
    let note = line.map_or_else(String::new, |(first, _)| field::web_from(*first, horizon.today));
    let said = |days: Vec<(Date, Limit)>| {
        days.into_iter().map(|(day, limit)| (iso_date(day), field::limit(limit, horizon))).collect()
    };
    Choosable { first: said(bounds.first), last: said(bounds.last), note }
}

#[cfg(test)]
mod tests {
    use super::*;
    use domain::holiday::Holiday;
    use domain::time::parse_iso_date;

    #[test]
    fn a_request_gets_the_line_and_every_bound_has_its_words() {
        let day = |text| parse_iso_date(text).unwrap();
        let horizon = Horizon { today: day("2024-03-16"), holidays_until: day("2027-12-31"), months: 12 };
        let holidays = vec![Holiday { date: day("2024-03-20"), name: "春分の日".into() }];
        let closed = Some(("緑区支部".into(), vec![day("2024-03-17")]));
        let year = Year::from(&service::day::Year { horizon, holidays, closed });
        assert_eq!((year.today.as_str(), year.closed_word.as_str()), ("2024-03-16", "緑区支部は休み"));
        let request = &year.bounds["request"];
        let first: Vec<&str> = request.first.iter().map(|(day, _)| day.as_str()).collect();
        assert_eq!(first, ["2024-03-16", "2024-04-06"]);
        assert_eq!(request.note, "画面から登録できるのは、4月6日（土）以降の日です。");
        assert_eq!(year.bounds.len(), DayFor::ALL.len());
        for (what, bounds) in &year.bounds {
            assert!(bounds.first.iter().chain(&bounds.last).all(|(_, words)| words.ends_with('。')), "{what}");
            assert_eq!(bounds.note.is_empty(), *what != "request", "{what}");
        }
    }
}
