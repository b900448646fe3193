//! Members (会員): recorded by the branch, found by the branch, kept up to date by the branch.
//!
//! Only a coordinator of the member's own ward gets here; everybody else finds nothing. Members change their own data
//! by calling the branch.
//!
//! * [`register`]: a new member with children and trainings, after a check page.
//! * [`list`]: by number, 漢字, カナ or the last four digits of the telephone.
//! * [`page`]: one member with children, trainings, おためし券 and history.
//! * [`correct`]: correct the name, address, telephone and mail, a child's name and birth date (会員情報修正).
//! * [`change`]: suspend and resume, add a child, record a training, give out a new link.

mod change;
mod contact;
mod correct;
mod list;
mod name;
mod page;
mod register;
mod respell;
mod search;

pub use change::{ChildForm, TrainingForm, add_child, add_training, invite, resume, suspend};
pub use contact::{Contact, ContactForm};
pub use correct::{change_child, change_contact, change_name};
pub(crate) use list::matching;
pub use list::{MemberPage, MemberSummary, Met, list};
pub use name::{Name, NameForm};
pub use page::{ChildDetails, MemberDetails, MemberEvent, TrainingDetails, page};
pub use register::{MemberForm, NewChild, NewMember, Registered, check, neighbours, register};
pub use respell::respell;
pub use search::{fold, fold_name, household_key, search_key};

use crate::entity;
use crate::error::{Error, Result};
use crate::policy;
use domain::actor::Actor;
use domain::number::MemberNo;
use domain::policy::Right;
use sea_orm::sea_query::{Expr, LockType};
use sea_orm::{ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter, QuerySelect};

/// The ward of a coordinator; everybody else finds nothing here.
fn ward(actor: &Actor) -> Result<&str> {
    policy::ward(actor, Right::KeepMembers)
}

/// A member of the coordinator's own ward, locked until the transaction ends.
async fn load<C: ConnectionTrait>(transaction: &C, actor: &Actor, no: MemberNo) -> Result<entity::member::Model> {
    entity::member::Entity::find()
        .filter(entity::member::Column::MemberNo.eq(no))
        .filter(policy::visible::<entity::member::Entity>(actor, Right::KeepMember, None)?)
        .lock(LockType::NoKeyUpdate)
        .one(transaction)
        .await?
        .ok_or(Error::NotFound)
}

/// Writes a member's new status, if nobody changed the member since it was loaded.
async fn touch<C: ConnectionTrait>(
    transaction: &C,
    member: &entity::member::Model,
    status: domain::member::MembershipStatus,
    now: domain::time::Instant,
) -> Result<()> {
    let moved = entity::member::Entity::update_many()
        .col_expr(entity::member::Column::Status, Expr::value(status))
        .col_expr(entity::member::Column::UpdatedAt, Expr::value(now))
        .col_expr(entity::member::Column::Revision, Expr::value(member.revision + 1))
        .filter(entity::member::Column::Id.eq(member.id))
        .filter(entity::member::Column::Revision.eq(member.revision));
    if moved.exec(transaction).await?.rows_affected == 0 {
        return Err(Error::Broken("a locked member changed".into()));
    }
    Ok(())
}
