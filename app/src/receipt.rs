//! 報酬受領 and taking it back: their forms on a report's page, what receives them, and the words of both.
//!
//! A whole form in one file, as an example: `docs/ARCHITECTURE.md`, "Forms".

use crate::channel;
use crate::fault::Fault;
use crate::form::Kept;
use crate::post::{field, post};
use crate::report::steps::seen;
use crate::ui::{Actions, Button, ButtonKind, Choice, ConfirmPanel, Form, RadioGroup, Section};
use crate::words::{fee, status};
use domain::actor::Party;
use domain::report::{ReceiptMethod, RewardAction};
use leptos::prelude::*;
use service::report::ReportDetails;

/// 報酬受領.
///
/// # Errors
/// A missing method, or the rule in the way, shown at the report.
#[server(prefix = "/api", endpoint = "receipts")]
pub async fn receive_reward(
    #[server(default)] report: String,
    #[server(default)] revision: String,
    #[server(default)] method: String,
    #[server(default)] channel: String,
) -> Result<(), Fault> {
    let no = domain::number::ReportNo::parse(&report).map_err(|_| Fault::NotFound)?;
    let back = format!("/reports/{no}");
    crate::form::run(back.clone(), async |visit| {
        let (seen, channel) = crate::report::steps::step(&revision, &channel);
        service::receipt::receive(&visit.env, &visit.actor, no, seen, &method, channel).await?;
        Ok(format!("{back}?done=mark_received"))
    })
    .await
}

post! { ReceiveReward }

/// Takes a receipt back.
///
/// # Errors
/// The rule in the way, shown at the report.
#[server(prefix = "/api", endpoint = "receipt-undoings")]
pub async fn undo_reward(
    #[server(default)] report: String,
    #[server(default)] revision: String,
    #[server(default)] channel: String,
) -> Result<(), Fault> {
    let no = domain::number::ReportNo::parse(&report).map_err(|_| Fault::NotFound)?;
    let back = format!("/reports/{no}");
    crate::form::run(back.clone(), async |visit| {
        let (seen, channel) = crate::report::steps::step(&revision, &channel);
        service::receipt::undo_receipt(&visit.env, &visit.actor, no, seen, channel).await?;
        Ok(format!("{back}?done=undo_receipt"))
    })
    .await
}

post! { UndoReward }

/// 報酬受領: after 承認済, by the provider or on behalf.
pub fn receipt_form(details: &ReportDetails, kept: &Kept<ReceiveReward>) -> Option<AnyView> {
    if !details.reward_actions.contains(&RewardAction::MarkReceived) {
        return None;
    }
    let on_behalf = details.party == Party::Coordinator;
    let yen = details.settlement.user_pays;
    // With nothing left to pay there is one way only, and else that way is none.
    let methods: Vec<Choice> = ReceiptMethod::ALL
        .iter()
        .filter(|method| (**method == ReceiptMethod::CouponOnly) == (yen == 0))
        .map(|method| Choice::new(method.key(), status::receipt_method(*method)))
        .collect();
    let first = methods.first().map(|choice| choice.value.clone()).unwrap_or_default();
    let method = field!(kept.method).or(first);
    let family = details.family.as_ref().map_or_else(String::new, |family| family.family.clone());
    let text = if yen == 0 {
        "おためし券で全額が支払われました。確かめて「報酬受領」を押してください。".to_owned()
    } else {
        format!("{family}さんから{}を受け取ったら、「報酬受領」を押してください。", fee::yen(yen))
    };
    let (seen, channel) = (seen(details), on_behalf.then(|| channel::field(kept)));
    let form = view! {
        <Form to=kept.to()>
            {seen}
            <RadioGroup field=method label="受け取り方" options=methods required=true />
            {channel}
            <Actions>
                <Button kind=ButtonKind::Primary>"報酬受領"</Button>
            </Actions>
        </Form>
    };
    let title = if on_behalf {
        "提供会員に代わって報酬受領を登録する"
    } else {
        "報酬を受け取ってください"
    };
    Some(view! { <Section title yours=!on_behalf><p>{text}</p>{form}</Section> }.into_any())
}

/// Taking the receipt back.
pub fn undoing_form(details: &ReportDetails, kept: &Kept<UndoReward>) -> Option<AnyView> {
    if !details.reward_actions.contains(&RewardAction::UndoReceipt) {
        return None;
    }
    let on_behalf = details.party == Party::Coordinator;
    let (seen, channel) = (seen(details), on_behalf.then(|| channel::field(kept)));
    Some(
        view! {
            <ConfirmPanel
                label="報酬受領の取り消し"
                explain="まちがえて押したときに、受領前に戻します。提供会員が戻せるのは当日だけです。"
                to=kept.to()
                submit="受領前に戻す"
            >
                {seen}
                {channel}
            </ConfirmPanel>
        }
        .into_any(),
    )
}
