//! The receipt of the reward (報酬受領): only after an approval, undone only before a close has taken it.

use crate::actor::Party;
use crate::approval::Approval;
use crate::fault::FieldFault;
use crate::refusal::Refusal;
use crate::report::{REWARD_TABLE, ReceiptMethod, RewardAction, RewardStatus};
use crate::time::Instant;
use crate::workflow::{self, StepRefused};

/// Why a receipt is not written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum NotReceived {
    /// A rule says no.
    Refused(Refusal),
    /// The way of payment does not fit the amount.
    Method(FieldFault),
}

/// A received reward; only an [`Approval`] leads to one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Receipt {
    method: ReceiptMethod,
    yen: i64,
}

impl Receipt {
    /// Decides on the receipt of what an approval settled.
    ///
    /// # Errors
    /// [`Refusal::AlreadyReceived`], [`Refusal::NotYours`], or a method that does not fit: 「おためし券のみ」 is for
    /// nothing to pay, and nothing else is.
    pub fn decide(
        approval: &Approval,
        reward: RewardStatus,
        by: Party,
        method: ReceiptMethod,
    ) -> Result<Self, NotReceived> {
        workflow::next(REWARD_TABLE, reward, RewardAction::MarkReceived, by)
            .map_err(|refused| NotReceived::Refused(of_reward(refused, reward)))?;
        let yen = approval.settlement().user_pays;
        if (method == ReceiptMethod::CouponOnly) != (yen == 0) {
            return Err(NotReceived::Method(FieldFault::NotAChoice));
        }
        Ok(Self { method, yen })
    }

    /// How it was paid.
    #[must_use]
    pub const fn method(&self) -> ReceiptMethod {
        self.method
    }

    /// What the family paid, in yen.
    #[must_use]
    pub const fn yen(&self) -> i64 {
        self.yen
    }
}

/// Turns the reward table's answer into a refusal.
#[must_use]
pub const fn of_reward(refused: StepRefused, now: RewardStatus) -> Refusal {
    match (refused, now) {
        (StepRefused::NotYours, _) => Refusal::NotYours,
        (StepRefused::NotNow, RewardStatus::Received) => Refusal::AlreadyReceived,
        (StepRefused::NotNow, RewardStatus::NotReceived) => Refusal::NotReceived,
    }
}

/// Whether a receipt may be taken back: by the provider on its own day (Asia/Tokyo), by the coordinator later too.
///
/// The close's guard ([`crate::subsidy::still_open`]) comes before this one.
///
/// # Errors
/// [`Refusal::NotReceived`], [`Refusal::NotYours`], [`Refusal::UndoOnlySameDay`].
pub fn undo(reward: RewardStatus, by: Party, received_at: Option<Instant>, now: Instant) -> Result<(), Refusal> {
    workflow::next(REWARD_TABLE, reward, RewardAction::UndoReceipt, by)
        .map_err(|refused| of_reward(refused, reward))?;
    let same_day = received_at.is_some_and(|received| received.date() == now.date());
    if by == Party::Provider && !same_day {
        return Err(Refusal::UndoOnlySameDay);
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::approval::ApprovalRecord;
    use crate::coupon::Settlement;
    use crate::report::ReportStatus;
    use crate::time::parse_rfc3339;

    fn approval(user_pays: i64) -> Approval {
        let settlement = Settlement { user_pays, ..Settlement::default() };
        Approval::on_record(ReportStatus::Approved, ApprovalRecord { content_hash: "a".into(), settlement }).unwrap()
    }

    #[test]
    fn the_method_fits_the_amount() {
        let decide = |yen, method| Receipt::decide(&approval(yen), RewardStatus::NotReceived, Party::Provider, method);
        assert_eq!(decide(1000, ReceiptMethod::Cash).unwrap().yen(), 1000);
        assert!(decide(0, ReceiptMethod::CouponOnly).is_ok());
        for (yen, method) in [(1000, ReceiptMethod::CouponOnly), (0, ReceiptMethod::Cash)] {
            assert_eq!(decide(yen, method), Err(NotReceived::Method(FieldFault::NotAChoice)));
        }
    }

    #[test]
    fn the_provider_takes_back_on_the_same_day_only() {
        let received = parse_rfc3339("2024-04-01T23:59:00+09:00").unwrap();
        let midnight = parse_rfc3339("2024-04-02T00:00:00+09:00").unwrap();
        let at = |by, now| undo(RewardStatus::Received, by, Some(received), now);
        assert_eq!(at(Party::Provider, received), Ok(()));
        assert_eq!(at(Party::Provider, midnight), Err(Refusal::UndoOnlySameDay));
        assert_eq!(at(Party::Coordinator, midnight), Ok(()));
        assert_eq!(at(Party::Family, received), Err(Refusal::NotYours));
        let open = undo(RewardStatus::NotReceived, Party::Provider, None, received);
        assert_eq!(open, Err(Refusal::NotReceived));
    }
}
