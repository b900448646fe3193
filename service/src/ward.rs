//! The ward's branch (区支部): how to reach it and when it answers the telephone.
//!
//! Opening hours and closed days differ from branch to branch, so both are data (`data/wards.toml`).

use crate::db;
use crate::entity::ward;
use crate::error::{Error, Result};
use domain::holiday::{Holiday, HolidayCalendar};
use domain::time::{Date, Instant, MinuteOfDay, Weekday, parse_hhmm};
use sea_orm::{ConnectionTrait, EntityTrait, QueryOrder};
use serde::Deserialize;
use time::Duration;

/// How far ahead the next opening is looked for; the longest closure is the turn of the year.
const SEARCH_DAYS: i64 = 21;

const WEEK: [(Weekday, &str, &str); 7] = [
    (Weekday::Monday, "mon", "月"),
    (Weekday::Tuesday, "tue", "火"),
    (Weekday::Wednesday, "wed", "水"),
    (Weekday::Thursday, "thu", "木"),
    (Weekday::Friday, "fri", "金"),
    (Weekday::Saturday, "sat", "土"),
    (Weekday::Sunday, "sun", "日"),
];

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
    const ALL: [(Self, &'static str); 3] = [
        (Self::Holidays, "holidays"),
        (Self::YearEnd, "year_end"),
        (Self::TuesdayAfterMondayHoliday, "tuesday_after_monday_holiday"),
    ];

    fn key(self) -> &'static str {
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
    /// Whether the branch works on a day at all.
    #[must_use]
    pub fn is_open_on(&self, holidays: &HolidayCalendar, date: Date) -> bool {
        self.hours.as_ref().is_some_and(|hours| {
            hours.weekdays.contains(&date.weekday()) && !hours.closed.iter().any(|rule| rule.closes(holidays, date))
        })
    }

    /// Whether somebody answers the telephone at this moment.
    #[must_use]
    pub fn is_open(&self, holidays: &HolidayCalendar, now: Instant) -> bool {
        let answers = |hours: &Hours| (hours.open..hours.close).contains(&now.minute_of_day());
        self.hours.as_ref().is_some_and(answers) && self.is_open_on(holidays, now.date())
    }

    /// The next moment at which the branch opens, when it is closed now; `None` when its hours are unknown.
    #[must_use]
    pub fn next_opening(&self, holidays: &HolidayCalendar, now: Instant) -> Option<Instant> {
        let hours = self.hours.as_ref()?;
        let today = now.date();
        (0..SEARCH_DAYS)
            .filter_map(|days| today.checked_add(Duration::days(days)))
            .filter(|date| self.is_open_on(holidays, *date))
            .map(|date| Instant::at(date, hours.open))
            .find(|opening| *opening > now)
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
/// [`Error::NotFound`] when there is no such ward; those of the database.
pub async fn branch<C: ConnectionTrait>(connection: &C, ward: &str) -> Result<Branch> {
    let row = ward::Entity::find_by_id(ward).one(connection).await?;
    row.map(Branch::from).ok_or(Error::NotFound)
}

/// Every ward's branch in the city's order.
///
/// # Errors
/// Those of the database.
pub async fn all<C: ConnectionTrait>(connection: &C) -> Result<Vec<Branch>> {
    let rows = ward::Entity::find().order_by_asc(ward::Column::Sort).all(connection).await?;
    Ok(rows.into_iter().map(Branch::from).collect())
}

/// The public holidays of the days `from` to `to`.
///
/// # Errors
/// Those of the database.
pub async fn holidays<C: ConnectionTrait>(connection: &C, from: Date, to: Date) -> Result<HolidayCalendar> {
    #[derive(sea_orm::FromQueryResult)]
    struct Row {
        date: Date,
        name: String,
    }
    let sql = "SELECT date, name FROM holiday WHERE date BETWEEN $1 AND $2";
    let rows = db::rows::<Row, _>(connection, sql, vec![from.into(), to.into()]).await?;
    let holidays = rows.into_iter().map(|row| Holiday { date: row.date, name: row.name }).collect();
    Ok(HolidayCalendar::new(from, to, holidays))
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
pub async fn reach<C: ConnectionTrait>(connection: &C, ward: &str, now: Instant) -> Result<Reach> {
    let branch = branch(connection, ward).await?;
    // The day before decides too: a Tuesday after a Monday holiday.
    let holidays = holidays(connection, now.plus_days(-1).date(), now.plus_days(SEARCH_DAYS).date()).await?;
    let open = branch.is_open(&holidays, now);
    let next_opening = branch.next_opening(&holidays, now);
    Ok(Reach { branch, open, next_opening })
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct WardFile {
    ward: Vec<WardEntry>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct WardEntry {
    code: String,
    number: i64,
    name: String,
    #[serde(default)]
    base: String,
    #[serde(default)]
    operator: String,
    #[serde(default)]
    postal: String,
    #[serde(default)]
    address: String,
    #[serde(default)]
    telephone: String,
    #[serde(default)]
    mail: String,
    hours: Option<HoursEntry>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct HoursEntry {
    weekdays: Vec<String>,
    open: String,
    close: String,
    closed: Vec<ClosedRule>,
}

/// Writes the wards of `data/wards.toml`; run at every start. What the file leaves out stays as the database has it.
///
/// # Errors
/// When the file breaks its own rules; those of the database.
pub async fn seed<C: ConnectionTrait>(transaction: &C) -> Result<()> {
    let file: WardFile = toml::from_str(include_str!("../data/wards.toml"))
        .map_err(|error| Error::Broken(format!("wards.toml: {error}")))?;
    for entry in file.ward {
        put(transaction, entry).await?;
    }
    Ok(())
}

async fn put<C: ConnectionTrait>(transaction: &C, entry: WardEntry) -> Result<()> {
    let (weekdays, open, close, hours_text, closed) = match &entry.hours {
        Some(hours) => {
            let minute = |text: &str| {
                parse_hhmm(text).ok_or_else(|| Error::Broken(format!("wards.toml, {}: {text}", entry.code)))
            };
            let (open, close) = (minute(&hours.open)?, minute(&hours.close)?);
            let closed = hours.closed.iter().map(|rule| rule.key()).collect::<Vec<_>>().join(",");
            (
                hours.weekdays.join(","),
                i64::from(open),
                i64::from(close),
                hours_text(&hours.weekdays, open, close),
                closed,
            )
        }
        None => (String::new(), 0, 0, String::new(), String::new()),
    };
    let sql = "INSERT INTO ward (code, sort, name, branch_name, base_name, operator, postal, address, telephone, mail, \
               open_weekdays, open_minute, close_minute, hours_text, closed_days) \
               VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15) \
               ON CONFLICT (code) DO UPDATE SET sort = excluded.sort, name = excluded.name, \
               branch_name = excluded.branch_name, \
               base_name = CASE WHEN excluded.base_name = '' THEN ward.base_name ELSE excluded.base_name END, \
               operator = CASE WHEN excluded.operator = '' THEN ward.operator ELSE excluded.operator END, \
               postal = CASE WHEN excluded.postal = '' THEN ward.postal ELSE excluded.postal END, \
               address = CASE WHEN excluded.address = '' THEN ward.address ELSE excluded.address END, \
               telephone = CASE WHEN excluded.telephone = '' THEN ward.telephone ELSE excluded.telephone END, \
               mail = CASE WHEN excluded.mail = '' THEN ward.mail ELSE excluded.mail END, \
               open_weekdays = CASE WHEN excluded.hours_text = '' THEN ward.open_weekdays ELSE excluded.open_weekdays END, \
               open_minute = CASE WHEN excluded.hours_text = '' THEN ward.open_minute ELSE excluded.open_minute END, \
               close_minute = CASE WHEN excluded.hours_text = '' THEN ward.close_minute ELSE excluded.close_minute END, \
               closed_days = CASE WHEN excluded.hours_text = '' THEN ward.closed_days ELSE excluded.closed_days END, \
               hours_text = CASE WHEN excluded.hours_text = '' THEN ward.hours_text ELSE excluded.hours_text END";
    let branch_name = format!("{}支部", entry.name);
    let values = vec![
        entry.code.into(),
        entry.number.into(),
        entry.name.into(),
        branch_name.into(),
        entry.base.into(),
        entry.operator.into(),
        entry.postal.into(),
        entry.address.into(),
        entry.telephone.into(),
        entry.mail.into(),
        weekdays.into(),
        open.into(),
        close.into(),
        hours_text.into(),
        closed.into(),
    ];
    db::execute(transaction, sql, values).await?;
    Ok(())
}

/// Gives every branch without a telephone a made-up one, for the demo city only: 045-000-0000 to 045-000-0099 is no
/// exchange, so nobody is ever called.
///
/// # Errors
/// Those of the database.
pub async fn fill_in_for_demo<C: ConnectionTrait>(transaction: &C) -> Result<()> {
    let weekdays = ["tue", "wed", "thu", "fri", "sat"].map(str::to_owned);
    let sql = "UPDATE ward SET telephone = '045-000-00' || substr(CAST(sort AS TEXT), 4, 2) WHERE telephone = ''";
    db::execute(transaction, sql, vec![]).await?;
    let sql = "UPDATE ward SET open_weekdays = $1, open_minute = 540, close_minute = 1020, hours_text = $2, \
               closed_days = 'holidays,year_end' WHERE hours_text = ''";
    let values = vec![weekdays.join(",").into(), hours_text(&weekdays, 540, 1020).into()];
    db::execute(transaction, sql, values).await?;
    Ok(())
}

/// 「火〜土 9:00〜17:00」; days that do not follow each other are named one by one.
fn hours_text(weekdays: &[String], open: MinuteOfDay, close: MinuteOfDay) -> String {
    let places: Vec<usize> = (0..WEEK.len()).filter(|place| weekdays.iter().any(|day| day == WEEK[*place].1)).collect();
    let run = places.windows(2).all(|pair| pair[1] == pair[0] + 1);
    let days = match places.as_slice() {
        [first, .., last] if run && places.len() > 2 => format!("{}〜{}", WEEK[*first].2, WEEK[*last].2),
        _ => places.iter().map(|place| WEEK[*place].2).collect::<Vec<_>>().join("・"),
    };
    let time = |minute: MinuteOfDay| format!("{}:{:02}", minute / 60, minute % 60);
    format!("{days} {}〜{}", time(open), time(close))
}

#[cfg(test)]
mod tests {
    use super::*;
    use domain::time::parse_rfc3339;

    fn midori() -> Branch {
        let hours = Hours {
            weekdays: WEEK[1..6].iter().map(|(day, ..)| *day).collect(),
            open: 540,
            close: 1020,
            closed: ClosedRule::ALL.iter().map(|(rule, _)| *rule).collect(),
        };
        let text = |text: &str| text.to_owned();
        Branch {
            ward: text("midori"),
            ward_name: text("緑区"),
            name: text("緑区支部"),
            base: String::new(),
            operator: String::new(),
            postal: String::new(),
            address: String::new(),
            telephone: text("045-982-3521"),
            mail: String::new(),
            hours: Some(hours),
            hours_text: text("火〜土 9:00〜17:00"),
        }
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
        let (branch, holidays) = (midori(), holidays());
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
            assert_eq!(branch.is_open(&holidays, at(moment)), open, "{moment}");
        }
    }

    #[test]
    fn the_next_opening_skips_closed_days() {
        let (branch, holidays) = (midori(), holidays());
        for (moment, opening) in [
            ("2024-03-16T08:00:00+09:00", "2024-03-16T09:00:00+09:00"),
            ("2024-03-16T17:00:00+09:00", "2024-03-19T09:00:00+09:00"),
            ("2024-02-10T17:00:00+09:00", "2024-02-14T09:00:00+09:00"),
            ("2024-12-28T17:00:00+09:00", "2025-01-04T09:00:00+09:00"),
        ] {
            assert_eq!(branch.next_opening(&holidays, at(moment)), Some(at(opening)), "{moment}");
        }
        let unknown = Branch { hours: None, ..midori() };
        assert_eq!(unknown.next_opening(&holidays, at("2024-03-16T08:00:00+09:00")), None);
        assert!(!unknown.is_open(&holidays, at("2024-03-16T10:00:00+09:00")));
    }

    #[test]
    fn hours_read_as_the_newsletter_writes_them() {
        let days = |keys: &[&str]| keys.iter().map(|key| (*key).to_owned()).collect::<Vec<_>>();
        assert_eq!(hours_text(&days(&["tue", "wed", "thu", "fri", "sat"]), 540, 1020), "火〜土 9:00〜17:00");
        assert_eq!(hours_text(&days(&["mon", "wed", "fri"]), 570, 1000), "月・水・金 9:30〜16:40");
        assert_eq!(midori().closed_text(), "日・月・祝日・年末年始（12/29〜1/3）・月曜が祝日のときの翌火曜");
    }

    #[test]
    fn the_file_names_every_ward_once_in_the_citys_order() {
        let file: WardFile = toml::from_str(include_str!("../data/wards.toml")).unwrap();
        let numbers: Vec<_> = file.ward.iter().map(|ward| ward.number).collect();
        assert_eq!(numbers, (14101..=14118).collect::<Vec<_>>());
        let known = |key: &String| WEEK.iter().any(|(_, day, _)| day == key);
        assert!(file.ward.iter().filter_map(|ward| ward.hours.as_ref()).all(|hours| hours.weekdays.iter().all(known)));
    }
}
