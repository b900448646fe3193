//! The family's request (援助依頼): list, form, check, confirmation, detail.

pub mod api;
pub mod island;

#[cfg(feature = "ssr")]
pub(crate) mod answers;
#[cfg(feature = "ssr")]
mod check;
#[cfg(feature = "ssr")]
mod details;
#[cfg(feature = "ssr")]
mod done;
#[cfg(feature = "ssr")]
mod form;
#[cfg(feature = "ssr")]
mod list;
#[cfg(feature = "ssr")]
mod reach;
#[cfg(feature = "ssr")]
mod too_soon;

#[cfg(feature = "ssr")]
pub use check::RequestCheckPage;
#[cfg(feature = "ssr")]
pub use details::RequestPage;
#[cfg(feature = "ssr")]
pub use done::RequestDonePage;
#[cfg(feature = "ssr")]
pub use form::{RequestEditPage, RequestNewPage, from_submitted};
#[cfg(feature = "ssr")]
pub use list::RequestListPage;
#[cfg(feature = "ssr")]
pub use reach::{branch_box, contact, hours_lines};
#[cfg(feature = "ssr")]
pub use too_soon::TooSoonPage;

#[cfg(feature = "ssr")]
use crate::fault::Fault;
#[cfg(feature = "ssr")]
use domain::number::RequestNo;

/// Reads the number in a page's path; anything else is no page.
#[cfg(feature = "ssr")]
fn number(text: &str) -> Result<RequestNo, Fault> {
    RequestNo::parse(text).map_err(|_| Fault::NotFound)
}
