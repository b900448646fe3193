//! Who may be asked for a case (候補): every hard gate by name, and why a provider stands where in the list.

use super::case::{Case, children};
use crate::entity::{activity, care_request, care_request_child, member, offer, training};
use crate::error::{Error, Result};
use crate::{Env, db};
use domain::actor::{Actor, MemberKind, Party};
use domain::id::{ChildId, MemberId};
use domain::member::{MembershipStatus, TrainingKind};
use domain::number::{MemberNo, RequestNo};
use domain::request::{ActivityStatus, CoordinationStatus, Gate, OfferStatus, ProviderFacts, gates};
use domain::time::{Date, Instant};
use sea_orm::sea_query::{Expr, ExprTrait, JoinType, Query, SelectStatement};
use sea_orm::{ColumnTrait, ConnectionTrait, EntityTrait, FromQueryResult, QueryFilter, QueryOrder};
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
struct Busy {
    provider_id: MemberId,
    starts_at: Instant,
    ends_at: Instant,
}

#[derive(FromQueryResult)]
struct Count {
    provider_id: MemberId,
    times: i64,
}

/// Whether a case `r` stands in the way of the case `:case` of the family `:family`: any does but the same family's with other
/// children, because a provider may look after siblings at once (domain 5.3).
const IN_THE_WAY: &str = "r.id <> :case AND (r.member_id <> :family OR EXISTS (SELECT 1 FROM care_request_child x \
     JOIN care_request_child own ON own.child_id = x.child_id WHERE x.request_id = r.id AND own.request_id = :case))";

/// The hours of providers that overlap a period: planned and reported activities, and cases they took.
///
/// By hand: a union whose two sides go by an index each, and the lower bound of the start that makes the first one narrow.
fn busy(of: &Whose<'_>, row: &care_request::Model) -> db::Raw {
    let (activities, cases) = match of {
        Whose::Ward(_) => ("m.ward = :whose", "m.ward = :whose"),
        Whose::Provider(_) => ("a.provider_id = :whose", "r.provider_id = :whose"),
    };
    let busy = db::raw(format!(
        "SELECT a.provider_id, a.starts_at, a.ends_at FROM activity a JOIN care_request r ON r.id = a.request_id \
         JOIN member m ON m.id = a.provider_id WHERE {activities} AND a.status IN (:kept) \
         AND a.starts_at < :end AND a.ends_at > :start AND a.starts_at > :start - 172800000000 AND {IN_THE_WAY} \
         UNION ALL \
         SELECT r.provider_id, r.starts_at, r.ends_at FROM care_request r JOIN member m ON m.id = r.provider_id \
         WHERE {cases} AND r.status IN (:matched) \
         AND r.starts_at < :end AND r.ends_at > :start AND {IN_THE_WAY} ORDER BY starts_at"
    ));
    let busy = match of {
        Whose::Ward(ward) => busy.with("whose", *ward),
        Whose::Provider(provider) => busy.with("whose", *provider),
    };
    busy.with("start", row.starts_at)
        .with("end", row.ends_at)
        .with("case", row.id)
        .with("family", row.member_id)
        .with_all("kept", ActivityStatus::KEPT)
        .with_all("matched", CoordinationStatus::MATCHED)
}

/// Whose hours are asked for.
enum Whose<'a> {
    /// Those of every provider of a ward.
    Ward(&'a str),
    /// Those of one provider, of whatever ward.
    Provider(MemberId),
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
    let providers = member::Entity::find()
        .filter(member::Column::Ward.eq(&row.ward))
        .filter(member::Column::Kind.is_in(MemberKind::PROVIDING))
        .filter(member::Column::Status.is_in(MembershipStatus::LISTED))
        .order_by_asc(member::Column::Id)
        .all(connection)
        .await?;
    let trainings = trainings(connection, &row.ward).await?;
    let busy: Vec<Busy> = busy(&Whose::Ward(&row.ward), row).rows(connection).await?;
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
    let busy: Vec<Busy> = busy(&Whose::Provider(provider.id), row).rows(connection).await?;
    let facts = ProviderFacts {
        is_family: provider.id == row.member_id,
        same_household: provider.household_key == family.household_key,
        status: provider.status,
        trainings,
        clashes: clashes(&busy, provider.id),
    };
    Ok(gates(&facts, row.starts_at.date()))
}

fn clashes(busy: &[Busy], provider: MemberId) -> Vec<(Instant, Instant)> {
    let own = busy.iter().filter(|one| one.provider_id == provider);
    own.map(|one| (one.starts_at, one.ends_at)).collect()
}

async fn family<C: ConnectionTrait>(connection: &C, id: MemberId) -> Result<member::Model> {
    member::Entity::find_by_id(id).one(connection).await?.ok_or(Error::NotFound)
}

async fn trainings<C: ConnectionTrait>(
    connection: &C,
    ward: &str,
) -> Result<HashMap<MemberId, Vec<(TrainingKind, Date)>>> {
    let members = Query::select()
        .column(member::Column::Id)
        .from(member::Entity)
        .and_where(Expr::col(member::Column::Ward).eq(ward))
        .take();
    let held = training::Entity::find().filter(training::Column::MemberId.in_subquery(members));
    let mut by_member: HashMap<MemberId, Vec<(TrainingKind, Date)>> = HashMap::new();
    for held in held.all(connection).await? {
        by_member.entry(held.member_id).or_default().push((held.kind, held.valid_until));
    }
    Ok(by_member)
}

/// What is known of providers beside the gates.
struct Known {
    with_family: HashMap<MemberId, i64>,
    with_children: HashMap<MemberId, i64>,
    recent: HashMap<MemberId, i64>,
    offers: HashMap<MemberId, OfferStatus>,
}

impl Known {
    async fn load<C: ConnectionTrait>(connection: &C, now: Instant, row: &care_request::Model) -> Result<Self> {
        use care_request::Column as R;
        let agreed = || {
            Query::select()
                .column(("r", R::ProviderId))
                .from_as(care_request::Entity, "r")
                .and_where(Expr::col(("r", R::MemberId)).eq(row.member_id))
                .and_where(Expr::col(("r", R::Id)).ne(row.id))
                .and_where(Expr::col(("r", R::ProviderId)).is_not_null())
                .and_where(Expr::col(("r", R::Status)).is_in(CoordinationStatus::AGREED))
                .group_by_col(("r", R::ProviderId))
                .take()
        };
        let with_family = agreed().expr_as(Expr::col(("r", R::Id)).count(), "times").take();
        let with_family = counts(connection, &with_family).await?;
        let ids: Vec<ChildId> = children(connection, row.id).await?.iter().map(|child| child.id).collect();
        let x = |column: care_request_child::Column| Expr::col(("x", column));
        let with_children = agreed()
            .expr_as(Expr::col(("r", R::Id)).count_distinct(), "times")
            .join_as(
                JoinType::InnerJoin,
                care_request_child::Entity,
                "x",
                x(care_request_child::Column::RequestId).equals(("r", R::Id)),
            )
            .and_where(x(care_request_child::Column::ChildId).is_in(ids.iter().copied()))
            .take();
        let with_children = if ids.is_empty() { HashMap::new() } else { counts(connection, &with_children).await? };
        use activity::Column as A;
        let recent = Query::select()
            .column(A::ProviderId.as_column_ref())
            .expr_as(A::Id.into_expr().count(), "times")
            .from(activity::Entity)
            .inner_join(member::Entity, db::same(member::Column::Id, A::ProviderId))
            .and_where(member::Column::Ward.into_expr().eq(&row.ward))
            .and_where(A::Status.into_expr().is_in(ActivityStatus::KEPT))
            .and_where(A::StartsAt.into_expr().gte(now.plus_days(-FAIR_DAYS)))
            .group_by_col(A::ProviderId.as_column_ref())
            .take();
        let recent = counts(connection, &recent).await?;
        let asked = offer::Entity::find().filter(offer::Column::RequestId.eq(row.id)).order_by_asc(offer::Column::Id);
        let offers = asked.all(connection).await?.into_iter().map(|one| (one.provider_id, one.status)).collect();
        Ok(Self { with_family, with_children, recent, offers })
    }
}

async fn counts<C: ConnectionTrait>(connection: &C, select: &SelectStatement) -> Result<HashMap<MemberId, i64>> {
    let rows: Vec<Count> = db::select(connection, select).await?;
    Ok(rows.into_iter().map(|row| (row.provider_id, row.times)).collect())
}
