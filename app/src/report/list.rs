//! `/reports`: 援助活動報告一覧・登録 for the provider, 援助活動報告一覧 for the family, the ward's for the branch.

use crate::form::with_query;
use crate::page::{Page, page};
use crate::ui::{
    ButtonKind, ButtonLink, Card, CardList, CardRow, Cell, EmptyState, FilterLink, Filters, HeadCell, IconName, Label,
    Moment, Money, PageHead, Pager, StatusTag, Table, Tone, When,
};
use crate::visit::{query, visit};
use crate::words::status;
use domain::policy::{Right, can};
use domain::report::{ReportStatus, RewardStatus};
use domain::time::Date;
use leptos::prelude::*;
use service::report::{ReportList, ReportSummary, Side};

/// `/reports`
#[component]
pub fn ReportListPage() -> impl IntoView {
    let side = if query("side").as_deref() == Some("family") { Side::Family } else { Side::Provider };
    let wanted = query("status").and_then(|key| ReportStatus::from_key(&key));
    let after = query("after").and_then(|id| id.parse().ok());
    page(async move {
        let visit = visit()?;
        let list = service::report::list(&visit.env, &visit.actor, side, wanted, after).await?;
        let here = address(&list, wanted);
        let first = after.map(|_| here.clone());
        let next = list.next.map(|id| with_query(&here, "after", &id.to_string()));
        let title =
            if list.side == Side::Family { "援助活動報告一覧" } else { "援助活動報告一覧・登録" };
        let writes = list.side != Side::Family && can(&visit.actor, Right::BeginReport);
        let new = writes.then(|| {
            view! {
                <p>
                    <ButtonLink href="/reports/new" kind=ButtonKind::Primary icon=IconName::Plus>
                        "援助活動報告書を作る"
                    </ButtonLink>
                </p>
            }
        });
        let tabs = list.both.then(|| tabs(list.side));
        let filters = (list.side == Side::Staff).then(|| filters(wanted));
        let wide = list.side == Side::Staff;
        let body = body(list, can(&visit.actor, Right::Oversee));
        let page = Page::new(
            "援助活動報告一覧",
            view! {
                <PageHead title />
                {tabs}
                {new}
                {filters}
                {body}
                <Pager first next />
            },
        );
        Ok(if wide { page.wide() } else { page })
    })
}

fn address(list: &ReportList, wanted: Option<ReportStatus>) -> String {
    let mut path = "/reports".to_owned();
    if list.both && list.side == Side::Family {
        path = with_query(&path, "side", "family");
    }
    if let Some(wanted) = wanted {
        path = with_query(&path, "status", wanted.key());
    }
    path
}

/// The two lists of a 両方会員.
fn tabs(side: Side) -> impl IntoView {
    let link = |label: &str, href: &str, own: Side| FilterLink {
        label: label.to_owned(),
        href: href.to_owned(),
        current: side == own,
        count: None,
    };
    let links = vec![
        link("提供会員として", "/reports", Side::Provider),
        link("利用会員として", "/reports?side=family", Side::Family),
    ];
    view! { <Filters label="どちらの報告書か" links /> }
}

fn filters(wanted: Option<ReportStatus>) -> impl IntoView {
    let all = FilterLink { label: "すべて".into(), href: "/reports".into(), current: wanted.is_none(), count: None };
    let links = std::iter::once(all)
        .chain(ReportStatus::ALL.iter().map(|status| FilterLink {
            label: status::report(*status).to_owned(),
            href: with_query("/reports", "status", status.key()),
            current: wanted == Some(*status),
            count: None,
        }))
        .collect();
    view! { <Filters label="報告書ステータス" links /> }
}

fn body(list: ReportList, hq: bool) -> AnyView {
    let (side, today) = (list.side, list.today);
    if list.rows.is_empty() {
        let text = match side {
            Side::Provider => "成立した活動が終わったら、ここから報告書を作ります。",
            Side::Family => "提供会員が登録した報告書が、ここに並びます。届いたらメールでお知らせします。",
            Side::Staff => "この区分の報告書が、ここに並びます。",
        };
        return view! { <EmptyState title="報告書はまだありません" text /> }.into_any();
    }
    if side == Side::Staff {
        let head = ["報告書ID", "状態", "活動", "利用会員", "提供会員"].map(HeadCell::new).into_iter();
        let ward = hq.then(|| HeadCell::new("区"));
        let money = ["利用会員が払う", "給付金"].map(HeadCell::number).into_iter();
        let head = head.chain(ward).chain(money).chain([HeadCell::new("更新日時")]).collect();
        let rows = list.rows.into_iter().map(|row| staff_row(row, today, hq)).collect_view();
        return view! { <Table caption="援助活動報告" head dense=true>{rows}</Table> }.into_any();
    }
    let cards = list.rows.into_iter().map(|row| card(row, side, today)).collect_view();
    view! { <CardList>{cards}</CardList> }.into_any()
}

/// Whose turn it is decides the tone: one's own stands out.
fn tone(row: &ReportSummary, side: Side) -> (bool, Tone) {
    let yours = match (side, row.status) {
        (Side::Family, ReportStatus::AwaitingApproval) => true,
        (Side::Provider, ReportStatus::RevisionRequested) => true,
        (Side::Provider, ReportStatus::Approved) => row.reward == RewardStatus::NotReceived,
        _ => false,
    };
    let turn = yours && row.status != ReportStatus::Approved;
    (yours, if turn { Tone::Yours } else { status::report_tone(row.status) })
}

fn tags(row: &ReportSummary, side: Side) -> impl IntoView + use<> {
    let (yours, tone) = tone(row, side);
    let (status, reward) = (row.status, row.reward);
    let reward_tone = if yours && status == ReportStatus::Approved { Tone::Yours } else { status::reward_tone(reward) };
    view! {
        <span class="kp-report__statuses">
            <span class="kp-hidden">"報告書ステータス："</span>
            <StatusTag tone text=status::report(status) />
            <span class="kp-hidden">"報酬受領ステータス："</span>
            <StatusTag tone=reward_tone text=status::reward(reward) />
        </span>
    }
}

fn card(row: ReportSummary, side: Side, today: Date) -> impl IntoView {
    let title = match (row.start, row.end) {
        (Some(start), Some(end)) => Label::period(start, end, today),
        _ => Label::from("日時は未入力"),
    };
    let (yours, _) = tone(&row, side);
    let editable = side == Side::Provider && row.status.is_editable();
    let href = if editable { format!("/reports/{}/edit", row.no) } else { format!("/reports/{}", row.no) };
    let action = match (side, row.status) {
        (Side::Family, ReportStatus::AwaitingApproval) => "内容を確認する",
        (Side::Provider, ReportStatus::RevisionRequested) => "修正する",
        (Side::Provider, ReportStatus::Draft) => "入力を続ける",
        (Side::Provider, ReportStatus::Approved) if yours => "報酬受領を登録する",
        _ => "",
    };
    let (term, other) = match side {
        Side::Family => ("提供会員", Some(row.provider.clone())),
        Side::Provider | Side::Staff => ("利用会員", row.family.clone()),
    };
    let request = row.request.map_or_else(|| "未選択".to_owned(), |no| no.to_string());
    // A draft without its times has no amounts yet; 0円 would be a lie.
    let calculated = row.start.is_some() && row.end.is_some();
    let (user_pays, benefit, before_tickets) = (row.user_pays, row.benefit, row.before_tickets);
    let benefit = (calculated && side == Side::Provider)
        .then(|| view! { <CardRow term="市の給付金"><Money yen=benefit /></CardRow> });
    let pays = calculated.then(|| {
        let term = if side == Side::Family { "お支払い" } else { "利用会員が払う" };
        let before = before_tickets.then(|| view! { <span class="kp-note">"（おためし券を使う前）"</span> });
        view! { <CardRow term><Money yen=user_pays />{before}</CardRow> }
    });
    let head = tags(&row, side);
    view! {
        <Card title href over=row.no.to_string() status=move || head action yours>
            <CardRow term>{other.unwrap_or_else(|| "未選択".to_owned())}</CardRow>
            <CardRow term="依頼ID">{request}</CardRow>
            {pays}
            {benefit}
        </Card>
    }
}

fn staff_row(row: ReportSummary, today: Date, hq: bool) -> impl IntoView {
    let tags = tags(&row, Side::Staff);
    let when = row.start.map(|start| view! { <When start end=row.end today /> });
    let ward = hq.then(|| view! { <Cell label="区">{row.ward.clone()}</Cell> });
    view! {
        <tr>
            <Cell label="報告書ID" main=true>
                <a href=format!("/reports/{}", row.no)>{row.no.to_string()}</a>
            </Cell>
            <Cell label="状態">{tags}</Cell>
            <Cell label="活動">{when}</Cell>
            <Cell label="利用会員">{row.family}</Cell>
            <Cell label="提供会員">{row.provider}</Cell>
            {ward}
            <Cell label="利用会員が払う" numeric=true><Money yen=row.user_pays /></Cell>
            <Cell label="給付金" numeric=true><Money yen=row.benefit /></Cell>
            <Cell label="更新日時"><Moment at=row.updated_at /></Cell>
        </tr>
    }
}
