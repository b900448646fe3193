//! When an activity really began and ended, as those who were there say it.

use sea_orm_migration::prelude::*;

/// `m0008_hours_of_activities`
#[derive(DeriveMigrationName)]
pub struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let connection = manager.get_connection();
        for sql in
            ["ALTER TABLE activity ADD COLUMN started_at BIGINT", "ALTER TABLE activity ADD COLUMN ended_at BIGINT"]
        {
            connection.execute_unprepared(sql).await?;
        }
        Ok(())
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let connection = manager.get_connection();
        for sql in ["ALTER TABLE activity DROP COLUMN ended_at", "ALTER TABLE activity DROP COLUMN started_at"] {
            connection.execute_unprepared(sql).await?;
        }
        Ok(())
    }
}
