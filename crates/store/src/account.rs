//! Accounts: who may act. What a role may do, `app` decides.

use crate::Store;
use crate::audit::{self, By};
use crate::error::{During, Error, Result};
use serde_json::json;
use sqlx::Row;
use sqlx::any::AnyRow;

/// An account.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Account {
    /// Row id.
    pub id: i64,
    /// Unique name.
    pub name: String,
    /// Name of the role.
    pub role: String,
    /// False once it is closed; accounts are never deleted, because the audit names them.
    pub active: bool,
    /// When it was made, milliseconds since 1970 UTC.
    pub created_ms: i64,
}

const COLUMNS: &str = "id, name, role, active, created_ms";

fn account(row: &AnyRow) -> sqlx::Result<Account> {
    Ok(Account {
        id: row.try_get(0)?,
        name: row.try_get(1)?,
        role: row.try_get(2)?,
        active: row.try_get::<i64, _>(3)? != 0,
        created_ms: row.try_get(4)?,
    })
}

impl Store {
    /// All accounts by row id.
    ///
    /// # Errors
    /// The database's.
    pub async fn users(&self) -> Result<Vec<Account>> {
        let doing = "read the accounts";
        let mut tx = self.database.read(doing).await?;
        let rows = tx
            .query(format!("select {COLUMNS} from account order by id"))
            .fetch_all(&mut *tx)
            .await
            .during(doing)?;
        rows.iter().map(account).collect::<sqlx::Result<_>>().during(doing)
    }

    /// The account of this name.
    ///
    /// # Errors
    /// [`Error::NotFound`].
    pub async fn user(&self, name: &str) -> Result<Account> {
        let doing = "read the account";
        let mut tx = self.database.read(doing).await?;
        let row = tx
            .query(format!("select {COLUMNS} from account where name = ?"))
            .bind(name)
            .fetch_optional(&mut *tx)
            .await
            .during(doing)?;
        match row {
            Some(row) => account(&row).during(doing),
            None => Err(Error::NotFound { object: format!("account {name}") }),
        }
    }

    /// Adds an active account.
    ///
    /// # Errors
    /// [`Error::Exists`].
    pub async fn add_user(&self, name: &str, role: &str, by: &By) -> Result<Account> {
        let doing = "add the account";
        let mut tx = self.database.write(doing).await?;
        let row = tx
            .query(format!(
                "insert into account ({COLUMNS}) \
                 values ((select coalesce(max(id), 0) + 1 from account), ?, ?, 1, ?) \
                 on conflict (name) do nothing returning {COLUMNS}"
            ))
            .bind(name)
            .bind(role)
            .bind(by.at_ms)
            .fetch_optional(&mut *tx)
            .await
            .during(doing)?
            .ok_or_else(|| Error::Exists { object: format!("account {name}") })?;
        audit::append(&mut tx, by, "user.add", format!("user/{name}"), &json!({ "role": role })).await?;
        tx.commit(doing).await?;
        account(&row).during(doing)
    }

    /// Changes role and activity of an account.
    ///
    /// # Errors
    /// [`Error::NotFound`].
    pub async fn set_user(&self, name: &str, role: &str, active: bool, by: &By) -> Result<()> {
        let doing = "change the account";
        let mut tx = self.database.write(doing).await?;
        let done = tx
            .query("update account set role = ?, active = ? where name = ?")
            .bind(role)
            .bind(i64::from(active))
            .bind(name)
            .execute(&mut *tx)
            .await
            .during(doing)?;
        if done.rows_affected() == 0 {
            return Err(Error::NotFound { object: format!("account {name}") });
        }
        let detail = json!({ "role": role, "active": active });
        audit::append(&mut tx, by, "user.change", format!("user/{name}"), &detail).await?;
        tx.commit(doing).await
    }
}
