//! おためし券残数確認.

mod list;

pub use list::CouponListPage;
