//! 承認, 修正依頼, opening again: what was seen is what is approved, tickets never fall below zero.

#![allow(clippy::expect_used, clippy::panic, clippy::unwrap_used, reason = "a test ends where it fails")]

mod support;

use domain::actor::{Actor, Channel};
use domain::coupon::TicketChoice;
use domain::event::Action;
use domain::fault::{FieldError, FieldFault};
use domain::number::ReportNo;
use domain::refusal::Refusal;
use domain::report::{ReportStatus, RewardStatus};
use domain::report_form::ReportForm;
use domain::subsidy::YearMonth;
use domain::time::Instant;
use service::approval::{self, ApprovalForm};
use service::report;
use service::{Error, db, receipt};
use support::reported::{Case, form_for, request};
use support::{at, invalid, refused};

async fn approve(case: &Case, actor: &Actor, no: ReportNo, form: &ApprovalForm) -> service::Result<()> {
    approval::approve(&case.world.env, actor, no, form, Channel::Web).await
}

async fn edit(case: &Case, no: ReportNo, form: &ReportForm) -> service::Result<()> {
    let (env, actor) = (&case.world.env, &case.provider.actor);
    let revision = case.revision(no).await;
    report::pull_back(env, actor, no, revision, Channel::Web).await?;
    report::save(env, actor, Some((no, revision + 1)), form, "", Channel::Web).await?;
    report::submit(env, actor, no, revision + 2, Channel::Web).await
}

both_databases! {
    async fn the_familys_choice_is_charged_and_its_tickets_are_spent(world) {
        let case = Case::established(world).await;
        case.coupon(case.family.sakura, 2).await;
        let no = case.submitted().await;
        let page = case.details(no, &case.family.person.actor).await;
        // 桜 is the second child: 300 an hour on a Saturday, of which a ticket pays at most her in-hours price of 250.
        let part = &page.coupons[0];
        assert_eq!((part.child.id, part.left, part.most, part.tickets), (case.family.sakura, 6, 2, 2));
        assert_eq!((page.settlement.coupon_yen, page.settlement.user_pays), (500, 1600));

        case.approve(no, &[(case.family.sakura, "１")]).await.unwrap();
        let after = case.details(no, &case.provider.actor).await;
        assert_eq!((after.status, after.reward), (ReportStatus::Approved, RewardStatus::NotReceived));
        let settled = after.settlement;
        assert_eq!((settled.coupons_used, settled.coupon_yen, settled.user_pays), (1, 250, 1850));
        assert_eq!(settled.provider_receives, 1850 + 250 + 2000);
        assert_eq!(case.tickets_used(case.family.sakura).await, 3);
        let notices = format!("SELECT COUNT(*) FROM notice WHERE account_id = {}", case.provider.actor.account);
        assert_eq!(case.world.count(&notices).await, 1);
    }

    async fn a_second_press_changes_nothing(world) {
        let case = Case::established(world).await;
        case.coupon(case.family.sakura, 0).await;
        let no = case.submitted().await;
        let form = case.approval_form(no, &[(case.family.sakura, "2")]).await;
        let actor = &case.family.person.actor;
        let (one, two) = tokio::join!(approve(&case, actor, no, &form), approve(&case, actor, no, &form));
        one.unwrap();
        two.unwrap();
        approve(&case, actor, no, &form).await.unwrap();
        assert_eq!(case.world.count("SELECT COUNT(*) FROM approval").await, 1);
        assert_eq!(case.tickets_used(case.family.sakura).await, 2);
        // Also after the provider has gone on.
        let revision = case.revision(no).await;
        receipt::receive(&case.world.env, &case.provider.actor, no, revision, "cash", Channel::Web).await.unwrap();
        approve(&case, actor, no, &form).await.unwrap();
        assert_eq!(case.details(no, actor).await.reward, RewardStatus::Received);
    }

    async fn a_report_changed_meanwhile_is_not_approved(world) {
        let case = Case::established(world).await;
        let no = case.submitted().await;
        let seen = case.approval_form(no, &[]).await;
        edit(&case, no, &ReportForm { end: "13:00".into(), ..case.form() }).await.unwrap();
        let before = case.everything().await;
        let actor = &case.family.person.actor;
        assert_eq!(refused(approve(&case, actor, no, &seen).await), Refusal::ChangedSinceSeen);
        // A page that lies about its revision does not help.
        let forged = ApprovalForm { revision: case.revision(no).await, ..seen };
        assert_eq!(refused(approve(&case, actor, no, &forged).await), Refusal::ChangedSinceSeen);
        assert_eq!(case.everything().await, before);
        case.approve(no, &[]).await.unwrap();
    }

    async fn the_same_content_registered_again_must_be_seen_again(world) {
        let case = Case::established(world).await;
        let no = case.submitted().await;
        let seen = case.approval_form(no, &[]).await;
        edit(&case, no, &case.form()).await.unwrap();
        assert_eq!(case.approval_form(no, &[]).await.content_hash, seen.content_hash);
        let result = approve(&case, &case.family.person.actor, no, &seen).await;
        assert_eq!(refused(result), Refusal::ChangedSinceSeen);
    }

    async fn approving_against_an_edit_has_one_winner(world) {
        let case = Case::established(world).await;
        for round in 0..4 {
            let no = case.submitted().await;
            let form = case.approval_form(no, &[]).await;
            let revision = case.revision(no).await;
            let (env, provider) = (&case.world.env, &case.provider.actor);
            let pull = report::pull_back(env, provider, no, revision, Channel::Web);
            let (approved, pulled) = if round % 2 == 0 {
                tokio::join!(approve(&case, &case.family.person.actor, no, &form), pull)
            } else {
                let (pulled, approved) = tokio::join!(pull, approve(&case, &case.family.person.actor, no, &form));
                (approved, pulled)
            };
            let status = case.details(no, provider).await.status;
            match (approved, pulled) {
                (Ok(()), Err(Error::Stale { by, action })) => {
                    assert_eq!((by.as_str(), action.unwrap().key()), ("木村 花子", "approve"));
                    assert_eq!(status, ReportStatus::Approved);
                }
                (Err(Error::Stale { by, action }), Ok(())) => {
                    assert_eq!((by.as_str(), action.unwrap().key()), ("山田 和子", "pull_back"));
                    assert_eq!(status, ReportStatus::Draft);
                }
                other => panic!("{other:?}"),
            }
            let sql = "UPDATE activity_report SET status = 'voided' WHERE report_no = $1";
            db::execute(env.db.write(), sql, vec![i64::from(no.0).into()]).await.unwrap();
        }
    }

    async fn more_tickets_than_fit_are_refused_with_the_number(world) {
        let case = Case::established(world).await;
        case.coupon(case.family.sakura, 7).await;
        let no = case.submitted().await;
        let before = case.everything().await;
        let field = approval::ticket_field(case.family.sakura);
        for (typed, fault) in [("2", FieldFault::TooManyTickets(1)), ("9", FieldFault::TooManyTickets(1))] {
            let result = case.approve(no, &[(case.family.sakura, typed)]).await;
            assert_eq!(invalid(result), [FieldError::new(field.clone(), fault)], "{typed}");
        }
        assert!(matches!(invalid(case.approve(no, &[(case.family.sakura, "−1")]).await)[..], [FieldError { .. }]));
        // 太郎 has no book.
        let result = case.approve(no, &[(case.family.taro, "1")]).await;
        assert_eq!(invalid(result), [FieldError::new(approval::ticket_field(case.family.taro), FieldFault::TooManyTickets(0))]);
        assert_eq!(case.everything().await, before);
    }

    async fn a_ticket_is_judged_by_the_day_of_the_activity(world) {
        let case = Case::established(world).await;
        case.coupon(case.family.sakura, 0).await;
        let set = async |day: &str| {
            let sql = "UPDATE trial_coupon SET expires_on = $1";
            db::execute(case.world.env.db.write(), sql, vec![support::date(day).into()]).await.unwrap();
        };
        let no = case.submitted().await;
        set("2024-03-29").await;
        assert!(case.details(no, &case.family.person.actor).await.coupons.is_empty());
        let result = case.approve(no, &[(case.family.sakura, "1")]).await;
        assert!(matches!(result, Err(Error::Invalid(_))), "{result:?}");
        set("2024-03-30").await;
        // Approved later, the last valid day still counts.
        case.world.env.clock.advance_to(at("2024-05-20T10:00"));
        case.approve(no, &[(case.family.sakura, "1")]).await.unwrap();
    }

    async fn a_hundred_approvals_at_once_never_overdraw_a_book(world) {
        let case = Case::established(world).await;
        case.coupon(case.family.sakura, 5).await;
        let children = [case.family.taro, case.family.sakura];
        let mut reports = Vec::new();
        for hour in 0..5 {
            let (start, end) = (format!("2024-03-2{hour}T09:00"), format!("2024-03-2{hour}T10:00"));
            let no = request(&case.world, &case.family.person, &case.provider, (&start, &end), &children).await;
            let draft = case.draft(&form_for(no, &start, &end, &children)).await;
            report::submit(&case.world.env, &case.provider.actor, draft, 1, Channel::Web).await.unwrap();
            reports.push((draft, case.approval_form(draft, &[(case.family.sakura, "1")]).await));
        }
        let second = case.world.second_server().await;
        let mut tasks = Vec::new();
        for press in 0..100 {
            let (no, form) = reports[press % reports.len()].clone();
            let env = if press % 2 == 0 { case.world.env.clone() } else { second.clone() };
            let actor = case.family.person.actor.clone();
            tasks.push(tokio::spawn(async move { approval::approve(&env, &actor, no, &form, Channel::Web).await }));
        }
        for task in tasks {
            match task.await.unwrap() {
                Ok(()) | Err(Error::Refused(Refusal::CouponShort { .. }) | Error::Invalid(_)) => {}
                // A hundred at once may wait too long for a connection; then nothing has happened.
                Err(Error::Unavailable(error)) => assert!(error.to_string().contains("acquire") || error.to_string().contains("timed out") || error.to_string().contains("locked"), "{error}"),
                other => panic!("{other:?}"),
            }
        }
        assert_eq!(case.tickets_used(case.family.sakura).await, 8);
        assert_eq!(case.world.count("SELECT COUNT(*) FROM approval").await, 3);
        assert_eq!(case.world.count("SELECT COUNT(*) FROM activity_report WHERE status = 'approved'").await, 3);
        assert_eq!(case.world.count("SELECT CAST(SUM(tickets) AS BIGINT) FROM coupon_entry WHERE kind = 'used'").await, 3);
    }

    async fn a_revision_needs_a_comment_and_mails_the_provider(world) {
        let case = Case::established(world).await;
        let no = case.submitted().await;
        let revision = case.revision(no).await;
        let actor = &case.family.person.actor;
        let before = case.everything().await;
        for empty in ["", "  \n", "\u{3000}"] {
            let result = approval::request_revision(&case.world.env, actor, no, revision, empty, Channel::Web).await;
            assert_eq!(invalid(result), [FieldError::new("comment", FieldFault::Missing)]);
        }
        assert_eq!(case.everything().await, before);
        approval::request_revision(&case.world.env, actor, no, revision, "13時まででした", Channel::Web).await.unwrap();
        let sql = "SELECT body FROM outbox ORDER BY id DESC LIMIT 1";
        let body: String = db::scalar(case.world.env.db.read(), sql, vec![]).await.unwrap().unwrap();
        assert!(body.contains("13時まででした"), "{body}");
        approval::request_revision(&case.world.env, actor, no, revision, "もう一度", Channel::Web).await.unwrap();
        assert_eq!(case.world.events(Action::RequestRevision).await, 1);
    }

    async fn a_coordinator_approves_with_evidence_in_hand(world) {
        let case = Case::established(world).await;
        let env = &case.world.env;
        let no = case.submitted().await;
        let form = case.approval_form(no, &[]).await;
        let result = approval::approve(env, &case.coordinator, no, &form, Channel::Paper).await;
        assert_eq!(invalid(result), [FieldError::new("evidence", FieldFault::Missing)]);
        let with = ApprovalForm { evidence: "3/30付の署名入り報告書".into(), ..form };
        let result = approval::approve(env, &case.coordinator, no, &with, Channel::Web).await;
        assert_eq!(invalid(result), [FieldError::new("channel", FieldFault::Missing)]);
        approval::approve(env, &case.coordinator, no, &with, Channel::Paper).await.unwrap();
        let step = case.details(no, &case.coordinator).await.history.last().cloned().unwrap();
        assert_eq!(step.on_behalf_of, Some(format!("木村花子（{}）", case.family.person.no)));
        assert_eq!(step.reason.as_deref(), Some("3/30付の署名入り報告書"));
        // The family that presses later reads who was first.
        let late = approve(&case, &case.family.person.actor, no, &with).await;
        assert!(matches!(late, Err(Error::Stale { ref by, action: Some(domain::event::Action::Approve) }) if *by == case.coordinator.name), "{late:?}");
    }

    async fn opening_again_undoes_approval_and_receipt_and_returns_the_tickets(world) {
        let case = Case::established(world).await;
        let env = &case.world.env;
        case.coupon(case.family.sakura, 2).await;
        let no = case.submitted().await;
        case.approve(no, &[(case.family.sakura, "2")]).await.unwrap();
        let revision = case.revision(no).await;
        receipt::receive(env, &case.provider.actor, no, revision, "cash", Channel::Web).await.unwrap();
        let revision = case.revision(no).await;
        let result = approval::reopen(env, &case.coordinator, no, revision, " ").await;
        assert_eq!(invalid(result), [FieldError::new("reason", FieldFault::Missing)]);
        approval::reopen(env, &case.coordinator, no, revision, "金額の訂正").await.unwrap();
        approval::reopen(env, &case.coordinator, no, revision, "金額の訂正").await.unwrap();
        assert_eq!(case.tickets_used(case.family.sakura).await, 2);
        let details = case.details(no, &case.provider.actor).await;
        assert_eq!((details.status, details.reward), (ReportStatus::RevisionRequested, RewardStatus::NotReceived));
        assert_eq!((details.approved_at, details.received_at, details.settlement.coupon_yen), (None, None, 0));
        assert_eq!(case.world.count("SELECT COUNT(*) FROM approval WHERE undone_at IS NULL").await, 0);
        assert_eq!(case.world.count("SELECT COUNT(*) FROM receipt WHERE undone_at IS NULL").await, 0);
        assert_eq!(case.world.count("SELECT COUNT(*) FROM coupon_entry WHERE kind = 'returned'").await, 1);
        // The tickets may be spent again.
        let revision = case.revision(no).await;
        report::submit(env, &case.provider.actor, no, revision, Channel::Web).await.unwrap();
        case.approve(no, &[(case.family.sakura, "1")]).await.unwrap();
        assert_eq!(case.tickets_used(case.family.sakura).await, 3);
    }

    async fn from_the_cutoff_on_nothing_is_opened_again(world) {
        let case = Case::established(world).await;
        let env = &case.world.env;
        let no = case.received().await;
        let revision = case.revision(no).await;
        let cutoff = YearMonth { year: 2024, month: 4 }.cutoff();
        env.clock.advance_to(cutoff);
        let before = case.everything().await;
        let fixed = Refusal::InClose { month: "2024-04".into() };
        assert_eq!(refused(approval::reopen(env, &case.coordinator, no, revision, "訂正").await), fixed);
        let undo = receipt::undo_receipt(env, &case.coordinator, no, revision, Channel::Phone).await;
        assert_eq!(refused(undo), fixed);
        assert_eq!(case.everything().await, before, "though no run has happened");
        let details = case.details(no, &case.coordinator).await;
        assert_eq!(details.closed_in.as_deref(), Some("2024-04"));
        assert!(details.actions.is_empty() && details.reward_actions.is_empty());
    }

    async fn until_the_last_microsecond_of_the_fifth_it_is(world) {
        let case = Case::established(world).await;
        let env = &case.world.env;
        let no = case.received().await;
        let revision = case.revision(no).await;
        env.clock.advance_to(Instant(YearMonth { year: 2024, month: 4 }.cutoff().0 - 1));
        approval::reopen(env, &case.coordinator, no, revision, "訂正").await.unwrap();
    }

    async fn an_approval_without_receipt_is_opened_again_long_after(world) {
        let case = Case::established(world).await;
        let env = &case.world.env;
        let no = case.approved().await;
        env.clock.advance_to(at("2024-08-01T10:00"));
        let revision = case.revision(no).await;
        approval::reopen(env, &case.coordinator, no, revision, "訂正").await.unwrap();
        assert_eq!(case.details(no, &case.coordinator).await.status, ReportStatus::RevisionRequested);
    }

    async fn the_proposal_spares_the_family_most(world) {
        let case = Case::established(world).await;
        case.coupon(case.family.sakura, 7).await;
        let no = case.submitted().await;
        let page = case.details(no, &case.family.person.actor).await;
        let proposed: Vec<TicketChoice> = page
            .coupons
            .iter()
            .map(|part| TicketChoice { child: part.child.id, tickets: u32::try_from(part.tickets).unwrap() })
            .collect();
        assert_eq!(proposed, [TicketChoice { child: case.family.sakura, tickets: 1 }]);
        assert_eq!(page.settlement.user_pays, 1800 + 300 - 250);
    }
}
