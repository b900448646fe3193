//! The rules of kosapo, pure: no clock, no randomness, no IO.

pub mod time;
