//! 給付金請求申請一覧: the claims of the months and their lines.

mod list;
mod show;

pub use list::ClaimListPage;
pub use show::ClaimPage;
