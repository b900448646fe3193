//! SQL that stays written by hand: where the plan or the set operation is the point, and a builder would only hide it.
//!
//! Values go by name (`:ward`), a set of them as a list (`IN (:open)`), so nobody counts places and no state stands in
//! a statement as a word. Each use says why it is not built.

use super::{execute, row, rows, scalar};
use crate::error::{Error, Result};
use sea_orm::{ConnectionTrait, FromQueryResult, TryGetable, Value};
use std::borrow::Cow;

/// A statement with its values.
#[derive(Clone, Debug)]
pub struct Raw {
    sql: Cow<'static, str>,
    values: Vec<(&'static str, Vec<Value>)>,
}

/// A hand-written statement whose values have names: `:ward`.
#[must_use]
pub fn raw(sql: impl Into<Cow<'static, str>>) -> Raw {
    Raw { sql: sql.into(), values: Vec::new() }
}

impl Raw {
    /// Gives the value of `:name`.
    #[must_use]
    pub fn with(mut self, name: &'static str, value: impl Into<Value>) -> Self {
        self.values.push((name, vec![value.into()]));
        self
    }

    /// Gives the values of the list `:name`, such as the states of a set.
    #[must_use]
    pub fn with_all<V: Into<Value>>(mut self, name: &'static str, values: impl IntoIterator<Item = V>) -> Self {
        self.values.push((name, values.into_iter().map(Into::into).collect()));
        self
    }

    /// Writes a key into the statement itself, for a partial index, which is found by its very condition only.
    #[must_use]
    pub fn with_key(mut self, name: &str, key: &'static str) -> Self {
        self.sql = self.sql.replace(&format!(":{name}"), &format!("'{key}'")).into();
        self
    }

    /// Runs it and returns the number of rows it changed.
    ///
    /// # Errors
    /// [`Error::Broken`] for a name without a value, and a value without a name.
    pub async fn execute<C: ConnectionTrait>(self, connection: &C) -> Result<u64> {
        let (sql, values) = self.placed()?;
        execute(connection, &sql, values).await
    }

    /// Its rows.
    ///
    /// # Errors
    /// As [`Raw::execute`].
    pub async fn rows<T: FromQueryResult, C: ConnectionTrait>(self, connection: &C) -> Result<Vec<T>> {
        let (sql, values) = self.placed()?;
        rows(connection, &sql, values).await
    }

    /// Its row, of which there is at most one.
    ///
    /// # Errors
    /// As [`Raw::execute`].
    pub async fn row<T: FromQueryResult, C: ConnectionTrait>(self, connection: &C) -> Result<Option<T>> {
        let (sql, values) = self.placed()?;
        row(connection, &sql, values).await
    }

    /// The value of its only column.
    ///
    /// # Errors
    /// As [`Raw::execute`].
    pub async fn value<T: TryGetable, C: ConnectionTrait>(self, connection: &C) -> Result<Option<T>> {
        let (sql, values) = self.placed()?;
        scalar(connection, &sql, values).await
    }

    /// The statement with numbered places, and what belongs there; a name that comes again keeps its number.
    fn placed(self) -> Result<(String, Vec<Value>)> {
        let mut sql = String::with_capacity(self.sql.len());
        let mut values = Vec::new();
        let mut first: Vec<Option<usize>> = vec![None; self.values.len()];
        // What stands between quotes is text, a colon in it too.
        for (quoted, text) in self.sql.split('\'').enumerate().map(|(place, text)| (place % 2 == 1, text)) {
            if quoted {
                sql.extend(["'", text, "'"]);
                continue;
            }
            let mut parts = text.split(':');
            sql.push_str(parts.next().unwrap_or_default());
            for part in parts {
                let end = part.find(|c: char| !c.is_ascii_alphanumeric() && c != '_').unwrap_or(part.len());
                let (name, rest) = part.split_at(end);
                let known = self.values.iter().position(|(known, _)| *known == name);
                let place = known.ok_or_else(|| Error::Broken(format!("no value for :{name}")))?;
                let given = &self.values[place].1;
                let start = *first[place].get_or_insert_with(|| {
                    values.extend(given.iter().cloned());
                    values.len() - given.len() + 1
                });
                let places: Vec<String> = (start..start + given.len()).map(|place| format!("${place}")).collect();
                // Nothing is in an empty list.
                sql.push_str(if places.is_empty() { "NULL" } else { "" });
                sql.push_str(&places.join(", "));
                sql.push_str(rest);
            }
        }
        match self.values.iter().zip(&first).find(|(_, used)| used.is_none()) {
            Some(((name, _), _)) => Err(Error::Broken(format!("nothing is named :{name}"))),
            None => Ok((sql, values)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_become_places_and_lists_many() {
        let raw = raw("SELECT ':no', x FROM t WHERE a = :a AND b IN (:b) AND c > :a AND d IN (:none)")
            .with("a", 1)
            .with_all("b", ["p", "q"])
            .with_all("none", Vec::<String>::new());
        let (sql, values) = raw.placed().unwrap();
        assert_eq!(sql, "SELECT ':no', x FROM t WHERE a = $1 AND b IN ($2, $3) AND c > $1 AND d IN (NULL)");
        assert_eq!(values, vec![Value::from(1), "p".into(), "q".into()]);
    }

    #[test]
    fn a_key_stands_in_the_statement_itself() {
        let (sql, values) = raw("SELECT 1 WHERE a <> :gone").with_key("gone", "voided").placed().unwrap();
        assert_eq!((sql.as_str(), values), ("SELECT 1 WHERE a <> 'voided'", vec![]));
    }

    #[test]
    fn a_name_without_a_value_and_a_value_without_a_name_are_refused() {
        assert!(raw("SELECT :a").placed().is_err());
        assert!(raw("SELECT 1").with("a", 1).placed().is_err());
        assert!(raw("SELECT :ab").with("a", 1).placed().is_err());
    }
}
