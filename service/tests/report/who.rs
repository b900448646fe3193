//! Who may report what, who finds and reads it.

use super::*;

both_databases! {
    async fn a_provider_reads_no_family_in_the_form_of_a_case_that_is_not_agreed(world) {
        let case = Case::established(world).await;
        let (env, provider) = (&case.world.env, &case.provider.actor);
        for &status in CoordinationStatus::ALL {
            let no = case.world.a_case(&case.family, Some(&case.provider), status).await;
            // Whatever the row still says about who had accepted.
            let sql = "UPDATE care_request SET provider_id = $1 WHERE request_no = $2";
            let values = vec![case.provider.id.into(), i64::from(no.0).into()];
            db::execute(env.db.write(), sql, values).await.unwrap();
            let agreed = matches!(status, CoordinationStatus::Established | CoordinationStatus::Completed);
            let blank = report::blank(env, provider, Some(no), None).await;
            assert_eq!(blank.is_ok(), agreed, "{status:?}");
            assert!(agreed || matches!(blank, Err(Error::NotFound)), "{status:?}");
            let typed = ReportForm { request: no.to_string(), ..ReportForm::default() };
            let empty = report::blank(env, provider, None, None).await.unwrap();
            let back = empty.with(env, provider, typed).await.unwrap();
            assert_eq!(back.request.is_some(), agreed, "{status:?}");
            assert!(report::blank(env, &case.coordinator, Some(no), None).await.is_ok(), "{status:?}");
        }
    }

    async fn a_draft_of_a_cancelled_case_shows_nothing_of_the_family(world) {
        let case = Case::established(world).await;
        let (env, provider) = (&case.world.env, &case.provider.actor);
        let no = case.draft(&case.form()).await;
        assert!(report::existing(env, provider, no).await.unwrap().request.is_some());
        let sql = "UPDATE care_request SET status = 'cancelled' WHERE request_no = $1";
        db::execute(env.db.write(), sql, vec![i64::from(case.request.0).into()]).await.unwrap();
        assert!(report::existing(env, provider, no).await.unwrap().request.is_none());
    }

    async fn the_form_knows_of_another_family_only_the_hours(world) {
        let case = Case::established(world).await;
        let strangers = case.world.member("midori", MemberKind::User, "佐藤", "桃子").await;
        let child = case.world.child(strangers.id, "蓮", "2020-01-01").await;
        let hours = ("2024-03-30T09:00", "2024-03-30T10:00");
        let other = request(&case.world, &strangers, &case.provider, hours, &[child]).await;
        let theirs = case.draft(&form_for(other, hours.0, hours.1, &[child])).await;
        submit(&case, &case.provider.actor, theirs).await.unwrap();
        let view = report::blank(&case.world.env, &case.provider.actor, Some(case.request), None).await.unwrap();
        let known: Vec<_> = view.others.iter().map(|other| (other.no, other.siblings.clone())).collect();
        assert_eq!(known, [(theirs, None)]);
    }

    async fn only_the_matched_provider_reports(world) {
        let case = Case::established(world).await;
        let env = &case.world.env;
        let stranger = case.world.member("midori", MemberKind::Provider, "鈴木", "次郎").await;
        let no = case.submitted().await;
        for result in [report::details(env, &stranger.actor, no).await.err(), report::existing(env, &stranger.actor, no).await.err()] {
            assert!(matches!(result, Some(Error::NotFound)), "{result:?}");
        }
        let blank = report::blank(env, &stranger.actor, Some(case.request), None).await;
        assert!(matches!(blank, Err(Error::NotFound)));
        let result = report::register(env, &stranger.actor, None, &case.form(), "", Channel::Web).await;
        assert_eq!(invalid(result), [FieldError::new("request", FieldFault::Unknown)]);
        let aoba = case.world.coordinator("aoba").await;
        assert!(matches!(report::details(env, &aoba, no).await, Err(Error::NotFound)));
        let user = &case.family.person.actor;
        let result = report::save(env, user, None, &case.form(), "", Channel::Web).await;
        assert!(matches!(result, Err(Error::NotFound)), "a 利用会員 writes no report");
    }

    async fn a_request_given_to_another_provider_is_not_registered_by_the_first(world) {
        let case = Case::established(world).await;
        let no = case.draft(&case.form()).await;
        let stranger = case.world.member("midori", MemberKind::Provider, "鈴木", "次郎").await;
        let sql = "UPDATE care_request SET provider_id = $1";
        db::execute(case.world.env.db.write(), sql, vec![stranger.id.into()]).await.unwrap();
        assert_eq!(refused(submit(&case, &case.provider.actor, no).await), Refusal::NotYours);
        let sql = "UPDATE care_request SET provider_id = $1, status = 'cancelled'";
        db::execute(case.world.env.db.write(), sql, vec![case.provider.id.into()]).await.unwrap();
        let refusal = refused(submit(&case, &case.provider.actor, no).await);
        assert!(matches!(refusal, Refusal::RequestMoved(_)), "{refusal:?}");
    }

    async fn the_request_is_found_by_its_number_or_the_familys_name(world) {
        let case = Case::established(world).await;
        let env = &case.world.env;
        for search in ["", "木村", "木村 花子", "cdk1", "ＣＤＫ０００００１", "花子"] {
            let found = report::candidates(env, &case.provider.actor, search).await.unwrap();
            assert_eq!(found.len(), 1, "{search}");
            assert_eq!(found[0].no, case.request);
        }
        for search in ["佐藤", "CDK9", "%"] {
            let count = report::candidates(env, &case.provider.actor, search).await.unwrap().len();
            assert_eq!(count, 0, "{search}");
        }
        assert_eq!(report::candidates(env, &case.coordinator, "木村").await.unwrap().len(), 1);
        // However it is written: the reading, another form of the kanji, a control character in between.
        let key = service::member::search_key("髙木", "花子", "タカギ", "ハナコ");
        let sql = "UPDATE member SET search_key = $1 WHERE id = $2";
        db::execute(env.db.write(), sql, vec![key.into(), case.family.person.id.into()]).await.unwrap();
        for search in ["たかぎ", "タカギ　ハナコ", "ﾀｶｷﾞ", "高木", "髙木 花子", "高\u{0}木"] {
            let found = report::candidates(env, &case.coordinator, search).await.unwrap();
            assert_eq!(found.len(), 1, "{search:?}");
        }
        let stranger = case.world.member("midori", MemberKind::Provider, "鈴木", "次郎").await;
        assert!(report::candidates(env, &stranger.actor, "").await.unwrap().is_empty());
        assert!(matches!(report::candidates(env, &case.family.person.actor, "").await, Err(Error::NotFound)));
    }

    async fn a_completed_case_whose_report_was_voided_is_reported_again_or_ended_by_the_branch(world) {
        let case = Case::established(world).await;
        let env = &case.world.env;
        let found = async |actor| report::candidates(env, actor, "").await.unwrap().len();
        let waiting = async || {
            let queue = service::coordination::queue(env, &case.coordinator, &QueueFilter::default()).await.unwrap();
            queue.groups.iter().map(|shelf| shelf.count).sum::<u64>()
        };
        let to_write = async || {
            let home = service::home::provider(env, &case.provider.actor).await.unwrap();
            home.turns.iter().filter(|turn| matches!(turn, service::home::ProviderTurn::WriteReport { .. })).count()
        };
        for _ in 0..2 {
            let no = case.approved().await;
            assert_eq!(service::coordination::complete_finished(env).await.unwrap(), 1);
            assert_eq!(case.world.status(case.request).await, CoordinationStatus::Completed);
            assert_eq!((found(&case.provider.actor).await, found(&case.coordinator).await), (0, 0));
            assert_eq!((waiting().await, to_write().await), (0, 0));
            approval::reopen(env, &case.coordinator, no, case.revision(no).await, "活動がなかった").await.unwrap();
            let revision = case.revision(no).await;
            report::void(env, &case.provider.actor, no, revision, "活動がありませんでした", Channel::Web).await.unwrap();
            assert_eq!(case.world.status(case.request).await, CoordinationStatus::Established);
            assert_eq!(case.activity().await, "ended");
            assert_eq!((found(&case.provider.actor).await, found(&case.coordinator).await), (1, 1));
            assert_eq!((waiting().await, to_write().await), (1, 1));
        }
        let history = service::history::of_request(env, &case.coordinator, case.request).await.unwrap().entries;
        let moved = history.iter().find(|entry| entry.event.action().key() == "report_anew").unwrap();
        assert_eq!((moved.from.as_deref(), moved.to.as_deref()), (Some("completed"), Some("established")));
        let asked = Asked { seen: None, channel: Channel::Phone };
        let form = CancelForm { reason: "活動がなかった".into(), ..CancelForm::default() };
        service::coordination::cancel(env, &case.coordinator, case.request, asked, &form).await.unwrap();
        assert_eq!(case.world.status(case.request).await, CoordinationStatus::Cancelled);
    }

    async fn lists_hold_each_sides_own_reports(world) {
        let case = Case::established(world).await;
        let env = &case.world.env;
        let count = async |actor: &Actor, side: Side| report::list(env, actor, side, None, None).await.unwrap().rows.len();
        let no = case.draft(&case.form()).await;
        assert_eq!(count(&case.provider.actor, Side::Provider).await, 1);
        assert_eq!(count(&case.family.person.actor, Side::Family).await, 0, "the family sees nothing before 登録");
        submit(&case, &case.provider.actor, no).await.unwrap();
        let list = report::list(env, &case.family.person.actor, Side::Provider, None, None).await.unwrap();
        assert_eq!(list.rows.len(), 1);
        assert_eq!((list.rows[0].user_pays, list.rows[0].benefit), (2100, 2000));
        assert_eq!(list.rows[0].request, Some(case.request));
        assert!(!list.rows[0].before_tickets);
        case.coupon(case.family.sakura, 0).await;
        for (actor, side) in [(&case.family.person.actor, Side::Family), (&case.provider.actor, Side::Provider)] {
            let list = report::list(env, actor, side, None, None).await.unwrap();
            assert!(list.rows[0].before_tickets, "the amount is not yet the one to pay");
        }
        assert_eq!(count(&case.coordinator, Side::Staff).await, 1);
        assert_eq!(count(&case.world.coordinator("aoba").await, Side::Staff).await, 0);
        assert_eq!(count(&case.world.hq().await, Side::Staff).await, 1);
        let approved = report::list(env, &case.coordinator, Side::Staff, Some(ReportStatus::Approved), None).await.unwrap();
        assert!(approved.rows.is_empty());
    }

    async fn whether_tickets_may_pay_is_asked_of_the_day_of_the_activity(world) {
        let case = Case::established(world).await;
        let env = &case.world.env;
        case.submitted().await;
        case.coupon(case.family.sakura, 0).await;
        // Approved late, the tickets of the activity's day still pay; of the day after it they never did.
        env.clock.advance_to(at("2024-04-10T10:00"));
        for (last, before) in [("2024-03-30", true), ("2024-03-29", false), ("2024-04-30", true)] {
            let sql = "UPDATE trial_coupon SET expires_on = $1";
            db::execute(env.db.write(), sql, vec![support::date(last).into()]).await.unwrap();
            let list = report::list(env, &case.family.person.actor, Side::Family, None, None).await.unwrap();
            assert_eq!(list.rows[0].before_tickets, before, "{last}");
        }
    }

    async fn lists_page_by_key(world) {
        let case = Case::established(world).await;
        let env = &case.world.env;
        for _ in 0..53 {
            case.draft(&ReportForm::default()).await;
        }
        let first = report::list(env, &case.provider.actor, Side::Provider, None, None).await.unwrap();
        assert_eq!(first.rows.len(), 50);
        let second = report::list(env, &case.provider.actor, Side::Provider, None, first.next).await.unwrap();
        assert_eq!((second.rows.len(), second.next), (3, None));
        assert!(second.rows[0].id < first.rows[49].id);
    }
}
