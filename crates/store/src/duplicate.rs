//! Proposals that two enterprises may be one. Nothing is merged here: a person decides.

use crate::Store;
use crate::audit::{self, By};
use crate::database::Write;
use crate::error::{During, Error, Result};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use sqlx::Row;
use sqlx::any::AnyRow;
use std::collections::HashMap;

/// A proposal as the engine makes it.
#[derive(Debug, Clone, PartialEq)]
pub struct DuplicateProposal {
    /// Key of one enterprise.
    pub a: String,
    /// Key of the other; the order does not matter.
    pub b: String,
    /// 0..=1.
    pub score: f64,
    /// Why, as JSON.
    pub reasons: Value,
}

/// What became of a proposal.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum DuplicateState {
    /// Nobody has decided.
    Open,
    /// They are one enterprise.
    Confirmed,
    /// They are two.
    Rejected,
}

impl DuplicateState {
    fn as_str(self) -> &'static str {
        match self {
            Self::Open => "open",
            Self::Confirmed => "confirmed",
            Self::Rejected => "rejected",
        }
    }

    fn parse(text: &str) -> sqlx::Result<Self> {
        [Self::Open, Self::Confirmed, Self::Rejected]
            .into_iter()
            .find(|state| state.as_str() == text)
            .ok_or_else(|| sqlx::Error::Decode(format!("{text} is no state of a duplicate").into()))
    }
}

/// A proposal as stored. `a` is the enterprise that was stored first.
#[derive(Debug, Clone, PartialEq)]
pub struct Duplicate {
    /// Row id.
    pub id: i64,
    /// The proposal.
    pub proposal: DuplicateProposal,
    /// What became of it.
    pub state: DuplicateState,
    /// When it was first proposed, milliseconds since 1970 UTC.
    pub proposed_ms: i64,
    /// Who decided.
    pub decided_by: Option<String>,
    /// When it was decided.
    pub decided_ms: Option<i64>,
}

#[boxed::futures]
impl Store {
    /// The proposals in one state, or all; by row id.
    ///
    /// # Errors
    /// The database's.
    pub async fn duplicates(&self, state: Option<DuplicateState>) -> Result<Vec<Duplicate>> {
        let doing = "read the proposed duplicates";
        let mut tx = self.database.read(doing).await?;
        let rows = tx
            .query(
                "select d.id, a.key, b.key, d.score, d.reasons, d.state, d.proposed_ms, d.decided_by, \
                 d.decided_ms \
                 from duplicate_proposal d join enterprise a on a.id = d.a join enterprise b on b.id = d.b \
                 where d.state = coalesce(?, d.state) order by d.id",
            )
            .bind(state.map(DuplicateState::as_str))
            .fetch_all(&mut *tx)
            .await
            .during(doing)?;
        rows.iter().map(|row| duplicate(row, doing)).collect()
    }

    /// How many proposals wait for a decision.
    ///
    /// # Errors
    /// The database's.
    pub async fn open_duplicates(&self) -> Result<i64> {
        let doing = "count the proposed duplicates";
        let mut tx = self.database.read(doing).await?;
        let row = tx
            .query("select count(*) from duplicate_proposal where state = ?")
            .bind(DuplicateState::Open.as_str())
            .fetch_one(&mut *tx)
            .await
            .during(doing)?;
        row.try_get(0).during(doing)
    }

    /// Proposes a pair by row ids of enterprises, with score 0; gives the id of its proposal, which may be there already.
    ///
    /// # Errors
    /// The database's.
    pub async fn propose_duplicate(&self, a: i64, b: i64, reason: &str, by: &By) -> Result<i64> {
        let doing = "propose a duplicate";
        let (a, b) = (a.min(b), a.max(b));
        let mut tx = self.database.write(doing).await?;
        let known = tx
            .query("select id from duplicate_proposal where a = ? and b = ?")
            .bind(a)
            .bind(b)
            .fetch_optional(&mut *tx)
            .await
            .during(doing)?;
        if let Some(row) = known {
            return row.try_get(0).during(doing);
        }
        let row = tx
            .query(
                "insert into duplicate_proposal (id, score, reasons, state, a, b, proposed_ms) \
                 values ((select coalesce(max(id), 0) + 1 from duplicate_proposal), 0, ?, 'open', ?, ?, ?) returning id",
            )
            .bind(json!([reason]).to_string())
            .bind(a)
            .bind(b)
            .bind(by.at_ms)
            .fetch_one(&mut *tx)
            .await
            .during(doing)?;
        let id: i64 = row.try_get(0).during(doing)?;
        let detail = json!({ "a": a, "b": b });
        audit::append(&mut tx, by, "duplicate.propose", format!("duplicate/{id}"), &detail).await?;
        tx.commit(doing).await?;
        Ok(id)
    }

    /// Decides a proposal, decides it anew, or takes the decision back: what was said last counts, the audit log holds what was
    /// said before.
    ///
    /// # Errors
    /// [`Error::NotFound`].
    pub async fn decide_duplicate(&self, id: i64, state: DuplicateState, by: &By) -> Result<()> {
        let doing = "decide the proposed duplicate";
        let mut tx = self.database.write(doing).await?;
        let row = tx
            .query("select state from duplicate_proposal where id = ?")
            .bind(id)
            .fetch_optional(&mut *tx)
            .await
            .during(doing)?
            .ok_or_else(|| Error::NotFound { object: format!("proposed duplicate {id}") })?;
        let was = row.try_get(0).and_then(DuplicateState::parse).during(doing)?;
        if was == state {
            return Ok(());
        }
        let decided = state != DuplicateState::Open;
        tx.query("update duplicate_proposal set state = ?, decided_by = ?, decided_ms = ? where id = ?")
            .bind(state.as_str())
            .bind(decided.then_some(by.actor.as_str()))
            .bind(decided.then_some(by.at_ms))
            .bind(id)
            .execute(&mut *tx)
            .await
            .during(doing)?;
        let detail = json!({ "state": state, "was": was });
        audit::append(&mut tx, by, "duplicate.decide", format!("duplicate/{id}"), &detail).await?;
        tx.commit(doing).await
    }
}

fn duplicate(row: &AnyRow, doing: &'static str) -> Result<Duplicate> {
    let get = || {
        Ok((
            row.try_get(0)?,
            row.try_get(1)?,
            row.try_get(2)?,
            row.try_get(3)?,
            row.try_get::<&str, _>(4)?,
            DuplicateState::parse(row.try_get(5)?)?,
            row.try_get(6)?,
            row.try_get(7)?,
            row.try_get(8)?,
        ))
    };
    let (id, a, b, score, reasons, state, proposed_ms, decided_by, decided_ms) = get().during(doing)?;
    let reasons = serde_json::from_str(reasons)
        .map_err(|source| Error::Content { object: format!("proposed duplicate {id}"), source })?;
    let proposal = DuplicateProposal { a, b, score, reasons };
    Ok(Duplicate { id, proposal, state, proposed_ms, decided_by, decided_ms })
}

/// A proposal that is to be written.
pub(crate) enum Proposing {
    /// A pair that was never proposed: its row ids, lower first.
    New(i64, i64),
    /// An open proposal whose score or reasons differ by now.
    Renewed(i64),
}

/// Which proposals change something. A decided pair is never opened again.
pub(crate) async fn changed<'p>(
    from: &mut Write,
    proposals: &'p [DuplicateProposal],
    enterprises: &HashMap<String, i64>,
    doing: &'static str,
) -> Result<Vec<(Proposing, &'p DuplicateProposal)>> {
    let invalid = |reason: String| Error::Invalid { action: doing, reason };
    let rows = sqlx::query("select a, b, id, state, score, reasons from duplicate_proposal")
        .fetch_all(&mut **from)
        .await
        .during(doing)?;
    let mut known = HashMap::new();
    for row in &rows {
        let get = || Ok(((row.try_get::<i64, _>(0)?, row.try_get::<i64, _>(1)?), row.try_get::<i64, _>(2)?));
        let (pair, id) = get().during(doing)?;
        known.insert(pair, (id, row));
    }
    let mut out = Vec::new();
    let mut seen = std::collections::HashSet::new();
    for proposal in proposals {
        let id = |key: &String| {
            enterprises.get(key).copied().ok_or_else(|| {
                invalid(format!(
                    "a proposed duplicate names enterprise {key}, which is neither stored nor imported"
                ))
            })
        };
        let (a, b) = (id(&proposal.a)?, id(&proposal.b)?);
        if a == b {
            return Err(invalid(format!("enterprise {} is proposed as a duplicate of itself", proposal.a)));
        }
        let pair = (a.min(b), a.max(b));
        if !seen.insert(pair) {
            return Err(invalid(format!(
                "the duplicates {} and {} are proposed twice",
                proposal.a, proposal.b
            )));
        }
        let Some((id, row)) = known.get(&pair) else {
            out.push((Proposing::New(pair.0, pair.1), proposal));
            continue;
        };
        let get = || Ok((row.try_get::<&str, _>(3)?, row.try_get::<f64, _>(4)?, row.try_get::<&str, _>(5)?));
        let (state, score, reasons) = get().during(doing)?;
        let reasons_now = proposal.reasons.to_string();
        let same = score.to_bits() == proposal.score.to_bits() && reasons == reasons_now;
        if state == DuplicateState::Open.as_str() && !same {
            out.push((Proposing::Renewed(*id), proposal));
        }
    }
    Ok(out)
}

/// Writes a proposal.
pub(crate) async fn save(
    to: &mut Write,
    proposing: &Proposing,
    proposal: &DuplicateProposal,
    by: &By,
    doing: &'static str,
) -> Result<()> {
    let (score, reasons) = (proposal.score, proposal.reasons.to_string());
    let query = match *proposing {
        Proposing::New(a, b) => to
            .query(
                "insert into duplicate_proposal (id, score, reasons, state, a, b, proposed_ms) \
                 values ((select coalesce(max(id), 0) + 1 from duplicate_proposal), ?, ?, 'open', ?, ?, ?)",
            )
            .bind(score)
            .bind(reasons)
            .bind(a)
            .bind(b)
            .bind(by.at_ms),
        Proposing::Renewed(id) => to
            .query("update duplicate_proposal set score = ?, reasons = ? where id = ?")
            .bind(score)
            .bind(reasons)
            .bind(id),
    };
    query.execute(&mut **to).await.during(doing)?;
    Ok(())
}
