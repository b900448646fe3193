//! Use cases of kosapo: one function each, one transaction each.
//!
//! Every use case reads in the same order: permit → load → decide (`domain`) → compare-and-set → record → event →
//! notice. What an actor may not see is [`error::Error::NotFound`]. What every one of them may fail with stands in [`error`].

pub mod activity;
pub mod approval;
pub mod calendar;
pub mod callback;
pub mod clock;
pub mod close_lock;
pub mod contacts;
pub mod coordination;
pub mod coupon;
pub mod day;
pub mod db;
pub mod demo;
mod effect;
pub mod entity;
pub mod error;
pub mod event;
pub mod form_draft;
pub mod history;
pub mod holiday_file;
pub mod home;
pub mod horizon;
pub mod id;
pub mod inbox;
pub mod invitation;
pub mod job;
pub mod live;
pub mod mail;
pub mod meeting;
pub mod member;
pub mod notice;
pub mod number;
pub mod offer;
pub mod once;
pub mod page;
pub mod password;
mod policy;
mod reason;
pub mod receipt;
pub mod reference;
pub mod report;
pub mod request;
pub mod seal;
pub mod session;
pub mod settings;
pub mod site;
pub mod staff;
mod step;
pub mod subsidy;
pub mod tariff;
pub mod tariff_file;
pub mod ward;

pub use error::{Error, Result};

use clock::Clock;
use db::Db;
use password::Hasher;
use std::sync::Arc;

/// What every use case works with.
#[derive(Clone, Debug)]
pub struct Env {
    /// The database.
    pub db: Db,
    /// Business and real time.
    pub clock: Clock,
    /// Places for password hashing.
    pub hasher: Hasher,
    /// What the people who run it decided.
    pub settings: Arc<settings::Settings>,
    /// What the pages of the demo show; `None` where people do real work.
    pub demo: Option<demo::Demo>,
}
