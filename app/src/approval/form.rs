//! The forms of 承認, 修正依頼 and opening again on a report's page.

use super::api::{ApproveReport, ReopenReport, RequestReportRevision};
use super::island::{LiveApproval, LiveTickets, TicketFields};
use crate::channel;
use crate::form::Kept;
use crate::post::field;
use crate::report::steps::seen;
use crate::report::sum::People;
use crate::ui::{Actions, Button, ButtonKind, ConfirmPanel, Form, Hidden, Section, TextArea, TextField};
use domain::actor::Party;
use domain::report::ReportAction;
use leptos::prelude::*;
use service::approval::ticket_field;
use service::report::ReportDetails;

/// 承認 with the choice of tickets, for the family, or for the coordinator with a paper or a call in hand.
pub fn approval_form(details: &ReportDetails, people: People, kept: &Kept<ApproveReport>) -> Option<AnyView> {
    let quote = details.quote.clone().filter(|_| details.actions.contains(&ReportAction::Approve))?;
    let on_behalf = details.party == Party::Coordinator;
    let tickets = details
        .coupons
        .iter()
        .map(|part| LiveTickets {
            child: part.child.id,
            name: part.child.name.clone(),
            field: kept.field(&ticket_field(part.child.id)).or(part.tickets.to_string()),
            left: u32::try_from(part.left).unwrap_or(0),
            most: u32::try_from(part.most).unwrap_or(0),
        })
        .filter(|own| own.most > 0)
        .collect::<Vec<_>>();
    let proposal = (!tickets.is_empty()).then(|| {
        view! { <p class="kp-note">"いちばん多く使う枚数を選んであります。変えることもできます。"</p> }
    });
    let calculate = (!tickets.is_empty()).then(|| {
        view! {
            <p class="kp-calculate">
                <Button name="do" value="calculate">"計算する"</Button>
            </p>
        }
    });
    let live = LiveApproval { quote, expenses: details.expenses.clone(), people, tickets };
    let evidence = on_behalf.then(|| {
        view! {
            <TextField
                field=field!(kept.evidence)
                label="確認の方法"
                required=true
                support="例：3月30日付の署名のある報告書、4月2日10時の電話"
            />
        }
    });
    // Whoever has read that the report changed sees the new one now, and approves that.
    let (seen, channel) = (seen(details), on_behalf.then(|| channel::field(kept)));
    let content_hash = details.content_hash.clone();
    let form = view! {
        <Form to=kept.to() id="approval">
            {seen}
            <Hidden name="content_hash" value=content_hash />
            {proposal}
            <TicketFields live />
            {calculate}
            {channel}
            {evidence}
            <Actions>
                <Button kind=ButtonKind::Primary name="do" value="approve">"承認"</Button>
            </Actions>
        </Form>
    };
    Some(if on_behalf {
        let title = "利用会員に代わって承認する";
        view! { <Section title><p class="kp-note">"署名のある書面か電話で確認がとれたときだけ、承認できます。"</p>{form}</Section> }.into_any()
    } else {
        let text =
            "内容とお支払いを確かめて、よければ「承認」を押してください。そのあと、提供会員に直接お支払いください。";
        view! { <Section title="報告書を確認してください" yours=true><p>{text}</p>{form}</Section> }.into_any()
    })
}

/// 修正依頼: needs a comment.
pub fn revision_form(details: &ReportDetails, kept: &Kept<RequestReportRevision>) -> Option<AnyView> {
    if !details.actions.contains(&ReportAction::RequestRevision) {
        return None;
    }
    let seen = seen(details);
    let channel = (details.party == Party::Coordinator).then(|| channel::field(kept));
    let comment = field!(kept.comment);
    Some(
        view! {
            <ConfirmPanel
                label="修正依頼"
                explain="提供会員に、直してほしいことを伝えます。直ったら、もう一度お知らせが届きます。"
                to=kept.to()
                submit="修正を依頼する"
                ordinary=true
            >
                {seen}
                {channel}
                <TextArea
                    field=comment
                    label="修正してほしいこと"
                    required=true
                    rows=3
                    support="例：終了は13時でした。"
                />
            </ConfirmPanel>
        }
        .into_any(),
    )
}

/// Opening again, for the coordinator with a reason.
pub fn reopening_form(details: &ReportDetails, kept: &Kept<ReopenReport>) -> Option<AnyView> {
    if !details.actions.contains(&ReportAction::Reopen) {
        return None;
    }
    let seen = seen(details);
    let reason = field!(kept.reason);
    Some(
        view! {
            <ConfirmPanel
                label="承認の取り消し"
                explain="承認と報酬受領を取り消し、提供会員が直せるようにします。使ったおためし券は残数に戻ります。"
                to=kept.to()
                submit="承認を取り消す"
            >
                {seen}
                <TextArea field=reason label="理由" required=true rows=2 />
            </ConfirmPanel>
        }
        .into_any(),
    )
}
