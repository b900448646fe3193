//! The small city: 緑区 with 200 members, 青葉区 with 50, and three months of cases in every state.

use super::case::{Asked, Case};
use super::newsletter;
use super::people::{Person, Wanted};
use super::play::{Diary, TURNS, Turn, eligible, may_be_asked, play};
use super::rng::Rng;
use super::rows::{Keys, Rows};
use super::world::{World, at};
use super::{Size, begin, close, put_sequence, start};
use domain::actor::{AccountRole, Actor, Channel, MemberKind, Role};
use domain::id::{ReportId, RequestId};
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
    for person in world.people.clone() {
        coupons(&mut world, &staff, &person);
    }
    let last_request = cases(&mut world, &staff)?;
    let last_report = finish(&mut world)?;

    let transaction = begin(env, Size::Small).await?;
    world.rows.flush(&transaction).await?;
    world.keys.hand_over(env, &transaction).await?;
    put_sequence(&transaction, MemberNo::PREFIX, FIRST_MEMBER + MEMBERS).await?;
    put_sequence(&transaction, RequestNo::PREFIX, last_request + 1).await?;
    put_sequence(&transaction, ReportNo::PREFIX, last_report + 1).await?;
    transaction.commit().await?;
    for month in 1..=3 {
        close(env, YearMonth { year: 2024, month }).await?;
    }
    Ok(())
}

fn staff(world: &mut World) -> Staff {
    let long_ago = start().plus_days(-400);
    let mut coordinator = |user_id: &str, name: &str, ward: &str| {
        let account =
            world.register().account(name, AccountRole::Coordinator, Some(user_id), Some(ward), None, long_ago);
        Actor { account, name: name.to_owned(), role: Role::Coordinator { ward: ward.to_owned() } }
    };
    let midori = coordinator("midori", "緑川洋子", "midori");
    let aoba = coordinator("aoba", "青山直美", "aoba");
    world.register().account("本部太一", AccountRole::Hq, Some("honbu"), None, None, long_ago);
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

/// Something a family is going to ask for.
struct Plan {
    family: usize,
    /// A provider chosen by hand; others are drawn.
    provider: Option<usize>,
    date: Date,
    start: u16,
    minutes: i64,
    asked_at: Instant,
    turn: Turn,
    kind: CareKind,
    place: CarePlace,
    child: Option<&'static str>,
    /// The first is 下書き only, the others go to their end.
    draft: bool,
}

impl Plan {
    fn starts_at(&self) -> Instant {
        Instant::at(self.date, self.start)
    }
}

/// Plays every case in the order in which it was asked for; returns the last number.
fn cases(world: &mut World, staff: &Staff) -> Result<u32> {
    let mut plans = drawn(world);
    plans.extend(by_hand());
    plans.sort_by_key(|plan| plan.asked_at);
    let before = plans.iter().filter(|plan| plan.asked_at < newsletter::asked_at()).count();
    let mut no = newsletter::REQUEST.0 - u32::try_from(before).unwrap_or(0);
    let mut diary = Diary::default();
    let (hanako, teikyo) = (find(world, HANAKO)?, find(world, TEIKYO)?);
    let mut written = false;
    diary.take(teikyo.id, at(date!(2024 - 03 - 30), 11, 30), at(date!(2024 - 03 - 30), 13, 30));
    for plan in plans.iter().filter(|plan| plan.provider.is_some()) {
        let provider = find(world, u32::try_from(plan.provider.unwrap_or(0)).unwrap_or(0))?;
        diary.take(provider.id, plan.starts_at(), plan.starts_at().plus_minutes(plan.minutes));
    }
    for plan in plans {
        if !written && plan.asked_at >= newsletter::asked_at() {
            written = true;
            newsletter::case(world, staff, &hanako, &teikyo, RequestNo(no))?.done(world);
            no += 1;
        }
        one(world, staff, &mut diary, &plan, RequestNo(no))?.done(world);
        no += 1;
    }
    if newsletter::REQUEST.0 >= no {
        return Err(Error::Broken("the demo's numbers do not reach the newsletter's".into()));
    }
    Ok(no - 1)
}

fn one(world: &mut World, staff: &Staff, diary: &mut Diary, plan: &Plan, no: RequestNo) -> Result<Case> {
    let family = find(world, u32::try_from(plan.family).unwrap_or(0))?;
    let (start, end) = (plan.starts_at(), plan.starts_at().plus_minutes(plan.minutes));
    let most = if plan.turn == Turn::TwoOffers || plan.turn == Turn::Revision { 2 } else { 1 };
    let mut children = eligible(&family, start, if plan.child.is_some() { 9 } else { most });
    children.retain(|child| plan.child.is_none_or(|name| child.name == name));
    let (ward, coordinator) = match &family.actor.role {
        Role::Member { ward, .. } if ward == "aoba" => ("aoba", staff.aoba.clone()),
        _ => ("midori", staff.midori.clone()),
    };
    let phoned = plan.turn == Turn::Phoned;
    let asked_at = if phoned { world.office(plan.asked_at) } else { plan.asked_at };
    let asked = Asked {
        family: Arc::clone(&family),
        coordinator,
        ward: ward.to_owned(),
        no,
        children,
        kind: plan.kind,
        place: plan.place,
        place_detail: if plan.place == CarePlace::Other {
            "地区センターのプレイルーム".to_owned()
        } else {
            String::new()
        },
        notes: if plan.minutes % 60 == 0 {
            String::new()
        } else {
            "下の子の健診のあいだ、お願いします。".to_owned()
        },
        channel: if phoned { Channel::Phone } else { Channel::Web },
        starts_at: start,
        ends_at: end,
        asked_at,
    };
    if plan.draft {
        return Ok(Case::draft(world, asked));
    }
    let providers: Vec<Arc<Person>> = match plan.provider {
        Some(provider) => vec![find(world, u32::try_from(provider).unwrap_or(0))?],
        None => {
            let mut able: Vec<Arc<Person>> = world
                .people
                .iter()
                .filter(|person| person.actor.ward() == Some(ward) && may_be_asked(diary, person, &family, start, end))
                .cloned()
                .collect();
            let mut chosen = Vec::new();
            for _ in 0..2.min(able.len()) {
                let provider = able.swap_remove(world.rng.below(able.len()));
                diary.take(provider.id, start, end.plus_minutes(30));
                chosen.push(provider);
            }
            chosen
        }
    };
    play(world, asked, plan.turn, &providers)
}

/// Cases of every day from December to April.
fn drawn(world: &mut World) -> Vec<Plan> {
    let families: Vec<usize> = (0..world.people.len())
        .filter(|place| !BY_NAME.contains(&u32::try_from(*place).unwrap_or(0)))
        .filter(|place| {
            let person = &world.people[*place];
            person.kind.uses() && person.status == MembershipStatus::Active && !person.children.is_empty()
        })
        .collect();
    let mut plans = Vec::new();
    let mut day = date!(2023 - 12 - 11);
    let mut turns = TURNS.iter().cycle();
    while day <= date!(2024 - 04 - 27) {
        for _ in 0..world.rng.between(1, 4) {
            let turn = turns.next().copied().unwrap_or(Turn::Plain);
            let Some(&family) = world.rng.pick(&families) else { continue };
            let start = [540, 570, 600, 630, 780, 840, 900, 960, 1080, 480];
            let start = start.get(world.rng.below(10)).copied().unwrap_or(600);
            let minutes = [60, 90, 120, 120, 150, 180, 240].get(world.rng.below(7)).copied().unwrap_or(120);
            let lead = if turn == Turn::Phoned { world.rng.between(9, 20) } else { world.rng.between(22, 38) };
            let hour = u16::try_from(world.rng.between(8, 21)).unwrap_or(12);
            let minute = u16::try_from(world.rng.between(0, 59)).unwrap_or(0);
            let asked_at = at(day - Duration::days(lead), hour, minute);
            // The newsletter's request is the only one of its minute, and nothing is asked in the story's future.
            if asked_at >= start_of_story() || eligible(&world.people[family], Instant::at(day, start), 9).is_empty() {
                continue;
            }
            let kind = match world.rng.below(6) {
                0 => CareKind::Escort,
                1 => CareKind::CareWithEscort,
                _ => CareKind::Care,
            };
            let place = match world.rng.below(8) {
                0 => CarePlace::UserHome,
                1 => CarePlace::Other,
                2 => CarePlace::Base,
                _ => CarePlace::ProviderHome,
            };
            let place = if kind == CareKind::Escort { CarePlace::ProviderHome } else { place };
            let (provider, child, draft) = (None, None, false);
            plans.push(Plan { family, provider, date: day, start, minutes, asked_at, turn, kind, place, child, draft });
        }
        day += Duration::days(1);
    }
    plans
}

fn start_of_story() -> Instant {
    start().plus_minutes(-30)
}

/// Members whose cases are chosen by hand.
const BY_NAME: &[u32] = &[HANAKO, TEIKYO, RYOHO, RIYO2, TEIKYO2];

/// The cases of the people who sign in: everybody finds something to do.
fn by_hand() -> Vec<Plan> {
    let plan = |family: u32, provider: u32, date: Date, start: u16, minutes: i64, asked: (Date, u16)| Plan {
        family: usize::try_from(family).unwrap_or(0),
        provider: Some(usize::try_from(provider).unwrap_or(0)),
        date,
        start,
        minutes,
        asked_at: at(asked.0, asked.1, 17),
        turn: Turn::Plain,
        kind: CareKind::Care,
        place: CarePlace::ProviderHome,
        child: None,
        draft: false,
    };
    let (sakura, taro) = (Some("桜"), Some("太郎"));
    vec![
        // 木村花子: two tickets spent in February, a report to approve, a request just sent.
        Plan { child: sakura, ..plan(HANAKO, TEIKYO, date!(2024 - 02 - 14), 600, 120, (date!(2024 - 01 - 17), 20)) },
        Plan {
            child: taro,
            turn: Turn::Slow,
            ..plan(HANAKO, TEIKYO, date!(2024 - 03 - 13), 900, 90, (date!(2024 - 02 - 14), 21))
        },
        Plan { child: taro, ..plan(HANAKO, TEIKYO2, date!(2024 - 04 - 12), 540, 180, (date!(2024 - 03 - 15), 21)) },
        // 山田節子: an activity to report, a reward to receive, an offer to answer.
        plan(RIYO2, TEIKYO, date!(2024 - 03 - 15), 1080, 120, (date!(2024 - 02 - 16), 20)),
        plan(RIYO2, TEIKYO, date!(2024 - 03 - 13), 570, 120, (date!(2024 - 02 - 15), 12)),
        Plan {
            turn: Turn::Unanswered,
            ..plan(RIYO2, TEIKYO, date!(2024 - 04 - 09), 600, 120, (date!(2024 - 03 - 13), 20))
        },
        // 髙﨑陽子: a report to approve as a family; as a provider an offer, a meeting, an activity to come.
        Plan { turn: Turn::Slow, ..plan(RYOHO, TEIKYO2, date!(2024 - 03 - 12), 600, 150, (date!(2024 - 02 - 13), 20)) },
        plan(RYOHO, TEIKYO2, date!(2024 - 04 - 05), 780, 120, (date!(2024 - 03 - 08), 19)),
        Plan {
            turn: Turn::Unanswered,
            ..plan(RIYO2, RYOHO, date!(2024 - 04 - 10), 840, 120, (date!(2024 - 03 - 13), 19))
        },
        plan(RIYO2, RYOHO, date!(2024 - 03 - 27), 600, 120, (date!(2024 - 02 - 28), 21)),
        plan(RIYO2, RYOHO, date!(2024 - 02 - 20), 600, 120, (date!(2024 - 01 - 23), 21)),
        Plan {
            turn: Turn::Looked,
            ..plan(RYOHO, TEIKYO2, date!(2024 - 04 - 16), 780, 120, (date!(2024 - 03 - 13), 20))
        },
        // 下書き
        Plan { draft: true, ..plan(HANAKO, TEIKYO, date!(2024 - 04 - 20), 600, 120, (date!(2024 - 03 - 14), 22)) },
        Plan { draft: true, ..plan(RIYO2, TEIKYO, date!(2024 - 04 - 22), 600, 120, (date!(2024 - 03 - 15), 8)) },
    ]
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

/// Gives reports their numbers in the order in which they were begun, fills in what names them, and delivers the
/// messages. Returns the last number.
fn finish(world: &mut World) -> Result<u32> {
    let requests: BTreeMap<RequestId, RequestNo> =
        world.rows.care_request.iter().map(|row| (row.id, row.request_no)).collect();
    let newsletters = world.rows.care_request.iter().find(|row| row.request_no == newsletter::REQUEST);
    let newsletters = newsletters.map(|row| row.id);
    let provisional =
        world.rows.activity_report.iter().find(|row| row.request_id == newsletters).map_or(ReportId(0), |row| row.id);
    let mut written = std::mem::take(&mut world.report_written);
    written.sort();
    let order: BTreeMap<ReportId, ReportId> =
        written.iter().zip(1_i64..).map(|((_, old), place)| (*old, ReportId(place))).collect();
    let first = i64::from(REPORT.0) - order.get(&provisional).map_or(1, |id| id.0) + 1;
    world.rows.renumber_reports(&order);
    for letter in &mut world.letters {
        letter.about.1 = letter.about.1.and_then(|id| order.get(&id).copied());
    }
    let births = world.rows.child.iter().map(|row| (row.id, row.birth_date)).collect();
    let reports = world.name_reports(first, &requests, &births)?;
    let last = reports.values().max().map_or(REPORT.0, |no| no.0);
    world.deliver(
        &requests.iter().map(|(id, no)| (*id, no.to_string())).collect(),
        &reports.iter().map(|(id, no)| (*id, no.to_string())).collect(),
    );
    world.rows.trial_coupon.extend(std::mem::take(&mut world.books).into_values());
    world.rows.coupon_entry.sort_by_key(|row| row.at);
    for (row, id) in world.rows.coupon_entry.iter_mut().zip(1_i64..) {
        row.id = id;
    }
    Ok(last)
}
