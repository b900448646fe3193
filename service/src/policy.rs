//! Who may, asked of rows: [`domain::policy`] over what the database holds.
//!
//! One row: [`permit`]. Lists, counts, searches and streams: [`visible`]. Pages and steps without a row yet: [`stand`],
//! [`ward`], [`own`].

use crate::entity::{activity_report, care_request, event, member, notice, offer, subsidy_claim, trial_coupon};
use crate::error::{Error, Result};
use domain::actor::{Actor, MemberKind};
use domain::id::MemberId;
use domain::policy::{self, Relation, Right, Sides, Stage, Whose};
use domain::request::CoordinationStatus;
use domain::time::Instant;
use sea_orm::EntityTrait;
use sea_orm::sea_query::{Condition, Expr, ExprTrait};

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
        match Stage::of_request(self.status, self.ends_at, now.unwrap_or_default()) {
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

/// The ward whose things a coordinator may do this to.
///
/// # Errors
/// [`Error::NotFound`] for everybody who has the right in no ward.
pub(crate) fn ward(actor: &Actor, right: Right) -> Result<&str> {
    match policy::sight(actor, right, Some(Relation::Coordinator)).map(|sight| sight.whose) {
        Some(Whose::Ward(ward)) => Ok(ward),
        _ => Err(Error::NotFound),
    }
}

/// The member who may do this to her own things.
///
/// # Errors
/// [`Error::NotFound`] for everybody else.
pub(crate) fn own(actor: &Actor, right: Right) -> Result<MemberId> {
    match policy::sight(actor, right, None).map(|sight| sight.whose) {
        Some(Whose::Member(member)) => Ok(member),
        _ => Err(Error::NotFound),
    }
}

/// A table whose rows are somebody's.
pub(crate) trait Listed: EntityTrait {
    /// The column that says whose a row is, for each side.
    fn column(by: Relation) -> Option<Self::Column>;

    /// The condition of rows that are no drafts.
    fn known(_name: &'static str) -> Option<Expr> {
        None
    }
}

impl Listed for care_request::Entity {
    fn column(by: Relation) -> Option<Self::Column> {
        match by {
            Relation::Family => Some(care_request::Column::MemberId),
            Relation::Provider => Some(care_request::Column::ProviderId),
            Relation::Coordinator => Some(care_request::Column::Ward),
            Relation::Anybody | Relation::Account | Relation::Headquarters => None,
        }
    }

    fn known(name: &'static str) -> Option<Expr> {
        Some(Expr::col((name, care_request::Column::Status)).ne(CoordinationStatus::Draft))
    }
}

impl Listed for activity_report::Entity {
    fn column(by: Relation) -> Option<Self::Column> {
        match by {
            Relation::Family => Some(activity_report::Column::UserMemberId),
            Relation::Provider => Some(activity_report::Column::ProviderId),
            Relation::Coordinator => Some(activity_report::Column::Ward),
            Relation::Anybody | Relation::Account | Relation::Headquarters => None,
        }
    }

    fn known(name: &'static str) -> Option<Expr> {
        Some(Expr::col((name, activity_report::Column::SubmittedAt)).is_not_null())
    }
}

impl Listed for subsidy_claim::Entity {
    fn column(by: Relation) -> Option<Self::Column> {
        match by {
            Relation::Provider => Some(subsidy_claim::Column::ProviderId),
            Relation::Coordinator => Some(subsidy_claim::Column::Ward),
            Relation::Anybody | Relation::Account | Relation::Family | Relation::Headquarters => None,
        }
    }
}

impl Listed for offer::Entity {
    fn column(by: Relation) -> Option<Self::Column> {
        (by == Relation::Provider).then_some(offer::Column::ProviderId)
    }
}

impl Listed for member::Entity {
    fn column(by: Relation) -> Option<Self::Column> {
        (by == Relation::Coordinator).then_some(member::Column::Ward)
    }
}

impl Listed for event::Entity {
    fn column(by: Relation) -> Option<Self::Column> {
        (by == Relation::Coordinator).then_some(event::Column::Ward)
    }
}

impl Listed for trial_coupon::Entity {
    fn column(by: Relation) -> Option<Self::Column> {
        (by == Relation::Family).then_some(trial_coupon::Column::MemberId)
    }
}

impl Listed for notice::Entity {
    fn column(by: Relation) -> Option<Self::Column> {
        (by == Relation::Account).then_some(notice::Column::AccountId)
    }
}

/// The condition of the rows that the actor has a right to; `wanted` is the side of a 両方会員.
///
/// # Errors
/// [`Error::NotFound`] for whoever has the right to none.
pub(crate) fn visible<E: Listed>(actor: &Actor, right: Right, wanted: Option<Relation>) -> Result<Condition> {
    visible_as::<E>(actor, right, wanted, E::default().table_name())
}

/// The same in a statement that calls the table `name`.
///
/// # Errors
/// As [`visible`].
pub(crate) fn visible_as<E: Listed>(
    actor: &Actor,
    right: Right,
    wanted: Option<Relation>,
    name: &'static str,
) -> Result<Condition> {
    let sight = policy::sight(actor, right, wanted).ok_or(Error::NotFound)?;
    let drafts = Condition::all().add_option(E::known(name).filter(|_| !sight.drafts));
    let Some(column) = E::column(sight.by) else {
        // Whoever is no side of such rows sees none, but for those who see all of them.
        return if sight.whose == Whose::Everybody { Ok(drafts) } else { Err(Error::NotFound) };
    };
    let column = Expr::col((name, column));
    Ok(match sight.whose {
        Whose::Everybody => drafts,
        Whose::Ward(ward) => drafts.add(column.eq(ward)),
        Whose::Member(id) => drafts.add(column.eq(id)),
        Whose::Account(id) => drafts.add(column.eq(id)),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use domain::actor::{MemberKind, Role};
    use domain::id::AccountId;
    use domain::number::MemberNo;
    use sea_orm::sea_query::{PostgresQueryBuilder, Query};

    fn member(kind: MemberKind) -> Actor {
        let role = Role::Member { member: MemberId(7), no: MemberNo(1), kind, ward: "midori".into() };
        Actor { account: AccountId(70), name: "会員".into(), role }
    }

    fn condition<E: Listed>(actor: &Actor, right: Right, wanted: Option<Relation>) -> String {
        let Ok(visible) = visible_as::<E>(actor, right, wanted, "x") else { return "nothing".into() };
        let sql = Query::select().expr(Expr::val(1)).cond_where(visible).to_string(PostgresQueryBuilder);
        sql.trim_start_matches("SELECT 1").trim_start_matches(" WHERE ").replace("\"x\".", "").replace('"', "")
    }

    #[test]
    fn a_list_is_cut_to_the_rows_of_ones_side() {
        use MemberKind::{Both, Provider, User};
        let staff = |role| Actor { account: AccountId(1), name: "職員".into(), role };
        let (midori, hq) = (staff(Role::Coordinator { ward: "midori".into() }), staff(Role::Hq));
        let (family, provider) = (Some(Relation::Family), Some(Relation::Provider));
        let request = |actor: &Actor, wanted| condition::<care_request::Entity>(actor, Right::ReadRequest, wanted);
        assert_eq!(request(&member(User), None), "member_id = 7");
        assert_eq!(request(&member(Both), family), "member_id = 7");
        assert_eq!(request(&member(Both), provider), "provider_id = 7");
        assert_eq!(request(&midori, None), "status <> 'draft' AND ward = 'midori'");
        assert_eq!(request(&hq, None), "status <> 'draft'");
        let report = |actor: &Actor, wanted| condition::<activity_report::Entity>(actor, Right::ReadReport, wanted);
        assert_eq!(report(&member(Both), family), "submitted_at IS NOT NULL AND user_member_id = 7");
        assert_eq!(report(&member(Provider), family), "provider_id = 7", "the other side is not hers");
        assert_eq!(report(&hq, provider), "TRUE");
        let claim = |actor: &Actor| condition::<subsidy_claim::Entity>(actor, Right::ReadClaim, None);
        assert_eq!(claim(&member(User)), "nothing");
        assert_eq!((claim(&midori), claim(&hq)), ("ward = 'midori'".into(), "TRUE".into()));
        assert_eq!(condition::<notice::Entity>(&hq, Right::OpenMessage, None), "account_id = 1", "not every one's");
        assert_eq!(condition::<member::Entity>(&hq, Right::KeepMember, None), "nothing");
        assert_eq!(condition::<event::Entity>(&member(Both), Right::KeepDesk, None), "nothing");
    }
}
