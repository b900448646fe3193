//! The city under measure: made by the product itself, analysed, with a session for each kind of reader.

use crate::base_line::hash;
use crate::outcome::{Done, Problem};
use crate::process::{Core, Server, command, free_address};
use sqlx::sqlite::{SqliteConnectOptions, SqlitePool, SqlitePoolOptions};
use sqlx::{AssertSqlSafe, Row as _};
use std::path::{Path, PathBuf};
use std::time::Duration;

/// The business day of every city.
pub const TODAY: &str = "2024-03-16";
/// The name of the session's cookie.
const COOKIE: &str = "__Host-sid";
/// The longest that writing a city may take before the benchmark gives up.
const PATIENCE: Duration = Duration::from_secs(30 * 60);

/// Somebody whose pages are measured.
#[derive(Clone, Debug)]
pub struct Reader {
    /// The name as pages show it.
    pub name: String,
    /// The session's cookie.
    pub cookie: String,
    /// How many things the reader's longest list holds.
    pub things: i64,
}

/// A city on SQLite.
#[derive(Debug)]
pub struct City {
    /// The file.
    pub file: PathBuf,
    /// Years of activities.
    pub years: u32,
    /// How long writing it took; `None` when an earlier run's is used.
    pub written_in: Option<Duration>,
    /// The 利用会員 with the most requests.
    pub family: Reader,
    /// The 提供会員 with the most reports.
    pub provider: Reader,
    /// The account with the most messages.
    pub addressee: Reader,
    /// A coordinator.
    pub coordinator: Reader,
    /// The headquarters.
    pub hq: Reader,
}

/// How the product is started on a city.
pub fn server(kosapo: &str, file: &Path, years: u32, addr: &str) -> std::process::Command {
    let mut server = command(Core::Server, kosapo);
    server.args(["demo", "--size", "city", "--years", &years.to_string(), "--addr", addr]);
    server.arg("--database-url").arg(format!("sqlite:{}", file.display()));
    server
}

/// Writes a city of so many years, unless `reuse` and an earlier run left it.
///
/// # Errors
/// When the product does not write it, or nobody in it has 50 requests.
pub async fn prepare(kosapo: &str, folder: &Path, years: u32, reuse: bool) -> Done<City> {
    let file = folder.join(format!("city-{years}.db"));
    let written_in = if reuse && file.is_file() { None } else { Some(write(kosapo, folder, &file, years).await?) };
    let pool = open(&file).await?;
    sqlx::query("ANALYZE").execute(&pool).await?;
    let most = "SELECT a.id, a.name, n.things FROM account a JOIN";
    let family = format!(
        "{most} (SELECT member_id, COUNT(*) AS things FROM care_request GROUP BY member_id) n \
         ON n.member_id = a.member_id ORDER BY n.things DESC, a.id LIMIT 1"
    );
    let provider = format!(
        "{most} (SELECT provider_id, COUNT(*) AS things FROM activity_report GROUP BY provider_id) n \
         ON n.provider_id = a.member_id ORDER BY n.things DESC, a.id LIMIT 1"
    );
    let addressee = format!(
        "{most} (SELECT account_id, COUNT(*) AS things FROM notice GROUP BY account_id) n ON n.account_id = a.id \
         JOIN member m ON m.id = a.member_id ORDER BY n.things DESC, a.id LIMIT 1"
    );
    let anybody = "SELECT id, name, 0 AS things FROM account WHERE role =";
    let family = reader(&pool, "family", &family).await?;
    if family.things < 50 {
        return Err(Problem::new(format!("Nobody has 50 requests: at most {}.", family.things)));
    }
    let provider = reader(&pool, "provider", &provider).await?;
    let city = City {
        years,
        written_in,
        addressee: match reader(&pool, "addressee", &addressee).await {
            Ok(reader) => reader,
            Err(_) => provider.clone(),
        },
        family,
        provider,
        coordinator: reader(&pool, "coordinator", &format!("{anybody} 'coordinator' ORDER BY id LIMIT 1")).await?,
        hq: reader(&pool, "hq", &format!("{anybody} 'hq' ORDER BY id LIMIT 1")).await?,
        file,
    };
    pool.close().await;
    Ok(city)
}

async fn write(kosapo: &str, folder: &Path, file: &Path, years: u32) -> Done<Duration> {
    for suffix in ["", "-wal", "-shm"] {
        let _ = std::fs::remove_file(format!("{}{suffix}", file.display()));
    }
    let addr = free_address()?;
    let log = folder.join(format!("write-{years}.log"));
    let server = Server::start(server(kosapo, file, years, &addr), &addr, "/healthz", &log, PATIENCE).await?;
    let took = server.ready_after;
    server.stop().await?;
    Ok(took)
}

/// Opens a file for the benchmark's own questions.
pub async fn open(file: &Path) -> Done<SqlitePool> {
    let options = SqliteConnectOptions::new().filename(file).busy_timeout(Duration::from_secs(10));
    Ok(SqlitePoolOptions::new().max_connections(1).connect_with(options).await?)
}

/// Gives somebody a session.
async fn reader(pool: &SqlitePool, role: &str, sql: &str) -> Done<Reader> {
    let row = sqlx::query(AssertSqlSafe(sql)).fetch_optional(pool).await?;
    let row = row.ok_or_else(|| Problem::new(format!("The city has no {role}.")))?;
    let (account, name, things): (i64, String, i64) = (row.try_get(0)?, row.try_get(1)?, row.try_get(2)?);
    let token = format!("bench-{role}-{account}");
    let now = now_micros();
    sqlx::query("INSERT OR REPLACE INTO session (token_hash, account_id, created_at, seen_at, expires_at) VALUES ($1, $2, $3, $3, $4)")
        .bind(hash(&token))
        .bind(account)
        .bind(now)
        .bind(now + 86_400_000_000)
        .execute(pool)
        .await?;
    Ok(Reader { name, cookie: format!("{COOKIE}={token}"), things })
}

/// The machine's time in microseconds since 1970: sessions use real time.
pub fn now_micros() -> i64 {
    #[expect(clippy::disallowed_methods, reason = "the product's injected clock is not at hand outside of it")]
    let now = std::time::SystemTime::now();
    let since = now.duration_since(std::time::UNIX_EPOCH).unwrap_or_default();
    i64::try_from(since.as_micros()).unwrap_or(i64::MAX)
}
