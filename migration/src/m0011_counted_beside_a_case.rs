//! What the queue counts beside each case is counted in an index, without a look at the rows themselves; a ward's cases of
//! one status stand in the order of their numbers.

use sea_orm_migration::prelude::*;

/// `m0011_counted_beside_a_case`
#[derive(DeriveMigrationName)]
pub struct Migration;

/// Each index with its table and columns, and the one by case alone that it replaces, if there was one.
const INDEXES: [(&str, &str, &str, Option<&str>); 4] = [
    ("offer", "offer_request_status", "request_id, status", None),
    ("activity", "activity_request_status", "request_id, status", Some("activity_request")),
    ("activity_report", "activity_report_request_status", "request_id, status", Some("activity_report_request")),
    ("care_request", "care_request_ward_status", "ward, status, id", None),
];

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let connection = manager.get_connection();
        for (table, index, columns, replaced) in INDEXES {
            connection.execute_unprepared(&format!("CREATE INDEX {index} ON {table} ({columns})")).await?;
            if let Some(replaced) = replaced {
                connection.execute_unprepared(&format!("DROP INDEX {replaced}")).await?;
            }
        }
        Ok(())
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let connection = manager.get_connection();
        for (table, index, _, replaced) in INDEXES {
            if let Some(replaced) = replaced {
                connection.execute_unprepared(&format!("CREATE INDEX {replaced} ON {table} (request_id)")).await?;
            }
            connection.execute_unprepared(&format!("DROP INDEX {index}")).await?;
        }
        Ok(())
    }
}
