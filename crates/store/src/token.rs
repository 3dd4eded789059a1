//! API tokens: of the secret only the SHA-256 is stored.

use crate::Store;
use crate::account::{self, Account};
use crate::audit::{self, By};
use crate::error::{During, Error, Result};
use crate::session::UNREAD;
use serde_json::json;
use sqlx::Row;
use sqlx::any::AnyRow;

/// A token as stored, without its hash.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ApiToken {
    /// Row id.
    pub id: i64,
    /// What it is for.
    pub name: String,
    /// True where it may change things.
    pub may_write: bool,
    /// When it was made, milliseconds since 1970 UTC.
    pub created_ms: i64,
    /// When it runs out.
    pub expires_ms: i64,
    /// When it was last used, to within some minutes.
    pub used_ms: Option<i64>,
    /// When it was revoked.
    pub revoked_ms: Option<i64>,
}

/// A token to add.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewApiToken {
    /// Row id of the account.
    pub account: i64,
    /// What it is for.
    pub name: String,
    /// SHA-256 of the secret.
    pub token_sha256: String,
    /// True where it may change things.
    pub may_write: bool,
    /// When it runs out.
    pub expires_ms: i64,
}

const COLUMNS: &str = "id, name, may_write, created_ms, expires_ms, used_ms, revoked_ms";

fn token(row: &AnyRow, at: usize) -> sqlx::Result<ApiToken> {
    Ok(ApiToken {
        id: row.try_get(at)?,
        name: row.try_get(at + 1)?,
        may_write: row.try_get::<i64, _>(at + 2)? != 0,
        created_ms: row.try_get(at + 3)?,
        expires_ms: row.try_get(at + 4)?,
        used_ms: row.try_get(at + 5)?,
        revoked_ms: row.try_get(at + 6)?,
    })
}

#[boxed::futures]
impl Store {
    /// The tokens of an account, newest first.
    ///
    /// # Errors
    /// The database's.
    pub async fn api_tokens(&self, account: i64) -> Result<Vec<ApiToken>> {
        let doing = "read the tokens";
        let mut tx = self.database.read(doing).await?;
        let rows = tx
            .query(format!("select {COLUMNS} from api_token where account_id = ? order by id desc"))
            .bind(account)
            .fetch_all(&mut *tx)
            .await
            .during(doing)?;
        rows.iter().map(|row| token(row, 0)).collect::<sqlx::Result<_>>().during(doing)
    }

    /// The token with this hash, its account, and how many messages that has not read.
    ///
    /// # Errors
    /// The database's.
    pub async fn api_token(&self, token_sha256: &str) -> Result<Option<(ApiToken, Account, i64)>> {
        let doing = "read the token";
        let mut tx = self.database.read(doing).await?;
        let columns: Vec<String> = COLUMNS.split(", ").map(|column| format!("t.{column}")).collect();
        let row = tx
            .query(format!(
                "select {}, {UNREAD}, {} from {} join api_token t on t.account_id = a.id \
                 where t.token_sha256 = ?",
                account::COLUMNS,
                columns.join(", "),
                account::TABLES
            ))
            .bind(token_sha256)
            .fetch_optional(&mut *tx)
            .await
            .during(doing)?;
        row.map(|row| {
            let unread = row.try_get(account::WIDTH)?;
            Ok((token(&row, account::WIDTH + 1)?, account::account(&row)?, unread))
        })
        .transpose()
        .during(doing)
    }

    /// Adds a token and returns its row id.
    ///
    /// # Errors
    /// [`Error::NotFound`] for the account; [`Error::Invalid`] where it has `most` tokens that stand.
    pub async fn add_api_token(&self, new: &NewApiToken, most: i64, by: &By) -> Result<i64> {
        let doing = "add the token";
        let mut tx = self.database.write(doing).await?;
        let name = account::locked(&mut tx, new.account, doing).await?.name;
        let standing: i64 = tx
            .query(
                "select count(*) from api_token where account_id = ? and revoked_ms is null and expires_ms > ?",
            )
            .bind(new.account)
            .bind(by.at_ms)
            .fetch_one(&mut *tx)
            .await
            .and_then(|row| row.try_get(0))
            .during(doing)?;
        if standing >= most {
            let reason = format!("the account has {standing} tokens that stand; revoke one first");
            return Err(Error::Invalid { action: doing, reason });
        }
        let row = tx
            .query(
                "insert into api_token (id, account_id, name, token_sha256, may_write, created_ms, expires_ms) \
                 values ((select coalesce(max(id), 0) + 1 from api_token), ?, ?, ?, ?, ?, ?) returning id",
            )
            .bind(new.account)
            .bind(new.name.as_str())
            .bind(new.token_sha256.as_str())
            .bind(i64::from(new.may_write))
            .bind(by.at_ms)
            .bind(new.expires_ms)
            .fetch_one(&mut *tx)
            .await
            .during(doing)?;
        let id: i64 = row.try_get(0).during(doing)?;
        let detail = json!({ "user": name, "name": new.name, "may_write": new.may_write });
        audit::append(&mut tx, by, "token.add", format!("token/{id}"), &detail).await?;
        tx.commit(doing).await?;
        Ok(id)
    }

    /// Revokes a token of an account. One that was revoked before stays as it is.
    ///
    /// # Errors
    /// [`Error::NotFound`], also for another account's.
    pub async fn revoke_api_token(&self, account: i64, id: i64, by: &By) -> Result<()> {
        let doing = "revoke the token";
        let mut tx = self.database.write(doing).await?;
        let row = tx
            .query("select revoked_ms from api_token where id = ? and account_id = ?")
            .bind(id)
            .bind(account)
            .fetch_optional(&mut *tx)
            .await
            .during(doing)?
            .ok_or_else(|| Error::NotFound { object: format!("token {id}") })?;
        if row.try_get::<Option<i64>, _>(0).during(doing)?.is_some() {
            return Ok(());
        }
        tx.query("update api_token set revoked_ms = ? where id = ?")
            .bind(by.at_ms)
            .bind(id)
            .execute(&mut *tx)
            .await
            .during(doing)?;
        audit::append(&mut tx, by, "token.revoke", format!("token/{id}"), &json!({})).await?;
        tx.commit(doing).await
    }

    /// Notes that a token was used. No audit entry, as of sessions.
    ///
    /// # Errors
    /// The database's.
    pub async fn touch_api_token(&self, id: i64, at_ms: i64) -> Result<()> {
        let doing = "note the token's use";
        let mut tx = self.database.write(doing).await?;
        tx.query("update api_token set used_ms = ? where id = ?")
            .bind(at_ms)
            .bind(id)
            .execute(&mut *tx)
            .await
            .during(doing)?;
        tx.commit(doing).await
    }
}
