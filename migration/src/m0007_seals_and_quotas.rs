//! The secret with which our servers seal what a browser keeps, and whose a kept form is, for a quota of them.

use sea_orm_migration::prelude::*;
use sea_orm_migration::sea_orm::DbBackend;

/// `m0007_seals_and_quotas`
#[derive(DeriveMigrationName)]
pub struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let connection = manager.get_connection();
        let random = match manager.get_database_backend() {
            DbBackend::Postgres => "replace(gen_random_uuid()::text || gen_random_uuid()::text, '-', '')",
            _ => "lower(hex(randomblob(32)))",
        };
        let secret = format!("INSERT INTO setting (key, value) SELECT 'seal', {random}");
        for sql in [
            secret.as_str(),
            // What was kept until now has no quota and is gone within a day.
            "ALTER TABLE form_draft ADD COLUMN writer TEXT NOT NULL DEFAULT ''",
            "ALTER TABLE form_draft ADD COLUMN bytes BIGINT NOT NULL DEFAULT 0",
            "CREATE INDEX form_draft_writer ON form_draft (writer, created_at)",
        ] {
            connection.execute_unprepared(sql).await?;
        }
        Ok(())
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let connection = manager.get_connection();
        for sql in [
            "DROP INDEX form_draft_writer",
            "ALTER TABLE form_draft DROP COLUMN bytes",
            "ALTER TABLE form_draft DROP COLUMN writer",
            "DELETE FROM setting WHERE key = 'seal'",
        ] {
            connection.execute_unprepared(sql).await?;
        }
        Ok(())
    }
}
