//! The coordinator's desk: queue and case side by side, a request for a caller, a case's history.

pub mod api;
pub mod notes;

#[cfg(feature = "ssr")]
mod candidates;
#[cfg(feature = "ssr")]
mod case;
#[cfg(feature = "ssr")]
mod check;
#[cfg(feature = "ssr")]
mod ending;
#[cfg(feature = "ssr")]
mod entry;
#[cfg(feature = "ssr")]
mod history;
#[cfg(feature = "ssr")]
mod next;
#[cfg(feature = "ssr")]
mod offers;
#[cfg(feature = "ssr")]
mod queue;
#[cfg(feature = "ssr")]
mod routes;

#[cfg(feature = "ssr")]
pub(crate) use notes::{after_note, noted};
#[cfg(feature = "ssr")]
pub use queue::queue_filter;
#[cfg(feature = "ssr")]
pub(crate) use queue::table as case_table;
#[cfg(feature = "ssr")]
pub use routes::CASE_PAGES;
