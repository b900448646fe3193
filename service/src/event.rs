//! The audit trail: every transition writes one event in its own transaction. The one writer and the one reader of what
//! [`Event`] looks like in the table.

use crate::db;
use crate::entity::{account, event, member};
use crate::error::{Error, Result};
use domain::actor::{AccountRole, Actor, Channel};
use domain::event::{Action, Event};
use domain::fault::{FieldError, FieldFault};
use domain::id::{AccountId, MemberId, ReportId, RequestId};
use domain::policy::{Right, can};
use domain::time::Instant;
use sea_orm::sea_query::{Expr, ExprTrait, Order, Query};
use sea_orm::{ActiveValue::Set, ColumnTrait, ConnectionTrait, EntityTrait};

/// Who does a step, for whom, and how it reached us.
#[derive(Clone, Debug)]
pub struct By<'a> {
    /// The signed-in person; `None` for a job.
    pub actor: Option<&'a Actor>,
    /// The member a coordinator acts for.
    pub on_behalf_of: Option<String>,
    /// How it reached us.
    pub channel: Channel,
}

impl<'a> By<'a> {
    /// The person's own step.
    #[must_use]
    pub const fn web(actor: &'a Actor) -> Self {
        Self { actor: Some(actor), on_behalf_of: None, channel: Channel::Web }
    }

    /// A step that is a member's: her own, or a coordinator's in her name.
    ///
    /// # Errors
    /// The field `channel`, when a coordinator does not say how the member's word reached the branch.
    pub(crate) async fn for_member_of<C: ConnectionTrait>(
        connection: &C,
        actor: &'a Actor,
        member: MemberId,
        channel: Channel,
    ) -> Result<Self> {
        if !can(actor, Right::KeepDesk) {
            return Ok(Self::web(actor));
        }
        let channel = on_behalf(channel)?;
        let name = member_label(connection, member).await?;
        Ok(Self { actor: Some(actor), on_behalf_of: Some(name), channel })
    }

    /// A job's step.
    #[must_use]
    pub const fn job() -> By<'static> {
        By { actor: None, on_behalf_of: None, channel: Channel::Job }
    }
}

/// The channel of a step that a coordinator enters for a member.
///
/// # Errors
/// The field `channel`, when it does not say how the member's word reached the branch.
pub(crate) fn on_behalf(channel: Channel) -> Result<Channel> {
    if channel.is_of_a_member() {
        Ok(channel)
    } else {
        Err(Error::Invalid(vec![FieldError::new("channel", FieldFault::Missing)]))
    }
}

/// 「木村花子（MEM0040989）」, as histories name a member.
pub(crate) async fn member_label<C: ConnectionTrait>(connection: &C, id: MemberId) -> Result<String> {
    label_of(&member::Entity::find_by_id(id).one(connection).await?.ok_or(Error::NotFound)?)
}

/// The same of a row at hand.
///
/// # Errors
/// [`Error::Broken`] for a number that was never given.
pub(crate) fn label_of(row: &member::Model) -> Result<String> {
    Ok(format!("{}{}（{}）", row.family_name, row.given_name, row.member_no))
}

/// What happened and to which row; ids that do not apply stay `None`.
#[derive(Clone, Debug)]
pub struct Happened {
    /// What.
    pub event: Event,
    /// The ward it belongs to.
    pub ward: Option<String>,
    /// The request's row.
    pub request: Option<RequestId>,
    /// The report's row.
    pub report: Option<ReportId>,
    /// The member's row, for member records.
    pub member: Option<MemberId>,
    /// The status before.
    pub from: Option<&'static str>,
    /// The status after.
    pub to: Option<&'static str>,
    /// Why, in the person's words.
    pub reason: Option<String>,
}

impl Happened {
    /// An event that is about nothing yet and moves nothing.
    #[must_use]
    pub const fn new(event: Event) -> Self {
        Self { event, ward: None, request: None, report: None, member: None, from: None, to: None, reason: None }
    }
}

/// The columns `action` and `detail` of an event: its key, and its facts as JSON where it has any.
///
/// # Errors
/// When the facts cannot be written as JSON.
pub fn columns(event: &Event) -> Result<(&'static str, Option<String>)> {
    let mut facts = serde_json::to_value(event)?;
    if let Some(facts) = facts.as_object_mut() {
        facts.remove(TAG);
    }
    let any = facts.as_object().is_some_and(|facts| !facts.is_empty());
    Ok((event.action().key(), any.then(|| facts.to_string())))
}

/// Reads an event from its columns; `of_report` is whether it belongs to a report, whose 一時保存 and 登録 have the keys of a
/// request's.
///
/// # Errors
/// [`Error::Broken`] for a key that no release wrote.
pub fn read(action: &str, of_report: bool, detail: Option<&str>) -> Result<Event> {
    let tag = match (action, of_report) {
        ("save_draft", true) => "save_report",
        ("submit", true) => "submit_report",
        (key, _) => key,
    };
    let facts: serde_json::Value = detail.map(serde_json::from_str).transpose()?.unwrap_or_default();
    let mut facts = facts.as_object().cloned().unwrap_or_default();
    facts.insert(TAG.to_owned(), tag.into());
    Ok(serde_json::from_value(facts.into())?)
}

/// The name under which serde keeps which event it is.
const TAG: &str = "action";

/// Writes an event.
pub async fn record<C: ConnectionTrait>(transaction: &C, now: Instant, by: &By<'_>, what: Happened) -> Result<()> {
    let (action, detail) = columns(&what.event)?;
    let row = event::ActiveModel {
        at: Set(now),
        ward: Set(what.ward),
        request_id: Set(what.request),
        report_id: Set(what.report),
        member_id: Set(what.member),
        action: Set(action.to_owned()),
        from_status: Set(what.from.map(str::to_owned)),
        to_status: Set(what.to.map(str::to_owned)),
        account_id: Set(by.actor.map(|actor| actor.account)),
        actor_name: Set(by.actor.map_or_else(|| "自動処理".to_owned(), |actor| actor.name.clone())),
        on_behalf_of: Set(by.on_behalf_of.clone()),
        channel: Set(by.channel),
        reason: Set(what.reason),
        detail: Set(detail),
        ..Default::default()
    };
    event::Entity::insert(row).exec_without_returning(transaction).await?;
    Ok(())
}

/// The last step that moved a request or a report.
#[derive(Clone, Debug, sea_orm::FromQueryResult)]
pub struct LastMove {
    /// The action's key.
    pub action: String,
    /// The account that did it; none for a job.
    pub account_id: Option<AccountId>,
    /// The name in the history.
    pub actor_name: String,
    /// The account's role, `member`, `coordinator` or `hq`.
    pub role: Option<AccountRole>,
}

/// Reads the last step that moved a request.
pub async fn last_move<C: ConnectionTrait>(connection: &C, request: RequestId) -> Result<Option<LastMove>> {
    let of_request = event::Column::RequestId.eq(request);
    let moves = event::Column::ReportId.is_null().and(event::Column::ToStatus.is_not_null());
    last(connection, of_request.and(moves)).await
}

/// The latest event that a condition picks, with who did it.
pub(crate) async fn last<C: ConnectionTrait>(connection: &C, picked: Expr) -> Result<Option<LastMove>> {
    use event::Column as E;
    let last = Query::select()
        .columns([E::Action, E::AccountId, E::ActorName].map(|column| column.as_column_ref()))
        .column(account::Column::Role.as_column_ref())
        .from(event::Entity)
        .left_join(account::Entity, db::same(account::Column::Id, E::AccountId))
        .and_where(picked)
        .order_by(E::Id.as_column_ref(), Order::Desc)
        .limit(1)
        .take();
    db::select_one(connection, &last).await
}

/// Names who was first to the one who came too late; where it is `discreet`, members do not learn each other's names this way.
#[must_use]
pub fn stale(actor: &Actor, last: Option<LastMove>, discreet: bool) -> Error {
    let Some(last) = last else { return Error::Stale { by: String::new(), action: None } };
    let hidden = discreet
        && actor.member().is_some()
        && last.role == Some(AccountRole::Member)
        && last.account_id != Some(actor.account);
    let by = if hidden { "お相手の会員".to_owned() } else { last.actor_name };
    Error::Stale { by, action: Action::from_key(&last.action) }
}

#[cfg(test)]
mod tests {
    use super::{columns, read};
    use domain::coordination::SearchAgainReason;
    use domain::event::{Action, Answer, Approved, Because, Event, Registered, SearchedAgain};
    use domain::id::ChildId;
    use domain::report::ExpenseKind;
    use domain::report_change::Version;
    use domain::time::{Instant, parse_iso_date};

    #[test]
    fn every_action_is_read_back_as_it_was_written() {
        for action in Action::ALL {
            for of_report in [false, true] {
                let event = read(action.key(), of_report, None).unwrap();
                assert_eq!(event.action(), *action, "{event:?}");
                let (key, detail) = columns(&event).unwrap();
                assert_eq!((key, read(key, of_report, detail.as_deref()).unwrap()), (action.key(), event));
            }
        }
    }

    #[test]
    fn what_a_report_said_before_is_read_back_as_it_was() {
        let at = |minute| Instant::at(parse_iso_date("2024-03-30").unwrap(), minute);
        let before = Version {
            entered_on: parse_iso_date("2024-03-30"),
            hours: Some((at(690), at(810))),
            children: [ChildId(1), ChildId(2)].into(),
            expenses: [(ExpenseKind::Transport, 300), (ExpenseKind::Meal, 700)].into(),
            notes: "公園で\n「\"遊び\"」ました。".into(),
            fee: 1800,
            benefit: 2000,
        };
        let event = Event::SubmitReport(Registered { before: Some(before), ..Registered::default() });
        let (key, detail) = columns(&event).unwrap();
        assert_eq!(read(key, true, detail.as_deref()).unwrap(), event);
    }

    /// What releases before the enum wrote: every key with every bag of facts it had.
    #[test]
    fn events_of_earlier_releases_are_read() {
        let old = include_str!("event/earlier.tsv");
        let mut seen = std::collections::BTreeSet::new();
        for line in old.lines().filter(|line| !line.starts_with('#')) {
            let (of_report, rest) = line.split_once('\t').unwrap();
            let (action, detail) = rest.split_once('\t').unwrap_or((rest, ""));
            let event = read(action, of_report == "report", (!detail.is_empty()).then_some(detail)).unwrap();
            seen.insert(event.action());
            // No fact is lost on the way: what is written again says all that was there.
            let before: serde_json::Value =
                serde_json::from_str(if detail.is_empty() { "{}" } else { detail }).unwrap();
            let after: serde_json::Value =
                serde_json::from_str(&columns(&event).unwrap().1.unwrap_or("{}".into())).unwrap();
            for (key, value) in before.as_object().unwrap() {
                assert_eq!(after.get(key), Some(value), "{line}");
            }
        }
        assert!(seen.len() >= 49, "a line is lost");
    }

    #[test]
    fn what_is_missing_or_not_known_any_more_says_nothing() {
        let event = read("search_again", false, Some(r#"{"reason":"gone","provider":"木村"}"#)).unwrap();
        assert_eq!(event, Event::SearchAgain(SearchedAgain { provider: "木村".into(), ..SearchedAgain::default() }));
        let known = read("search_again", false, Some(r#"{"reason":"terms","meeting_at":null}"#)).unwrap();
        assert!(matches!(known, Event::SearchAgain(again) if again.reason == Some(SearchAgainReason::Terms)));
        let moved =
            r#"{"fee":1200,"before":{"fee":900,"end":"2024-03-30T13:00:00+09:00","expenses":{"taxi":1},"x":1}}"#;
        let event = read("submit", true, Some(moved)).unwrap();
        let before = Version { fee: 900, ..Version::default() };
        let registered = Registered { fee: 1200, before: Some(before), ..Registered::default() };
        assert_eq!(event, Event::SubmitReport(registered), "half of the hours is none");
        let event = read("approve", true, Some(r#"{"tickets":1,"user_pays":900}"#)).unwrap();
        assert_eq!(event, Event::Approve(Approved { tickets: 1, user_pays: 900, ..Approved::default() }));
        let event = read("charge_anew", true, Some(r#"{"because":"birth_date"}"#)).unwrap();
        assert!(matches!(event, Event::Recalculate(sum) if sum.because == Some(Because::BirthDate)));
        assert_eq!(read("see", false, None).unwrap(), Event::See(Answer::default()));
        assert!(read("never_written", false, None).is_err());
    }
}
