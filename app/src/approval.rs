//! 承認, 修正依頼 and opening again: the parts of a report's page that decide on it.

pub mod api;
pub mod island;

#[cfg(feature = "ssr")]
mod form;

#[cfg(feature = "ssr")]
pub use form::{approval_form, reopening_form, revision_form};
