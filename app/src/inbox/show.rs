//! `/inbox/…`: one message.

use super::api::OpenMail;
use crate::fault::Fault;
use crate::form::fresh;
use crate::page::{Page, page};
use crate::ui::{Actions, Button, ButtonKind, ButtonLink, Form, Hidden, Moment, PageHead};
use crate::visit::{param, visit};
use leptos::prelude::*;
use service::inbox::details;

/// `/inbox/…`
#[component]
pub fn MailPage() -> impl IntoView {
    let id = param("id");
    page(async move {
        let visit = visit()?;
        let id = id.parse().map_err(|_| Fault::NotFound)?;
        let mail = details(&visit.env, &visit.actor, id).await?;
        let lines = mail.body.lines().map(|line| view! { <p>{line.to_owned()}</p> }).collect_view();
        let link = mail.link.path();
        let link = link.map(|href| view! { <ButtonLink href kind=ButtonKind::Primary>"内容を見る"</ButtonLink> });
        let mark = mail.summary.unread.then(|| {
            view! {
                <Form to={fresh::<OpenMail>().to()}>
                    <Hidden name="mail" value=id.to_string() />
                    <Button kind=ButtonKind::Text>"既読にする"</Button>
                </Form>
            }
        });
        let body = view! {
            <PageHead title=mail.summary.subject.clone() back="/inbox" back_label="受信メールに戻る" />
            <p class="kp-mail__time"><Moment at=mail.summary.at /></p>
            <div class="kp-mail__body">{lines}</div>
            <Actions>{link}</Actions>
            {mark}
        };
        Ok(Page::new("受信メール", body))
    })
}
