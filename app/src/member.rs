//! Members at the coordinator's desk: find, record, keep up to date, hand out the one-time link.

pub mod api;
#[cfg(feature = "ssr")]
mod check;
#[cfg(feature = "ssr")]
mod children;
#[cfg(feature = "ssr")]
mod form;
#[cfg(feature = "ssr")]
mod link;
#[cfg(feature = "ssr")]
mod list;
#[cfg(feature = "ssr")]
mod page;
#[cfg(feature = "ssr")]
mod qr;
#[cfg(feature = "ssr")]
mod routes;

#[cfg(feature = "ssr")]
pub use routes::MEMBER_PAGES;
