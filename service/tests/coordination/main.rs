//! The coordinator's steps: the whole way, every refusal of the table, stale pages, money, and who sees what.
#![allow(clippy::expect_used, clippy::panic, clippy::unwrap_used, reason = "a test ends where it fails")]

#[path = "../support/mod.rs"]
mod support;

mod agreement;
mod candidate;
mod day;
mod ending;
mod entry;
mod notified;
mod queue;
mod table;
mod who;

use domain::actor::{Actor, Channel, MemberKind, Party};
use domain::coordination::{QueueGroup, Stall};
use domain::fault::{FieldError, FieldFault};
use domain::member::{MembershipStatus, TrainingKind};
use domain::number::{MemberNo, RequestNo};
use domain::refusal::{Refusal, of_request};
use domain::request::{CareKind, CoordinationStatus as S, Gate, RequestAction as A, TABLE};
use domain::workflow::{StepRefused, next};
use service::coordination::{self, Asked, CancelForm, FoundBy, Outcome, QueueFilter};
use service::meeting::{self, MeetingForm};
use service::member::Met;
use service::{Env, Error, Result, db, history, offer};
use support::case::CaseSpec;
use support::{Person, World, at, date, refused, saturday};

fn by_phone() -> Asked {
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
        A::Take => coordination::take(env, actor, no, by_phone()).await,
        A::Offer => offer::send(env, actor, no, by_phone(), &[asked.no]).await,
        A::ScheduleMeeting => meeting::schedule(env, actor, no, by_phone(), &meeting_form()).await,
        A::HoldMeeting => meeting::hold(env, actor, no, by_phone()).await,
        A::Establish => coordination::establish(env, actor, no, by_phone()).await,
        A::EstablishWaived => coordination::establish_waived(env, actor, no, by_phone()).await,
        A::SearchAgain => coordination::search_again(env, actor, no, by_phone(), "provider", "急用").await,
        A::NotEstablish => coordination::not_establish(env, actor, no, by_phone(), "distance", "").await,
        A::Cancel => coordination::cancel(env, actor, no, by_phone(), &why("発熱")).await,
        A::SaveDraft | A::Submit | A::Accept | A::ReturnToSearch | A::Withdraw | A::Complete | A::ReportAgain => {
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
        let open = offer::open_for(env, &yamada.actor, true).await.unwrap().open;
        assert_eq!((open.len(), open[0].town.as_str(), open[0].ages.as_slice()), (1, "十日市場町", &[4][..]));
        offer::accept(env, &yamada.actor, open[0].id, Channel::Web).await.unwrap();
        assert!(offer::open_for(env, &sato.actor, true).await.unwrap().open.is_empty(), "the other offer is closed");

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
        let keys: Vec<&str> = entries.iter().map(|entry| entry.event.action().key()).collect();
        assert_eq!(
            keys,
            ["take", "offer", "see", "accept", "close", "schedule_meeting", "save_sheet", "hold_meeting", "establish"]
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
}
