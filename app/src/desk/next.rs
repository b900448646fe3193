//! What the coordinator does next with a case: one thing by its state, always at the same place.

use super::api::{EstablishCase, TakeCase};
use super::ending::{NOT_ESTABLISH, WITHDRAW};
use crate::form::{Kept, fresh, kept};
use crate::meeting::api::{HoldMeeting, ScheduleMeeting};
use crate::meeting::meeting_form;
use crate::ui::{Actions, Button, ButtonKind, ButtonLink, Disclosure, Form, Hidden, IconName, Notice, Section};
use domain::report::ReportStatus;
use domain::request::{CoordinationStatus as S, RequestAction};
use domain::time::{Instant, clock, japanese_date};
use leptos::prelude::*;
use service::coordination::CaseDetails;

/// Number and revision of the case, for every step.
pub(super) fn case_fields(case: &CaseDetails) -> impl IntoView + use<> {
    let (no, revision) = (case.no.to_string(), case.revision.to_string());
    view! {
        <Hidden name="request" value=no />
        <Hidden name="revision" value=revision />
    }
}

/// The one thing to do now.
pub(super) async fn next_step(case: &CaseDetails, now: Instant) -> AnyView {
    let meeting = kept::<ScheduleMeeting>().await;
    let before = !case.status.is_final() && !matches!(case.status, S::Submitted | S::Established);
    if before && case.starts_at <= now {
        return too_late(case);
    }
    match case.status {
        S::Submitted => submitted(case),
        S::InCoordination => notice("下の候補から、打診する提供会員を選んでください。"),
        S::Offering => {
            notice("提供会員の返事を待っています。電話で返事があったときは、下の打診から代わりに入力できます。")
        }
        S::ProviderFound => provider_found(case, &meeting),
        S::MeetingScheduled => meeting_scheduled(case, &meeting, now),
        S::MeetingHeld => meeting_held(case),
        S::Established | S::Completed => agreed(case, now),
        S::Draft | S::NotEstablished | S::Withdrawn | S::Cancelled => ().into_any(),
    }
}

fn submitted(case: &CaseDetails) -> AnyView {
    let fields = case_fields(case);
    view! {
        <Section title="つぎにすること" yours=true>
            <p>"内容を確かめ、利用会員に電話してください。担当すると、提供会員を探せます。"</p>
            <Form to={fresh::<TakeCase>().to()}>
                {fields}
                <Actions><Button kind=ButtonKind::Primary>"この依頼を担当する"</Button></Actions>
            </Form>
        </Section>
    }
    .into_any()
}

/// The meeting's date and place, as known so far.
fn plan(case: &CaseDetails, meeting: &Kept<ScheduleMeeting>) -> impl IntoView + use<> {
    meeting_form(meeting, case.no, case.revision, case.meeting_at, case.meeting_place.clone(), true)
}

fn provider_found(case: &CaseDetails, meeting: &Kept<ScheduleMeeting>) -> AnyView {
    let form = plan(case, meeting);
    let fields = case_fields(case);
    let waive = case.waivable.then(|| {
        view! {
            <Disclosure label="打合せを省いて成立にする">
                <p>"同じ年度に、同じ組み合わせ・同じ内容の援助がありました。事前打合せ情報は前回のものを引き継ぎます。"</p>
                <Form to={fresh::<EstablishCase>().to()}>
                    {fields}
                    <Actions><Button name="do" value="waive">"打合せを省いて成立にする"</Button></Actions>
                </Form>
            </Disclosure>
        }
    });
    view! {
        <Section title="つぎにすること：事前打合せの日を決める" yours=true>
            {form}
            {waive}
        </Section>
    }
    .into_any()
}

fn meeting_scheduled(case: &CaseDetails, meeting: &Kept<ScheduleMeeting>, now: Instant) -> AnyView {
    let (form, moved) = (plan(case, meeting), meeting.came_back());
    let ready = case.sheet == Some(true);
    let ahead = case.meeting_at.filter(|at| *at > now);
    let text = match (ready, ahead) {
        (true, Some(at)) => format!(
            "打合せは{}{}からです。終わったら、ここで打合せ済にできます。",
            japanese_date(at.date(), now.date()),
            clock(at)
        ),
        (true, None) => "打合せが終わったら、両方の会員に確かめて、打合せ済にしてください。".to_owned(),
        (false, _) => {
            "事前打合せ情報がまだそろっていません。利用会員に入力をお願いするか、代わりに入力してください。".to_owned()
        }
    };
    let fields = case_fields(case);
    let hold = (ready && ahead.is_none()).then(|| {
        view! {
            <Form to={fresh::<HoldMeeting>().to()}>
                {fields}
                <Actions>
                    <Button kind=ButtonKind::Primary>"両会員に確かめ、打合せ済にする"</Button>
                </Actions>
            </Form>
        }
    });
    let sheet = format!("/requests/{}/meeting", case.no);
    let write = (!ready).then(|| {
        view! {
            <Actions>
                <ButtonLink href=sheet kind=ButtonKind::Primary>"事前打合せ情報を代わりに入力する"</ButtonLink>
            </Actions>
        }
    });
    view! {
        <Section title="つぎにすること" yours=true>
            <p>{text}</p>
            {hold}
            {write}
            <Disclosure label="事前打合せの日時を変える" open=moved>{form}</Disclosure>
        </Section>
    }
    .into_any()
}

fn meeting_held(case: &CaseDetails) -> AnyView {
    let fields = case_fields(case);
    view! {
        <Section title="つぎにすること" yours=true>
            <p>"両方の会員が合意したら、成立にしてください。連絡先と事前打合せ情報が提供会員に共有されます。"</p>
            <Form to={fresh::<EstablishCase>().to()}>
                {fields}
                <Actions>
                    <Button kind=ButtonKind::Primary name="do" value="establish">"成立にする"</Button>
                </Actions>
            </Form>
        </Section>
    }
    .into_any()
}

/// From 成立 on it is the members' turn, which the branch may take for them.
fn agreed(case: &CaseDetails, now: Instant) -> AnyView {
    match case.report {
        None if case.ends_at <= now => {
            let href = format!("/reports/new?request={}", case.no);
            view! {
                <Section title="報告書を待っています" yours=true>
                    <p>"書面の報告書が届いたときは、提供会員に代わって入力できます。"</p>
                    <Actions><ButtonLink href icon=IconName::Report>"援助活動報告書を代わりに入力する"</ButtonLink></Actions>
                </Section>
            }
            .into_any()
        }
        Some((_, ReportStatus::AwaitingApproval, _)) => notice("利用会員の承認を待っています。"),
        Some((_, ReportStatus::RevisionRequested, _)) => notice("提供会員が報告書を直すのを待っています。"),
        Some((_, ReportStatus::Draft, _)) if case.ends_at <= now => notice("提供会員が報告書を作成中です。"),
        Some((_, ReportStatus::Approved, _)) => ().into_any(),
        _ => notice("活動の日を待っています。活動が終わると、提供会員が報告書を作ります。"),
    }
}

/// The hours have begun without 成立: what is left is to end the case, each way with its form open.
fn too_late(case: &CaseDetails) -> AnyView {
    let may = |action: RequestAction| case.actions.contains(&action);
    let way = |ending: &str| format!("/desk/requests/{}?open={ending}#{ending}", case.no);
    let none = may(RequestAction::NotEstablish)
        .then(|| view! { <ButtonLink href=way(NOT_ESTABLISH)>"不成立にする"</ButtonLink> });
    let withdraw =
        may(RequestAction::Withdraw).then(|| view! { <ButtonLink href=way(WITHDRAW)>"取下げにする"</ButtonLink> });
    let another = format!("/desk/requests/new?member={}", case.family.no);
    view! {
        <Section title="つぎにすること：この依頼を終える" yours=true>
            <p>"活動の開始時刻を過ぎています。これからは成立にできません。取下げか不成立にしてください。"</p>
            <Actions>
                {none}
                {withdraw}
                <ButtonLink href=another kind=ButtonKind::Text>"別の日の依頼を入力する"</ButtonLink>
            </Actions>
        </Section>
    }
    .into_any()
}

fn notice(title: &'static str) -> AnyView {
    view! { <Notice title /> }.into_any()
}
