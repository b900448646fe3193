//! The history of the schema: each migration is written by hand, forward and back, and never changed afterwards.

pub use sea_orm_migration::MigratorTrait;
use sea_orm_migration::prelude::*;

mod m0001_foundation;
mod m0002_text_size;
mod m0003_ten_years;
mod m0004_inbox_order;
mod m0005_results_by_day;
mod m0006_reported_anew;
mod m0007_seals_and_quotas;
mod m0008_hours_of_activities;
mod m0009_choices_unknown;
mod m0010_callbacks;
mod m0011_counted_beside_a_case;

/// The tables that grow with the years or with the city: no list may walk through one of them. Tests and benchmarks read
/// the plans of the queries by this list; a migration that makes such a table adds it.
pub const GROWING: &[&str] = &[
    "account",
    "activity",
    "activity_report",
    "activity_report_child",
    "approval",
    "callback",
    "care_request",
    "care_request_child",
    "child",
    "coupon_entry",
    "event",
    "expense",
    "member",
    "notice",
    "offer",
    "outbox",
    "pre_meeting_sheet",
    "receipt",
    "session",
    "subsidy_claim",
    "subsidy_line",
    "training",
    "trial_coupon",
];

/// Runs the migrations in order.
pub struct Migrator;

#[async_trait::async_trait]
impl MigratorTrait for Migrator {
    fn migrations() -> Vec<Box<dyn MigrationTrait>> {
        vec![
            Box::new(m0001_foundation::Migration),
            Box::new(m0002_text_size::Migration),
            Box::new(m0003_ten_years::Migration),
            Box::new(m0004_inbox_order::Migration),
            Box::new(m0005_results_by_day::Migration),
            Box::new(m0006_reported_anew::Migration),
            Box::new(m0007_seals_and_quotas::Migration),
            Box::new(m0008_hours_of_activities::Migration),
            Box::new(m0009_choices_unknown::Migration),
            Box::new(m0010_callbacks::Migration),
            Box::new(m0011_counted_beside_a_case::Migration),
        ]
    }
}
