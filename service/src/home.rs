//! A member's home: what is the member's turn, what is planned, what is under way.
//!
//! It has two sides, each read by itself ([`family`], [`provider`]); a 両方会員 has both, as one list of what is to be done
//! and one of what is planned.

mod family;
mod provider;

pub use family::{FamilyHome, FamilyTurn, Underway, family};
pub use provider::{Arranging, CloseOutlook, ProviderHome, ProviderTurn, provider};

use crate::Env;
use crate::error::{Error, Result};
use domain::actor::Actor;
use domain::number::RequestNo;
use domain::policy::{Right, side};
use domain::request::{CareKind, CarePlace};
use domain::time::Instant;

/// Things of one kind shown at most; the lists have the rest.
const MOST: u64 = 30;

/// A member's home: one side for what the member asks for, one for the care the member gives.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Home {
    /// The family's side.
    pub family: Option<FamilyHome>,
    /// The provider's side.
    pub provider: Option<ProviderHome>,
}

/// Something that waits for the member.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Turn {
    /// As a family.
    Family(FamilyTurn),
    /// As a provider.
    Provider(ProviderTurn),
}

/// What comes first among that which waits: what others wait for, then what expires, then what is to be written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Rank {
    Approval,
    Offer,
    Sheet,
    Fix,
    Report,
    Draft,
    Receipt,
}

impl Turn {
    fn urgency(&self) -> (Rank, Instant) {
        match self {
            Self::Family(turn) => turn.urgency(),
            Self::Provider(turn) => turn.urgency(),
        }
    }
}

impl Home {
    /// あなたの番です of both sides, most urgent first.
    #[must_use]
    pub fn turns(&self) -> Vec<Turn> {
        let family = self.family.iter().flat_map(|side| side.turns.iter().cloned().map(Turn::Family));
        let provider = self.provider.iter().flat_map(|side| side.turns.iter().cloned().map(Turn::Provider));
        let mut turns: Vec<Turn> = family.chain(provider).collect();
        turns.sort_by_key(Turn::urgency);
        turns
    }

    /// これからの予定 of both sides, soonest first.
    #[must_use]
    pub fn planned(&self) -> Vec<Planned> {
        let family = self.family.iter().flat_map(|side| side.planned.clone());
        let provider = self.provider.iter().flat_map(|side| side.planned.clone());
        let mut planned: Vec<Planned> = family.chain(provider).collect();
        planned.sort_by_key(|planned| planned.start);
        planned
    }
}

/// Something planned.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Planned {
    /// The request.
    pub request: RequestNo,
    /// When it begins.
    pub start: Instant,
    /// When it ends; a meeting has no end.
    pub end: Option<Instant>,
    /// Whether it is the 事前打合せ instead of the activity.
    pub meeting: bool,
    /// The kind of help.
    pub kind: Option<CareKind>,
    /// The other side's name, where it is known.
    pub with: String,
    /// Whether the member gives the care.
    pub giving: bool,
    /// Where the meeting is; empty for an activity.
    pub meeting_place: String,
    /// What is needed at the door; only of an activity that is near.
    pub door: Option<AtTheDoor>,
}

impl Planned {
    const fn activity(
        request: RequestNo,
        (start, end): (Instant, Instant),
        kind: Option<CareKind>,
        with: String,
        giving: bool,
    ) -> Self {
        let meeting_place = String::new();
        Self { request, start, end: Some(end), meeting: false, kind, with, giving, meeting_place, door: None }
    }

    /// The meeting before this activity.
    fn meeting_at(self, start: Instant, place: Option<String>) -> Self {
        Self { start, end: None, meeting: true, meeting_place: place.unwrap_or_default(), ..self }
    }
}

/// What is needed at the door on the day of an activity and the day before, while contacts are open (domain 5.6).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AtTheDoor {
    /// The other side's telephone.
    pub telephone: String,
    /// The family's address for the provider; empty for the family.
    pub address: String,
    /// Where the care takes place.
    pub place: Option<CarePlace>,
    /// Where exactly.
    pub place_detail: String,
    /// Whether the provider finds 事前打合せ情報.
    pub sheet: bool,
}

/// The home of a member, with the sides that the member has.
///
/// # Errors
/// [`Error::NotFound`] for staff.
pub async fn home(env: &Env, actor: &Actor) -> Result<Home> {
    if actor.member().is_none() {
        return Err(Error::NotFound);
    }
    let mut home = Home::default();
    if side(actor, Right::AskForCare, None).is_some() {
        home.family = Some(family(env, actor).await?);
    }
    if side(actor, Right::ProvideCare, None).is_some() {
        home.provider = Some(provider(env, actor).await?);
    }
    Ok(home)
}
