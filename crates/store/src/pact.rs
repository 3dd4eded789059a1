//! Product carbon footprints as they are given out, requests for them, and who may ask for how long.

use crate::Store;
use crate::audit::{self, By};
use crate::error::{During, Result};
use serde_json::json;
use sqlx::Row;
use sqlx::any::AnyRow;

/// A footprint that is given out.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StoredPcf {
    /// Its identifier, a UUID.
    pub uuid: String,
    /// Key of the enterprise whose product it is; empty for none.
    pub enterprise: String,
    /// Who may read it beside that one, as JSON text: a list of keys of enterprises.
    pub shared_with: String,
    /// The footprint, as JSON text.
    pub body: String,
}

/// A request for a footprint that came in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PcfRequest {
    /// Identifier of the request's event.
    pub event_id: String,
    /// Who asks, as the event says.
    pub source: String,
    /// Key of the asking enterprise; empty for an office.
    pub enterprise: String,
    /// What is asked, as JSON text.
    pub data: String,
    /// What is answered, as JSON text.
    pub answer: String,
}

const FOOTPRINTS: &str = "select uuid, enterprise, shared_with, body from pact_footprint";

fn stored(row: &AnyRow) -> sqlx::Result<StoredPcf> {
    Ok(StoredPcf {
        uuid: row.try_get(0)?,
        enterprise: row.try_get(1)?,
        shared_with: row.try_get(2)?,
        body: row.try_get(3)?,
    })
}

#[boxed::futures]
impl Store {
    /// All footprints that are given out, in the order of their making.
    ///
    /// # Errors
    /// The database's.
    pub async fn pcfs(&self) -> Result<Vec<StoredPcf>> {
        let doing = "read the footprints";
        let mut tx = self.database.read(doing).await?;
        let rows = tx.query(format!("{FOOTPRINTS} order by id")).fetch_all(&mut *tx).await.during(doing)?;
        rows.iter().map(stored).collect::<sqlx::Result<_>>().during(doing)
    }

    /// A footprint that is given out, by its identifier.
    ///
    /// # Errors
    /// The database's.
    pub async fn pcf(&self, uuid: &str) -> Result<Option<StoredPcf>> {
        let doing = "read the footprint";
        let mut tx = self.database.read(doing).await?;
        let query = tx.query(format!("{FOOTPRINTS} where uuid = ?")).bind(uuid.to_owned());
        let row = query.fetch_optional(&mut *tx).await.during(doing)?;
        row.as_ref().map(stored).transpose().during(doing)
    }

    /// Gives out a footprint. The bodies of others that it replaces (UUID, new body) change with it.
    ///
    /// # Errors
    /// The database's.
    pub async fn add_pcf(&self, new: &StoredPcf, replaced: &[(String, String)], by: &By) -> Result<()> {
        let doing = "store the footprint";
        let mut tx = self.database.write(doing).await?;
        for (uuid, body) in replaced {
            tx.query("update pact_footprint set body = ? where uuid = ?")
                .bind(body.clone())
                .bind(uuid.clone())
                .execute(&mut *tx)
                .await
                .during(doing)?;
        }
        tx.query(
            "insert into pact_footprint (id, uuid, enterprise, shared_with, body, created_by, created_ms) \
             values ((select coalesce(max(id), 0) + 1 from pact_footprint), ?, ?, ?, ?, ?, ?)",
        )
        .bind(new.uuid.clone())
        .bind(new.enterprise.clone())
        .bind(new.shared_with.clone())
        .bind(new.body.clone())
        .bind(by.actor.clone())
        .bind(by.at_ms)
        .execute(&mut *tx)
        .await
        .during(doing)?;
        let detail = json!({ "enterprise": new.enterprise, "shared_with": new.shared_with });
        audit::append(&mut tx, by, "pact.publish", format!("footprint/{}", new.uuid), &detail).await?;
        tx.commit(doing).await
    }

    /// Keeps a request and its answer, and puts the answer into the queue of a hook (row id, letter). The same request once more (same
    /// enterprise, source, identifier and data) changes nothing: it is answered already.
    ///
    /// # Errors
    /// The database's.
    pub async fn add_pcf_request(
        &self,
        new: &PcfRequest,
        letter: Option<(i64, &str)>,
        by: &By,
    ) -> Result<()> {
        let doing = "store the request";
        let mut tx = self.database.write(doing).await?;
        let known = tx
            .query("select id from pact_request where enterprise = ? and source = ? and event_id = ? and data = ?")
            .bind(new.enterprise.clone())
            .bind(new.source.clone())
            .bind(new.event_id.clone())
            .bind(new.data.clone())
            .fetch_optional(&mut *tx)
            .await
            .during(doing)?;
        if known.is_some() {
            return Ok(());
        }
        if let Some((hook, letter)) = letter {
            crate::outbox::queue(&mut tx, hook, letter, by, doing).await?;
        }
        tx.query(
            "insert into pact_request (id, event_id, source, actor, enterprise, data, answer, at_ms) \
             values ((select coalesce(max(id), 0) + 1 from pact_request), ?, ?, ?, ?, ?, ?, ?)",
        )
        .bind(new.event_id.clone())
        .bind(new.source.clone())
        .bind(by.actor.clone())
        .bind(new.enterprise.clone())
        .bind(new.data.clone())
        .bind(new.answer.clone())
        .bind(by.at_ms)
        .execute(&mut *tx)
        .await
        .during(doing)?;
        audit::append(&mut tx, by, "pact.request", format!("request/{}", new.event_id), &json!({})).await?;
        tx.commit(doing).await
    }

    /// Keeps the hash of a short-lived access token of an API token; those that have run out go.
    ///
    /// # Errors
    /// The database's.
    pub async fn add_access(
        &self,
        token_sha256: &str,
        api_token: i64,
        expires_ms: i64,
        now_ms: i64,
    ) -> Result<()> {
        let doing = "keep the access token";
        let mut tx = self.database.write(doing).await?;
        tx.query("delete from pact_access where expires_ms <= ?")
            .bind(now_ms)
            .execute(&mut *tx)
            .await
            .during(doing)?;
        tx.query("insert into pact_access (token_sha256, api_token_id, expires_ms) values (?, ?, ?)")
            .bind(token_sha256.to_owned())
            .bind(api_token)
            .bind(expires_ms)
            .execute(&mut *tx)
            .await
            .during(doing)?;
        tx.commit(doing).await
    }

    /// Hash of the API token behind an access token that has not run out.
    ///
    /// # Errors
    /// The database's.
    pub async fn access(&self, token_sha256: &str, now_ms: i64) -> Result<Option<String>> {
        let doing = "read the access token";
        let mut tx = self.database.read(doing).await?;
        let row = tx
            .query(
                "select t.token_sha256 from pact_access a join api_token t on t.id = a.api_token_id \
                 where a.token_sha256 = ? and a.expires_ms > ?",
            )
            .bind(token_sha256.to_owned())
            .bind(now_ms)
            .fetch_optional(&mut *tx)
            .await
            .during(doing)?;
        row.map(|row| row.try_get(0)).transpose().during(doing)
    }
}
