//! おためし券: 8 tickets of one hour per eligible child, issued by the branch, spent with an approval (domain 1.5, 5.5).
//!
//! The balance is the row `trial_coupon` and moves only by the conditional updates of this file, so it never falls
//! below zero however many approvals meet; `coupon_entry` is its history. A ticket's expiry is judged by the
//! activity's date: a ticket of its last valid day may be settled later.

mod same_child;

use crate::entity::{
    activity_report, activity_report_child, child as child_row, coupon_entry, member as member_row, trial_coupon,
};
use crate::error::{Error, Result};
use crate::step::Step;
use crate::{Env, db, policy, tariff};
use domain::actor::{Actor, Party};
pub use domain::coupon::EntryKind;
use domain::event::{Event, Issued as Facts};
use domain::fault::{FieldError, FieldFault};
use domain::id::{ChildId, CouponId, MemberId, ReportId};
use domain::member::MembershipStatus;
use domain::number::ReportNo;
use domain::policy::Right;
use domain::refusal::Refusal;
use domain::tariff::CouponRule;
use domain::time::{Date, Instant};
use sea_orm::sea_query::{Expr, ExprTrait, Func, LockType, Order, Query, SelectStatement};
use sea_orm::{ActiveValue::Set, ColumnTrait, ConnectionTrait, EntityTrait, FromQueryResult, QueryFilter, QuerySelect};

/// A child's tickets, as its family and its branch see them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CouponBook {
    /// The child's row.
    pub child: ChildId,
    /// The child's given name.
    pub child_name: String,
    /// The child's birth date.
    pub birth_date: Date,
    /// Tickets issued; 0 when none were.
    pub issued: i64,
    /// Tickets left (のこり枚数).
    pub remaining: i64,
    /// The last activity date they can pay; `None` when none were issued.
    pub expires_on: Option<Date>,
    /// What happened to them, the latest first.
    pub history: Vec<CouponEntry>,
}

/// One line of a book's history.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CouponEntry {
    /// What happened.
    pub kind: EntryKind,
    /// How many tickets.
    pub tickets: i64,
    /// The report that spent or returned them, `EKH…`.
    pub report: Option<String>,
    /// When.
    pub at: Instant,
}

/// Tickets of one child that can pay an activity.
#[derive(Clone, Copy, Debug, PartialEq, Eq, FromQueryResult)]
pub struct Usable {
    /// The child's row.
    pub child: ChildId,
    /// The book's row, kept with an approval.
    pub coupon: CouponId,
    /// Tickets left.
    pub tickets: i64,
}

/// The tickets of a report's children that can pay an activity on `activity`, eldest child first.
pub async fn usable<C: ConnectionTrait>(connection: &C, report: ReportId, activity: Date) -> Result<Vec<Usable>> {
    use activity_report_child::Column as Rc;
    use trial_coupon::Column as T;
    let usable = Query::select()
        .expr_as(child_row::Column::Id.into_expr(), "child")
        .expr_as(T::Id.into_expr(), "coupon")
        .expr_as(T::Issued.into_expr().sub(T::Used.into_expr()), "tickets")
        .from(activity_report_child::Entity)
        .inner_join(child_row::Entity, db::same(child_row::Column::Id, Rc::ChildId))
        .inner_join(trial_coupon::Entity, db::same(T::ChildId, child_row::Column::Id))
        .and_where(Rc::ReportId.into_expr().eq(report))
        .and_where(T::ExpiresOn.into_expr().gte(activity))
        .and_where(T::Used.into_expr().lt(T::Issued.into_expr()))
        .order_by(child_row::Column::BirthDate.as_column_ref(), Order::Asc)
        .order_by(child_row::Column::Id.as_column_ref(), Order::Asc)
        .take();
    db::select(connection, &usable).await
}

/// Spends tickets of a child for a report, inside the approval's transaction; returns the book's row.
///
/// # Errors
/// [`Refusal::CouponShort`] when fewer tickets are left that are valid on the activity's date.
pub async fn consume<C: ConnectionTrait>(
    transaction: &C,
    now: Instant,
    report: ReportId,
    child: ChildId,
    tickets: i64,
    activity: Date,
) -> Result<CouponId> {
    if tickets < 1 {
        return Err(Error::Broken(format!("{tickets} tickets cannot be spent")));
    }
    // Looked at and spent in one statement: however many approvals meet, the balance never falls below zero.
    let used = || Expr::col(trial_coupon::Column::Used).add(tickets);
    let spent = Query::update()
        .table(trial_coupon::Entity)
        .value(trial_coupon::Column::Used, used())
        .and_where(Expr::col(trial_coupon::Column::ChildId).eq(child))
        .and_where(used().lte(Expr::col(trial_coupon::Column::Issued)))
        .and_where(Expr::col(trial_coupon::Column::ExpiresOn).gte(activity))
        .returning_col(trial_coupon::Column::Id)
        .take();
    let Some(coupon) = db::select_value::<CouponId, _>(transaction, &spent).await? else {
        let valid = trial_coupon::Entity::find()
            .filter(Expr::col(trial_coupon::Column::ChildId).eq(child))
            .filter(Expr::col(trial_coupon::Column::ExpiresOn).gte(activity));
        let remaining = valid.one(transaction).await?.map_or(0, |book| book.issued - book.used);
        return Err(Refusal::CouponShort { remaining }.into());
    };
    enter(transaction, now, coupon, EntryKind::Used, tickets, Some(report)).await?;
    Ok(coupon)
}

/// Returns whatever a report still holds of tickets, inside the reopening's transaction; returns how many.
///
/// Doing it again returns nothing more.
pub async fn give_back<C: ConnectionTrait>(transaction: &C, now: Instant, report: ReportId) -> Result<i64> {
    #[derive(FromQueryResult)]
    struct Held {
        coupon_id: CouponId,
        tickets: i64,
    }
    let held = Query::select()
        .column(coupon_entry::Column::CouponId)
        .expr_as(Func::cast_as(spent(), "BIGINT"), "tickets")
        .from(coupon_entry::Entity)
        .and_where(Expr::col(coupon_entry::Column::ReportId).eq(report))
        .group_by_col(coupon_entry::Column::CouponId)
        .and_having(spent().gt(0))
        .order_by(coupon_entry::Column::CouponId, Order::Asc)
        .take();
    let mut returned = 0;
    for held in db::select::<Held, _>(transaction, &held).await? {
        let used = || Expr::col(trial_coupon::Column::Used);
        let change = trial_coupon::Entity::update_many()
            .col_expr(trial_coupon::Column::Used, used().sub(held.tickets))
            .filter(Expr::col(trial_coupon::Column::Id).eq(held.coupon_id))
            .filter(used().gte(held.tickets));
        if change.exec(transaction).await?.rows_affected != 1 {
            return Err(Error::Broken(format!("book {} has spent fewer tickets than its history", held.coupon_id)));
        }
        enter(transaction, now, held.coupon_id, EntryKind::Returned, held.tickets, Some(report)).await?;
        returned += held.tickets;
    }
    Ok(returned)
}

/// What the entries of a book spent and have not given back, as a sum over them.
pub(crate) fn spent() -> Expr {
    let tickets = || Expr::col(coupon_entry::Column::Tickets);
    let used = Expr::col(coupon_entry::Column::Kind).eq(EntryKind::Used);
    let counted: Expr = Expr::case(used, tickets()).finally(Expr::val(0).sub(tickets())).into();
    counted.sum()
}

async fn enter<C: ConnectionTrait>(
    transaction: &C,
    now: Instant,
    coupon: CouponId,
    kind: EntryKind,
    tickets: i64,
    report: Option<ReportId>,
) -> Result<()> {
    let entry = coupon_entry::ActiveModel {
        coupon_id: Set(coupon),
        kind: Set(kind),
        tickets: Set(tickets),
        report_id: Set(report),
        at: Set(now),
        ..Default::default()
    };
    coupon_entry::Entity::insert(entry).exec_without_returning(transaction).await?;
    Ok(())
}

/// What the coordinator says before tickets are issued.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Confirmed {
    /// The identity documents of member and child were seen.
    pub documents: bool,
    /// The child is another one than the child of the same name and birth date that has tickets already.
    pub other_child: bool,
}

/// Issues a child's tickets after the coordinator has seen the identity documents of member and child. Where a child of
/// the same name and birth date has tickets in another family of the city, the coordinator is asked whether it is
/// another child: this is where money is given.
///
/// # Errors
/// [`Error::NotFound`] outside the coordinator's ward, [`Error::Invalid`] while the documents or the other child are not
/// confirmed, [`Refusal::CouponNotEligible`] and [`Refusal::CouponIssued`].
pub async fn issue(env: &Env, actor: &Actor, child: ChildId, confirmed: Confirmed) -> Result<()> {
    let transaction = env.db.begin().await?;
    // The member's row is locked, so two coordinators issue one after the other; the unique child is the belt.
    let found = child_row::Entity::find_by_id(child).one(&transaction).await?.ok_or(Error::NotFound)?;
    let candidate = member_row::Entity::find_by_id(found.member_id)
        .filter(policy::visible::<member_row::Entity>(actor, Right::KeepMember, None)?)
        .lock(LockType::NoKeyUpdate)
        .one(&transaction)
        .await?
        .ok_or(Error::NotFound)?;
    if book_of(child).one(&transaction).await?.is_some() {
        return Err(Refusal::CouponIssued.into());
    }
    // Read behind the lock, where a correction may have been first.
    let found = child_row::Entity::find_by_id(child).one(&transaction).await?.ok_or(Error::NotFound)?;
    let birth_date = found.birth_date;
    let now = env.clock.now();
    let uses = candidate.kind.uses();
    let active = candidate.status == MembershipStatus::Active;
    let Some(rule) = rule(&transaction, now.date()).await? else {
        return Err(Refusal::CouponNotEligible.into());
    };
    let expires_on = rule.last_day(birth_date);
    if !uses || !active || !rule.eligible(birth_date) || expires_on < now.date() {
        return Err(Refusal::CouponNotEligible.into());
    }
    let mut faults = Vec::new();
    if !confirmed.documents {
        faults.push(FieldError::new("documents", FieldFault::Missing));
    }
    let same = same_child::with_tickets(&transaction, child, birth_date).await?;
    if !same.is_empty() && !confirmed.other_child {
        faults.push(FieldError::new("other_child", FieldFault::SameChild(same.clone())));
    }
    if !faults.is_empty() {
        return Err(Error::Invalid(faults));
    }
    let tickets = i64::from(rule.tickets);
    let book = trial_coupon::ActiveModel {
        child_id: Set(child),
        member_id: Set(candidate.id),
        issued: Set(tickets),
        used: Set(0),
        issued_at: Set(now),
        expires_on: Set(expires_on),
        ..Default::default()
    };
    let coupon = trial_coupon::Entity::insert(book).exec(&transaction).await?.last_insert_id;
    enter(&transaction, now, coupon, EntryKind::Issued, tickets, None).await?;
    let facts = Facts {
        child,
        tickets,
        documents: "confirmed".to_owned(),
        other_child_than: same,
        expires_on: Some(expires_on),
    };
    let step = Step::of(env, &transaction, Some(actor), candidate, Party::Coordinator);
    step.record(Event::IssueCoupon(facts), None).await?;
    transaction.commit().await?;
    Ok(())
}

/// A child's book.
fn book_of(child: ChildId) -> sea_orm::Select<trial_coupon::Entity> {
    trial_coupon::Entity::find().filter(Expr::col(trial_coupon::Column::ChildId).eq(child))
}

/// The rule of the tariff in force on a day; `None` where no tariff or no coupon exists.
pub(crate) async fn rule<C: ConnectionTrait>(connection: &C, day: Date) -> Result<Option<CouponRule>> {
    Ok(tariff::load_from(connection).await?.tariff.on(day).and_then(|version| version.coupon.clone()))
}

/// A book of issued tickets whose child's birth date is corrected.
pub(crate) struct Issued {
    /// The book's row.
    pub coupon: CouponId,
    /// The last activity date its tickets can pay now.
    pub expires_on: Date,
    /// The rule it was issued under.
    pub rule: CouponRule,
    /// The day of the latest activity that a ticket of it pays.
    pub last_used: Option<Date>,
}

/// A child's book, held until the transaction ends so that no approval spends from it meanwhile.
pub(crate) async fn issued<C: ConnectionTrait>(transaction: &C, child: ChildId) -> Result<Option<Issued>> {
    let Some(row) = book_of(child).lock(LockType::NoKeyUpdate).one(transaction).await? else { return Ok(None) };
    let rule = rule(transaction, row.issued_at.date()).await?;
    let rule = rule.ok_or_else(|| Error::Broken(format!("book {} was issued without a rule", row.id)))?;
    let paid = Query::select()
        .column(coupon_entry::Column::ReportId)
        .from(coupon_entry::Entity)
        .and_where(Expr::col(coupon_entry::Column::CouponId).eq(row.id))
        .and_where(Expr::col(coupon_entry::Column::ReportId).is_not_null())
        .group_by_col(coupon_entry::Column::ReportId)
        .and_having(spent().gt(0))
        .take();
    let last = Query::select()
        .expr(Expr::col(activity_report::Column::StartedAt).max())
        .from(activity_report::Entity)
        .and_where(Expr::col(activity_report::Column::Id).in_subquery(paid))
        .take();
    let last: Option<Option<Instant>> = db::select_value(transaction, &last).await?;
    let last_used = last.flatten().map(Instant::date);
    Ok(Some(Issued { coupon: row.id, expires_on: row.expires_on, rule, last_used }))
}

/// Gives a book another last day; see [`domain::child::correct_birth_date`].
pub(crate) async fn move_end<C: ConnectionTrait>(transaction: &C, coupon: CouponId, end: Date) -> Result<()> {
    trial_coupon::Entity::update_many()
        .col_expr(trial_coupon::Column::ExpiresOn, Expr::value(end))
        .filter(Expr::col(trial_coupon::Column::Id).eq(coupon))
        .exec(transaction)
        .await?;
    Ok(())
}

/// The family's own books, one per child.
///
/// # Errors
/// [`Error::NotFound`] for those who do not ask for care.
pub async fn own(env: &Env, actor: &Actor) -> Result<Vec<CouponBook>> {
    books(env, policy::own(actor, Right::ListCoupons)?).await
}

/// A member's books, for the coordinator of the member's ward and the headquarters.
///
/// # Errors
/// [`Error::NotFound`] when the actor may not see the member.
pub async fn of_member(env: &Env, actor: &Actor, member: MemberId) -> Result<Vec<CouponBook>> {
    let row = member_row::Entity::find_by_id(member).one(env.db.read()).await?.ok_or(Error::NotFound)?;
    policy::permit(actor, Right::ReadCoupons, &row)?;
    books(env, member).await
}

async fn books(env: &Env, member: MemberId) -> Result<Vec<CouponBook>> {
    #[derive(FromQueryResult)]
    struct Book {
        child: ChildId,
        given_name: String,
        birth_date: Date,
        coupon: Option<CouponId>,
        issued: Option<i64>,
        used: Option<i64>,
        expires_on: Option<Date>,
    }
    #[derive(FromQueryResult)]
    struct Entry {
        coupon_id: CouponId,
        kind: EntryKind,
        tickets: i64,
        report_no: Option<ReportNo>,
        at: Instant,
    }
    let found = db::select::<Book, _>(env.db.read(), &books_of(member)).await?;
    let entries = db::select::<Entry, _>(env.db.read(), &entries_of(member)).await?;
    let mut books = Vec::with_capacity(found.len());
    for book in found {
        let mut history = Vec::new();
        for entry in entries.iter().filter(|entry| Some(entry.coupon_id) == book.coupon) {
            history.push(CouponEntry {
                kind: entry.kind,
                tickets: entry.tickets,
                report: entry.report_no.map(|no| no.to_string()),
                at: entry.at,
            });
        }
        let issued = book.issued.unwrap_or(0);
        books.push(CouponBook {
            child: book.child,
            child_name: book.given_name,
            birth_date: book.birth_date,
            issued,
            remaining: issued - book.used.unwrap_or(0),
            expires_on: book.expires_on,
            history,
        });
    }
    Ok(books)
}

/// A family's children, each with its book if it has one.
fn books_of(member: MemberId) -> SelectStatement {
    use child_row::Column as C;
    use trial_coupon::Column as T;
    Query::select()
        .expr_as(C::Id.into_expr(), "child")
        .columns([C::GivenName, C::BirthDate].map(|column| column.as_column_ref()))
        .expr_as(T::Id.into_expr(), "coupon")
        .columns([T::Issued, T::Used, T::ExpiresOn].map(|column| column.as_column_ref()))
        .from(child_row::Entity)
        .left_join(trial_coupon::Entity, db::same(T::ChildId, C::Id))
        .and_where(C::MemberId.into_expr().eq(member))
        .order_by(C::BirthDate.as_column_ref(), Order::Asc)
        .order_by(C::Id.as_column_ref(), Order::Asc)
        .take()
}

/// What happened to a family's books, the latest first.
fn entries_of(member: MemberId) -> SelectStatement {
    use coupon_entry::Column as E;
    use trial_coupon::Column as T;
    Query::select()
        .columns([E::CouponId, E::Kind, E::Tickets, E::At].map(|column| column.as_column_ref()))
        .column(activity_report::Column::ReportNo.as_column_ref())
        .from(trial_coupon::Entity)
        .inner_join(coupon_entry::Entity, db::same(E::CouponId, T::Id))
        .left_join(activity_report::Entity, db::same(activity_report::Column::Id, E::ReportId))
        .and_where(T::MemberId.into_expr().eq(member))
        .order_by(E::Id.as_column_ref(), Order::Desc)
        .take()
}
