//! Tariff files: TOML read into a checked [`Tariff`]. The keys are explained at the top of `tariffs/yokohama.toml`.

use domain::holiday::HolidayClass;
use domain::tariff::{
    CancelStep, CancelWhen, CouponExpiry, CouponRule, Day, FlatShort, LongUse, MonthDay, RateBand, Straddle,
    StraddleBasis, Tariff, TariffFault, TariffVersion, YearEnd,
};
use domain::time::{Date, MinuteOfDay, parse_hhmm};
use serde::Deserialize;
use time::Month;
use toml::value::Datetime;

/// The tariff of Yokohama, from which a database is seeded.
pub const YOKOHAMA: &str = include_str!("../../tariffs/yokohama.toml");

/// Why a tariff file cannot be used.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum TariffFileError {
    /// Not TOML, an unknown or missing key, or a value of the wrong type.
    #[error("line {line}: {message}")]
    Text {
        /// The line, from 1.
        line: usize,
        /// What is wrong, naming the key.
        message: String,
    },
    /// A date, a time or a day of the year that cannot be read.
    #[error("{place}: `{value}` is not {wanted}")]
    Value {
        /// Version, band and key.
        place: String,
        /// What the file says.
        value: String,
        /// The form it should have.
        wanted: &'static str,
    },
    /// Well written, but no tariff.
    #[error("{}", list(.0))]
    Rules(Vec<TariffFault>),
}

fn list(faults: &[TariffFault]) -> String {
    faults.iter().map(ToString::to_string).collect::<Vec<_>>().join("; ")
}

/// Reads and checks a tariff file.
///
/// # Errors
/// The first thing that cannot be read, or all rules the tariff breaks; each with its place.
pub fn parse(text: &str) -> Result<Tariff, TariffFileError> {
    let file: TariffText = toml::from_str(text).map_err(|error| {
        let start = error.span().map_or(0, |span| span.start);
        let line = text.get(..start).unwrap_or(text).matches('\n').count() + 1;
        TariffFileError::Text { line, message: error.message().to_owned() }
    })?;
    let versions = file.version.into_iter().map(VersionText::read).collect::<Result<_, _>>()?;
    let tariff = Tariff { name: file.name, versions };
    tariff.validate().map_err(TariffFileError::Rules)?;
    Ok(tariff)
}

/// The tariff of [`YOKOHAMA`].
///
/// # Errors
/// When the file is damaged, which the tests rule out for the one brought along.
pub fn yokohama() -> Result<Tariff, TariffFileError> {
    parse(YOKOHAMA)
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct TariffText {
    name: String,
    version: Vec<VersionText>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct VersionText {
    name: String,
    effective_from: Option<Datetime>,
    effective_to: Option<Datetime>,
    first_unit_minutes: u16,
    unit_minutes: u16,
    flat_short: Option<FlatShortText>,
    straddle: Straddle,
    #[serde(default = "real_end")]
    straddle_basis: StraddleBasis,
    sibling_fee_percent: Vec<i64>,
    sibling_benefit_percent: Vec<i64>,
    long_use_after_minutes: Option<u16>,
    long_use_percent: Option<i64>,
    year_end_from: Option<String>,
    year_end_to: Option<String>,
    band: Vec<BandText>,
    coupon: Option<CouponText>,
    #[serde(default)]
    cancel: Vec<CancelText>,
}

const fn real_end() -> StraddleBasis {
    StraddleBasis::RealEnd
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct FlatShortText {
    up_to_minutes: u16,
    yen: i64,
    #[serde(default)]
    benefit_yen: i64,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct BandText {
    name: String,
    #[serde(default)]
    default: bool,
    #[serde(default)]
    days: Vec<Day>,
    #[serde(default)]
    except: Vec<ClassText>,
    #[serde(default)]
    also: Vec<ClassText>,
    from: Option<String>,
    to: Option<String>,
    hour_yen: i64,
    half_hour_yen: i64,
    #[serde(default)]
    benefit_hour_yen: i64,
    #[serde(default)]
    benefit_half_hour_yen: i64,
}

#[derive(Clone, Copy, Deserialize)]
#[serde(rename_all = "snake_case")]
enum ClassText {
    NationalHoliday,
    YearEnd,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct CouponText {
    tickets: u32,
    minutes: u16,
    born_from: Datetime,
    until_age: u8,
    expiry: CouponExpiry,
    covers_band: String,
    surcharge_payable: bool,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct CancelText {
    when: CancelWhen,
    percent: i64,
}

impl VersionText {
    fn read(self) -> Result<TariffVersion, TariffFileError> {
        let at = |key: &str| format!("{}, {key}", self.name);
        let year_end = match (self.year_end_from, self.year_end_to) {
            (Some(from), Some(to)) => Some(YearEnd {
                from: month_day(&from, || at("year_end_from"))?,
                to: month_day(&to, || at("year_end_to"))?,
            }),
            (None, None) => None,
            (from, to) => {
                let (missing, given) = if from.is_none() { ("year_end_from", to) } else { ("year_end_to", from) };
                return Err(alone(at(missing), &given.unwrap_or_default()));
            }
        };
        let long_use = match (self.long_use_after_minutes, self.long_use_percent) {
            (Some(after_minutes), Some(percent)) => Some(LongUse { after_minutes, percent }),
            (None, None) => None,
            (Some(minutes), None) => return Err(alone(at("long_use_percent"), &minutes.to_string())),
            (None, Some(percent)) => return Err(alone(at("long_use_after_minutes"), &percent.to_string())),
        };
        let coupon = self.coupon.map(|coupon| coupon.read(|| at("coupon, born_from"))).transpose()?;
        Ok(TariffVersion {
            effective_from: self.effective_from.map(|text| date(&text, || at("effective_from"))).transpose()?,
            effective_to: self.effective_to.map(|text| date(&text, || at("effective_to"))).transpose()?,
            first_unit_minutes: self.first_unit_minutes,
            unit_minutes: self.unit_minutes,
            flat_short: self.flat_short.map(|flat| FlatShort {
                up_to_minutes: flat.up_to_minutes,
                yen: flat.yen,
                benefit_yen: flat.benefit_yen,
            }),
            straddle: self.straddle,
            straddle_basis: self.straddle_basis,
            sibling_fee_percent: self.sibling_fee_percent,
            sibling_benefit_percent: self.sibling_benefit_percent,
            long_use,
            year_end,
            bands: self.band.into_iter().map(|band| band.read(&self.name)).collect::<Result<_, _>>()?,
            coupon,
            cancel: self.cancel.into_iter().map(|step| CancelStep { when: step.when, percent: step.percent }).collect(),
            name: self.name,
        })
    }
}

impl BandText {
    fn read(self, version: &str) -> Result<RateBand, TariffFileError> {
        let minute = |key: &str, text: Option<String>| {
            text.map_or(Ok(0), |text| clock(&text, || format!("{version}, band {}, {key}", self.name)))
        };
        Ok(RateBand {
            default: self.default,
            days: self.days,
            except: self.except.into_iter().map(ClassText::class).collect(),
            also: self.also.into_iter().map(ClassText::class).collect(),
            from: minute("from", self.from)?,
            to: minute("to", self.to)?,
            hour_yen: self.hour_yen,
            half_hour_yen: self.half_hour_yen,
            benefit_hour_yen: self.benefit_hour_yen,
            benefit_half_hour_yen: self.benefit_half_hour_yen,
            name: self.name,
        })
    }
}

impl ClassText {
    const fn class(self) -> HolidayClass {
        match self {
            Self::NationalHoliday => HolidayClass::National,
            Self::YearEnd => HolidayClass::YearEnd,
        }
    }
}

impl CouponText {
    fn read(self, place: impl FnOnce() -> String) -> Result<CouponRule, TariffFileError> {
        Ok(CouponRule {
            tickets: self.tickets,
            minutes: self.minutes,
            born_from: date(&self.born_from, place)?,
            until_age: self.until_age,
            expiry: self.expiry,
            covers_band: self.covers_band,
            surcharge_payable: self.surcharge_payable,
        })
    }
}

/// One key of two that go together.
fn alone(missing: String, given: &str) -> TariffFileError {
    TariffFileError::Value {
        place: missing,
        value: format!("(missing beside {given})"),
        wanted: "given; the two go together",
    }
}

fn date(text: &Datetime, place: impl FnOnce() -> String) -> Result<Date, TariffFileError> {
    let read = match (text.date, text.time) {
        (Some(day), None) => Month::try_from(day.month)
            .ok()
            .and_then(|month| Date::from_calendar_date(i32::from(day.year), month, day.day).ok()),
        _ => None,
    };
    read.ok_or_else(|| TariffFileError::Value {
        place: place(),
        value: text.to_string(),
        wanted: "a date such as 2023-07-01",
    })
}

fn clock(text: &str, place: impl FnOnce() -> String) -> Result<MinuteOfDay, TariffFileError> {
    let read = if text == "24:00" { Some(1440) } else { parse_hhmm(text) };
    read.ok_or_else(|| TariffFileError::Value {
        place: place(),
        value: text.to_owned(),
        wanted: "a time such as \"07:00\"",
    })
}

fn month_day(text: &str, place: impl FnOnce() -> String) -> Result<MonthDay, TariffFileError> {
    let read = text.split_once('-').and_then(|(month, day)| {
        (month.len() == 2 && day.len() == 2).then_some(MonthDay { month: month.parse().ok()?, day: day.parse().ok()? })
    });
    read.ok_or_else(|| TariffFileError::Value {
        place: place(),
        value: text.to_owned(),
        wanted: "a day of the year such as \"12-29\"",
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use domain::tariff::TariffRule;
    use domain::time::parse_iso_date;

    const NAGOYA: &str = include_str!("../../tariffs/nagoya.toml");

    fn refused(from: &str, to: &str) -> String {
        assert!(YOKOHAMA.contains(from), "{from}");
        parse(&YOKOHAMA.replacen(from, to, 1)).unwrap_err().to_string()
    }

    #[test]
    fn yokohama_has_its_two_versions() {
        let tariff = yokohama().unwrap();
        let name = |date| tariff.on(parse_iso_date(date).unwrap()).map(|version| version.name.as_str());
        assert_eq!(name("2013-01-01"), Some("yokohama-until-2023-06"));
        assert_eq!(name("2023-06-30"), Some("yokohama-until-2023-06"));
        assert_eq!(name("2023-07-01"), Some("yokohama-2023-07"));
        let now = tariff.on(parse_iso_date("2024-03-30").unwrap()).unwrap();
        assert_eq!(now.band("in_hours").unwrap().hour_yen, 500);
        assert_eq!(now.band("out_of_hours").unwrap().benefit_half_hour_yen, 250);
        assert_eq!(now.coupon.as_ref().unwrap().tickets, 8);
        assert_eq!(now.cancel.iter().map(|step| step.percent).collect::<Vec<_>>(), [0, 50, 100]);
    }

    #[test]
    fn nagoya_reads_with_the_same_keys() {
        let tariff = parse(NAGOYA).unwrap();
        let version = &tariff.versions[0];
        assert_eq!((version.first_unit_minutes, version.coupon.is_none()), (30, true));
        assert_eq!(version.bands.iter().map(|band| band.hour_yen).collect::<Vec<_>>(), [800, 1000]);
    }

    #[test]
    fn a_stored_tariff_is_the_same_after_reading() {
        let tariff = yokohama().unwrap();
        let json = serde_json::to_string(&tariff).unwrap();
        assert_eq!(serde_json::from_str::<Tariff>(&json).unwrap(), tariff);
    }

    #[test]
    fn an_unknown_key_is_refused_by_name_with_its_line() {
        let line = |text: &str| YOKOHAMA[..YOKOHAMA.find(text).unwrap()].matches('\n').count() + 1;
        for (from, to, key) in [
            ("name = \"yokohama\"\n", "name = \"yokohama\"\nsurcharge = 100\n", "surcharge"),
            ("unit_minutes = 30\n", "unit_minutes = 30\ntime_basis = \"handover\"\n", "time_basis"),
            ("half_hour_yen = 400\n", "half_hour_yen = 400\nprice = 1\n", "price"),
            ("tickets = 8\n", "tickets = 8\ncolour = \"red\"\n", "colour"),
            ("percent = 0\n", "percent = 0\nexcused = true\n", "excused"),
        ] {
            let message = refused(from, to);
            assert!(message.contains(&format!("unknown field `{key}`")), "{message}");
            assert!(message.starts_with(&format!("line {}:", line(from) + 1)), "{message}");
        }
    }

    #[test]
    fn a_value_of_the_wrong_form_is_refused_with_its_place() {
        let cases = [
            ("effective_to = 2023-06-30", "effective_to = 2023-06-30T00:00:00", "yokohama-until-2023-06, effective_to"),
            ("from = \"07:00\"", "from = \"7:00\"", "yokohama-until-2023-06, band in_hours, from"),
            ("to = \"19:00\"", "to = \"24:30\"", "yokohama-until-2023-06, band in_hours, to"),
            ("year_end_to = \"01-03\"\n", "", "yokohama-until-2023-06, year_end_to"),
            ("year_end_from = \"12-29\"", "year_end_from = \"12/29\"", "yokohama-until-2023-06, year_end_from"),
        ];
        for (from, to, place) in cases {
            let message = refused(from, to);
            assert!(message.starts_with(place), "{message}");
        }
        let cases = [
            ("days = [\"mon\"", "days = [\"moon\"", "moon"),
            ("straddle = \"higher\"", "straddle = \"highest\"", "highest"),
            ("hour_yen = 800\n", "", "missing field `hour_yen`"),
            ("hour_yen = 800", "hour_yen = 800.5", "800.5"),
            ("hour_yen = 800", "hour_yen = ", "line"),
        ];
        for (from, to, word) in cases {
            let message = refused(from, to);
            assert!(message.starts_with("line ") && message.contains(word), "{message}");
        }
    }

    #[test]
    fn long_care_is_read_and_its_two_keys_go_together() {
        let add = |keys: &str| YOKOHAMA.replacen("unit_minutes = 30\n", &format!("unit_minutes = 30\n{keys}"), 1);
        let tariff = parse(&add("long_use_after_minutes = 300\nlong_use_percent = 50\n")).unwrap();
        assert_eq!(tariff.versions[0].long_use, Some(LongUse { after_minutes: 300, percent: 50 }));
        assert_eq!(tariff.versions[1].long_use, None);
        for (keys, place) in [
            ("long_use_percent = 50\n", "yokohama-until-2023-06, long_use_after_minutes"),
            ("long_use_after_minutes = 300\n", "yokohama-until-2023-06, long_use_percent"),
            ("long_use_after_minutes = 90\nlong_use_percent = 50\n", "yokohama-until-2023-06, long_use_after_minutes"),
            ("long_use_after_minutes = 0\nlong_use_percent = 50\n", "yokohama-until-2023-06, long_use_after_minutes"),
            ("long_use_after_minutes = 60\nlong_use_percent = 101\n", "yokohama-until-2023-06, long_use_percent"),
        ] {
            let message = parse(&add(keys)).unwrap_err().to_string();
            assert!(message.starts_with(place), "{message}");
        }
    }

    #[test]
    fn what_is_no_tariff_is_refused_with_every_broken_rule() {
        let text = YOKOHAMA
            .replacen("effective_to = 2023-06-30", "effective_to = 2023-07-01", 1)
            .replacen("half_hour_yen = 400", "half_hour_yen = 801", 1)
            .replacen("sibling_fee_percent = [100, 50, 50]", "sibling_fee_percent = [100, 101]", 1)
            .replacen("covers_band = \"in_hours\"", "covers_band = \"office\"", 1);
        let TariffFileError::Rules(faults) = parse(&text).unwrap_err() else { panic!("not read") };
        let rules: Vec<_> = faults.iter().map(|fault| &fault.rule).collect();
        assert_eq!(faults.len(), 4, "{faults:?}");
        assert!(rules.contains(&&TariffRule::Overlap("yokohama-until-2023-06".into())));
        assert!(rules.contains(&&TariffRule::DearerWhenShorter));
        assert!(rules.contains(&&TariffRule::Range { min: 0, max: 100, value: 101 }));
        assert!(rules.contains(&&TariffRule::UnknownBand("office".into())));
        for (from, to, rule) in [
            ("first_unit_minutes = 60", "first_unit_minutes = 45", "must be one of 30, 60, not 45"),
            ("default = true\n", "days = [\"sat\"]\nto = \"24:00\"\n", "exactly one band must be the default, not 0"),
            ("default = true\n", "default = true\ndays = [\"sat\"]\n", "the default band takes no days"),
            ("minutes = 60\nborn", "minutes = 30\nborn", "must be one of 60, not 30"),
            ("hour_yen = 800", "hour_yen = -1", "must be from 0 to 100000, not -1"),
            ("year_end_from = \"12-29\"", "year_end_from = \"02-31\"", "there is no such day"),
        ] {
            let message = refused(from, to);
            assert!(message.contains(rule), "{message}");
        }
    }
}
