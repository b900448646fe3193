//! 打診: what a provider is asked, and 受ける or 辞退 in one tap.

pub mod api;

#[cfg(feature = "ssr")]
mod list;

#[cfg(feature = "ssr")]
pub use list::OfferListPage;
