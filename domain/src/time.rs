//! Instants and business dates: the one place where UTC becomes Asia/Tokyo.
//!
//! An [`Instant`] is integer microseconds since 1970-01-01 UTC, in memory, in both databases and on the wire.
//! A business date is a [`Date`] in Asia/Tokyo, nine hours ahead of UTC all year (no summer time since 1951).

use serde::{Deserialize, Serialize};
pub use time::{Date, Weekday};
use time::{Duration, Month, OffsetDateTime, PrimitiveDateTime, Time, UtcOffset};

/// Minutes since local midnight, 0..=1439; what a person typed may also be 1440, the end of the day (24:00).
pub type MinuteOfDay = u16;

const MICROS_PER_MINUTE: i64 = 60_000_000;
const TOKYO_MICROS: i64 = 9 * 60 * MICROS_PER_MINUTE;
const MICROS_PER_DAY: i64 = 24 * 60 * MICROS_PER_MINUTE;

/// A moment, in microseconds since 1970-01-01 UTC.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Instant(pub i64);

crate::stored::stored_as!(Instant, i64, |moment| moment.0, |micros| Some(Instant(micros)));

impl Instant {
    /// The moment of a wall-clock time in Asia/Tokyo.
    #[must_use]
    pub fn at(date: Date, minute: MinuteOfDay) -> Self {
        let days = i64::from(date.to_julian_day()) - i64::from(EPOCH.to_julian_day());
        Self(days * MICROS_PER_DAY + i64::from(minute) * MICROS_PER_MINUTE - TOKYO_MICROS)
    }

    /// The business date in Asia/Tokyo.
    #[must_use]
    pub fn date(self) -> Date {
        let days = self.0.saturating_add(TOKYO_MICROS).div_euclid(MICROS_PER_DAY);
        i32::try_from(days)
            .ok()
            .and_then(|days| EPOCH.checked_add(Duration::days(i64::from(days))))
            .unwrap_or(Date::MAX)
    }

    /// Minutes since midnight in Asia/Tokyo.
    #[must_use]
    pub fn minute_of_day(self) -> MinuteOfDay {
        let micros = self.0.saturating_add(TOKYO_MICROS).rem_euclid(MICROS_PER_DAY);
        MinuteOfDay::try_from(micros / MICROS_PER_MINUTE).unwrap_or(0)
    }

    /// Later by so many minutes.
    #[must_use]
    pub fn plus_minutes(self, minutes: i64) -> Self {
        Self(self.0.saturating_add(minutes.saturating_mul(MICROS_PER_MINUTE)))
    }

    /// Later by so many days of 24 hours.
    #[must_use]
    pub fn plus_days(self, days: i64) -> Self {
        Self(self.0.saturating_add(days.saturating_mul(MICROS_PER_DAY)))
    }

    /// Whole minutes from `earlier` to this moment, rounded up, so a started minute counts.
    #[must_use]
    pub fn minutes_since(self, earlier: Self) -> i64 {
        let micros = self.0.saturating_sub(earlier.0);
        micros.div_euclid(MICROS_PER_MINUTE) + i64::from(micros.rem_euclid(MICROS_PER_MINUTE) > 0)
    }

    /// The same moment as a `time` value in Asia/Tokyo; the far ends of the range stay at the epoch.
    #[must_use]
    pub fn to_tokyo(self) -> OffsetDateTime {
        let tokyo = UtcOffset::from_hms(9, 0, 0).unwrap_or(UtcOffset::UTC);
        OffsetDateTime::from_unix_timestamp_nanos(i128::from(self.0) * 1000)
            .ok()
            .and_then(|moment| moment.checked_to_offset(tokyo))
            .unwrap_or(OffsetDateTime::UNIX_EPOCH)
    }

    /// From a `time` value of any offset.
    #[must_use]
    pub fn from_offset(moment: OffsetDateTime) -> Self {
        Self(i64::try_from(moment.unix_timestamp_nanos() / 1000).unwrap_or(i64::MAX))
    }
}

const EPOCH: Date = match Date::from_calendar_date(1970, Month::January, 1) {
    Ok(date) => date,
    Err(_) => Date::MIN,
};

/// `2024-03-30`, the form of dates in URLs, form values, JSON and files.
#[must_use]
pub fn iso_date(date: Date) -> String {
    format!("{:04}-{:02}-{:02}", date.year(), u8::from(date.month()), date.day())
}

/// Reads exactly `2024-03-30`; what a person typed goes through [`crate::input`].
#[must_use]
pub fn parse_iso_date(text: &str) -> Option<Date> {
    let mut parts = text.splitn(3, '-');
    let (year, month, day) = (parts.next()?, parts.next()?, parts.next()?);
    if year.len() != 4 || month.len() != 2 || day.len() != 2 {
        return None;
    }
    let month = Month::try_from(month.parse::<u8>().ok()?).ok()?;
    Date::from_calendar_date(year.parse().ok()?, month, day.parse().ok()?).ok()
}

/// `11:30`, the form of times of day in form values and JSON.
#[must_use]
pub fn hhmm(minute: MinuteOfDay) -> String {
    format!("{:02}:{:02}", minute / 60, minute % 60)
}

/// Reads exactly `11:30`.
#[must_use]
pub fn parse_hhmm(text: &str) -> Option<MinuteOfDay> {
    let (hour, minute) = text.split_once(':')?;
    if hour.len() != 2 || minute.len() != 2 {
        return None;
    }
    let (hour, minute): (u16, u16) = (hour.parse().ok()?, minute.parse().ok()?);
    (hour < 24 && minute < 60).then_some(hour * 60 + minute)
}

/// `2024-03-30T11:30:00+09:00`, the form of instants for machines.
#[must_use]
pub fn rfc3339(moment: Instant) -> String {
    let local = moment.to_tokyo();
    format!("{}T{:02}:{:02}:{:02}+09:00", iso_date(local.date()), local.hour(), local.minute(), local.second())
}

/// Reads an RFC 3339 moment: `2024-03-16T10:00:00+09:00` or `…Z`.
#[must_use]
pub fn parse_rfc3339(text: &str) -> Option<Instant> {
    let date = parse_iso_date(text.get(..10)?)?;
    if !matches!(text.as_bytes().get(10), Some(b'T' | b't' | b' ')) {
        return None;
    }
    let clock = text.get(11..19)?;
    let minute = parse_hhmm(clock.get(..5)?)?;
    let second: u8 = clock.get(5..)?.strip_prefix(':')?.parse().ok()?;
    let mut rest = text.get(19..)?;
    if let Some(fraction) = rest.strip_prefix('.') {
        rest = fraction.trim_start_matches(|c: char| c.is_ascii_digit());
    }
    let offset = match rest {
        "Z" | "z" => 0,
        _ => {
            let sign = match rest.get(..1)? {
                "+" => 1,
                "-" => -1,
                _ => return None,
            };
            sign * i64::from(parse_hhmm(rest.get(1..)?)?)
        }
    };
    let time = Time::from_hms(u8::try_from(minute / 60).ok()?, u8::try_from(minute % 60).ok()?, second).ok()?;
    let utc = PrimitiveDateTime::new(date, time).assume_utc();
    Some(Instant::from_offset(utc).plus_minutes(-offset))
}

/// `土`, the one-letter day of the week.
#[must_use]
pub const fn weekday_kanji(date: Date) -> &'static str {
    match date.weekday() {
        Weekday::Monday => "月",
        Weekday::Tuesday => "火",
        Weekday::Wednesday => "水",
        Weekday::Thursday => "木",
        Weekday::Friday => "金",
        Weekday::Saturday => "土",
        Weekday::Sunday => "日",
    }
}

/// 「3月30日（土）」, or 「2023年3月30日（木）」 when the year is not that of `today`.
#[must_use]
pub fn japanese_date(date: Date, today: Date) -> String {
    let day = format!("{}月{}日（{}）", u8::from(date.month()), date.day(), weekday_kanji(date));
    if date.year() == today.year() { day } else { format!("{}年{day}", date.year()) }
}

/// 「11:30〜13:30」, 「22:00〜24:00」, 「22:00〜翌日1:30」: a stretch of time whose first day is said beside it.
#[must_use]
pub fn clock_span(start: Instant, end: Instant) -> String {
    let next_day = end.date() > start.date() && !ends_with_day(start, end);
    format!("{}〜{}{}", clock(start), if next_day { "翌日" } else { "" }, end_clock(start, end))
}

/// 「13:30」, and 「24:00」 for the midnight that ends the first day.
#[must_use]
pub fn end_clock(start: Instant, end: Instant) -> String {
    if ends_with_day(start, end) { "24:00".to_owned() } else { clock(end) }
}

/// 「3月30日（土）11:30〜13:30」; an end on another day carries its own date, the end of the same day is 24:00.
#[must_use]
pub fn japanese_period(start: Instant, end: Instant, today: Date) -> String {
    let from = format!("{}{}", japanese_date(start.date(), today), clock(start));
    if start.date() == end.date() || ends_with_day(start, end) {
        format!("{from}〜{}", end_clock(start, end))
    } else {
        format!("{from}〜{}{}", japanese_date(end.date(), today), clock(end))
    }
}

/// Whether a stretch of time ends at the midnight that ends its first day.
#[must_use]
pub fn ends_with_day(start: Instant, end: Instant) -> bool {
    end == Instant::at(start.date(), MINUTES_OF_DAY)
}

/// The end of a stretch of time as a form holds it: the time of day, and whether it lies on the next day. The midnight
/// that ends the first day is 24:00 of that day.
#[must_use]
pub fn end_of_form(start: Instant, end: Instant) -> (String, bool) {
    if ends_with_day(start, end) {
        return (hhmm(MINUTES_OF_DAY), false);
    }
    (hhmm(end.minute_of_day()), end.date() > start.date())
}

/// The minutes of a day; as a time of day its end, 24:00.
pub const MINUTES_OF_DAY: MinuteOfDay = 1440;

/// The same day so many months later; the last of a month that lacks it.
#[must_use]
pub fn plus_months(date: Date, months: u8) -> Date {
    let count = date.year() * 12 + i32::from(u8::from(date.month())) - 1 + i32::from(months);
    let (year, month) = (count.div_euclid(12), count.rem_euclid(12) + 1);
    let month = u8::try_from(month).ok().and_then(|month| Month::try_from(month).ok()).unwrap_or(Month::December);
    Date::from_calendar_date(year, month, date.day().min(month.length(year))).unwrap_or(Date::MAX)
}

/// 「9:00」, a time of day as people write it.
#[must_use]
pub fn clock(moment: Instant) -> String {
    let minute = moment.minute_of_day();
    format!("{}:{:02}", minute / 60, minute % 60)
}

/// Whole years of age on a day; someone born on 29 February turns a year older on 1 March of common years.
#[must_use]
pub fn age_on(birth: Date, day: Date) -> i32 {
    let had_birthday = (u8::from(day.month()), day.day()) >= (u8::from(birth.month()), birth.day());
    day.year() - birth.year() - i32::from(!had_birthday)
}

/// The fiscal year (年度, 1 April to 31 March) of a date: 2024-03-31 is in 2023.
#[must_use]
pub fn fiscal_year(date: Date) -> i32 {
    if u8::from(date.month()) >= 4 { date.year() } else { date.year() - 1 }
}

/// Serde form of a date: `"2024-03-30"`.
pub mod serde_date {
    use super::{Date, iso_date, parse_iso_date};
    use serde::{Deserialize, Deserializer, Serializer, de::Error};

    /// Writes `"2024-03-30"`.
    ///
    /// # Errors
    /// Those of the serializer.
    pub fn serialize<S: Serializer>(date: &Date, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&iso_date(*date))
    }

    /// Reads `"2024-03-30"`.
    ///
    /// # Errors
    /// When the text is no such date.
    pub fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Date, D::Error> {
        let text = String::deserialize(deserializer)?;
        parse_iso_date(&text).ok_or_else(|| D::Error::custom("a date is written 2024-03-30"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tokyo_midnight_is_the_previous_utc_day() {
        let moment = parse_rfc3339("2024-03-15T15:00:00Z").unwrap();
        assert_eq!(iso_date(moment.date()), "2024-03-16");
        assert_eq!(moment.minute_of_day(), 0);
        assert_eq!(rfc3339(moment), "2024-03-16T00:00:00+09:00");
        assert_eq!(iso_date(Instant(moment.0 - 1).date()), "2024-03-15");
    }

    #[test]
    fn the_far_ends_of_time_do_not_panic() {
        for text in ["9999-12-31T23:59:59+00:00", "9999-12-31T23:59:59-23:59", "0000-01-01T00:00:00+23:59"] {
            let moment = parse_rfc3339(text).unwrap();
            assert!(!rfc3339(moment).is_empty() && !iso_date(moment.date()).is_empty(), "{text}");
        }
        for moment in [Instant(i64::MIN), Instant(i64::MAX)] {
            assert!(!rfc3339(moment).is_empty() && moment.minute_of_day() < 1440 && moment.date() <= Date::MAX);
        }
    }

    #[test]
    fn periods_read_as_people_write_them() {
        let day = parse_iso_date("2024-03-30").unwrap();
        let text = japanese_period(Instant::at(day, 690), Instant::at(day, 810), day);
        assert_eq!(text, "3月30日（土）11:30〜13:30");
    }

    #[test]
    fn the_end_of_a_day_is_24_00() {
        let day = parse_iso_date("2024-03-30").unwrap();
        let (start, midnight) = (Instant::at(day, 1320), Instant::at(day, MINUTES_OF_DAY));
        assert_eq!(japanese_period(start, midnight, day), "3月30日（土）22:00〜24:00");
        assert_eq!(end_of_form(start, midnight), ("24:00".into(), false));
        let late = midnight.plus_minutes(90);
        assert_eq!(clock_span(start, midnight), "22:00〜24:00");
        assert_eq!(clock_span(start, late), "22:00〜翌日1:30");
        assert_eq!(clock_span(start, start.plus_minutes(60)), "22:00〜23:00");
        assert_eq!(japanese_period(start, late, day), "3月30日（土）22:00〜3月31日（日）1:30");
        assert_eq!(end_of_form(start, late), ("01:30".into(), true));
        assert_eq!(end_of_form(start, start.plus_minutes(60)), ("23:00".into(), false));
    }

    #[test]
    fn months_end_on_their_last_day() {
        let plus = |text: &str, months| iso_date(plus_months(parse_iso_date(text).unwrap(), months));
        assert_eq!(plus("2024-03-16", 12), "2025-03-16");
        assert_eq!(plus("2024-02-29", 12), "2025-02-28");
        assert_eq!(plus("2024-10-31", 4), "2025-02-28");
        assert_eq!(plus("2024-12-31", 0), "2024-12-31");
        assert_eq!(plus_months(Date::MAX, 12), Date::MAX);
    }

    #[test]
    fn a_leap_day_child_ages_on_the_first_of_march() {
        let birth = parse_iso_date("2024-02-29").unwrap();
        assert_eq!(age_on(birth, parse_iso_date("2025-02-28").unwrap()), 0);
        assert_eq!(age_on(birth, parse_iso_date("2025-03-01").unwrap()), 1);
    }
}
