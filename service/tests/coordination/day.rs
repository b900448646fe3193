//! The day itself: 活動開始, by whoever was there, with its time.

use super::*;
use domain::request::ActivityStatus;
use service::activity;

fn fault_of(result: service::Result<Outcome>) -> (String, FieldFault) {
    let Err(Error::Invalid(fields)) = result else { panic!("{result:?}") };
    (fields[0].field.clone(), fields[0].fault.clone())
}

both_databases! {
    async fn the_provider_records_when_the_children_came(world) {
        let env = &world.env;
        let (family, provider) = (world.a_family().await, world.a_provider().await);
        let no = world.a_case(&family, Some(&provider), S::Established).await;
        env.clock.advance_to(at("2024-03-30T11:38"));
        let start = activity::start(env, &provider.actor, no, Asked::seen(1), "").await;
        assert_eq!(start.unwrap(), Outcome::Executed);
        let again = activity::start(env, &provider.actor, no, Asked::seen(1), "").await;
        assert_eq!(again.unwrap(), Outcome::AlreadyApplied, "a double press");
        let case = coordination::provider_case(env, &provider.actor, no).await.unwrap();
        let seen = case.activity.unwrap();
        assert_eq!((seen.status, seen.started_at), (ActivityStatus::InProgress, Some(at("2024-03-30T11:38"))));
        let details = service::request::details(env, &family.person.actor, no).await.unwrap();
        assert_eq!(details.activity.map(|seen| seen.status), Some(ActivityStatus::InProgress), "the family sees it");
        let notices = format!("SELECT subject FROM notice WHERE account_id = {}", family.person.actor.account);
        assert_eq!(world.text(&notices).await, format!("援助活動が始まりました（{no}）"));
        assert_eq!(world.text("SELECT action FROM event WHERE to_status = 'in_progress'").await, "start");
    }

    async fn the_branch_records_a_start_for_the_provider_with_its_channel(world) {
        let env = &world.env;
        let (family, provider, desk) = (world.a_family().await, world.a_provider().await, world.coordinator("midori").await);
        let no = world.a_case(&family, Some(&provider), S::Established).await;
        env.clock.advance_to(at("2024-03-30T12:00"));
        let (field, _) = fault_of(activity::start(env, &desk, no, Asked::seen(1), "11:30").await);
        assert_eq!(field, "channel");
        activity::start(env, &desk, no, Asked::seen(1).by(Channel::Phone), "11:30").await.unwrap();
        let case = coordination::details(env, &desk, no).await.unwrap();
        assert_eq!(case.activity.unwrap().started_at, Some(at("2024-03-30T11:30")));
        let notices = format!("SELECT subject FROM notice WHERE account_id = {}", provider.actor.account);
        assert_eq!(world.text(&notices).await, format!("支部が代わりに「活動開始」をしました（{no}）"));
    }

    async fn a_start_is_no_guess_and_nobody_elses(world) {
        let env = &world.env;
        let (family, provider) = (world.a_family().await, world.a_provider().await);
        let no = world.a_case(&family, Some(&provider), S::Established).await;
        env.clock.advance_to(at("2024-03-29T18:00"));
        let early = fault_of(activity::start(env, &provider.actor, no, Asked::seen(1), "").await);
        assert_eq!(early, ("start".into(), FieldFault::NotBefore(date("2024-03-30"))));
        env.clock.advance_to(at("2024-03-30T12:00"));
        let ahead = fault_of(activity::start(env, &provider.actor, no, Asked::seen(1), "12:30").await);
        assert_eq!(ahead, ("start".into(), FieldFault::Future));
        env.clock.advance_to(at("2024-03-30T13:30"));
        let late = fault_of(activity::start(env, &provider.actor, no, Asked::seen(1), "").await);
        assert_eq!(late, ("start".into(), FieldFault::Missing), "the button does not know when it was");
        let family_too = activity::start(env, &family.person.actor, no, Asked::seen(1), "11:30").await;
        assert_eq!(refused(family_too), Refusal::NotYours);
        let stranger = world.member("midori", MemberKind::Provider, "他", "人").await;
        assert!(matches!(activity::start(env, &stranger.actor, no, Asked::seen(1), "11:30").await, Err(Error::NotFound)));
        assert_eq!(world.text("SELECT status FROM activity").await, "planned");
    }

    async fn the_provider_records_when_the_children_left(world) {
        let env = &world.env;
        let (family, provider) = (world.a_family().await, world.a_provider().await);
        let no = world.a_case(&family, Some(&provider), S::Established).await;
        env.clock.advance_to(at("2024-03-30T11:38"));
        assert!(matches!(refused(activity::end(env, &provider.actor, no, Asked::seen(1), "").await), Refusal::RequestMoved(_)));
        activity::start(env, &provider.actor, no, Asked::seen(1), "").await.unwrap();
        env.clock.advance_to(at("2024-03-30T13:50"));
        let before = fault_of(activity::end(env, &provider.actor, no, Asked::seen(2), "11:38").await);
        assert_eq!(before, ("end".into(), FieldFault::EndBeforeStart));
        let ahead = fault_of(activity::end(env, &provider.actor, no, Asked::seen(2), "14:00").await);
        assert_eq!(ahead, ("end".into(), FieldFault::Future));
        activity::end(env, &provider.actor, no, Asked::seen(2), "").await.unwrap();
        assert_eq!(activity::end(env, &provider.actor, no, Asked::seen(2), "").await.unwrap(), Outcome::AlreadyApplied);
        let notices = format!("SELECT subject FROM notice WHERE account_id = {} ORDER BY id DESC", family.person.actor.account);
        assert_eq!(world.text(&notices).await, format!("援助活動が終わりました（{no}）"));
        let form = service::report::blank(env, &provider.actor, Some(no), None).await.unwrap().form;
        assert_eq!((form.start.as_str(), form.end.as_str()), ("11:38", "13:50"), "the report begins with these hours");
        let cancel = coordination::cancel(env, &family.person.actor, no, Asked::seen(3), &why("発熱")).await;
        assert_eq!(refused(cancel), Refusal::ActivityOver);
    }

    async fn an_end_past_midnight_is_the_next_day(world) {
        let env = &world.env;
        let (family, provider) = (world.a_family().await, world.a_provider().await);
        let late = CaseSpec {
            status: S::Established,
            starts_at: at("2024-03-30T20:00"),
            ends_at: at("2024-03-30T23:30"),
            ..CaseSpec::default()
        };
        let no = world.case(&family, Some(&provider), late).await;
        env.clock.advance_to(at("2024-03-30T20:00"));
        activity::start(env, &provider.actor, no, Asked::seen(1), "").await.unwrap();
        env.clock.advance_to(at("2024-03-31T08:00"));
        let forgotten = fault_of(activity::end(env, &provider.actor, no, Asked::seen(2), "").await);
        assert_eq!(forgotten, ("end".into(), FieldFault::Missing), "the button does not know when it was");
        activity::end(env, &provider.actor, no, Asked::seen(2), "0:10").await.unwrap();
        let seen = coordination::provider_case(env, &provider.actor, no).await.unwrap().activity.unwrap();
        assert_eq!((seen.status, seen.ended_at), (ActivityStatus::Ended, Some(at("2024-03-31T00:10"))));
    }

    async fn an_activity_that_began_is_called_off_and_reported_as_before(world) {
        let env = &world.env;
        seed_tariff(&world).await;
        let (family, provider) = (world.a_family().await, world.a_provider().await);
        let no = world.a_case(&family, Some(&provider), S::Established).await;
        env.clock.advance_to(at("2024-03-30T11:40"));
        activity::start(env, &provider.actor, no, Asked::seen(1), "").await.unwrap();
        let form = why("急に熱が出た");
        let old_page = coordination::cancel(env, &family.person.actor, no, Asked::seen(1), &form).await;
        assert!(matches!(old_page, Err(Error::Stale { .. })), "the fee is another one since");
        coordination::cancel(env, &family.person.actor, no, Asked::seen(2), &form).await.unwrap();
        assert_eq!(world.text("SELECT status FROM activity").await, "no_show");
    }

    async fn a_missing_end_puts_the_case_into_the_queue(world) {
        let env = &world.env;
        let (family, provider, desk) = (world.a_family().await, world.a_provider().await, world.coordinator("midori").await);
        let no = world.a_case(&family, Some(&provider), S::Established).await;
        env.clock.advance_to(at("2024-03-30T11:30"));
        activity::start(env, &provider.actor, no, Asked::seen(1), "").await.unwrap();
        let stalled = async || {
            let queue = coordination::queue(env, &desk, &QueueFilter::default()).await.unwrap();
            let mut lines = queue.groups.into_iter().flat_map(|group| group.lines);
            lines.find(|line| line.no == no).and_then(|line| line.stall)
        };
        env.clock.advance_to(at("2024-03-30T13:29"));
        assert_eq!(stalled().await, None);
        env.clock.advance_to(at("2024-03-30T13:31"));
        assert_eq!(stalled().await, Some(Stall::NotEnded));
        activity::end(env, &provider.actor, no, Asked::seen(2), "").await.unwrap();
        assert_eq!(stalled().await, None);
    }
}
