//! Gives the next number of a kind, inside the transaction that uses it: a number is never reused.

use crate::db;
use crate::entity::sequence;
use crate::error::{Error, Result};
use domain::number::{ClaimNo, MemberNo, ReportNo, RequestNo};
use sea_orm::ConnectionTrait;
use sea_orm::sea_query::{Expr, ExprTrait, OnConflict, Query};

async fn next<C: ConnectionTrait>(transaction: &C, kind: &str, first: u32) -> Result<u32> {
    block(transaction, kind, first, 1).await
}

async fn block<C: ConnectionTrait>(transaction: &C, kind: &str, first: u32, count: i64) -> Result<u32> {
    // One statement on purpose: whoever changes the row holds it, and what it returns is nobody else's.
    let next = || Expr::col((sequence::Entity, sequence::Column::Next));
    let counted =
        OnConflict::column(sequence::Column::Kind).value(sequence::Column::Next, next().add(count)).to_owned();
    let taken = Query::insert()
        .into_table(sequence::Entity)
        .columns([sequence::Column::Kind, sequence::Column::Next])
        .values([Expr::val(kind), Expr::val(i64::from(first) + count)])
        .map_err(|error| Error::Broken(error.to_string()))?
        .on_conflict(counted)
        .returning(Query::returning().expr(Expr::col(sequence::Column::Next).sub(count)))
        .take();
    let number: i64 = db::select_value(transaction, &taken).await?.ok_or_else(|| Error::Broken("no number".into()))?;
    u32::try_from(number).map_err(|_| Error::Broken(format!("{kind} numbers are used up")))
}

macro_rules! next_number {
    ($(#[$doc:meta])* $function:ident, $kind:ident) => {
        $(#[$doc])*
        pub async fn $function<C: ConnectionTrait>(transaction: &C) -> Result<$kind> {
            next(transaction, $kind::PREFIX, $kind::FIRST).await.map($kind)
        }
    };
}

next_number!(
    /// The next member number.
    next_member, MemberNo
);
next_number!(
    /// The next request number.
    next_request, RequestNo
);
next_number!(
    /// The next report number.
    next_report, ReportNo
);
next_number!(
    /// The next claim number.
    next_claim, ClaimNo
);

/// The first of so many claim numbers in a row.
pub async fn next_claims<C: ConnectionTrait>(transaction: &C, count: i64) -> Result<ClaimNo> {
    block(transaction, ClaimNo::PREFIX, ClaimNo::FIRST, count).await.map(ClaimNo)
}
