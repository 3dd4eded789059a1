//! Accounts: who may act. What a role may do, `app` decides.

use crate::Store;
use crate::audit::{self, By};
use crate::database::Write;
use crate::error::{During, Error, Result};
use crate::session;
use serde_json::json;
use sqlx::Row;
use sqlx::any::AnyRow;
use std::collections::HashMap;

/// An enterprise as the rows beside it name it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EnterpriseLabel {
    /// Row id.
    pub id: i64,
    /// Key.
    pub key: String,
    /// Name.
    pub name: String,
}

/// An account.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Account {
    /// Row id.
    pub id: i64,
    /// Version, from 1; every change counts.
    pub version: i64,
    /// Unique name.
    pub name: String,
    /// Name of the role.
    pub role: String,
    /// False once it is closed; accounts are never deleted, because the audit names them.
    pub active: bool,
    /// True where it has a password. The password's hash leaves the store only by [`Store::password`].
    pub can_sign_in: bool,
    /// E-mail; may be empty.
    pub email: String,
    /// Enterprise of a member.
    pub enterprise: Option<EnterpriseLabel>,
    /// When it was made, milliseconds since 1970 UTC.
    pub created_ms: i64,
}

/// An account to add.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct NewUser {
    /// Unique name.
    pub name: String,
    /// Name of the role.
    pub role: String,
    /// Row id of a member's enterprise.
    pub enterprise: Option<i64>,
    /// E-mail; may be empty.
    pub email: String,
    /// Hash of the password as an argon2id string.
    pub password: Option<String>,
}

/// What changes in an account; `None` leaves it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct UserChange {
    /// Name of the role.
    pub role: Option<String>,
    /// Row id of the enterprise; `Some(None)` takes it away.
    pub enterprise: Option<Option<i64>>,
    /// E-mail.
    pub email: Option<String>,
    /// False closes it, and ends its sessions and tokens.
    pub active: Option<bool>,
}

/// Columns that [`account`] reads, of `account a left join enterprise e`.
pub(crate) const COLUMNS: &str = "a.id, a.version, a.name, a.role, a.active, \
    case when a.password is null then 0 else 1 end, a.email, a.created_ms, e.id, e.key, e.name";
/// How many columns those are.
pub(crate) const WIDTH: usize = 11;
/// The tables that [`COLUMNS`] are of.
pub(crate) const TABLES: &str = "account a left join enterprise e on e.id = a.enterprise_id";

pub(crate) fn account(row: &AnyRow) -> sqlx::Result<Account> {
    Ok(Account {
        id: row.try_get(0)?,
        version: row.try_get(1)?,
        name: row.try_get(2)?,
        role: row.try_get(3)?,
        active: row.try_get::<i64, _>(4)? != 0,
        can_sign_in: row.try_get::<i64, _>(5)? != 0,
        email: row.try_get(6)?,
        created_ms: row.try_get(7)?,
        enterprise: label(row, 8)?,
    })
}

/// The enterprise in three columns from `at` on; none where they are null.
pub(crate) fn label(row: &AnyRow, at: usize) -> sqlx::Result<Option<EnterpriseLabel>> {
    let Some(id) = row.try_get(at)? else { return Ok(None) };
    Ok(Some(EnterpriseLabel { id, key: row.try_get(at + 1)?, name: row.try_get(at + 2)? }))
}

#[boxed::futures]
impl Store {
    /// All accounts by row id.
    ///
    /// # Errors
    /// The database's.
    pub async fn users(&self) -> Result<Vec<Account>> {
        let doing = "read the accounts";
        let mut tx = self.database.read(doing).await?;
        let rows = tx
            .query(format!("select {COLUMNS} from {TABLES} order by a.id"))
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
        let query = tx.query(format!("select {COLUMNS} from {TABLES} where a.name = ?")).bind(name);
        match query.fetch_optional(&mut *tx).await.during(doing)? {
            Some(row) => account(&row).during(doing),
            None => Err(Error::NotFound { object: format!("account {name}") }),
        }
    }

    /// The account with this row id.
    ///
    /// # Errors
    /// [`Error::NotFound`].
    pub async fn user_by_id(&self, id: i64) -> Result<Account> {
        let doing = "read the account";
        let mut tx = self.database.read(doing).await?;
        let query = tx.query(format!("select {COLUMNS} from {TABLES} where a.id = ?")).bind(id);
        match query.fetch_optional(&mut *tx).await.during(doing)? {
            Some(row) => account(&row).during(doing),
            None => Err(Error::NotFound { object: format!("account {id}") }),
        }
    }

    /// The password's hash of an open account that has one.
    ///
    /// # Errors
    /// The database's.
    pub async fn password(&self, name: &str) -> Result<Option<(i64, String)>> {
        let doing = "read the account";
        let mut tx = self.database.read(doing).await?;
        let row = tx
            .query("select id, password from account where name = ? and active = 1 and password is not null")
            .bind(name)
            .fetch_optional(&mut *tx)
            .await
            .during(doing)?;
        row.map(|row| Ok((row.try_get(0)?, row.try_get(1)?))).transpose().during(doing)
    }

    /// When each account was last seen in a session that still stands, by row id.
    ///
    /// # Errors
    /// The database's.
    pub async fn last_seen(&self) -> Result<HashMap<i64, i64>> {
        let doing = "read the sessions";
        let mut tx = self.database.read(doing).await?;
        let rows = tx
            .query("select account_id, max(seen_ms) from session group by account_id")
            .fetch_all(&mut *tx)
            .await
            .during(doing)?;
        rows.iter()
            .map(|row| Ok((row.try_get(0)?, row.try_get(1)?)))
            .collect::<sqlx::Result<_>>()
            .during(doing)
    }

    /// Adds an active account.
    ///
    /// # Errors
    /// [`Error::Exists`]; [`Error::NotFound`] for an unknown enterprise.
    pub async fn add_user(&self, new: &NewUser, by: &By) -> Result<Account> {
        let doing = "add the account";
        let mut tx = self.database.write(doing).await?;
        let account = add(&mut tx, new, by, doing).await?;
        tx.commit(doing).await?;
        Ok(account)
    }

    /// Changes an account.
    ///
    /// # Errors
    /// [`Error::NotFound`], [`Error::Conflict`]; [`Error::Invalid`] where no open account with one of the roles `kept` and a
    /// password would be left, though there is one now.
    pub async fn set_user(
        &self,
        id: i64,
        expected_version: i64,
        change: &UserChange,
        kept: &str,
        by: &By,
    ) -> Result<()> {
        let doing = "change the account";
        let mut tx = self.database.write(doing).await?;
        let was = locked(&mut tx, id, doing).await?;
        if was.version != expected_version {
            let object = format!("account {}", was.name);
            return Err(Error::Conflict { object, expected: expected_version, found: was.version });
        }
        let role = change.role.clone().unwrap_or_else(|| was.role.clone());
        let active = change.active.unwrap_or(was.active);
        let email = change.email.clone().unwrap_or_else(|| was.email.clone());
        let enterprise = match change.enterprise {
            Some(enterprise) => enterprise,
            None => was.enterprise.as_ref().map(|e| e.id),
        };
        let loses = was.active && was.can_sign_in && was.role == kept && (role != kept || !active);
        if loses && others(&mut tx, id, kept, doing).await? == 0 {
            return Err(Error::Invalid {
                action: doing,
                reason: format!("{} is the last {kept} who can sign in; make another one first", was.name),
            });
        }
        let enterprise_key = match enterprise {
            Some(enterprise) => Some(enterprise_key(&mut tx, enterprise, doing).await?),
            None => None,
        };
        tx.query(
            "update account set role = ?, active = ?, email = ?, enterprise_id = ?, version = version + 1 where id = ?",
        )
        .bind(role.as_str())
        .bind(i64::from(active))
        .bind(email)
        .bind(enterprise)
        .bind(id)
        .execute(&mut *tx)
        .await
        .during(doing)?;
        if role != was.role {
            tx.query("delete from assignment where account_id = ?")
                .bind(id)
                .execute(&mut *tx)
                .await
                .during(doing)?;
        }
        if !active {
            session::end_all(&mut tx, id, None, doing).await?;
            tx.query("update api_token set revoked_ms = ? where account_id = ? and revoked_ms is null")
                .bind(by.at_ms)
                .bind(id)
                .execute(&mut *tx)
                .await
                .during(doing)?;
        }
        let detail = json!({ "role": role, "active": active, "enterprise": enterprise_key });
        audit::append(&mut tx, by, "user.change", format!("user/{}", was.name), &detail).await?;
        tx.commit(doing).await
    }

    /// Sets a password, as its hash, and ends all sessions but `keep` (the SHA-256 of its token).
    ///
    /// # Errors
    /// [`Error::NotFound`].
    pub async fn set_password(&self, id: i64, hash: &str, keep: Option<&str>, by: &By) -> Result<()> {
        let doing = "set the password";
        let mut tx = self.database.write(doing).await?;
        put_password(&mut tx, id, Some(hash), keep, by, doing).await?;
        tx.commit(doing).await
    }

    /// The enterprises of commissioners: row id of the account, enterprise; by account, then by key.
    ///
    /// # Errors
    /// The database's.
    pub async fn assignments(&self, account: Option<i64>) -> Result<Vec<(i64, EnterpriseLabel)>> {
        let doing = "read the assignments";
        let mut tx = self.database.read(doing).await?;
        let rows = tx
            .query(
                "select s.account_id, e.id, e.key, e.name from assignment s join enterprise e on e.id = s.enterprise_id \
                 where s.account_id = coalesce(?, s.account_id)",
            )
            .bind(account)
            .fetch_all(&mut *tx)
            .await
            .during(doing)?;
        let mut all = rows
            .iter()
            .filter_map(|row| match (row.try_get(0), label(row, 1)) {
                (Ok(account), Ok(label)) => label.map(|label| Ok((account, label))),
                (Err(e), _) | (_, Err(e)) => Some(Err(e)),
            })
            .collect::<sqlx::Result<Vec<(i64, EnterpriseLabel)>>>()
            .during(doing)?;
        // The databases collate keys differently.
        all.sort_by(|x, y| (x.0, &x.1.key).cmp(&(y.0, &y.1.key)));
        Ok(all)
    }

    /// Gives an account these enterprises (row ids) in place of those before.
    ///
    /// # Errors
    /// [`Error::NotFound`] for the account or an enterprise.
    pub async fn assign(&self, account: i64, enterprises: &[i64], by: &By) -> Result<()> {
        let doing = "assign the enterprises";
        let mut tx = self.database.write(doing).await?;
        let name = locked(&mut tx, account, doing).await?.name;
        tx.query("delete from assignment where account_id = ?")
            .bind(account)
            .execute(&mut *tx)
            .await
            .during(doing)?;
        let mut keys = Vec::new();
        for enterprise in enterprises {
            let key = enterprise_key(&mut tx, *enterprise, doing).await?;
            if keys.contains(&key) {
                continue;
            }
            keys.push(key);
            tx.query("insert into assignment (account_id, enterprise_id, since_ms) values (?, ?, ?)")
                .bind(account)
                .bind(*enterprise)
                .bind(by.at_ms)
                .execute(&mut *tx)
                .await
                .during(doing)?;
        }
        audit::append(&mut tx, by, "user.assign", format!("user/{name}"), &json!({ "enterprises": keys }))
            .await?;
        tx.commit(doing).await
    }
}

/// Adds an account in a transaction.
pub(crate) async fn add(to: &mut Write, new: &NewUser, by: &By, doing: &'static str) -> Result<Account> {
    let enterprise = match new.enterprise {
        Some(id) => Some(enterprise_key(to, id, doing).await?),
        None => None,
    };
    let row = to
        .query(
            "insert into account (id, name, role, active, created_ms, email, enterprise_id, password, password_ms) \
             values ((select coalesce(max(id), 0) + 1 from account), ?, ?, 1, ?, ?, ?, ?, ?) \
             on conflict (name) do nothing returning id",
        )
        .bind(new.name.as_str())
        .bind(new.role.as_str())
        .bind(by.at_ms)
        .bind(new.email.as_str())
        .bind(new.enterprise)
        .bind(new.password.clone())
        .bind(new.password.as_ref().map(|_| by.at_ms))
        .fetch_optional(&mut **to)
        .await
        .during(doing)?
        .ok_or_else(|| Error::Exists { object: format!("account {}", new.name) })?;
    let id = row.try_get(0).during(doing)?;
    let detail = json!({ "role": new.role, "enterprise": enterprise, "password": new.password.is_some() });
    audit::append(to, by, "user.add", format!("user/{}", new.name), &detail).await?;
    locked(to, id, doing).await
}

/// An account as it stands in the writing transaction.
pub(crate) async fn locked(tx: &mut Write, id: i64, doing: &'static str) -> Result<Account> {
    let query = tx.query(format!("select {COLUMNS} from {TABLES} where a.id = ?")).bind(id);
    match query.fetch_optional(&mut **tx).await.during(doing)? {
        Some(row) => account(&row).during(doing),
        None => Err(Error::NotFound { object: format!("account {id}") }),
    }
}

/// Sets a password or takes it away, and ends all sessions but one. The audit says that it was done, nothing of the hash.
pub(crate) async fn put_password(
    tx: &mut Write,
    id: i64,
    hash: Option<&str>,
    keep: Option<&str>,
    by: &By,
    doing: &'static str,
) -> Result<()> {
    let name = locked(tx, id, doing).await?.name;
    tx.query("update account set password = ?, password_ms = ?, version = version + 1 where id = ?")
        .bind(hash.map(str::to_owned))
        .bind(by.at_ms)
        .bind(id)
        .execute(&mut **tx)
        .await
        .during(doing)?;
    session::end_all(tx, id, keep, doing).await?;
    let action = if hash.is_some() { "password.set" } else { "password.clear" };
    audit::append(tx, by, action, format!("user/{name}"), &json!({})).await
}

/// The key of an enterprise by row id.
pub(crate) async fn enterprise_key(tx: &mut Write, id: i64, doing: &'static str) -> Result<String> {
    let row = tx
        .query("select key from enterprise where id = ?")
        .bind(id)
        .fetch_optional(&mut **tx)
        .await
        .during(doing)?
        .ok_or_else(|| Error::NotFound { object: format!("enterprise {id}") })?;
    row.try_get(0).during(doing)
}

/// How many open accounts of a role can sign in, `id` not counted.
async fn others(tx: &mut Write, id: i64, role: &str, doing: &'static str) -> Result<i64> {
    let query = tx
        .query(
            "select count(*) from account where role = ? and active = 1 and password is not null and id <> ?",
        )
        .bind(role)
        .bind(id);
    query.fetch_one(&mut **tx).await.and_then(|row| row.try_get(0)).during(doing)
}
