//! What the people who run the server may decide without a new version.

use domain::horizon::REQUEST_MONTHS;

/// The settings that use cases and pages ask for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Settings {
    /// Months ahead for which a request is taken.
    pub request_months: u8,
    /// The telephone of 本部事務局, as it is shown; empty when unknown.
    pub headquarters: String,
}

impl Default for Settings {
    fn default() -> Self {
        Self { request_months: REQUEST_MONTHS, headquarters: String::new() }
    }
}
