//! What each command does.

use crate::cli::{DatabaseArgs, DemoArgs, MigrateArgs, ServeArgs};
use crate::config;
use crate::serve;
use crate::state::AppState;
use migration::{Migrator, MigratorTrait};
use service::Env;
use service::clock::Clock;
use service::db::{Db, PoolSize};
use service::password::Hasher;
use std::fs::OpenOptions;
use std::path::PathBuf;
use tracing_subscriber::EnvFilter;

/// What a command says when it cannot do its work.
pub type Outcome = Result<(), String>;

/// `kosapo serve`
///
/// # Errors
/// A sentence about the setting or the database that stands in the way.
pub async fn serve(args: ServeArgs) -> Outcome {
    log_to_stderr();
    let address = config::address(&args.address)?;
    let db = connect(&args.database).await?;
    migrate_up(&db).await?;
    let env = Env { db, clock: Clock::system(), hasher: Hasher::default(), demo: false };
    let state = AppState::new(env, address.origins.clone(), address.proxy).await.map_err(sentence)?;
    println!("kosapo {} serves at {}", env!("CARGO_PKG_VERSION"), address.origins[0]);
    serve::serve(state, args.address.addr, &address).await
}

/// `kosapo demo`
///
/// # Errors
/// A sentence about the setting or the database that stands in the way.
pub async fn demo(args: DemoArgs) -> Outcome {
    log_to_stderr();
    let address = config::address(&args.address)?;
    let start = domain::time::parse_rfc3339(&args.now)
        .ok_or_else(|| format!("--now {} is not a moment such as 2024-03-16T10:00:00+09:00", args.now))?;
    let url = match args.database_url {
        Some(url) => url,
        None => fresh_file(args.address.addr.port())?,
    };
    let db = connect(&DatabaseArgs { database_url: url, connections: 8 }).await?;
    migrate_up(&db).await?;
    let env = Env { db, clock: Clock::demo(start), hasher: Hasher::default(), demo: true };
    let state = AppState::new(env, address.origins.clone(), address.proxy).await.map_err(sentence)?;
    println!("子サポ demo: {}", address.origins[0]);
    for (user_id, who) in app::demo::ACCOUNTS {
        println!("  {user_id:<8} {who}");
    }
    println!("  パスワードはすべて {}", app::demo::PASSWORD);
    serve::serve(state, args.address.addr, &address).await
}

/// `kosapo migrate`
///
/// # Errors
/// A sentence about the database.
pub async fn migrate(args: MigrateArgs) -> Outcome {
    let db = connect(&args.database).await?;
    if args.down {
        Migrator::down(db.write(), Some(1)).await.map_err(|error| format!("the step back failed: {error}"))?;
    } else {
        migrate_up(&db).await?;
    }
    println!("migrated");
    Ok(())
}

async fn connect(args: &DatabaseArgs) -> Result<Db, String> {
    let url = &args.database_url;
    if !url.starts_with("sqlite:") && !url.starts_with("postgres://") && !url.starts_with("postgresql://") {
        return Err("--database-url is neither sqlite:FILE nor postgres://USER@HOST/NAME".into());
    }
    if let Some(file) = url.strip_prefix("sqlite:") {
        let file = file.trim_start_matches("//").split('?').next().unwrap_or_default();
        create_private(file)?;
    }
    Db::connect(url, PoolSize { connections: args.connections })
        .await
        .map_err(|error| format!("the database does not answer: {error}"))
}

/// A database holds children's data: its file is readable by its owner only.
fn create_private(file: &str) -> Outcome {
    use std::os::unix::fs::OpenOptionsExt;
    let opened = OpenOptions::new().create(true).truncate(false).write(true).mode(0o600).open(file);
    opened.map(drop).map_err(|error| format!("the database file {file} cannot be written: {error}"))
}

async fn migrate_up(db: &Db) -> Outcome {
    Migrator::up(db.write(), None).await.map_err(|error| format!("the migration failed: {error}"))
}

/// The demo's own SQLite file, made anew.
fn fresh_file(port: u16) -> Result<String, String> {
    let path: PathBuf = std::env::temp_dir().join(format!("kosapo-demo-{port}.db"));
    for suffix in ["", "-wal", "-shm"] {
        let file = format!("{}{suffix}", path.display());
        match std::fs::remove_file(&file) {
            Err(error) if error.kind() != std::io::ErrorKind::NotFound => {
                return Err(format!("the old demo file {file} cannot be removed: {error}"));
            }
            _ => {}
        }
    }
    Ok(format!("sqlite:{}", path.display()))
}

fn sentence(error: service::Error) -> String {
    error.to_string()
}

fn log_to_stderr() {
    let filter = EnvFilter::try_from_env("KOSAPO_LOG").unwrap_or_else(|_| EnvFilter::new("info,sqlx=warn"));
    // A second call, as in tests, keeps the first.
    let _ = tracing_subscriber::fmt().with_env_filter(filter).with_writer(std::io::stderr).try_init();
}
