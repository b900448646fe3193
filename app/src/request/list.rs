//! `/requests`: 援助依頼一覧・登録.

use crate::page::{Page, page};
use crate::ui::{
    Actions, ButtonKind, ButtonLink, Card, CardList, CardRow, EmptyState, IconName, Label, Moment, PageHead, Pager,
    StatusTag,
};
use crate::visit::{query, visit};
use crate::words::status;
use domain::number::RequestNo;
use domain::time::Date;
use leptos::prelude::*;
use service::request::RequestSummary;

/// `/requests`
#[component]
pub fn RequestListPage() -> impl IntoView {
    let after = query("after").and_then(|no| RequestNo::parse(&no).ok());
    page(async move {
        let visit = visit()?;
        let list = service::request::list(&visit.env, &visit.actor, after).await?;
        let today = visit.env.clock.today();
        let next = list.next.map(|no| format!("/requests?after={no}"));
        let first = after.map(|_| "/requests".to_owned());
        let body = if list.requests.is_empty() {
            view! {
                <EmptyState
                    title="依頼はまだありません"
                    text="登録した依頼と、支部の調整の様子がここに並びます。"
                />
            }
            .into_any()
        } else {
            let cards = list.requests.into_iter().map(|request| card(request, today)).collect_view();
            view! { <CardList>{cards}</CardList> }.into_any()
        };
        Ok(Page::new(
            "援助依頼一覧・登録",
            view! {
                <PageHead title="援助依頼一覧・登録" />
                <Actions><ButtonLink href="/requests/new" kind=ButtonKind::Primary icon=IconName::Plus>
                        "預かり依頼を登録する"
                    </ButtonLink></Actions>
                {body}
                <Pager first next />
            },
        ))
    })
}

fn card(request: RequestSummary, today: Date) -> impl IntoView {
    let title = match (request.start, request.end) {
        (Some(start), Some(end)) => Label::period(start, end, today),
        _ => Label::from("日時は未入力"),
    };
    let tag = move || {
        view! {
            <span class="kp-hidden">"コーディネーターステータス："</span>
            <StatusTag tone=status::request_tone(request.status) text=status::request(request.status) />
        }
    };
    let is_draft = request.status == domain::request::CoordinationStatus::Draft;
    let href = if is_draft { format!("/requests/{}/edit", request.no) } else { format!("/requests/{}", request.no) };
    let action = if is_draft { "入力を続ける" } else { "" };
    let asked =
        (!is_draft).then(|| view! { <CardRow term="依頼をした日"><Moment at=request.requested_at /></CardRow> });
    view! {
        <Card title href over=format!("依頼ID {}　預けたい日", request.no) status=tag action>
            <CardRow term="預ける子どもの人数">{format!("{}人", request.children)}</CardRow>
            <CardRow term="希望する援助内容">{request.kind.map_or("未入力", status::care_kind)}</CardRow>
            {asked}
            <CardRow term="更新日時"><Moment at=request.updated_at /></CardRow>
        </Card>
    }
}
