//! The paths of the members' pages.

use super::check::MemberCheckPage;
use super::form::MemberFormPage;
use super::link::MemberLinkPage;
use super::list::MemberListPage;
use super::page::MemberPage;
use crate::routes::PageRoute;
use leptos::prelude::*;

/// `/desk/members…`
pub const MEMBER_PAGES: &[PageRoute] = &[
    ("/desk/members", || MemberListPage().into_any()),
    ("/desk/members/new", || MemberFormPage().into_any()),
    ("/desk/members/new/check", || MemberCheckPage().into_any()),
    ("/desk/members/{no}", || MemberPage().into_any()),
    ("/desk/members/{no}/link", || MemberLinkPage().into_any()),
];
