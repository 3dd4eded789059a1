//! The web inbox, and what is put into the queue of the ways out with it.

use crate::Store;
use crate::audit::By;
use crate::error::{During, Result};
use sqlx::Row;
use sqlx::any::AnyRow;

/// A message of somebody's inbox.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Message {
    /// Row id.
    pub id: i64,
    /// What it is about.
    pub kind: String,
    /// Title.
    pub title: String,
    /// Text.
    pub body: String,
    /// Path on the server where it leads.
    pub link: String,
    /// When it came, milliseconds since 1970 UTC.
    pub at_ms: i64,
    /// When it was read.
    pub read_ms: Option<i64>,
}

/// A message to put into inboxes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewMessage {
    /// What it is about.
    pub kind: String,
    /// Title.
    pub title: String,
    /// Text; never a secret.
    pub body: String,
    /// Path on the server where it leads.
    pub link: String,
}

fn message(row: &AnyRow) -> sqlx::Result<Message> {
    Ok(Message {
        id: row.try_get(0)?,
        kind: row.try_get(1)?,
        title: row.try_get(2)?,
        body: row.try_get(3)?,
        link: row.try_get(4)?,
        at_ms: row.try_get(5)?,
        read_ms: row.try_get(6)?,
    })
}

#[boxed::futures]
impl Store {
    /// Puts a message into the inboxes of accounts (row ids), and letters (row id of the hook, JSON text) into the queue, in one
    /// transaction. No audit entry: what the message tells of has its own.
    ///
    /// # Errors
    /// The database's.
    pub async fn send(
        &self,
        accounts: &[i64],
        new: &NewMessage,
        letters: &[(i64, String)],
        by: &By,
    ) -> Result<()> {
        let doing = "store the message";
        let mut tx = self.database.write(doing).await?;
        for account in accounts {
            tx.query(
                "insert into message (id, account_id, kind, title, body, link, at_ms) \
                 values ((select coalesce(max(id), 0) + 1 from message), ?, ?, ?, ?, ?, ?)",
            )
            .bind(*account)
            .bind(new.kind.as_str())
            .bind(new.title.as_str())
            .bind(new.body.as_str())
            .bind(new.link.as_str())
            .bind(by.at_ms)
            .execute(&mut *tx)
            .await
            .during(doing)?;
        }
        for (hook, letter) in letters {
            crate::outbox::queue(&mut tx, *hook, letter, by, doing).await?;
        }
        tx.commit(doing).await
    }

    /// Messages of an account with row ids below `before`, newest first, at most `limit`.
    ///
    /// # Errors
    /// The database's.
    pub async fn messages(&self, account: i64, before: Option<i64>, limit: u32) -> Result<Vec<Message>> {
        let doing = "read the messages";
        let mut tx = self.database.read(doing).await?;
        let rows = tx
            .query(
                "select id, kind, title, body, link, at_ms, read_ms from message \
                 where account_id = ? and id < ? order by id desc limit ?",
            )
            .bind(account)
            .bind(before.unwrap_or(i64::MAX))
            .bind(i64::from(limit))
            .fetch_all(&mut *tx)
            .await
            .during(doing)?;
        rows.iter().map(message).collect::<sqlx::Result<_>>().during(doing)
    }

    /// How many messages an account has not read.
    ///
    /// # Errors
    /// The database's.
    pub async fn unread(&self, account: i64) -> Result<i64> {
        let doing = "count the messages";
        let mut tx = self.database.read(doing).await?;
        let query =
            tx.query("select count(*) from message where account_id = ? and read_ms is null").bind(account);
        query.fetch_one(&mut *tx).await.and_then(|row| row.try_get(0)).during(doing)
    }

    /// Marks messages of an account as read; none given means all. Others' are left alone.
    ///
    /// # Errors
    /// The database's.
    pub async fn mark_read(&self, account: i64, ids: &[i64], at_ms: i64) -> Result<()> {
        let doing = "mark the messages";
        let mut tx = self.database.write(doing).await?;
        let all = "update message set read_ms = ? where account_id = ? and read_ms is null";
        if ids.is_empty() {
            tx.query(all).bind(at_ms).bind(account).execute(&mut *tx).await.during(doing)?;
        }
        for id in ids {
            tx.query(format!("{all} and id = ?"))
                .bind(at_ms)
                .bind(account)
                .bind(*id)
                .execute(&mut *tx)
                .await
                .during(doing)?;
        }
        tx.commit(doing).await
    }
}
