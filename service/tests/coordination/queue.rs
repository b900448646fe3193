//! The working queue and the search of the desk, in the own ward alone.

use super::*;
use domain::id::MemberId;

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
        let shelf = &queue.groups[1];
        assert_eq!(shelf.group, QueueGroup::Untaken);
        assert_eq!(shelf.lines.iter().map(|line| line.no).collect::<Vec<_>>(), [sooner, later]);
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
        let counts: Vec<(QueueGroup, u64)> = queue.groups.iter().map(|shelf| (shelf.group, shelf.count)).collect();
        assert_eq!(
            counts,
            [
                (QueueGroup::Stalled, 1),
                (QueueGroup::Untaken, 1),
                (QueueGroup::Searching, 1),
                (QueueGroup::Meeting, 2),
                (QueueGroup::Answering, 1),
                (QueueGroup::MeetingAhead, 1),
                (QueueGroup::Established, 1),
            ]
        );
        assert_eq!((queue.groups[0].lines[0].no, queue.groups[0].lines[0].stall), (stalled, Some(Stall::Untaken)));
        assert_eq!((queue.to_do(), queue.waiting()), (5, 3), "what waits for others is counted apart");
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
                assert!(matches!(coordination::note(env, &desk, no, "x", "", "").await, Err(Error::NotFound)));
                let withdrawn = coordination::withdraw(env, &desk, no, by_phone(), "x").await;
                assert!(matches!(withdrawn, Err(Error::NotFound)), "a draft is the family's alone: {withdrawn:?}");
            }
            assert!(matches!(coordination::details(env, &aoba, no).await, Err(Error::NotFound)), "{status:?}");
            assert!(matches!(coordination::candidates(env, &aoba, no).await, Err(Error::NotFound)), "{status:?}");
            assert!(matches!(coordination::note(env, &aoba, no, "x", "", "").await, Err(Error::NotFound)), "{status:?}");
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
            let found = coordination::search(env, &desk, words, None).await.unwrap();
            assert_eq!(found.lines.iter().map(|found| found.line.no).collect::<Vec<_>>(), [no], "{words}");
            assert_eq!((found.total, found.met), (1, Some(Met::Name)), "{words}");
            let by = &found.lines[0].by;
            let provider = matches!(by, FoundBy::Provider(name) if name.contains("山田"));
            assert_eq!(provider, words == "山田", "{words}: {by:?}");
        }
        let report = world.count("SELECT report_no FROM activity_report").await;
        let report = domain::number::ReportNo(u32::try_from(report).unwrap());
        assert_eq!(coordination::case_of_report(env, &desk, report).await.unwrap(), no);
        for stranger in [world.coordinator("aoba").await, family.person.actor.clone(), world.hq().await] {
            assert!(matches!(coordination::case_of_report(env, &stranger, report).await, Err(Error::NotFound)));
        }
    }

    async fn a_case_is_found_by_its_number_and_its_reports_without_their_letters(world) {
        let env = &world.env;
        let (family, provider, desk) = (world.a_family().await, world.a_provider().await, world.coordinator("midori").await);
        let no = world.a_case(&family, Some(&provider), S::Established).await;
        world.a_report(no, &provider, "draft").await;
        let report = world.count("SELECT report_no FROM activity_report").await;
        let padded = format!("{:07}", no.0);
        let wide: String = padded.chars().filter_map(|c| char::from_u32(u32::from(c) + 0xFEE0)).collect();
        let hyphen = format!("{}-{}", &padded[..3], &padded[3..]);
        for (words, by) in [
            (padded, FoundBy::Request),
            (wide, FoundBy::Request),
            (hyphen, FoundBy::Request),
            (report.to_string(), FoundBy::Report),
        ] {
            let found = coordination::search(env, &desk, &words, None).await.unwrap();
            let lines: Vec<_> = found.lines.iter().map(|found| (found.line.no, found.by.clone())).collect();
            assert_eq!((found.total, lines), (1, vec![(no, by)]), "{words}");
            let aoba = world.coordinator("aoba").await;
            assert_eq!(coordination::search(env, &aoba, &words, None).await.unwrap().total, 0, "{words}");
        }
        // Beside it stands whoever's telephone ends so.
        let like = world.a_family().await;
        let telephone = format!("045-{:03}-{:04}", no.0 / 10_000, no.0 % 10_000);
        let called = format!("UPDATE member SET telephone = '{telephone}' WHERE id = {}", like.person.id.0);
        db::execute(env.db.write(), &called, vec![]).await.unwrap();
        let other = world.a_case(&like, None, S::Submitted).await;
        let found = coordination::search(env, &desk, &format!("{:07}", no.0), None).await.unwrap();
        let lines: Vec<_> = found.lines.iter().map(|found| (found.line.no, found.by.clone())).collect();
        assert_eq!(lines, [(other, FoundBy::Family), (no, FoundBy::Request)]);
        assert_eq!(coordination::search(env, &desk, "9999999", None).await.unwrap().total, 0);
    }

    async fn more_found_cases_than_a_page_holds_are_counted_and_go_on(world) {
        let env = &world.env;
        let (family, provider, desk) = (world.a_family().await, world.a_provider().await, world.coordinator("midori").await);
        for _ in 0..53 {
            world.a_case(&family, Some(&provider), S::Established).await;
        }
        let first = coordination::search(env, &desk, "木村", None).await.unwrap();
        assert_eq!((first.total, first.lines.len()), (53, 50));
        let rest = coordination::search(env, &desk, "木村", first.next).await.unwrap();
        assert_eq!((rest.total, rest.lines.len(), rest.next), (53, 3, None));
        assert!(!rest.lines.iter().any(|late| first.lines.contains(late)));
        assert_eq!(coordination::search(env, &desk, " ", None).await.unwrap().total, 0);
        assert_eq!(coordination::search(env, &world.coordinator("aoba").await, "木村", None).await.unwrap().total, 0);
    }

    async fn a_members_cases_on_either_side_are_listed_for_the_own_branch(world) {
        let env = &world.env;
        let (family, provider, desk) = (world.a_family().await, world.a_provider().await, world.coordinator("midori").await);
        let given = world.a_case(&family, Some(&provider), S::Established).await;
        let asked = world.a_case(&family, None, S::Submitted).await;
        world.a_case(&family, None, S::Draft).await;
        let of = async |actor: &Actor, member: MemberId| {
            let (lines, _) = coordination::cases_of_member(env, actor, member, None).await?;
            Ok::<_, Error>(lines.iter().map(|line| line.no).collect::<Vec<_>>())
        };
        assert_eq!(of(&desk, family.person.id).await.unwrap(), [asked, given]);
        assert_eq!(of(&desk, provider.id).await.unwrap(), [given]);
        let aoba = world.coordinator("aoba").await;
        assert!(of(&aoba, family.person.id).await.unwrap().is_empty());
        for actor in [&family.person.actor, &provider.actor, &world.hq().await] {
            assert!(matches!(of(actor, family.person.id).await, Err(Error::NotFound)));
        }
    }
}
