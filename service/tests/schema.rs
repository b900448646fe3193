//! Every entity is the migrated schema, column by column, on both databases.
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test ends where it fails")]

mod support;

use sea_orm::{DbBackend, FromQueryResult};
use service::db;
use service::entity::{Class, ColumnShape, tables};
use support::World;

#[derive(FromQueryResult)]
struct Column {
    name: String,
    kind: String,
    nullable: i64,
}

/// The columns of a table as the database has them.
async fn columns(world: &World, table: &str) -> Vec<ColumnShape> {
    let sql = if world.env.db.backend() == DbBackend::Postgres {
        "SELECT CAST(column_name AS TEXT) AS name, CAST(data_type AS TEXT) AS kind, \
         CAST(CASE WHEN is_nullable = 'YES' THEN 1 ELSE 0 END AS BIGINT) AS nullable \
         FROM information_schema.columns WHERE table_schema = current_schema() AND table_name = $1"
    } else {
        // SQLite does not write down that a key of text is never NULL.
        "SELECT name, type AS kind, CASE WHEN \"notnull\" = 1 OR pk > 0 THEN 0 ELSE 1 END AS nullable \
         FROM pragma_table_info($1)"
    };
    let found: Vec<Column> = db::rows(world.env.db.read(), sql, vec![table.into()]).await.unwrap();
    let mut shapes: Vec<ColumnShape> = found
        .into_iter()
        .map(|column| ColumnShape {
            class: match column.kind.to_ascii_lowercase().as_str() {
                "bigint" | "integer" => Class::Integer,
                "text" => Class::Text,
                "date" => Class::Date,
                _ => Class::Other,
            },
            name: column.name,
            nullable: column.nullable == 1,
        })
        .collect();
    shapes.sort();
    shapes
}

both_databases! {
    async fn every_entity_is_the_migrated_schema(world) {
        for table in tables() {
            assert_eq!(table.columns, columns(&world, table.name).await, "{}", table.name);
        }
    }

    async fn every_table_has_its_entity(world) {
        let mut stand = world.env.db.tables().await.unwrap();
        stand.retain(|table| table != "seaql_migrations");
        stand.sort();
        let mut known: Vec<&str> = tables().iter().map(|table| table.name).collect();
        known.sort_unstable();
        assert_eq!(stand, known);
    }

    async fn a_column_of_another_shape_is_seen(world) {
        let table = tables().into_iter().find(|table| table.name == "offer").unwrap();
        db::execute(world.env.db.write(), "ALTER TABLE offer ADD COLUMN forgotten TEXT", vec![]).await.unwrap();
        assert_ne!(table.columns, columns(&world, "offer").await);
    }
}
