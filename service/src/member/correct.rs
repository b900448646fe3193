//! Corrections of a member's record by the branch (会員情報修正): the name, where the member is reached, a child.
//!
//! Each comes from a page and its revision, changes nothing when it says the same again, and leaves in the history
//! which fields changed. What the member's name and a child's birth date were before stands there too, because older cases
//! are known by them; what a child was called before does not.

use super::change::{ChildForm, parse_child};
use super::contact::{self, ContactForm};
use super::name::{self, Name, NameForm};
use super::{Contact, load};
use crate::entity::{child, member};
use crate::error::{Error, Result};
use crate::event::{self, By, Happened};
use crate::notice::{Message, enqueue, tell_member};
use crate::{Env, coupon, db, report};
use domain::actor::Actor;
use domain::child::{BirthDateFacts, IssuedBook, correct_birth_date};
use domain::event::{Change, Event};
use domain::member::RecordField;
use domain::number::{MemberNo, RequestNo};
use domain::time::{Date, Instant, iso_date, japanese_date};
use sea_orm::sea_query::LockType;
use sea_orm::{ColumnTrait, ConnectionTrait, EntityTrait, FromQueryResult, QueryFilter, QuerySelect, Value};

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
    let columns = vec![
        ("search_key", new.search_key().into()),
        ("family_name", new.family.clone().into()),
        ("given_name", new.given.clone().into()),
        ("family_kana", new.family_kana.clone().into()),
        ("given_kana", new.given_kana.clone().into()),
    ];
    advance(&transaction, actor, &member, revision, now, columns).await?;
    let sql = "UPDATE account SET name = $2 WHERE member_id = $1";
    db::execute(&transaction, sql, vec![member.id.into(), new.full().into()]).await?;
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
    let columns = vec![
        ("household_key", new.household_key().into()),
        ("postal", new.postal.into()),
        ("town", new.town.into()),
        ("address", new.address.into()),
        ("telephone", new.telephone.into()),
        ("mail", new.mail.into()),
    ];
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
    advance(&transaction, actor, &member, revision, now, vec![]).await?;
    let sql = "UPDATE child SET given_name = $2, kana = $3, birth_date = $4 WHERE id = $1";
    let values = vec![child.into(), new.name.into(), new.kana.into(), new.birth_date.into()];
    db::execute(&transaction, sql, values).await?;
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
    #[derive(FromQueryResult)]
    struct Row {
        request_no: RequestNo,
        starts_at: i64,
    }
    let sql = "SELECT r.request_no, r.starts_at FROM care_request r \
               JOIN care_request_child x ON x.request_id = r.id AND x.child_id = $2 \
               WHERE r.member_id = $1 AND r.status NOT IN ('draft', 'not_established', 'withdrawn', 'cancelled') \
               AND (r.status <> 'completed' OR NOT EXISTS (SELECT 1 FROM activity_report p \
               WHERE p.request_id = r.id AND p.status = 'approved')) ORDER BY r.starts_at, r.id";
    let rows = db::rows::<Row, _>(transaction, sql, vec![child.member_id.into(), child.id.into()]).await?;
    let day = |row: Row| (row.request_no, Instant(row.starts_at).date());
    Ok(rows.into_iter().map(day).collect())
}

/// Writes columns of a member's row and counts its revision on, if nobody changed the member since the page was drawn.
async fn advance<C: ConnectionTrait>(
    transaction: &C,
    actor: &Actor,
    member: &member::Model,
    revision: i64,
    now: Instant,
    columns: Vec<(&str, Value)>,
) -> Result<()> {
    let set: String = columns.iter().zip(4..).map(|((name, _), place)| format!(", {name} = ${place}")).collect();
    let sql =
        format!("UPDATE member SET updated_at = $3, revision = revision + 1{set} WHERE id = $1 AND revision = $2");
    let mut values: Vec<Value> = vec![member.id.into(), revision.into(), now.0.into()];
    values.extend(columns.into_iter().map(|(_, value)| value));
    if db::execute(transaction, &sql, values).await? == 0 {
        return Err(event::stale(actor, last_change(transaction, member.id).await?));
    }
    Ok(())
}

async fn last_change<C: ConnectionTrait>(connection: &C, member: i64) -> Result<Option<event::LastMove>> {
    let sql = "SELECT e.action, e.account_id, e.actor_name, a.role FROM event e LEFT JOIN account a ON a.id = e.account_id \
               WHERE e.member_id = $1 ORDER BY e.id DESC LIMIT 1";
    db::row(connection, sql, vec![member.into()]).await
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
