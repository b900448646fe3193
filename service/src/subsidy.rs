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

use domain::actor::{Actor, Role};
use sea_orm::Value;

/// Which reports or claims an actor may see: an SQL condition and its value for `$1`.
///
/// Members see what they provided, coordinators their ward, the headquarters everything or one ward of its choice.
struct Scope {
    condition: &'static str,
    value: Value,
}

/// `provider_id` and `ward` are columns of both `activity_report` and `subsidy_claim`, aliased `x`.
fn scope(actor: &Actor, ward: Option<&str>) -> Option<Scope> {
    let scope = match (&actor.role, ward) {
        (Role::Member { member, kind, .. }, _) if kind.provides() => {
            Scope { condition: "x.provider_id = $1", value: (*member).into() }
        }
        (Role::Member { .. }, _) => return None,
        (Role::Coordinator { ward }, _) => Scope { condition: "x.ward = $1", value: ward.as_str().into() },
        (Role::Hq, Some(ward)) => Scope { condition: "x.ward = $1", value: ward.into() },
        (Role::Hq, None) => Scope { condition: "'' = $1", value: "".into() },
    };
    Some(scope)
}
