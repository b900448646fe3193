//! `/claims/KSK…`: a claim with its lines.

use crate::page::{Page, page};
use crate::ui::{
    Card, CardList, CardRow, Cell, DataList, DataRow, HeadCell, Label, Moment, Money, MoneyRow, MoneyTable, PageHead,
    Section, StatusTag, Table, Tone, When,
};
use crate::visit::{param, visit};
use crate::words::{self, status};
use domain::time::Date;
use leptos::prelude::*;
use service::subsidy::claims::{ClaimLine, details};

/// `/claims/KSK…`
#[component]
pub fn ClaimPage() -> impl IntoView {
    let no = param("no");
    page(async move {
        let visit = visit()?;
        let claim = details(&visit.env, &visit.actor, &no).await?;
        let staff = visit.actor.member().is_none();
        let today = visit.env.clock.today();
        let summary = claim.summary;
        let tag = status::claim(summary.status);
        let total = MoneyRow::total(format!("合計（{}件）", summary.line_count), summary.total_yen);
        let lines = if staff { table(claim.lines, today).into_any() } else { cards(claim.lines, today).into_any() };
        let body = view! {
            <PageHead
                title=format!("{}の請求申請", words::month(summary.month))
                over=summary.no.clone()
                back="/claims"
                aside=move || view! { <StatusTag tone=Tone::Done text=tag /> }
            />
            <DataList>
                <DataRow term="提供会員">{format!("{}（{}）", summary.provider, summary.provider_no)}</DataRow>
                <DataRow term="区">{summary.ward}</DataRow>
                <DataRow term="請求した日時"><Moment at=summary.submitted_at /></DataRow>
            </DataList>
            <MoneyTable caption="請求額" rows=vec![total] />
            <Section title="内訳（給付金申請）">{lines}</Section>
        };
        let page = Page::new("給付金請求申請", body);
        Ok(if staff { page.wide() } else { page })
    })
}

fn when(line: &ClaimLine, today: Date) -> impl IntoView + use<> {
    line.period.map(|(start, end)| view! { <When start end=Some(end) today /> })
}

fn table(lines: Vec<ClaimLine>, today: Date) -> impl IntoView {
    let head = vec![
        HeadCell::new("報告書ID"),
        HeadCell::new("活動日時"),
        HeadCell::new("利用会員"),
        HeadCell::new("ステータス"),
        HeadCell::number("給付金"),
        HeadCell::number("おためし券"),
        HeadCell::number("請求額"),
    ];
    let rows = lines
        .into_iter()
        .map(|line| {
            let when = when(&line, today);
            view! {
                <tr>
                    <Cell label="報告書ID" main=true>
                        <a href=format!("/reports/{}", line.report)>{line.report.clone()}</a>
                    </Cell>
                    <Cell label="活動日時">{when}</Cell>
                    <Cell label="利用会員">{line.family}</Cell>
                    <Cell label="ステータス">
                        <StatusTag tone=Tone::Done text=status::subsidy_line(line.status) />
                    </Cell>
                    <Cell label="給付金" numeric=true><Money yen=line.benefit_yen /></Cell>
                    <Cell label="おためし券" numeric=true><Money yen=line.coupon_yen /></Cell>
                    <Cell label="請求額" numeric=true><Money yen=line.yen /></Cell>
                </tr>
            }
        })
        .collect_view();
    view! { <Table caption="報告書ごとの内訳" head dense=true>{rows}</Table> }
}

fn cards(lines: Vec<ClaimLine>, today: Date) -> impl IntoView {
    let cards = lines
        .into_iter()
        .map(|line| {
            let tag = status::subsidy_line(line.status);
            let title = line
                .period
                .map_or_else(|| Label::from(line.report.clone()), |(start, end)| Label::period(start, end, today));
            view! {
                <Card
                    over=line.report.clone()
                    title
                    href=format!("/reports/{}", line.report)
                    status=move || view! { <StatusTag tone=Tone::Done text=tag /> }
                >
                    <CardRow term="利用会員">{line.family}</CardRow>
                    <CardRow term="給付金"><Money yen=line.benefit_yen /></CardRow>
                    {(line.coupon_yen > 0)
                        .then(|| view! { <CardRow term="おためし券の分"><Money yen=line.coupon_yen /></CardRow> })}
                    <CardRow term="請求額"><Money yen=line.yen /></CardRow>
                </Card>
            }
        })
        .collect_view();
    view! { <CardList>{cards}</CardList> }
}
