//! What the installation decides for itself, such as the cluster's name.

use crate::Store;
use crate::audit::{self, By};
use crate::database::{Read, Write};
use crate::error::{During, Result};
use serde_json::json;
use sqlx::Row;

#[boxed::futures]
impl Store {
    /// The value of a setting, if it was ever set.
    ///
    /// # Errors
    /// The database's.
    pub async fn setting(&self, name: &str) -> Result<Option<String>> {
        let doing = "read the setting";
        get(&mut self.database.read(doing).await?, name, doing).await
    }

    /// Sets a setting. Never a secret: settings stand in the audit and in backups.
    ///
    /// # Errors
    /// The database's.
    pub async fn set_setting(&self, name: &str, value: &str, by: &By) -> Result<()> {
        let doing = "store the setting";
        let mut tx = self.database.write(doing).await?;
        put(&mut tx, name, value, by, doing).await?;
        audit::append(&mut tx, by, "setting.set", format!("setting/{name}"), &json!({ "value": value }))
            .await?;
        tx.commit(doing).await
    }
}

/// The value of a setting, as a transaction sees it.
pub(crate) async fn get(tx: &mut Read, name: &str, doing: &'static str) -> Result<Option<String>> {
    let query = tx.query("select value from setting where name = ?").bind(name);
    let row = query.fetch_optional(&mut **tx).await.during(doing)?;
    row.map(|row| row.try_get(0)).transpose().during(doing)
}

/// Sets a setting in a transaction that writes its own entry into the audit.
pub(crate) async fn put(tx: &mut Write, name: &str, value: &str, by: &By, doing: &'static str) -> Result<()> {
    tx.query(
        "insert into setting (id, name, value, updated_by, updated_ms) \
         values ((select coalesce(max(id), 0) + 1 from setting), ?, ?, ?, ?) \
         on conflict (name) do update set value = excluded.value, updated_by = excluded.updated_by, \
         updated_ms = excluded.updated_ms",
    )
    .bind(name)
    .bind(value)
    .bind(by.actor.as_str())
    .bind(by.at_ms)
    .execute(&mut **tx)
    .await
    .during(doing)?;
    Ok(())
}
