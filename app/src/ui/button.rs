//! Buttons and the forms they send.

use super::icon::{Icon, IconName};
use crate::post::Address;
use leptos::prelude::*;

/// How much a button asks for attention; one [`ButtonKind::Primary`] per screen.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum ButtonKind {
    /// The one thing to do on this screen.
    Primary,
    /// Another thing one may do.
    #[default]
    Secondary,
    /// A small thing beside others.
    Text,
    /// Something that cannot be taken back.
    Danger,
}

impl ButtonKind {
    const fn class(self) -> &'static str {
        match self {
            Self::Primary => "kp-button kp-button--primary",
            Self::Secondary => "kp-button kp-button--secondary",
            Self::Text => "kp-button kp-button--text",
            Self::Danger => "kp-button kp-button--danger",
        }
    }
}

/// A button that sends its form. Its words say what will happen; it is never disabled.
#[component]
pub fn Button(
    /// How much it asks for attention.
    #[prop(optional)]
    kind: ButtonKind,
    /// The name it is sent under, when the form has several buttons.
    #[prop(optional, into)]
    name: String,
    /// The value it is sent with.
    #[prop(optional, into)]
    value: String,
    /// The id of the form it belongs to, when it stands outside.
    #[prop(optional, into)]
    form: String,
    /// A drawing before the words.
    #[prop(optional)]
    icon: Option<IconName>,
    /// What will happen.
    children: Children,
) -> impl IntoView {
    let sent = (!name.is_empty()).then_some(value);
    let name = (!name.is_empty()).then_some(name);
    view! {
        <button
            class=kind.class()
            name=name
            value=sent
            form=(!form.is_empty()).then_some(form)
        >
            {icon.map(|name| view! { <Icon name /> })}
            <span>{children()}</span>
        </button>
    }
    .into_any()
}

/// What Enter in a field presses, where another button stands before the one that is meant: browsers take the first of
/// the form. It comes first in the form and is there for Enter alone.
#[component]
pub fn OnEnter(
    /// The name of the button that is meant.
    name: &'static str,
    /// Its value.
    value: &'static str,
    /// Its words.
    children: Children,
) -> impl IntoView {
    view! {
        <button class="kp-hidden" name=name value=value tabindex="-1" aria-hidden="true">
            {children()}
        </button>
    }
    .into_any()
}

/// A button that only the browser can answer, such as 印刷; without script it is not there.
#[component]
pub fn ScriptButton(
    /// What it does: `print`, `back`, `again` to send the page's form once more, or `copy` for the text in `.kp-copy`.
    does: &'static str,
    /// How much it asks for attention.
    #[prop(optional)]
    kind: ButtonKind,
    /// A drawing before the words.
    #[prop(optional)]
    icon: Option<IconName>,
    /// What will happen.
    children: Children,
) -> impl IntoView {
    // Whether something was copied shows nowhere but here.
    let said = (does == "copy").then(|| view! { <span class="kp-note" role="status"></span> });
    view! {
        <button class=kind.class() type="button" data-does=does hidden>
            {icon.map(|name| view! { <Icon name /> })}
            <span>{children()}</span>
        </button>
        {said}
    }
    .into_any()
}

/// A link that looks like a button, for going on to another page.
#[component]
pub fn ButtonLink(
    /// Where it leads.
    #[prop(into)]
    href: String,
    /// How much it asks for attention.
    #[prop(optional)]
    kind: ButtonKind,
    /// A drawing before the words.
    #[prop(optional)]
    icon: Option<IconName>,
    /// What is found there.
    children: Children,
) -> impl IntoView {
    view! {
        <a class=kind.class() href=href>
            {icon.map(|name| view! { <Icon name /> })}
            <span>{children()}</span>
        </a>
    }
    .into_any()
}

/// The buttons at the end of a form or page: in a row at a desk, full width on a phone, the primary one first.
#[component]
pub fn Actions(
    /// The buttons.
    children: Children,
) -> impl IntoView {
    view! { <div class="kp-actions">{children()}</div> }.into_any()
}

/// A form sent as a document; the server checks it and answers with a page.
#[component]
pub fn Form(
    /// Where it is sent.
    to: Address,
    /// The element's id.
    #[prop(optional, into)]
    id: String,
    /// The fields and buttons.
    children: Children,
) -> impl IntoView {
    view! {
        <form class="kp-form" method="post" action=to.into_path() novalidate id=(!id.is_empty()).then_some(id)>
            {drawn_for()}
            {children()}
        </form>
    }
    .into_any()
}

/// Says for whom the form was drawn: sent by somebody else it is not done.
#[cfg(feature = "ssr")]
fn drawn_for() -> Option<impl IntoView> {
    let visitor = crate::visit::visitor().ok()?;
    let writer = visitor.session.as_ref()?.writer.clone();
    let name = crate::form::writer_field(&writer);
    Some(view! { <Hidden name value=writer /> })
}

/// Forms are drawn on the server; the gallery's are sent to nobody.
#[cfg(not(feature = "ssr"))]
const fn drawn_for() -> Option<()> {
    None
}

/// A value sent with the form and not shown.
#[component]
pub fn Hidden(
    /// The name it is sent under.
    #[prop(into)]
    name: String,
    /// The value.
    #[prop(into)]
    value: String,
) -> impl IntoView {
    view! { <input type="hidden" name=name value=value /> }.into_any()
}

/// A step that is hard to take back: it opens first, says what will happen, asks for the reason, then does it.
#[component]
pub fn ConfirmPanel(
    /// The word on the closed panel: 「取消」, 「取下げ」.
    #[prop(into)]
    label: String,
    /// What will happen, in one or two sentences.
    #[prop(into)]
    explain: String,
    /// Where the form is sent; it stands open when it came back.
    to: Address,
    /// The words on the button that does it: 「この依頼を取り下げる」.
    #[prop(into)]
    submit: String,
    /// Whether it is open at the beginning, as where a link leads to it.
    #[prop(optional)]
    open: bool,
    /// Whether the step is part of the daily work and ends nothing: no red.
    #[prop(optional)]
    ordinary: bool,
    /// The element's id, where a link leads to it.
    #[prop(optional, into)]
    id: String,
    /// Hidden values and the field for the reason.
    children: Children,
) -> impl IntoView {
    let class = if ordinary { "kp-confirm kp-confirm--ordinary" } else { "kp-confirm" };
    let kind = if ordinary { ButtonKind::Secondary } else { ButtonKind::Danger };
    let open = open || to.came_back();
    view! {
        <details class=class open=open id=(!id.is_empty()).then_some(id)>
            <summary class="kp-confirm__summary">
                <span>{label}</span>
                <Icon name=IconName::Down />
            </summary>
            <div class="kp-confirm__body">
                <p>{explain}</p>
                <Form to>
                    {children()}
                    <Actions>
                        <Button kind>{submit}</Button>
                    </Actions>
                </Form>
            </div>
        </details>
    }
    .into_any()
}
