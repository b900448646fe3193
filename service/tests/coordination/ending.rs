//! How a case ends: nobody found, given back, cancelled with its fee, completed.

use super::*;

both_databases! {
    async fn nobody_found_ends_the_case_with_a_reason_and_thanks(world) {
        let env = &world.env;
        let (family, provider, desk) = (world.a_family().await, world.a_provider().await, world.coordinator("midori").await);
        let no = world.a_case(&family, None, S::Offering).await;
        world.an_offer(no, &provider).await;
        let none = coordination::not_establish(env, &desk, no, by_phone(), "", "").await;
        assert!(matches!(none, Err(Error::Invalid(fields)) if fields[0].field == "reason"));
        let none = coordination::not_establish(env, &desk, no, by_phone(), "other", " ").await;
        assert!(matches!(none, Err(Error::Invalid(fields)) if fields[0].field == "reason_text"));
        coordination::not_establish(env, &desk, no, by_phone(), "distance", "車で40分").await.unwrap();
        assert_eq!(world.status(no).await, S::NotEstablished);
        assert_eq!(world.text("SELECT status FROM offer").await, "closed");
        assert_eq!(world.text("SELECT reason FROM care_request").await, "distance");
        let notices = format!("SELECT subject FROM notice WHERE account_id = {}", family.person.actor.account);
        assert_eq!(world.text(&notices).await, format!("ご依頼の調整結果のお知らせ（{no}）"));
    }

    async fn a_provider_who_cannot_come_leaves_no_trace_but_the_history(world) {
        let env = &world.env;
        let (family, provider, desk) = (world.a_family().await, world.a_provider().await, world.coordinator("midori").await);
        let no = world.a_case(&family, Some(&provider), S::Established).await;
        let why = coordination::search_again(env, &provider.actor, no, by_phone(), "", "").await;
        assert!(matches!(why, Err(Error::Invalid(fields)) if fields[0].field == "reason_text"));
        coordination::search_again(env, &provider.actor, no, Asked::seen(1), "", "発熱のため").await.unwrap();
        assert_eq!(world.status(no).await, S::InCoordination);
        assert_eq!(world.text("SELECT status FROM activity").await, "cancelled_by_provider");
        assert_eq!(world.text("SELECT reason FROM activity").await, "発熱のため");
        assert!(matches!(coordination::provider_case(env, &provider.actor, no).await, Err(Error::NotFound)));
        assert!(coordination::provider_cases(env, &provider.actor, None).await.unwrap().cases.is_empty());
        let again = coordination::search_again(env, &provider.actor, no, Asked::seen(1), "", "発熱のため").await;
        assert_eq!(again.unwrap(), Outcome::AlreadyApplied);
        let entry = history::of_request(env, &desk, no).await.unwrap().entries.remove(0);
        assert_eq!((entry.event.action().key(), entry.reason.as_deref()), ("search_again", Some("発熱のため")));
        assert!(matches!(&entry.event, domain::event::Event::SearchAgain(again) if again.provider.starts_with("山田和子")));
    }

    async fn a_reported_activity_can_neither_be_cancelled_nor_given_back(world) {
        let env = &world.env;
        let (family, provider, desk) = (world.a_family().await, world.a_provider().await, world.coordinator("midori").await);
        for status in ["awaiting_approval", "revision_requested", "approved"] {
            let no = world.a_case(&family, Some(&provider), S::Established).await;
            world.a_report(no, &provider, status).await;
            for result in [
                coordination::cancel(env, &family.person.actor, no, by_phone(), &why("発熱")).await,
                coordination::search_again(env, &desk, no, by_phone(), "provider", "急用").await,
                coordination::search_again(env, &provider.actor, no, by_phone(), "", "急用").await,
            ] {
                assert!(matches!(result, Err(Error::Refused(Refusal::AlreadyReported { .. }))), "{status} {result:?}");
            }
            assert_eq!(world.status(no).await, S::Established);
        }
    }

    async fn a_private_draft_report_blocks_neither_cancelling_nor_giving_back(world) {
        let env = &world.env;
        seed_tariff(&world).await;
        let (family, provider, desk) = (world.a_family().await, world.a_provider().await, world.coordinator("midori").await);
        let cancelled = world.a_case(&family, Some(&provider), S::Established).await;
        world.a_report(cancelled, &provider, "draft").await;
        coordination::cancel(env, &family.person.actor, cancelled, Asked::seen(1), &why("発熱")).await.unwrap();
        assert_eq!(world.status(cancelled).await, S::Cancelled);
        let given_back = world.a_case(&family, Some(&provider), S::Established).await;
        world.a_report(given_back, &provider, "draft").await;
        coordination::search_again(env, &provider.actor, given_back, Asked::seen(1), "", "急用").await.unwrap();
        assert_eq!(world.status(given_back).await, S::InCoordination);
        assert_eq!(world.count("SELECT COUNT(*) FROM activity_report WHERE status = 'voided' AND void_reason <> ''").await, 2);
        for no in [cancelled, given_back] {
            let entries = history::of_request(env, &desk, no).await.unwrap().entries;
            let voided = entries.iter().find(|entry| entry.event.action().key() == "void").unwrap();
            assert!(voided.report.is_some() && voided.to.as_deref() == Some("voided"), "{voided:?}");
        }
        let notices = format!("SELECT COUNT(*) FROM notice WHERE account_id = {} AND body LIKE '%報告書は、取消になりました%'", provider.actor.account);
        assert_eq!(world.count(&notices).await, 2);
        let notices = format!("SELECT COUNT(*) FROM notice WHERE account_id = {} AND body LIKE '%報告書%'", family.person.actor.account);
        assert_eq!(world.count(&notices).await, 0, "a draft is the provider's own");
    }

    async fn cancelling_costs_by_the_ladder(world) {
        let env = &world.env;
        seed_tariff(&world).await;
        let (family, provider, desk) = (world.a_family().await, world.a_provider().await, world.coordinator("midori").await);
        let second = at("2024-03-30T11:29");
        for (now, yen) in [(saturday(), 0), (second, 600), (at("2024-03-30T11:30"), 1200)] {
            env.clock.advance_to(now);
            let no = world.a_case(&family, Some(&provider), S::Established).await;
            let expected = coordination::details(env, &desk, no).await.unwrap().fee_if_cancelled.unwrap().0;
            assert_eq!(expected, yen, "shown before");
            let missing = coordination::cancel(env, &family.person.actor, no, Asked::seen(1), &why("　")).await;
            assert!(matches!(missing, Err(Error::Invalid(_))), "{missing:?}");
            coordination::cancel(env, &family.person.actor, no, Asked::seen(1), &why("発熱")).await.unwrap();
            let kept = format!("SELECT cancellation_fee_yen FROM care_request WHERE request_no = {}", no.0);
            assert_eq!(world.count(&kept).await, yen);
            assert_eq!(world.status(no).await, S::Cancelled);
        }
        let ended = async |status: &str| {
            world.count(&format!("SELECT COUNT(*) FROM activity WHERE status = '{status}'")).await
        };
        assert_eq!(ended("cancelled_by_user").await, 2);
        assert_eq!(ended("no_show").await, 1, "the family's word came only after the start");
    }

    async fn a_cancellation_is_not_heard_of_before_the_request(world) {
        let env = &world.env;
        seed_tariff(&world).await;
        let (family, provider, desk) = (world.a_family().await, world.a_provider().await, world.coordinator("midori").await);
        let no = world.a_case(&family, Some(&provider), S::Established).await;
        let sql = "UPDATE care_request SET requested_at = $1";
        db::execute(env.db.write(), sql, vec![at("2024-03-02T14:45").0.into()]).await.unwrap();
        env.clock.advance_to(at("2024-03-30T09:30"));
        let form = |date: &str, time: &str| CancelForm { reason: "発熱".into(), told_date: date.into(), told_time: time.into() };
        for (date, time) in [("2024-03-02", "14:44"), ("2023-01-01", "10:00")] {
            let early = coordination::cancel(env, &desk, no, by_phone(), &form(date, time)).await;
            let Err(Error::Invalid(fields)) = early else { panic!("{early:?}") };
            assert_eq!(fields, [FieldError::new("told_date", FieldFault::BeforeRequest)]);
        }
        coordination::cancel(env, &desk, no, by_phone(), &form("2024-03-02", "14:45")).await.unwrap();
    }

    async fn a_cancellation_by_phone_costs_what_it_did_when_the_branch_heard_of_it(world) {
        let env = &world.env;
        seed_tariff(&world).await;
        let (family, provider, desk) = (world.a_family().await, world.a_provider().await, world.coordinator("midori").await);
        let no = world.a_case(&family, Some(&provider), S::Established).await;
        env.clock.advance_to(at("2024-03-30T09:30"));
        let form = |date: &str, time: &str| CancelForm { reason: "発熱".into(), told_date: date.into(), told_time: time.into() };
        let ahead = coordination::cancel(env, &desk, no, by_phone(), &form("2024-03-30", "9:31")).await;
        assert!(matches!(ahead, Err(Error::Invalid(fields)) if fields[0].field == "told_date"));
        let half = coordination::cancel(env, &desk, no, by_phone(), &form("2024-03-29", "")).await;
        assert!(matches!(half, Err(Error::Invalid(fields)) if fields[0].field == "told_time"));
        coordination::cancel(env, &desk, no, by_phone(), &form("2024-03-29", "17:30")).await.unwrap();
        assert_eq!(world.count("SELECT cancellation_fee_yen FROM care_request").await, 0, "the day before is free");
        assert_eq!(world.count("SELECT cancelled_at FROM care_request").await, at("2024-03-29T17:30").0);
        let entry = history::of_request(env, &desk, no).await.unwrap().entries.remove(0);
        let domain::event::Event::Cancel(cancelled) = &entry.event else { panic!("{entry:?}") };
        assert!(cancelled.told_at.is_some_and(|at| domain::time::rfc3339(at).starts_with("2024-03-29T17:30")));
        let own = world.a_case(&family, Some(&provider), S::Established).await;
        coordination::cancel(env, &family.person.actor, own, Asked::seen(1), &form("2024-03-29", "17:30")).await.unwrap();
        let kept = format!("SELECT cancellation_fee_yen FROM care_request WHERE request_no = {}", own.0);
        assert_eq!(world.count(&kept).await, 600, "a family's own word counts from now");
    }

    async fn the_family_sees_the_fee_before_it_cancels(world) {
        let env = &world.env;
        seed_tariff(&world).await;
        let (family, provider) = (world.a_family().await, world.a_provider().await);
        let no = world.a_case(&family, Some(&provider), S::Established).await;
        let shown = async || service::request::details(env, &family.person.actor, no).await.unwrap().fee_if_cancelled;
        assert_eq!(shown().await, Some(0));
        env.clock.advance_to(at("2024-03-30T09:30"));
        assert_eq!(shown().await, Some(600));
        coordination::cancel(env, &family.person.actor, no, Asked::seen(1), &why("発熱")).await.unwrap();
        assert_eq!(shown().await, None);
    }

    async fn a_case_is_completed_by_the_job_once_and_not_before_its_report_is_approved(world) {
        let env = &world.env;
        let (family, provider) = (world.a_family().await, world.a_provider().await);
        let approved = world.a_case(&family, Some(&provider), S::Established).await;
        world.a_report(approved, &provider, "approved").await;
        let mut others = Vec::new();
        for status in ["draft", "awaiting_approval", "revision_requested", "voided"] {
            let no = world.a_case(&family, Some(&provider), S::Established).await;
            world.a_report(no, &provider, status).await;
            others.push(no);
        }
        assert_eq!(coordination::complete_finished(env).await.unwrap(), 1);
        assert_eq!(coordination::complete_finished(env).await.unwrap(), 0);
        assert_eq!(world.status(approved).await, S::Completed);
        for no in others {
            assert_eq!(world.status(no).await, S::Established);
        }
        assert_eq!(world.count("SELECT COUNT(*) FROM activity WHERE status = 'reported'").await, 1);
    }

    async fn once_the_activity_is_over_only_the_branch_calls_it_off(world) {
        let env = &world.env;
        seed_tariff(&world).await;
        let (family, provider, desk) = (world.a_family().await, world.a_provider().await, world.coordinator("midori").await);
        let (own, given) = (&family.person.actor, &provider.actor);
        let no = world.a_case(&family, Some(&provider), S::Established).await;
        let offered = async || {
            let family = service::request::details(env, own, no).await.unwrap();
            let provider = coordination::provider_case(env, given, no).await.unwrap();
            assert_eq!(family.fee_if_cancelled.is_some(), family.actions.contains(&A::Cancel));
            (family.actions.contains(&A::Cancel), provider.actions.contains(&A::SearchAgain))
        };
        env.clock.advance_to(at("2024-03-30T13:29"));
        assert_eq!(offered().await, (true, true), "while it lasts, one may still fall ill");
        env.clock.advance_to(at("2024-03-30T13:30"));
        assert_eq!(offered().await, (false, false));
        let before = footprint(&world).await;
        let late = coordination::cancel(env, own, no, Asked::seen(1), &why("来なかった")).await;
        assert_eq!(refused(late), Refusal::ActivityOver);
        let late = coordination::search_again(env, given, no, Asked::seen(1), "", "急用").await;
        assert_eq!(refused(late), Refusal::ActivityOver);
        assert_eq!(footprint(&world).await, before);
        coordination::cancel(env, &desk, no, by_phone(), &why("来なかった")).await.unwrap();
        assert_eq!(world.status(no).await, S::Cancelled);
        let no = world.a_case(&family, Some(&provider), S::Established).await;
        coordination::search_again(env, &desk, no, by_phone(), "provider", "急用").await.unwrap();
        assert_eq!(world.status(no).await, S::InCoordination);
    }
}
