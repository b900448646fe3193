//! Fee and benefit of one care, block by block with reasons, so that a screen can explain every yen.
//!
//! Care is cut into blocks of 60 minutes from its start (domain notes 1.4 and 2). A block is billed as an hour or a
//! half hour, takes the band its minutes decide, and is charged per child, rounded down to whole yen.

use serde::{Deserialize, Serialize};
use time::Date;

use crate::holiday::{HolidayCalendar, HolidayClass};
use crate::money::percent_of;
use crate::tariff::{
    CancelWhen, CouponRule, HALF_HOUR, HOUR, RateBand, Straddle, StraddleBasis, Tariff, TariffVersion,
};
use crate::time::{Instant, MinuteOfDay, Weekday, hhmm};

/// The longest care one quote covers, in minutes: overnight stays are not offered.
pub const MOST_MINUTES: i64 = 24 * 60;
/// The most children one quote covers.
pub const MOST_CHILDREN: usize = 10;

/// What is to be charged: when, and whose turn it is.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Care {
    /// Start of the care.
    pub start: Instant,
    /// End of the care, after the start.
    pub end: Instant,
    /// The family's children cared for, in any order.
    pub children: Vec<CareChild>,
    /// What registered cares of the same family with other children have charged already; the sibling order of each
    /// block runs over both.
    #[serde(default)]
    pub others: Vec<SiblingPlace>,
}

/// A stretch of another care of the same family in which a child of it has its place among the siblings.
///
/// What is registered stays as it was charged. In a block that meets such a stretch its place is taken, and the children
/// of the new care share the free places, the eldest first. So ages decide over both cares as far as what is registered
/// leaves room, full price is charged once at any minute whoever is registered first or again, and a block that meets no
/// other care is charged as if there were none.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SiblingPlace {
    /// The other child.
    pub child: i64,
    /// Start of the stretch.
    pub start: Instant,
    /// Its end.
    pub end: Instant,
    /// The child's place, 0 for the full price.
    pub position: usize,
}

/// A child in care.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct CareChild {
    /// The child's key, any number that tells the children apart.
    pub id: i64,
    /// Its birth date, which gives the sibling order.
    #[serde(with = "crate::time::serde_date")]
    pub birth_date: Date,
}

/// What a care costs and why; a report keeps it as its snapshot.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Quote {
    /// Name of the tariff's version in force on the day the care starts.
    pub tariff: String,
    /// The blocks in order.
    pub lines: Vec<FeeLine>,
    /// The fee (利用料 = 報酬) of all children, in yen.
    pub fee: i64,
    /// The city's benefit (給付金) for all children, in yen.
    pub benefit: i64,
    /// Length of the care in started minutes.
    pub minutes: i64,
}

impl Quote {
    /// The children in sibling order, eldest first.
    pub fn children(&self) -> impl Iterator<Item = i64> + '_ {
        self.lines.first().into_iter().flat_map(|line| line.children.iter().map(|share| share.child))
    }

    /// One child's fee over all blocks, in yen.
    #[must_use]
    pub fn child_fee(&self, child: i64) -> i64 {
        self.shares(child).map(|share| share.fee).sum()
    }

    /// One child's benefit over all blocks, in yen.
    #[must_use]
    pub fn child_benefit(&self, child: i64) -> i64 {
        self.shares(child).map(|share| share.benefit).sum()
    }

    /// The place among the siblings that each child was charged by, stretch by stretch.
    #[must_use]
    pub fn places(&self) -> Vec<SiblingPlace> {
        let mut places: Vec<SiblingPlace> = Vec::new();
        for line in &self.lines {
            for share in &line.children {
                let goes_on = places.iter_mut().find(|place| {
                    place.child == share.child && place.position == share.position && place.end == line.from
                });
                match goes_on {
                    Some(place) => place.end = line.to,
                    None => places.push(SiblingPlace {
                        child: share.child,
                        start: line.from,
                        end: line.to,
                        position: share.position,
                    }),
                }
            }
        }
        places
    }

    fn shares(&self, child: i64) -> impl Iterator<Item = &ChildShare> {
        self.lines.iter().flat_map(|line| &line.children).filter(move |share| share.child == child)
    }

    /// Billed time of all blocks, in minutes.
    #[must_use]
    pub fn billed_minutes(&self) -> i64 {
        self.lines.iter().map(|line| i64::from(line.billed_minutes)).sum()
    }
}

/// One block of a quote.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct FeeLine {
    /// Start of the block.
    pub from: Instant,
    /// Its end: an hour later, or the end of care.
    pub to: Instant,
    /// Minutes it is billed as: 60 or 30, or the length of a flat short care.
    pub billed_minutes: u16,
    /// Key of the band it is charged by.
    pub band: String,
    /// Why this band and this length.
    pub reason: Reason,
    /// Each child's part, eldest first.
    pub children: Vec<ChildShare>,
}

impl FeeLine {
    /// Fee of all children for this block, in yen.
    #[must_use]
    pub fn fee(&self) -> i64 {
        self.children.iter().map(|share| share.fee).sum()
    }

    /// Benefit for all children for this block, in yen.
    #[must_use]
    pub fn benefit(&self) -> i64 {
        self.children.iter().map(|share| share.benefit).sum()
    }
}

/// One child's part of a block.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ChildShare {
    /// The child.
    pub child: i64,
    /// Its fee in yen.
    pub fee: i64,
    /// The city's benefit for it in yen.
    pub benefit: i64,
    /// What a coupon ticket of this child would pay of the fee, in yen; 0 when no ticket can pay this block.
    /// Whether the child has tickets is not asked here.
    #[serde(default)]
    pub ticket_yen: i64,
    /// Its place among the siblings in this block, 0 for the full price.
    #[serde(default)]
    pub position: usize,
}

/// Why a block is charged as it is, without words of any language.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Reason {
    /// Why this band.
    pub band: BandReason,
    /// Why this length.
    pub unit: UnitReason,
    /// The share of the benefit in percent, when the care has become so long that the tariff pays a share only.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub long_use: Option<i64>,
}

/// Why a block takes its band.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "why")]
pub enum BandReason {
    /// It lies within the times of a band: 平日 時間内.
    Within {
        /// What day it is.
        day: DayKind,
        /// First minute of the band.
        from: MinuteOfDay,
        /// The minute the band ends before.
        to: MinuteOfDay,
    },
    /// The whole day is outside every other band: 土曜, 祝日.
    Day {
        /// What day it is.
        day: DayKind,
    },
    /// It lies before the day's band begins.
    Before {
        /// What day it is.
        day: DayKind,
        /// When the band begins.
        at: MinuteOfDay,
    },
    /// It lies after the day's band has ended.
    After {
        /// What day it is.
        day: DayKind,
        /// When the band ends.
        at: MinuteOfDay,
    },
    /// It touches several bands: 19:00をまたぐ.
    Straddles {
        /// The first minute of the day at which the band changes.
        at: MinuteOfDay,
        /// The rule that decided.
        rule: Straddle,
    },
}

/// What a day is to a tariff.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "kind")]
pub enum DayKind {
    /// Monday to Friday, no holiday.
    Weekday,
    /// Saturday, no holiday.
    Saturday,
    /// Sunday, no holiday.
    Sunday,
    /// A public holiday.
    National {
        /// Its name.
        name: String,
    },
    /// 年末年始.
    YearEnd,
}

/// Why a block is billed at its length.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum UnitReason {
    /// 60 minutes of care.
    Hour,
    /// Less than the least first unit: billed as an hour.
    FirstHour,
    /// A fraction above half an hour: billed as an hour.
    RoundedToHour,
    /// A fraction of at most 30 minutes: billed as half an hour.
    HalfHour,
    /// The flat price of very short care.
    FlatShort,
}

/// Why no fee can be computed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, thiserror::Error)]
#[serde(rename_all = "snake_case", tag = "fault")]
pub enum FeeRefusal {
    /// The end is not after the start.
    #[error("the end must be after the start")]
    EndNotAfterStart,
    /// Longer than [`MOST_MINUTES`].
    #[error("care is at most {most} minutes long")]
    TooLong {
        /// Most minutes allowed.
        most: i64,
    },
    /// No child is named.
    #[error("at least one child is needed")]
    NoChildren,
    /// More than [`MOST_CHILDREN`].
    #[error("at most {most} children")]
    TooManyChildren {
        /// Most children allowed.
        most: usize,
    },
    /// A child is named twice.
    #[error("a child is named twice")]
    RepeatedChild,
    /// No version of the tariff covers the day.
    #[error("no tariff is in force on {}", crate::time::iso_date(*date))]
    NoTariff {
        /// The day the care starts.
        #[serde(with = "crate::time::serde_date")]
        date: Date,
    },
    /// The holiday table does not reach to this day.
    #[error("the public holidays of {} are not known", date.year())]
    HolidaysUnknown {
        /// The day asked for.
        #[serde(with = "crate::time::serde_date")]
        date: Date,
    },
    /// The tariff has no band for a minute; a validated tariff always has one.
    #[error("the tariff has no default band")]
    TariffUnusable,
}

/// Computes what a care costs; the day it starts picks the tariff's version.
///
/// # Errors
/// When the period, the children, the tariff or the holiday table do not allow a computation.
pub fn quote(tariff: &Tariff, holidays: &HolidayCalendar, care: &Care) -> Result<Quote, FeeRefusal> {
    if care.end <= care.start {
        return Err(FeeRefusal::EndNotAfterStart);
    }
    let minutes = care.end.minutes_since(care.start);
    if minutes > MOST_MINUTES {
        return Err(FeeRefusal::TooLong { most: MOST_MINUTES });
    }
    let children = sibling_order(&care.children)?;
    let date = care.start.date();
    let version = tariff.on(date).ok_or(FeeRefusal::NoTariff { date })?;
    for date in [date, Instant(care.end.0 - 1).date()] {
        if !holidays.covers(date) {
            return Err(FeeRefusal::HolidaysUnknown { date });
        }
    }
    let mut lines = Vec::new();
    let mut from = care.start;
    while from < care.end {
        let to = from.plus_minutes(i64::from(HOUR)).min(care.end);
        let begun = from.minutes_since(care.start);
        let block = Block { version, holidays, from, to, begun, care_minutes: minutes };
        lines.push(block.line(&children, &care.others)?);
        from = to;
    }
    let fee = lines.iter().map(FeeLine::fee).sum();
    let benefit = lines.iter().map(FeeLine::benefit).sum();
    Ok(Quote { tariff: version.name.clone(), lines, fee, benefit, minutes })
}

/// The children eldest first; twins by their key.
///
/// # Errors
/// When none, too many, or one twice is given.
pub fn sibling_order(children: &[CareChild]) -> Result<Vec<CareChild>, FeeRefusal> {
    if children.is_empty() {
        return Err(FeeRefusal::NoChildren);
    }
    if children.len() > MOST_CHILDREN {
        return Err(FeeRefusal::TooManyChildren { most: MOST_CHILDREN });
    }
    let mut ordered = children.to_vec();
    ordered.sort_by_key(|child| child.id);
    if ordered.windows(2).any(|pair| matches!(pair, [one, other] if one.id == other.id)) {
        return Err(FeeRefusal::RepeatedChild);
    }
    ordered.sort_by_key(|child| (child.birth_date, child.id));
    Ok(ordered)
}

/// The fee due when a family cancels planned care, by the version's ladder.
///
/// # Errors
/// As [`quote`].
pub fn cancellation_fee(
    tariff: &Tariff,
    holidays: &HolidayCalendar,
    care: &Care,
    cancelled_at: Instant,
) -> Result<CancellationFee, FeeRefusal> {
    let planned = quote(tariff, holidays, care)?;
    let when = if cancelled_at.date() < care.start.date() {
        CancelWhen::UntilDayBefore
    } else if cancelled_at < care.start {
        CancelWhen::SameDayBeforeStart
    } else {
        CancelWhen::AfterStartOrNoNotice
    };
    let steps = tariff.on(care.start.date()).map_or(&[][..], |version| &version.cancel);
    let percent = steps.iter().find(|step| step.when == when).map_or(0, |step| step.percent);
    Ok(CancellationFee { when, percent, planned_fee: planned.fee, fee: percent_of(planned.fee, percent) })
}

/// A cancellation's fee and the step of the ladder it comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct CancellationFee {
    /// When the family cancelled.
    pub when: CancelWhen,
    /// The step's percent.
    pub percent: i64,
    /// The fee of the care as planned, in yen.
    pub planned_fee: i64,
    /// The fee due, in yen.
    pub fee: i64,
}

struct Block<'a> {
    version: &'a TariffVersion,
    holidays: &'a HolidayCalendar,
    from: Instant,
    to: Instant,
    /// Minutes of care before it.
    begun: i64,
    care_minutes: i64,
}

/// Prices of the eldest child for one block.
struct Price<'a> {
    band: &'a RateBand,
    fee: i64,
    benefit: i64,
}

impl<'a> Block<'a> {
    fn line(&self, children: &[CareChild], others: &[SiblingPlace]) -> Result<FeeLine, FeeRefusal> {
        let (billed_minutes, unit) = self.unit();
        let (mut price, band) = self.price(billed_minutes)?;
        if let (UnitReason::FlatShort, Some(flat)) = (unit, self.version.flat_short) {
            price.fee = flat.yen;
            price.benefit = flat.benefit_yen;
        }
        let long_use = self.version.long_use.filter(|long| self.begun >= i64::from(long.after_minutes));
        let long_use = long_use.map(|long| long.percent);
        let taken = self.taken(others);
        let children = (0..)
            .filter(|position| !taken.contains(position))
            .zip(children)
            .map(|(position, child)| {
                let percent = self.version.fee_percent(position);
                let fee = percent_of(price.fee, percent);
                let benefit = match long_use {
                    // Both shares at once, so that the yen are rounded down once.
                    Some(share) => (price.benefit * share * self.version.benefit_percent(position)).div_euclid(10_000),
                    None => percent_of(price.benefit, self.version.benefit_percent(position)),
                };
                let ticket_yen = match &self.version.coupon {
                    Some(coupon) if unit != UnitReason::FlatShort && billed_minutes == coupon.minutes => {
                        self.ticket_yen(coupon, price.band, percent).min(fee)
                    }
                    _ => 0,
                };
                ChildShare { child: child.id, fee, benefit, ticket_yen, position }
            })
            .collect();
        let band_name = price.band.name.clone();
        Ok(FeeLine {
            from: self.from,
            to: self.to,
            billed_minutes,
            band: band_name,
            reason: Reason { band, unit, long_use },
            children,
        })
    }

    /// The places that other children hold in this block; of a child with several, the foremost.
    fn taken(&self, others: &[SiblingPlace]) -> Vec<usize> {
        let mut foremost: Vec<(i64, usize)> = Vec::new();
        for other in others.iter().filter(|other| other.start < self.to && self.from < other.end) {
            match foremost.iter_mut().find(|(child, _)| *child == other.child) {
                Some((_, position)) => *position = other.position.min(*position),
                None => foremost.push((other.child, other.position)),
            }
        }
        foremost.into_iter().map(|(_, position)| position).collect()
    }

    fn minutes(&self) -> u16 {
        u16::try_from(self.to.minutes_since(self.from)).unwrap_or(HOUR)
    }

    fn unit(&self) -> (u16, UnitReason) {
        let minutes = self.minutes();
        let flat = self.version.flat_short.filter(|flat| self.care_minutes <= i64::from(flat.up_to_minutes));
        let half =
            if self.begun == 0 { self.version.first_unit_minutes } else { self.version.unit_minutes } <= HALF_HOUR;
        match minutes {
            _ if flat.is_some() => (minutes, UnitReason::FlatShort),
            HOUR => (HOUR, UnitReason::Hour),
            _ if minutes <= HALF_HOUR && half => (HALF_HOUR, UnitReason::HalfHour),
            _ if self.begun == 0 && !half => (HOUR, UnitReason::FirstHour),
            _ => (HOUR, UnitReason::RoundedToHour),
        }
    }

    /// The band of the block's minute `offset`.
    fn band_at(&self, offset: u16) -> Result<&'a RateBand, FeeRefusal> {
        let moment = self.from.plus_minutes(i64::from(offset));
        let band = self.version.band_at(moment.date(), moment.minute_of_day(), self.holidays);
        band.ok_or(FeeRefusal::TariffUnusable)
    }

    fn price(&self, billed_minutes: u16) -> Result<(Price<'a>, BandReason), FeeRefusal> {
        let rule = self.version.straddle;
        let reach = match (rule, self.version.straddle_basis) {
            (Straddle::Higher, StraddleBasis::BilledUnitEnd) | (Straddle::ByMinute, _) => {
                billed_minutes.max(self.minutes())
            }
            _ => self.minutes(),
        };
        let bands = (0..reach).map(|offset| self.band_at(offset)).collect::<Result<Vec<_>, _>>()?;
        let first = *bands.first().ok_or(FeeRefusal::TariffUnusable)?;
        let Some(change) = bands.iter().position(|band| band.name != first.name) else {
            let price = Price { band: first, fee: first.fee(billed_minutes), benefit: first.benefit(billed_minutes) };
            return Ok((price, self.band_reason(first)));
        };
        let change = self.from.plus_minutes(i64::try_from(change).unwrap_or(0));
        let reason = BandReason::Straddles { at: change.minute_of_day(), rule };
        let dearest = bands
            .iter()
            .copied()
            .reduce(|best, band| if band.fee(billed_minutes) > best.fee(billed_minutes) { band } else { best });
        let dearest = dearest.unwrap_or(first);
        let price = match rule {
            Straddle::Higher => {
                Price { band: dearest, fee: dearest.fee(billed_minutes), benefit: dearest.benefit(billed_minutes) }
            }
            Straddle::StartBand => {
                Price { band: first, fee: first.fee(billed_minutes), benefit: first.benefit(billed_minutes) }
            }
            Straddle::ByMinute => Price {
                band: dearest,
                fee: by_minute(&bands, billed_minutes, RateBand::fee),
                benefit: by_minute(&bands, billed_minutes, RateBand::benefit),
            },
        };
        Ok((price, reason))
    }

    fn band_reason(&self, band: &RateBand) -> BandReason {
        let (date, minute) = (self.from.date(), self.from.minute_of_day());
        let day = self.day_kind(date);
        if !band.default {
            return BandReason::Within { day, from: band.from, to: band.to };
        }
        let others = || self.version.bands.iter().filter(|band| band.fits_day(date, self.version, self.holidays));
        // The block lies in the default band: the nearest edge of the day's other bands explains it.
        if let Some(at) = others().filter(|other| other.to <= minute).map(|other| other.to).max() {
            return BandReason::After { day, at };
        }
        match others().filter(|other| other.from > minute).map(|other| other.from).min() {
            Some(at) => BandReason::Before { day, at },
            None => BandReason::Day { day },
        }
    }

    fn day_kind(&self, date: Date) -> DayKind {
        if let Some(name) = self.holidays.name_on(date) {
            return DayKind::National { name: name.to_owned() };
        }
        if self.version.is_holiday(date, HolidayClass::YearEnd, self.holidays) {
            return DayKind::YearEnd;
        }
        match date.weekday() {
            Weekday::Saturday => DayKind::Saturday,
            Weekday::Sunday => DayKind::Sunday,
            _ => DayKind::Weekday,
        }
    }

    /// A ticket's worth for a block: the price of the band it covers, for a child of this percent.
    fn ticket_yen(&self, coupon: &CouponRule, charged: &RateBand, percent: i64) -> i64 {
        match self.version.band(&coupon.covers_band) {
            Some(covered) if coupon.surcharge_payable || covered.name == charged.name => {
                percent_of(covered.fee(coupon.minutes), percent)
            }
            _ => 0,
        }
    }
}

/// Every minute of a billed unit at its own band, rounded down; an hour never costs less than its first half.
fn by_minute(bands: &[&RateBand], billed_minutes: u16, price: impl Fn(&RateBand, u16) -> i64) -> i64 {
    let average = |minutes: u16| {
        let sum: i64 = bands.iter().take(usize::from(minutes)).map(|band| price(band, minutes)).sum();
        sum / i64::from(minutes)
    };
    if billed_minutes <= HALF_HOUR { average(HALF_HOUR) } else { average(HOUR).max(average(HALF_HOUR)) }
}

impl std::fmt::Display for DayKind {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Weekday => f.write_str("weekday"),
            Self::Saturday => f.write_str("saturday"),
            Self::Sunday => f.write_str("sunday"),
            Self::National { name } => write!(f, "holiday {name}"),
            Self::YearEnd => f.write_str("year end"),
        }
    }
}

/// The reason in the command line's words, such as `saturday` or `weekday, crosses 19:00`.
impl std::fmt::Display for Reason {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match &self.band {
            BandReason::Within { day, from, to } => write!(f, "{day} {} to {}", hhmm(*from), hhmm(*to))?,
            BandReason::Day { day } => write!(f, "{day}")?,
            BandReason::Before { day, at } => write!(f, "{day} before {}", hhmm(*at))?,
            BandReason::After { day, at } => write!(f, "{day} after {}", hhmm(*at))?,
            BandReason::Straddles { at, rule } => {
                write!(f, "crosses {}", hhmm(*at))?;
                match rule {
                    Straddle::Higher => f.write_str(", higher band")?,
                    Straddle::ByMinute => f.write_str(", by minute")?,
                    Straddle::StartBand => f.write_str(", band of the start")?,
                }
            }
        }
        f.write_str(match self.unit {
            UnitReason::Hour => "",
            UnitReason::FirstHour => "; first hour is the least",
            UnitReason::RoundedToHour => "; over 30 minutes is an hour",
            UnitReason::HalfHour => "; up to 30 minutes is half an hour",
            UnitReason::FlatShort => "; flat price",
        })?;
        match self.long_use {
            Some(percent) => write!(f, "; benefit {percent} % in long care"),
            None => Ok(()),
        }
    }
}
