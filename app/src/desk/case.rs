//! `/desk/requests/CDK…`: a case beside the queue: what is next, who, what, whom to ask, what happened.

use super::api::NoteCase;
use super::candidates::candidates;
use super::ending::endings;
use super::history::timeline;
use super::next::next_step;
use super::offers::offers;
use super::queue::{filter, sidebar};
use crate::coordination::activity::{Shown, day};
use crate::coordination::number;
use crate::fault::Fault;
use crate::form::{kept, once};
use crate::meeting::{CLOSED, saved_notice};
use crate::page::{Page, page};
use crate::post::field;
use crate::ui::{
    Actions, Button, DataList, DataRow, DateField, Day, DayFor, Desk, Form, Hidden, Label, Moment, Money, PageHead,
    Section, StatusTag, Stepper, Telephone, TextArea, When,
};
use crate::visit::{Visit, param, query, visit};
use crate::words::{self, coordination, status};
use domain::number::RequestNo;
use domain::request::RequestAction;
use domain::time::Date;
use leptos::prelude::*;
use service::coordination::{CaseDetails, PersonLine, QueueFilter};

/// `/desk/requests/CDK…`
#[component]
pub fn DeskCasePage() -> impl IntoView {
    let no = param("no");
    let filter = QueueFilter { closed: false, ..filter() };
    let done = query("done").or_else(|| query("saved"));
    let open = query("open");
    page(async move {
        let visit = visit()?;
        show(&visit, number(&no)?, &filter, done, open.as_deref()).await
    })
}

async fn show(
    visit: &Visit,
    no: RequestNo,
    filter: &QueueFilter,
    done: Option<String>,
    open: Option<&str>,
) -> Result<Page, Fault> {
    let case = service::coordination::details(&visit.env, &visit.actor, no).await?;
    let queue = service::coordination::queue(&visit.env, &visit.actor, filter).await?;
    let history = service::history::of_request(&visit.env, &visit.actor, no).await?;
    let now = visit.env.clock.now();
    let today = now.date();
    let asking = case.actions.contains(&RequestAction::Offer) && case.starts_at > now;
    let found =
        if asking { service::coordination::candidates(&visit.env, &visit.actor, no).await? } else { Vec::new() };
    let (next, asked, ends) = (next_step(&case, now).await, offers(&case, today).await, endings(&case, open).await);
    let people = asking.then_some(candidates(&case, found).await);
    let note = note_form(&case).await;
    let (planned, revision) = ((case.starts_at, case.ends_at), case.revision);
    let day = match &case.activity {
        Some(activity) => Some(day(activity, &Shown { no, revision, planned, now, desk: true }).await),
        None => None,
    };
    let how = done.clone();
    let news = done.and_then(|done| match done.as_str() {
        "offered" => Some("打診しました。返事が来ると、ここに出ます。".to_owned()),
        "noted" => Some(super::notes::noted()),
        "entered" => Some("依頼を受け付けました。続けて提供会員を探せます。".to_owned()),
        "1" | CLOSED => Some("事前打合せの日時を保存し、両会員に知らせました。".to_owned()),
        _ => None,
    });
    let news = news.map(|title| saved_notice(how.as_deref().unwrap_or_default(), title));
    let report = case.report.map(|(_, state, reward)| (state, reward));
    let step = words::request::step(case.status, report, Some(case.starts_at), Some(case.ends_at), now);
    let name = format!("{}さん", case.family.name);
    let title = Label::Whose { name, start: case.starts_at, end: case.ends_at, today };
    let owner = case.owner.clone().map_or_else(|| "担当なし".to_owned(), |name| format!("担当 {name}"));
    let (kind, count, town) = (status::care_kind(case.care_kind), case.children.len(), case.family.town.clone());
    let over = format!("{} {kind} {count}人 ・ {owner} ・ {town}", case.no);
    let call = case.family.telephone.clone();
    // Answers that are awaited come before whom else to ask; answers of the past come after the facts.
    let waiting = case.offers.iter().any(|offer| offer.status.is_open());
    let (first, asked) = if waiting { (Some(asked), None) } else { (None, Some(asked)) };
    let tag = {
        let state = case.status;
        move || view! { <StatusTag tone=status::request_tone(state) text=status::request(state) /> }
    };
    let list = sidebar(&queue, filter, Some(no), today);
    let entries = timeline(&history.entries);
    Ok(Page::new(
        "依頼の調整",
        view! {
            <Desk queue=ViewFnOnce::from(move || list) open=true>
                <PageHead title over call back="/desk" aside=tag />
                {news}
                {step.map(|current| view! { <Stepper current /> })}
                {next}
                {day}
                {first}
                {people}
                <div class="kp-desk-facts">
                    <div class="kp-desk-facts__column">
                        {person("利用会員", &case.family, true)}
                        {facts(&case, today)}
                    </div>
                    <div class="kp-desk-facts__column">
                        {case.provider.as_ref().map(|provider| person("提供会員", provider, true))}
                        {result(&case, today)}
                        <Section title="電話中メモ">{note}</Section>
                    </div>
                </div>
                {asked}
                <Section title="経過" aside=ViewFnOnce::from(move || view! {
                    <a href=format!("/requests/{no}/history")>"履歴をすべて見る"</a>
                })>
                    {entries}
                </Section>
                {ends}
            </Desk>
        },
    )
    .about(Some(no))
    .wide())
}

/// `linked` leads to the member's page, which is the branch's.
pub(super) fn person(title: &'static str, person: &PersonLine, linked: bool) -> impl IntoView + use<> {
    let (no, name, kana) = (person.no.to_string(), person.name.clone(), person.kana.clone());
    let (place, telephone) = (format!("{}{}", person.town, person.address), person.telephone.clone());
    let href = format!("/desk/members/{no}");
    let number = if linked { view! { <a href=href>{no}</a> }.into_any() } else { no.into_any() };
    let state = format!(" {}", status::membership(person.status));
    view! {
        <Section title>
            <DataList>
                <DataRow term="氏名">{format!("{name}（{kana}）")}</DataRow>
                <DataRow term="会員番号">{number}{state}</DataRow>
                {(!telephone.is_empty()).then(|| view! { <DataRow term="電話番号"><Telephone number=telephone /></DataRow> })}
                <DataRow term="住所">{place}</DataRow>
            </DataList>
        </Section>
    }
}

pub(super) fn facts(case: &CaseDetails, today: Date) -> impl IntoView + use<> {
    let children = case
        .children
        .iter()
        .map(|child| {
            let name = format!("{}（{}）{}歳 ", child.name, child.kana, child.age);
            let birth = child.birth_date.map(|date| view! { <Day date today />"生" });
            view! { <span class="kp-desk-child">{name}{birth}</span> }
        })
        .collect_view();
    let or_none = |text: &str| if text.is_empty() { "（なし）".to_owned() } else { text.to_owned() };
    let (detail, notes) = (or_none(&case.place_detail), or_none(&case.notes));
    let asked = case.requested_at;
    let via = words::channel(case.channel);
    let place = status::care_place(case.care_place);
    view! {
        <Section title="依頼の内容">
            <DataList>
                <DataRow term="預ける子ども">{children}</DataRow>
                <DataRow term="場所">{place}</DataRow>
                <DataRow term="場所の詳細">{detail}</DataRow>
                <DataRow term="備考">{notes}</DataRow>
                <DataRow term="依頼をした日"><Moment at=asked />{format!("（{via}）")}</DataRow>
            </DataList>
        </Section>
    }
}

/// The meeting, the sheet, 成立, the report, and how it ended.
pub(super) fn result(case: &CaseDetails, today: Date) -> impl IntoView + use<> {
    let meeting = case.meeting_at.map(|start| {
        let place = case.meeting_place.clone();
        view! { <DataRow term="事前打合せ日"><When start end=None today />" "{place}</DataRow> }
    });
    let sheet_href = format!("/requests/{}/meeting", case.no);
    let sheet = (case.sheet.is_some() || case.status.sheet_open()).then(|| {
        let word = match case.sheet {
            Some(true) => "そろっています",
            Some(false) => "必要な項目が足りません",
            None => "まだ入力がありません",
        };
        view! { <DataRow term="事前打合せ情報">{word}" "<a href=sheet_href>"開く"</a></DataRow> }
    });
    let established = case.established_at.map(|at| view! { <DataRow term="成立"><Moment at /></DataRow> });
    let activity = case.activity.as_ref().map(|activity| status::activity(activity.status));
    let activity = activity.map(|word| view! { <DataRow term="援助活動">{word}</DataRow> });
    let report = case.report.map(|(no, state, _)| {
        let href = format!("/reports/{no}");
        let word = format!(" {}", status::report(state));
        view! { <DataRow term="報告書"><a href=href>{no.to_string()}</a>{word}</DataRow> }
    });
    let reason = case.reason.clone().filter(|_| case.status.is_final());
    let reason = reason.map(|reason| {
        let text = coordination::kept_reason(&reason);
        view! { <DataRow term="理由">{text}</DataRow> }
    });
    let fee = case.cancellation_fee_yen.map(|yen| {
        view! { <DataRow term="キャンセル料（本部確認待ち）"><Money yen /></DataRow> }
    });
    let shown = case.meeting_at.is_some() || sheet.is_some() || report.is_some() || reason.is_some();
    shown.then(|| {
        view! {
            <Section title="調整の結果">
                <DataList>{meeting}{sheet}{established}{activity}{report}{reason}{fee}</DataList>
            </Section>
        }
    })
}

async fn note_form(case: &CaseDetails) -> AnyView {
    let kept = kept::<NoteCase>().await;
    let (no, once) = (case.no.to_string(), once(&kept));
    view! {
        <Form to=kept.to()>
            {once}
            <Hidden name="request" value=no />
            <TextArea field=field!(kept.note) label="電話で聞いたこと" rows=2 support="支部と本部だけが見られます。下の経過に残ります。" />
            <DateField field=field!(kept.call_on) label="要連絡の日" days=DayFor::Plan support="入力すると、その日から「要連絡」の一覧に出ます。" />
            <Actions>
                <Button>"メモを残す"</Button>
            </Actions>
        </Form>
    }
    .into_any()
}
