//! A case's days for the calendars of its two members, by its state.
#![allow(clippy::expect_used, clippy::panic, clippy::unwrap_used, reason = "a test ends where it fails")]

mod support;

use domain::actor::MemberKind;
use domain::calendar::Appointment;
use domain::request::CoordinationStatus as S;
use service::Error;
use service::calendar::of_case;
use support::at;

both_databases! {
    async fn only_the_two_members_of_a_case_find_its_days(world) {
        let (family, provider) = (world.a_family().await, world.a_provider().await);
        let both = world.member("midori", MemberKind::Both, "佐藤", "一郎").await;
        let strangers = [both.actor, world.coordinator("midori").await, world.coordinator("aoba").await, world.hq().await];
        for &status in S::ALL {
            let no = world.a_case(&family, Some(&provider), status).await;
            for actor in [&family.person.actor, &provider.actor] {
                let found = of_case(&world.env, actor, no).await;
                if status.meeting_known() {
                    let found = found.unwrap();
                    assert_eq!((found.no, found.revision), (no, 1));
                    assert_eq!(found.entries[0].what, Appointment::Meeting);
                    assert_eq!(found.entries[0].start, at("2024-03-25T11:30"));
                    let activity = found.entries.get(1).map(|entry| (entry.start, entry.end, entry.off));
                    let hours = (at("2024-03-30T11:30"), Some(at("2024-03-30T13:30")));
                    let agreed = matches!(status, S::Established | S::Completed | S::Cancelled);
                    assert_eq!(activity, agreed.then_some((hours.0, hours.1, status == S::Cancelled)), "{status:?}");
                } else {
                    assert!(matches!(found, Err(Error::NotFound)), "{status:?}");
                }
            }
            for stranger in &strangers {
                assert!(matches!(of_case(&world.env, stranger, no).await, Err(Error::NotFound)), "{status:?}");
            }
        }
    }
}
