//! `/desk/requests/check?form=…`: a caller's request read back, right before it is entered.

use super::api::EnterRequest;
use super::entry;
use crate::fault::Fault;
use crate::form::{kept, sent_again, with_query};
use crate::page::{Page, page, redirect};
use crate::request::answers::{cost, rows};
use crate::ui::{Actions, Button, ButtonKind, CheckAnswers, CheckRow, Form, Notice, NoticeKind, PageHead};
use crate::visit::{query, visit};
use crate::words::{self, coordination, request};
use domain::number::RequestNo;
use leptos::prelude::*;
use service::coordination::EntryPage;

/// `/desk/requests/check`
#[component]
pub fn DeskCheckPage() -> impl IntoView {
    let token = query("form").unwrap_or_default();
    page(async move {
        let visit = visit()?;
        let kept = kept::<EnterRequest>().await;
        let sent = kept.fields();
        let Some(member) = entry::member(sent) else { return redirect("/desk/requests/new") };
        let edit = with_query(&entry::path(member), "form", &token);
        let entry = entry::from_submitted(member, sent);
        let check = service::coordination::check_entry(&visit.env, &visit.actor, &entry).await;
        let check = match check.map_err(Fault::from) {
            Ok(check) => check,
            Err(Fault::Invalid(_)) => return redirect(&edit),
            Err(fault) => return Err(fault),
        };
        let rates = service::tariff::load(&visit.env).await?;
        let mut answers = vec![
            CheckRow::new("利用会員", caller(&check.page), ""),
            CheckRow::new("連絡の方法", words::channel(entry.channel), format!("{edit}#channel")),
        ];
        answers.extend(rows(&check.wanted, &edit, check.page.today, &rates));
        let hint = request::branch_hint(check.wanted.start, check.now)
            .map(|(kind, title, text)| view! { <Notice kind title><p>{text}</p></Notice> });
        let twice = (!check.same_time.is_empty()).then(|| twice(&check.same_time));
        Ok(Page::new(
            "入力内容の確認",
            view! {
                <PageHead
                    title="入力内容の確認"
                    lead=coordination::read_back(entry.channel)
                    back=edit
                    back_label="入力に戻る"
                />
                {twice}
                {hint}
                <CheckAnswers rows=answers />
                {cost(&check.wanted, &rates)}
                <Form to=kept.to()>
                    {sent_again(&kept)}
                    <Actions>
                        <Button kind=ButtonKind::Primary name="do" value="enter">"この依頼を受け付ける"</Button>
                    </Actions>
                </Form>
            },
        ))
    })
}

fn caller(member: &EntryPage) -> String {
    format!("{}（{}）\n{}　{}\n{}", member.name, member.kana, member.no, member.town, member.telephone)
}

/// The member's other requests at that time: the family may have sent the same one from the web.
fn twice(others: &[RequestNo]) -> impl IntoView + use<> {
    let links = others
        .iter()
        .map(|no| {
            let href = format!("/desk/requests/{no}");
            view! { <li><a href=href>{no.to_string()}</a></li> }
        })
        .collect_view();
    view! {
        <Notice kind=NoticeKind::Warning title="この会員には、同じ時間の依頼があります">
            <p>"同じ依頼を二度受け付けないように、確かめてください。"</p>
            <ul>{links}</ul>
        </Notice>
    }
}
