//! 給付金申請一覧: what the next close would claim, what would slip and why, page by page.

use super::*;

both_databases! {
    async fn the_preview_says_what_would_be_claimed_and_what_would_slip_and_why(world) {
        let provider = world.a_provider().await;
        let stranger = world.member("aoba", MemberKind::Provider, "佐藤", "明子").await;
        let settled = at("2024-03-10T10:00");
        report(&world, &provider, "midori", Given { coupon: 500, ..Given::settled(1, settled, settled) }).await;
        report(&world, &provider, "midori", Given::waiting(2, "draft", None)).await;
        report(&world, &provider, "midori", Given::waiting(3, "awaiting_approval", None)).await;
        report(&world, &provider, "midori", Given::waiting(4, "revision_requested", None)).await;
        report(&world, &provider, "midori", Given::waiting(5, "approved", Some(settled))).await;
        report(&world, &provider, "midori", Given::waiting(6, "voided", None)).await;
        report(&world, &stranger, "aoba", Given::settled(7, settled, settled)).await;

        let own = preview(&world.env, &provider.actor, None, Place::default()).await.unwrap();
        assert_eq!((own.month, own.ready_count, own.ready_yen, own.slip_count), (month("2024-04"), 1, 1500, 4));
        assert_eq!(own.ready.iter().map(|line| line.report.as_str()).collect::<Vec<_>>(), ["EKH3000001"]);
        let slips: Vec<_> = own.slips.iter().map(|(slip, line)| (*slip, line.report.as_str())).collect();
        assert_eq!(slips, [
            (Slip::NotReceived, "EKH3000005"),
            (Slip::RevisionRequested, "EKH3000004"),
            (Slip::NotApproved, "EKH3000003"),
            (Slip::NotSubmitted, "EKH3000002"),
        ]);
        let seen = async |actor, ward| preview(&world.env, actor, ward, Place::default()).await.unwrap().ready_yen;
        let (midori, aoba, hq) = (world.coordinator("midori").await, world.coordinator("aoba").await, world.hq().await);
        assert_eq!(seen(&midori, None).await, 1500);
        assert_eq!(seen(&aoba, None).await, 1000);
        assert_eq!(seen(&midori, Some("aoba")).await, 1500, "a coordinator's ward is not hers to choose");
        assert_eq!(seen(&hq, None).await, 2500);
        assert_eq!(seen(&hq, Some("aoba")).await, 1000);
        let family = world.a_family().await;
        let refused = preview(&world.env, &family.person.actor, None, Place::default()).await;
        assert!(matches!(refused, Err(Error::NotFound)));
    }

    async fn what_was_settled_before_the_cutoff_waits_for_the_close_that_takes_it(world) {
        let provider = world.a_provider().await;
        let end = cutoff("2024-04");
        report(&world, &provider, "midori", Given::settled(1, just_before(end), just_before(end))).await;
        report(&world, &provider, "midori", Given::settled(2, just_before(end), end)).await;
        world.env.clock.advance_to(end.plus_minutes(2));
        let hq = world.hq().await;
        let dry = close_month(&world.env, month("2024-04"), true).await.unwrap();
        let seen = preview(&world.env, &provider.actor, None, Place::default()).await.unwrap();
        let waiting = seen.waiting.unwrap();
        assert_eq!((waiting.month, waiting.count, waiting.yen), (month("2024-04"), 1, dry.total));
        assert_eq!((seen.month, seen.ready_count, seen.ready_yen), (month("2024-05"), 1, 1000));
        let lines: Vec<_> = seen.ready.iter().map(|line| (line.report.as_str(), line.waits_for)).collect();
        assert_eq!(lines, [("EKH3000002", None), ("EKH3000001", Some(month("2024-04")))]);
        let city = overview::overview(&world.env, &hq).await.unwrap();
        let midori = city.wards.iter().find(|ward| ward.code == "midori").unwrap();
        assert_eq!((midori.passed_yen, midori.ready_yen, city.waiting), (1000, 1000, Some(waiting)));
        let home = service::home::provider(&world.env, &provider.actor).await.unwrap().close;
        assert_eq!((home.month, home.ready_yen), (month("2024-05"), 1000));
        assert_eq!(run_due(&world.env).await.unwrap(), [month("2024-04")]);
        let after = preview(&world.env, &provider.actor, None, Place::default()).await.unwrap();
        assert_eq!((after.waiting, after.ready_yen), (None, 1000));
        assert_eq!(overview::overview(&world.env, &hq).await.unwrap().waiting, None);
    }

    async fn an_ended_activity_without_a_report_slips_too(world) {
        let provider = world.a_provider().await;
        let family = world.a_family().await;
        let no = world.a_case(&family, Some(&provider), CoordinationStatus::Established).await;
        let written = world.a_case(&family, Some(&provider), CoordinationStatus::Established).await;
        world.a_report(written, &provider, "voided").await;
        let (midori, aoba, hq) = (world.coordinator("midori").await, world.coordinator("aoba").await, world.hq().await);
        let slips = async |actor| {
            let seen = preview(&world.env, actor, None, Place::default()).await.unwrap();
            let lines: Vec<_> = seen.slips.into_iter().map(|(slip, line)| (slip, line.request)).collect();
            assert_eq!(lines.len(), usize::try_from(seen.slip_count).unwrap());
            lines
        };
        world.env.clock.advance_to(at("2024-03-30T13:29"));
        assert_eq!(slips(&provider.actor).await, []);
        world.env.clock.advance_to(at("2024-03-30T13:30"));
        let expected = [(Slip::NotWritten, written.to_string()), (Slip::NotWritten, no.to_string())];
        for actor in [&provider.actor, &midori, &hq] {
            assert_eq!(slips(actor).await, expected, "{}", actor.name);
        }
        assert_eq!(slips(&aoba).await, []);
        world.a_report(no, &provider, "draft").await;
        let left: Vec<_> = slips(&provider.actor).await.into_iter().map(|(slip, _)| slip).collect();
        assert_eq!(left, [Slip::NotWritten, Slip::NotSubmitted]);
        // Pages: first what is not written, then the reports.
        for _ in 0..60 {
            world.a_case(&family, Some(&provider), CoordinationStatus::Established).await;
        }
        let mut place = Place::default();
        let mut pages = Vec::new();
        loop {
            let page = preview(&world.env, &provider.actor, None, place).await.unwrap();
            assert_eq!(page.slip_count, 62);
            pages.push(page.slips.len());
            place.slip_after = page.slip_next;
            if place.slip_after.is_none() {
                break;
            }
        }
        assert_eq!(pages, [50, 12]);
    }

    async fn long_lists_page_by_key_without_gap_or_double(world) {
        let provider = world.a_provider().await;
        let settled = at("2024-03-10T10:00");
        for no in 0..70 {
            report(&world, &provider, "midori", Given::settled(no, settled, settled)).await;
            report(&world, &provider, "midori", Given::waiting(100 + no, "draft", None)).await;
        }
        let first = preview(&world.env, &provider.actor, None, Place::default()).await.unwrap();
        assert_eq!((first.ready.len(), first.slips.len()), (50, 50));
        let place = Place { ready_after: first.ready_next, slip_after: first.slip_next };
        let second = preview(&world.env, &provider.actor, None, place).await.unwrap();
        assert_eq!((second.ready.len(), second.slips.len(), second.ready_next, second.slip_next), (20, 20, None, None));
        let mut all: Vec<_> = first.ready.iter().chain(&second.ready).map(|line| line.report.clone()).collect();
        all.dedup();
        assert_eq!(all.len(), 70);
    }
}
