//! The family's request (援助依頼): write, keep, check, register, copy, read.
//!
//! * [`form`] — what a person typed, read into what is asked for;
//! * [`write`] — 一時保存 and 登録;
//! * [`list`] and [`details`]: what the family sees.
//!
//! Every step with a request that is under way, 取下げ among them, is in [`crate::coordination`].

pub mod details;
pub mod form;
pub mod list;
pub mod write;

pub use details::{ProviderContact, ReportHead, RequestChild, RequestDetails, Viewer, details, viewer};
pub use form::{OwnChild, RequestForm, Wanted};
pub use list::{RequestList, RequestSummary, list};
pub use write::{FormPage, Sending, check, copy, edit, save_draft, start, submit};

use crate::entity::care_request;
use crate::error::{Error, Result};
use crate::policy;
use domain::actor::Actor;
use domain::number::RequestNo;
use domain::policy::Right;
use sea_orm::sea_query::LockType;
use sea_orm::{ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter, QuerySelect};

/// Loads a request for a change by its family, and holds it until the transaction ends.
///
/// # Errors
/// [`Error::NotFound`] when it is not there or not the actor's.
pub async fn lock<C: ConnectionTrait>(transaction: &C, actor: &Actor, no: RequestNo) -> Result<care_request::Model> {
    let query = care_request::Entity::find().filter(care_request::Column::RequestNo.eq(no));
    let row = query.lock(LockType::NoKeyUpdate).one(transaction).await?.ok_or(Error::NotFound)?;
    policy::permit(actor, Right::WriteRequest, &row)?;
    Ok(row)
}
