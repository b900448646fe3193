//! Whom a case was offered to, with every answer; a provider's call is entered here.

use super::api::CloseOffer;
use crate::channel;
use crate::form::{Kept, fresh, kept};
use crate::offer::api::AnswerOffer;
use crate::post::field;
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
    let answer = kept::<AnswerOffer>().await;
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

fn row(offer: &OfferLine, request: &str, kept: &Kept<AnswerOffer>, today: Date) -> impl IntoView + use<> {
    let (telephone, member) = (offer.telephone.clone(), offer.no.to_string());
    let (sent, until, state) = (offer.sent_at, offer.expires_at, offer.status);
    let reason = offer.reason.clone().map(|reason| view! { <p class="kp-note">{format!("理由：{reason}")}</p> });
    let answered = offer.answered_at.map(|start| {
        view! { <span>"返事・終了 "<When start end=None today /></span> }
    });
    let open = state.is_open().then(|| answer(offer, request, kept));
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
fn answer(offer: &OfferLine, request: &str, kept: &Kept<AnswerOffer>) -> impl IntoView + use<> {
    let id = offer.id.to_string();
    // The form that came back carries the plain ids, to which its faults lead.
    let mine = kept.came_back() && kept.fields().get("offer") == id;
    let untyped = fresh::<AnswerOffer>();
    let of = |answer: &str| if mine && kept.fields().get("do") == answer { kept } else { &untyped };
    let (accepted, declined) = (of("accept"), of("decline"));
    let accepting = channel::field_of_this_call(&format!("accept-{id}"), accepted);
    let declining = channel::field_of_this_call(&format!("decline-{id}"), declined);
    let reason = field!(declined.reason);
    let reason = if declined.came_back() { reason } else { reason.with_id(format!("reason-{id}")) };
    let about = || {
        let (id, request) = (id.clone(), request.to_owned());
        view! {
            <Hidden name="offer" value=id />
            <Hidden name="request" value=request />
        }
    };
    let (accept, decline, close) = (accepted.to(), declined.to(), fresh::<CloseOffer>().to());
    let (to_accept, to_decline, to_close) = (about(), about(), about());
    let label = format!("{}さんの返事を代わりに入力する", offer.name);
    view! {
        <Disclosure label open=mine>
            <Form to=accept>
                {to_accept}
                {accepting}
                <Actions><Button name="do" value="accept">"受ける"</Button></Actions>
            </Form>
            <Form to=decline>
                {to_decline}
                {declining}
                <TextField
                    field=reason
                    label="辞退の理由"
                    support="わからなければ、書かなくてもかまいません。"
                    autocomplete="off"
                />
                <Actions><Button name="do" value="decline">"辞退"</Button></Actions>
            </Form>
            <Form to=close>
                {to_close}
                <Actions><Button kind=ButtonKind::Text>"この打診を取りやめる"</Button></Actions>
            </Form>
        </Disclosure>
    }
}
