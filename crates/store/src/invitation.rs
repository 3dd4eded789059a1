//! Invitations: links that make an account, or set a new password for one.

use crate::Store;
use crate::account::{self, Account, EnterpriseLabel, NewUser};
use crate::audit::{self, By};
use crate::database::Write;
use crate::error::{During, Error, Result};
use serde_json::json;
use sqlx::any::{AnyArguments, AnyRow};
use sqlx::query::Query;
use sqlx::{Any, Row};

/// An invitation as stored, without its hash.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Invitation {
    /// Row id.
    pub id: i64,
    /// Row id of the account that gets a new password; none where an account is made.
    pub account: Option<i64>,
    /// Role of the account.
    pub role: String,
    /// Enterprise of the account.
    pub enterprise: Option<EnterpriseLabel>,
    /// Who it is for.
    pub name: String,
    /// E-mail; may be empty.
    pub email: String,
    /// Who wrote it.
    pub created_by: String,
    /// When, milliseconds since 1970 UTC.
    pub created_ms: i64,
    /// Until when it stands.
    pub expires_ms: i64,
    /// Name of the account that used it.
    pub accepted_by: Option<String>,
    /// When it was taken back.
    pub revoked_ms: Option<i64>,
}

/// An invitation to store.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewInvite {
    /// SHA-256 of the link's secret.
    pub token_sha256: String,
    /// Role of the account to come.
    pub role: String,
    /// Row id of its enterprise.
    pub enterprise: Option<i64>,
    /// Who it is for.
    pub name: String,
    /// E-mail; may be empty.
    pub email: String,
    /// Until when it stands.
    pub expires_ms: i64,
}

const COLUMNS: &str = "i.id, i.account_id, i.role, i.name, i.email, i.created_by, i.created_ms, i.expires_ms, \
    i.accepted_by, i.revoked_ms, e.id, e.key, e.name";
const TABLES: &str = "invitation i left join enterprise e on e.id = i.enterprise_id";

fn invitation(row: &AnyRow) -> sqlx::Result<Invitation> {
    Ok(Invitation {
        id: row.try_get(0)?,
        account: row.try_get(1)?,
        role: row.try_get(2)?,
        name: row.try_get(3)?,
        email: row.try_get(4)?,
        created_by: row.try_get(5)?,
        created_ms: row.try_get(6)?,
        expires_ms: row.try_get(7)?,
        accepted_by: row.try_get(8)?,
        revoked_ms: row.try_get(9)?,
        enterprise: account::label(row, 10)?,
    })
}

#[boxed::futures]
impl Store {
    /// All invitations, newest first.
    ///
    /// # Errors
    /// The database's.
    pub async fn invitations(&self) -> Result<Vec<Invitation>> {
        let doing = "read the invitations";
        let mut tx = self.database.read(doing).await?;
        let rows = tx
            .query(format!("select {COLUMNS} from {TABLES} order by i.id desc"))
            .fetch_all(&mut *tx)
            .await
            .during(doing)?;
        rows.iter().map(invitation).collect::<sqlx::Result<_>>().during(doing)
    }

    /// The invitation with this hash of its secret.
    ///
    /// # Errors
    /// [`Error::NotFound`].
    pub async fn invitation(&self, token_sha256: &str) -> Result<Invitation> {
        let doing = "read the invitation";
        let mut tx = self.database.read(doing).await?;
        let row = tx
            .query(format!("select {COLUMNS} from {TABLES} where i.token_sha256 = ?"))
            .bind(token_sha256)
            .fetch_optional(&mut *tx)
            .await
            .during(doing)?
            .ok_or_else(|| Error::NotFound { object: "the invitation".to_owned() })?;
        invitation(&row).during(doing)
    }

    /// Stores invitations for accounts to come: all or none. Returns their row ids.
    ///
    /// # Errors
    /// [`Error::NotFound`] for an enterprise.
    pub async fn invite(&self, invites: &[NewInvite], by: &By) -> Result<Vec<i64>> {
        let doing = "store the invitations";
        let mut tx = self.database.write(doing).await?;
        let mut ids = Vec::with_capacity(invites.len());
        for new in invites {
            let enterprise = match new.enterprise {
                Some(id) => Some(account::enterprise_key(&mut tx, id, doing).await?),
                None => None,
            };
            let id = insert(&mut tx, new, None, by, doing).await?;
            let detail = json!({ "role": new.role, "enterprise": enterprise });
            audit::append(&mut tx, by, "invitation.add", format!("invitation/{id}"), &detail).await?;
            ids.push(id);
        }
        tx.commit(doing).await?;
        Ok(ids)
    }

    /// Takes an account's password away, ends its sessions, and stores a link for a new one; earlier links for it stand no longer.
    ///
    /// # Errors
    /// [`Error::NotFound`].
    pub async fn reset_password(
        &self,
        account: i64,
        token_sha256: &str,
        expires_ms: i64,
        by: &By,
    ) -> Result<i64> {
        let doing = "reset the password";
        let mut tx = self.database.write(doing).await?;
        let known = account::locked(&mut tx, account, doing).await?;
        account::put_password(&mut tx, account, None, None, by, doing).await?;
        tx.query(
            "update invitation set revoked_ms = ? \
             where account_id = ? and accepted_ms is null and revoked_ms is null",
        )
        .bind(by.at_ms)
        .bind(account)
        .execute(&mut *tx)
        .await
        .during(doing)?;
        let new = NewInvite {
            token_sha256: token_sha256.to_owned(),
            role: known.role,
            enterprise: None,
            name: known.name.clone(),
            email: known.email,
            expires_ms,
        };
        let id = insert(&mut tx, &new, Some(account), by, doing).await?;
        let detail = json!({ "user": known.name });
        audit::append(&mut tx, by, "invitation.password", format!("invitation/{id}"), &detail).await?;
        tx.commit(doing).await?;
        Ok(id)
    }

    /// Takes an open invitation back.
    ///
    /// # Errors
    /// [`Error::NotFound`]; [`Error::Invalid`] where it is not open.
    pub async fn revoke_invitation(&self, id: i64, by: &By) -> Result<()> {
        let doing = "revoke the invitation";
        let mut tx = self.database.write(doing).await?;
        let query = tx.query(format!("select {COLUMNS} from {TABLES} where i.id = ?")).bind(id);
        let known = open(&mut tx, query, by.at_ms, doing).await?;
        tx.query("update invitation set revoked_ms = ? where id = ?")
            .bind(by.at_ms)
            .bind(known.id)
            .execute(&mut *tx)
            .await
            .during(doing)?;
        audit::append(&mut tx, by, "invitation.revoke", format!("invitation/{id}"), &json!({})).await?;
        tx.commit(doing).await
    }

    /// Uses an open invitation: makes the account of this name, or sets the password of the one it is for (then the name is
    /// not looked at).
    ///
    /// # Errors
    /// [`Error::NotFound`]; [`Error::Invalid`] where it is not open; [`Error::Exists`] where the name is taken.
    pub async fn accept_invitation(
        &self,
        token_sha256: &str,
        name: &str,
        password: &str,
        at_ms: i64,
    ) -> Result<Account> {
        let doing = "use the invitation";
        let mut tx = self.database.write(doing).await?;
        let query = tx
            .query(format!("select {COLUMNS} from {TABLES} where i.token_sha256 = ?"))
            .bind(token_sha256.to_owned());
        let known = open(&mut tx, query, at_ms, doing).await?;
        let account = match known.account {
            Some(id) => {
                let account = account::locked(&mut tx, id, doing).await?;
                if !account.active {
                    let reason = "the account was closed".to_owned();
                    return Err(Error::Invalid { action: doing, reason });
                }
                let by = By::new(account.name.as_str(), at_ms);
                account::put_password(&mut tx, id, Some(password), None, &by, doing).await?;
                account
            }
            None => {
                let new = NewUser {
                    name: name.to_owned(),
                    role: known.role.clone(),
                    enterprise: known.enterprise.as_ref().map(|e| e.id),
                    email: known.email.clone(),
                    password: Some(password.to_owned()),
                };
                account::add(&mut tx, &new, &By::new(name, at_ms), doing).await?
            }
        };
        tx.query("update invitation set accepted_by = ?, accepted_ms = ? where id = ?")
            .bind(account.name.as_str())
            .bind(at_ms)
            .bind(known.id)
            .execute(&mut *tx)
            .await
            .during(doing)?;
        let by = By::new(account.name.as_str(), at_ms);
        let object = format!("invitation/{}", known.id);
        audit::append(&mut tx, &by, "invitation.accept", object, &json!({ "user": account.name })).await?;
        tx.commit(doing).await?;
        Ok(account)
    }
}

async fn insert(
    tx: &mut Write,
    new: &NewInvite,
    account: Option<i64>,
    by: &By,
    doing: &'static str,
) -> Result<i64> {
    let row = tx
        .query(
            "insert into invitation (id, token_sha256, account_id, role, enterprise_id, name, email, created_by, \
             created_ms, expires_ms) \
             values ((select coalesce(max(id), 0) + 1 from invitation), ?, ?, ?, ?, ?, ?, ?, ?, ?) returning id",
        )
        .bind(new.token_sha256.as_str())
        .bind(account)
        .bind(new.role.as_str())
        .bind(new.enterprise)
        .bind(new.name.as_str())
        .bind(new.email.as_str())
        .bind(by.actor.as_str())
        .bind(by.at_ms)
        .bind(new.expires_ms)
        .fetch_one(&mut **tx)
        .await
        .during(doing)?;
    row.try_get(0).during(doing)
}

/// The invitation that a query finds, where it stands, in the writing transaction.
async fn open(
    tx: &mut Write,
    query: Query<'static, Any, AnyArguments>,
    at_ms: i64,
    doing: &'static str,
) -> Result<Invitation> {
    let row = query
        .fetch_optional(&mut **tx)
        .await
        .during(doing)?
        .ok_or_else(|| Error::NotFound { object: "the invitation".to_owned() })?;
    let known = invitation(&row).during(doing)?;
    let fault = match &known {
        i if i.accepted_by.is_some() => "it was used already",
        i if i.revoked_ms.is_some() => "it was taken back",
        i if i.expires_ms <= at_ms => "it has run out; ask for a new one",
        _ => return Ok(known),
    };
    Err(Error::Invalid { action: doing, reason: fault.to_owned() })
}
