//! What a page of the desk shows and hears, as it travels to the browser.

use serde::{Deserialize, Serialize};

/// What others did in a coordinator's ward since her page was drawn.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct DeskNews {
    /// How many cases are new or have moved.
    pub cases: u32,
}
