//! The options other cities use, each with a figure computed by hand.

#![allow(clippy::expect_used, clippy::panic, clippy::unwrap_used, reason = "a test ends where it fails")]

#[path = "support/tariffs.rs"]
mod support;

use domain::fee::{BandReason, DayKind, Quote, UnitReason, cancellation_fee};
use domain::holiday::HolidayClass;
use domain::id::ChildId;
use domain::tariff::{
    CancelStep, CancelWhen, Day, FlatShort, LongUse, RateBand, Straddle, StraddleBasis, Tariff, TariffVersion,
};
use support::*;

/// A tariff of one version, changed from Yokohama's present prices.
fn tariff(change: impl FnOnce(&mut TariffVersion)) -> Tariff {
    let mut version = version("option", vec![in_hours(500, 500), out_of_hours(600, 500)]);
    change(&mut version);
    let tariff = Tariff { name: "option".into(), versions: vec![version] };
    tariff.validate().unwrap();
    tariff
}

fn friday(tariff: &Tariff, from: &str, to: &str) -> Quote {
    charge(tariff, "2024-03-29", from, to, 1)
}

#[test]
fn half_an_hour_may_cost_more_than_half_the_hour() {
    let tariff = tariff(|version| {
        for (band, hour, half) in [(0, 750, 380), (1, 960, 480)] {
            version.bands[band].hour_yen = hour;
            version.bands[band].half_hour_yen = half;
        }
    });
    assert_eq!(friday(&tariff, "10:00", "11:20").fee, 750 + 380);
    assert_eq!(charge(&tariff, "2024-03-29", "10:00", "11:20", 2).fee, 750 + 380 + 375 + 190);
    assert_eq!(charge(&tariff, "2024-03-30", "10:00", "11:20", 1).fee, 960 + 480);
}

#[test]
fn a_share_is_rounded_down_for_each_child_and_block() {
    let tariff = tariff(|version| {
        version.bands[0].hour_yen = 755;
        version.bands[0].half_hour_yen = 375;
        version.sibling_fee_percent = vec![100, 50, 33];
    });
    let quote = charge(&tariff, "2024-03-29", "10:00", "11:30", 3);
    // 50 %: 377 + 187; 33 %: 249 + 123.
    assert_eq!([1, 2, 3].map(|child| quote.child_fee(ChildId(child))), [1130, 564, 372]);
    assert_eq!(charge(&tariff, "2024-03-29", "10:00", "11:30", 4).child_fee(ChildId(4)), 372);
}

#[test]
fn the_billed_units_end_may_decide_instead_of_the_real_one() {
    let real = tariff(|_| ());
    let billed = tariff(|version| version.straddle_basis = StraddleBasis::BilledUnitEnd);
    for (from, to, by_real, by_billed) in [
        ("18:30", "18:50", 500, 600),
        ("17:45", "18:50", 750, 800),
        ("17:30", "18:40", 750, 750),
        ("06:30", "06:50", 600, 600),
        ("18:00", "19:00", 500, 500),
    ] {
        assert_eq!(friday(&real, from, to).fee, by_real, "{from} to {to}");
        assert_eq!(friday(&billed, from, to).fee, by_billed, "{from} to {to}");
    }
}

#[test]
fn a_block_across_a_border_may_be_charged_by_minute_or_by_its_start() {
    let by_minute = tariff(|version| version.straddle = Straddle::ByMinute);
    assert_eq!(friday(&by_minute, "18:30", "19:30").fee, 550);
    // 18:45 to 19:45 has 15 and 45 minutes; the half hour after it is all outside.
    assert_eq!(friday(&by_minute, "18:45", "20:15").fee, 575 + 300);
    let straddles = BandReason::Straddles { at: 1140, rule: Straddle::ByMinute };
    assert_eq!(friday(&by_minute, "18:30", "19:30").lines[0].reason.band, straddles);
    let by_start = tariff(|version| version.straddle = Straddle::StartBand);
    assert_eq!(friday(&by_start, "18:30", "19:30").fee, 500);
    assert_eq!(friday(&by_start, "06:30", "07:30").fee, 600);
}

#[test]
fn very_short_care_may_have_one_flat_price() {
    let tariff = tariff(|version| {
        version.bands = vec![in_hours(800, 0), out_of_hours(900, 0)];
        version.flat_short = Some(FlatShort { up_to_minutes: 30, yen: 500, benefit_yen: 0 });
    });
    let short = friday(&tariff, "10:00", "10:30");
    assert_eq!((short.fee, short.lines[0].reason.unit), (500, UnitReason::FlatShort));
    assert_eq!(charge(&tariff, "2024-03-31", "10:00", "10:20", 2).fee, 750);
    assert_eq!(friday(&tariff, "10:00", "10:31").fee, 800);
}

#[test]
fn long_care_may_have_a_share_of_the_benefit() {
    let tariff = tariff(|version| {
        version.long_use = Some(LongUse { after_minutes: 300, percent: 50 });
        version.bands[0].benefit_hour_yen = 505;
        version.bands[0].benefit_half_hour_yen = 251;
    });
    let five_hours = friday(&tariff, "10:00", "15:00");
    assert_eq!((five_hours.fee, five_hours.benefit), (5 * 500, 5 * 505));
    assert!(five_hours.lines.iter().all(|line| line.reason.long_use.is_none()));
    // The sixth hour gets 252, the half hour after it 125, each rounded down; the fee goes on as before.
    let longer = friday(&tariff, "10:00", "16:30");
    assert_eq!((longer.fee, longer.benefit), (6 * 500 + 250, 5 * 505 + 252 + 125));
    assert_eq!(longer.lines[5].reason.long_use, Some(50));
    assert!(longer.lines[5].reason.to_string().ends_with("benefit 50 % in long care"), "{}", longer.lines[5].reason);
    // A sibling's share and this one are taken at once.
    let mut shared = tariff.clone();
    shared.versions[0].sibling_benefit_percent = vec![100, 50];
    let siblings = charge(&shared, "2024-03-29", "10:00", "16:00", 2);
    assert_eq!([1, 2].map(|child| child_benefit(&siblings, ChildId(child))), [5 * 505 + 252, 5 * 252 + 126]);
}

#[test]
fn units_may_be_half_hours_from_the_start_or_whole_hours_throughout() {
    let halves = tariff(|version| version.first_unit_minutes = 30);
    assert_eq!(friday(&halves, "10:00", "10:01").fee, 250);
    assert_eq!(friday(&halves, "10:00", "10:30").lines[0].reason.unit, UnitReason::HalfHour);
    assert_eq!(friday(&halves, "10:00", "10:31").lines[0].reason.unit, UnitReason::RoundedToHour);
    let hours = tariff(|version| version.unit_minutes = 60);
    assert_eq!(friday(&hours, "10:00", "11:10").fee, 1000);
}

#[test]
fn saturday_may_count_as_a_weekday_and_holidays_may_have_a_band_of_their_own() {
    let tariff = tariff(|version| {
        version.bands[0].days.push(Day::Sat);
        let holiday = RateBand {
            name: "holiday".into(),
            days: vec![],
            except: vec![],
            also: vec![HolidayClass::National],
            ..in_hours(700, 500)
        };
        version.bands.insert(1, holiday);
    });
    let saturday = charge(&tariff, "2024-03-30", "10:00", "11:00", 1);
    let within = BandReason::Within { day: DayKind::Saturday, from: 420, to: 1140 };
    assert_eq!((saturday.fee, &saturday.lines[0].reason.band), (500, &within));
    let equinox = charge(&tariff, "2024-03-20", "18:00", "20:00", 1);
    assert_eq!(equinox.lines.iter().map(|line| line.band.as_str()).collect::<Vec<_>>(), ["holiday", "out_of_hours"]);
    let after = BandReason::After { day: DayKind::National { name: "春分の日".into() }, at: 1140 };
    assert_eq!((equinox.fee, &equinox.lines[1].reason.band), (1300, &after));
}

#[test]
fn cancelling_costs_by_the_ladder() {
    let tariff = tariff(|version| {
        version.cancel = vec![
            CancelStep { when: CancelWhen::UntilDayBefore, percent: 0 },
            CancelStep { when: CancelWhen::SameDayBeforeStart, percent: 50 },
            CancelStep { when: CancelWhen::AfterStartOrNoNotice, percent: 100 },
        ];
    });
    let planned = care(at("2024-03-30", "11:30"), at("2024-03-30", "13:30"), 1);
    for (date, clock, percent, fee) in [
        ("2024-03-02", "14:45", 0, 0),
        ("2024-03-29", "23:59", 0, 0),
        ("2024-03-30", "00:00", 50, 600),
        ("2024-03-30", "11:29", 50, 600),
        ("2024-03-30", "11:30", 100, 1200),
        ("2024-04-01", "09:00", 100, 1200),
    ] {
        let due = cancellation_fee(&tariff, &holidays(), &planned, at(date, clock)).unwrap();
        assert_eq!((due.percent, due.fee, due.planned_fee), (percent, fee, 1200), "{date} {clock}");
    }
    let free = cancellation_fee(&yokohama(), &holidays(), &planned, at("2024-03-30", "12:00")).unwrap();
    assert_eq!((free.percent, free.fee), (0, 0));
}
