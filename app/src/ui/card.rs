//! Cards, the sections they stand in, and what stands there when there are none.

use super::icon::{Icon, IconName};
use super::when::Label;
use leptos::{children::ViewFnOnce, prelude::*};
use std::borrow::Cow;

/// A part of a page under its own heading.
#[component]
pub fn Section(
    /// The heading.
    #[prop(into)]
    title: Label,
    /// Draws the section in the accent that means 「あなたの番です」.
    #[prop(optional)]
    yours: bool,
    /// A link or a count beside the heading.
    #[prop(optional, into)]
    aside: ViewFnOnce,
    /// The content.
    children: Children,
) -> impl IntoView {
    let class = if yours { "kp-section kp-section--yours" } else { "kp-section" };
    view! {
        <section class=class>
            <div class="kp-section__head">
                <h2 class="kp-section__title">
                    {yours.then(|| view! { <Icon name=IconName::Hand /> })}
                    <span>{title.draw()}</span>
                </h2>
                {aside.run()}
            </div>
            {children()}
        </section>
    }
    .into_any()
}

/// A list of cards; its children are [`Card`]s.
#[component]
pub fn CardList(
    /// The cards.
    children: Children,
) -> impl IntoView {
    view! { <ul class="kp-cards">{children()}</ul> }.into_any()
}

/// One thing in a list; the whole card leads to it.
#[component]
pub fn Card(
    /// What it is: 「3月30日（土）11:30〜13:30」.
    #[prop(into)]
    title: Label,
    /// Where it leads; without it the card is only read.
    #[prop(optional, into)]
    href: String,
    /// A small line above, such as 「CDK0036630」.
    #[prop(optional, into)]
    over: String,
    /// A status tag beside the title.
    #[prop(optional, into)]
    status: ViewFnOnce,
    /// One quiet sentence below the rows: 「緑区支部から、業務時間内にお電話します。」
    #[prop(optional, into)]
    note: String,
    /// What happens there, at the foot: 「内容を確認する」.
    #[prop(optional, into)]
    action: String,
    /// Links that stand on the card beside its own, in [`Actions`](super::Actions).
    #[prop(optional, into)]
    tools: ViewFnOnce,
    /// Draws the card in the accent that means 「あなたの番です」.
    #[prop(optional)]
    yours: bool,
    /// [`CardRow`]s and other content.
    #[prop(optional)]
    children: Option<Children>,
) -> impl IntoView {
    let class = if yours { "kp-card kp-card--yours" } else { "kp-card" };
    let purpose = purpose(&action, &over).map(|purpose| view! { <span class="kp-hidden">{purpose}</span> });
    let over = (!over.is_empty()).then(|| view! { <small>{over}</small> });
    let name = if href.is_empty() {
        view! { {over}<span>{title.draw()}</span> }.into_any()
    } else if title.is_time() {
        // Read out of its card a date alone says not where it leads: the line above is part of the link's name.
        view! { <a href=href>{over}{title.draw()}{purpose}</a> }.into_any()
    } else {
        view! { {over}<a href=href>{title.draw()}</a> }.into_any()
    };
    let foot = (!action.is_empty()).then(|| {
        view! {
            <p class="kp-card__action" aria-hidden="true">
                <span>{action}</span>
                <Icon name=IconName::Next />
            </p>
        }
    });
    view! {
        <li class=class>
            <div>
                <h3>{name}</h3>
                {status.run()}
            </div>
            {children.map(|children| view! { <dl>{children()}</dl> })}
            {(!note.is_empty()).then(|| view! { <p class="kp-note">{note}</p> })}
            {tools.run()}
            {foot}
        </li>
    }
    .into_any()
}

/// What a link named by a date does; nothing where it shows what the line above names.
fn purpose(action: &str, over: &str) -> Option<String> {
    let action = if action.is_empty() && over.is_empty() { "内容を見る" } else { action };
    (!action.is_empty()).then(|| format!("　{action}"))
}

/// A term and its value on a [`Card`].
#[component]
pub fn CardRow<C: IntoView + 'static>(
    /// The term: 「預ける子どもの人数」.
    #[prop(into)]
    term: Cow<'static, str>,
    /// The value.
    children: TypedChildren<C>,
) -> impl IntoView {
    view! {
        <div>
            <dt>{term}</dt>
            <dd>{children.into_inner()()}</dd>
        </div>
    }
}

/// What will appear here, and the one thing to do.
#[component]
pub fn EmptyState(
    /// What is not there yet: 「まだ依頼はありません」.
    #[prop(into)]
    title: String,
    /// What will appear here and when.
    #[prop(optional, into)]
    text: String,
    /// The one thing to do.
    #[prop(optional, into)]
    action: ViewFnOnce,
) -> impl IntoView {
    view! {
        <div class="kp-empty">
            <p class="kp-empty__title">{title}</p>
            {(!text.is_empty()).then(|| view! { <p class="kp-empty__text">{text}</p> })}
            {action.run()}
        </div>
    }
    .into_any()
}
