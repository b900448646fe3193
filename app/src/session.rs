//! Login and logout.

pub mod api;
#[cfg(feature = "ssr")]
mod login;

#[cfg(feature = "ssr")]
pub use login::{
    COOKIE, DEVICE, LONGEST_NEXT, LoginPage, LogoutForm, OTHER, TextSizeForm, safe_next, set_cookie, set_device,
};
