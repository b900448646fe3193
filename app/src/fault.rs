//! What a page or a form can end with, poor on purpose: it travels to the outside.

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
        /// The event's action.
        action: String,
    },
    /// A rule says no.
    Refused(Refusal),
    /// Fields to mend.
    Invalid(Vec<FieldError>),
    /// User ID or password do not fit.
    LoginFailed,
    /// Too many failures.
    Throttled {
        /// Seconds to wait.
        seconds: i64,
    },
    /// Too much to do at this moment.
    Busy,
    /// Our own fault; the log has more under this number.
    Broken {
        /// What the person may tell the branch.
        reference: String,
    },
    /// The request could not be read at all.
    Unreadable,
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
            Self::Stale { .. } => 409,
            Self::Refused(_) | Self::Invalid(_) | Self::LoginFailed => 422,
            Self::Throttled { .. } => 429,
            Self::Busy => 503,
            Self::Broken { .. } => 500,
            Self::Unreadable => 400,
        }
    }
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
            E::Database(_) | E::Broken(_) => {
                let reference: String =
                    service::id::token().map_or_else(|_| "00000000".into(), |token| token.chars().take(8).collect());
                leptos::logging::error!("fault {reference}: {error}");
                Self::Broken { reference }
            }
        }
    }
}
