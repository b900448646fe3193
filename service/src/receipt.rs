//! 報酬受領: the provider says that the reward has been handed over, after 承認済 only (domain 5.3).

use crate::entity::{approval, receipt as receipt_row};
use crate::error::{Error, Result, stored};
use crate::report::Loaded;
use crate::step::Step;
use crate::{Env, close_lock};
use domain::actor::{Actor, Channel, Party};
use domain::approval::{Approval, ApprovalRecord};
use domain::coupon::Settlement;
use domain::event::{Event, Received};
use domain::fault::{FieldError, FieldFault};
use domain::id::{ApprovalId, ReportId};
use domain::number::ReportNo;
use domain::receipt::{NotReceived, Receipt, undo};
use domain::refusal::Refusal;
use domain::report::{ReceiptMethod, RewardAction};
use domain::subsidy::still_open;
use domain::time::Instant;
use sea_orm::sea_query::Expr;
use sea_orm::{ActiveValue::Set, ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter, QueryOrder};

/// 報酬受領: notes date and method; both sides may then print the copy.
///
/// # Errors
/// [`Refusal::NotApproved`], [`Refusal::AlreadyReceived`], [`Refusal::NotYours`], [`Error::Invalid`] for a method that
/// does not fit, [`Error::Stale`].
pub async fn receive(
    env: &Env,
    actor: &Actor,
    no: ReportNo,
    revision: i64,
    method: &str,
    channel: Channel,
) -> Result<()> {
    let transaction = env.db.begin().await?;
    // The moment is read under the close's lock: stamped before a cutoff, committed before its close looks.
    let now = close_lock::shared(env, &transaction).await?;
    let action = RewardAction::MarkReceived;
    let Some(mut step) = Step::<Loaded>::begin(env, &transaction, actor, no, action, Some(revision)).await? else {
        return Ok(());
    };
    step.for_member(step.thing.member(Party::Provider)?, channel).await?;
    let loaded = &step.thing;
    let field = |fault| Error::Invalid(vec![FieldError::new("method", fault)]);
    let method = match ReceiptMethod::from_key(method) {
        Some(method) => method,
        None if method.is_empty() => return Err(field(FieldFault::Missing)),
        None => return Err(field(FieldFault::NotAChoice)),
    };
    let (approval_id, approval) = standing_approval(&transaction, loaded).await?;
    let receipt = Receipt::decide(&approval, loaded.reward, loaded.party, method).map_err(|refusal| match refusal {
        NotReceived::Refused(refusal) => refusal.into(),
        NotReceived::Method(fault) => field(fault),
    })?;
    let row = receipt_row::ActiveModel {
        report_id: Set(loaded.row.id),
        approval_id: Set(approval_id),
        account_id: Set(actor.account),
        channel: Set(step.by.channel),
        method: Set(receipt.method()),
        at: Set(now),
        ..Default::default()
    };
    receipt_row::Entity::insert(row).exec_without_returning(&transaction).await?;
    step.changes.received_at = Set(Some(now));
    let event = Event::MarkReceived(Received { method: Some(receipt.method()), yen: receipt.yen() });
    step.commit(event, None).await?;
    transaction.commit().await?;
    Ok(())
}

/// Takes a receipt back: the provider on the same day, the coordinator later too, nobody once a close's cutoff has
/// passed over it.
///
/// # Errors
/// [`Refusal::UndoOnlySameDay`], [`Refusal::InClose`], [`Refusal::NotReceived`], [`Refusal::NotYours`], [`Error::Stale`].
pub async fn undo_receipt(env: &Env, actor: &Actor, no: ReportNo, revision: i64, channel: Channel) -> Result<()> {
    let transaction = env.db.begin().await?;
    let now = close_lock::shared(env, &transaction).await?;
    let action = RewardAction::UndoReceipt;
    let Some(mut step) = Step::<Loaded>::begin(env, &transaction, actor, no, action, Some(revision)).await? else {
        return Ok(());
    };
    step.for_member(step.thing.member(Party::Provider)?, channel).await?;
    let loaded = &step.thing;
    let (approved, received) = (loaded.row.approved_at, loaded.row.received_at);
    still_open(now, approved, received, loaded.row.claim_id.is_some())?;
    undo(loaded.reward, loaded.party, received, now)?;
    undo_all(&transaction, now, loaded.row.id).await?;
    step.changes.received_at = Set(None);
    step.commit(Event::UndoReceipt, None).await?;
    transaction.commit().await?;
    Ok(())
}

/// The approval that stands: its row and its witness.
async fn standing_approval<C: ConnectionTrait>(transaction: &C, loaded: &Loaded) -> Result<(ApprovalId, Approval)> {
    let row = approval::Entity::find()
        .filter(approval::Column::ReportId.eq(loaded.row.id))
        .filter(approval::Column::UndoneAt.is_null())
        .order_by_desc(approval::Column::Id)
        .one(transaction)
        .await?;
    let row = stored(row, "approval")?;
    let report = &loaded.row;
    let settlement = Settlement::of(report.fee_yen, row.coupon_yen, report.expenses_yen, report.benefit_yen)
        .with_tickets(u32::try_from(row.tickets).unwrap_or(0));
    // What is received is what was approved.
    if settlement.user_pays != row.user_pays_yen {
        return Err(Error::Broken(format!("approval {} of other amounts than its report's", row.id)));
    }
    let record = ApprovalRecord { content_hash: row.content_hash, settlement };
    let approval = Approval::on_record(loaded.status, record).ok_or(Refusal::NotApproved)?;
    Ok((row.id, approval))
}

/// Undoes whatever stands as the receipt of a report.
pub(crate) async fn undo_all<C: ConnectionTrait>(transaction: &C, now: Instant, report: ReportId) -> Result<()> {
    receipt_row::Entity::update_many()
        .col_expr(receipt_row::Column::UndoneAt, Expr::value(now))
        .filter(receipt_row::Column::ReportId.eq(report))
        .filter(receipt_row::Column::UndoneAt.is_null())
        .exec(transaction)
        .await?;
    Ok(())
}
