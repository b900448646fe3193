//! 給付金請求申請一覧 and the headquarters' page: who sees which claims.

use super::*;

both_databases! {
    async fn claims_are_seen_by_their_provider_their_ward_and_the_headquarters(world) {
        let provider = world.a_provider().await;
        let stranger = world.member("aoba", MemberKind::Provider, "佐藤", "明子").await;
        let settled = at("2024-03-10T10:00");
        report(&world, &provider, "midori", Given { coupon: 500, ..Given::settled(1, settled, settled) }).await;
        report(&world, &stranger, "aoba", Given::settled(2, settled, settled)).await;
        world.env.clock.advance_to(at("2024-04-06T00:05"));
        run_due(&world.env).await.unwrap();
        let (midori, aoba, hq) = (world.coordinator("midori").await, world.coordinator("aoba").await, world.hq().await);
        let numbers = async |actor, ward: Option<&str>| {
            let filter = ClaimFilter { ward: ward.map(str::to_owned), ..ClaimFilter::default() };
            let page = claims::list(&world.env, actor, &filter).await.unwrap();
            page.claims.into_iter().map(|claim| claim.no).collect::<Vec<_>>()
        };
        assert_eq!(numbers(&provider.actor, None).await, ["KSK0000001"]);
        assert_eq!(numbers(&stranger.actor, None).await, ["KSK0000002"]);
        assert_eq!(numbers(&midori, Some("aoba")).await, ["KSK0000001"]);
        assert_eq!(numbers(&hq, None).await, ["KSK0000002", "KSK0000001"]);
        assert_eq!(numbers(&hq, Some("aoba")).await, ["KSK0000002"]);
        let details = claims::details(&world.env, &provider.actor, "KSK0000001").await.unwrap();
        assert_eq!(details.lines.iter().map(|line| (line.benefit_yen, line.coupon_yen, line.yen)).collect::<Vec<_>>(), [(1000, 500, 1500)]);
        for actor in [&stranger.actor, &aoba, &world.a_family().await.person.actor] {
            assert!(matches!(claims::details(&world.env, actor, "KSK0000001").await, Err(Error::NotFound)), "{}", actor.name);
        }
        let page = claims::list(&world.env, &hq, &ClaimFilter::default()).await.unwrap();
        assert_eq!(page.months.iter().map(|sum| (sum.month, sum.count, sum.yen)).collect::<Vec<_>>(), [(month("2024-04"), 2, 2500)]);
        let older = ClaimFilter { month: Some(month("2024-03")), ..ClaimFilter::default() };
        assert!(claims::list(&world.env, &hq, &older).await.unwrap().claims.is_empty());
        let next = ClaimFilter { after: Some("KSK0000002".into()), ..ClaimFilter::default() };
        let rest = claims::list(&world.env, &hq, &next).await.unwrap().claims;
        assert_eq!(rest.iter().map(|claim| claim.no.as_str()).collect::<Vec<_>>(), ["KSK0000001"]);
    }

    async fn the_headquarters_sees_every_ward_on_one_line(world) {
        let provider = world.a_provider().await;
        let settled = at("2024-03-10T10:00");
        report(&world, &provider, "midori", Given::settled(1, settled, settled)).await;
        world.env.clock.advance_to(at("2024-04-06T00:05"));
        run_due(&world.env).await.unwrap();
        report(&world, &provider, "midori", Given { coupon: 500, ..Given::settled(2, at("2024-04-06T00:05"), at("2024-04-06T00:05")) }).await;
        report(&world, &provider, "midori", Given::waiting(3, "draft", None)).await;
        let hq = world.hq().await;
        let overview = overview::overview(&world.env, &hq).await.unwrap();
        let midori = overview.wards.iter().find(|ward| ward.code == "midori").unwrap();
        assert_eq!((midori.waiting_reports, midori.ready_reports, midori.ready_yen), (1, 1, 1500));
        assert_eq!((midori.claims, midori.claimed_yen), (1, 1000));
        assert!(overview.wards.iter().any(|ward| ward.code == "aoba" && ward.claims == 0));
        assert_eq!(overview.runs.iter().map(|run| (run.month, run.total_yen)).collect::<Vec<_>>(), [(month("2024-04"), 1000)]);
        let midori = world.coordinator("midori").await;
        assert!(matches!(overview::overview(&world.env, &midori).await, Err(Error::NotFound)));
    }
}
