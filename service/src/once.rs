//! Makes a form's effect happen once: the form carries a key, the first transaction that uses it keeps its result.

use crate::entity::idempotency;
use crate::error::Result;
use crate::id;
use domain::id::AccountId;
use domain::time::Instant;
use sea_orm::sea_query::{Expr, OnConflict};
use sea_orm::{ActiveValue::Set, ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter};

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
pub async fn claim<C: ConnectionTrait>(
    transaction: &C,
    account: AccountId,
    key: &str,
    now: Instant,
) -> Result<Option<String>> {
    if !is_key(key) {
        return Ok(None);
    }
    let row = idempotency::ActiveModel {
        account_id: Set(account),
        key: Set(key.to_owned()),
        result: Set(String::new()),
        at: Set(now),
    };
    let keep = OnConflict::columns([idempotency::Column::AccountId, idempotency::Column::Key]).do_nothing().to_owned();
    if idempotency::Entity::insert_many([row]).on_conflict(keep).exec_without_returning(transaction).await? == 1 {
        return Ok(None);
    }
    result(transaction, account, key).await
}

/// What a key already made; `None` while it made nothing.
pub async fn result<C: ConnectionTrait>(connection: &C, account: AccountId, key: &str) -> Result<Option<String>> {
    if !is_key(key) {
        return Ok(None);
    }
    let kept = idempotency::Entity::find_by_id((account, key.to_owned())).one(connection).await?;
    Ok(kept.map(|kept| kept.result))
}

/// Keeps the result of a claimed key.
pub async fn keep<C: ConnectionTrait>(transaction: &C, account: AccountId, key: &str, result: &str) -> Result<()> {
    if !is_key(key) {
        return Ok(());
    }
    idempotency::Entity::update_many()
        .col_expr(idempotency::Column::Result, Expr::value(result))
        .filter(idempotency::Column::AccountId.eq(account))
        .filter(idempotency::Column::Key.eq(key))
        .exec(transaction)
        .await?;
    Ok(())
}

/// Whether these words were already said with this key; if not they count as said from now on. Other words with the key
/// of a page that was gone back to are said again.
pub async fn said<C: ConnectionTrait>(
    transaction: &C,
    account: AccountId,
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

/// A result to keep together with what it was made of, so that a page that is sent again is told apart from one that was gone
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
    fn a_changed_page_is_told_apart_from_one_that_is_sent_again() {
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
