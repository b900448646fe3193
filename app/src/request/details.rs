//! `/requests/CDK…`: the family's page of a request; the provider and the coordinator have their own.

use super::api::WithdrawRequest;
use super::number;
use super::reach::branch_box;
use crate::calendar::link;
use crate::coordination::activity::record;
use crate::coordination::api::CancelCase;
use crate::fault::Fault;
use crate::form::{Kept, Typed, kept};
use crate::page::{Page, page, redirect};
use crate::post::field;
use crate::ui::{
    Actions, ButtonKind, ButtonLink, ConfirmPanel, DataList, DataRow, Hidden, IconName, Moment, Money, Notice,
    NoticeKind, PageHead, Section, StatusTag, Stepper, Telephone, TextArea, When,
};
use crate::visit::{Visit, param, visit};
use crate::words::{request as words, status};
use domain::money::grouped;
use domain::number::RequestNo;
use domain::report::{ReportStatus, RewardStatus};
use domain::request::{CoordinationStatus, RequestAction};
use leptos::prelude::*;
use service::request::{ReportHead, RequestDetails, Viewer};

/// `/requests/CDK…`
#[component]
pub fn RequestPage() -> impl IntoView {
    let no = param("no");
    page(async move {
        let visit = visit()?;
        let no = number(&no)?;
        match service::request::viewer(&visit.env, &visit.actor, no).await? {
            Viewer::Family => family(&visit, no).await,
            Viewer::Provider => redirect(&format!("/coordination/{no}")),
            Viewer::Coordinator => redirect(&format!("/desk/requests/{no}")),
            Viewer::Headquarters => redirect(&format!("/requests/{no}/history")),
        }
    })
}

async fn family(visit: &Visit, no: RequestNo) -> Result<Page, Fault> {
    let details = service::request::details(&visit.env, &visit.actor, no).await?;
    let withdrawal = kept::<WithdrawRequest>().await;
    let cancellation = kept::<CancelCase>().await;
    let report = details.report.map(|report| (report.status, report.reward));
    let step = words::step(details.status, report, details.start, details.end, details.now);
    let tag = {
        let now = details.status;
        move || view! { <StatusTag tone=status::request_tone(now) text=status::request(now) /> }
    };
    let branch = branch_box(&details.reach.branch, "変更やご相談は、お電話ください。");
    let facts = facts(&details);
    Ok(Page::new(
        "援助依頼",
        view! {
            <PageHead title="援助依頼" over=no.to_string() back="/requests" aside=tag />
            {step.map(|current| view! { <Stepper current /> })}
            {next_thing(&details)}
            {details.activity.as_ref().map(record)}
            {provider(&details)}
            <Section title="依頼の内容">{facts}</Section>
            {ending(&details)}
            {steps(&details, &withdrawal, &cancellation)}
            {branch}
        },
    )
    .about(Some(no)))
}

/// 「あなたの番です」 when it is, else who does what next.
fn next_thing(details: &RequestDetails) -> AnyView {
    use CoordinationStatus as S;
    let no = details.no;
    let yours = |title: &'static str, text: &'static str, href: String, label: &'static str| {
        view! {
            <Section title yours=true>
                <p>{text}</p>
                <Actions>
                    <ButtonLink href kind=ButtonKind::Primary>{label}</ButtonLink>
                </Actions>
            </Section>
        }
        .into_any()
    };
    if details.status == S::Draft {
        let text = "まだ支部には届いていません。";
        return yours("つづきを入力してください", text, format!("/requests/{no}/edit"), "入力を続ける");
    }
    // Once the activity is reported, what it needed before is no longer the next thing.
    let reported = details.report.is_some_and(|report| report.status.is_registered());
    if details.status.sheet_open() && !details.sheet_complete && !reported {
        let text = "打合せの日までに入力してください。成立した後、提供会員に共有されます。";
        let href = format!("/requests/{no}/meeting");
        return yours("事前打合せ情報を入力してください", text, href, "事前打合せ情報を入力する");
    }
    match details.report {
        Some(ReportHead { no, status: ReportStatus::AwaitingApproval, .. }) => yours(
            "報告書を確認してください",
            "提供会員から援助活動報告書が届きました。内容を確かめて、承認してください。",
            format!("/reports/{no}"),
            "報告書を確認する",
        ),
        Some(report @ ReportHead { status: ReportStatus::Approved, .. }) => settled(report),
        _ if details.status == S::ProviderFound => {
            let branch = &details.reach.branch;
            let text = words::waiting(details.status, &branch.name, "");
            let href = format!("/requests/{no}/meeting");
            view! {
                <Notice title=text>
                    <p>"日時がもう決まっているときは、画面から入力できます。"</p>
                    <Actions><ButtonLink href>"事前打合せの日時を入力する"</ButtonLink></Actions>
                </Notice>
            }
            .into_any()
        }
        _ => {
            let branch = &details.reach.branch;
            let text = words::waiting(details.status, &branch.name, &branch.hours_text);
            let meeting = format!("/requests/{no}/meeting");
            let sheet = details.status.sheet_open().then(|| {
                view! { <Actions><ButtonLink href=meeting>"事前打合せ情報を見る・直す"</ButtonLink></Actions> }
            });
            let agreed = matches!(details.status, S::Established | S::Completed);
            let over = agreed && details.end.is_some_and(|end| end <= details.now);
            let text = if over {
                "提供会員が援助活動報告書を作ります。届きましたらお知らせします。".into()
            } else {
                text
            };
            view! { <Notice title=text>{sheet}</Notice> }.into_any()
        }
    }
}

fn settled(report: ReportHead) -> AnyView {
    let text = match report.reward {
        RewardStatus::NotReceived if report.user_pays == 0 => "承認しました。お支払いはありません。".to_owned(),
        RewardStatus::NotReceived => {
            format!("承認しました。{}円を、提供会員に直接お支払いください。", grouped(report.user_pays))
        }
        RewardStatus::Received => "お支払いが済み、この援助活動は終わりました。".to_owned(),
    };
    let href = format!("/reports/{}", report.no);
    view! {
        <Notice kind=NoticeKind::Success title=text>
            <Actions><ButtonLink href>"援助活動報告書を見る"</ButtonLink></Actions>
        </Notice>
    }
    .into_any()
}

fn provider(details: &RequestDetails) -> impl IntoView + use<> {
    let today = details.now.date();
    let meeting = details.meeting_at.filter(|_| details.status.meeting_known());
    let place = details.meeting_place.clone();
    let provider = details.provider.clone();
    let hours = details.start.zip(details.end);
    let calendar = hours.and_then(|hours| link(details.no, details.status, details.meeting_at, hours, details.now));
    (meeting.is_some() || provider.is_some()).then(|| {
        let provider = provider.map(|provider| {
            let telephone = provider.telephone.map(|number| {
                view! { <DataRow term="提供会員の電話番号"><Telephone number /></DataRow> }
            });
            view! {
                <DataRow term="提供会員">{format!("{}さん", provider.name)}</DataRow>
                {telephone}
            }
        });
        let meeting =
            meeting.map(|start| view! { <DataRow term="事前打合せ日"><When start end=None today /></DataRow> });
        let place = (!place.is_empty()).then(|| view! { <DataRow term="事前打合せの場所">{place}</DataRow> });
        view! {
            <Section title="提供会員と事前打合せ">
                <DataList>{provider}{meeting}{place}</DataList>
                {calendar}
            </Section>
        }
    })
}

/// What was asked for.
pub fn facts(details: &RequestDetails) -> impl IntoView + use<> {
    let today = details.now.date();
    let when = match details.start {
        Some(start) => view! { <When start end=details.end today /> }.into_any(),
        None => "未入力".into_any(),
    };
    let children: Vec<_> =
        details.children.iter().map(|child| format!("{}（{}歳）", child.given_name, child.age)).collect();
    let children = if children.is_empty() { "未入力".to_owned() } else { children.join("、") };
    let written = |term: &'static str, text: &str| {
        (!text.is_empty()).then(|| {
            let text = text.to_owned();
            view! { <DataRow term><span class="kp-written">{text}</span></DataRow> }
        })
    };
    let (detail, notes) = (written("場所の詳細", &details.place_detail), written("備考", &details.notes));
    let requested_at = details.requested_at;
    let asked = (details.status != CoordinationStatus::Draft)
        .then(|| view! { <DataRow term="依頼をした日"><Moment at=requested_at /></DataRow> });
    let kind = details.kind.map_or("未入力", status::care_kind);
    let place = details.place.map_or("未入力", status::care_place);
    let updated_at = details.updated_at;
    view! {
        <DataList>
            <DataRow term="預けたい日">{when}</DataRow>
            <DataRow term="預ける子ども">{children}</DataRow>
            <DataRow term="希望する援助内容">{kind}</DataRow>
            <DataRow term="場所">{place}</DataRow>
            {detail}
            {notes}
            {asked}
            <DataRow term="更新日時"><Moment at=updated_at /></DataRow>
        </DataList>
    }
}

/// Why it ended, and what a cancellation costs.
fn ending(details: &RequestDetails) -> impl IntoView + use<> {
    let shown = details.status.is_final() && !details.reason.is_empty();
    let reason = shown
        .then(|| crate::words::coordination::kept_reason(&details.reason))
        .map(|reason| view! { <DataRow term="理由"><span class="kp-written">{reason}</span></DataRow> });
    let fee = details.cancellation_fee_yen.map(|yen| {
        view! { <DataRow term="キャンセル料（本部確認待ち）"><Money yen /></DataRow> }
    });
    (reason.is_some() || fee.is_some())
        .then(|| view! { <Section title="終わりの記録"><DataList>{reason}{fee}</DataList></Section> })
}

/// Number and revision of the case.
fn hidden(details: &RequestDetails, typed: &Typed) -> impl IntoView + use<> {
    let (no, revision) = (details.no.to_string(), typed.revision(details.revision));
    view! {
        <Hidden name="request" value=no />
        <Hidden name="revision" value=revision />
    }
}

/// 「この下書きをやめる」: nobody but the family has seen it, so no reason is asked.
pub(super) fn discard_draft(kept: &Kept<WithdrawRequest>, case: impl IntoView + 'static) -> AnyView {
    view! {
        <ConfirmPanel
            label="この下書きをやめる"
            explain="入力した内容は元に戻せません。"
            to=kept.to()
            submit="この下書きをやめる"
        >
            {case}
        </ConfirmPanel>
    }
    .into_any()
}

/// コピー, and 取下げ or キャンセル as the table allows.
fn steps(
    details: &RequestDetails,
    withdrawal: &Kept<WithdrawRequest>,
    cancellation: &Kept<CancelCase>,
) -> impl IntoView + use<> {
    let no = details.no;
    let may = |action: RequestAction| details.actions.contains(&action);
    let copy = (details.status != CoordinationStatus::Draft).then(|| {
        let href = format!("/requests/new?copy={no}");
        view! {
            <Actions>
                <ButtonLink href icon=IconName::Copy>"コピーして依頼する"</ButtonLink>
            </Actions>
        }
    });
    let draft = details.status == CoordinationStatus::Draft;
    let case = hidden(details, withdrawal);
    let discard = draft.then(|| discard_draft(withdrawal, case));
    let withdraw = (may(RequestAction::Withdraw) && !draft).then(|| {
        let (case, reason) = (hidden(details, withdrawal), field!(withdrawal.reason));
        view! {
            <ConfirmPanel
                label="依頼を取り下げる（取下げ）"
                explain="支部と、お願いしていた提供会員に知らせます。取り下げた依頼は元に戻せません。"
                to=withdrawal.to()
                submit="この依頼を取り下げる"
            >
                {case}
                <TextArea field=reason label="取下げの理由（任意）" rows=2 />
            </ConfirmPanel>
        }
    });
    // A report that the provider has only begun is not there for the family.
    let registered = details.report.is_some_and(|report| report.status.is_registered());
    let cancel = (may(RequestAction::Cancel) && !registered).then(|| {
        let fee = match details.fee_if_cancelled {
            Some(0) => "いまキャンセルしても、キャンセル料はかかりません。".to_owned(),
            Some(yen) => {
                format!("いまキャンセルすると、キャンセル料は{}円です（本部確認待ち）。", grouped(yen))
            }
            None => "時期により、キャンセル料がかかることがあります。".to_owned(),
        };
        let explain = format!("提供会員と支部に知らせます。{fee}");
        let today = details.start.is_some_and(|start| start.date() == details.now.date());
        let branch = &details.reach.branch;
        let call = today.then(|| branch_box(branch, "お子さんの体調が悪いときは、すぐ支部へお電話ください。"));
        let (case, reason) = (hidden(details, cancellation), field!(cancellation.reason));
        view! {
            {call}
            <ConfirmPanel
                label="援助活動をやめる（キャンセル）"
                explain
                to=cancellation.to()
                submit="この援助活動をキャンセルする"
            >
                {case}
                <TextArea field=reason label="キャンセルの理由" required=true rows=2 />
            </ConfirmPanel>
        }
    });
    view! {
        {copy}
        {discard}
        {withdraw}
        {cancel}
    }
}
