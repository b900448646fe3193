//! Facts under each other, and the check before sending.

use super::icon::{Icon, IconName};
use super::when::Label;
use leptos::prelude::*;
use std::borrow::Cow;

/// Terms and values; its children are [`DataRow`]s.
#[component]
pub fn DataList(
    /// The rows.
    children: Children,
) -> impl IntoView {
    view! { <dl class="kp-data">{children()}</dl> }.into_any()
}

/// A term and its value in a [`DataList`].
#[component]
pub fn DataRow<C: IntoView + 'static>(
    /// The term.
    #[prop(into)]
    term: Cow<'static, str>,
    /// The value.
    children: TypedChildren<C>,
) -> impl IntoView {
    view! {
        <div class="kp-data__row">
            <dt class="kp-data__term">{term}</dt>
            <dd class="kp-data__value">{children.into_inner()()}</dd>
        </div>
    }
}

/// One answer on a [`CheckAnswers`] page.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CheckRow {
    /// What was asked.
    pub term: String,
    /// What was answered; line breaks are kept. Empty reads 「（なし）」.
    pub value: Label,
    /// Where it can be changed; empty for what cannot.
    pub href: String,
}

impl CheckRow {
    /// An answer and the place to change it.
    pub fn new(term: impl Into<String>, value: impl Into<Label>, href: impl Into<String>) -> Self {
        Self { term: term.into(), value: value.into(), href: href.into() }
    }
}

/// All answers once more, right before sending, each with its way back.
#[component]
pub fn CheckAnswers(
    /// The answers in the order they were asked.
    rows: Vec<CheckRow>,
) -> impl IntoView {
    let rows = rows
        .into_iter()
        .map(|row| {
            let change = (!row.href.is_empty()).then(|| {
                view! {
                    <dd class="kp-check__change">
                        <a href=row.href>
                            <span class="kp-hidden">{format!("{}を", row.term)}</span>
                            "変更"
                        </a>
                    </dd>
                }
            });
            let value = if row.value.is_empty() { Label::from("（なし）") } else { row.value }.draw();
            view! {
                <div class="kp-check__row">
                    <dt class="kp-check__term">{row.term}</dt>
                    <dd class="kp-check__value">{value}</dd>
                    {change}
                </div>
            }
        })
        .collect_view();
    view! { <dl class="kp-check">{rows}</dl> }.into_any()
}

/// Something few readers need, closed until asked for.
#[component]
pub fn Disclosure(
    /// What is inside.
    #[prop(into)]
    label: String,
    /// Whether it is open at the beginning.
    #[prop(optional)]
    open: bool,
    /// The content.
    children: Children,
) -> impl IntoView {
    view! {
        <details class="kp-more" open=open>
            <summary class="kp-more__summary">
                <Icon name=IconName::Next />
                <span>{label}</span>
            </summary>
            <div class="kp-more__body">{children()}</div>
        </details>
    }
    .into_any()
}
