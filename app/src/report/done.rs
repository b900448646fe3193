//! `/reports/EKH…/done`: the number and what happens next; as good on the second visit as on the first.

use super::details::facts;
use super::number;
use crate::page::{Page, page, redirect};
use crate::ui::{Actions, ButtonLink, ConfirmationPanel, Section};
use crate::visit::{param, visit};
use domain::actor::Party;
use domain::report::ReportStatus;
use leptos::prelude::*;

/// `/reports/EKH…/done`
#[component]
pub fn ReportDonePage() -> impl IntoView {
    let no = param("no");
    page(async move {
        let visit = visit()?;
        let details = service::report::details(&visit.env, &visit.actor, number(&no)?).await?;
        let no = details.no;
        let writes = matches!(details.party, Party::Provider | Party::Coordinator);
        if !writes || details.status != ReportStatus::AwaitingApproval {
            return redirect(&format!("/reports/{no}"));
        }
        let family = details.family.as_ref().map_or("利用会員", |family| family.family.as_str()).to_owned();
        let facts = facts(&details);
        Ok(Page::new(
            "報告書を登録しました",
            view! {
                <ConfirmationPanel
                    title="報告書を登録しました"
                    number_label="報告書ID"
                    number=no.to_string()
                />
                <Section title="このあとの流れ">
                    <ol class="kp-prose">
                        <li>{format!("{family}さんに、承認を依頼するメールが届きます。")}</li>
                        <li>{format!("{family}さんが「承認」すると、お知らせします。報酬を受け取ってください。")}</li>
                        <li>"受け取ったら「報酬受領」を押します。毎月5日までの分を、市に自動で申請します。"</li>
                    </ol>
                </Section>
                <Section title="登録した内容">{facts}</Section>
                <p class="kp-note kp-screen-only">"控えが要るときは、このページを印刷してください。"</p>
                <Actions>
                    <ButtonLink href=format!("/reports/{no}")>"この報告書を見る"</ButtonLink>
                    <ButtonLink href="/reports">"一覧に戻る"</ButtonLink>
                </Actions>
            },
        ))
    })
}
