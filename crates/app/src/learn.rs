//! Ranking that learns, market by market: outcomes of pairs gathered for the engine, versions of the weights, and which one is in use.

use crate::lists::Composer;
use crate::{Act, Actor, App, Code, Error, Progress, Result, Stage};
use market::learn::{Example, Knobs, Learned, NEEDS_MIN, Report};
use market::{Grounds, Options};
use model::hex::sha256_hex;
use model::list::{ListContent, Review, Scoring};
use model::markets::MarketKey;
use model::outcome::{OutcomeResult, OutcomeSource};
use serde::Serialize;
use std::collections::{BTreeMap, BTreeSet};
use store::{IntroductionState, NewOutcome};

/// Whether learned weights are put into use.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Take {
    /// Where they gained on held-back outcomes.
    IfItGains,
    /// In any case.
    Always,
    /// Not yet: they are kept as a version.
    No,
}

/// What learning did.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Learning {
    /// The version that was stored.
    pub version: u32,
    /// True where it is in use now.
    pub taken: bool,
    /// What changed, and what it is worth.
    pub report: Report,
}

/// A version of the weights.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct WeightsVersion {
    /// Its number, from 1; no other market has one of the same number.
    pub version: u32,
    /// What changed against the shipped weights, and what that is worth.
    pub report: Report,
    /// Who had it learned.
    pub by: String,
    /// When, milliseconds since 1970 UTC.
    pub at_ms: i64,
}

/// What is known of a market's pairs now, before anything is learned from it.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
pub struct Known {
    /// Pairs with an outcome.
    pub outcomes: u32,
    /// Of them, those that speak for their match.
    pub good: u32,
    /// Needs that they are of; a gain is measured from [`NEEDS_MIN`] on.
    pub needs: u32,
}

impl Known {
    fn of(words: &Words) -> Self {
        let needs: BTreeSet<&str> = words.keys().map(|(need, _)| need.as_str()).collect();
        Self {
            outcomes: words.len() as u32,
            good: words.values().filter(|(good, ..)| *good).count() as u32,
            needs: needs.len() as u32,
        }
    }
}

/// The weights of a market as they stand.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct WeightsInfo {
    /// Key of the market.
    pub market: String,
    /// What could be learned from now.
    pub known: Known,
    /// The version in use; 0 for the shipped weights.
    pub in_use: u32,
    /// What scores now, by name.
    pub weights: Knobs,
    /// What was shipped, by name.
    pub shipped: Knobs,
    /// All learned versions, newest first.
    pub versions: Vec<WeightsVersion>,
}

/// Where the records of a pair stand.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Place {
    /// Among the records as they are now.
    Now,
    /// On the list with this row id, where it was spoken of: what it looked like then stands there.
    List(i64),
}

/// What was said of a pair: for or against, how much, and where its records stand.
type Word = (bool, f64, Place);

/// The last word on every pair, by the keys of need and offer.
type Words = BTreeMap<(String, String), Word>;

#[boxed::futures]
impl App {
    /// The weights in use in a market as a list freezes them; none for the shipped ones.
    pub(crate) async fn scoring(&self, market: &MarketKey) -> Result<Option<Scoring>> {
        let version = self.store.weights_in_use(market).await?;
        let Ok(wanted @ 1..) = u32::try_from(version) else { return Ok(None) };
        let kept = self.scoring.lock().ok().and_then(|kept| kept.get(market).cloned());
        if let Some(scoring) = kept.filter(|kept| kept.version == wanted) {
            return Ok(Some(scoring));
        }
        let (versions, _) = self.store.learned(market).await?;
        let found = versions.into_iter().find(|v| v.version == version);
        let Some(found) = found else { return Ok(None) };
        let scoring = Scoring { version: wanted, weights: knobs(found.weights)? };
        if let Ok(mut kept) = self.scoring.lock() {
            kept.insert(market.clone(), scoring.clone());
        }
        Ok(Some(scoring))
    }

    /// How pairs of a market are matched now.
    pub(crate) async fn options(&self, market: &MarketKey) -> Result<Options> {
        let weights = crate::markets::weights(self.reference, market, self.scoring(market).await?.as_ref());
        Ok(Options { weights, ..Options::default() })
    }

    /// Forgets the weights kept in memory, because another database has taken their place.
    pub(crate) fn forget_weights(&self) {
        if let Ok(mut kept) = self.scoring.lock() {
            kept.clear();
        }
    }

    /// The weights in use in a market (parts and materials where none is named) and all versions learned there, with what each
    /// changed and gained.
    ///
    /// # Errors
    /// [`Code::NotFound`] for a market that is none.
    pub async fn weights(&self, actor: &Actor, market: &str) -> Result<WeightsInfo> {
        actor.need(Act::Weights)?;
        let market = self.market_key(market)?;
        let known = Known::of(&self.words_of_pairs(&market).await?);
        let (stored, in_use) = self.store.learned(&market).await?;
        let shipped = market::learn::knobs(&crate::markets::weights(self.reference, &market, None));
        let mut weights = shipped.clone();
        let mut versions = Vec::with_capacity(stored.len());
        for version in stored.into_iter().rev() {
            if version.version == in_use {
                weights = knobs(version.weights)?;
            }
            versions.push(WeightsVersion {
                version: number(version.version),
                report: serde_json::from_value(version.report).map_err(unreadable)?,
                by: version.actor,
                at_ms: version.at_ms,
            });
        }
        Ok(WeightsInfo { market: market.0, known, in_use: number(in_use), weights, shipped, versions })
    }

    /// What learning would change and gain now in a market; nothing is stored.
    ///
    /// # Errors
    /// [`Code::NothingToDo`] where no outcome is known, [`Code::NotFound`] for a market that is none.
    pub async fn preview_learning(
        &self,
        actor: &Actor,
        market: &str,
        progress: Progress<'_>,
    ) -> Result<Report> {
        actor.need(Act::Weights)?;
        Ok(self.learned(&self.market_key(market)?, progress).await?.report)
    }

    /// Learns the weights of a market's score from all its outcomes, beginning with its shipped ones, stores them as a version, and
    /// puts it into use as `take` says. Lists that are published stay as they are: each bears the weights that it was scored with.
    ///
    /// # Errors
    /// [`Code::NothingToDo`] where no outcome is known, or the newest version says the same already; [`Code::NotFound`] for a market
    /// that is none.
    pub async fn learn(
        &self,
        actor: &Actor,
        market: &str,
        take: Take,
        progress: Progress<'_>,
    ) -> Result<Learning> {
        actor.need(Act::Learn)?;
        let market = self.market_key(market)?;
        let Learned { weights, report } = self.learned(&market, progress).await?;
        let taken = match take {
            Take::IfItGains => report.gains(),
            Take::Always => true,
            Take::No => false,
        };
        let (weights, stored) = (value(&market::learn::knobs(&weights))?, value(&report)?);
        let (versions, in_use) = self.store.learned(&market).await?;
        if let Some(newest) = versions.last().filter(|v| v.weights == weights && v.report == stored)
            && (newest.version == in_use || !taken)
        {
            let message = format!("version {} was learned from the same outcomes", newest.version);
            return Err(Error::new(Code::NothingToDo, message).hint("record more outcomes first"));
        }
        let version = self.store.add_learned(&market, &weights, &stored, taken, &self.by(actor)).await?;
        Ok(Learning { version: number(version), taken, report })
    }

    /// Puts a version of a market's weights into use: an earlier one, or 0 for the shipped weights.
    ///
    /// # Errors
    /// [`Code::NotFound`], also for a version of another market.
    pub async fn use_weights(&self, actor: &Actor, market: &str, version: u32) -> Result<()> {
        actor.need(Act::UseWeights)?;
        let market = self.market_key(market)?;
        Ok(self.store.use_learned(&market, i64::from(version), &self.by(actor)).await?)
    }

    fn market_key(&self, market: &str) -> Result<MarketKey> {
        Ok(MarketKey(self.known_market(market)?.key.clone()))
    }

    async fn learned(&self, market: &MarketKey, progress: Progress<'_>) -> Result<Learned> {
        let examples = self.examples(market, progress).await?;
        if examples.is_empty() {
            let message = format!(
                "the market `{market}` has outcomes of 0 needs; a gain is measured from {NEEDS_MIN} on, until then the shipped weights hold"
            );
            return Err(Error::new(Code::NothingToDo, message)
                .hint("confirm or reject pairs at the desk, or record what came of introductions"));
        }
        progress(Stage::Learn, 0, 1);
        let learned = market::learn::learn(&examples, &crate::markets::weights(self.reference, market, None));
        progress(Stage::Learn, 1, 1);
        Ok(learned)
    }

    /// Every pair of a market of which something is known, with what its score depends on: pairs of the desk as they stood on their list,
    /// others as their records are now. Records are seen as a list's readers see them.
    async fn examples(&self, market: &MarketKey, progress: Progress<'_>) -> Result<Vec<Example>> {
        let words = self.words_of_pairs(market).await?;
        let places: BTreeSet<Place> = words.values().map(|(.., place)| *place).collect();
        let total = places.len() as u64;
        let mut examples = Vec::with_capacity(words.len());
        for (done, place) in (0..).zip(places) {
            progress(Stage::Gather, done, total);
            let pairs: Vec<(&str, &str, bool, f64)> = words
                .iter()
                .filter(|(_, (.., of))| *of == place)
                .map(|((need, offer), (good, weight, _))| (need.as_str(), offer.as_str(), *good, *weight))
                .collect();
            let composer = match place {
                Place::List(list) => {
                    Composer::reopen(self.reference, &self.store.list(list).await?.list.content)
                }
                Place::Now => self.all_records(market).await?,
            };
            let keys: Vec<(&str, &str)> = pairs.iter().map(|(need, offer, ..)| (*need, *offer)).collect();
            let grounds: Vec<Option<Grounds>> = composer.grounds(&keys);
            examples.extend(pairs.into_iter().zip(grounds).filter_map(
                |((need, offer, good, weight), grounds)| {
                    let (need, offer) = (need.to_owned(), offer.to_owned());
                    Some(Example { need, offer, good, weight, grounds: grounds? })
                },
            ));
        }
        progress(Stage::Gather, total, total);
        Ok(examples)
    }

    async fn all_records(&self, market: &MarketKey) -> Result<Composer> {
        let records = self.store.snapshot().await?;
        let mut composer =
            Composer::new(self.reference, "", self.this_month()).of_market(market.clone(), None);
        composer.take_all(
            records.enterprises.into_iter().map(|s| s.value),
            records.needs.into_iter().map(|s| s.value),
            records.offers.into_iter().map(|s| s.value),
        );
        Ok(composer)
    }

    /// The last word on every pair of a market: what came of talks counts more than the answer to an introduction, and that more than what was
    /// said at the desk; of the same kind the newest.
    async fn words_of_pairs(&self, of: &MarketKey) -> Result<Words> {
        let says = |result, reason: &str| self.reference.outcomes.says(result, reason);
        let mut words = Words::new();
        let mut lists = self.store.lists().await?;
        // What was said in another market teaches nothing of this one.
        lists.retain(|list| list.market == *of);
        lists.sort_by_key(|list| list.id);
        for list in lists {
            for review in self.store.reviews(list.id).await? {
                let pair = (review.need, review.offer);
                let (good, weight) = match review.review {
                    Review::Confirmed | Review::Added => says(OutcomeResult::Confirmed, ""),
                    Review::Rejected { reason } => says(OutcomeResult::Rejected, &reason),
                    Review::Proposed => {
                        words.remove(&pair);
                        continue;
                    }
                };
                words.insert(pair, (good, weight, Place::List(list.id)));
            }
        }
        let market = self.market().await?;
        for introduction in market.introductions.iter() {
            let both = introduction.need_agreed.is_some() && introduction.offer_agreed.is_some();
            let (good, weight) = match introduction.state {
                IntroductionState::Declined => says(OutcomeResult::Declined, &introduction.outcome),
                IntroductionState::Agreed | IntroductionState::Ended if both => {
                    says(OutcomeResult::Agreed, "")
                }
                _ => continue,
            };
            let sides = market.needs.get(introduction.need_id).zip(market.offers.get(introduction.offer_id));
            if let Some((need, offer)) = sides.filter(|(need, _)| need.value.market == *of) {
                words.insert((need.value.key.clone(), offer.value.key.clone()), (good, weight, Place::Now));
            }
        }
        let mut talks: BTreeMap<(String, String), BTreeMap<OutcomeSource, store::StoredOutcome>> =
            BTreeMap::new();
        for stored in self.store.outcomes().await? {
            let need = market.needs.by_key(&stored.outcome.need);
            if need.is_none_or(|need| need.value.market != *of) {
                continue;
            }
            let pair = (stored.outcome.need.clone(), stored.outcome.offer.clone());
            talks.entry(pair).or_default().insert(stored.outcome.source, stored);
        }
        for (pair, sources) in talks {
            let standing = sources.into_values().filter(|s| s.outcome.result != OutcomeResult::Retracted);
            if let Some(newest) = standing.max_by_key(|s| s.id) {
                let (good, weight) = says(newest.outcome.result, &newest.outcome.reason);
                words.insert(pair, (good, weight, Place::Now));
            }
        }
        Ok(words)
    }
}

#[boxed::futures]
impl App {
    /// Records invented outcomes of pairs of the demo's list, each labelled so: people of the demo like what is near. The same list
    /// gives the same outcomes.
    ///
    /// # Errors
    /// Storage errors.
    pub async fn add_demo_outcomes(&self, actor: &Actor, content: &ListContent) -> Result<u32> {
        actor.need(Act::RecordOutcome)?;
        let mut recorded = 0;
        for matched in content.pairs.iter().map(|pair| &pair.matched) {
            let hash = sha256_hex(format!("{}\n{}", matched.need, matched.offer).as_bytes());
            let draws = [0, 4]
                .map(|at| u32::from_str_radix(&hash[at..at + 4], 16).map_or(0.0, |n| f64::from(n) / 65536.0));
            let near = matched.distance_km.map_or(0.0, |km| 1.0 - (km / 100.0).min(2.0));
            let chance = 1.0 / (1.0 + (-(8.0 * (matched.score - 0.6) + 2.0 * near)).exp());
            if recorded == DEMO_OUTCOMES || draws[0] < 0.4 {
                continue;
            }
            let good = draws[1] < chance;
            let new = NewOutcome {
                need: matched.need.clone(),
                offer: matched.offer.clone(),
                source: OutcomeSource::Meeting,
                reference: String::new(),
                result: if good { OutcomeResult::Intent } else { OutcomeResult::None },
                amount_fen: good.then(|| (1 + (draws[0] * 100.0) as i64) * 1_000_000),
                reason: if good { "" } else { "distance" }.to_owned(),
                note: "虚构示例".to_owned(),
                day: self.today(),
            };
            self.keep_outcome(&self.by(actor), &new).await?;
            recorded += 1;
        }
        Ok(recorded)
    }
}

/// Outcomes of the demo, at most.
const DEMO_OUTCOMES: u32 = 120;

fn number(version: i64) -> u32 {
    u32::try_from(version).unwrap_or(0)
}

fn knobs(value: serde_json::Value) -> Result<Knobs> {
    serde_json::from_value(value).map_err(unreadable)
}

fn value<T: Serialize>(of: &T) -> Result<serde_json::Value> {
    serde_json::to_value(of).map_err(unreadable)
}

#[expect(clippy::needless_pass_by_value, reason = "map_err hands it over")]
fn unreadable(error: serde_json::Error) -> Error {
    Error::new(Code::Internal, format!("stored weights cannot be read: {error}"))
}

#[cfg(test)]
mod tests;
