//! 打診: what a provider is asked, and 受ける after a check or 辞退 at once.

pub mod api;

#[cfg(feature = "ssr")]
mod check;
#[cfg(feature = "ssr")]
mod list;

#[cfg(feature = "ssr")]
pub use check::OfferCheckPage;
#[cfg(feature = "ssr")]
pub use list::OfferListPage;
