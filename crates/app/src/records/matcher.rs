//! Ranked matches as of now: text indexes that are built once, and what changed since compared beside them.

use super::card::MatchRow;
use super::market::{Held, Listed, Market, Shelf, Viewer, status};
use super::row::Look;
use super::{NeedRow, RecordStatus};
use crate::markets::weights;
use crate::{App, Code, Error, Result, place};
use jiff::civil::Date;
use market::{Catalogue, Input, Options, Site, Weights};
use model::enterprise::Enterprise;
use model::markets::MarketKey;
use model::matching::Match;
use model::need::Need;
use model::offer::Offer;
use model::region::Region;
use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use store::Status;

/// Matches that a card shows.
pub const SHOWN: usize = 20;
/// Records changed since the indexes were built that are simply compared one by one.
const BESIDE: usize = 200;
/// More than that, and the answer waits for new indexes.
const BESIDE_MAX: usize = 2000;
/// So few records are indexed again at every change.
const FEW: usize = 1000;

/// Records that are compared one by one in a market that asks for no common words.
const WORDLESS_MAX: usize = 2000;

/// True in a market whose two sides speak of different things (a machine, a loan): what they are compared by is not their
/// wording.
fn wordless(options: &Options) -> bool {
    options.weights.relevance.similarity_min <= 0.0
}

/// The open records of such a market beside those that were met already.
fn rest<'m, T: Listed>(
    shelf: &'m Shelf<T>,
    market: &MarketKey,
    met: &HashSet<i64>,
) -> impl Iterator<Item = &'m Arc<Held<T>>> {
    let fits = move |held: &&Arc<Held<T>>| {
        held.status == Status::Open && held.value.market() == market && !met.contains(&held.id)
    };
    shelf.all.iter().filter(fits).take(WORDLESS_MAX)
}

/// The indexes of one market.
#[derive(Debug, Clone)]
pub struct Indexes {
    offers: Catalogue,
    needs: Catalogue,
}

/// The indexes of all markets at one state of the records.
#[derive(Debug, Clone)]
pub struct Matcher {
    state: i64,
    /// By the markets' keys: what is offered in one is no answer in another.
    markets: BTreeMap<MarketKey, Indexes>,
    /// Records of all of them.
    len: usize,
    /// For a market of which there was no record.
    nothing: Indexes,
    /// Versions of what was indexed, by row id.
    offer_versions: HashMap<i64, i64>,
    need_versions: HashMap<i64, i64>,
    enterprise_versions: HashMap<i64, i64>,
}

/// Records that the indexes do not hold as they are now.
#[derive(Debug, Default)]
pub struct Beside {
    state: i64,
    offers: HashSet<i64>,
    needs: HashSet<i64>,
}

impl Beside {
    fn len(&self) -> usize {
        self.offers.len() + self.needs.len()
    }
}

/// Where the matcher is kept.
#[derive(Debug, Default)]
pub struct Kept {
    matcher: Mutex<Option<Arc<Matcher>>>,
    beside: Mutex<Arc<Beside>>,
    in_background: AtomicBool,
    building: tokio::sync::Mutex<()>,
}

fn lock<T>(mutex: &Mutex<T>) -> std::sync::MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Matcher {
    fn build(market: &Market) -> Self {
        let products = |owner: i64| market.enterprises.get(owner).map_or("", |e| e.value.products.as_str());
        let (mut offers, mut needs) =
            (BTreeMap::<&MarketKey, Vec<_>>::new(), BTreeMap::<&MarketKey, Vec<_>>::new());
        for offer in market.offers.all.iter().filter(|o| o.status == Status::Open) {
            offers.entry(&offer.value.market).or_default().push((&offer.value, products(offer.owner)));
        }
        for need in market.needs.all.iter().filter(|n| n.status == Status::Open) {
            needs.entry(&need.value.market).or_default().push(&need.value);
        }
        let indexes = |key: &MarketKey| {
            let weights = weights(market.reference, key, None);
            let offers = offers.get(key).into_iter().flatten().copied();
            let needs = needs.get(key).into_iter().flatten().copied();
            Indexes {
                offers: Catalogue::of_offers(offers, &weights, market.reference),
                needs: Catalogue::of_needs(needs, &weights, market.reference),
            }
        };
        let keys: BTreeSet<&MarketKey> = offers.keys().chain(needs.keys()).copied().collect();
        let markets: BTreeMap<MarketKey, Indexes> =
            keys.into_iter().map(|key| (key.clone(), indexes(key))).collect();
        let nobody = std::iter::empty::<&Need>();
        Self {
            state: market.state,
            len: markets.values().map(|m| m.offers.len() + m.needs.len()).sum(),
            markets,
            nothing: Indexes {
                offers: Catalogue::of_offers(std::iter::empty(), &Weights::default(), market.reference),
                needs: Catalogue::of_needs(nobody, &Weights::default(), market.reference),
            },
            offer_versions: market.offers.all.iter().map(|o| (o.id, o.version)).collect(),
            need_versions: market.needs.all.iter().map(|n| (n.id, n.version)).collect(),
            enterprise_versions: market.enterprises.all.iter().map(|e| (e.id, e.version)).collect(),
        }
    }

    fn of(&self, market: &MarketKey) -> &Indexes {
        self.markets.get(market).unwrap_or(&self.nothing)
    }

    /// The indexes with what changed since put in, where that is less work than building them anew.
    fn caught_up(&self, market: &Market) -> Option<Self> {
        let beside = self.beside(market);
        if beside.len() > BESIDE_MAX || self.markets.values().any(|m| m.offers.is_worn() || m.needs.is_worn())
        {
            return None;
        }
        let products = |owner: i64| market.enterprises.get(owner).map_or("", |e| e.value.products.as_str());
        let mut next = self.clone();
        for held in beside.offers.iter().filter_map(|id| market.offers.get(*id)) {
            let offers = &mut next.markets.get_mut(&held.value.market)?.offers;
            match held.status {
                Status::Open => offers.put_offer(&held.value, products(held.owner), market.reference),
                _ => {
                    offers.remove(&held.value.key);
                }
            }
            next.offer_versions.insert(held.id, held.version);
        }
        for held in beside.needs.iter().filter_map(|id| market.needs.get(*id)) {
            let needs = &mut next.markets.get_mut(&held.value.market)?.needs;
            match held.status {
                Status::Open => needs.put_need(&held.value, market.reference),
                _ => {
                    needs.remove(&held.value.key);
                }
            }
            next.need_versions.insert(held.id, held.version);
        }
        next.enterprise_versions = market.enterprises.all.iter().map(|e| (e.id, e.version)).collect();
        next.len = next.markets.values().map(|m| m.offers.len() + m.needs.len()).sum();
        next.state = market.state;
        Some(next)
    }

    fn beside(&self, market: &Market) -> Beside {
        fn changed<'m, T>(
            all: &'m [Arc<Held<T>>],
            versions: &'m HashMap<i64, i64>,
        ) -> impl Iterator<Item = &'m Arc<Held<T>>> {
            all.iter().filter(|held| versions.get(&held.id) != Some(&held.version))
        }
        let mut offers: HashSet<i64> =
            changed(&market.offers.all, &self.offer_versions).map(|held| held.id).collect();
        // An enterprise's products are part of the text of its offers.
        for enterprise in changed(&market.enterprises.all, &self.enterprise_versions) {
            offers.extend(market.offers.of(enterprise.id).map(|offer| offer.id));
        }
        let needs = changed(&market.needs.all, &self.need_versions).map(|held| held.id).collect();
        Beside { state: market.state, offers, needs }
    }
}

/// What one card is matched with.
struct Matching<'m> {
    market: &'m Market,
    viewer: &'m Viewer,
    today: Date,
    matcher: Arc<Matcher>,
    beside: Arc<Beside>,
    sites: HashMap<String, Site>,
}

impl Matching<'_> {
    /// Enters where an enterprise stands, as far as the viewer may see that.
    fn place(&mut self, owner: i64) {
        let Some(held) = self.market.enterprises.get(owner) else { return };
        if self.sites.contains_key(&held.value.key) {
            return;
        }
        let sight = self.market.sight(self.viewer, held).in_passing();
        let seen = held.value.clone().redacted(self.market.reference, sight);
        self.sites.insert(seen.key.clone(), site(self.market, &seen));
    }

    /// A record as the viewer may see it among others, keys left in place; none where it does not stand or does not exist
    /// for the viewer.
    fn candidate<T: Listed + Clone>(&mut self, held: &Held<T>) -> Option<T> {
        let sight = self.market.sight(self.viewer, held);
        if status(held, self.today) != RecordStatus::Open || sight.level.is_none() {
            return None;
        }
        self.place(held.owner);
        Some(held.value.clone().redacted(self.market.reference, sight.in_passing()))
    }

    fn products(&self, enterprise: &str) -> &str {
        self.sites.get(enterprise).map_or("", |site| &site.products)
    }

    /// The similarity of the texts that the viewer may read: the index's, where that is of the same words.
    fn similarity(&self, need: &Need, held: &Held<Offer>, seen: &Offer, indexed: Option<f64>) -> f64 {
        let full = &held.value;
        let same = (&seen.title, &seen.detail, &seen.node) == (&full.title, &full.detail, &full.node)
            && self.products(&full.enterprise)
                == self.market.enterprises.get(held.owner).map_or("", |e| e.value.products.as_str());
        match indexed {
            Some(similarity) if same && !self.beside.offers.contains(&held.id) => similarity,
            _ => self.matcher.of(&need.market).offers.compare(
                need,
                seen,
                self.products(&full.enterprise),
                self.market.reference,
            ),
        }
    }
}

/// What matching knows of an enterprise.
fn site(market: &Market, enterprise: &Enterprise) -> Site {
    let place::Place { region, point } = place::place(&market.reference.regions, enterprise);
    Site {
        point,
        region: region.map(Region::names).unwrap_or_default(),
        products: enterprise.products.clone(),
        inside: market.is_inside(region.map(|r| r.code.as_str())),
    }
}

/// A need to be matched: as the viewer may see it, with its keys.
pub struct Asked<'a> {
    /// The need.
    pub need: &'a Need,
    /// Row id of its enterprise, where it has one.
    pub owner: Option<i64>,
    /// Where distances count from, where that is no enterprise: a key that no enterprise has is given to the need.
    pub from: Option<Site>,
}

/// An offer that was found for a need.
pub struct Found {
    /// Row id of the offer.
    pub id: i64,
    /// The match, with its keys.
    pub matched: Match,
}

impl App {
    /// The indexes, and what changed since they were built.
    async fn matcher(&self, market: &Arc<Market>) -> Result<(Arc<Matcher>, Arc<Beside>)> {
        loop {
            let kept = lock(&self.live.matcher.matcher).clone();
            let Some(matcher) = kept else {
                self.build_matcher(market).await?;
                continue;
            };
            let mut beside = lock(&self.live.matcher.beside).clone();
            if matcher.state == market.state {
                return Ok((matcher, Arc::default()));
            }
            if beside.state != market.state {
                beside = Arc::new(matcher.beside(market));
                *lock(&self.live.matcher.beside) = beside.clone();
            }
            let few = matcher.len <= FEW;
            if beside.len() == 0 {
                return Ok((matcher, beside));
            }
            if few || beside.len() > BESIDE_MAX {
                self.build_matcher(market).await?;
                continue;
            }
            if beside.len() > BESIDE {
                self.build_in_background(market);
            }
            return Ok((matcher, beside));
        }
    }

    async fn build_matcher(&self, market: &Arc<Market>) -> Result<()> {
        let _turn = self.live.matcher.building.lock().await;
        if lock(&self.live.matcher.matcher).as_ref().is_some_and(|m| m.state == market.state) {
            return Ok(());
        }
        let of = market.clone();
        let built = tokio::task::spawn_blocking(move || Matcher::build(&of)).await;
        let built =
            built.map_err(|e| Error::new(Code::Internal, format!("failed to index the market: {e}")))?;
        self.live.matcher.keep(built);
        Ok(())
    }

    fn build_in_background(&self, market: &Arc<Market>) {
        if self.live.matcher.in_background.swap(true, Ordering::AcqRel) {
            return;
        }
        let (market, kept) = (market.clone(), self.live.matcher.clone());
        tokio::task::spawn_blocking(move || {
            let standing = lock(&kept.matcher).clone();
            let next = standing.and_then(|matcher| matcher.caught_up(&market));
            kept.keep(next.unwrap_or_else(|| Matcher::build(&market)));
            kept.in_background.store(false, Ordering::Release);
        });
    }

    /// The best offers for a need, out of those that exist for the viewer: all of `pool` candidates at most.
    pub(crate) async fn offers_for(
        &self,
        market: &Arc<Market>,
        viewer: &Viewer,
        asked: Asked<'_>,
        options: &Options,
    ) -> Result<Vec<Found>> {
        let (matcher, beside) = self.matcher(market).await?;
        let mut matching =
            Matching { market, viewer, today: self.today(), matcher, beside, sites: HashMap::new() };
        if let Some(owner) = asked.owner {
            matching.place(owner);
        }
        let need = asked.need;
        if let Some(site) = asked.from {
            matching.sites.insert(need.enterprise.clone(), site);
        }
        let pool = options.pool.max(options.top);
        let matcher = matching.matcher.clone();
        let near = matcher.of(&need.market).offers.near_need(need, pool, market.reference);
        let known = near.into_iter().filter_map(|(key, s)| Some((market.offers.by_key(key)?, Some(s))));
        let changed = matching.beside.clone();
        let mut known: Vec<(&Arc<Held<Offer>>, Option<f64>)> = known
            .filter(|(held, _)| !changed.offers.contains(&held.id))
            .chain(changed.offers.iter().filter_map(|id| Some((market.offers.get(*id)?, None))))
            .filter(|(held, _)| held.value.market == need.market)
            .collect();
        let wordless = wordless(options);
        if wordless {
            let met: HashSet<i64> = known.iter().map(|(held, _)| held.id).collect();
            let rest = rest(&market.offers, &need.market, &met);
            known.extend(rest.map(|held| (held, Some(0.0))));
        }
        let (mut seen, mut similarities) = (Vec::with_capacity(known.len()), Vec::with_capacity(known.len()));
        for (held, indexed) in known {
            if let Some(offer) = matching.candidate(held) {
                let similarity = matching.similarity(need, held, &offer, indexed);
                // What shares no word with the need is no candidate.
                if similarity > 0.0 || wordless {
                    similarities.push(similarity);
                    seen.push(offer);
                }
            }
        }
        let input = Input {
            needs: std::slice::from_ref(need),
            offers: &seen,
            sites: &matching.sites,
            period: None,
            reference: market.reference,
        };
        let candidates: Vec<(&Offer, f64)> = seen.iter().zip(similarities).collect();
        let matches = market::rank_offers(&input, options, need, &candidates);
        let id = |key: &str| market.offers.by_key(key).map(|held| held.id);
        Ok(matches.into_iter().filter_map(|m| Some(Found { id: id(&m.offer)?, matched: m })).collect())
    }

    /// [`Self::offers_for`] as a card shows them.
    pub(crate) async fn match_rows(
        &self,
        market: &Arc<Market>,
        viewer: &Viewer,
        asked: Asked<'_>,
        need_id: Option<i64>,
    ) -> Result<Vec<MatchRow>> {
        let options = viewer.options(SHOWN, self.options(&asked.need.market).await?);
        let today = self.today();
        let found = self.offers_for(market, viewer, asked, &options).await?;
        let rows = found.into_iter().filter_map(|Found { id, matched }| {
            let held = market.offers.get(id)?;
            Some(MatchRow {
                matched: blank(matched),
                offer: market.offer_row(viewer, held, Look::Row, today),
                introduction: need_id.and_then(|need| market.introduction_of(viewer, need, id)),
            })
        });
        Ok(rows.collect())
    }

    /// The needs that an offer would rank for, out of those that exist for the viewer.
    pub(crate) async fn needs_for(
        &self,
        market: &Arc<Market>,
        viewer: &Viewer,
        held: &Held<Offer>,
    ) -> Result<Vec<(NeedRow, Match)>> {
        let (matcher, beside) = self.matcher(market).await?;
        let today = self.today();
        let mut matching = Matching { market, viewer, today, matcher, beside, sites: HashMap::new() };
        matching.place(held.owner);
        let sight = market.sight(viewer, held);
        let offer = held.value.clone().redacted(market.reference, sight);
        let options = viewer.options(SHOWN, self.options(&offer.market).await?);
        let wordless = wordless(&options);
        let products = matching.products(&offer.enterprise).to_owned();
        let matcher = matching.matcher.clone();
        let near =
            matcher.of(&offer.market).needs.near_offer(&offer, &products, options.pool, market.reference);
        let changed = matching.beside.clone();
        let mut known: Vec<&Arc<Held<Need>>> = near
            .into_iter()
            .filter_map(|(key, _)| market.needs.by_key(key))
            .filter(|need| !changed.needs.contains(&need.id))
            .chain(changed.needs.iter().filter_map(|id| market.needs.get(*id)))
            .filter(|need| need.value.market == offer.market)
            .collect();
        if wordless {
            let met: HashSet<i64> = known.iter().map(|held| held.id).collect();
            known.extend(rest(&market.needs, &offer.market, &met));
        }
        let (mut seen, mut similarities) = (Vec::with_capacity(known.len()), Vec::with_capacity(known.len()));
        for need in known {
            if let Some(need) = matching.candidate(need) {
                let indexed =
                    matcher.of(&offer.market).offers.similarity(&need, &offer.key, market.reference);
                let similarity = matching.similarity(&need, held, &offer, indexed);
                if similarity > 0.0 || wordless {
                    similarities.push(similarity);
                    seen.push(need);
                }
            }
        }
        let input = Input {
            needs: &seen,
            offers: std::slice::from_ref(&offer),
            sites: &matching.sites,
            period: None,
            reference: market.reference,
        };
        let candidates: Vec<(&Need, f64)> = seen.iter().zip(similarities).collect();
        let matches = market::rank_needs(&input, &options, &offer, &candidates);
        let rows = matches.into_iter().filter_map(|matched| {
            let need = market.needs.by_key(&matched.need)?;
            Some((market.need_row(viewer, need, Look::Row, today), blank(matched)))
        });
        Ok(rows.collect())
    }
}

impl Kept {
    fn keep(&self, matcher: Matcher) {
        *lock(&self.matcher) = Some(Arc::new(matcher));
        *lock(&self.beside) = Arc::default();
    }

    /// Forgets everything.
    pub fn forget(&self) {
        *lock(&self.matcher) = None;
        *lock(&self.beside) = Arc::default();
    }
}

/// A match without its keys, which hold names.
pub fn blank(matched: Match) -> Match {
    Match { need: String::new(), offer: String::new(), ..matched }
}
