//! The demo city: people, cases and claims to try everything on, the same at every start.
//!
//! Rows are written directly, many at a time, in the shape the use cases give them; `service/tests/demo.rs` holds the
//! city to the rules. A demo database carries a mark in `setting`, so that it is never mistaken for a real one: first
//! that it is being written, last of all its size.
//!
//! Sent mails leave the outbox, so the past of the city has messages in 受信メール and an empty outbox. What the jobs do
//! until the demo's clock starts belongs to the city, so that a running clock adds nothing by itself.

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
use crate::db::Db;
use crate::entity::setting;
use crate::error::{Error, Result, stored};
use crate::{Env, db, holiday_file, job, reference, subsidy, ward};
use domain::subsidy::YearMonth;
use domain::time::{Date, Instant, iso_date, rfc3339};
use sea_orm::{ActiveValue::Set, ConnectionTrait, DbBackend, EntityTrait};
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

/// Its hash, with one salt for all demos: the same arguments give the same rows.
const PASSWORD_HASH: &str =
    "$argon2id$v=19$m=19456,t=2,p=1$Z7fvKZxyAm5VADI2mn44og$t7Zikp1V7qO4pFl4lltw2m3l1JWjV9czm8vzMzfoSZs";

/// The demo's clock when nobody says otherwise, and the moment up to which `small` is told: 2024-03-16 10:00 JST.
#[must_use]
pub fn start() -> Instant {
    Instant::at(time::macros::date!(2024 - 03 - 16), 10 * 60)
}

/// The last moment a demo's clock may show: the tariff needs public holidays, and the table ends there.
///
/// # Errors
/// When the table brought along is damaged.
pub fn end() -> Result<Instant> {
    let holidays = holiday_file::japan().map_err(|error| Error::Broken(format!("holidays.csv: {error}")))?;
    Ok(Instant::at(holidays.span().1.next_day().unwrap_or(Date::MAX), 0).plus_minutes(-1))
}

const MARK: &str = "demo";
const CLOCK: &str = "demo_clock";
/// Where the clock began, so that the same arguments can be told from an earlier moment.
const BEGAN: &str = "demo_began";
/// What the mark begins with until the city is there to its end.
const WRITING: &str = "writing ";

/// What stands in a database, before anything is written to it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Found {
    /// No table.
    Nothing,
    /// Tables of another program.
    Foreign,
    /// Our tables without a mark: real data, or none yet.
    Real,
    /// A demo city whose writing was cut off.
    HalfWritten,
    /// The demo city of a size: `small`, `city 1`, …
    City(String),
}

/// Looks at a database and changes nothing, so it may be asked before the migrations.
///
/// # Errors
/// Those of the database.
pub async fn look(db: &Db) -> Result<Found> {
    let tables = db.tables().await?;
    let has = |name: &str| tables.iter().any(|table| table == name);
    if tables.iter().all(|table| table == "seaql_migrations") {
        return Ok(Found::Nothing);
    }
    if !["seaql_migrations", "account", "member", "setting"].into_iter().all(has) {
        return Ok(Found::Foreign);
    }
    let mark: Option<String> =
        db::scalar(db.read(), "SELECT value FROM setting WHERE key = $1", vec![MARK.into()]).await?;
    Ok(match mark {
        None => Found::Real,
        Some(mark) if mark.starts_with(WRITING) => Found::HalfWritten,
        Some(size) => Found::City(size),
    })
}

/// Whether the city is still to be written into a database; changes nothing.
///
/// # Errors
/// [`Error::Broken`] with a sentence when the database holds anything but this city.
pub async fn is_to_be_written(db: &Db, size: Size) -> Result<bool> {
    let sentence = match look(db).await? {
        Found::Nothing => return Ok(true),
        Found::City(known) if known == size.to_string() => return Ok(false),
        Found::City(known) => format!("the database already holds the demo city of size {known}; choose another one"),
        Found::HalfWritten => "the demo city in this database was not written to its end; give a fresh one".to_owned(),
        Found::Foreign => "the database holds tables of another program; choose an empty one".to_owned(),
        Found::Real => {
            // A close that ran, even over nothing, would stand in the way of the city's own.
            let sql = "SELECT (SELECT COUNT(*) FROM member) + (SELECT COUNT(*) FROM account) \
                       + (SELECT COUNT(*) FROM close_run)";
            if db::scalar::<i64, _>(db.read(), sql, vec![]).await?.unwrap_or(0) == 0 {
                return Ok(true);
            }
            "the database is not empty and carries no demo mark; choose another one".to_owned()
        }
    };
    Err(Error::Broken(sentence))
}

/// Checks where the demo's clock is to start.
///
/// # Errors
/// [`Error::Broken`] with a sentence for a moment before [`start`] or after [`end`].
pub fn check_now(now: Instant) -> Result<()> {
    let last = end()?;
    if (start()..=last).contains(&now) {
        return Ok(());
    }
    Err(Error::Broken(format!(
        "the demo city lives from 2024-03-16 10:00 JST, where its story begins, to {}, the last day whose public \
         holidays are known; choose --now between them",
        iso_date(last.date())
    )))
}

/// Fills an empty database with the demo city as it is at `now`; one that holds the same city is left as it is.
///
/// # Errors
/// Those of [`check_now`], [`is_to_be_written`] and the database.
pub async fn seed(env: &Env, size: Size, now: Instant) -> Result<()> {
    check_now(now)?;
    if !is_to_be_written(&env.db, size).await? {
        return Ok(());
    }
    reference::seed(env).await?;
    let told_until = match size {
        Size::Small => start(),
        Size::City { .. } => now,
    };
    // The clock stands while the city is written: the same arguments give the same rows, to the microsecond.
    let then = Env { clock: Clock::frozen(told_until), ..env.clone() };
    match size {
        Size::Small => small::write(&then, PASSWORD_HASH.to_owned()).await?,
        Size::City { years } => city::write(&then, PASSWORD_HASH.to_owned(), years, now).await?,
    }
    job::live_until(&then, now).await?;
    seal(&then, size).await
}

/// Begins the transaction that writes the city, with the mark that it is not finished: the demo's branches can all be
/// called.
async fn begin(env: &Env, size: Size) -> Result<db::Transaction> {
    let transaction = env.db.begin().await?;
    let row = setting::ActiveModel { key: Set(MARK.to_owned()), value: Set(format!("{WRITING}{size}")) };
    setting::Entity::insert(row).exec_without_returning(&transaction).await?;
    ward::fill_in_for_demo(&transaction).await?;
    Ok(transaction)
}

/// Runs a month's close as it ran then, five minutes after its cutoff.
async fn close(env: &Env, month: YearMonth) -> Result<()> {
    let then = Env { clock: Clock::frozen(month.cutoff().plus_minutes(5)), ..env.clone() };
    subsidy::close_month(&then, month, false).await?;
    Ok(())
}

/// Marks the city as whole, last of all. Nobody of the city has a real mail address: what the closes and reminders told
/// them is in 受信メール only.
async fn seal(env: &Env, size: Size) -> Result<()> {
    let transaction = env.db.begin().await?;
    db::execute(&transaction, "DELETE FROM outbox", vec![]).await?;
    let sql = "UPDATE setting SET value = $2 WHERE key = $1";
    db::execute(&transaction, sql, vec![MARK.into(), size.to_string().into()]).await?;
    let row = setting::ActiveModel { key: Set(BEGAN.to_owned()), value: Set(env.clock.now().0.to_string()) };
    setting::Entity::insert(row).exec_without_returning(&transaction).await?;
    transaction.commit().await?;
    if env.db.backend() == DbBackend::Postgres {
        env.db.write().execute_unprepared("ANALYZE").await?;
    }
    Ok(())
}

/// Keeps in the database how far the demo's clock is ahead, so that other commands on it share the demo's time.
///
/// # Errors
/// Those of the database.
pub async fn keep_clock(env: &Env) -> Result<()> {
    let Some(shift) = env.clock.shift() else { return Ok(()) };
    let sql = "INSERT INTO setting (key, value) VALUES ($1, $2) ON CONFLICT (key) DO UPDATE SET value = $2";
    db::execute(env.db.write(), sql, vec![CLOCK.into(), shift.to_string().into()]).await?;
    Ok(())
}

/// Checks where the clock of a city that is there already is asked to go on: time does not run back behind what happened
/// there. The moment it began at asks for nothing.
///
/// # Errors
/// [`Error::Broken`] with a sentence for a moment before the city's own time, and those of the database.
pub async fn check_later(db: &Db, asked: Option<Instant>) -> Result<()> {
    let now = clock(db).await?.now();
    let Some(asked) = asked.filter(|asked| *asked < now) else { return Ok(()) };
    let began: Option<String> =
        db::scalar(db.read(), "SELECT value FROM setting WHERE key = $1", vec![BEGAN.into()]).await?;
    if began.is_some_and(|began| began == asked.0.to_string()) {
        return Ok(());
    }
    Err(Error::Broken(format!(
        "in the demo city of this database it is {} already; leave --now out to go on from there, or give an empty \
         database",
        rfc3339(now)
    )))
}

/// The clock of a database: the demo's where it holds the demo city, else the real one.
///
/// # Errors
/// Those of the database.
pub async fn clock(db: &Db) -> Result<Clock> {
    if !matches!(look(db).await?, Found::City(_)) {
        return Ok(Clock::system());
    }
    let sql = "SELECT value FROM setting WHERE key = $1";
    match db::scalar::<String, _>(db.read(), sql, vec![CLOCK.into()]).await? {
        Some(shift) => Ok(Clock::shifted(stored(shift.parse().ok(), "demo clock")?)),
        None => Ok(Clock::demo(start())),
    }
}

/// Lets the numbers go on above those used.
async fn put_sequence<C: ConnectionTrait>(transaction: &C, kind: &str, next: u32) -> Result<()> {
    let sql = "INSERT INTO sequence (kind, next) VALUES ($1, $2)";
    db::execute(transaction, sql, vec![kind.into(), i64::from(next).into()]).await?;
    Ok(())
}
