//! What the database acknowledges is stored, though the disk is full or a transaction ends by itself.
#![allow(clippy::expect_used, clippy::panic, clippy::unwrap_used, reason = "a test ends where it fails")]

mod support;

use migration::{Migrator, MigratorTrait};
use sea_orm::ConnectionTrait;
use service::db::{self, Db, PoolSize};
use service::{Error, id};
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::{Duration, Instant};
use support::World;

const KEEP: &str = "INSERT INTO setting (key, value) VALUES ($1, $2)";

async fn keep(db: &Db, key: &str, size: usize) -> service::Result<()> {
    db::execute(db.write(), KEEP, vec![key.into(), "x".repeat(size).into()]).await.map(drop)
}

async fn keep_in_transaction(db: &Db, key: &str, size: usize) -> service::Result<()> {
    let transaction = db.begin().await?;
    db::execute(&transaction, KEEP, vec![key.into(), "x".repeat(size).into()]).await?;
    db::execute(&transaction, KEEP, vec![format!("{key}, second").into(), "".into()]).await?;
    transaction.commit().await
}

/// A row through `RETURNING`, whose commit follows its rows.
async fn keep_returning(db: &Db, key: &str, size: usize) -> service::Result<()> {
    let values = vec![key.into(), "x".repeat(size).into()];
    db::scalar::<String, _>(db.write(), &format!("{KEEP} RETURNING key"), values).await.map(drop)
}

/// Whether it stands in the file, as another process sees it.
async fn stands(url: &str, key: &str) -> bool {
    let other = Db::connect(url, PoolSize { connections: 1 }).await.unwrap();
    let sql = "SELECT COUNT(*) FROM setting WHERE key = $1";
    let count = db::scalar::<i64, _>(other.read(), sql, vec![key.into()]).await.unwrap().unwrap();
    other.close().await;
    count == 1
}

/// SQLite may not grow on this connection: the next page is one too many, as on a full disk.
async fn fill(db: &Db) {
    db.write().execute_unprepared("PRAGMA max_page_count = 1").await.unwrap();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn of_many_writers_at_once_each_commit_proves_its_own() {
    let world = World::sqlite().await;
    let mut writers = Vec::new();
    for writer in 0..8 {
        let db = world.env.db.clone();
        writers.push(tokio::spawn(async move {
            for round in 0..50 {
                keep_in_transaction(&db, &format!("{writer}/{round}"), 10).await.unwrap();
            }
        }));
    }
    for writer in writers {
        writer.await.unwrap();
    }
    assert_eq!(world.count("SELECT COUNT(*) FROM setting WHERE key LIKE '%/%'").await, 800);
}

#[tokio::test]
async fn after_one_full_disk_every_acknowledged_write_is_stored() {
    let world = World::sqlite().await;
    let db = &world.env.db;
    fill(db).await;
    let full = keep_in_transaction(db, "too large", 1_000_000).await;
    assert!(matches!(full, Err(Error::Unavailable(_))), "{full:?}");
    for round in 0..5 {
        let key = format!("after {round}");
        keep_in_transaction(db, &key, 10).await.unwrap();
        assert!(stands(&world.url, &key).await, "{key} was acknowledged");
        let key = format!("single after {round}");
        keep(db, &key, 1_000_000).await.unwrap();
        assert!(stands(&world.url, &key).await, "{key} was acknowledged");
    }
    assert!(!stands(&world.url, "too large").await);
}

#[tokio::test]
async fn a_single_write_on_a_full_disk_is_refused_and_the_next_is_stored() {
    let world = World::sqlite().await;
    let db = &world.env.db;
    fill(db).await;
    let full = keep(db, "too large", 1_000_000).await;
    assert!(matches!(full, Err(Error::Unavailable(_))), "{full:?}");
    // The connection was replaced, and its limit with it.
    fill(db).await;
    let full = keep_returning(db, "too large", 1_000_000).await;
    assert!(matches!(full, Err(Error::Unavailable(_))), "{full:?}");
    keep(db, "small", 10).await.unwrap();
    assert!(stands(&world.url, "small").await);
    assert!(!stands(&world.url, "too large").await);
}

#[tokio::test]
async fn a_full_disk_is_no_good_health_though_a_small_row_still_fits() {
    let world = World::sqlite().await;
    let db = &world.env.db;
    db.prove_write().await.unwrap();
    for round in 0..3 {
        fill(db).await;
        let full = match round {
            0 => keep(db, "too large", 1_000_000).await,
            1 => keep_in_transaction(db, "too large", 1_000_000).await,
            _ => keep_returning(db, "too large", 1_000_000).await,
        };
        assert!(matches!(full, Err(Error::Unavailable(_))), "{full:?}");
        let health = db.prove_write().await;
        assert!(matches!(health, Err(Error::Unavailable(_))), "{round}: {health:?}");
        keep(db, &format!("small {round}"), 10).await.unwrap();
        tokio::time::sleep(Duration::from_millis(2100)).await;
        db.prove_write().await.unwrap();
    }
}

#[tokio::test]
async fn after_a_rollback_that_fails_the_connection_is_replaced() {
    let world = World::sqlite().await;
    let db = &world.env.db;
    for round in 0..3 {
        let transaction = db.begin().await.unwrap();
        // As SQLite itself does on an error; sqlx learns nothing of it.
        transaction.execute_unprepared("ROLLBACK").await.unwrap();
        drop(transaction);
        let key = format!("after {round}");
        keep_in_transaction(db, &key, 10).await.unwrap();
        assert!(stands(&world.url, &key).await, "{key} was acknowledged");
    }
}

#[tokio::test]
async fn what_follows_in_a_transaction_that_sqlite_ended_is_not_stored_by_halves() {
    let world = World::sqlite().await;
    let db = &world.env.db;
    let transaction = db.begin().await.unwrap();
    db::execute(&transaction, KEEP, vec!["first half".into(), "".into()]).await.unwrap();
    transaction.execute_unprepared("ROLLBACK").await.unwrap();
    let second = db::execute(&transaction, KEEP, vec!["second half".into(), "".into()]).await;
    assert!(matches!(second, Err(Error::Unavailable(_))), "{second:?}");
    let committed = transaction.commit().await;
    assert!(matches!(committed, Err(Error::Unavailable(_))), "{committed:?}");
    for key in ["first half", "second half"] {
        assert!(!stands(&world.url, key).await, "{key}");
    }
    keep_in_transaction(db, "afterwards", 10).await.unwrap();
    assert!(stands(&world.url, "afterwards").await);
}

#[tokio::test]
async fn a_commit_that_sqlite_did_not_make_is_no_commit() {
    let world = World::sqlite().await;
    let db = &world.env.db;
    let outer = db.begin().await.unwrap();
    // sqlx believes that it commits the inner one, which is a savepoint of the outer.
    outer.execute_unprepared("COMMIT").await.unwrap();
    outer.execute_unprepared("BEGIN").await.unwrap();
    db::execute(&outer, KEEP, vec!["lost".into(), "".into()]).await.unwrap();
    outer.execute_unprepared("ROLLBACK").await.unwrap();
    outer.execute_unprepared("BEGIN").await.unwrap();
    let committed = outer.commit().await;
    assert!(matches!(committed, Err(Error::Unavailable(_))), "{committed:?}");
    assert!(!stands(&world.url, "lost").await);
}

#[tokio::test]
async fn on_postgres_the_commit_of_a_failed_transaction_is_no_commit() {
    let world = World::postgres().await;
    let db = &world.env.db;
    let transaction = db.begin().await.unwrap();
    db::execute(&transaction, KEEP, vec!["lost".into(), "".into()]).await.unwrap();
    assert!(db::execute(&transaction, "SELECT 1 / 0", vec![]).await.is_err());
    let committed = transaction.commit().await;
    assert!(matches!(committed, Err(Error::Unavailable(_))), "{committed:?}");
    assert!(!stands(&world.url, "lost").await);
    keep_in_transaction(db, "afterwards", 10).await.unwrap();
    assert!(stands(&world.url, "afterwards").await);
}

/// A file system of 16 MiB, for whoever may mount one.
struct Small(PathBuf);

impl Small {
    fn mount() -> Option<Self> {
        let folder = std::env::temp_dir().join(format!("kosapo-small-{}", id::token().unwrap()));
        std::fs::create_dir(&folder).unwrap();
        let small = Self(folder);
        let mounted = Command::new("mount").args(["-t", "tmpfs", "-o", "size=16m", "tmpfs"]).arg(&small.0).output();
        mounted.is_ok_and(|output| output.status.success()).then_some(small)
    }

    fn file(&self, name: &str) -> PathBuf {
        self.0.join(name)
    }
}

impl Drop for Small {
    fn drop(&mut self) {
        let _ = Command::new("umount").arg("-l").arg(&self.0).output();
        let _ = std::fs::remove_dir(&self.0);
    }
}

/// Takes all the room that is left.
fn stuff(file: &Path) {
    let mut filling = std::fs::File::create(file).unwrap();
    while std::io::Write::write(&mut filling, &[0; 4096]).is_ok_and(|written| written > 0) {}
}

#[tokio::test]
async fn while_the_disk_is_nearly_full_nothing_is_stored_and_it_heals_by_itself() {
    let Some(disk) = Small::mount() else {
        eprintln!("not tried: only root may mount a small file system");
        return;
    };
    let file = disk.file("kosapo.db");
    let db = Db::connect(&format!("sqlite:{}", file.display()), PoolSize { connections: 2 }).await.unwrap();
    let db = db.with_room(&file, 4 << 20);
    Migrator::up(db.schema(), None).await.unwrap();
    keep_in_transaction(&db, "before", 10).await.unwrap();
    // 3 MiB stay free: SQLite itself would still write.
    std::fs::write(disk.file("stuffing"), vec![0; 12 << 20]).unwrap();
    tokio::time::sleep(Duration::from_millis(1100)).await;
    for kept in [keep(&db, "single", 10).await, keep_in_transaction(&db, "several", 10).await, db.prove_write().await] {
        assert!(matches!(kept, Err(Error::Unavailable(_))), "{kept:?}");
    }
    let read = db::scalar::<i64, _>(db.read(), "SELECT COUNT(*) FROM setting WHERE key = 'before'", vec![]).await;
    assert_eq!(read.unwrap(), Some(1), "whoever only reads is served");
    std::fs::remove_file(disk.file("stuffing")).unwrap();
    let freed = Instant::now();
    while let Err(error) = keep(&db, "healed", 10).await {
        assert!(freed.elapsed() < Duration::from_secs(2), "{error}");
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    db.close().await;
}

#[tokio::test]
async fn on_a_full_disk_nothing_acknowledged_is_lost_and_it_heals_by_itself() {
    let Some(disk) = Small::mount() else {
        eprintln!("not tried: only root may mount a small file system");
        return;
    };
    let url = format!("sqlite:{}", disk.file("kosapo.db").display());
    let db = Db::connect(&url, PoolSize { connections: 2 }).await.unwrap();
    Migrator::up(db.schema(), None).await.unwrap();
    let mut acknowledged = Vec::new();
    for round in 0..3 {
        stuff(&disk.file("stuffing"));
        let mut refused = 0;
        for number in 0..600 {
            let key = format!("{round}/{number}");
            let kept = match number % 3 {
                0 => keep_in_transaction(&db, &key, 3000).await,
                1 => keep(&db, &key, 3000).await,
                _ => keep_returning(&db, &key, 3000).await,
            };
            match kept {
                Ok(()) => acknowledged.push(key),
                Err(Error::Unavailable(_)) => refused += 1,
                Err(other) => panic!("{other:?}"),
            }
            if refused > 20 {
                break;
            }
        }
        assert!(refused > 20, "the disk was never full");
        std::fs::remove_file(disk.file("stuffing")).unwrap();
        let freed = Instant::now();
        let key = format!("{round}/healed");
        while let Err(error) = keep_in_transaction(&db, &key, 3000).await {
            assert!(freed.elapsed() < Duration::from_secs(2), "{error}");
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
        acknowledged.push(key);
    }
    for key in &acknowledged {
        assert!(stands(&url, key).await, "{key} was acknowledged, one of {}", acknowledged.len());
    }
    db.close().await;
}
