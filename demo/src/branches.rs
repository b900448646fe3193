//! The branches of the demo's wards, so that all of them can be called and none of the calls reaches anybody.

use sea_orm::sea_query::{BinOper, Expr, ExprTrait, Func};
use sea_orm::{ActiveValue::Set, ConnectionTrait, EntityTrait, QueryFilter};
use service::entity::ward;
use service::error::Result;

/// Gives every branch without a telephone a made-up one, and hours: 045-000-0000 to 045-000-0099 is no exchange, so nobody
/// is ever called. A branch's real mail address becomes one under `.example`, which reaches nobody.
pub async fn fill_in<C: ConnectionTrait>(transaction: &C) -> Result<()> {
    let column = Expr::col::<ward::Column>;
    let end = Func::cust("substr").args([column(ward::Column::Sort).cast_as("TEXT"), Expr::val(4), Expr::val(2)]);
    let made_up = Expr::val("045-000-00").binary(BinOper::Custom("||"), end);
    let silent = ward::Entity::update_many().col_expr(ward::Column::Telephone, made_up);
    silent.filter(column(ward::Column::Telephone).eq("")).exec(transaction).await?;
    let nowhere = column(ward::Column::Code).binary(BinOper::Custom("||"), Expr::val("@kosapo.example"));
    let real = column(ward::Column::Mail).ne("").and(column(ward::Column::Mail).not_like("%.example"));
    ward::Entity::update_many().col_expr(ward::Column::Mail, nowhere).filter(real).exec(transaction).await?;
    let opening = ward::Entity::update_many().set(ward::ActiveModel {
        open_weekdays: Set("tue,wed,thu,fri,sat".to_owned()),
        open_minute: Set(9 * 60),
        close_minute: Set(17 * 60),
        hours_text: Set("火〜土 9:00〜17:00".to_owned()),
        closed_days: Set("holidays,year_end".to_owned()),
        ..Default::default()
    });
    opening.filter(column(ward::Column::HoursText).eq("")).exec(transaction).await?;
    Ok(())
}
