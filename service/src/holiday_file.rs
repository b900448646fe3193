//! The table of public holidays the program brings along; headquarters' own table is seeded from it.

use domain::holiday::{HolidayCalendar, HolidayFault};

/// Public holidays 2013 to 2027 as `date,name`, with their source in the first lines.
pub const JAPAN: &str = include_str!("../data/holidays.csv");

/// The calendar of [`JAPAN`].
///
/// # Errors
/// When the table is damaged, which the tests rule out for the one brought along.
pub fn japan() -> Result<HolidayCalendar, HolidayFault> {
    HolidayCalendar::from_csv(JAPAN)
}

#[cfg(test)]
mod tests {
    use super::*;
    use domain::time::parse_iso_date;

    fn name(date: &str) -> Option<String> {
        japan().unwrap().name_on(parse_iso_date(date).unwrap()).map(str::to_owned)
    }

    #[test]
    fn the_table_reaches_from_2013_to_2027() {
        let calendar = japan().unwrap();
        let span = (parse_iso_date("2013-01-01").unwrap(), parse_iso_date("2027-12-31").unwrap());
        assert_eq!(calendar.span(), span);
        for year in 2013..=2027 {
            let count = calendar.holidays().iter().filter(|holiday| holiday.date.year() == year).count();
            assert!((16..=22).contains(&count), "{year} has {count} holidays");
        }
    }

    #[test]
    fn equinoxes_stand_where_the_almanac_put_them() {
        for date in ["2023-03-21", "2024-03-20", "2025-03-20", "2026-03-20", "2027-03-21"] {
            assert_eq!(name(date).as_deref(), Some("春分の日"), "{date}");
        }
        for date in ["2012-09-22", "2024-09-21", "2027-03-20"] {
            assert_eq!(name(date), None, "{date}");
        }
        for date in ["2023-09-23", "2024-09-22", "2026-09-23"] {
            assert_eq!(name(date).as_deref(), Some("秋分の日"), "{date}");
        }
    }

    #[test]
    fn substitute_and_bridge_days_are_holidays() {
        for date in ["2019-08-12", "2023-01-02", "2024-02-12", "2024-05-06", "2024-09-23", "2026-05-06", "2027-03-22"] {
            assert_eq!(name(date).as_deref(), Some("振替休日"), "{date}");
        }
        for date in ["2015-09-22", "2026-09-22"] {
            assert_eq!(name(date).as_deref(), Some("国民の休日"), "{date}");
        }
    }

    #[test]
    fn the_special_laws_of_2019_2020_and_2021_are_in() {
        for date in ["2019-04-30", "2019-05-01", "2019-05-02", "2019-10-22"] {
            assert!(name(date).is_some(), "{date}");
        }
        assert_eq!(name("2018-12-23").as_deref(), Some("天皇誕生日"));
        assert_eq!(name("2019-12-23"), None);
        assert_eq!(name("2020-02-23").as_deref(), Some("天皇誕生日"));
        let moved = [
            ("2020-07-23", Some("海の日")),
            ("2020-07-24", Some("スポーツの日")),
            ("2020-08-10", Some("山の日")),
            ("2020-07-20", None),
            ("2020-10-12", None),
            ("2021-07-22", Some("海の日")),
            ("2021-07-23", Some("スポーツの日")),
            ("2021-08-08", Some("山の日")),
            ("2021-08-09", Some("振替休日")),
            ("2021-07-19", None),
            ("2021-10-11", None),
        ];
        for (date, expected) in moved {
            assert_eq!(name(date).as_deref(), expected, "{date}");
        }
        assert_eq!(name("2015-08-11"), None);
        assert_eq!(name("2016-08-11").as_deref(), Some("山の日"));
    }
}
