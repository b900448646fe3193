//! A database that another process holds, and one that goes silent: an answer comes, and the places come back.
#![allow(clippy::expect_used, clippy::panic, clippy::unwrap_used, reason = "a test ends where it fails")]

mod support;

use sea_orm::ConnectionTrait;
use service::Error;
use service::db::{self, Db, PoolSize};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};
use support::World;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream, UnixStream};

const KEEP: &str = "INSERT INTO setting (key, value) VALUES ($1, '')";

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_lock_of_another_process_is_unavailable_within_two_seconds() {
    let world = World::sqlite().await;
    let other = Db::connect(&world.url, PoolSize { connections: 1 }).await.unwrap();
    let holds = other.begin().await.unwrap();
    let mut tasks = Vec::new();
    for number in 0..12_u64 {
        let db = world.env.db.clone();
        tasks.push(tokio::spawn(async move {
            tokio::time::sleep(Duration::from_millis(number * 100)).await;
            let started = Instant::now();
            let kept = if number % 2 == 0 {
                db.begin().await.map(drop)
            } else {
                db::execute(db.write(), KEEP, vec![number.to_string().into()]).await.map(drop)
            };
            (kept, started.elapsed())
        }));
    }
    for task in tasks {
        let (kept, took) = task.await.unwrap();
        assert!(matches!(kept, Err(Error::Unavailable(_))), "{kept:?}");
        assert!(took < Duration::from_millis(2200), "{took:?}");
    }
    holds.rollback().await.unwrap();
    let freed = Instant::now();
    while db::execute(world.env.db.write(), KEEP, vec!["freed".into()]).await.is_err() {
        assert!(freed.elapsed() < Duration::from_secs(2));
    }
    assert_eq!(
        world.count("SELECT COUNT(*) FROM setting WHERE key <> 'freed' AND value = ''").await,
        0,
        "nothing is written later"
    );
}

/// Hands bytes on between us and PostgreSQL until it goes silent.
async fn proxy(socket: String, silent: Arc<AtomicBool>) -> u16 {
    async fn hand_on(mut from: impl AsyncReadExt + Unpin, mut to: impl AsyncWriteExt + Unpin, silent: Arc<AtomicBool>) {
        let mut bytes = vec![0; 16 * 1024];
        while let Ok(read) = from.read(&mut bytes).await {
            while silent.load(Ordering::SeqCst) {
                tokio::time::sleep(Duration::from_millis(20)).await;
            }
            if read == 0 || to.write_all(&bytes[..read]).await.is_err() {
                return;
            }
        }
    }
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = listener.local_addr().unwrap().port();
    tokio::spawn(async move {
        while let Ok((near, _)) = listener.accept().await {
            let near: TcpStream = near;
            let Ok(far) = UnixStream::connect(&socket).await else { continue };
            let ((near_in, near_out), (far_in, far_out)) = (near.into_split(), far.into_split());
            tokio::spawn(hand_on(near_in, far_out, Arc::clone(&silent)));
            tokio::spawn(hand_on(far_in, near_out, Arc::clone(&silent)));
        }
    });
    port
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_places_of_a_silent_postgres_come_back() {
    let world = World::postgres().await;
    let (head, query) = world.url.split_once('?').unwrap_or((&world.url, ""));
    let Some(folder) = query.split('&').find_map(|part| part.strip_prefix("host=")) else {
        eprintln!("not tried: PostgreSQL is not reached through a socket");
        return;
    };
    let silent = Arc::new(AtomicBool::new(false));
    let port = proxy(format!("{folder}/.s.PGSQL.5432"), Arc::clone(&silent)).await;
    let name = head.rsplit_once('/').unwrap().1;
    let url = format!("postgres://postgres@127.0.0.1:{port}/{name}?sslmode=disable");
    let db = Db::connect(&url, PoolSize { connections: 3 }).await.unwrap();
    silent.store(true, Ordering::SeqCst);
    for _ in 0..6 {
        // As a request whose deadline has passed, or whose browser left.
        let asked = db::scalar::<i32, _>(db.read(), "SELECT 1", vec![]);
        let _ = tokio::time::timeout(Duration::from_millis(300), asked).await;
        let _ = tokio::time::timeout(Duration::from_millis(300), db.begin()).await;
    }
    let started = Instant::now();
    let asked = db::scalar::<i32, _>(db.read(), "SELECT 1", vec![]).await;
    assert!(matches!(asked, Err(Error::Unavailable(_))), "{asked:?}");
    assert!(started.elapsed() < Duration::from_secs(4), "{:?}", started.elapsed());
    silent.store(false, Ordering::SeqCst);
    tokio::time::sleep(Duration::from_millis(1500)).await;
    let mut held = Vec::new();
    for place in 0..3 {
        held.push(db.begin().await.unwrap_or_else(|error| panic!("place {place}: {error}")));
    }
}

#[tokio::test]
async fn on_postgres_nothing_waits_for_ever() {
    let world = World::postgres().await;
    let db = &world.env.db;
    for (setting, set) in
        [("statement_timeout", "15s"), ("lock_timeout", "5s"), ("idle_in_transaction_session_timeout", "15s")]
    {
        let sql = format!("SHOW {setting}");
        assert_eq!(db::scalar::<String, _>(db.read(), &sql, vec![]).await.unwrap().unwrap(), set, "{setting}");
    }
    let transaction = db.begin().await.unwrap();
    transaction.execute_unprepared("SET LOCAL statement_timeout = '50ms'").await.unwrap();
    let cut = db::scalar::<String, _>(&transaction, "SELECT CAST(pg_sleep(5) AS TEXT)", vec![]).await;
    assert!(matches!(cut, Err(Error::Unavailable(_))), "{cut:?}");
}
