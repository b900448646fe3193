//! `/reports/EKH…/done`: the number and what happens next; as good on the second visit as on the first.

use super::details::{facts, sum};
use super::number;
use crate::page::{Page, page, redirect};
use crate::ui::{Actions, ButtonLink, ConfirmationPanel, DataList, DataRow, PhoneBox, Section, StatusTag};
use crate::visit::{param, visit};
use crate::words::{self, status};
use domain::actor::Party;
use domain::report::ReportStatus;
use leptos::prelude::*;
use service::report::ReportDetails;

/// `/reports/EKH…/done`
#[component]
pub fn ReportDonePage() -> impl IntoView {
    let no = param("no");
    page(async move {
        let visit = visit()?;
        let details = service::report::details(&visit.env, &visit.actor, number(&no)?).await?;
        let no = details.no;
        let writes = matches!(details.party, Party::Provider | Party::Coordinator);
        if !writes || details.submitted_at.is_none() {
            return redirect(&format!("/reports/{no}"));
        }
        let next = if details.status == ReportStatus::AwaitingApproval { waiting(&details) } else { now(&details) };
        let (facts, sum) = (facts(&details), sum(&details));
        let branch = visit.visitor.branch.clone();
        let call = branch.map(|branch| {
            view! { <PhoneBox branch lead="ご不明な点は、支部へお電話ください。" /> }
        });
        Ok(Page::new(
            "報告書を登録しました",
            view! {
                <ConfirmationPanel
                    title="報告書を登録しました"
                    number_label="報告書ID"
                    number=no.to_string()
                />
                {next}
                <Section title="登録した内容">{facts}</Section>
                {sum}
                {call}
                <p class="kp-note kp-screen-only">"控えが要るときは、このページを印刷してください。"</p>
                <Actions>
                    <ButtonLink href=format!("/reports/{no}")>"この報告書を見る"</ButtonLink>
                    <ButtonLink href="/reports">"一覧に戻る"</ButtonLink>
                </Actions>
            },
        )
        .about(Some(no)))
    })
}

fn waiting(details: &ReportDetails) -> AnyView {
    let family = words::person(details.family.as_ref().map_or("", |family| &family.family), "利用会員");
    view! {
        <Section title="このあとの流れ">
            <ol class="kp-prose">
                <li>{format!("{family}に、承認を依頼するメールが届きます。")}</li>
                <li>{format!("{family}が「承認」すると、お知らせします。報酬を受け取ってください。")}</li>
                <li>"受け取ったら「報酬受領」を押します。毎月5日までの分を、市に自動で申請します。"</li>
            </ol>
            <p>"承認がないときは、2日後と5日後に確認のお願いを送ります。"</p>
        </Section>
    }
    .into_any()
}

/// Where the report stands meanwhile, for whoever comes back to this page.
fn now(details: &ReportDetails) -> AnyView {
    let (report, reward) = (details.status, details.reward);
    view! {
        <Section title="いまの状態">
            <DataList>
                <DataRow term="報告書ステータス">
                    <StatusTag tone=status::report_tone(report) text=status::report(report) />
                </DataRow>
                <DataRow term="報酬受領ステータス">
                    <StatusTag tone=status::reward_tone(reward) text=status::reward(reward) />
                </DataRow>
            </DataList>
        </Section>
    }
    .into_any()
}
