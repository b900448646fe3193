//! One member, as the branch sees it.

use super::{Contact, Name};
use crate::coupon::{self, CouponBook};
use crate::entity::{account, child, event as event_row, member, training};
use crate::error::{Error, Result};
use crate::{Env, event, policy};
use domain::actor::{Actor, MemberKind};
use domain::event::Event;
use domain::id::{ChildId, MemberId};
use domain::member::{MembershipStatus, REQUIRED_TRAININGS, TrainingKind};
use domain::number::MemberNo;
use domain::policy::Right;
use domain::time::{Date, Instant};
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect};

/// A member with everything the branch keeps.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MemberDetails {
    /// The row, for requests entered on behalf.
    pub id: MemberId,
    /// 会員番号
    pub no: MemberNo,
    /// 会員種別
    pub kind: MemberKind,
    /// The membership's status.
    pub status: MembershipStatus,
    /// 氏名 and its reading.
    pub name: Name,
    /// Address, telephone and mail.
    pub contact: Contact,
    /// Grows with every change of the record.
    pub revision: i64,
    /// When the member was recorded.
    pub joined: Instant,
    /// Whether user ID and password are set.
    pub signs_in: bool,
    /// The children, eldest first.
    pub children: Vec<ChildDetails>,
    /// The required trainings.
    pub trainings: Vec<TrainingDetails>,
    /// What happened to the member's record, the latest first.
    pub history: Vec<MemberEvent>,
}

/// A child of a member.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ChildDetails {
    /// The row.
    pub id: ChildId,
    /// The name.
    pub name: String,
    /// The name in kana.
    pub kana: String,
    /// The birth date.
    pub birth_date: Date,
    /// Issued おためし券; `None` when none were.
    pub coupon: Option<CouponBook>,
    /// Whether おためし券 can be issued now.
    pub coupon_due: bool,
}

/// A required training of a provider.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TrainingDetails {
    /// Which.
    pub kind: TrainingKind,
    /// The latest end; `None` when never taken.
    pub valid_until: Option<Date>,
}

/// A line of a member's history.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MemberEvent {
    /// When.
    pub at: Instant,
    /// What, with what a correction changed.
    pub event: Event,
    /// Who.
    pub by: String,
    /// Why.
    pub reason: Option<String>,
}

/// A member of the coordinator's own ward.
///
/// # Errors
/// [`Error::NotFound`] for other wards and for those who are no coordinator.
pub async fn page(env: &Env, actor: &Actor, no: MemberNo) -> Result<MemberDetails> {
    let db = env.db.read();
    let row = member::Entity::find()
        .filter(member::Column::MemberNo.eq(no))
        .filter(policy::visible::<member::Entity>(actor, Right::KeepMember, None)?)
        .one(db)
        .await?
        .ok_or(Error::NotFound)?;
    let kind = row.kind;
    let account = account::Entity::find().filter(account::Column::MemberId.eq(row.id)).one(db).await?;
    let status = row.status;
    Ok(MemberDetails {
        id: row.id,
        no,
        kind,
        status,
        name: Name::of(&row),
        contact: Contact::of(&row),
        revision: row.revision,
        joined: row.created_at,
        signs_in: account.is_some_and(|account| account.password_hash.is_some()),
        children: children(env, actor, row.id, kind, status).await?,
        trainings: trainings(env, row.id, kind).await?,
        history: history(env, row.id).await?,
    })
}

async fn children(
    env: &Env,
    actor: &Actor,
    member: MemberId,
    kind: MemberKind,
    status: MembershipStatus,
) -> Result<Vec<ChildDetails>> {
    let rows = child::Entity::find()
        .filter(child::Column::MemberId.eq(member))
        .order_by_asc(child::Column::BirthDate)
        .order_by_asc(child::Column::Id)
        .all(env.db.read())
        .await?;
    let books = coupon::of_member(env, actor, member).await?;
    let today = env.clock.today();
    let rule = coupon::rule(env.db.read(), today).await?;
    let children = rows.into_iter().map(|row| {
        let coupon = books.iter().find(|book| book.child == row.id && book.issued > 0).cloned();
        let usable = rule.as_ref().is_some_and(|rule| rule.usable_on(row.birth_date, today));
        ChildDetails {
            coupon_due: coupon.is_none() && usable && kind.uses() && status == MembershipStatus::Active,
            coupon,
            id: row.id,
            name: row.given_name,
            kana: row.kana,
            birth_date: row.birth_date,
        }
    });
    Ok(children.collect())
}

async fn trainings(env: &Env, member: MemberId, kind: MemberKind) -> Result<Vec<TrainingDetails>> {
    if !kind.provides() {
        return Ok(Vec::new());
    }
    let rows = training::Entity::find().filter(training::Column::MemberId.eq(member)).all(env.db.read()).await?;
    let latest = |kind: TrainingKind| rows.iter().filter(|row| row.kind == kind).map(|row| row.valid_until).max();
    Ok(REQUIRED_TRAININGS.iter().map(|&kind| TrainingDetails { kind, valid_until: latest(kind) }).collect())
}

async fn history(env: &Env, member: MemberId) -> Result<Vec<MemberEvent>> {
    let rows = event_row::Entity::find()
        .filter(event_row::Column::MemberId.eq(member))
        .order_by_desc(event_row::Column::Id)
        .limit(50)
        .all(env.db.read())
        .await?;
    let event = |row: event_row::Model| {
        Ok(MemberEvent {
            at: row.at,
            event: event::read(&row.action, false, row.detail.as_deref())?,
            by: row.actor_name,
            reason: row.reason,
        })
    };
    rows.into_iter().map(event).collect()
}
