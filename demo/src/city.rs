//! The large city, for measuring: 18 wards, 12,000 利用会員, 2,000 提供会員, 46,000 activities a year.
//!
//! Written month by month, one transaction each, then closed by the close itself. A case has its request, offer,
//! activity, report, approval, receipt and two or three events; sheets and messages are left out.

use super::case::Asked;
use super::names::{CHILD, TOWNS};
use super::people::{Person, Wanted};
use super::play::{Diary, Turn, eligible, may_be_asked, play};
use super::rng::Rng;
use super::rows::{Keys, Rows};
use super::world::World;
use super::{Size, begin, close, put_sequence};
use domain::actor::{AccountRole, Actor, Channel, MemberKind, Role};
use domain::id::{ChildId, RequestId};
use domain::member::MembershipStatus;
use domain::number::{MemberNo, ReportNo, RequestNo};
use domain::request::{CareKind, CarePlace};
use domain::subsidy::YearMonth;
use domain::time::{Date, Instant};
use service::error::{Error, Result};
use service::{Env, holiday_file, tariff_file};
use std::collections::BTreeMap;
use std::sync::Arc;
use time::Duration;

const USERS: u32 = 12_000;
const PROVIDERS: u32 = 2_000;
const ACTIVITIES_A_YEAR: i64 = 46_000;
/// A request of 木村花子 every so many days, so that her list is long.
const HANAKO_EVERY: i64 = 5;

/// One ward's people, as places in the list of everybody.
struct Ward {
    code: &'static str,
    coordinator: Actor,
    families: Vec<Arc<Person>>,
    providers: Vec<Arc<Person>>,
}

/// Writes the large city: `years` of activities up to the demo's day, and the requests of the weeks after it.
///
/// # Errors
/// Years outside 1 to 10, for which tariff and holidays are known.
pub async fn write(env: &Env, password_hash: String, years: u32, now: Instant) -> Result<()> {
    if !(1..=10).contains(&years) {
        return Err(Error::Broken("the large city has 1 to 10 years".into()));
    }
    let first_day = now.date() - Duration::days(i64::from(years) * 365);
    let mut world = World {
        rng: Rng::new(18),
        keys: Keys::default(),
        rows: Rows::default(),
        tariff: tariff_file::yokohama().map_err(|error| Error::Broken(error.to_string()))?,
        holidays: holiday_file::japan().map_err(|error| Error::Broken(error.to_string()))?,
        now,
        people: Vec::new(),
        books: BTreeMap::new(),
        report_written: Vec::new(),
        letters: Vec::new(),
        password_hash,
        terse: true,
    };
    let wards = people(&mut world, first_day);
    let births: BTreeMap<ChildId, Date> = world.rows.child.iter().map(|row| (row.id, row.birth_date)).collect();
    let transaction = begin(env, Size::City { years }).await?;
    world.rows.flush(&transaction).await?;
    put_sequence(&transaction, MemberNo::PREFIX, USERS + PROVIDERS + 1).await?;
    transaction.commit().await?;

    let mut next = 1_u32;
    let mut month = YearMonth::of(first_day);
    // Requests reach four weeks beyond the demo's day.
    let last_day = now.date() + Duration::days(28);
    while month <= YearMonth::of(last_day) {
        let mut requests = BTreeMap::new();
        let mut day = first_of(month).max(first_day);
        while YearMonth::of(day) == month && day <= last_day {
            a_day(&mut world, &wards, day, &mut next, &mut requests)?;
            day += Duration::days(1);
        }
        world.name_reports(i64::from(ReportNo::FIRST), &requests, &births)?;
        world.report_written.clear();
        let transaction = env.db.begin().await?;
        world.rows.flush(&transaction).await?;
        // The keys of the rows that the close adds follow those given here.
        world.keys.hand_over(env, &transaction).await?;
        transaction.commit().await?;
        if month.cutoff().plus_minutes(5) <= now {
            close(env, month).await?;
            world.keys.take_over(env).await?;
        }
        month = month.next();
    }
    let reports = u32::try_from(world.keys.last("activity_report")).unwrap_or(0);
    let transaction = env.db.begin().await?;
    put_sequence(&transaction, RequestNo::PREFIX, next).await?;
    put_sequence(&transaction, ReportNo::PREFIX, ReportNo::FIRST + reports).await?;
    transaction.commit().await?;
    Ok(())
}

fn first_of(month: YearMonth) -> Date {
    let name = time::Month::try_from(month.month).unwrap_or(time::Month::January);
    Date::from_calendar_date(month.year, name, 1).unwrap_or(Date::MAX)
}

/// Everybody, and the wards they live in.
fn people(world: &mut World, first_day: Date) -> Vec<Ward> {
    let joined = Instant::at(first_day, 600).plus_days(-90);
    let mut wards: Vec<Ward> = TOWNS
        .iter()
        .map(|towns| {
            let name = format!("{}支部 担当", towns.ward);
            let user_id = Some(towns.ward);
            let account =
                world.register().account(&name, AccountRole::Coordinator, user_id, Some(towns.ward), None, joined);
            let coordinator = Actor { account, name, role: Role::Coordinator { ward: towns.ward.to_owned() } };
            Ward { code: towns.ward, coordinator, families: Vec::new(), providers: Vec::new() }
        })
        .collect();
    world.register().account("本部太一", AccountRole::Hq, Some("honbu"), None, None, joined);
    let count = wards.len();
    let midori = wards.iter().position(|ward| ward.code == "midori").unwrap_or(0);
    for index in 0..USERS + PROVIDERS {
        let provides = index % 7 == 3;
        let named = match index {
            0 => Some(("hanako", ["木村", "花子", "キムラ", "ハナコ"])),
            1 => Some(("riyo2", ["佐藤", "美咲", "サトウ", "ミサキ"])),
            3 => Some(("teikyo", ["山田", "節子", "ヤマダ", "セツコ"])),
            10 => Some(("teikyo2", ["𠮷田", "京子", "ヨシダ", "キョウコ"])),
            17 => Some(("ryoho", ["髙﨑", "陽子", "タカサキ", "ヨウコ"])),
            _ => None,
        };
        let kind = match (index, provides) {
            (17, _) => MemberKind::Both,
            (_, true) => MemberKind::Provider,
            (_, false) => MemberKind::User,
        };
        let place = if named.is_some() { midori } else { usize::try_from(index).unwrap_or(0) % count };
        let Some(ward) = wards.get_mut(place) else { continue };
        let children = if kind.uses() { children(&mut world.rng, first_day) } else { Vec::new() };
        let wanted = Wanted {
            ward: ward.code,
            kind,
            no: MemberNo(index + 1),
            user_id: named.map(|named| named.0),
            name: named.map(|named| named.1),
            place: None,
            children: Some(&children),
            status: MembershipStatus::Active,
            joined,
            trained_until: kind.provides().then(|| world.now.date() + Duration::days(900)),
            today: first_day,
        };
        let person = Arc::new(world.register().member(&wanted));
        if kind.provides() {
            ward.providers.push(Arc::clone(&person));
        }
        if kind.uses() {
            ward.families.push(person);
        }
    }
    wards
}

/// One or two children who are small at the beginning and still at primary school after ten years.
fn children(rng: &mut Rng, first_day: Date) -> Vec<(&'static str, &'static str, Date)> {
    let mut born = |youngest: i64, oldest: i64| {
        let (name, kana) = rng.pick(CHILD).copied().unwrap_or_default();
        (name, kana, first_day - Duration::days(rng.between(youngest, oldest)))
    };
    let small = born(60, 150);
    let large = born(450, 700);
    match small.0.len() % 3 {
        0 => vec![large, small],
        1 => vec![small],
        _ => vec![large],
    }
}

/// The activities of one day in all wards.
fn a_day(
    world: &mut World,
    wards: &[Ward],
    day: Date,
    next: &mut u32,
    requests: &mut BTreeMap<RequestId, RequestNo>,
) -> Result<()> {
    let mut diary = Diary::default();
    let ordinal = i64::from(day.to_julian_day());
    // 46,000 over 365 days, without a remainder over the years.
    let activities = ACTIVITIES_A_YEAR * (ordinal + 1) / 365 - ACTIVITIES_A_YEAR * ordinal / 365;
    for place in 0..activities {
        let hanakos = place == 0 && ordinal % HANAKO_EVERY == 0;
        let ward = if hanakos { wards.iter().find(|ward| ward.code == "midori") } else { world.rng.pick(wards) };
        let Some(ward) = ward else { continue };
        let family = if hanakos { ward.families.first() } else { world.rng.pick(&ward.families) };
        let Some(family) = family.cloned() else { continue };
        let start = Instant::at(day, [480, 540, 600, 660, 840, 900, 960, 1020][world.rng.below(8)]);
        let end = start.plus_minutes([60, 90, 120, 150, 180][world.rng.below(5)]);
        let provider = (0..12).find_map(|_| {
            let provider = world.rng.pick(&ward.providers)?;
            may_be_asked(&diary, provider, &family, start, end).then(|| Arc::clone(provider))
        });
        let Some(provider) = provider else { continue };
        diary.take(provider.id, start, end.plus_minutes(30));
        let hour = u16::try_from(world.rng.between(8, 21)).unwrap_or(12);
        let asked_at = Instant::at(day - Duration::days(world.rng.between(22, 38)), hour * 60 + 11);
        if asked_at > world.now {
            continue;
        }
        let kind = if world.rng.chance(20) { CareKind::Escort } else { CareKind::Care };
        let asked = Asked {
            children: eligible(&family, start, 2),
            family,
            coordinator: ward.coordinator.clone(),
            ward: ward.code.to_owned(),
            no: RequestNo(*next),
            kind,
            place: CarePlace::ProviderHome,
            place_detail: String::new(),
            notes: String::new(),
            channel: Channel::Web,
            starts_at: start,
            ends_at: end,
            asked_at,
        };
        let case = play(world, asked, Turn::Plain, &[provider])?;
        requests.insert(case.id(), RequestNo(*next));
        case.done(world);
        *next += 1;
    }
    Ok(())
}
