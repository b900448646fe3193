//! `/requests/CDK…/done`: the number, what happens next, whom to call; as good on the second visit as on the first.

use super::details::facts;
use super::number;
use super::reach::{branch_box, hours_lines};
use crate::page::{Page, page, redirect};
use crate::ui::{Actions, ButtonLink, ConfirmationPanel, Section};
use crate::visit::{param, visit};
use crate::words::request as words;
use domain::request::CoordinationStatus;
use leptos::prelude::*;

/// `/requests/CDK…/done`
#[component]
pub fn RequestDonePage() -> impl IntoView {
    let no = param("no");
    page(async move {
        let visit = visit()?;
        let details = service::request::details(&visit.env, &visit.actor, number(&no)?).await?;
        let no = details.no;
        if details.status == CoordinationStatus::Draft {
            return redirect(&format!("/requests/{no}/edit"));
        }
        let branch = &details.reach.branch;
        // The page may be opened again at any later time: what comes next follows the case.
        let mut next = vec![words::waiting(details.status, &branch.name, &branch.hours_text)];
        next.extend(words::after(details.status).iter().map(|text| (*text).to_owned()));
        let next = next.into_iter().map(|text| view! { <li>{text}</li> }).collect_view();
        let lines =
            hours_lines(&details.reach, details.now).into_iter().map(|line| view! { <p>{line}</p> }).collect_view();
        let contact = branch_box(branch, "変更やお急ぎのご用は、お電話ください。");
        let facts = facts(&details);
        Ok(Page::new(
            "依頼を受け付けました",
            view! {
                <ConfirmationPanel title="依頼を受け付けました" number_label="依頼ID" number=no.to_string() />
                <Section title="このあとの流れ">
                    <div class="kp-prose"><ol>
                        {next}
                    </ol></div>
                </Section>
                {contact}
                <div class="kp-prose">{lines}</div>
                <Section title="登録した内容">{facts}</Section>
                <p class="kp-note kp-screen-only">
                    "控えが要るときは、このページを印刷してください。依頼IDと日時は、受信メールにもお送りしました。"
                </p>
                <Actions>
                    <ButtonLink href=format!("/requests/{no}")>"この依頼を見る"</ButtonLink>
                    <ButtonLink href="/requests">"援助依頼一覧へ"</ButtonLink>
                </Actions>
            },
        )
        .about(Some(no)))
    })
}
