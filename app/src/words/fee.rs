//! The explanation of a fee, block by block, in the branch's words.

use domain::coupon::CouponRefusal;
use domain::fee::{BandReason, DayKind, FeeLine, FeeRefusal, Reason, UnitReason};
use domain::money::grouped;
use domain::tariff::Straddle;
use domain::time::{Instant, MinuteOfDay, clock};

/// 「1,200円」.
#[must_use]
pub fn yen(amount: i64) -> String {
    format!("{}円", grouped(amount))
}

/// 「時間内」 or 「時間外」; a band of another city keeps its own name.
#[must_use]
pub fn band(key: &str) -> &str {
    match key {
        "in_hours" => "時間内",
        "out_of_hours" => "時間外",
        other => other,
    }
}

/// 「11:30〜12:30」, the block's own times.
#[must_use]
pub fn period(line: &FeeLine) -> String {
    format!("{}〜{}", clock(line.from), clock(line.to))
}

/// Why the block takes its band: 「平日 時間内」「土曜」「祝日（春分の日）」「19:00をまたぐため時間外」.
#[must_use]
pub fn why(line: &FeeLine) -> String {
    let band = band(&line.band);
    let why = match &line.reason.band {
        BandReason::Within { day, .. } => format!("{} {band}", day_kind(day)),
        BandReason::Day { day } => day_kind(day),
        BandReason::Before { day, at } => format!("{} {}より前のため{band}", day_kind(day), time_of_day(*at)),
        BandReason::After { day, at } => format!("{} {}以降のため{band}", day_kind(day), time_of_day(*at)),
        BandReason::Straddles { at, rule } => match rule {
            Straddle::Higher => format!("{}をまたぐため{band}", time_of_day(*at)),
            Straddle::ByMinute => format!("{}をまたぐため分ごとに計算", time_of_day(*at)),
            Straddle::StartBand => format!("{}をまたぐため開始時刻の{band}", time_of_day(*at)),
        },
    };
    match line.reason.long_use {
        Some(percent) => format!("{why}（長時間のため給付金は{percent}%）"),
        None => why,
    }
}

/// How long the block counts: 「1時間」「30分」, with the reason when it was rounded.
#[must_use]
pub fn length(reason: &Reason) -> &'static str {
    match reason.unit {
        UnitReason::Hour => "1時間",
        UnitReason::FirstHour => "1時間（1時間に満たない分も1時間）",
        UnitReason::RoundedToHour => "1時間（30分を超えた分は1時間）",
        UnitReason::HalfHour => "30分（30分までは半額）",
        UnitReason::FlatShort => "短い時間の定額",
    }
}

/// The whole line: 「11:30〜12:30 土曜 1時間 600円」.
#[must_use]
pub fn line(line: &FeeLine) -> String {
    format!("{} {} {} {}", period(line), why(line), length(&line.reason), yen(line.fee()))
}

/// 「平日」「土曜」「日曜」「祝日（春分の日）」「年末年始」.
#[must_use]
pub fn day_kind(day: &DayKind) -> String {
    match day {
        DayKind::Weekday => "平日".into(),
        DayKind::Saturday => "土曜".into(),
        DayKind::Sunday => "日曜".into(),
        DayKind::National { name } => format!("祝日（{name}）"),
        DayKind::YearEnd => "年末年始".into(),
    }
}

fn time_of_day(minute: MinuteOfDay) -> String {
    format!("{}:{:02}", minute / 60, minute % 60)
}

/// Why no fee can be shown, and what to do.
#[must_use]
pub fn refusal(refusal: &FeeRefusal) -> String {
    match refusal {
        FeeRefusal::EndNotAfterStart => "終了時刻は、開始時刻より後にしてください。".into(),
        FeeRefusal::TooLong { most } => format!("一回の活動は{}時間までです。時刻を確かめてください。", most / 60),
        FeeRefusal::NoChildren => "預ける子どもを選んでください。".into(),
        FeeRefusal::TooManyChildren { most } => {
            format!("一回の活動は子ども{most}人までです。分けて入力してください。")
        }
        FeeRefusal::RepeatedChild => "同じ子どもが二回入っています。一回だけ選んでください。".into(),
        FeeRefusal::NoTariff { date } => {
            format!("{}年{}月の料金表がありません。支部へお知らせください。", date.year(), u8::from(date.month()))
        }
        FeeRefusal::HolidaysUnknown { last, .. } => super::field::holidays_known_until(*last),
        FeeRefusal::TariffUnusable => "料金表を読み取れませんでした。支部へお知らせください。".into(),
    }
}

/// Why tickets cannot be used so, and how they can.
#[must_use]
pub fn coupon_refusal(refusal: CouponRefusal) -> String {
    match refusal {
        CouponRefusal::ChildNotInCare => "おためし券は、この活動で預けた子どもの分だけ使えます。".into(),
        CouponRefusal::MoreThanBlocks { most: 0 } => "この活動ではおためし券を使えません。0枚にしてください。".into(),
        CouponRefusal::MoreThanBlocks { most } => {
            format!("この活動で使えるおためし券は{most}枚までです。1枚で1時間分に使えます。")
        }
        CouponRefusal::NotEnough { left } => format!("おためし券の残りは{left}枚です。枚数を減らしてください。"),
    }
}

/// How the reported hours differ from the planned ones: 「予定より10分長い」; nothing when they are the same.
#[must_use]
pub fn beside_plan((start, end): (Instant, Instant), done: (Instant, Instant)) -> Option<String> {
    if (start, end) == done {
        return None;
    }
    let minutes = |from: Instant, to: Instant| (to.0 - from.0) / 60_000_000;
    let longer = minutes(done.0, done.1) - minutes(start, end);
    let length = |minutes: i64| match (minutes / 60, minutes % 60) {
        (0, minutes) => format!("{minutes}分"),
        (hours, 0) => format!("{hours}時間"),
        (hours, minutes) => format!("{hours}時間{minutes}分"),
    };
    Some(match longer {
        0 => "時刻が予定と違います".to_owned(),
        1.. => format!("予定より{}長い", length(longer)),
        _ => format!("予定より{}短い", length(-longer)),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use domain::fee::ChildShare;
    use domain::id::ChildId;
    use domain::time::{Instant, parse_iso_date};

    fn block(band: &str, reason: BandReason, unit: UnitReason) -> FeeLine {
        let day = parse_iso_date("2024-03-30").unwrap();
        FeeLine {
            from: Instant::at(day, 11 * 60 + 30),
            to: Instant::at(day, 12 * 60 + 30),
            billed_minutes: 60,
            band: band.into(),
            reason: Reason { band: reason, unit, long_use: None },
            children: vec![
                ChildShare { child: ChildId(1), fee: 800, benefit: 500, ticket_yen: 0, position: 0 },
                ChildShare { child: ChildId(2), fee: 400, benefit: 500, ticket_yen: 0, position: 1 },
            ],
        }
    }

    #[test]
    fn a_block_is_explained_in_one_line() {
        let saturday = block("out_of_hours", BandReason::Day { day: DayKind::Saturday }, UnitReason::Hour);
        assert_eq!(line(&saturday), "11:30〜12:30 土曜 1時間 1,200円");
    }

    #[test]
    fn every_reason_has_its_words() {
        let say = |band, reason| why(&block(band, reason, UnitReason::Hour));
        let weekday = DayKind::Weekday;
        let within = BandReason::Within { day: weekday.clone(), from: 420, to: 1140 };
        assert_eq!(say("in_hours", within), "平日 時間内");
        let holiday = DayKind::National { name: "春分の日".into() };
        assert_eq!(say("out_of_hours", BandReason::Day { day: holiday }), "祝日（春分の日）");
        assert_eq!(say("out_of_hours", BandReason::Day { day: DayKind::YearEnd }), "年末年始");
        let before = BandReason::Before { day: weekday.clone(), at: 420 };
        assert_eq!(say("out_of_hours", before), "平日 7:00より前のため時間外");
        assert_eq!(say("out_of_hours", BandReason::After { day: weekday, at: 1140 }), "平日 19:00以降のため時間外");
        let straddles = BandReason::Straddles { at: 1140, rule: Straddle::Higher };
        assert_eq!(say("out_of_hours", straddles), "19:00をまたぐため時間外");
    }

    #[test]
    fn hours_beside_the_plan_say_what_differs() {
        let at = Instant;
        let minute = 60_000_000;
        let plan = (at(0), at(120 * minute));
        let said = |start: i64, end: i64| beside_plan(plan, (at(start * minute), at(end * minute)));
        assert_eq!(said(0, 120), None);
        assert_eq!(said(0, 130).as_deref(), Some("予定より10分長い"));
        assert_eq!(said(0, 60).as_deref(), Some("予定より1時間短い"));
        assert_eq!(said(-70, 120).as_deref(), Some("予定より1時間10分長い"));
        assert_eq!(said(10, 130).as_deref(), Some("時刻が予定と違います"));
    }
}
