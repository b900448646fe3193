//! One block of a care: its length, its band, each child's price.

use time::Date;

use super::{BandReason, CareChild, ChildShare, DayKind, FeeLine, FeeRefusal, Reason, SiblingPlace, UnitReason};
use crate::holiday::{HolidayCalendar, HolidayClass};
use crate::id::ChildId;
use crate::money::percent_of;
use crate::tariff::{CouponRule, HALF_HOUR, HOUR, RateBand, Straddle, StraddleBasis, TariffVersion};
use crate::time::{Instant, Weekday};

/// A block to be charged, within its care.
pub(super) struct Block<'a> {
    pub(super) version: &'a TariffVersion,
    pub(super) holidays: &'a HolidayCalendar,
    pub(super) from: Instant,
    pub(super) to: Instant,
    /// Minutes of care before it.
    pub(super) begun: i64,
    pub(super) care_minutes: i64,
}

/// Prices of the eldest child for one block.
struct Price<'a> {
    band: &'a RateBand,
    fee: i64,
    benefit: i64,
}

impl<'a> Block<'a> {
    /// What the block costs, each child at the first place that `others` leave free.
    pub(super) fn line(&self, children: &[CareChild], others: &[SiblingPlace]) -> Result<FeeLine, FeeRefusal> {
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
        let mut foremost: Vec<(ChildId, usize)> = Vec::new();
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
