//! What holds of every tariff, every care and every ticket, not only of the examples.

#![allow(clippy::expect_used, clippy::panic, clippy::unwrap_used, reason = "a test ends where it fails")]

#[path = "support/tariffs.rs"]
mod support;

use std::sync::LazyLock;

use domain::coupon::{CouponRefusal, TicketBalance, apply, apply_all, best_use, most_tickets, settle};
use domain::fee::{Care, CareChild, Quote, SiblingPlace, quote};
use domain::holiday::{HolidayCalendar, HolidayClass};
use domain::id::ChildId;
use domain::tariff::{Day, FlatShort, LongUse, RateBand, Straddle, StraddleBasis, Tariff, TariffVersion};
use domain::time::{Date, Instant};
use proptest::prelude::*;
use support::*;

static HOLIDAYS: LazyLock<HolidayCalendar> = LazyLock::new(holidays);
static YOKOHAMA: LazyLock<Tariff> = LazyLock::new(yokohama);

/// A moment of the years the holiday table knows, whole minutes.
fn moment() -> impl Strategy<Value = Instant> {
    (0..14 * 365_i32, 0..1440_u16).prop_map(|(days, minute)| {
        let date = Date::from_julian_day(day("2013-02-01").to_julian_day() + days).unwrap();
        Instant::at(date, minute)
    })
}

/// Moments about the borders: 7:00, 19:00, midnight, year end, the change of versions.
fn border() -> impl Strategy<Value = Instant> {
    let dates =
        prop::sample::select(vec!["2023-06-30", "2023-07-01", "2023-12-28", "2024-01-03", "2024-03-19", "2024-03-29"]);
    let clocks = prop::sample::select(vec!["05:59", "06:00", "06:30", "07:00", "18:00", "18:31", "19:00", "23:30"]);
    (dates, clocks).prop_map(|(date, clock)| at(date, clock))
}

fn siblings() -> impl Strategy<Value = Vec<CareChild>> {
    prop::collection::vec(0..4000_i32, 1..5).prop_map(|births| {
        let birth = |days| Date::from_julian_day(day("2012-01-01").to_julian_day() + days).unwrap();
        (1..).zip(births).map(|(id, days)| CareChild { id: ChildId(id), birth_date: birth(days) }).collect()
    })
}

fn any_care() -> impl Strategy<Value = Care> {
    let spans = (1..=1240_i64, prop::collection::vec((-300..300_i64, 1..300_i64, 0..3_usize), 0..3));
    (prop_oneof![moment(), border()], spans, siblings()).prop_map(|(start, (minutes, others), children)| {
        let others = (100..).zip(others).map(|(child, (from, length, position))| {
            let from = start.plus_minutes(from);
            SiblingPlace { child: ChildId(child), start: from, end: from.plus_minutes(length), position }
        });
        Care { start, end: start.plus_minutes(minutes), children, others: others.collect() }
    })
}

/// A care of some of the siblings beside another one that is registered.
fn beside(care: &Care, children: &[CareChild], registered: Option<&Quote>) -> Quote {
    let others = registered.map(Quote::places).unwrap_or_default();
    charge_it(&YOKOHAMA, &Care { children: children.to_vec(), others, ..care.clone() })
}

/// Prices with half an hour not above the hour.
fn prices() -> impl Strategy<Value = (i64, i64)> {
    (0..3000_i64).prop_flat_map(|hour| (Just(hour), 0..=hour))
}

fn band(name: &'static str) -> impl Strategy<Value = RateBand> {
    let days = prop::sample::subsequence(Day::ALL.to_vec(), 1..=7);
    let classes = || prop::sample::subsequence(vec![HolidayClass::National, HolidayClass::YearEnd], 0..=2);
    let span = (0..1440_u16).prop_flat_map(|from| (Just(from), from + 1..=1440));
    (days, classes(), classes(), span, prices(), prices()).prop_map(
        move |(days, except, also, (from, to), (hour_yen, half_hour_yen), benefit)| RateBand {
            name: name.into(),
            default: false,
            days,
            except,
            also,
            from,
            to,
            hour_yen,
            half_hour_yen,
            benefit_hour_yen: benefit.0,
            benefit_half_hour_yen: benefit.1,
        },
    )
}

/// Any tariff that passes the check, with one version and three bands.
fn any_tariff() -> impl Strategy<Value = Tariff> {
    let rest = (prices(), prices()).prop_map(|((hour, half), benefit)| RateBand {
        half_hour_yen: half,
        benefit_half_hour_yen: benefit.1,
        ..out_of_hours(hour, benefit.0)
    });
    let units = prop::sample::select(vec![(60, 30), (60, 60), (30, 30)]);
    let straddle = prop::sample::select(vec![Straddle::Higher, Straddle::ByMinute, Straddle::StartBand]);
    let basis = prop::sample::select(vec![StraddleBasis::RealEnd, StraddleBasis::BilledUnitEnd]);
    let percents = || prop::collection::vec(0..=100_i64, 1..4);
    let flat = prop::option::of((1..=60_u16, 0..500_i64));
    let long = prop::option::of((1..=8_u16, 0..=100_i64));
    (band("in_hours"), band("early"), rest, units, straddle, basis, percents(), percents(), flat, long)
        .prop_map(|(first, second, rest, units, straddle, basis, fees, benefits, flat, long)| {
            let version = TariffVersion {
                first_unit_minutes: units.0,
                unit_minutes: units.1,
                straddle,
                straddle_basis: basis,
                sibling_fee_percent: fees,
                sibling_benefit_percent: benefits,
                flat_short: flat.map(|(up_to_minutes, yen)| FlatShort { up_to_minutes, yen, benefit_yen: 0 }),
                long_use: long.map(|(hours, percent)| LongUse { after_minutes: hours * 60, percent }),
                coupon: YOKOHAMA.versions[1].coupon.clone(),
                ..version("any", vec![first, second, rest])
            };
            Tariff { name: "any".into(), versions: vec![version] }
        })
        .prop_map(|mut tariff| {
            // A flat price above longer care's is refused; then it is left out.
            if tariff.validate().is_err() {
                tariff.versions[0].flat_short = None;
            }
            tariff
        })
}

fn charge_it(tariff: &Tariff, care: &Care) -> Quote {
    quote(tariff, &HOLIDAYS, care).unwrap()
}

proptest! {
    #[test]
    fn longer_care_never_costs_less(tariff in any_tariff(), care in any_care(), more in 1..90_i64) {
        prop_assert_eq!(tariff.validate(), Ok(()));
        let end = care.end.plus_minutes(more);
        // Left out are siblings who come or go on the way: one met by the longer care only may take the first place in a
        // block and make it cheaper. The law is for siblings who stay throughout.
        let throughout = care.others.iter().filter(|other| other.start <= care.start && end <= other.end);
        let care = Care { others: throughout.copied().collect(), ..care };
        let longer = Care { end, ..care.clone() };
        let (short, long) = (charge_it(&tariff, &care), charge_it(&tariff, &longer));
        prop_assert!(long.fee >= short.fee, "{} after {}", long.fee, short.fee);
        for child in &care.children {
            prop_assert!(long.child_fee(child.id) >= short.child_fee(child.id));
        }
    }

    #[test]
    fn the_total_is_the_sum_of_the_children_and_of_the_blocks(tariff in any_tariff(), care in any_care()) {
        let quoted = charge_it(&tariff, &care);
        let sum = |of: fn(&Quote, ChildId) -> i64| care.children.iter().map(|child| of(&quoted, child.id)).sum::<i64>();
        prop_assert_eq!(sum(Quote::child_fee), quoted.fee);
        prop_assert_eq!(sum(child_benefit), quoted.benefit);
        prop_assert_eq!(quoted.lines.iter().map(|line| line.fee()).sum::<i64>(), quoted.fee);
        for line in &quoted.lines {
            prop_assert_eq!(line.children.len(), care.children.len());
            prop_assert!(line.children.iter().all(|share| share.fee >= 0 && share.benefit >= 0));
        }
    }

    #[test]
    fn the_blocks_fill_the_care_without_gap(tariff in any_tariff(), care in any_care()) {
        let quoted = charge_it(&tariff, &care);
        prop_assert_eq!(quoted.lines.first().map(|line| line.from), Some(care.start));
        prop_assert_eq!(quoted.lines.last().map(|line| line.to), Some(care.end));
        for pair in quoted.lines.windows(2) {
            prop_assert_eq!(pair[0].to, pair[1].from);
            prop_assert_eq!(pair[0].to.minutes_since(pair[0].from), 60);
        }
        prop_assert!(quoted.billed_minutes() >= quoted.minutes);
        prop_assert!(quoted.billed_minutes() < quoted.minutes + 60);
    }

    #[test]
    fn full_blocks_stay_as_they_are_when_care_goes_on(tariff in any_tariff(), care in any_care(), more in 1..200_i64) {
        // A care of exactly one hour may be flat; longer care no longer is.
        let mut tariff = tariff;
        tariff.versions[0].flat_short = None;
        let longer = Care { end: care.end.plus_minutes(more), ..care.clone() };
        let (short, long) = (charge_it(&tariff, &care), charge_it(&tariff, &longer));
        let full = short.lines.iter().take_while(|line| line.to.minutes_since(line.from) == 60).count();
        prop_assert_eq!(&short.lines[..full], &long.lines[..full]);
    }

    #[test]
    fn the_order_the_children_come_in_does_not_matter(care in any_care()) {
        let mut turned = care.clone();
        turned.children.reverse();
        prop_assert_eq!(charge_it(&YOKOHAMA, &care), charge_it(&YOKOHAMA, &turned));
    }

    #[test]
    fn a_stored_quote_reads_back_the_same(tariff in any_tariff(), care in any_care()) {
        let quoted = charge_it(&tariff, &care);
        let json = serde_json::to_string(&quoted).unwrap();
        prop_assert_eq!(serde_json::from_str::<Quote>(&json).unwrap(), quoted);
        let json = serde_json::to_string(&tariff).unwrap();
        prop_assert_eq!(serde_json::from_str::<Tariff>(&json).unwrap(), tariff);
    }

    #[test]
    fn yokohamas_benefit_asks_only_how_long(care in any_care()) {
        let quoted = charge_it(&YOKOHAMA, &care);
        let half_hours = quoted.billed_minutes() / 30;
        let children = i64::try_from(care.children.len()).unwrap();
        let per_half_hour = if care.start.date() < day("2023-07-01") { 0 } else { 250 };
        prop_assert_eq!(quoted.benefit, half_hours * per_half_hour * children);
    }

    #[test]
    fn yokohama_charges_between_its_two_prices(care in any_care()) {
        let quoted = charge_it(&YOKOHAMA, &Care { others: Vec::new(), ..care.clone() });
        let (low, high) = if care.start.date() < day("2023-07-01") { (800, 900) } else { (500, 600) };
        let eldest = quoted.children().next().unwrap();
        let half_hours = quoted.billed_minutes() / 30;
        prop_assert!(quoted.child_fee(eldest) * 2 >= half_hours * low);
        prop_assert!(quoted.child_fee(eldest) * 2 <= half_hours * high);
        for child in quoted.children().skip(1) {
            prop_assert_eq!(quoted.child_fee(child) * 2, quoted.child_fee(eldest));
        }
    }

    #[test]
    fn siblings_reported_apart_cost_as_much_as_together_in_whatever_order(care in any_care(), cut in 0..5_usize) {
        let together = charge_it(&YOKOHAMA, &Care { others: Vec::new(), ..care.clone() });
        let (some, rest) = care.children.split_at(cut.min(care.children.len()));
        if !some.is_empty() && !rest.is_empty() {
            for (first, second) in [(some, rest), (rest, some)] {
                let one = beside(&care, first, None);
                let other = beside(&care, second, Some(&one));
                prop_assert_eq!(one.fee + other.fee, together.fee);
                prop_assert_eq!(one.benefit + other.benefit, together.benefit);
                // 修正依頼 and 登録 once more: what is asked for again costs the same again.
                prop_assert_eq!(beside(&care, first, Some(&other)).fee, one.fee);
                prop_assert_eq!(beside(&care, second, Some(&one)).fee, other.fee);
            }
        }
    }

    #[test]
    fn without_an_overlap_there_is_no_discount(care in any_care(), apart in 0..600_i64, length in 1..300_i64) {
        let before = SiblingPlace {
            child: ChildId(99),
            start: care.start.plus_minutes(-apart - length),
            end: care.start.plus_minutes(-apart),
            position: 0,
        };
        let after = SiblingPlace {
            child: ChildId(98), start: care.end.plus_minutes(apart), end: care.end.plus_minutes(apart + length), ..before
        };
        let alone = Care { others: Vec::new(), ..care };
        let apart = Care { others: vec![before, after], ..alone.clone() };
        prop_assert_eq!(charge_it(&YOKOHAMA, &apart), charge_it(&YOKOHAMA, &alone));
    }

    #[test]
    fn every_block_has_one_full_price_at_most_and_only_met_blocks_have_none(care in any_care()) {
        for line in &charge_it(&YOKOHAMA, &care).lines {
            // Only stretches that meet the block count, for a part of it as for the whole: a block is one price. Of these
            // only a first place takes the full price away; so there are minutes at which nobody pays in full.
            let met = care.others.iter().filter(|other| other.start < line.to && line.from < other.end);
            let taken = met.filter(|other| other.position == 0).count();
            let full = line.children.iter().filter(|share| share.position == 0).count();
            prop_assert_eq!(full, usize::from(taken == 0));
        }
    }

    #[test]
    fn a_day_has_at_most_one_version(starts in prop::collection::vec((0..400_i32, 0..200_i32), 1..6), probe in 0..700_i32) {
        let date = |days| Date::from_julian_day(day("2020-01-01").to_julian_day() + days).unwrap();
        let versions: Vec<_> = starts
            .iter()
            .enumerate()
            .map(|(index, (from, length))| TariffVersion {
                effective_from: Some(date(*from)),
                effective_to: Some(date(from + length)),
                ..version(&format!("v{index}"), vec![in_hours(500, 0), out_of_hours(600, 0)])
            })
            .collect();
        let shared = (0..700).any(|days| versions.iter().filter(|version| version.covers(date(days))).count() > 1);
        let tariff = Tariff { name: "any".into(), versions };
        prop_assert_eq!(tariff.validate().is_err(), shared);
        if !shared {
            let covering = tariff.versions.iter().filter(|version| version.covers(date(probe))).count();
            prop_assert_eq!(covering == 1, tariff.on(date(probe)).is_some());
        }
    }

    #[test]
    fn tickets_pay_at_most_the_fee(
        tariff in any_tariff(), care in any_care(), tickets in 0..30_u32, expenses in 0..99_999_i64,
    ) {
        let quoted = charge_it(&tariff, &care);
        let balances: Vec<_> =
            care.children.iter().map(|child| TicketBalance { child: child.id, tickets }).collect();
        let uses = apply_all(&quoted, &best_use(&quoted, &balances), &balances).unwrap();
        let settled = settle(&quoted, &uses, expenses);
        prop_assert!(settled.coupon_yen <= quoted.fee);
        prop_assert!(settled.user_pays >= expenses);
        prop_assert_eq!(settled.user_pays, settled.fee - settled.coupon_yen + settled.expenses);
        prop_assert_eq!(settled.provider_receives, settled.fee + settled.expenses + settled.benefit);
        prop_assert_eq!(settled.provider_receives, settled.user_pays + settled.city_pays());
        for used in &uses {
            prop_assert!(used.tickets <= tickets);
            prop_assert!(used.yen <= quoted.child_fee(used.child));
            prop_assert_eq!(used.blocks.iter().map(|block| block.yen).sum::<i64>(), used.yen);
            prop_assert!(used.blocks.iter().all(|block| quoted.lines[block.line].billed_minutes == 60));
        }
    }

    #[test]
    fn one_ticket_more_pays_more_until_the_blocks_are_used_up(care in any_care()) {
        let quoted = charge_it(&YOKOHAMA, &care);
        for child in &care.children {
            let most = most_tickets(&quoted, child.id);
            let paid: Vec<_> = (0..=most).map(|tickets| apply(&quoted, child.id, tickets).unwrap().yen).collect();
            prop_assert!(paid.windows(2).all(|pair| pair[0] < pair[1]));
            prop_assert_eq!(apply(&quoted, child.id, most + 1), Err(CouponRefusal::MoreThanBlocks { most }));
        }
        prop_assert_eq!(apply(&quoted, ChildId(99), 0), Err(CouponRefusal::ChildNotInCare));
    }
}
