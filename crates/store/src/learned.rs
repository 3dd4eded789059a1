//! Weights that were learned, by version from 1, and which of them is in use. Version 0 stands for the shipped ones.

use crate::Store;
use crate::audit::{self, By};
use crate::database::Write;
use crate::error::{During, Error, Result};
use crate::record::next_id;
use crate::setting;
use serde_json::{Value, json};
use sqlx::Row;

/// The setting that names the version in use; shipped weights where it was never set.
const IN_USE: &str = "learn.version";

/// A version of the weights as stored.
#[derive(Debug, Clone, PartialEq)]
pub struct LearnedWeights {
    /// Version, from 1.
    pub version: i64,
    /// The weights, as JSON.
    pub weights: Value,
    /// How they were learned, as JSON.
    pub report: Value,
    /// Who had them learned.
    pub actor: String,
    /// When, milliseconds since 1970 UTC.
    pub at_ms: i64,
}

#[boxed::futures]
impl Store {
    /// All versions that were learned, oldest first, and the one in use.
    ///
    /// # Errors
    /// The database's, and [`Error::Content`].
    pub async fn learned(&self) -> Result<(Vec<LearnedWeights>, i64)> {
        let doing = "read the learned weights";
        let mut tx = self.database.read(doing).await?;
        let rows = tx
            .query("select id, weights, report, actor, at_ms from learned order by id")
            .fetch_all(&mut *tx)
            .await
            .during(doing)?;
        let mut versions = Vec::with_capacity(rows.len());
        for row in &rows {
            let version: i64 = row.try_get(0).during(doing)?;
            let json = |text: &str| {
                serde_json::from_str(text)
                    .map_err(|source| Error::Content { object: format!("weights {version}"), source })
            };
            versions.push(LearnedWeights {
                version,
                weights: json(row.try_get(1).during(doing)?)?,
                report: json(row.try_get(2).during(doing)?)?,
                actor: row.try_get(3).during(doing)?,
                at_ms: row.try_get(4).during(doing)?,
            });
        }
        Ok((versions, version(setting::get(&mut tx, IN_USE, doing).await?)))
    }

    /// The version in use.
    ///
    /// # Errors
    /// The database's.
    pub async fn weights_in_use(&self) -> Result<i64> {
        Ok(version(self.setting(IN_USE).await?))
    }

    /// Stores weights as a new version and, where `take`, puts it into use. Returns its number.
    ///
    /// # Errors
    /// The database's.
    pub async fn add_learned(&self, weights: &Value, report: &Value, take: bool, by: &By) -> Result<i64> {
        let doing = "store the learned weights";
        let mut tx = self.database.write(doing).await?;
        let version = next_id(&mut tx, "learned", doing).await?;
        tx.query("insert into learned (id, weights, report, actor, at_ms) values (?, ?, ?, ?, ?)")
            .bind(version)
            .bind(weights.to_string())
            .bind(report.to_string())
            .bind(by.actor.as_str())
            .bind(by.at_ms)
            .execute(&mut *tx)
            .await
            .during(doing)?;
        let detail = json!({ "weights": weights, "taken": take });
        audit::append(&mut tx, by, "learn", format!("weights/{version}"), &detail).await?;
        if take {
            put_in_use(&mut tx, version, by, doing).await?;
        }
        tx.commit(doing).await?;
        Ok(version)
    }

    /// Puts a version into use; 0 for the shipped weights.
    ///
    /// # Errors
    /// [`Error::NotFound`].
    pub async fn use_learned(&self, version: i64, by: &By) -> Result<()> {
        let doing = "switch the weights";
        let mut tx = self.database.write(doing).await?;
        let known = tx.query("select 1 from learned where id = ?").bind(version);
        if version != 0 && known.fetch_optional(&mut *tx).await.during(doing)?.is_none() {
            return Err(Error::NotFound { object: format!("weights {version}") });
        }
        put_in_use(&mut tx, version, by, doing).await?;
        tx.commit(doing).await
    }
}

/// The version that the setting names.
fn version(setting: Option<String>) -> i64 {
    setting.and_then(|text| text.parse().ok()).unwrap_or(0)
}

async fn put_in_use(tx: &mut Write, version: i64, by: &By, doing: &'static str) -> Result<()> {
    setting::put(tx, IN_USE, &version.to_string(), by, doing).await?;
    audit::append(tx, by, "learn.use", format!("weights/{version}"), &json!({})).await
}
