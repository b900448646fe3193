//! The addresses of scripts and styles, which the server knows: they carry a hash of their content.

use std::borrow::Cow;

/// The addresses the page's head links to.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct AssetNames {
    /// The style sheet: `/pkg/kosapo.3f2a.css`.
    pub css: Cow<'static, str>,
    /// Our start script, which loads the rest: `/pkg/kosapo.9c1d.js`.
    pub boot: Cow<'static, str>,
    /// The script that wakes islands: `/pkg/islands.77b0.js`.
    pub islands: Cow<'static, str>,
    /// What it runs: `/pkg/kosapo.23eb.wasm`.
    pub wasm: Cow<'static, str>,
}
