//! The frame around every page: skip link, header with navigation, main, footer with the branch's telephone.

use super::icon::{Brand, Icon, IconName};
use super::notice::NO_TELEPHONE;
use super::telephone::{Telephone, tel_href};
use super::when::Label;
use leptos::{children::ViewFnOnce, prelude::*};

/// One place in the navigation.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NavItem {
    /// The drawing above (phone) or before (desk) the word.
    pub icon: IconName,
    /// The word.
    pub label: String,
    /// Where it leads.
    pub href: String,
    /// Whether the reader is there now.
    pub current: bool,
    /// How many things wait there; 0 shows nothing. What waits inside 「メニュー」 is counted on it as well.
    pub badge: u32,
}

impl NavItem {
    /// A place where nothing waits and the reader is not.
    pub fn new(icon: IconName, label: impl Into<String>, href: impl Into<String>) -> Self {
        Self { icon, label: label.into(), href: href.into(), current: false, badge: 0 }
    }

    /// Marks the place when the reader's path is this place or lies below it.
    #[must_use]
    pub fn at(mut self, path: &str) -> Self {
        let below = path.strip_prefix(self.href.as_str()).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'));
        self.current = if self.href == "/" { path == "/" } else { below };
        self
    }

    /// Unmarks the place, where another one lies below its path.
    #[must_use]
    pub fn unless(mut self, elsewhere: bool) -> Self {
        self.current &= !elsewhere;
        self
    }

    /// The same place with a number of things waiting there.
    #[must_use]
    pub fn badge(mut self, count: u32) -> Self {
        self.badge = count;
        self
    }
}

/// Who is signed in, as the header shows it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Person {
    /// The name: 「木村 花子」.
    pub name: String,
    /// What the person is here: 「利用会員」, 「緑区支部」.
    pub role: String,
    /// 会員番号 of a member, which the branch asks for on the telephone.
    pub number: Option<String>,
}

/// How to reach a branch.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BranchContact {
    /// 「緑区支部」
    pub name: String,
    /// 「045-982-3521」
    pub tel: String,
    /// 「火〜土 9:00〜17:00」
    pub hours: String,
}

/// The first thing a keyboard meets: over the navigation to the content.
#[component]
pub fn SkipLink() -> impl IntoView {
    view! { <a class="kp-skip" href="#main">"本文へ進む"</a> }.into_any()
}

/// The whole page inside `<body>`. Members get a reading column, `wide` is for desks.
#[component]
pub fn Shell(
    /// The main places: at most four on a phone, beside the menu.
    #[prop(optional)]
    nav: Vec<NavItem>,
    /// The other places, inside 「メニュー」.
    #[prop(optional)]
    more: Vec<NavItem>,
    /// Who is signed in.
    #[prop(optional_no_strip)]
    person: Option<Person>,
    /// 受信メール: how many are unread and where they are; shown at the top right.
    #[prop(optional_no_strip)]
    inbox: Option<NavItem>,
    /// The branch whose telephone the footer shows.
    #[prop(optional_no_strip)]
    branch: Option<BranchContact>,
    /// The whole width instead of a reading column.
    #[prop(optional)]
    wide: bool,
    /// The header of the staff: one row over the whole width on every page.
    #[prop(optional)]
    staff: bool,
    /// 大きな文字.
    #[prop(optional)]
    large: bool,
    /// Something above the header, such as the demo's clock.
    #[prop(optional, into)]
    top: ViewFnOnce,
    /// Something in the header's middle, such as the desk's search.
    #[prop(optional, into)]
    tools: ViewFnOnce,
    /// The end of the menu: the logout form.
    #[prop(optional, into)]
    session: ViewFnOnce,
    /// The page.
    children: Children,
) -> impl IntoView {
    let class = if wide { "kp-page kp-page--wide" } else { "kp-page" };
    let class = if staff { format!("{class} kp-page--staff") } else { class.to_owned() };
    let class = if large { format!("{class} kp-page--large") } else { class };
    let class = if nav.is_empty() { format!("{class} kp-page--bare") } else { class };
    let navigation = (!nav.is_empty()).then(|| navigation(nav, more, person.clone(), session));
    view! {
        <div class=class>
            <SkipLink />
            {top.run()}
            <header class="kp-header">
                <div class="kp-header__inner">
                    <a class="kp-brand" href="/">
                        <Brand />
                        <span class="kp-brand__name">"子サポ"</span>
                    </a>
                    <div class="kp-header__tools">{tools.run()}</div>
                    <div class="kp-header__end">
                        {inbox.map(inbox_link)}
                        {person.map(|person| {
                            view! {
                                <p class="kp-header__person">
                                    <span class="kp-header__role">{person.role}</span>
                                    <span class="kp-header__name">{person.name}</span>
                                </p>
                            }
                        })}
                    </div>
                    {navigation}
                </div>
            </header>
            <main class="kp-main" id="main" tabindex="-1">{children()}</main>
            <Footer branch />
        </div>
    }
    .into_any()
}

fn inbox_link(item: NavItem) -> impl IntoView {
    let spoken = if item.badge > 0 { format!("{}（未読{}件）", item.label, item.badge) } else { item.label };
    view! {
        <a class="kp-header__inbox" href=item.href aria-current=item.current.then_some("page")>
            <Icon name=item.icon />
            <span class="kp-hidden">{spoken}</span>
            {badge(item.badge)}
        </a>
    }
    .into_any()
}

fn badge(count: u32) -> impl IntoView {
    (count > 0)
        .then(|| {
            let text = if count > 99 { "99+".to_owned() } else { count.to_string() };
            view! { <span class="kp-badge" aria-hidden="true">{text}</span> }
        })
        .into_any()
}

fn navigation(nav: Vec<NavItem>, more: Vec<NavItem>, person: Option<Person>, session: ViewFnOnce) -> impl IntoView {
    let places = nav
        .into_iter()
        .map(|item| {
            let waiting =
                (item.badge > 0).then(|| view! { <span class="kp-hidden">{format!("（{}件）", item.badge)}</span> });
            view! {
                <li class="kp-nav__item">
                    <a class="kp-nav__link" href=item.href aria-current=item.current.then_some("page")>
                        <span class="kp-nav__icon"><Icon name=item.icon /></span>
                        <span class="kp-nav__label">{item.label}{waiting}</span>
                        {badge(item.badge)}
                    </a>
                </li>
            }
        })
        .collect_view();
    let here = more.iter().any(|item| item.current);
    let waiting: Vec<_> = more.iter().filter(|item| item.badge > 0).collect();
    let inside = waiting.iter().map(|item| item.badge).sum();
    let waits: Vec<_> = waiting.iter().map(|item| format!("{}{}件", item.label, item.badge)).collect();
    let waits =
        (!waits.is_empty()).then(|| view! { <span class="kp-hidden">{format!("（{}）", waits.join("、"))}</span> });
    let others = more
        .into_iter()
        .map(|item| {
            let count =
                (item.badge > 0).then(|| view! { <span class="kp-menu__count">{format!("{}件", item.badge)}</span> });
            view! {
                <li>
                    <a class="kp-menu__link" href=item.href aria-current=item.current.then_some("page")>
                        <Icon name=item.icon />
                        <span>{item.label}</span>
                        {count}
                    </a>
                </li>
            }
        })
        .collect_view();
    let whose = person.map(|person| {
        let number = person.number.map(|number| view! { <br />"会員番号 "{number} });
        view! { <p class="kp-menu__person">{format!("{}　{}", person.name, person.role)}{number}</p> }.into_any()
    });
    let summary = if here { "kp-nav__link kp-nav__link--here" } else { "kp-nav__link" };
    view! {
        <nav class="kp-nav" aria-label="おもなページ">
            <ul class="kp-nav__list">
                {places}
                <li class="kp-nav__item">
                    <details class="kp-menu">
                        <summary class=summary>
                            <span class="kp-nav__icon"><Icon name=IconName::Menu /></span>
                            <span class="kp-nav__label">"メニュー"{waits}</span>
                            {badge(inside)}
                        </summary>
                        <div class="kp-menu__panel">
                            {whose}
                            <ul class="kp-menu__list">{others}</ul>
                            {session.run()}
                        </div>
                    </details>
                </li>
            </ul>
        </nav>
    }
    .into_any()
}

/// The same help at the same place on every page: the branch's telephone.
#[component]
fn Footer(branch: Option<BranchContact>) -> impl IntoView {
    let contact = branch.map(|branch| {
        let tel = if branch.tel.is_empty() {
            view! { <span>{NO_TELEPHONE}</span> }.into_any()
        } else {
            let hours = (!branch.hours.is_empty()).then(|| view! { <span>{format!("（{}）", branch.hours)}</span> });
            let call = tel_href(&branch.tel);
            view! {
                <a class="kp-footer__tel" href=call>{branch.tel}</a>
                {hours}
            }
            .into_any()
        };
        view! {
            <p class="kp-footer__contact">
                <span>{branch.name}</span>
                {tel}
            </p>
        }
    });
    view! {
        <footer class="kp-footer">
            <div class="kp-footer__inner">
                {contact}
                <p>"横浜子育てサポートシステム"</p>
            </div>
        </footer>
    }
    .into_any()
}

/// The head of a page: the way back, the one `h1`, what goes beside it, one sentence below.
#[component]
pub fn PageHead(
    /// The page's name.
    #[prop(into)]
    title: Label,
    /// A small line above the name, such as 「CDK0036630」.
    #[prop(optional, into)]
    over: String,
    /// A telephone number at the end of that line.
    #[prop(optional, into)]
    call: String,
    /// One sentence below the name.
    #[prop(optional, into)]
    lead: String,
    /// Where 「〈 …に戻る」 leads; without it there is no such link.
    #[prop(optional, into)]
    back: String,
    /// The words of that link.
    #[prop(default = "一覧に戻る".to_owned(), into)]
    back_label: String,
    /// A status tag or a link beside the name.
    #[prop(optional, into)]
    aside: ViewFnOnce,
) -> impl IntoView {
    let back = (!back.is_empty()).then(|| {
        view! {
            <a class="kp-back" href=back>
                <Icon name=IconName::Back />
                <span>{back_label}</span>
            </a>
        }
    });
    let call = (!call.is_empty()).then(|| {
        view! { " " <Telephone number=call /> }
    });
    view! {
        <div class="kp-head">
            {back}
            {(!over.is_empty()).then(|| view! { <p class="kp-head__over">{over}{call}</p> })}
            <div class="kp-head__line">
                <h1 class="kp-head__title">{title.draw()}</h1>
                {aside.run()}
            </div>
            {(!lead.is_empty()).then(|| view! { <p class="kp-head__lead">{lead}</p> })}
        </div>
    }
    .into_any()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_place_is_current_at_itself_and_below() {
        let at = |href: &str, path: &str| NavItem::new(IconName::Home, "", href).at(path).current;
        assert!(at("/", "/"));
        assert!(!at("/", "/requests"));
        assert!(at("/requests", "/requests"));
        assert!(at("/requests", "/requests/CDK0036630/meeting"));
        assert!(!at("/requests", "/requestsheet"));
    }
}
