//! The addresses of a case: its desk, its offers, what the provider sees, its meeting and its history.

use super::case::DeskCasePage;
use super::check::DeskCheckPage;
use super::entry::DeskEntryPage;
use super::history::HistoryPage;
use super::notes::NotesPage;
use super::queue::DeskPage;
use crate::coordination::{CoordinationPage, ProviderCasePage};
use crate::meeting::MeetingPage;
use crate::offer::{OfferCheckPage, OfferListPage};
use leptos::prelude::*;
use leptos_router::components::Route;
use leptos_router::{MatchNestedRoutes, SsrMode, path};

/// `/desk`, `/offers`, `/coordination` and a case's meeting and history.
#[component(transparent)]
pub fn CaseRoutes() -> impl MatchNestedRoutes + Clone {
    view! {
        <Route path=path!("/requests/:no/meeting") view=MeetingPage ssr=SsrMode::Async />
        <Route path=path!("/requests/:no/history") view=HistoryPage ssr=SsrMode::Async />
        <Route path=path!("/offers") view=OfferListPage ssr=SsrMode::Async />
        <Route path=path!("/offers/check") view=OfferCheckPage ssr=SsrMode::Async />
        <Route path=path!("/coordination") view=CoordinationPage ssr=SsrMode::Async />
        <Route path=path!("/coordination/:no") view=ProviderCasePage ssr=SsrMode::Async />
        <Route path=path!("/desk") view=DeskPage ssr=SsrMode::Async />
        <Route path=path!("/desk/notes") view=NotesPage ssr=SsrMode::Async />
        <Route path=path!("/desk/requests/new") view=DeskEntryPage ssr=SsrMode::Async />
        <Route path=path!("/desk/requests/check") view=DeskCheckPage ssr=SsrMode::Async />
        <Route path=path!("/desk/requests/:no") view=DeskCasePage ssr=SsrMode::Async />
    }
    .into_inner()
}
