//! The small city: 緑区 with 200 members, 青葉区 with 50, and three months of cases in every state.

use super::newsletter;
use super::people::{Person, Wanted};
use super::rng::Rng;
use super::rows::{Keys, Rows};
use super::world::World;
use super::{Size, begin, put_mark, put_sequence, start};
use crate::error::{Error, Result};
use crate::{Env, holiday_file, tariff_file};
use domain::actor::{Actor, MemberKind, Role};
use domain::member::MembershipStatus;
use domain::number::{ClaimNo, MemberNo, ReportNo, RequestNo};
use std::collections::BTreeMap;
use std::sync::Arc;
use time::Duration;
use time::macros::date;

/// The people of the branches and the headquarters.
#[derive(Clone, Debug)]
pub struct Staff {
    /// 緑区支部
    pub midori: Actor,
    /// 青葉区支部
    pub aoba: Actor,
}

const MEMBERS: u32 = 250;
/// The number of the first member; 木村花子 is MEM0040989.
const FIRST_MEMBER: u32 = 40_800;
const HANAKO: u32 = 189;
const TEIKYO: u32 = 46;
const RYOHO: u32 = 102;
const RIYO2: u32 = 201;
const TEIKYO2: u32 = 77;
/// The newsletter's report.
const REPORT: ReportNo = ReportNo(3_000_561);

/// Writes the small city.
///
/// # Errors
/// Those of the database.
pub async fn write(env: &Env, password_hash: String) -> Result<()> {
    let mut world = World {
        rng: Rng::new(52),
        keys: Keys::default(),
        rows: Rows::default(),
        tariff: tariff_file::yokohama().map_err(|error| Error::Broken(error.to_string()))?,
        holidays: holiday_file::japan().map_err(|error| Error::Broken(error.to_string()))?,
        now: start(),
        people: Vec::new(),
        books: BTreeMap::new(),
        report_written: Vec::new(),
        letters: Vec::new(),
        password_hash,
        terse: false,
    };
    let staff = staff(&mut world);
    people(&mut world);
    let hanako = find(&world, HANAKO)?;
    let teikyo = find(&world, TEIKYO)?;
    for person in world.people.clone() {
        coupons(&mut world, &staff, &person);
    }
    let case = newsletter::case(&mut world, &staff, &hanako, &teikyo, i64::from(newsletter::REQUEST.0))?;
    case.done(&mut world);
    finish(&mut world);

    let transaction = begin(env).await?;
    world.rows.flush(&transaction).await?;
    world.keys.hand_over(env, &transaction).await?;
    put_sequence(&transaction, MemberNo::PREFIX, FIRST_MEMBER + MEMBERS).await?;
    put_sequence(&transaction, RequestNo::PREFIX, newsletter::REQUEST.0 + 1).await?;
    put_sequence(&transaction, ReportNo::PREFIX, REPORT.0 + 1).await?;
    put_sequence(&transaction, ClaimNo::PREFIX, ClaimNo::FIRST).await?;
    put_mark(&transaction, Size::Small).await?;
    transaction.commit().await?;
    Ok(())
}

fn staff(world: &mut World) -> Staff {
    let long_ago = start().plus_days(-400);
    let mut coordinator = |user_id: &str, name: &str, ward: &str| {
        let account = world.register().account(name, "coordinator", Some(user_id), Some(ward), None, long_ago);
        Actor { account, name: name.to_owned(), role: Role::Coordinator { ward: ward.to_owned() } }
    };
    let midori = coordinator("midori", "緑川洋子", "midori");
    let aoba = coordinator("aoba", "青山直美", "aoba");
    world.register().account("本部太一", "hq", Some("honbu"), None, None, long_ago);
    Staff { midori, aoba }
}

fn people(world: &mut World) {
    let today = start().date();
    let hanakos = [("太郎", "タロウ", date!(2019 - 06 - 10)), ("桜", "サクラ", date!(2023 - 06 - 10))];
    let ryohos = [("湊", "ミナト", date!(2020 - 09 - 01)), ("凛", "リン", date!(2023 - 07 - 21))];
    let riyo2s = [("陽葵", "ヒマリ", date!(2023 - 04 - 18))];
    for index in 0..MEMBERS {
        let aoba = index % 5 == 3;
        let kind = match index % 14 {
            2 | 5 | 8 | 13 => MemberKind::Provider,
            10 => MemberKind::Both,
            _ => MemberKind::User,
        };
        let joined = start().plus_days(i64::from(index) * 2 - 600).plus_minutes(i64::from(index) * 7 % 400);
        let status = match index {
            31 | 130 => MembershipStatus::Suspended,
            58 => MembershipStatus::Expired,
            90 => MembershipStatus::Withdrawn,
            243 if kind.provides() => MembershipStatus::InTraining,
            246 => MembershipStatus::Applied,
            _ => MembershipStatus::Active,
        };
        // Courses count for five years; some end soon, so that a gate can be seen at work.
        let ends = match index % 23 {
            4 => Duration::days(9),
            11 => Duration::days(-20),
            _ => Duration::days(500 + i64::from(index) * 4),
        };
        let trained = kind.provides() && status != MembershipStatus::InTraining;
        let mut wanted = Wanted {
            ward: if aoba { "aoba" } else { "midori" },
            kind,
            no: MemberNo(FIRST_MEMBER + index),
            user_id: None,
            name: None,
            place: None,
            children: None,
            status,
            joined,
            trained_until: trained.then(|| today + ends),
            today,
        };
        let far = Some(date!(2027 - 03 - 31));
        match index {
            HANAKO => {
                wanted.kind = MemberKind::User;
                wanted.user_id = Some("hanako");
                wanted.name = Some(["木村", "花子", "キムラ", "ハナコ"]);
                wanted.place = Some(("十日市場町", "1501-3 メゾン十日市場102号室"));
                wanted.children = Some(&hanakos);
                wanted.trained_until = None;
            }
            TEIKYO => {
                wanted.kind = MemberKind::Provider;
                wanted.user_id = Some("teikyo");
                wanted.name = Some(["山田", "節子", "ヤマダ", "セツコ"]);
                wanted.place = Some(("十日市場町", "1258-12"));
                wanted.children = Some(&[]);
                wanted.trained_until = far;
            }
            RYOHO => {
                wanted.kind = MemberKind::Both;
                wanted.user_id = Some("ryoho");
                wanted.name = Some(["髙﨑", "陽子", "タカサキ", "ヨウコ"]);
                wanted.place = Some(("長津田みなみ台", "4-6-1 グリーンコート長津田305号室"));
                wanted.children = Some(&ryohos);
                wanted.trained_until = far;
            }
            RIYO2 => {
                wanted.kind = MemberKind::User;
                wanted.user_id = Some("riyo2");
                wanted.name = Some(["佐藤", "美咲", "サトウ", "ミサキ"]);
                wanted.place = Some(("鴨居", "3-21-8"));
                wanted.children = Some(&riyo2s);
                wanted.trained_until = None;
            }
            TEIKYO2 => {
                wanted.kind = MemberKind::Provider;
                wanted.user_id = Some("teikyo2");
                wanted.name = Some(["𠮷田", "京子", "ヨシダ", "キョウコ"]);
                wanted.place = Some(("霧が丘", "5-14-2"));
                wanted.children = Some(&[]);
                wanted.trained_until = far;
            }
            _ => {}
        }
        let person = world.register().member(&wanted);
        world.people.push(Arc::new(person));
    }
}

fn find(world: &World, index: u32) -> Result<Arc<Person>> {
    let person = usize::try_from(index).ok().and_then(|index| world.people.get(index));
    person.cloned().ok_or_else(|| Error::Broken("a demo member is missing".into()))
}

/// おためし券 for every eligible child of the active families, a month after joining or after birth.
fn coupons(world: &mut World, staff: &Staff, person: &Person) {
    if !person.kind.uses() || person.status != MembershipStatus::Active {
        return;
    }
    let (ward, by) = match &person.actor.role {
        Role::Member { ward, .. } if ward == "aoba" => ("aoba", staff.aoba.clone()),
        _ => ("midori", staff.midori.clone()),
    };
    for child in &person.children {
        let eligible = world
            .tariff
            .on(start().date())
            .and_then(|version| version.coupon.as_ref())
            .is_some_and(|rule| rule.eligible(child.birth_date));
        let born = domain::time::Instant::at(child.birth_date, 600);
        let issued_at = world.office(person.joined.max(born).plus_days(30));
        if eligible && issued_at < start().plus_days(-5) {
            world.issue_coupon(&by, person, child, ward, issued_at);
        }
    }
}

/// Gives reports their numbers in the order in which they were begun, and delivers the messages.
fn finish(world: &mut World) {
    let requests: BTreeMap<i64, String> = world
        .rows
        .care_request
        .iter()
        .map(|row| (row.id, RequestNo(u32::try_from(row.request_no).unwrap_or(0)).to_string()))
        .collect();
    let mut written = std::mem::take(&mut world.report_written);
    written.sort();
    let count = i64::try_from(written.len()).unwrap_or(0);
    let first = i64::from(REPORT.0) + 1 - count;
    let order: BTreeMap<i64, i64> =
        written.iter().zip(1_i64..).map(|((_, provisional), place)| (*provisional, place)).collect();
    world.rows.renumber_reports(&order);
    for row in &mut world.rows.activity_report {
        row.report_no = first + row.id - 1;
    }
    for letter in &mut world.letters {
        letter.about.1 = letter.about.1.and_then(|id| order.get(&id).copied());
    }
    let reports: BTreeMap<i64, String> = world
        .rows
        .activity_report
        .iter()
        .map(|row| (row.id, ReportNo(u32::try_from(row.report_no).unwrap_or(0)).to_string()))
        .collect();
    world.deliver(&requests, &reports);
    world.rows.trial_coupon.extend(std::mem::take(&mut world.books).into_values());
}
