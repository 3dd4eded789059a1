//! Weights that were learned, by version from 1, each of one market, and which of them is in use there. Versions are counted over all
//! markets, so that a number says which weights it means; 0 stands for the shipped ones of a market.

use crate::Store;
use crate::audit::{self, By};
use crate::database::Write;
use crate::error::{During, Error, Result};
use crate::record::next_id;
use crate::setting;
use model::markets::MarketKey;
use serde_json::{Value, json};
use sqlx::Row;

/// The setting that names the version in use in a market; shipped weights where it was never set. That of parts and materials is
/// named as in the days before other markets had any.
fn in_use(market: &MarketKey) -> String {
    if market.is_parts() { "learn.version".to_owned() } else { format!("learn.version.{market}") }
}

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
    /// All versions that were learned of a market, oldest first, and the one in use.
    ///
    /// # Errors
    /// The database's, and [`Error::Content`].
    pub async fn learned(&self, market: &MarketKey) -> Result<(Vec<LearnedWeights>, i64)> {
        let doing = "read the learned weights";
        let mut tx = self.database.read(doing).await?;
        let rows = tx
            .query("select id, weights, report, actor, at_ms from learned where market = ? order by id")
            .bind(market.0.as_str())
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
        Ok((versions, version(setting::get(&mut tx, &in_use(market), doing).await?)))
    }

    /// The version in use in a market.
    ///
    /// # Errors
    /// The database's.
    pub async fn weights_in_use(&self, market: &MarketKey) -> Result<i64> {
        Ok(version(self.setting(&in_use(market)).await?))
    }

    /// Stores weights of a market as a new version and, where `take`, puts it into use. Returns its number.
    ///
    /// # Errors
    /// The database's.
    pub async fn add_learned(
        &self,
        market: &MarketKey,
        weights: &Value,
        report: &Value,
        take: bool,
        by: &By,
    ) -> Result<i64> {
        let doing = "store the learned weights";
        let mut tx = self.database.write(doing).await?;
        let version = next_id(&mut tx, "learned", doing).await?;
        tx.query("insert into learned (id, weights, report, actor, at_ms, market) values (?, ?, ?, ?, ?, ?)")
            .bind(version)
            .bind(weights.to_string())
            .bind(report.to_string())
            .bind(by.actor.as_str())
            .bind(by.at_ms)
            .bind(market.0.as_str())
            .execute(&mut *tx)
            .await
            .during(doing)?;
        let detail = json!({ "market": market, "weights": weights, "taken": take });
        audit::append(&mut tx, by, "learn", format!("weights/{version}"), &detail).await?;
        if take {
            put_in_use(&mut tx, market, version, by, doing).await?;
        }
        tx.commit(doing).await?;
        Ok(version)
    }

    /// Puts a version into use in its market; 0 for the shipped weights.
    ///
    /// # Errors
    /// [`Error::NotFound`], also for a version of another market.
    pub async fn use_learned(&self, market: &MarketKey, version: i64, by: &By) -> Result<()> {
        let doing = "switch the weights";
        let mut tx = self.database.write(doing).await?;
        let known = tx.query("select 1 from learned where id = ? and market = ?");
        let known = known.bind(version).bind(market.0.as_str());
        if version != 0 && known.fetch_optional(&mut *tx).await.during(doing)?.is_none() {
            return Err(Error::NotFound { object: format!("weights {version}") });
        }
        put_in_use(&mut tx, market, version, by, doing).await?;
        tx.commit(doing).await
    }
}

/// The version that the setting names.
fn version(setting: Option<String>) -> i64 {
    setting.and_then(|text| text.parse().ok()).unwrap_or(0)
}

async fn put_in_use(
    tx: &mut Write,
    market: &MarketKey,
    version: i64,
    by: &By,
    doing: &'static str,
) -> Result<()> {
    setting::put(tx, &in_use(market), &version.to_string(), by, doing).await?;
    audit::append(tx, by, "learn.use", format!("weights/{version}"), &json!({ "market": market })).await
}
