//! The one difference in SQL text between the databases: `?` on SQLite, `$1` on PostgreSQL.
//!
//! All SQL of the store is written with `?`. SQLite also knows `$1`, but looks each up by name, which made
//! large inserts twenty times slower.

use crate::error::{During, Result};
use sqlx::any::AnyArguments;
use sqlx::query::Query;
use sqlx::{Any, AnyConnection, Arguments, AssertSqlSafe, Encode, Type};
use std::borrow::Cow;
use std::fmt::Write as _;

/// Which database is behind the store.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Dialect {
    /// Embedded, one file.
    Sqlite,
    /// A server, by URL.
    Postgres,
}

impl Dialect {
    /// A statement with `?` for its arguments. The text is the store's own; values are always bound.
    pub(crate) fn query(self, text: impl Into<Cow<'static, str>>) -> Query<'static, Any, AnyArguments> {
        let text = text.into();
        match self {
            Self::Sqlite => sqlx::query(AssertSqlSafe(text)),
            Self::Postgres => sqlx::query(AssertSqlSafe(numbered(&text))),
        }
    }
}

/// Replaces each `?` by `$1`, `$2` ... No statement of the store holds a `?` in a text literal.
fn numbered(text: &str) -> String {
    let mut out = String::with_capacity(text.len() + 16);
    let mut place = 0;
    for c in text.chars() {
        if c == '?' {
            place += 1;
            let _ = write!(out, "${place}");
        } else {
            out.push(c);
        }
    }
    out
}

/// Both databases take over 32,000 arguments a statement; rows of text fill a megabyte long before.
const ROWS_MAX: usize = 500;
const ARGUMENTS_MAX: usize = 16_000;

/// Inserts many rows with few statements.
pub(crate) struct InsertMany {
    dialect: Dialect,
    head: String,
    tail: String,
    columns: usize,
    rows_max: usize,
    arguments: AnyArguments,
}

impl InsertMany {
    /// Inserts into `columns` of `table`; `tail` may hold an `on conflict` clause.
    pub(crate) fn new(dialect: Dialect, table: &str, columns: &[&str], tail: String) -> Self {
        Self {
            dialect,
            head: format!("insert into {table} ({}) values ", columns.join(", ")),
            tail,
            columns: columns.len(),
            rows_max: ROWS_MAX.min(ARGUMENTS_MAX / columns.len()),
            arguments: AnyArguments::default(),
        }
    }

    /// Adds the next value of the current row.
    pub(crate) fn bind<'t, T>(&mut self, value: T) -> &mut Self
    where
        T: Encode<'t, Any> + Type<Any>,
    {
        self.arguments.add(value).expect("integers, floats and texts always encode");
        self
    }

    /// Sends the rows when enough wait. To be called after each whole row.
    pub(crate) async fn row(&mut self, to: &mut AnyConnection, action: &'static str) -> Result<()> {
        if self.arguments.len() >= self.rows_max * self.columns {
            self.flush(to, action).await?;
        }
        Ok(())
    }

    /// Sends the rows that wait.
    pub(crate) async fn flush(&mut self, to: &mut AnyConnection, action: &'static str) -> Result<()> {
        let arguments = std::mem::take(&mut self.arguments);
        let rows = arguments.len() / self.columns;
        if rows == 0 {
            return Ok(());
        }
        let text = self.text(rows);
        // Only the full size comes again; other sizes would push it out of the statement cache.
        sqlx::query_with(AssertSqlSafe(text), arguments)
            .persistent(rows == self.rows_max)
            .execute(to)
            .await
            .during(action)?;
        Ok(())
    }

    fn text(&self, rows: usize) -> String {
        let mut row = String::from("(");
        row.push_str(&vec!["?"; self.columns].join(", "));
        row.push(')');
        let text = format!("{}{} {}", self.head, vec![row; rows].join(", "), self.tail);
        match self.dialect {
            Dialect::Sqlite => text,
            Dialect::Postgres => numbered(&text),
        }
    }
}

/// What asks for one of so many values of a column, behind other conditions; nothing where all are wanted, and no row where none is.
pub(crate) fn among(column: &str, values: Option<usize>) -> String {
    match values {
        None => String::new(),
        Some(0) => " and 1 = 0".to_owned(),
        Some(count) => format!(" and {column} in ({})", places(count)),
    }
}

/// `?, ?, ?` for `in (...)`.
pub(crate) fn places(count: usize) -> String {
    vec!["?"; count].join(", ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn places_are_numbered_for_postgres_only() {
        for (dialect, expect) in [
            (Dialect::Sqlite, "insert into t (a, b) values (?, ?), (?, ?) on conflict do nothing"),
            (Dialect::Postgres, "insert into t (a, b) values ($1, $2), ($3, $4) on conflict do nothing"),
        ] {
            let many = InsertMany::new(dialect, "t", &["a", "b"], "on conflict do nothing".to_owned());
            assert_eq!(many.text(2), expect);
        }
    }
}
