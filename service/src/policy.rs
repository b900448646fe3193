//! Who may, asked of rows: [`domain::policy`] over what the database holds.
//!
//! One row: [`permit`]. Pages and steps without a row yet: [`stand`].

use crate::entity::{activity_report, care_request, member};
use crate::error::{Error, Result};
use domain::actor::{Actor, MemberKind};
use domain::policy::{self, Relation, Right, Sides, Stage};
use domain::time::Instant;

/// A row that is somebody's.
pub(crate) trait Owned {
    /// Whose it is.
    fn sides(&self) -> Sides<'_>;

    /// How far it has come; without a moment nothing counts as agreed.
    fn stage(&self, now: Option<Instant>) -> Stage;
}

impl Owned for care_request::Model {
    fn sides(&self) -> Sides<'_> {
        Sides { ward: Some(&self.ward), family: Some(self.member_id), provider: self.provider_id, account: None }
    }

    fn stage(&self, now: Option<Instant>) -> Stage {
        match Stage::of_request(self.status, Instant(self.ends_at), now.unwrap_or(Instant(0))) {
            Stage::Agreed if now.is_none() => Stage::Known,
            stage => stage,
        }
    }
}

impl Owned for activity_report::Model {
    fn sides(&self) -> Sides<'_> {
        Sides { ward: Some(&self.ward), family: self.user_member_id, provider: Some(self.provider_id), account: None }
    }

    fn stage(&self, _now: Option<Instant>) -> Stage {
        Stage::of_report(self.submitted_at.is_some())
    }
}

impl Owned for member::Model {
    fn sides(&self) -> Sides<'_> {
        let side = |may: fn(MemberKind) -> bool| may(self.kind).then_some(self.id);
        let (family, provider) = (side(MemberKind::uses), side(MemberKind::provides));
        Sides { ward: Some(&self.ward), family, provider, account: None }
    }

    fn stage(&self, _now: Option<Instant>) -> Stage {
        Stage::Known
    }
}

/// What the actor is to a row, where that gives the right.
///
/// # Errors
/// [`Error::NotFound`] otherwise, as for what is not there.
pub(crate) fn permit(actor: &Actor, right: Right, row: &impl Owned) -> Result<Relation> {
    policy::permit(actor, right, &row.sides(), row.stage(None)).ok_or(Error::NotFound)
}

/// The same of a right that is open for a time only.
///
/// # Errors
/// As [`permit`].
pub(crate) fn permit_at(actor: &Actor, right: Right, row: &impl Owned, now: Instant) -> Result<Relation> {
    policy::permit(actor, right, &row.sides(), row.stage(Some(now))).ok_or(Error::NotFound)
}

/// Lets only those pass who may have a right at all.
///
/// # Errors
/// [`Error::NotFound`] for everybody else.
pub(crate) fn stand(actor: &Actor, right: Right) -> Result<()> {
    if policy::opens(right, Some(&actor.role)) { Ok(()) } else { Err(Error::NotFound) }
}
