//! The demo city: people, cases and claims to try everything on, the same at every start.
//!
//! Rows are written directly, many at a time, in the shape the use cases give them; `demo/tests/city.rs` holds the
//! city to the rules. A demo database carries a mark in `setting`, so that it is never mistaken for a real one: first
//! that it is being written, last of all its size.
//!
//! Sent mails leave the outbox, so the past of the city has messages in 受信メール and an empty outbox. What the jobs do
//! until the demo's clock starts belongs to the city, so that a running clock adds nothing by itself.

mod branches;
mod case;
mod city;
mod mark;
mod names;
mod newsletter;
mod people;
mod play;
mod rng;
mod rows;
mod small;
mod world;

pub use branches::fill_in as fill_in_branches;
pub use mark::{Found, check_later, clock, is_to_be_written, look};

use domain::subsidy::YearMonth;
use domain::time::{Date, Instant, iso_date};
use mark::{begin, seal};
use sea_orm::{ActiveValue::Set, EntityTrait};
use service::clock::Clock;
use service::db::Transaction;
use service::demo::{Demo, DemoAccount};
use service::entity::sequence;
use service::error::{Error, Result};
use service::{Env, holiday_file, job, reference, subsidy};
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

/// What the pages of the demo show.
pub const SHOWN: Demo = Demo { accounts: ACCOUNTS, password: PASSWORD };

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

/// The demo's clock when nobody says otherwise, and the moment up to which `small` goes: 2024-03-16 10:00 JST.
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
/// Those of [`check_now`] and [`is_to_be_written`].
pub async fn seed(env: &Env, size: Size, now: Instant) -> Result<()> {
    check_now(now)?;
    if !is_to_be_written(&env.db, size).await? {
        return Ok(());
    }
    reference::seed(env).await?;
    let written_until = match size {
        Size::Small => start(),
        Size::City { .. } => now,
    };
    // The clock stands while the city is written: the same arguments give the same rows, to the microsecond.
    let then = Env { clock: Clock::frozen(written_until), ..env.clone() };
    match size {
        Size::Small => small::write(&then, PASSWORD_HASH.to_owned()).await?,
        Size::City { years } => city::write(&then, PASSWORD_HASH.to_owned(), years, now).await?,
    }
    job::live_until(&then, now).await?;
    seal(&then, size).await
}

/// Runs a month's close as it ran then, five minutes after its cutoff.
async fn close(env: &Env, month: YearMonth) -> Result<()> {
    let then = Env { clock: Clock::frozen(month.cutoff().plus_minutes(5)), ..env.clone() };
    subsidy::close_month(&then, month, false).await?;
    Ok(())
}

/// Lets the numbers go on above those used.
async fn put_sequence(transaction: &Transaction, kind: &str, next: u32) -> Result<()> {
    let row = sequence::ActiveModel { kind: Set(kind.to_owned()), next: Set(i64::from(next)) };
    sequence::Entity::insert(row).exec_without_returning(transaction).await?;
    Ok(())
}
