//! Two records of one enterprise, or of one need or offer of an enterprise, made one, and parted again.
//!
//! The loser stays as a row that names its survivor. A need or offer is closed by it; an enterprise's needs, offers, people and seats at events move. What moved stands in the merge, so that a split
//! moves it back, and neither row nor decision is ever lost.

mod trade;

use crate::Store;
use crate::audit::{self, By};
use crate::database::Write;
use crate::error::{During, Error, Result};
use crate::record::{Record, STORED, Stored, next_id, put, stored, table};
use model::enterprise::Enterprise;
use model::need::Need;
use model::offer::Offer;
use model::visibility::Noun;
use serde::{Deserialize, Serialize};
use serde_json::json;
use sqlx::Row;
use sqlx::any::AnyRow;

/// What a merge moved, as row ids.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Moved {
    /// Version of the survivor before it.
    pub before: i64,
    /// Version of the survivor after it.
    pub after: i64,
    /// Needs.
    pub needs: Vec<i64>,
    /// Offers.
    pub offers: Vec<i64>,
    /// Accounts of people.
    pub accounts: Vec<i64>,
    /// Accounts of commissioners who looked after the loser only.
    pub assigned: Vec<i64>,
    /// Accounts of commissioners who looked after both.
    pub assigned_both: Vec<i64>,
    /// Invitations that nobody had accepted.
    pub invitations: Vec<i64>,
    /// Events where the loser was to meet others and the survivor was not.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub events: Vec<i64>,
}

/// A merge as stored.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Merge {
    /// Row id.
    pub id: i64,
    /// Row id of the record that was given up.
    pub loser: i64,
    /// Row id of the one that stayed.
    pub survivor: i64,
    /// What moved.
    pub moved: Moved,
    /// Who merged, and when.
    pub by: (String, i64),
    /// Who parted them again, and when.
    pub split: Option<(String, i64)>,
}

fn from_row(row: &AnyRow, doing: &'static str) -> Result<Merge> {
    let get = || {
        let split: Option<String> = row.try_get(6)?;
        Ok::<_, sqlx::Error>(Merge {
            id: row.try_get(0)?,
            loser: row.try_get(1)?,
            survivor: row.try_get(2)?,
            moved: Moved::default(),
            by: (row.try_get(4)?, row.try_get(5)?),
            split: split.zip(row.try_get(7)?),
        })
    };
    let merge = get().during(doing)?;
    let moved = serde_json::from_str(row.try_get(3).during(doing)?)
        .map_err(|source| Error::Content { object: format!("merge {}", merge.id), source })?;
    Ok(Merge { moved, ..merge })
}

const COLUMNS: &str = "id, loser_id, survivor_id, moved, merged_by, merged_ms, split_by, split_ms";

/// A need or offer: it moves to another enterprise, and is merged into another of its enterprise.
trait Movable: Record {
    fn move_to(&mut self, enterprise: &str);
    fn merge_into(&mut self, survivor: Option<&str>);
}

macro_rules! movable {
    ($type:ident) => {
        impl Movable for $type {
            fn move_to(&mut self, enterprise: &str) {
                enterprise.clone_into(&mut self.enterprise);
            }
            fn merge_into(&mut self, survivor: Option<&str>) {
                self.merged_into = survivor.map(str::to_owned);
            }
        }
    };
}

movable!(Need);
movable!(Offer);

fn invalid<T>(action: &'static str, reason: &str) -> Result<T> {
    Err(Error::Invalid { action, reason: reason.to_owned() })
}

#[boxed::futures]
impl Store {
    /// All merges of one noun, parted ones too, by row id.
    ///
    /// # Errors
    /// The database's.
    pub async fn merges(&self, noun: Noun) -> Result<Vec<Merge>> {
        let doing = "read the merges";
        let mut tx = self.database.read(doing).await?;
        let query =
            tx.query(format!("select {COLUMNS} from merge where noun = ? order by id")).bind(table(noun));
        let rows = query.fetch_all(&mut *tx).await.during(doing)?;
        rows.iter().map(|row| from_row(row, doing)).collect()
    }

    /// Makes two enterprises one: `survivor` is stored as a new version of its row, the loser names it, and all that belongs to the
    /// loser moves to it. Both are given by row id and version. Returns the merge's row id.
    ///
    /// # Errors
    /// [`Error::NotFound`]; [`Error::Conflict`] where one of them has changed; [`Error::Invalid`] where one was merged before.
    pub async fn merge_enterprises(
        &self,
        survivor: &Enterprise,
        at: (i64, i64),
        loser_at: (i64, i64),
        by: &By,
    ) -> Result<i64> {
        let doing = "merge the enterprises";
        let mut tx = self.database.write(doing).await?;
        let kept: Stored<Enterprise> = load(&mut tx, at.0, Some(at.1), doing).await?;
        let mut loser: Stored<Enterprise> = load(&mut tx, loser_at.0, Some(loser_at.1), doing).await?;
        if at.0 == loser_at.0 || kept.value.merged_into.is_some() || loser.value.merged_into.is_some() {
            return invalid(doing, MERGED);
        }
        let (_, after) = put(&mut tx, survivor, Some(at), by, doing).await?;
        loser.value.merged_into = Some(survivor.key.clone());
        put(&mut tx, &loser.value, Some(loser_at), by, doing).await?;
        let mut moved = Moved {
            before: at.1,
            after,
            needs: move_all::<Need>(&mut tx, loser.id, &survivor.key, by, doing).await?,
            offers: move_all::<Offer>(&mut tx, loser.id, &survivor.key, by, doing).await?,
            accounts: ids(&mut tx, "select id from account where enterprise_id = ? order by id", loser.id, doing).await?,
            invitations: ids(
                &mut tx,
                "select id from invitation where enterprise_id = ? and accepted_ms is null and revoked_ms is null order by id",
                loser.id,
                doing,
            )
            .await?,
            ..Moved::default()
        };
        give(&mut tx, "account", &moved.accounts, kept.id, doing).await?;
        give(&mut tx, "invitation", &moved.invitations, kept.id, doing).await?;
        let of = "select account_id from assignment where enterprise_id = ? order by account_id";
        let (of_loser, of_kept) =
            (ids(&mut tx, of, loser.id, doing).await?, ids(&mut tx, of, kept.id, doing).await?);
        (moved.assigned_both, moved.assigned) = of_loser.into_iter().partition(|id| of_kept.contains(id));
        for account in &moved.assigned_both {
            tx.query("delete from assignment where account_id = ? and enterprise_id = ?")
                .bind(*account)
                .bind(loser.id)
                .execute(&mut *tx)
                .await
                .during(doing)?;
        }
        assign(&mut tx, &moved.assigned, loser.id, kept.id, doing).await?;
        let attended = "select event_id from meeting_party where enterprise_id = ? order by event_id";
        let of_kept = ids(&mut tx, attended, kept.id, doing).await?;
        moved.events = ids(&mut tx, attended, loser.id, doing).await?;
        moved.events.retain(|event| !of_kept.contains(event));
        attend(&mut tx, &moved.events, loser.id, kept.id, doing).await?;
        let id = keep::<Enterprise>(&mut tx, (kept.id, loser.id), &moved, by, doing).await?;
        let detail = json!({ "merged": loser.id, "needs": moved.needs.len(), "offers": moved.offers.len() });
        audit::append(&mut tx, by, "record.merge", format!("enterprise/{}", kept.id), &detail).await?;
        tx.commit(doing).await?;
        Ok(id)
    }

    /// Parts two enterprises again: what the merge moved and still belongs to the survivor moves back. The survivor gets its fields of
    /// before, unless it was changed since: then it keeps them, and the answer is false.
    ///
    /// # Errors
    /// [`Error::NotFound`]; [`Error::Invalid`] where they were parted already, or the survivor was itself merged since.
    pub async fn split_enterprises(&self, merge: i64, by: &By) -> Result<bool> {
        let doing = "split the enterprises";
        let mut tx = self.database.write(doing).await?;
        let found = found::<Enterprise>(&mut tx, merge, doing).await?;
        let kept: Stored<Enterprise> = load(&mut tx, found.survivor, None, doing).await?;
        let mut loser: Stored<Enterprise> = load(&mut tx, found.loser, None, doing).await?;
        if found.split.is_some() || loser.value.merged_into.as_deref() != Some(kept.value.key.as_str()) {
            return invalid(doing, PARTED);
        }
        if kept.value.merged_into.is_some() {
            return invalid(doing, MERGED_ON);
        }
        let moved = &found.moved;
        for (noun, ids) in [(Noun::Need, &moved.needs), (Noun::Offer, &moved.offers)] {
            if merged_across(&mut tx, noun, ids, doing).await? {
                return invalid(doing, "needs or offers of the two were merged since; part those first");
            }
        }
        loser.value.merged_into = None;
        put(&mut tx, &loser.value, Some((loser.id, loser.version)), by, doing).await?;
        give_back::<Need>(&mut tx, &moved.needs, &kept.value.key, &loser.value.key, by, doing).await?;
        give_back::<Offer>(&mut tx, &moved.offers, &kept.value.key, &loser.value.key, by, doing).await?;
        for (table, ids) in [("account", &moved.accounts), ("invitation", &moved.invitations)] {
            let own = of_enterprise(&mut tx, table, ids, kept.id, doing).await?;
            give(&mut tx, table, &own, loser.id, doing).await?;
        }
        let still = "select account_id from assignment where enterprise_id = ? order by account_id";
        let still = ids(&mut tx, still, kept.id, doing).await?;
        let keep = |of: &[i64]| of.iter().copied().filter(|id| still.contains(id)).collect::<Vec<_>>();
        assign(&mut tx, &keep(&moved.assigned), kept.id, loser.id, doing).await?;
        for account in keep(&moved.assigned_both) {
            tx.query("insert into assignment (account_id, enterprise_id, since_ms) values (?, ?, ?)")
                .bind(account)
                .bind(loser.id)
                .bind(by.at_ms)
                .execute(&mut *tx)
                .await
                .during(doing)?;
        }
        attend(&mut tx, &moved.events, kept.id, loser.id, doing).await?;
        let unchanged = part(&mut tx, &found, &kept, by, doing).await?;
        tx.commit(doing).await?;
        Ok(unchanged)
    }
}

const MERGED: &str = "one of them was merged already";
const PARTED: &str = "they were parted already";
const MERGED_ON: &str = "the surviving record was merged into another since; part that one first";

/// A merge of one noun by its row id.
async fn found<T: Record>(tx: &mut Write, merge: i64, doing: &'static str) -> Result<Merge> {
    let row = tx
        .query(format!("select {COLUMNS} from merge where id = ? and noun = ?"))
        .bind(merge)
        .bind(T::TABLE)
        .fetch_optional(&mut **tx)
        .await
        .during(doing)?
        .ok_or_else(|| Error::NotFound { object: format!("merge {merge}") })?;
    from_row(&row, doing)
}

/// Writes a merge down: row ids of survivor and loser, and what moved. Returns its row id.
async fn keep<T: Record>(
    tx: &mut Write,
    (survivor, loser): (i64, i64),
    moved: &Moved,
    by: &By,
    doing: &'static str,
) -> Result<i64> {
    let id = next_id(tx, "merge", doing).await?;
    tx.query(
        "insert into merge (id, noun, loser_id, survivor_id, moved, merged_by, merged_ms) \
         values (?, ?, ?, ?, ?, ?, ?)",
    )
    .bind(id)
    .bind(T::TABLE)
    .bind(loser)
    .bind(survivor)
    .bind(json!(moved).to_string())
    .bind(by.actor.as_str())
    .bind(by.at_ms)
    .execute(&mut **tx)
    .await
    .during(doing)?;
    Ok(id)
}

/// Gives the survivor its fields of before the merge, unless it was changed since (then false), and writes down that they were parted.
async fn part<T: Record>(
    tx: &mut Write,
    merge: &Merge,
    kept: &Stored<T>,
    by: &By,
    doing: &'static str,
) -> Result<bool> {
    let moved = &merge.moved;
    let unchanged = kept.version == moved.after;
    if unchanged && moved.after != moved.before {
        let row = tx
            .query("select body from past_version where noun = ? and row_id = ? and version = ?")
            .bind(T::TABLE)
            .bind(kept.id)
            .bind(moved.before)
            .fetch_one(&mut **tx)
            .await
            .during(doing)?;
        let before: T = serde_json::from_str(row.try_get(0).during(doing)?).map_err(|source| {
            Error::Content { object: format!("{} {}", T::TABLE, kept.value.key()), source }
        })?;
        put(tx, &before, Some((kept.id, kept.version)), by, doing).await?;
    }
    tx.query("update merge set split_by = ?, split_ms = ? where id = ?")
        .bind(by.actor.as_str())
        .bind(by.at_ms)
        .bind(merge.id)
        .execute(&mut **tx)
        .await
        .during(doing)?;
    let detail = json!({ "merged": merge.loser });
    audit::append(tx, by, "record.split", format!("{}/{}", T::TABLE, kept.id), &detail).await?;
    Ok(unchanged)
}

/// True where one of `rows` is made one with a record that is not among them.
async fn merged_across(tx: &mut Write, noun: Noun, rows: &[i64], doing: &'static str) -> Result<bool> {
    let query = tx
        .query("select loser_id, survivor_id from merge where noun = ? and split_ms is null")
        .bind(table(noun));
    for row in query.fetch_all(&mut **tx).await.during(doing)? {
        let get = || Ok((row.try_get(0)?, row.try_get(1)?));
        let (loser, survivor) = get().during(doing)?;
        if rows.contains(&loser) != rows.contains(&survivor) {
            return Ok(true);
        }
    }
    Ok(false)
}

/// A record by its row id, at a version where one is named.
async fn load<T: Record>(
    tx: &mut Write,
    id: i64,
    version: Option<i64>,
    doing: &'static str,
) -> Result<Stored<T>> {
    let object = format!("{}/{id}", T::TABLE);
    let query = tx.query(format!("select {STORED} from {} where id = ?", T::TABLE)).bind(id);
    let Some(row) = query.fetch_optional(&mut **tx).await.during(doing)? else {
        return Err(Error::NotFound { object });
    };
    let found: Stored<T> = stored(&row, doing)?;
    match version {
        Some(expected) if expected != found.version => {
            Err(Error::Conflict { object, expected, found: found.version })
        }
        _ => Ok(found),
    }
}

/// Moves all records of an enterprise to another; their row ids.
async fn move_all<T: Movable>(
    tx: &mut Write,
    from: i64,
    to: &str,
    by: &By,
    doing: &'static str,
) -> Result<Vec<i64>> {
    let select = format!("select id from {} where enterprise_id = ? order by id", T::TABLE);
    let moving = ids(tx, &select, from, doing).await?;
    for id in &moving {
        let mut record: Stored<T> = load(tx, *id, None, doing).await?;
        record.value.move_to(to);
        put(tx, &record.value, Some((record.id, record.version)), by, doing).await?;
    }
    Ok(moving)
}

/// Moves those of the records back that still belong to `from`.
async fn give_back<T: Movable>(
    tx: &mut Write,
    moved: &[i64],
    from: &str,
    to: &str,
    by: &By,
    doing: &'static str,
) -> Result<()> {
    for id in moved {
        let mut record: Stored<T> = load(tx, *id, None, doing).await?;
        if record.value.enterprise() == from {
            record.value.move_to(to);
            put(tx, &record.value, Some((record.id, record.version)), by, doing).await?;
        }
    }
    Ok(())
}

async fn ids(tx: &mut Write, select: &str, enterprise: i64, doing: &'static str) -> Result<Vec<i64>> {
    let rows = tx.query(select.to_owned()).bind(enterprise).fetch_all(&mut **tx).await.during(doing)?;
    rows.iter().map(|row| row.try_get(0)).collect::<sqlx::Result<_>>().during(doing)
}

/// Those rows of `table` that belong to an enterprise now.
async fn of_enterprise(
    tx: &mut Write,
    table: &str,
    rows: &[i64],
    enterprise: i64,
    doing: &'static str,
) -> Result<Vec<i64>> {
    let select = format!("select id from {table} where enterprise_id = ? order by id");
    let now = ids(tx, &select, enterprise, doing).await?;
    Ok(rows.iter().copied().filter(|id| now.contains(id)).collect())
}

/// Gives rows of `table` to an enterprise.
async fn give(tx: &mut Write, table: &str, rows: &[i64], enterprise: i64, doing: &'static str) -> Result<()> {
    // An account has versions, so that nobody changes it unseen.
    let version = if table == "account" { ", version = version + 1" } else { "" };
    for id in rows {
        tx.query(format!("update {table} set enterprise_id = ?{version} where id = ?"))
            .bind(enterprise)
            .bind(*id)
            .execute(&mut **tx)
            .await
            .during(doing)?;
    }
    Ok(())
}

/// Lets another enterprise attend events: its sign-ups and meetings there are the other's from now on.
async fn attend(tx: &mut Write, events: &[i64], from: i64, to: i64, doing: &'static str) -> Result<()> {
    for event in events {
        for (table, column) in
            [("meeting_party", "enterprise_id"), ("meeting", "host_id"), ("meeting", "guest_id")]
        {
            tx.query(format!("update {table} set {column} = ? where event_id = ? and {column} = ?"))
                .bind(to)
                .bind(*event)
                .bind(from)
                .execute(&mut **tx)
                .await
                .during(doing)?;
        }
    }
    Ok(())
}

/// Lets commissioners look after another enterprise.
async fn assign(tx: &mut Write, accounts: &[i64], from: i64, to: i64, doing: &'static str) -> Result<()> {
    for account in accounts {
        tx.query("update assignment set enterprise_id = ? where account_id = ? and enterprise_id = ?")
            .bind(to)
            .bind(*account)
            .bind(from)
            .execute(&mut **tx)
            .await
            .during(doing)?;
    }
    Ok(())
}
