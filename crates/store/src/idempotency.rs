//! Answers given to requests that carried an idempotency key, kept for a day. They are not in backups.

use crate::Store;
use crate::error::{During, Result};
use sqlx::Row;

/// An answer as given.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Answer {
    /// SHA-256 of the request that it answers.
    pub request_sha256: String,
    /// HTTP status; 0 while the request is still at work.
    pub status: i64,
    /// Media type of the body.
    pub content_type: String,
    /// Body.
    pub body: String,
    /// When the request came, milliseconds since 1970 UTC.
    pub at_ms: i64,
}

#[boxed::futures]
impl Store {
    /// Takes a key for a request, where nobody has it; else what is there. Keys taken before `old_ms` are forgotten first, and
    /// so are those whose request has been at work since before `stuck_ms`.
    ///
    /// # Errors
    /// The database's.
    pub async fn take_key(
        &self,
        account: i64,
        key: &str,
        request_sha256: &str,
        (old_ms, stuck_ms, now_ms): (i64, i64, i64),
    ) -> Result<Option<Answer>> {
        let doing = "look for an earlier answer";
        let mut tx = self.database.write(doing).await?;
        tx.query("delete from idempotency where at_ms < ? or (status = 0 and at_ms < ?)")
            .bind(old_ms)
            .bind(stuck_ms)
            .execute(&mut *tx)
            .await
            .during(doing)?;
        let known = tx
            .query(
                "select request_sha256, status, content_type, body, at_ms from idempotency \
                 where account_id = ? and key = ?",
            )
            .bind(account)
            .bind(key)
            .fetch_optional(&mut *tx)
            .await
            .during(doing)?;
        if let Some(row) = known {
            let get = || {
                Ok(Answer {
                    request_sha256: row.try_get(0)?,
                    status: row.try_get(1)?,
                    content_type: row.try_get(2)?,
                    body: row.try_get(3)?,
                    at_ms: row.try_get(4)?,
                })
            };
            return get().during(doing).map(Some);
        }
        tx.query(
            "insert into idempotency (account_id, key, request_sha256, status, content_type, body, at_ms) \
             values (?, ?, ?, 0, '', '', ?)",
        )
        .bind(account)
        .bind(key)
        .bind(request_sha256)
        .bind(now_ms)
        .execute(&mut *tx)
        .await
        .during(doing)?;
        tx.commit(doing).await?;
        Ok(None)
    }

    /// Keeps the answer to a request that took a key.
    ///
    /// # Errors
    /// The database's.
    pub async fn keep_answer(
        &self,
        account: i64,
        key: &str,
        status: u16,
        content_type: &str,
        body: &str,
    ) -> Result<()> {
        let doing = "keep the answer";
        let mut tx = self.database.write(doing).await?;
        tx.query(
            "update idempotency set status = ?, content_type = ?, body = ? where account_id = ? and key = ?",
        )
        .bind(i64::from(status))
        .bind(content_type)
        .bind(body)
        .bind(account)
        .bind(key)
        .execute(&mut *tx)
        .await
        .during(doing)?;
        tx.commit(doing).await
    }

    /// Gives a key back: its request did nothing.
    ///
    /// # Errors
    /// The database's.
    pub async fn free_key(&self, account: i64, key: &str) -> Result<()> {
        let doing = "give the key back";
        let mut tx = self.database.write(doing).await?;
        tx.query("delete from idempotency where account_id = ? and key = ? and status = 0")
            .bind(account)
            .bind(key)
            .execute(&mut *tx)
            .await
            .during(doing)?;
        tx.commit(doing).await
    }
}
