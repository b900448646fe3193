//! The table of rights: every right × relation × stage, and `docs/permissions.md`, its picture.

use domain::actor::{Actor, MemberKind, Party, Role};
use domain::number::MemberNo;
use domain::policy::{
    DOORS, MATRIX, Relation, Right, Sides, Stage, Thing, When, door, may, opens, relation, standing, when,
};
use domain::report::{REWARD_TABLE, ReportAction, TABLE as REPORT_TABLE};
use domain::request::{OFFER_TABLE, OfferAction, RequestAction, TABLE as REQUEST_TABLE};
use std::collections::BTreeSet;
use std::fmt::Write;

#[test]
fn every_right_relation_and_stage() {
    for right in Right::ALL {
        let rows: Vec<_> = MATRIX.iter().filter(|rule| rule.right == *right).collect();
        assert!(!rows.is_empty(), "{right:?} is nobody's");
        assert!(rows.iter().all(|rule| rule.to == rows[0].to), "{right:?} is about two things");
        for by in Relation::ALL {
            let own: Vec<_> = rows.iter().filter(|rule| rule.by.contains(by)).collect();
            assert!(own.len() <= 1, "{right:?} of {by:?} is written twice");
            for stage in Stage::ALL {
                let expected = match own.first().map(|rule| rule.when) {
                    None => false,
                    Some(When::Always | When::Table) => true,
                    Some(When::Known | When::Reason) => *stage != Stage::Draft,
                    Some(When::Agreed) => *stage == Stage::Agreed,
                };
                assert_eq!(may(*right, *by, *stage), expected, "{right:?} {by:?} {stage:?}");
            }
        }
    }
}

#[test]
fn a_draft_is_its_writers_alone() {
    for rule in MATRIX {
        for by in [Relation::Coordinator, Relation::Headquarters].into_iter().filter(|by| rule.by.contains(by)) {
            assert!(rule.to != Thing::Request || !may(rule.right, by, Stage::Draft), "{:?} {by:?}", rule.right);
        }
        if rule.to == Thing::Report && rule.by.contains(&Relation::Family) {
            assert!(!may(rule.right, Relation::Family, Stage::Draft), "{:?}", rule.right);
        }
    }
}

#[test]
fn nobody_signed_out_has_a_right_to_a_thing() {
    for rule in MATRIX.iter().filter(|rule| rule.by.contains(&Relation::Anybody)) {
        assert_eq!(rule.to, Thing::Nothing, "{:?}", rule.right);
    }
}

fn members(kind: MemberKind, member: i64) -> Actor {
    let role = Role::Member { member, no: MemberNo(1), kind, ward: "midori".into() };
    Actor { account: 70 + member, name: "会員".into(), role }
}

fn staff(role: Role) -> Actor {
    Actor { account: 1, name: "職員".into(), role }
}

#[test]
fn what_somebody_is_to_a_row() {
    use MemberKind::{Both, Provider, User};
    let row = Sides { ward: Some("midori"), family: Some(1), provider: Some(2), account: None };
    let cases = [
        (members(User, 1), Some(Relation::Family)),
        (members(Both, 1), Some(Relation::Family)),
        (members(Provider, 1), None),
        (members(Provider, 2), Some(Relation::Provider)),
        (members(Both, 2), Some(Relation::Provider)),
        (members(User, 2), None),
        (members(Both, 3), None),
        (staff(Role::Coordinator { ward: "midori".into() }), Some(Relation::Coordinator)),
        (staff(Role::Coordinator { ward: "aoba".into() }), None),
        (staff(Role::Hq), Some(Relation::Headquarters)),
    ];
    for (actor, expected) in &cases {
        assert_eq!(relation(actor, &row), *expected, "{actor:?}");
        // Who is something to a row may be that in general, so the door never closes before the row would open.
        assert!(expected.is_none_or(|by| standing(Some(&actor.role)).contains(&by)), "{actor:?}");
        let own = Sides { account: Some(actor.account), ..Sides::default() };
        assert_eq!(relation(actor, &own), Some(Relation::Account));
        let foreign = Sides { account: Some(999), ..Sides::default() };
        assert_eq!(relation(actor, &foreign), None, "what is one account's is not the headquarters' either");
        // A side that nobody has yet is nobody's.
        let nobody = Sides { ward: Some("izumi"), ..Sides::default() };
        assert_eq!(relation(actor, &nobody), (actor.is_hq()).then_some(Relation::Headquarters));
    }
}

/// The steps that go through a right, by the workflow tables.
fn parties_of(right: Right) -> Option<BTreeSet<Party>> {
    let request = |actions: &[RequestAction]| -> Vec<Party> {
        let steps = REQUEST_TABLE.iter().filter(|step| actions.contains(&step.action));
        steps.flat_map(|step| step.by.iter().copied()).collect()
    };
    let report = |actions: &[ReportAction]| -> Vec<Party> {
        let steps = REPORT_TABLE.iter().filter(|step| actions.contains(&step.action));
        steps.flat_map(|step| step.by.iter().copied()).collect()
    };
    let offer = |actions: &[OfferAction]| -> Vec<Party> {
        let steps = OFFER_TABLE.iter().filter(|step| actions.contains(&step.action));
        steps.flat_map(|step| step.by.iter().copied()).collect()
    };
    let parties = match right {
        Right::WriteRequest => request(&[RequestAction::SaveDraft, RequestAction::Submit]),
        Right::TakePart => request(&[
            RequestAction::Withdraw,
            RequestAction::Cancel,
            RequestAction::SearchAgain,
            RequestAction::ScheduleMeeting,
        ]),
        Right::Coordinate => request(&[
            RequestAction::Take,
            RequestAction::Offer,
            RequestAction::NotEstablish,
            RequestAction::HoldMeeting,
            RequestAction::Establish,
            RequestAction::EstablishWaived,
        ]),
        Right::AnswerOffer => offer(&[OfferAction::Accept, OfferAction::Decline]),
        Right::CloseOffer => offer(&[OfferAction::Close]),
        Right::WriteReport => {
            report(&[ReportAction::SaveDraft, ReportAction::Submit, ReportAction::PullBack, ReportAction::Void])
        }
        Right::AnswerReport => report(&[ReportAction::Approve, ReportAction::RequestRevision]),
        Right::ReopenReport => report(&[ReportAction::Reopen]),
        Right::ReceiveReward => REWARD_TABLE.iter().flat_map(|step| step.by.iter().copied()).collect(),
        _ => return None,
    };
    Some(parties.into_iter().filter(|party| *party != Party::Timer).collect())
}

#[test]
fn whoever_takes_a_step_by_the_tables_has_its_right() {
    let mut asked = 0;
    for right in Right::ALL {
        let Some(parties) = parties_of(*right) else { continue };
        let having: BTreeSet<_> =
            Relation::ALL.iter().filter(|by| when(*right, **by).is_some()).filter_map(|by| by.party()).collect();
        assert_eq!(having, parties, "{right:?}");
        asked += 1;
    }
    let table = MATRIX.iter().filter(|rule| rule.when == When::Table).map(|rule| rule.right);
    for right in table.filter(|right| *right != Right::WriteSheet) {
        assert!(parties_of(right).is_some(), "{right:?} says that a table answers");
    }
    assert_eq!(asked, 9);
}

#[test]
fn every_door_is_found_by_its_address() {
    let mut names = BTreeSet::new();
    for (path, right) in DOORS {
        assert!(names.insert(path), "{path} is written twice");
        assert_eq!(door(&path.replace(':', "x")), Some(*right), "{path}");
    }
    assert_eq!(door("/requests/new"), Some(Right::AskForCare), "a word comes before a number");
    assert_eq!(door("/requests/CDK0036630"), Some(Right::ReadRequest));
    assert_eq!(door("/requests/CDK0036630/"), Some(Right::ReadRequest));
    for nowhere in ["/requests/CDK0036630/x", "/x", "/desk/members/new/check/x", "/api", "/api/x"] {
        assert_eq!(door(nowhere), None, "{nowhere}");
    }
    for right in Right::ALL {
        let inside = [Right::ReadCoupons, Right::ReadSheet, Right::ReportOn];
        assert!(inside.contains(right) || DOORS.iter().any(|(_, behind)| behind == right), "{right:?} has no door");
    }
}

#[test]
fn who_is_signed_out_gets_in_nowhere_else() {
    let open: Vec<_> = Right::ALL.iter().filter(|right| opens(**right, None)).collect();
    assert_eq!(open, [&Right::Enter]);
}

#[test]
fn the_picture_is_that_of_the_table() {
    let mut text = "# Permissions\n\nGenerated from `MATRIX` and `DOORS` in `domain/src/policy.rs`; do not edit.\n\
        Renew it with `KOSAPO_RENEW=1 cargo test -p domain --test permissions`.\n\n\
        *Known*: no draft any more. *Agreed*: from 成立 until 30 days after the activity. *Table*: as the step's table in\n\
        [workflow.md](workflow.md) says. *Reason*: for half an hour after a reason was stated.\n\n"
        .to_owned();
    let head: Vec<_> = Relation::ALL.iter().map(|by| format!("{by:?}")).collect();
    let _ = writeln!(text, "| right | to | {} |\n| --- | --- |{}", head.join(" | "), " --- |".repeat(head.len()));
    for right in Right::ALL {
        let to = MATRIX.iter().find(|rule| rule.right == *right).map(|rule| rule.to).unwrap();
        let to = if to == Thing::Nothing { String::new() } else { format!("{to:?}") };
        let cells =
            Relation::ALL.iter().map(|by| when(*right, *by).map_or_else(String::new, |when| format!("{when:?}")));
        let _ = writeln!(text, "| {right:?} | {to} | {} |", cells.collect::<Vec<_>>().join(" | "));
    }
    let _ = writeln!(text, "\n## Doors\n\n| right | addresses |\n| --- | --- |");
    for right in Right::ALL {
        let doors = DOORS.iter().filter(|(_, behind)| behind == right).map(|(path, _)| format!("`{path}`"));
        let _ = writeln!(text, "| {right:?} | {} |", doors.collect::<Vec<_>>().join(" "));
    }
    let file = concat!(env!("CARGO_MANIFEST_DIR"), "/../docs/permissions.md");
    #[allow(clippy::disallowed_methods, reason = "the switch that renews the file")]
    if std::env::var("KOSAPO_RENEW").is_ok() {
        std::fs::write(file, &text).unwrap();
    }
    let stored = std::fs::read_to_string(file).unwrap_or_default();
    assert!(
        stored == text,
        "docs/permissions.md is out of date: KOSAPO_RENEW=1 cargo test -p domain --test permissions"
    );
}
