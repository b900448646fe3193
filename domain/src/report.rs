//! The activity report (援助活動報告書, EKH): two independent statuses and their steps (domain 5.3).

use crate::actor::Party::{self, Coordinator, Family, Provider};
use crate::workflow::{Step, keyed};

keyed!(
    /// The report's status (報告書ステータス).
    ReportStatus {
        /// 作成中
        Draft = "draft",
        /// 承認待ち
        AwaitingApproval = "awaiting_approval",
        /// 修正依頼
        RevisionRequested = "revision_requested",
        /// 承認済
        Approved = "approved",
        /// 取消
        Voided = "voided",
    }
);

keyed!(
    /// The reward's receipt status (報酬受領ステータス).
    RewardStatus {
        /// 受領前
        NotReceived = "not_received",
        /// 受領済
        Received = "received",
    }
);

keyed!(
    /// What can be done to a report.
    ReportAction {
        /// 一時保存
        SaveDraft = "save_draft",
        /// 登録
        Submit = "submit",
        /// Pull a registered report back before it is approved.
        PullBack = "pull_back",
        /// 承認
        Approve = "approve",
        /// 修正依頼
        RequestRevision = "request_revision",
        /// 取消
        Void = "void",
        /// Open an approved report again (the coordinator, with a reason).
        Reopen = "reopen",
    }
);

keyed!(
    /// What can be done to the reward.
    RewardAction {
        /// 報酬受領
        MarkReceived = "mark_received",
        /// Take a receipt back on the same day, or by the coordinator.
        UndoReceipt = "undo_receipt",
    }
);

use ReportAction as A;
use ReportStatus as S;

const P: &[Party] = &[Provider, Coordinator];

const fn step(from: S, action: A, to: S, by: &'static [Party]) -> Step<S, A> {
    Step { from, action, to, by }
}

/// Domain 5.3, the report's own status.
pub const TABLE: &[Step<S, A>] = &[
    step(S::Draft, A::SaveDraft, S::Draft, P),
    step(S::Draft, A::Submit, S::AwaitingApproval, P),
    step(S::Draft, A::Void, S::Voided, P),
    step(S::AwaitingApproval, A::PullBack, S::Draft, P),
    step(S::AwaitingApproval, A::Approve, S::Approved, &[Family, Coordinator]),
    step(S::AwaitingApproval, A::RequestRevision, S::RevisionRequested, &[Family, Coordinator]),
    step(S::AwaitingApproval, A::Void, S::Voided, P),
    step(S::RevisionRequested, A::SaveDraft, S::RevisionRequested, P),
    step(S::RevisionRequested, A::Submit, S::AwaitingApproval, P),
    step(S::RevisionRequested, A::Void, S::Voided, P),
    step(S::Approved, A::Reopen, S::RevisionRequested, &[Coordinator]),
];

/// Domain 5.3, the reward's status; only an approved report's reward moves.
pub const REWARD_TABLE: &[Step<RewardStatus, RewardAction>] = &[
    Step { from: RewardStatus::NotReceived, action: RewardAction::MarkReceived, to: RewardStatus::Received, by: P },
    Step { from: RewardStatus::Received, action: RewardAction::UndoReceipt, to: RewardStatus::NotReceived, by: P },
];

impl ReportStatus {
    /// Whether times and amounts may be edited.
    #[must_use]
    pub const fn is_editable(self) -> bool {
        matches!(self, Self::Draft | Self::RevisionRequested)
    }

    /// Whether the report's hours stand in the way of another report of the same provider.
    #[must_use]
    pub const fn blocks_overlap(self) -> bool {
        matches!(self, Self::AwaitingApproval | Self::RevisionRequested | Self::Approved)
    }
}

keyed!(
    /// The kind of actual expenses (実費), paid by the family, never subsidised.
    ExpenseKind {
        /// 交通費
        Transport = "transport",
        /// 食事代
        Meal = "meal",
        /// おやつ代
        Snack = "snack",
        /// おむつ代
        Diaper = "diaper",
        /// その他
        Other = "other",
    }
);

keyed!(
    /// How the reward was handed over.
    ReceiptMethod {
        /// 現金
        Cash = "cash",
        /// コード決済
        CodePayment = "code_payment",
        /// おためし券のみ
        CouponOnly = "coupon_only",
    }
);
