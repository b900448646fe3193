//! The reference data of a city whose tariff changes: what the file adds takes effect, what the database has stays.
#![allow(clippy::expect_used, clippy::panic, clippy::unwrap_used, reason = "a test ends where it fails")]

mod support;

use domain::fee::{Care, CareChild};
use domain::tariff::Tariff;
use domain::time::Instant;
use sea_orm::ActiveValue::Set;
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, sea_query::Expr};
use service::entity::tariff_version;
use service::{Error, reference, tariff, tariff_file};
use support::{World, at, date};

/// Yokohama's tariff, whose last version ends on 2027-03-31, and a dearer one from the next day on.
fn old_and_new() -> Tariff {
    let mut tariff = tariff_file::yokohama().unwrap();
    let last = tariff.versions.last_mut().unwrap();
    let mut new = last.clone();
    last.effective_to = Some(date("2027-03-31"));
    new.name = "yokohama-2027-04".to_owned();
    new.effective_from = Some(date("2027-04-01"));
    for band in &mut new.bands {
        band.hour_yen += 100;
    }
    tariff.versions.push(new);
    tariff
}

async fn seed(world: &World, tariff: &Tariff) -> service::Result<()> {
    let transaction = world.env.db.begin().await.unwrap();
    reference::seed_tariff(&transaction, tariff).await?;
    transaction.commit().await.unwrap();
    Ok(())
}

/// The fee of one hour for one child from this moment on, in yen.
async fn hour(world: &World, from: Instant) -> i64 {
    let rates = tariff::load(&world.env).await.unwrap();
    let children = vec![CareChild { id: domain::id::ChildId(1), birth_date: date("2024-06-10") }];
    rates.quote(&Care { start: from, end: from.plus_minutes(60), children, others: Vec::new() }).unwrap().fee
}

both_databases! {
    async fn a_new_tariff_charges_from_its_first_day_on(world) {
        reference::seed(&world.env).await.unwrap();
        assert_eq!(hour(&world, at("2027-04-01T10:00")).await, 500);
        for _ in 0..2 {
            seed(&world, &old_and_new()).await.unwrap();
            assert_eq!(hour(&world, at("2027-03-31T10:00")).await, 500);
            assert_eq!(hour(&world, at("2027-04-01T10:00")).await, 600);
            let row = tariff_version::Entity::find_by_id("yokohama-2023-07").one(world.env.db.read()).await.unwrap();
            assert_eq!(row.unwrap().effective_to, Some(date("2027-03-31")));
        }
        // A server that still has the old file opens nothing again.
        reference::seed(&world.env).await.unwrap();
        assert_eq!(hour(&world, at("2027-04-01T10:00")).await, 600);
    }

    async fn what_the_headquarters_changed_in_a_tariff_stays(world) {
        reference::seed(&world.env).await.unwrap();
        let mut own = tariff_file::yokohama().unwrap().versions.pop().unwrap();
        own.effective_to = Some(date("2027-05-31"));
        for band in &mut own.bands {
            band.hour_yen = 700;
        }
        tariff_version::Entity::update_many()
            .col_expr(tariff_version::Column::EffectiveTo, Expr::value(own.effective_to))
            .col_expr(tariff_version::Column::Rules, Expr::value(serde_json::to_string(&own).unwrap()))
            .filter(tariff_version::Column::Name.eq(&own.name))
            .exec(world.env.db.write())
            .await
            .unwrap();
        reference::seed(&world.env).await.unwrap();
        assert_eq!(hour(&world, at("2027-05-31T10:00")).await, 700);
        // The file now begins a version within the days the headquarters gave to theirs: nobody guesses which holds.
        let said = match seed(&world, &old_and_new()).await {
            Err(Error::Broken(said)) => said,
            other => panic!("an overlap is refused, not {other:?}"),
        };
        assert!(said.contains("yokohama-2027-04") && said.contains("shares days with version `yokohama-2023-07`"), "{said}");
        assert_eq!(hour(&world, at("2027-05-31T10:00")).await, 700, "the refusal left everything as it was");
    }

    async fn two_versions_of_one_day_charge_nobody(world) {
        reference::seed(&world.env).await.unwrap();
        let new = old_and_new().versions.pop().unwrap();
        let row = tariff_version::ActiveModel {
            name: Set(new.name.clone()),
            effective_from: Set(date("2027-04-01")),
            effective_to: Set(None),
            rules: Set(serde_json::to_string(&new).unwrap()),
        };
        tariff_version::Entity::insert(row).exec_without_returning(world.env.db.write()).await.unwrap();
        assert!(matches!(tariff::load(&world.env).await, Err(Error::Broken(said)) if said.contains("shares days")));
    }
}
