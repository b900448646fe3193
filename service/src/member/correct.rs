//! Corrections of a member's record by the branch (会員情報修正): the name, where the member is reached, a child.
//!
//! Each comes from a page and its revision, changes nothing when it says the same again, and leaves in the history
//! which fields changed. What the member's name and a child's birth date were before stands there too, because older cases
//! are known by them; what a child was called before does not.

use super::change::{ChildForm, parse_child};
use super::contact::{self, ContactForm};
use super::name::{self, Name, NameForm};
use super::{Contact, load};
use crate::entity::{account, activity_report, care_request, care_request_child, child, event as event_row, member};
use crate::error::{Error, Result};
use crate::event::{self, By, Happened};
use crate::notice::{Message, enqueue, tell_member};
use crate::{Env, coupon, db, report};
use domain::actor::Actor;
use domain::child::{BirthDateFacts, IssuedBook, correct_birth_date};
use domain::event::{Change, Event};
use domain::member::RecordField;
use domain::number::{MemberNo, RequestNo};
use domain::report::ReportStatus;
use domain::request::CoordinationStatus;
use domain::time::{Date, Instant, iso_date, japanese_date};
use sea_orm::sea_query::{Expr, ExprTrait, LockType, Query};
use sea_orm::{ActiveValue::Set, ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect};

/// The fields that differ.
fn differing<const N: usize>(fields: [(RecordField, bool); N]) -> Change {
    let fields = fields.into_iter().filter_map(|(field, differs)| differs.then_some(field)).collect();
    Change { fields, ..Change::default() }
}

/// Corrects a member's name and reading, after a marriage for example; `revision` is that of the page the form was on.
///
/// Sending the same again changes nothing. The member is told.
///
/// # Errors
/// Fields to mend; [`Error::Stale`] when somebody changed the member meanwhile; [`Error::NotFound`] for other wards.
pub async fn change_name(env: &Env, actor: &Actor, no: MemberNo, form: &NameForm, revision: i64) -> Result<()> {
    use RecordField as F;
    let mut faults = Vec::new();
    let new = name::parse(form, &mut faults);
    let now = env.clock.now();
    let transaction = env.db.begin().await?;
    let member = load(&transaction, actor, no).await?;
    if !faults.is_empty() {
        return Err(Error::Invalid(faults));
    }
    let old = Name::of(&member);
    let mut change = differing([
        (F::FamilyName, old.family != new.family),
        (F::GivenName, old.given != new.given),
        (F::FamilyKana, old.family_kana != new.family_kana),
        (F::GivenKana, old.given_kana != new.given_kana),
    ]);
    if change.fields.is_empty() {
        return Ok(());
    }
    (change.before, change.after) = (old.with_reading(), new.with_reading());
    let columns = member::ActiveModel {
        search_key: Set(new.search_key()),
        family_name: Set(new.family.clone()),
        given_name: Set(new.given.clone()),
        family_kana: Set(new.family_kana.clone()),
        given_kana: Set(new.given_kana.clone()),
        ..Default::default()
    };
    advance(&transaction, actor, &member, revision, now, columns).await?;
    account::Entity::update_many()
        .col_expr(account::Column::Name, Expr::value(new.full()))
        .filter(account::Column::MemberId.eq(member.id))
        .exec(&transaction)
        .await?;
    record(&transaction, now, actor, &member, Event::ChangeName(change)).await?;
    let message = Message {
        subject: SUBJECT.to_owned(),
        body: format!(
            "支部が、登録されている氏名を直しました。\n氏名 {}\n\n違うところがあるときは、支部へお電話ください。",
            new.with_reading()
        ),
        link: String::new(),
    };
    tell_member(&transaction, now, env.clock.real_now(), member.id, &message).await?;
    transaction.commit().await?;
    Ok(())
}

/// What the member reads of a correction.
const SUBJECT: &str = "会員情報を修正しました";

/// Corrects where a member lives and is reached; `revision` is that of the page the form was on.
///
/// Sending the same again changes nothing. The history names the fields that changed, not what they held. The member is
/// told; of another mail address the old one hears too, without learning the new one.
///
/// # Errors
/// Fields to mend; [`Error::Stale`] when somebody changed the member meanwhile; [`Error::NotFound`] for other wards.
pub async fn change_contact(env: &Env, actor: &Actor, no: MemberNo, form: &ContactForm, revision: i64) -> Result<()> {
    use RecordField as F;
    let mut faults = Vec::new();
    let new = contact::parse(form, &mut faults);
    let now = env.clock.now();
    let transaction = env.db.begin().await?;
    let member = load(&transaction, actor, no).await?;
    if !faults.is_empty() {
        return Err(Error::Invalid(faults));
    }
    let old = Contact::of(&member);
    let moved = old.mail != new.mail;
    let change = differing([
        (F::Address, (&old.postal, &old.town, &old.address) != (&new.postal, &new.town, &new.address)),
        (F::Telephone, old.telephone != new.telephone),
        (F::Mail, moved),
    ]);
    if change.fields.is_empty() {
        return Ok(());
    }
    let columns = member::ActiveModel {
        household_key: Set(new.household_key()),
        postal: Set(new.postal),
        town: Set(new.town),
        address: Set(new.address),
        telephone: Set(new.telephone),
        mail: Set(new.mail),
        ..Default::default()
    };
    advance(&transaction, actor, &member, revision, now, columns).await?;
    tell_contact(env, &transaction, &member, &change, &old.mail).await?;
    record(&transaction, now, actor, &member, Event::ChangeContact(change)).await?;
    transaction.commit().await?;
    Ok(())
}

/// Tells the member which of the contact's fields are others now, and the old mail address that nothing comes there any
/// more: whoever still reads it may not be the one who asked for that.
async fn tell_contact<C: ConnectionTrait>(
    env: &Env,
    transaction: &C,
    member: &member::Model,
    change: &Change,
    old_mail: &str,
) -> Result<()> {
    let name = |field: &RecordField| match field {
        RecordField::Address => "住所",
        RecordField::Telephone => "電話番号",
        _ => "メールアドレス",
    };
    let names: Vec<&str> = change.fields.iter().map(name).collect();
    let message = Message {
        subject: SUBJECT.to_owned(),
        body: format!(
            "支部が、登録されている連絡先を直しました。\n直した項目 {}\n\nお心当たりがないときは、支部へお電話ください。",
            names.join("・")
        ),
        link: String::new(),
    };
    tell_member(transaction, env.clock.now(), env.clock.real_now(), member.id, &message).await?;
    if old_mail.is_empty() || !change.fields.contains(&RecordField::Mail) {
        return Ok(());
    }
    let message = Message {
        subject: "メールアドレスの登録が変わりました".to_owned(),
        body: "支部が、登録されているメールアドレスを直しました。\nこれからのお知らせは、このアドレスには届きません。\n\nお心当たりがないときは、支部へお電話ください。".to_owned(),
        link: String::new(),
    };
    enqueue(transaction, env.clock.real_now(), None, old_mail, &message).await
}

/// Corrects a child's name, reading and birth date; `revision` is that of the page the form was on.
///
/// A corrected birth date moves the end of issued おためし券 ([`correct_birth_date`]), and what awaits approval is charged
/// anew by the order it gives; what is approved keeps its snapshot. A birth date that stays is not judged again: a child
/// that has grown out of the age keeps its record. The fields to mend carry the child's row, `child_name[17]`. Sending the
/// same again changes nothing. The member is told.
///
/// # Errors
/// Fields to mend; the refusals of [`correct_birth_date`]; [`Error::Stale`] when somebody changed the member
/// meanwhile; [`Error::NotFound`] for other wards and other members' children.
pub async fn change_child(
    env: &Env,
    actor: &Actor,
    no: MemberNo,
    child: i64,
    form: &ChildForm,
    revision: i64,
) -> Result<()> {
    use RecordField as F;
    let now = env.clock.now();
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
        // Another provider registered meanwhile; members are locked before children, so this begins anew.
        transaction.rollback().await?;
    };
    let field = |name: &str| format!("{name}[{child}]");
    let new = parse_child(form, now.date(), Some(old.birth_date), field).map_err(Error::Invalid)?;
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
    let mut end = None;
    if reborn {
        (change.before, change.after) = (iso_date(old.birth_date), iso_date(new.birth_date));
        end = tickets_end(&transaction, &old, new.birth_date).await?;
    }
    if end.is_some() {
        change.fields.push(F::CouponEnd);
    }
    advance(&transaction, actor, &member, revision, now, member::ActiveModel::default()).await?;
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
    record(&transaction, now, actor, &member, Event::ChangeChild(change)).await?;
    let tickets = end.map(|day| format!("\nおためし券の期限は、{}になりました。", japanese_date(day, now.date())));
    let message = Message {
        subject: SUBJECT.to_owned(),
        body: format!(
            "支部が、お子さんの登録内容を直しました。{}\n\nお心当たりがないときは、支部へお電話ください。",
            tickets.as_deref().unwrap_or_default()
        ),
        link: if end.is_some() { "/coupons".to_owned() } else { String::new() },
    };
    tell_member(&transaction, now, env.clock.real_now(), member.id, &message).await?;
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
    let day = |row: care_request::Model| (row.request_no, Instant(row.starts_at).date());
    Ok(open.all(transaction).await?.into_iter().map(day).collect())
}

/// Writes columns of a member's row and counts its revision on, if nobody changed the member since the page was drawn.
async fn advance<C: ConnectionTrait>(
    transaction: &C,
    actor: &Actor,
    member: &member::Model,
    revision: i64,
    now: Instant,
    columns: member::ActiveModel,
) -> Result<()> {
    let columns = member::ActiveModel { updated_at: Set(now.0), revision: Set(revision + 1), ..columns };
    let moved = member::Entity::update_many()
        .set(columns)
        .filter(member::Column::Id.eq(member.id))
        .filter(member::Column::Revision.eq(revision));
    if moved.exec(transaction).await?.rows_affected == 0 {
        return Err(event::stale(actor, last_change(transaction, member.id).await?));
    }
    Ok(())
}

async fn last_change<C: ConnectionTrait>(connection: &C, member: i64) -> Result<Option<event::LastMove>> {
    event::last(connection, event_row::Column::MemberId.eq(member)).await
}

async fn record<C: ConnectionTrait>(
    transaction: &C,
    now: Instant,
    actor: &Actor,
    member: &member::Model,
    event: Event,
) -> Result<()> {
    let what = Happened { ward: Some(member.ward.clone()), member: Some(member.id), ..Happened::new(event) };
    event::record(transaction, now, &By::web(actor), what).await
}
