//! Who sees a case, by role, state and time.

use super::*;

both_databases! {
    async fn the_matched_provider_sees_by_state_and_time(world) {
        let env = &world.env;
        let (family, provider) = (world.a_family().await, world.a_provider().await);
        for &status in S::ALL {
            let no = world.a_case(&family, Some(&provider), status).await;
            let seen = coordination::provider_case(env, &provider.actor, no).await;
            if matches!(status, S::Draft | S::Submitted | S::InCoordination | S::Offering | S::NotEstablished | S::Withdrawn) {
                assert!(matches!(seen, Err(Error::NotFound)), "{status:?}");
                continue;
            }
            let seen = seen.unwrap();
            assert_eq!(seen.family.is_some(), status.meeting_known(), "{status:?}");
            assert_eq!(seen.contacts.is_some(), matches!(status, S::Established | S::Completed), "{status:?}");
            let sheet = meeting::read_sheet(env, &provider.actor, no).await;
            assert_eq!(sheet.is_ok(), seen.contacts.is_some(), "{status:?}");
        }
        let no = world.a_case(&family, Some(&provider), S::Completed).await;
        env.clock.advance_to(at("2024-04-29T23:59"));
        assert!(coordination::provider_case(env, &provider.actor, no).await.unwrap().contacts.is_some());
        env.clock.advance_to(at("2024-04-30T00:00"));
        let later = coordination::provider_case(env, &provider.actor, no).await.unwrap();
        assert!(later.contacts.is_none() && later.family.is_some());
        let listed = coordination::provider_cases(env, &provider.actor, None).await.unwrap().cases;
        assert_eq!(listed.len(), 6, "打合せ予定, 打合せ済, 成立, キャンセル, 完了 twice");
        let stranger = world.member("midori", MemberKind::Provider, "他", "人").await;
        assert!(matches!(coordination::provider_case(env, &stranger.actor, no).await, Err(Error::NotFound)));
        assert!(matches!(coordination::provider_case(env, &family.person.actor, no).await, Err(Error::NotFound)));
    }

    async fn results_stand_by_their_day_and_page_by_key(world) {
        let env = &world.env;
        let (family, provider) = (world.a_family().await, world.a_provider().await);
        let (mut asked, mut listed, mut after) = (Vec::new(), Vec::new(), None);
        for place in 0..60 {
            // Asked for in another order than the days of the care; two of each day.
            let day = at("2024-04-01T09:00").plus_days(place * 7 % 30);
            let spec = CaseSpec {
                status: S::Established, starts_at: day, ends_at: day.plus_minutes(60), ..CaseSpec::default()
            };
            asked.push((day, world.case(&family, Some(&provider), spec).await));
        }
        loop {
            let page = coordination::provider_cases(env, &provider.actor, after).await.unwrap();
            listed.extend(page.cases.into_iter().map(|case| (case.starts_at, case.no)));
            after = page.next;
            if after.is_none() {
                break;
            }
        }
        asked.sort_by(|one, other| other.cmp(one));
        assert_eq!(listed, asked);
    }

    async fn the_history_is_for_the_branch_and_the_headquarters(world) {
        let env = &world.env;
        let (family, provider, desk) = (world.a_family().await, world.a_provider().await, world.coordinator("midori").await);
        let no = world.a_case(&family, Some(&provider), S::MeetingHeld).await;
        let empty = coordination::note(env, &desk, no, " \u{3000}", "", "page").await;
        assert!(matches!(empty, Err(Error::Invalid(_))), "{empty:?}");
        // Pressed twice it is one memo; other words from a page that was gone back to are another.
        for text in ["9時に電話。話し中", "10時に電話。留守", "10時に電話。留守"] {
            coordination::note(env, &desk, no, text, "", "page").await.unwrap();
        }
        let memos = async |actor: &Actor| {
            let entries = history::of_request(env, actor, no).await.unwrap().entries;
            entries.into_iter().map(|entry| (entry.reason, entry.withheld)).collect::<Vec<_>>()
        };
        let texts = ["9時に電話。話し中", "10時に電話。留守"].map(|text| (Some(text.to_owned()), false));
        assert_eq!(memos(&desk).await, texts);
        assert_eq!(memos(&world.hq().await).await, [(None, true), (None, true)], "what the branch noted is its own");
        let read = coordination::read_only(env, &world.hq().await, no).await.unwrap();
        assert!(read.actions.is_empty());
        // Whom to call, where they live and what they wrote is the branch's to know.
        assert!(!coordination::details(env, &desk, no).await.unwrap().notes.is_empty() && read.notes.is_empty());
        assert!(!read.children.is_empty() && read.children.iter().all(|child| child.birth_date.is_none()));
        for person in [read.family, read.provider.unwrap()] {
            assert!(!person.name.is_empty() && person.telephone.is_empty() && person.address.is_empty());
        }
        for actor in [&family.person.actor, &provider.actor] {
            assert!(matches!(history::of_request(env, actor, no).await, Err(Error::NotFound)));
            assert!(matches!(coordination::read_only(env, actor, no).await, Err(Error::NotFound)));
        }
        assert!(matches!(coordination::read_only(env, &desk, no).await, Err(Error::NotFound)), "she has the desk");
        let draft = world.a_case(&family, None, S::Draft).await;
        assert!(matches!(coordination::read_only(env, &world.hq().await, draft).await, Err(Error::NotFound)));
        assert!(matches!(history::of_request(env, &desk, draft).await, Err(Error::NotFound)));
    }
}
