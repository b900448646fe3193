//! The connection to SQLite (the default) or PostgreSQL (a city).
//!
//! SeaORM's SQLite defaults are wrong for a server, so every connection gets WAL, `synchronous=FULL` (what was
//! acknowledged survives a power cut), foreign keys and a busy timeout, and every write transaction is IMMEDIATE
//! on the one write connection: a read-then-write never fails half-way with SQLITE_BUSY.

mod guard;
mod raw;
mod room;
mod transaction;
pub mod trouble;

pub use raw::{Raw, raw};
pub use transaction::{Transaction, Writer};

use crate::error::{Error, Result};
use guard::Guard;
use room::Room;
use sea_orm::sea_query::{Expr, ExprTrait, Query};
use sea_orm::sqlx::{self, Connection as _, PgConnection};
use sea_orm::{
    ColumnTrait, ConnectOptions, ConnectionTrait, Database, DatabaseConnection, DbBackend, FromQueryResult, Statement,
    StatementBuilder, TryGetable, Value,
};
use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, Instant};
use tokio::sync::Mutex;

/// SQLite's oldest version without the WAL corruption bug.
const OLDEST_SQLITE: &str = "3.51.3";

/// How many connections to open.
#[derive(Clone, Copy, Debug)]
pub struct PoolSize {
    /// Connections that only read (SQLite), or all connections (PostgreSQL).
    pub connections: u32,
}

impl PoolSize {
    /// As many as suit a database where nobody said how many: each of SQLite is a thread of ours with pages of its own,
    /// those of PostgreSQL wait for another machine.
    #[must_use]
    pub fn suiting(url: &str) -> Self {
        Self { connections: if url.starts_with("sqlite:") { 4 } else { 8 } }
    }
}

/// The database: reads and writes go separate ways on SQLite, the same way on PostgreSQL.
#[derive(Clone, Debug)]
pub struct Db {
    read: DatabaseConnection,
    write: Writer,
    /// When a write was last proved.
    proved: Arc<Mutex<Option<Instant>>>,
}

impl Db {
    /// Connects to `sqlite:FILE` or `postgres://…`; a missing SQLite file is created, readable by its owner only.
    ///
    /// # Errors
    /// When the database cannot be reached or is too old.
    pub async fn connect(url: &str, size: PoolSize) -> Result<Self> {
        if !url.starts_with("sqlite:") {
            let mut options = ConnectOptions::new(url);
            options
                .max_connections(size.connections)
                .acquire_timeout(Duration::from_secs(2))
                .sqlx_logging(logs_statements());
            options.connect_timeout(Duration::from_secs(2));
            options.map_sqlx_postgres_opts(|server| server.options(POSTGRES));
            options.map_sqlx_postgres_pool_opts(|pool| {
                pool.after_release(|connection, _| Box::pin(give_back(connection)))
            });
            let pool = Database::connect(options).await?;
            return Ok(Self {
                read: pool.clone(),
                write: Writer { connection: pool, guard: None, room: None },
                proved: Arc::default(),
            });
        }
        let guard = Guard::default();
        let mut options = sqlite_options(url, 1, false);
        let over = guard.clone();
        options.map_sqlx_sqlite_pool_opts(move |pool| over.over(pool));
        let write = Database::connect(options).await?;
        let version: String = scalar(&write, "SELECT sqlite_version()", vec![]).await?.unwrap_or_default();
        if numbers(&version) < numbers(OLDEST_SQLITE) {
            return Err(Error::Broken(format!("SQLite {version} is older than {OLDEST_SQLITE}")));
        }
        let read = Database::connect(sqlite_options(url, size.connections, true)).await?;
        Ok(Self { read, write: Writer { connection: write, guard: Some(guard), room: None }, proved: Arc::default() })
    }

    /// Refuses writes while the disk of SQLite's file has less room than this many bytes.
    #[must_use]
    pub fn with_room(mut self, file: &Path, least: u64) -> Self {
        let folder = file.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or_else(|| Path::new("."));
        self.write.room = Some(Arc::new(Room::new(folder.to_owned(), least)));
        self
    }

    /// The connection for reads outside a transaction.
    #[must_use]
    pub const fn read(&self) -> &DatabaseConnection {
        &self.read
    }

    /// The connection for single writes outside a transaction.
    #[must_use]
    pub const fn write(&self) -> &Writer {
        &self.write
    }

    /// The bare connection, for migrations.
    #[must_use]
    pub const fn schema(&self) -> &DatabaseConnection {
        &self.write.connection
    }

    /// Begins a write transaction; dropping it without `commit` undoes everything.
    pub async fn begin(&self) -> Result<Transaction> {
        Ok(self.write.begin().await?)
    }

    /// Proves that something can be stored: one row, written again and again, at most once a second. For two seconds after
    /// a full disk refused a write nothing can, whether or not that row still fits.
    pub async fn prove_write(&self) -> Result<()> {
        self.write.guard.as_ref().map_or(Ok(()), Guard::has_room)?;
        let mut proved = self.proved.lock().await;
        if proved.is_some_and(|when| when.elapsed() < Duration::from_secs(1)) {
            return Ok(());
        }
        let sql = "INSERT INTO setting (key, value) VALUES ('health', '0') ON CONFLICT (key) DO UPDATE \
            SET value = CASE setting.value WHEN '0' THEN '1' ELSE '0' END";
        execute(&self.write, sql, vec![]).await?;
        *proved = Some(Instant::now());
        Ok(())
    }

    /// The names of the tables that stand in it, ours or not.
    pub async fn tables(&self) -> Result<Vec<String>> {
        #[derive(FromQueryResult)]
        struct Table {
            name: String,
        }
        let sql = if self.backend() == DbBackend::Postgres {
            "SELECT CAST(tablename AS TEXT) AS name FROM pg_tables WHERE schemaname = current_schema()"
        } else {
            "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%'"
        };
        Ok(rows::<Table, _>(&self.read, sql, vec![]).await?.into_iter().map(|table| table.name).collect())
    }

    /// How many migrations stand in it; `None` before the first.
    pub async fn migrations(&self) -> Result<Option<i64>> {
        let count = Query::select().expr(Expr::col("version").count()).from("seaql_migrations").take();
        select_value(&self.read, &count).await
    }

    /// Which database this is.
    #[must_use]
    pub fn backend(&self) -> DbBackend {
        self.read.get_database_backend()
    }

    /// Closes all connections.
    pub async fn close(self) {
        // Closing is best effort: the process is about to end.
        let _ = self.read.close().await;
        let _ = self.write.connection.close().await;
    }
}

/// Nothing waits for ever on PostgreSQL: a statement, a lock, a transaction whose server is gone, a cut network.
const POSTGRES: [(&str, &str); 6] = [
    ("statement_timeout", "15s"),
    ("lock_timeout", "5s"),
    ("idle_in_transaction_session_timeout", "15s"),
    ("tcp_keepalives_idle", "30"),
    ("tcp_keepalives_interval", "10"),
    ("tcp_keepalives_count", "3"),
];

/// A place of the pool is given back within a second: a connection that does not answer by then is dropped, or a server
/// that went silent would keep the place for ever.
async fn give_back(connection: &mut PgConnection) -> std::result::Result<bool, sqlx::Error> {
    match tokio::time::timeout(Duration::from_secs(1), connection.ping()).await {
        Ok(answered) => answered.map(|()| true),
        Err(_) => Err(sqlx::Error::PoolTimedOut),
    }
}

/// The pages that each connection keeps, in KiB and below zero: the tables and indexes that the desk walks.
const CACHE: &str = "-4096";

/// How many rows a select hands over before it waits for its reader: no list page has more, so each comes in one go.
const ROWS: usize = 512;

fn sqlite_options(url: &str, connections: u32, read_only: bool) -> ConnectOptions {
    let url = if url.contains('?') || url.contains(":memory:") { url.to_owned() } else { format!("{url}?mode=rwc") };
    let mut options = ConnectOptions::new(url);
    options
        .max_connections(connections)
        .min_connections(1)
        .acquire_timeout(Duration::from_secs(10))
        // A file that is only read does not go silent as a server may, and asking costs as much as a small select.
        .test_before_acquire(!read_only)
        .sqlx_logging(logs_statements());
    options.map_sqlx_sqlite_opts(move |sqlite| {
        let sqlite = sqlite
            .row_buffer_size(ROWS)
            .pragma("journal_mode", "WAL")
            .pragma("synchronous", "FULL")
            .pragma("foreign_keys", "ON")
            .pragma("busy_timeout", "1500")
            .pragma("trusted_schema", "OFF")
            .pragma("mmap_size", "0")
            .pragma("cache_size", CACHE);
        if read_only { sqlite.pragma("query_only", "ON") } else { sqlite }
    });
    options
}

/// Statements are logged, without their values, for `KOSAPO_LOG=sqlx=debug`.
fn logs_statements() -> bool {
    tracing::enabled!(target: "sqlx::query", tracing::Level::DEBUG)
}

fn numbers(version: &str) -> Vec<u32> {
    version.split('.').map(|part| part.parse().unwrap_or(0)).collect()
}

/// A statement with `$1`, `$2`, … placeholders, which both databases read.
pub fn statement(backend: DbBackend, sql: &str, values: Vec<Value>) -> Statement {
    Statement::from_sql_and_values(backend, sql, values)
}

/// Runs a built statement and returns its rows.
pub async fn select<T: FromQueryResult, C: ConnectionTrait>(
    connection: &C,
    built: &impl StatementBuilder,
) -> Result<Vec<T>> {
    let statement = connection.get_database_backend().build(built);
    Ok(T::find_by_statement(statement).all(connection).await?)
}

/// Runs a built statement of at most one row.
pub async fn select_one<T: FromQueryResult, C: ConnectionTrait>(
    connection: &C,
    built: &impl StatementBuilder,
) -> Result<Option<T>> {
    let statement = connection.get_database_backend().build(built);
    Ok(T::find_by_statement(statement).one(connection).await?)
}

/// Runs a built statement of one value.
pub async fn select_value<T: TryGetable, C: ConnectionTrait>(
    connection: &C,
    built: &impl StatementBuilder,
) -> Result<Option<T>> {
    let statement = connection.get_database_backend().build(built);
    match connection.query_one_raw(statement).await? {
        Some(row) => Ok(Some(row.try_get_by_index(0)?)),
        None => Ok(None),
    }
}

/// `a = b` for two columns, each by the name of its table.
pub fn same<A: ColumnTrait, B: ColumnTrait>(a: A, b: B) -> Expr {
    a.into_expr().equals(b.as_column_ref())
}

/// Runs a built change and returns the number of rows it changed.
pub async fn change<C: ConnectionTrait>(connection: &C, built: &impl StatementBuilder) -> Result<u64> {
    let statement = connection.get_database_backend().build(built);
    Ok(connection.execute_raw(statement).await?.rows_affected())
}

/// Runs hand-written SQL and returns the number of rows it changed.
pub async fn execute<C: ConnectionTrait>(connection: &C, sql: &str, values: Vec<Value>) -> Result<u64> {
    let statement = statement(connection.get_database_backend(), sql, values);
    Ok(connection.execute_raw(statement).await?.rows_affected())
}

/// Runs a hand-written select.
pub async fn rows<T: FromQueryResult, C: ConnectionTrait>(
    connection: &C,
    sql: &str,
    values: Vec<Value>,
) -> Result<Vec<T>> {
    let statement = statement(connection.get_database_backend(), sql, values);
    Ok(T::find_by_statement(statement).all(connection).await?)
}

/// Runs a hand-written select of at most one row.
pub async fn row<T: FromQueryResult, C: ConnectionTrait>(
    connection: &C,
    sql: &str,
    values: Vec<Value>,
) -> Result<Option<T>> {
    let statement = statement(connection.get_database_backend(), sql, values);
    Ok(T::find_by_statement(statement).one(connection).await?)
}

/// Runs a hand-written select of one value.
pub async fn scalar<T: TryGetable, C: ConnectionTrait>(
    connection: &C,
    sql: &str,
    values: Vec<Value>,
) -> Result<Option<T>> {
    let statement = statement(connection.get_database_backend(), sql, values);
    match connection.query_one_raw(statement).await? {
        Some(row) => Ok(row.try_get_by_index(0)?),
        None => Ok(None),
    }
}
