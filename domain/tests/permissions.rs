//! The table of rights: every right × relation × stage, and `docs/permissions.md`, its picture.
#![allow(clippy::expect_used, clippy::panic, clippy::unwrap_used, reason = "a test ends where it fails")]

use domain::actor::{Actor, MemberKind, Party, Role};
use domain::id::{AccountId, MemberId};
use domain::number::MemberNo;
use domain::policy::{
    DOORS, MATRIX, Relation, Right, Sides, Stage, Thing, When, Whose, door, may, opens, permit, relation, side, sight,
    standing, when,
};
use domain::report::{REWARD_TABLE, ReportAction, TABLE as REPORT_TABLE};
use domain::request::{OFFER_TABLE, OfferAction, RequestAction, TABLE as REQUEST_TABLE};
use std::collections::BTreeSet;
use std::fmt::Write;
use std::path::{Path, PathBuf};

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
    let role = Role::Member { member: MemberId(member), no: MemberNo(1), kind, ward: "midori".into() };
    Actor { account: AccountId(70 + member), name: "会員".into(), role }
}

fn staff(role: Role) -> Actor {
    Actor { account: AccountId(1), name: "職員".into(), role }
}

#[test]
fn what_somebody_is_to_a_row() {
    use MemberKind::{Both, Provider, User};
    let row = Sides { ward: Some("midori"), family: Some(MemberId(1)), provider: Some(MemberId(2)), account: None };
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
        let foreign = Sides { account: Some(AccountId(999)), ..Sides::default() };
        assert_eq!(relation(actor, &foreign), None, "what is one account's is not the headquarters' either");
        // A side that nobody has yet is nobody's.
        let nobody = Sides { ward: Some("izumi"), ..Sides::default() };
        assert_eq!(relation(actor, &nobody), (actor.is_hq()).then_some(Relation::Headquarters));
    }
}

#[test]
fn a_list_shows_exactly_the_rows_that_would_open() {
    use MemberKind::{Both, Provider, User};
    let mut actors = vec![staff(Role::Hq)];
    actors.extend(["midori", "aoba"].map(|ward| staff(Role::Coordinator { ward: ward.into() })));
    actors.extend([1, 2, 3].into_iter().flat_map(|member| [User, Provider, Both].map(|kind| members(kind, member))));
    let rows: Vec<_> = ["midori", "aoba"]
        .into_iter()
        .flat_map(|ward| [(1, Some(2)), (2, Some(1)), (2, None)].map(|(family, provider)| (ward, family, provider)))
        .map(|(ward, family, provider)| {
            let (family, provider) = (Some(MemberId(family)), provider.map(MemberId));
            Sides { ward: Some(ward), family, provider, account: None }
        })
        .collect();
    // Over both sides of a member; what is open for a time only is in the list at every time.
    for rule in MATRIX.iter().filter(|rule| matches!(rule.to, Thing::Request | Thing::Report | Thing::Claim)) {
        for (actor, row) in actors.iter().flat_map(|actor| rows.iter().map(move |row| (actor, row))) {
            for stage in Stage::ALL {
                let listed = [Relation::Family, Relation::Provider].into_iter().any(|wanted| {
                    sight(actor, rule.right, Some(wanted)).is_some_and(|sight| {
                        let owned = match sight.whose {
                            Whose::Everybody => true,
                            Whose::Ward(ward) => row.ward == Some(ward),
                            Whose::Member(member) if sight.by == Relation::Family => row.family == Some(member),
                            Whose::Member(member) => row.provider == Some(member),
                            Whose::Account(account) => row.account == Some(account),
                        };
                        owned && (sight.drafts || *stage != Stage::Draft)
                    })
                });
                let opened = permit(actor, rule.right, row, *stage);
                let by_time = opened.is_none() && matches!(when_of(rule.right, actor, row), Some(When::Agreed));
                assert!(listed == opened.is_some() || by_time, "{:?} {actor:?} {row:?} {stage:?}", rule.right);
            }
        }
    }
}

fn when_of(right: Right, actor: &Actor, row: &Sides<'_>) -> Option<When> {
    relation(actor, row).and_then(|by| when(right, by))
}

#[test]
fn a_member_of_both_kinds_has_two_sides_and_everybody_else_one() {
    let both = members(MemberKind::Both, 1);
    for wanted in [Relation::Family, Relation::Provider] {
        assert_eq!(side(&both, Right::ReadReport, Some(wanted)), Some(wanted));
        assert_eq!(side(&members(MemberKind::User, 1), Right::ReadReport, Some(wanted)), Some(Relation::Family));
        assert_eq!(side(&staff(Role::Hq), Right::ReadReport, Some(wanted)), Some(Relation::Headquarters));
    }
    assert_eq!(side(&both, Right::ReadReport, None), Some(Relation::Provider), "what she gives comes first");
    assert_eq!(side(&members(MemberKind::User, 1), Right::ListClaims, None), None, "a right that is not hers");
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

/// The files of product code below a folder of the workspace; the demo plays everybody.
fn sources(folder: &Path, found: &mut Vec<PathBuf>) {
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() && !path.ends_with("demo") {
            sources(&path, found);
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            found.push(path);
        }
    }
}

#[test]
fn nobody_else_decides_who_may() {
    let asks = ["is_hq()", "coordinator_ward()", "user_member()", "provider_member()"];
    // Makes an actor of an account's row, or says what somebody is called.
    let exempt = ["service/src/session.rs", "service/src/invitation.rs", "app/src/words.rs", "service/src/policy.rs"];
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    let mut files = Vec::new();
    for folder in ["service/src", "server/src", "app/src"] {
        sources(&root.join(folder), &mut files);
    }
    assert!(files.len() > 150, "{}", files.len());
    let mut places = Vec::new();
    for path in files.iter().filter(|path| !exempt.iter().any(|exempt| path.ends_with(exempt))) {
        let text = std::fs::read_to_string(path).unwrap();
        for (number, line) in text.lines().enumerate().filter(|(_, line)| !line.trim_start().starts_with("//")) {
            let role = line.match_indices("Role::").any(|(at, _)| !line[..at].ends_with(char::is_alphanumeric));
            if role || asks.iter().any(|ask| line.contains(ask)) {
                places.push(format!("{}:{}: {}", path.display(), number + 1, line.trim()));
            }
        }
    }
    assert!(places.is_empty(), "ask domain::policy instead:\n{}", places.join("\n"));
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
