//! The queue of what goes out. A letter waits until the other side took it, or until it is given up. Its attempts have no audit
//! entries: nobody asked for them, and the rows themselves say what came of each letter.

use crate::Store;
use crate::audit::By;
use crate::database::Write;
use crate::error::{During, Result};
use sqlx::Row;
use sqlx::any::AnyRow;

/// A letter in the queue.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Letter {
    /// Row id.
    pub id: i64,
    /// Row id of the hook.
    pub hook: i64,
    /// Name of the hook.
    pub hook_name: String,
    /// What is sent, as JSON text.
    pub message: String,
    /// `waiting`, `sent` or `failed`.
    pub state: String,
    /// How often it was tried.
    pub attempts: i64,
    /// When it was queued, milliseconds since 1970 UTC.
    pub at_ms: i64,
    /// When it is tried next.
    pub next_ms: i64,
    /// What went wrong last.
    pub error: Option<String>,
}

fn letter(row: &AnyRow) -> sqlx::Result<Letter> {
    Ok(Letter {
        id: row.try_get(0)?,
        hook: row.try_get(1)?,
        hook_name: row.try_get(2)?,
        message: row.try_get(3)?,
        state: row.try_get(4)?,
        attempts: row.try_get(5)?,
        at_ms: row.try_get(6)?,
        next_ms: row.try_get(7)?,
        error: row.try_get(8)?,
    })
}

const SELECT: &str = "select o.id, o.hook_id, h.name, o.message, o.state, o.attempts, o.at_ms, o.next_ms, o.error \
    from outbox o join hook h on h.id = o.hook_id";

/// Puts a letter into the queue of a hook, to go out at once.
pub(crate) async fn queue(
    tx: &mut Write,
    hook: i64,
    letter: &str,
    by: &By,
    doing: &'static str,
) -> Result<()> {
    tx.query(
        "insert into outbox (id, hook_id, message, state, attempts, at_ms, next_ms) \
         values ((select coalesce(max(id), 0) + 1 from outbox), ?, ?, 'waiting', 0, ?, 0)",
    )
    .bind(hook)
    .bind(letter)
    .bind(by.at_ms)
    .execute(&mut **tx)
    .await
    .during(doing)?;
    Ok(())
}

#[boxed::futures]
impl Store {
    /// Letters of active hooks that wait and are due, oldest first, at most `limit`.
    ///
    /// # Errors
    /// The database's.
    pub async fn due_letters(&self, now_ms: i64, limit: u32) -> Result<Vec<Letter>> {
        let doing = "read the queue";
        let mut tx = self.database.read(doing).await?;
        let rows = tx
            .query(format!(
                "{SELECT} where o.state = 'waiting' and o.next_ms <= ? and h.active = 1 order by o.id limit ?"
            ))
            .bind(now_ms)
            .bind(i64::from(limit))
            .fetch_all(&mut *tx)
            .await
            .during(doing)?;
        rows.iter().map(letter).collect::<sqlx::Result<_>>().during(doing)
    }

    /// The newest letters, at most `limit`.
    ///
    /// # Errors
    /// The database's.
    pub async fn letters(&self, limit: u32) -> Result<Vec<Letter>> {
        let doing = "read the queue";
        let mut tx = self.database.read(doing).await?;
        let rows = tx
            .query(format!("{SELECT} order by o.id desc limit ?"))
            .bind(i64::from(limit))
            .fetch_all(&mut *tx)
            .await
            .during(doing)?;
        rows.iter().map(letter).collect::<sqlx::Result<_>>().during(doing)
    }

    /// Notes that a letter was taken. `message` stands in its place from then on: what was written to one receiver alone is not
    /// kept.
    ///
    /// # Errors
    /// The database's.
    pub async fn letter_sent(&self, id: i64, message: &str, at_ms: i64) -> Result<()> {
        let doing = "note the delivery";
        let mut tx = self.database.write(doing).await?;
        tx.query(
            "update outbox set state = 'sent', attempts = attempts + 1, done_ms = ?, message = ?, error = null \
             where id = ?",
        )
        .bind(at_ms)
        .bind(message)
        .bind(id)
        .execute(&mut *tx)
        .await
        .during(doing)?;
        tx.commit(doing).await
    }

    /// Notes that a letter was not taken, and when it is tried next; without that it is given up, and `message` stands in its place.
    ///
    /// # Errors
    /// The database's.
    pub async fn letter_failed(
        &self,
        id: i64,
        message: &str,
        error: &str,
        next_ms: Option<i64>,
        at_ms: i64,
    ) -> Result<()> {
        let doing = "note the failed delivery";
        let mut tx = self.database.write(doing).await?;
        let query = match next_ms {
            Some(next_ms) => tx
                .query("update outbox set attempts = attempts + 1, error = ?, next_ms = ? where id = ?")
                .bind(error)
                .bind(next_ms),
            None => tx
                .query(
                    "update outbox set attempts = attempts + 1, error = ?, done_ms = ?, message = ?, state = 'failed' \
                     where id = ?",
                )
                .bind(error)
                .bind(at_ms)
                .bind(message),
        };
        query.bind(id).execute(&mut *tx).await.during(doing)?;
        tx.commit(doing).await
    }

    /// Removes letters that were sent or given up before `before_ms`.
    ///
    /// # Errors
    /// The database's.
    pub async fn clear_letters(&self, before_ms: i64) -> Result<()> {
        let doing = "clear the queue";
        let mut tx = self.database.write(doing).await?;
        tx.query("delete from outbox where state <> 'waiting' and done_ms < ?")
            .bind(before_ms)
            .execute(&mut *tx)
            .await
            .during(doing)?;
        tx.commit(doing).await
    }
}
