//! The wards as data: `data/wards.toml`, written at every start over what is known less well.

use super::WEEK;
use crate::db;
use crate::error::{Error, Result};
use domain::opening::ClosedRule;
use domain::time::{MinuteOfDay, parse_hhmm};
use sea_orm::ConnectionTrait;
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
/// When the file breaks its own rules; those of the database.
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
/// exchange, so nobody is ever called. A branch's real mail address becomes one under `.example`, which reaches nobody.
///
/// # Errors
/// Those of the database.
pub async fn fill_in_for_demo<C: ConnectionTrait>(transaction: &C) -> Result<()> {
    let weekdays = ["tue", "wed", "thu", "fri", "sat"].map(str::to_owned);
    let sql = "UPDATE ward SET telephone = '045-000-00' || substr(CAST(sort AS TEXT), 4, 2) WHERE telephone = ''";
    db::execute(transaction, sql, vec![]).await?;
    let sql = "UPDATE ward SET mail = code || '@kosapo.example' WHERE mail <> '' AND mail NOT LIKE '%.example'";
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
