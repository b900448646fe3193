//! 受信メール.

pub mod api;
#[cfg(feature = "ssr")]
mod list;
#[cfg(feature = "ssr")]
mod show;

#[cfg(feature = "ssr")]
pub use list::InboxPage;
#[cfg(feature = "ssr")]
pub use show::MailPage;
