//! One family's children in two reports: what awaits approval is charged anew when a report beside it comes or goes.
//!
//! The order of ages decides who pays in full, not the order in which the reports are registered (ADR 6). What the
//! family has approved stays as it was approved.

use super::form::{children, others, request_of};
use super::load::{Loaded, quote_of, record, update};
use super::submit::content_hash;
use crate::entity::activity_report::Model;
use crate::error::{Error, Result, stored};
use crate::event::{By, Happened};
use crate::notice::{Message, tell_member};
use crate::tariff::Rates;
use crate::{Env, db, tariff};
use domain::actor::Party;
use domain::fee::{Care, MOST_MINUTES};
use domain::money::grouped;
use domain::number::ReportNo;
use domain::report::{ReportStatus, RewardStatus, beside};
use domain::report_form::FormChild;
use domain::time::Instant;
use sea_orm::{ConnectionTrait, FromQueryResult};
use serde_json::json;

/// Locks the provider of a report: one provider's registrations, pull-backs and voids go one after the other.
///
/// Taken before any report is locked, for such a step may go on to the reports beside its own.
///
/// # Errors
/// Those of the database.
pub(crate) async fn lock_provider_of<C: ConnectionTrait>(transaction: &C, no: ReportNo) -> Result<()> {
    let sql = format!(
        "SELECT id FROM member WHERE id = (SELECT provider_id FROM activity_report WHERE report_no = $1){}",
        db::for_update(transaction.get_database_backend())
    );
    db::scalar::<i64, _>(transaction, &sql, vec![i64::from(no.0).into()]).await?;
    Ok(())
}

/// Charges anew the reports that await approval beside this one, after it came, went or was opened again, and tells both
/// sides of each amount that changed. The report itself is left alone.
///
/// # Errors
/// Those of the database and of the tariff.
pub(crate) async fn charge_anew<C: ConnectionTrait>(env: &Env, transaction: &C, changed: &Model) -> Result<()> {
    let (Some(family), Some(start), Some(end)) = (changed.user_member_id, changed.started_at, changed.ended_at) else {
        return Ok(());
    };
    let mut hours = vec![(start, end)];
    let mut rates = None;
    while let Some(span) = hours.pop() {
        for (row, kids) in awaiting(transaction, changed, family, span).await? {
            if rates.is_none() {
                rates = Some(tariff::load_from(transaction).await?);
            }
            let span = row.started_at.zip(row.ended_at);
            if let Some(rates) = &rates
                && charge(env, transaction, rates, row, &kids).await?
            {
                hours.extend(span);
            }
        }
    }
    Ok(())
}

/// The reports of the same two sides that await approval and meet these hours, the one with the eldest child first.
async fn awaiting<C: ConnectionTrait>(
    transaction: &C,
    changed: &Model,
    family: i64,
    (start, end): (i64, i64),
) -> Result<Vec<(Model, Vec<FormChild>)>> {
    // No report is longer than a day, so the index on the start bounds the search on both sides.
    let longest = Instant(start).plus_minutes(-MOST_MINUTES);
    let sql = format!(
        "SELECT * FROM activity_report WHERE provider_id = $1 AND user_member_id = $2 AND id <> $3 \
         AND status = 'awaiting_approval' AND started_at >= $4 AND started_at < $5 AND ended_at > $6 ORDER BY id{}",
        db::for_update(transaction.get_database_backend())
    );
    let values =
        vec![changed.provider_id.into(), family.into(), changed.id.into(), longest.0.into(), end.into(), start.into()];
    let mut found = Vec::new();
    for row in db::rows::<Model, _>(transaction, &sql, values).await? {
        let kids = children(transaction, "activity_report_child", "report_id", row.id).await?;
        found.push((row, kids));
    }
    found.sort_by_key(|(_, kids)| kids.first().map(|child| (child.birth_date, child.id)));
    Ok(found)
}

/// Charges one report by the places that are free now; whether they differ from those it had.
async fn charge<C: ConnectionTrait>(
    env: &Env,
    transaction: &C,
    rates: &Rates,
    row: Model,
    kids: &[FormChild],
) -> Result<bool> {
    #[derive(FromQueryResult)]
    struct Expense {
        kind: String,
        yen: i64,
    }
    let (Some(family), Some(request), Some(start), Some(end)) =
        (row.user_member_id, row.request_id, row.started_at.map(Instant), row.ended_at.map(Instant))
    else {
        return Err(Error::Broken(format!("report {} was registered without its hours", row.id)));
    };
    let in_care: Vec<_> = kids.iter().map(FormChild::in_care).collect();
    let beside_it = others(transaction, (row.provider_id, family), row.id, Some((start, end))).await?;
    let places = beside(start, end, &in_care, &beside_it)?;
    let care = Care { start, end, children: in_care, others: places };
    let quote = rates.quote(&care).map_err(|refusal| Error::Broken(format!("report {}: {refusal}", row.id)))?;
    let before = quote_of(row.snapshot.as_deref())?;
    if before.as_ref().map(domain::fee::Quote::places) == Some(quote.places()) {
        return Ok(false);
    }
    let request = request_of(transaction, request).await?.map(|request| request.no);
    let request = request.ok_or_else(|| Error::Broken(format!("report {} has no request", row.id)))?;
    let sql = "SELECT kind, yen FROM expense WHERE report_id = $1 ORDER BY id";
    let expenses: Vec<Expense> = db::rows(transaction, sql, vec![row.id.into()]).await?;
    let expenses: Vec<(&str, i64)> = expenses.iter().map(|one| (one.kind.as_str(), one.yen)).collect();
    let ids: Vec<i64> = kids.iter().map(|child| child.id).collect();
    let no = ReportNo(stored(u32::try_from(row.report_no).ok(), "report number")?);
    let snapshot = serde_json::to_string(&quote)?;
    let hash = content_hash((no, request), row.provider_id, (start, end), &ids, &expenses, &row.notes, &snapshot);
    let (now, old, provider) = (env.clock.now(), row.fee_yen, row.provider_id);
    let loaded = Loaded {
        no,
        status: ReportStatus::AwaitingApproval,
        reward: RewardStatus::NotReceived,
        party: Party::Timer,
        locked: true,
        row,
    };
    let set = "snapshot = $4, content_hash = $5, fee_yen = $6, benefit_yen = $7";
    let values = vec![snapshot.into(), hash.clone().into(), quote.fee.into(), quote.benefit.into()];
    update(transaction, &loaded, now, set, values).await?;
    let what = Happened {
        action: "charge_anew",
        to: Some(ReportStatus::AwaitingApproval.key()),
        detail: Some(json!({ "content_hash": hash, "fee_before": old, "fee": quote.fee, "benefit": quote.benefit })),
        ..Happened::default()
    };
    record(transaction, &loaded, now, &By::job(), what).await?;
    for (member, next) in [
        (family, "内容を確認し、「承認」または「修正依頼」を押してください。"),
        (provider, "利用会員の承認をお待ちください。"),
    ] {
        let message = Message {
            subject: format!("援助活動報告書 {no} の金額が変わりました"),
            body: format!(
                "同じ時間のきょうだいの報告書が変わったため、料金を計算し直しました。\n\n利用料：{}円 → {}円\n\n{next}",
                grouped(old),
                grouped(quote.fee),
            ),
            link: format!("/reports/{no}"),
        };
        tell_member(transaction, now, env.clock.real_now(), member, &message).await?;
    }
    Ok(true)
}
