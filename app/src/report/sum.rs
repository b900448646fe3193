//! What is paid and why, block by block: the same rows on the server, in the live form, on paper.

use crate::ui::MoneyRow;
use crate::words::{fee, person, status};
use domain::coupon::Settlement;
use domain::fee::{FeeLine, Quote};
use domain::id::ChildId;
use domain::report::ExpenseKind;
use serde::{Deserialize, Serialize};

/// For whom the sum is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Reader {
    /// The provider: what comes in is what matters.
    Provider,
    /// The family: what she pays is what matters.
    Family,
    /// The branch, the headquarters, paper.
    Other,
    /// Anybody, with the calculator.
    Anybody,
}

/// Whose sum it is.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct People {
    /// For whom it is written.
    pub reader: Reader,
    /// The family's name: 「木村」; empty where it is not known.
    pub family: String,
    /// The provider's name: 「山田」; empty where it is not known.
    pub provider: String,
    /// The children's names by their rows.
    pub children: Vec<(ChildId, String)>,
}

/// The rows of a sum.
#[must_use]
pub fn rows(people: &People, quote: &Quote, settlement: &Settlement, expenses: &[(ExpenseKind, i64)]) -> Vec<MoneyRow> {
    let pays = match people.reader {
        Reader::Provider | Reader::Other => {
            let family = person(&people.family, "利用会員");
            MoneyRow::sum(format!("{family}が払う"), settlement.user_pays)
        }
        Reader::Family => MoneyRow::total("あなたが払う", settlement.user_pays),
        Reader::Anybody => MoneyRow::total("利用会員が払う", settlement.user_pays),
    };
    let mut rows = vec![pays];
    rows.extend(quote.lines.iter().map(|line| block(people, line)));
    rows.extend(
        expenses.iter().filter(|(_, yen)| *yen != 0).map(|(kind, yen)| MoneyRow::part(status::expense(*kind), *yen)),
    );
    if settlement.coupon_yen != 0 {
        let label = format!("おためし券 {}枚", settlement.coupons_used);
        rows.push(MoneyRow::part(label, -settlement.coupon_yen).because("この分は市が提供会員に支払います。"));
    }
    let benefit = MoneyRow::sum("市の給付金", settlement.benefit);
    let from_city = "市から提供会員に支払われます。お支払いはいりません。";
    let receives = settlement.provider_receives;
    match people.reader {
        Reader::Provider => {
            rows.push(benefit);
            coupon_of_city(&mut rows, settlement);
            rows.push(MoneyRow::total("あなたの受取り", receives));
        }
        Reader::Other => {
            rows.push(benefit);
            coupon_of_city(&mut rows, settlement);
            let provider = person(&people.provider, "提供会員");
            rows.push(MoneyRow::total(format!("{provider}の受取り"), receives));
        }
        Reader::Family => rows.push(benefit.because(from_city)),
        Reader::Anybody => {
            rows.push(benefit.because(from_city));
            rows.push(MoneyRow::sum("提供会員の受取り", receives));
        }
    }
    rows
}

/// The sum in one sentence, to be read aloud: what is paid comes first.
#[must_use]
pub fn spoken(rows: &[MoneyRow]) -> String {
    rows.first().map_or_else(String::new, |pays| format!("{}額は{}です。", pays.label, fee::yen(pays.yen)))
}

fn coupon_of_city(rows: &mut Vec<MoneyRow>, settlement: &Settlement) {
    if settlement.coupon_yen != 0 {
        rows.push(MoneyRow::sum("おためし券の分（市から）", settlement.coupon_yen));
    }
}

fn block(people: &People, line: &FeeLine) -> MoneyRow {
    let label = format!("{} {}", fee::period(line), fee::why(line));
    let mut note = fee::length(&line.reason).to_owned();
    // A child alone in its report may be the second one beside another report of the family.
    if line.children.len() > 1 || line.children.iter().any(|share| share.position > 0) {
        let eldest = line.children.first().map_or(0, |share| share.fee);
        for share in &line.children {
            let name = people.children.iter().find(|(id, _)| *id == share.child).map_or("", |(_, name)| name.as_str());
            let half = if share.position > 0 || share.fee < eldest { "（きょうだい）" } else { "" };
            note.push_str(&format!("　{name}{half} {}", fee::yen(share.fee)));
        }
    }
    MoneyRow::part(label, line.fee()).because(note)
}

#[cfg(test)]
mod tests {
    use super::*;
    use domain::coupon::settle;
    use domain::fee::{BandReason, ChildShare, DayKind, Reason, UnitReason};
    use domain::time::{Instant, parse_iso_date};

    fn people(reader: Reader) -> People {
        People {
            reader, family: "木村".into(), provider: "山田".into(), children: vec![(ChildId(1), "太郎".into())]
        }
    }

    fn quote() -> Quote {
        let day = parse_iso_date("2024-03-30").unwrap();
        let line = |minute| FeeLine {
            from: Instant::at(day, minute),
            to: Instant::at(day, minute + 60),
            billed_minutes: 60,
            band: "out_of_hours".into(),
            reason: Reason { band: BandReason::Day { day: DayKind::Saturday }, unit: UnitReason::Hour, long_use: None },
            children: vec![ChildShare { child: ChildId(1), fee: 600, benefit: 500, ticket_yen: 500, position: 0 }],
        };
        Quote { tariff: "t".into(), lines: vec![line(690), line(750)], fee: 1200, benefit: 1000, minutes: 120 }
    }

    #[test]
    fn the_providers_sum_reads_as_designed() {
        let quote = quote();
        let rows = rows(&people(Reader::Provider), &quote, &settle(&quote, &[], 300), &[(ExpenseKind::Transport, 300)]);
        let read: Vec<(&str, i64)> = rows.iter().map(|row| (row.label.as_str(), row.yen)).collect();
        let expected = [
            ("木村さんが払う", 1500),
            ("11:30〜12:30 土曜", 600),
            ("12:30〜13:30 土曜", 600),
            ("交通費", 300),
            ("市の給付金", 1000),
            ("あなたの受取り", 2500),
        ];
        assert_eq!(read, expected);
    }

    #[test]
    fn the_sum_is_spoken_in_one_sentence() {
        let quote = quote();
        let said = |reader| spoken(&rows(&people(reader), &quote, &settle(&quote, &[], 300), &[]));
        assert_eq!(said(Reader::Provider), "木村さんが払う額は1,500円です。");
        assert_eq!(said(Reader::Anybody), "利用会員が払う額は1,500円です。");
        assert_eq!(spoken(&[]), "");
    }

    #[test]
    fn what_the_family_pays_is_the_sum_of_its_parts() {
        let quote = quote();
        let used = domain::coupon::apply(&quote, ChildId(1), 1).unwrap();
        let settlement = settle(&quote, &[used], 300);
        for reader in [Reader::Provider, Reader::Family, Reader::Other, Reader::Anybody] {
            let rows = rows(&people(reader), &quote, &settlement, &[(ExpenseKind::Transport, 300)]);
            let parts: i64 =
                rows.iter().filter(|row| row.level == crate::ui::MoneyLevel::Part).map(|row| row.yen).sum();
            assert_eq!(parts, 1000, "{reader:?}");
            assert_eq!(rows[0].yen, 1000, "{reader:?}");
        }
    }
}
