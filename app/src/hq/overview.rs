//! `/hq`: every ward on one line, and the last closes.

use crate::form::with_query;
use crate::page::{Page, page};
use crate::ui::{Cell, EmptyState, HeadCell, Moment, Money, Notice, PageHead, Section, Table};
use crate::visit::visit;
use crate::words;
use domain::money::grouped;
use domain::time::japanese_date;
use leptos::prelude::*;
use service::subsidy::overview::{CloseRun, Overview, WardLine, overview};

/// `/hq`
#[component]
pub fn HqPage() -> impl IntoView {
    page(async move {
        let visit = visit()?;
        let found = overview(&visit.env, &visit.actor).await?;
        let today = visit.env.clock.today();
        let last_day = found.month.last_day();
        let rule =
            format!("次の締めは{}の終わりです。翌日の0時5分に、自動で請求申請します。", japanese_date(last_day, today));
        let waiting = found.waiting.map(|close| {
            let (month, yen) = (close.month.month, grouped(close.yen));
            view! { <p>{format!("{month}月の締めは、締め処理待ちです（{}件、{yen}円）。", close.count)}</p> }
        });
        let body = view! {
            <PageHead title="本部" lead="各区の依頼、報告、給付金のようすです。" />
            <Notice><p>{rule}</p>{waiting}</Notice>
            {wards(&found)}
            {runs(found.runs)}
        };
        Ok(Page::new("本部", body).wide())
    })
}

fn wards(found: &Overview) -> impl IntoView + use<> {
    let ready = format!("{}月に請求する額", found.month.month);
    let claimed =
        found.runs.first().map_or_else(|| "前回の請求".to_owned(), |run| format!("{}月の請求", run.month.month));
    let head = vec![
        HeadCell::new("区"),
        HeadCell::number("調整中の依頼"),
        HeadCell::number("成立"),
        HeadCell::number("手続き中の報告書"),
        HeadCell::number("請求に入る報告書"),
        HeadCell::number(ready.clone()),
        HeadCell::number(claimed.clone()),
    ];
    let sum = |of: fn(&WardLine) -> i64| found.wards.iter().map(of).sum::<i64>();
    let city = WardLine {
        code: String::new(),
        name: "全区".into(),
        open_requests: sum(|ward| ward.open_requests),
        established: sum(|ward| ward.established),
        waiting_reports: sum(|ward| ward.waiting_reports),
        ready_reports: sum(|ward| ward.ready_reports),
        ready_yen: sum(|ward| ward.ready_yen),
        passed_reports: sum(|ward| ward.passed_reports),
        passed_yen: sum(|ward| ward.passed_yen),
        claims: sum(|ward| ward.claims),
        claimed_yen: sum(|ward| ward.claimed_yen),
    };
    let (busy, quiet): (Vec<_>, Vec<_>) = found.wards.iter().cloned().partition(|ward| {
        let now = ward.open_requests + ward.established + ward.waiting_reports + ward.ready_reports;
        now + ward.passed_reports + ward.claims > 0
    });
    let quiet = quiet.into_iter().map(|ward| ward.name).collect::<Vec<_>>().join("、");
    let quiet = (!quiet.is_empty()).then(|| view! { <p>{format!("いま動きのない区：{quiet}")}</p> });
    let rows = std::iter::once(city)
        .chain(busy)
        .map(|ward| {
            let at =
                |path: &str| if ward.code.is_empty() { path.to_owned() } else { with_query(path, "ward", &ward.code) };
            let (subsidies, claims) = (at("/subsidies"), at("/claims"));
            view! {
                <tr>
                    <Cell label="区" main=true>{ward.name.clone()}</Cell>
                    <Cell label="調整中の依頼" numeric=true>{count(ward.open_requests)}</Cell>
                    <Cell label="成立" numeric=true>{count(ward.established)}</Cell>
                    <Cell label="手続き中の報告書" numeric=true>{count(ward.waiting_reports)}</Cell>
                    <Cell label="請求に入る報告書" numeric=true>{count(ward.ready_reports)}</Cell>
                    <Cell label=ready.clone() numeric=true>
                        {amount(ward.ready_yen, subsidies)}
                    </Cell>
                    <Cell label=claimed.clone() numeric=true>
                        {amount(ward.claimed_yen, claims)}
                    </Cell>
                </tr>
            }
        })
        .collect_view();
    view! {
        <Section title="区ごとのようす">
            <Table caption="区ごとのようす" head dense=true>{rows}</Table>
            {quiet}
        </Section>
    }
}

/// An amount that leads to its lines, when there are any.
fn amount(yen: i64, href: String) -> AnyView {
    if yen == 0 {
        return view! { <Money yen /> }.into_any();
    }
    view! { <a href=href><Money yen /><span class="kp-hidden">"の明細を見る"</span></a> }.into_any()
}

fn count(number: i64) -> String {
    format!("{number}件")
}

fn runs(runs: Vec<CloseRun>) -> impl IntoView {
    if runs.is_empty() {
        return view! {
            <Section title="締めの記録">
                <EmptyState title="まだありません。" text="毎月6日の0時5分に締めて、ここに記録します。" />
            </Section>
        }
        .into_any();
    }
    let head = vec![
        HeadCell::new("締めの月"),
        HeadCell::new("実行した日時"),
        HeadCell::number("請求申請"),
        HeadCell::number("報告書"),
        HeadCell::number("請求額"),
    ];
    let rows = runs
        .into_iter()
        .map(|run| {
            let claims = with_query("/claims", "month", &run.month.to_string());
            view! {
                <tr>
                    <Cell label="締めの月" main=true><a href=claims>{words::month(run.month)}<span class="kp-hidden">"の給付金請求を見る"</span></a></Cell>
                    <Cell label="実行した日時"><Moment at=run.ran_at /></Cell>
                    <Cell label="請求申請" numeric=true>{count(run.claim_count)}</Cell>
                    <Cell label="報告書" numeric=true>{count(run.line_count)}</Cell>
                    <Cell label="請求額" numeric=true><Money yen=run.total_yen /></Cell>
                </tr>
            }
        })
        .collect_view();
    view! { <Section title="締めの記録"><Table caption="締めの記録" head dense=true>{rows}</Table></Section> }
        .into_any()
}
