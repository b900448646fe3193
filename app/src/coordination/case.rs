//! `/coordination/CDK…`: a case as its matched provider sees it, by state and time.

use super::activity::{Shown, day};
use super::api::ReturnCase;
use super::number;
use crate::calendar::link;
use crate::fault::Fault;
use crate::form::{Kept, kept};
use crate::meeting::{meeting_form, saved_notice};
use crate::page::{Page, page};
use crate::post::field;
use crate::ui::{
    Actions, ButtonKind, ButtonLink, ConfirmPanel, DataList, DataRow, Disclosure, Hidden, IconName, Label, Moment,
    Notice, PageHead, Section, StatusTag, Stepper, Telephone, TextArea, When,
};
use crate::visit::{param, query, visit};
use crate::words::{request as words, status};
use domain::report::{ReportStatus, RewardStatus};
use domain::request::{CoordinationStatus, RequestAction};
use domain::time::{Date, Instant, japanese_date};
use leptos::prelude::*;
use service::coordination::{Contacts, KnownFamily, ProviderCase};

/// `/coordination/CDK…`
#[component]
pub fn ProviderCasePage() -> impl IntoView {
    let no = param("no");
    let saved = query("saved");
    page(async move {
        let visit = visit()?;
        let case = service::coordination::provider_case(&visit.env, &visit.actor, number(&no)?).await?;
        show(case, visit.env.clock.now(), saved).await
    })
}

async fn show(case: ProviderCase, now: Instant, saved: Option<String>) -> Result<Page, Fault> {
    let today = now.date();
    let (meeting, giving_back) = (kept().await, kept().await);
    let title = Label::period(case.starts_at, case.ends_at, today);
    let tag = {
        let state = case.status;
        move || view! { <StatusTag tone=status::request_tone(state) text=status::request(state) /> }
    };
    let report = case.report.map(|(_, state, reward)| (state, reward));
    let step = words::step(case.status, report, Some(case.starts_at), Some(case.ends_at), now);
    let saved = saved.map(|how| saved_notice(&how, "事前打合せの日時を保存しました"));
    let plan = case.actions.contains(&RequestAction::ScheduleMeeting).then(|| {
        let known = case.family.as_ref();
        let (at, place) = (known.and_then(|one| one.meeting_at), known.map(|one| one.meeting_place.clone()));
        let label =
            if at.is_some() { "事前打合せの日時を変える" } else { "事前打合せの日時を決める" };
        let form = meeting_form(&meeting, case.no, case.revision, at, place.unwrap_or_default(), false);
        view! { <Disclosure label open=meeting.came_back()>{form}</Disclosure> }
    });
    let back = give_back(&case, &giving_back);
    let (planned, revision) = ((case.starts_at, case.ends_at), case.revision);
    let today_is = match &case.activity {
        Some(activity) => Some(day(activity, &Shown { no: case.no, revision, planned, now, desk: false }).await),
        None => None,
    };
    Ok(Page::new(
        "コーディネート結果",
        view! {
            <PageHead title over=format!("依頼ID {}", case.no) back="/coordination" aside=tag />
            {saved}
            {step.map(|current| view! { <Stepper current /> })}
            {next_thing(&case, now)}
            {today_is}
            {case.contacts.as_ref().map(|contacts| reach(contacts, case.no.to_string(), today))}
            {case.family.as_ref().map(|family| known(&case, family, now))}
            {facts(&case, today)}
            {plan}
            {back}
        },
    )
    .about(Some(case.no)))
}

fn next_thing(case: &ProviderCase, now: Instant) -> AnyView {
    use CoordinationStatus as S;
    let news = |title: &'static str| view! { <Notice title /> }.into_any();
    if let Some((no, state, reward)) = case.report {
        let (page, form) = (format!("/reports/{no}"), format!("/reports/{no}/edit"));
        return match (state, reward) {
            // Before the activity is over its report cannot be registered: nobody's turn.
            (ReportStatus::Draft, _) if case.ends_at <= now => {
                yours("援助活動報告書が作成中です", "続きを入力して、登録してください。", form, "続きを入力する")
            }
            (ReportStatus::RevisionRequested, _) => {
                yours("修正の依頼が来ています。", "直して、もう一度登録してください。", form, "報告書を直す")
            }
            (ReportStatus::Approved, RewardStatus::NotReceived) => yours(
                "報告書が承認されました",
                "報酬を受け取ったら、「報酬受領」を押してください。",
                page,
                "報酬受領の画面へ",
            ),
            _ => {
                let title = format!("援助活動報告書は「{}」です", status::report(state));
                let label = format!("報告書 {no} を開く");
                view! { <Notice title><Actions><ButtonLink href=page>{label}</ButtonLink></Actions></Notice> }
                    .into_any()
            }
        };
    }
    match case.status {
        S::ProviderFound => news("お引き受けありがとうございます。事前打合せの日時を、支部からお電話で相談します。"),
        S::MeetingScheduled => news("事前打合せの日をお待ちください。成立すると、連絡先が見られるようになります。"),
        S::MeetingHeld => news("支部が成立の手続きをしています。"),
        S::Established if case.ends_at <= now => yours(
            "援助活動報告書を作ってください",
            "毎月5日までに承認と報酬受領が済むと、給付金が自動で申請されます。",
            format!("/reports/new?request={}", case.no),
            "援助活動報告書を作る",
        ),
        S::Established => news("成立しました。当日は、お子さんを大人の手から大人の手へ引き渡してください。"),
        S::Cancelled => news("利用会員の都合で、この援助活動はキャンセルになりました。"),
        _ => ().into_any(),
    }
}

/// What waits for the provider, with the one way on.
fn yours(title: &'static str, text: &'static str, href: String, action: &'static str) -> AnyView {
    view! {
        <Section title yours=true>
            <p>{text}</p>
            <Actions>
                <ButtonLink href kind=ButtonKind::Primary icon=IconName::Report>{action}</ButtonLink>
            </Actions>
        </Section>
    }
    .into_any()
}

fn reach(contacts: &Contacts, no: String, today: Date) -> impl IntoView + use<> {
    let children: Vec<String> =
        contacts.children.iter().map(|(name, kana, age)| format!("{name}（{kana}・{age}歳）")).collect();
    let or_none = |text: &str| if text.is_empty() { "（なし）".to_owned() } else { text.to_owned() };
    let (place, notes) = (or_none(&contacts.place_detail), or_none(&contacts.notes));
    let (telephone, address) = (contacts.telephone.clone(), contacts.address.clone());
    let until = format!("連絡先と事前打合せ情報は、{}まで見られます。", japanese_date(contacts.until, today));
    let sheet = if contacts.has_sheet {
        view! {
            <Actions>
                <ButtonLink href=format!("/requests/{no}/meeting") icon=IconName::Guide>"事前打合せ情報を見る"</ButtonLink>
            </Actions>
        }
        .into_any()
    } else {
        view! { <p>"事前打合せ情報は、まだ入力されていません。支部へお問い合わせください。"</p> }.into_any()
    };
    view! {
        <Section title="連絡先">
            <DataList>
                <DataRow term="電話番号"><Telephone number=telephone /></DataRow>
                <DataRow term="住所">{address}</DataRow>
                <DataRow term="預ける子ども">{children.join("、")}</DataRow>
                <DataRow term="場所の詳細">{place}</DataRow>
                <DataRow term="備考">{notes}</DataRow>
            </DataList>
            {sheet}
            <p class="kp-note">{until}</p>
        </Section>
    }
}

fn known(case: &ProviderCase, family: &KnownFamily, now: Instant) -> impl IntoView + use<> {
    let today = now.date();
    let calendar = link(case.no, case.status, family.meeting_at, (case.starts_at, case.ends_at), now);
    let meeting =
        family.meeting_at.map(|start| view! { <DataRow term="事前打合せ日"><When start end=None today /></DataRow> });
    let place = (!family.meeting_place.is_empty()).then(|| family.meeting_place.clone());
    let place = place.map(|place| view! { <DataRow term="事前打合せの場所">{place}</DataRow> });
    let (no, name, kana) = (family.member_no.to_string(), family.name.clone(), family.kana.clone());
    view! {
        <Section title="利用会員と事前打合せ">
            <DataList>
                <DataRow term="会員番号">{no}</DataRow>
                <DataRow term="利用会員氏名">{format!("{name}（{kana}）")}</DataRow>
                {meeting}
                {place}
            </DataList>
            {calendar}
        </Section>
    }
}

fn facts(case: &ProviderCase, today: Date) -> impl IntoView + use<> {
    let ages: Vec<String> = case.ages.iter().map(|age| format!("{age}歳")).collect();
    let children = format!("{}人（{}）", case.ages.len(), ages.join("・"));
    let (kind, place, town) =
        (status::care_kind(case.care_kind), status::care_place(case.care_place), case.town.clone());
    let (start, end, asked, updated) = (case.starts_at, case.ends_at, case.requested_at, case.updated_at);
    view! {
        <Section title="依頼の内容">
            <DataList>
                <DataRow term="預けたい日"><When start end=Some(end) today /></DataRow>
                <DataRow term="希望する援助内容">{kind}</DataRow>
                <DataRow term="預ける子どもの人数">{children}</DataRow>
                <DataRow term="利用会員の町名">{town}</DataRow>
                <DataRow term="場所">{place}</DataRow>
                <DataRow term="依頼をした日"><Moment at=asked /></DataRow>
                <DataRow term="更新日時"><Moment at=updated /></DataRow>
            </DataList>
        </Section>
    }
}

fn give_back(case: &ProviderCase, kept: &Kept<ReturnCase>) -> impl IntoView + use<> {
    // A report that is only begun stands in nobody's way: it ends with the activity.
    let registered = case.report.is_some_and(|(_, state, _)| state.is_registered());
    let may = case.actions.contains(&RequestAction::SearchAgain) && !registered;
    let begun = if case.report.is_some() { "作成中の報告書は取消になります。" } else { "" };
    let explain = format!(
        "支部と利用会員に知らせ、ほかの提供会員を探します。お急ぎのときは、支部へお電話もお願いします。{begun}"
    );
    let (no, revision) = (case.no.to_string(), case.revision.to_string());
    let (to, reason) = (kept.to(), field!(kept.reason_text));
    may.then(|| {
        view! {
            <ConfirmPanel
                label="行けなくなったとき"
                explain
                to
                submit="行けなくなったことを伝える"
                ordinary=true
            >
                <Hidden name="request" value=no />
                <Hidden name="revision" value=revision />
                <TextArea field=reason label="理由" required=true rows=2 />
            </ConfirmPanel>
        }
    })
}
