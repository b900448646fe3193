//! Members (会員), their status and trainings (domain 1.2, 5.1).

pub use crate::actor::MemberKind;
use crate::actor::Party;
use crate::workflow::{Step, keyed};

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

impl MembershipStatus {
    /// Providers whom the branch looks over for a case, if only to see why they cannot be asked.
    pub const LISTED: [Self; 4] = [Self::Active, Self::Suspended, Self::Expired, Self::InTraining];
}

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

keyed!(
    /// What the branch can correct in a member's record; the history names it.
    RecordField {
        /// 姓（漢字）
        FamilyName = "family_name",
        /// 名（漢字）
        GivenName = "given_name",
        /// 姓（カナ）
        FamilyKana = "family_kana",
        /// 名（カナ）
        GivenKana = "given_kana",
        /// 住所: postal code, town and address.
        Address = "address",
        /// 電話番号
        Telephone = "telephone",
        /// メールアドレス
        Mail = "mail",
        /// A child's 名前.
        ChildName = "child_name",
        /// A child's 名前（カナ）.
        ChildKana = "child_kana",
        /// A child's 生年月日.
        ChildBirth = "child_birth",
        /// The last day of a child's おためし券, which follows from the birth date.
        CouponEnd = "coupon_end",
    }
);

/// Trainings a provider must hold, valid on the day of the activity (domain 1.2 and 1.9: every five years).
pub const REQUIRED_TRAININGS: &[TrainingKind] =
    &[TrainingKind::PreService, TrainingKind::LifeSaving, TrainingKind::AccidentPrevention];

keyed!(
    /// What happens to a membership.
    MembershipAction {
        /// 休止
        Suspend = "suspend",
        /// 復帰
        Resume = "resume",
        /// The last required training is there.
        Train = "train",
    }
);

/// Steps of a membership; all of them are the branch's.
pub const MEMBERSHIP_TABLE: &[Step<MembershipStatus, MembershipAction>] = {
    use MembershipAction as A;
    use MembershipStatus as S;
    const fn step(from: S, action: A, to: S) -> Step<S, A> {
        Step { from, action, to, by: &[Party::Coordinator] }
    }
    &[
        step(S::Active, A::Suspend, S::Suspended),
        step(S::Suspended, A::Resume, S::Active),
        step(S::InTraining, A::Train, S::Active),
    ]
};
