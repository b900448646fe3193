//! The city's published examples, the newsletter's case and the rules' own borders, in yen.
#![allow(clippy::expect_used, clippy::panic, clippy::unwrap_used, reason = "a test ends where it fails")]

#[path = "support/tariffs.rs"]
mod support;

use domain::coupon::{TicketBalance, TicketChoice, apply, best_use, settle};
use domain::fee::{BandReason, Care, CareChild, DayKind, FeeRefusal, SiblingPlace, UnitReason, quote};
use domain::id::ChildId;
use domain::tariff::Straddle;
use support::*;

/// (what, date, from, to, children, fee, benefit); "city": the page on the 給付金 of 2023-06-21.
const GOLDEN: &[(&str, &str, &str, &str, usize, i64, i64)] = &[
    ("1 city: under 60 minutes", "2024-03-29", "10:00", "10:40", 1, 500, 500),
    ("2 city: 90 minutes", "2024-03-29", "10:00", "11:30", 1, 750, 750),
    ("3 city: out of hours, 120 minutes", "2024-03-30", "10:00", "12:00", 1, 1200, 1000),
    ("4 city: 60 minutes, two siblings", "2024-03-29", "10:00", "11:00", 2, 750, 1000),
    ("5: 61 minutes", "2024-03-29", "10:00", "11:01", 1, 750, 750),
    ("6: 91 minutes", "2024-03-29", "10:00", "11:31", 1, 1000, 1000),
    ("7: across 19:00", "2024-03-29", "18:30", "19:30", 1, 600, 500),
    ("12: the old tariff's last day", "2023-06-30", "10:00", "11:30", 1, 1200, 0),
    ("the new tariff's first weekday", "2023-07-03", "10:00", "11:30", 1, 750, 750),
    ("the new tariff's first day, a Saturday", "2023-07-01", "10:00", "11:30", 1, 900, 750),
    ("the old tariff on a Sunday", "2023-06-25", "10:00", "11:30", 1, 1350, 0),
    ("before 7:00", "2024-03-29", "06:00", "07:00", 1, 600, 500),
    ("from 7:00 sharp", "2024-03-29", "07:00", "08:00", 1, 500, 500),
    ("across 7:00", "2024-03-29", "06:59", "07:59", 1, 600, 500),
    ("to 19:00 sharp", "2024-03-29", "18:00", "19:00", 1, 500, 500),
    ("one minute past 19:00 in the second block", "2024-03-29", "18:00", "19:01", 1, 800, 750),
    ("under an hour, the real end before 19:00", "2024-03-29", "18:30", "18:50", 1, 500, 500),
    ("only the hour that crosses is dearer", "2024-03-29", "16:30", "19:30", 1, 1600, 1500),
    ("a public holiday on a Wednesday", "2024-03-20", "10:00", "11:00", 1, 600, 500),
    ("a substitute holiday", "2024-05-06", "10:00", "11:00", 1, 600, 500),
    ("28 December is a weekday", "2023-12-28", "10:00", "11:00", 1, 500, 500),
    ("29 December is year end", "2023-12-29", "10:00", "11:00", 1, 600, 500),
    ("3 January is year end", "2024-01-03", "10:00", "11:00", 1, 600, 500),
    ("4 January is a weekday", "2024-01-04", "10:00", "11:00", 1, 500, 500),
    ("three children, 90 minutes", "2024-03-29", "10:00", "11:30", 3, 1500, 2250),
    ("two children out of hours, 30 minutes past the hour", "2024-03-30", "10:00", "11:30", 2, 1350, 1500),
];

#[test]
fn the_published_examples_come_out() {
    let tariff = yokohama();
    tariff.validate().unwrap();
    for (what, date, from, to, count, fee, benefit) in GOLDEN {
        let quote = charge(&tariff, date, from, to, *count);
        assert_eq!((quote.fee, quote.benefit), (*fee, *benefit), "{what}");
        let settled = settle(&quote, &[], 0);
        assert_eq!((settled.user_pays, settled.provider_receives), (*fee, fee + benefit), "{what}");
    }
}

#[test]
fn the_newsletters_case_with_one_coupon_and_expenses() {
    let quote = charge(&yokohama(), "2024-03-30", "11:30", "13:30", 1);
    let used = apply(&quote, ChildId(1), 1).unwrap();
    let settled = settle(&quote, &[used], 300);
    assert_eq!(settled.fee, 1200);
    assert_eq!(settled.coupons_used, 1);
    assert_eq!(settled.coupon_yen, 500);
    assert_eq!(settled.user_pays, 1000);
    assert_eq!(settled.benefit, 1000);
    assert_eq!(settled.provider_receives, 2500);
}

#[test]
fn every_block_says_why() {
    let why = |date, from, to| {
        let quote = charge(&yokohama(), date, from, to, 1);
        quote.lines.into_iter().map(|line| (line.band, line.reason.band, line.reason.unit)).collect::<Vec<_>>()
    };
    let (inside, outside) = ("in_hours".to_owned(), "out_of_hours".to_owned());
    let weekday = BandReason::Within { day: DayKind::Weekday, from: 420, to: 1140 };
    assert_eq!(why("2024-03-29", "10:00", "10:20"), [(inside.clone(), weekday.clone(), UnitReason::FirstHour)]);
    assert_eq!(
        why("2024-03-29", "17:30", "19:45"),
        [
            (inside.clone(), weekday.clone(), UnitReason::Hour),
            (outside.clone(), BandReason::Straddles { at: 1140, rule: Straddle::Higher }, UnitReason::Hour),
            (outside.clone(), BandReason::After { day: DayKind::Weekday, at: 1140 }, UnitReason::HalfHour),
        ]
    );
    let before = BandReason::Before { day: DayKind::Weekday, at: 420 };
    assert_eq!(why("2024-03-29", "05:30", "06:30"), [(outside.clone(), before, UnitReason::Hour)]);
    let saturday = BandReason::Day { day: DayKind::Saturday };
    assert_eq!(
        why("2024-03-30", "10:00", "11:40"),
        [(outside.clone(), saturday.clone(), UnitReason::Hour), (outside.clone(), saturday, UnitReason::RoundedToHour),]
    );
    let equinox = BandReason::Day { day: DayKind::National { name: "春分の日".into() } };
    assert_eq!(why("2024-03-20", "10:00", "11:00"), [(outside.clone(), equinox, UnitReason::Hour)]);
    let year_end = BandReason::Day { day: DayKind::YearEnd };
    assert_eq!(why("2023-12-29", "10:00", "11:00"), [(outside, year_end, UnitReason::Hour)]);
}

#[test]
fn a_night_takes_each_days_own_band_and_the_version_of_its_start() {
    // Friday 2023-06-30 23:00 to Saturday 01:00: the old version's 900, though 1 July has a new one.
    let start = at("2023-06-30", "23:00");
    let over = quote(&yokohama(), &holidays(), &care(start, start.plus_minutes(120), 1)).unwrap();
    assert_eq!((over.tariff.as_str(), over.fee, over.benefit), ("yokohama-until-2023-06", 1800, 0));
    // Sunday 23:30 to Monday 07:30: the last, half block crosses 7:00 only when it reaches it.
    let start = at("2024-03-24", "23:30");
    let night = quote(&yokohama(), &holidays(), &care(start, start.plus_minutes(8 * 60), 1)).unwrap();
    assert_eq!(night.fee, 8 * 600);
    let last = &night.lines.last().unwrap().reason.band;
    assert_eq!(*last, BandReason::Straddles { at: 420, rule: Straddle::Higher });
}

#[test]
fn siblings_are_ordered_by_age_whatever_order_they_come_in() {
    let mut swapped = care(at("2024-03-29", "10:00"), at("2024-03-29", "11:00"), 3);
    swapped.children.reverse();
    let quoted = quote(&yokohama(), &holidays(), &swapped).unwrap();
    let shares: Vec<_> = quoted.lines[0].children.iter().map(|share| (share.child, share.fee, share.benefit)).collect();
    assert_eq!(shares, [(ChildId(1), 500, 500), (ChildId(2), 250, 500), (ChildId(3), 250, 500)]);
    // Twins: the smaller key goes first.
    let birth_date = day("2021-01-05");
    swapped.children = vec![CareChild { id: ChildId(9), birth_date }, CareChild { id: ChildId(4), birth_date }];
    let quoted = quote(&yokohama(), &holidays(), &swapped).unwrap();
    assert_eq!(quoted.children().collect::<Vec<_>>(), [ChildId(4), ChildId(9)]);
    assert_eq!((quoted.child_fee(ChildId(4)), quoted.child_fee(ChildId(9))), (500, 250));
}

#[test]
fn an_overlapping_care_of_the_same_family_lends_its_sibling_positions() {
    let mut second = care(at("2024-03-29", "10:00"), at("2024-03-29", "11:00"), 1);
    second.others = vec![SiblingPlace { child: ChildId(9), start: second.start, end: second.end, position: 0 }];
    let quoted = quote(&yokohama(), &holidays(), &second).unwrap();
    assert_eq!((quoted.fee, quoted.benefit), (250, 500));
    assert_eq!(quoted.lines[0].children[0].ticket_yen, 250);
}

#[test]
fn only_the_blocks_that_meet_the_other_report_are_half_price() {
    let first = care(at("2024-03-29", "10:00"), at("2024-03-29", "11:00"), 1);
    let long = |others| Care {
        start: at("2024-03-29", "10:30"),
        end: at("2024-03-29", "14:30"),
        children: vec![CareChild { id: ChildId(2), birth_date: day("2022-01-05") }],
        others,
    };
    let ask = |care: &Care| quote(&yokohama(), &holidays(), care).unwrap();
    let short = ask(&first);
    let beside = ask(&long(short.places()));
    let fees: Vec<i64> = beside.lines.iter().map(|line| line.fee()).collect();
    assert_eq!(fees, [250, 500, 500, 500]);
    // The other way round the short care meets a full price everywhere.
    let alone = ask(&long(Vec::new()));
    let short_beside = ask(&Care { others: alone.places(), ..first.clone() });
    assert_eq!((alone.fee, short_beside.fee), (2000, 250));
    assert_eq!(short.fee + beside.fee, alone.fee + short_beside.fee);
    // The first one registered again keeps its full price: the other one has paid the half.
    assert_eq!(ask(&Care { others: beside.places(), ..first }), short);
}

#[test]
fn a_registered_place_stays_and_ages_share_the_free_ones() {
    let middle = [SiblingPlace {
        child: ChildId(2),
        start: at("2024-03-29", "10:00"),
        end: at("2024-03-29", "11:00"),
        position: 1,
    }];
    let mut apart = care(middle[0].start, middle[0].end, 3);
    apart.children.retain(|child| child.id != ChildId(2));
    apart.others = middle.to_vec();
    let quoted = quote(&yokohama(), &holidays(), &apart).unwrap();
    let shares: Vec<_> =
        quoted.lines[0].children.iter().map(|share| (share.child, share.position, share.fee)).collect();
    assert_eq!(shares, [(ChildId(1), 0, 500), (ChildId(3), 2, 250)]);
}

#[test]
fn what_cannot_be_charged_is_refused_by_name() {
    let (tariff, calendar) = (yokohama(), holidays());
    let ask = |start, end, count| quote(&tariff, &calendar, &care(start, end, count)).unwrap_err();
    let noon = at("2024-03-29", "12:00");
    assert_eq!(ask(noon, noon, 1), FeeRefusal::EndNotAfterStart);
    assert_eq!(ask(noon, noon.plus_minutes(-1), 1), FeeRefusal::EndNotAfterStart);
    assert_eq!(ask(noon, noon.plus_minutes(24 * 60 + 1), 1), FeeRefusal::TooLong { most: 1440 });
    assert_eq!(ask(noon, noon.plus_minutes(60), 0), FeeRefusal::NoChildren);
    let (first, last) = calendar.span();
    let unknown = FeeRefusal::HolidaysUnknown { first, last };
    assert_eq!(ask(at("2028-01-05", "10:00"), at("2028-01-05", "11:00"), 1), unknown);
    let mut twice = care(noon, noon.plus_minutes(60), 1);
    twice.children.push(twice.children[0]);
    assert_eq!(quote(&tariff, &calendar, &twice), Err(FeeRefusal::RepeatedChild));
    let mut recent = tariff.clone();
    recent.versions.remove(0);
    let early = care(at("2023-06-30", "10:00"), at("2023-06-30", "11:00"), 1);
    assert_eq!(quote(&recent, &calendar, &early), Err(FeeRefusal::NoTariff { date: day("2023-06-30") }));
}

#[test]
fn a_ticket_pays_hours_at_the_childs_own_price_in_hours() {
    // 2 hours and a half out of hours: two hour blocks can be paid, the half hour cannot.
    let quoted = charge(&yokohama(), "2024-03-30", "10:00", "12:30", 2);
    let balances = [TicketBalance { child: ChildId(2), tickets: 8 }];
    assert_eq!(best_use(&quoted, &balances), [TicketChoice { child: ChildId(2), tickets: 2 }]);
    let used = apply(&quoted, ChildId(2), 2).unwrap();
    assert_eq!((used.yen, used.blocks.len()), (500, 2));
    assert_eq!(apply(&quoted, ChildId(1), 1).unwrap().yen, 500);
    assert!(apply(&quoted, ChildId(2), 3).is_err());
    assert!(apply(&quoted, ChildId(3), 1).is_err());
}

#[test]
fn coupons_end_with_the_month_of_the_second_birthday() {
    let tariff = yokohama();
    let rule = tariff.on(day("2024-03-30")).unwrap().coupon.clone().unwrap();
    assert_eq!(rule.last_day(day("2023-06-10")), day("2025-06-30"));
    assert_eq!(rule.last_day(day("2024-02-29")), day("2026-02-28"));
    assert_eq!(rule.last_day(day("2023-12-31")), day("2025-12-31"));
    assert!(rule.usable_on(day("2023-06-10"), day("2025-06-30")));
    assert!(!rule.usable_on(day("2023-06-10"), day("2025-07-01")));
    assert!(!rule.usable_on(day("2023-03-31"), day("2024-03-30")));
    assert!(rule.usable_on(day("2023-04-01"), day("2025-04-30")));
    assert!(!rule.usable_on(day("2024-06-10"), day("2024-06-09")));
}
