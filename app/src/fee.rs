//! 料金の計算: what an activity would cost, for everybody who is signed in.

pub mod island;

#[cfg(feature = "ssr")]
mod page;

#[cfg(feature = "ssr")]
pub use page::FeePage;
