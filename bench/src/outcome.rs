//! How a step ends.

use std::fmt;

/// What a step ends with.
pub type Done<T = ()> = Result<T, Problem>;

/// Why the benchmark cannot go on, as one sentence.
#[derive(Debug)]
pub struct Problem(String);

impl Problem {
    /// Says why.
    pub fn new(sentence: impl Into<String>) -> Self {
        Self(sentence.into())
    }
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl<E: std::error::Error> From<E> for Problem {
    fn from(error: E) -> Self {
        Self(error.to_string())
    }
}
