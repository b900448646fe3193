//! Which errors of a database are nobody's mistake and pass: full, locked, silent, cut, restarted.

use sea_orm::{DbErr, RuntimeErr, sqlx};

/// Whether the same may succeed in a moment, and nothing of it is stored now.
#[must_use]
pub fn is_passing(error: &DbErr) -> bool {
    match error {
        DbErr::ConnectionAcquire(_) | DbErr::Conn(_) => true,
        DbErr::Exec(RuntimeErr::SqlxError(error)) | DbErr::Query(RuntimeErr::SqlxError(error)) => is_cut(error),
        _ => false,
    }
}

/// Whether another process holds SQLite's lock.
#[must_use]
pub fn is_locked(error: &DbErr) -> bool {
    sqlite_code(error) == Some(5)
}

/// Whether SQLite found no room for what it had to write.
#[must_use]
pub fn is_full(error: &DbErr) -> bool {
    sqlite_code(error) == Some(13)
}

/// The kind of an error of SQLite; the rest of its number says more of the same.
fn sqlite_code(error: &DbErr) -> Option<u32> {
    let (DbErr::Exec(RuntimeErr::SqlxError(error)) | DbErr::Query(RuntimeErr::SqlxError(error))) = error else {
        return None;
    };
    let code = error.as_database_error()?.code()?;
    if code.len() < 5 { code.parse::<u32>().ok().map(|code| code & 0xff) } else { None }
}

/// Whether a text was longer than the database can work with.
#[must_use]
pub fn is_too_long(error: &DbErr) -> bool {
    let (DbErr::Exec(RuntimeErr::SqlxError(error)) | DbErr::Query(RuntimeErr::SqlxError(error))) = error else {
        return false;
    };
    let sqlx::Error::Database(error) = error.as_ref() else { return false };
    // 18 is SQLITE_TOOBIG, 54000 PostgreSQL's program limit; the pattern of a LIKE has no code of its own.
    let code = error.code().unwrap_or_default();
    code == "18" || code.starts_with("54") || error.message().contains("pattern too complex")
}

fn is_cut(error: &sqlx::Error) -> bool {
    match error {
        sqlx::Error::Database(error) => {
            let code = error.code().unwrap_or_default();
            code.parse::<u32>().map_or_else(
                |_| passes_on_postgres(&code),
                |number| {
                    if code.len() == 5 { passes_on_postgres(&code) } else { passes_on_sqlite(number) }
                },
            )
        }
        sqlx::Error::Io(_)
        | sqlx::Error::Tls(_)
        | sqlx::Error::Protocol(_)
        | sqlx::Error::PoolTimedOut
        | sqlx::Error::PoolClosed
        | sqlx::Error::WorkerCrashed
        | sqlx::Error::BeginFailed => true,
        _ => false,
    }
}

/// The codes with which SQLite ends a transaction itself or cannot begin one, and the veto of our own commit hook.
const fn passes_on_sqlite(code: u32) -> bool {
    const VETO: u32 = 531;
    // BUSY, LOCKED, NOMEM, READONLY, INTERRUPT, IOERR, CORRUPT, FULL, CANTOPEN, PROTOCOL, NOTADB; the rest of the number
    // says more of the same.
    code == VETO || matches!(code & 0xff, 5..=11 | 13..=15 | 26)
}

/// The classes of PostgreSQL's codes: connection, read-only or failed transaction, undone for another's sake, no room, a
/// lock or statement that took too long, restart, input and output, damage.
fn passes_on_postgres(code: &str) -> bool {
    const CLASSES: &[&str] = &["08", "25006", "25P02", "25P03", "40", "53", "55P03", "57", "58", "XX001", "XX002"];
    CLASSES.iter().any(|class| code.starts_with(class))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_passes_is_told_apart_from_our_own_faults() {
        // 778 is IOERR_WRITE, 1555 a primary key, 787 a foreign key, 2067 a unique index.
        for code in [5, 261, 7, 9, 10, 778, 11, 13, 14, 531] {
            assert!(passes_on_sqlite(code), "{code}");
        }
        for code in [1, 18, 19, 787, 1555, 2067] {
            assert!(!passes_on_sqlite(code), "{code}");
        }
        for code in ["08006", "53100", "57014", "57P01", "55P03", "25P02", "25P03", "40P01", "58030"] {
            assert!(passes_on_postgres(code), "{code}");
        }
        for code in ["23505", "23503", "42601", "42P01", "22021", "54000"] {
            assert!(!passes_on_postgres(code), "{code}");
        }
    }
}
