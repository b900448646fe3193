//! What the product itself knows of a demo: whom its login page lists, and how far its clock is ahead. The demo's city is
//! the crate `demo`.

use crate::Env;
use crate::clock::Clock;
use crate::db::Db;
use crate::entity::setting;
use crate::error::{Result, stored};
use sea_orm::sea_query::OnConflict;
use sea_orm::{ActiveValue::Set, EntityTrait};

/// Where a database keeps how far its demo's clock is ahead.
const CLOCK: &str = "demo_clock";

/// What the pages of a demo show beside the product's own.
#[derive(Clone, Copy, Debug, Default)]
pub struct Demo {
    /// Who can sign in.
    pub accounts: &'static [DemoAccount],
    /// The password of each of them.
    pub password: &'static str,
}

/// An account of the demo, as the login page lists it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct DemoAccount {
    /// ユーザーID
    pub user_id: &'static str,
    /// Who that is.
    pub who: &'static str,
}

/// Keeps in the database how far the demo's clock is ahead, so that other commands on it share the demo's time.
pub async fn keep_clock(env: &Env) -> Result<()> {
    let Some(shift) = env.clock.shift() else { return Ok(()) };
    let row = setting::ActiveModel { key: Set(CLOCK.to_owned()), value: Set(shift.to_string()) };
    let moved = OnConflict::column(setting::Column::Key).update_column(setting::Column::Value).to_owned();
    setting::Entity::insert(row).on_conflict(moved).exec_without_returning(env.db.write()).await?;
    Ok(())
}

/// The clock that a demo kept in its database; `None` before it kept one.
pub async fn kept_clock(db: &Db) -> Result<Option<Clock>> {
    let Some(kept) = setting::Entity::find_by_id(CLOCK).one(db.read()).await? else { return Ok(None) };
    Ok(Some(Clock::shifted(stored(kept.value.parse().ok(), "demo clock")?)))
}
