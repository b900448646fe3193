//! The city's benefit (給付金): what would be claimed, what would slip, the monthly close, the claims.
//!
//! * [`close`]: the run of a month, once, whoever starts it and however often.
//! * [`preview`]: 給付金申請一覧, the reports of no claim yet.
//! * [`claims`]: 給付金請求申請一覧, the claims of the months.
//! * [`overview`]: the headquarters' page.

pub mod claims;
pub mod close;
pub mod overview;
pub mod preview;

pub(crate) use close::passed;
pub use close::{CloseClaim, CloseLine, CloseResult, close_month, run_due};

use domain::actor::Actor;
use domain::policy::{Right, Whose, sight};
use sea_orm::Value;

/// Which reports or claims an actor may see: an SQL condition and its value for `:scope`.
///
/// Members see what they provided, coordinators their ward, the headquarters everything or one ward of its choice.
struct Scope {
    condition: &'static str,
    value: Value,
}

/// What the table of rights opens, for statements that stay in SQL: `provider_id` and `ward` are columns of the table that
/// they call `x`.
fn scope(actor: &Actor, ward: Option<&str>) -> Option<Scope> {
    let (condition, value) = match (sight(actor, Right::ListClaims, None)?.whose, ward) {
        (Whose::Member(member), _) => ("x.provider_id = :scope", member.into()),
        (Whose::Ward(ward), _) | (Whose::Everybody, Some(ward)) => ("x.ward = :scope", ward.into()),
        (Whose::Everybody, None) => ("'' = :scope", "".into()),
        (Whose::Account(_), _) => return None,
    };
    Some(Scope { condition, value })
}
