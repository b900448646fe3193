//! Tables that turn into cards where they have no room, the filters above them and the way to the next page below.

use super::icon::{Icon, IconName};
use leptos::either::Either;
use leptos::prelude::*;
use std::borrow::Cow;

/// A column's heading.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HeadCell {
    /// The word.
    pub label: String,
    /// Whether the column holds numbers, which stand at the right.
    pub numeric: bool,
}

impl HeadCell {
    /// A column of words.
    pub fn new(label: impl Into<String>) -> Self {
        Self { label: label.into(), numeric: false }
    }

    /// A column of numbers.
    pub fn number(label: impl Into<String>) -> Self {
        Self { label: label.into(), numeric: true }
    }
}

/// A table; its children are `<tr>`s of [`Cell`]s.
#[component]
pub fn Table(
    /// What the table holds; read aloud.
    #[prop(into)]
    caption: String,
    /// The headings from left to right; the more of them, the more room it needs to be a table and no cards.
    head: Vec<HeadCell>,
    /// Rows of 36 px for staff instead of 48 px.
    #[prop(optional)]
    dense: bool,
    /// The rows.
    children: Children,
) -> impl IntoView {
    let class = if dense { "kp-table kp-table--dense" } else { "kp-table" };
    let room = match head.len() {
        ..6 => "kp-room",
        6 | 7 => "kp-room kp-room--six",
        _ => "kp-room kp-room--eight",
    };
    let head = head
        .into_iter()
        .map(|cell| {
            let class = cell.numeric.then_some("kp-table__number");
            view! { <th scope="col" class=class>{cell.label}</th> }
        })
        .collect_view();
    view! {
        <div class=room>
            <table class=class>
                <caption class="kp-hidden">{caption}</caption>
                <thead>
                    <tr>{head}</tr>
                </thead>
                <tbody>{children()}</tbody>
            </table>
        </div>
    }
    .into_any()
}

/// A cell of a [`Table`]; on a card its column's word stands before it.
#[component]
pub fn Cell<C: IntoView + 'static>(
    /// The column's word.
    #[prop(into)]
    label: Cow<'static, str>,
    /// Whether it holds a number.
    #[prop(optional)]
    numeric: bool,
    /// Whether it names the row: the first line of the card.
    #[prop(optional)]
    main: bool,
    /// The content.
    children: TypedChildren<C>,
) -> impl IntoView {
    let content = view! { <div>{children.into_inner()()}</div> };
    if main {
        Either::Left(view! { <th scope="row" data-label=label>{content}</th> })
    } else {
        let class = numeric.then_some("kp-table__number");
        Either::Right(view! { <td class=class data-label=label>{content}</td> })
    }
}

/// One view of a list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FilterLink {
    /// Its word.
    pub label: String,
    /// Its address.
    pub href: String,
    /// Whether it is shown now.
    pub current: bool,
    /// How many it holds, when that is known.
    pub count: Option<u64>,
}

/// Links to the views of a list in one row that wraps.
#[component]
pub fn Filters(
    /// What is chosen here; read aloud.
    #[prop(into)]
    label: Cow<'static, str>,
    /// The views.
    links: Vec<FilterLink>,
) -> impl IntoView {
    let links = links
        .into_iter()
        .map(|link| {
            let count = link.count.map(|count| {
                view! {
                    <span class="kp-filters__count">{count}<span class="kp-hidden">"件"</span></span>
                }
            });
            view! {
                <li>
                    <a class="kp-filters__link" href=link.href aria-current=link.current.then_some("page")>
                        <span>{link.label}</span>
                        {count}
                    </a>
                </li>
            }
        })
        .collect_view();
    view! {
        <nav class="kp-filters" aria-label=label>
            <ul class="kp-filters__list">{links}</ul>
        </nav>
    }
    .into_any()
}

/// The way through a long list by key: to its beginning and to what follows.
#[component]
pub fn Pager(
    /// The address of the first page, when this is not it.
    #[prop(optional_no_strip)]
    first: Option<String>,
    /// The address of the next page, when there is one.
    #[prop(optional_no_strip)]
    next: Option<String>,
    /// How many a page holds.
    #[prop(default = 50)]
    size: u32,
) -> impl IntoView {
    (first.is_some() || next.is_some())
        .then(|| {
            view! {
                <nav class="kp-pager" aria-label="ページ">
                    {first.map(|href| view! { <a class="kp-pager__link" href=href>"最初に戻る"</a> })}
                    {next.map(|href| {
                        view! {
                            <a class="kp-pager__link" href=href rel="next">
                                <span>{format!("次の{size}件")}</span>
                                <Icon name=IconName::Next />
                            </a>
                        }
                    })}
                </nav>
            }
        })
        .into_any()
}
