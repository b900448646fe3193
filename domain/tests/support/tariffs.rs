//! Two tariffs and a calendar, as the files of the product state them.
#![allow(dead_code, reason = "each test file uses its part")]
#![allow(clippy::unwrap_used, reason = "a broken fixture may stop the test")]

use domain::fee::{Care, CareChild, Quote, quote};
use domain::holiday::{HolidayCalendar, HolidayClass};
use domain::id::ChildId;
use domain::tariff::{
    CouponExpiry, CouponRule, Day, MonthDay, RateBand, Straddle, StraddleBasis, Tariff, TariffVersion, YearEnd,
};
use domain::time::{Instant, parse_hhmm, parse_iso_date};
use time::Date;

pub fn day(text: &str) -> Date {
    parse_iso_date(text).unwrap()
}

pub fn at(date: &str, clock: &str) -> Instant {
    Instant::at(day(date), parse_hhmm(clock).unwrap())
}

pub fn holidays() -> HolidayCalendar {
    HolidayCalendar::from_csv(include_str!("../../../service/data/holidays.csv")).unwrap()
}

pub fn in_hours(hour: i64, benefit: i64) -> RateBand {
    RateBand {
        name: "in_hours".into(),
        default: false,
        days: vec![Day::Mon, Day::Tue, Day::Wed, Day::Thu, Day::Fri],
        except: vec![HolidayClass::National, HolidayClass::YearEnd],
        also: vec![],
        from: 7 * 60,
        to: 19 * 60,
        hour_yen: hour,
        half_hour_yen: hour / 2,
        benefit_hour_yen: benefit,
        benefit_half_hour_yen: benefit / 2,
    }
}

pub fn out_of_hours(hour: i64, benefit: i64) -> RateBand {
    RateBand {
        name: "out_of_hours".into(),
        default: true,
        days: vec![],
        except: vec![],
        from: 0,
        to: 0,
        ..in_hours(hour, benefit)
    }
}

pub fn version(name: &str, bands: Vec<RateBand>) -> TariffVersion {
    TariffVersion {
        name: name.into(),
        effective_from: None,
        effective_to: None,
        first_unit_minutes: 60,
        unit_minutes: 30,
        flat_short: None,
        straddle: Straddle::Higher,
        straddle_basis: StraddleBasis::RealEnd,
        sibling_fee_percent: vec![100, 50],
        sibling_benefit_percent: vec![100, 100],
        long_use: None,
        year_end: Some(YearEnd { from: MonthDay { month: 12, day: 29 }, to: MonthDay { month: 1, day: 3 } }),
        bands,
        coupon: None,
        cancel: vec![],
    }
}

pub fn yokohama() -> Tariff {
    let mut before = version("yokohama-until-2023-06", vec![in_hours(800, 0), out_of_hours(900, 0)]);
    before.effective_to = Some(day("2023-06-30"));
    let mut after = version("yokohama-2023-07", vec![in_hours(500, 500), out_of_hours(600, 500)]);
    after.effective_from = Some(day("2023-07-01"));
    after.coupon = Some(CouponRule {
        tickets: 8,
        minutes: 60,
        born_from: day("2023-04-01"),
        until_age: 2,
        expiry: CouponExpiry::EndOfBirthdayMonth,
        covers_band: "in_hours".into(),
        surcharge_payable: true,
    });
    Tariff { name: "yokohama".into(), versions: vec![before, after] }
}

/// Children of which the first is the eldest.
pub fn children(count: usize) -> Vec<CareChild> {
    let births = ["2019-06-10", "2021-01-05", "2023-06-10", "2023-11-30"];
    (1..)
        .zip(births.iter().take(count))
        .map(|(id, birth)| CareChild { id: ChildId(id), birth_date: day(birth) })
        .collect()
}

pub fn care(start: Instant, end: Instant, count: usize) -> Care {
    Care { start, end, children: children(count), others: Vec::new() }
}

/// A care within one day, charged by a tariff.
pub fn charge(tariff: &Tariff, date: &str, from: &str, to: &str, count: usize) -> Quote {
    quote(tariff, &holidays(), &care(at(date, from), at(date, to), count)).unwrap()
}

/// One child's benefit over all blocks, in yen.
pub fn child_benefit(quote: &Quote, child: ChildId) -> i64 {
    let shares = quote.lines.iter().flat_map(|line| &line.children);
    shares.filter(|share| share.child == child).map(|share| share.benefit).sum()
}
