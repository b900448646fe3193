//! The table of pages and the document around each of them.

use crate::desk::CASE_PAGES;
use crate::guide::{ContactsPage, GoRequestPage, GuidePage, OfflinePage, UnsentPage};
use crate::home::HomePage;
use crate::invitation::InvitationPage;
use crate::member::MEMBER_PAGES;
use crate::page::head;
use crate::request::{
    RequestCheckPage, RequestDonePage, RequestEditPage, RequestListPage, RequestNewPage, RequestPage, TooSoonPage,
};
use crate::session::LoginPage;
use crate::visit::visitor;
use leptos::nonce::use_nonce;
use leptos::prelude::*;
use leptos_meta::{MetaTags, provide_meta_context};

/// A page: its path as axum writes it, and how it is drawn.
pub type PageRoute = (&'static str, fn() -> AnyView);

/// Every page by its path; whoever adds one adds its right in [`domain::policy::DOORS`].
pub fn pages() -> impl Iterator<Item = PageRoute> {
    PAGES.iter().chain(MEMBER_PAGES).chain(CASE_PAGES).copied()
}

const PAGES: &[PageRoute] = &[
    ("/", || HomePage().into_any()),
    ("/guide", || GuidePage().into_any()),
    ("/contacts", || ContactsPage().into_any()),
    ("/offline", || OfflinePage().into_any()),
    ("/unsent", || UnsentPage().into_any()),
    ("/go/request", || GoRequestPage().into_any()),
    ("/login", || LoginPage().into_any()),
    ("/requests", || RequestListPage().into_any()),
    ("/requests/new", || RequestNewPage().into_any()),
    ("/requests/check", || RequestCheckPage().into_any()),
    ("/requests/too-soon", || TooSoonPage().into_any()),
    ("/requests/{no}", || RequestPage().into_any()),
    ("/requests/{no}/edit", || RequestEditPage().into_any()),
    ("/requests/{no}/done", || RequestDonePage().into_any()),
    ("/subsidies", || crate::subsidy::SubsidyListPage().into_any()),
    ("/claims", || crate::claim::ClaimListPage().into_any()),
    ("/claims/{no}", || crate::claim::ClaimPage().into_any()),
    ("/coupons", || crate::coupon::CouponListPage().into_any()),
    ("/hq", || crate::hq::HqPage().into_any()),
    ("/inbox", || crate::inbox::InboxPage().into_any()),
    ("/inbox/{id}", || crate::inbox::MailPage().into_any()),
    ("/invitations/{token}", || InvitationPage().into_any()),
    ("/reports", || crate::report::ReportListPage().into_any()),
    ("/reports/new", || crate::report::ReportNewPage().into_any()),
    ("/reports/check", || crate::report::ReportCheckPage().into_any()),
    ("/reports/{no}", || crate::report::ReportPage().into_any()),
    ("/reports/{no}/edit", || crate::report::ReportEditPage().into_any()),
    ("/reports/{no}/done", || crate::report::ReportDonePage().into_any()),
    ("/reports/{no}/print", || crate::report::ReportPrintPage().into_any()),
    ("/fee", || crate::fee::FeePage().into_any()),
];

/// The HTML document around a page.
pub fn document(page: fn() -> AnyView) -> impl IntoView {
    provide_meta_context();
    let (assets, path) = visitor().map(|visitor| (visitor.assets.clone(), visitor.path.clone())).unwrap_or_default();
    let nonce = use_nonce();
    view! {
        <!DOCTYPE html>
        <html lang="ja">
            <head>
                {head(&assets, nonce, &path)}
                <MetaTags />
            </head>
            <body>{page()}</body>
        </html>
    }
}
