//! `/requests/check?form=…`: all answers once more, right before 登録.

use super::form::{edit_path, from_submitted};
use crate::fault::Fault;
use crate::form::{ONCE, Typed, typed, with_query};
use crate::page::{Page, page, redirect};
use crate::ui::{Actions, Button, ButtonKind, CheckAnswers, CheckRow, Form, Hidden, PageHead};
use crate::visit::{query, visit};
use crate::words::status;
use domain::refusal::Refusal;
use domain::time::{Date, age_on, clock, japanese_date};
use leptos::prelude::*;
use service::request::Wanted;

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
        let rows = rows(&wanted, &edit, visit.env.clock.today());
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

fn rows(wanted: &Wanted, edit: &str, today: Date) -> Vec<CheckRow> {
    let day = wanted.start.date();
    let to = |field: &str| format!("{edit}#{field}");
    let children: Vec<_> = wanted
        .children
        .iter()
        .map(|child| format!("{}（{}歳）", child.given_name, age_on(child.birth_date, day)))
        .collect();
    vec![
        CheckRow::new("預けたい日", japanese_date(day, today), to("date")),
        CheckRow::new("時刻", format!("{}〜{}", clock(wanted.start), clock(wanted.end)), to("start")),
        CheckRow::new("預ける子ども", children.join("\n"), to("children")),
        CheckRow::new("希望する援助内容", status::care_kind(wanted.kind), to("care_kind")),
        CheckRow::new("場所", status::care_place(wanted.place), to("care_place")),
        CheckRow::new("場所の詳細", wanted.place_detail.clone(), to("place_detail")),
        CheckRow::new("備考", wanted.notes.clone(), to("notes")),
    ]
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
