//! The headquarters' overview.

mod overview;

pub use overview::HqPage;
