//! The coordinator's steps: the whole way, every refusal of the table, stale pages, money, and who sees what.
#![allow(clippy::expect_used, clippy::panic, clippy::unwrap_used, reason = "a test ends where it fails")]

mod support;

use domain::actor::{Actor, Channel, MemberKind, Party};
use domain::coordination::{QueueGroup, Stall};
use domain::fault::{FieldError, FieldFault};
use domain::member::{MembershipStatus, TrainingKind};
use domain::number::RequestNo;
use domain::refusal::{Refusal, of_request};
use domain::request::{CareKind, CoordinationStatus as S, Gate, RequestAction as A, TABLE};
use domain::workflow::{StepRefused, next};
use service::coordination::{self, Asked, CancelForm, Outcome, QueueFilter};
use service::meeting::{self, MeetingForm};
use service::{Env, Error, Result, db, history, offer};
use support::case::CaseSpec;
use support::{Person, World, at, date, saturday};

fn anyhow() -> Asked {
    Asked { seen: None, channel: Channel::Phone }
}

/// A cancellation that counts from now.
fn why(reason: &str) -> CancelForm {
    CancelForm { reason: reason.into(), ..CancelForm::default() }
}

fn meeting_form() -> MeetingForm {
    MeetingForm {
        meeting_date: "令和６年3月25日".into(),
        meeting_time: "９時半".into(),
        meeting_place: "いっぽ".into(),
    }
}

/// One step by its action, the same for everybody.
async fn attempt(env: &Env, actor: &Actor, no: RequestNo, action: A, asked: &Person) -> Result<Outcome> {
    match action {
        A::Take => coordination::take(env, actor, no, anyhow()).await,
        A::Offer => offer::send(env, actor, no, anyhow(), &[asked.no]).await,
        A::ScheduleMeeting => meeting::schedule(env, actor, no, anyhow(), &meeting_form()).await,
        A::HoldMeeting => meeting::hold(env, actor, no, anyhow()).await,
        A::Establish => coordination::establish(env, actor, no, anyhow()).await,
        A::EstablishWaived => coordination::establish_waived(env, actor, no, anyhow()).await,
        A::SearchAgain => coordination::search_again(env, actor, no, anyhow(), "provider", "急用").await,
        A::NotEstablish => coordination::not_establish(env, actor, no, anyhow(), "distance", "").await,
        A::Cancel => coordination::cancel(env, actor, no, anyhow(), &why("発熱")).await,
        A::SaveDraft | A::Submit | A::Accept | A::ReturnToSearch | A::Withdraw | A::Complete => {
            panic!("{action:?} is no step of the desk")
        }
    }
}

const STEPS: [A; 9] = [
    A::Take,
    A::Offer,
    A::ScheduleMeeting,
    A::HoldMeeting,
    A::Establish,
    A::EstablishWaived,
    A::SearchAgain,
    A::NotEstablish,
    A::Cancel,
];

/// Everything a refused step might have touched.
async fn footprint(world: &World) -> (String, i64, i64, i64, i64) {
    let rows =
        "SELECT status || revision || COALESCE(reason, '') || COALESCE(provider_id, 0) FROM care_request ORDER BY id";
    let rows: Vec<String> = {
        #[derive(sea_orm::FromQueryResult)]
        struct Row {
            line: String,
        }
        let sql = rows.replacen(" FROM", " AS line FROM", 1);
        db::rows::<Row, _>(world.env.db.read(), &sql, vec![]).await.unwrap().into_iter().map(|row| row.line).collect()
    };
    (
        rows.join(","),
        world.count("SELECT COUNT(*) FROM event").await,
        world.count("SELECT COUNT(*) FROM offer").await,
        world.count("SELECT COUNT(*) FROM activity WHERE status = 'planned'").await,
        world.count("SELECT COUNT(*) FROM notice").await,
    )
}

async fn seed_tariff(world: &World) {
    service::reference::seed(&world.env).await.unwrap();
}

both_databases! {
    async fn a_case_goes_from_submitted_to_established(world) {
        let env = &world.env;
        let (family, yamada, sato) = (world.a_family().await, world.a_provider().await, world.member("midori", MemberKind::Provider, "佐藤", "恵").await);
        let desk = world.coordinator("midori").await;
        let no = world.a_case(&family, None, S::Submitted).await;

        assert_eq!(coordination::take(env, &desk, no, Asked::seen(1)).await.unwrap(), Outcome::Executed);
        offer::send(env, &desk, no, Asked::seen(2), &[yamada.no, sato.no]).await.unwrap();
        let open = offer::open_for(env, &yamada.actor).await.unwrap().open;
        assert_eq!((open.len(), open[0].town.as_str(), open[0].ages.as_slice()), (1, "十日市場町", &[4][..]));
        offer::accept(env, &yamada.actor, open[0].id, Channel::Web).await.unwrap();
        assert!(offer::open_for(env, &sato.actor).await.unwrap().open.is_empty(), "the other offer is closed");

        meeting::schedule(env, &family.person.actor, no, Asked::seen(4), &meeting_form()).await.unwrap();
        env.clock.advance_to(at("2024-03-25T11:00"));
        let sheet = [("first_phone", "０９０－００００－０００１"), ("emergency_contact", "祖母 045-000-0002")];
        let mut sheet: Vec<(String, String)> = sheet.map(|(key, value)| (key.into(), value.into())).into();
        assert!(matches!(
            meeting::hold(env, &desk, no, Asked::seen(5)).await,
            Err(Error::Refused(Refusal::SheetIncomplete))
        ));
        sheet.push((format!("allergies-{}", family.taro), "卵".into()));
        sheet.push((format!("illness-{}", family.taro), "なし".into()));
        meeting::save_sheet(env, &family.person.actor, no, 0, Channel::Web, &sheet).await.unwrap();
        meeting::hold(env, &desk, no, Asked::seen(5)).await.unwrap();
        coordination::establish(env, &desk, no, Asked::seen(6)).await.unwrap();

        assert_eq!(world.status(no).await, S::Established);
        let id = world.request_id(no).await;
        let planned = format!("SELECT COUNT(*) FROM activity WHERE request_id = {id} AND status = 'planned'");
        assert_eq!(world.count(&planned).await, 1);
        let entries = history::of_request(env, &desk, no).await.unwrap().entries;
        let told: Vec<&str> = entries.iter().map(|entry| entry.action.as_str()).collect();
        assert_eq!(
            told,
            ["take", "offer", "see", "accept", "schedule_meeting", "save_sheet", "hold_meeting", "establish"]
        );
        let moves: Vec<_> = entries.iter().filter(|entry| entry.to.is_some()).collect();
        assert!(moves.windows(2).all(|pair| pair[0].to == pair[1].from), "one unbroken chain of states");
        let to = |person: &Person| format!("SELECT COUNT(*) FROM notice WHERE account_id = {}", person.actor.account);
        assert_eq!(world.count(&to(&family.person)).await, 3, "found, meeting, established");
        assert_eq!(world.count(&to(&yamada)).await, 3, "offer, meeting, established");
        assert_eq!(world.count(&to(&sato)).await, 2, "offer, thanks");
        let personal = "SELECT COUNT(*) FROM outbox WHERE subject LIKE '%木村%' OR body LIKE '%木村%' OR body LIKE '%山田%'";
        assert_eq!(world.count(personal).await, 0);
    }

    async fn every_step_outside_the_table_is_refused_and_changes_nothing(world) {
        let env = &world.env;
        let (family, provider) = (world.a_family().await, world.a_provider().await);
        let other = world.member("midori", MemberKind::Provider, "佐藤", "恵").await;
        let desk = world.coordinator("midori").await;
        let strangers = [
            world.coordinator("aoba").await,
            world.hq().await,
            world.member("midori", MemberKind::User, "他", "人").await.actor,
            other.actor.clone(),
        ];
        let parties =
            [(Party::Family, &family.person.actor), (Party::Provider, &provider.actor), (Party::Coordinator, &desk)];
        let (mut refused, mut hidden) = (0, 0);
        for &status in S::ALL {
            let no = world.a_case(&family, Some(&provider), status).await;
            let matched = world.count(&format!("SELECT COALESCE(provider_id, 0) FROM care_request WHERE request_no = {}", no.0)).await > 0;
            let before = footprint(&world).await;
            for action in STEPS {
                for actor in &strangers {
                    let result = attempt(env, actor, no, action, &other).await;
                    assert!(matches!(result, Err(Error::NotFound)), "{status:?} {action:?} {actor:?}: {result:?}");
                    hidden += 1;
                }
                for (party, actor) in parties {
                    let Err(expected) = next(TABLE, status, action, party) else { continue };
                    let result = attempt(env, actor, no, action, &other).await;
                    if party == Party::Provider && !matched {
                        assert!(matches!(result, Err(Error::NotFound)), "{status:?} {action:?}: {result:?}");
                        continue;
                    }
                    if party == Party::Coordinator && status == S::Draft {
                        assert!(matches!(result, Err(Error::NotFound)), "a draft is the family's alone: {action:?} {result:?}");
                        continue;
                    }
                    let Err(Error::Refused(refusal)) = result else { panic!("{status:?} {action:?} {party:?}: {result:?}") };
                    assert_eq!(refusal, of_request(expected, status), "{action:?} {party:?}");
                    refused += 1;
                }
            }
            assert_eq!(footprint(&world).await, before, "{status:?}");
        }
        let rows = TABLE.iter().filter(|step| STEPS.contains(&step.action));
        let allowed: usize = rows.map(|step| step.by.len()).sum();
        let (unmatched, drafts) = (6 * STEPS.len(), STEPS.len());
        assert_eq!(refused, S::ALL.len() * STEPS.len() * 3 - allowed - unmatched - drafts);
        assert_eq!(hidden, S::ALL.len() * STEPS.len() * strangers.len());
        assert_eq!(next(TABLE, S::Submitted, A::Take, Party::Family), Err(StepRefused::NotYours));
    }

    async fn a_double_click_is_one_step_and_a_stale_page_learns_who_was_first(world) {
        let env = &world.env;
        let family = world.a_family().await;
        let (first, second) = (world.coordinator("midori").await, world.coordinator("midori").await);
        let no = world.a_case(&family, None, S::Submitted).await;
        assert_eq!(coordination::take(env, &first, no, Asked::seen(1)).await.unwrap(), Outcome::Executed);
        assert_eq!(coordination::take(env, &first, no, Asked::seen(1)).await.unwrap(), Outcome::AlreadyApplied);
        let late = coordination::take(env, &second, no, Asked::seen(1)).await;
        let Err(Error::Stale { by, action }) = late else { panic!("{late:?}") };
        assert_eq!((by, action), (first.name.clone(), "take".to_owned()));
        let late = coordination::not_establish(env, &second, no, Asked::seen(1), "distance", "").await;
        assert!(matches!(late, Err(Error::Stale { .. })), "{late:?}");
        assert_eq!(world.count("SELECT COUNT(*) FROM event").await, 1);
    }

    async fn nobody_found_ends_the_case_with_a_reason_and_thanks(world) {
        let env = &world.env;
        let (family, provider, desk) = (world.a_family().await, world.a_provider().await, world.coordinator("midori").await);
        let no = world.a_case(&family, None, S::Offering).await;
        world.an_offer(no, &provider).await;
        let none = coordination::not_establish(env, &desk, no, anyhow(), "", "").await;
        assert!(matches!(none, Err(Error::Invalid(fields)) if fields[0].field == "reason"));
        let none = coordination::not_establish(env, &desk, no, anyhow(), "other", " ").await;
        assert!(matches!(none, Err(Error::Invalid(fields)) if fields[0].field == "reason_text"));
        coordination::not_establish(env, &desk, no, anyhow(), "distance", "車で40分").await.unwrap();
        assert_eq!(world.status(no).await, S::NotEstablished);
        assert_eq!(world.text("SELECT status FROM offer").await, "closed");
        assert_eq!(world.text("SELECT reason FROM care_request").await, "distance");
        let told = format!("SELECT subject FROM notice WHERE account_id = {}", family.person.actor.account);
        assert_eq!(world.text(&told).await, "ご依頼の調整結果のお知らせ");
    }

    async fn a_meeting_is_waived_only_for_a_pair_that_met_this_year(world) {
        let env = &world.env;
        let (family, provider, desk) = (world.a_family().await, world.a_provider().await, world.coordinator("midori").await);
        let spec = |status, start: &str, end: &str| CaseSpec {
            status, starts_at: at(start), ends_at: at(end), ..CaseSpec::default()
        };
        let first = world.case(&family, Some(&provider), spec(S::ProviderFound, "2024-03-30T09:00", "2024-03-30T10:00")).await;
        let refused = coordination::establish_waived(env, &desk, first, anyhow()).await;
        assert!(matches!(refused, Err(Error::Refused(Refusal::MeetingNotWaivable))), "{refused:?}");
        let met = world.case(&family, Some(&provider), spec(S::Completed, "2024-02-03T09:00", "2024-02-03T10:00")).await;
        world.a_sheet(met, &family, true).await;
        let april = world.case(&family, Some(&provider), spec(S::ProviderFound, "2024-04-01T09:00", "2024-04-01T10:00")).await;
        let refused = coordination::establish_waived(env, &desk, april, anyhow()).await;
        assert!(matches!(refused, Err(Error::Refused(Refusal::MeetingNotWaivable))), "a new fiscal year: {refused:?}");
        assert!(coordination::details(env, &desk, first).await.unwrap().waivable);
        coordination::establish_waived(env, &desk, first, anyhow()).await.unwrap();
        assert_eq!(world.status(first).await, S::Established);
    }

    async fn gates_are_asked_again_at_the_end(world) {
        let env = &world.env;
        let (family, provider, desk) = (world.a_family().await, world.a_provider().await, world.coordinator("midori").await);
        let no = world.a_case(&family, Some(&provider), S::MeetingHeld).await;
        db::execute(env.db.write(), "UPDATE member SET status = 'suspended' WHERE id = $1", vec![provider.id.into()]).await.unwrap();
        let refused = coordination::establish(env, &desk, no, anyhow()).await;
        let Err(Error::Refused(Refusal::Gates(gates))) = refused else { panic!("{refused:?}") };
        assert_eq!(gates, [Gate::NotActive(MembershipStatus::Suspended)]);
        assert_eq!(world.status(no).await, S::MeetingHeld);
    }

    async fn a_provider_who_cannot_come_leaves_no_trace_but_the_history(world) {
        let env = &world.env;
        let (family, provider, desk) = (world.a_family().await, world.a_provider().await, world.coordinator("midori").await);
        let no = world.a_case(&family, Some(&provider), S::Established).await;
        let why = coordination::search_again(env, &provider.actor, no, anyhow(), "", "").await;
        assert!(matches!(why, Err(Error::Invalid(fields)) if fields[0].field == "reason_text"));
        coordination::search_again(env, &provider.actor, no, Asked::seen(1), "", "発熱のため").await.unwrap();
        assert_eq!(world.status(no).await, S::InCoordination);
        assert_eq!(world.text("SELECT status FROM activity").await, "cancelled_by_provider");
        assert_eq!(world.text("SELECT reason FROM activity").await, "発熱のため");
        assert!(matches!(coordination::provider_case(env, &provider.actor, no).await, Err(Error::NotFound)));
        assert!(coordination::provider_cases(env, &provider.actor, None).await.unwrap().cases.is_empty());
        let again = coordination::search_again(env, &provider.actor, no, Asked::seen(1), "", "発熱のため").await;
        assert_eq!(again.unwrap(), Outcome::AlreadyApplied);
        let entry = history::of_request(env, &desk, no).await.unwrap().entries.remove(0);
        assert_eq!((entry.action.as_str(), entry.reason.as_deref()), ("search_again", Some("発熱のため")));
        assert!(entry.facts.iter().any(|(key, value)| key == "provider" && value.starts_with("山田和子")));
    }

    async fn a_reported_activity_can_neither_be_cancelled_nor_given_back(world) {
        let env = &world.env;
        let (family, provider, desk) = (world.a_family().await, world.a_provider().await, world.coordinator("midori").await);
        for status in ["awaiting_approval", "revision_requested", "approved"] {
            let no = world.a_case(&family, Some(&provider), S::Established).await;
            world.a_report(no, &provider, status).await;
            for result in [
                coordination::cancel(env, &family.person.actor, no, anyhow(), &why("発熱")).await,
                coordination::search_again(env, &desk, no, anyhow(), "provider", "急用").await,
                coordination::search_again(env, &provider.actor, no, anyhow(), "", "急用").await,
            ] {
                assert!(matches!(result, Err(Error::Refused(Refusal::AlreadyReported { .. }))), "{status} {result:?}");
            }
            assert_eq!(world.status(no).await, S::Established);
        }
    }

    async fn a_private_draft_report_blocks_neither_cancelling_nor_giving_back(world) {
        let env = &world.env;
        seed_tariff(&world).await;
        let (family, provider, desk) = (world.a_family().await, world.a_provider().await, world.coordinator("midori").await);
        let cancelled = world.a_case(&family, Some(&provider), S::Established).await;
        world.a_report(cancelled, &provider, "draft").await;
        coordination::cancel(env, &family.person.actor, cancelled, Asked::seen(1), &why("発熱")).await.unwrap();
        assert_eq!(world.status(cancelled).await, S::Cancelled);
        let given_back = world.a_case(&family, Some(&provider), S::Established).await;
        world.a_report(given_back, &provider, "draft").await;
        coordination::search_again(env, &provider.actor, given_back, Asked::seen(1), "", "急用").await.unwrap();
        assert_eq!(world.status(given_back).await, S::InCoordination);
        assert_eq!(world.count("SELECT COUNT(*) FROM activity_report WHERE status = 'voided' AND void_reason <> ''").await, 2);
        for no in [cancelled, given_back] {
            let entries = history::of_request(env, &desk, no).await.unwrap().entries;
            let told = entries.iter().find(|entry| entry.action == "void").unwrap();
            assert!(told.report.is_some() && told.to.as_deref() == Some("voided"), "{told:?}");
        }
        let told = format!("SELECT COUNT(*) FROM notice WHERE account_id = {} AND body LIKE '%報告書は、取消になりました%'", provider.actor.account);
        assert_eq!(world.count(&told).await, 2);
        let told = format!("SELECT COUNT(*) FROM notice WHERE account_id = {} AND body LIKE '%報告書%'", family.person.actor.account);
        assert_eq!(world.count(&told).await, 0, "a draft is the provider's own");
    }

    async fn a_meeting_cannot_be_held_before_its_time(world) {
        let env = &world.env;
        let (family, provider, desk) = (world.a_family().await, world.a_provider().await, world.coordinator("midori").await);
        let no = world.a_case(&family, Some(&provider), S::MeetingScheduled).await;
        world.a_sheet(no, &family, true).await;
        let early = meeting::hold(env, &desk, no, Asked::seen(1)).await;
        let Err(Error::Refused(Refusal::MeetingAhead { at: when })) = early else { panic!("{early:?}") };
        assert_eq!(when, at("2024-03-25T11:30"));
        env.clock.advance_to(when);
        meeting::hold(env, &desk, no, Asked::seen(1)).await.unwrap();
        assert_eq!(world.status(no).await, S::MeetingHeld);
    }

    async fn nothing_is_agreed_without_a_complete_sheet(world) {
        let env = &world.env;
        let (family, provider, desk) = (world.a_family().await, world.a_provider().await, world.coordinator("midori").await);
        let held = world.a_case(&family, Some(&provider), S::MeetingHeld).await;
        let spec = |day: &str| CaseSpec {
            status: S::ProviderFound,
            starts_at: at(&format!("{day}T09:00")),
            ends_at: at(&format!("{day}T10:00")),
            ..CaseSpec::default()
        };
        let waived = world.case(&family, Some(&provider), spec("2024-03-28")).await;
        let none = coordination::establish_waived(env, &desk, waived, anyhow()).await;
        assert!(matches!(none, Err(Error::Refused(Refusal::NoSheetToCarry))), "no sheet at all: {none:?}");
        world.a_sheet(held, &family, false).await;
        let half = coordination::establish(env, &desk, held, anyhow()).await;
        assert!(matches!(half, Err(Error::Refused(Refusal::SheetIncomplete))), "{half:?}");
        let half = coordination::establish_waived(env, &desk, waived, anyhow()).await;
        assert!(matches!(half, Err(Error::Refused(Refusal::NoSheetToCarry))), "half a sheet: {half:?}");
        assert_eq!(world.count("SELECT COUNT(*) FROM activity").await, 0);
        assert_eq!(world.count("SELECT COUNT(*) FROM pre_meeting_sheet").await, 1, "nothing was carried over");
        db::execute(env.db.write(), "DELETE FROM pre_meeting_sheet", vec![]).await.unwrap();
        world.a_sheet(held, &family, true).await;
        // A later sheet about another child is passed over for the one that says enough of this child.
        let later = world.case(&family, Some(&provider), CaseSpec { status: S::MeetingHeld, ..spec("2024-03-27") }).await;
        env.clock.advance_to(at("2024-03-16T11:00"));
        world.a_sheet(later, &family, false).await;
        coordination::establish_waived(env, &desk, waived, anyhow()).await.unwrap();
        coordination::establish(env, &desk, held, anyhow()).await.unwrap();
    }

    async fn a_meeting_is_not_waived_for_a_child_or_a_place_the_provider_does_not_know(world) {
        let env = &world.env;
        let (family, provider, desk) = (world.a_family().await, world.a_provider().await, world.coordinator("midori").await);
        let met = CaseSpec { status: S::Completed, starts_at: at("2024-02-03T09:00"), ends_at: at("2024-02-03T10:00"), ..CaseSpec::default() };
        let met = world.case(&family, Some(&provider), met).await;
        world.a_sheet(met, &family, true).await;
        let no = world.a_case(&family, Some(&provider), S::ProviderFound).await;
        let id = world.request_id(no).await;
        let run = async |sql: &str, value: sea_orm::Value| db::execute(env.db.write(), sql, vec![id.into(), value]).await.unwrap();
        run("UPDATE care_request_child SET child_id = $2 WHERE request_id = $1", family.sakura.into()).await;
        assert!(!coordination::details(env, &desk, no).await.unwrap().waivable, "another child");
        run("UPDATE care_request_child SET child_id = $2 WHERE request_id = $1", family.taro.into()).await;
        run("UPDATE care_request SET care_place = $2 WHERE id = $1", "user_home".into()).await;
        let refused = coordination::establish_waived(env, &desk, no, anyhow()).await;
        assert!(matches!(refused, Err(Error::Refused(Refusal::MeetingNotWaivable))), "another place: {refused:?}");
        run("UPDATE care_request SET care_place = $2 WHERE id = $1", "provider_home".into()).await;
        coordination::establish_waived(env, &desk, no, anyhow()).await.unwrap();
    }

    async fn nothing_is_offered_accepted_or_agreed_once_the_day_has_begun(world) {
        let env = &world.env;
        let (family, provider, desk) = (world.a_family().await, world.a_provider().await, world.coordinator("midori").await);
        let searching = world.a_case(&family, None, S::InCoordination).await;
        let offering = world.a_case(&family, None, S::Offering).await;
        let asked = world.an_offer(offering, &provider).await;
        let held = world.a_case(&family, Some(&provider), S::MeetingHeld).await;
        world.a_sheet(held, &family, true).await;
        db::execute(env.db.write(), "UPDATE offer SET expires_at = $1", vec![at("2024-04-01T10:00").0.into()]).await.unwrap();
        env.clock.advance_to(at("2024-03-30T11:30"));
        for result in [
            offer::send(env, &desk, searching, anyhow(), &[provider.no]).await,
            offer::accept(env, &provider.actor, asked, Channel::Web).await,
            offer::accept(env, &desk, asked, Channel::Phone).await,
            coordination::establish(env, &desk, held, anyhow()).await,
        ] {
            assert!(matches!(result, Err(Error::Refused(Refusal::ActivityBegun))), "{result:?}");
        }
        assert_eq!(world.count("SELECT COUNT(*) FROM activity").await, 0);
    }

    async fn hours_that_have_begun_are_not_entered_for_a_caller(world) {
        let env = &world.env;
        let (family, desk) = (world.a_family().await, world.coordinator("midori").await);
        env.clock.advance_to(at("2024-03-30T11:30"));
        let typed = |start: &str| service::request::RequestForm {
            date: "2024-03-30".into(),
            start: start.into(),
            end: "13:30".into(),
            children: vec![family.taro.to_string()],
            care_kind: "care".into(),
            care_place: "provider_home".into(),
            ..Default::default()
        };
        for start in ["9:00", "11:30"] {
            let refused = coordination::enter(env, &desk, family.person.no, Channel::Phone, &typed(start), "").await;
            let Err(Error::Invalid(fields)) = refused else { panic!("{refused:?}") };
            assert_eq!(fields, [FieldError::new("start", FieldFault::Past)]);
        }
        coordination::enter(env, &desk, family.person.no, Channel::Phone, &typed("11:31"), "").await.unwrap();
    }

    async fn a_cancellation_is_not_heard_of_before_the_request(world) {
        let env = &world.env;
        seed_tariff(&world).await;
        let (family, provider, desk) = (world.a_family().await, world.a_provider().await, world.coordinator("midori").await);
        let no = world.a_case(&family, Some(&provider), S::Established).await;
        let sql = "UPDATE care_request SET requested_at = $1";
        db::execute(env.db.write(), sql, vec![at("2024-03-02T14:45").0.into()]).await.unwrap();
        env.clock.advance_to(at("2024-03-30T09:30"));
        let form = |date: &str, time: &str| CancelForm { reason: "発熱".into(), told_date: date.into(), told_time: time.into() };
        for (date, time) in [("2024-03-02", "14:44"), ("2023-01-01", "10:00")] {
            let early = coordination::cancel(env, &desk, no, anyhow(), &form(date, time)).await;
            let Err(Error::Invalid(fields)) = early else { panic!("{early:?}") };
            assert_eq!(fields, [FieldError::new("told_date", FieldFault::BeforeRequest)]);
        }
        coordination::cancel(env, &desk, no, anyhow(), &form("2024-03-02", "14:45")).await.unwrap();
    }

    async fn a_cancellation_by_phone_costs_what_it_did_when_the_branch_heard_of_it(world) {
        let env = &world.env;
        seed_tariff(&world).await;
        let (family, provider, desk) = (world.a_family().await, world.a_provider().await, world.coordinator("midori").await);
        let no = world.a_case(&family, Some(&provider), S::Established).await;
        env.clock.advance_to(at("2024-03-30T09:30"));
        let form = |date: &str, time: &str| CancelForm { reason: "発熱".into(), told_date: date.into(), told_time: time.into() };
        let ahead = coordination::cancel(env, &desk, no, anyhow(), &form("2024-03-30", "9:31")).await;
        assert!(matches!(ahead, Err(Error::Invalid(fields)) if fields[0].field == "told_date"));
        let half = coordination::cancel(env, &desk, no, anyhow(), &form("2024-03-29", "")).await;
        assert!(matches!(half, Err(Error::Invalid(fields)) if fields[0].field == "told_time"));
        coordination::cancel(env, &desk, no, anyhow(), &form("2024-03-29", "17:30")).await.unwrap();
        assert_eq!(world.count("SELECT cancellation_fee_yen FROM care_request").await, 0, "the day before is free");
        assert_eq!(world.count("SELECT cancelled_at FROM care_request").await, at("2024-03-29T17:30").0);
        let entry = history::of_request(env, &desk, no).await.unwrap().entries.remove(0);
        assert!(entry.facts.iter().any(|(key, value)| key == "told_at" && value.starts_with("2024-03-29T17:30")));
        let own = world.a_case(&family, Some(&provider), S::Established).await;
        coordination::cancel(env, &family.person.actor, own, Asked::seen(1), &form("2024-03-29", "17:30")).await.unwrap();
        let kept = format!("SELECT cancellation_fee_yen FROM care_request WHERE request_no = {}", own.0);
        assert_eq!(world.count(&kept).await, 600, "a family's own word counts from now");
    }

    async fn the_family_sees_the_fee_before_it_cancels(world) {
        let env = &world.env;
        seed_tariff(&world).await;
        let (family, provider) = (world.a_family().await, world.a_provider().await);
        let no = world.a_case(&family, Some(&provider), S::Established).await;
        let shown = async || service::request::details(env, &family.person.actor, no).await.unwrap().fee_if_cancelled;
        assert_eq!(shown().await, Some(0));
        env.clock.advance_to(at("2024-03-30T09:30"));
        assert_eq!(shown().await, Some(600));
        coordination::cancel(env, &family.person.actor, no, Asked::seen(1), &why("発熱")).await.unwrap();
        assert_eq!(shown().await, None);
    }

    async fn the_branch_hears_of_every_turn_that_a_member_gives_a_case(world) {
        let env = &world.env;
        seed_tariff(&world).await;
        let (family, provider, desk) = (world.a_family().await, world.a_provider().await, world.coordinator("midori").await);
        let cancelled = world.a_case(&family, Some(&provider), S::Established).await;
        coordination::cancel(env, &family.person.actor, cancelled, Asked::seen(1), &why("発熱")).await.unwrap();
        assert_eq!(world.told(&desk, "援助活動がキャンセルになりました").await, 1);
        let given_back = world.a_case(&family, Some(&provider), S::Established).await;
        coordination::search_again(env, &provider.actor, given_back, Asked::seen(1), "", "急用").await.unwrap();
        assert_eq!(world.told(&desk, "提供会員が行けなくなりました").await, 1);
        assert_eq!(world.told(&desk, "打診がすべて終わりました").await, 0, "nobody was asked");
        let asked = world.a_case(&family, None, S::Offering).await;
        let offered = world.an_offer(asked, &provider).await;
        offer::accept(env, &provider.actor, offered, Channel::Web).await.unwrap();
        assert_eq!(world.told(&desk, "引き受ける提供会員が見つかりました").await, 1);
        assert_eq!(world.told(&world.coordinator("aoba").await, "引き受ける提供会員が見つかりました").await, 0);
    }

    async fn a_member_hears_of_what_the_branch_did_in_her_name(world) {
        let env = &world.env;
        seed_tariff(&world).await;
        let (family, provider, desk) = (world.a_family().await, world.a_provider().await, world.coordinator("midori").await);
        let second = world.member("midori", MemberKind::Provider, "佐藤", "恵").await;
        let no = world.a_case(&family, None, S::Offering).await;
        let (yes, nay) = (world.an_offer(no, &provider).await, world.an_offer(no, &second).await);
        offer::decline(env, &desk, nay, "", Channel::Phone).await.unwrap();
        offer::accept(env, &desk, yes, Channel::Phone).await.unwrap();
        assert_eq!(world.told(&second.actor, "支部が代わりに「辞退」をしました").await, 1);
        assert_eq!(world.told(&provider.actor, "支部が代わりに「受諾」をしました").await, 1);
        assert_eq!(world.told(&desk, "引き受ける提供会員が見つかりました").await, 0, "the branch knows what it did");
        let no = world.a_case(&family, Some(&provider), S::Established).await;
        let sheet = [("first_phone".to_owned(), "090-0000-0001".to_owned())];
        meeting::save_sheet(env, &desk, no, 0, Channel::Paper, &sheet).await.unwrap();
        assert_eq!(world.told(&family.person.actor, "支部が代わりに「事前打合せ情報の登録」をしました").await, 1);
        coordination::cancel(env, &desk, no, Asked::seen(1).by(Channel::Phone), &why("発熱")).await.unwrap();
        let told = format!("SELECT COUNT(*) FROM notice WHERE account_id = {} AND body LIKE '%支部が代わりにキャンセルしました%'", family.person.actor.account);
        assert_eq!(world.count(&told).await, 1);
    }

    async fn cancelling_costs_by_the_ladder(world) {
        let env = &world.env;
        seed_tariff(&world).await;
        let (family, provider, desk) = (world.a_family().await, world.a_provider().await, world.coordinator("midori").await);
        let second = at("2024-03-30T11:29");
        for (now, yen) in [(saturday(), 0), (second, 600), (at("2024-03-30T11:30"), 1200)] {
            env.clock.advance_to(now);
            let no = world.a_case(&family, Some(&provider), S::Established).await;
            let expected = coordination::details(env, &desk, no).await.unwrap().fee_if_cancelled.unwrap().0;
            assert_eq!(expected, yen, "shown before");
            let missing = coordination::cancel(env, &family.person.actor, no, Asked::seen(1), &why("　")).await;
            assert!(matches!(missing, Err(Error::Invalid(_))), "{missing:?}");
            coordination::cancel(env, &family.person.actor, no, Asked::seen(1), &why("発熱")).await.unwrap();
            let kept = format!("SELECT cancellation_fee_yen FROM care_request WHERE request_no = {}", no.0);
            assert_eq!(world.count(&kept).await, yen);
            assert_eq!(world.status(no).await, S::Cancelled);
        }
        let ended = async |status: &str| {
            world.count(&format!("SELECT COUNT(*) FROM activity WHERE status = '{status}'")).await
        };
        assert_eq!(ended("cancelled_by_user").await, 2);
        assert_eq!(ended("no_show").await, 1, "the family's word came only after the start");
    }

    async fn a_members_step_by_phone_is_told_as_such(world) {
        let env = &world.env;
        seed_tariff(&world).await;
        let (family, provider, desk) = (world.a_family().await, world.a_provider().await, world.coordinator("midori").await);
        let no = world.a_case(&family, Some(&provider), S::Established).await;
        let own = coordination::cancel(env, &desk, no, Asked::seen(1), &why("発熱")).await;
        assert!(matches!(own, Err(Error::Invalid(fields)) if fields[0].field == "channel"), "a channel must be chosen");
        coordination::cancel(env, &desk, no, Asked::seen(1).by(Channel::Phone), &why("発熱")).await.unwrap();
        let entry = history::of_request(env, &desk, no).await.unwrap().entries.remove(0);
        assert_eq!(entry.on_behalf_of, Some(format!("木村花子（{}）", family.person.no)));
        assert_eq!((entry.channel, entry.who.as_str()), (Channel::Phone, "midoriの担当"));
    }

    async fn a_case_is_completed_by_the_job_once_and_not_before_its_report_is_approved(world) {
        let env = &world.env;
        let (family, provider) = (world.a_family().await, world.a_provider().await);
        let approved = world.a_case(&family, Some(&provider), S::Established).await;
        world.a_report(approved, &provider, "approved").await;
        let mut others = Vec::new();
        for status in ["draft", "awaiting_approval", "revision_requested", "voided"] {
            let no = world.a_case(&family, Some(&provider), S::Established).await;
            world.a_report(no, &provider, status).await;
            others.push(no);
        }
        assert_eq!(coordination::complete_finished(env).await.unwrap(), 1);
        assert_eq!(coordination::complete_finished(env).await.unwrap(), 0);
        assert_eq!(world.status(approved).await, S::Completed);
        for no in others {
            assert_eq!(world.status(no).await, S::Established);
        }
        assert_eq!(world.count("SELECT COUNT(*) FROM activity WHERE status = 'reported'").await, 1);
    }

    async fn a_completed_case_whose_report_was_voided_waits_to_be_reported_anew(world) {
        let env = &world.env;
        let (family, provider, desk) = (world.a_family().await, world.a_provider().await, world.coordinator("midori").await);
        let no = world.a_case(&family, Some(&provider), S::Completed).await;
        world.a_report(no, &provider, "voided").await;
        let reported = world.a_case(&family, Some(&provider), S::Completed).await;
        world.a_report(reported, &provider, "voided").await;
        world.a_report(reported, &provider, "approved").await;
        env.clock.advance_to(at("2024-03-31T10:00"));
        let shown = async || coordination::queue(env, &desk, &QueueFilter::default()).await.unwrap();
        let queue = shown().await;
        let (_, count, lines) = queue.groups.iter().find(|(group, ..)| *group == QueueGroup::Established).unwrap();
        assert_eq!((*count, lines[0].no), (1, no));
        let home = service::home::home(env, &provider.actor).await.unwrap();
        let mut to_write = home.turns.iter().filter(|turn| matches!(turn, service::home::Turn::WriteReport { .. }));
        let first = to_write.next();
        assert!(matches!(first, Some(service::home::Turn::WriteReport { request, .. }) if *request == no), "{first:?}");
        assert!(to_write.next().is_none());
        assert!(home.planned.is_empty());
        env.clock.advance_to(at("2024-04-02T13:30"));
        assert_eq!(shown().await.groups[0].2[0].stall, Some(Stall::NotReported));
    }

    async fn candidates_name_every_gate_and_why_they_stand_there(world) {
        let env = &world.env;
        let (family, desk) = (world.a_family().await, world.coordinator("midori").await);
        let far = world.member("midori", MemberKind::Provider, "遠", "方").await;
        let known = world.member("midori", MemberKind::Provider, "馴", "染").await;
        let new = world.member("midori", MemberKind::Provider, "新", "顔").await;
        let barred = world.member("midori", MemberKind::Provider, "不", "可").await;
        let untrained = world.member("midori", MemberKind::Both, "未", "受").await;
        world.member("aoba", MemberKind::Provider, "他", "区").await;
        let run = async |sql: &str, id: i64| db::execute(env.db.write(), sql, vec![id.into()]).await.unwrap();
        run("UPDATE member SET town = '長津田町' WHERE id = $1", far.id).await;
        run("UPDATE member SET status = 'suspended', household_key = (SELECT household_key FROM member WHERE family_name = '木村') WHERE id = $1", barred.id).await;
        run("DELETE FROM training WHERE kind = 'pre_service' AND member_id = $1", untrained.id).await;
        run("UPDATE training SET valid_until = '2024-03-29' WHERE kind = 'life_saving' AND member_id = $1", untrained.id).await;
        let past = CaseSpec { status: S::Completed, starts_at: at("2024-02-03T09:00"), ends_at: at("2024-02-03T10:00"), ..CaseSpec::default() };
        world.case(&family, Some(&known), past.clone()).await;
        let busy = CaseSpec { status: S::MeetingHeld, starts_at: at("2024-03-30T13:00"), ends_at: at("2024-03-30T15:00"), ..CaseSpec::default() };
        world.case(&family, Some(&barred), busy).await;
        let no = world.a_case(&family, None, S::InCoordination).await;

        let found = coordination::candidates(env, &desk, no).await.unwrap();
        let order: Vec<_> = found.iter().map(|one| one.no).collect();
        assert_eq!(order, [known.no, new.no, far.no, barred.no, untrained.no]);
        assert_eq!((found[0].times_with_children, found[0].times_with_family, found[0].recent), (1, 1, 1));
        assert_eq!((found[1].same_town, found[2].same_town), (true, false));
        assert_eq!(
            found[3].gates,
            [
                Gate::SameHousehold,
                Gate::NotActive(MembershipStatus::Suspended),
                Gate::Clash { start: at("2024-03-30T13:00"), end: at("2024-03-30T15:00") },
            ]
        );
        assert_eq!(
            found[4].gates,
            [
                Gate::TrainingMissing(TrainingKind::PreService),
                Gate::TrainingExpired(TrainingKind::LifeSaving, date("2024-03-29")),
            ]
        );
        for (provider, listed) in [(&barred, &found[3]), (&untrained, &found[4])] {
            let refused = offer::send(env, &desk, no, anyhow(), &[provider.no]).await;
            assert!(matches!(refused, Err(Error::Refused(Refusal::Gates(gates))) if gates == listed.gates));
        }
        assert_eq!(world.count("SELECT COUNT(*) FROM offer").await, 0);
    }

    async fn a_member_of_both_kinds_is_never_both_sides(world) {
        let env = &world.env;
        let desk = world.coordinator("midori").await;
        let both = world.member("midori", MemberKind::Both, "両", "方").await;
        let child = world.child(both.id, "次郎", "2019-06-10").await;
        let family = support::Family { person: both, taro: child, sakura: child };
        let no = world.a_case(&family, None, S::InCoordination).await;
        let found = coordination::candidates(env, &desk, no).await.unwrap();
        assert_eq!(found[0].gates, [Gate::OwnRequest]);
        let refused = offer::send(env, &desk, no, anyhow(), &[family.person.no]).await;
        assert!(matches!(refused, Err(Error::Refused(Refusal::Gates(_)))));
    }

    async fn the_soonest_day_of_care_comes_first_in_a_group(world) {
        let env = &world.env;
        let (family, desk) = (world.a_family().await, world.coordinator("midori").await);
        let on = |day: &str| CaseSpec {
            starts_at: at(&format!("{day}T09:00")),
            ends_at: at(&format!("{day}T10:00")),
            requested_at: saturday(),
            ..CaseSpec::default()
        };
        let later = world.case(&family, None, on("2024-04-22")).await;
        let sooner = world.case(&family, None, CaseSpec { requested_at: saturday().plus_minutes(5), ..on("2024-04-20") }).await;
        let queue = coordination::queue(env, &desk, &QueueFilter::default()).await.unwrap();
        let (group, _, lines) = &queue.groups[1];
        assert_eq!(*group, QueueGroup::Untaken);
        assert_eq!(lines.iter().map(|line| line.no).collect::<Vec<_>>(), [sooner, later]);
    }

    async fn the_queue_holds_the_own_ward_in_groups(world) {
        let env = &world.env;
        let (family, provider) = (world.a_family().await, world.a_provider().await);
        let (desk, aoba) = (world.coordinator("midori").await, world.coordinator("aoba").await);
        let far = CaseSpec { starts_at: at("2024-04-20T09:00"), ends_at: at("2024-04-20T10:00"), requested_at: saturday(), ..CaseSpec::default() };
        let mut numbers = Vec::new();
        for &status in S::ALL {
            numbers.push((status, world.case(&family, Some(&provider), CaseSpec { status, ..far.clone() }).await));
        }
        let old = CaseSpec { requested_at: at("2024-03-14T10:00"), ..far.clone() };
        let stalled = world.case(&family, None, old).await;
        let queue = coordination::queue(env, &desk, &QueueFilter::default()).await.unwrap();
        let counts: Vec<(QueueGroup, u64)> = queue.groups.iter().map(|(group, count, _)| (*group, *count)).collect();
        assert_eq!(
            counts,
            [
                (QueueGroup::Stalled, 1),
                (QueueGroup::Untaken, 1),
                (QueueGroup::Searching, 1),
                (QueueGroup::Answering, 1),
                (QueueGroup::Meeting, 3),
                (QueueGroup::Established, 1),
            ]
        );
        assert_eq!((queue.groups[0].2[0].no, queue.groups[0].2[0].stall), (stalled, Some(Stall::Untaken)));
        assert_eq!(queue.to_do(), 7);
        let closed = coordination::queue(env, &desk, &QueueFilter { closed: true, ..QueueFilter::default() }).await.unwrap();
        assert_eq!(closed.closed.len(), 4);
        coordination::take(env, &desk, stalled, anyhow()).await.unwrap();
        let mine = QueueFilter { mine: true, kind: Some(CareKind::Care), ..QueueFilter::default() };
        assert_eq!(coordination::queue(env, &desk, &mine).await.unwrap().to_do(), 1);
        let escort = QueueFilter { kind: Some(CareKind::Escort), ..QueueFilter::default() };
        assert_eq!(coordination::queue(env, &desk, &escort).await.unwrap().to_do(), 0);

        assert_eq!(coordination::queue(env, &aoba, &QueueFilter::default()).await.unwrap().to_do(), 0);
        for actor in [&family.person.actor, &provider.actor, &world.hq().await] {
            assert!(matches!(coordination::queue(env, actor, &QueueFilter::default()).await, Err(Error::NotFound)));
        }
        for (status, no) in numbers {
            if status == S::Draft {
                assert!(matches!(coordination::note(env, &desk, no, "x").await, Err(Error::NotFound)));
                let withdrawn = service::request::withdraw(env, &desk, no, 1, "x", Channel::Phone).await;
                assert!(matches!(withdrawn, Err(Error::NotFound)), "a draft is the family's alone: {withdrawn:?}");
            }
            assert!(matches!(coordination::details(env, &aoba, no).await, Err(Error::NotFound)), "{status:?}");
            assert!(matches!(coordination::candidates(env, &aoba, no).await, Err(Error::NotFound)), "{status:?}");
            assert!(matches!(coordination::note(env, &aoba, no, "x").await, Err(Error::NotFound)), "{status:?}");
            assert!(matches!(history::of_request(env, &aoba, no).await, Err(Error::NotFound)), "{status:?}");
            let own = coordination::details(env, &desk, no).await;
            assert_eq!(own.is_ok(), status != S::Draft, "{status:?}");
        }
    }

    async fn the_matched_provider_sees_by_state_and_time(world) {
        let env = &world.env;
        let (family, provider) = (world.a_family().await, world.a_provider().await);
        for &status in S::ALL {
            let no = world.a_case(&family, Some(&provider), status).await;
            let seen = coordination::provider_case(env, &provider.actor, no).await;
            if matches!(status, S::Draft | S::Submitted | S::InCoordination | S::Offering | S::NotEstablished | S::Withdrawn) {
                assert!(matches!(seen, Err(Error::NotFound)), "{status:?}");
                continue;
            }
            let seen = seen.unwrap();
            assert_eq!(seen.family.is_some(), status.meeting_known(), "{status:?}");
            assert_eq!(seen.contacts.is_some(), matches!(status, S::Established | S::Completed), "{status:?}");
            let sheet = meeting::read_sheet(env, &provider.actor, no).await;
            assert_eq!(sheet.is_ok(), seen.contacts.is_some(), "{status:?}");
        }
        let no = world.a_case(&family, Some(&provider), S::Completed).await;
        env.clock.advance_to(at("2024-04-29T23:59"));
        assert!(coordination::provider_case(env, &provider.actor, no).await.unwrap().contacts.is_some());
        env.clock.advance_to(at("2024-04-30T00:00"));
        let later = coordination::provider_case(env, &provider.actor, no).await.unwrap();
        assert!(later.contacts.is_none() && later.family.is_some());
        let listed = coordination::provider_cases(env, &provider.actor, None).await.unwrap().cases;
        assert_eq!(listed.len(), 6, "打合せ予定, 打合せ済, 成立, キャンセル, 完了 twice");
        let stranger = world.member("midori", MemberKind::Provider, "他", "人").await;
        assert!(matches!(coordination::provider_case(env, &stranger.actor, no).await, Err(Error::NotFound)));
        assert!(matches!(coordination::provider_case(env, &family.person.actor, no).await, Err(Error::NotFound)));
    }

    async fn the_history_is_for_the_branch_and_the_headquarters(world) {
        let env = &world.env;
        let (family, provider, desk) = (world.a_family().await, world.a_provider().await, world.coordinator("midori").await);
        let no = world.a_case(&family, Some(&provider), S::MeetingHeld).await;
        let empty = coordination::note(env, &desk, no, " \u{3000}").await;
        assert!(matches!(empty, Err(Error::Invalid(_))), "{empty:?}");
        coordination::note(env, &desk, no, "10時に電話。留守").await.unwrap();
        let entries = history::of_request(env, &world.hq().await, no).await.unwrap().entries;
        assert_eq!(entries[0].reason.as_deref(), Some("10時に電話。留守"));
        let read = coordination::read_only(env, &world.hq().await, no).await.unwrap();
        assert!(!read.family.telephone.is_empty() && read.provider.is_some() && read.actions.is_empty());
        for actor in [&family.person.actor, &provider.actor] {
            assert!(matches!(history::of_request(env, actor, no).await, Err(Error::NotFound)));
            assert!(matches!(coordination::read_only(env, actor, no).await, Err(Error::NotFound)));
        }
        assert!(matches!(coordination::read_only(env, &desk, no).await, Err(Error::NotFound)), "she has the desk");
        let draft = world.a_case(&family, None, S::Draft).await;
        assert!(matches!(coordination::read_only(env, &world.hq().await, draft).await, Err(Error::NotFound)));
        assert!(matches!(history::of_request(env, &desk, draft).await, Err(Error::NotFound)));
    }

    async fn a_case_is_found_by_its_providers_name_and_by_its_reports_number(world) {
        let env = &world.env;
        let (family, provider, desk) = (world.a_family().await, world.a_provider().await, world.coordinator("midori").await);
        let no = world.a_case(&family, Some(&provider), S::Established).await;
        world.a_case(&family, None, S::Draft).await;
        world.a_report(no, &provider, "draft").await;
        for words in ["山田", "木村"] {
            let found = coordination::search(env, &desk, words).await.unwrap();
            assert_eq!(found.iter().map(|line| line.no).collect::<Vec<_>>(), [no], "{words}");
        }
        let report = world.count("SELECT report_no FROM activity_report").await;
        let report = domain::number::ReportNo(u32::try_from(report).unwrap());
        assert_eq!(coordination::case_of_report(env, &desk, report).await.unwrap(), no);
        for stranger in [world.coordinator("aoba").await, family.person.actor.clone(), world.hq().await] {
            assert!(matches!(coordination::case_of_report(env, &stranger, report).await, Err(Error::NotFound)));
        }
    }

    async fn a_call_becomes_a_case_in_the_coordinators_care(world) {
        let env = &world.env;
        let (family, desk, aoba) =
            (world.a_family().await, world.coordinator("midori").await, world.coordinator("aoba").await);
        let typed = service::request::RequestForm {
            date: "令和6年3月17日".into(),
            start: "１０：００".into(),
            end: "12:00".into(),
            children: vec![family.taro.to_string(), family.sakura.to_string()],
            care_kind: "care".into(),
            care_place: "provider_home".into(),
            ..Default::default()
        };
        let no = family.person.no;
        let empty = service::request::RequestForm::default();
        let faults = coordination::enter(env, &desk, no, Channel::Web, &empty, "a").await;
        let Err(Error::Invalid(fields)) = faults else { panic!("{faults:?}") };
        let names: Vec<&str> = fields.iter().map(|field| field.field.as_str()).collect();
        assert_eq!(names, ["date", "start", "end", "children", "care_kind", "care_place", "channel"]);
        let checked = coordination::check_entry(env, &desk, no, Channel::Web, &empty, "a").await;
        assert!(matches!(checked, Err(Error::Invalid(again)) if again == fields), "said before the check page");
        let checked = coordination::check_entry(env, &desk, no, Channel::Phone, &typed, "b").await.unwrap();
        assert_eq!((checked.wanted.children.len(), checked.same_time), (2, vec![]));
        assert_eq!(world.count("SELECT COUNT(*) FROM care_request").await, 0, "reading back enters nothing");
        let entered = coordination::enter(env, &desk, no, Channel::Phone, &typed, "b").await.unwrap();
        let again = coordination::enter(env, &desk, no, Channel::Phone, &typed, "b").await.unwrap();
        assert_eq!((entered, world.count("SELECT COUNT(*) FROM care_request").await), (again, 1));
        let case = coordination::details(env, &desk, entered).await.unwrap();
        assert_eq!((case.status, case.channel, case.children.len()), (S::InCoordination, Channel::Phone, 2));
        assert_eq!(case.owner.as_deref(), Some("midoriの担当"), "tomorrow: no lead time on the telephone");
        let entry = history::of_request(env, &desk, entered).await.unwrap().entries.remove(0);
        assert_eq!((entry.action.as_str(), entry.channel), ("enter", Channel::Phone));
        assert_eq!(entry.on_behalf_of, Some(format!("木村花子（{no}）")));
        let found = coordination::search(env, &desk, &no.to_string()).await.unwrap();
        assert_eq!(found.iter().map(|line| line.no).collect::<Vec<_>>(), [entered]);
        assert!(coordination::search(env, &aoba, &no.to_string()).await.unwrap().is_empty());
        assert!(matches!(coordination::enter(env, &aoba, no, Channel::Phone, &typed, "c").await, Err(Error::NotFound)));
        let foreign = coordination::check_entry(env, &aoba, no, Channel::Phone, &typed, "c").await;
        assert!(matches!(foreign, Err(Error::NotFound)), "{foreign:?}");
        let provider = world.a_provider().await;
        assert!(matches!(coordination::entry_page(env, &desk, provider.no).await, Err(Error::NotFound)));
        let suspend = "UPDATE member SET status = 'suspended' WHERE id = $1";
        db::execute(env.db.write(), suspend, vec![family.person.id.into()]).await.unwrap();
        let refused = coordination::enter(env, &desk, no, Channel::Phone, &typed, "d").await;
        assert!(matches!(refused, Err(Error::Refused(Refusal::NotActive))), "{refused:?}");
        let refused = coordination::check_entry(env, &desk, no, Channel::Phone, &typed, "d").await;
        assert!(matches!(refused, Err(Error::Refused(Refusal::NotActive))), "{refused:?}");
    }

    async fn a_page_gone_back_to_and_changed_is_another_request(world) {
        let env = &world.env;
        let (family, desk) = (world.a_family().await, world.coordinator("midori").await);
        let typed = service::request::RequestForm {
            date: "2024-03-20".into(),
            start: "10:00".into(),
            end: "12:00".into(),
            children: vec![family.taro.to_string()],
            care_kind: "care".into(),
            care_place: "provider_home".into(),
            ..Default::default()
        };
        let no = family.person.no;
        let entered = coordination::enter(env, &desk, no, Channel::Phone, &typed, "a").await.unwrap();
        let later = service::request::RequestForm { end: "13:00".into(), ..typed.clone() };
        let wrong = service::request::RequestForm { end: "9:00".into(), ..typed.clone() };
        let refused = coordination::enter(env, &desk, no, Channel::Phone, &wrong, "a").await;
        assert!(matches!(refused, Err(Error::Invalid(_))), "what is wrong does not pass for what was entered: {refused:?}");
        let both = service::request::RequestForm {
            children: vec![family.taro.to_string(), family.sakura.to_string()],
            ..typed.clone()
        };
        for (changed, channel) in [(&later, Channel::Phone), (&both, Channel::Phone), (&typed, Channel::Paper)] {
            let checked = coordination::check_entry(env, &desk, no, channel, changed, "a").await.map(|_| entered);
            let sent = coordination::enter(env, &desk, no, channel, changed, "a").await;
            for refused in [checked, sent] {
                let Err(Error::Refused(Refusal::AlreadyEntered { request })) = refused else { panic!("{refused:?}") };
                assert_eq!(request, entered.to_string());
            }
        }
        let again = coordination::check_entry(env, &desk, no, Channel::Phone, &typed, "a").await.unwrap();
        assert!(again.same_time.is_empty(), "the very same page");
        let twice = coordination::check_entry(env, &desk, no, Channel::Phone, &later, "b").await.unwrap();
        assert_eq!(twice.same_time, [entered]);
        let after = service::request::RequestForm { start: "12:00".into(), end: "13:00".into(), ..typed };
        let after = coordination::check_entry(env, &desk, no, Channel::Phone, &after, "c").await.unwrap();
        assert!(after.same_time.is_empty(), "one begins as the other ends");
        world.a_case(&family, None, S::Draft).await;
        world.a_case(&family, None, S::Withdrawn).await;
        let newsletter = service::request::RequestForm {
            date: "2024-03-30".into(),
            start: "11:30".into(),
            end: "13:30".into(),
            ..later
        };
        let free = coordination::check_entry(env, &desk, no, Channel::Phone, &newsletter, "d").await.unwrap();
        assert!(free.same_time.is_empty(), "drafts are the family's alone, ended ones in nobody's way");
    }
}
