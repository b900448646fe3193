//! What follows from an event: whoever is notified of it.
//!
//! No use case writes a notice itself. It says what happened, [`crate::step::Step`] hands the [`Event`] on, and
//! [`words`] answers who reads of it, in which words. Everything a member or a branch reads by mail stands in that folder.

pub(crate) mod words;

use crate::Env;
use crate::entity::{activity_report, care_request, member};
use crate::error::Result;
use crate::event::By;
use crate::notice::{self, Message};
use domain::actor::Channel;
use domain::event::Event;
use domain::id::MemberId;
use domain::time::Instant;
use sea_orm::ConnectionTrait;

/// What an event is about: the row as it was before the step, with its numbers and its members.
#[derive(Clone, Copy, Debug)]
pub(crate) enum About<'a> {
    Case(&'a care_request::Model),
    Report(&'a activity_report::Model),
    Member(&'a member::Model),
}

/// What causes notices: an event, with all that they say of it.
pub(crate) struct Cause<'a> {
    pub event: &'a Event,
    pub about: About<'a>,
    /// The key of the state before.
    pub from: Option<&'a str>,
    /// Why, in the person's words.
    pub reason: Option<&'a str>,
    pub by: &'a By<'a>,
    pub now: Instant,
}

impl Cause<'_> {
    /// Whether a member did it.
    fn by_member(&self) -> bool {
        self.by.actor.is_some_and(|actor| actor.member().is_some())
    }

    /// How the word of the member reached the branch, when it did the step in the member's name.
    fn on_behalf(&self) -> Option<Channel> {
        self.by.on_behalf_of.as_ref().map(|_| self.by.channel)
    }
}

/// Who reads a notice.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum To {
    /// A member: the inbox, and mail where there is an address.
    Member(MemberId),
    /// The coordinators of a ward.
    Branch(String),
    /// A mail address that belongs to nobody's record any more.
    Address(String),
}

/// One message to one reader.
#[derive(Clone, Debug)]
pub(crate) struct Notice {
    pub to: To,
    pub message: Message,
}

/// Puts the notices of an event into inboxes and the outbox, in the step's own transaction.
pub(crate) async fn follow<C: ConnectionTrait>(env: &Env, tx: &C, cause: &Cause<'_>) -> Result<()> {
    send(env, tx, cause.now, words::notices(cause)).await
}

/// Puts notices into inboxes and the outbox.
pub(crate) async fn send<C: ConnectionTrait>(env: &Env, tx: &C, now: Instant, notices: Vec<Notice>) -> Result<()> {
    let real_now = env.clock.real_now();
    for Notice { to, message } in notices {
        match to {
            To::Member(member) => notice::notify_member(tx, now, real_now, member, &message).await?,
            To::Branch(ward) => notice::notify_coordinators(tx, now, real_now, &ward, &message).await?,
            To::Address(mail) => notice::enqueue(tx, real_now, None, &mail, &message).await?,
        }
    }
    Ok(())
}
