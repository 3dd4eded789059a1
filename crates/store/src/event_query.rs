//! Named queries of events, who gets their answers, and whose the sites are.

use crate::Store;
use crate::audit::{self, By};
use crate::error::{During, Error, Result};
use serde_json::json;
use sqlx::Row;
use sqlx::any::AnyRow;

/// A named query.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EventQuery {
    /// Row id.
    pub id: i64,
    /// Key of the enterprise that it belongs to; empty for the offices.
    pub enterprise: String,
    /// Its name, one among those of the enterprise.
    pub name: String,
    /// The query as JSON text.
    pub definition: String,
    /// When it was made.
    pub created_ms: i64,
}

/// Who gets the answers to a named query.
#[derive(Clone, PartialEq, Eq)]
pub struct EventSubscription {
    /// Row id.
    pub id: i64,
    /// Its public name.
    pub token: String,
    /// The query.
    pub query: EventQuery,
    /// Where answers go.
    pub target: String,
    /// What answers are signed with; empty for none.
    pub secret: String,
    /// When and how, as JSON text.
    pub settings: String,
    /// The last event that the subscriber got.
    pub after: i64,
    /// When it is due next.
    pub next_ms: i64,
    /// Failures since the last success.
    pub attempts: i64,
    /// What went wrong last.
    pub error: Option<String>,
    /// When it was made.
    pub created_ms: i64,
    /// When the subscriber got something last.
    pub notified_ms: Option<i64>,
}

impl std::fmt::Debug for EventSubscription {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("EventSubscription")
            .field("id", &self.id)
            .field("query", &self.query.name)
            .finish_non_exhaustive()
    }
}

/// A subscription to add.
#[derive(Clone, PartialEq, Eq)]
pub struct NewEventSubscription {
    /// Its public name.
    pub token: String,
    /// Row id of the query.
    pub query: i64,
    /// Where answers go.
    pub target: String,
    /// What answers are signed with; empty for none.
    pub secret: String,
    /// When and how, as JSON text.
    pub settings: String,
    /// Events after this one are for the subscriber.
    pub after: i64,
    /// When it is due first.
    pub next_ms: i64,
}

const QUERY: &str = "q.id, q.enterprise, q.name, q.definition, q.created_ms";

fn query(row: &AnyRow) -> sqlx::Result<EventQuery> {
    Ok(EventQuery {
        id: row.try_get(0)?,
        enterprise: row.try_get(1)?,
        name: row.try_get(2)?,
        definition: row.try_get(3)?,
        created_ms: row.try_get(4)?,
    })
}

const SUBSCRIPTION: &str = "s.id, s.token, s.target, s.secret, s.settings, s.after_seq, s.next_ms, s.attempts, s.error, \
    s.created_ms, s.notified_ms from event_subscription s join event_query q on q.id = s.query_id";

fn subscription(row: &AnyRow) -> sqlx::Result<EventSubscription> {
    Ok(EventSubscription {
        query: query(row)?,
        id: row.try_get(5)?,
        token: row.try_get(6)?,
        target: row.try_get(7)?,
        secret: row.try_get(8)?,
        settings: row.try_get(9)?,
        after: row.try_get(10)?,
        next_ms: row.try_get(11)?,
        attempts: row.try_get(12)?,
        error: row.try_get(13)?,
        created_ms: row.try_get(14)?,
        notified_ms: row.try_get(15)?,
    })
}

#[boxed::futures]
impl Store {
    /// Named queries of an enterprise (the offices' where it is empty) after a name, by name.
    ///
    /// # Errors
    /// The database's.
    pub async fn event_queries(&self, enterprise: &str, after: &str, limit: u32) -> Result<Vec<EventQuery>> {
        let doing = "read the queries";
        let mut tx = self.database.read(doing).await?;
        let rows = tx
            .query(format!(
                "select {QUERY} from event_query q where q.enterprise = ? and q.name > ? order by q.name limit ?"
            ))
            .bind(enterprise.to_owned())
            .bind(after.to_owned())
            .bind(i64::from(limit))
            .fetch_all(&mut *tx)
            .await
            .during(doing)?;
        rows.iter().map(query).collect::<sqlx::Result<_>>().during(doing)
    }

    /// A named query of an enterprise.
    ///
    /// # Errors
    /// [`Error::NotFound`].
    pub async fn event_query(&self, enterprise: &str, name: &str) -> Result<EventQuery> {
        let doing = "read the queries";
        let mut tx = self.database.read(doing).await?;
        let row = tx
            .query(format!("select {QUERY} from event_query q where q.enterprise = ? and q.name = ?"))
            .bind(enterprise.to_owned())
            .bind(name.to_owned())
            .fetch_optional(&mut *tx)
            .await
            .during(doing)?;
        row.map(|row| query(&row)).transpose().during(doing)?.ok_or_else(|| missing("query", name))
    }

    /// Adds a named query.
    ///
    /// # Errors
    /// [`Error::Exists`]; [`Error::Invalid`] where the enterprise has `most` already.
    pub async fn add_event_query(
        &self,
        enterprise: &str,
        name: &str,
        definition: &str,
        most: i64,
        by: &By,
    ) -> Result<()> {
        let doing = "store the query";
        let mut tx = self.database.write(doing).await?;
        let row = tx
            .query(
                "select count(*), count(case when name = ? then 1 end) from event_query where enterprise = ?",
            )
            .bind(name.to_owned())
            .bind(enterprise.to_owned())
            .fetch_one(&mut *tx)
            .await
            .during(doing)?;
        let (all, same): (i64, i64) = (row.try_get(0).during(doing)?, row.try_get(1).during(doing)?);
        if same > 0 {
            return Err(Error::Exists { object: format!("query {name}") });
        }
        if all >= most {
            let reason = format!("there are {all} queries already; delete one first");
            return Err(Error::Invalid { action: doing, reason });
        }
        tx.query(
            "insert into event_query (id, enterprise, name, definition, created_by, created_ms) \
             values ((select coalesce(max(id), 0) + 1 from event_query), ?, ?, ?, ?, ?)",
        )
        .bind(enterprise.to_owned())
        .bind(name.to_owned())
        .bind(definition.to_owned())
        .bind(by.actor.clone())
        .bind(by.at_ms)
        .execute(&mut *tx)
        .await
        .during(doing)?;
        audit::append(
            &mut tx,
            by,
            "ledger.query",
            format!("query/{name}"),
            &json!({ "enterprise": enterprise }),
        )
        .await?;
        tx.commit(doing).await
    }

    /// Removes a named query with its subscriptions.
    ///
    /// # Errors
    /// [`Error::NotFound`].
    pub async fn delete_event_query(&self, enterprise: &str, name: &str, by: &By) -> Result<()> {
        let doing = "remove the query";
        let mut tx = self.database.write(doing).await?;
        let row = tx
            .query("select id from event_query where enterprise = ? and name = ?")
            .bind(enterprise.to_owned())
            .bind(name.to_owned())
            .fetch_optional(&mut *tx)
            .await
            .during(doing)?;
        let id: i64 = row.ok_or_else(|| missing("query", name))?.try_get(0).during(doing)?;
        for text in
            ["delete from event_subscription where query_id = ?", "delete from event_query where id = ?"]
        {
            tx.query(text).bind(id).execute(&mut *tx).await.during(doing)?;
        }
        let object = format!("query/{name}");
        audit::append(&mut tx, by, "ledger.query_delete", object, &json!({ "enterprise": enterprise }))
            .await?;
        tx.commit(doing).await
    }

    /// Subscriptions to a query, oldest first.
    ///
    /// # Errors
    /// The database's.
    pub async fn event_subscriptions(&self, query: i64) -> Result<Vec<EventSubscription>> {
        let doing = "read the subscriptions";
        let mut tx = self.database.read(doing).await?;
        let rows = tx
            .query(format!("select {QUERY}, {SUBSCRIPTION} where s.query_id = ? order by s.id"))
            .bind(query)
            .fetch_all(&mut *tx)
            .await
            .during(doing)?;
        rows.iter().map(subscription).collect::<sqlx::Result<_>>().during(doing)
    }

    /// Subscriptions that are due.
    ///
    /// # Errors
    /// The database's.
    pub async fn due_subscriptions(&self, now_ms: i64, limit: u32) -> Result<Vec<EventSubscription>> {
        let doing = "read the subscriptions";
        let mut tx = self.database.read(doing).await?;
        let rows = tx
            .query(format!(
                "select {QUERY}, {SUBSCRIPTION} where s.next_ms <= ? order by s.next_ms, s.id limit ?"
            ))
            .bind(now_ms)
            .bind(i64::from(limit))
            .fetch_all(&mut *tx)
            .await
            .during(doing)?;
        rows.iter().map(subscription).collect::<sqlx::Result<_>>().during(doing)
    }

    /// Adds a subscription.
    ///
    /// # Errors
    /// [`Error::Invalid`] where the query has `most` already.
    pub async fn add_event_subscription(&self, new: &NewEventSubscription, most: i64, by: &By) -> Result<()> {
        let doing = "store the subscription";
        let mut tx = self.database.write(doing).await?;
        let count: i64 = tx
            .query("select count(*) from event_subscription where query_id = ?")
            .bind(new.query)
            .fetch_one(&mut *tx)
            .await
            .and_then(|row| row.try_get(0))
            .during(doing)?;
        if count >= most {
            let reason = format!("the query has {count} subscriptions already; delete one first");
            return Err(Error::Invalid { action: doing, reason });
        }
        tx.query(
            "insert into event_subscription (id, token, query_id, target, secret, settings, after_seq, next_ms, attempts, \
             created_ms) values ((select coalesce(max(id), 0) + 1 from event_subscription), ?, ?, ?, ?, ?, ?, ?, 0, ?)",
        )
        .bind(new.token.clone())
        .bind(new.query)
        .bind(new.target.clone())
        .bind(new.secret.clone())
        .bind(new.settings.clone())
        .bind(new.after)
        .bind(new.next_ms)
        .bind(by.at_ms)
        .execute(&mut *tx)
        .await
        .during(doing)?;
        let object = format!("subscription/{}", new.token);
        audit::append(&mut tx, by, "ledger.subscribe", object, &json!({ "query": new.query })).await?;
        tx.commit(doing).await
    }

    /// Removes a subscription to a query.
    ///
    /// # Errors
    /// [`Error::NotFound`].
    pub async fn delete_event_subscription(&self, query: i64, token: &str, by: &By) -> Result<()> {
        let doing = "remove the subscription";
        let mut tx = self.database.write(doing).await?;
        let done = tx
            .query("delete from event_subscription where query_id = ? and token = ?")
            .bind(query)
            .bind(token.to_owned())
            .execute(&mut *tx)
            .await
            .during(doing)?;
        if done.rows_affected() == 0 {
            return Err(missing("subscription", token));
        }
        let object = format!("subscription/{token}");
        audit::append(&mut tx, by, "ledger.unsubscribe", object, &json!({ "query": query })).await?;
        tx.commit(doing).await
    }

    /// Notes that a subscriber has everything up to an event, and when he is due next. `notified_ms` only where he got something.
    ///
    /// # Errors
    /// The database's.
    pub async fn subscription_served(
        &self,
        id: i64,
        after: i64,
        next_ms: i64,
        notified_ms: Option<i64>,
    ) -> Result<()> {
        let doing = "note the delivery";
        let mut tx = self.database.write(doing).await?;
        tx.query(
            "update event_subscription set after_seq = ?, next_ms = ?, attempts = 0, error = null, \
             notified_ms = coalesce(?, notified_ms) where id = ?",
        )
        .bind(after)
        .bind(next_ms)
        .bind(notified_ms)
        .bind(id)
        .execute(&mut *tx)
        .await
        .during(doing)?;
        tx.commit(doing).await
    }

    /// Notes that a subscriber did not take what was sent, and when it is tried again.
    ///
    /// # Errors
    /// The database's.
    pub async fn subscription_failed(&self, id: i64, error: &str, next_ms: i64) -> Result<()> {
        let doing = "note the failed delivery";
        let mut tx = self.database.write(doing).await?;
        tx.query(
            "update event_subscription set attempts = attempts + 1, error = ?, next_ms = ? where id = ?",
        )
        .bind(error.to_owned())
        .bind(next_ms)
        .bind(id)
        .execute(&mut *tx)
        .await
        .during(doing)?;
        tx.commit(doing).await
    }

    /// All sites with the keys of their enterprises, by identifier.
    ///
    /// # Errors
    /// The database's.
    pub async fn event_sites(&self) -> Result<Vec<(String, String)>> {
        let doing = "read the sites";
        let mut tx = self.database.read(doing).await?;
        let rows = tx
            .query("select uri, enterprise from event_site order by uri")
            .fetch_all(&mut *tx)
            .await
            .during(doing)?;
        rows.iter()
            .map(|row| Ok((row.try_get(0)?, row.try_get(1)?)))
            .collect::<sqlx::Result<_>>()
            .during(doing)
    }

    /// Says whose a site is; nobody's where no enterprise is named.
    ///
    /// # Errors
    /// The database's.
    pub async fn set_event_site(&self, uri: &str, enterprise: Option<&str>, by: &By) -> Result<()> {
        let doing = "store the site";
        let mut tx = self.database.write(doing).await?;
        match enterprise {
            Some(enterprise) => {
                tx.query(
                    "insert into event_site (uri, enterprise, updated_by, updated_ms) values (?, ?, ?, ?) \
                     on conflict (uri) do update set enterprise = excluded.enterprise, \
                     updated_by = excluded.updated_by, updated_ms = excluded.updated_ms",
                )
                .bind(uri.to_owned())
                .bind(enterprise.to_owned())
                .bind(by.actor.clone())
                .bind(by.at_ms)
                .execute(&mut *tx)
                .await
                .during(doing)?;
            }
            None => {
                tx.query("delete from event_site where uri = ?")
                    .bind(uri.to_owned())
                    .execute(&mut *tx)
                    .await
                    .during(doing)?;
            }
        }
        let detail = json!({ "enterprise": enterprise });
        audit::append(&mut tx, by, "ledger.site", format!("site/{uri}"), &detail).await?;
        tx.commit(doing).await
    }
}

fn missing(what: &str, name: &str) -> Error {
    Error::NotFound { object: format!("{what} {name}") }
}
