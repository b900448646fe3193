//! The coordinator's desk: the queue at the left, the case at the right, one below the other on a phone.

use super::form_field::Field;
use super::icon::{Icon, IconName};
use super::status::Tone;
use super::when::Label;
use crate::post::Address;
use leptos::{children::ViewFnOnce, prelude::*};

/// Queue and case side by side from 64rem.
#[component]
pub fn Desk(
    /// [`QueueGroup`]s with their items.
    #[prop(into)]
    queue: ViewFnOnce,
    /// Leaves the queue out on a phone, as when a case is open: the way back to it stands above the case.
    #[prop(optional)]
    open: bool,
    /// Puts what was found into the queue's place on a phone, below the search.
    #[prop(optional)]
    found: bool,
    /// The case.
    children: Children,
) -> impl IntoView {
    let class = match (open, found) {
        (true, _) => "kp-desk kp-desk--open",
        (false, true) => "kp-desk kp-desk--found",
        (false, false) => "kp-desk",
    };
    view! {
        <div class=class>
            <nav class="kp-desk__queue" aria-label="要対応">{queue.run()}</nav>
            <div class="kp-desk__case">{children()}</div>
        </div>
    }
    .into_any()
}

/// One kind of open work with its cases.
#[component]
pub fn QueueGroup(
    /// The kind: 「未着手」.
    #[prop(into)]
    label: String,
    /// How many cases it holds.
    count: u64,
    /// Whose turn it is.
    #[prop(default = Tone::Waiting)]
    tone: Tone,
    /// [`QueueItem`]s.
    children: Children,
) -> impl IntoView {
    view! {
        <section class="kp-queue">
            <h2 class="kp-queue__title">
                <span class=format!("kp-queue__mark kp-queue__mark--{}", tone.name())><Icon name=tone.icon() /></span>
                <span class="kp-queue__label">{label}</span>
                <span>{count}<span class="kp-hidden">"件"</span></span>
            </h2>
            <ul>{children()}</ul>
        </section>
    }
    .into_any()
}

/// One case of the queue.
#[component]
pub fn QueueItem(
    /// Where it leads.
    #[prop(into)]
    href: String,
    /// Whose case: 「木村 花子」.
    #[prop(into)]
    title: String,
    /// The activity's day: 「4/6（土）」.
    #[prop(optional, into)]
    day: Label,
    /// One short remark: 「3日間 担当なし」.
    #[prop(optional, into)]
    note: String,
    /// Whether this case is open at the right.
    #[prop(optional)]
    current: bool,
) -> impl IntoView {
    view! {
        <li>
            <a class="kp-queue__link" href=href aria-current=current.then_some("page")>
                <span class="kp-queue__name">{title}</span>
                <span class="kp-queue__day">{day.draw()}</span>
                {(!note.is_empty()).then(|| view! { <span class="kp-queue__note">{note}</span> })}
            </a>
        </li>
    }
    .into_any()
}

/// A search by POST, because a person's name never stands in an address.
#[component]
pub fn SearchBox(
    /// Where it is sent.
    to: Address,
    /// What can be searched: 「依頼ID・氏名・電話の下4けた」.
    #[prop(into)]
    label: String,
    /// The field of the words searched for.
    #[prop(default = "q".into(), into)]
    field: Field,
    /// The id of the box, where the page has another one.
    #[prop(optional, into)]
    id: String,
) -> impl IntoView {
    let (name, value) = (field.name().to_owned(), field.value());
    let id = if id.is_empty() { format!("search-{name}") } else { id };
    let name_of_search = label.clone();
    view! {
        <form class="kp-search" method="post" action=to.into_path() novalidate role="search" aria-label=name_of_search>
            <label class="kp-search__label" for=id.clone()>{label}</label>
            <span class="kp-search__row">
                <input class="kp-input kp-search__input" type="search" id=id name=name value=value autocomplete="off" />
                <button class="kp-search__button">
                    <Icon name=IconName::Search />
                    <span>"検索"</span>
                </button>
            </span>
        </form>
    }
    .into_any()
}
