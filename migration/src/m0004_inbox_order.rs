//! 受信メール by the time each message was sent; the index by row stays, for the release before.

use sea_orm_migration::prelude::*;

/// `m0004_inbox_order`
#[derive(DeriveMigrationName)]
pub struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let sql = "CREATE INDEX notice_account_sent ON notice (account_id, created_at, id)";
        manager.get_connection().execute_unprepared(sql).await?;
        Ok(())
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager.get_connection().execute_unprepared("DROP INDEX notice_account_sent").await?;
        Ok(())
    }
}
