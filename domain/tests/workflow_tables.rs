//! The state tables: every state is reachable, no state is a trap by mistake, and `docs/workflow.md` is their picture.
#![allow(clippy::expect_used, clippy::panic, clippy::unwrap_used, reason = "a test ends where it fails")]

use domain::actor::Party;
use domain::member::{MEMBERSHIP_TABLE, MembershipAction};
use domain::report::{REWARD_TABLE, ReportStatus, RewardStatus, TABLE as REPORT_TABLE};
use domain::request::{
    ACTIVITY_TABLE, ActivityStatus, CoordinationStatus, OFFER_TABLE, OfferStatus, TABLE as REQUEST_TABLE,
};
use domain::workflow::{Step, StepRefused, next};
use std::fmt::{Debug, Write};

const PARTIES: [Party; 5] = [Party::Family, Party::Provider, Party::Coordinator, Party::Headquarters, Party::Timer];

fn check<S: Copy + PartialEq + Debug, A: Copy + PartialEq + Debug>(
    table: &[Step<S, A>],
    states: &[S],
    actions: impl Fn() -> Vec<A>,
    first: &[S],
    last: &[S],
) {
    for state in states {
        let reached = first.contains(state) || table.iter().any(|step| step.to == *state && step.from != *state);
        assert!(reached, "{state:?} is never reached");
        let leaves = table.iter().any(|step| step.from == *state && step.to != *state);
        assert_eq!(leaves, !last.contains(state), "{state:?}");
    }
    for (index, step) in table.iter().enumerate() {
        assert!(!step.by.is_empty(), "{step:?} is nobody's");
        let twin = table.iter().skip(index + 1).find(|other| other.from == step.from && other.action == step.action);
        assert!(twin.is_none(), "{step:?} is written twice");
    }
    for state in states {
        for action in actions() {
            for party in PARTIES {
                let row = table.iter().find(|step| step.from == *state && step.action == action);
                let expected = match row {
                    None => Err(StepRefused::NotNow),
                    Some(step) if step.by.contains(&party) => Ok(step.to),
                    Some(_) => Err(StepRefused::NotYours),
                };
                assert_eq!(next(table, *state, action, party), expected, "{state:?} {action:?} {party:?}");
            }
        }
    }
}

#[test]
fn requests() {
    use CoordinationStatus as S;
    let last = [S::NotEstablished, S::Withdrawn, S::Cancelled];
    let actions = || domain::request::RequestAction::ALL.to_vec();
    check(REQUEST_TABLE, S::ALL, actions, &[S::Draft, S::InCoordination], &last);
    let ended = |state: &S| *state == S::Completed || last.contains(state);
    assert!(S::ALL.iter().all(|state| state.is_final() == ended(state)));
    let moved = REQUEST_TABLE.iter().filter(|step| step.from == S::Completed);
    assert!(moved.flat_map(|step| step.by).all(|by| *by == Party::Timer), "nobody moves a 完了 case by hand");
}

#[test]
fn offers() {
    use OfferStatus as S;
    let last = [S::Accepted, S::Declined, S::Expired, S::Closed];
    let actions = || domain::request::OfferAction::ALL.to_vec();
    check(OFFER_TABLE, S::ALL, actions, &[S::Sent], &last);
}

#[test]
fn activities() {
    use ActivityStatus as S;
    let last = [S::CancelledByUser, S::CancelledByProvider, S::NoShow];
    let actions = || domain::request::ActivityAction::ALL.to_vec();
    check(ACTIVITY_TABLE, S::ALL, actions, &[S::Planned], &last);
}

/// 申込中, 更新切れ and 退会 are reached by no step of the branch yet.
#[test]
fn memberships() {
    assert!(MembershipAction::ALL.iter().all(|action| MEMBERSHIP_TABLE.iter().any(|step| step.action == *action)));
    assert!(MEMBERSHIP_TABLE.iter().all(|step| step.by == [Party::Coordinator]), "only the branch");
}

#[test]
fn reports_and_rewards() {
    let actions = || domain::report::ReportAction::ALL.to_vec();
    check(REPORT_TABLE, ReportStatus::ALL, actions, &[ReportStatus::Draft], &[ReportStatus::Voided]);
    let actions = || domain::report::RewardAction::ALL.to_vec();
    check(REWARD_TABLE, RewardStatus::ALL, actions, &[RewardStatus::NotReceived], &[]);
}

#[test]
fn nothing_is_contacted_before_it_is_established() {
    for state in CoordinationStatus::ALL {
        if state.contacts_shared() {
            assert!(state.meeting_known(), "{state:?} shares contacts but not the meeting");
        }
    }
}

fn section<S: Copy + Debug, A: Copy + Debug>(text: &mut String, title: &str, table: &[Step<S, A>]) {
    let _ = writeln!(text, "\n## {title}\n\n```mermaid\nstateDiagram-v2");
    for step in table {
        let _ = writeln!(text, "  {:?} --> {:?}: {:?}", step.from, step.to, step.action);
    }
    let _ = writeln!(text, "```\n\n| from | action | to | by |\n| --- | --- | --- | --- |");
    for step in table {
        let by: Vec<_> = step.by.iter().map(|party| format!("{party:?}")).collect();
        let _ = writeln!(text, "| {:?} | {:?} | {:?} | {} |", step.from, step.action, step.to, by.join(", "));
    }
}

#[test]
fn the_picture_is_that_of_the_tables() {
    let mut text =
        "# Workflow\n\nGenerated from the tables in `domain/src/request.rs` and `domain/src/report.rs`; do not edit.\n\
        Renew it with `KOSAPO_RENEW=1 cargo test -p domain --test workflow_tables`.\n"
            .to_owned();
    section(&mut text, "Request and coordination (CDK)", REQUEST_TABLE);
    section(&mut text, "Offer (打診)", OFFER_TABLE);
    section(&mut text, "Activity (援助活動)", ACTIVITY_TABLE);
    section(&mut text, "Report (EKH)", REPORT_TABLE);
    section(&mut text, "Reward (報酬受領)", REWARD_TABLE);
    section(&mut text, "Membership (会員)", MEMBERSHIP_TABLE);
    let file = concat!(env!("CARGO_MANIFEST_DIR"), "/../docs/workflow.md");
    #[allow(clippy::disallowed_methods, reason = "the switch that renews the file")]
    if std::env::var("KOSAPO_RENEW").is_ok() {
        std::fs::write(file, &text).unwrap();
    }
    let stored = std::fs::read_to_string(file).unwrap_or_default();
    assert!(
        stored == text,
        "docs/workflow.md is out of date: KOSAPO_RENEW=1 cargo test -p domain --test workflow_tables"
    );
}
