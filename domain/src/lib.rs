//! The rules of kosapo, pure: no clock, no randomness, no IO, and no language.
//!
//! ```text
//!  request ──► (coordination) ──► report ──► approval ──► receipt ──► subsidy
//!  CDK, one table               EKH, two statuses                     the close on the 5th
//! ```
//!
//! * [`workflow`]: how the state tables are read; the tables stand beside their states in [`request`] and [`report`].
//! * [`actor`]: who acts, in which role, for which party; [`policy`]: who may do what, one table.
//! * [`refusal`]: every "no", named; the pages turn it into a sentence.
//! * [`time`]: instants, business dates in Asia/Tokyo, and how they are written.
//! * [`tariff`], [`holiday`], [`fee`], [`coupon`]: what an activity costs and why, block by block.
//! * [`event`]: everything that can happen, as the audit trail keeps it.
//! * [`calendar`]: what of a case stands in its members' calendars.
//! * [`horizon`]: how far ahead a day may lie.
//! * [`input`]: reads what a person typed.
//! * [`opening`]: when a branch answers its telephone.
//! * [`number`]: MEM, CDK, EKH, KSK; [`id`]: the keys of the tables' rows.
//! * [`stored`]: how these values stand in the database.

pub mod actor;
pub mod approval;
pub mod calendar;
pub mod child;
pub mod coordination;
pub mod coupon;
pub mod desk;
pub mod estimate;
pub mod event;
pub mod fault;
pub mod fee;
pub mod holiday;
pub mod horizon;
pub mod id;
pub mod input;
pub mod mail;
pub mod member;
pub mod money;
pub mod number;
pub mod opening;
pub mod plain;
pub mod policy;
pub mod receipt;
pub mod refusal;
pub mod report;
pub mod report_change;
pub mod report_form;
pub mod request;
pub mod stored;
pub mod subsidy;
pub mod tariff;
pub mod time;
pub mod workflow;
