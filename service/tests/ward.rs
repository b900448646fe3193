//! The branches' reference data: written at every start, never over what is known better.
#![allow(clippy::expect_used, clippy::panic, clippy::unwrap_used, reason = "a test ends where it fails")]

mod support;

use service::ward::Branch;
use service::{db, ward};
use support::{World, at};

async fn branch(world: &World, ward: &str) -> Branch {
    ward::all(&world.env).await.unwrap().into_iter().find(|branch| branch.ward == ward).unwrap()
}

both_databases! {
    async fn the_wards_are_written_twice_without_harm(world) {
        let wards = ward::all(&world.env).await.unwrap();
        assert_eq!(wards.len(), 18);
        assert_eq!(wards[12].name, "緑区支部");
        assert_eq!(wards[12].telephone, "045-982-3521");
        assert_eq!(wards[12].hours_text, "火〜土 9:00〜17:00");
        assert_eq!(wards[0].telephone, "", "an unknown number is never made up");

        let known = "UPDATE ward SET telephone = '045-000-0001' WHERE code = 'tsurumi'";
        db::execute(world.env.db.write(), known, vec![]).await.unwrap();
        ward::seed(world.env.db.write()).await.unwrap();
        assert_eq!(branch(&world, "tsurumi").await.telephone, "045-000-0001");
        assert_eq!(ward::all(&world.env).await.unwrap()[12], wards[12]);
    }

    async fn a_branch_is_reached_by_the_days_of_the_holiday_table(world) {
        let holiday = "INSERT INTO holiday (date, name) VALUES ('2024-02-12', '休日') ON CONFLICT DO NOTHING";
        db::execute(world.env.db.write(), holiday, vec![]).await.unwrap();
        let tuesday = ward::reach(&world.env, "midori", at("2024-02-13T10:00")).await.unwrap();
        assert!(!tuesday.open, "the Tuesday after a Monday holiday");
        assert_eq!(tuesday.next_opening, Some(at("2024-02-14T09:00")));
        assert!(ward::reach(&world.env, "midori", at("2024-02-14T09:00")).await.unwrap().open);
        assert!(matches!(ward::reach(&world.env, "nowhere", at("2024-02-14T09:00")).await, Err(service::Error::NotFound)));
    }

    async fn telephones_of_a_file_with_an_unknown_ward_are_all_refused(world) {
        let file = |ward: &str| [("tsurumi", "045-000-0002"), (ward, "045-000-0003")].map(|(k, v)| (k.into(), v.into())).into();
        ward::set_telephones(&world.env, &file("yokohama")).await.unwrap_err();
        assert_eq!(branch(&world, "tsurumi").await.telephone, "", "nothing half-written");
        ward::set_telephones(&world.env, &file("aoba")).await.unwrap();
        assert_eq!(branch(&world, "tsurumi").await.telephone, "045-000-0002");
        assert_eq!(branch(&world, "aoba").await.telephone, "045-000-0003");
    }
}
