//! A case that was 完了 (completed) when its only report was voided is 成立 (established) again, as such a case is from
//! now on when it happens. What it was before is not written down anywhere, so taking this back changes nothing.

use sea_orm_migration::prelude::*;

/// `m0006_reported_anew`
#[derive(DeriveMigrationName)]
pub struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let sql = "UPDATE care_request SET status = 'established', revision = revision + 1 \
                   WHERE status = 'completed' AND NOT EXISTS (SELECT 1 FROM activity_report r \
                   WHERE r.request_id = care_request.id AND r.status <> 'voided')";
        manager.get_connection().execute_unprepared(sql).await?;
        Ok(())
    }

    async fn down(&self, _manager: &SchemaManager) -> Result<(), DbErr> {
        Ok(())
    }
}
