//! 援助活動報告書: list, form with its live sum, check, confirmation, the report itself, the printed copy.

pub mod api;
pub mod island;
pub mod sum;

#[cfg(feature = "ssr")]
mod changes;
#[cfg(feature = "ssr")]
mod check;
#[cfg(feature = "ssr")]
mod choose;
#[cfg(feature = "ssr")]
mod details;
#[cfg(feature = "ssr")]
mod done;
#[cfg(feature = "ssr")]
mod form;
#[cfg(feature = "ssr")]
mod list;
#[cfg(feature = "ssr")]
mod print;
#[cfg(feature = "ssr")]
pub(crate) mod steps;

#[cfg(feature = "ssr")]
pub use check::ReportCheckPage;
#[cfg(feature = "ssr")]
pub use details::ReportPage;
#[cfg(feature = "ssr")]
pub use done::ReportDonePage;
#[cfg(feature = "ssr")]
pub use form::{ReportEditPage, ReportNewPage};
#[cfg(feature = "ssr")]
pub use list::ReportListPage;
#[cfg(feature = "ssr")]
pub use print::ReportPrintPage;

#[cfg(feature = "ssr")]
use crate::fault::Fault;
#[cfg(feature = "ssr")]
use domain::number::ReportNo;

/// Reads the number in a page's path; anything else is no page.
#[cfg(feature = "ssr")]
fn number(text: &str) -> Result<ReportNo, Fault> {
    ReportNo::parse(text).map_err(|_| Fault::NotFound)
}
