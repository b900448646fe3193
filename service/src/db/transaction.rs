//! A write transaction whose commit proves itself, and single writes that do the same.

use crate::db::guard::{Begun, Guard};
use crate::db::room::Room;
use crate::error::Result;
use sea_orm::prelude::async_trait;
use sea_orm::{
    ConnectionTrait, DatabaseConnection, DatabaseTransaction, DbBackend, DbErr, ExecResult, QueryResult, RuntimeErr,
    SqliteTransactionMode, Statement, TransactionOptions, TransactionTrait,
};
use std::ops::Deref;
use std::sync::Arc;

/// A write transaction; dropping it without [`Transaction::commit`] undoes everything.
#[derive(Debug)]
pub struct Transaction {
    inner: DatabaseTransaction,
    begun: Option<Begun>,
}

impl Transaction {
    /// Commits, and proves it: what it acknowledges is stored.
    ///
    /// # Errors
    /// [`crate::Error::Unavailable`] when the database had ended the transaction before; nothing of it is stored.
    pub async fn commit(self) -> Result<()> {
        Ok(self.finish().await?)
    }

    /// Undoes everything, now.
    pub async fn rollback(self) -> Result<()> {
        Ok(self.inner.rollback().await?)
    }

    fn seen<T>(&self, done: Result<T, DbErr>) -> Result<T, DbErr> {
        match &self.begun {
            Some(begun) => begun.seen(done),
            None => done,
        }
    }

    async fn finish(self) -> Result<(), DbErr> {
        let Self { inner, begun } = self;
        if let Some(begun) = begun {
            let committed = inner.commit().await;
            return begun.prove(committed);
        }
        // PostgreSQL answers the COMMIT of a failed transaction with a quiet ROLLBACK; any other statement says so.
        inner.execute_unprepared("SELECT 1").await?;
        inner.commit().await
    }
}

impl Deref for Transaction {
    type Target = DatabaseTransaction;

    fn deref(&self) -> &DatabaseTransaction {
        &self.inner
    }
}

#[async_trait::async_trait]
impl ConnectionTrait for Transaction {
    fn get_database_backend(&self) -> DbBackend {
        self.inner.get_database_backend()
    }

    async fn execute_raw(&self, statement: Statement) -> Result<ExecResult, DbErr> {
        self.seen(self.inner.execute_raw(statement).await)
    }

    async fn execute_unprepared(&self, sql: &str) -> Result<ExecResult, DbErr> {
        self.seen(self.inner.execute_unprepared(sql).await)
    }

    async fn query_one_raw(&self, statement: Statement) -> Result<Option<QueryResult>, DbErr> {
        self.seen(self.inner.query_one_raw(statement).await)
    }

    async fn query_all_raw(&self, statement: Statement) -> Result<Vec<QueryResult>, DbErr> {
        self.seen(self.inner.query_all_raw(statement).await)
    }
}

/// The way of every write: single ones as it stands, several together in a [`Transaction`].
#[derive(Clone, Debug)]
pub struct Writer {
    pub(super) connection: DatabaseConnection,
    /// Watches SQLite's write connection; PostgreSQL needs none.
    pub(super) guard: Option<Guard>,
    /// The room that SQLite's disk has to have left.
    pub(super) room: Option<Arc<Room>>,
}

impl Writer {
    pub(super) async fn begin(&self) -> Result<Transaction, DbErr> {
        if self.room.as_ref().is_some_and(|room| room.is_short()) {
            return Err(DbErr::Conn(RuntimeErr::Internal("the disk is nearly full".into())));
        }
        let options = TransactionOptions {
            sqlite_transaction_mode: Some(SqliteTransactionMode::Immediate),
            ..TransactionOptions::default()
        };
        let begin = self.connection.begin_with_options(options);
        let inner = match &self.guard {
            Some(guard) => guard.in_time(begin).await?,
            None => begin.await?,
        };
        let begun = self.guard.as_ref().map(Guard::begun);
        Ok(Transaction { inner, begun })
    }
}

/// On SQLite each takes a transaction of its own: with rows that a write returns sqlx takes SQLite's word for the change,
/// but not for the commit that follows them; and a wait that was given up writes nothing later.
#[async_trait::async_trait]
impl ConnectionTrait for Writer {
    fn get_database_backend(&self) -> DbBackend {
        self.connection.get_database_backend()
    }

    async fn execute_raw(&self, statement: Statement) -> Result<ExecResult, DbErr> {
        if self.guard.is_none() {
            return self.connection.execute_raw(statement).await;
        }
        let transaction = self.begin().await?;
        let done = transaction.execute_raw(statement).await?;
        transaction.finish().await?;
        Ok(done)
    }

    async fn execute_unprepared(&self, sql: &str) -> Result<ExecResult, DbErr> {
        self.connection.execute_unprepared(sql).await
    }

    async fn query_one_raw(&self, statement: Statement) -> Result<Option<QueryResult>, DbErr> {
        let transaction = self.begin().await?;
        let row = transaction.query_one_raw(statement).await?;
        transaction.finish().await?;
        Ok(row)
    }

    async fn query_all_raw(&self, statement: Statement) -> Result<Vec<QueryResult>, DbErr> {
        let transaction = self.begin().await?;
        let rows = transaction.query_all_raw(statement).await?;
        transaction.finish().await?;
        Ok(rows)
    }
}
