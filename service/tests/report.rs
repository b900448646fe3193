//! The report: saved, registered, pulled back, voided; every guard of 登録; who sees what; the reminders.

#![allow(clippy::expect_used, clippy::panic, clippy::unwrap_used, reason = "a test ends where it fails")]

mod support;

use domain::actor::{Actor, Channel, MemberKind, Party};
use domain::fault::{FieldError, FieldFault};
use domain::number::ReportNo;
use domain::refusal::Refusal;
use domain::report::{ReportAction, ReportStatus, RewardStatus, TABLE};
use domain::report_form::ReportForm;
use domain::request::CoordinationStatus;
use service::report;
use service::{Error, approval, db};
use support::at;
use support::reported::{Case, form_for, request};

fn refused(result: service::Result<impl std::fmt::Debug>) -> Refusal {
    match result {
        Err(Error::Refused(refusal)) => refusal,
        other => panic!("expected a refusal, got {other:?}"),
    }
}

fn invalid(result: service::Result<impl std::fmt::Debug>) -> Vec<FieldError> {
    match result {
        Err(Error::Invalid(errors)) => errors,
        other => panic!("expected fields to mend, got {other:?}"),
    }
}

fn stale(result: service::Result<impl std::fmt::Debug>) -> (String, String) {
    match result {
        Err(Error::Stale { by, action }) => (by, action),
        other => panic!("expected to be told who was first, got {other:?}"),
    }
}

async fn submit(case: &Case, actor: &Actor, no: ReportNo) -> service::Result<()> {
    report::submit(&case.world.env, actor, no, case.revision(no).await, channel(actor)).await
}

fn channel(actor: &Actor) -> Channel {
    if actor.coordinator_ward().is_some() { Channel::Paper } else { Channel::Web }
}

/// A report in a status, reached by its own steps.
async fn report_in(case: &Case, status: ReportStatus) -> ReportNo {
    let env = &case.world.env;
    match status {
        ReportStatus::Draft => case.draft(&case.form()).await,
        ReportStatus::AwaitingApproval => case.submitted().await,
        ReportStatus::RevisionRequested => {
            let no = case.submitted().await;
            let actor = &case.family.person.actor;
            let revision = case.revision(no).await;
            approval::request_revision(env, actor, no, revision, "終了は13時です", Channel::Web).await.unwrap();
            no
        }
        ReportStatus::Approved => case.approved().await,
        ReportStatus::Voided => {
            let no = case.draft(&case.form()).await;
            let revision = case.revision(no).await;
            report::void(env, &case.provider.actor, no, revision, "日を間違えました", Channel::Web).await.unwrap();
            no
        }
    }
}

async fn act(case: &Case, actor: &Actor, no: ReportNo, action: ReportAction) -> service::Result<()> {
    let env = &case.world.env;
    let revision = case.revision(no).await;
    let channel = channel(actor);
    match action {
        ReportAction::SaveDraft => {
            let form = ReportForm { notes: "あたらしい備考".into(), ..case.form() };
            report::save(env, actor, Some((no, revision)), &form, "", channel).await.map(drop)
        }
        ReportAction::Submit => report::submit(env, actor, no, revision, channel).await,
        ReportAction::PullBack => report::pull_back(env, actor, no, revision, channel).await,
        ReportAction::Approve => {
            let sql = "SELECT content_hash FROM activity_report WHERE report_no = $1";
            let hash = db::scalar::<Option<String>, _>(env.db.read(), sql, vec![i64::from(no.0).into()]).await.unwrap();
            let form = approval::ApprovalForm {
                revision,
                content_hash: hash.flatten().unwrap_or_default(),
                tickets: vec![],
                evidence: "署名のある書面".into(),
            };
            approval::approve(env, actor, no, &form, channel).await
        }
        ReportAction::RequestRevision => {
            approval::request_revision(env, actor, no, revision, "時刻が違います", channel).await
        }
        ReportAction::Void => report::void(env, actor, no, revision, "二重でした", channel).await,
        ReportAction::Reopen => approval::reopen(env, actor, no, revision, "金額の訂正").await,
    }
}

both_databases! {
    async fn every_row_of_the_table_leads_where_it_says(world) {
        let case = Case::established(world).await;
        let mut tried = 0;
        for step in TABLE {
            for party in step.by {
                let no = report_in(&case, step.from).await;
                let actor = match party {
                    Party::Family => &case.family.person.actor,
                    Party::Provider => &case.provider.actor,
                    _ => &case.coordinator,
                };
                act(&case, actor, no, step.action).await.unwrap_or_else(|error| panic!("{step:?} by {party:?}: {error}"));
                assert_eq!(case.details(no, &case.coordinator).await.status, step.to, "{step:?} by {party:?}");
                let events = format!(
                    "SELECT COUNT(*) FROM event WHERE action = '{}' AND report_id = \
                     (SELECT id FROM activity_report WHERE report_no = {})", step.action.key(), no.0);
                assert!(case.world.count(&events).await >= 1, "{step:?} leaves an event");
                clear(&case, no).await;
                tried += 1;
            }
        }
        assert_eq!(tried, TABLE.iter().map(|step| step.by.len()).sum::<usize>());
    }

    async fn every_other_pair_of_status_and_action_is_refused_and_changes_nothing(world) {
        let case = Case::established(world).await;
        let hq = case.world.hq().await;
        let mut refusals = 0;
        for &status in ReportStatus::ALL {
            let no = report_in(&case, status).await;
            for &action in ReportAction::ALL {
                for party in [Party::Family, Party::Provider, Party::Coordinator, Party::Headquarters] {
                    let actor = match party {
                        Party::Family => &case.family.person.actor,
                        Party::Provider => &case.provider.actor,
                        Party::Headquarters => &hq,
                        _ => &case.coordinator,
                    };
                    if TABLE.iter().any(|step| step.from == status && step.action == action && step.by.contains(&party)) {
                        continue;
                    }
                    let before = case.everything().await;
                    let result = act(&case, actor, no, action).await;
                    let place = format!("{action:?} on {status:?} by {party:?}");
                    let anybody = TABLE.iter().any(|step| step.action == action && step.by.contains(&party));
                    match result {
                        // A draft that was never registered is not there for the family.
                        Err(Error::NotFound) => assert!(party == Party::Family && case.unseen(no).await, "{place}"),
                        Err(Error::Refused(Refusal::NotYours)) => assert!(!anybody, "{place}"),
                        Err(Error::Refused(Refusal::ReportMoved(now))) => assert!(anybody && now == status, "{place}"),
                        // Doing again what one has just done is no fault.
                        Ok(()) => assert!(case.last_by(no).await == (action.key().to_owned(), actor.account), "{place}"),
                        other => panic!("{place}: {other:?}"),
                    }
                    assert_eq!(case.everything().await, before, "{place}");
                    refusals += 1;
                }
            }
            clear(&case, no).await;
        }
        assert!(refusals > 100, "{refusals} pairs were tried");
    }

    async fn registering_fixes_fee_and_benefit_and_asks_the_family(world) {
        let case = Case::established(world).await;
        let no = case.submitted().await;
        let details = case.details(no, &case.family.person.actor).await;
        assert_eq!((details.status, details.reward), (ReportStatus::AwaitingApproval, RewardStatus::NotReceived));
        // Saturday: 600 and 300 an hour for two hours; the benefit is whole for both.
        assert_eq!((details.settlement.fee, details.settlement.benefit), (1800, 2000));
        assert_eq!((details.settlement.expenses, details.settlement.user_pays), (300, 2100));
        let fees: Vec<(&str, i64)> = details.children.iter().map(|part| (part.child.name.as_str(), part.fee)).collect();
        assert_eq!(fees, [("太郎", 1200), ("桜", 600)]);
        assert_eq!(details.quote.unwrap().lines.len(), 2);
        assert_eq!(details.content_hash.len(), 64);
        assert_eq!(case.activity().await, "reported");
        let notices = format!("SELECT COUNT(*) FROM notice WHERE account_id = {}", case.family.person.actor.account);
        assert_eq!(case.world.count(&notices).await, 1);
        assert_eq!(case.world.count("SELECT COUNT(*) FROM outbox").await, 1);
        let subject: String = db::scalar(case.world.env.db.read(), "SELECT subject FROM outbox", vec![]).await.unwrap().unwrap();
        assert!(!subject.contains("木村") && !subject.contains("太郎"), "{subject}");
    }

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
        assert_eq!(case.world.count("SELECT COUNT(*) FROM event WHERE action = 'submit'").await, 2);
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

    async fn hours_do_not_overlap_except_for_siblings(world) {
        let case = Case::established(world).await;
        let first = case.draft(&ReportForm { children: vec![case.family.taro.to_string()], ..case.form() }).await;
        submit(&case, &case.provider.actor, first).await.unwrap();

        let strangers = case.world.member("midori", MemberKind::User, "佐藤", "桃子").await;
        let child = case.world.child(strangers.id, "蓮", "2020-01-01").await;
        let other = request(&case.world, &strangers, &case.provider, ("2024-03-30T13:00", "2024-03-30T14:00"), &[child]).await;
        let no = case.draft(&form_for(other, "2024-03-30T13:00", "2024-03-30T14:00", &[child])).await;
        let before = case.everything().await;
        assert_eq!(refused(submit(&case, &case.provider.actor, no).await), Refusal::Overlap { report: first.to_string() });
        assert_eq!(case.everything().await, before);

        let own = [case.family.taro, case.family.sakura];
        let sibling = request(&case.world, &case.family.person, &case.provider, ("2024-03-30T11:30", "2024-03-30T13:30"), &own).await;
        let same = case.draft(&form_for(sibling, "2024-03-30T12:00", "2024-03-30T13:00", &[case.family.taro])).await;
        assert_eq!(refused(submit(&case, &case.provider.actor, same).await), Refusal::Overlap { report: first.to_string() });

        // The other child may overlap, and is then the second one: half the price, whole benefit.
        let form = form_for(sibling, "2024-03-30T12:00", "2024-03-30T13:00", &[case.family.sakura]);
        let revision = case.revision(same).await;
        let env = &case.world.env;
        report::save(env, &case.provider.actor, Some((same, revision)), &form, "", Channel::Web).await.unwrap();
        submit(&case, &case.provider.actor, same).await.unwrap();
        let details = case.details(same, &case.provider.actor).await;
        assert_eq!((details.settlement.fee, details.settlement.benefit), (300, 500));

        // Back to back is no overlap.
        let form = form_for(other, "2024-03-30T13:30", "2024-03-30T14:00", &[child]);
        let revision = case.revision(no).await;
        report::save(env, &case.provider.actor, Some((no, revision)), &form, "", Channel::Web).await.unwrap();
        submit(&case, &case.provider.actor, no).await.unwrap();
    }

    async fn the_first_report_registered_again_does_not_become_half_price_too(world) {
        let case = Case::established(world).await;
        let (env, provider) = (&case.world.env, &case.provider.actor);
        let (taro, sakura) = (case.family.taro, case.family.sakura);
        let hours = ("2024-03-30T11:30", "2024-03-30T13:30");
        let beside = request(&case.world, &case.family.person, &case.provider, hours, &[taro, sakura]).await;
        let fee = async |no| case.details(no, provider).await.settlement.fee;
        // The younger one is reported first, so hers is the full price: what is registered stays.
        let first = case.draft(&ReportForm { children: vec![sakura.to_string()], ..case.form() }).await;
        submit(&case, provider, first).await.unwrap();
        let second = case.draft(&form_for(beside, hours.0, hours.1, &[taro])).await;
        submit(&case, provider, second).await.unwrap();
        assert_eq!((fee(first).await, fee(second).await), (1200, 600));
        let revision = case.revision(first).await;
        let family = &case.family.person.actor;
        approval::request_revision(env, family, first, revision, "備考を直してください", Channel::Web).await.unwrap();
        submit(&case, provider, first).await.unwrap();
        assert_eq!((fee(first).await, fee(second).await), (1200, 600), "the provider lost the half of it");
        // Pulled back and registered after the other one, it leaves the full price to that one instead.
        let revision = case.revision(first).await;
        report::pull_back(env, provider, first, revision, Channel::Web).await.unwrap();
        let revision = case.revision(second).await;
        report::pull_back(env, provider, second, revision, Channel::Web).await.unwrap();
        submit(&case, provider, second).await.unwrap();
        submit(&case, provider, first).await.unwrap();
        assert_eq!((fee(first).await, fee(second).await), (600, 1200), "never full price twice");
    }

    async fn half_price_ends_with_the_overlap(world) {
        let case = Case::established(world).await;
        let (taro, sakura) = (case.family.taro, case.family.sakura);
        let provider = &case.provider.actor;
        let hours = ("2024-03-30T09:30", "2024-03-30T13:30");
        let long = request(&case.world, &case.family.person, &case.provider, hours, &[sakura]).await;
        let first = case.draft(&form_for(case.request, "2024-03-30T09:00", "2024-03-30T10:00", &[taro])).await;
        submit(&case, provider, first).await.unwrap();
        let second = case.draft(&form_for(long, hours.0, hours.1, &[sakura])).await;
        // The live sum of the form says the same as the registration.
        let view = report::existing(&case.world.env, provider, second).await.unwrap();
        let care = view.form.care(&view.request.as_ref().unwrap().children, &view.others).unwrap().unwrap();
        let live = domain::fee::quote(&view.rates.tariff, &view.rates.holidays, &care).unwrap();
        submit(&case, provider, second).await.unwrap();
        let quote = case.details(second, provider).await.quote.unwrap();
        let fees: Vec<i64> = quote.lines.iter().map(|line| line.fee()).collect();
        assert_eq!(fees, [300, 600, 600, 600]);
        assert_eq!(live, quote);
    }

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

    async fn two_first_saves_at_once_make_one_report(world) {
        let case = Case::established(world).await;
        let form = case.form();
        let save = |actor, channel| report::save(&case.world.env, actor, None, &form, "", channel);
        let (one, two) = tokio::join!(save(&case.provider.actor, Channel::Web), save(&case.coordinator, Channel::Phone));
        let (won, lost) = if one.is_ok() { (one, two) } else { (two, one) };
        assert_eq!(refused(lost), Refusal::AlreadyReported { report: won.unwrap().to_string() });
        assert_eq!(case.world.count("SELECT COUNT(*) FROM activity_report").await, 1);
    }

    async fn two_overlapping_registrations_at_once_leave_one(world) {
        let case = Case::established(world).await;
        let strangers = case.world.member("midori", MemberKind::User, "佐藤", "桃子").await;
        let child = case.world.child(strangers.id, "蓮", "2020-01-01").await;
        let other = request(&case.world, &strangers, &case.provider, ("2024-03-30T13:00", "2024-03-30T14:00"), &[child]).await;
        let a = case.draft(&case.form()).await;
        let b = case.draft(&form_for(other, "2024-03-30T13:00", "2024-03-30T14:00", &[child])).await;
        let (one, two) = tokio::join!(submit(&case, &case.provider.actor, a), submit(&case, &case.provider.actor, b));
        let (lost, winner) = if one.is_ok() { (two, a) } else { (one, b) };
        assert_eq!(refused(lost), Refusal::Overlap { report: winner.to_string() });
    }

    async fn two_windows_on_one_report_give_one_result(world) {
        let case = Case::established(world).await;
        let env = &case.world.env;
        let no = case.submitted().await;
        let revision = case.revision(no).await;
        report::pull_back(env, &case.provider.actor, no, revision, Channel::Web).await.unwrap();
        assert_eq!(case.activity().await, "planned");
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
        assert_eq!(case.world.count("SELECT COUNT(*) FROM event WHERE action = 'submit'").await, 1);
        assert_eq!(case.world.count("SELECT COUNT(*) FROM outbox").await, 1);
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

    async fn a_coordinator_says_how_the_word_reached_the_branch(world) {
        let case = Case::established(world).await;
        let env = &case.world.env;
        let result = report::save(env, &case.coordinator, None, &case.form(), "", Channel::Web).await;
        assert_eq!(invalid(result), [FieldError::new("channel", FieldFault::Missing)]);
        let no = report::register(env, &case.coordinator, None, &case.form(), "", Channel::Paper).await.unwrap();
        let details = case.details(no, &case.provider.actor).await;
        let last = details.history.last().unwrap();
        assert_eq!(last.on_behalf_of.as_deref(), Some("山田 和子"));
        assert_eq!((last.channel, last.by.as_str()), (Channel::Paper, case.coordinator.name.as_str()));
    }

    async fn a_requested_revision_keeps_what_the_family_saw_until_it_is_registered_again(world) {
        let case = Case::established(world).await;
        let env = &case.world.env;
        let no = report_in(&case, ReportStatus::RevisionRequested).await;
        // Long after the activity it may still be edited.
        env.clock.advance_to(at("2024-06-01T09:00"));
        let shown = case.details(no, &case.family.person.actor).await;
        assert_eq!(shown.revision_comment.as_deref(), Some("終了は13時です"));
        let form = ReportForm { end: "13:00".into(), ..case.form() };
        let revision = case.revision(no).await;
        report::save(env, &case.provider.actor, Some((no, revision)), &form, "", Channel::Web).await.unwrap();
        let meanwhile = case.details(no, &case.family.person.actor).await;
        assert_eq!((meanwhile.settlement.fee, meanwhile.draft), (1800, None));
        assert_eq!(case.details(no, &case.provider.actor).await.draft.unwrap().end, "13:00");
        submit(&case, &case.provider.actor, no).await.unwrap();
        let after = case.details(no, &case.family.person.actor).await;
        assert_eq!((after.settlement.fee, after.revision_comment), (1350, None));
        assert_ne!(after.content_hash, shown.content_hash);
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

    async fn a_completed_case_whose_report_was_voided_is_found_again(world) {
        let case = Case::established(world).await;
        let env = &case.world.env;
        let no = case.approved().await;
        assert_eq!(service::coordination::complete_finished(env).await.unwrap(), 1);
        let found = async |actor| report::candidates(env, actor, "").await.unwrap().len();
        assert_eq!((found(&case.provider.actor).await, found(&case.coordinator).await), (0, 0));
        approval::reopen(env, &case.coordinator, no, case.revision(no).await, "日の訂正").await.unwrap();
        let revision = case.revision(no).await;
        report::void(env, &case.provider.actor, no, revision, "日を間違えました", Channel::Web).await.unwrap();
        assert_eq!(case.world.status(case.request).await, CoordinationStatus::Completed);
        assert_eq!((found(&case.provider.actor).await, found(&case.coordinator).await), (1, 1));
    }

    async fn lists_hold_each_sides_own_reports(world) {
        let case = Case::established(world).await;
        let env = &case.world.env;
        let count = async |actor: &Actor, family: bool| report::list(env, actor, family, None, None).await.unwrap().rows.len();
        let no = case.draft(&case.form()).await;
        assert_eq!(count(&case.provider.actor, false).await, 1);
        assert_eq!(count(&case.family.person.actor, true).await, 0, "the family sees nothing before 登録");
        submit(&case, &case.provider.actor, no).await.unwrap();
        let list = report::list(env, &case.family.person.actor, false, None, None).await.unwrap();
        assert_eq!(list.rows.len(), 1);
        assert_eq!((list.rows[0].user_pays, list.rows[0].benefit), (2100, 2000));
        assert_eq!(list.rows[0].request, Some(case.request));
        assert!(!list.rows[0].before_tickets);
        case.coupon(case.family.sakura, 0).await;
        for (actor, family) in [(&case.family.person.actor, true), (&case.provider.actor, false)] {
            let list = report::list(env, actor, family, None, None).await.unwrap();
            assert!(list.rows[0].before_tickets, "the amount is not yet the one to pay");
        }
        assert_eq!(count(&case.coordinator, false).await, 1);
        assert_eq!(count(&case.world.coordinator("aoba").await, false).await, 0);
        assert_eq!(count(&case.world.hq().await, false).await, 1);
        let approved = report::list(env, &case.coordinator, false, Some(ReportStatus::Approved), None).await.unwrap();
        assert!(approved.rows.is_empty());
    }

    async fn lists_page_by_key(world) {
        let case = Case::established(world).await;
        let env = &case.world.env;
        for _ in 0..53 {
            case.draft(&ReportForm::default()).await;
        }
        let first = report::list(env, &case.provider.actor, false, None, None).await.unwrap();
        assert_eq!(first.rows.len(), 50);
        let second = report::list(env, &case.provider.actor, false, None, first.next).await.unwrap();
        assert_eq!((second.rows.len(), second.next), (3, None));
        assert!(second.rows[0].id < first.rows[49].id);
    }

    async fn what_lies_too_long_is_reminded_of_once_and_never_approved(world) {
        let case = Case::established(world).await;
        let env = &case.world.env;
        let no = case.submitted().await;
        let told = async |account: i64| {
            case.world.count(&format!("SELECT COUNT(*) FROM notice WHERE account_id = {account}")).await
        };
        let (family, coordinator) = (case.family.person.actor.account, case.coordinator.account);
        let mut seen = Vec::new();
        for moment in ["2024-03-31T23:59", "2024-04-01T00:01", "2024-04-01T12:00", "2024-04-04T09:00", "2024-04-06T09:00", "2024-04-20T09:00"] {
            env.clock.advance_to(at(moment));
            let sent = report::remind_approvals(env).await.unwrap();
            assert_eq!(report::remind_approvals(env).await.unwrap(), 0, "a second run at {moment}");
            seen.push((sent, told(family).await, told(coordinator).await));
        }
        // The first of the family's notices is the 登録 itself.
        assert_eq!(seen, [(0, 1, 0), (1, 2, 0), (0, 2, 0), (1, 3, 0), (1, 3, 1), (0, 3, 1)]);
        assert_eq!(case.details(no, &case.coordinator).await.status, ReportStatus::AwaitingApproval);
        // A new 登録 begins anew.
        let revision = case.revision(no).await;
        report::pull_back(env, &case.provider.actor, no, revision, Channel::Web).await.unwrap();
        submit(&case, &case.provider.actor, no).await.unwrap();
        env.clock.advance_to(at("2024-04-22T09:00"));
        assert_eq!(report::remind_approvals(env).await.unwrap(), 1);
    }
}

/// Frees the request for the next round: whatever the report's state, it stands in nobody's way.
async fn clear(case: &Case, no: ReportNo) {
    let sql = "UPDATE activity_report SET status = 'voided' WHERE report_no = $1";
    db::execute(case.world.env.db.write(), sql, vec![i64::from(no.0).into()]).await.unwrap();
    db::execute(case.world.env.db.write(), "UPDATE activity SET status = 'planned'", vec![]).await.unwrap();
}

impl Case {
    async fn unseen(&self, no: ReportNo) -> bool {
        let sql = "SELECT COUNT(*) FROM activity_report WHERE report_no = $1 AND submitted_at IS NULL";
        db::scalar::<i64, _>(self.world.env.db.read(), sql, vec![i64::from(no.0).into()]).await.unwrap() == Some(1)
    }

    async fn last_by(&self, no: ReportNo) -> (String, i64) {
        #[derive(sea_orm::FromQueryResult)]
        struct Row {
            action: String,
            account_id: i64,
        }
        let sql = "SELECT e.action, e.account_id FROM event e JOIN activity_report r ON r.id = e.report_id \
                   WHERE r.report_no = $1 ORDER BY e.id DESC LIMIT 1";
        let row: Row = db::row(self.world.env.db.read(), sql, vec![i64::from(no.0).into()]).await.unwrap().unwrap();
        (row.action, row.account_id)
    }
}
