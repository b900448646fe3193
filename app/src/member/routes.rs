//! The paths of the members' pages.

use super::check::MemberCheckPage;
use super::form::MemberFormPage;
use super::link::MemberLinkPage;
use super::list::MemberListPage;
use super::page::MemberPage;
use leptos::prelude::*;
use leptos_router::components::Route;
use leptos_router::{MatchNestedRoutes, SsrMode, path};

/// `/desk/members…`
#[component(transparent)]
pub fn MemberRoutes() -> impl MatchNestedRoutes + Clone {
    view! {
        <Route path=path!("/desk/members") view=MemberListPage ssr=SsrMode::Async />
        <Route path=path!("/desk/members/new") view=MemberFormPage ssr=SsrMode::Async />
        <Route path=path!("/desk/members/new/check") view=MemberCheckPage ssr=SsrMode::Async />
        <Route path=path!("/desk/members/:no") view=MemberPage ssr=SsrMode::Async />
        <Route path=path!("/desk/members/:no/link") view=MemberLinkPage ssr=SsrMode::Async />
    }
    .into_inner()
}
