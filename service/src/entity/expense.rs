//! An actual expense (実費) of a report.

use domain::id::ReportId;
use domain::report::ExpenseKind;
use sea_orm::entity::prelude::*;

/// A row of `expense`.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "expense")]
pub struct Model {
    #[sea_orm(primary_key)]
    pub id: i64,
    pub report_id: ReportId,
    pub kind: ExpenseKind,
    pub yen: i64,
}

/// What the row refers to.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {
    #[sea_orm(
        belongs_to = "super::activity_report::Entity",
        from = "Column::ReportId",
        to = "super::activity_report::Column::Id"
    )]
    Report,
}

super::related!(activity_report: Report);

impl ActiveModelBehavior for ActiveModel {}
