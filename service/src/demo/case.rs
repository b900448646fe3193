//! One case, told step by step as the use cases would have written it.
//!
//! Every step moves the status, the revision and `updated_at`, and writes its event, as in `domain::request::TABLE`
//! and `domain::report::TABLE`; [`Case::done`] hands the rows over.

use super::people::{Child, Person};
use super::world::{Doer, Told, World};
use crate::entity::{
    activity, activity_report, activity_report_child, approval, care_request, care_request_child, expense, offer,
    pre_meeting_sheet, receipt,
};
use crate::error::Result;
use crate::id;
use domain::actor::{Actor, Channel};
use domain::report::{ReceiptMethod, ReportAction, ReportStatus, RewardAction, RewardStatus};
use domain::request::{ActivityStatus, CareKind, CarePlace, CoordinationStatus, OFFER_HOURS, OfferStatus, RequestAction};
use domain::time::Instant;
use std::sync::Arc;

/// What a family asks for.
#[derive(Clone, Debug)]
pub struct Asked {
    /// The family.
    pub family: Arc<Person>,
    /// The ward's coordinator.
    pub coordinator: Actor,
    /// The ward.
    pub ward: String,
    /// The number's counter.
    pub no: i64,
    /// The children.
    pub children: Vec<Child>,
    /// 希望する援助内容.
    pub kind: CareKind,
    /// Where.
    pub place: CarePlace,
    /// Where exactly.
    pub place_detail: String,
    /// Notes of the family.
    pub notes: String,
    /// How it reached us.
    pub channel: Channel,
    /// Start of the care.
    pub starts_at: Instant,
    /// End of the care.
    pub ends_at: Instant,
    /// When it was asked.
    pub asked_at: Instant,
}

/// One case on its way.
#[derive(Clone, Debug)]
pub struct Case {
    asked: Asked,
    request: care_request::Model,
    status: CoordinationStatus,
    provider: Option<Arc<Person>>,
    offers: Vec<(offer::Model, Arc<Person>)>,
    sheet: Option<pre_meeting_sheet::Model>,
    activities: Vec<activity::Model>,
    reports: Vec<Written>,
}

/// A report with the rows that belong to it.
#[derive(Clone, Debug)]
struct Written {
    row: activity_report::Model,
    status: ReportStatus,
    reward: RewardStatus,
    children: Vec<Child>,
    expenses: Vec<expense::Model>,
    approvals: Vec<approval::Model>,
    receipts: Vec<receipt::Model>,
}
