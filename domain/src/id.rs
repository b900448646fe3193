//! The keys of the tables' rows: ids of different tables are different types, so that one is never taken for another.

/// Declares the key of one table's rows.
macro_rules! id {
    ($($(#[$doc:meta])* $name:ident),+ $(,)?) => { $(
        $(#[$doc])*
        #[derive(
            Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize, serde::Deserialize,
        )]
        #[serde(transparent)]
        pub struct $name(pub i64);

        impl $name {
            /// Behind the key of every row: where a list begins whose newest row comes first.
            pub const LAST: Self = Self(i64::MAX);
        }

        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                self.0.fmt(f)
            }
        }

        impl std::str::FromStr for $name {
            type Err = std::num::ParseIntError;

            fn from_str(text: &str) -> Result<Self, Self::Err> {
                text.parse().map(Self)
            }
        }

        crate::stored::stored_as!($name, i64, |id| id.0, |id| Some($name(id)));

        #[cfg(feature = "stored")]
        impl sea_orm::TryFromU64 for $name {
            fn try_from_u64(id: u64) -> Result<Self, sea_orm::DbErr> {
                i64::try_from_u64(id).map(Self)
            }
        }
    )+ };
}

id!(
    /// A person who signs in.
    AccountId,
    /// An agreed activity (援助活動).
    ActivityId,
    /// A family's approval (承認).
    ApprovalId,
    /// A call to make (要連絡).
    CallbackId,
    /// A child of a member.
    ChildId,
    /// A provider's claim of one month (給付金請求申請).
    ClaimId,
    /// The book of おためし券 of one child.
    CouponId,
    /// An entry of the audit trail.
    EventId,
    /// A member (会員).
    MemberId,
    /// A message in 受信メール.
    NoticeId,
    /// An offer to a provider (打診).
    OfferId,
    /// A mail to be sent.
    OutboxId,
    /// An activity report (援助活動報告書).
    ReportId,
    /// A care request (援助依頼) with its coordination.
    RequestId,
);
