//! 報酬受領 and taking it back: the parts of a report's page about the reward.

pub mod api;

#[cfg(feature = "ssr")]
mod form;

#[cfg(feature = "ssr")]
pub use form::{receipt_form, undoing_form};
