//! One-time links: a person sets the password, and a member the user ID, by a link that the branch hands over.
//!
//! A link holds 256 random bits, the database their SHA-256. It lives for 72 hours of real time, is used up by POST
//! only (mail scanners open links), and a new one ends the old. Nobody but the person ever knows the password.

mod password_rule;

pub use password_rule::{CONTEXT_LENGTH, least_length};

use crate::effect::{self, About, Cause};
use crate::entity::{account, invitation, member};
use crate::error::{Error, Result};
use crate::event::{self, By, Happened};
use crate::session::{self, fold_user_id};
use crate::{Env, id};
use domain::actor::{AccountRole, Actor, Role};
use domain::event::Event;
use domain::fault::{FieldError, FieldFault};
use domain::id::{AccountId, MemberId};
use domain::time::Instant;
use password_rule::Person;
use sea_orm::sea_query::{Expr, LockType};
use sea_orm::{ActiveValue::Set, ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter, QuerySelect};
use unicode_normalization::UnicodeNormalization;

/// How long a link opens.
pub const HOURS: i64 = 72;

/// What the link's page says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Invitation {
    /// The person's name.
    pub name: String,
    /// The user ID, when it is given and not to be chosen.
    pub user_id: Option<String>,
    /// The password's least length in characters.
    pub least_length: usize,
}

/// The form as typed.
#[derive(Clone, Debug, Default)]
pub struct AcceptForm {
    /// ユーザーID; ignored when it is given.
    pub user_id: String,
    /// パスワード
    pub password: String,
    /// The password once more.
    pub password_again: String,
}

/// Gives out a link for an account; older links of it no longer open. Returns the token, known only now.
pub async fn issue<C: ConnectionTrait>(transaction: &C, env: &Env, account: AccountId) -> Result<String> {
    let token = id::token()?;
    issue_as(transaction, env, account, &token).await?;
    Ok(token)
}

/// Gives out a link with a token of the caller's.
async fn issue_as<C: ConnectionTrait>(transaction: &C, env: &Env, account: AccountId, token: &str) -> Result<()> {
    invitation::Entity::delete_many()
        .filter(invitation::Column::AccountId.eq(account))
        .filter(invitation::Column::UsedAt.is_null())
        .exec(transaction)
        .await?;
    let now = env.clock.real_now();
    let row = invitation::ActiveModel {
        token_hash: Set(id::sha256(token)),
        account_id: Set(account),
        created_at: Set(now),
        expires_at: Set(now.plus_minutes(HOURS * 60)),
        used_at: Set(None),
    };
    invitation::Entity::insert(row).exec_without_returning(transaction).await?;
    Ok(())
}

/// Gives out a link for a member's account.
pub(crate) async fn issue_to_member<C: ConnectionTrait>(
    transaction: &C,
    env: &Env,
    member: MemberId,
) -> Result<String> {
    let account = account_of(transaction, member).await?;
    issue(transaction, env, account).await
}

/// Where a link is opened.
pub(crate) const PATH: &str = "/invitations/";

/// Gives out the first link of a member who has just been recorded.
pub(crate) async fn issue_first<C: ConnectionTrait>(
    transaction: &C,
    env: &Env,
    member: MemberId,
    token: &str,
) -> Result<()> {
    let account = account_of(transaction, member).await?;
    issue_as(transaction, env, account, token).await
}

async fn account_of<C: ConnectionTrait>(transaction: &C, member: MemberId) -> Result<AccountId> {
    let account = account::Entity::find().filter(account::Column::MemberId.eq(member)).one(transaction).await?;
    account.map(|account| account.id).ok_or_else(|| Error::Broken("a member without an account".into()))
}

/// Whether a token still opens; for showing a link again while it does.
pub async fn is_open(env: &Env, token: &str) -> Result<bool> {
    match find(env.db.read(), env.clock.real_now(), token, false).await {
        Ok(_) => Ok(true),
        Err(Error::NotFound) => Ok(false),
        Err(error) => Err(error),
    }
}

/// What a link opens; it stays unused.
///
/// # Errors
/// [`Error::NotFound`] for a link that is unknown, used, voided or too old: they all look the same.
pub async fn open(env: &Env, token: &str) -> Result<Invitation> {
    let (account, member) = find(env.db.read(), env.clock.real_now(), token, false).await?;
    let mail = member.as_ref().is_some_and(|member| !member.mail.is_empty());
    Ok(Invitation { name: account.name, user_id: account.user_id, least_length: least_length(mail) })
}

async fn find<C: ConnectionTrait>(
    connection: &C,
    now: Instant,
    token: &str,
    lock: bool,
) -> Result<(account::Model, Option<member::Model>)> {
    let mut select = invitation::Entity::find_by_id(id::sha256(token));
    if lock {
        select = select.lock(LockType::NoKeyUpdate);
    }
    let row = select.one(connection).await?.ok_or(Error::NotFound)?;
    if row.used_at.is_some() || now >= row.expires_at {
        return Err(Error::NotFound);
    }
    let account = account::Entity::find_by_id(row.account_id).one(connection).await?.ok_or(Error::NotFound)?;
    let member = match account.member_id {
        Some(member) => member::Entity::find_by_id(member).one(connection).await?,
        None => None,
    };
    Ok((account, member))
}

/// Sets user ID and password, uses the link up, ends every session of the account and signs the person in: returns
/// the cookie's token. A member is notified of the new password, because somebody else may hold the link.
///
/// # Errors
/// [`Error::NotFound`] as [`open`]; [`Error::Invalid`] with every field to fix; [`Error::Busy`].
pub async fn accept(env: &Env, token: &str, form: &AcceptForm) -> Result<String> {
    let (account, member) = find(env.db.read(), env.clock.real_now(), token, false).await?;
    let user_id = check(env, &account, member.as_ref(), form).await?;
    // Hashing takes its time: before the transaction, so that it holds no lock meanwhile.
    let hash = env.hasher.hash(&form.password).await?;
    let transaction = env.db.begin().await?;
    let (account, member) = find(&transaction, env.clock.real_now(), token, true).await?;
    if taken(&transaction, &user_id, account.id).await? {
        return Err(Error::Invalid(vec![FieldError::new("user_id", FieldFault::UserIdTaken)]));
    }
    account::Entity::update_many()
        .col_expr(account::Column::UserId, Expr::value(user_id))
        .col_expr(account::Column::PasswordHash, Expr::value(hash))
        .filter(account::Column::Id.eq(account.id))
        .exec(&transaction)
        .await?;
    invitation::Entity::update_many()
        .col_expr(invitation::Column::UsedAt, Expr::value(env.clock.real_now()))
        .filter(invitation::Column::TokenHash.eq(id::sha256(token)))
        .exec(&transaction)
        .await?;
    session::end_all(&transaction, account.id).await?;
    let staff = account.role != AccountRole::Member;
    let actor = Actor { account: account.id, name: account.name.clone(), role: role(&account, member.as_ref())? };
    let (event, by, now) = (Event::SetPassword, By::web(&actor), env.clock.now());
    let happened = Happened { ward: account.ward.clone(), member: account.member_id, ..Happened::new(event.clone()) };
    event::record(&transaction, now, &by, happened).await?;
    if let Some(member) = &member {
        let cause = Cause { event: &event, about: About::Member(member), from: None, reason: None, by: &by, now };
        effect::follow(env, &transaction, &cause).await?;
    }
    let cookie = session::start(&transaction, env, account.id, staff).await?;
    transaction.commit().await?;
    Ok(cookie)
}

fn role(account: &account::Model, member: Option<&member::Model>) -> Result<Role> {
    match (account.role, member) {
        (AccountRole::Member, Some(member)) => {
            Ok(Role::Member { member: member.id, no: member.member_no, kind: member.kind, ward: member.ward.clone() })
        }
        (AccountRole::Coordinator, _) => Ok(Role::Coordinator { ward: account.ward.clone().unwrap_or_default() }),
        (AccountRole::Hq, _) => Ok(Role::Hq),
        (AccountRole::Member, None) => Err(Error::Broken("an account of a member without a member".into())),
    }
}

async fn check(
    env: &Env,
    account: &account::Model,
    member: Option<&member::Model>,
    form: &AcceptForm,
) -> Result<String> {
    let mut faults = Vec::new();
    let user_id = account.user_id.clone().unwrap_or_else(|| fold_user_id(&form.user_id));
    if account.user_id.is_none() {
        if let Some(fault) = user_id_fault(&user_id) {
            faults.push(FieldError::new("user_id", fault));
        } else if taken(env.db.read(), &user_id, account.id).await? {
            faults.push(FieldError::new("user_id", FieldFault::UserIdTaken));
        }
    }
    let person = Person {
        user_id: &user_id,
        name: &account.name,
        kana: member.map_or("", |member| &member.family_kana),
        member_no: member.map(|member| member.member_no),
        mail: member.map_or("", |member| &member.mail),
    };
    let password: String = form.password.nfkc().collect();
    if let Some(fault) = password_rule::fault(&password, &person) {
        faults.push(FieldError::new("password", fault));
    } else if password != form.password_again.nfkc().collect::<String>() {
        faults.push(FieldError::new("password_again", FieldFault::Differs));
    }
    if faults.is_empty() { Ok(user_id) } else { Err(Error::Invalid(faults)) }
}

/// What is wrong with a folded user ID: 4 to 32 of letters, digits, dot, hyphen, underscore.
pub(crate) fn user_id_fault(user_id: &str) -> Option<FieldFault> {
    if user_id.is_empty() {
        return Some(FieldFault::Missing);
    }
    let plain =
        user_id.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || b".-_".contains(&byte));
    (!plain || !(4..=32).contains(&user_id.len())).then_some(FieldFault::NotAUserId)
}

/// Whether another account has the user ID.
pub(crate) async fn taken<C: ConnectionTrait>(connection: &C, user_id: &str, own: AccountId) -> Result<bool> {
    let found = account::Entity::find().filter(account::Column::UserId.eq(user_id)).one(connection).await?;
    Ok(found.is_some_and(|account| account.id != own))
}
