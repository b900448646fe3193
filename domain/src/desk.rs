//! What a page of the desk shows and hears, as it travels to the browser.

use crate::coordination::{QueueGroup, Stall};
use crate::id::RequestId;
use crate::number::RequestNo;
use crate::request::{CareKind, CoordinationStatus};
use crate::time::Instant;
use serde::{Deserialize, Serialize};

/// What others did in a coordinator's ward since her page was drawn.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct DeskNews {
    /// How many cases are new or have moved.
    pub cases: u32,
}

/// One case of the queue.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct QueueLine {
    /// 依頼ID
    pub no: RequestNo,
    /// The status.
    pub status: CoordinationStatus,
    /// The family's name.
    pub family: String,
    /// The family's town.
    pub town: String,
    /// Start of the activity.
    pub starts_at: Instant,
    /// End of the activity.
    pub ends_at: Instant,
    /// 希望する援助内容
    pub care_kind: CareKind,
    /// 預ける子どもの人数
    pub children: i64,
    /// When the request came in.
    pub requested_at: Instant,
    /// 事前打合せ日
    pub meeting_at: Option<Instant>,
    /// Who took it.
    pub owner: Option<String>,
    /// Offers without an answer yet.
    pub waiting_offers: i64,
    /// Why it is stalled.
    pub stall: Option<Stall>,
}

/// One group of the queue.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct QueueShelf {
    /// Which group it is.
    pub group: QueueGroup,
    /// How many cases it holds.
    pub count: u64,
    /// Its cases, the soonest day first; none where another group alone was asked for.
    pub lines: Vec<QueueLine>,
}

/// The queue in its groups, empty groups included.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Queue {
    /// The groups in their order.
    pub groups: Vec<QueueShelf>,
    /// Closed cases, when asked for.
    pub closed: Vec<QueueLine>,
    /// The key of the next page of closed cases.
    pub next: Option<RequestId>,
}

impl Queue {
    /// How many cases wait for the branch (要対応).
    #[must_use]
    pub fn to_do(&self) -> u64 {
        self.counted(false)
    }

    /// How many wait for somebody else, or for their day (待ち).
    #[must_use]
    pub fn waiting(&self) -> u64 {
        self.counted(true)
    }

    fn counted(&self, waits: bool) -> u64 {
        self.groups.iter().filter(|shelf| shelf.group.waits() == waits).map(|shelf| shelf.count).sum()
    }
}
