//! `/desk/notes`: whom to call (要連絡), the longest waiting first, and the button that takes a call off the list.

use crate::fault::Fault;
use crate::post::post;
use leptos::prelude::*;
#[cfg(feature = "ssr")]
use {
    crate::form::{fresh, with_query},
    crate::page::{Page, page},
    crate::ui::{Actions, Button, EmptyState, Form, Hidden, Moment, Notice, NoticeKind, PageHead, Section, Telephone},
    crate::visit::{query, visit},
    crate::words,
    domain::time::{Date, iso_date, japanese_date, parse_iso_date},
    service::callback::{self, Callback},
};

/// The page that a note was written on, with the day of its call as it was read.
#[cfg(feature = "ssr")]
pub(crate) fn after_note(back: &str, done: &str, due_on: Option<Date>) -> String {
    let path = with_query(back, "done", done);
    due_on.map_or_else(|| path.clone(), |day| with_query(&path, CALL_ON, &iso_date(day)))
}

/// What that page says: the day in full, because one that was typed without its year may lie in the next one.
#[cfg(feature = "ssr")]
pub(crate) fn noted() -> String {
    let day = query(CALL_ON).and_then(|day| parse_iso_date(&day));
    match day {
        Some(day) => format!("{}に連絡するメモを残しました。", words::full_day(day)),
        None => "メモを残しました。".to_owned(),
    }
}

#[cfg(feature = "ssr")]
const CALL_ON: &str = "call_on";

/// `POST /api/callbacks`: the call was made.
#[server(prefix = "/api", endpoint = "callbacks")]
pub async fn call_made(#[server(default)] callback: String) -> Result<(), Fault> {
    let id = callback.parse().map_err(|_| Fault::NotFound)?;
    crate::form::run("/desk/notes", async |visit| {
        service::callback::done(&visit.env, &visit.actor, id).await?;
        Ok("/desk/notes?done=1".to_owned())
    })
    .await
}

post! { CallMade }

/// `/desk/notes`
#[cfg(feature = "ssr")]
#[component]
pub fn NotesPage() -> impl IntoView {
    let done = query("done").is_some();
    page(async move {
        let visit = visit()?;
        let calls = callback::due(&visit.env, &visit.actor).await?;
        let today = visit.env.clock.today();
        let title = format!("要連絡 {}件", calls.len());
        let news = done.then(
            || view! { <Notice kind=NoticeKind::Success title="連絡済みにしました。経過に残ります。" announce=true /> },
        );
        let list = if calls.is_empty() {
            let text = "依頼や会員のページの「電話中メモ」に要連絡の日を入力すると、その日からここに並びます。";
            view! { <EmptyState title="要連絡のメモはありません" text /> }.into_any()
        } else {
            calls.into_iter().map(|call| one(call, today)).collect_view().into_any()
        };
        Ok(Page::new(
            "要連絡",
            view! {
                <PageHead title back="/desk" back_label="要対応に戻る" />
                {news}
                {list}
            },
        ))
    })
}

#[cfg(feature = "ssr")]
fn one(call: Callback, today: Date) -> impl IntoView {
    let (href, what) = match call.request_no {
        Some(no) => (format!("/desk/requests/{no}"), format!("依頼 {no} を開く")),
        None => (format!("/desk/members/{}", call.member_no), format!("会員 {} を開く", call.member_no)),
    };
    let name = format!("{} {}さん", call.family_name, call.given_name);
    let due = format!("{}から要連絡", japanese_date(call.due_on, today));
    let (id, to) = (call.id.to_string(), fresh::<CallMade>().to());
    let label = format!("{}さんに連絡した", call.family_name);
    view! {
        <Section title=name>
            <p class="kp-written">{call.text}</p>
            <p><Telephone number=call.telephone /></p>
            <p class="kp-note">{due}"（"{call.writer}" "<Moment at=call.written_at />"）"</p>
            <Form to>
                <Hidden name="callback" value=id />
                <Actions>
                    <Button>{label}</Button>
                    <a href=href>{what}</a>
                </Actions>
            </Form>
        </Section>
    }
}
