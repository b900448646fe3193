//! What the queue counts beside each case is counted in an index, without a look at the rows themselves.

use sea_orm_migration::prelude::*;

/// `m0011_counted_beside_a_case`
#[derive(DeriveMigrationName)]
pub struct Migration;

/// The index by case and status, and the one by case alone that it replaces, if there was one.
const INDEXES: [(&str, &str, Option<&str>); 3] = [
    ("offer", "offer_request_status", None),
    ("activity", "activity_request_status", Some("activity_request")),
    ("activity_report", "activity_report_request_status", Some("activity_report_request")),
];

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let connection = manager.get_connection();
        for (table, index, replaced) in INDEXES {
            connection.execute_unprepared(&format!("CREATE INDEX {index} ON {table} (request_id, status)")).await?;
            if let Some(replaced) = replaced {
                connection.execute_unprepared(&format!("DROP INDEX {replaced}")).await?;
            }
        }
        Ok(())
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let connection = manager.get_connection();
        for (table, index, replaced) in INDEXES {
            if let Some(replaced) = replaced {
                connection.execute_unprepared(&format!("CREATE INDEX {replaced} ON {table} (request_id)")).await?;
            }
            connection.execute_unprepared(&format!("DROP INDEX {index}")).await?;
        }
        Ok(())
    }
}
