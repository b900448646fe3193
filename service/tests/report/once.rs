//! Pressed twice, in two windows, by two people: one result.

use super::*;

both_databases! {
    async fn one_request_has_one_report_until_it_is_voided(world) {
        let case = Case::established(world).await;
        let first = case.draft(&case.form()).await;
        let result = report::save(&case.world.env, &case.provider.actor, None, &case.form(), "k2", Channel::Web).await;
        assert_eq!(refused(result), Refusal::AlreadyReported { report: first.to_string() });
        let result = report::save(&case.world.env, &case.coordinator, None, &case.form(), "k3", Channel::Phone).await;
        assert_eq!(refused(result), Refusal::AlreadyReported { report: first.to_string() });
        assert!(report::candidates(&case.world.env, &case.provider.actor, "").await.unwrap().is_empty());
        let revision = case.revision(first).await;
        report::void(&case.world.env, &case.provider.actor, first, revision, "やり直し", Channel::Web).await.unwrap();
        let second = case.draft(&case.form()).await;
        assert!(second > first, "a number is never used again");
    }

    async fn an_activity_that_begins_while_its_report_is_registered_is_reported(world) {
        let case = Case::established(world).await;
        let (env, provider) = (&case.world.env, &case.provider.actor);
        for _ in 0..4 {
            let no = case.draft(&case.form()).await;
            let revision = case.revision(no).await;
            let (_, registered) = tokio::join!(
                service::activity::start(env, provider, case.request, Asked::default(), "11:30"),
                report::submit(env, provider, no, revision, Channel::Web)
            );
            registered.unwrap();
            assert_eq!(case.activity().await, "reported");
            clear(&case, no).await;
        }
    }

    async fn a_page_gone_back_to_and_changed_changes_its_draft_and_nothing_else(world) {
        let case = Case::established(world).await;
        let env = &case.world.env;
        let actor = &case.provider.actor;
        let save = async |form: &ReportForm| report::save(env, actor, None, form, "page", Channel::Web).await;
        let no = save(&case.form()).await.unwrap();
        assert_eq!(save(&case.form()).await.unwrap(), no, "sent again");
        let changed = ReportForm { notes: "変えました".into(), ..case.form() };
        assert_eq!(save(&changed).await.unwrap(), no);
        assert_eq!(save(&changed).await.unwrap(), no);
        assert_eq!(report::existing(env, actor, no).await.unwrap().form.notes, "変えました");
        let third = ReportForm { notes: "もう一度".into(), ..case.form() };
        let entered = Refusal::AlreadyEntered { number: no.to_string() };
        assert_eq!(refused(save(&third).await), entered);
        submit(&case, actor, no).await.unwrap();
        assert_eq!(refused(report::register(env, actor, None, &third, "page", Channel::Web).await), entered);
    }

    async fn the_second_tab_of_a_draft_reads_when_the_first_was_registered_with_other_content(world) {
        let case = Case::established(world).await;
        let env = &case.world.env;
        let actor = &case.provider.actor;
        let no = case.draft(&case.form()).await;
        let seen = Some((no, case.revision(no).await));
        let register = async |form: ReportForm| report::register(env, actor, seen, &form, "", Channel::Web).await;
        register(case.form()).await.unwrap();
        let registered = case.everything().await;
        // The same again, in whatever writing, is the same click twice.
        assert_eq!(register(case.form()).await.unwrap(), no);
        let same = ReportForm { date: "令和6年3月30日".into(), transport: "３００円".into(), ..case.form() };
        assert_eq!(register(same).await.unwrap(), no);
        for other in [
            ReportForm { end: "13:00".into(), ..case.form() },
            ReportForm { meal: "500".into(), ..case.form() },
            ReportForm { children: vec![case.family.taro.to_string()], ..case.form() },
            ReportForm { notes: String::new(), ..case.form() },
            ReportForm { end: "いつか".into(), ..case.form() },
            ReportForm { request: "CDK9999999".into(), ..case.form() },
        ] {
            assert_eq!(stale(register(other).await), (actor.name.clone(), "submit".into()));
        }
        assert_eq!(case.everything().await, registered);
    }

    async fn a_draft_names_a_request_that_is_there_or_none(world) {
        let case = Case::established(world).await;
        let env = &case.world.env;
        let stranger = case.world.member("midori", MemberKind::Provider, "鈴木", "次郎").await;
        let naming = |request: &str| ReportForm { request: request.into(), ..case.form() };
        let own = case.request.to_string();
        for (person, request) in [(&case.provider, "CDK9999999"), (&case.provider, "あ"), (&stranger, own.as_str())] {
            let saved = report::save(env, &person.actor, None, &naming(request), "", Channel::Web).await;
            assert_eq!(invalid(saved), [FieldError::new("request", FieldFault::Unknown)], "{request}");
        }
        let no = case.draft(&naming("")).await;
        let revision = case.revision(no).await;
        let saved = report::save(env, &case.provider.actor, Some((no, revision)), &naming("CDK9999999"), "", Channel::Web).await;
        assert_eq!(invalid(saved), [FieldError::new("request", FieldFault::Unknown)]);
        report::save(env, &case.provider.actor, Some((no, revision)), &naming(&own), "", Channel::Web).await.unwrap();
        let sql = "UPDATE care_request SET status = 'meeting_held'";
        db::execute(env.db.write(), sql, vec![]).await.unwrap();
        let changed = ReportForm { notes: "変えました".into(), ..case.form() };
        let early = report::save(env, &case.provider.actor, Some((no, revision + 1)), &changed, "", Channel::Web).await;
        assert_eq!(refused(early), Refusal::RequestMoved(CoordinationStatus::MeetingHeld));
    }

    async fn two_first_saves_at_once_make_one_report(world) {
        let case = Case::established(world).await;
        let form = case.form();
        let save = |actor, channel| report::save(&case.world.env, actor, None, &form, "", channel);
        let (one, two) = tokio::join!(save(&case.provider.actor, Channel::Web), save(&case.coordinator, Channel::Phone));
        let (won, lost) = if one.is_ok() { (one, two) } else { (two, one) };
        assert_eq!(refused(lost), Refusal::AlreadyReported { report: won.unwrap().to_string() });
        assert_eq!(case.world.count("SELECT COUNT(*) FROM activity_report").await, 1);
    }

    async fn two_windows_on_one_report_give_one_result(world) {
        let case = Case::established(world).await;
        let env = &case.world.env;
        let no = case.submitted().await;
        let revision = case.revision(no).await;
        report::pull_back(env, &case.provider.actor, no, revision, Channel::Web).await.unwrap();
        assert_eq!(case.activity().await, "ended");
        // The other window still shows 承認待ち.
        let old = report::void(env, &case.provider.actor, no, revision, "いらない", Channel::Web).await;
        assert_eq!(stale(old), (case.provider.actor.name.clone(), "pull_back".into()));
        // The same click again is no fault.
        report::pull_back(env, &case.provider.actor, no, revision, Channel::Web).await.unwrap();
        assert_eq!(case.details(no, &case.provider.actor).await.status, ReportStatus::Draft);
    }

    async fn registering_twice_is_once(world) {
        let case = Case::established(world).await;
        let no = case.draft(&case.form()).await;
        let revision = case.revision(no).await;
        let submit = || report::submit(&case.world.env, &case.provider.actor, no, revision, Channel::Web);
        let (one, two) = tokio::join!(submit(), submit());
        one.unwrap();
        two.unwrap();
        assert_eq!(case.world.events(Action::Submit).await, 1);
        assert_eq!(case.world.count("SELECT COUNT(*) FROM outbox").await, 1);
    }
}
