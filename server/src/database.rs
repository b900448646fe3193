//! The database of a command: where it is, whether it is ours to write to, and its schema.

use crate::cli::DatabaseArgs;
use crate::command::{Outcome, sentence};
use demo::Found;
use migration::{Migrator, MigratorTrait};
use service::db::{Db, PoolSize};
use std::fs::OpenOptions;
use std::path::{Path, PathBuf};

/// Connects as the settings say; a SQLite file is made when it is missing.
///
/// # Errors
/// A sentence about the address or the database.
pub async fn connect(args: &DatabaseArgs) -> Result<Db, String> {
    let url = &args.database_url;
    if !url.starts_with("sqlite:") && !url.starts_with("postgres://") && !url.starts_with("postgresql://") {
        return Err("--database-url is neither sqlite:FILE nor postgres://USER@HOST/NAME".into());
    }
    if let Some(file) = sqlite_file(url) {
        if file.is_empty() || url.contains(":memory:") || url.contains("mode=memory") {
            return Err("--database-url names no file: what lies in memory is lost at the end. Give sqlite:FILE".into());
        }
        create_private(file)?;
    }
    let size = args.connections.map_or_else(|| PoolSize::suiting(url), |connections| PoolSize { connections });
    let db = Db::connect(url, size).await.map_err(|error| format!("the database does not answer: {error}"))?;
    Ok(match (sqlite_file(url), args.room.disk_room) {
        (Some(file), room @ 1..) => db.with_room(Path::new(file), u64::from(room) << 20),
        _ => db,
    })
}

/// The file of a SQLite address; empty when it names none.
#[must_use]
pub fn sqlite_file(url: &str) -> Option<&str> {
    url.strip_prefix("sqlite:").map(|file| file.trim_start_matches("//").split('?').next().unwrap_or_default())
}

/// A database holds children's data: its file is readable by its owner only.
fn create_private(file: &str) -> Outcome {
    use std::os::unix::fs::OpenOptionsExt;
    let opened = OpenOptions::new().create(true).truncate(false).write(true).mode(0o600).open(file);
    opened.map(drop).map_err(|error| format!("the database file {file} cannot be written: {error}"))
}

/// Brings the database to this version's schema.
///
/// # Errors
/// A sentence when a migration fails.
pub async fn migrate_up(db: &Db) -> Outcome {
    Migrator::up(db.schema(), None).await.map_err(|error| format!("the migration failed: {error}"))
}

/// The demo's own SQLite file, which ends with the demo.
pub struct OwnFile(PathBuf);

impl OwnFile {
    /// A new one; its name holds the port and the user, so nobody meets another's file.
    ///
    /// # Errors
    /// A sentence when one that was left behind cannot be removed.
    pub fn fresh(port: u16) -> Result<Self, String> {
        use std::os::unix::fs::MetadataExt;
        let user = std::fs::metadata("/proc/self").map_or_else(|_| "user".to_owned(), |own| own.uid().to_string());
        let own = Self(std::env::temp_dir().join(format!("kosapo-demo-{user}-{port}.db")));
        own.remove()?;
        Ok(own)
    }

    /// Its address as a database.
    pub fn url(&self) -> String {
        format!("sqlite:{}", self.0.display())
    }

    fn remove(&self) -> Outcome {
        for suffix in ["", "-wal", "-shm"] {
            let file = format!("{}{suffix}", self.0.display());
            match std::fs::remove_file(&file) {
                Err(error) if error.kind() != std::io::ErrorKind::NotFound => {
                    return Err(format!("the old demo file {file} cannot be removed: {error}"));
                }
                _ => {}
            }
        }
        Ok(())
    }
}

impl Drop for OwnFile {
    fn drop(&mut self) {
        // What cannot be removed now is removed by the next demo at this port.
        let _ = self.remove();
    }
}

/// The real system never runs on the demo city, nor among another program's tables; asked before anything is written.
///
/// # Errors
/// A sentence when it would, or the database does not answer.
pub async fn refuse_demo(db: &Db) -> Outcome {
    match demo::look(db).await.map_err(sentence)? {
        Found::Nothing | Found::Real => Ok(()),
        Found::Foreign => Err(FOREIGN.into()),
        Found::City(_) | Found::HalfWritten => {
            Err("this database carries the demo mark: serve it with `kosapo demo`, or give another one".into())
        }
    }
}

/// Nothing of ours is written among another program's tables.
///
/// # Errors
/// A sentence when it would be, or the database does not answer.
pub async fn refuse_foreign(db: &Db) -> Outcome {
    match demo::look(db).await.map_err(sentence)? {
        Found::Foreign => Err(FOREIGN.into()),
        _ => Ok(()),
    }
}

const FOREIGN: &str = "this database holds tables of another program: give kosapo one of its own";
