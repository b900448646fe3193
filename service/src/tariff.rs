//! The tariff and the holidays in force, read from the database; [`crate::reference`] seeds them.

use crate::Env;
use crate::entity::{holiday, tariff_version};
use crate::error::{Error, Result};
use domain::fee::{CancellationFee, Care, FeeRefusal, Quote};
use domain::holiday::{Holiday, HolidayCalendar};
use domain::tariff::{Tariff, TariffFault, TariffVersion};
use domain::time::{Date, Instant};
use sea_orm::{ConnectionTrait, EntityTrait, QueryOrder};
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
/// [`Error::Broken`] when the versions in the database are no tariff, such as two that share a day.
pub async fn load(env: &Env) -> Result<Rates> {
    load_from(env.db.read()).await
}

/// [`load`] inside of a transaction.
pub(crate) async fn load_from<C: ConnectionTrait>(connection: &C) -> Result<Rates> {
    let versions = tariff_version::Entity::find().order_by_asc(tariff_version::Column::EffectiveFrom);
    let versions = versions
        .all(connection)
        .await?
        .into_iter()
        .map(|version| Ok(serde_json::from_str::<TariffVersion>(&version.rules)?))
        .collect::<Result<Vec<_>>>()?;
    let days = holiday::Entity::find().order_by_asc(holiday::Column::Date).all(connection).await?;
    let days = days.into_iter().map(|day| Holiday { date: day.date, name: day.name }).collect();
    // Without a table nothing is known about any day, and a quote refuses by name.
    let holidays =
        HolidayCalendar::of_years(days).unwrap_or_else(|| HolidayCalendar::new(Date::MAX, Date::MIN, vec![]));
    let tariff = Tariff { name: "database".to_owned(), versions };
    // Whoever is charged, is charged by the one version of that day: rather nobody than the wrong one.
    if !tariff.versions.is_empty() {
        tariff.validate().map_err(|faults| Error::Broken(broken(&faults)))?;
    }
    Ok(Rates { tariff, holidays })
}

fn broken(faults: &[TariffFault]) -> String {
    let faults = faults.iter().map(ToString::to_string).collect::<Vec<_>>().join("; ");
    format!("the table tariff_version is no tariff: {faults}")
}
