//! Forms that came back: what was typed and what is to be mended, for the form's next showing.
//!
//! The draft's name is a secret of 256 bits in the URL (`?form=…`), so the URL holds nothing personal; a draft of a
//! signed-in person opens for that person only and lives for a day, long enough to sign in again.

use crate::entity::form_draft;
use crate::error::{Error, Result};
use crate::{Env, db, id};
use sea_orm::{ActiveValue::Set, EntityTrait};

const LIFE_MINUTES: i64 = 24 * 60;

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

/// Keeps a form and returns its secret name.
///
/// # Errors
/// Those of the database.
pub async fn keep(env: &Env, account: Option<i64>, draft: &FormDraft) -> Result<String> {
    let token = id::token()?;
    let row = form_draft::ActiveModel {
        token_hash: Set(id::sha256(&token)),
        account_id: Set(account),
        form: Set(draft.form.clone()),
        fields: Set(serde_json::to_string(&draft.fields)?),
        fault: Set(draft.fault.clone()),
        created_at: Set(env.clock.real_now().0),
    };
    form_draft::Entity::insert(row).exec_without_returning(env.db.write()).await?;
    Ok(token)
}

/// Opens a kept form; an unknown, old or foreign one is [`Error::NotFound`].
///
/// # Errors
/// As said, and those of the database.
pub async fn open(env: &Env, account: Option<i64>, token: &str) -> Result<FormDraft> {
    let row = form_draft::Entity::find_by_id(id::sha256(token)).one(env.db.read()).await?.ok_or(Error::NotFound)?;
    let foreign = row.account_id.is_some() && row.account_id != account;
    if foreign || row.created_at < env.clock.real_now().plus_minutes(-LIFE_MINUTES).0 {
        return Err(Error::NotFound);
    }
    Ok(FormDraft { form: row.form, fields: serde_json::from_str(&row.fields)?, fault: row.fault })
}

/// Forgets forms older than a day; run by the hourly job.
///
/// # Errors
/// Those of the database.
pub async fn purge(env: &Env) -> Result<u64> {
    let before = env.clock.real_now().plus_minutes(-LIFE_MINUTES).0;
    db::execute(env.db.write(), "DELETE FROM form_draft WHERE created_at < $1", vec![before.into()]).await
}
