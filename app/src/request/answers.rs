//! A request's answers and its fee, shown once more before it is sent: to the family itself, and to the branch that
//! reads them back to a caller.

use crate::ui::{CheckRow, Label, MoneyRow, MoneyTable};
use crate::words::{fee, status};
use domain::fee::{Care, CareChild};
use domain::time::{Date, age_on, clock_span};
use leptos::prelude::*;
use service::request::{OwnChild, Wanted};
use service::tariff::Rates;

/// What is asked for, row by row; `edit` is the form's page.
pub fn rows(wanted: &Wanted, edit: &str, today: Date, rates: &Rates) -> Vec<CheckRow> {
    let day = wanted.start.date();
    let holiday = rates.holidays.name_on(day).map(|name| format!("（{name}）")).unwrap_or_default();
    let to = |field: &str| format!("{edit}#{field}");
    let children: Vec<_> = wanted
        .children
        .iter()
        .map(|child| format!("{}（{}歳）", child.given_name, age_on(child.birth_date, day)))
        .collect();
    vec![
        CheckRow::new("預けたい日", Label::Day { date: day, today }, to("date")),
        CheckRow::new("時刻", format!("{}{holiday}", clock_span(wanted.start, wanted.end)), to("start")),
        CheckRow::new("預ける子ども", children.join("\n"), to("children")),
        CheckRow::new("希望する援助内容", status::care_kind(wanted.kind), to("care_kind")),
        CheckRow::new("場所", status::care_place(wanted.place), to("care_place")),
        CheckRow::new("場所の詳細", wanted.place_detail.clone(), to("place_detail")),
        CheckRow::new("備考", wanted.notes.clone(), to("notes")),
    ]
}

/// 利用料のめやす, block by block; nothing when no tariff covers the day.
pub fn cost(wanted: &Wanted, rates: &Rates) -> AnyView {
    let child = |child: &OwnChild| CareChild { id: child.id, birth_date: child.birth_date };
    let children = wanted.children.iter().map(child).collect();
    let care = Care { start: wanted.start, end: wanted.end, children, others: Vec::new() };
    let Ok(quote) = rates.quote(&care) else { return ().into_any() };
    let mut lines = vec![MoneyRow::total("利用料のめやす", quote.fee)];
    lines.extend(quote.lines.iter().map(|line| {
        MoneyRow::part(format!("{} {}", fee::period(line), fee::why(line)), line.fee())
            .because(fee::length(&line.reason))
    }));
    view! {
        <MoneyTable caption="利用料のめやす" rows=lines />
        <p class="kp-note">"実費（交通費など）は別です。おためし券は、報告書の承認のときに使えます。"</p>
    }
    .into_any()
}
