//! What the coordinator does next with a case, and whom she asks.

use super::ending::{NOT_ESTABLISH, WITHDRAW};
use crate::form::{Typed, typed};
use crate::meeting::meeting_form;
use crate::ui::{
    Actions, Button, ButtonKind, ButtonLink, CheckboxGroup, Choice, Disclosure, EmptyState, Form, Hidden, IconName,
    Notice, Section, Select, StatusTag, Telephone, TextField, Tone, When,
};
use crate::words::{self, refusal, status};
use domain::actor::Channel;
use domain::report::ReportStatus;
use domain::request::{CoordinationStatus as S, OfferStatus, RequestAction};
use domain::time::{Date, Instant, clock, japanese_date};
use leptos::prelude::*;
use service::coordination::{Candidate, CaseDetails, OfferLine};

/// Number and revision of the case, for every step.
fn case_fields(case: &CaseDetails) -> impl IntoView + use<> {
    let (no, revision) = (case.no.to_string(), case.revision.to_string());
    view! {
        <Hidden name="request" value=no />
        <Hidden name="revision" value=revision />
    }
}

/// The one thing to do now, always at the same place.
pub(super) async fn next_step(case: &CaseDetails, now: Instant) -> AnyView {
    // Opened for their faults, which stand at the top of the page.
    for endpoint in ["takings", "held-meetings", "establishments"] {
        typed(endpoint).await;
    }
    let meeting = typed("meetings").await;
    let plan = |moving: bool| {
        let form = meeting_form(&meeting, case.no, case.revision, case.meeting_at, case.meeting_place.clone(), true);
        if moving {
            view! { <Disclosure label="事前打合せの日時を変える" open=meeting.came_back()>{form}</Disclosure> }
                .into_any()
        } else {
            form.into_any()
        }
    };
    let before = !case.status.is_final() && !matches!(case.status, S::Submitted | S::Established);
    if before && case.starts_at <= now {
        return too_late(case);
    }
    match case.status {
        S::Submitted => {
            let text = "内容を確かめ、利用会員に電話してください。担当すると、提供会員を探せます。";
            let fields = case_fields(case);
            view! {
                <Section title="つぎにすること" yours=true>
                    <p>{text}</p>
                    <Form action="/api/takings">
                        {fields}
                        <Actions><Button kind=ButtonKind::Primary>"この依頼を担当する"</Button></Actions>
                    </Form>
                </Section>
            }
            .into_any()
        }
        S::InCoordination => notice("下の候補から、打診する提供会員を選んでください。"),
        S::Offering => {
            notice("提供会員の返事を待っています。電話で返事があったときは、下の打診から代わりに入力できます。")
        }
        S::ProviderFound => {
            let form = plan(false);
            let fields = case_fields(case);
            let waive = case.waivable.then(|| {
                view! {
                    <Disclosure label="打合せを省いて成立にする">
                        <p>"同じ年度に、同じ組み合わせ・同じ内容の援助がありました。事前打合せ情報は前回のものを引き継ぎます。"</p>
                        <Form action="/api/establishments">
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
        S::MeetingScheduled => {
            let fields = case_fields(case);
            let form = plan(true);
            let sheet = format!("/requests/{}/meeting", case.no);
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
                    "事前打合せ情報がまだそろっていません。利用会員に入力をお願いするか、代わりに入力してください。"
                        .to_owned()
                }
            };
            let hold = (ready && ahead.is_none()).then(|| {
                view! {
                    <Form action="/api/held-meetings">
                        {fields}
                        <Actions>
                            <Button kind=ButtonKind::Primary>"両会員に確かめ、打合せ済にする"</Button>
                        </Actions>
                    </Form>
                }
            });
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
                    {form}
                </Section>
            }
            .into_any()
        }
        S::MeetingHeld => {
            let fields = case_fields(case);
            view! {
                <Section title="つぎにすること" yours=true>
                    <p>"両方の会員が合意したら、成立にしてください。連絡先と事前打合せ情報が提供会員に共有されます。"</p>
                    <Form action="/api/establishments">
                        {fields}
                        <Actions>
                            <Button kind=ButtonKind::Primary name="do" value="establish">"成立にする"</Button>
                        </Actions>
                    </Form>
                </Section>
            }
            .into_any()
        }
        S::Established if case.ends_at <= now && case.report.is_none() => {
            let href = format!("/reports/new?request={}", case.no);
            view! {
                <Section title="報告書を待っています" yours=true>
                    <p>"書面の報告書が届いたときは、提供会員に代わって入力できます。"</p>
                    <Actions><ButtonLink href icon=IconName::Report>"援助活動報告書を代わりに入力する"</ButtonLink></Actions>
                </Section>
            }
            .into_any()
        }
        S::Established | S::Completed => match case.report {
            Some((_, ReportStatus::AwaitingApproval, _)) => notice("利用会員の承認を待っています。"),
            Some((_, ReportStatus::RevisionRequested, _)) => notice("提供会員が報告書を直すのを待っています。"),
            Some((_, ReportStatus::Draft, _)) if case.ends_at <= now => notice("提供会員が報告書を作成中です。"),
            Some((_, ReportStatus::Approved, _)) => ().into_any(),
            _ => notice("活動の日を待っています。活動が終わると、提供会員が報告書を作ります。"),
        },
        S::Draft | S::NotEstablished | S::Withdrawn | S::Cancelled => ().into_any(),
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

/// Every offer with its answer; a provider's call is entered here.
pub(super) async fn offers(case: &CaseDetails, today: Date) -> AnyView {
    typed("offer-closures").await;
    let answer = typed("answers").await;
    if case.offers.is_empty() {
        return ().into_any();
    }
    let no = case.no.to_string();
    let rows = case.offers.iter().map(|offer| row(offer, no.clone(), &answer, today)).collect_view();
    view! { <Section title="打診"><ul class="kp-desk-offers">{rows}</ul></Section> }.into_any()
}

const fn tone(status: OfferStatus) -> Tone {
    match status {
        OfferStatus::Sent | OfferStatus::Seen => Tone::Waiting,
        OfferStatus::Accepted => Tone::Good,
        OfferStatus::Declined | OfferStatus::Expired | OfferStatus::Closed => Tone::Stopped,
    }
}

fn row(offer: &OfferLine, request: String, typed: &Typed, today: Date) -> impl IntoView + use<> {
    let (name, telephone, member) = (offer.name.clone(), offer.telephone.clone(), offer.no.to_string());
    let (sent, until, state) = (offer.sent_at, offer.expires_at, offer.status);
    let reason = offer.reason.clone().map(|reason| view! { <p class="kp-note">{format!("理由：{reason}")}</p> });
    let answered = offer.answered_at.map(|start| {
        view! { <span>"返事・終了 "<When start end=None today /></span> }
    });
    let id = offer.id;
    // The form that came back carries the plain id, to which its fault leads.
    let mine = typed.came_back() && typed.fields().get("offer") == id.to_string();
    let (why, error) =
        if mine { (typed.value("reason", String::new), typed.error("reason")) } else { (String::new(), None) };
    let field = if mine { "reason".to_owned() } else { format!("reason-{id}") };
    let open = state.is_open().then(|| {
        let channels: Vec<Choice> = [Channel::Phone, Channel::Paper, Channel::Counter]
            .into_iter()
            .map(|channel| Choice::new(channel.key(), words::channel(channel)))
            .collect();
        let channel = |answer: &str| {
            let options = channels.clone();
            view! { <Select name="channel" id=format!("{answer}-channel-{id}") label="連絡の方法" options value="phone" /> }
        };
        let (accepting, declining) = (channel("accept"), channel("decline"));
        let case = || {
            let request = request.clone();
            view! {
                <Hidden name="offer" value=id.to_string() />
                <Hidden name="request" value=request />
            }
        };
        let (accepted, declined, closed) = (case(), case(), case());
        view! {
            <Disclosure label=format!("{name}さんの返事を代わりに入力する") open=mine>
                // Two forms: Enter in the reason sends its own, which is 辞退.
                <Form action="/api/answers">
                    {accepted}
                    {accepting}
                    <Actions><Button name="do" value="accept">"受ける"</Button></Actions>
                </Form>
                <Form action="/api/answers">
                    {declined}
                    {declining}
                    <TextField name="reason" id=field label="辞退の理由" value=why error support="わからなければ、書かなくてもかまいません。" autocomplete="off" />
                    <Actions><Button name="do" value="decline">"辞退"</Button></Actions>
                </Form>
                <Form action="/api/offer-closures">
                    {closed}
                    <Actions><Button kind=ButtonKind::Text>"この打診を取りやめる"</Button></Actions>
                </Form>
            </Disclosure>
        }
    });
    let deadline = state.is_open().then(|| view! { <span>"返事の期限 "<When start=until end=None today /></span> });
    view! {
        <li class="kp-desk-offers__item">
            <p class="kp-desk-offers__head">
                <strong>{offer.name.clone()}</strong>
                {format!(" {member} ")}
                <Telephone number=telephone />
                " "
                <StatusTag tone=tone(state) text=status::offer(state) />
            </p>
            <p class="kp-desk-offers__times">
                <span>"打診 "<When start=sent end=None today /></span>
                {deadline}
                {answered}
            </p>
            {reason}
            {open}
        </li>
    }
}

/// How many candidates stand open; the others follow on demand.
const FIRST: usize = 10;

/// Who may be asked and why they stand there, and who may not and why.
pub(super) async fn candidates(case: &CaseDetails, found: Vec<Candidate>) -> AnyView {
    let typed = typed("offers").await;
    let (chosen, error) = (typed.values("providers[]", Vec::new), typed.error("providers"));
    let (may, may_not): (Vec<_>, Vec<_>) = found.into_iter().partition(|one| one.gates.is_empty());
    let may: Vec<_> = may.into_iter().filter(|one| !one.offer.is_some_and(OfferStatus::is_open)).collect();
    let title = format!("候補（{}人）", may.len());
    let fields = case_fields(case);
    let form = if may.is_empty() {
        view! {
            <EmptyState
                title="打診できる提供会員がいません"
                text="下の「打診できない方」の理由を確かめてください。見つからないときは、不成立にできます。"
            />
        }
        .into_any()
    } else {
        let mut options: Vec<Choice> = may.iter().map(choice).collect();
        let others = options.split_off(options.len().min(FIRST));
        let open = others.iter().any(|one| chosen.contains(&one.value));
        let label = format!("ほかの候補（{}人）", others.len());
        let more = chosen.clone();
        let others = (!others.is_empty()).then(|| {
            view! {
                <Disclosure label open>
                    <CheckboxGroup name="providers[]" id="providers-more" label="ほかの提供会員" options=others values=more />
                </Disclosure>
            }
        });
        view! {
            <Form action="/api/offers">
                {fields}
                <CheckboxGroup
                    name="providers[]"
                    id="providers"
                    label="打診する提供会員"
                    options
                    values=chosen
                    error
                    support="並び：同じ町、この子・この家庭の経験、最近の活動の少なさ。"
                />
                {others}
                <Actions>
                    <Button kind=ButtonKind::Primary>"選んだ方に打診する"</Button>
                </Actions>
            </Form>
        }
        .into_any()
    };
    let barred = (!may_not.is_empty()).then(|| {
        let label = format!("打診できない方（{}人）", may_not.len());
        let rows = may_not.into_iter().map(barred).collect_view();
        view! { <Disclosure label><ul class="kp-desk-barred">{rows}</ul></Disclosure> }
    });
    view! { <Section title><div class="kp-desk-candidates">{form}</div>{barred}</Section> }.into_any()
}

fn choice(one: &Candidate) -> Choice {
    let mut why = Vec::new();
    if one.same_town {
        why.push("同じ町".to_owned());
    }
    if one.times_with_children > 0 {
        why.push(format!("この子と{}回", one.times_with_children));
    } else if one.times_with_family > 0 {
        why.push(format!("この家庭と{}回", one.times_with_family));
    }
    why.push(format!("最近90日の活動 {}件", one.recent));
    if let Some(before) = one.offer {
        why.push(format!("この依頼は「{}」", status::offer(before)));
    }
    Choice::new(one.no.to_string(), format!("{}（{}）", one.name, one.town))
        .note(why.join("・"))
        .call(one.telephone.clone())
}

fn barred(one: Candidate) -> impl IntoView {
    let why = refusal::gates(&one.gates);
    view! {
        <li>
            <strong>{one.name}</strong>
            {format!("（{}・{}）", one.no, one.town)}
            <br />
            {why}
        </li>
    }
}
