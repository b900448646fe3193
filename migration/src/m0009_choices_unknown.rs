//! A draft's choices that are not made yet are unknown (NULL), not an empty text.

use sea_orm_migration::prelude::*;
use sea_orm_migration::sea_orm::DbBackend;

/// `m0009_choices_unknown`
#[derive(DeriveMigrationName)]
pub struct Migration;

const CHOICES: [&str; 2] = ["care_kind", "care_place"];

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        for choice in CHOICES {
            let steps = match manager.get_database_backend() {
                DbBackend::Postgres => vec![
                    format!("ALTER TABLE care_request ALTER COLUMN {choice} DROP NOT NULL"),
                    format!("UPDATE care_request SET {choice} = NULL WHERE {choice} = ''"),
                ],
                _ => another(choice, "TEXT", &format!("NULLIF({choice}, '')")),
            };
            run(manager, steps).await?;
        }
        Ok(())
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        for choice in CHOICES {
            let steps = match manager.get_database_backend() {
                DbBackend::Postgres => vec![
                    format!("UPDATE care_request SET {choice} = '' WHERE {choice} IS NULL"),
                    format!("ALTER TABLE care_request ALTER COLUMN {choice} SET NOT NULL"),
                ],
                _ => another(choice, "TEXT NOT NULL DEFAULT ''", &format!("COALESCE({choice}, '')")),
            };
            run(manager, steps).await?;
        }
        Ok(())
    }
}

/// The steps that give a column another shape where none can be changed: a new one takes its values and its name.
fn another(column: &str, shape: &str, values: &str) -> Vec<String> {
    vec![
        format!("ALTER TABLE care_request ADD COLUMN {column}_next {shape}"),
        format!("UPDATE care_request SET {column}_next = {values}"),
        format!("ALTER TABLE care_request DROP COLUMN {column}"),
        format!("ALTER TABLE care_request RENAME COLUMN {column}_next TO {column}"),
    ]
}

async fn run(manager: &SchemaManager<'_>, steps: Vec<String>) -> Result<(), DbErr> {
    for sql in steps {
        manager.get_connection().execute_unprepared(&sql).await?;
    }
    Ok(())
}
