//! The one-time link: the person chooses user ID and password.

pub mod api;
#[cfg(feature = "ssr")]
mod page;

#[cfg(feature = "ssr")]
pub use page::InvitationPage;
