//! What a page or a form can end with, poor on purpose: it travels to the outside.

use domain::event::Action;
use domain::fault::FieldError;
use domain::refusal::Refusal;
use leptos::server_fn::codec::JsonEncoding;
use leptos::server_fn::error::{FromServerFnError, ServerFnErrorErr};
use serde::{Deserialize, Serialize};

/// Why something did not happen; `service::Error` is turned into this at exactly one place (below).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Fault {
    /// Nobody is signed in.
    SignedOut,
    /// Not there, or not for this person: the two look the same.
    NotFound,
    /// Somebody else changed it first.
    Stale {
        /// Who.
        by: String,
        /// What that was; nothing where it is not known.
        action: Option<Action>,
    },
    /// A rule says no.
    Refused(Refusal),
    /// Fields to fix.
    Invalid(Vec<FieldError>),
    /// User ID or password do not fit.
    LoginFailed,
    /// Too many failures.
    Throttled {
        /// Seconds to wait.
        seconds: i64,
    },
    /// The form was drawn for another account.
    OtherWriter,
    /// More forms than one person sends.
    TooMany {
        /// Seconds to wait.
        seconds: i64,
    },
    /// Too much to do at this moment.
    Busy,
    /// The database is full, locked, silent or gone at this moment; nothing of this was stored.
    Unavailable,
    /// Our own fault; the log has more under this number.
    Broken {
        /// What the person may say to the branch.
        reference: String,
    },
    /// The request could not be read at all.
    Unreadable,
    /// More was sent than a form of ours can hold.
    TooLong,
}

impl FromServerFnError for Fault {
    type Encoder = JsonEncoding;

    fn from_server_fn_error(_: ServerFnErrorErr) -> Self {
        // What leptos says of arguments it could not read is for programmers; the person's page says what to do.
        Self::Unreadable
    }
}

impl Fault {
    /// The HTTP status that says the same.
    #[must_use]
    pub const fn status(&self) -> u16 {
        match self {
            Self::SignedOut => 401,
            Self::NotFound => 404,
            Self::Stale { .. } | Self::OtherWriter => 409,
            Self::Refused(_) | Self::Invalid(_) | Self::LoginFailed => 422,
            Self::Throttled { .. } | Self::TooMany { .. } => 429,
            Self::Busy | Self::Unavailable => 503,
            Self::Broken { .. } => 500,
            Self::Unreadable => 400,
            Self::TooLong => 413,
        }
    }
}

#[cfg(feature = "ssr")]
impl Fault {
    /// Our own fault, logged under the number that the person is shown.
    #[must_use]
    pub fn ours(what: &dyn std::fmt::Display) -> Self {
        Self::Broken { reference: log(what) }
    }
}

/// Logs a fault of ours and returns its number: six digits, which can be read over the telephone.
#[cfg(feature = "ssr")]
pub(crate) fn log(what: &dyn std::fmt::Display) -> String {
    let reference = service::id::six_digits();
    tracing::error!(reference, "{what}");
    reference
}

#[cfg(feature = "ssr")]
impl From<service::Error> for Fault {
    fn from(error: service::Error) -> Self {
        use service::Error as E;
        match error {
            E::NotFound => Self::NotFound,
            E::Invalid(fields) => Self::Invalid(fields),
            E::Refused(refusal) => Self::Refused(refusal),
            E::Stale { by, action } => Self::Stale { by, action },
            E::Throttled { seconds } => Self::Throttled { seconds },
            E::LoginFailed => Self::LoginFailed,
            E::Busy => Self::Busy,
            E::TooLong => Self::TooLong,
            E::Unavailable(_) => {
                tracing::error!("{error}");
                Self::Unavailable
            }
            E::Database(_) | E::Broken(_) => Self::ours(&error),
        }
    }
}
