//! 要連絡: a note with a day is on the branch's list from that day on, until the call was made.
#![allow(clippy::expect_used, clippy::panic, clippy::unwrap_used, reason = "a test ends where it fails")]

mod support;

use domain::fault::FieldFault;
use domain::request::CoordinationStatus as S;
use service::{Error, callback, coordination, history};
use support::{at, invalid};

both_databases! {
    async fn a_note_with_a_day_is_due_from_that_day_until_the_call_was_made(world) {
        let env = &world.env;
        let (family, desk) = (world.a_family().await, world.coordinator("midori").await);
        let no = world.a_case(&family, None, S::InCoordination).await;
        coordination::note(env, &desk, no, "夕方に折り返す", "2024-03-18", "page").await.unwrap();
        coordination::note(env, &desk, no, "夕方に折り返す", "2024-03-18", "page").await.unwrap();
        coordination::note(env, &desk, no, "ただのメモ", "", "another").await.unwrap();
        assert!(callback::due(env, &desk).await.unwrap().is_empty(), "its day has not come");
        env.clock.advance_to(at("2024-03-18T09:00"));
        let due = callback::due(env, &desk).await.unwrap();
        assert_eq!(due.len(), 1, "one page makes one call");
        let call = &due[0];
        assert_eq!((call.text.as_str(), call.request_no, call.member_no), ("夕方に折り返す", Some(no), family.person.no));
        callback::done(env, &desk, call.id).await.unwrap();
        callback::done(env, &desk, call.id).await.unwrap();
        assert!(callback::due(env, &desk).await.unwrap().is_empty());
        let entries = history::of_request(env, &desk, no).await.unwrap().entries;
        let notes: Vec<_> = entries.iter().filter_map(|entry| entry.reason.as_deref()).collect();
        assert_eq!(notes, ["夕方に折り返す\n要連絡 2024-03-18", "ただのメモ", "連絡しました：夕方に折り返す"]);
    }

    async fn two_presses_at_once_make_one_call(world) {
        let env = &world.env;
        let (family, desk) = (world.a_family().await, world.coordinator("midori").await);
        let no = world.a_case(&family, None, S::InCoordination).await;
        coordination::note(env, &desk, no, "電話する", "2024-03-16", "page").await.unwrap();
        let id = callback::due(env, &desk).await.unwrap()[0].id;
        let (one, other) = tokio::join!(callback::done(env, &desk, id), callback::done(env, &desk, id));
        one.and(other).unwrap();
        assert_eq!(world.count("SELECT COUNT(*) FROM event WHERE reason = '連絡しました：電話する'").await, 1);
    }

    async fn a_note_on_a_member_is_kept_with_her_and_due_too(world) {
        let env = &world.env;
        let (family, desk) = (world.a_family().await, world.coordinator("midori").await);
        callback::note_member(env, &desk, family.person.no, "講習の返事", "2024-03-16", "page").await.unwrap();
        let due = callback::due(env, &desk).await.unwrap();
        assert_eq!((due.len(), due[0].request_no, due[0].member_no), (1, None, family.person.no));
        let page = service::member::page(env, &desk, family.person.no).await.unwrap();
        assert_eq!(page.history[0].reason.as_deref(), Some("講習の返事\n要連絡 2024-03-16"));
    }

    async fn calls_are_their_wards_alone_and_days_are_to_come(world) {
        let env = &world.env;
        let (family, desk) = (world.a_family().await, world.coordinator("midori").await);
        let aoba = world.coordinator("aoba").await;
        let no = world.a_case(&family, None, S::InCoordination).await;
        let faults = invalid(coordination::note(env, &desk, no, "", "2024-03-15", "page").await);
        let fields: Vec<_> = faults.iter().map(|fault| (fault.field.as_str(), &fault.fault)).collect();
        assert_eq!(fields, [("note", &FieldFault::Missing), ("call_on", &FieldFault::Past)], "both at once");
        coordination::note(env, &desk, no, "電話する", "2024-03-16", "page").await.unwrap();
        let id = callback::due(env, &desk).await.unwrap()[0].id;
        assert!(callback::due(env, &aoba).await.unwrap().is_empty());
        assert!(matches!(callback::done(env, &aoba, id).await, Err(Error::NotFound)));
        for other in [&family.person.actor, &world.hq().await] {
            assert!(matches!(callback::due(env, other).await, Err(Error::NotFound)));
            assert!(matches!(callback::done(env, other, id).await, Err(Error::NotFound)));
        }
        let note = callback::note_member(env, &aoba, family.person.no, "x", "", "page").await;
        assert!(matches!(note, Err(Error::NotFound)));
    }
}
