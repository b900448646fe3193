//! The large city, for the benchmarks.

use crate::Env;
use crate::error::{Error, Result};
use domain::time::Instant;

/// Writes the large city.
///
/// # Errors
/// Those of the database.
pub async fn write(_env: &Env, _password_hash: String, _years: u32, _now: Instant) -> Result<()> {
    Err(Error::Broken("the large city comes with the benchmarks".into()))
}
