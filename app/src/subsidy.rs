//! 給付金申請一覧・請求申請: what the next close takes and what slips.

mod list;

pub use list::SubsidyListPage;
pub(crate) use list::{ward_filters, ward_query};
