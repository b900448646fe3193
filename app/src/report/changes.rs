//! 変わったところ: what a report that has come again says now, beside what it said before.

use crate::ui::{DataList, DataRow, Section};
use crate::words::{fee, status};
use domain::id::ChildId;
use domain::report_change::Changed;
use domain::report_form::FormChild;
use domain::time::{Date, Instant, clock, end_clock, ends_with_day, japanese_date};
use leptos::prelude::*;
use service::report::ReportDetails;
use std::collections::BTreeSet;

/// The fields that differ, each before and after, so that an approval is a look at the difference.
pub fn changes(details: &ReportDetails) -> Option<AnyView> {
    let changes = details.changes.as_ref()?;
    let said = |text: &'static str| view! { <p class="kp-note">{text}</p> }.into_any();
    let content = match changes.fields.as_deref() {
        None => said("前の内容は記録されていません。下の内容を確かめてください。"),
        Some([]) => said("前の内容と同じです。"),
        Some(fields) => {
            let tickets = details.coupons.iter().any(|part| part.tickets > 0);
            let rows = fields.iter().map(|field| row(field, &changes.children, details.today, tickets)).collect_view();
            view! { <DataList>{rows}</DataList> }.into_any()
        }
    };
    Some(view! { <Section title="変わったところ">{content}</Section> }.into_any())
}

fn row(field: &Changed, children: &[FormChild], today: Date, tickets: bool) -> AnyView {
    let (term, before, after) = words(field, children, today, tickets);
    view! {
        <DataRow term>
            <span class="kp-changed">
                <del><span class="kp-hidden">"前："</span>{before}</del>
                <span aria-hidden="true">"→"</span>
                <ins><span class="kp-hidden">"いま："</span>{after}</ins>
            </span>
        </DataRow>
    }
    .into_any()
}

/// A field's name, and what it says before and after.
fn words(field: &Changed, children: &[FormChild], today: Date, tickets: bool) -> (String, String, String) {
    let two = |term: &str, before: String, after: String| (term.to_owned(), before, after);
    let yen = |term: &str, before: i64, after: i64| two(term, fee::yen(before), fee::yen(after));
    let day =
        |term: &str, before: Date, after: Date| two(term, japanese_date(before, today), japanese_date(after, today));
    match field {
        Changed::Day(before, after) => day("活動日", *before, *after),
        Changed::Start(before, after) => two("活動開始時間", clock(*before), clock(*after)),
        Changed::End(before, after) => two("活動終了時間", end(*before), end(*after)),
        Changed::Children(before, after) => {
            let names = |ids: &BTreeSet<ChildId>| {
                let came = children.iter().filter(|child| ids.contains(&child.id));
                came.map(|child| child.name.as_str()).collect::<Vec<_>>().join("、")
            };
            two("預かった子ども", names(before), names(after))
        }
        Changed::Expense(kind, before, after) => yen(status::expense(*kind), *before, *after),
        Changed::Fee(before, after) => yen("利用料", *before, *after),
        Changed::Pays(before, after) if tickets => yen("お支払い（おためし券を使う前）", *before, *after),
        Changed::Pays(before, after) => yen("お支払い", *before, *after),
        Changed::Benefit(before, after) => yen("市の給付金", *before, *after),
        Changed::Notes(before, after) => {
            let said = |text: &String| if text.is_empty() { "（なし）".to_owned() } else { text.clone() };
            two("備考", said(before), said(after))
        }
        Changed::EnteredOn(before, after) => day("入力日", *before, *after),
    }
}

/// 「13:30」, 「24:00」, 「翌日1:30」.
fn end((start, end): (Instant, Instant)) -> String {
    let next_day = end.date() > start.date() && !ends_with_day(start, end);
    format!("{}{}", if next_day { "翌日" } else { "" }, end_clock(start, end))
}

#[cfg(test)]
mod tests {
    use super::*;
    use domain::report::ExpenseKind;
    use domain::time::parse_iso_date;

    fn said(field: &Changed) -> String {
        let today = parse_iso_date("2024-03-31").unwrap();
        let child = |id, name: &str| FormChild { id: ChildId(id), name: name.into(), birth_date: today };
        let (term, before, after) = words(field, &[child(1, "太郎"), child(2, "桜")], today, true);
        format!("{term} {before} → {after}")
    }

    #[test]
    fn every_field_is_named_as_the_report_names_it() {
        let day = |text| parse_iso_date(text).unwrap();
        let at = |minute| Instant::at(day("2024-03-30"), minute);
        assert_eq!(said(&Changed::Start(at(540), at(570))), "活動開始時間 9:00 → 9:30");
        assert_eq!(said(&Changed::End((at(540), at(810)), (at(540), at(1440)))), "活動終了時間 13:30 → 24:00");
        let overnight = at(540).plus_days(1);
        assert_eq!(said(&Changed::End((at(540), at(810)), (at(600), overnight))), "活動終了時間 13:30 → 翌日9:00");
        assert_eq!(
            said(&Changed::Children([ChildId(1), ChildId(2)].into(), [ChildId(2)].into())),
            "預かった子ども 太郎、桜 → 桜"
        );
        assert_eq!(said(&Changed::Expense(ExpenseKind::Meal, 0, 1200)), "食事代 0円 → 1,200円");
        assert_eq!(said(&Changed::Pays(2100, 3700)), "お支払い（おためし券を使う前） 2,100円 → 3,700円");
        assert_eq!(said(&Changed::Notes("公園".into(), String::new())), "備考 公園 → （なし）");
        let entered = Changed::EnteredOn(day("2023-12-31"), day("2024-03-30"));
        assert_eq!(said(&entered), "入力日 2023年12月31日（日） → 3月30日（土）");
    }
}
