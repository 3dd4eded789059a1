//! Hooks: the ways out. Their configuration holds secrets: it is in no audit entry and no error.

use crate::Store;
use crate::audit::{self, By};
use crate::database::Write;
use crate::error::{During, Error, Result};
use serde_json::json;
use sqlx::Row;
use sqlx::any::AnyRow;
use std::fmt;

/// A hook as stored.
#[derive(Clone, PartialEq, Eq)]
pub struct Hook {
    /// Row id.
    pub id: i64,
    /// Version, from 1.
    pub version: i64,
    /// `smtp`, `webhook` or `partner`.
    pub kind: String,
    /// Name.
    pub name: String,
    /// Settings with their secrets, as JSON text.
    pub config: String,
    /// True where it is used.
    pub active: bool,
}

impl fmt::Debug for Hook {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Hook").field("id", &self.id).field("name", &self.name).finish_non_exhaustive()
    }
}

/// What waits behind a hook.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct HookQueue {
    /// Deliveries that wait.
    pub waiting: i64,
    /// Deliveries given up.
    pub failed: i64,
    /// Error of the newest delivery that has one and was not sent.
    pub last_error: Option<String>,
}

fn hook(row: &AnyRow) -> sqlx::Result<Hook> {
    Ok(Hook {
        id: row.try_get(0)?,
        version: row.try_get(1)?,
        kind: row.try_get(2)?,
        name: row.try_get(3)?,
        config: row.try_get(4)?,
        active: row.try_get::<i64, _>(5)? != 0,
    })
}

const COLUMNS: &str = "id, version, kind, name, config, active";

#[boxed::futures]
impl Store {
    /// All hooks by row id.
    ///
    /// # Errors
    /// The database's.
    pub async fn hooks(&self) -> Result<Vec<Hook>> {
        let doing = "read the hooks";
        let mut tx = self.database.read(doing).await?;
        let rows = tx
            .query(format!("select {COLUMNS} from hook order by id"))
            .fetch_all(&mut *tx)
            .await
            .during(doing)?;
        rows.iter().map(hook).collect::<sqlx::Result<_>>().during(doing)
    }

    /// What waits behind a hook.
    ///
    /// # Errors
    /// The database's.
    pub async fn hook_queue(&self, id: i64) -> Result<HookQueue> {
        let doing = "read the hook's queue";
        let mut tx = self.database.read(doing).await?;
        let row = tx
            .query(
                "select count(case when state = 'waiting' then 1 end), count(case when state = 'failed' then 1 end), \
                 (select error from outbox where hook_id = ? and state <> 'sent' and error is not null \
                  order by id desc limit 1) from outbox where hook_id = ?",
            )
            .bind(id)
            .bind(id)
            .fetch_one(&mut *tx)
            .await
            .during(doing)?;
        let get = || {
            Ok(HookQueue { waiting: row.try_get(0)?, failed: row.try_get(1)?, last_error: row.try_get(2)? })
        };
        get().during(doing)
    }

    /// Stores a new hook and returns its row id.
    ///
    /// # Errors
    /// The database's.
    pub async fn add_hook(&self, kind: &str, name: &str, config: &str, active: bool, by: &By) -> Result<i64> {
        let doing = "store the hook";
        let mut tx = self.database.write(doing).await?;
        let row = tx
            .query(
                "insert into hook (id, kind, name, config, active, version, updated_by, updated_ms) \
                 values ((select coalesce(max(id), 0) + 1 from hook), ?, ?, ?, ?, 1, ?, ?) returning id",
            )
            .bind(kind)
            .bind(name)
            .bind(config)
            .bind(i64::from(active))
            .bind(by.actor.as_str())
            .bind(by.at_ms)
            .fetch_one(&mut *tx)
            .await
            .during(doing)?;
        let id: i64 = row.try_get(0).during(doing)?;
        let detail = json!({ "kind": kind, "name": name, "active": active });
        audit::append(&mut tx, by, "hook.add", format!("hook/{id}"), &detail).await?;
        tx.commit(doing).await?;
        Ok(id)
    }

    /// Changes a hook. What waits behind it is tried again at once: its error may have been corrected.
    ///
    /// # Errors
    /// [`Error::NotFound`], [`Error::Conflict`].
    pub async fn set_hook(&self, changed: &Hook, by: &By) -> Result<()> {
        let doing = "store the hook";
        let mut tx = self.database.write(doing).await?;
        expect_version(&mut tx, changed.id, changed.version, doing).await?;
        tx.query(
            "update hook set kind = ?, name = ?, config = ?, active = ?, version = version + 1, updated_by = ?, \
             updated_ms = ? where id = ?",
        )
        .bind(changed.kind.as_str())
        .bind(changed.name.as_str())
        .bind(changed.config.as_str())
        .bind(i64::from(changed.active))
        .bind(by.actor.as_str())
        .bind(by.at_ms)
        .bind(changed.id)
        .execute(&mut *tx)
        .await
        .during(doing)?;
        tx.query("update outbox set next_ms = 0 where hook_id = ? and state = 'waiting'")
            .bind(changed.id)
            .execute(&mut *tx)
            .await
            .during(doing)?;
        let detail = json!({ "kind": changed.kind, "name": changed.name, "active": changed.active });
        audit::append(&mut tx, by, "hook.change", format!("hook/{}", changed.id), &detail).await?;
        tx.commit(doing).await
    }

    /// Removes a hook with its queue.
    ///
    /// # Errors
    /// [`Error::NotFound`], [`Error::Conflict`].
    pub async fn delete_hook(&self, id: i64, version: i64, by: &By) -> Result<()> {
        let doing = "remove the hook";
        let mut tx = self.database.write(doing).await?;
        let name = expect_version(&mut tx, id, version, doing).await?;
        for text in ["delete from outbox where hook_id = ?", "delete from hook where id = ?"] {
            tx.query(text).bind(id).execute(&mut *tx).await.during(doing)?;
        }
        audit::append(&mut tx, by, "hook.delete", format!("hook/{id}"), &json!({ "name": name })).await?;
        tx.commit(doing).await
    }
}

/// Checks that a hook is at the version the caller read; returns its name.
async fn expect_version(tx: &mut Write, id: i64, expected: i64, doing: &'static str) -> Result<String> {
    let row = tx
        .query("select version, name from hook where id = ?")
        .bind(id)
        .fetch_optional(&mut **tx)
        .await
        .during(doing)?
        .ok_or_else(|| Error::NotFound { object: format!("hook {id}") })?;
    let found: i64 = row.try_get(0).during(doing)?;
    if found != expected {
        return Err(Error::Conflict { object: format!("hook {id}"), expected, found });
    }
    row.try_get(1).during(doing)
}
