//! The database rows, one module per table: what a column holds is a value of the domain. The test `schema` compares
//! every entity with the migrated schema of both databases, column by column.

pub mod account;
pub mod activity;
pub mod activity_report;
pub mod activity_report_child;
pub mod approval;
pub mod care_request;
pub mod care_request_child;
pub mod child;
pub mod close_run;
pub mod coupon_entry;
pub mod event;
pub mod expense;
pub mod form_draft;
pub mod holiday;
pub mod idempotency;
pub mod invitation;
pub mod job_lease;
pub mod login_failure;
pub mod member;
pub mod notice;
pub mod offer;
pub mod outbox;
pub mod pre_meeting_sheet;
pub mod receipt;
pub mod sequence;
pub mod session;
pub mod setting;
pub mod sheet_version;
pub mod subsidy_claim;
pub mod subsidy_line;
pub mod tariff_version;
pub mod training;
pub mod trial_coupon;
pub mod ward;

use sea_orm::sea_query::{ColumnType, StringLen};
use sea_orm::{ColumnTrait, EntityTrait, IdenStatic, Iterable};

/// What a column holds, as both databases tell it apart.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Class {
    /// A whole number of 64 bits: an id, a counter, yen, microseconds.
    Integer,
    /// A text: words, a key, JSON.
    Text,
    /// A day.
    Date,
    /// Anything else; no table of ours has it.
    Other,
}

/// A column as an entity or a database has it.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct ColumnShape {
    /// Its name.
    pub name: String,
    /// What it holds.
    pub class: Class,
    /// Whether it may hold nothing.
    pub nullable: bool,
}

/// A table as its entity has it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TableShape {
    /// Its name.
    pub name: &'static str,
    /// Its columns, by name.
    pub columns: Vec<ColumnShape>,
}

fn shape<E: EntityTrait>(entity: E) -> TableShape {
    let column = |column: E::Column| {
        let definition = column.def();
        let class = match definition.get_column_type() {
            ColumnType::BigInteger => Class::Integer,
            ColumnType::Text | ColumnType::String(StringLen::None) => Class::Text,
            ColumnType::Date => Class::Date,
            _ => Class::Other,
        };
        ColumnShape { name: column.as_str().to_owned(), class, nullable: definition.is_null() }
    };
    let mut columns: Vec<ColumnShape> = E::Column::iter().map(column).collect();
    columns.sort();
    TableShape { name: entity.table_name(), columns }
}

macro_rules! shapes {
    ($($name:ident),+ $(,)?) => {
        vec![$(shape($name::Entity)),+]
    };
}

/// Every table as its entity has it; the test misses a table that is not in this list.
#[must_use]
pub fn tables() -> Vec<TableShape> {
    shapes![
        account,
        activity,
        activity_report,
        activity_report_child,
        approval,
        care_request,
        care_request_child,
        child,
        close_run,
        coupon_entry,
        event,
        expense,
        form_draft,
        holiday,
        idempotency,
        invitation,
        job_lease,
        login_failure,
        member,
        notice,
        offer,
        outbox,
        pre_meeting_sheet,
        receipt,
        sequence,
        session,
        setting,
        sheet_version,
        subsidy_claim,
        subsidy_line,
        tariff_version,
        training,
        trial_coupon,
        ward,
    ]
}
