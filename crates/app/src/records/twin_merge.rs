//! Two needs, or two offers, that are one made one record, with a preview before and a split after.
//!
//! The survivor keeps what it has and takes from the other what it lacks; its number stays its own, for numbers tell the rows of a source
//! apart. The other stays, closed, with its versions, introductions and results; a later import knows its row and leaves it merged.

use super::card::unknown;
use super::market::{Held, Market, Viewer};
use super::twins::{Twin, clusters, twin};
use super::words::Words;
use crate::merging::{confirmed, contact, merge_fields, note, standing, text};
use crate::{Act, Actor, App, Code, DuplicateRecord, Error, MergeField, Result};
use model::need::Need;
use model::offer::Offer;
use model::spec::Specification;
use model::visibility::Noun;
use serde::Serialize;
use std::sync::Arc;
use store::Status;

/// What a merge of two needs or offers would do.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct TwinMergePreview {
    /// Needs or offers.
    pub noun: Noun,
    /// The record that stays, and its version.
    pub survivor: (DuplicateRecord, i64),
    /// The one that is given up, and its version.
    pub loser: (DuplicateRecord, i64),
    /// Fields that one of them fills.
    pub fields: Vec<MergeField>,
    /// Introductions in which the one that is given up takes part; they stay with it.
    pub introductions: usize,
    /// Measured evidence that it has; it stays with it.
    pub evidence: usize,
}

/// A merge of two needs or offers that was made.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct TwinMerge {
    /// Row id.
    pub id: i64,
    /// Needs or offers.
    pub noun: Noun,
    /// The record that stayed.
    pub survivor: DuplicateRecord,
    /// The one that was given up.
    pub loser: DuplicateRecord,
    /// Who merged.
    pub by: String,
    /// When, milliseconds since 1970 UTC.
    pub at_ms: i64,
    /// Who parted them again, and when.
    pub split: Option<(String, i64)>,
}

/// A need or an offer that takes over what it lacks.
trait Taking: Twin + Words {
    /// The record with what it lacks taken from the other. The stricter level counts.
    #[must_use]
    fn taking(&self, other: &Self) -> Self;
    /// Measured evidence put to it.
    fn evidence(&self) -> usize;
}

/// The specification text with the clauses of the other that speak of properties that it does not.
fn detail(kept: &str, more: &[Specification]) -> String {
    let mut clauses: Vec<&str> = if kept.is_empty() { Vec::new() } else { vec![kept] };
    for spec in more {
        if !clauses.iter().any(|clause| clause.contains(spec.text.as_str())) {
            clauses.push(&spec.text);
        }
    }
    clauses.join("；")
}

/// What needs and offers have in common; the rest is named field by field.
macro_rules! taking {
    ($type:ident, $evidence:expr; texts $($text:ident)*; options $($option:ident)*; as it is $($same:ident: $value:expr),*) => {
        impl Taking for $type {
            fn taking(&self, other: &Self) -> Self {
                let stated = |spec: &&Specification| self.specs.iter().any(|s| s.property == spec.property);
                let more: Vec<Specification> =
                    other.specs.iter().filter(|spec| !stated(spec)).cloned().collect();
                let (detail, unread) = if self.detail.is_empty() {
                    (other.detail.clone(), other.unread.clone())
                } else {
                    (detail(&self.detail, &more), self.unread.clone())
                };
                let mut certificates = self.certificates.clone();
                let new = |c: &&String| !self.certificates.contains(c);
                certificates.extend(other.certificates.iter().filter(new).cloned());
                let own = other.own.iter().chain(&self.own).filter(|(_, value)| !value.is_empty());
                let stands = if (self.valid_from, self.valid_until) == (None, None) { other } else { self };
                Self {
                    key: self.key.clone(),
                    enterprise: self.enterprise.clone(),
                    number: self.number.clone(),
                    title: self.title.clone(),
                    detail,
                    node: self.node.clone().or_else(|| other.node.clone()),
                    specs: self.specs.iter().cloned().chain(more).collect(),
                    unread,
                    price: self.price.clone().or_else(|| other.price.clone()),
                    standard: text(&self.standard, &other.standard),
                    material: text(&self.material, &other.material),
                    certificates,
                    valid_from: stands.valid_from,
                    valid_until: stands.valid_until,
                    contact: contact(&self.contact, &other.contact),
                    note: note(&self.note, &other.note),
                    visibility: self.visibility.max(other.visibility),
                    market: self.market.clone(),
                    own: own.map(|(id, value)| (id.clone(), value.clone())).collect(),
                    merged_into: None,
                    $($text: text(&self.$text, &other.$text),)*
                    $($option: self.$option.as_ref().or(other.$option.as_ref()).cloned(),)*
                    $($same: $value,)*
                }
            }

            fn evidence(&self) -> usize {
                let evidence: fn(&Self) -> usize = $evidence;
                evidence(self)
            }
        }
    };
}

taking!(
    Need, |_| 0;
    texts delivery payment current_source;
    options quantity max_distance_km needed_by partial;
    as it is
);
taking!(
    Offer, |offer| offer.evidence.len();
    texts customers;
    options capacity spare_capacity minimum_order sample_days supply_radius_km lead_days lot;
    // Evidence is put to a record where it is read.
    as it is evidence: Vec::new()
);

/// Two records that may be merged: both stand, of one enterprise.
type Mergeable<'m, T> = [(&'m Arc<Held<T>>, DuplicateRecord); 2];

fn mergeable<'m, T: Taking>(
    market: &'m Market,
    viewer: &Viewer,
    (survivor, loser): (i64, i64),
) -> Result<Mergeable<'m, T>> {
    let pair = [twin::<T>(market, viewer, survivor)?, twin::<T>(market, viewer, loser)?];
    let [(kept, _), (given_up, _)] = &pair;
    let stand = [kept, given_up].iter().all(|held| held.status == Status::Open);
    if survivor == loser || kept.owner != given_up.owner || !stand {
        return Err(Error::new(Code::Conflict, "both must stand, and be of one enterprise")
            .hint("look at where the records stand now"));
    }
    Ok(pair)
}

#[boxed::futures]
impl App {
    /// The survivor as it will stand, where the two were confirmed to be one.
    async fn merged_twin<T: Taking>(&self, market: &Market, viewer: &Viewer, pair: (i64, i64)) -> Result<T> {
        let [(kept, _), (given_up, _)] = mergeable::<T>(market, viewer, pair)?;
        let decisions = self.store.record_decisions(T::NOUN).await?;
        confirmed(&clusters::<T>(market, &decisions), [kept.value.key(), given_up.value.key()])?;
        Ok(kept.value.taking(&given_up.value))
    }

    async fn preview_twins<T: Taking>(&self, actor: &Actor, pair: (i64, i64)) -> Result<TwinMergePreview> {
        let market = self.market().await?;
        let viewer = market.viewer(actor);
        let [(kept, survivor), (given_up, loser)] = mergeable::<T>(&market, &viewer, pair)?;
        let introduced =
            |i: &&store::Introduction| pair.1 == if T::NOUN == Noun::Need { i.need_id } else { i.offer_id };
        for held in [kept, given_up] {
            let protected = market.protected(market.sight(&viewer, held), held);
            self.read_protected(actor, T::NOUN, held.id, &protected).await?;
        }
        let sight = market.sight(&viewer, kept);
        let words = |of: T| of.redacted(self.reference, sight).words(self.reference);
        let result = kept.value.taking(&given_up.value);
        Ok(TwinMergePreview {
            noun: T::NOUN,
            fields: merge_fields(words(kept.value.clone()), words(given_up.value.clone()), words(result)),
            introductions: market.introductions.iter().filter(introduced).count(),
            evidence: given_up.value.evidence(),
            survivor: (survivor, kept.version),
            loser: (loser, given_up.version),
        })
    }

    /// What merging the second of two needs, or two offers, into the first (row ids) would do, confirmed to be one or not. Nothing is
    /// stored.
    ///
    /// # Errors
    /// As of [`Self::merge_twins`].
    pub async fn twin_merge_preview(
        &self,
        actor: &Actor,
        noun: Noun,
        pair: (i64, i64),
    ) -> Result<TwinMergePreview> {
        actor.need(Act::Twins)?;
        match noun {
            Noun::Need => self.preview_twins::<Need>(actor, pair).await,
            Noun::Offer => self.preview_twins::<Offer>(actor, pair).await,
            Noun::Enterprise => Err(unknown()),
        }
    }

    /// Makes two needs, or two offers, that were confirmed to be one one record: `loser` is closed and names `survivor` (each by row
    /// id and version). Lists that were published stay as they are. Returns the merge's row id, by which it can be undone.
    ///
    /// # Errors
    /// [`Code::NotFound`], also for others' records; [`Code::Conflict`] where they were not confirmed to be one, the decisions
    /// contradict each other, one of them does not stand or has changed.
    pub async fn merge_twins(
        &self,
        actor: &Actor,
        noun: Noun,
        survivor: (i64, i64),
        loser: (i64, i64),
    ) -> Result<i64> {
        actor.need(Act::MergeTwins)?;
        let market = self.market().await?;
        let (viewer, by, pair) = (market.viewer(actor), self.by(actor), (survivor.0, loser.0));
        let merged = match noun {
            Noun::Need => {
                let value = self.merged_twin::<Need>(&market, &viewer, pair).await?;
                self.store.merge_needs(&value, survivor, loser, &by).await
            }
            Noun::Offer => {
                let value = self.merged_twin::<Offer>(&market, &viewer, pair).await?;
                self.store.merge_offers(&value, survivor, loser, &by).await
            }
            Noun::Enterprise => return Err(unknown()),
        };
        merged.map_err(standing)
    }

    /// Parts two needs, or two offers, that were merged: the one that was given up stands again. False where the survivor was changed
    /// since and therefore keeps its fields.
    ///
    /// # Errors
    /// [`Code::NotFound`], also for others' records; [`Code::Conflict`] where they were parted already, or the survivor was itself
    /// merged since.
    pub async fn split_twins(&self, actor: &Actor, noun: Noun, merge: i64) -> Result<bool> {
        actor.need(Act::SplitTwins)?;
        let market = self.market().await?;
        let viewer = market.viewer(actor);
        let found = self.store.merges(noun).await?.into_iter().find(|m| m.id == merge).ok_or_else(unknown)?;
        let by = self.by(actor);
        let parted = match noun {
            Noun::Need => {
                twin::<Need>(&market, &viewer, found.survivor)?;
                self.store.split_needs(merge, &by).await
            }
            Noun::Offer => {
                twin::<Offer>(&market, &viewer, found.survivor)?;
                self.store.split_offers(merge, &by).await
            }
            Noun::Enterprise => return Err(unknown()),
        };
        parted.map_err(standing)
    }

    /// All merges of needs and of offers whose enterprise's records the actor keeps, newest first.
    ///
    /// # Errors
    /// Storage errors.
    pub async fn merged_twins(&self, actor: &Actor) -> Result<Vec<TwinMerge>> {
        actor.need(Act::Twins)?;
        let market = self.market().await?;
        let viewer = market.viewer(actor);
        let need = |id| twin::<Need>(&market, &viewer, id).ok().map(|(_, record)| record);
        let offer = |id| twin::<Offer>(&market, &viewer, id).ok().map(|(_, record)| record);
        let mut out = Vec::new();
        for noun in [Noun::Need, Noun::Offer] {
            for merge in self.store.merges(noun).await? {
                let of = |id| if noun == Noun::Need { need(id) } else { offer(id) };
                let Some((survivor, loser)) = of(merge.survivor).zip(of(merge.loser)) else { continue };
                let (by, at_ms) = merge.by;
                out.push(TwinMerge { id: merge.id, noun, survivor, loser, by, at_ms, split: merge.split });
            }
        }
        out.sort_by_key(|merge| std::cmp::Reverse(merge.id));
        Ok(out)
    }
}
