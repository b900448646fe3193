//! The steps that end a case or send it back, each closed until asked for and each with its reason.

use crate::channel;
use crate::form::{Typed, typed};
use crate::ui::{Choice, ConfirmPanel, DateField, FieldGroup, Hidden, RadioGroup, TextArea, TimeField};
use crate::words::coordination as words;
use domain::coordination::{NotEstablishedReason, SearchAgainReason};
use domain::money::grouped;
use domain::request::{CoordinationStatus, RequestAction};
use leptos::prelude::*;
use service::coordination::CaseDetails;

/// The panel of 不成立, to which a link leads that opens it.
pub(super) const NOT_ESTABLISH: &str = "not-establish";
/// The panel of 取下げ, to which a link leads that opens it.
pub(super) const WITHDRAW: &str = "withdraw";

/// Number and revision; what was told of a newer case goes on from there.
fn hidden(case: &CaseDetails, typed: &Typed) -> impl IntoView + use<> {
    let told = typed.error("").is_some();
    let revision = case.revision.to_string();
    let revision = if told { revision } else { typed.value("revision", || revision) };
    view! {
        <Hidden name="request" value=case.no.to_string() />
        <Hidden name="revision" value=revision />
    }
}

/// The id of a field that several forms of the page have: the form that came back carries the plain one.
fn id(typed: &Typed, form: &str, field: &str) -> String {
    if typed.came_back() { field.to_owned() } else { format!("{form}-{field}") }
}

/// Every way to end or return the case that the table allows now; `open` is the panel asked for.
pub(super) async fn endings(case: &CaseDetails, open: Option<&str>) -> AnyView {
    let may = |action: RequestAction| case.actions.contains(&action);
    // A draft is only the provider's own note: it ends with the activity.
    let reported = case.report.is_some_and(|(_, state, _)| state.is_registered());
    let again = if may(RequestAction::SearchAgain) && !reported { Some(search_again(case).await) } else { None };
    let none = if may(RequestAction::NotEstablish) { Some(not_establish(case, open).await) } else { None };
    let withdraw = if may(RequestAction::Withdraw) { Some(withdraw(case, open).await) } else { None };
    let cancel = if may(RequestAction::Cancel) && !reported { Some(cancel(case).await) } else { None };
    view! { <div class="kp-desk-endings">{again}{none}{withdraw}{cancel}</div> }.into_any()
}

/// What becomes of a report that the provider has begun.
fn draft_word(case: &CaseDetails) -> String {
    case.report.map_or_else(String::new, |(no, _, _)| format!("作成中の報告書 {no} は取消になります。"))
}

fn words_field(typed: &Typed, form: &str, required: bool) -> impl IntoView + use<> {
    let (text, error) = (typed.value("reason_text", String::new), typed.error("reason_text"));
    let id = id(typed, form, "reason_text");
    let label = if required {
        "くわしい理由"
    } else {
        "くわしい理由（「その他」のときは入力してください）"
    };
    view! { <TextArea name="reason_text" id label value=text error required rows=2 /> }
}

async fn search_again(case: &CaseDetails) -> AnyView {
    let typed = typed("returns").await;
    let established = case.status == CoordinationStatus::Established;
    let options: Vec<Choice> =
        SearchAgainReason::ALL.iter().map(|one| Choice::new(one.key(), words::search_again(*one))).collect();
    let (value, error) = (typed.value("reason", String::new), typed.error("reason"));
    let explain = if established {
        "予定していた活動を取りやめ、代わりの提供会員を探します。キャンセル料はかかりません。両会員に知らせます。"
    } else {
        "提供会員との調整をやめ、もう一度探します。両会員に知らせます。"
    };
    let explain = format!("{explain}{}", draft_word(case));
    let channel = established.then(|| channel::field_of_a_call("returns", &typed));
    let case = hidden(case, &typed);
    let text = words_field(&typed, "returns", true);
    view! {
        <ConfirmPanel label="再調整に戻す" explain action="/api/returns" submit="再調整に戻す" open=typed.came_back() ordinary=true>
            {case}
            <RadioGroup name="reason" id=id(&typed, "returns", "reason") label="理由" options value error required=true />
            {text}
            {channel}
        </ConfirmPanel>
    }
    .into_any()
}

async fn not_establish(case: &CaseDetails, open: Option<&str>) -> AnyView {
    let typed = typed("endings").await;
    let open = typed.came_back() || open == Some(NOT_ESTABLISH);
    let options: Vec<Choice> =
        NotEstablishedReason::ALL.iter().map(|one| Choice::new(one.key(), words::not_established(*one))).collect();
    let (value, error) = (typed.value("reason", String::new), typed.error("reason"));
    let explain = "利用会員に、今回はご紹介できないことを知らせます。返事待ちの打診は終わります。";
    let case = hidden(case, &typed);
    let text = words_field(&typed, "endings", false);
    view! {
        <ConfirmPanel id=NOT_ESTABLISH label="不成立にする" explain action="/api/endings" submit="不成立にする" open>
            {case}
            <RadioGroup name="reason" id=id(&typed, "endings", "reason") label="理由" options value error required=true />
            {text}
        </ConfirmPanel>
    }
    .into_any()
}

async fn withdraw(case: &CaseDetails, open: Option<&str>) -> AnyView {
    let typed = typed("withdrawals").await;
    let open = typed.came_back() || open == Some(WITHDRAW);
    let (text, error) = (typed.value("reason", String::new), typed.error("reason"));
    let case = hidden(case, &typed);
    let channel = channel::field_of_a_call("withdrawals", &typed);
    view! {
        <ConfirmPanel
            id=WITHDRAW
            label="取下げ（利用会員の申し出）"
            explain="利用会員に代わって取り下げます。お願いしていた提供会員に知らせます。"
            action="/api/withdrawals"
            submit="この依頼を取り下げる"
            open
        >
            {case}
            <TextArea name="reason" id=id(&typed, "withdrawals", "reason") label="取下げの理由（任意）" value=text error rows=2 />
            {channel}
        </ConfirmPanel>
    }
    .into_any()
}

async fn cancel(case: &CaseDetails) -> AnyView {
    let typed = typed("cancellations").await;
    let (text, error) = (typed.value("reason", String::new), typed.error("reason"));
    let explain = match case.fee_if_cancelled {
        Some((yen, percent)) => format!(
            "利用会員に代わってキャンセルします。いまのキャンセル料は{}円（利用料の{percent}%、本部確認待ち）です。両会員に知らせます。",
            grouped(yen)
        ),
        None => "利用会員に代わってキャンセルします。両会員に知らせます。".to_owned(),
    };
    let explain = format!("{explain}{}", draft_word(case));
    let case = hidden(case, &typed);
    let channel = channel::field_of_a_call("cancellations", &typed);
    let (date, date_error) = (typed.value("told_date", String::new), typed.error("told_date"));
    let (time, time_error) = (typed.value("told_time", String::new), typed.error("told_time"));
    view! {
        <ConfirmPanel
            label="キャンセル（利用会員の申し出）"
            explain
            action="/api/cancellations"
            submit="この援助活動をキャンセルする"
            open=typed.came_back()
        >
            {case}
            <TextArea name="reason" id=id(&typed, "cancellations", "reason") label="キャンセルの理由" value=text error required=true rows=2 />
            {channel}
            <p class="kp-note">"連絡を受けたのがいまより前のときは、その日時を入力してください。キャンセル料は、その日時で計算します。"</p>
            <FieldGroup>
                <DateField name="told_date" label="連絡を受けた日" value=date error=date_error />
                <TimeField name="told_time" label="連絡を受けた時刻" value=time error=time_error />
            </FieldGroup>
        </ConfirmPanel>
    }
    .into_any()
}
