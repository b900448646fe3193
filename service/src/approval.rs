//! 承認, 修正依頼 and opening again (domain 5.3): what the family saw is what is approved, and nobody's silence is.

use crate::entity::{activity_report, approval as approval_row};
use crate::error::{Error, Result};
use crate::report::{Loaded, lock_provider_of, recalculate};
use crate::step::Step;
use crate::{Env, close_lock, coupon, reason, receipt};
use domain::actor::{Actor, Channel, Party};
use domain::approval::{Approval, NotApproved, Registered, Seen};
use domain::coupon::{TicketBalance, TicketChoice};
use domain::event::{Approved, Event, Reopened};
use domain::fault::{FieldError, FieldFault};
use domain::id::ChildId;
use domain::input;
use domain::number::ReportNo;
use domain::report::{ReportAction, ReportStatus, RewardStatus};
use domain::subsidy::still_open;
use sea_orm::sea_query::Expr;
use sea_orm::{ActiveValue::Set, ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter};

/// What the approval page sends.
#[derive(Clone, Debug, Default)]
pub struct ApprovalForm {
    /// The revision the page was drawn from.
    pub revision: i64,
    /// The hash of the content on the page.
    pub content_hash: String,
    /// Tickets per child as typed; an empty text is none.
    pub tickets: Vec<(ChildId, String)>,
    /// What a coordinator has in hand: the signed paper, who called and when.
    pub evidence: String,
}

/// The field of a child's tickets.
#[must_use]
pub fn ticket_field(child: ChildId) -> String {
    format!("tickets[{child}]")
}

/// 承認: exactly what was on the page, with the tickets the family chose, which are spent in the same transaction.
///
/// # Errors
/// [`domain::refusal::Refusal::ChangedSinceSeen`], [`domain::refusal::Refusal::CouponShort`] when the tickets went elsewhere meanwhile,
/// [`Error::Invalid`] (too many tickets; a coordinator without evidence), [`Error::Stale`], and the table's refusals.
pub async fn approve(env: &Env, actor: &Actor, no: ReportNo, form: &ApprovalForm, channel: Channel) -> Result<()> {
    let transaction = env.db.begin().await?;
    // The lock comes before the rows, as in a receipt, and gives the moment to stamp.
    let now = close_lock::shared(env, &transaction).await?;
    // A report beside this one that is being registered counts this one's places as its family left them.
    lock_provider_of(&transaction, no).await?;
    let mut step = Step::<Loaded>::hold(env, &transaction, actor, no).await?;
    if approved_by(&transaction, &step.thing, actor, &form.content_hash).await? {
        return Ok(());
    }
    let seen = Seen { revision: form.revision, content_hash: form.content_hash.clone() };
    // An awaiting report of another revision is "changed since seen", which the decision below says.
    let awaiting = step.thing.status == ReportStatus::AwaitingApproval;
    if !step.take(ReportAction::Approve, (!awaiting).then_some(form.revision)).await? {
        return Ok(());
    }
    step.for_member(step.thing.member(Party::Family)?, channel).await?;
    let loaded = &step.thing;
    let quote = loaded.quote()?;
    let day = loaded.row.started_at.map_or(now.date(), |start| start.date());
    let usable = coupon::usable(&transaction, loaded.row.id, day).await?;
    let balances: Vec<TicketBalance> = usable
        .iter()
        .map(|usable| TicketBalance { child: usable.child, tickets: u32::try_from(usable.tickets).unwrap_or(0) })
        .collect();
    let content_hash = loaded.row.content_hash.clone().unwrap_or_default();
    let registered = Registered {
        status: loaded.status,
        revision: loaded.row.revision,
        content_hash: &content_hash,
        quote: &quote,
        expenses: loaded.row.expenses_yen,
    };
    // Whether the page is still true comes before what was typed on it.
    Approval::decide(registered, loaded.party, &seen, &[], &balances).map_err(refused)?;
    let choices = choices(&form.tickets)?;
    let approval = Approval::decide(registered, loaded.party, &seen, &choices, &balances).map_err(refused)?;
    let evidence = match loaded.party {
        Party::Coordinator => Some(reason::needed("evidence", &form.evidence)?),
        _ => None,
    };

    let mut book = None;
    let mut uses: Vec<_> = approval.uses().iter().collect();
    // Always in the same order, so two approvals of one family never wait for each other.
    uses.sort_by_key(|used| used.child);
    for used in uses {
        let tickets = i64::from(used.tickets);
        let coupon = coupon::consume(&transaction, now, loaded.row.id, used.child, tickets, day).await?;
        book = book.or(Some(coupon));
    }
    let settlement = *approval.settlement();
    let row = approval_row::ActiveModel {
        report_id: Set(loaded.row.id),
        account_id: Set(actor.account),
        channel: Set(step.by.channel),
        evidence: Set(evidence.clone()),
        content_hash: Set(approval.content_hash().to_owned()),
        tickets: Set(i64::from(settlement.coupons_used)),
        coupon_id: Set(book),
        coupon_yen: Set(settlement.coupon_yen),
        user_pays_yen: Set(settlement.user_pays),
        at: Set(now),
        ..Default::default()
    };
    approval_row::Entity::insert(row).exec_without_returning(&transaction).await?;
    step.changes.approved_at = Set(Some(now));
    step.changes.coupon_yen = Set(settlement.coupon_yen);
    let event = Event::Approve(Approved {
        content_hash: approval.content_hash().to_owned(),
        revision: seen.revision,
        tickets: settlement.coupons_used,
        user_pays: settlement.user_pays,
    });
    step.commit(event, evidence).await?;
    transaction.commit().await?;
    Ok(())
}

/// Whether this person's approval of exactly this content stands already.
async fn approved_by<C: ConnectionTrait>(
    transaction: &C,
    loaded: &Loaded,
    actor: &Actor,
    content_hash: &str,
) -> Result<bool> {
    if loaded.status != ReportStatus::Approved {
        return Ok(false);
    }
    let standing = approval_row::Entity::find()
        .filter(approval_row::Column::ReportId.eq(loaded.row.id))
        .filter(approval_row::Column::AccountId.eq(actor.account))
        .filter(approval_row::Column::ContentHash.eq(content_hash))
        .filter(approval_row::Column::UndoneAt.is_null());
    Ok(standing.one(transaction).await?.is_some())
}

fn choices(typed: &[(ChildId, String)]) -> Result<Vec<TicketChoice>> {
    let mut errors = Vec::new();
    let mut choices = Vec::new();
    for (child, text) in typed.iter().filter(|(_, text)| !text.trim().is_empty()) {
        match input::parse_count(text, 0, 99) {
            Ok(tickets) => {
                choices.push(TicketChoice { child: *child, tickets: u32::try_from(tickets).unwrap_or(0) });
            }
            Err(fault) => errors.push(FieldError::new(ticket_field(*child), fault)),
        }
    }
    if errors.is_empty() { Ok(choices) } else { Err(Error::Invalid(errors)) }
}

fn refused(refusal: NotApproved) -> Error {
    match refusal {
        NotApproved::Refused(refusal) => refusal.into(),
        NotApproved::TooManyTickets { child, most } => {
            Error::Invalid(vec![FieldError::new(ticket_field(child), FieldFault::TooManyTickets(most))])
        }
    }
}

/// 修正依頼: sends the report back with a comment; it may then be edited, whatever the date.
///
/// # Errors
/// [`Error::Invalid`] without a comment, [`Error::Stale`], and the table's refusals.
pub async fn request_revision(
    env: &Env,
    actor: &Actor,
    no: ReportNo,
    revision: i64,
    comment: &str,
    channel: Channel,
) -> Result<()> {
    let transaction = env.db.begin().await?;
    let action = ReportAction::RequestRevision;
    let Some(mut step) = Step::<Loaded>::begin(env, &transaction, actor, no, action, Some(revision)).await? else {
        return Ok(());
    };
    step.for_member(step.thing.member(Party::Family)?, channel).await?;
    let comment = reason::needed("comment", comment)?;
    step.changes.revision_comment = Set(Some(comment.clone()));
    step.commit(Event::RequestRevision, Some(comment)).await?;
    transaction.commit().await?;
    Ok(())
}

/// Opens an approved report again: approval and receipt are undone, the tickets go back into their books.
///
/// # Errors
/// [`domain::refusal::Refusal::InClose`] once a close's cutoff has passed over it, [`Error::Invalid`] without a reason, [`Error::Stale`], and the
/// table's refusals.
pub async fn reopen(env: &Env, actor: &Actor, no: ReportNo, revision: i64, reason: &str) -> Result<()> {
    let transaction = env.db.begin().await?;
    let now = close_lock::shared(env, &transaction).await?;
    lock_provider_of(&transaction, no).await?;
    let action = ReportAction::Reopen;
    let Some(mut step) = Step::<Loaded>::begin(env, &transaction, actor, no, action, Some(revision)).await? else {
        return Ok(());
    };
    let row = step.thing.row.clone();
    let (approved, received) = (row.approved_at, row.received_at);
    still_open(now, approved, received, row.claim_id.is_some())?;
    let reason = reason::needed("reason", reason)?;
    receipt::undo_all(&transaction, now, row.id).await?;
    approval_row::Entity::update_many()
        .col_expr(approval_row::Column::UndoneAt, Expr::value(now))
        .filter(approval_row::Column::ReportId.eq(row.id))
        .filter(approval_row::Column::UndoneAt.is_null())
        .exec(&transaction)
        .await?;
    let returned = coupon::give_back(&transaction, now, row.id).await?;
    step.changes = activity_report::ActiveModel {
        reward_status: Set(RewardStatus::NotReceived),
        approved_at: Set(None),
        received_at: Set(None),
        coupon_yen: Set(0),
        revision_comment: Set(Some(reason.clone())),
        ..step.changes
    };
    let facts = Reopened { tickets_returned: returned, was_received: received.is_some() };
    step.commit(Event::Reopen(facts), Some(reason)).await?;
    // No longer approved, it yields to an elder child's report beside it.
    recalculate(env, &transaction, &row).await?;
    transaction.commit().await?;
    Ok(())
}
