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
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

/// What SQLite itself says of one connection.
#[derive(Debug, Default)]
struct Watch {
    /// Whether a [`super::Transaction`] stands on it. Outside, SQLite rolls back and repeats a statement whose tables
    /// have changed, which is well.
    inside: AtomicBool,
    /// Whether something was rolled back since that began, by us or by SQLite.
    rolled_back: AtomicBool,
    /// How often it committed.
    commits: AtomicU64,
}

/// Watches the write connection; a pool of one has one at a time.
#[derive(Clone, Debug, Default)]
pub struct Guard(Arc<Mutex<Arc<Watch>>>);

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
            // What follows a rollback that nobody asked for is half of something: SQLite would commit each statement.
            let whole = !(commits.inside.load(Ordering::SeqCst) && commits.rolled_back.load(Ordering::SeqCst));
            if whole {
                commits.commits.fetch_add(1, Ordering::SeqCst);
            }
            whole
        });
        handle.set_rollback_hook(move || rollbacks.rolled_back.store(true, Ordering::SeqCst));
        drop(handle);
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = watch;
        Ok(())
    }

    fn current(&self) -> Arc<Watch> {
        Arc::clone(&self.0.lock().unwrap_or_else(PoisonError::into_inner))
    }

    /// Whether the connection stands between transactions, for sqlx and for SQLite; if not, the pool opens another.
    async fn take_back(&self, connection: &mut SqliteConnection) -> bool {
        // SQLite begins no transaction inside one. Whatever sqlx had still to undo is done before this.
        let free = connection.execute("BEGIN").await.is_ok() && connection.execute("ROLLBACK").await.is_ok();
        if !free || connection.is_in_transaction() {
            tracing::error!("the write connection did not come out of its transaction: it is replaced");
            return false;
        }
        self.current().inside.store(false, Ordering::SeqCst);
        true
    }

    /// Notes where a transaction begins.
    pub fn begun(&self) -> Begun {
        let watch = self.current();
        watch.rolled_back.store(false, Ordering::SeqCst);
        watch.inside.store(true, Ordering::SeqCst);
        let commits = watch.commits.load(Ordering::SeqCst);
        Begun { watch, commits }
    }
}

/// The beginning of a transaction, by which its commit is proved.
#[derive(Debug)]
pub struct Begun {
    watch: Arc<Watch>,
    commits: u64,
}

impl Begun {
    /// Passes a commit only when SQLite has made it.
    ///
    /// # Errors
    /// The commit's own, or that SQLite had ended the transaction before.
    pub fn prove(&self, committed: Result<(), DbErr>) -> Result<(), DbErr> {
        let rolled_back = self.watch.rolled_back.load(Ordering::SeqCst);
        let made = self.watch.commits.load(Ordering::SeqCst) == self.commits + 1;
        match committed {
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
