//! The history of the schema: each migration is written by hand, forward and back, and never changed afterwards.

pub use sea_orm_migration::MigratorTrait;
use sea_orm_migration::prelude::*;

mod m0001_foundation;
mod m0002_text_size;
mod m0003_ten_years;

/// Runs the migrations in order.
pub struct Migrator;

#[async_trait::async_trait]
impl MigratorTrait for Migrator {
    fn migrations() -> Vec<Box<dyn MigrationTrait>> {
        vec![
            Box::new(m0001_foundation::Migration),
            Box::new(m0002_text_size::Migration),
            Box::new(m0003_ten_years::Migration),
        ]
    }
}
