//! A family's open requests are found without reading those of ten years.

use sea_orm_migration::prelude::*;

/// `m0003_open_requests`
#[derive(DeriveMigrationName)]
pub struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let sql = "CREATE INDEX care_request_member_open ON care_request (member_id, status, starts_at)";
        manager.get_connection().execute_unprepared(sql).await?;
        Ok(())
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager.get_connection().execute_unprepared("DROP INDEX care_request_member_open").await?;
        Ok(())
    }
}
