//! The one write connection of SQLite, watched.
//!
//! SQLite ends a transaction itself when the disk is full, a write fails, memory runs out, a statement is interrupted or
//! the file is damaged. sqlx does not see it: its `ROLLBACK` fails, its depth stays at one, and every later transaction
//! would be a savepoint in one that never commits. Here SQLite's own hooks see it: nothing is committed after it on that
//! connection, no commit counts that SQLite has not made, and the pool takes a connection back only between transactions.

use crate::db::trouble;
use sea_orm::sqlx::pool::PoolOptions;
use sea_orm::sqlx::sqlite::Sqlite;
use sea_orm::sqlx::{self, Connection as _, Executor as _, SqliteConnection};
use sea_orm::{DbErr, RuntimeErr};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

/// How long a write waits for another process; SQLite's own waiting (`busy_timeout`) ends before it.
const PATIENCE: Duration = Duration::from_millis(1800);

/// How long a full disk counts as full after it refused a write: a small row may still fit where a form no longer does.
const FULL: Duration = Duration::from_secs(2);

/// What SQLite itself says of one transaction.
#[derive(Debug, Default)]
struct Record {
    committed: AtomicBool,
    rolled_back: AtomicBool,
}

/// The transaction that stands on a connection. Outside of one SQLite rolls back and repeats a statement whose tables have
/// changed, which is well.
#[derive(Debug, Default)]
struct Watch(Mutex<Option<Arc<Record>>>);

impl Watch {
    fn set(&self, record: Option<Arc<Record>>) {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = record;
    }

    fn get(&self) -> Option<Arc<Record>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }
}

/// Watches the write connection; a pool of one has one at a time.
#[derive(Clone, Debug, Default)]
pub struct Guard(Arc<Mutex<Seen>>);

#[derive(Debug, Default)]
struct Seen {
    watch: Arc<Watch>,
    /// When another process last kept us from writing.
    locked: Option<Instant>,
    /// When the disk last had no room for a write.
    full: Option<Instant>,
}

impl Guard {
    /// Watches every connection that the pool opens, and lets it keep only those that stand between transactions.
    pub fn over(&self, pool: PoolOptions<Sqlite>) -> PoolOptions<Sqlite> {
        let (opened, released) = (self.clone(), self.clone());
        pool.after_connect(move |connection, _| {
            let guard = opened.clone();
            Box::pin(async move { guard.watch(connection).await })
        })
        .after_release(move |connection, _| {
            let guard = released.clone();
            Box::pin(async move { Ok(guard.take_back(connection).await) })
        })
    }

    async fn watch(&self, connection: &mut SqliteConnection) -> Result<(), sqlx::Error> {
        let watch = Arc::new(Watch::default());
        let (commits, rollbacks) = (Arc::clone(&watch), Arc::clone(&watch));
        let mut handle = connection.lock_handle().await?;
        handle.set_commit_hook(move || {
            let Some(record) = commits.get() else { return true };
            // What follows a rollback that nobody asked for is half of something: SQLite would commit each statement.
            let whole = !record.rolled_back.load(Ordering::SeqCst);
            record.committed.store(whole, Ordering::SeqCst);
            whole
        });
        handle.set_rollback_hook(move || {
            if let Some(record) = rollbacks.get() {
                record.rolled_back.store(true, Ordering::SeqCst);
            }
        });
        drop(handle);
        self.0.lock().unwrap_or_else(PoisonError::into_inner).watch = watch;
        Ok(())
    }

    fn current(&self) -> Arc<Watch> {
        Arc::clone(&self.0.lock().unwrap_or_else(PoisonError::into_inner).watch)
    }

    /// Begins, or gives up within 2 seconds when another process holds the database; our own writers wait their turn.
    pub async fn in_time<T>(&self, begin: impl Future<Output = Result<T, DbErr>>) -> Result<T, DbErr> {
        let mut begin = std::pin::pin!(begin);
        let begun = match tokio::time::timeout(PATIENCE, &mut begin).await {
            Ok(begun) => begun,
            // Those before us in the queue found it so; each waits only as long as the first.
            Err(_) if self.is_locked() => return Err(lost("another process holds the database")),
            Err(_) => begin.await,
        };
        if begun.as_ref().is_err_and(trouble::is_locked) {
            self.0.lock().unwrap_or_else(PoisonError::into_inner).locked = Some(Instant::now());
        }
        begun
    }

    fn is_locked(&self) -> bool {
        let locked = self.0.lock().unwrap_or_else(PoisonError::into_inner).locked;
        locked.is_some_and(|when| when.elapsed() < PATIENCE)
    }

    /// Refuses while the disk had no room for a write a moment ago.
    ///
    /// # Errors
    /// That it had none.
    pub fn has_room(&self) -> Result<(), DbErr> {
        let full = self.0.lock().unwrap_or_else(PoisonError::into_inner).full;
        if full.is_some_and(|when| when.elapsed() < FULL) {
            Err(lost("the disk was full a moment ago"))
        } else {
            Ok(())
        }
    }

    /// Whether the connection stands between transactions, for sqlx and for SQLite; if not, the pool opens another.
    async fn take_back(&self, connection: &mut SqliteConnection) -> bool {
        // What happens from here on is no longer of the transaction that was.
        self.current().set(None);
        // SQLite begins no transaction inside one. Whatever sqlx had still to undo is done before this.
        let free = connection.execute("BEGIN").await.is_ok() && connection.execute("ROLLBACK").await.is_ok();
        if !free || connection.is_in_transaction() {
            tracing::error!("the write connection did not come out of its transaction: it is replaced");
            return false;
        }
        true
    }

    /// Notes that a transaction has begun.
    pub fn begun(&self) -> Begun {
        let record = Arc::new(Record::default());
        self.current().set(Some(Arc::clone(&record)));
        Begun { record, guard: self.clone() }
    }
}

/// A transaction as SQLite sees it, by which its commit is proved.
#[derive(Debug)]
pub struct Begun {
    record: Arc<Record>,
    guard: Guard,
}

impl Begun {
    /// Passes the answer to a statement on, and notes a disk that had no room for it.
    ///
    /// # Errors
    /// The statement's own.
    pub fn seen<T>(&self, done: Result<T, DbErr>) -> Result<T, DbErr> {
        if done.as_ref().is_err_and(trouble::is_full) {
            self.guard.0.lock().unwrap_or_else(PoisonError::into_inner).full = Some(Instant::now());
        }
        done
    }

    /// Passes a commit only when SQLite has made it.
    ///
    /// # Errors
    /// The commit's own, or that SQLite had ended the transaction before.
    pub fn prove(&self, committed: Result<(), DbErr>) -> Result<(), DbErr> {
        let rolled_back = self.record.rolled_back.load(Ordering::SeqCst);
        let made = self.record.committed.load(Ordering::SeqCst);
        match self.seen(committed) {
            Ok(()) if made && !rolled_back => Ok(()),
            Err(error) if !rolled_back || trouble::is_passing(&error) => Err(error),
            Err(error) => Err(lost(&format!("SQLite had ended the transaction: {error}"))),
            Ok(()) => Err(lost("SQLite did not make the commit")),
        }
    }
}

fn lost(why: &str) -> DbErr {
    DbErr::Conn(RuntimeErr::Internal(why.to_owned()))
}
