//! Pages, components and server functions of kosapo.
//!
//! Pages are drawn on the server only; the browser gets the islands (`island.rs` of a feature) and [`ui`] parts.
//! Every feature is a module with its pages, its `api` (server functions) and, where it reacts, its `island`.

#[cfg(all(feature = "ssr", any(feature = "hydrate", feature = "csr")))]
compile_error!("`ssr` and `hydrate` in one build would switch the event handlers off: build `frontend` by itself");

pub mod approval;
pub mod assets;
#[cfg(feature = "ssr")]
pub mod calendar;
#[cfg(feature = "ssr")]
mod channel;
#[cfg(feature = "ssr")]
pub mod claim;
pub mod coordination;
#[cfg(feature = "ssr")]
pub mod coupon;
pub mod desk;
pub mod fault;
pub mod fee;
pub mod gallery;
#[cfg(feature = "ssr")]
pub mod hq;
pub mod inbox;
#[cfg(feature = "ssr")]
pub mod invitation;
pub mod meeting;
pub mod member;
pub mod offer;
pub mod post;
#[cfg(feature = "ssr")]
pub mod receipt;
pub mod report;
pub mod request;
pub mod session;
#[cfg(feature = "ssr")]
pub mod subsidy;
pub mod ui;
pub mod words;

#[cfg(feature = "ssr")]
pub mod day;
#[cfg(feature = "ssr")]
pub mod demo;
#[cfg(feature = "ssr")]
pub mod form;
#[cfg(feature = "ssr")]
pub mod guide;
#[cfg(feature = "ssr")]
pub mod home;
#[cfg(feature = "ssr")]
pub mod page;
#[cfg(feature = "ssr")]
pub mod routes;
#[cfg(feature = "ssr")]
pub mod visit;
