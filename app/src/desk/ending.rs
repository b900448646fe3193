//! The steps that end a case or send it back, each closed until asked for and each with its reason.

use super::api::EndSearch;
use crate::channel;
use crate::coordination::api::{CancelCase, ReturnCase};
use crate::form::{Typed, kept};
use crate::post::field;
use crate::request::api::WithdrawRequest;
use crate::ui::{Choice, ConfirmPanel, DateField, DayFor, Field, FieldGroup, Hidden, RadioGroup, TextArea, TimeField};
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

/// Number and revision.
fn hidden(case: &CaseDetails, typed: &Typed) -> impl IntoView + use<> {
    let revision = typed.revision(case.revision);
    view! {
        <Hidden name="request" value=case.no.to_string() />
        <Hidden name="revision" value=revision />
    }
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

fn words_field(field: Field, required: bool) -> impl IntoView + use<> {
    let label = if required {
        "くわしい理由"
    } else {
        "くわしい理由（「その他」のときは入力してください）"
    };
    view! { <TextArea field=field.apart() label required rows=2 /> }
}

async fn search_again(case: &CaseDetails) -> AnyView {
    let kept = kept::<ReturnCase>().await;
    let established = case.status == CoordinationStatus::Established;
    let options: Vec<Choice> =
        SearchAgainReason::ALL.iter().map(|one| Choice::new(one.key(), words::search_again(*one))).collect();
    let explain = if established {
        "予定していた活動を取りやめ、代わりの提供会員を探します。キャンセル料はかかりません。両会員に知らせます。"
    } else {
        "提供会員との調整をやめ、もう一度探します。両会員に知らせます。"
    };
    let explain = format!("{explain}{}", draft_word(case));
    let channel = established.then(|| channel::field_of_a_call(&kept));
    let case = hidden(case, &kept);
    let text = words_field(field!(kept.reason_text), true);
    view! {
        <ConfirmPanel label="再調整に戻す" explain to=kept.to() submit="再調整に戻す" ordinary=true>
            {case}
            <RadioGroup field=field!(kept.reason).apart() label="理由" options required=true />
            {text}
            {channel}
        </ConfirmPanel>
    }
    .into_any()
}

async fn not_establish(case: &CaseDetails, open: Option<&str>) -> AnyView {
    let kept = kept::<EndSearch>().await;
    let open = open == Some(NOT_ESTABLISH);
    let options: Vec<Choice> =
        NotEstablishedReason::ALL.iter().map(|one| Choice::new(one.key(), words::not_established(*one))).collect();
    let explain = "利用会員に、今回はご紹介できないことを知らせます。返事待ちの打診は終わります。";
    let case = hidden(case, &kept);
    let text = words_field(field!(kept.reason_text), false);
    view! {
        <ConfirmPanel id=NOT_ESTABLISH label="不成立にする" explain to=kept.to() submit="不成立にする" open>
            {case}
            <RadioGroup field=field!(kept.reason).apart() label="理由" options required=true />
            {text}
        </ConfirmPanel>
    }
    .into_any()
}

async fn withdraw(case: &CaseDetails, open: Option<&str>) -> AnyView {
    let kept = kept::<WithdrawRequest>().await;
    let open = open == Some(WITHDRAW);
    let case = hidden(case, &kept);
    let channel = channel::field_of_a_call(&kept);
    view! {
        <ConfirmPanel
            id=WITHDRAW
            label="取下げ（利用会員の申し出）"
            explain="利用会員に代わって取り下げます。お願いしていた提供会員に知らせます。"
            to=kept.to()
            submit="この依頼を取り下げる"
            open
        >
            {case}
            <TextArea field=field!(kept.reason).apart() label="取下げの理由（任意）" rows=2 />
            {channel}
        </ConfirmPanel>
    }
    .into_any()
}

async fn cancel(case: &CaseDetails) -> AnyView {
    let kept = kept::<CancelCase>().await;
    let explain = match case.fee_if_cancelled {
        Some((yen, percent)) => format!(
            "利用会員に代わってキャンセルします。いまのキャンセル料は{}円（利用料の{percent}%、本部確認待ち）です。両会員に知らせます。",
            grouped(yen)
        ),
        None => "利用会員に代わってキャンセルします。両会員に知らせます。".to_owned(),
    };
    let explain = format!("{explain}{}", draft_word(case));
    let case = hidden(case, &kept);
    let channel = channel::field_of_a_call(&kept);
    view! {
        <ConfirmPanel
            label="キャンセル（利用会員の申し出）"
            explain
            to=kept.to()
            submit="この援助活動をキャンセルする"
        >
            {case}
            <TextArea field=field!(kept.reason).apart() label="キャンセルの理由" required=true rows=2 />
            {channel}
            <p class="kp-note">"連絡を受けたのがいまより前のときは、その日時を入力してください。キャンセル料は、その日時で計算します。"</p>
            <FieldGroup>
                <DateField field=field!(kept.told_date) label="連絡を受けた日" days=DayFor::Past />
                <TimeField field=field!(kept.told_time) label="連絡を受けた時刻" />
            </FieldGroup>
        </ConfirmPanel>
    }
    .into_any()
}
