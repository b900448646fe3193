//! The activity report (援助活動報告書, EKH): written by the provider, or by the coordinator on behalf (domain 5.3).
//!
//! `draft` saves what is typed, `submit` registers it with its snapshot and asks the family, `siblings` recalculates what
//! awaits approval when a report beside it comes or goes or a birth date is corrected, `list` and `details` show it, `remind`
//! reminds of what lies too long, `changes` says what is different when it comes again. Approval and receipt stand in [`crate::approval`] and [`crate::receipt`].
//!
//! While a report is written its fields are the JSON `draft_fields`; 登録 turns them into the columns, which from then
//! on hold what the family was shown, also while a requested revision is being typed.

mod changes;
mod details;
mod draft;
mod form;
mod list;
mod load;
mod remind;
mod siblings;
mod submit;

pub use changes::Changes;
pub use details::{ChildPart, CouponPart, ReportDetails, ReportStep, details};
pub use draft::save;
pub use form::{Candidate, FormRequest, ReportFormView, blank, candidates, existing};
pub use list::{ReportList, ReportSummary, Side, list};
pub use load::MemberName;
pub(crate) use load::{Loaded, quote_of};
pub use remind::remind_approvals;
pub(crate) use siblings::{
    charge_by_birth_date, lock_member_and_providers, lock_provider_of, providers_of_child, recalculate,
};
pub use submit::content_hash;
pub use submit::{Checked, check, pull_back, register, submit, void};
