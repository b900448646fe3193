//! One report as its page and its printed copy show it.

use super::changes::{Changes, since};
use super::form::{children_of_report, fields, request_of};
use super::load::{Loaded, MemberName, person};
use crate::entity::activity_report::Model;
use crate::entity::{coupon_entry, event, expense, receipt, trial_coupon};
use crate::error::{Result, stored};
use crate::{Env, coupon, db};
use domain::actor::{Actor, Channel, Party};
use domain::coupon::{CouponUse, Settlement, TicketBalance, apply, best_use, most_tickets, settle};
use domain::event::Action;
use domain::fee::Quote;
use domain::id::{ChildId, ReportId};
use domain::number::{ReportNo, RequestNo};
use domain::report::{
    ExpenseKind, REWARD_TABLE, ReceiptMethod, ReportAction, ReportStatus, RewardAction, RewardStatus, TABLE,
};
use domain::report_form::{FormChild, ReportForm};
use domain::subsidy::still_open;
use domain::time::{Date, Instant};
use domain::workflow;
use sea_orm::sea_query::{Func, Order, Query};
use sea_orm::{ColumnTrait, EntityTrait, FromQueryResult, QueryFilter, QueryOrder};

/// A child of a report.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ChildPart {
    /// The child.
    pub child: FormChild,
    /// Its fee over all blocks, in yen; the grants of other schemes are claimed per child.
    pub fee: i64,
}

/// A child's おためし券 on a report.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CouponPart {
    /// The child.
    pub child: FormChild,
    /// Tickets left that are valid on the day of the activity.
    pub left: i64,
    /// The most that can be used here.
    pub most: i64,
    /// What is proposed before the approval, what was used after it.
    pub tickets: i64,
}

/// A step in a report's history.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ReportStep {
    /// When.
    pub at: Instant,
    /// What.
    pub action: Action,
    /// Who did it.
    pub by: String,
    /// For whom, when a coordinator did it.
    pub on_behalf_of: Option<String>,
    /// How it reached the branch.
    pub channel: Channel,
    /// Why.
    pub reason: Option<String>,
}

/// Everything about a report that its page shows.
#[derive(Clone, Debug)]
pub struct ReportDetails {
    /// 報告書ID.
    pub no: ReportNo,
    /// The revision that steps from this page carry.
    pub revision: i64,
    /// The hash of the registered content that 承認 carries; empty before 登録.
    pub content_hash: String,
    /// 報告書ステータス.
    pub status: ReportStatus,
    /// 報酬受領ステータス.
    pub reward: RewardStatus,
    /// What the actor is to this report.
    pub party: Party,
    /// 入力日.
    pub entered_on: Date,
    /// 依頼ID.
    pub request: Option<RequestNo>,
    /// The family, once a request is chosen.
    pub family: Option<MemberName>,
    /// The provider.
    pub provider: MemberName,
    /// The branch: 「緑区支部」.
    pub branch: String,
    /// Its telephone.
    pub branch_telephone: String,
    /// The planned hours of the request.
    pub planned: Option<(Instant, Instant)>,
    /// Start of the activity.
    pub start: Option<Instant>,
    /// Its end.
    pub end: Option<Instant>,
    /// The children who came, eldest first.
    pub children: Vec<ChildPart>,
    /// The snapshot; `None` before 登録.
    pub quote: Option<Quote>,
    /// The expenses, in yen.
    pub expenses: Vec<(ExpenseKind, i64)>,
    /// 備考.
    pub notes: String,
    /// The children's おためし券; with none of them the list is empty.
    pub coupons: Vec<CouponPart>,
    /// What is owed with the tickets of `coupons`.
    pub settlement: Settlement,
    /// What is different, while a report that has come again awaits its approval.
    pub changes: Option<Changes>,
    /// What the family wrote with 修正依頼, or the coordinator when opening it again.
    pub revision_comment: Option<String>,
    /// Why it was voided.
    pub void_reason: Option<String>,
    /// When it was registered last.
    pub submitted_at: Option<Instant>,
    /// When it was approved.
    pub approved_at: Option<Instant>,
    /// When the reward was received.
    pub received_at: Option<Instant>,
    /// How the reward was paid.
    pub method: Option<ReceiptMethod>,
    /// What the actor may do now.
    pub actions: Vec<ReportAction>,
    /// What the actor may do with the reward now.
    pub reward_actions: Vec<RewardAction>,
    /// The month of the close that has fixed the report.
    pub closed_in: Option<String>,
    /// The fields being typed since the last 登録, for those who write.
    pub draft: Option<ReportForm>,
    /// The steps so far, the first first; for the family without the unregistered ones.
    pub history: Vec<ReportStep>,
    /// Today in Asia/Tokyo.
    pub today: Date,
}

/// Reads a report for somebody who may see it.
///
/// # Errors
/// [`crate::Error::NotFound`].
pub async fn details(env: &Env, actor: &Actor, no: ReportNo) -> Result<ReportDetails> {
    let connection = env.db.read();
    let loaded = Loaded::read(connection, actor, no).await?;
    let row = &loaded.row;
    let now = env.clock.now();
    let request = match row.request_id {
        Some(id) => request_of(connection, id).await?,
        None => None,
    };
    let family = match row.user_member_id {
        Some(member) => Some(person(connection, member).await?),
        None => None,
    };
    let branch = crate::ward::branch(connection, &row.ward).await?;
    let quote = super::quote_of(row.snapshot.as_deref())?;
    let present = children_of_report(connection, row.id).await?;
    let coupons = coupons(connection, &loaded, quote.as_ref(), &present).await?;
    let settlement = settlement(row, loaded.status, quote.as_ref(), &coupons);
    let writes = matches!(loaded.party, Party::Provider | Party::Coordinator);
    let draft = match (&row.draft_fields, writes) {
        (Some(_), true) => Some(fields(connection, &loaded).await?),
        _ => None,
    };
    let closed = still_open(now, row.approved_at, row.received_at, row.claim_id.is_some());
    let closed_in = match closed {
        Err(domain::refusal::Refusal::InClose { month }) => Some(month),
        _ => None,
    };
    let trail = trail(connection, row.id).await?;
    let offered_children = request.as_ref().map_or(&[][..], |request| &request.children);
    let changes = since(connection, row, &trail, offered_children).await?;
    let (actions, reward_actions) = offered(&loaded, closed_in.is_some(), now);
    Ok(ReportDetails {
        no,
        revision: row.revision,
        content_hash: row.content_hash.clone().unwrap_or_default(),
        status: loaded.status,
        reward: loaded.reward,
        party: loaded.party,
        entered_on: row.entered_on,
        planned: request.as_ref().map(|request| (request.start, request.end)),
        request: request.map(|request| request.no),
        family,
        provider: person(connection, row.provider_id).await?,
        branch: branch.name,
        branch_telephone: branch.telephone,
        start: row.started_at,
        end: row.ended_at,
        children: present
            .into_iter()
            .map(|child| ChildPart { fee: quote.as_ref().map_or(0, |quote| quote.child_fee(child.id)), child })
            .collect(),
        quote,
        expenses: expenses(connection, row.id).await?,
        notes: row.notes.clone(),
        coupons,
        settlement,
        changes,
        revision_comment: row.revision_comment.clone(),
        void_reason: row.void_reason.clone(),
        submitted_at: row.submitted_at,
        approved_at: row.approved_at,
        received_at: row.received_at,
        method: method(connection, row.id).await?,
        actions,
        reward_actions,
        closed_in,
        draft,
        history: history(trail, loaded.party)?,
        today: now.date(),
    })
}

/// What the tables let the actor do, less what a close has fixed and what the day forbids.
fn offered(loaded: &Loaded, closed: bool, now: Instant) -> (Vec<ReportAction>, Vec<RewardAction>) {
    let actions = workflow::actions(TABLE, loaded.status, loaded.party)
        .filter(|action| !(closed && *action == ReportAction::Reopen))
        .collect();
    let same_day = loaded.row.received_at.is_some_and(|at| at.date() == now.date());
    let reward_actions = workflow::actions(REWARD_TABLE, loaded.reward, loaded.party)
        .filter(|action| match action {
            RewardAction::MarkReceived => loaded.status == ReportStatus::Approved,
            RewardAction::UndoReceipt => !closed && (loaded.party != Party::Provider || same_day),
        })
        .collect();
    (actions, reward_actions)
}

async fn coupons<C: sea_orm::ConnectionTrait>(
    connection: &C,
    loaded: &Loaded,
    quote: Option<&Quote>,
    present: &[FormChild],
) -> Result<Vec<CouponPart>> {
    let (Some(quote), Some(start)) = (quote, loaded.row.started_at) else { return Ok(Vec::new()) };
    let find = |id: ChildId| present.iter().find(|child| child.id == id).cloned();
    if loaded.status == ReportStatus::Approved {
        return Ok(used(connection, loaded.row.id)
            .await?
            .into_iter()
            .filter_map(|(child, tickets)| Some(CouponPart { child: find(child)?, left: 0, most: tickets, tickets }))
            .collect());
    }
    if loaded.status != ReportStatus::AwaitingApproval {
        return Ok(Vec::new());
    }
    let usable = coupon::usable(connection, loaded.row.id, start.date()).await?;
    let balances: Vec<TicketBalance> = usable
        .iter()
        .map(|usable| TicketBalance { child: usable.child, tickets: u32::try_from(usable.tickets).unwrap_or(0) })
        .collect();
    let best = best_use(quote, &balances);
    Ok(balances
        .iter()
        .filter_map(|balance| {
            let proposed = best.iter().find(|choice| choice.child == balance.child).map_or(0, |choice| choice.tickets);
            let most = balance.tickets.min(most_tickets(quote, balance.child));
            Some(CouponPart {
                child: find(balance.child)?,
                left: i64::from(balance.tickets),
                most: i64::from(most),
                tickets: i64::from(proposed),
            })
        })
        .collect())
}

/// The tickets each child's book holds spent for a report.
async fn used<C: sea_orm::ConnectionTrait>(connection: &C, report: ReportId) -> Result<Vec<(ChildId, i64)>> {
    #[derive(FromQueryResult)]
    struct Row {
        child_id: ChildId,
        tickets: i64,
    }
    let child = trial_coupon::Column::ChildId;
    let held = Query::select()
        .column(child.as_column_ref())
        .expr_as(Func::cast_as(coupon::spent(), "BIGINT"), "tickets")
        .from(coupon_entry::Entity)
        .inner_join(trial_coupon::Entity, db::same(trial_coupon::Column::Id, coupon_entry::Column::CouponId))
        .and_where(coupon_entry::Column::ReportId.eq(report))
        .group_by_col(child.as_column_ref())
        .order_by(child.as_column_ref(), Order::Asc)
        .take();
    let rows = db::select::<Row, _>(connection, &held).await?;
    Ok(rows.into_iter().filter(|row| row.tickets > 0).map(|row| (row.child_id, row.tickets)).collect())
}

/// What is owed: while the approval is awaited with the tickets proposed, else as the record has it.
fn settlement(row: &Model, status: ReportStatus, quote: Option<&Quote>, coupons: &[CouponPart]) -> Settlement {
    let tickets = |part: &CouponPart| u32::try_from(part.tickets).unwrap_or(0);
    if let (Some(quote), ReportStatus::AwaitingApproval) = (quote, status) {
        let uses: Vec<CouponUse> =
            coupons.iter().filter_map(|part| apply(quote, part.child.id, tickets(part)).ok()).collect();
        return settle(quote, &uses, row.expenses_yen);
    }
    Settlement::of(row.fee_yen, row.coupon_yen, row.expenses_yen, row.benefit_yen)
        .with_tickets(coupons.iter().map(tickets).sum())
}

async fn expenses<C: sea_orm::ConnectionTrait>(connection: &C, report: ReportId) -> Result<Vec<(ExpenseKind, i64)>> {
    let expenses = expense::Entity::find().filter(expense::Column::ReportId.eq(report));
    let rows = expenses.order_by_asc(expense::Column::Id).all(connection).await?;
    Ok(rows.into_iter().map(|row| (row.kind, row.yen)).collect())
}

async fn method<C: sea_orm::ConnectionTrait>(connection: &C, report: ReportId) -> Result<Option<ReceiptMethod>> {
    let standing = receipt::Entity::find()
        .filter(receipt::Column::ReportId.eq(report))
        .filter(receipt::Column::UndoneAt.is_null())
        .order_by_desc(receipt::Column::Id);
    Ok(standing.one(connection).await?.map(|receipt| receipt.method))
}

/// Every event of a report, the first first.
async fn trail<C: sea_orm::ConnectionTrait>(connection: &C, report: ReportId) -> Result<Vec<event::Model>> {
    let rows = event::Entity::find().filter(event::Column::ReportId.eq(report));
    Ok(rows.order_by_asc(event::Column::Id).all(connection).await?)
}

fn history(trail: Vec<event::Model>, reader: Party) -> Result<Vec<ReportStep>> {
    trail
        .into_iter()
        .filter(|row| reader != Party::Family || row.action != ReportAction::SaveDraft.key())
        .map(|row| {
            Ok(ReportStep {
                at: row.at,
                action: stored(Action::from_key(&row.action), "event")?,
                by: row.actor_name,
                on_behalf_of: row.on_behalf_of,
                channel: row.channel,
                reason: row.reason,
            })
        })
        .collect()
}
