//! Fields to fix: which field, and what is wrong with it, without language.

use serde::{Deserialize, Serialize};

use crate::input::InputFault;
use crate::time::Date;

/// One field that has to be fixed; a form gets all of them at once.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct FieldError {
    /// The field's `name` in the form.
    pub field: String,
    /// What is wrong.
    pub fault: FieldFault,
}

/// What can be wrong with a field beyond its mere form.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum FieldFault {
    /// What was typed cannot be read.
    Input(InputFault),
    /// Nothing was entered or chosen.
    Missing,
    /// The value is none of the choices.
    NotAChoice,
    /// The end is at or before the start.
    EndBeforeStart,
    /// The period is longer than this many minutes.
    TooLongPeriod(i64),
    /// The date lies in the past.
    Past,
    /// The date lies in the future.
    Future,
    /// The branch cannot have heard of it before the request was made.
    BeforeRequest,
    /// The day lies too far back; the first one that can be.
    NotBefore(#[serde(with = "crate::time::serde_date")] Date),
    /// The day lies beyond the known public holidays; the last day of which they are known.
    HolidaysUnknown {
        /// The last known day.
        #[serde(with = "crate::time::serde_date")]
        last: Date,
    },
    /// The day lies further ahead than a request is taken.
    TooFarAhead {
        /// Months ahead for which it is.
        months: u8,
        /// The last day for which it is.
        #[serde(with = "crate::time::serde_date")]
        last: Date,
    },
    /// The child may not be looked after on that day (57 days to the end of the 6th grade); names of the children.
    ChildNotEligible(Vec<String>),
    /// The number is of nothing the person may see.
    Unknown,
    /// A password is shorter than this many characters.
    PasswordTooShort {
        /// The least.
        least: usize,
        /// What was typed.
        typed: usize,
    },
    /// A password is longer than this many characters.
    PasswordTooLong {
        /// The most.
        most: usize,
        /// What was typed.
        typed: usize,
    },
    /// A password that everybody tries first.
    PasswordTooCommon,
    /// The two entries differ.
    Differs,
    /// A user ID uses other characters than letters, digits, dot, hyphen and underscore, or has not 4 to 32 of them.
    NotAUserId,
    /// The user ID is taken.
    UserIdTaken,
    /// The meeting must lie before the activity.
    MeetingAfterActivity,
    /// Tickets were issued for a child of the same name and birth date in other families, named here: it must be said
    /// that it is another child.
    SameChild(Vec<String>),
    /// More tickets than this can be used here.
    TooManyTickets(i64),
}

impl From<InputFault> for FieldFault {
    fn from(fault: InputFault) -> Self {
        if fault == InputFault::Missing { Self::Missing } else { Self::Input(fault) }
    }
}

impl FieldError {
    /// An error of a field.
    pub fn new(field: impl Into<String>, fault: impl Into<FieldFault>) -> Self {
        Self { field: field.into(), fault: fault.into() }
    }
}
