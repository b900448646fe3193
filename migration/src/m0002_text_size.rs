//! 大きな文字: each account may have its pages in larger letters. A column with a default, so the release before works on.

use sea_orm_migration::prelude::*;

/// `m0002_text_size`
#[derive(DeriveMigrationName)]
pub struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let sql = "ALTER TABLE account ADD COLUMN text_size TEXT NOT NULL DEFAULT 'normal'";
        manager.get_connection().execute_unprepared(sql).await?;
        Ok(())
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager.get_connection().execute_unprepared("ALTER TABLE account DROP COLUMN text_size").await?;
        Ok(())
    }
}
