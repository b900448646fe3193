//! The browser's half of kosapo: it wakes the islands, and nothing else.
//!
//! The pages come complete from the server. `boot.js` loads this module on pages that hold an island, calls
//! [`hydrate`] once and then the exported function of each island in document order.

// The islands' exports live in `app`; without a mention here the linker would leave the whole crate out.
use app as _;
use wasm_bindgen::prelude::wasm_bindgen;

/// Prepares the reactive system for the islands of this page.
#[wasm_bindgen]
pub fn hydrate() {
    leptos::mount::hydrate_islands();
}
