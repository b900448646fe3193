//! One table per state machine; the guard, the buttons, the tests and `docs/workflow.md` read the same rows.
//!
//! Source of the rows: the newsletter's flow and screens; states without a source are our design
//! (`docs/ARCHITECTURE.md` names which).

use crate::actor::Party;

/// One permitted transition: in state `from`, `action` by one of `by` leads to `to`.
#[derive(Clone, Copy, Debug)]
pub struct Step<S: 'static, A: 'static> {
    /// The state before.
    pub from: S,
    /// What is done.
    pub action: A,
    /// The state after.
    pub to: S,
    /// Who may do it; a coordinator's right includes doing it on behalf of a member.
    pub by: &'static [Party],
}

/// Why a table refuses a step.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum StepRefused {
    /// No row for this action in this state, for anybody.
    NotNow,
    /// The action exists here, for somebody else.
    NotYours,
}

/// Finds the state after a step.
///
/// # Errors
/// [`StepRefused::NotNow`] when the state has no such action, [`StepRefused::NotYours`] when it is another party's.
pub fn next<S: Copy + PartialEq, A: Copy + PartialEq>(
    table: &[Step<S, A>],
    from: S,
    action: A,
    by: Party,
) -> Result<S, StepRefused> {
    let mut exists = false;
    for step in table.iter().filter(|step| step.from == from && step.action == action) {
        if step.by.contains(&by) {
            return Ok(step.to);
        }
        exists = true;
    }
    Err(if exists { StepRefused::NotYours } else { StepRefused::NotNow })
}

/// What a party may do in a state, in the table's order: the buttons of a page.
pub fn actions<S: Copy + PartialEq, A: Copy + PartialEq>(
    table: &'static [Step<S, A>],
    from: S,
    by: Party,
) -> impl Iterator<Item = A> {
    table.iter().filter(move |step| step.from == from && step.by.contains(&by)).map(|step| step.action)
}

/// An enum whose values have a stable key.
pub trait Keyed: Copy {
    /// The key.
    fn as_key(self) -> &'static str;
    /// Reads a key.
    fn of_key(key: &str) -> Option<Self>;
}

/// Declares an enum whose variants have a stable key for the database, URLs and forms.
macro_rules! keyed {
    ($(#[$doc:meta])* $name:ident { $($(#[$vdoc:meta])* $variant:ident = $key:literal),+ $(,)? }) => {
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize, serde::Deserialize)]
        pub enum $name { $($(#[$vdoc])* $variant),+ }

        impl $name {
            /// Every variant, in order.
            pub const ALL: &'static [Self] = &[$(Self::$variant),+];

            /// The key stored in the database and used in URLs and forms.
            #[must_use]
            pub const fn key(self) -> &'static str {
                match self { $(Self::$variant => $key),+ }
            }

            /// Reads a stored or submitted key.
            #[must_use]
            pub fn from_key(key: &str) -> Option<Self> {
                Self::ALL.iter().copied().find(|value| value.key() == key)
            }
        }

        crate::stored::stored_as!($name, String, |value| value.key().to_owned(), |key| $name::from_key(&key));
        impl $crate::workflow::Keyed for $name {
            fn as_key(self) -> &'static str {
                self.key()
            }

            fn of_key(key: &str) -> Option<Self> {
                Self::from_key(key)
            }
        }
    };
}
pub(crate) use keyed;
