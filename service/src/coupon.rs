//! おためし券: 8 tickets of one hour per eligible child, issued by the branch, spent with an approval (domain 1.5, 5.5).
//!
//! The balance is the row `trial_coupon` and moves only by the conditional updates of this file, so it never falls
//! below zero however many approvals meet; `coupon_entry` tells its history. A ticket's expiry is judged by the
//! activity's date: a ticket of its last valid day may be settled later.

mod same_child;

use crate::entity::member;
use crate::error::{Error, Result};
use crate::event::{self, By, Happened};
use crate::{Env, db, number, policy, tariff};
use domain::actor::{Actor, MemberKind};
pub use domain::coupon::EntryKind;
use domain::event::{Event, Issued as Facts};
use domain::fault::{FieldError, FieldFault};
use domain::member::MembershipStatus;
use domain::number::ReportNo;
use domain::policy::Right;
use domain::refusal::Refusal;
use domain::tariff::CouponRule;
use domain::time::{Date, Instant};
use sea_orm::{ConnectionTrait, DbBackend, EntityTrait, FromQueryResult};

/// A child's tickets, as its family and its branch see them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CouponBook {
    /// The child's row.
    pub child: i64,
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
    pub child: i64,
    /// The book's row, kept with an approval.
    pub coupon: i64,
    /// Tickets left.
    pub tickets: i64,
}

/// The tickets of a report's children that can pay an activity on `activity`, eldest child first.
///
/// # Errors
/// Those of the database.
pub async fn usable<C: ConnectionTrait>(connection: &C, report: i64, activity: Date) -> Result<Vec<Usable>> {
    let sql = "SELECT c.id AS child, t.id AS coupon, t.issued - t.used AS tickets \
               FROM activity_report_child rc JOIN child c ON c.id = rc.child_id \
               JOIN trial_coupon t ON t.child_id = c.id \
               WHERE rc.report_id = $1 AND t.expires_on >= $2 AND t.used < t.issued ORDER BY c.birth_date, c.id";
    db::rows(connection, sql, vec![report.into(), activity.into()]).await
}

/// Spends tickets of a child for a report, inside the approval's transaction; returns the book's row.
///
/// # Errors
/// [`Refusal::CouponShort`] when fewer tickets are left that are valid on the activity's date.
pub async fn consume<C: ConnectionTrait>(
    transaction: &C,
    now: Instant,
    report: i64,
    child: i64,
    tickets: i64,
    activity: Date,
) -> Result<i64> {
    if tickets < 1 {
        return Err(Error::Broken(format!("{tickets} tickets cannot be spent")));
    }
    let sql = "UPDATE trial_coupon SET used = used + $2 \
               WHERE child_id = $1 AND used + $2 <= issued AND expires_on >= $3 RETURNING id";
    let coupon: Option<i64> = db::scalar(transaction, sql, vec![child.into(), tickets.into(), activity.into()]).await?;
    let Some(coupon) = coupon else {
        let sql = "SELECT issued - used FROM trial_coupon WHERE child_id = $1 AND expires_on >= $2";
        let remaining: Option<i64> = db::scalar(transaction, sql, vec![child.into(), activity.into()]).await?;
        return Err(Refusal::CouponShort { remaining: remaining.unwrap_or(0) }.into());
    };
    enter(transaction, now, coupon, EntryKind::Used, tickets, Some(report)).await?;
    Ok(coupon)
}

/// Returns whatever a report still holds of tickets, inside the reopening's transaction; returns how many.
///
/// Doing it again returns nothing more.
///
/// # Errors
/// Those of the database.
pub async fn give_back<C: ConnectionTrait>(transaction: &C, now: Instant, report: i64) -> Result<i64> {
    #[derive(FromQueryResult)]
    struct Held {
        coupon_id: i64,
        tickets: i64,
    }
    let sql = "SELECT coupon_id, CAST(SUM(CASE kind WHEN 'used' THEN tickets ELSE -tickets END) AS BIGINT) AS tickets \
               FROM coupon_entry WHERE report_id = $1 GROUP BY coupon_id \
               HAVING SUM(CASE kind WHEN 'used' THEN tickets ELSE -tickets END) > 0 ORDER BY coupon_id";
    let mut returned = 0;
    for held in db::rows::<Held, _>(transaction, sql, vec![report.into()]).await? {
        let sql = "UPDATE trial_coupon SET used = used - $2 WHERE id = $1 AND used >= $2";
        if db::execute(transaction, sql, vec![held.coupon_id.into(), held.tickets.into()]).await? != 1 {
            return Err(Error::Broken(format!("book {} has spent fewer tickets than its history", held.coupon_id)));
        }
        enter(transaction, now, held.coupon_id, EntryKind::Returned, held.tickets, Some(report)).await?;
        returned += held.tickets;
    }
    Ok(returned)
}

async fn enter<C: ConnectionTrait>(
    transaction: &C,
    now: Instant,
    coupon: i64,
    kind: EntryKind,
    tickets: i64,
    report: Option<i64>,
) -> Result<()> {
    let sql = "INSERT INTO coupon_entry (coupon_id, kind, tickets, report_id, at) VALUES ($1, $2, $3, $4, $5)";
    let values = vec![coupon.into(), kind.key().into(), tickets.into(), report.into(), now.0.into()];
    db::execute(transaction, sql, values).await?;
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
pub async fn issue(env: &Env, actor: &Actor, child: i64, confirmed: Confirmed) -> Result<()> {
    #[derive(FromQueryResult)]
    struct Candidate {
        member_id: i64,
        kind: MemberKind,
        status: MembershipStatus,
    }
    let ward = actor.coordinator_ward().ok_or(Error::NotFound)?;
    let transaction = env.db.begin().await?;
    // The member's row is locked, so two coordinators issue one after the other; the unique child is the belt.
    let lock = if env.db.backend() == DbBackend::Postgres { " FOR NO KEY UPDATE OF m" } else { "" };
    let sql = format!(
        "SELECT m.id AS member_id, m.kind, m.status FROM child c JOIN member m ON m.id = c.member_id \
         WHERE c.id = $1 AND m.ward = $2{lock}"
    );
    let found = db::row::<Candidate, _>(&transaction, &sql, vec![child.into(), ward.into()]).await?;
    let candidate = found.ok_or(Error::NotFound)?;
    let issued: Option<i64> =
        db::scalar(&transaction, "SELECT issued FROM trial_coupon WHERE child_id = $1", vec![child.into()]).await?;
    if issued.is_some() {
        return Err(Refusal::CouponIssued.into());
    }
    // Read behind the lock, where a correction may have been first.
    let sql = "SELECT birth_date FROM child WHERE id = $1";
    let birth_date: Date = db::scalar(&transaction, sql, vec![child.into()]).await?.ok_or(Error::NotFound)?;
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
    let sql = "INSERT INTO trial_coupon (child_id, member_id, issued, used, issued_at, expires_on) \
               VALUES ($1, $2, $3, 0, $4, $5) RETURNING id";
    let values = vec![child.into(), candidate.member_id.into(), tickets.into(), now.0.into(), expires_on.into()];
    let coupon: i64 = db::scalar(&transaction, sql, values).await?.ok_or_else(|| Error::Broken("no book".into()))?;
    enter(&transaction, now, coupon, EntryKind::Issued, tickets, None).await?;
    let facts = Facts { child, tickets, documents: "confirmed".to_owned(), other_child_than: same };
    let what = Happened {
        ward: Some(ward.to_owned()),
        member: Some(candidate.member_id),
        ..Happened::new(Event::IssueCoupon(facts))
    };
    event::record(&transaction, now, &By::web(actor), what).await?;
    let message = crate::notice::Message {
        subject: "おためし券を発行しました".to_owned(),
        body: format!(
            "子サポ de あずかりおためし券を{tickets}枚発行しました。\n{}まで使えます。\nのこりの枚数は「おためし券残数確認」で見られます。",
            domain::time::japanese_date(expires_on, now.date())
        ),
        link: "/coupons".to_owned(),
    };
    crate::notice::tell_member(&transaction, now, env.clock.real_now(), candidate.member_id, &message).await?;
    transaction.commit().await?;
    Ok(())
}

/// The rule of the tariff in force on a day; `None` where no tariff or no coupon exists.
pub(crate) async fn rule<C: ConnectionTrait>(connection: &C, day: Date) -> Result<Option<CouponRule>> {
    Ok(tariff::load_from(connection).await?.tariff.on(day).and_then(|version| version.coupon.clone()))
}

/// A book of issued tickets whose child's birth date is corrected.
pub(crate) struct Issued {
    /// The book's row.
    pub coupon: i64,
    /// The last activity date its tickets can pay now.
    pub expires_on: Date,
    /// The rule it was issued under.
    pub rule: CouponRule,
    /// The day of the latest activity that a ticket of it pays.
    pub last_used: Option<Date>,
}

/// A child's book, held until the transaction ends so that no approval spends from it meanwhile.
pub(crate) async fn issued<C: ConnectionTrait>(transaction: &C, child: i64) -> Result<Option<Issued>> {
    #[derive(FromQueryResult)]
    struct Row {
        id: i64,
        issued_at: i64,
        expires_on: Date,
    }
    let lock = db::for_update(transaction.get_database_backend());
    let sql = format!("SELECT id, issued_at, expires_on FROM trial_coupon WHERE child_id = $1{lock}");
    let Some(row) = db::row::<Row, _>(transaction, &sql, vec![child.into()]).await? else { return Ok(None) };
    let rule = rule(transaction, Instant(row.issued_at).date()).await?;
    let rule = rule.ok_or_else(|| Error::Broken(format!("book {} was issued without a rule", row.id)))?;
    let sql = "SELECT MAX(started_at) FROM activity_report WHERE id IN (SELECT report_id FROM coupon_entry \
               WHERE coupon_id = $1 AND report_id IS NOT NULL GROUP BY report_id \
               HAVING SUM(CASE kind WHEN 'used' THEN tickets ELSE -tickets END) > 0)";
    let last: Option<Option<i64>> = db::scalar(transaction, sql, vec![row.id.into()]).await?;
    let last_used = last.flatten().map(|at| Instant(at).date());
    Ok(Some(Issued { coupon: row.id, expires_on: row.expires_on, rule, last_used }))
}

/// Gives a book another last day; see [`domain::child::correct_birth_date`].
pub(crate) async fn move_end<C: ConnectionTrait>(transaction: &C, coupon: i64, end: Date) -> Result<()> {
    let sql = "UPDATE trial_coupon SET expires_on = $2 WHERE id = $1";
    db::execute(transaction, sql, vec![coupon.into(), end.into()]).await?;
    Ok(())
}

/// The family's own books, one per child.
///
/// # Errors
/// [`Error::NotFound`] for those who do not ask for care.
pub async fn own(env: &Env, actor: &Actor) -> Result<Vec<CouponBook>> {
    books(env, actor.user_member().ok_or(Error::NotFound)?).await
}

/// A member's books, for the coordinator of the member's ward and the headquarters.
///
/// # Errors
/// [`Error::NotFound`] when the actor may not see the member.
pub async fn of_member(env: &Env, actor: &Actor, member: i64) -> Result<Vec<CouponBook>> {
    let row = member::Entity::find_by_id(member).one(env.db.read()).await?.ok_or(Error::NotFound)?;
    policy::permit(actor, Right::ReadCoupons, &row)?;
    books(env, member).await
}

async fn books(env: &Env, member: i64) -> Result<Vec<CouponBook>> {
    #[derive(FromQueryResult)]
    struct Book {
        child: i64,
        given_name: String,
        birth_date: Date,
        coupon: Option<i64>,
        issued: Option<i64>,
        used: Option<i64>,
        expires_on: Option<Date>,
    }
    #[derive(FromQueryResult)]
    struct Entry {
        coupon_id: i64,
        kind: String,
        tickets: i64,
        report_no: Option<i64>,
        at: i64,
    }
    let sql = "SELECT c.id AS child, c.given_name, c.birth_date, t.id AS coupon, t.issued, t.used, t.expires_on \
               FROM child c LEFT JOIN trial_coupon t ON t.child_id = c.id \
               WHERE c.member_id = $1 ORDER BY c.birth_date, c.id";
    let found = db::rows::<Book, _>(env.db.read(), sql, vec![member.into()]).await?;
    let sql = "SELECT e.coupon_id, e.kind, e.tickets, r.report_no, e.at \
               FROM trial_coupon t JOIN coupon_entry e ON e.coupon_id = t.id \
               LEFT JOIN activity_report r ON r.id = e.report_id WHERE t.member_id = $1 ORDER BY e.id DESC";
    let entries = db::rows::<Entry, _>(env.db.read(), sql, vec![member.into()]).await?;
    let mut books = Vec::with_capacity(found.len());
    for book in found {
        let mut history = Vec::new();
        for entry in entries.iter().filter(|entry| Some(entry.coupon_id) == book.coupon) {
            history.push(CouponEntry {
                kind: crate::error::stored(EntryKind::from_key(&entry.kind), "coupon entry")?,
                tickets: entry.tickets,
                report: entry.report_no.map(number::written::<ReportNo>).transpose()?,
                at: Instant(entry.at),
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
