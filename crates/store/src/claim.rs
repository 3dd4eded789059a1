//! Claims: a member says which enterprise is its own, the secretariat decides.

use crate::Store;
use crate::account;
use crate::audit::{self, By};
use crate::error::{During, Error, Result};
use crate::record;
use model::enterprise::Enterprise;
use serde_json::json;
use sqlx::Row;
use sqlx::any::AnyRow;

/// A claim as stored.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StoredClaim {
    /// Row id.
    pub id: i64,
    /// Row id of the account.
    pub account: i64,
    /// Its name.
    pub account_name: String,
    /// Unified social credit code.
    pub uscc: String,
    /// Name of the enterprise as given.
    pub name: String,
    /// What the claimer says.
    pub note: String,
    /// `open`, `approved` or `rejected`.
    pub state: String,
    /// When it was made, milliseconds since 1970 UTC.
    pub asked_ms: i64,
    /// Who decided.
    pub decided_by: Option<String>,
    /// Why it was rejected.
    pub reason: Option<String>,
}

/// What becomes of a claim.
#[derive(Debug, Clone, PartialEq)]
pub enum ClaimDecision {
    /// The account belongs to the stored enterprise with this row id.
    Approve(i64),
    /// The account belongs to this enterprise, which is stored now.
    ApproveNew(Box<Enterprise>),
    /// It is not the claimer's, for this reason.
    Reject(String),
}

const COLUMNS: &str =
    "c.id, c.account_id, a.name, c.uscc, c.name, c.note, c.state, c.asked_ms, c.decided_by, c.reason";

fn claim(row: &AnyRow) -> sqlx::Result<StoredClaim> {
    Ok(StoredClaim {
        id: row.try_get(0)?,
        account: row.try_get(1)?,
        account_name: row.try_get(2)?,
        uscc: row.try_get(3)?,
        name: row.try_get(4)?,
        note: row.try_get(5)?,
        state: row.try_get(6)?,
        asked_ms: row.try_get(7)?,
        decided_by: row.try_get(8)?,
        reason: row.try_get(9)?,
    })
}

#[boxed::futures]
impl Store {
    /// All claims, open ones first, newest first; of one account where it is given.
    ///
    /// # Errors
    /// The database's.
    pub async fn claims(&self, account: Option<i64>) -> Result<Vec<StoredClaim>> {
        let doing = "read the claims";
        let mut tx = self.database.read(doing).await?;
        let rows = tx
            .query(format!(
                "select {COLUMNS} from claim c join account a on a.id = c.account_id \
                 where c.account_id = coalesce(?, c.account_id) \
                 order by case c.state when 'open' then 0 else 1 end, c.id desc"
            ))
            .bind(account)
            .fetch_all(&mut *tx)
            .await
            .during(doing)?;
        rows.iter().map(claim).collect::<sqlx::Result<_>>().during(doing)
    }

    /// Stores a claim and returns its row id.
    ///
    /// # Errors
    /// [`Error::NotFound`] for the account; [`Error::Exists`] where it has an open claim; [`Error::Invalid`] where it has an
    /// enterprise.
    pub async fn add_claim(&self, account: i64, uscc: &str, name: &str, note: &str, by: &By) -> Result<i64> {
        let doing = "claim the enterprise";
        let mut tx = self.database.write(doing).await?;
        let known = account::locked(&mut tx, account, doing).await?;
        if let Some(enterprise) = known.enterprise {
            let reason = format!("the account belongs to {} already", enterprise.name);
            return Err(Error::Invalid { action: doing, reason });
        }
        let open = tx
            .query("select id from claim where account_id = ? and state = 'open'")
            .bind(account)
            .fetch_optional(&mut *tx)
            .await
            .during(doing)?;
        if open.is_some() {
            return Err(Error::Exists { object: format!("a claim of {}", known.name) });
        }
        let row = tx
            .query(
                "insert into claim (id, account_id, uscc, name, note, state, asked_ms) \
                 values ((select coalesce(max(id), 0) + 1 from claim), ?, ?, ?, ?, 'open', ?) returning id",
            )
            .bind(account)
            .bind(uscc)
            .bind(name)
            .bind(note)
            .bind(by.at_ms)
            .fetch_one(&mut *tx)
            .await
            .during(doing)?;
        let id: i64 = row.try_get(0).during(doing)?;
        audit::append(&mut tx, by, "claim.add", format!("claim/{id}"), &json!({ "uscc": uscc })).await?;
        tx.commit(doing).await?;
        Ok(id)
    }

    /// Decides a claim. Approval gives the account its enterprise in the same transaction. Returns the account's row id.
    ///
    /// # Errors
    /// [`Error::NotFound`]; [`Error::Invalid`] where it was decided already or the account belongs to an enterprise by now;
    /// [`Error::Exists`] where the enterprise to be made is there.
    pub async fn decide_claim(&self, id: i64, decision: &ClaimDecision, by: &By) -> Result<i64> {
        let doing = "decide the claim";
        let mut tx = self.database.write(doing).await?;
        let row = tx
            .query(format!(
                "select {COLUMNS} from claim c join account a on a.id = c.account_id where c.id = ?"
            ))
            .bind(id)
            .fetch_optional(&mut *tx)
            .await
            .during(doing)?
            .ok_or_else(|| Error::NotFound { object: format!("claim {id}") })?;
        let known = claim(&row).during(doing)?;
        if known.state != "open" {
            return Err(Error::Invalid { action: doing, reason: format!("it was {} already", known.state) });
        }
        let (state, reason) = match decision {
            ClaimDecision::Reject(reason) => ("rejected", Some(reason.clone())),
            _ => ("approved", None),
        };
        let enterprise = match decision {
            ClaimDecision::Approve(id) => Some(*id),
            ClaimDecision::ApproveNew(new) => Some(record::put(&mut tx, &**new, None, by, doing).await?.0),
            ClaimDecision::Reject(_) => None,
        };
        let mut detail = json!({ "user": known.account_name, "uscc": known.uscc, "state": state });
        if let Some(enterprise) = enterprise {
            let key = account::enterprise_key(&mut tx, enterprise, doing).await?;
            let done = tx
                .query(
                    "update account set enterprise_id = ?, version = version + 1 \
                     where id = ? and enterprise_id is null",
                )
                .bind(enterprise)
                .bind(known.account)
                .execute(&mut *tx)
                .await
                .during(doing)?;
            if done.rows_affected() == 0 {
                let reason = format!("account {} belongs to an enterprise by now", known.account_name);
                return Err(Error::Invalid { action: doing, reason });
            }
            detail["enterprise"] = key.into();
        }
        tx.query("update claim set state = ?, decided_by = ?, decided_ms = ?, reason = ? where id = ?")
            .bind(state)
            .bind(by.actor.as_str())
            .bind(by.at_ms)
            .bind(reason)
            .bind(id)
            .execute(&mut *tx)
            .await
            .during(doing)?;
        audit::append(&mut tx, by, "claim.decide", format!("claim/{id}"), &detail).await?;
        tx.commit(doing).await?;
        Ok(known.account)
    }
}
