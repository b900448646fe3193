//! The address people type, as the server that uses this database last had it: commands beside it write the same links.

use crate::Env;
use crate::entity::setting;
use crate::error::Result;
use sea_orm::sea_query::OnConflict;
use sea_orm::{ActiveValue::Set, EntityTrait};

const SITE: &str = "site";

/// Notes the served address at the start of a server; `None`, where its settings do not say it, forgets the old one.
pub async fn keep(env: &Env, site: Option<&str>) -> Result<()> {
    let Some(site) = site else {
        setting::Entity::delete_by_id(SITE).exec(env.db.write()).await?;
        return Ok(());
    };
    let row = setting::ActiveModel { key: Set(SITE.to_owned()), value: Set(site.to_owned()) };
    let replace = OnConflict::column(setting::Column::Key).update_column(setting::Column::Value).to_owned();
    setting::Entity::insert(row).on_conflict(replace).exec_without_returning(env.db.write()).await?;
    Ok(())
}

/// The address that was served last.
pub async fn kept(env: &Env) -> Result<Option<String>> {
    Ok(setting::Entity::find_by_id(SITE).one(env.db.read()).await?.map(|row| row.value))
}
