//! Needs, or offers, of one enterprise that may be one thing recorded twice: they would count twice in lists and allocations.
//!
//! Pairs are proposed anew from the records as they stand; what people said of them is stored, for ever. Whoever keeps the records of
//! an enterprise decides about them.

use super::card::unknown;
use super::edit::unmerged;
use super::market::{Held, Listed, Market, Shelf, Viewer, status};
use super::{EnterpriseBrief, RecordStatus};
use crate::{Act, Actor, App, Code, DuplicateRecord, Error, Result};
use jiff::civil::Date;
use market::dedupe::{Decision, DuplicateProposal, Product, propose_products};
use model::need::Need;
use model::offer::Offer;
use model::visibility::Noun;
use serde::Serialize;
use std::collections::{BTreeMap, HashSet};
use std::sync::{Arc, Mutex, PoisonError};
use store::{RecordDecision, Status};

/// Two needs, or two offers, that may be one.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct TwinPair {
    /// Needs or offers.
    pub noun: Noun,
    /// One.
    pub a: DuplicateRecord,
    /// The other.
    pub b: DuplicateRecord,
    /// Whose they are.
    pub enterprise: EnterpriseBrief,
    /// How alike, 0..=1; 0 where they are not proposed any more.
    pub score: f64,
    /// Why, in Chinese.
    pub reasons: Vec<String>,
    /// What was decided: true for one, false for two; none where it is open.
    pub same: Option<bool>,
    /// True where one of the two was merged into another record.
    pub merged: bool,
    /// Who decided.
    pub decided_by: Option<String>,
    /// When, milliseconds since 1970 UTC.
    pub decided_ms: Option<i64>,
}

/// Decisions about records of one enterprise that do not go together.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct TwinConflict {
    /// Needs or offers.
    pub noun: Noun,
    /// Records that are one by what was decided, directly or through others.
    pub members: Vec<DuplicateRecord>,
    /// Pairs of them that were decided to be two all the same.
    pub pairs: Vec<(DuplicateRecord, DuplicateRecord)>,
}

/// What a need or an offer has to do with others of its enterprise that say the same.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct Twins {
    /// The record that stands in its place.
    pub merged_into: Option<DuplicateRecord>,
    /// Those in whose place it stands.
    pub merged: Vec<DuplicateRecord>,
    /// Those that may be the same, and on which nobody has decided; for whoever keeps its enterprise's records.
    pub likely: Vec<DuplicateRecord>,
}

/// What was decided and what is proposed of one noun.
#[derive(Debug)]
struct Side {
    decisions: Vec<RecordDecision>,
    pairs: Vec<DuplicateProposal>,
}

/// What was proposed of one state of the records and the decisions.
#[derive(Debug)]
struct Proposed {
    change: i64,
    needs: Side,
    offers: Side,
}

impl Proposed {
    fn of<T: Twin>(&self) -> &Side {
        if T::NOUN == Noun::Offer { &self.offers } else { &self.needs }
    }

    /// True where neither records nor decisions are others.
    fn stands(&self, change: i64, needs: &[RecordDecision], offers: &[RecordDecision]) -> bool {
        (self.change, &self.needs.decisions[..], &self.offers.decisions[..]) == (change, needs, offers)
    }
}

/// The proposals kept in memory until records or decisions change, and the last entry of the audit at which they were found to stand.
#[derive(Debug, Default)]
pub struct Kept(Mutex<Option<(i64, Arc<Proposed>)>>);

impl Kept {
    /// Forgets all, because another database has taken the place.
    pub fn forget(&self) {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = None;
    }
}

/// A need or an offer.
pub(super) trait Twin: Listed + Clone + 'static {
    fn shelf(market: &Market) -> &Shelf<Self>;
    fn product(&self) -> Product<'_>;
}

macro_rules! twin {
    ($type:ident, $shelf:ident) => {
        impl Twin for $type {
            fn shelf(market: &Market) -> &Shelf<Self> {
                &market.$shelf
            }
            fn product(&self) -> Product<'_> {
                Product::from(self)
            }
        }
    };
}

twin!(Need, needs);
twin!(Offer, offers);

/// Decisions by the records' keys, as the engine takes them.
fn by_key<T: Twin>(market: &Market, decisions: &[RecordDecision]) -> Vec<Decision> {
    let key = |id: i64| T::shelf(market).get(id).map(|held| held.value.key().to_owned());
    let decision = |d: &RecordDecision| Some(Decision { a: key(d.a)?, b: key(d.b)?, same: d.same });
    decisions.iter().filter_map(decision).collect()
}

/// The clusters that decisions about one noun make.
pub(super) fn clusters<T: Twin>(
    market: &Market,
    decisions: &[RecordDecision],
) -> Vec<market::dedupe::Cluster> {
    market::dedupe::clusters(&by_key::<T>(market, decisions))
}

fn propose<T: Twin>(market: &Market, decisions: Vec<RecordDecision>) -> Side {
    let open = T::shelf(market).all.iter().filter(|held| held.status == Status::Open);
    let products = open.map(|held| held.value.product());
    let pairs = propose_products(products, &by_key::<T>(market, &decisions), market.reference);
    Side { decisions, pairs }
}

/// A record among its twins, where the viewer keeps the records of its enterprise.
pub(super) fn twin<'m, T: Twin>(
    market: &'m Market,
    viewer: &Viewer,
    id: i64,
) -> Result<(&'m Arc<Held<T>>, DuplicateRecord)> {
    let held = market.kept(viewer, T::shelf(market), id, None)?;
    let name = market.seen(market.sight(viewer, held), held).title().to_owned();
    Ok((held, DuplicateRecord { id, name }))
}

/// Pairs on which nobody has decided, of records that stand and that the viewer keeps.
fn open<'m, T: Twin>(
    market: &'m Market,
    viewer: &'m Viewer,
    of: &'m Proposed,
    today: Date,
) -> impl Iterator<Item = (&'m Arc<Held<T>>, &'m Arc<Held<T>>)> {
    let of = of.of::<T>();
    let decided: HashSet<(i64, i64)> = of.decisions.iter().map(|d| (d.a, d.b)).collect();
    let stands = move |held: &&Arc<Held<T>>| {
        viewer.keeps(held.owner) && status(held, today) == RecordStatus::Open && market.knows(viewer, held)
    };
    of.pairs.iter().filter_map(move |proposal| {
        let of = |key: &str| T::shelf(market).by_key(key).filter(stands);
        let (a, b) = (of(&proposal.a)?, of(&proposal.b)?);
        (!decided.contains(&(a.id.min(b.id), a.id.max(b.id)))).then_some((a, b))
    })
}

/// Pairs that are proposed or decided, of those that the viewer decides about. What nobody has decided is open only while both stand.
fn pairs<T: Twin>(market: &Market, viewer: &Viewer, of: &Proposed, today: Date) -> Vec<TwinPair> {
    let of = of.of::<T>();
    let id = |key: &str| T::shelf(market).by_key(key).map(|held| held.id);
    type Known<'k> = (Option<&'k DuplicateProposal>, Option<&'k RecordDecision>);
    let mut all: BTreeMap<(i64, i64), Known<'_>> = BTreeMap::new();
    for proposal in &of.pairs {
        if let (Some(a), Some(b)) = (id(&proposal.a), id(&proposal.b)) {
            all.entry((a.min(b), a.max(b))).or_default().0 = Some(proposal);
        }
    }
    for decision in &of.decisions {
        all.entry((decision.a, decision.b)).or_default().1 = Some(decision);
    }
    let shown = all.into_iter().filter_map(|((a, b), (proposal, decision))| {
        let (one, a) = twin::<T>(market, viewer, a).ok()?;
        let (other, b) = twin::<T>(market, viewer, b).ok()?;
        let stand = [one, other].into_iter().all(|held| status(held, today) == RecordStatus::Open);
        (decision.is_some() || stand).then(|| TwinPair {
            noun: T::NOUN,
            a,
            b,
            enterprise: market.brief(viewer, one.owner),
            score: proposal.map_or(0.0, |p| p.score),
            reasons: proposal.map_or_else(Vec::new, |p| p.reasons.clone()),
            same: decision.map(|d| d.same),
            merged: [one, other].into_iter().any(|held| held.value.merged_into().is_some()),
            decided_by: decision.map(|d| d.by.0.clone()),
            decided_ms: decision.map(|d| d.by.1),
        })
    });
    shown.collect()
}

fn conflicts<T: Twin>(market: &Market, viewer: &Viewer, of: &Proposed) -> Vec<TwinConflict> {
    let record = |key: &String| {
        let held = T::shelf(market).by_key(key)?;
        twin::<T>(market, viewer, held.id).ok().map(|(_, record)| record)
    };
    let told = clusters::<T>(market, &of.of::<T>().decisions).into_iter().map(|cluster| TwinConflict {
        noun: T::NOUN,
        members: cluster.members.iter().filter_map(record).collect(),
        pairs: cluster.conflicts.iter().filter_map(|(a, b)| record(a).zip(record(b))).collect(),
    });
    told.filter(|conflict| !conflict.pairs.is_empty()).collect()
}

/// Both are of one enterprise and one market, and neither was merged away.
fn decidable<T: Twin>(market: &Market, viewer: &Viewer, (a, b): (i64, i64)) -> Result<()> {
    let (one, other) = (twin::<T>(market, viewer, a)?.0, twin::<T>(market, viewer, b)?.0);
    if a == b || one.owner != other.owner || one.value.market() != other.value.market() {
        let what = "only two records of one enterprise and one market can be one";
        return Err(Error::new(Code::BadInput, what));
    }
    [one, other].into_iter().try_for_each(|held| unmerged(&held.value))
}

#[boxed::futures]
impl App {
    /// Needs and offers that may be recorded twice and on which nobody has decided, most alike first; of the enterprises whose records
    /// the actor keeps.
    ///
    /// # Errors
    /// Storage errors.
    pub async fn twins(&self, actor: &Actor) -> Result<Vec<TwinPair>> {
        actor.need(Act::Twins)?;
        let market = self.market().await?;
        let mut pairs = self.twin_pairs(&market, &market.viewer(actor)).await?;
        pairs.retain(|pair| pair.same.is_none());
        pairs.sort_by(|x, y| y.score.total_cmp(&x.score));
        Ok(pairs)
    }

    /// How many pairs [`Self::twins`] has, for whoever has asked leave.
    pub(crate) async fn open_twins(&self, market: &Arc<Market>, viewer: &Viewer) -> Result<usize> {
        let (of, today) = (self.proposed(market).await?, self.today());
        Ok(open::<Need>(market, viewer, &of, today).count()
            + open::<Offer>(market, viewer, &of, today).count())
    }

    /// What a record has to do with others that say the same; part of the leave to see it.
    pub(super) async fn twins_of<T: Twin>(
        &self,
        market: &Arc<Market>,
        viewer: &Viewer,
        held: &Held<T>,
    ) -> Result<Twins> {
        let shelf = T::shelf(market);
        let seen = |held: &Arc<Held<T>>| {
            market.knows(viewer, held).then(|| DuplicateRecord {
                id: held.id,
                name: market.seen(market.sight(viewer, held).in_passing(), held).title().to_owned(),
            })
        };
        let own = Some(held.value.key());
        let merged = shelf.of(held.owner).filter(|other| other.value.merged_into() == own);
        let mut twins = Twins {
            merged_into: held.value.merged_into().and_then(|key| shelf.by_key(key)).and_then(seen),
            merged: merged.filter_map(seen).collect(),
            likely: Vec::new(),
        };
        if viewer.keeps(held.owner) {
            let of = self.proposed(market).await?;
            let pairs = open::<T>(market, viewer, &of, self.today());
            let others = pairs.filter_map(|(a, b)| match held.id {
                id if id == a.id => Some(b),
                id if id == b.id => Some(a),
                _ => None,
            });
            twins.likely = others.filter_map(seen).collect();
        }
        Ok(twins)
    }

    /// Pairs of needs or of offers that were decided on, the newest decision first.
    ///
    /// # Errors
    /// Storage errors.
    pub async fn decided_twins(&self, actor: &Actor) -> Result<Vec<TwinPair>> {
        actor.need(Act::Twins)?;
        let market = self.market().await?;
        let mut pairs = self.twin_pairs(&market, &market.viewer(actor)).await?;
        pairs.retain(|pair| pair.same.is_some());
        pairs.sort_by_key(|pair| std::cmp::Reverse(pair.decided_ms));
        Ok(pairs)
    }

    /// Decisions that do not go together: with A = B and B = C, A is C, whatever was said of A and C.
    ///
    /// # Errors
    /// Storage errors.
    pub async fn twin_conflicts(&self, actor: &Actor) -> Result<Vec<TwinConflict>> {
        actor.need(Act::Twins)?;
        let market = self.market().await?;
        let (viewer, of) = (market.viewer(actor), self.proposed(&market).await?);
        let mut out = conflicts::<Need>(&market, &viewer, &of);
        out.extend(conflicts::<Offer>(&market, &viewer, &of));
        Ok(out)
    }

    /// Says that two needs, or two offers, of one enterprise (by row id) are one, or two, or takes that back (`None`). It is kept for
    /// ever, whatever is imported; records are not merged by it.
    ///
    /// # Errors
    /// [`Code::NotFound`], also for others' records; [`Code::BadInput`] for records of two enterprises or markets;
    /// [`Code::Conflict`] where one of the two was merged.
    pub async fn decide_twins(
        &self,
        actor: &Actor,
        noun: Noun,
        pair: (i64, i64),
        same: Option<bool>,
    ) -> Result<()> {
        actor.need(Act::DecideTwins)?;
        let market = self.market().await?;
        let viewer = market.viewer(actor);
        match noun {
            Noun::Need => decidable::<Need>(&market, &viewer, pair)?,
            Noun::Offer => decidable::<Offer>(&market, &viewer, pair)?,
            Noun::Enterprise => return Err(unknown()),
        }
        Ok(self.store.decide_records(noun, pair, same, &self.by(actor)).await?)
    }

    /// What is known of two needs, or two offers, by row id; none where they are neither proposed nor decided, or not the actor's to
    /// decide.
    ///
    /// # Errors
    /// Storage errors.
    pub async fn twin_pair(&self, actor: &Actor, noun: Noun, (a, b): (i64, i64)) -> Result<Option<TwinPair>> {
        actor.need(Act::Twins)?;
        let market = self.market().await?;
        let pairs = self.twin_pairs(&market, &market.viewer(actor)).await?;
        let is_it = |p: &TwinPair| p.noun == noun && [(a, b), (b, a)].contains(&(p.a.id, p.b.id));
        Ok(pairs.into_iter().find(is_it))
    }

    async fn twin_pairs(&self, market: &Arc<Market>, viewer: &Viewer) -> Result<Vec<TwinPair>> {
        let (of, today) = (self.proposed(market).await?, self.today());
        let mut out = pairs::<Need>(market, viewer, &of, today);
        out.extend(pairs::<Offer>(market, viewer, &of, today));
        Ok(out)
    }

    /// What is proposed of the records as they stand now. Cards and overviews ask for it, so a quiet database is not asked at all.
    async fn proposed(&self, market: &Arc<Market>) -> Result<Arc<Proposed>> {
        let (seq, change) = (market.moment.seq, market.moment.change);
        let kept = self.live.twins.0.lock().unwrap_or_else(PoisonError::into_inner).clone();
        if let Some((at, kept)) = &kept
            && *at == seq
        {
            return Ok(kept.clone());
        }
        let needs = self.store.record_decisions(Noun::Need).await?;
        let offers = self.store.record_decisions(Noun::Offer).await?;
        let made = match kept {
            Some((_, kept)) if kept.stands(change, &needs, &offers) => kept,
            _ => {
                let market = market.clone();
                let made = tokio::task::spawn_blocking(move || {
                    let (needs, offers) =
                        (propose::<Need>(&market, needs), propose::<Offer>(&market, offers));
                    Arc::new(Proposed { change, needs, offers })
                });
                made.await
                    .map_err(|e| Error::new(Code::Internal, format!("failed to compare the records: {e}")))?
            }
        };
        *self.live.twins.0.lock().unwrap_or_else(PoisonError::into_inner) = Some((seq, made.clone()));
        Ok(made)
    }
}

#[cfg(test)]
mod tests;
