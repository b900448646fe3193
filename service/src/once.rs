//! Makes a form's effect happen once: the form carries a key, the first transaction that uses it keeps its result.

use crate::error::Result;
use crate::{db, id};
use domain::time::Instant;
use sea_orm::ConnectionTrait;

/// The longest key a form of ours carries; ours have 43 characters.
const LONGEST: usize = 64;

/// Whether a key is of the shape our forms carry; another comes from no page of ours.
fn is_key(key: &str) -> bool {
    let of_a_token = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_');
    (1..=LONGEST).contains(&key.len()) && key.bytes().all(of_a_token)
}

/// Claims a form's key for this transaction.
///
/// `None`: the key is ours, go on and call [`keep`]. `Some(result)`: the effect already happened with this result.
/// What is no key claims nothing. On PostgreSQL a second transaction waits here until the first has ended.
///
/// # Errors
/// Those of the database.
pub async fn claim<C: ConnectionTrait>(
    transaction: &C,
    account: i64,
    key: &str,
    now: Instant,
) -> Result<Option<String>> {
    if !is_key(key) {
        return Ok(None);
    }
    let sql = "INSERT INTO idempotency (account_id, key, result, at) VALUES ($1, $2, '', $3) ON CONFLICT DO NOTHING";
    if db::execute(transaction, sql, vec![account.into(), key.into(), now.0.into()]).await? == 1 {
        return Ok(None);
    }
    result(transaction, account, key).await
}

/// What a key already made; `None` while it made nothing.
///
/// # Errors
/// Those of the database.
pub async fn result<C: ConnectionTrait>(connection: &C, account: i64, key: &str) -> Result<Option<String>> {
    let sql = "SELECT result FROM idempotency WHERE account_id = $1 AND key = $2";
    if is_key(key) { db::scalar(connection, sql, vec![account.into(), key.into()]).await } else { Ok(None) }
}

/// Keeps the result of a claimed key.
///
/// # Errors
/// Those of the database.
pub async fn keep<C: ConnectionTrait>(transaction: &C, account: i64, key: &str, result: &str) -> Result<()> {
    if !is_key(key) {
        return Ok(());
    }
    let sql = "UPDATE idempotency SET result = $3 WHERE account_id = $1 AND key = $2";
    db::execute(transaction, sql, vec![account.into(), key.into(), result.into()]).await?;
    Ok(())
}

/// Whether these words were already said with this key; if not they count as said from now on. Other words with the key
/// of a page that was gone back to are said anew.
///
/// # Errors
/// Those of the database.
pub async fn said<C: ConnectionTrait>(
    transaction: &C,
    account: i64,
    key: &str,
    words: &str,
    now: Instant,
) -> Result<bool> {
    let before = claim(transaction, account, key, now).await?;
    if before.is_some_and(|kept| was_made_of(&kept, words).1) {
        return Ok(true);
    }
    keep(transaction, account, key, &made_of("said", words)).await?;
    Ok(false)
}

/// A result to keep together with what it was made of, so that a page that is sent again is told from one that was gone
/// back to and changed.
#[must_use]
pub fn made_of(result: &str, content: &str) -> String {
    format!("{result} {}", id::sha256(content))
}

/// The result of [`made_of`], and whether it was made of this content; one that an earlier release kept without a hash was.
#[must_use]
pub fn was_made_of<'a>(kept: &'a str, content: &str) -> (&'a str, bool) {
    kept.split_once(' ').map_or((kept, true), |(result, hash)| (result, hash == id::sha256(content)))
}

#[cfg(test)]
mod tests {
    use super::{is_key, made_of, was_made_of};

    #[test]
    fn a_changed_page_is_told_from_one_that_is_sent_again() {
        let kept = made_of("MEM0040989", "花子");
        assert_eq!(was_made_of(&kept, "花子"), ("MEM0040989", true));
        assert_eq!(was_made_of(&kept, "桜"), ("MEM0040989", false));
        assert_eq!(was_made_of("MEM0040989", "桜"), ("MEM0040989", true));
    }

    #[test]
    fn only_what_our_forms_carry_is_a_key() {
        assert!(is_key(&crate::id::token().unwrap()));
        for other in ["", "\0", "a b", "鍵", &"x".repeat(65)] {
            assert!(!is_key(other), "{other:?}");
        }
    }
}
