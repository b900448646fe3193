//! Who may be asked for a case (候補): every hard gate by name, and why a provider stands where in the list.

use super::case::{Case, children};
use crate::entity::{care_request, member, training};
use crate::error::{Error, Result};
use crate::{Env, db};
use domain::actor::{Actor, Party};
use domain::member::{MembershipStatus, TrainingKind};
use domain::number::{MemberNo, RequestNo};
use domain::request::{Gate, OfferStatus, ProviderFacts, gates};
use domain::time::{Date, Instant};
use sea_orm::{ColumnTrait, ConnectionTrait, EntityTrait, FromQueryResult, QueryFilter, Value};
use std::collections::HashMap;

/// Days over which the number of activities is compared, so that work is shared fairly.
const FAIR_DAYS: i64 = 90;

/// A provider of the ward, seen for one case.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Candidate {
    /// The provider's number.
    pub no: MemberNo,
    /// Family and given name.
    pub name: String,
    /// The name's reading.
    pub kana: String,
    /// The provider's town.
    pub town: String,
    /// The provider's telephone.
    pub telephone: String,
    /// Why the provider may not be asked; empty for those who may.
    pub gates: Vec<Gate>,
    /// Lives in the family's town.
    pub same_town: bool,
    /// Agreed cases with one of these children so far.
    pub times_with_children: i64,
    /// Agreed cases with this family so far.
    pub times_with_family: i64,
    /// Activities within the last 90 days and planned ones.
    pub recent: i64,
    /// The latest offer of this case to the provider, if any.
    pub offer: Option<OfferStatus>,
}

#[derive(FromQueryResult)]
struct Provider {
    id: i64,
    member_no: MemberNo,
    status: MembershipStatus,
    family_name: String,
    given_name: String,
    family_kana: String,
    given_kana: String,
    town: String,
    household_key: String,
    telephone: String,
}

#[derive(FromQueryResult)]
struct Held {
    member_id: i64,
    kind: TrainingKind,
    valid_until: Date,
}

#[derive(FromQueryResult)]
struct Busy {
    provider_id: i64,
    starts_at: i64,
    ends_at: i64,
}

#[derive(FromQueryResult)]
struct Count {
    provider_id: i64,
    times: i64,
}

#[derive(FromQueryResult)]
struct Asked {
    provider_id: i64,
    status: OfferStatus,
}

/// Whether a case `r` stands in the way of the case `$4` of the family `$5`: any does but the same family's with other
/// children, because a provider may look after siblings at once (domain 5.3).
const IN_THE_WAY: &str = "r.id <> $4 AND (r.member_id <> $5 OR EXISTS (SELECT 1 FROM care_request_child x \
     JOIN care_request_child own ON own.child_id = x.child_id WHERE x.request_id = r.id AND own.request_id = $4))";

/// The hours of providers that overlap a period: planned and reported activities, and cases they took.
///
/// `$1` whose, as `activities` and `cases` say; `$2` start, `$3` end, `$4` the case itself, `$5` its family.
fn busy(activities: &str, cases: &str) -> String {
    format!(
        "SELECT a.provider_id, a.starts_at, a.ends_at FROM activity a JOIN care_request r ON r.id = a.request_id \
         JOIN member m ON m.id = a.provider_id WHERE {activities} AND a.status IN ('planned', 'reported') \
         AND a.starts_at < $3 AND a.ends_at > $2 AND a.starts_at > $2 - 172800000000 AND {IN_THE_WAY} \
         UNION ALL \
         SELECT r.provider_id, r.starts_at, r.ends_at FROM care_request r JOIN member m ON m.id = r.provider_id \
         WHERE {cases} AND r.status IN ('provider_found', 'meeting_scheduled', 'meeting_held') \
         AND r.starts_at < $3 AND r.ends_at > $2 AND {IN_THE_WAY} ORDER BY starts_at"
    )
}

fn busy_values(whose: Value, row: &care_request::Model) -> Vec<Value> {
    vec![whose, row.starts_at.into(), row.ends_at.into(), row.id.into(), row.member_id.into()]
}

/// Every provider of the ward for a case, those who may be asked first: same town, known to the children or the
/// family, then the ones with the fewest activities.
///
/// # Errors
/// Not the ward's coordinator, or a case that is not there: [`Error::NotFound`].
pub async fn candidates(env: &Env, actor: &Actor, no: RequestNo) -> Result<Vec<Candidate>> {
    let connection = env.db.read();
    let (case, side) = Case::read(connection, actor, no).await?;
    if side != Party::Coordinator {
        return Err(Error::NotFound);
    }
    let row = &case.row;
    let family = family(connection, row.member_id).await?;
    let providers: Vec<Provider> = db::rows(
        connection,
        "SELECT id, member_no, status, family_name, given_name, family_kana, given_kana, town, household_key, telephone \
         FROM member WHERE ward = $1 AND kind IN ('provider', 'both') \
         AND status IN ('active', 'suspended', 'expired', 'in_training') ORDER BY id",
        vec![row.ward.clone().into()],
    )
    .await?;
    let trainings = trainings(connection, &row.ward).await?;
    let in_ward = busy("m.ward = $1", "m.ward = $1");
    let busy: Vec<Busy> = db::rows(connection, &in_ward, busy_values(row.ward.clone().into(), row)).await?;
    let known = Known::load(connection, env.clock.now(), row).await?;
    let mut found = Vec::with_capacity(providers.len());
    for provider in providers {
        let facts = ProviderFacts {
            is_family: provider.id == row.member_id,
            same_household: provider.household_key == family.household_key,
            status: provider.status,
            trainings: trainings.get(&provider.id).cloned().unwrap_or_default(),
            clashes: clashes(&busy, provider.id),
        };
        found.push(Candidate {
            no: provider.member_no,
            name: format!("{} {}", provider.family_name, provider.given_name),
            kana: format!("{} {}", provider.family_kana, provider.given_kana),
            same_town: provider.town == family.town,
            town: provider.town,
            telephone: provider.telephone,
            gates: gates(&facts, case.start().date()),
            times_with_children: known.with_children.get(&provider.id).copied().unwrap_or(0),
            times_with_family: known.with_family.get(&provider.id).copied().unwrap_or(0),
            recent: known.recent.get(&provider.id).copied().unwrap_or(0),
            offer: known.offers.get(&provider.id).copied(),
        });
    }
    found.sort_by_key(|one| {
        let known = (std::cmp::Reverse(one.times_with_children), std::cmp::Reverse(one.times_with_family));
        (!one.gates.is_empty(), !one.same_town, known, one.recent, one.no)
    });
    Ok(found)
}

/// The gates that stop one provider for a case, judged inside the step's transaction.
pub(crate) async fn gates_of<C: ConnectionTrait>(
    connection: &C,
    row: &care_request::Model,
    provider: &member::Model,
) -> Result<Vec<Gate>> {
    let family = family(connection, row.member_id).await?;
    let held = training::Entity::find().filter(training::Column::MemberId.eq(provider.id)).all(connection).await?;
    let trainings = held.iter().map(|one| (one.kind, one.valid_until)).collect();
    // By provider, not by ward: a provider may have moved to another ward.
    let own = busy("a.provider_id = $1", "r.provider_id = $1");
    let busy: Vec<Busy> = db::rows(connection, &own, busy_values(provider.id.into(), row)).await?;
    let facts = ProviderFacts {
        is_family: provider.id == row.member_id,
        same_household: provider.household_key == family.household_key,
        status: provider.status,
        trainings,
        clashes: clashes(&busy, provider.id),
    };
    Ok(gates(&facts, Instant(row.starts_at).date()))
}

fn clashes(busy: &[Busy], provider: i64) -> Vec<(Instant, Instant)> {
    let own = busy.iter().filter(|one| one.provider_id == provider);
    own.map(|one| (Instant(one.starts_at), Instant(one.ends_at))).collect()
}

async fn family<C: ConnectionTrait>(connection: &C, id: i64) -> Result<member::Model> {
    member::Entity::find_by_id(id).one(connection).await?.ok_or(Error::NotFound)
}

async fn trainings<C: ConnectionTrait>(connection: &C, ward: &str) -> Result<HashMap<i64, Vec<(TrainingKind, Date)>>> {
    let sql = "SELECT t.member_id, t.kind, t.valid_until FROM training t JOIN member m ON m.id = t.member_id \
               WHERE m.ward = $1";
    let mut by_member: HashMap<i64, Vec<(TrainingKind, Date)>> = HashMap::new();
    for held in db::rows::<Held, _>(connection, sql, vec![ward.into()]).await? {
        by_member.entry(held.member_id).or_default().push((held.kind, held.valid_until));
    }
    Ok(by_member)
}

/// What is known of providers beside the gates.
struct Known {
    with_family: HashMap<i64, i64>,
    with_children: HashMap<i64, i64>,
    recent: HashMap<i64, i64>,
    offers: HashMap<i64, OfferStatus>,
}

impl Known {
    async fn load<C: ConnectionTrait>(connection: &C, now: Instant, row: &care_request::Model) -> Result<Self> {
        let with_family = "SELECT provider_id, COUNT(*) AS times FROM care_request WHERE member_id = $1 AND id <> $2 \
             AND provider_id IS NOT NULL AND status IN ('established', 'completed') GROUP BY provider_id";
        let with_family = counts(connection, with_family, vec![row.member_id.into(), row.id.into()]).await?;
        let ids: Vec<i64> = children(connection, row.id).await?.iter().map(|child| child.id).collect();
        let with_children = "SELECT r.provider_id, COUNT(DISTINCT r.id) AS times FROM care_request r \
             JOIN care_request_child x ON x.request_id = r.id \
             JOIN care_request_child own ON own.child_id = x.child_id AND own.request_id = $2 \
             WHERE r.member_id = $1 AND r.id <> $2 AND r.provider_id IS NOT NULL \
             AND r.status IN ('established', 'completed') GROUP BY r.provider_id";
        let with_children = if ids.is_empty() {
            HashMap::new()
        } else {
            counts(connection, with_children, vec![row.member_id.into(), row.id.into()]).await?
        };
        let recent = "SELECT a.provider_id, COUNT(*) AS times FROM activity a JOIN member m ON m.id = a.provider_id \
             WHERE m.ward = $1 AND a.status IN ('planned', 'reported') AND a.starts_at >= $2 GROUP BY a.provider_id";
        let since = now.plus_days(-FAIR_DAYS).0;
        let recent = counts(connection, recent, vec![row.ward.clone().into(), since.into()]).await?;
        let asked = "SELECT provider_id, status FROM offer WHERE request_id = $1 ORDER BY id";
        let mut offers = HashMap::new();
        for one in db::rows::<Asked, _>(connection, asked, vec![row.id.into()]).await? {
            offers.insert(one.provider_id, one.status);
        }
        Ok(Self { with_family, with_children, recent, offers })
    }
}

async fn counts<C: ConnectionTrait>(connection: &C, sql: &str, values: Vec<Value>) -> Result<HashMap<i64, i64>> {
    let rows: Vec<Count> = db::rows(connection, sql, values).await?;
    Ok(rows.into_iter().map(|row| (row.provider_id, row.times)).collect())
}
