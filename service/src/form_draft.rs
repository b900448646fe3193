//! Forms that came back: what was typed and what is to be fixed, for the form's next showing.
//!
//! The draft's name is a secret of 256 bits in the URL (`?form=…`), so the URL holds nothing personal; a draft of a
//! person opens for that person only and lives for a day, long enough to sign in again. Nobody fills the disk with them:
//! a writer has a few, and all together have a bound.

use crate::entity::form_draft::{self, Column};
use crate::error::{Error, Result};
use crate::{Env, db, id, seal, session};
use domain::id::AccountId;
use sea_orm::sea_query::{Expr, ExprTrait, Order, Query};
use sea_orm::{ActiveValue::Set, ColumnTrait, EntityTrait, QueryFilter};

const LIFE_MINUTES: i64 = 24 * 60;

/// How many forms of one writer are kept; the oldest goes first.
pub const MOST_OF_ONE: u64 = 20;

/// How many bytes of all writers are kept; past it nothing more is, until the oldest are forgotten.
const MOST_BYTES: i64 = 256 << 20;

/// The purpose of a form's seal.
const WRITER: &str = "writer";

/// A form that came back.
#[derive(Clone, Debug)]
pub struct FormDraft {
    /// The form's endpoint name.
    pub form: String,
    /// Submitted names and values, in order.
    pub fields: Vec<(String, String)>,
    /// The fault as JSON of `app::fault::Fault`.
    pub fault: String,
}

/// Who filled a form in.
#[derive(Clone, Copy, Debug)]
pub enum Writer<'a> {
    /// A person; nobody else opens it.
    Account(AccountId),
    /// Somebody who is not signed in, by the address; whoever knows the secret name opens it.
    Address(&'a str),
}

impl Writer<'_> {
    fn key(self) -> String {
        match self {
            Self::Account(account) => format!("account {account}"),
            Self::Address(address) => format!("address {}", session::network(address)),
        }
    }
}

/// What a form carries to say for whom it was drawn.
#[must_use]
pub fn drawn_for(secret: &str, account: AccountId) -> String {
    seal::sealed(secret, WRITER, &account.to_string())
}

/// The account for which a form was drawn; `None` when it does not say so.
pub async fn writer(env: &Env, sealed: &str) -> Result<Option<AccountId>> {
    if sealed.is_empty() {
        return Ok(None);
    }
    let secret = seal::secret(env).await?;
    Ok(seal::opened(&secret, WRITER, sealed).and_then(|account| account.parse().ok()))
}

/// Keeps a form and returns its secret name.
///
/// # Errors
/// [`Error::Busy`] when there is no room.
pub async fn keep(env: &Env, writer: Writer<'_>, draft: &FormDraft) -> Result<String> {
    let token = id::token()?;
    let key = writer.key();
    let fields = serde_json::to_string(&draft.fields)?;
    let bytes = i64::try_from(fields.len() + draft.fault.len() + 400).unwrap_or(i64::MAX);
    let transaction = env.db.begin().await?;
    let sum = Expr::col(Column::Bytes).sum().cast_as("BIGINT");
    let sum = Query::select().expr(sum).from(form_draft::Entity).take();
    let kept = db::select_value::<Option<i64>, _>(&transaction, &sum).await?.flatten().unwrap_or(0);
    if kept.saturating_add(bytes) > MOST_BYTES {
        return Err(Error::Busy);
    }
    let row = form_draft::ActiveModel {
        token_hash: Set(id::sha256(&token)),
        account_id: Set(match writer {
            Writer::Account(account) => Some(account),
            Writer::Address(_) => None,
        }),
        form: Set(draft.form.clone()),
        fields: Set(fields),
        fault: Set(draft.fault.clone()),
        created_at: Set(env.clock.real_now()),
        writer: Set(key.clone()),
        bytes: Set(bytes),
    };
    form_draft::Entity::insert(row).exec_without_returning(&transaction).await?;
    let newest = Query::select()
        .column(Column::TokenHash)
        .from(form_draft::Entity)
        .and_where(Column::Writer.eq(&key))
        .order_by(Column::CreatedAt, Order::Desc)
        .order_by(Column::TokenHash, Order::Asc)
        .limit(MOST_OF_ONE)
        .take();
    form_draft::Entity::delete_many()
        .filter(Column::Writer.eq(key))
        .filter(Column::TokenHash.not_in_subquery(newest))
        .exec(&transaction)
        .await?;
    transaction.commit().await?;
    Ok(token)
}

/// Opens a kept form; an unknown, old or foreign one is [`Error::NotFound`].
///
/// # Errors
/// As said.
pub async fn open(env: &Env, account: Option<AccountId>, token: &str) -> Result<FormDraft> {
    let row = form_draft::Entity::find_by_id(id::sha256(token)).one(env.db.read()).await?.ok_or(Error::NotFound)?;
    let foreign = row.account_id.is_some() && row.account_id != account;
    if foreign || row.created_at < env.clock.real_now().plus_minutes(-LIFE_MINUTES) {
        return Err(Error::NotFound);
    }
    Ok(FormDraft { form: row.form, fields: serde_json::from_str(&row.fields)?, fault: row.fault })
}

/// Forgets forms older than a day; run by the hourly job.
pub async fn purge(env: &Env) -> Result<u64> {
    let before = env.clock.real_now().plus_minutes(-LIFE_MINUTES);
    let gone = form_draft::Entity::delete_many().filter(Column::CreatedAt.lt(before)).exec(env.db.write()).await?;
    Ok(gone.rows_affected)
}
