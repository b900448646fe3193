//! Accounts of coordinators and the headquarters, made at the command line: there is no account at first.

use crate::Env;
use crate::entity::{account, ward};
use crate::error::{Error, Result};
use crate::event::{self, By, Happened};
use crate::invitation::{self, taken, user_id_fault};
use crate::session::fold_user_id;
use domain::actor::AccountRole;
use domain::event::Event;
use domain::fault::{FieldError, FieldFault};
use domain::id::AccountId;
use domain::input::parse_name;
use sea_orm::{ActiveValue::Set, ColumnTrait, EntityTrait, QueryFilter};

/// What a member of the staff may be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum StaffRole {
    /// コーディネーター of one ward.
    Coordinator,
    /// 本部事務局
    Hq,
}

impl StaffRole {
    const fn stored(self) -> AccountRole {
        match self {
            Self::Coordinator => AccountRole::Coordinator,
            Self::Hq => AccountRole::Hq,
        }
    }
}

/// Makes an account and returns the token of the one-time link where the person sets the password.
///
/// For a user ID whose owner never set a password, the same call gives out a new link.
///
/// # Errors
/// [`Error::Invalid`] naming `user_id`, `name` or `ward`: a coordinator needs a known ward, the headquarters none.
pub async fn create(env: &Env, user_id: &str, name: &str, role: StaffRole, ward: Option<&str>) -> Result<String> {
    let mut faults = Vec::new();
    let user_id = fold_user_id(user_id);
    if let Some(fault) = user_id_fault(&user_id) {
        faults.push(FieldError::new("user_id", fault));
    }
    let name = parse_name(name).unwrap_or_else(|fault| {
        faults.push(FieldError::new("name", FieldFault::Input(fault)));
        String::new()
    });
    let transaction = env.db.begin().await?;
    match (role, ward) {
        (StaffRole::Coordinator, None) => faults.push(FieldError::new("ward", FieldFault::Missing)),
        (StaffRole::Coordinator, Some(code)) => {
            if ward::Entity::find_by_id(code).one(&transaction).await?.is_none() {
                faults.push(FieldError::new("ward", FieldFault::Unknown));
            }
        }
        (StaffRole::Hq, Some(_)) => faults.push(FieldError::new("ward", FieldFault::NotAChoice)),
        (StaffRole::Hq, None) => {}
    }
    if !faults.is_empty() {
        return Err(Error::Invalid(faults));
    }
    let account = match waiting(&transaction, &user_id, &name, role, ward).await? {
        Some(account) => account,
        None if taken(&transaction, &user_id, AccountId::default()).await? => {
            return Err(Error::Invalid(vec![FieldError::new("user_id", FieldFault::UserIdTaken)]));
        }
        None => {
            let row = account::ActiveModel {
                user_id: Set(Some(user_id)),
                password_hash: Set(None),
                name: Set(name),
                role: Set(role.stored()),
                ward: Set(ward.map(str::to_owned)),
                member_id: Set(None),
                created_at: Set(env.clock.now()),
                ..Default::default()
            };
            account::Entity::insert(row).exec(&transaction).await?.last_insert_id
        }
    };
    let token = invitation::issue(&transaction, env, account).await?;
    let happened = Happened { ward: ward.map(str::to_owned), ..Happened::new(Event::Invite) };
    event::record(&transaction, env.clock.now(), &By::job(), happened).await?;
    transaction.commit().await?;
    Ok(token)
}

/// The account of the same person that still waits for its password.
async fn waiting<C: sea_orm::ConnectionTrait>(
    transaction: &C,
    user_id: &str,
    name: &str,
    role: StaffRole,
    ward: Option<&str>,
) -> Result<Option<AccountId>> {
    let account = account::Entity::find().filter(account::Column::UserId.eq(user_id)).one(transaction).await?;
    let same = |account: &account::Model| {
        account.name == name
            && account.role == role.stored()
            && account.password_hash.is_none()
            && account.ward.as_deref() == ward
    };
    Ok(account.filter(same).map(|account| account.id))
}
