//! The same child in another family: grandmother, mother and father may each have recorded it.

use crate::entity::{child, member, trial_coupon, ward};
use crate::error::{Error, Result};
use crate::member::fold_name;
use domain::id::{ChildId, MemberId};
use domain::time::Date;
use sea_orm::{ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect};

/// The families, as 「青葉区 MEM0040989」, in which a child of the same name and birth date has tickets already.
///
/// Names are the same when they are written or read the same; surname and address may differ between parents, so they
/// are not asked for. The children of one birth date are locked, so two branches issue one after the other.
pub(super) async fn with_tickets<C: ConnectionTrait>(transaction: &C, id: ChildId, birth: Date) -> Result<Vec<String>> {
    let born = child::Entity::find().filter(child::Column::BirthDate.eq(birth)).order_by_asc(child::Column::Id);
    let born = born.lock_exclusive().all(transaction).await?;
    let own = born.iter().find(|one| one.id == id).ok_or(Error::NotFound)?;
    let same = |other: &&child::Model| {
        other.member_id != own.member_id
            && (fold_name(&other.given_name) == fold_name(&own.given_name)
                || fold_name(&other.kana) == fold_name(&own.kana))
    };
    let others: Vec<ChildId> = born.iter().filter(same).map(|other| other.id).collect();
    if others.is_empty() {
        return Ok(Vec::new());
    }
    let books = trial_coupon::Entity::find().filter(trial_coupon::Column::ChildId.is_in(others));
    let families: Vec<MemberId> = books.all(transaction).await?.into_iter().map(|book| book.member_id).collect();
    let families = member::Entity::find().filter(member::Column::Id.is_in(families));
    let mut named = Vec::new();
    for family in families.order_by_asc(member::Column::Id).all(transaction).await? {
        let ward = ward::Entity::find_by_id(&family.ward).one(transaction).await?;
        named.push(format!("{} {}", ward.map_or_else(String::new, |ward| ward.name), family.member_no));
    }
    Ok(named)
}
