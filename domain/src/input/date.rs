//! Dates in western and Japanese years, and times of day.

use time::{Date, Month};

use super::{InputFault, narrow};
use crate::time::MinuteOfDay;

/// Years a date may lie in.
const YEARS: std::ops::RangeInclusive<i32> = 1900..=2100;

/// An era: how it is written, the year before its first, and its first day.
struct Era {
    marks: &'static [&'static str],
    before: i32,
    first: (i32, u8, u8),
}

const ERAS: &[Era] = &[
    Era { marks: &["令和", "㋿", "R", "r"], before: 2018, first: (2019, 5, 1) },
    Era { marks: &["平成", "㍻", "H", "h"], before: 1988, first: (1989, 1, 8) },
    Era { marks: &["昭和", "㍼", "S", "s"], before: 1925, first: (1926, 12, 25) },
    Era { marks: &["大正", "㍽", "T", "t"], before: 1911, first: (1912, 7, 30) },
];

/// Reads a date: `2024-03-30`, `2024/3/30`, `20240330`, `2024年3月30日（土）`, `令和6年3月30日`, `R6.3.30`, all in
/// full width too. A year of an era may run on after its end (平成32年), as on older papers.
///
/// # Errors
/// [`InputFault::Missing`], [`InputFault::NotADate`], [`InputFault::NoSuchDay`], or a year outside 1900 to 2100.
pub fn parse_date(text: &str) -> Result<Date, InputFault> {
    let text = narrow(text);
    if text.is_empty() {
        return Err(InputFault::Missing);
    }
    let era = ERAS.iter().find_map(|era| Some((era, era.marks.iter().find_map(|mark| text.strip_prefix(mark))?)));
    let (era, rest) = era.map_or((None, text.as_str()), |(era, rest)| (Some(era), rest.trim_start()));
    let (year, month, day) = split_date(rest, era.is_some()).ok_or(InputFault::NotADate)?;
    let year = match era {
        Some(_) if year == 0 => return Err(InputFault::NoSuchDay),
        Some(era) => era.before + year,
        None => year,
    };
    if !YEARS.contains(&year) {
        return Err(InputFault::OutOfRange { min: i64::from(*YEARS.start()), max: i64::from(*YEARS.end()) });
    }
    if era.is_some_and(|era| (year, month, day) < era.first) {
        return Err(InputFault::NoSuchDay);
    }
    let month = Month::try_from(month).map_err(|_| InputFault::NoSuchDay)?;
    Date::from_calendar_date(year, month, day).map_err(|_| InputFault::NoSuchDay)
}

/// Reads a date of a plan: as [`parse_date`], and 「4/6」 or 「4月6日」 as the next such day within a year of `today`.
///
/// # Errors
/// As [`parse_date`]; [`InputFault::NotWithinAYear`] for a 29 February that is further away: no year is guessed.
pub fn parse_coming_date(text: &str, today: Date) -> Result<Date, InputFault> {
    let within = |date: &Date| (today..in_a_year(today)).contains(date);
    without_year(text, today, |days| days.into_iter().find(within))
}

/// Reads a date of something that has been, such as a report: as [`parse_date`], and 「4/6」 or 「4月6日」 as the nearest
/// such day, so that one that is still to come is seen to be.
///
/// # Errors
/// As [`parse_date`]; [`InputFault::NotWithinAYear`] for a 29 February that is further away than half a year.
pub fn parse_near_date(text: &str, today: Date) -> Result<Date, InputFault> {
    let away = |date: &Date| (*date - today).whole_days().abs();
    without_year(text, today, |days| days.into_iter().min_by_key(away).filter(|date| away(date) <= HALF_A_YEAR))
}

/// Days of half a year, rounded up.
const HALF_A_YEAR: i64 = 183;

/// Reads a date; of one without a year the years around today are picked from.
fn without_year(text: &str, today: Date, pick: impl FnOnce(Vec<Date>) -> Option<Date>) -> Result<Date, InputFault> {
    let read = parse_date(text);
    if read != Err(InputFault::NotADate) {
        return read;
    }
    let text = narrow(text);
    let Some((month, day)) = split_day(&text) else { return read };
    let month = Month::try_from(month).map_err(|_| InputFault::NoSuchDay)?;
    // 2000 was a leap year: what it lacks no year has.
    Date::from_calendar_date(2000, month, day).map_err(|_| InputFault::NoSuchDay)?;
    let years = today.year() - 1..=today.year() + 1;
    pick(years.filter_map(|year| Date::from_calendar_date(year, month, day).ok()).collect())
        .ok_or(InputFault::NotWithinAYear)
}

/// The first day that is not within a year: the same day a year later, after a 29 February the 1 March.
fn in_a_year(today: Date) -> Date {
    let later = crate::time::plus_months(today, 12);
    if later.day() == today.day() { later } else { later.next_day().unwrap_or(later) }
}

/// Month and day without a year.
fn split_day(text: &str) -> Option<(u8, u8)> {
    let (month, rest) = digits(strip_weekday(text), 2)?;
    let (day, rest) = digits(separator(rest, '月')?, 2)?;
    let rest = rest.trim_start();
    let rest = rest.strip_prefix('日').unwrap_or(rest);
    rest.trim().is_empty().then_some((month.parse().ok()?, day.parse().ok()?))
}

/// Year, month and day as written, the year still in its era.
fn split_date(text: &str, in_era: bool) -> Option<(i32, u8, u8)> {
    let text = strip_weekday(text);
    let year_digits = if in_era { 2 } else { 4 };
    if text.bytes().all(|b| b.is_ascii_digit()) {
        let (year, rest) = text.split_at_checked(year_digits)?;
        let (month, day) = rest.split_at_checked(2)?;
        return (day.len() == 2).then_some((year.parse().ok()?, month.parse().ok()?, day.parse().ok()?));
    }
    let (year, rest) = match text.strip_prefix('元') {
        Some(rest) if in_era => (1, rest),
        _ => {
            let (digits, rest) = digits(text, year_digits)?;
            if !in_era && digits.len() != year_digits {
                return None;
            }
            (digits.parse().ok()?, rest)
        }
    };
    let (month, rest) = digits(separator(rest, '年')?, 2)?;
    let (day, rest) = digits(separator(rest, '月')?, 2)?;
    let rest = rest.trim_start();
    let rest = rest.strip_prefix('日').unwrap_or(rest);
    rest.trim().is_empty().then_some((year, month.parse().ok()?, day.parse().ok()?))
}

/// Without a trailing `(土)` or `土曜日`.
fn strip_weekday(text: &str) -> &str {
    let kanji = ['月', '火', '水', '木', '金', '土', '日'];
    let text = text.trim_end();
    let bracketed = text.strip_suffix(')').and_then(|text| text.strip_suffix(kanji)?.strip_suffix('('));
    let spelled = || {
        let text = text.strip_suffix("曜日").or_else(|| text.strip_suffix('曜'))?;
        text.strip_suffix(kanji)
    };
    bracketed.or_else(spelled).unwrap_or(text).trim_end()
}

/// One to `most` digits, then the rest.
fn digits(text: &str, most: usize) -> Option<(&str, &str)> {
    let end = text.bytes().take_while(u8::is_ascii_digit).count();
    (1..=most).contains(&end).then(|| text.split_at_checked(end)).flatten()
}

/// The rest after one separator, with spaces around it, or after spaces alone.
fn separator(text: &str, unit: char) -> Option<&str> {
    let trimmed = text.trim_start();
    match trimmed.strip_prefix([unit, '/', '-', '.']) {
        Some(rest) => Some(rest.trim_start()),
        None => (trimmed.len() < text.len()).then_some(trimmed),
    }
}

/// Reads a time of day: `9:30`, `09:30`, `930`, `0930`, `9`, `9時30分`, `9時`, `9時半`, `午後3時`, all in full width too.
/// `24:00` is the day's end, 1440 minutes after its beginning.
///
/// # Errors
/// [`InputFault::Missing`], or [`InputFault::NotATime`].
pub fn parse_time(text: &str) -> Result<MinuteOfDay, InputFault> {
    let text = narrow(text);
    if text.is_empty() {
        return Err(InputFault::Missing);
    }
    read_time(&text).ok_or(InputFault::NotATime)
}

fn read_time(text: &str) -> Option<MinuteOfDay> {
    let (text, half_day) = match (text.strip_prefix("午前"), text.strip_prefix("午後")) {
        (Some(rest), _) => (rest.trim_start(), Some(0)),
        (_, Some(rest)) => (rest.trim_start(), Some(12)),
        _ => (text, None),
    };
    let (hour, minute) = if text.bytes().all(|b| b.is_ascii_digit()) {
        match text.len() {
            1 | 2 => (text, "0"),
            3 | 4 => text.split_at_checked(text.len() - 2)?,
            _ => return None,
        }
    } else {
        let (hour, rest) = digits(text, 2)?;
        let rest = rest.trim_start();
        if let Some(rest) = rest.strip_prefix(':') {
            let (minute, rest) = digits(rest.trim_start(), 2)?;
            // A browser's time field may add seconds.
            if minute.len() != 2 || !matches!(rest, "" | ":00") {
                return None;
            }
            (hour, minute)
        } else {
            let rest = rest.strip_prefix('時')?.trim_start();
            match rest {
                "" => (hour, "0"),
                "半" => (hour, "30"),
                _ => {
                    let (minute, rest) = digits(rest, 2)?;
                    if !matches!(rest.trim(), "" | "分") {
                        return None;
                    }
                    (hour, minute)
                }
            }
        }
    };
    let (hour, minute): (u16, u16) = (hour.parse().ok()?, minute.parse().ok()?);
    let hour = match half_day {
        Some(shift) if hour <= 12 => hour % 12 + shift,
        Some(_) => return None,
        None => hour,
    };
    ((hour < 24 && minute < 60) || (hour, minute) == (24, 0)).then_some(hour * 60 + minute)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::time::{hhmm, iso_date};

    #[test]
    fn one_day_in_all_its_writings() {
        for text in [
            "2024-03-30",
            "2024/3/30",
            "2024.3.30",
            "20240330",
            "２０２４０３３０",
            "２０２４／３／３０",
            "２０２４ー０３ー３０",
            "2024−03−30",
            "2024年3月30日",
            "２０２４年　３月３０日（土）",
            "2024年3月30日土曜日",
            "2024 3 30",
            "令和6年3月30日",
            "令和６年３月３０日",
            "R6.3.30",
            "r6/3/30",
            "Ｒ６．３．３０",
            "㋿6年3月30日",
            "R060330",
            "平成36年3月30日",
            "　2024-03-30\u{200b} ",
        ] {
            assert_eq!(parse_date(text).map(iso_date), Ok("2024-03-30".into()), "{text}");
        }
    }

    #[test]
    fn eras_begin_on_their_first_day() {
        let read = |text| parse_date(text).map(iso_date);
        assert_eq!(read("令和元年5月1日"), Ok("2019-05-01".into()));
        assert_eq!(read("令和元年4月30日"), Err(InputFault::NoSuchDay));
        assert_eq!(read("平成31年4月30日"), Ok("2019-04-30".into()));
        assert_eq!(read("平成元年1月8日"), Ok("1989-01-08".into()));
        assert_eq!(read("S60.12.1"), Ok("1985-12-01".into()));
        assert_eq!(read("昭和64年1月7日"), Ok("1989-01-07".into()));
        assert_eq!(read("令和0年1月1日"), Err(InputFault::NoSuchDay));
    }

    #[test]
    fn what_is_no_date_is_told_apart_from_a_day_that_does_not_exist() {
        for text in
            ["あした", "3/30", "24-03-30", "2024-3", "2024-03-30x", "2024年", "元年3月3日", "2024030", "令和", "-"]
        {
            assert_eq!(parse_date(text), Err(InputFault::NotADate), "{text}");
        }
        for text in ["2024-02-30", "2023-02-29", "2024-13-01", "20240431", "2024-00-10", "2024-01-00"] {
            assert_eq!(parse_date(text), Err(InputFault::NoSuchDay), "{text}");
        }
        assert_eq!(parse_date(" 　"), Err(InputFault::Missing));
        assert_eq!(parse_date("0024-03-30"), Err(InputFault::OutOfRange { min: 1900, max: 2100 }));
    }

    #[test]
    fn a_plan_needs_no_year() {
        let today = parse_date("2024-03-16").unwrap();
        let read = |text| parse_coming_date(text, today).map(iso_date);
        for text in ["4/6", "４／６", "4月6日", "4月6日（土）", "04-06", "4.6"] {
            assert_eq!(read(text), Ok("2024-04-06".into()), "{text}");
        }
        assert_eq!(read("3/16"), Ok("2024-03-16".into()), "today is still to come");
        assert_eq!(read("3/15"), Ok("2025-03-15".into()));
        assert_eq!(read("2/29"), Err(InputFault::NotWithinAYear), "no year is guessed");
        let winter = parse_date("2027-03-01").unwrap();
        assert_eq!(parse_coming_date("2/29", winter).map(iso_date), Ok("2028-02-29".into()));
        let leap_day = parse_date("2024-02-29").unwrap();
        assert_eq!(parse_coming_date("2/29", leap_day), Ok(leap_day));
        assert_eq!(parse_coming_date("2/28", leap_day).map(iso_date), Ok("2025-02-28".into()));
        assert_eq!(read("2/30"), Err(InputFault::NoSuchDay));
        assert_eq!(read("13/1"), Err(InputFault::NoSuchDay));
        assert_eq!(read("令和6年5月3日"), Ok("2024-05-03".into()), "a year that is written counts");
        for text in ["あした", "4", "4/", "4/6/8/1", "46"] {
            assert_eq!(read(text), Err(InputFault::NotADate), "{text}");
        }
        assert_eq!(read(" "), Err(InputFault::Missing));
    }

    #[test]
    fn what_has_been_needs_no_year_either() {
        let read = |text, today| parse_near_date(text, parse_date(today).unwrap()).map(iso_date);
        for (text, today, day) in [
            ("3/16", "2024-03-16", "2024-03-16"),
            ("3/15", "2024-03-16", "2024-03-15"),
            ("12月28日（木）", "2024-03-16", "2023-12-28"),
            ("1/5", "2024-12-28", "2025-01-05"),
            ("2/29", "2024-03-16", "2024-02-29"),
            ("令和5年5月3日", "2024-03-16", "2023-05-03"),
        ] {
            assert_eq!(read(text, today), Ok(day.into()), "{text} on {today}");
        }
        assert_eq!(read("4/20", "2024-03-16"), Ok("2024-04-20".into()), "seen to be still to come");
        assert_eq!(read("2/29", "2025-03-16"), Err(InputFault::NotWithinAYear), "no year is guessed");
        assert_eq!(read("2/30", "2024-03-16"), Err(InputFault::NoSuchDay));
        assert_eq!(read("あした", "2024-03-16"), Err(InputFault::NotADate));
        // Whatever the day, it is never further than half a year away.
        for today in ["2023-12-31", "2024-02-29", "2024-07-01", "2026-11-27"] {
            let today = parse_date(today).unwrap();
            for (month, day) in (1..=12).flat_map(|month| (1..=31).map(move |day| (month, day))) {
                if let Ok(read) = parse_near_date(&format!("{month}/{day}"), today) {
                    assert!((read - today).whole_days().abs() <= 183, "{month}/{day} on {today}: {read}");
                }
            }
        }
    }

    #[test]
    fn times_in_all_their_writings() {
        for text in [
            "9:30",
            "09:30",
            "９：３０",
            "930",
            "0930",
            "９３０",
            "9時30分",
            "9時半",
            "９時３０分",
            "午前9時30分",
            "09:30:00",
        ] {
            assert_eq!(parse_time(text).map(hhmm), Ok("09:30".into()), "{text}");
        }
        let read = |text| parse_time(text).map(hhmm);
        assert_eq!(read("9時"), Ok("09:00".into()));
        assert_eq!(read("午後3時"), Ok("15:00".into()));
        assert_eq!(read("午前0時"), Ok("00:00".into()));
        assert_eq!(read("23:59"), Ok("23:59".into()));
        assert_eq!(read("0:00"), Ok("00:00".into()));
        for (text, time) in [("10", "10:00"), ("9", "09:00"), ("０", "00:00"), ("23", "23:00")] {
            assert_eq!(read(text), Ok(time.into()), "{text}");
        }
        for text in ["24:00", "２４：００", "2400", "24", "24時", "24時0分"] {
            assert_eq!(read(text), Ok("24:00".into()), "the day's end: {text}");
        }
    }

    #[test]
    fn what_is_no_time_is_refused() {
        for text in [
            "24:01",
            "2401",
            "25",
            "25:00",
            "9:60",
            "9:3",
            "正午",
            "午後24時",
            "9時70分",
            "午後13時",
            "-1:00",
            "99999",
            "9:30x",
            "時",
        ] {
            assert_eq!(parse_time(text), Err(InputFault::NotATime), "{text}");
        }
        assert_eq!(parse_time(""), Err(InputFault::Missing));
    }
}
