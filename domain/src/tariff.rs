//! The tariff as data: versions by date, bands by day and time, prices, sibling shares, the coupon's terms.
//!
//! Nothing here knows a city. The parameters are 1 to 6, 10 (the activity's benefit) and 14 of the domain notes,
//! and the cancellation ladder (8), which stands in the data until headquarters confirms the amounts.

mod check;

use serde::{Deserialize, Serialize};
use time::{Date, Month, Weekday};

pub use self::check::{TariffFault, TariffRule};
use crate::holiday::{HolidayCalendar, HolidayClass};
use crate::time::{MinuteOfDay, serde_date};

/// The minutes of a full hour block, the length care is cut into.
pub const HOUR: u16 = 60;
/// The minutes of a half-hour unit.
pub const HALF_HOUR: u16 = 30;

/// A city's tariff: its versions, each for its own span of activity dates.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Tariff {
    /// The city's key, such as `yokohama`.
    pub name: String,
    /// The versions; no day belongs to two of them.
    pub versions: Vec<TariffVersion>,
}

impl Tariff {
    /// The version in force on the day an activity starts.
    #[must_use]
    pub fn on(&self, date: Date) -> Option<&TariffVersion> {
        self.versions.iter().find(|version| version.covers(date))
    }
}

/// What was in force over a span of days.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct TariffVersion {
    /// The version's key, kept in the snapshot of every report, such as `yokohama-2023-07`.
    pub name: String,
    /// First activity date; none: since ever.
    #[serde(default, with = "optional_date")]
    pub effective_from: Option<Date>,
    /// Last activity date, included; none: until further notice.
    #[serde(default, with = "optional_date")]
    pub effective_to: Option<Date>,
    /// Least billed minutes at the start of care: 60 or 30.
    pub first_unit_minutes: u16,
    /// Step after that: 30 (up to 30 minutes half an hour, above an hour) or 60 (every started hour).
    pub unit_minutes: u16,
    /// A flat price for very short care.
    #[serde(default)]
    pub flat_short: Option<FlatShort>,
    /// What decides when one block touches two bands.
    pub straddle: Straddle,
    /// How far the last, partial block reaches when it is asked which bands it touches.
    pub straddle_basis: StraddleBasis,
    /// Share of the fee in percent by sibling position, eldest first; later children take the last entry.
    pub sibling_fee_percent: Vec<i64>,
    /// Share of the city's benefit in percent by sibling position; later children take the last entry.
    pub sibling_benefit_percent: Vec<i64>,
    /// What becomes of the benefit in very long care.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub long_use: Option<LongUse>,
    /// The span of 年末年始, when the tariff knows it.
    #[serde(default)]
    pub year_end: Option<YearEnd>,
    /// The bands; the first that fits a minute holds, the default band catches the rest.
    pub bands: Vec<RateBand>,
    /// The trial coupon's terms, when the city has one.
    #[serde(default)]
    pub coupon: Option<CouponRule>,
    /// The cancellation ladder, earliest step first; empty: cancelling is free.
    #[serde(default)]
    pub cancel: Vec<CancelStep>,
}

impl TariffVersion {
    /// Whether an activity that starts on this day is charged by this version.
    #[must_use]
    pub fn covers(&self, date: Date) -> bool {
        self.effective_from.is_none_or(|from| from <= date) && self.effective_to.is_none_or(|to| date <= to)
    }

    /// The band of one minute of one day.
    #[must_use]
    pub fn band_at(&self, date: Date, minute: MinuteOfDay, holidays: &HolidayCalendar) -> Option<&RateBand> {
        self.bands
            .iter()
            .find(|band| !band.default && band.fits_day(date, self, holidays) && (band.from..band.to).contains(&minute))
            .or_else(|| self.default_band())
    }

    /// The band that catches what no other band names.
    #[must_use]
    pub fn default_band(&self) -> Option<&RateBand> {
        self.bands.iter().find(|band| band.default)
    }

    /// The band of that key.
    #[must_use]
    pub fn band(&self, name: &str) -> Option<&RateBand> {
        self.bands.iter().find(|band| band.name == name)
    }

    /// Whether the day is of the class: a date of the calendar, or within this version's year end.
    #[must_use]
    pub fn is_holiday(&self, date: Date, class: HolidayClass, holidays: &HolidayCalendar) -> bool {
        match class {
            HolidayClass::National => holidays.name_on(date).is_some(),
            HolidayClass::YearEnd => self.year_end.is_some_and(|span| span.contains(date)),
        }
    }

    /// The fee's percent for a sibling position, 0 for the eldest.
    #[must_use]
    pub fn fee_percent(&self, position: usize) -> i64 {
        at_or_last(&self.sibling_fee_percent, position)
    }

    /// The benefit's percent for a sibling position, 0 for the eldest.
    #[must_use]
    pub fn benefit_percent(&self, position: usize) -> i64 {
        at_or_last(&self.sibling_benefit_percent, position)
    }
}

fn at_or_last(percents: &[i64], position: usize) -> i64 {
    percents.get(position).or_else(|| percents.last()).copied().unwrap_or(100)
}

/// Prices for some days and times.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct RateBand {
    /// The band's key, `in_hours` or `out_of_hours` in Yokohama.
    pub name: String,
    /// Catches every minute no other band fits; its days and times are then not asked.
    #[serde(default)]
    pub default: bool,
    /// Days of the week it holds on.
    #[serde(default)]
    pub days: Vec<Day>,
    /// Holiday classes it does not hold on, whatever the day of the week.
    #[serde(default)]
    pub except: Vec<HolidayClass>,
    /// Holiday classes it holds on besides, whatever the day of the week.
    #[serde(default)]
    pub also: Vec<HolidayClass>,
    /// First minute of the day.
    #[serde(default)]
    pub from: MinuteOfDay,
    /// The minute it ends before; 1440 is midnight.
    #[serde(default)]
    pub to: MinuteOfDay,
    /// Fee of an hour block for the eldest child, in yen.
    pub hour_yen: i64,
    /// Fee of a half-hour block for the eldest child, in yen.
    pub half_hour_yen: i64,
    /// The city's benefit to the provider for an hour block, in yen.
    pub benefit_hour_yen: i64,
    /// The city's benefit to the provider for a half-hour block, in yen.
    pub benefit_half_hour_yen: i64,
}

impl RateBand {
    /// Whether the band holds at some time of this day; never for the default band.
    #[must_use]
    pub fn fits_day(&self, date: Date, version: &TariffVersion, holidays: &HolidayCalendar) -> bool {
        let is = |class: &HolidayClass| version.is_holiday(date, *class, holidays);
        !self.default && (self.also.iter().any(is) || self.days.contains(&Day::of(date)) && !self.except.iter().any(is))
    }

    /// Fee of a block billed at 30 or 60 minutes, in yen.
    #[must_use]
    pub const fn fee(&self, billed_minutes: u16) -> i64 {
        if billed_minutes <= HALF_HOUR { self.half_hour_yen } else { self.hour_yen }
    }

    /// Benefit of a block billed at 30 or 60 minutes, in yen.
    #[must_use]
    pub const fn benefit(&self, billed_minutes: u16) -> i64 {
        if billed_minutes <= HALF_HOUR { self.benefit_half_hour_yen } else { self.benefit_hour_yen }
    }
}

/// A day of the week, written `mon`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[expect(missing_docs, reason = "the seven days need no words")]
pub enum Day {
    Mon,
    Tue,
    Wed,
    Thu,
    Fri,
    Sat,
    Sun,
}

impl Day {
    /// Monday to Sunday.
    pub const ALL: [Self; 7] = [Self::Mon, Self::Tue, Self::Wed, Self::Thu, Self::Fri, Self::Sat, Self::Sun];

    /// The day of the week of a date.
    #[must_use]
    pub const fn of(date: Date) -> Self {
        match date.weekday() {
            Weekday::Monday => Self::Mon,
            Weekday::Tuesday => Self::Tue,
            Weekday::Wednesday => Self::Wed,
            Weekday::Thursday => Self::Thu,
            Weekday::Friday => Self::Fri,
            Weekday::Saturday => Self::Sat,
            Weekday::Sunday => Self::Sun,
        }
    }
}

/// One flat price for care of at most so many minutes, in whatever band.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct FlatShort {
    /// Longest care, in minutes, that takes the flat price.
    pub up_to_minutes: u16,
    /// The fee for the eldest child, in yen.
    pub yen: i64,
    /// The city's benefit, in yen.
    pub benefit_yen: i64,
}

/// The city's benefit in long care: from some length on, a share of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct LongUse {
    /// Minutes of care at the whole benefit, full hours: a block that begins after them gets the share.
    pub after_minutes: u16,
    /// The share in percent.
    pub percent: i64,
}

/// What decides when one block touches two bands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Straddle {
    /// The dearest band it touches.
    Higher,
    /// Every minute of the billed unit at its own band.
    ByMinute,
    /// The band of its first minute.
    StartBand,
}

/// How far the last, partial block reaches when it is asked which bands it touches.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum StraddleBasis {
    /// To the real end of care.
    RealEnd,
    /// To the end of the billed 30 or 60 minutes.
    BilledUnitEnd,
}

/// A day of any year.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct MonthDay {
    /// 1 to 12.
    pub month: u8,
    /// 1 to 31.
    pub day: u8,
}

impl MonthDay {
    /// Whether such a day exists, in leap years at least.
    #[must_use]
    pub fn exists(self) -> bool {
        Month::try_from(self.month).is_ok_and(|month| (1..=month.length(2024)).contains(&self.day))
    }
}

/// 年末年始, both days included; it may reach over New Year.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct YearEnd {
    /// The first day, 12-29 in Yokohama.
    pub from: MonthDay,
    /// The last day, 01-03 in Yokohama.
    pub to: MonthDay,
}

impl YearEnd {
    /// Whether the day is within the span.
    #[must_use]
    pub fn contains(self, date: Date) -> bool {
        let day = MonthDay { month: u8::from(date.month()), day: date.day() };
        if self.from <= self.to { self.from <= day && day <= self.to } else { self.from <= day || day <= self.to }
    }
}

/// The trial coupon (おためし券): who gets it, until when, and what one ticket pays.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct CouponRule {
    /// Tickets issued per child.
    pub tickets: u32,
    /// Minutes of care one ticket pays: 60, one hour-priced block.
    pub minutes: u16,
    /// Earliest birth date of an eligible child.
    #[serde(with = "serde_date")]
    pub born_from: Date,
    /// The birthday the tickets end with, in years of age.
    pub until_age: u8,
    /// Which day about that birthday is the last.
    pub expiry: CouponExpiry,
    /// The band whose price a ticket pays at most.
    pub covers_band: String,
    /// Whether a ticket may be used in a dearer band, the family adding the difference.
    pub surcharge_payable: bool,
}

/// The last day a ticket can be used on.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum CouponExpiry {
    /// The last day of the birthday's month.
    EndOfBirthdayMonth,
    /// The birthday itself.
    Birthday,
}

/// One step of the cancellation ladder.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct CancelStep {
    /// When the family cancels.
    pub when: CancelWhen,
    /// Share of the planned fee, in percent.
    pub percent: i64,
}

/// When a family cancels.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum CancelWhen {
    /// On the day before the activity or earlier.
    UntilDayBefore,
    /// On its day, before the planned start.
    SameDayBeforeStart,
    /// After the planned start, or not at all.
    AfterStartOrNoNotice,
}

mod optional_date {
    use serde::{Deserialize, Deserializer, Serializer, de::Error};
    use time::Date;

    use crate::time::{iso_date, parse_iso_date};

    #[expect(clippy::ref_option, reason = "the signature serde calls")]
    pub fn serialize<S: Serializer>(date: &Option<Date>, serializer: S) -> Result<S::Ok, S::Error> {
        match date {
            Some(date) => serializer.serialize_some(&iso_date(*date)),
            None => serializer.serialize_none(),
        }
    }

    pub fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<Date>, D::Error> {
        let text = Option::<String>::deserialize(deserializer)?;
        text.map(|text| parse_iso_date(&text).ok_or_else(|| D::Error::custom("a date is written 2024-03-30")))
            .transpose()
    }
}
