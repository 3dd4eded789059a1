//! Sessions of people who have signed in. They are not in backups: after a restore everybody signs in again.

use crate::Store;
use crate::account::{self, Account};
use crate::audit::{self, By};
use crate::database::Write;
use crate::error::{During, Result};
use serde_json::json;
use sqlx::Row;

/// A session with whom it belongs to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Session {
    /// The account.
    pub account: Account,
    /// When it began, milliseconds since 1970 UTC.
    pub created_ms: i64,
    /// When it was last used, to within some minutes.
    pub seen_ms: i64,
    /// When it ends at the latest.
    pub expires_ms: i64,
    /// Messages that the account has not read.
    pub unread: i64,
}

/// How many messages account `a` has not read.
pub(crate) const UNREAD: &str =
    "(select count(*) from message m where m.account_id = a.id and m.read_ms is null)";

#[boxed::futures]
impl Store {
    /// Begins a session: `token_sha256` is the hash of its secret, `from` where it was begun. Sessions that have run out,
    /// or were last used before `idle_ms`, are removed.
    ///
    /// # Errors
    /// [`crate::Error::NotFound`] for the account.
    pub async fn begin_session(
        &self,
        account: i64,
        token_sha256: &str,
        expires_ms: i64,
        idle_ms: i64,
        from: &str,
        by: &By,
    ) -> Result<()> {
        let doing = "begin the session";
        let mut tx = self.database.write(doing).await?;
        let name = account::locked(&mut tx, account, doing).await?.name;
        tx.query("delete from session where expires_ms <= ? or seen_ms < ?")
            .bind(by.at_ms)
            .bind(idle_ms)
            .execute(&mut *tx)
            .await
            .during(doing)?;
        tx.query(
            "insert into session (token_sha256, account_id, created_ms, seen_ms, expires_ms) \
             values (?, ?, ?, ?, ?)",
        )
        .bind(token_sha256)
        .bind(account)
        .bind(by.at_ms)
        .bind(by.at_ms)
        .bind(expires_ms)
        .execute(&mut *tx)
        .await
        .during(doing)?;
        audit::append(&mut tx, by, "session.begin", format!("user/{name}"), &json!({ "from": from })).await?;
        tx.commit(doing).await
    }

    /// The session with this token's hash.
    ///
    /// # Errors
    /// The database's.
    pub async fn session(&self, token_sha256: &str) -> Result<Option<Session>> {
        let doing = "read the session";
        let mut tx = self.database.read(doing).await?;
        let row = tx
            .query(format!(
                "select {}, s.created_ms, s.seen_ms, s.expires_ms, {UNREAD} from {} \
                 join session s on s.account_id = a.id where s.token_sha256 = ?",
                account::COLUMNS,
                account::TABLES
            ))
            .bind(token_sha256)
            .fetch_optional(&mut *tx)
            .await
            .during(doing)?;
        row.map(|row| {
            Ok(Session {
                account: account::account(&row)?,
                created_ms: row.try_get(account::WIDTH)?,
                seen_ms: row.try_get(account::WIDTH + 1)?,
                expires_ms: row.try_get(account::WIDTH + 2)?,
                unread: row.try_get(account::WIDTH + 3)?,
            })
        })
        .transpose()
        .during(doing)
    }

    /// Notes that a session was used. No audit entry: it changes nothing that anybody asked for.
    ///
    /// # Errors
    /// The database's.
    pub async fn touch_session(&self, token_sha256: &str, at_ms: i64) -> Result<()> {
        let doing = "note the session's use";
        let mut tx = self.database.write(doing).await?;
        tx.query("update session set seen_ms = ? where token_sha256 = ? and seen_ms < ?")
            .bind(at_ms)
            .bind(token_sha256)
            .bind(at_ms)
            .execute(&mut *tx)
            .await
            .during(doing)?;
        tx.commit(doing).await
    }

    /// Ends a session; true where there was one.
    ///
    /// # Errors
    /// The database's.
    pub async fn end_session(&self, token_sha256: &str, at_ms: i64) -> Result<bool> {
        let doing = "end the session";
        let mut tx = self.database.write(doing).await?;
        let row = tx
            .query("delete from session where token_sha256 = ? returning account_id")
            .bind(token_sha256)
            .fetch_optional(&mut *tx)
            .await
            .during(doing)?;
        let Some(row) = row else { return Ok(false) };
        let name = account::locked(&mut tx, row.try_get(0).during(doing)?, doing).await?.name;
        let by = By::new(name.as_str(), at_ms);
        audit::append(&mut tx, &by, "session.end", format!("user/{name}"), &json!({})).await?;
        tx.commit(doing).await?;
        Ok(true)
    }
}

/// Ends all sessions of an account but one.
pub(crate) async fn end_all(
    tx: &mut Write,
    account: i64,
    keep: Option<&str>,
    doing: &'static str,
) -> Result<()> {
    tx.query("delete from session where account_id = ? and token_sha256 <> ?")
        .bind(account)
        .bind(keep.unwrap_or(""))
        .execute(&mut **tx)
        .await
        .during(doing)?;
    Ok(())
}
