//! What every database needs besides its tables: tariff, public holidays, wards. Written at every start after the
//! migrations; what the headquarters changed in the database stays.

use crate::entity::{holiday, tariff_version};
use crate::error::{Error, Result};
use crate::{Env, holiday_file, tariff_file, ward};
use domain::time::Date;
use sea_orm::ActiveValue::Set;
use sea_orm::sea_query::OnConflict;
use sea_orm::{ConnectionTrait, EntityTrait};

/// Writes whatever is missing of the reference data; doing it again changes nothing.
///
/// # Errors
/// Those of the database, and [`Error::Broken`] when a data file brought along is damaged.
pub async fn seed(env: &Env) -> Result<()> {
    let transaction = env.db.begin().await?;
    seed_tariff(&transaction).await?;
    seed_holidays(&transaction).await?;
    ward::seed(&transaction).await?;
    transaction.commit().await?;
    Ok(())
}

async fn seed_tariff<C: ConnectionTrait>(transaction: &C) -> Result<()> {
    let tariff = tariff_file::yokohama().map_err(|error| Error::Broken(format!("tariffs/yokohama.toml: {error}")))?;
    let mut rows = Vec::new();
    for version in &tariff.versions {
        rows.push(tariff_version::ActiveModel {
            name: Set(version.name.clone()),
            effective_from: Set(version.effective_from.unwrap_or(FIRST_DAY)),
            effective_to: Set(version.effective_to),
            rules: Set(serde_json::to_string(version)?),
        });
    }
    let keep = OnConflict::column(tariff_version::Column::Name).do_nothing().to_owned();
    tariff_version::Entity::insert_many(rows).on_conflict(keep).exec_without_returning(transaction).await?;
    Ok(())
}

async fn seed_holidays<C: ConnectionTrait>(transaction: &C) -> Result<()> {
    let calendar = holiday_file::japan().map_err(|error| Error::Broken(format!("holidays.csv: {error}")))?;
    let rows = calendar
        .holidays()
        .iter()
        .map(|holiday| holiday::ActiveModel { date: Set(holiday.date), name: Set(holiday.name.clone()) });
    let keep = OnConflict::column(holiday::Column::Date).do_nothing().to_owned();
    holiday::Entity::insert_many(rows).on_conflict(keep).exec_without_returning(transaction).await?;
    Ok(())
}

/// The day a version without a first day counts from: the system's first year.
const FIRST_DAY: Date = time::macros::date!(2000 - 01 - 01);
