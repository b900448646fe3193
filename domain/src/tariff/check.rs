//! What a tariff must satisfy before anything is charged by it.

use std::collections::HashSet;

use super::{HALF_HOUR, HOUR, RateBand, Tariff, TariffVersion};

/// Most yen one hour or one flat price may cost.
const MOST_YEN: i64 = 100_000;
const DAY_MINUTES: u16 = 1440;

/// One thing a tariff may not say: where, and which rule it breaks.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{place}: {rule}")]
pub struct TariffFault {
    /// Where it stands: version, band and key, such as `yokohama-2023-07, band in_hours, hour_yen`.
    pub place: String,
    /// The rule.
    pub rule: TariffRule,
}

/// The rules of a tariff's data.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum TariffRule {
    /// Something must be named or listed.
    #[error("must not be empty")]
    Missing,
    /// A name stands twice.
    #[error("`{0}` is used twice")]
    Repeated(String),
    /// A number is outside its range.
    #[error("must be from {min} to {max}, not {value}")]
    Range {
        /// Least allowed.
        min: i64,
        /// Most allowed.
        max: i64,
        /// What the tariff says.
        value: i64,
    },
    /// A number is none of the possible ones.
    #[error("must be one of {allowed}, not {value}")]
    Choice {
        /// The possible numbers.
        allowed: &'static str,
        /// What the tariff says.
        value: i64,
    },
    /// The end lies before the beginning.
    #[error("must not end before it begins")]
    Backwards,
    /// A day belongs to two versions.
    #[error("shares days with version `{0}`")]
    Overlap(String),
    /// Not exactly one band is the default.
    #[error("exactly one band must be the default, not {0}")]
    Defaults(usize),
    /// The default band cannot be limited to days or times.
    #[error("the default band takes no days, holidays or times")]
    LimitedDefault,
    /// A half hour or a short time would cost more than longer care.
    #[error("shorter care must not cost more than longer care")]
    DearerWhenShorter,
    /// A name refers to nothing.
    #[error("there is no band `{0}`")]
    UnknownBand(String),
    /// Minutes that are no full hours.
    #[error("must be full hours")]
    FullHours,
    /// No such day in any year.
    #[error("there is no such day")]
    NoSuchDay,
    /// A holiday class is used that the version does not define.
    #[error("year_end is used by a band but year_end_from and year_end_to are not given")]
    NoYearEnd,
}

impl Tariff {
    /// Checks that every version is usable and that no day belongs to two of them.
    ///
    /// # Errors
    /// All broken rules, each with its place.
    pub fn validate(&self) -> Result<(), Vec<TariffFault>> {
        let mut faults = Faults(Vec::new());
        faults.when(self.name.trim().is_empty(), "name", || TariffRule::Missing);
        faults.when(self.versions.is_empty(), "version", || TariffRule::Missing);
        let mut names = HashSet::new();
        for (index, version) in self.versions.iter().enumerate() {
            faults.when(!names.insert(&version.name), "version", || TariffRule::Repeated(version.name.clone()));
            for other in self.versions.iter().take(index) {
                faults.when(overlap(version, other), &format!("{}, effective_from", version.name), || {
                    TariffRule::Overlap(other.name.clone())
                });
            }
            check_version(version, &mut faults);
        }
        if faults.0.is_empty() { Ok(()) } else { Err(faults.0) }
    }
}

fn overlap(one: &TariffVersion, other: &TariffVersion) -> bool {
    let starts_by = |from: &TariffVersion, to: &TariffVersion| match (from.effective_from, to.effective_to) {
        (Some(from), Some(to)) => from <= to,
        _ => true,
    };
    starts_by(one, other) && starts_by(other, one)
}

struct Faults(Vec<TariffFault>);

impl Faults {
    fn when(&mut self, broken: bool, place: &str, rule: impl FnOnce() -> TariffRule) {
        if broken {
            self.0.push(TariffFault { place: place.to_owned(), rule: rule() });
        }
    }

    fn range(&mut self, place: &str, value: i64, min: i64, max: i64) {
        self.when(!(min..=max).contains(&value), place, || TariffRule::Range { min, max, value });
    }

    fn unit(&mut self, place: &str, value: u16) {
        self.when(value != HALF_HOUR && value != HOUR, place, || TariffRule::Choice {
            allowed: "30, 60",
            value: i64::from(value),
        });
    }
}

fn check_version(version: &TariffVersion, faults: &mut Faults) {
    let at = |key: &str| format!("{}, {key}", version.name);
    faults.when(version.name.trim().is_empty(), "version, name", || TariffRule::Missing);
    let backwards = matches!((version.effective_from, version.effective_to), (Some(from), Some(to)) if to < from);
    faults.when(backwards, &at("effective_to"), || TariffRule::Backwards);
    faults.unit(&at("first_unit_minutes"), version.first_unit_minutes);
    faults.unit(&at("unit_minutes"), version.unit_minutes);
    faults.when(version.unit_minutes > version.first_unit_minutes, &at("unit_minutes"), || TariffRule::Range {
        min: i64::from(HALF_HOUR),
        max: i64::from(version.first_unit_minutes),
        value: i64::from(version.unit_minutes),
    });
    for (key, percents) in [
        ("sibling_fee_percent", &version.sibling_fee_percent),
        ("sibling_benefit_percent", &version.sibling_benefit_percent),
    ] {
        faults.when(percents.is_empty(), &at(key), || TariffRule::Missing);
        for percent in percents {
            faults.range(&at(key), *percent, 0, 100);
        }
    }
    if let Some(long) = version.long_use {
        // Blocks begin at full hours of care; a border inside of one would have to be explained.
        faults.when(long.after_minutes % HOUR != 0, &at("long_use_after_minutes"), || TariffRule::FullHours);
        let minutes = i64::from(long.after_minutes);
        faults.range(&at("long_use_after_minutes"), minutes, i64::from(HOUR), i64::from(DAY_MINUTES));
        faults.range(&at("long_use_percent"), long.percent, 0, 100);
    }
    if let Some(span) = version.year_end {
        faults.when(!span.from.exists(), &at("year_end_from"), || TariffRule::NoSuchDay);
        faults.when(!span.to.exists(), &at("year_end_to"), || TariffRule::NoSuchDay);
    }
    let defaults = version.bands.iter().filter(|band| band.default).count();
    faults.when(defaults != 1, &at("band"), || TariffRule::Defaults(defaults));
    let mut names = HashSet::new();
    for band in &version.bands {
        faults.when(!names.insert(&band.name), &at("band"), || TariffRule::Repeated(band.name.clone()));
        check_band(version, band, faults);
    }
    check_flat_short(version, faults);
    check_coupon(version, faults);
    let mut seen = HashSet::new();
    for step in &version.cancel {
        faults.range(&at("cancel, percent"), step.percent, 0, 100);
        let twice = || TariffRule::Repeated(format!("{:?}", step.when));
        faults.when(!seen.insert(step.when), &at("cancel, when"), twice);
    }
}

fn check_band(version: &TariffVersion, band: &RateBand, faults: &mut Faults) {
    let at = |key: &str| format!("{}, band {}, {key}", version.name, band.name);
    faults.when(band.name.trim().is_empty(), &at("name"), || TariffRule::Missing);
    if band.default {
        let limited = !band.days.is_empty()
            || !band.except.is_empty()
            || !band.also.is_empty()
            || band.from != 0
            || !matches!(band.to, 0 | DAY_MINUTES);
        faults.when(limited, &at("default"), || TariffRule::LimitedDefault);
    } else {
        faults.when(band.days.is_empty() && band.also.is_empty(), &at("days"), || TariffRule::Missing);
        faults.range(&at("to"), i64::from(band.to), 1, i64::from(DAY_MINUTES));
        faults.when(band.to <= band.from, &at("to"), || TariffRule::Backwards);
    }
    let year_end = crate::holiday::HolidayClass::YearEnd;
    let unknown = version.year_end.is_none() && (band.except.contains(&year_end) || band.also.contains(&year_end));
    faults.when(unknown, &at("except"), || TariffRule::NoYearEnd);
    for (key, yen) in [
        ("hour_yen", band.hour_yen),
        ("half_hour_yen", band.half_hour_yen),
        ("benefit_hour_yen", band.benefit_hour_yen),
        ("benefit_half_hour_yen", band.benefit_half_hour_yen),
    ] {
        faults.range(&at(key), yen, 0, MOST_YEN);
    }
    faults.when(band.half_hour_yen > band.hour_yen, &at("half_hour_yen"), || TariffRule::DearerWhenShorter);
    faults.when(band.benefit_half_hour_yen > band.benefit_hour_yen, &at("benefit_half_hour_yen"), || {
        TariffRule::DearerWhenShorter
    });
}

fn check_flat_short(version: &TariffVersion, faults: &mut Faults) {
    let Some(flat) = version.flat_short else { return };
    let at = |key: &str| format!("{}, flat_short, {key}", version.name);
    faults.range(&at("up_to_minutes"), i64::from(flat.up_to_minutes), 1, i64::from(HOUR));
    faults.range(&at("yen"), flat.yen, 0, MOST_YEN);
    faults.range(&at("benefit_yen"), flat.benefit_yen, 0, MOST_YEN);
    // One minute more is billed as a half or a full hour; that must not be cheaper.
    let next = if flat.up_to_minutes < HALF_HOUR { version.first_unit_minutes } else { HOUR };
    let dearer = version.bands.iter().any(|band| band.fee(next) < flat.yen);
    faults.when(dearer, &at("yen"), || TariffRule::DearerWhenShorter);
    let dearer = version.bands.iter().any(|band| band.benefit(next) < flat.benefit_yen);
    faults.when(dearer, &at("benefit_yen"), || TariffRule::DearerWhenShorter);
}

fn check_coupon(version: &TariffVersion, faults: &mut Faults) {
    let Some(coupon) = &version.coupon else { return };
    let at = |key: &str| format!("{}, coupon, {key}", version.name);
    faults.range(&at("tickets"), i64::from(coupon.tickets), 1, 100);
    faults.when(coupon.minutes != HOUR, &at("minutes"), || TariffRule::Choice {
        allowed: "60",
        value: i64::from(coupon.minutes),
    });
    faults.range(&at("until_age"), i64::from(coupon.until_age), 1, 12);
    let known = version.band(&coupon.covers_band).is_some();
    faults.when(!known, &at("covers_band"), || TariffRule::UnknownBand(coupon.covers_band.clone()));
}
