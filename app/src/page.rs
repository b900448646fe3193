//! The frame of every page: status, title, header, faults, navigation by role, footer.

use crate::assets::AssetNames;
use crate::desk::api::SearchCases;
use crate::fault::Fault;
use crate::form::{fresh, show_unopened, with_query};
use crate::post::{Address, field};
use crate::session::{LogoutForm, TextSizeForm};
use crate::ui::{
    BranchContact, Button, ButtonKind, ErrorSummary, Form, Hidden, IconName, NavItem, Notice, NoticeKind, PageHead,
    Person, PhoneBox, SearchBox, Shell,
};
use crate::visit::{Visitor, visitor};
use crate::words;
use axum::http::{HeaderName, HeaderValue, StatusCode, header};
use domain::actor::Actor;
use domain::number::{MemberNo, ReportNo, RequestNo};
use domain::policy::{Right, can};
use leptos::nonce::Nonce;
use leptos::prelude::*;
use leptos::tachys::html::InertElement;
use leptos_axum::ResponseOptions;
use leptos_meta::Title;
use service::session::TextSize;
use std::future::Future;

/// A number that we give. Of all that a page is about, nothing else may stand in the browser's title, which stays in the
/// history of a shared computer.
pub trait Given: std::fmt::Display {}

impl Given for RequestNo {}
impl Given for ReportNo {}
impl Given for MemberNo {}

/// A page that came to be.
pub struct Page {
    title: &'static str,
    about: String,
    wide: bool,
    for_everybody: bool,
    searched: String,
    body: AnyView,
}

impl Page {
    /// A page with its browser title, which never holds what a person typed, and its body with one `PageHead`.
    pub fn new(title: &'static str, body: impl IntoView + 'static) -> Self {
        Self {
            title,
            about: String::new(),
            wide: false,
            for_everybody: false,
            searched: String::new(),
            body: body.into_any(),
        }
    }

    /// Names in the browser's title what the page is about, once it has a number: whoever has several cases open tells
    /// their tabs apart.
    #[must_use]
    pub fn about(mut self, number: Option<impl Given>) -> Self {
        self.about = number.map(|number| format!(" {number}")).unwrap_or_default();
        self
    }

    /// Uses the whole width, for desks.
    #[must_use]
    pub const fn wide(mut self) -> Self {
        self.wide = true;
        self
    }

    /// Keeps the words of a search in the header's box.
    #[must_use]
    pub fn searched(mut self, words: String) -> Self {
        self.searched = words;
        self
    }

    /// Draws the page as for somebody signed out, so that it may be kept by a phone.
    #[must_use]
    pub const fn for_everybody(mut self) -> Self {
        self.for_everybody = true;
        self
    }
}

/// Draws a page when its data has come; faults become their own page, status and redirect.
pub fn page<F>(body: F) -> impl IntoView
where
    F: Future<Output = Result<Page, Fault>> + Send + 'static,
{
    let visitor = visitor().ok();
    let response = use_context::<ResponseOptions>();
    Suspend::new(async move {
        let result = body.await;
        let (Some(visitor), Some(response)) = (visitor, response) else { return ().into_any() };
        // A fault is never lost, whatever the page does with its form.
        show_unopened(&visitor).await;
        at_once(draw(&visitor, &response, result))
    })
}

/// Writes a drawn page in one go: all its data has come, and the way of a stream costs a string for every element.
fn at_once(view: AnyView) -> AnyView {
    InertElement::new(view.to_html()).into_any()
}

/// Answers with a redirect instead of a page.
///
/// # Errors
/// Never; the type is that of a page's body.
pub fn redirect(path: &str) -> Result<Page, Fault> {
    visitor()?.outcome.go(path.to_owned());
    Ok(Page::new("移動します", ()))
}

/// Asks the server for the page of everything that is not there; the header never leaves the server.
pub const NOT_FOUND: HeaderName = HeaderName::from_static("kosapo-not-found");

fn draw(visitor: &Visitor, response: &ResponseOptions, result: Result<Page, Fault>) -> AnyView {
    if let Some(next) = visitor.outcome.next() {
        return go(response, &next);
    }
    match result {
        Ok(page) => {
            let faults = visitor.outcome.faults();
            let fault = if faults.is_empty() { "" } else { "エラー：" };
            let title = format!("{fault}{}{}", page.title, page.about);
            let nobody = page.for_everybody.then(|| {
                response.insert_header(header::CACHE_CONTROL, HeaderValue::from_static("public, max-age=300"));
                Visitor { session: None, branch: None, ..visitor.clone() }
            });
            let visitor = nobody.as_ref().unwrap_or(visitor);
            let news = visitor.outcome.news();
            let news = news.map(|title| view! { <Notice kind=NoticeKind::Success title announce=true /> });
            let body = view! { <ErrorSummary errors=faults />{news}{page.body} }.into_any();
            frame(visitor, title, page.wide, page.searched, body)
        }
        // The server draws this one for every address alike, so that what is not theirs looks like what is not there.
        Err(Fault::NotFound) => {
            response.set_status(StatusCode::NOT_FOUND);
            response.insert_header(NOT_FOUND, HeaderValue::from_static("1"));
            ().into_any()
        }
        Err(Fault::SignedOut) => go(response, &with_query("/login", "next", &visitor.here())),
        Err(fault) => {
            response.set_status(StatusCode::from_u16(fault.status()).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR));
            let (title, _) = words::fault_page(&fault);
            frame(visitor, title.to_owned(), false, String::new(), fault_body(&fault, visitor.branch.clone()))
        }
    }
}

fn go(response: &ResponseOptions, path: &str) -> AnyView {
    response.set_status(StatusCode::SEE_OTHER);
    if let Ok(location) = HeaderValue::from_str(path) {
        response.insert_header(header::LOCATION, location);
    }
    ().into_any()
}

/// The body of a page that says why there is none.
pub fn fault_body(fault: &Fault, branch: Option<BranchContact>) -> AnyView {
    let (title, text) = words::fault_page(fault);
    view! {
        <PageHead title=title />
        <p>{text}</p>
        <p><a href="/">"ホームへ戻る"</a></p>
        {branch.map(|branch| view! { <PhoneBox branch lead="お困りのときは、支部へお電話ください。" /> })}
    }
    .into_any()
}

/// The form that came too soon, behind a button: what was typed is on the page itself and kept nowhere else.
fn again(visitor: &Visitor, fault: &Fault) -> Option<impl IntoView + use<>> {
    matches!(fault, Fault::TooMany { .. }).then(|| {
        let fields = visitor.submitted.0.iter().filter(|(name, _)| !name.contains("password")).cloned();
        let fields = fields.map(|(name, value)| view! { <Hidden name value /> }).collect_view();
        view! {
            <Form to=Address::again(visitor)>
                {fields}
                <Button kind=ButtonKind::Primary>"もう一度送る"</Button>
            </Form>
        }
    })
}

/// The whole HTML document of a fault, for requests that no route answers.
#[must_use]
pub fn fault_document(visitor: &Visitor, fault: &Fault) -> String {
    // Of no other owner: the last one on this thread may be another person's request.
    let owner = Owner::new_root(None);
    owner.with(|| {
        let (title, _) = words::fault_page(fault);
        let content = (fault_body(fault, visitor.branch.clone()), again(visitor, fault)).into_any();
        let body = shell_of(visitor, false, String::new(), content).to_html();
        let head = head(&visitor.assets, None, "").to_html();
        format!(
            "<!DOCTYPE html><html lang=\"ja\"><head>{head}<title>{title} | 子サポ</title></head><body>{body}</body></html>"
        )
    })
}

/// What the head of every document holds besides its title.
pub fn head(assets: &AssetNames, nonce: Option<Nonce>, path: &str) -> impl IntoView + use<> {
    let description = words::description(path).map(|text| view! { <meta name="description" content=text /> });
    let AssetNames { css, boot, .. } = assets.clone();
    view! {
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        {description}
        <meta name="color-scheme" content="light dark" />
        <meta name="theme-color" content="#115a36" />
        <link rel="stylesheet" href=css />
        <link rel="manifest" href="/manifest.webmanifest" />
        <link rel="icon" href="/icons/icon.svg" type="image/svg+xml" />
        <link rel="apple-touch-icon" href="/icons/maskable-192.png" />
        <script type="module" nonce=nonce src=boot></script>
    }
}

fn frame(visitor: &Visitor, title: String, wide: bool, searched: String, body: AnyView) -> AnyView {
    let title = format!("{title} | 子サポ");
    view! {
        <Title text=title />
        {shell_of(visitor, wide, searched, body)}
    }
    .into_any()
}

fn shell_of(visitor: &Visitor, wide: bool, searched: String, body: AnyView) -> AnyView {
    let session = visitor.session.as_ref();
    let actor = session.map(|session| &session.actor);
    let (unread, offers) = session.map_or((0, 0), |session| (count(session.unread), count(session.offers)));
    let (nav, more) = places(actor, unread, offers, &visitor.path);
    let person = session.map(|session| Person {
        name: session.actor.name.clone(),
        role: words::role(&session.actor.role, visitor.branch.as_ref()),
        number: session.actor.number().map(|no| no.to_string()),
    });
    let inbox = session.map(|_| NavItem::new(IconName::Mail, "受信メール", "/inbox").badge(unread).at(&visitor.path));
    let staff = actor.is_some_and(|actor| actor.member().is_none());
    // Wherever the telephone rings, the next case is found from there.
    let search = actor.is_some_and(|actor| can(actor, Right::KeepDesk)).then(|| {
        let search = fresh::<SearchCases>();
        view! { <SearchBox id="desk-search" to=search.to() label="依頼を探す（番号・氏名・電話）" field=field!(search.q).or(searched) /> }
    });
    let text_size = session.map_or_else(TextSize::default, |session| session.text_size);
    let here = visitor.here();
    let demo = (visitor.env.demo.is_some() && session.is_some()).then(|| crate::demo::clock_bar(visitor));
    view! {
        <Shell
            nav
            more
            person
            inbox
            branch=visitor.branch.clone()
            wide
            staff
            large=text_size == TextSize::Large
            top=ViewFnOnce::from(move || demo)
            tools=ViewFnOnce::from(move || search)
            session=ViewFnOnce::from(move || {
                view! {
                    <TextSizeForm here />
                    <LogoutForm />
                }
            })
        >
            {body}
        </Shell>
    }
    .into_any()
}

fn count(things: i64) -> u32 {
    u32::try_from(things).unwrap_or(0)
}

/// The places that are somebody's: the main ones, and those inside 「メニュー」, in the newsletter's words.
fn places(actor: Option<&Actor>, unread: u32, offers: u32, path: &str) -> (Vec<NavItem>, Vec<NavItem>) {
    let item = |icon, label: &str, href: &str| NavItem::new(icon, label, href).at(path);
    let guide = || {
        vec![
            item(IconName::Guide, "しくみと流れ", "/guide"),
            item(IconName::Phone, "緊急連絡先一覧", "/contacts"),
            item(IconName::Yen, "料金の計算", "/fee"),
        ]
    };
    let Some(actor) = actor else { return (vec![], vec![]) };
    match actor.kind() {
        Some(kind) => {
            let mut more = Vec::new();
            let mut nav = vec![item(IconName::Home, "ホーム", "/")];
            if kind.uses() {
                nav.push(item(IconName::Calendar, "依頼", "/requests"));
                more.push(item(IconName::Ticket, "おためし券残数確認", "/coupons"));
            }
            if kind.provides() {
                let offers = item(IconName::Hand, "打診", "/offers").badge(offers);
                if kind.uses() {
                    more.push(offers);
                } else {
                    nav.push(offers);
                }
                more.push(item(IconName::Report, "コーディネート結果", "/coordination"));
                more.push(item(IconName::Yen, "給付金申請一覧・請求申請", "/subsidies"));
                more.push(item(IconName::Report, "給付金請求申請一覧", "/claims"));
            }
            nav.push(item(IconName::Report, "報告", "/reports"));
            if kind.uses() && kind.provides() {
                more.push(item(IconName::Report, "援助活動報告一覧", "/reports?side=family"));
            }
            nav.push(item(IconName::Mail, "メール", "/inbox").badge(unread));
            more.extend(guide());
            (nav, more)
        }
        None if can(actor, Right::KeepDesk) => {
            let nav = vec![
                // Members have a place of their own below /desk.
                item(IconName::Home, "受付", "/desk").unless(path.starts_with("/desk/members")),
                item(IconName::Report, "報告", "/reports"),
                item(IconName::Person, "会員", "/desk/members"),
                // The envelope in the header has the count.
                item(IconName::Mail, "メール", "/inbox"),
            ];
            let mut more = vec![
                item(IconName::Yen, "給付金申請一覧・請求申請", "/subsidies"),
                item(IconName::Report, "給付金請求申請一覧", "/claims"),
            ];
            more.extend(guide());
            (nav, more)
        }
        None => {
            let nav = vec![
                item(IconName::Home, "本部", "/hq"),
                item(IconName::Report, "報告", "/reports"),
                item(IconName::Yen, "給付金", "/subsidies"),
                item(IconName::Report, "請求", "/claims"),
            ];
            let mut more = vec![item(IconName::Mail, "受信メール", "/inbox")];
            more.extend(guide());
            (nav, more)
        }
    }
}
