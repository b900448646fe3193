//! コーディネート結果 by 預けたい日; the index by row stays, for the release before.

use sea_orm_migration::prelude::*;

/// `m0005_results_by_day`
#[derive(DeriveMigrationName)]
pub struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let sql = "CREATE INDEX care_request_provider_day ON care_request (provider_id, starts_at, id)";
        manager.get_connection().execute_unprepared(sql).await?;
        Ok(())
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager.get_connection().execute_unprepared("DROP INDEX care_request_provider_day").await?;
        Ok(())
    }
}
