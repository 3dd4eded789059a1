//! Column maps: which heading of a source means which field.

use crate::Store;
use crate::audit::By;
use crate::database::Write;
use crate::error::{During, Error, Result};
use crate::import::ColumnMap;
use serde_json::Value;
use sqlx::Row;

#[boxed::futures]
impl Store {
    /// The map remembered for a source, if there is one.
    ///
    /// # Errors
    /// The database's.
    pub async fn column_map(&self, fingerprint: &str) -> Result<Option<Value>> {
        let doing = "read the column map";
        let mut tx = self.database.read(doing).await?;
        let row = tx
            .query("select mapping from column_map where fingerprint = ?")
            .bind(fingerprint)
            .fetch_optional(&mut *tx)
            .await
            .during(doing)?;
        let Some(row) = row else { return Ok(None) };
        let text: &str = row.try_get(0).during(doing)?;
        serde_json::from_str(text)
            .map(Some)
            .map_err(|source| Error::Content { object: format!("column map {fingerprint}"), source })
    }
}

#[boxed::futures]
impl Store {
    /// All maps remembered, by fingerprint.
    ///
    /// # Errors
    /// The database's.
    pub async fn column_maps(&self) -> Result<Vec<ColumnMap>> {
        let doing = "read the column maps";
        let mut tx = self.database.read(doing).await?;
        let rows = tx
            .query("select fingerprint, mapping from column_map order by fingerprint")
            .fetch_all(&mut *tx)
            .await
            .during(doing)?;
        rows.iter()
            .map(|row| {
                let fingerprint: String = row.try_get(0).during(doing)?;
                let mapping = serde_json::from_str(row.try_get(1).during(doing)?).map_err(|source| {
                    Error::Content { object: format!("column map {fingerprint}"), source }
                })?;
                Ok(ColumnMap { fingerprint, mapping })
            })
            .collect()
    }
}

/// The maps that are new or differ from what is remembered, as canonical text.
pub(crate) async fn changed<'m>(
    from: &mut Write,
    maps: &'m [ColumnMap],
    doing: &'static str,
) -> Result<Vec<(&'m str, String)>> {
    let mut out = Vec::new();
    for map in maps {
        let text = map.mapping.to_string();
        let row = from
            .query("select mapping from column_map where fingerprint = ?")
            .bind(map.fingerprint.as_str())
            .fetch_optional(&mut **from)
            .await
            .during(doing)?;
        let known = row.map(|row| row.try_get::<String, _>(0)).transpose().during(doing)?;
        if known.as_ref() != Some(&text) {
            out.push((map.fingerprint.as_str(), text));
        }
    }
    Ok(out)
}

/// Remembers a map, in place of an earlier one of that source.
pub(crate) async fn save(
    to: &mut Write,
    fingerprint: &str,
    mapping: String,
    by: &By,
    doing: &'static str,
) -> Result<()> {
    to.query(
        "insert into column_map (id, fingerprint, mapping, updated_by, updated_ms) \
         values ((select coalesce(max(id), 0) + 1 from column_map), ?, ?, ?, ?) \
         on conflict (fingerprint) do update set mapping = excluded.mapping, \
         updated_by = excluded.updated_by, updated_ms = excluded.updated_ms",
    )
    .bind(fingerprint)
    .bind(mapping)
    .bind(by.actor.as_str())
    .bind(by.at_ms)
    .execute(&mut **to)
    .await
    .during(doing)?;
    Ok(())
}
