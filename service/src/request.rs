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

use crate::db;
use crate::entity::care_request;
use crate::error::{Error, Result};
use domain::actor::Actor;
use domain::number::RequestNo;
use sea_orm::ConnectionTrait;

/// Loads a request for a change by its family or by a coordinator of its ward, and holds it until the transaction ends.
/// A draft is the family's alone.
///
/// # Errors
/// [`Error::NotFound`] when it is not there or not the actor's; those of the database.
pub async fn lock<C: ConnectionTrait>(transaction: &C, actor: &Actor, no: RequestNo) -> Result<care_request::Model> {
    let (sql, value) = match (actor.user_member(), actor.coordinator_ward()) {
        (Some(member), _) => ("SELECT * FROM care_request WHERE request_no = $1 AND member_id = $2", member.into()),
        (None, Some(ward)) => {
            ("SELECT * FROM care_request WHERE request_no = $1 AND ward = $2 AND status <> 'draft'", ward.into())
        }
        (None, None) => return Err(Error::NotFound),
    };
    let sql = format!("{sql}{}", db::for_update(transaction.get_database_backend()));
    db::row(transaction, &sql, vec![no.into(), value]).await?.ok_or(Error::NotFound)
}
