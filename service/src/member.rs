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

pub use change::{ChildForm, TrainingForm, add_child, add_training, invite, invite_by_mail, resume, suspend};
pub use contact::{Contact, ContactForm};
pub use correct::{change_child, change_contact, change_name};
pub(crate) use list::matching;
pub use list::{MemberPage, MemberSummary, Met, list};
pub use name::{Name, NameForm};
pub use page::{ChildDetails, MemberDetails, MemberEvent, TrainingDetails, page};
pub use register::{MemberForm, NewChild, NewMember, Registered, check, neighbours, register};
pub use respell::respell;
pub use search::{fold, fold_name, household_key, search_key};

use crate::effect::About;
use crate::entity::{event as stored_event, member};
use crate::error::{Error, Result};
use crate::event::Happened;
use crate::policy;
use crate::step::{Aggregate, Move, Moved};
use domain::actor::{Actor, Party};
use domain::event::{Action, Event};
use domain::member::{MEMBERSHIP_TABLE, MembershipAction};
use domain::number::MemberNo;
use domain::policy::Right;
use domain::refusal::Refusal;
use domain::time::Instant;
use domain::workflow::next;
use sea_orm::sea_query::LockType;
use sea_orm::{
    ActiveValue::Set, ColumnTrait, Condition, ConnectionTrait, DatabaseTransaction, EntityTrait, QueryFilter,
    QuerySelect,
};

/// The ward of a coordinator; everybody else finds nothing here.
fn ward(actor: &Actor) -> Result<&str> {
    policy::ward(actor, Right::KeepMembers)
}

/// A member of the coordinator's own ward, locked until the transaction ends.
async fn load<C: ConnectionTrait>(transaction: &C, actor: &Actor, no: MemberNo) -> Result<member::Model> {
    member::Entity::find()
        .filter(member::Column::MemberNo.eq(no))
        .filter(policy::visible::<member::Entity>(actor, Right::KeepMember, None)?)
        .lock(LockType::NoKeyUpdate)
        .one(transaction)
        .await?
        .ok_or(Error::NotFound)
}

impl Aggregate for member::Model {
    type No = MemberNo;
    type Changes = member::ActiveModel;
    // Only the branch changes a record.
    const DISCREET: bool = false;

    async fn lock(tx: &DatabaseTransaction, actor: &Actor, no: MemberNo) -> Result<(Self, Party)> {
        Ok((load(tx, actor, no).await?, Party::Coordinator))
    }

    fn revision(&self) -> i64 {
        self.revision
    }

    fn shown(&self) -> Condition {
        Condition::all().add(stored_event::Column::MemberId.eq(self.id))
    }

    async fn write(&mut self, tx: &DatabaseTransaction, now: Instant, changes: member::ActiveModel) -> Result<bool> {
        let changes = member::ActiveModel { updated_at: Set(now), revision: Set(self.revision + 1), ..changes };
        let done = member::Entity::update_many()
            .set(changes)
            .filter(member::Column::Id.eq(self.id))
            .filter(member::Column::Revision.eq(self.revision))
            .exec(tx)
            .await?;
        self.revision += 1;
        Ok(done.rows_affected == 1)
    }

    fn happened(&self, event: Event) -> Happened {
        Happened { ward: Some(self.ward.clone()), member: Some(self.id), ..Happened::new(event) }
    }

    fn about(&self) -> About<'_> {
        About::Member(self)
    }
}

type Decided = std::result::Result<Moved, Refusal>;

impl Move<member::Model> for MembershipAction {
    fn key(self) -> &'static str {
        self.key()
    }

    fn decide(self, member: &member::Model, side: Party, changes: &mut member::ActiveModel) -> Decided {
        let to = next(MEMBERSHIP_TABLE, member.status, self, side).map_err(|_| Refusal::NotActive)?;
        changes.status = Set(to);
        Ok(Moved::new(member.status.key(), to.key()))
    }
}

/// A correction of the record, possible in every state of the membership.
impl Move<member::Model> for Action {
    fn key(self) -> &'static str {
        self.key()
    }

    fn decide(self, _: &member::Model, _: Party, _: &mut member::ActiveModel) -> Decided {
        Ok(Moved::default())
    }
}
