//! The table of the report: where each step leads, what it leaves behind, what is refused.

use super::*;
use domain::id::AccountId;

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

    async fn only_a_family_with_tickets_reads_of_a_sum_before_them(world) {
        let case = Case::established(world).await;
        let asked = "SELECT body FROM notice WHERE subject LIKE '%確認をお願いします' ORDER BY id DESC LIMIT 1";
        for (tickets, sum) in [(false, "お支払い：2,100円\n"), (true, "お支払い：2,100円（おためし券を使う前）\n")] {
            if tickets {
                case.coupon(case.family.sakura, 0).await;
            }
            let no = case.submitted().await;
            let body: String = db::scalar(case.world.env.db.read(), asked, vec![]).await.unwrap().unwrap();
            assert!(body.contains(sum), "{body}");
            clear(&case, no).await;
        }
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

    async fn a_coordinator_says_how_the_word_reached_the_branch(world) {
        let case = Case::established(world).await;
        let env = &case.world.env;
        let result = report::save(env, &case.coordinator, None, &case.form(), "", Channel::Web).await;
        assert_eq!(invalid(result), [FieldError::new("channel", FieldFault::Missing)]);
        let no = report::register(env, &case.coordinator, None, &case.form(), "", Channel::Paper).await.unwrap();
        let details = case.details(no, &case.provider.actor).await;
        let last = details.history.last().unwrap();
        assert_eq!(last.on_behalf_of, Some(format!("山田和子（{}）", case.provider.no)));
        assert_eq!((last.channel, last.by.as_str()), (Channel::Paper, case.coordinator.name.as_str()));
    }

    async fn what_lies_too_long_is_reminded_of_once_and_never_approved(world) {
        let case = Case::established(world).await;
        let env = &case.world.env;
        let no = case.submitted().await;
        let notices = async |account: AccountId| {
            case.world.count(&format!("SELECT COUNT(*) FROM notice WHERE account_id = {account}")).await
        };
        let (family, coordinator) = (case.family.person.actor.account, case.coordinator.account);
        let mut seen = Vec::new();
        for moment in ["2024-03-31T23:59", "2024-04-01T00:01", "2024-04-01T12:00", "2024-04-04T09:00", "2024-04-06T09:00", "2024-04-07T09:00", "2024-04-20T09:00"] {
            env.clock.advance_to(at(moment));
            let sent = report::remind_approvals(env).await.unwrap();
            assert_eq!(report::remind_approvals(env).await.unwrap(), 0, "a second run at {moment}");
            seen.push((sent, notices(family).await, notices(coordinator).await));
        }
        // The first of the family's notices is the 登録 itself.
        assert_eq!(seen, [(0, 1, 0), (1, 2, 0), (0, 2, 0), (1, 3, 0), (0, 3, 0), (1, 3, 1), (0, 3, 1)]);
        assert_eq!(case.details(no, &case.coordinator).await.status, ReportStatus::AwaitingApproval);
        // A new 登録 begins again.
        let revision = case.revision(no).await;
        report::pull_back(env, &case.provider.actor, no, revision, Channel::Web).await.unwrap();
        submit(&case, &case.provider.actor, no).await.unwrap();
        env.clock.advance_to(at("2024-04-22T09:00"));
        assert_eq!(report::remind_approvals(env).await.unwrap(), 1);
    }
}
