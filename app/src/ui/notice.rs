//! What the reader should know: faults, news, telephone numbers, confirmations.

use super::button::ScriptButton;
use super::frame::BranchContact;
use super::icon::{Icon, IconName};
use super::telephone::tel_href;
use leptos::prelude::*;

/// All faults of a form, at the top of `<main>` above the `h1`, also when there is only one.
///
/// It takes the focus when the page opens, with and without script. The page's title then begins 「エラー：」.
#[component]
pub fn ErrorSummary(
    /// The id of each field and what is to be fixed there, in the words shown at the field.
    errors: Vec<(String, String)>,
) -> impl IntoView {
    (!errors.is_empty())
        .then(|| {
            // A refusal concerns no field: there is nothing to fix, but something to know.
            let fields = errors.iter().filter(|(field, _)| !field.is_empty()).count();
            let title = if fields > 0 {
                format!("{fields}か所を直してください")
            } else {
                "お確かめください".to_owned()
            };
            let items = errors
                .into_iter()
                .map(|(field, text)| {
                    // A refusal that concerns no single field has no place to link to.
                    let body = if field.is_empty() {
                        view! { <span>{text}</span> }.into_any()
                    } else {
                        view! { <a class="kp-faults__link" href=format!("#{field}")>{text}</a> }.into_any()
                    };
                    view! { <li>{body}</li> }
                })
                .collect_view();
            view! {
                <div class="kp-faults" id="faults" role="alert" tabindex="-1" autofocus aria-labelledby="faults-title">
                    <h2 class="kp-faults__title" id="faults-title">
                        <Icon name=IconName::Fault />
                        <span>{title}</span>
                    </h2>
                    <ul class="kp-faults__list">{items}</ul>
                </div>
            }
        })
        .into_any()
}

/// What kind of news a [`Notice`] is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum NoticeKind {
    /// Good to know.
    #[default]
    Info,
    /// It worked.
    Success,
    /// Take care, or it did not happen and why.
    Warning,
}

impl NoticeKind {
    const fn parts(self) -> (&'static str, IconName) {
        match self {
            Self::Info => ("kp-notice kp-notice--info", IconName::Info),
            Self::Success => ("kp-notice kp-notice--success", IconName::CheckCircle),
            Self::Warning => ("kp-notice kp-notice--warning", IconName::Warning),
        }
    }
}

/// A banner with news, read aloud when the page opens.
#[component]
pub fn Notice(
    /// What kind of news it is.
    #[prop(optional)]
    kind: NoticeKind,
    /// The news in a few words; the children say more.
    #[prop(optional, into)]
    title: String,
    /// Whether it is the answer to what the reader just did, and so announced.
    #[prop(optional)]
    announce: bool,
    /// More about it.
    #[prop(optional)]
    children: Option<Children>,
) -> impl IntoView {
    let (class, icon) = kind.parts();
    view! {
        <div class=class role=announce.then_some("status")>
            <Icon name=icon />
            <div class="kp-notice__body">
                {(!title.is_empty()).then(|| view! { <p class="kp-notice__title">{title}</p> })}
                {children.map(|children| view! { <div class="kp-notice__text">{children()}</div> })}
            </div>
        </div>
    }
    .into_any()
}

/// What stands where a branch's telephone is not known.
pub(crate) const NO_TELEPHONE: &str = "電話番号は、本部へお問い合わせください。";

/// A branch's telephone, large enough to call from a phone at once.
#[component]
pub fn PhoneBox(
    /// The branch.
    branch: BranchContact,
    /// Why one would call, in one sentence.
    #[prop(optional, into)]
    lead: String,
) -> impl IntoView {
    let tel = if branch.tel.is_empty() {
        view! { <p class="kp-phone__hours">{NO_TELEPHONE}</p> }.into_any()
    } else {
        let hours = (!branch.hours.is_empty())
            .then(|| view! { <p class="kp-phone__hours">{format!("受付　{}", branch.hours)}</p> });
        let call = tel_href(&branch.tel);
        view! {
            <a class="kp-phone__tel" href=call>
                <Icon name=IconName::Phone />
                <span>{branch.tel}</span>
            </a>
            {hours}
        }
        .into_any()
    };
    view! {
        <div class="kp-phone">
            {(!lead.is_empty()).then(|| view! { <p class="kp-phone__lead">{lead}</p> })}
            <p class="kp-phone__name">{branch.name}</p>
            {tel}
        </div>
    }
    .into_any()
}

/// The page after something was sent: that it arrived, its number, and then what happens next as children.
#[component]
pub fn ConfirmationPanel(
    /// What happened: 「依頼を受け付けました」. It is the page's `h1`.
    #[prop(into)]
    title: String,
    /// What the number is called: 「依頼ID」.
    #[prop(optional, into)]
    number_label: String,
    /// The number: 「CDK0036701」; without it none is shown.
    #[prop(optional, into)]
    number: String,
) -> impl IntoView {
    let number = (!number.is_empty()).then(|| {
        view! {
            <p class="kp-done__number">
                <span>{number_label}</span>
                <strong class="kp-done__value">{number}</strong>
            </p>
        }
    });
    view! {
        <div class="kp-done">
            <Icon name=IconName::CheckCircle />
            <h1>{title}</h1>
            {number}
            <ScriptButton does="print" icon=IconName::Print>"この画面を印刷する"</ScriptButton>
        </div>
    }
    .into_any()
}
