//! Login and logout.

pub mod api;
#[cfg(feature = "ssr")]
mod login;

#[cfg(feature = "ssr")]
pub use login::{COOKIE, LONGEST_NEXT, LoginPage, LogoutForm, TextSizeForm, safe_next, set_cookie};
