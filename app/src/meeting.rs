//! 事前打合せ: its date, and the 事前打合せ情報.

pub mod api;

#[cfg(feature = "ssr")]
mod form;
#[cfg(feature = "ssr")]
mod sheet;

#[cfg(feature = "ssr")]
pub(crate) use form::{CLOSED, meeting_form, saved_notice};
#[cfg(feature = "ssr")]
pub use sheet::MeetingPage;
