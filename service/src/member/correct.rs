//! Corrections of a member's record by the branch (会員情報修正): the name, where the member is reached, a child.
//!
//! Each comes from a page and its revision, changes nothing when it says the same again, and leaves in the history
//! which fields changed. What the member's name and a child's birth date were before stands there too, because older cases
//! are known by them; what a child was called before does not.

use super::change::{ChildForm, parse_child};
use super::contact::{self, ContactForm};
use super::name::{self, Name, NameForm};
use super::{Contact, load};
use crate::entity::{account, activity_report, care_request, care_request_child, child, member};
use crate::error::{Error, Result};
use crate::step::Step;
use crate::{Env, coupon, db, report};
use domain::actor::{Actor, Party};
use domain::child::{BirthDateFacts, IssuedBook, correct_birth_date};
use domain::event::{Action, Change, Event};
use domain::id::ChildId;
use domain::member::RecordField;
use domain::number::{MemberNo, RequestNo};
use domain::report::ReportStatus;
use domain::request::CoordinationStatus;
use domain::time::{Date, iso_date};
use sea_orm::sea_query::{Expr, ExprTrait, LockType, Query};
use sea_orm::{ActiveValue::Set, ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect};

/// The fields that differ.
fn differing<const N: usize>(fields: [(RecordField, bool); N]) -> Change {
    let fields = fields.into_iter().filter_map(|(field, differs)| differs.then_some(field)).collect();
    Change { fields, ..Change::default() }
}

/// Corrects a member's name and reading, after a marriage for example; `revision` is that of the page the form was on.
///
/// Sending the same again changes nothing. The member is notified.
///
/// # Errors
/// Fields to fix; [`Error::Stale`] when somebody changed the member meanwhile; [`Error::NotFound`] for other wards.
pub async fn change_name(env: &Env, actor: &Actor, no: MemberNo, form: &NameForm, revision: i64) -> Result<()> {
    use RecordField as F;
    let mut faults = Vec::new();
    let new = name::parse(form, &mut faults);
    let transaction = env.db.begin().await?;
    let mut step = Step::<member::Model>::hold(env, &transaction, actor, no).await?;
    let member = &step.thing;
    if !faults.is_empty() {
        return Err(Error::Invalid(faults));
    }
    let old = Name::of(member);
    let mut change = differing([
        (F::FamilyName, old.family != new.family),
        (F::GivenName, old.given != new.given),
        (F::FamilyKana, old.family_kana != new.family_kana),
        (F::GivenKana, old.given_kana != new.given_kana),
    ]);
    if change.fields.is_empty() {
        return Ok(());
    }
    if !step.take(Action::ChangeName, Some(revision)).await? {
        return Ok(());
    }
    (change.before, change.after) = (old.with_reading(), new.with_reading());
    account::Entity::update_many()
        .col_expr(account::Column::Name, Expr::value(new.full()))
        .filter(account::Column::MemberId.eq(step.thing.id))
        .exec(&transaction)
        .await?;
    step.changes = member::ActiveModel {
        search_key: Set(new.search_key()),
        family_name: Set(new.family),
        given_name: Set(new.given),
        family_kana: Set(new.family_kana),
        given_kana: Set(new.given_kana),
        ..step.changes
    };
    step.commit(Event::ChangeName(change), None).await?;
    transaction.commit().await?;
    Ok(())
}

/// Corrects where a member lives and is reached; `revision` is that of the page the form was on.
///
/// Sending the same again changes nothing. The history names the fields that changed, not what they held. The member is
/// notified; of another mail address the old one hears too, without learning the new one.
///
/// # Errors
/// Fields to fix; [`Error::Stale`] when somebody changed the member meanwhile; [`Error::NotFound`] for other wards.
pub async fn change_contact(env: &Env, actor: &Actor, no: MemberNo, form: &ContactForm, revision: i64) -> Result<()> {
    use RecordField as F;
    let mut faults = Vec::new();
    let new = contact::parse(form, &mut faults);
    let transaction = env.db.begin().await?;
    let mut step = Step::<member::Model>::hold(env, &transaction, actor, no).await?;
    let member = &step.thing;
    if !faults.is_empty() {
        return Err(Error::Invalid(faults));
    }
    let old = Contact::of(member);
    let moved = old.mail != new.mail;
    let mut change = differing([
        (F::Address, (&old.postal, &old.town, &old.address) != (&new.postal, &new.town, &new.address)),
        (F::Telephone, old.telephone != new.telephone),
        (F::Mail, moved),
    ]);
    if change.fields.is_empty() {
        return Ok(());
    }
    if !step.take(Action::ChangeContact, Some(revision)).await? {
        return Ok(());
    }
    if moved {
        change.old_mail = old.mail;
    }
    step.changes = member::ActiveModel {
        household_key: Set(new.household_key()),
        postal: Set(new.postal),
        town: Set(new.town),
        address: Set(new.address),
        telephone: Set(new.telephone),
        mail: Set(new.mail),
        ..step.changes
    };
    step.commit(Event::ChangeContact(change), None).await?;
    transaction.commit().await?;
    Ok(())
}

/// Corrects a child's name, reading and birth date; `revision` is that of the page the form was on.
///
/// A corrected birth date moves the end of issued おためし券 ([`correct_birth_date`]), and what awaits approval is
/// recalculated by the order it gives; what is approved keeps its snapshot. A birth date that stays is not judged again: a child
/// that has grown out of the age keeps its record. The fields to fix carry the child's row, `child_name[17]`. Sending the
/// same again changes nothing. The member is notified.
///
/// # Errors
/// Fields to fix; the refusals of [`correct_birth_date`]; [`Error::Stale`] when somebody changed the member
/// meanwhile; [`Error::NotFound`] for other wards and other members' children.
pub async fn change_child(
    env: &Env,
    actor: &Actor,
    no: MemberNo,
    child: ChildId,
    form: &ChildForm,
    revision: i64,
) -> Result<()> {
    use RecordField as F;
    let (transaction, member, old) = loop {
        let transaction = env.db.begin().await?;
        let held = report::lock_member_and_providers(&transaction, no, child).await?;
        let member = load(&transaction, actor, no).await?;
        // Who writes a request holds the child too while its age is judged, and who registers a report its siblings' order.
        let old = child::Entity::find_by_id(child)
            .filter(child::Column::MemberId.eq(member.id))
            .lock(LockType::NoKeyUpdate)
            .one(&transaction)
            .await?
            .ok_or(Error::NotFound)?;
        if report::providers_of_child(&transaction, child).await?.is_subset(&held) {
            break (transaction, member, old);
        }
        // Another provider registered meanwhile; members are locked before children, so this begins again.
        transaction.rollback().await?;
    };
    let mut step = Step::of(env, &transaction, Some(actor), member, Party::Coordinator);
    let field = |name: &str| format!("{name}[{child}]");
    let new = parse_child(form, step.now.date(), Some(old.birth_date), field).map_err(Error::Invalid)?;
    let reborn = old.birth_date != new.birth_date;
    let mut change = differing([
        (F::ChildName, old.given_name != new.name),
        (F::ChildKana, old.kana != new.kana),
        (F::ChildBirth, reborn),
    ]);
    if change.fields.is_empty() {
        return Ok(());
    }
    change.child = Some(child);
    if reborn {
        (change.before, change.after) = (iso_date(old.birth_date), iso_date(new.birth_date));
        change.tickets_until = tickets_end(&transaction, &old, new.birth_date).await?;
    }
    if change.tickets_until.is_some() {
        change.fields.push(F::CouponEnd);
    }
    if !step.take(Action::ChangeChild, Some(revision)).await? {
        return Ok(());
    }
    let corrected = child::ActiveModel {
        given_name: Set(new.name),
        kana: Set(new.kana),
        birth_date: Set(new.birth_date),
        ..Default::default()
    };
    let corrected = child::Entity::update_many().set(corrected).filter(child::Column::Id.eq(child));
    corrected.exec(&transaction).await?;
    if reborn {
        report::charge_by_birth_date(env, &transaction, child).await?;
    }
    step.commit(Event::ChangeChild(change), None).await?;
    transaction.commit().await?;
    Ok(())
}

/// Holds a corrected birth date against the child's tickets and open requests, and moves the tickets' end; returns it
/// when it is another day than before.
async fn tickets_end<C: ConnectionTrait>(transaction: &C, child: &child::Model, birth: Date) -> Result<Option<Date>> {
    let open = open_requests(transaction, child).await?;
    let issued = coupon::issued(transaction, child.id).await?;
    let book = issued.as_ref().map(|issued| IssuedBook { rule: &issued.rule, last_used: issued.last_used });
    let end = correct_birth_date(birth, &BirthDateFacts { name: &child.given_name, open: &open, book })?;
    let Some((issued, end)) = issued.zip(end).filter(|(issued, end)| issued.expires_on != *end) else {
        return Ok(None);
    };
    coupon::move_end(transaction, issued.coupon, end).await?;
    Ok(Some(end))
}

/// The requests for a child that have not ended, with their day. A case that was 完了 and whose report is open again is
/// one of them; a draft is not: it is the family's alone and judged when it is sent.
async fn open_requests<C: ConnectionTrait>(transaction: &C, child: &child::Model) -> Result<Vec<(RequestNo, Date)>> {
    use care_request::Column as R;
    let of_child = Query::select()
        .column(care_request_child::Column::RequestId)
        .from(care_request_child::Entity)
        .and_where(care_request_child::Column::ChildId.eq(child.id))
        .take();
    let approved = Query::select()
        .expr(Expr::val(1))
        .from(activity_report::Entity)
        .and_where(db::same(activity_report::Column::RequestId, R::Id))
        .and_where(activity_report::Column::Status.eq(ReportStatus::Approved))
        .take();
    let open = care_request::Entity::find()
        .filter(R::MemberId.eq(child.member_id))
        .filter(R::Id.in_subquery(of_child))
        .filter(R::Status.is_not_in(CoordinationStatus::WITHOUT_CARE))
        .filter(R::Status.ne(CoordinationStatus::Completed).or(Expr::exists(approved).not()))
        .order_by_asc(R::StartsAt)
        .order_by_asc(R::Id);
    let day = |row: care_request::Model| (row.request_no, row.starts_at.date());
    Ok(open.all(transaction).await?.into_iter().map(day).collect())
}
