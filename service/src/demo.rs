//! The demo city: people, cases and claims to try everything on, the same at every start.
//!
//! Rows are written directly, many at a time, in the shape the use cases give them; `service/tests/demo.rs` holds the
//! city to the rules. A demo database carries a mark in `setting`, so that it is never mistaken for a real one.
//!
//! Sent mails leave the outbox, so the past of the city has messages in 受信メール and an empty outbox.

mod case;
mod city;
mod names;
mod newsletter;
mod people;
mod play;
mod rng;
mod rows;
mod small;
mod world;

use crate::clock::Clock;
use crate::entity::setting;
use crate::error::{Error, Result};
use crate::{Env, db, reference, subsidy, ward};
use domain::subsidy::YearMonth;
use domain::time::Instant;
use sea_orm::{ActiveValue::Set, ConnectionTrait, DatabaseTransaction, DbBackend, EntityTrait};
use std::fmt;

/// How large the demo city is to be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Size {
    /// 緑区 with 200 members, 青葉区 with 50, three months of cases.
    Small,
    /// 18 wards, 14,000 members, 46,000 activities a year.
    City {
        /// Years of activities before the demo's day.
        years: u32,
    },
}

impl fmt::Display for Size {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Small => f.write_str("small"),
            Self::City { years } => write!(f, "city {years}"),
        }
    }
}

/// An account of the demo, as the login page lists it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct DemoAccount {
    /// ユーザーID
    pub user_id: &'static str,
    /// Who that is.
    pub who: &'static str,
}

/// The accounts of the demo; the password of each is [`PASSWORD`].
pub const ACCOUNTS: &[DemoAccount] = &[
    DemoAccount { user_id: "hanako", who: "木村花子（利用会員）" },
    DemoAccount { user_id: "teikyo", who: "山田節子（提供会員・木村さんの担当）" },
    DemoAccount { user_id: "ryoho", who: "髙﨑陽子（両方会員）" },
    DemoAccount { user_id: "riyo2", who: "佐藤美咲（利用会員）" },
    DemoAccount { user_id: "teikyo2", who: "𠮷田京子（提供会員）" },
    DemoAccount { user_id: "midori", who: "緑区支部 コーディネーター" },
    DemoAccount { user_id: "aoba", who: "青葉区支部 コーディネーター" },
    DemoAccount { user_id: "honbu", who: "本部事務局" },
];

/// The password of every demo account.
pub const PASSWORD: &str = "kosapo-demo";

/// The demo's clock when nobody says otherwise, and the moment up to which `small` is told: 2024-03-16 10:00 JST.
#[must_use]
pub fn start() -> Instant {
    Instant::at(time::macros::date!(2024 - 03 - 16), 10 * 60)
}

const MARK: &str = "demo";

/// The demo mark of a database: `small`, `city 1`, …; `None` for a real one.
///
/// # Errors
/// Those of the database.
pub async fn mark(env: &Env) -> Result<Option<String>> {
    Ok(setting::Entity::find_by_id(MARK).one(env.db.read()).await?.map(|row| row.value))
}

/// Fills an empty database with the demo city; one that carries the same mark is left as it is.
///
/// # Errors
/// [`Error::Broken`] with a sentence for a database with other data, another size, or a clock before [`start`].
pub async fn seed(env: &Env, size: Size, now: Instant) -> Result<()> {
    if now < start() {
        return Err(Error::Broken("the demo city begins on 2024-03-16 10:00 JST; choose --now from then on".into()));
    }
    match mark(env).await? {
        Some(known) if known == size.to_string() => return Ok(()),
        Some(known) => return Err(Error::Broken(format!("the database already holds the demo city of size {known}"))),
        None => {}
    }
    let members: i64 = db::scalar(env.db.read(), "SELECT COUNT(*) FROM member", vec![]).await?.unwrap_or(0);
    let accounts: i64 = db::scalar(env.db.read(), "SELECT COUNT(*) FROM account", vec![]).await?.unwrap_or(0);
    if members + accounts > 0 {
        return Err(Error::Broken("the database is not empty and carries no demo mark; choose another one".into()));
    }
    reference::seed(env).await?;
    let password_hash = env.hasher.hash(PASSWORD).await?;
    match size {
        Size::Small => small::write(env, password_hash).await,
        Size::City { years } => city::write(env, password_hash, years, now).await,
    }
}

/// Begins the transaction that writes the city: the demo's branches can all be called.
async fn begin(env: &Env) -> Result<DatabaseTransaction> {
    let transaction = env.db.begin().await?;
    ward::fill_in_for_demo(&transaction).await?;
    Ok(transaction)
}

/// Runs a month's close as it ran then, five minutes after its cutoff.
async fn close(env: &Env, month: YearMonth) -> Result<()> {
    let then = Env { clock: Clock::frozen(month.cutoff().plus_minutes(5)), ..env.clone() };
    subsidy::close_month(&then, month, false).await?;
    Ok(())
}

/// Puts the mark on, last of all, so that a half-written city is never taken for a whole one. Nobody of the city has a
/// real mail address: what the closes told them is in 受信メール only.
async fn seal(env: &Env, size: Size) -> Result<()> {
    let transaction = env.db.begin().await?;
    db::execute(&transaction, "DELETE FROM outbox", vec![]).await?;
    let row = setting::ActiveModel { key: Set(MARK.to_owned()), value: Set(size.to_string()) };
    setting::Entity::insert(row).exec_without_returning(&transaction).await?;
    transaction.commit().await?;
    if env.db.backend() == DbBackend::Postgres {
        env.db.write().execute_unprepared("ANALYZE").await?;
    }
    Ok(())
}

/// Lets the numbers go on above those used.
async fn put_sequence<C: ConnectionTrait>(transaction: &C, kind: &str, next: u32) -> Result<()> {
    let sql = "INSERT INTO sequence (kind, next) VALUES ($1, $2)";
    db::execute(transaction, sql, vec![kind.into(), i64::from(next).into()]).await?;
    Ok(())
}
