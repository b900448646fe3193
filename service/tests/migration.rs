//! What a migration does to the rows of a release before it.

#![allow(clippy::expect_used, clippy::panic, clippy::unwrap_used, reason = "a test ends where it fails")]

mod support;

use domain::request::{CareKind, CoordinationStatus as S};
use migration::{Migrator, MigratorTrait};
use sea_orm::EntityTrait;
use service::db;
use service::entity::care_request;
use support::World;

/// Takes every migration after this one back.
async fn back_to(world: &World, name: &str) {
    let later = Migrator::migrations().iter().rev().take_while(|one| one.name() != name).count();
    Migrator::down(world.env.db.schema(), Some(u32::try_from(later).unwrap())).await.unwrap();
}

both_databases! {
    async fn a_completed_case_whose_report_was_voided_is_established_again(world) {
        let (family, provider) = (world.a_family().await, world.a_provider().await);
        let mut cases = Vec::new();
        for report in ["voided", "approved"] {
            let no = world.a_case(&family, Some(&provider), S::Completed).await;
            world.a_report(no, &provider, report).await;
            cases.push(no);
        }
        back_to(&world, "m0005_results_by_day").await;
        Migrator::up(world.env.db.schema(), None).await.unwrap();
        assert_eq!((world.status(cases[0]).await, world.status(cases[1]).await), (S::Established, S::Completed));
    }

    async fn a_choice_that_a_draft_left_open_is_unknown_and_one_that_was_made_stays(world) {
        let family = world.a_family().await;
        let no = world.a_case(&family, None, S::Draft).await;
        let id = world.request_id(no).await;
        back_to(&world, "m0008_hours_of_activities").await;
        let run = async |sql: &str| db::execute(world.env.db.write(), sql, vec![id.into()]).await.unwrap();
        run("UPDATE care_request SET care_place = '' WHERE id = $1").await;
        let choices = async || {
            let row = care_request::Entity::find_by_id(id).one(world.env.db.write()).await.unwrap().unwrap();
            (row.care_kind, row.care_place)
        };
        Migrator::up(world.env.db.schema(), None).await.unwrap();
        assert_eq!(choices().await, (Some(CareKind::Care), None));
        // Back again: the release before finds the empty text that it wrote.
        back_to(&world, "m0008_hours_of_activities").await;
        let empty = "UPDATE care_request SET notes = 'as before' WHERE id = $1 AND care_place = '' AND care_kind = 'care'";
        assert_eq!(run(empty).await, 1);
        Migrator::up(world.env.db.schema(), None).await.unwrap();
        assert_eq!(choices().await, (Some(CareKind::Care), None));
    }
}
