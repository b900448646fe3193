//! How far ahead a day may lie, by the holidays of this database and the settings of this server.

use crate::Env;
use crate::entity::holiday;
use crate::error::Result;
use domain::horizon::Horizon;
use domain::time::Date;
use sea_orm::{ConnectionTrait, EntityTrait, QueryOrder};
use time::Month;

/// The days that can be planned for, seen from today.
pub async fn load<C: ConnectionTrait>(connection: &C, env: &Env) -> Result<Horizon> {
    let last = holiday::Entity::find().order_by_desc(holiday::Column::Date).one(connection).await?;
    // The table holds whole years. An empty one names no last day: there every price is refused anyway.
    let until = last.and_then(|last| Date::from_calendar_date(last.date.year(), Month::December, 31).ok());
    let months = env.settings.request_months;
    Ok(Horizon { today: env.clock.today(), holidays_until: until.unwrap_or(Date::MAX), months })
}
