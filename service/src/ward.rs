//! The ward's branch (区支部): how to reach it and when it answers the telephone.
//!
//! Opening hours and closed days differ from branch to branch, so both are data (`data/wards.toml`, read by [`file`]);
//! what they mean is `domain::opening`.

mod file;

pub use self::file::seed;

use crate::Env;
use crate::entity::{holiday, ward};
use crate::error::{Error, Result};
use domain::holiday::{Holiday, HolidayCalendar};
use domain::opening::{ClosedRule, Hours, SEARCH_DAYS};
use domain::request;
use domain::time::{Date, Instant, MinuteOfDay, Weekday};
use sea_orm::sea_query::Expr;
use sea_orm::{ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter, QueryOrder};
use std::collections::BTreeMap;

/// The days of the week, their keys in data, and their names.
const WEEK: [(Weekday, &str, &str); 7] = [
    (Weekday::Monday, "mon", "月"),
    (Weekday::Tuesday, "tue", "火"),
    (Weekday::Wednesday, "wed", "水"),
    (Weekday::Thursday, "thu", "木"),
    (Weekday::Friday, "fri", "金"),
    (Weekday::Saturday, "sat", "土"),
    (Weekday::Sunday, "sun", "日"),
];

/// A ward and its branch.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Branch {
    /// The ward's key: `midori`.
    pub ward: String,
    /// 「緑区」
    pub ward_name: String,
    /// 「緑区支部」
    pub name: String,
    /// The childcare support base it works in; empty when unknown.
    pub base: String,
    /// Who runs it; empty when unknown.
    pub operator: String,
    /// Seven digits with a hyphen; empty when unknown.
    pub postal: String,
    /// The address; empty when unknown.
    pub address: String,
    /// The telephone; empty when unknown: then the headquarters help.
    pub telephone: String,
    /// The mail address; empty when unknown.
    pub mail: String,
    /// When it answers; `None` when unknown.
    pub hours: Option<Hours>,
    /// 「火〜土 9:00〜17:00」; empty when unknown.
    pub hours_text: String,
}

impl Branch {
    /// Whether somebody answers the telephone at this moment; never, when the hours are unknown.
    #[must_use]
    pub fn is_open(&self, holidays: &HolidayCalendar, now: Instant) -> bool {
        self.hours.as_ref().is_some_and(|hours| hours.is_open(holidays, now))
    }

    /// The next moment at which the branch opens; `None` when its hours are unknown.
    #[must_use]
    pub fn next_opening(&self, holidays: &HolidayCalendar, now: Instant) -> Option<Instant> {
        self.hours.as_ref()?.next_opening(holidays, now)
    }

    /// 「日・月・祝日・年末年始（12/29〜1/3）・月曜が祝日のときの翌火曜」; empty when the hours are unknown.
    #[must_use]
    pub fn closed_text(&self) -> String {
        let Some(hours) = &self.hours else { return String::new() };
        let mut parts: Vec<&str> =
            WEEK.iter().filter(|(day, ..)| !hours.weekdays.contains(day)).map(|(_, _, word)| *word).collect();
        // The week begins with Sunday where closed days are named: 日・月.
        if parts.last() == Some(&"日") {
            parts.rotate_right(1);
        }
        for rule in &hours.closed {
            parts.push(match rule {
                ClosedRule::Holidays => "祝日",
                ClosedRule::YearEnd => "年末年始（12/29〜1/3）",
                ClosedRule::TuesdayAfterMondayHoliday => "月曜が祝日のときの翌火曜",
            });
        }
        parts.join("・")
    }
}

impl From<ward::Model> for Branch {
    fn from(row: ward::Model) -> Self {
        let weekdays: Vec<Weekday> = WEEK
            .iter()
            .filter(|(_, key, _)| row.open_weekdays.split(',').any(|day| day == *key))
            .map(|(day, ..)| *day)
            .collect();
        let minute = |value: i64| MinuteOfDay::try_from(value).unwrap_or(0);
        let hours = (!weekdays.is_empty()).then(|| Hours {
            weekdays,
            open: minute(row.open_minute),
            close: minute(row.close_minute),
            closed: ClosedRule::ALL
                .iter()
                .filter(|(_, key)| row.closed_days.split(',').any(|rule| rule == *key))
                .map(|(rule, _)| *rule)
                .collect(),
        });
        Self {
            ward: row.code,
            ward_name: row.name,
            name: row.branch_name,
            base: row.base_name,
            operator: row.operator,
            postal: row.postal,
            address: row.address,
            telephone: row.telephone,
            mail: row.mail,
            hours,
            hours_text: row.hours_text,
        }
    }
}

/// A ward's branch.
///
/// # Errors
/// [`Error::NotFound`] when there is no such ward.
pub(crate) async fn branch<C: ConnectionTrait>(connection: &C, ward: &str) -> Result<Branch> {
    let row = ward::Entity::find_by_id(ward).one(connection).await?;
    row.map(Branch::from).ok_or(Error::NotFound)
}

/// Every ward's branch in the city's order.
pub async fn all(env: &Env) -> Result<Vec<Branch>> {
    let rows = ward::Entity::find().order_by_asc(ward::Column::Sort).all(env.db.read()).await?;
    Ok(rows.into_iter().map(Branch::from).collect())
}

/// Gives branches the telephones that the settings name, over whatever was known.
///
/// # Errors
/// [`Error::Broken`] with a sentence for a key that is no ward.
pub async fn set_telephones(env: &Env, telephones: &BTreeMap<String, String>) -> Result<()> {
    // All of the file, or, with a key that is no ward, nothing.
    let transaction = env.db.begin().await?;
    for (code, telephone) in telephones {
        let change = ward::Entity::update_many()
            .col_expr(ward::Column::Telephone, Expr::value(telephone.clone()))
            .filter(ward::Column::Code.eq(code));
        if change.exec(&transaction).await?.rows_affected == 0 {
            return Err(Error::Broken(format!("--contacts names {code}, which is no ward: midori, aoba, …")));
        }
    }
    transaction.commit().await
}

/// The public holidays of the days `from` to `to`.
pub(crate) async fn holidays<C: ConnectionTrait>(connection: &C, from: Date, to: Date) -> Result<HolidayCalendar> {
    let rows = holiday::Entity::find().filter(holiday::Column::Date.between(from, to)).all(connection).await?;
    let holidays = rows.into_iter().map(|row| Holiday { date: row.date, name: row.name }).collect();
    Ok(HolidayCalendar::new(from, to, holidays))
}

/// Until when an offer of a ward sent now can be answered: in the branch's open days where its hours are known.
///
/// # Errors
/// As [`branch`].
pub(crate) async fn answer_until<C: ConnectionTrait>(
    connection: &C,
    ward: &str,
    now: Instant,
    start: Instant,
) -> Result<Instant> {
    let Some(hours) = branch(connection, ward).await?.hours else { return Ok(request::answer_until(now, start)) };
    let last = now.plus_days(SEARCH_DAYS + request::OFFER_HOURS / 24).date();
    let holidays = holidays(connection, now.plus_days(-1).date(), last).await?;
    Ok(request::answer_until_in(&hours, &holidays, now, start))
}

/// The branch's name when it is closed on a day; `None` when it is open or its hours are unknown.
///
/// # Errors
/// As [`branch`].
pub async fn closed_on<C: ConnectionTrait>(connection: &C, ward: &str, date: Date) -> Result<Option<String>> {
    let branch = branch(connection, ward).await?;
    let Some(hours) = &branch.hours else { return Ok(None) };
    // The day before decides too: a Tuesday after a Monday holiday.
    let holidays = holidays(connection, date.previous_day().unwrap_or(date), date).await?;
    Ok((!hours.is_open_on(&holidays, date)).then_some(branch.name))
}

/// A branch as a page shows it to somebody who may want to call now.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reach {
    /// The branch.
    pub branch: Branch,
    /// Whether somebody answers now.
    pub open: bool,
    /// When it opens next.
    pub next_opening: Option<Instant>,
}

/// How to reach a ward's branch at this moment.
///
/// # Errors
/// As [`branch`].
pub async fn reach(env: &Env, ward: &str, now: Instant) -> Result<Reach> {
    let connection = env.db.read();
    let branch = branch(connection, ward).await?;
    // The day before decides too: a Tuesday after a Monday holiday.
    let holidays = holidays(connection, now.plus_days(-1).date(), now.plus_days(SEARCH_DAYS).date()).await?;
    let open = branch.is_open(&holidays, now);
    let next_opening = branch.next_opening(&holidays, now);
    Ok(Reach { branch, open, next_opening })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn closed_days_read_as_the_newsletter_writes_them() {
        let hours = Hours {
            weekdays: WEEK[1..6].iter().map(|(day, ..)| *day).collect(),
            open: 540,
            close: 1020,
            closed: ClosedRule::ALL.iter().map(|(rule, _)| *rule).collect(),
        };
        let mut row = ward::Model {
            code: "midori".into(),
            name: "緑区".into(),
            sort: 14113,
            branch_name: "緑区支部".into(),
            base_name: String::new(),
            operator: String::new(),
            postal: String::new(),
            address: String::new(),
            telephone: String::new(),
            mail: String::new(),
            open_weekdays: "tue,wed,thu,fri,sat".into(),
            open_minute: 540,
            close_minute: 1020,
            hours_text: String::new(),
            closed_days: "holidays,year_end,tuesday_after_monday_holiday".into(),
        };
        let branch = Branch::from(row.clone());
        assert_eq!(branch.hours, Some(hours));
        assert_eq!(branch.closed_text(), "日・月・祝日・年末年始（12/29〜1/3）・月曜が祝日のときの翌火曜");
        row.open_weekdays.clear();
        let unknown = Branch::from(row);
        assert_eq!((unknown.closed_text().as_str(), &unknown.hours), ("", &None));
    }
}
