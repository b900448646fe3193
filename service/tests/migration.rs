//! What a migration does to the rows of a release before it.

#![allow(clippy::expect_used, clippy::panic, clippy::unwrap_used, reason = "a test ends where it fails")]

mod support;

use domain::request::CoordinationStatus as S;
use migration::{Migrator, MigratorTrait};

both_databases! {
    async fn a_completed_case_whose_report_was_voided_is_established_again(world) {
        let (family, provider) = (world.a_family().await, world.a_provider().await);
        let mut cases = Vec::new();
        for report in ["voided", "approved"] {
            let no = world.a_case(&family, Some(&provider), S::Completed).await;
            world.a_report(no, &provider, report).await;
            cases.push(no);
        }
        let write = world.env.db.schema();
        let later = Migrator::migrations().iter().rev().take_while(|one| one.name() != "m0005_results_by_day").count();
        Migrator::down(write, Some(u32::try_from(later).unwrap())).await.unwrap();
        Migrator::up(write, None).await.unwrap();
        assert_eq!((world.status(cases[0]).await, world.status(cases[1]).await), (S::Established, S::Completed));
    }
}
