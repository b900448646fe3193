//! Calls to make (要連絡): notes of the branch on a case or a member, with the day on which somebody is to be called.
//!
//! The note itself stands in the history like every other one; a row here is the branch's own list of what is due.

use crate::entity::{account, callback, care_request, member};
use crate::error::{Error, Result};
use crate::event::Happened;
use crate::step::{Aggregate, Step};
use crate::{Env, db, horizon, once, policy, reason};
use domain::actor::Actor;
use domain::event::Event;
use domain::fault::FieldError;
use domain::id::CallbackId;
use domain::number::{MemberNo, RequestNo};
use domain::policy::Right;
use domain::time::{Date, Instant};
use sea_orm::sea_query::{Expr, ExprTrait, JoinType, Order, Query};
use sea_orm::{ActiveValue::Set, ColumnTrait, EntityTrait, FromQueryResult, QueryFilter};

/// The most calls that a list shows; a ward has a dozen a day.
const MOST: u64 = 200;

/// A call that is due.
#[derive(Clone, Debug, PartialEq, Eq, FromQueryResult)]
pub struct Callback {
    /// Its row.
    pub id: CallbackId,
    /// The day from which it is due.
    pub due_on: Date,
    /// What it is about.
    pub text: String,
    /// Who wrote it.
    pub writer: String,
    /// When.
    pub written_at: Instant,
    /// The case, for a note on one.
    pub request_no: Option<RequestNo>,
    /// The member, or the case's family.
    pub member_no: MemberNo,
    /// The same one's family name.
    pub family_name: String,
    /// The same one's given name.
    pub given_name: String,
    /// Where she is called.
    pub telephone: String,
}

/// The calls of the coordinator's ward whose day has come, the longest waiting first.
///
/// # Errors
/// [`Error::NotFound`] for everybody who is no coordinator.
pub async fn due(env: &Env, actor: &Actor) -> Result<Vec<Callback>> {
    use callback::Column as C;
    let c = |column: C| ("c", column);
    let whose = Expr::col(("m", member::Column::Id))
        .equals(c(C::MemberId))
        .or(Expr::col(("m", member::Column::Id)).equals(("r", care_request::Column::MemberId)));
    let query = Query::select()
        .columns([C::Id, C::DueOn, C::Text, C::WrittenAt].map(c))
        .expr_as(Expr::col(("a", account::Column::Name)), "writer")
        .column(("r", care_request::Column::RequestNo))
        .columns([member::Column::MemberNo, member::Column::FamilyName, member::Column::GivenName].map(|m| ("m", m)))
        .column(("m", member::Column::Telephone))
        .from_as(callback::Entity, "c")
        .join_as(
            JoinType::LeftJoin,
            care_request::Entity,
            "r",
            Expr::col(("r", care_request::Column::Id)).equals(c(C::RequestId)),
        )
        .join_as(JoinType::InnerJoin, member::Entity, "m", whose)
        .join_as(
            JoinType::InnerJoin,
            account::Entity,
            "a",
            Expr::col(("a", account::Column::Id)).equals(c(C::AccountId)),
        )
        .and_where(Expr::col(c(C::Ward)).eq(policy::ward(actor, Right::KeepDesk)?))
        .and_where(Expr::col(c(C::DoneAt)).is_null())
        .and_where(Expr::col(c(C::DueOn)).lte(env.clock.today()))
        .order_by(c(C::DueOn), Order::Asc)
        .order_by(c(C::Id), Order::Asc)
        .limit(MOST)
        .take();
    db::select(env.db.read(), &query).await
}

/// Keeps a note on a member, and when somebody is to be called where a day is typed; returns the day as it was read.
///
/// # Errors
/// Another ward's member: [`Error::NotFound`]; an empty note, a day that cannot be: [`Error::Invalid`] on `note`, `call_on`.
pub async fn note_member(
    env: &Env,
    actor: &Actor,
    no: MemberNo,
    text: &str,
    call_on: &str,
    key: &str,
) -> Result<Option<Date>> {
    let tx = env.db.begin().await?;
    let step = Step::<member::Model>::hold(env, &tx, actor, no).await?;
    let due_on = note(&step, text, call_on, key).await?;
    tx.commit().await?;
    Ok(due_on)
}

/// Writes a note about what is held, and its call; nothing when the page was sent before. Returns the day of the call.
///
/// # Errors
/// [`Error::Invalid`] on `note` and `call_on`.
pub(crate) async fn note<T: Aggregate>(
    step: &Step<'_, T>,
    text: &str,
    call_on: &str,
    key: &str,
) -> Result<Option<Date>> {
    let Some(actor) = step.actor else { return Err(Error::NotFound) };
    let (text, due_on) = read(step, text, call_on).await?;
    let said = due_on.map_or_else(|| text.clone(), |day| format!("{text}\n要連絡 {}", domain::time::iso_date(day)));
    if once::said(step.tx, actor.account, key, &said, step.now).await? {
        return Ok(due_on);
    }
    if let Some(due_on) = due_on {
        let Happened { ward, request, member, .. } = step.thing.happened(Event::Note);
        let row = callback::ActiveModel {
            ward: Set(ward.unwrap_or_default()),
            request_id: Set(request),
            member_id: Set(member),
            due_on: Set(due_on),
            text: Set(text),
            account_id: Set(actor.account),
            written_at: Set(step.now),
            ..Default::default()
        };
        callback::Entity::insert(row).exec_without_returning(step.tx).await?;
    }
    step.record(Event::Note, Some(said)).await?;
    Ok(due_on)
}

/// Both fields, all faults at once.
async fn read<T: Aggregate>(step: &Step<'_, T>, text: &str, call_on: &str) -> Result<(String, Option<Date>)> {
    let horizon = horizon::load(step.tx, step.env).await?;
    let day = match call_on.trim() {
        "" => Ok(None),
        typed => match horizon.plan(typed) {
            Ok(day) if day < horizon.today => Err(FieldError::new("call_on", domain::fault::FieldFault::Past)),
            Ok(day) => Ok(Some(day)),
            Err(fault) => Err(FieldError::new("call_on", fault)),
        },
    };
    match (reason::needed("note", text), day) {
        (Ok(text), Ok(day)) => Ok((text, day)),
        (Err(Error::Invalid(mut faults)), day) => {
            faults.extend(day.err());
            Err(Error::Invalid(faults))
        }
        (Err(other), _) => Err(other),
        (Ok(_), Err(fault)) => Err(Error::Invalid(vec![fault])),
    }
}

/// Takes a call off the list: it was made. Pressed twice, it is done once.
///
/// # Errors
/// Another ward's: [`Error::NotFound`].
pub async fn done(env: &Env, actor: &Actor, id: CallbackId) -> Result<()> {
    use callback::Column as C;
    let tx = env.db.begin().await?;
    let ward = policy::ward(actor, Right::KeepDesk)?;
    let own = callback::Entity::find_by_id(id).filter(C::Ward.eq(ward));
    let row = own.one(&tx).await?.ok_or(Error::NotFound)?;
    let now = env.clock.now();
    let update = callback::Entity::update_many()
        .col_expr(C::DoneAt, Expr::value(now))
        .filter(C::Id.eq(id))
        .filter(C::DoneAt.is_null());
    // Of two presses at once the second finds it done.
    if update.exec(&tx).await?.rows_affected == 1 {
        let what = Happened {
            ward: Some(row.ward),
            request: row.request_id,
            member: row.member_id,
            reason: Some(format!("連絡しました：{}", row.text)),
            ..Happened::new(Event::Note)
        };
        crate::event::record(&tx, now, &crate::event::By::web(actor), what).await?;
    }
    tx.commit().await?;
    Ok(())
}
