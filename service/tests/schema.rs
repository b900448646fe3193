//! Every entity is the migrated schema, column by column, on both databases.
#![allow(clippy::expect_used, clippy::panic, clippy::unwrap_used, reason = "a test ends where it fails")]

mod support;

use sea_orm::{DbBackend, FromQueryResult};
use service::db;
use service::entity::{Class, ColumnShape, Reference, tables};
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

/// The foreign keys of a table as the database has them.
async fn foreign_keys(world: &World, table: &str) -> Vec<Reference> {
    #[derive(FromQueryResult)]
    struct Key {
        own: String,
        to_table: String,
        to_column: String,
    }
    let sql = if world.env.db.backend() == DbBackend::Postgres {
        "SELECT CAST(a.attname AS TEXT) AS own, CAST(t.relname AS TEXT) AS to_table, CAST(b.attname AS TEXT) AS to_column \
         FROM pg_constraint c JOIN pg_class o ON o.oid = c.conrelid JOIN pg_class t ON t.oid = c.confrelid \
         JOIN pg_attribute a ON a.attrelid = c.conrelid AND a.attnum = c.conkey[1] \
         JOIN pg_attribute b ON b.attrelid = c.confrelid AND b.attnum = c.confkey[1] \
         WHERE c.contype = 'f' AND o.relname = $1 AND o.relnamespace = current_schema()::regnamespace"
    } else {
        "SELECT \"from\" AS own, \"table\" AS to_table, \"to\" AS to_column FROM pragma_foreign_key_list($1)"
    };
    let found: Vec<Key> = db::rows(world.env.db.read(), sql, vec![table.into()]).await.unwrap();
    let reference = |key: Key| Reference {
        table: table.to_owned(),
        column: key.own,
        to_table: key.to_table,
        to_column: key.to_column,
    };
    let mut keys: Vec<Reference> = found.into_iter().map(reference).collect();
    keys.sort();
    keys
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

    async fn every_foreign_key_is_a_relation_and_every_relation_a_foreign_key(world) {
        for table in tables() {
            assert_eq!(table.references, foreign_keys(&world, table.name).await, "{}", table.name);
        }
    }

    async fn a_relation_without_a_foreign_key_says_so(world) {
        for table in tables() {
            let keys = foreign_keys(&world, table.name).await;
            for loose in table.loose {
                assert!(!keys.contains(&loose), "{loose:?} has its key: no skip_fk");
            }
        }
    }

    async fn a_foreign_key_without_its_relation_is_seen(world) {
        let table = tables().into_iter().find(|table| table.name == "offer").unwrap();
        let sql = "ALTER TABLE offer ADD COLUMN forgotten BIGINT REFERENCES account (id)";
        db::execute(world.env.db.write(), sql, vec![]).await.unwrap();
        assert_ne!(table.references, foreign_keys(&world, "offer").await);
    }

    async fn a_column_of_another_shape_is_seen(world) {
        let table = tables().into_iter().find(|table| table.name == "offer").unwrap();
        db::execute(world.env.db.write(), "ALTER TABLE offer ADD COLUMN forgotten TEXT", vec![]).await.unwrap();
        assert_ne!(table.columns, columns(&world, "offer").await);
    }
}

/// What refers to a row is said by both sides alike.
#[test]
fn what_an_entity_is_referred_by_refers_to_it() {
    let tables = tables();
    let known: Vec<&Reference> = tables.iter().flat_map(|table| &table.references).collect();
    for table in &tables {
        for referred in &table.referred {
            assert_eq!(referred.to_table, table.name);
            assert!(known.contains(&referred), "{referred:?}");
        }
    }
}

/// A column that is called after a row refers to one.
#[test]
fn every_key_of_another_row_has_its_relation() {
    // The identifier of a mail on its way, and what a person signs in with.
    let words = ["message_id", "user_id"];
    for table in tables() {
        for column in table.columns.iter().map(|column| column.name.as_str()) {
            let relations = table.references.iter().chain(&table.loose).filter(|to| to.column == column).count();
            let refers = (column.ends_with("_id") && !words.contains(&column)) || column == "ward";
            assert_eq!(relations, usize::from(refers), "{}.{column}", table.name);
        }
    }
}

/// The columns of all entities as they are written: table, name and type.
fn written() -> Vec<(String, String, String)> {
    let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("src/entity");
    let mut columns = Vec::new();
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        let table = path.file_stem().unwrap().to_string_lossy().into_owned();
        for line in std::fs::read_to_string(&path).unwrap().lines() {
            let column = line.strip_prefix("    pub ").and_then(|line| line.strip_suffix(',')?.split_once(": "));
            columns.extend(column.map(|(name, kind)| (table.clone(), name.to_owned(), kind.to_owned())));
        }
    }
    assert!(columns.len() > 200, "entities are read from their files: {}", columns.len());
    columns
}

#[test]
fn a_moment_is_an_instant_and_a_choice_its_enum() {
    // The counters' names and the lines' kinds are words of their own tables; the trail's keys have one reader, `event::read`.
    let words = ["sequence.kind", "subsidy_line.kind", "event.action", "event.from_status", "event.to_status"];
    let moment = |name: &str| ["at", "until", "cutoff"].contains(&name.rsplit('_').next().unwrap());
    let choice = |name: &str| {
        ["status", "kind", "role", "channel", "method", "action", "place"].contains(&name.rsplit('_').next().unwrap())
    };
    for (table, name, kind) in written() {
        assert!(!moment(&name) || !kind.contains("i64"), "{table}.{name}: {kind}");
        let place = format!("{table}.{name}");
        let free = words.contains(&place.as_str()) || name == "meeting_place";
        assert!(free || !choice(&name) || !kind.contains("String"), "{table}.{name}: {kind}");
    }
}

/// Ids of different tables are different types: what refers to a row is of the type of that table's key.
#[test]
fn an_id_is_of_its_tables_type() {
    // Still bare integers.
    let bare = ["coupon_entry", "expense", "receipt", "subsidy_line", "training"];
    let columns = written();
    let kind = |table: &str, column: &str| {
        let (_, _, kind) = columns.iter().find(|(of, name, _)| of == table && name == column).unwrap();
        kind.trim_start_matches("Option<").trim_end_matches('>')
    };
    let mut keys = std::collections::BTreeSet::new();
    for table in tables() {
        for to in table.references.iter().chain(&table.loose) {
            assert_eq!(kind(table.name, &to.column), kind(&to.to_table, &to.to_column), "{to:?}");
        }
        if table.columns.iter().any(|column| column.name == "id") {
            let key = kind(table.name, "id");
            assert_eq!(key == "i64", bare.contains(&table.name), "{}.id: {key}", table.name);
            assert!(key == "i64" || keys.insert(key.to_owned()), "{key} is the key of two tables");
        }
    }
}
