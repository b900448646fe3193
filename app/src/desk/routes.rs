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
use crate::routes::PageRoute;
use leptos::prelude::*;

/// `/desk`, `/offers`, `/coordination` and a case's meeting and history.
pub const CASE_PAGES: &[PageRoute] = &[
    ("/requests/{no}/meeting", || MeetingPage().into_any()),
    ("/requests/{no}/history", || HistoryPage().into_any()),
    ("/offers", || OfferListPage().into_any()),
    ("/offers/check", || OfferCheckPage().into_any()),
    ("/coordination", || CoordinationPage().into_any()),
    ("/coordination/{no}", || ProviderCasePage().into_any()),
    ("/desk", || DeskPage().into_any()),
    ("/desk/notes", || NotesPage().into_any()),
    ("/desk/requests/new", || DeskEntryPage().into_any()),
    ("/desk/requests/check", || DeskCheckPage().into_any()),
    ("/desk/requests/{no}", || DeskCasePage().into_any()),
];
