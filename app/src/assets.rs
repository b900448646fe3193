//! The addresses of scripts and styles, which the server knows: they carry a hash of their content.

/// The addresses the page's head links to.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct AssetNames {
    /// The style sheet: `/pkg/kosapo.3f2a.css`.
    pub css: String,
    /// Our start script, which loads the rest: `/pkg/kosapo.9c1d.js`.
    pub boot: String,
    /// The script that wakes islands: `/pkg/islands.77b0.js`.
    pub islands: String,
    /// What it runs: `/pkg/kosapo.23eb.wasm`.
    pub wasm: String,
}
