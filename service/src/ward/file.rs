//! The wards as data: `data/wards.toml`, written at every start over what is known less well.

use super::WEEK;
use crate::entity::ward;
use crate::error::{Error, Result};
use domain::opening::ClosedRule;
use domain::time::{MinuteOfDay, parse_hhmm};
use sea_orm::sea_query::{Expr, ExprTrait, OnConflict};
use sea_orm::{ActiveValue::Set, ConnectionTrait, EntityTrait};
use serde::Deserialize;

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
/// When the file breaks its own rules.
pub async fn seed<C: ConnectionTrait>(transaction: &C) -> Result<()> {
    let file: WardFile = toml::from_str(include_str!("../../data/wards.toml"))
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
    let row = ward::ActiveModel {
        code: Set(entry.code),
        sort: Set(entry.number),
        branch_name: Set(format!("{}支部", entry.name)),
        name: Set(entry.name),
        base_name: Set(entry.base),
        operator: Set(entry.operator),
        postal: Set(entry.postal),
        address: Set(entry.address),
        telephone: Set(entry.telephone),
        mail: Set(entry.mail),
        open_weekdays: Set(weekdays),
        open_minute: Set(open),
        close_minute: Set(close),
        hours_text: Set(hours_text),
        closed_days: Set(closed),
    };
    // What the file knows goes over what the database has; what it does not know does not.
    let keep = |column: ward::Column, known_by: ward::Column| {
        let known = Expr::col(("excluded", known_by)).ne("");
        let kept = Expr::case(known, Expr::col(("excluded", column))).finally(Expr::col((ward::Entity, column)));
        (column, kept.into())
    };
    use ward::Column as W;
    let own =
        [W::BaseName, W::Operator, W::Postal, W::Address, W::Telephone, W::Mail].map(|column| keep(column, column));
    let hours = [W::OpenWeekdays, W::OpenMinute, W::CloseMinute, W::ClosedDays, W::HoursText];
    let known = OnConflict::column(W::Code)
        .update_columns([W::Sort, W::Name, W::BranchName])
        .values(own)
        .values(hours.map(|column| keep(column, W::HoursText)))
        .to_owned();
    ward::Entity::insert_many([row]).on_conflict(known).exec_without_returning(transaction).await?;
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

    #[test]
    fn hours_read_as_the_newsletter_writes_them() {
        let days = |keys: &[&str]| keys.iter().map(|key| (*key).to_owned()).collect::<Vec<_>>();
        assert_eq!(hours_text(&days(&["tue", "wed", "thu", "fri", "sat"]), 540, 1020), "火〜土 9:00〜17:00");
        assert_eq!(hours_text(&days(&["mon", "wed", "fri"]), 570, 1000), "月・水・金 9:30〜16:40");
    }

    #[test]
    fn the_file_names_every_ward_once_in_the_citys_order() {
        let file: WardFile = toml::from_str(include_str!("../../data/wards.toml")).unwrap();
        let numbers: Vec<_> = file.ward.iter().map(|ward| ward.number).collect();
        assert_eq!(numbers, (14101..=14118).collect::<Vec<_>>());
        let known = |key: &String| WEEK.iter().any(|(_, day, _)| day == key);
        assert!(file.ward.iter().filter_map(|ward| ward.hours.as_ref()).all(|hours| hours.weekdays.iter().all(known)));
    }
}
