//! Every route of the router and every server function, asked by everybody: the table of rights is what happens.

use crate::support::{Browser, Site, location};
use domain::actor::{Actor, MemberKind, Role};
use domain::id::{AccountId, MemberId};
use domain::number::MemberNo;
use domain::policy::{self, DOORS, MATRIX, Relation, Right, Sides, Stage, Thing};
use domain::request::CoordinationStatus;
use domain::time::Instant;
use futures_util::StreamExt;
use futures_util::future::join_all;
use futures_util::stream;
use reqwest::{Method, StatusCode};
use sea_orm::FromQueryResult;
use server::router::routes;
use std::collections::BTreeSet;

/// Who asks: nobody signed in, each kind of member, both wards' coordinators, the headquarters.
const PEOPLE: [Option<&str>; 7] =
    [None, Some("hanako"), Some("teikyo"), Some("ryoho"), Some("midori"), Some("aoba"), Some("honbu")];

#[derive(FromQueryResult)]
struct Person {
    id: AccountId,
    role: String,
    ward: Option<String>,
    member: Option<MemberId>,
    kind: Option<String>,
    member_ward: Option<String>,
}

/// A row that somebody asks for.
#[derive(FromQueryResult, Clone)]
struct Asked {
    /// Its number or row, as addresses and forms name it.
    key: i64,
    ward: Option<String>,
    family: Option<MemberId>,
    provider: Option<MemberId>,
    account: Option<AccountId>,
    /// Of a request its status.
    status: Option<String>,
    ends_at: Option<i64>,
    /// Of a report whether it was ever sent.
    sent: Option<i64>,
    /// What a form about it needs besides.
    beside: Option<i64>,
}

impl Asked {
    fn sides(&self) -> Sides<'_> {
        Sides { ward: self.ward.as_deref(), family: self.family, provider: self.provider, account: self.account }
    }

    fn stage(&self, thing: Thing, now: Instant) -> Stage {
        match thing {
            Thing::Request => {
                let status = CoordinationStatus::from_key(self.status.as_deref().unwrap()).unwrap();
                Stage::of_request(status, Instant(self.ends_at.unwrap_or(0)), now)
            }
            Thing::Report => Stage::of_report(self.sent == Some(1)),
            _ => Stage::Known,
        }
    }
}

async fn all<T: FromQueryResult>(site: &Site, sql: &str) -> Vec<T> {
    service::db::rows::<T, _>(site.env.db.read(), sql, vec![]).await.unwrap()
}

async fn actor(site: &Site, name: &str) -> Actor {
    let sql = format!(
        "SELECT a.id, a.role, a.ward, a.member_id AS member, m.kind, m.ward AS member_ward FROM account a \
         LEFT JOIN member m ON m.id = a.member_id WHERE a.user_id = '{name}'"
    );
    let person: Person = all(site, &sql).await.pop().unwrap();
    let role = match (person.role.as_str(), person.member) {
        ("hq", _) => Role::Hq,
        ("coordinator", _) => Role::Coordinator { ward: person.ward.unwrap() },
        (_, Some(member)) => Role::Member {
            member,
            no: MemberNo(0),
            kind: MemberKind::from_key(&person.kind.unwrap()).unwrap(),
            ward: person.member_ward.unwrap(),
        },
        other => panic!("{other:?}"),
    };
    Actor { account: person.id, name: name.to_owned(), role }
}

/// One row of a kind for every way in which the people stand to it, at each of its stages.
async fn things(site: &Site, thing: Thing, people: &[Option<Actor>]) -> Vec<Asked> {
    let none = "CAST(NULL AS BIGINT)";
    let sql = match thing {
        Thing::Nothing => return vec![],
        Thing::Request => format!(
            "SELECT request_no AS key, ward, member_id AS family, provider_id AS provider, {none} AS account, status, \
             ends_at, {none} AS sent, {none} AS beside FROM care_request ORDER BY id"
        ),
        Thing::Offer => format!(
            "SELECT o.id AS key, r.ward, {none} AS family, o.provider_id AS provider, {none} AS account, o.status, \
             {none} AS ends_at, {none} AS sent, r.request_no AS beside FROM offer o \
             JOIN care_request r ON r.id = o.request_id ORDER BY o.id"
        ),
        Thing::Report => format!(
            "SELECT report_no AS key, ward, user_member_id AS family, provider_id AS provider, {none} AS account, status, \
             {none} AS ends_at, CASE WHEN submitted_at IS NULL THEN 0 ELSE 1 END AS sent, {none} AS beside \
             FROM activity_report ORDER BY id"
        ),
        Thing::Claim => format!(
            "SELECT claim_no AS key, ward, {none} AS family, provider_id AS provider, {none} AS account, status, \
             {none} AS ends_at, {none} AS sent, {none} AS beside FROM subsidy_claim ORDER BY id"
        ),
        Thing::Member => format!(
            "SELECT member_no AS key, ward, id AS family, id AS provider, {none} AS account, status, {none} AS ends_at, \
             {none} AS sent, (SELECT MIN(id) FROM child c WHERE c.member_id = m.id) AS beside FROM member m \
             WHERE kind = 'both' ORDER BY id"
        ),
        Thing::Message => format!(
            "SELECT id AS key, '' AS ward, {none} AS family, {none} AS provider, account_id AS account, '' AS status, \
             {none} AS ends_at, {none} AS sent, {none} AS beside FROM notice ORDER BY id"
        ),
    };
    let now = site.env.clock.now();
    let mut seen = BTreeSet::new();
    let mut chosen = Vec::new();
    for mut row in all::<Asked>(site, &sql).await {
        if thing == Thing::Message {
            row.ward = None;
        }
        let relations: Vec<_> =
            people.iter().map(|who| who.as_ref().and_then(|who| policy::relation(who, &row.sides()))).collect();
        if seen.insert((row.stage(thing, now), relations)) {
            chosen.push(row);
        }
    }
    assert!(!chosen.is_empty(), "the demo has no {thing:?}");
    chosen
}

/// How a number is written in addresses and forms.
fn written(thing: Thing, key: i64) -> String {
    match thing {
        Thing::Request => format!("CDK{key:07}"),
        Thing::Report => format!("EKH{key:07}"),
        Thing::Claim => format!("KSK{key:07}"),
        Thing::Member => format!("MEM{key:07}"),
        Thing::Nothing | Thing::Offer | Thing::Message => key.to_string(),
    }
}

/// A form that names the row, comes from a page that nobody has seen, and says nothing else.
fn form(thing: Thing, row: &Asked) -> Vec<(&'static str, String)> {
    let name = match thing {
        Thing::Nothing | Thing::Claim => return vec![],
        Thing::Request => "request",
        Thing::Offer => "offer",
        Thing::Report => "report",
        Thing::Member => "no",
        Thing::Message => "mail",
    };
    let mut fields = vec![(name, written(thing, row.key)), ("revision", "-7".to_owned())];
    match (thing, row.beside) {
        (Thing::Offer, Some(no)) => {
            fields.push(("request", written(Thing::Request, no)));
            fields.push(("do", "decline".to_owned()));
        }
        (Thing::Member, Some(child)) => fields.push(("child", child.to_string())),
        _ => {}
    }
    fields
}

/// What an answer says of the right.
#[derive(Debug, PartialEq, Eq)]
enum Said {
    Open,
    /// The same as what is not there.
    NotThere,
    Login,
    /// The row is known to whoever asks; the step is not theirs.
    Refused,
    Broken(StatusCode),
}

/// What everybody hears: who only reads asks at the same time, who sends something takes turns.
async fn all_ask(people: &[Browser<'_>], method: &Method, path: &str, fields: &[(&'static str, String)]) -> Vec<Said> {
    let questions = people.iter().map(|who| ask(who, method, path, fields));
    if *method == Method::GET {
        join_all(questions).await
    } else {
        stream::iter(questions).then(|said| said).collect().await
    }
}

async fn ask(who: &Browser<'_>, method: &Method, path: &str, fields: &[(&'static str, String)]) -> Said {
    let answer = if *method == Method::GET {
        who.get(path).await
    } else {
        let fields: Vec<_> = fields.iter().map(|(name, value)| (*name, value.as_str())).collect();
        who.post(path, &fields).await
    };
    match answer.status() {
        StatusCode::NOT_FOUND => Said::NotThere,
        StatusCode::SEE_OTHER if location(&answer).starts_with("/login") => Said::Login,
        StatusCode::CONFLICT | StatusCode::FORBIDDEN => Said::Refused,
        // Back to the page of the row, with the reason.
        StatusCode::SEE_OTHER if location(&answer).contains("form=") => Said::Refused,
        // Asked by a page's script, who is signed out hears nothing.
        StatusCode::UNAUTHORIZED | StatusCode::NO_CONTENT => Said::Login,
        status if status.is_server_error() || status == StatusCode::METHOD_NOT_ALLOWED => Said::Broken(status),
        _ => Said::Open,
    }
}

/// What the table says.
fn expected(right: Right, who: Option<&Actor>, row: Option<(&Asked, Stage)>) -> bool {
    match (who, row) {
        (None, _) | (_, None) => policy::opens(right, who.map(|who| &who.role)),
        (Some(who), Some((row, stage))) => policy::permit(who, right, &row.sides(), stage).is_some(),
    }
}

#[test]
fn every_route_has_its_right_and_every_right_its_route() {
    let routes = routes(true);
    assert!(routes.len() > 80, "{}", routes.len());
    let without: Vec<_> = routes.iter().filter(|(_, path)| policy::door(path).is_none()).collect();
    assert!(without.is_empty(), "without a row in DOORS of domain/src/policy.rs: {without:?}");
    for (door, _) in DOORS {
        let led = routes.iter().any(|(_, path)| path.split('/').count() == door.split('/').count() && fits(path, door));
        assert!(led, "{door} leads nowhere");
    }
    // All routes come from the lists that `routes` reads: pages, server functions, `own`.
    let source = include_str!("../../src/router.rs");
    assert_eq!(source.matches(".route(").count(), 3, "a route beside the list of `own`");
}

fn fits(route: &str, door: &str) -> bool {
    // A part that is open at the door is so in the route, or each of its words has a route of its own.
    let param = |part: &str| part.starts_with(':') || part.starts_with('{');
    route
        .split('/')
        .filter(|part| !part.is_empty())
        .zip(door.split('/').filter(|part| !part.is_empty()))
        .all(|(route, door)| route == door || param(door))
}

/// What needs more than the row to be there: a form that was kept, a one-time link, a meeting, a sheet, a member who calls,
/// a call to make.
const MAY_BE_EMPTY: [&str; 11] = [
    "/requests/check",
    "/reports/check",
    "/desk/requests/check",
    "/desk/members/new/check",
    "/invitations/{token}",
    "/api/invitations",
    "/requests/{no}/meeting",
    "/requests/{no}/calendar.ics",
    "/api/sheet-readings",
    "/api/entries",
    "/api/callbacks",
];

/// Where whoever may is led to the login: by a wrong password, by signing out.
const LEADS_TO_LOGIN: [&str; 2] = ["/api/sessions", "/api/logouts"];

#[tokio::test]
async fn every_route_answers_everybody_as_the_table_says() {
    let site = tokio::task::spawn_blocking(Site::start).await.unwrap();
    let mut people = Vec::new();
    let mut actors = Vec::new();
    for name in PEOPLE {
        people.push(match name {
            None => site.stranger(),
            Some(name) => site.browser(name).await,
        });
        actors.push(match name {
            None => None,
            Some(name) => Some(actor(&site, name).await),
        });
    }
    let now = site.env.clock.now();
    let mut wrong = Vec::new();
    let mut asked = 0;
    let mut routes = routes(true);
    // Whoever signs out, or moves the clock, does it after everything else.
    routes.sort_by_key(|(_, path)| (path == "/api/logouts", path == "/demo/clock"));
    for (method, route) in &routes {
        let Some(right) = policy::door(route) else { continue };
        let thing = MATRIX.iter().find(|rule| rule.right == right).map(|rule| rule.to).unwrap();
        let rows = things(&site, thing, &actors).await;
        let rows: Vec<_> = if rows.is_empty() { vec![None] } else { rows.iter().map(Some).collect() };
        for row in rows {
            let stage = row.map(|row| (row, row.stage(thing, now)));
            let path: Vec<_> = route
                .split('/')
                .map(|part| match (part.starts_with(':') || part.starts_with('{'), row) {
                    (true, Some(row)) => written(thing, row.key),
                    (true, None) => "x".to_owned(),
                    (false, _) => part.to_owned(),
                })
                .collect();
            let path = if route.is_empty() { "/".to_owned() } else { path.join("/") };
            // Without a row: all messages up to none.
            let fields = row.map_or_else(|| vec![("newest", "0".to_owned())], |row| form(thing, row));
            for (said, actor) in all_ask(&people, method, &path, &fields).await.into_iter().zip(&actors) {
                let permitted = expected(right, actor.as_ref(), stage);
                let relation = row.zip(actor.as_ref()).and_then(|(row, actor)| policy::relation(actor, &row.sides()));
                let fine = match (&said, permitted) {
                    (Said::Broken(_), _) => false,
                    (Said::Login, _) => actor.is_none() && !permitted || LEADS_TO_LOGIN.contains(&route.as_str()),
                    (Said::NotThere, true) => MAY_BE_EMPTY.contains(&route.as_str()),
                    (Said::Open | Said::Refused, true) | (Said::NotThere, false) => true,
                    // Whoever may see the row may also read that the step is another's.
                    (Said::Refused, false) => relation.is_some(),
                    (Said::Open, false) => false,
                };
                asked += 1;
                if !fine {
                    let name = actor.as_ref().map_or("nobody", |actor| &actor.name);
                    let by = relation.map_or("", Relation::key);
                    wrong.push(format!("{method} {path} {name} ({by}, {right:?}): {said:?}, permitted {permitted}"));
                }
            }
        }
    }
    assert!(wrong.is_empty(), "{} of {asked}\n{}", wrong.len(), wrong.join("\n"));
    assert!(asked > 1_000, "only {asked} were asked");
}
