//! Who acts: an account in its role, and which party of a case it stands for.

use crate::number::MemberNo;
use serde::{Deserialize, Serialize};

/// A ward's key: `midori`, `aoba`, …
pub type WardCode = String;

/// A member's kind (会員種別).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum MemberKind {
    /// 利用会員
    User,
    /// 提供会員
    Provider,
    /// 両方会員
    Both,
}

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

    /// The key stored in the database and used in forms.
    #[must_use]
    pub const fn key(self) -> &'static str {
        match self {
            Self::User => "user",
            Self::Provider => "provider",
            Self::Both => "both",
        }
    }

    /// Reads a stored or submitted key.
    #[must_use]
    pub fn from_key(key: &str) -> Option<Self> {
        [Self::User, Self::Provider, Self::Both].into_iter().find(|kind| kind.key() == key)
    }
}

/// What an account may be.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Role {
    /// A member of a ward's branch.
    Member {
        /// The member's row.
        member: i64,
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
    pub account: i64,
    /// The name shown in histories.
    pub name: String,
    /// What the person may be.
    pub role: Role,
}

impl Actor {
    /// The member's row, for members.
    #[must_use]
    pub const fn member(&self) -> Option<i64> {
        match self.role {
            Role::Member { member, .. } => Some(member),
            Role::Coordinator { .. } | Role::Hq => None,
        }
    }

    /// The member's row, for those who may ask for care (利用/両方会員).
    #[must_use]
    pub const fn user_member(&self) -> Option<i64> {
        match self.role {
            Role::Member { member, kind, .. } if kind.uses() => Some(member),
            _ => None,
        }
    }

    /// The member's row, for those who may give care (提供/両方会員).
    #[must_use]
    pub const fn provider_member(&self) -> Option<i64> {
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
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
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

/// How a step reached the system; a coordinator enters phone, paper and counter steps on behalf of a member.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum Channel {
    /// The person's own screen.
    #[default]
    Web,
    /// A call to the branch.
    Phone,
    /// A signed paper.
    Paper,
    /// In person at the branch.
    Counter,
    /// A job.
    Job,
}

impl Channel {
    const ALL: [Self; 5] = [Self::Web, Self::Phone, Self::Paper, Self::Counter, Self::Job];
    /// How a member's word reaches the branch, in the order of the forms.
    pub const OF_A_MEMBER: [Self; 3] = [Self::Phone, Self::Paper, Self::Counter];

    /// The key stored in the database and used in forms.
    #[must_use]
    pub const fn key(self) -> &'static str {
        match self {
            Self::Web => "web",
            Self::Phone => "phone",
            Self::Paper => "paper",
            Self::Counter => "counter",
            Self::Job => "job",
        }
    }

    /// Whether a member's word may have reached the branch by it.
    #[must_use]
    pub const fn is_of_a_member(self) -> bool {
        matches!(self, Self::Phone | Self::Paper | Self::Counter)
    }

    /// Reads a stored or submitted key.
    #[must_use]
    pub fn from_key(key: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|channel| channel.key() == key)
    }
}
