//! What every database needs besides its tables: tariff, public holidays, wards. Written at every start after the
//! migrations; what the headquarters changed in the database stays.
//!
//! A tariff version that is there already keeps its prices. Only its last day is taken from the file, and only where the
//! database has none yet: otherwise a new version could never follow an open one.

use crate::entity::{holiday, tariff_version};
use crate::error::{Error, Result};
use crate::{Env, holiday_file, tariff, tariff_file, ward};
use domain::tariff::{Tariff, TariffVersion};
use domain::time::Date;
use sea_orm::ActiveValue::Set;
use sea_orm::sea_query::{Expr, OnConflict};
use sea_orm::{ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter};

/// Writes whatever is missing of the reference data; doing it again changes nothing.
///
/// # Errors
/// Those of [`seed_tariff`], and [`Error::Broken`] when a data file brought along is damaged.
pub async fn seed(env: &Env) -> Result<()> {
    let tariff = tariff_file::yokohama().map_err(|error| Error::Broken(format!("tariffs/yokohama.toml: {error}")))?;
    let transaction = env.db.begin().await?;
    seed_tariff(&transaction, &tariff).await?;
    seed_holidays(&transaction).await?;
    ward::seed(&transaction).await?;
    transaction.commit().await?;
    crate::member::respell(env).await
}

/// Writes the versions that are missing, and ends those that the file ends and the database has open.
///
/// # Errors
/// [`Error::Broken`] when a day would then belong to two versions.
pub async fn seed_tariff<C: ConnectionTrait>(transaction: &C, tariff: &Tariff) -> Result<()> {
    for version in &tariff.versions {
        put_version(transaction, version).await?;
    }
    tariff::load_from(transaction).await.map(drop)
}

async fn put_version<C: ConnectionTrait>(transaction: &C, version: &TariffVersion) -> Result<()> {
    let row = tariff_version::ActiveModel {
        name: Set(version.name.clone()),
        effective_from: Set(version.effective_from.unwrap_or(FIRST_DAY)),
        effective_to: Set(version.effective_to),
        rules: Set(serde_json::to_string(version)?),
    };
    let keep = OnConflict::column(tariff_version::Column::Name).do_nothing().to_owned();
    tariff_version::Entity::insert_many([row]).on_conflict(keep).exec_without_returning(transaction).await?;
    let Some(row) = tariff_version::Entity::find_by_id(&version.name).one(transaction).await? else { return Ok(()) };
    let mut kept: TariffVersion = serde_json::from_str(&row.rules)?;
    if kept.effective_to.is_none() && version.effective_to.is_some() {
        kept.effective_to = version.effective_to;
        tariff_version::Entity::update_many()
            .col_expr(tariff_version::Column::EffectiveTo, Expr::value(kept.effective_to))
            .col_expr(tariff_version::Column::Rules, Expr::value(serde_json::to_string(&kept)?))
            .filter(tariff_version::Column::Name.eq(&version.name))
            .exec(transaction)
            .await?;
        tracing::info!(version = version.name, last_day = ?kept.effective_to, "a tariff version ends");
    }
    if kept != *version {
        tracing::warn!(version = version.name, "the tariff in the database differs from the file and stays as it is");
    }
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
