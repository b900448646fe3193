//! The database rows, one module per table: what a column holds is a value of the domain. The test `schema` compares
//! every entity with the migrated schema of both databases, column by column and relation by relation.
//!
//! Relations are `enum`s with `belongs_to` and `has_many`, not fields of `#[sea_orm::model]`: that would write four more
//! types for each table into every build, and its typed columns know no value of ours.

/// Says which relation is meant where a query names two tables only (`find_also_related`, `has_many`).
macro_rules! related {
    ($($table:ident: $relation:ident),+ $(,)?) => { $(
        impl sea_orm::Related<super::$table::Entity> for Entity {
            fn to() -> sea_orm::RelationDef {
                sea_orm::RelationTrait::def(&Relation::$relation)
            }
        }
    )+ };
}
use related;

pub mod account;
pub mod activity;
pub mod activity_report;
pub mod activity_report_child;
pub mod approval;
pub mod callback;
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

use sea_orm::sea_query::{ColumnType, StringLen, TableRef};
use sea_orm::{ColumnTrait, EntityTrait, Iden, IdenStatic, Identity, Iterable, RelationDef, RelationTrait};

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

/// A column that refers to a row of another table.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Reference {
    /// The table that refers.
    pub table: String,
    /// The column that refers.
    pub column: String,
    /// The table referred to.
    pub to_table: String,
    /// The column referred to.
    pub to_column: String,
}

impl Reference {
    /// As a relation says it, from the side that refers.
    fn of(relation: &RelationDef) -> Self {
        let side = |table: &TableRef, column: &Identity| (table.sea_orm_table().to_string(), column.to_string());
        let (own, other) = (side(&relation.from_tbl, &relation.from_col), side(&relation.to_tbl, &relation.to_col));
        // The owner is the table that others refer to.
        let ((table, column), (to_table, to_column)) = if relation.is_owner { (other, own) } else { (own, other) };
        Self { table, column, to_table, to_column }
    }
}

/// A table as its entity has it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TableShape {
    /// Its name.
    pub name: &'static str,
    /// Its columns, by name.
    pub columns: Vec<ColumnShape>,
    /// What its columns refer to with a foreign key, in order.
    pub references: Vec<Reference>,
    /// What they refer to without one.
    pub loose: Vec<Reference>,
    /// What refers to it, as far as the entity says so.
    pub referred: Vec<Reference>,
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
    let relations: Vec<RelationDef> = E::Relation::iter().map(|relation| relation.def()).collect();
    let some = |wanted: fn(&RelationDef) -> bool| {
        let mut references: Vec<Reference> = relations.iter().filter(|def| wanted(def)).map(Reference::of).collect();
        references.sort();
        references
    };
    TableShape {
        name: entity.table_name(),
        columns,
        references: some(|def| !def.is_owner && !def.skip_fk),
        loose: some(|def| !def.is_owner && def.skip_fk),
        referred: some(|def| def.is_owner),
    }
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
        callback,
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
