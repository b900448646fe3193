//! `/claims`: by month; one's own, the ward's, or the city's with a filter by ward.

use crate::form::with_query;
use crate::page::{Page, page};
use crate::subsidy::{ward_filters, ward_query};
use crate::ui::{
    Card, CardList, CardRow, Cell, Day, EmptyState, FilterLink, Filters, HeadCell, Money, MoneyRow, MoneyTable,
    PageHead, Pager, StatusTag, Table, Tone,
};
use crate::visit::{query, visit};
use crate::words::{self, status};
use domain::subsidy::YearMonth;
use domain::time::Date;
use leptos::prelude::*;
use service::subsidy::claims::{ClaimFilter, ClaimSummary, MonthSum, list};

const TITLE: &str = "給付金請求申請一覧";

/// `/claims`
#[component]
pub fn ClaimListPage() -> impl IntoView {
    let month = query("month").as_deref().and_then(YearMonth::parse);
    let after = query("after");
    page(async move {
        let visit = visit()?;
        let ward = ward_query(&visit);
        let filter = ClaimFilter { month, ward: ward.clone(), after: after.clone() };
        let found = list(&visit.env, &visit.actor, &filter).await?;
        let wards = ward_filters(&visit, "/claims", ward.as_deref()).await?;
        let staff = visit.actor.member().is_none();
        let today = visit.env.clock.today();
        let here = ward.as_deref().map_or_else(|| "/claims".to_owned(), |ward| with_query("/claims", "ward", ward));
        let pager = {
            let here = month.map_or_else(|| here.clone(), |month| with_query(&here, "month", &month.to_string()));
            let first = after.map(|_| here.clone());
            let next = found.next.clone().map(|after| with_query(&here, "after", &after));
            view! { <Pager first next /> }
        };
        let claims = if found.claims.is_empty() {
            view! {
                <EmptyState
                    title="請求申請は、まだありません。"
                    text="請求申請は毎月5日に自動で行われ、翌日からここに出ます。"
                    action=|| view! { <a href="/subsidies">"給付金申請一覧を見る"</a> }
                />
            }
            .into_any()
        } else if staff {
            table(found.claims, today).into_any()
        } else {
            cards(found.claims, today).into_any()
        };
        let body = view! {
            <PageHead title=TITLE lead="請求申請は毎月5日に自動で行われます。" />
            {wards}
            {months(&found.months, month, &here)}
            {total(&found.months, month)}
            {claims}
            {pager}
        };
        let page = Page::new(TITLE, body);
        Ok(if staff { page.wide() } else { page })
    })
}

fn months(sums: &[MonthSum], chosen: Option<YearMonth>, here: &str) -> impl IntoView + use<> {
    let all = FilterLink { label: "すべて".into(), href: here.to_owned(), current: chosen.is_none(), count: None };
    let one = sums.iter().map(|sum| FilterLink {
        label: words::month(sum.month),
        href: with_query(here, "month", &sum.month.to_string()),
        current: chosen == Some(sum.month),
        count: u64::try_from(sum.count).ok(),
    });
    let links: Vec<_> = std::iter::once(all).chain(one).collect();
    (!sums.is_empty()).then(|| view! { <Filters label="締めの月" links /> })
}

/// The yen of the month chosen, or of every month.
fn total(sums: &[MonthSum], chosen: Option<YearMonth>) -> impl IntoView + use<> {
    let shown = sums.iter().filter(|sum| chosen.is_none_or(|month| sum.month == month));
    let rows: Vec<MoneyRow> = shown
        .map(|sum| {
            let label = format!("{}の請求（{}件）", words::month(sum.month), sum.count);
            if chosen.is_some() { MoneyRow::total(label, sum.yen) } else { MoneyRow::sum(label, sum.yen) }
        })
        .collect();
    (!rows.is_empty()).then(|| view! { <MoneyTable caption="請求額の合計" rows /> })
}

fn table(claims: Vec<ClaimSummary>, today: Date) -> impl IntoView {
    let head = vec![
        HeadCell::new("請求申請番号"),
        HeadCell::new("締めの月"),
        HeadCell::new("区"),
        HeadCell::new("提供会員"),
        HeadCell::new("ステータス"),
        HeadCell::number("報告書"),
        HeadCell::number("請求額"),
        HeadCell::new("請求した日"),
    ];
    let rows = claims
        .into_iter()
        .map(|claim| {
            view! {
                <tr>
                    <Cell label="請求申請番号" main=true>
                        <a href=format!("/claims/{}", claim.no)>{claim.no.clone()}</a>
                    </Cell>
                    <Cell label="締めの月">{words::month(claim.month)}</Cell>
                    <Cell label="区">{claim.ward}</Cell>
                    <Cell label="提供会員">{format!("{}（{}）", claim.provider, claim.provider_no)}</Cell>
                    <Cell label="ステータス"><StatusTag tone=Tone::Done text=status::claim(claim.status) /></Cell>
                    <Cell label="報告書" numeric=true>{format!("{}件", claim.line_count)}</Cell>
                    <Cell label="請求額" numeric=true><Money yen=claim.total_yen /></Cell>
                    <Cell label="請求した日"><Day date=claim.submitted_at.date() today /></Cell>
                </tr>
            }
        })
        .collect_view();
    view! { <Table caption="請求申請" head dense=true>{rows}</Table> }
}

fn cards(claims: Vec<ClaimSummary>, today: Date) -> impl IntoView {
    let cards = claims
        .into_iter()
        .map(|claim| {
            let tag = status::claim(claim.status);
            view! {
                <Card
                    over=claim.no.clone()
                    title=format!("{}の請求", words::month(claim.month))
                    href=format!("/claims/{}", claim.no)
                    status=move || view! { <StatusTag tone=Tone::Done text=tag /> }
                    action="内訳を見る"
                >
                    <CardRow term="請求額"><Money yen=claim.total_yen /></CardRow>
                    <CardRow term="報告書">{format!("{}件", claim.line_count)}</CardRow>
                    <CardRow term="請求した日"><Day date=claim.submitted_at.date() today /></CardRow>
                </Card>
            }
        })
        .collect_view();
    view! { <CardList>{cards}</CardList> }
}
