//! The route table and the document around every page.

use crate::desk::CaseRoutes;
use crate::fault::Fault;
use crate::guide::{ContactsPage, GoRequestPage, GuidePage, OfflinePage, UnsentPage};
use crate::home::HomePage;
use crate::invitation::InvitationPage;
use crate::member::MemberRoutes;
use crate::page::{head, page};
use crate::request::{
    RequestCheckPage, RequestDonePage, RequestEditPage, RequestListPage, RequestNewPage, RequestPage, TooSoonPage,
};
use crate::session::LoginPage;
use crate::visit::visitor;
use leptos::nonce::use_nonce;
use leptos::prelude::*;
use leptos_meta::{MetaTags, provide_meta_context};
use leptos_router::components::{Route, Router, Routes};
use leptos_router::{SsrMode, path};

/// The HTML document.
pub fn shell() -> impl IntoView {
    provide_meta_context();
    let (assets, path) = visitor().map(|visitor| (visitor.assets, visitor.path)).unwrap_or_default();
    let nonce = use_nonce();
    view! {
        <!DOCTYPE html>
        <html lang="ja">
            <head>
                {head(&assets, nonce, &path)}
                <MetaTags />
            </head>
            <body>
                <App />
            </body>
        </html>
    }
}

/// Every page by its path.
#[component]
pub fn App() -> impl IntoView {
    view! {
        <Router>
            <Routes fallback=|| view! { <NotFoundPage /> }>
                <Route path=path!("") view=HomePage ssr=SsrMode::Async />
                <Route path=path!("/guide") view=GuidePage ssr=SsrMode::Async />
                <Route path=path!("/contacts") view=ContactsPage ssr=SsrMode::Async />
                <Route path=path!("/offline") view=OfflinePage ssr=SsrMode::Async />
                <Route path=path!("/unsent") view=UnsentPage ssr=SsrMode::Async />
                <Route path=path!("/go/request") view=GoRequestPage ssr=SsrMode::Async />
                <Route path=path!("/login") view=LoginPage ssr=SsrMode::Async />
                <Route path=path!("/requests") view=RequestListPage ssr=SsrMode::Async />
                <Route path=path!("/requests/new") view=RequestNewPage ssr=SsrMode::Async />
                <Route path=path!("/requests/check") view=RequestCheckPage ssr=SsrMode::Async />
                <Route path=path!("/requests/too-soon") view=TooSoonPage ssr=SsrMode::Async />
                <Route path=path!("/requests/:no") view=RequestPage ssr=SsrMode::Async />
                <Route path=path!("/requests/:no/edit") view=RequestEditPage ssr=SsrMode::Async />
                <Route path=path!("/requests/:no/done") view=RequestDonePage ssr=SsrMode::Async />
                <Route path=path!("/subsidies") view=crate::subsidy::SubsidyListPage ssr=SsrMode::Async />
                <Route path=path!("/claims") view=crate::claim::ClaimListPage ssr=SsrMode::Async />
                <Route path=path!("/claims/:no") view=crate::claim::ClaimPage ssr=SsrMode::Async />
                <Route path=path!("/coupons") view=crate::coupon::CouponListPage ssr=SsrMode::Async />
                <Route path=path!("/hq") view=crate::hq::HqPage ssr=SsrMode::Async />
                <Route path=path!("/inbox") view=crate::inbox::InboxPage ssr=SsrMode::Async />
                <Route path=path!("/inbox/:id") view=crate::inbox::MailPage ssr=SsrMode::Async />
                <Route path=path!("/invitations/:token") view=InvitationPage ssr=SsrMode::Async />
                <MemberRoutes />
                <CaseRoutes />
                <Route path=path!("/reports") view=crate::report::ReportListPage ssr=SsrMode::Async />
                <Route path=path!("/reports/new") view=crate::report::ReportNewPage ssr=SsrMode::Async />
                <Route path=path!("/reports/check") view=crate::report::ReportCheckPage ssr=SsrMode::Async />
                <Route path=path!("/reports/:no") view=crate::report::ReportPage ssr=SsrMode::Async />
                <Route path=path!("/reports/:no/edit") view=crate::report::ReportEditPage ssr=SsrMode::Async />
                <Route path=path!("/reports/:no/done") view=crate::report::ReportDonePage ssr=SsrMode::Async />
                <Route path=path!("/reports/:no/print") view=crate::report::ReportPrintPage ssr=SsrMode::Async />
                <Route path=path!("/fee") view=crate::fee::FeePage ssr=SsrMode::Async />
            </Routes>
        </Router>
    }
}

/// The page of every unknown address.
#[component]
fn NotFoundPage() -> impl IntoView {
    page(async { Err(Fault::NotFound) })
}
