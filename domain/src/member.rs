//! Members (会員), their status and trainings (domain 1.2, 5.1).

pub use crate::actor::MemberKind;
use crate::workflow::keyed;

keyed!(
    /// The membership's status (domain 5.1).
    MembershipStatus {
        /// 申込中
        Applied = "applied",
        /// 研修中
        InTraining = "in_training",
        /// 活動中
        Active = "active",
        /// 休止
        Suspended = "suspended",
        /// 更新切れ
        Expired = "expired",
        /// 退会
        Withdrawn = "withdrawn",
    }
);

keyed!(
    /// The kind of a training record (受講記録).
    TrainingKind {
        /// 予定者研修
        PreService = "pre_service",
        /// 緊急救命講習
        LifeSaving = "life_saving",
        /// 事故防止講習
        AccidentPrevention = "accident_prevention",
    }
);

/// Trainings a provider must hold, valid on the day of the activity (domain 1.2 and 1.9: every five years).
pub const REQUIRED_TRAININGS: &[TrainingKind] =
    &[TrainingKind::PreService, TrainingKind::LifeSaving, TrainingKind::AccidentPrevention];
