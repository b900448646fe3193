//! `/reports/EKH…/print`: 援助活動報告書（控え）, on one A4 page, for both sides; it serves as the receipt too.

use super::number;
use super::sum::{People, Reader, rows};
use crate::page::{Page, page, redirect};
use crate::ui::{Actions, DataList, DataRow, IconName, MoneyTable, Notice, PageHead, ScriptButton};
use crate::visit::{param, visit};
use crate::words::{fee, full_day, status};
use domain::report::RewardStatus;
use domain::time::{Instant, age_on, clock};
use leptos::prelude::*;
use service::report::{MemberName, ReportDetails};

/// `/reports/EKH…/print`
#[component]
pub fn ReportPrintPage() -> impl IntoView {
    let no = param("no");
    page(async move {
        let visit = visit()?;
        let details = service::report::details(&visit.env, &visit.actor, number(&no)?).await?;
        if details.reward != RewardStatus::Received {
            return redirect(&format!("/reports/{}", details.no));
        }
        Ok(Page::new("援助活動報告書（控え）", sheet(&details)).about(Some(details.no)))
    })
}

fn sheet(details: &ReportDetails) -> impl IntoView + use<> {
    let no = details.no;
    let family = details.family.as_ref();
    let family_name = family.map_or_else(String::new, |family| format!("{}（{}）", family.full(), family.no));
    let provider = format!("{}（{}）", details.provider.full(), details.provider.no);
    let day = details.start.map(Instant::date);
    let children: Vec<String> = details
        .children
        .iter()
        .map(|part| {
            let age = day.map_or(0, |day| age_on(part.child.birth_date, day));
            format!("{}（{age}歳）／利用料 {}", part.child.name, fee::yen(part.fee))
        })
        .collect();
    let people = People {
        reader: Reader::Other,
        family: family.map_or_else(String::new, |family| family.family.clone()),
        provider: details.provider.family.clone(),
        children: details.children.iter().map(|part| (part.child.id, part.child.name.clone())).collect(),
    };
    let money = details.quote.as_ref().map(|quote| rows(&people, quote, &details.settlement, &details.expenses));
    let paid = fee::yen(details.settlement.user_pays);
    let receipt = if details.settlement.user_pays == 0 {
        "利用料は、おためし券で支払われました。".to_owned()
    } else {
        format!(
            "{} 様から、上記の利用料と実費として{paid}を受け取りました（{}）。提供会員 {}",
            family.map_or_else(String::new, MemberName::full),
            details.method.map_or("", status::receipt_method),
            details.provider.full(),
        )
    };
    let branch = format!("{}（電話 {}）", details.branch, details.branch_telephone);
    let request = details.request.map(|no| no.to_string()).unwrap_or_default();
    let notes = if details.notes.is_empty() { "（なし）".to_owned() } else { details.notes.clone() };
    let (when, approved, received) = (
        period(details),
        details.approved_at.map(|at| full_day(at.date())),
        details.received_at.map(|at| full_day(at.date())),
    );
    let table = money.map(|rows| view! { <MoneyTable caption="利用料と給付金の内訳" rows /> });
    let children = children.join("、");
    view! {
        <div class="kp-screen-only">
            <Notice title="印刷の方法">
                <p>"ボタンかブラウザーのメニューで印刷できます。A4で1枚に収まります。"</p>
            </Notice>
            <Actions>
                <ScriptButton does="print" icon=IconName::Print>"控えを印刷する"</ScriptButton>
            </Actions>
        </div>
        <div class="kp-sheet">
            <PageHead
                title="援助活動報告書（控え）"
                over="横浜子育てサポートシステム"
                back=format!("/reports/{no}")
                back_label="報告書に戻る"
            />
            <DataList>
                <DataRow term="報告書ID">{no.to_string()}</DataRow>
                <DataRow term="依頼ID">{request}</DataRow>
                <DataRow term="利用会員">{family_name}</DataRow>
                <DataRow term="提供会員">{provider}</DataRow>
                <DataRow term="活動の日時">{when}</DataRow>
                <DataRow term="預かった子ども">{children}</DataRow>
                <DataRow term="備考"><span class="kp-report__comment">{notes}</span></DataRow>
            </DataList>
            {table}
            <div class="kp-sheet__receipt">
                <h2 class="kp-sheet__name">"領収証"</h2>
                <p class="kp-sheet__text">{receipt}</p>
                <p>"報酬受領日 "{received.clone()}</p>
            </div>
            <DataList>
                <DataRow term="承認日">{approved}</DataRow>
                <DataRow term="報酬受領日">{received}</DataRow>
                <DataRow term="支部">{branch}</DataRow>
            </DataList>
            <p class="kp-note">"市の給付金は、市から提供会員に支払われます。"</p>
        </div>
    }
}

fn period(details: &ReportDetails) -> String {
    let (Some(start), Some(end)) = (details.start, details.end) else { return String::new() };
    let last = if end.date() == start.date() { String::new() } else { full_day(end.date()) };
    format!("{} {}〜{last}{}", full_day(start.date()), clock(start), clock(end))
}
