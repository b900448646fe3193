//! How SQLite goes about every select of the list pages: none of them may walk through a table that grows.
//!
//! The statements are those that the server itself logs while it draws the pages.

use crate::outcome::Done;
use migration::GROWING;
use sqlx::{AssertSqlSafe, Row as _, SqlitePool};
use std::collections::BTreeSet;

/// A select and what is wrong with its plan.
#[derive(Debug)]
pub struct Walk {
    /// The statement.
    pub sql: String,
    /// The step of the plan that walks.
    pub step: String,
}

/// The selects that the server logged with `KOSAPO_LOG=sqlx=debug`.
pub fn logged_selects(log: &str) -> BTreeSet<String> {
    logged_in_turn(log).collect()
}

/// The same one after another, each as often as it was asked.
pub fn logged_in_turn(log: &str) -> impl Iterator<Item = String> {
    let log = without_colours(log);
    let statements = log.lines().filter_map(|line| {
        let full = quoted(line, "db.statement=");
        full.filter(|text| !text.trim().is_empty()).or_else(|| quoted(line, "summary="))
    });
    let one_line = statements.map(|sql| sql.split_whitespace().collect::<Vec<_>>().join(" "));
    let selects = one_line.filter(|sql| sql.starts_with("SELECT") || sql.starts_with("WITH"));
    selects.collect::<Vec<_>>().into_iter()
}

/// Removes the terminal's colours.
fn without_colours(text: &str) -> String {
    let mut plain = String::with_capacity(text.len());
    let mut rest = text;
    while let Some((before, after)) = rest.split_once('\u{1b}') {
        plain.push_str(before);
        rest = after.split_once('m').map_or("", |(_, after)| after);
    }
    plain + rest
}

/// The text in quotes after a name, with its escapes undone.
fn quoted(line: &str, name: &str) -> Option<String> {
    let (_, rest) = line.split_once(name)?;
    let mut letters = rest.strip_prefix('"')?.chars();
    let mut text = String::new();
    while let Some(letter) = letters.next() {
        match letter {
            '"' => return Some(text),
            '\\' => match letters.next()? {
                'n' | 't' | 'r' => text.push(' '),
                other => text.push(other),
            },
            other => text.push(other),
        }
    }
    None
}

/// The steps of one select's plan.
///
/// # Errors
/// When SQLite does not know the statement.
async fn plan(pool: &SqlitePool, sql: &str) -> Done<Vec<String>> {
    let rows = sqlx::query(AssertSqlSafe(format!("EXPLAIN QUERY PLAN {sql}"))).fetch_all(pool).await?;
    let steps = rows.iter().map(|row| row.try_get::<String, _>("detail"));
    Ok(steps.collect::<Result<_, _>>()?)
}

/// Every step that walks through a growing table.
pub async fn walks(pool: &SqlitePool, selects: &BTreeSet<String>) -> Done<Vec<Walk>> {
    let mut walks = Vec::new();
    for sql in selects {
        for step in plan(pool, sql).await? {
            if walks_through_growing(sql, &step) {
                walks.push(Walk { sql: sql.clone(), step });
            }
        }
    }
    Ok(walks)
}

/// `SCAN r` names the table by its alias; a partial index holds only what is still open, and may be walked.
fn walks_through_growing(sql: &str, step: &str) -> bool {
    let Some(rest) = step.strip_prefix("SCAN ") else { return false };
    let alias = rest.split(' ').next().unwrap_or_default();
    let walked = GROWING.iter().any(|table| *table == alias || names(sql, table, alias));
    walked && !rest.contains("_unclaimed")
}

/// Whether `FROM table alias` or `JOIN table alias` stands in a statement, quoted as a builder writes it or not.
fn names(sql: &str, table: &str, alias: &str) -> bool {
    let sql = format!("{} ", sql.replace('"', ""));
    ["FROM", "JOIN"].iter().any(|word| {
        [format!("{word} {table} {alias} "), format!("{word} {table} AS {alias} ")]
            .iter()
            .any(|named| sql.contains(named.as_str()))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn statements_are_read_from_the_log_whole() {
        let log = "\u{1b}[2mnow\u{1b}[0m DEBUG sqlx::query: summary=\"SELECT a, b …\" db.statement=\"\\n\\nSELECT a,\\n  b FROM \\\"t\\\"\\n\" rows=1\n\
                   DEBUG sqlx::query: summary=\"SELECT 1\" db.statement=\"\" rows=1\n\
                   DEBUG sqlx::query: summary=\"UPDATE t\" db.statement=\"\"\n";
        let selects: Vec<String> = logged_selects(log).into_iter().collect();
        assert_eq!(selects, ["SELECT 1", "SELECT a, b FROM \"t\""]);
    }

    #[test]
    fn a_walk_is_known_by_table_and_alias() {
        let sql = "SELECT * FROM activity_report r JOIN ward w ON w.code = r.ward";
        assert!(walks_through_growing(sql, "SCAN r"));
        assert!(walks_through_growing(sql, "SCAN r USING INDEX activity_report_close"));
        assert!(!walks_through_growing(sql, "SCAN r USING INDEX activity_report_unclaimed_city"));
        assert!(!walks_through_growing(sql, "SEARCH r USING INTEGER PRIMARY KEY (rowid<?)"));
        let built = r#"SELECT "r"."id" FROM "activity_report" AS "r" LIMIT ?"#;
        assert!(walks_through_growing(built, "SCAN r"));
        assert!(!walks_through_growing(sql, "SCAN w"));
        assert!(walks_through_growing("SELECT 1 FROM notice", "SCAN notice"));
    }
}
