//! Why somebody did something, in the person's own words: read the same for every step.

use crate::error::{Error, Result};
use domain::fault::FieldError;
use domain::input;

/// Reads a reason, comment or note that must be given.
///
/// # Errors
/// [`Error::Invalid`] on `field` when it is empty or longer than [`input::REASON_MAX`].
pub(crate) fn needed(field: &str, text: &str) -> Result<String> {
    let read = input::parse_reason(text).and_then(input::required);
    read.map_err(|fault| Error::Invalid(vec![FieldError::new(field, fault)]))
}

/// Reads a reason that may be left out; `None` when it is.
///
/// # Errors
/// [`Error::Invalid`] on `field` when it is too long.
pub(crate) fn optional(field: &str, text: &str) -> Result<Option<String>> {
    let read = input::parse_reason(text);
    let read = read.map_err(|fault| Error::Invalid(vec![FieldError::new(field, fault)]))?;
    Ok((!read.is_empty()).then_some(read))
}
