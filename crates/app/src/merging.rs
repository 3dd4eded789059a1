//! Confirmed duplicates made one record, with a preview before and a split after.
//!
//! The unified social credit code is the truth: two records with different codes are never merged. The survivor keeps what it has and
//! takes from the other what it lacks; the other's names become other names, so that whatever still writes them finds the survivor.

use crate::records::{Listed, Market, Said, Words};
use crate::{Act, Actor, App, Code, DuplicateRecord, Error, Result};
use market::dedupe::Cluster;
use model::enterprise::{Contact, Enterprise};
use model::visibility::Noun;
use serde::Serialize;
use std::collections::HashMap;

/// One field of a merge.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct MergeField {
    /// Its Chinese name.
    pub name: String,
    /// What the survivor says.
    pub survivor: String,
    /// What the other says.
    pub loser: String,
    /// What will stand.
    pub result: String,
}

/// What a merge would do.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct MergePreview {
    /// The record that stays, and its version.
    pub survivor: (DuplicateRecord, i64),
    /// The one that is given up, and its version.
    pub loser: (DuplicateRecord, i64),
    /// Fields that one of them fills.
    pub fields: Vec<MergeField>,
    /// Needs that move.
    pub needs: u32,
    /// Offers that move.
    pub offers: u32,
    /// Accounts that move.
    pub accounts: Vec<String>,
}

/// A merge that was made.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct MergeInfo {
    /// Row id.
    pub id: i64,
    /// The record that stayed.
    pub survivor: DuplicateRecord,
    /// The one that was given up.
    pub loser: DuplicateRecord,
    /// Needs that moved.
    pub needs: u32,
    /// Offers that moved.
    pub offers: u32,
    /// Accounts that moved.
    pub accounts: u32,
    /// Who merged.
    pub by: String,
    /// When, milliseconds since 1970 UTC.
    pub at_ms: i64,
    /// Who parted them again, and when.
    pub split: Option<(String, i64)>,
}

#[boxed::futures]
impl App {
    /// What merging `loser` into `survivor` (row ids) would do: each field, and what moves. Nothing is stored.
    ///
    /// # Errors
    /// As of [`Self::merge_duplicate`].
    pub async fn merge_preview(&self, actor: &Actor, survivor: i64, loser: i64) -> Result<MergePreview> {
        actor.need(Act::Duplicates)?;
        let market = self.market().await?;
        let (kept, given_up) = self.mergeable(&market, survivor, loser).await?;
        let result = merged(&kept.0, &given_up.0);
        let words = |of: &Enterprise| of.words(self.reference);
        let fields = merge_fields(words(&kept.0), words(&given_up.0), words(&result));
        let of = |value: &Enterprise, id: i64| DuplicateRecord { id, name: value.name.clone() };
        Ok(MergePreview {
            fields,
            needs: market.needs.of(loser).count() as u32,
            offers: market.offers.of(loser).count() as u32,
            accounts: self.people_of(loser).await?,
            survivor: (of(&kept.0, survivor), kept.1),
            loser: (of(&given_up.0, loser), given_up.1),
        })
    }

    /// Makes two confirmed duplicates one: `loser` is given up, its needs, offers and people move to `survivor` (each by row id and
    /// version). Lists that were published stay as they are. Returns the merge's row id, by which it can be undone.
    ///
    /// # Errors
    /// [`Code::NotFound`]; [`Code::Conflict`] where they were not confirmed to be one, the decisions contradict each other, or one of
    /// them has changed; [`Code::BadInput`] where their codes differ.
    pub async fn merge_duplicate(
        &self,
        actor: &Actor,
        survivor: (i64, i64),
        loser: (i64, i64),
    ) -> Result<i64> {
        actor.need(Act::MergeDuplicate)?;
        let market = self.market().await?;
        let (kept, given_up) = self.mergeable(&market, survivor.0, loser.0).await?;
        let value = merged(&kept.0, &given_up.0);
        self.store.merge_enterprises(&value, survivor, loser, &self.by(actor)).await.map_err(standing)
    }

    /// Parts two records that were merged: what moved and still belongs to the survivor moves back. False where the survivor was changed
    /// since and therefore keeps its fields.
    ///
    /// # Errors
    /// [`Code::NotFound`]; [`Code::Conflict`] where they were parted already, or the survivor was itself merged since.
    pub async fn split_duplicate(&self, actor: &Actor, merge: i64) -> Result<bool> {
        actor.need(Act::SplitDuplicate)?;
        self.store.split_enterprises(merge, &self.by(actor)).await.map_err(standing)
    }

    /// All merges, newest first.
    ///
    /// # Errors
    /// Storage errors.
    pub async fn merged_duplicates(&self, actor: &Actor) -> Result<Vec<MergeInfo>> {
        actor.need(Act::Duplicates)?;
        let all = self.store.all_enterprises().await?;
        let names: HashMap<i64, String> = all.into_iter().map(|s| (s.id, s.value.name)).collect();
        let of = |id: i64| DuplicateRecord { id, name: names.get(&id).cloned().unwrap_or_default() };
        let merges = self.store.merges(Noun::Enterprise).await?.into_iter().rev();
        Ok(merges
            .map(|merge| MergeInfo {
                id: merge.id,
                survivor: of(merge.survivor),
                loser: of(merge.loser),
                needs: merge.moved.needs.len() as u32,
                offers: merge.moved.offers.len() as u32,
                accounts: merge.moved.accounts.len() as u32,
                by: merge.by.0,
                at_ms: merge.by.1,
                split: merge.split,
            })
            .collect())
    }

    /// Both records with their versions, where they may be merged.
    async fn mergeable(
        &self,
        market: &Market,
        survivor: i64,
        loser: i64,
    ) -> Result<((Enterprise, i64), (Enterprise, i64))> {
        let of = |id: i64| {
            let held = market.enterprises.get(id);
            held.map(|held| (held.value.clone(), held.version)).ok_or_else(crate::records::unknown)
        };
        let (kept, given_up) = (of(survivor)?, of(loser)?);
        let keys = [kept.0.key(), given_up.0.key()];
        let clusters = market::dedupe::clusters(&self.decisions().await?);
        confirmed(&clusters, keys)?;
        if let (Some(a), Some(b)) = (&kept.0.uscc, &given_up.0.uscc)
            && a != b
        {
            return Err(Error::new(Code::BadInput, format!("their codes differ: {a} and {b}"))
                .hint("the code is the truth: correct the wrong one, or decide that they are two"));
        }
        Ok((kept, given_up))
    }
}

/// Asks that two records, by key, were decided to be one, and nothing against it.
pub(crate) fn confirmed(clusters: &[Cluster], keys: [&str; 2]) -> Result<()> {
    let together = clusters.iter().find(|c| keys.iter().all(|key| c.members.iter().any(|m| m == key)));
    let conflict = |what: &str| Err(Error::new(Code::Conflict, what));
    match together.filter(|_| keys[0] != keys[1]) {
        None => conflict("the two were not confirmed to be one"),
        Some(cluster) if !cluster.conflicts.is_empty() => {
            conflict("the decisions about these records contradict each other")
        }
        Some(_) => Ok(()),
    }
}

/// Records that stand otherwise than they should are a conflict for whoever acts.
pub(crate) fn standing(error: store::Error) -> Error {
    let is_conflict = matches!(error, store::Error::Invalid { .. });
    let said = Error::from(error);
    if is_conflict {
        return Error { code: Code::Conflict, ..said }.hint("look at where the records stand now");
    }
    said
}

/// What is kept, or where it is empty the other.
pub(crate) fn text(kept: &str, other: &str) -> String {
    if kept.is_empty() { other } else { kept }.to_owned()
}

/// Both notes, each once.
pub(crate) fn note(kept: &str, other: &str) -> String {
    if kept == other || kept.is_empty() || other.is_empty() {
        text(kept, other)
    } else {
        format!("{kept}\n{other}")
    }
}

/// The contact that is kept, or where there is none the other.
pub(crate) fn contact(kept: &Contact, other: &Contact) -> Contact {
    if *kept == Contact::default() { other } else { kept }.clone()
}

/// The fields of two records and of what they make together, where one of them fills it.
pub(crate) fn merge_fields(survivor: Vec<Said>, loser: Vec<Said>, result: Vec<Said>) -> Vec<MergeField> {
    let rows = survivor.into_iter().zip(loser).zip(result);
    let fields = rows.map(|((kept, given_up), result)| MergeField {
        name: kept.zh,
        survivor: kept.text,
        loser: given_up.text,
        result: result.text,
    });
    fields.filter(|f| !(f.survivor.is_empty() && f.loser.is_empty() && f.result.is_empty())).collect()
}

/// The survivor with what it lacks taken from the loser. The stricter level counts.
fn merged(survivor: &Enterprise, loser: &Enterprise) -> Enterprise {
    let mut other_names: Vec<String> = survivor.other_names.clone();
    other_names.extend([&loser.name, &loser.short_name].into_iter().chain(&loser.other_names).cloned());
    other_names.retain(|name| !name.is_empty() && *name != survivor.name && *name != survivor.short_name);
    other_names.sort();
    other_names.dedup();
    Enterprise {
        key: survivor.key.clone(),
        uscc: survivor.uscc.clone().or_else(|| loser.uscc.clone()),
        name: survivor.name.clone(),
        short_name: text(&survivor.short_name, &loser.short_name),
        other_names,
        region: survivor.region.clone().or_else(|| loser.region.clone()),
        park: survivor.park.clone().or_else(|| loser.park.clone()),
        address: text(&survivor.address, &loser.address),
        point: survivor.point.or(loser.point),
        industry: survivor.industry.clone().or_else(|| loser.industry.clone()),
        group: text(&survivor.group, &loser.group),
        products: text(&survivor.products, &loser.products),
        employees: survivor.employees.or(loser.employees),
        revenue_fen: survivor.revenue_fen.or(loser.revenue_fen),
        contact: contact(&survivor.contact, &loser.contact),
        note: note(&survivor.note, &loser.note),
        fictional: survivor.fictional || loser.fictional,
        visibility: survivor.visibility.max(loser.visibility),
        merged_into: None,
    }
}

#[cfg(test)]
mod tests;
