//! 報酬受領: after 承認済 only, once, undone on the same day, never after a close.

#![allow(clippy::expect_used, clippy::panic, clippy::unwrap_used, reason = "a test ends where it fails")]

mod support;

use domain::actor::{Actor, Channel, Party};
use domain::fault::{FieldError, FieldFault};
use domain::number::ReportNo;
use domain::refusal::Refusal;
use domain::report::{REWARD_TABLE, ReceiptMethod, ReportStatus, RewardAction, RewardStatus};
use domain::report_form::ReportForm;
use service::{Error, approval, receipt, report};
use support::reported::Case;
use support::{at, refused};

fn actor(case: &Case, party: Party) -> &Actor {
    match party {
        Party::Family => &case.family.person.actor,
        Party::Provider => &case.provider.actor,
        _ => &case.coordinator,
    }
}

async fn act(case: &Case, actor: &Actor, no: ReportNo, action: RewardAction) -> service::Result<()> {
    let channel = if actor.coordinator_ward().is_some() { Channel::Phone } else { Channel::Web };
    let revision = case.revision(no).await;
    match action {
        RewardAction::MarkReceived => receipt::receive(&case.world.env, actor, no, revision, "cash", channel).await,
        RewardAction::UndoReceipt => receipt::undo_receipt(&case.world.env, actor, no, revision, channel).await,
    }
}

async fn clear(case: &Case) {
    service::db::execute(case.world.env.db.write(), "UPDATE activity_report SET status = 'voided'", vec![])
        .await
        .unwrap();
}

both_databases! {
    async fn every_row_of_the_reward_table_leads_where_it_says(world) {
        let case = Case::established(world).await;
        for step in REWARD_TABLE {
            for &party in step.by {
                let no = if step.from == RewardStatus::Received { case.received().await } else { case.approved().await };
                act(&case, actor(&case, party), no, step.action).await.unwrap();
                assert_eq!(case.details(no, &case.provider.actor).await.reward, step.to, "{step:?} by {party:?}");
                clear(&case).await;
            }
        }
    }

    async fn every_other_pair_is_refused_and_changes_nothing(world) {
        let case = Case::established(world).await;
        let hq = case.world.hq().await;
        for &reward in RewardStatus::ALL {
            // A report whose last step is nobody's own, so that no answer is "already done".
            let no = if reward == RewardStatus::Received { case.received().await } else { case.approved().await };
            for &action in RewardAction::ALL {
                for party in [Party::Family, Party::Provider, Party::Coordinator, Party::Headquarters] {
                    if REWARD_TABLE.iter().any(|step| step.from == reward && step.action == action && step.by.contains(&party)) {
                        continue;
                    }
                    let who = if party == Party::Headquarters { &hq } else { actor(&case, party) };
                    let before = case.everything().await;
                    let result = act(&case, who, no, action).await;
                    let place = format!("{action:?} on {reward:?} by {party:?}");
                    match (party, action) {
                        (Party::Family | Party::Headquarters, _) => assert_eq!(refused(result), Refusal::NotYours, "{place}"),
                        // The provider received it: pressing again is no fault.
                        (Party::Provider, RewardAction::MarkReceived) => result.unwrap(),
                        (_, RewardAction::MarkReceived) => assert_eq!(refused(result), Refusal::AlreadyReceived, "{place}"),
                        (_, RewardAction::UndoReceipt) => assert_eq!(refused(result), Refusal::NotReceived, "{place}"),
                    }
                    assert_eq!(case.everything().await, before, "{place}");
                }
            }
            clear(&case).await;
        }
    }

    async fn nothing_is_received_before_the_approval(world) {
        let case = Case::established(world).await;
        let draft = case.draft(&case.form()).await;
        assert_eq!(refused(act(&case, &case.provider.actor, draft, RewardAction::MarkReceived).await), Refusal::NotApproved);
        clear(&case).await;
        let no = case.submitted().await;
        let before = case.everything().await;
        for action in [RewardAction::MarkReceived, RewardAction::UndoReceipt] {
            assert_eq!(refused(act(&case, &case.provider.actor, no, action).await), Refusal::NotApproved);
        }
        assert_eq!(case.everything().await, before);
    }

    async fn the_method_is_asked_and_fits_the_amount(world) {
        let case = Case::established(world).await;
        let env = &case.world.env;
        let no = case.approved().await;
        let revision = case.revision(no).await;
        for (method, fault) in [("", FieldFault::Missing), ("gold", FieldFault::NotAChoice), ("coupon_only", FieldFault::NotAChoice)] {
            let result = receipt::receive(env, &case.provider.actor, no, revision, method, Channel::Web).await;
            assert!(matches!(&result, Err(Error::Invalid(errors)) if *errors == [FieldError::new("method", fault.clone())]), "{method}: {result:?}");
        }
        receipt::receive(env, &case.provider.actor, no, revision, "code_payment", Channel::Web).await.unwrap();
        let details = case.details(no, &case.family.person.actor).await;
        assert_eq!(details.method, Some(ReceiptMethod::CodePayment));
        assert_eq!(details.received_at, Some(at("2024-03-30T14:00")));
        let links = "SELECT COUNT(*) FROM notice WHERE link LIKE '%/print'";
        assert_eq!(case.world.count(links).await, 1);
    }

    async fn what_the_tickets_paid_whole_is_received_as_coupons_only(world) {
        let case = Case::established(world).await;
        case.coupon(case.family.sakura, 0).await;
        // A weekday: the ticket covers the whole hour of 桜 alone.
        let children = [case.family.sakura];
        let hours = ("2024-03-29T10:00", "2024-03-29T11:00");
        let request = support::reported::request(&case.world, &case.family.person, &case.provider, hours, &children).await;
        let form: ReportForm = support::reported::form_for(request, hours.0, hours.1, &children);
        let no = case.draft(&form).await;
        report::submit(&case.world.env, &case.provider.actor, no, 1, Channel::Web).await.unwrap();
        case.approve(no, &[(case.family.sakura, "1")]).await.unwrap();
        let details = case.details(no, &case.provider.actor).await;
        assert_eq!((details.settlement.user_pays, details.settlement.provider_receives), (0, 1000));
        let revision = case.revision(no).await;
        let env = &case.world.env;
        let cash = receipt::receive(env, &case.provider.actor, no, revision, "cash", Channel::Web).await;
        assert!(matches!(cash, Err(Error::Invalid(_))));
        receipt::receive(env, &case.provider.actor, no, revision, "coupon_only", Channel::Web).await.unwrap();
    }

    async fn pressing_twice_receives_once(world) {
        let case = Case::established(world).await;
        let no = case.approved().await;
        let revision = case.revision(no).await;
        let press = || receipt::receive(&case.world.env, &case.provider.actor, no, revision, "cash", Channel::Web);
        let (one, two) = tokio::join!(press(), press());
        one.unwrap();
        two.unwrap();
        assert_eq!(case.world.count("SELECT COUNT(*) FROM receipt").await, 1);
    }

    async fn the_provider_undoes_on_the_same_day_only(world) {
        let case = Case::established(world).await;
        let env = &case.world.env;
        let no = case.received().await;
        env.clock.advance_to(at("2024-03-30T23:59"));
        act(&case, &case.provider.actor, no, RewardAction::UndoReceipt).await.unwrap();
        act(&case, &case.provider.actor, no, RewardAction::MarkReceived).await.unwrap();
        env.clock.advance_to(at("2024-03-31T00:00"));
        let before = case.everything().await;
        let result = act(&case, &case.provider.actor, no, RewardAction::UndoReceipt).await;
        assert_eq!(refused(result), Refusal::UndoOnlySameDay);
        assert_eq!(case.everything().await, before);
        assert!(case.details(no, &case.provider.actor).await.reward_actions.is_empty());
        act(&case, &case.coordinator, no, RewardAction::UndoReceipt).await.unwrap();
        assert_eq!(case.world.count("SELECT COUNT(*) FROM receipt WHERE undone_at IS NULL").await, 0);
    }

    async fn receiving_against_opening_again_has_one_winner(world) {
        let case = Case::established(world).await;
        for _ in 0..4 {
            let no = case.approved().await;
            let revision = case.revision(no).await;
            let env = &case.world.env;
            let (received, reopened) = tokio::join!(
                receipt::receive(env, &case.provider.actor, no, revision, "cash", Channel::Web),
                approval::reopen(env, &case.coordinator, no, revision, "訂正")
            );
            let details = case.details(no, &case.provider.actor).await;
            match (received, reopened) {
                (Ok(()), Err(Error::Stale { by, action })) => {
                    assert_eq!((by.as_str(), action.unwrap().key()), ("山田 和子", "mark_received"));
                    assert_eq!((details.status, details.reward), (ReportStatus::Approved, RewardStatus::Received));
                }
                (Err(Error::Stale { by, action }), Ok(())) => {
                    assert_eq!((by, action.unwrap().key()), (case.coordinator.name.clone(), "reopen"));
                    assert_eq!((details.status, details.reward), (ReportStatus::RevisionRequested, RewardStatus::NotReceived));
                }
                other => panic!("{other:?}"),
            }
            clear(&case).await;
        }
    }
}
