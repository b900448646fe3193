//! Members (会員): recorded by the branch, found by the branch, kept up to date by the branch.

mod search;

pub use search::{fold, household_key, search_key};
