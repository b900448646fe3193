//! The working queue and the search of the desk, in the own ward alone.

use super::*;

both_databases! {
    async fn the_soonest_day_of_care_comes_first_in_a_group(world) {
        let env = &world.env;
        let (family, desk) = (world.a_family().await, world.coordinator("midori").await);
        let on = |day: &str| CaseSpec {
            starts_at: at(&format!("{day}T09:00")),
            ends_at: at(&format!("{day}T10:00")),
            requested_at: saturday(),
            ..CaseSpec::default()
        };
        let later = world.case(&family, None, on("2024-04-22")).await;
        let sooner = world.case(&family, None, CaseSpec { requested_at: saturday().plus_minutes(5), ..on("2024-04-20") }).await;
        let queue = coordination::queue(env, &desk, &QueueFilter::default()).await.unwrap();
        let (group, _, lines) = &queue.groups[1];
        assert_eq!(*group, QueueGroup::Untaken);
        assert_eq!(lines.iter().map(|line| line.no).collect::<Vec<_>>(), [sooner, later]);
    }

    async fn the_queue_holds_the_own_ward_in_groups(world) {
        let env = &world.env;
        let (family, provider) = (world.a_family().await, world.a_provider().await);
        let (desk, aoba) = (world.coordinator("midori").await, world.coordinator("aoba").await);
        let far = CaseSpec { starts_at: at("2024-04-20T09:00"), ends_at: at("2024-04-20T10:00"), requested_at: saturday(), ..CaseSpec::default() };
        let mut numbers = Vec::new();
        for &status in S::ALL {
            numbers.push((status, world.case(&family, Some(&provider), CaseSpec { status, ..far.clone() }).await));
        }
        let old = CaseSpec { requested_at: at("2024-03-14T10:00"), ..far.clone() };
        let stalled = world.case(&family, None, old).await;
        let queue = coordination::queue(env, &desk, &QueueFilter::default()).await.unwrap();
        let counts: Vec<(QueueGroup, u64)> = queue.groups.iter().map(|(group, count, _)| (*group, *count)).collect();
        assert_eq!(
            counts,
            [
                (QueueGroup::Stalled, 1),
                (QueueGroup::Untaken, 1),
                (QueueGroup::Searching, 1),
                (QueueGroup::Answering, 1),
                (QueueGroup::Meeting, 3),
                (QueueGroup::Established, 1),
            ]
        );
        assert_eq!((queue.groups[0].2[0].no, queue.groups[0].2[0].stall), (stalled, Some(Stall::Untaken)));
        assert_eq!(queue.to_do(), 7);
        let closed = coordination::queue(env, &desk, &QueueFilter { closed: true, ..QueueFilter::default() }).await.unwrap();
        assert_eq!(closed.closed.len(), 4);
        coordination::take(env, &desk, stalled, by_phone()).await.unwrap();
        let mine = QueueFilter { mine: true, kind: Some(CareKind::Care), ..QueueFilter::default() };
        assert_eq!(coordination::queue(env, &desk, &mine).await.unwrap().to_do(), 1);
        let escort = QueueFilter { kind: Some(CareKind::Escort), ..QueueFilter::default() };
        assert_eq!(coordination::queue(env, &desk, &escort).await.unwrap().to_do(), 0);

        assert_eq!(coordination::queue(env, &aoba, &QueueFilter::default()).await.unwrap().to_do(), 0);
        for actor in [&family.person.actor, &provider.actor, &world.hq().await] {
            assert!(matches!(coordination::queue(env, actor, &QueueFilter::default()).await, Err(Error::NotFound)));
        }
        for (status, no) in numbers {
            if status == S::Draft {
                assert!(matches!(coordination::note(env, &desk, no, "x", "").await, Err(Error::NotFound)));
                let withdrawn = coordination::withdraw(env, &desk, no, by_phone(), "x").await;
                assert!(matches!(withdrawn, Err(Error::NotFound)), "a draft is the family's alone: {withdrawn:?}");
            }
            assert!(matches!(coordination::details(env, &aoba, no).await, Err(Error::NotFound)), "{status:?}");
            assert!(matches!(coordination::candidates(env, &aoba, no).await, Err(Error::NotFound)), "{status:?}");
            assert!(matches!(coordination::note(env, &aoba, no, "x", "").await, Err(Error::NotFound)), "{status:?}");
            assert!(matches!(history::of_request(env, &aoba, no).await, Err(Error::NotFound)), "{status:?}");
            let own = coordination::details(env, &desk, no).await;
            assert_eq!(own.is_ok(), status != S::Draft, "{status:?}");
        }
    }

    async fn a_case_is_found_by_its_providers_name_and_by_its_reports_number(world) {
        let env = &world.env;
        let (family, provider, desk) = (world.a_family().await, world.a_provider().await, world.coordinator("midori").await);
        let no = world.a_case(&family, Some(&provider), S::Established).await;
        world.a_case(&family, None, S::Draft).await;
        world.a_report(no, &provider, "draft").await;
        for words in ["山田", "木村"] {
            let found = coordination::search(env, &desk, words).await.unwrap();
            assert_eq!(found.iter().map(|line| line.no).collect::<Vec<_>>(), [no], "{words}");
        }
        let report = world.count("SELECT report_no FROM activity_report").await;
        let report = domain::number::ReportNo(u32::try_from(report).unwrap());
        assert_eq!(coordination::case_of_report(env, &desk, report).await.unwrap(), no);
        for stranger in [world.coordinator("aoba").await, family.person.actor.clone(), world.hq().await] {
            assert!(matches!(coordination::case_of_report(env, &stranger, report).await, Err(Error::NotFound)));
        }
    }
}
