//! A year's days as a calendar shows them: public holidays, the days on which the reader's branch is closed, and which
//! days may be chosen for what.

use crate::error::{Error, Result};
use crate::{Env, horizon, policy, ward};
use domain::actor::Actor;
use domain::holiday::Holiday;
use domain::horizon::Horizon;
use domain::policy::Right;
use domain::time::Date;
use time::Month;

/// The years that a calendar shows: those of people alive.
const YEARS: std::ops::RangeInclusive<i32> = 1900..=2100;

/// One year.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Year {
    /// Which days may be chosen.
    pub horizon: Horizon,
    /// The public holidays, where they are known.
    pub holidays: Vec<Holiday>,
    /// 「緑区支部」, and the days on which it is closed; `None` for whoever has no branch, and while its hours or the
    /// year's holidays are not known.
    pub closed: Option<(String, Vec<Date>)>,
}

/// Reads a year for somebody who is signed in; without one, this year.
///
/// # Errors
/// [`Error::NotFound`] for a year that no calendar shows.
pub async fn year(env: &Env, actor: &Actor, year: Option<i32>) -> Result<Year> {
    policy::stand(actor, Right::UseAccount)?;
    let connection = env.db.read();
    let horizon = horizon::load(connection, env).await?;
    let year = year.unwrap_or(horizon.today.year());
    let day = |year, month, day| Date::from_calendar_date(year, month, day).ok().ok_or(Error::NotFound);
    if !YEARS.contains(&year) {
        return Err(Error::NotFound);
    }
    let (first, last) = (day(year, Month::January, 1)?, day(year, Month::December, 31)?);
    // The day before decides too: a Tuesday after a Monday holiday.
    let holidays = ward::holidays(connection, day(year - 1, Month::December, 31)?, last).await?;
    let branch = match actor.ward() {
        Some(ward) => Some(ward::branch(connection, ward).await?),
        None => None,
    };
    let known = last <= horizon.holidays_until && !holidays.holidays().is_empty();
    let closed = branch.filter(|_| known).and_then(|branch| {
        let hours = branch.hours?;
        let days = std::iter::successors(Some(first), |day| day.next_day()).take_while(|day| *day <= last);
        Some((branch.name, days.filter(|day| !hours.is_open_on(&holidays, *day)).collect()))
    });
    let holidays = holidays.holidays().iter().filter(|holiday| holiday.date >= first).cloned().collect();
    Ok(Year { horizon, holidays, closed })
}
