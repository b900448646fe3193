//! Replaces the keys of members whose spelling is of an older version of the program.

use super::search::{SPELLING, household_key, search_key};
use crate::Env;
use crate::entity::{member, setting};
use crate::error::Result;
use domain::id::MemberId;
use sea_orm::sea_query::{Expr, OnConflict};
use sea_orm::{ActiveValue::Set, ColumnTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect};

const KEY: &str = "spelling";
/// Members read at a time.
const BATCH: u64 = 500;

/// Brings every member's keys to the present spelling; does nothing where they have it already.
///
/// Run at every start, in one transaction: a server that is killed meanwhile does it again. The record itself stays as
/// it was typed, and so does its revision.
pub async fn respell(env: &Env) -> Result<()> {
    let transaction = env.db.begin().await?;
    let kept = setting::Entity::find_by_id(KEY).one(&transaction).await?;
    if kept.is_some_and(|row| row.value == SPELLING.to_string()) {
        return Ok(());
    }
    let mut last = MemberId::default();
    loop {
        let page = member::Entity::find().filter(member::Column::Id.gt(last));
        let page = page.order_by_asc(member::Column::Id).limit(BATCH).all(&transaction).await?;
        let Some(end) = page.last() else { break };
        last = end.id;
        for row in &page {
            let search = search_key(&row.family_name, &row.given_name, &row.family_kana, &row.given_kana);
            let household = household_key(&row.postal, &row.town, &row.address);
            if (&row.search_key, &row.household_key) == (&search, &household) {
                continue;
            }
            member::Entity::update_many()
                .col_expr(member::Column::SearchKey, Expr::value(search))
                .col_expr(member::Column::HouseholdKey, Expr::value(household))
                .filter(member::Column::Id.eq(row.id))
                .exec(&transaction)
                .await?;
        }
    }
    let row = setting::ActiveModel { key: Set(KEY.to_owned()), value: Set(SPELLING.to_string()) };
    let replace = OnConflict::column(setting::Column::Key).update_column(setting::Column::Value).to_owned();
    setting::Entity::insert(row).on_conflict(replace).exec_without_returning(&transaction).await?;
    transaction.commit().await?;
    Ok(())
}
