//! `/reports/EKH…`: one report, for the family, the provider, the branch and the headquarters.

use super::api::{PullBackReport, VoidReport};
use super::changes::changes;
use super::sum::{People, Reader, rows};
use super::{number, steps};
use crate::approval::api::{ApproveReport, ReopenReport, RequestReportRevision};
use crate::approval::{approval_form, reopening_form, revision_form};
use crate::channel;
use crate::form::{Kept, kept, with_query};
use crate::page::{Page, page};
use crate::post::field;
use crate::receipt::{ReceiveReward, UndoReward, receipt_form, undoing_form};
use crate::ui::{
    Actions, ButtonKind, ButtonLink, CaseStep, ConfirmPanel, DataList, DataRow, Day, Moment, MoneyTable, Notice,
    NoticeKind, PageHead, Section, StatusTag, Stepper, TextArea, Timeline, TimelineEvent, Tone, When,
};
use crate::visit::{param, query, visit};
use crate::words::{self, fee, status};
use domain::actor::{Channel, Party};
use domain::event;
use domain::report::{ReportAction, ReportStatus, RewardStatus};
use domain::time::{Instant, age_on};
use leptos::prelude::*;
use service::report::{ReportDetails, ReportStep};

/// The forms of this page that may have come back.
struct Forms {
    approval: Kept<ApproveReport>,
    revision: Kept<RequestReportRevision>,
    reopening: Kept<ReopenReport>,
    receipt: Kept<ReceiveReward>,
    undoing: Kept<UndoReward>,
    voiding: Kept<VoidReport>,
    pull_back: Kept<PullBackReport>,
}

/// `/reports/EKH…`
#[component]
pub fn ReportPage() -> impl IntoView {
    let no = param("no");
    let done = query("done");
    page(async move {
        let visit = visit()?;
        let details = service::report::details(&visit.env, &visit.actor, number(&no)?).await?;
        let forms = Forms {
            approval: kept().await,
            revision: kept().await,
            reopening: kept().await,
            receipt: kept().await,
            undoing: kept().await,
            voiding: kept().await,
            pull_back: kept().await,
        };
        Ok(show(&details, &forms, done.as_deref(), visit.env.clock.now()))
    })
}

fn show(details: &ReportDetails, forms: &Forms, done: Option<&str>, now: Instant) -> Page {
    let tag = tags(details);
    let step = step(details, now);
    let approval = approval_form(details, people(details), &forms.approval);
    // The approval's form has the sum with it, and the choice of tickets.
    let sum = if approval.is_some() { None } else { sum(details) };
    let receipt = receipt_form(details, &forms.receipt);
    let facts = facts(details);
    let history = (details.party == Party::Coordinator || details.party == Party::Headquarters).then(|| {
        let events = details.history.iter().rev().map(event).collect::<Vec<_>>();
        view! {
            <Section title="経過">
                <Timeline events />
            </Section>
        }
    });
    let news = news(details, done);
    // The news of an approval says what is to be paid; it is not said twice.
    let said = news.is_some() && done == Some("approve");
    Page::new(
        "援助活動報告書",
        view! {
            <PageHead title="援助活動報告書" over=details.no.to_string() back=list(details.party) aside=tag />
            {news}
            {step.map(|current| view! { <Stepper current /> })}
            {(!said).then(|| situation(details))}
            {asked_to_change(details)}
            {changes(details)}
            {edit(details)}
            {receipt}
            <Section title="報告の内容">{facts}</Section>
            {sum}
            {approval}
            {revision_form(details, &forms.revision)}
            {pull_back(details, &forms.pull_back)}
            {undoing_form(details, &forms.undoing)}
            {reopening_form(details, &forms.reopening)}
            {voiding(details, &forms.voiding)}
            {links(details)}
            {history}
        },
    )
    .about(Some(details.no))
}

fn tags(details: &ReportDetails) -> impl Fn() -> AnyView + Send + 'static + use<> {
    let (report, reward) = (details.status, details.reward);
    let yours = matches!(
        (details.party, report),
        (Party::Family, ReportStatus::AwaitingApproval) | (Party::Provider, ReportStatus::RevisionRequested)
    );
    let tone = if yours { Tone::Yours } else { status::report_tone(report) };
    move || {
        view! {
            <span class="kp-report__statuses">
                <span class="kp-hidden">"報告書ステータス："</span>
                <StatusTag tone text=status::report(report) />
                <span class="kp-hidden">"報酬受領ステータス："</span>
                <StatusTag tone=status::reward_tone(reward) text=status::reward(reward) />
            </span>
        }
        .into_any()
    }
}

/// The answer to what the reader just did.
fn news(details: &ReportDetails, done: Option<&str>) -> Option<AnyView> {
    let yen = fee::yen(details.settlement.user_pays);
    let (title, text) = match done? {
        "approve" if details.status == ReportStatus::Approved && details.settlement.user_pays == 0 => {
            ("承認しました", "お支払いはありません。".to_owned())
        }
        "approve" if details.status == ReportStatus::Approved => (
            "承認しました",
            format!("{}さんに{yen}をお支払いください。受領のあと、控えを印刷できます。", details.provider.family),
        ),
        "request_revision" => ("修正を依頼しました", "提供会員が直して登録したら、お知らせします。".to_owned()),
        "mark_received" if details.reward == RewardStatus::Received => {
            ("報酬を受領しました", "毎月5日までの分は、市の給付金の申請が自動で行われます。".to_owned())
        }
        "undo_receipt" => ("受領前に戻しました", "受け取ったら、もう一度「報酬受領」を押してください。".to_owned()),
        "reopen" => ("承認を取り消しました", "提供会員と利用会員にお知らせしました。".to_owned()),
        _ => return None,
    };
    Some(
        view! {
            <Notice kind=NoticeKind::Success title announce=true>
                <p>{text}</p>
            </Notice>
        }
        .into_any(),
    )
}

fn step(details: &ReportDetails, now: Instant) -> Option<CaseStep> {
    match (details.status, details.reward) {
        // A report begun before its activity is over does not end the activity.
        (ReportStatus::Draft, _) if details.start.is_some_and(|start| now < start) => Some(CaseStep::Established),
        (ReportStatus::Draft, _) if details.end.is_some_and(|end| now < end) => Some(CaseStep::Activity),
        (ReportStatus::Draft | ReportStatus::RevisionRequested, _) => Some(CaseStep::Report),
        (ReportStatus::AwaitingApproval, _) => Some(CaseStep::Approval),
        (ReportStatus::Approved, RewardStatus::NotReceived) => Some(CaseStep::Receipt),
        // What the city pays is the provider's; for the family the case is over.
        (ReportStatus::Approved, RewardStatus::Received) if details.party == Party::Family => None,
        (ReportStatus::Approved, RewardStatus::Received) => Some(CaseStep::Subsidy),
        (ReportStatus::Voided, _) => None,
    }
}

/// Who does what next, where no form says it.
fn situation(details: &ReportDetails) -> Option<AnyView> {
    let notice = |title: String, text: String, kind: NoticeKind| {
        view! {
            <Notice kind title>
                <p class="kp-report__comment">{text}</p>
            </Notice>
        }
        .into_any()
    };
    let family = words::person(details.family.as_ref().map_or("", |family| &family.family), "利用会員");
    let provider = words::person(&details.provider.family, "提供会員");
    match (details.status, details.party) {
        (ReportStatus::Draft, Party::Family) => Some(notice(
            "提供会員が直しています".to_owned(),
            "登録されたら、あらためてお知らせします。下は前に登録された内容です。".to_owned(),
            NoticeKind::Info,
        )),
        (ReportStatus::RevisionRequested, party) => {
            let title = match party {
                Party::Family => format!("{provider}が直しています"),
                _ => "修正の依頼があります".to_owned(),
            };
            let kind = if party == Party::Provider { NoticeKind::Warning } else { NoticeKind::Info };
            Some(notice(title, details.revision_comment.clone().unwrap_or_default(), kind))
        }
        (ReportStatus::AwaitingApproval, party @ (Party::Provider | Party::Headquarters | Party::Coordinator)) => {
            let text = if party == Party::Provider {
                "承認されたら、報酬を受け取って「報酬受領」を押します。".to_owned()
            } else {
                format!("承認されると、{provider}が報酬を受け取ります。")
            };
            Some(notice(format!("{family}の承認を待っています"), text, NoticeKind::Info))
        }
        (ReportStatus::Approved, Party::Family) if details.reward == RewardStatus::NotReceived => Some(notice(
            format!("{provider}にお支払いください"),
            format!(
                "お支払いは{}です。提供会員が受領を登録すると、控えを印刷できます。",
                fee::yen(details.settlement.user_pays)
            ),
            NoticeKind::Info,
        )),
        (ReportStatus::Voided, _) => Some(notice(
            "この報告書は取り消されました".to_owned(),
            details.void_reason.clone().map(|reason| format!("理由：{reason}")).unwrap_or_default(),
            NoticeKind::Info,
        )),
        _ => details.closed_in.as_ref().filter(|_| details.party != Party::Family).map(|month| {
            let month = words::close_month(month);
            let call = if details.party == Party::Provider {
                "直すことがあるときは、支部へお電話ください。"
            } else {
                ""
            };
            let text = format!("市の給付金の申請に入ったため、変更できません。{call}");
            notice(format!("{month}の締めに入っています"), text, NoticeKind::Info)
        }),
    }
}

/// What the family or the branch had asked to change, when the report comes again.
fn asked_to_change(details: &ReportDetails) -> Option<AnyView> {
    if details.status != ReportStatus::AwaitingApproval {
        return None;
    }
    let asked = [event::Action::RequestRevision, event::Action::Reopen];
    let step = details.history.iter().rev().find(|step| asked.contains(&step.action))?;
    let (at, text) = (step.at, step.reason.clone()?);
    Some(
        view! {
            <Notice title="前に修正をお願いしたこと">
                <p class="kp-report__comment">{text}</p>
                <p><Moment at /></p>
            </Notice>
        }
        .into_any(),
    )
}

/// What was reported, as a list of facts.
pub fn facts(details: &ReportDetails) -> AnyView {
    let today = details.today;
    // A case's page is its ward's; the headquarters reads its history.
    let place = if details.party == Party::Headquarters { "/history" } else { "" };
    let request = details.request.map(|no| {
        view! { <DataRow term="依頼ID"><a href=format!("/requests/{no}{place}")>{no.to_string()}</a></DataRow> }
    });
    let family = details.family.as_ref().map(|family| format!("{}（{}）", family.full(), family.no));
    let provider = format!("{}（{}）", details.provider.full(), details.provider.no);
    let when = match details.start {
        Some(start) => view! { <When start end=details.end today /> }.into_any(),
        None => "未入力".into_any(),
    };
    let day = details.start.map_or(today, domain::time::Instant::date);
    let plan = details.planned.zip(details.start.zip(details.end)).and_then(|(planned, done)| {
        let differs = fee::beside_plan(planned, done)?;
        let (start, end) = planned;
        Some(view! { <DataRow term="予定との違い">{differs}"（予定 "<When start end=Some(end) today />"）"</DataRow> })
    });
    let children: Vec<String> = details
        .children
        .iter()
        .map(|part| format!("{}（{}歳）", part.child.name, age_on(part.child.birth_date, day)))
        .collect();
    let children = if children.is_empty() { "未入力".to_owned() } else { children.join("、") };
    let notes = if details.notes.is_empty() { "（なし）".to_owned() } else { details.notes.clone() };
    let settled = details.approved_at.map(|at| view! { <DataRow term="承認日時"><Moment at /></DataRow> });
    let received = details.received_at.map(|at| {
        let method = details.method.map(status::receipt_method);
        view! { <DataRow term="報酬受領日時"><Moment at />" "{method}</DataRow> }
    });
    let entered_on = details.entered_on;
    view! {
        <DataList>
            {request}
            <DataRow term="利用会員">{family.unwrap_or_else(|| "未選択".to_owned())}</DataRow>
            <DataRow term="提供会員">{provider}</DataRow>
            <DataRow term="活動の日時">{when}</DataRow>
            {plan}
            <DataRow term="預かった子ども">{children}</DataRow>
            <DataRow term="備考"><span class="kp-report__comment">{notes}</span></DataRow>
            <DataRow term="入力日"><Day date=entered_on today /></DataRow>
            {settled}
            {received}
        </DataList>
    }
    .into_any()
}

/// Whose sum it is on this page.
pub fn people(details: &ReportDetails) -> People {
    People {
        reader: match details.party {
            Party::Provider => Reader::Provider,
            Party::Family => Reader::Family,
            _ => Reader::Other,
        },
        family: details.family.as_ref().map_or_else(String::new, |family| family.family.clone()),
        provider: details.provider.family.clone(),
        children: details.children.iter().map(|part| (part.child.id, part.child.name.clone())).collect(),
    }
}

/// The sum of the registered content.
pub fn sum(details: &ReportDetails) -> Option<AnyView> {
    let quote = details.quote.as_ref()?;
    let money = rows(&people(details), quote, &details.settlement, &details.expenses);
    let note = (details.status == ReportStatus::AwaitingApproval)
        .then(|| view! { <p class="kp-note">"おためし券は、承認のときに利用会員が選びます。上は、いちばん多く使ったときの金額です。"</p> })
        .filter(|_| details.coupons.iter().any(|part| part.tickets > 0));
    Some(
        view! {
            <Section title="金額">
                <MoneyTable caption="利用料と給付金" rows=money />
                {note}
            </Section>
        }
        .into_any(),
    )
}

fn pull_back(details: &ReportDetails, kept: &Kept<PullBackReport>) -> Option<AnyView> {
    details.actions.contains(&ReportAction::PullBack).then(|| {
        let seen = steps::seen(details);
        let channel = (details.party == Party::Coordinator).then(|| channel::field(kept));
        view! {
            <ConfirmPanel
                label="登録を取り戻して直す"
                explain="承認される前なら、作成中に戻して直せます。直したら、もう一度「登録」を押してください。"
                to=kept.to()
                submit="作成中に戻す"
                ordinary=true
            >
                {seen}
                {channel}
            </ConfirmPanel>
        }
        .into_any()
    })
}

fn voiding(details: &ReportDetails, kept: &Kept<VoidReport>) -> Option<AnyView> {
    if !details.actions.contains(&ReportAction::Void) {
        return None;
    }
    let seen = steps::seen(details);
    let channel = (details.party == Party::Coordinator).then(|| channel::field(kept));
    let reason = field!(kept.reason);
    Some(
        view! {
            <ConfirmPanel
                label="取消"
                explain="この報告書を取り消します。番号は使われなくなり、同じ依頼の報告書をもう一度作れます。"
                to=kept.to()
                submit="この報告書を取り消す"
            >
                {seen}
                {channel}
                <TextArea field=reason label="理由" required=true rows=2 />
            </ConfirmPanel>
        }
        .into_any(),
    )
}

/// The list the report stands in; a 両方会員 has two.
fn list(party: Party) -> &'static str {
    if party == Party::Family { "/reports?side=family" } else { "/reports" }
}

/// What to do with a report that may be edited, before everything else.
fn edit(details: &ReportDetails) -> Option<AnyView> {
    details.actions.contains(&ReportAction::SaveDraft).then(|| {
        let label = if details.status == ReportStatus::Draft { "入力を続ける" } else { "報告書を直す" };
        let href = format!("/reports/{}/edit", details.no);
        view! { <Actions><ButtonLink href kind=ButtonKind::Primary>{label}</ButtonLink></Actions> }.into_any()
    })
}

fn links(details: &ReportDetails) -> AnyView {
    let (no, back) = (details.no, list(details.party));
    let writes = matches!(details.party, Party::Provider | Party::Coordinator);
    let print = (details.reward == RewardStatus::Received).then(|| {
        view! { <ButtonLink href=format!("/reports/{no}/print")>"援助活動報告書（控え）を印刷する"</ButtonLink> }
    });
    let copy = writes.then(|| {
        view! { <ButtonLink href=with_query("/reports/new", "copy", &no.to_string())>"コピー"</ButtonLink> }
    });
    view! {
        <Actions>
            {print}
            {copy}
            <ButtonLink href=back>"一覧に戻る"</ButtonLink>
        </Actions>
    }
    .into_any()
}

fn event(step: &ReportStep) -> TimelineEvent {
    let who = match &step.on_behalf_of {
        Some(name) => format!("{}（{name}さんの代理）", step.by),
        None => step.by.clone(),
    };
    let via = if step.channel == Channel::Web { String::new() } else { words::channel(step.channel).to_owned() };
    TimelineEvent {
        at: step.at,
        what: status::action(step.action).to_owned(),
        who,
        via,
        note: step.reason.clone().unwrap_or_default(),
    }
}
