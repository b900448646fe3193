//! Who acts: an account in its role, and which party of a case it stands for.

use crate::id::{AccountId, MemberId};
use crate::number::MemberNo;
use crate::workflow::keyed;
use serde::{Deserialize, Serialize};

/// A ward's key: `midori`, `aoba`, …
pub type WardCode = String;

keyed!(
    /// A member's kind (会員種別).
    MemberKind {
        /// 利用会員
        User = "user",
        /// 提供会員
        Provider = "provider",
        /// 両方会員
        Both = "both",
    }
);

impl MemberKind {
    /// Whether the member may ask for care.
    #[must_use]
    pub const fn uses(self) -> bool {
        matches!(self, Self::User | Self::Both)
    }

    /// Whether the member may give care.
    #[must_use]
    pub const fn provides(self) -> bool {
        matches!(self, Self::Provider | Self::Both)
    }

    /// The kinds that may give care.
    pub const PROVIDING: [Self; 2] = [Self::Provider, Self::Both];
    /// The kinds that may ask for care.
    pub const USING: [Self; 2] = [Self::User, Self::Both];
}

keyed!(
    /// What an account is, as its row says; [`Role`] adds what belongs to it.
    AccountRole {
        /// 会員
        Member = "member",
        /// コーディネーター
        Coordinator = "coordinator",
        /// 本部事務局
        Hq = "hq",
    }
);

/// What an account may be.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Role {
    /// A member of a ward's branch.
    Member {
        /// The member's row.
        member: MemberId,
        /// The member's number.
        no: MemberNo,
        /// What the member does.
        kind: MemberKind,
        /// The member's ward.
        ward: WardCode,
    },
    /// A coordinator of one ward's branch (コーディネーター).
    Coordinator {
        /// The only ward this person works for.
        ward: WardCode,
    },
    /// An officer of the headquarters (本部事務局): every ward, no coordination.
    Hq,
}

/// The signed-in person, known to every use case.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Actor {
    /// The account's row.
    pub account: AccountId,
    /// The name shown in histories.
    pub name: String,
    /// What the person may be.
    pub role: Role,
}

impl Actor {
    /// The member's row, for members.
    #[must_use]
    pub const fn member(&self) -> Option<MemberId> {
        match self.role {
            Role::Member { member, .. } => Some(member),
            Role::Coordinator { .. } | Role::Hq => None,
        }
    }

    /// The member's number, for members.
    #[must_use]
    pub const fn number(&self) -> Option<MemberNo> {
        match self.role {
            Role::Member { no, .. } => Some(no),
            Role::Coordinator { .. } | Role::Hq => None,
        }
    }

    /// What a member does.
    #[must_use]
    pub const fn kind(&self) -> Option<MemberKind> {
        match self.role {
            Role::Member { kind, .. } => Some(kind),
            Role::Coordinator { .. } | Role::Hq => None,
        }
    }

    /// The member's row, for those who may ask for care (利用/両方会員).
    #[must_use]
    pub const fn user_member(&self) -> Option<MemberId> {
        match self.role {
            Role::Member { member, kind, .. } if kind.uses() => Some(member),
            _ => None,
        }
    }

    /// The member's row, for those who may give care (提供/両方会員).
    #[must_use]
    pub const fn provider_member(&self) -> Option<MemberId> {
        match self.role {
            Role::Member { member, kind, .. } if kind.provides() => Some(member),
            _ => None,
        }
    }

    /// The ward of a coordinator.
    #[must_use]
    pub fn coordinator_ward(&self) -> Option<&str> {
        match &self.role {
            Role::Coordinator { ward } => Some(ward),
            Role::Member { .. } | Role::Hq => None,
        }
    }

    /// The ward of a member or coordinator.
    #[must_use]
    pub fn ward(&self) -> Option<&str> {
        match &self.role {
            Role::Member { ward, .. } | Role::Coordinator { ward } => Some(ward),
            Role::Hq => None,
        }
    }

    /// Whether this is the headquarters.
    #[must_use]
    pub const fn is_hq(&self) -> bool {
        matches!(self.role, Role::Hq)
    }
}

/// A side in a case, as the workflow tables name it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum Party {
    /// The family that asked (U).
    Family,
    /// The provider who is asked or matched (P).
    Provider,
    /// A coordinator of the case's ward (C).
    Coordinator,
    /// The headquarters (H).
    Headquarters,
    /// A job (T).
    Timer,
}

keyed!(
    /// How a step reached the system; a coordinator enters phone, paper and counter steps on behalf of a member.
    Channel {
        /// The person's own screen.
        Web = "web",
        /// A call to the branch.
        Phone = "phone",
        /// A signed paper.
        Paper = "paper",
        /// In person at the branch.
        Counter = "counter",
        /// A job.
        Job = "job",
    }
);

#[allow(clippy::derivable_impls, reason = "the keys' macro derives no default")]
impl Default for Channel {
    fn default() -> Self {
        Self::Web
    }
}

impl Channel {
    /// How a member's word reaches the branch, in the order of the forms.
    pub const OF_A_MEMBER: [Self; 3] = [Self::Phone, Self::Paper, Self::Counter];

    /// Whether a member's word may have reached the branch by it.
    #[must_use]
    pub const fn is_of_a_member(self) -> bool {
        matches!(self, Self::Phone | Self::Paper | Self::Counter)
    }
}

keyed!(
    /// The size of the letters on an account's pages (criteria A-DADS-2).
    TextSize {
        /// 16 px.
        Normal = "normal",
        /// 大きな文字: 18 px.
        Large = "large",
    }
);

#[allow(clippy::derivable_impls, reason = "the keys' macro derives no default")]
impl Default for TextSize {
    fn default() -> Self {
        Self::Normal
    }
}
