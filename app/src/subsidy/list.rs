//! `/subsidies`: the provider's own reports, a coordinator's ward, every ward or one for the headquarters.

use crate::fault::Fault;
use crate::form::with_query;
use crate::page::{Page, page};
use crate::ui::{
    Card, CardList, CardRow, Cell, EmptyState, FilterLink, Filters, HeadCell, Label, Money, MoneyRow, MoneyTable,
    Notice, PageHead, Pager, Section, StatusTag, Table, Tone, When,
};
use crate::visit::{Visit, query, visit};
use crate::words::status;
use domain::policy::{Right, can};
use domain::subsidy::Slip;
use domain::time::{Date, japanese_date};
use leptos::prelude::*;
use service::subsidy::preview::{Place, Preview, ReportLine, SlipPlace, preview};

/// The last row of the page before.
fn after<I: std::str::FromStr>(name: &str) -> Option<I> {
    query(name).and_then(|id| id.parse().ok())
}

/// `/subsidies`
#[component]
pub fn SubsidyListPage() -> impl IntoView {
    let report = after("slip_after").map(SlipPlace::Report);
    let slip_after = after("unwritten_after").map(SlipPlace::Unwritten).or(report);
    let place = Place { ready_after: after("ready_after"), slip_after };
    page(async move {
        let visit = visit()?;
        let ward = ward_query(&visit);
        let preview = preview(&visit.env, &visit.actor, ward.as_deref(), place).await?;
        let filters = ward_filters(&visit, "/subsidies", ward.as_deref()).await?;
        let (staff, linked) = (visit.actor.member().is_none(), can(&visit.actor, Right::KeepMember));
        let today = visit.env.clock.today();
        let body = view! {
            <PageHead title="給付金申請一覧・請求申請" lead="請求申請は毎月5日に自動で行われます。" />
            {filters}
            {rule(&preview, today)}
            {sum(&preview)}
            {slips(&preview, (staff, linked), today, ward.as_deref(), place)}
            {ready(&preview, staff, today, ward.as_deref(), place)}
        };
        let page = Page::new("給付金申請一覧・請求申請", body);
        Ok(if staff { page.wide() } else { page })
    })
}

/// The ward chosen in the URL; only the headquarters choose.
pub(crate) fn ward_query(visit: &Visit) -> Option<String> {
    visit.visitor.query("ward").filter(|_| can(&visit.actor, Right::Oversee))
}

/// Links to every ward's view, for the headquarters; an unknown ward is no page.
pub(crate) async fn ward_filters(visit: &Visit, path: &str, ward: Option<&str>) -> Result<Option<AnyView>, Fault> {
    if !can(&visit.actor, Right::Oversee) {
        return Ok(None);
    }
    let branches = service::ward::all(&visit.env).await?;
    if ward.is_some_and(|chosen| branches.iter().all(|branch| branch.ward != chosen)) {
        return Err(Fault::NotFound);
    }
    let all = FilterLink { label: "全区".into(), href: path.to_owned(), current: ward.is_none(), count: None };
    let one = branches.into_iter().map(|branch| FilterLink {
        href: with_query(path, "ward", &branch.ward),
        current: ward == Some(branch.ward.as_str()),
        label: branch.ward_name,
        count: None,
    });
    let links: Vec<_> = std::iter::once(all).chain(one).collect();
    Ok(Some(view! { <Filters label="区" links /> }.into_any()))
}

fn rule(preview: &Preview, today: Date) -> impl IntoView + use<> {
    let last = preview.month.last_day();
    let text = format!(
        "{}までに「承認済」と「受領済」になった報告書が、{}月の請求に入ります。活動した月は問いません。",
        japanese_date(last, today),
        preview.month.month
    );
    view! { <Notice><p>{text}</p></Notice> }
}

/// What would be claimed, first of all, after what is about to be; what slips comes next, because there is something to do.
fn sum(preview: &Preview) -> impl IntoView + use<> {
    let label = format!("{}月の請求（{}件）", preview.month.month, preview.ready_count);
    let waiting = preview.waiting.map(|close| {
        let label = format!("{}月の請求（{}件、締め処理待ち）", close.month.month, close.count);
        MoneyRow::sum(label, close.yen).because("締め日までに済んだものです。まもなく、自動で請求申請します。")
    });
    let rows: Vec<_> = waiting.into_iter().chain([MoneyRow::total(label, preview.ready_yen)]).collect();
    view! { <MoneyTable caption="いま締めたときの請求額" rows /> }
}

/// The page of what is settled: what waits for a close whose cutoff has passed stands apart from what the next one takes.
fn ready(preview: &Preview, staff: bool, today: Date, ward: Option<&str>, place: Place) -> impl IntoView + use<> {
    let (waiting, next): (Vec<_>, Vec<_>) = preview.ready.iter().cloned().partition(|line| line.waits_for.is_some());
    let waiting = preview.waiting.filter(|_| !waiting.is_empty()).map(|close| {
        let title = format!("{}月の締め処理待ち", close.month.month);
        view! { <Section title>{ready_list(waiting, staff, today)}</Section> }
    });
    let title = format!("{}月の請求に入るもの", preview.month.month);
    let list = if preview.ready_count == 0 {
        view! {
            <EmptyState
                title="請求に入る報告書は、まだありません。"
                text="報告書が「承認済」になり、報酬が「受領済」になると、ここに出ます。"
            />
        }
        .into_any()
    } else {
        ready_list(next, staff, today)
    };
    let pager = pager(preview.ready_next.map(|id| ("ready_after", id.to_string())), place.ready_after.is_some(), ward);
    view! {
        {waiting}
        <Section title>
            {list}
            {pager}
        </Section>
    }
    .into_any()
}

fn ready_list(lines: Vec<ReportLine>, staff: bool, today: Date) -> AnyView {
    let rows = lines.into_iter();
    if rows.len() == 0 {
        return ().into_any();
    }
    if staff {
        let rows =
            rows.map(|line| view! { <tr>{staff_cells(&line, today, false)}{money_cells(&line)}</tr> }).collect_view();
        let head =
            staff_head(&[HeadCell::number("給付金"), HeadCell::number("おためし券"), HeadCell::number("請求額")]);
        view! { <Table caption="請求に入る報告書" head dense=true>{rows}</Table> }.into_any()
    } else {
        let cards = rows
            .map(|line| {
                let yen = line.benefit_yen + line.coupon_yen;
                view! {
                    <Card
                        over=line.report.clone()
                        title=period(&line, today)
                        href=format!("/reports/{}", line.report)
                        status=|| view! { <StatusTag tone=Tone::Good text="承認済・受領済" /> }
                    >
                        <CardRow term="利用会員">{line.family.clone()}</CardRow>
                        <CardRow term="給付金"><Money yen=line.benefit_yen /></CardRow>
                        {(line.coupon_yen > 0)
                            .then(|| view! { <CardRow term="おためし券の分"><Money yen=line.coupon_yen /></CardRow> })}
                        <CardRow term="請求額"><Money yen /></CardRow>
                    </Card>
                }
            })
            .collect_view();
        view! { <CardList>{cards}</CardList> }.into_any()
    }
}

fn slips(
    preview: &Preview,
    (staff, linked): (bool, bool),
    today: Date,
    ward: Option<&str>,
    place: Place,
) -> impl IntoView + use<> {
    let title = format!("まだ請求に入らないもの（{}件）", preview.slip_count);
    if preview.slip_count == 0 {
        return view! {
            <Section title="まだ請求に入らないもの">
                <EmptyState title="ありません。" text="手続きの途中の報告書があると、ここに理由が出ます。" />
            </Section>
        }
        .into_any();
    }
    let rows = preview.slips.iter().cloned();
    let list = if staff {
        let head = staff_head(&[HeadCell::new("理由")]);
        let rows = rows
            .map(|(slip, line)| {
                view! {
                    <tr>
                        {staff_cells(&line, today, linked)}
                        <Cell label="理由">
                            <StatusTag tone=Tone::Waiting text=status::slip(slip) />
                        </Cell>
                    </tr>
                }
            })
            .collect_view();
        view! { <Table caption="まだ請求に入らない報告書" head dense=true>{rows}</Table> }.into_any()
    } else {
        let cards = rows
            .map(|(slip, line)| {
                let (tone, action) = next_step(slip);
                let (over, href) = if slip == Slip::NotWritten {
                    (line.request.clone(), with_query("/reports/new", "request", &line.request))
                } else {
                    (line.report.clone(), format!("/reports/{}", line.report))
                };
                view! {
                    <Card
                        over
                        title=period(&line, today)
                        href
                        status=move || view! { <StatusTag tone text=status::slip(slip) /> }
                        action
                        yours={tone == Tone::Yours}
                    >
                        {(!line.family.is_empty())
                            .then(|| view! { <CardRow term="利用会員">{line.family.clone()}</CardRow> })}
                    </Card>
                }
            })
            .collect_view();
        view! { <CardList>{cards}</CardList> }.into_any()
    };
    let next = preview.slip_next.map(|next| match next {
        SlipPlace::Unwritten(id) => ("unwritten_after", id.to_string()),
        SlipPlace::Report(id) => ("slip_after", id.to_string()),
    });
    let pager = pager(next, place.slip_after.is_some(), ward);
    view! { <Section title>{list}{pager}</Section> }.into_any()
}

/// Whose turn it is, and what the provider does next about a report that slips.
const fn next_step(slip: Slip) -> (Tone, &'static str) {
    match slip {
        Slip::NotWritten => (Tone::Yours, "報告書を作る"),
        Slip::NotSubmitted => (Tone::Yours, "報告書を書いて登録する"),
        Slip::NotApproved => (Tone::Waiting, "報告書を見る"),
        Slip::RevisionRequested => (Tone::Yours, "報告書を直して登録する"),
        Slip::NotReceived => (Tone::Yours, "報酬の受領を登録する"),
    }
}

fn period(line: &ReportLine, today: Date) -> Label {
    line.period.map_or_else(|| Label::from("日時が未入力の報告書"), |(start, end)| Label::period(start, end, today))
}

fn staff_head(last: &[HeadCell]) -> Vec<HeadCell> {
    ["報告書ID・依頼ID", "活動日時", "提供会員", "利用会員"]
        .into_iter()
        .map(HeadCell::new)
        .chain(last.iter().cloned())
        .collect()
}

fn staff_cells(line: &ReportLine, today: Date, linked: bool) -> impl IntoView + use<> {
    let when = line
        .period
        .map(|(start, end)| view! { <When start end=Some(end) today /> }.into_any())
        .unwrap_or_else(|| "未入力".into_any());
    // An activity without a report is known by its 依頼ID; its page is the ward's, not the headquarters'.
    let link = match (line.report.is_empty(), linked) {
        (false, _) => view! { <a href=format!("/reports/{}", line.report)>{line.report.clone()}</a> }.into_any(),
        (true, true) => {
            view! { <a href=format!("/desk/requests/{}", line.request)>{line.request.clone()}</a> }.into_any()
        }
        (true, false) => line.request.clone().into_any(),
    };
    let (provider, family) = (format!("{}（{}）", line.provider, line.provider_no), line.family.clone());
    view! {
        <Cell label="報告書ID・依頼ID" main=true>{link}</Cell>
        <Cell label="活動日時">{when}</Cell>
        <Cell label="提供会員">{provider}</Cell>
        <Cell label="利用会員">{family}</Cell>
    }
}

fn money_cells(line: &ReportLine) -> impl IntoView + use<> {
    let (benefit, coupon) = (line.benefit_yen, line.coupon_yen);
    view! {
        <Cell label="給付金" numeric=true><Money yen=benefit /></Cell>
        <Cell label="おためし券" numeric=true><Money yen=coupon /></Cell>
        <Cell label="請求額" numeric=true><Money yen=benefit + coupon /></Cell>
    }
}

fn pager(next: Option<(&'static str, String)>, later: bool, ward: Option<&str>) -> impl IntoView + use<> {
    let path = ward.map_or_else(|| "/subsidies".to_owned(), |ward| with_query("/subsidies", "ward", ward));
    let first = later.then(|| path.clone());
    let next = next.map(|(name, after)| with_query(&path, name, &after));
    view! { <Pager first next /> }
}
