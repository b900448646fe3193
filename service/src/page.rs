//! The one pager: a page of a list begins behind the last row of the page before.
//!
//! A list asks for one row more than it shows; that row is the only sign that another page follows. No page is counted
//! off (`OFFSET`), so the hundredth costs what the first does.

use crate::db;
use crate::error::Result;
use sea_orm::sea_query::{Expr, ExprTrait, IntoColumnRef, Order, SelectStatement};
use sea_orm::{ConnectionTrait, FromQueryResult};

/// Rows of a page.
pub const PAGE: usize = 50;

/// A page of rows, and the key behind which the next one begins.
#[derive(Clone, Debug)]
pub(crate) struct Page<R, K> {
    pub rows: Vec<R>,
    pub next: Option<K>,
}

/// A column by which a list stands, the greatest first, and the value behind which a page begins.
///
/// The first page begins behind a value that none reaches: it is the same statement, so its plan begins at the index's end
/// like that of the others.
pub(crate) fn behind(column: impl IntoColumnRef, value: impl Into<Expr>) -> (Expr, Expr) {
    (Expr::col(column), value.into())
}

impl<R: FromQueryResult, K> Page<R, K> {
    /// Reads the page of a query that follows a place; `key` is what the next page is asked with.
    pub async fn of<C: ConnectionTrait, const N: usize>(
        connection: &C,
        mut query: SelectStatement,
        after: [(Expr, Expr); N],
        key: impl Fn(&R) -> K,
    ) -> Result<Self> {
        for (column, _) in &after {
            query.order_by_expr(column.clone(), Order::Desc);
        }
        let mut after = after.into_iter();
        let condition = match (after.next(), after.len()) {
            (None, _) => None,
            (Some((column, value)), 0) => Some(column.lt(value)),
            (Some(first), _) => {
                let (columns, values): (Vec<_>, Vec<_>) = std::iter::once(first).chain(after).unzip();
                Some(Expr::tuple(columns).lt(Expr::tuple(values)))
            }
        };
        condition.map(|condition| query.and_where(condition));
        query.limit(PAGE as u64 + 1);
        Ok(Self::cut(db::select(connection, &query).await?, key))
    }
}

impl<R, K> Page<R, K> {
    /// Keeps a page of what a statement written by hand has read: up to [`PAGE`] and one rows.
    pub fn cut(mut rows: Vec<R>, key: impl Fn(&R) -> K) -> Self {
        let more = rows.len() > PAGE;
        rows.truncate(PAGE);
        let next = rows.last().filter(|_| more).map(key);
        Self { rows, next }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::path::{Path, PathBuf};

    fn sources(folder: &Path, found: &mut Vec<PathBuf>) {
        for entry in std::fs::read_dir(folder).expect("a folder of the crate") {
            let path = entry.expect("an entry").path();
            if path.is_dir() {
                sources(&path, found);
            } else {
                found.push(path);
            }
        }
    }

    #[test]
    fn there_is_one_pager() {
        let mut files = Vec::new();
        sources(&Path::new(env!("CARGO_MANIFEST_DIR")).join("src"), &mut files);
        assert!(files.len() > 100, "{}", files.len());
        for path in files.iter().filter(|path| !path.ends_with("src/page.rs")) {
            let text = std::fs::read_to_string(path).expect("a source");
            for pager in ["const PAGE", "rows.len() >", "rows.truncate(", ".offset(", "OFFSET"] {
                assert!(!text.contains(pager), "{} cuts its own pages: {pager}", path.display());
            }
        }
    }

    #[test]
    fn only_a_row_too_many_makes_another_page() {
        for count in [0, 1, PAGE - 1, PAGE] {
            let page = Page::cut((0..count).collect(), |row| *row);
            assert_eq!((page.rows.len(), page.next), (count, None));
        }
        let page = Page::cut((0..=PAGE).collect(), |row| *row);
        assert_eq!(
            (page.rows.len(), page.next),
            (PAGE, Some(PAGE - 1)),
            "the next begins behind the last that is shown"
        );
    }
}
