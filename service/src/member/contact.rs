//! Where a member lives and is reached: read from a form, and corrected by the branch.

use super::{household_key, load};
use crate::error::{Error, Result};
use crate::event::{self, By, Happened};
use crate::{Env, db};
use domain::actor::Actor;
use domain::fault::{FieldError, FieldFault};
use domain::input::{parse_line, parse_mail, parse_phone, parse_postal_code, required};
use domain::number::MemberNo;
use sea_orm::ConnectionTrait;

/// Address, telephone and mail as typed.
#[derive(Clone, Debug, Default)]
pub struct ContactForm {
    /// 郵便番号
    pub postal: String,
    /// 町名
    pub town: String,
    /// 番地・建物
    pub address: String,
    /// 電話番号
    pub telephone: String,
    /// メールアドレス, may be empty
    pub mail: String,
}

/// Address, telephone and mail, checked.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Contact {
    /// 郵便番号: 「226-0025」
    pub postal: String,
    /// 町名
    pub town: String,
    /// 番地・建物
    pub address: String,
    /// 電話番号: 「045-982-3521」
    pub telephone: String,
    /// メールアドレス, may be empty
    pub mail: String,
}

impl Contact {
    /// What is the same for members of one household.
    #[must_use]
    pub fn household_key(&self) -> String {
        household_key(&self.postal, &self.town, &self.address)
    }
}

/// Reads the fields; every one that is to be mended goes to `faults` and stays empty.
pub(super) fn parse(form: &ContactForm, faults: &mut Vec<FieldError>) -> Contact {
    let mut keep = |field: &str, read: Result<String, domain::input::InputFault>| {
        read.unwrap_or_else(|fault| {
            faults.push(FieldError::new(field, FieldFault::Input(fault)));
            String::new()
        })
    };
    let line = |text: &str, max| parse_line(text, max).and_then(required);
    Contact {
        postal: keep("postal", parse_postal_code(&form.postal)),
        town: keep("town", line(&form.town, 40)),
        address: keep("address", line(&form.address, 100)),
        telephone: keep("telephone", parse_phone(&form.telephone)),
        mail: if form.mail.trim().is_empty() { String::new() } else { keep("mail", parse_mail(&form.mail)) },
    }
}

/// Corrects where a member lives and is reached; `revision` is that of the page the form was on.
///
/// Sending the same again changes nothing. The history names the fields that changed, not what they held.
///
/// # Errors
/// Fields to mend; [`Error::Stale`] when somebody changed the member meanwhile; [`Error::NotFound`] for other wards.
pub async fn change_contact(env: &Env, actor: &Actor, no: MemberNo, form: &ContactForm, revision: i64) -> Result<()> {
    let mut faults = Vec::new();
    let new = parse(form, &mut faults);
    let now = env.clock.now();
    let transaction = env.db.begin().await?;
    let member = load(&transaction, actor, no).await?;
    if !faults.is_empty() {
        return Err(Error::Invalid(faults));
    }
    let changed: Vec<&str> = [
        ("address", (&member.postal, &member.town, &member.address) != (&new.postal, &new.town, &new.address)),
        ("telephone", member.telephone != new.telephone),
        ("mail", member.mail != new.mail),
    ]
    .into_iter()
    .filter_map(|(field, differs)| differs.then_some(field))
    .collect();
    if changed.is_empty() {
        return Ok(());
    }
    let sql = "UPDATE member SET postal = $3, town = $4, address = $5, household_key = $6, telephone = $7, mail = $8, \
               updated_at = $9, revision = revision + 1 WHERE id = $1 AND revision = $2";
    let household = new.household_key();
    let values = vec![
        member.id.into(),
        revision.into(),
        new.postal.into(),
        new.town.into(),
        new.address.into(),
        household.into(),
        new.telephone.into(),
        new.mail.into(),
        now.0.into(),
    ];
    if db::execute(&transaction, sql, values).await? == 0 {
        return Err(event::stale(actor, last_change(&transaction, member.id).await?));
    }
    let what = Happened {
        ward: Some(member.ward),
        member: Some(member.id),
        action: "change_contact",
        detail: Some(serde_json::json!({ "changed": changed })),
        ..Happened::default()
    };
    event::record(&transaction, now, &By::web(actor), what).await?;
    transaction.commit().await?;
    Ok(())
}

async fn last_change<C: ConnectionTrait>(connection: &C, member: i64) -> Result<Option<event::LastMove>> {
    let sql = "SELECT e.action, e.account_id, e.actor_name, a.role FROM event e LEFT JOIN account a ON a.id = e.account_id \
               WHERE e.member_id = $1 ORDER BY e.id DESC LIMIT 1";
    db::row(connection, sql, vec![member.into()]).await
}
