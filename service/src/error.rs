//! What a use case can end with besides success.
//!
//! Whatever asks the database may fail with [`Error::Unavailable`], [`Error::TooLong`] and [`Error::Database`]; `# Errors`
//! of a function names only what else it may end with.

use crate::db::trouble;
use domain::event::Action;
use domain::fault::FieldError;
use domain::refusal::Refusal;
use sea_orm::DbErr;

/// The result of a use case.
pub type Result<T, E = Error> = std::result::Result<T, E>;

/// Why a use case did not happen. Rich inside; `app::fault` makes it poor for the outside.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// Not there, or not for this actor: the two look the same.
    #[error("not found")]
    NotFound,
    /// Fields to fix, all at once.
    #[error("fields to fix: {0:?}")]
    Invalid(Vec<FieldError>),
    /// A rule says no.
    #[error("refused: {0:?}")]
    Refused(Refusal),
    /// Somebody else changed the record first.
    #[error("changed by {by} meanwhile")]
    Stale {
        /// Who did it, as the actor may see that name.
        by: String,
        /// What that was; nothing where it is not known.
        action: Option<Action>,
    },
    /// Too many failures: try again later.
    #[error("throttled for {seconds} seconds")]
    Throttled {
        /// Seconds until the next try counts.
        seconds: i64,
    },
    /// User ID or password do not fit.
    #[error("user ID or password do not fit")]
    LoginFailed,
    /// Too much to do at this moment.
    #[error("busy")]
    Busy,
    /// A text is longer than the database can work with.
    #[error("a text is too long")]
    TooLong,
    /// The database is full, locked, silent or gone; nothing of this is stored, and it may be well in a moment.
    #[error("the database is not available: {0}")]
    Unavailable(DbErr),
    /// The database did not do its part, for a fault of ours.
    #[error(transparent)]
    Database(DbErr),
    /// Something that should never be.
    #[error("broken: {0}")]
    Broken(String),
}

impl From<DbErr> for Error {
    fn from(error: DbErr) -> Self {
        match error {
            error if trouble::is_passing(&error) => Self::Unavailable(error),
            error if trouble::is_too_long(&error) => Self::TooLong,
            error => Self::Database(error),
        }
    }
}

impl From<Refusal> for Error {
    fn from(refusal: Refusal) -> Self {
        Self::Refused(refusal)
    }
}

impl From<serde_json::Error> for Error {
    fn from(error: serde_json::Error) -> Self {
        Self::Broken(format!("stored JSON: {error}"))
    }
}

/// Reads what a row of this kind always holds.
///
/// # Errors
/// [`Error::Broken`] when it is missing or unknown.
pub fn stored<T>(value: Option<T>, what: &str) -> Result<T> {
    value.ok_or_else(|| Error::Broken(format!("unknown {what} in the database")))
}
