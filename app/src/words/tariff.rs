//! The tariff's rules in sentences made of its own figures, so that no page says a price the tariff has not.

use super::fee::yen;
use domain::holiday::HolidayClass;
use domain::tariff::{CouponRule, Day, HALF_HOUR, RateBand, Straddle, TariffVersion};
use domain::time::MinuteOfDay;

/// The rules of 「計算のきまり」, a sentence or two each.
#[must_use]
pub fn rules(version: &TariffVersion) -> Vec<String> {
    let mut rules: Vec<String> = version.bands.iter().map(|band| price(version, band)).collect();
    rules.extend(
        version.flat_short.map(|flat| format!("{}分までの活動は、{}です。", flat.up_to_minutes, yen(flat.yen))),
    );
    rules.push(units(version).to_owned());
    rules.extend(straddling(version));
    rules.extend(siblings(version));
    rules.push("交通費、食事代、おやつ代、おむつ代は、かかった分を利用会員が支払います。".to_owned());
    rules.extend(version.coupon.as_ref().map(|coupon| {
        let rest = if coupon.surcharge_payable { "時間外の差額は利用会員が支払います。" } else { "" };
        format!("おためし券は1枚で{}に使えます。{rest}", length(coupon.minutes))
    }));
    rules
}

/// What a ticket pays and what stays with the family: 「平日の7時から19時は無料です。…」.
#[must_use]
pub fn ticket(version: &TariffVersion, coupon: &CouponRule) -> String {
    let Some(covered) = version.band(&coupon.covers_band) else { return String::new() };
    let free = format!("{}の{}から{}は無料です。", days(&covered.days), hour(covered.from), hour(covered.to));
    let more = version.default_band().map_or(0, |other| other.hour_yen - covered.hour_yen);
    match (coupon.surcharge_payable, more) {
        (false, _) => format!("{free}それ以外の日と時間には使えません。"),
        (true, ..=0) => free,
        (true, more) => format!("{free}{}は、1時間につき{}を足してお支払いください。", rest(version), yen(more)),
    }
}

/// Who gets tickets: 「2023年4月1日以降に生まれたお子さんは、1人につき8枚を支部で受け取れます。」.
#[must_use]
pub fn ticket_owner(coupon: &CouponRule) -> String {
    let (year, month, day) = (coupon.born_from.year(), u8::from(coupon.born_from.month()), coupon.born_from.day());
    let tickets = coupon.tickets;
    format!("{year}年{month}月{day}日以降に生まれたお子さんは、1人につき{tickets}枚を支部で受け取れます。")
}

fn price(version: &TariffVersion, band: &RateBand) -> String {
    let when = if band.default {
        rest(version)
    } else {
        format!("{} {}〜{}", days(&band.days), hour(band.from), hour(band.to))
    };
    let city = match band.benefit_hour_yen {
        0 => String::new(),
        benefit => format!("（ほかに、市から提供会員に{}）", yen(benefit)),
    };
    format!("{when}：1時間 {}{city}", yen(band.hour_yen))
}

/// The days and hours of the default band: 「土曜・日曜・祝日・年末年始、7時より前と19時より後」.
fn rest(version: &TariffVersion) -> String {
    let mut others = version.bands.iter().filter(|band| !band.default);
    let (Some(only), None) = (others.next(), others.next()) else { return "そのほかの日と時間".to_owned() };
    let left: Vec<Day> = Day::ALL.into_iter().filter(|day| !only.days.contains(day)).collect();
    let mut when: Vec<&str> = left.iter().map(|day| day_name(*day)).collect();
    when.extend(only.except.iter().map(|class| match class {
        HolidayClass::National => "祝日",
        HolidayClass::YearEnd => "年末年始",
    }));
    let hours = format!("{}より前と{}より後", hour(only.from), hour(only.to));
    if when.is_empty() { hours } else { format!("{}、{hours}", when.join("・")) }
}

fn units(version: &TariffVersion) -> &'static str {
    match (version.first_unit_minutes <= HALF_HOUR, version.unit_minutes <= HALF_HOUR) {
        (false, true) => "最初の1時間は、1時間に満たなくても1時間です。そのあとは30分ごとに計算します。",
        (true, true) => "30分ごとに計算します。30分に満たない分も30分です。",
        (_, false) => "1時間ごとに計算します。1時間に満たない分も1時間です。",
    }
}

fn straddling(version: &TariffVersion) -> Option<String> {
    let inner = |minute: &MinuteOfDay| (1..24 * 60).contains(minute);
    let mut edges: Vec<MinuteOfDay> =
        version.bands.iter().filter(|band| !band.default).flat_map(|band| [band.from, band.to]).filter(inner).collect();
    edges.sort_unstable();
    edges.dedup();
    let edges: Vec<String> = edges.into_iter().map(hour).collect();
    let rule = match version.straddle {
        Straddle::Higher => "高いほうの料金です",
        Straddle::ByMinute => "分ごとに計算します",
        Straddle::StartBand => "始まりの時刻の料金です",
    };
    (!edges.is_empty()).then(|| format!("{}をまたぐ1時間は、{rule}。", edges.join("または")))
}

fn siblings(version: &TariffVersion) -> Option<String> {
    let share = match version.fee_percent(1) {
        100 => return None,
        50 => "半額".to_owned(),
        0 => "無料".to_owned(),
        percent => format!("{percent}%"),
    };
    let paid = version.bands.iter().any(|band| band.benefit_hour_yen > 0) && version.benefit_percent(1) == 100;
    let benefit = if paid { "給付金は少なくなりません。" } else { "" };
    Some(format!("きょうだいを一緒に預けるとき、二人目からは{share}です。{benefit}"))
}

/// 「平日」, or the days one by one.
fn days(days: &[Day]) -> String {
    const WEEKDAYS: [Day; 5] = [Day::Mon, Day::Tue, Day::Wed, Day::Thu, Day::Fri];
    if days == WEEKDAYS {
        "平日".to_owned()
    } else {
        days.iter().map(|day| day_name(*day)).collect::<Vec<_>>().join("・")
    }
}

const fn day_name(day: Day) -> &'static str {
    match day {
        Day::Mon => "月曜",
        Day::Tue => "火曜",
        Day::Wed => "水曜",
        Day::Thu => "木曜",
        Day::Fri => "金曜",
        Day::Sat => "土曜",
        Day::Sun => "日曜",
    }
}

/// 「7時」「7時30分」.
fn hour(minute: MinuteOfDay) -> String {
    match minute % 60 {
        0 => format!("{}時", minute / 60),
        rest => format!("{}時{rest}分", minute / 60),
    }
}

/// 「1時間分」「30分」.
fn length(minutes: u16) -> String {
    if minutes.is_multiple_of(60) { format!("{}時間分", minutes / 60) } else { format!("{minutes}分") }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn latest(file: &str) -> TariffVersion {
        service::tariff_file::parse(file).unwrap().versions.pop().unwrap()
    }

    #[test]
    fn yokohamas_rules_are_said_by_its_own_figures() {
        let version = latest(include_str!("../../../tariffs/yokohama.toml"));
        assert_eq!(
            rules(&version),
            [
                "平日 7時〜19時：1時間 500円（ほかに、市から提供会員に500円）",
                "土曜・日曜・祝日・年末年始、7時より前と19時より後：1時間 600円（ほかに、市から提供会員に500円）",
                "最初の1時間は、1時間に満たなくても1時間です。そのあとは30分ごとに計算します。",
                "7時または19時をまたぐ1時間は、高いほうの料金です。",
                "きょうだいを一緒に預けるとき、二人目からは半額です。給付金は少なくなりません。",
                "交通費、食事代、おやつ代、おむつ代は、かかった分を利用会員が支払います。",
                "おためし券は1枚で1時間分に使えます。時間外の差額は利用会員が支払います。",
            ]
        );
        let coupon = version.coupon.clone().unwrap();
        assert_eq!(
            ticket(&version, &coupon),
            "平日の7時から19時は無料です。土曜・日曜・祝日・年末年始、7時より前と19時より後は、1時間につき100円を足してお支払いください。"
        );
        assert_eq!(ticket_owner(&coupon), "2023年4月1日以降に生まれたお子さんは、1人につき8枚を支部で受け取れます。");
    }

    #[test]
    fn another_citys_figures_make_other_sentences() {
        let mut version = latest(include_str!("../../../tariffs/nagoya.toml"));
        version.straddle = Straddle::StartBand;
        version.unit_minutes = 60;
        assert_eq!(
            rules(&version),
            [
                "平日 7時〜19時：1時間 800円",
                "土曜・日曜・祝日・年末年始、7時より前と19時より後：1時間 1,000円",
                "1時間ごとに計算します。1時間に満たない分も1時間です。",
                "7時または19時をまたぐ1時間は、始まりの時刻の料金です。",
                "きょうだいを一緒に預けるとき、二人目からは半額です。",
                "交通費、食事代、おやつ代、おむつ代は、かかった分を利用会員が支払います。",
            ]
        );
    }
}
