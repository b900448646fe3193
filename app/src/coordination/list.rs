//! `/coordination`: コーディネート結果, the newsletter's cards.

use crate::page::{Page, page};
use crate::ui::{
    Card, CardList, CardRow, EmptyState, Label, Moment, Notice, NoticeKind, PageHead, Pager, StatusTag, When,
};
use crate::visit::{query, visit};
use crate::words::status;
use domain::request::CoordinationStatus;
use domain::time::{Date, Instant};
use leptos::prelude::*;
use service::coordination::ProviderCaseSummary;

/// `/coordination`
#[component]
pub fn CoordinationPage() -> impl IntoView {
    let after = query("after").and_then(|after| after.parse().ok());
    let returned = query("returned").is_some();
    page(async move {
        let visit = visit()?;
        let found = service::coordination::provider_cases(&visit.env, &visit.actor, after).await?;
        let (today, now) = (visit.env.clock.today(), visit.env.clock.now());
        let next = found.next.map(|after| format!("/coordination?after={after}"));
        let first = after.map(|_| "/coordination".to_owned());
        let news = returned.then(|| {
            view! {
                <Notice kind=NoticeKind::Success title="支部に伝えました" announce=true>
                    <p>"ほかの提供会員をお探しします。ご連絡ありがとうございました。"</p>
                </Notice>
            }
        });
        let body = if found.cases.is_empty() {
            view! {
                <EmptyState
                    title="コーディネート結果はまだありません"
                    text="お引き受けいただき、事前打合せの日が決まった援助がここに並びます。"
                />
            }
            .into_any()
        } else {
            let cards = found.cases.into_iter().map(|case| card(case, today, now)).collect_view();
            view! { <CardList>{cards}</CardList> }.into_any()
        };
        Ok(Page::new(
            "コーディネート結果",
            view! {
                <PageHead title="コーディネート結果" />
                {news}
                {body}
                <Pager first next />
            },
        ))
    })
}

fn card(case: ProviderCaseSummary, today: Date, now: Instant) -> impl IntoView {
    let tag = move || {
        view! {
            <span class="kp-hidden">"ステータス："</span>
            <StatusTag tone=status::request_tone(case.status) text=status::request(case.status) />
        }
    };
    let to_report = case.status == CoordinationStatus::Established && case.ends_at <= now && case.report.is_none();
    let action = if to_report { "援助活動報告書を作る" } else { "" };
    let report = case.report.map(|(no, state)| {
        view! { <CardRow term="報告書">{format!("{no}（{}）", status::report(state))}</CardRow> }
    });
    let meeting =
        case.meeting_at.map(|start| view! { <CardRow term="事前打合せ日"><When start end=None today /></CardRow> });
    view! {
        <Card
            title=Label::period(case.starts_at, case.ends_at, today)
            href=format!("/coordination/{}", case.no)
            over=format!("依頼ID {}", case.no)
            status=tag
            yours=to_report
            action
        >
            <CardRow term="会員番号">{case.member_no.to_string()}</CardRow>
            <CardRow term="利用会員氏名">{case.family_name}</CardRow>
            <CardRow term="希望する援助内容">{status::care_kind(case.care_kind)}</CardRow>
            {meeting}
            <CardRow term="依頼をした日"><Moment at=case.requested_at /></CardRow>
            <CardRow term="更新日時"><Moment at=case.updated_at /></CardRow>
            {report}
        </Card>
    }
}
