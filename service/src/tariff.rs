//! The tariff and the holidays in force, read from the database; [`crate::reference`] seeds them.

use crate::db;
use crate::error::Result;
use domain::fee::{CancellationFee, Care, FeeRefusal, Quote};
use domain::holiday::{Holiday, HolidayCalendar};
use domain::tariff::{Tariff, TariffVersion};
use domain::time::{Date, Instant};
use sea_orm::{ConnectionTrait, FromQueryResult};
use time::Duration;

/// What a fee is computed with.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Rates {
    /// Every version of the tariff.
    pub tariff: Tariff,
    /// The public holidays known.
    pub holidays: HolidayCalendar,
}

impl Rates {
    /// Computes what a care costs.
    ///
    /// # Errors
    /// As [`domain::fee::quote`].
    pub fn quote(&self, care: &Care) -> Result<Quote, FeeRefusal> {
        domain::fee::quote(&self.tariff, &self.holidays, care)
    }

    /// Computes what a family owes that cancels a planned care at this moment.
    ///
    /// # Errors
    /// As [`domain::fee::quote`].
    pub fn cancellation_fee(&self, care: &Care, at: Instant) -> Result<CancellationFee, FeeRefusal> {
        domain::fee::cancellation_fee(&self.tariff, &self.holidays, care, at)
    }

    /// The same rates with the holidays of two years before and one year after a day only, small enough for a browser.
    #[must_use]
    pub fn around(&self, day: Date) -> Self {
        let from = day.checked_sub(Duration::days(2 * 366)).unwrap_or(Date::MIN);
        let to = day.checked_add(Duration::days(366)).unwrap_or(Date::MAX);
        Self { tariff: self.tariff.clone(), holidays: self.holidays.window(from, to) }
    }
}

/// Reads the tariff and the holidays.
///
/// # Errors
/// Those of the database.
pub async fn load<C: ConnectionTrait>(connection: &C) -> Result<Rates> {
    #[derive(FromQueryResult)]
    struct Version {
        rules: String,
    }
    #[derive(FromQueryResult)]
    struct Day {
        date: Date,
        name: String,
    }
    let versions =
        db::rows::<Version, _>(connection, "SELECT rules FROM tariff_version ORDER BY effective_from", vec![]).await?;
    let versions = versions
        .into_iter()
        .map(|version| Ok(serde_json::from_str::<TariffVersion>(&version.rules)?))
        .collect::<Result<Vec<_>>>()?;
    let days = db::rows::<Day, _>(connection, "SELECT date, name FROM holiday ORDER BY date", vec![]).await?;
    let days = days.into_iter().map(|day| Holiday { date: day.date, name: day.name }).collect();
    // Without a table nothing is known about any day, and a quote refuses by name.
    let holidays =
        HolidayCalendar::of_years(days).unwrap_or_else(|| HolidayCalendar::new(Date::MAX, Date::MIN, vec![]));
    Ok(Rates { tariff: Tariff { name: "database".to_owned(), versions }, holidays })
}

/// Reads the version in force on a day; `None` where there is none.
///
/// # Errors
/// Those of the database.
pub async fn on<C: ConnectionTrait>(connection: &C, day: Date) -> Result<Option<TariffVersion>> {
    let sql = "SELECT rules FROM tariff_version WHERE effective_from <= $1 AND (effective_to IS NULL OR effective_to >= $1) \
               ORDER BY effective_from DESC LIMIT 1";
    let rules: Option<String> = db::scalar(connection, sql, vec![day.into()]).await?;
    Ok(rules.map(|rules| serde_json::from_str(&rules)).transpose()?)
}
