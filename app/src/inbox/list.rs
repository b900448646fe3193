//! `/inbox`: one's own messages, the latest first. An unread one opens by a button, which marks it; a read one by a link.

use super::api::{OpenMail, ReadAll};
use crate::form::{fresh, with_query};
use crate::page::{Page, page};
use crate::ui::{
    Actions, Button, EmptyState, Form, Hidden, Moment, Notice, NoticeKind, PageHead, Pager, StatusTag, Tone,
};
use crate::visit::{query, visit};
use leptos::prelude::*;
use service::inbox::{MailSummary, list};

/// `/inbox`
#[component]
pub fn InboxPage() -> impl IntoView {
    let after = query("after").and_then(|id| id.parse().ok());
    let done = query("done").is_some();
    page(async move {
        let visit = visit()?;
        let found = list(&visit.env, &visit.actor, after).await?;
        let lead = match found.unread {
            0 => "未読のメールはありません。".to_owned(),
            unread => format!("未読が{unread}件あります。"),
        };
        let first = after.map(|_| "/inbox".to_owned());
        let next = found.next.map(|after| with_query("/inbox", "after", &after.to_string()));
        let news = done.then(|| {
            view! { <Notice kind=NoticeKind::Success title="すべて既読にしました" announce=true /> }
        });
        // On a later page the newest message is not at hand.
        let newest = found.messages.iter().map(|mail| mail.id).max().filter(|_| found.unread > 0 && after.is_none());
        let all = newest.map(|newest| {
            view! {
                <Form to={fresh::<ReadAll>().to()}>
                    <Hidden name="newest" value=newest.to_string() />
                    <Actions><Button>"すべて既読にする"</Button></Actions>
                </Form>
            }
        });
        let mails = if found.messages.is_empty() {
            view! {
                <EmptyState
                    title="メールは、まだありません。"
                    text="依頼や報告書が進むと、お知らせがここに届きます。登録したメールアドレスにも同じものが届きます。"
                />
            }
            .into_any()
        } else {
            let rows = found.messages.into_iter().map(row).collect_view();
            view! { <ul class="kp-mails">{rows}</ul> }.into_any()
        };
        let body = view! { <PageHead title="受信メール" lead />{news}{all}{mails}<Pager first next /> };
        Ok(Page::new("受信メール", body))
    })
}

fn row(mail: MailSummary) -> impl IntoView {
    let at = view! { <span class="kp-mail__time"><Moment at=mail.at /></span> };
    if mail.unread {
        return view! {
            <li class="kp-mail kp-mail--unread">
                <Form to={fresh::<OpenMail>().to()}>
                    <Hidden name="mail" value=mail.id.to_string() />
                    <button class="kp-mail__open">
                        <StatusTag tone=Tone::New text="未読" />
                        <span class="kp-mail__subject">{mail.subject}</span>
                        {at}
                    </button>
                </Form>
            </li>
        }
        .into_any();
    }
    view! {
        <li class="kp-mail">
            <a class="kp-mail__open" href=format!("/inbox/{}", mail.id)>
                <span class="kp-mail__subject">{mail.subject}</span>
                {at}
            </a>
        </li>
    }
    .into_any()
}
