//! Whom a case was offered to, with every answer; a provider's call is entered here.

use crate::channel;
use crate::form::{Typed, typed};
use crate::ui::{
    Actions, Button, ButtonKind, Disclosure, Form, Hidden, Section, StatusTag, Telephone, TextField, Tone, When,
};
use crate::words::status;
use domain::request::OfferStatus;
use domain::time::Date;
use leptos::prelude::*;
use service::coordination::{CaseDetails, OfferLine};

/// Every offer with its answer.
pub(super) async fn offers(case: &CaseDetails, today: Date) -> AnyView {
    typed("offer-closures").await;
    let answer = typed("answers").await;
    if case.offers.is_empty() {
        return ().into_any();
    }
    let no = case.no.to_string();
    let rows = case.offers.iter().map(|offer| row(offer, &no, &answer, today)).collect_view();
    view! { <Section title="打診"><ul class="kp-desk-offers">{rows}</ul></Section> }.into_any()
}

const fn tone(status: OfferStatus) -> Tone {
    match status {
        OfferStatus::Sent | OfferStatus::Seen => Tone::Waiting,
        OfferStatus::Accepted => Tone::Good,
        OfferStatus::Declined | OfferStatus::Expired | OfferStatus::Closed => Tone::Stopped,
    }
}

fn row(offer: &OfferLine, request: &str, typed: &Typed, today: Date) -> impl IntoView + use<> {
    let (telephone, member) = (offer.telephone.clone(), offer.no.to_string());
    let (sent, until, state) = (offer.sent_at, offer.expires_at, offer.status);
    let reason = offer.reason.clone().map(|reason| view! { <p class="kp-note">{format!("理由：{reason}")}</p> });
    let answered = offer.answered_at.map(|start| {
        view! { <span>"返事・終了 "<When start end=None today /></span> }
    });
    let open = state.is_open().then(|| answer(offer, request, typed));
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

/// The provider's answer entered for her, or the offer taken back. Accepting and declining are two forms: Enter in the
/// reason sends its own, which is 辞退.
fn answer(offer: &OfferLine, request: &str, typed: &Typed) -> impl IntoView + use<> {
    let id = offer.id.to_string();
    // The form that came back carries the plain ids, to which its faults lead.
    let mine = typed.came_back() && typed.fields().get("offer") == id;
    let untyped = Typed::default();
    let of = |answer: &str| if mine && typed.fields().get("do") == answer { typed } else { &untyped };
    let accepting = channel::field_of_a_call(&format!("accept-{id}"), of("accept"));
    let declining = channel::field_of_a_call(&format!("decline-{id}"), of("decline"));
    let declined = of("decline");
    let (why, error) = (declined.value("reason", String::new), declined.error("reason"));
    let field = if declined.came_back() { "reason".to_owned() } else { format!("reason-{id}") };
    let about = || {
        let (id, request) = (id.clone(), request.to_owned());
        view! {
            <Hidden name="offer" value=id />
            <Hidden name="request" value=request />
        }
    };
    let (to_accept, to_decline, to_close) = (about(), about(), about());
    let label = format!("{}さんの返事を代わりに入力する", offer.name);
    view! {
        <Disclosure label open=mine>
            <Form action="/api/answers">
                {to_accept}
                {accepting}
                <Actions><Button name="do" value="accept">"受ける"</Button></Actions>
            </Form>
            <Form action="/api/answers">
                {to_decline}
                {declining}
                <TextField
                    name="reason"
                    id=field
                    label="辞退の理由"
                    value=why
                    error
                    support="わからなければ、書かなくてもかまいません。"
                    autocomplete="off"
                />
                <Actions><Button name="do" value="decline">"辞退"</Button></Actions>
            </Form>
            <Form action="/api/offer-closures">
                {to_close}
                <Actions><Button kind=ButtonKind::Text>"この打診を取りやめる"</Button></Actions>
            </Form>
        </Disclosure>
    }
}
