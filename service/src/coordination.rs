//! Coordination (コーディネート, domain 5.2): the coordinator's steps with a case, her queue, and what the matched provider
//! sees.
//!
//! ```text
//!  take ─► offer::send ─► offer::accept ─► meeting::schedule ─► meeting::hold ─► establish ─► (report) ─► complete
//!    └────── not_establish   └─ decline, expire: back ──┴──── search_again ────────┘  └─ cancel, search_again
//! ```
//!
//! Every step locks the request's row first, so offers, meeting and activity of one case change one after another; a
//! provider's row is locked after it, where two cases might take the same provider at once.

mod candidate;
mod case;
mod desk;
mod entry;
mod provider;
mod queue;
mod remind;
mod step;

pub use crate::step::Outcome;
pub(crate) use candidate::gates_of;
pub use candidate::{Candidate, candidates};
pub use case::Asked;
pub(crate) use case::{Case, ChildRow, children};
pub use desk::{CaseDetails, ChildLine, OfferLine, PersonLine, details, read_only};
pub use entry::{Entry, EntryCheck, EntryPage, check_entry, enter, entry_page};
pub use provider::{
    Contacts, KnownFamily, ProviderCase, ProviderCaseSummary, ProviderCases, provider_case, provider_cases,
};
pub use queue::{Found, FoundBy, FoundLine, QueueFilter, case_of_report, cases_of_member, queue, search};
pub use remind::remind_untaken;
pub use step::{
    CancelForm, cancel, complete_finished, establish, establish_waived, not_establish, note, search_again, take,
    withdraw,
};
pub(crate) use step::{fee_at, report_again};
