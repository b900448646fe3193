//! The lock between settling a report and closing a month.
//!
//! Receipts, their undoing and reopenings take it shared, the close takes it exclusively. The business time of such a
//! step is read only after the lock is held: a receipt stamped before the cutoff is then always committed before the
//! close looks, and a receipt that waited for the close is stamped after it. On SQLite every write transaction is
//! alone anyway. What is fixed by then, [`domain::subsidy::still_open`] decides.

use crate::Env;
use crate::db;
use crate::error::Result;
use domain::time::Instant;
use sea_orm::sea_query::{Func, Query};
use sea_orm::{ConnectionTrait, DbBackend};

/// The advisory lock's key on PostgreSQL: the letters `kosapo` as a number.
const KEY: i64 = 0x6B6F_7361_706F;

/// Takes the lock shared until the transaction ends, and returns the business time to stamp the step with.
pub async fn shared<C: ConnectionTrait>(env: &Env, transaction: &C) -> Result<Instant> {
    take(transaction, "pg_advisory_xact_lock_shared").await?;
    Ok(env.clock.now())
}

/// Takes the lock exclusively until the transaction ends, and returns the business time.
pub async fn exclusive<C: ConnectionTrait>(env: &Env, transaction: &C) -> Result<Instant> {
    take(transaction, "pg_advisory_xact_lock").await?;
    Ok(env.clock.now())
}

async fn take<C: ConnectionTrait>(transaction: &C, lock: &'static str) -> Result<()> {
    if transaction.get_database_backend() == DbBackend::Postgres {
        db::change(transaction, &Query::select().expr(Func::cust(lock).arg(KEY)).take()).await?;
    }
    Ok(())
}
