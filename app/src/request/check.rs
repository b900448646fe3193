//! `/requests/check?form=…`: all answers once more, right before 登録.

use super::form::{edit_path, from_submitted};
use crate::fault::Fault;
use crate::form::{ONCE, Typed, typed, with_query};
use crate::page::{Page, page, redirect};
use crate::ui::{
    Actions, Button, ButtonKind, CheckAnswers, CheckRow, Form, Hidden, Label, MoneyRow, MoneyTable, PageHead,
};
use crate::visit::{query, visit};
use crate::words::{fee, status};
use domain::fee::{Care, CareChild};
use domain::refusal::Refusal;
use domain::time::{Date, age_on, clock};
use leptos::prelude::*;
use service::request::{OwnChild, Wanted};
use service::tariff::Rates;

/// `/requests/check`
#[component]
pub fn RequestCheckPage() -> impl IntoView {
    let token = query("form").unwrap_or_default();
    page(async move {
        let visit = visit()?;
        let typed = typed("requests").await;
        let (sending, form) = from_submitted(typed.fields());
        let edit = edit_path(&sending.request)?;
        if !typed.came_back() {
            return redirect(&edit);
        }
        let edit = with_query(&edit, "form", &token);
        let wanted = match service::request::check(&visit.env, &visit.actor, &form).await.map_err(Fault::from) {
            Ok(wanted) => wanted,
            Err(Fault::Refused(Refusal::TooSoon { .. })) => {
                return redirect(&with_query("/requests/too-soon", "form", &token));
            }
            Err(Fault::Invalid(_)) => return redirect(&edit),
            Err(fault) => return Err(fault),
        };
        let rates = service::tariff::load(visit.env.db.read()).await?;
        let rows = rows(&wanted, &edit, visit.env.clock.today(), &rates);
        let cost = cost(&wanted, &rates);
        Ok(Page::new(
            "入力内容の確認",
            view! {
                <PageHead
                    title="入力内容の確認"
                    lead="まだ登録されていません。内容を確かめて「この内容で登録する」を押してください。"
                    back=edit
                    back_label="入力に戻る"
                />
                <CheckAnswers rows />
                {cost}
                <Form action="/api/requests">
                    {sent_again(&typed)}
                    <Actions>
                        <Button kind=ButtonKind::Primary name="do" value="submit">"この内容で登録する"</Button>
                        <Button name="do" value="save_draft">"一時保存"</Button>
                    </Actions>
                </Form>
            },
        ))
    })
}

fn rows(wanted: &Wanted, edit: &str, today: Date, rates: &Rates) -> Vec<CheckRow> {
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
        CheckRow::new("時刻", format!("{}〜{}{holiday}", clock(wanted.start), clock(wanted.end)), to("start")),
        CheckRow::new("預ける子ども", children.join("\n"), to("children")),
        CheckRow::new("希望する援助内容", status::care_kind(wanted.kind), to("care_kind")),
        CheckRow::new("場所", status::care_place(wanted.place), to("care_place")),
        CheckRow::new("場所の詳細", wanted.place_detail.clone(), to("place_detail")),
        CheckRow::new("備考", wanted.notes.clone(), to("notes")),
    ]
}

/// 料金のめやす, block by block; nothing when no tariff covers the day.
fn cost(wanted: &Wanted, rates: &Rates) -> AnyView {
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
        <MoneyTable caption="料金のめやす" rows=lines />
        <p class="kp-note">"実費（交通費など）は別です。おためし券は、報告書の承認のときに使えます。"</p>
    }
    .into_any()
}

/// The answers once more, exactly as typed.
fn sent_again(typed: &Typed) -> impl IntoView + use<> {
    const SENT: [&str; 11] = [
        "request",
        "revision",
        ONCE,
        "date",
        "start",
        "end",
        "children[]",
        "care_kind",
        "care_place",
        "place_detail",
        "notes",
    ];
    let fields = typed.fields().0.iter().filter(|(name, _)| SENT.contains(&name.as_str()));
    fields.cloned().map(|(name, value)| view! { <Hidden name value /> }).collect_view()
}
