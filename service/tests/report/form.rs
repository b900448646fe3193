//! 一時保存, 登録 and コピー from the provider's form.

use super::*;

both_databases! {
    async fn saving_keeps_whatever_is_typed_under_one_number(world) {
        let case = Case::established(world).await;
        let env = &case.world.env;
        let actor = &case.provider.actor;
        let half = ReportForm { date: "きのう".into(), start: "11:3".into(), notes: "途中".into(), ..ReportForm::default() };
        let save = async || report::save(env, actor, None, &half, "key-1", Channel::Web).await;
        let no = save().await.unwrap();
        assert_eq!(save().await.unwrap(), no, "the same form sent twice is one report");
        let view = report::existing(env, actor, no).await.unwrap();
        assert_eq!(view.form, half);
        assert!(view.request.is_none());
        // The same fields again, from a page that is one save old, are saved already.
        let full = case.form();
        let again = report::save(env, actor, Some((no, view.revision)), &full, "", Channel::Web).await;
        assert_eq!(again.unwrap(), no);
        let again = report::save(env, actor, Some((no, view.revision)), &full, "", Channel::Web).await;
        assert_eq!(again.unwrap(), no);
        assert_eq!(case.revision(no).await, view.revision + 1);
        let other = ReportForm { end: "14:00".into(), ..full };
        let old = report::save(env, actor, Some((no, view.revision)), &other, "", Channel::Web).await;
        assert_eq!(stale(old), (actor.name.clone(), "save_draft".into()));
    }

    async fn registering_from_the_form_is_one_step_however_often_it_is_pressed(world) {
        let case = Case::established(world).await;
        let env = &case.world.env;
        let actor = &case.provider.actor;
        let checked = report::check(env, actor, None, &case.form(), Channel::Web).await.unwrap();
        assert_eq!((checked.quote.fee, checked.content.expenses_yen()), (1800, 300));
        assert_eq!(case.world.count("SELECT COUNT(*) FROM activity_report").await, 0, "a look writes nothing");
        let form = case.form();
        let press = || report::register(env, actor, None, &form, "key-2", Channel::Web);
        let (one, two) = tokio::join!(press(), press());
        let no = one.unwrap();
        assert_eq!(two.unwrap(), no);
        assert_eq!(press().await.unwrap(), no);
        assert_eq!(case.world.count("SELECT COUNT(*) FROM activity_report").await, 1);
        assert_eq!(case.world.count("SELECT COUNT(*) FROM outbox").await, 1);
        assert_eq!(case.details(no, actor).await.status, ReportStatus::AwaitingApproval);
        // The same from a page of an existing report.
        let revision = case.revision(no).await;
        report::pull_back(env, actor, no, revision, Channel::Web).await.unwrap();
        let seen = Some((no, revision + 1));
        report::register(env, actor, seen, &form, "", Channel::Web).await.unwrap();
        report::register(env, actor, seen, &form, "", Channel::Web).await.unwrap();
        assert_eq!(case.world.events(Action::Submit).await, 2);
    }

    async fn the_form_knows_every_report_around_its_day_however_many_there_are(world) {
        let case = Case::established(world).await;
        let env = &case.world.env;
        let (taro, sakura) = (case.family.taro, case.family.sakura);
        let hours = ("2024-03-30T11:30", "2024-03-30T13:30");
        let beside = request(&case.world, &case.family.person, &case.provider, hours, &[sakura]).await;
        let elder = case.draft(&ReportForm { children: vec![taro.to_string()], ..case.form() }).await;
        submit(&case, &case.provider.actor, elder).await.unwrap();
        // A year of other reports, all written after it.
        for day in 0..120 {
            let (start, end) = (at("2023-03-01T09:00").plus_days(day), at("2023-03-01T10:00").plus_days(day));
            let sql = "INSERT INTO activity_report (report_no, ward, provider_id, status, reward_status, entered_on, notes, \
                       channel, fee_yen, benefit_yen, expenses_yen, coupon_yen, updated_at, revision, started_at, ended_at) \
                       VALUES ($1, 'midori', $2, 'approved', 'not_received', '2023-03-01', '', 'web', 0, 0, 0, 0, 0, 1, $3, $4)";
            let values = vec![(9_000_000 + day).into(), case.provider.id.into(), start.into(), end.into()];
            db::execute(env.db.write(), sql, values).await.unwrap();
        }
        let typed = form_for(beside, hours.0, hours.1, &[sakura]);
        let live = async |form: &ReportForm| {
            let view = report::blank(env, &case.provider.actor, Some(beside), None).await.unwrap();
            let view = view.with(env, &case.provider.actor, form.clone()).await.unwrap();
            let (start, end) = form.span(view.today).unwrap();
            assert!(view.around.0 <= start && end <= view.around.1);
            view.form.care(view.today, &view.request.unwrap().children, &view.others)
        };
        let care = live(&typed).await.unwrap().unwrap();
        assert_eq!(care.others.len(), 1, "half price beside the elder child, as 登録 will say");
        let checked = report::check(env, &case.provider.actor, None, &typed, Channel::Web).await.unwrap();
        assert_eq!(checked.quote.fee, 600);
        // A day far from the planned one brings its own reports.
        let far = ReportForm { date: "2023-06-01".into(), start: "9:30".into(), end: "10:30".into(), ..typed };
        assert_eq!(live(&far).await.unwrap_err(), Refusal::Overlap { report: "EKH9000092".into() });
    }

    async fn an_empty_form_writes_nothing(world) {
        let case = Case::established(world).await;
        let before = case.everything().await;
        let view = report::blank(&case.world.env, &case.provider.actor, Some(case.request), None).await.unwrap();
        assert_eq!(view.no, None);
        assert_eq!((view.form.date.as_str(), view.form.start.as_str(), view.form.end.as_str()), ("2024-03-30", "11:30", "13:30"));
        assert_eq!(view.form.children.len(), 2);
        assert_eq!(case.everything().await, before);
    }

    async fn a_copy_leaves_out_request_day_times_and_amounts(world) {
        let case = Case::established(world).await;
        let no = case.submitted().await;
        let copy = report::blank(&case.world.env, &case.provider.actor, None, Some(no)).await.unwrap();
        assert_eq!(copy.no, None);
        assert_eq!(copy.form.notes, "たくさん遊びました。");
        assert_eq!(copy.form.children.len(), 2);
        let emptied = [&copy.form.request, &copy.form.date, &copy.form.start, &copy.form.end, &copy.form.transport];
        assert!(emptied.iter().all(|field| field.is_empty()), "{:?}", copy.form);
    }

    async fn every_wrong_field_is_named_at_once_and_nothing_is_saved(world) {
        let case = Case::established(world).await;
        let before = case.everything().await;
        let wrong = ReportForm { start: "13:30".into(), end: "11:30".into(), children: vec![], meal: "少し".into(), ..case.form() };
        let result =
            report::register(&case.world.env, &case.provider.actor, None, &wrong, "k", Channel::Web).await;
        let fields: Vec<String> = invalid(result).into_iter().map(|error| error.field).collect();
        assert_eq!(fields, ["end", "children", "meal"]);
        assert_eq!(case.everything().await, before);
    }

    async fn the_future_is_not_registered(world) {
        let case = Case::established(world).await;
        let late = ReportForm { end: "14:01".into(), ..case.form() };
        let no = case.draft(&late).await;
        let errors = invalid(submit(&case, &case.provider.actor, no).await);
        assert_eq!(errors, [FieldError::new("end", FieldFault::Future)]);
        case.world.env.clock.advance_to(at("2024-03-30T14:01"));
        submit(&case, &case.provider.actor, no).await.unwrap();
    }
}
