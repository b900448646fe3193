//! Whom the coordinator may ask for a case, in the order of whom to ask first, and who may not be asked and why.

use super::api::SendOffers;
use super::next::case_fields;
use crate::form::kept;
use crate::ui::{Actions, Button, ButtonKind, CheckboxGroup, Choice, Disclosure, EmptyState, Form, Section};
use crate::words::{refusal, status};
use domain::request::OfferStatus;
use leptos::prelude::*;
use service::coordination::{Candidate, CaseDetails};

/// How many candidates stand open; the others follow on demand.
const FIRST: usize = 10;

/// Who may be asked and why they stand there, and who may not and why.
pub(super) async fn candidates(case: &CaseDetails, found: Vec<Candidate>) -> AnyView {
    let kept = kept::<SendOffers>().await;
    let providers = kept.field("providers[]");
    let chosen = providers.values();
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
        let more = providers.clone().with_id("providers-more").error(None);
        let others = (!others.is_empty()).then(|| {
            view! {
                <Disclosure label open>
                    <CheckboxGroup field=more label="ほかの提供会員" options=others />
                </Disclosure>
            }
        });
        view! {
            <Form to=kept.to()>
                {fields}
                <CheckboxGroup
                    field=providers
                    label="打診する提供会員"
                    options
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
