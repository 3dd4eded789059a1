//! From records to the content of a list: pure, so that a published list can be computed again from itself.

use crate::markets::weights;
use crate::place::{Place, place};
use crate::{Progress, Stage, access};
use market::gaps::{NodeStanding, Scenario};
use market::local_rate::FORMULA_ZH;
use market::{Catalogue, Grounds, Input, Limits, Options, Settlement, Site, Weights};
use model::allotment::Allotment;
use model::enterprise::Enterprise;
use model::list::{
    Change, ListContent, ListEnterprise, ListNeed, ListOffer, ListPair, ListSummary, MatchingList, NeedState,
    Review, Scoring,
};
use model::markets::{Market, MarketKey, Names};
use model::matching::{Allocation, Match};
use model::need::Need;
use model::offer::Offer;
use model::period::Period;
use model::price::PriceRange;
use model::reference::Reference;
use model::visibility::Visibility;
use std::collections::{BTreeMap, HashMap, HashSet};

/// Layout of [`ListContent`].
const FORMAT: u32 = 3;
/// Version of what computes a list: the engine with its weights, and this file. Raise it whenever the same records would
/// give another list; lists of earlier versions are then no longer computed again by `verify`.
pub const ENGINE: u32 = 3;
/// Candidates that the engine ranks for a need.
const CANDIDATES: usize = 10;
/// Pairs that a list shows for a need.
const PAIRS: usize = 5;
/// The eyes with which a list is read.
const AUDIENCE: Visibility = Visibility::Members;

/// A review as recorded: need key, offer key, what was said.
pub type Reviewed = (String, String, Review);

/// What was said of a pair, by need and offer.
type Said<'a> = HashMap<(&'a str, &'a str), &'a Review>;

fn said(reviews: &[Reviewed]) -> Said<'_> {
    reviews.iter().map(|(need, offer, review)| ((need.as_str(), offer.as_str()), review)).collect()
}

fn review_of(said: &Said<'_>, matched: &Match) -> Review {
    said.get(&(matched.need.as_str(), matched.offer.as_str())).map_or(Review::Proposed, |r| (*r).clone())
}

/// Without rejected pairs; what a person decided counts as feasible, whatever the engine thinks.
fn kept(mut matches: Vec<Match>, said: &Said<'_>) -> Vec<Match> {
    matches.retain(|m| !matches!(review_of(said, m), Review::Rejected { .. }));
    for matched in &mut matches {
        matched.feasible |= matches!(review_of(said, matched), Review::Added | Review::Confirmed);
    }
    matches
}

/// Builds a list's content step by step.
#[derive(Debug)]
pub struct Composer {
    reference: &'static Reference,
    cluster: String,
    period: Period,
    enterprises: BTreeMap<String, ListEnterprise>,
    sites: HashMap<String, Site>,
    needs: Vec<Need>,
    offers: Vec<Offer>,
    /// Code of the region that is the cluster; where it was never said, all are inside.
    home: Option<String>,
    market: MarketKey,
    stated: Stated,
    /// What pairs are scored with.
    weights: Weights,
    /// What of it was learned, as it is frozen; none where nothing was.
    scoring: Option<Scoring>,
    /// The greatest part that one enterprise may have of what others could serve too.
    share_max: Option<f64>,
}

impl Composer {
    /// An empty list of a cluster and period.
    pub fn new(reference: &'static Reference, cluster: &str, period: Period) -> Self {
        Self {
            reference,
            cluster: cluster.to_owned(),
            period,
            enterprises: BTreeMap::new(),
            sites: HashMap::new(),
            needs: Vec::new(),
            offers: Vec::new(),
            home: None,
            market: MarketKey::default(),
            stated: Stated::of(reference, &MarketKey::default()),
            weights: Weights::default(),
            scoring: None,
            share_max: None,
        }
    }

    /// The same for a market, with what was learned there: records of others stay out.
    pub fn of_market(self, market: MarketKey, scoring: Option<Scoring>) -> Self {
        let stated = Stated::of(self.reference, &market);
        Self { weights: weights(self.reference, &market, scoring.as_ref()), market, stated, scoring, ..self }
    }

    /// The same with a limit on what one enterprise may have.
    pub fn of_share(self, share_max: Option<f64>) -> Self {
        Self { share_max, ..self }
    }

    /// The same for a cluster that is this region: enterprises elsewhere are outside.
    pub fn of_region(self, home: Option<String>) -> Self {
        Self { home, ..self }
    }

    /// A list whose records are those of a content computed before.
    pub fn reopen(reference: &'static Reference, content: &ListContent) -> Self {
        let mut composer = Self::new(reference, &content.cluster, content.period)
            .of_market(content.market.clone(), content.scoring.clone())
            .of_share(content.allotment.as_ref().and_then(|a| a.share_max));
        for enterprise in &content.enterprises {
            composer.sites.insert(enterprise.key.clone(), site(reference, enterprise));
            composer.enterprises.insert(enterprise.key.clone(), enterprise.clone());
        }
        composer.needs = content.needs.iter().map(|n| n.need.clone()).collect();
        composer.offers = content.offers.iter().map(|o| o.offer.clone()).collect();
        composer
    }

    /// Takes records: what the list's readers may not see is blanked, rows that they may not see at all and rows
    /// that are not valid in the period stay out. Where they may not see an enterprise's name, all its rows stay out,
    /// because keys hold its code or name. Rows are sorted, so that the order of the records does not matter.
    pub fn take(
        &mut self,
        enterprises: impl Iterator<Item = Enterprise>,
        needs: impl Iterator<Item = Need>,
        offers: impl Iterator<Item = Offer>,
    ) {
        let period = self.period;
        self.take_all(
            enterprises,
            needs.filter(|n| period.overlaps(n.valid_from, n.valid_until)),
            offers.filter(|o| period.overlaps(o.valid_from, o.valid_until)),
        );
    }

    /// As [`Self::take`], whatever the rows' validity.
    pub fn take_all(
        &mut self,
        enterprises: impl Iterator<Item = Enterprise>,
        needs: impl Iterator<Item = Need>,
        offers: impl Iterator<Item = Offer>,
    ) {
        let table = &self.reference.visibility;
        let mut seen: BTreeMap<String, Enterprise> = enterprises
            .map(|e| access::enterprise(table, AUDIENCE, e))
            .filter(|e| !e.name.is_empty())
            .map(|e| (e.key.clone(), e))
            .collect();
        self.needs = needs
            .filter(|n| n.market == self.market && seen.contains_key(&n.enterprise))
            .map(|n| self.stated.need(access::need(table, AUDIENCE, n)))
            .filter(|n| !n.title.is_empty())
            .collect();
        self.offers = offers
            .filter(|o| o.market == self.market && seen.contains_key(&o.enterprise))
            .map(|o| self.stated.offer(access::offer(table, AUDIENCE, o)))
            .filter(|o| !o.title.is_empty())
            .collect();
        let named: HashSet<&str> = self
            .needs
            .iter()
            .map(|n| n.enterprise.as_str())
            .chain(self.offers.iter().map(|o| o.enterprise.as_str()))
            .collect();
        seen.retain(|key, _| named.contains(key.as_str()));
        for enterprise in seen.into_values() {
            let enterprise = self.list_enterprise(enterprise);
            self.sites.insert(enterprise.key.clone(), site(self.reference, &enterprise));
            self.enterprises.insert(enterprise.key.clone(), enterprise);
        }
        let name = |key: &str| self.enterprises.get(key).map_or("", |e| e.name.as_str());
        self.needs.sort_by(|a, b| {
            (name(&a.enterprise), &a.title, &a.key).cmp(&(name(&b.enterprise), &b.title, &b.key))
        });
        self.offers.sort_by(|a, b| {
            (name(&a.enterprise), &a.title, &a.key).cmp(&(name(&b.enterprise), &b.title, &b.key))
        });
    }

    fn list_enterprise(&self, value: Enterprise) -> ListEnterprise {
        let regions = &self.reference.regions;
        let Place { region, point } = place(regions, &value);
        ListEnterprise {
            key: value.key,
            name: value.name,
            region: region.map_or_else(String::new, |r| r.name.clone()),
            region_code: region.map_or_else(String::new, |r| r.code.clone()),
            point,
            products: value.products,
            inside: match (&self.home, region) {
                (Some(home), Some(region)) => regions.is_within(&region.code, home),
                // A record without a region came from the cluster's own lists.
                _ => true,
            },
            fictional: value.fictional,
        }
    }

    /// True where no need is left to match.
    pub fn is_empty(&self) -> bool {
        self.needs.is_empty()
    }

    /// Of what was said on an earlier list, what is about needs and offers that are the same now.
    pub fn unchanged(&self, earlier: &ListContent, mut reviews: Vec<Reviewed>) -> Vec<Reviewed> {
        let needs: HashMap<&str, &Need> =
            earlier.needs.iter().map(|n| (n.need.key.as_str(), &n.need)).collect();
        let offers: HashMap<&str, &Offer> =
            earlier.offers.iter().map(|o| (o.offer.key.as_str(), &o.offer)).collect();
        let needs: HashSet<&str> = self
            .needs
            .iter()
            .filter(|n| needs.get(n.key.as_str()).is_some_and(|old| self.stated.same_need(old, n)))
            .map(|n| n.key.as_str())
            .collect();
        let offers: HashSet<&str> = self
            .offers
            .iter()
            .filter(|o| offers.get(o.key.as_str()).is_some_and(|old| self.stated.same_offer(old, o)))
            .map(|o| o.key.as_str())
            .collect();
        reviews.retain(|(need, offer, _)| needs.contains(need.as_str()) && offers.contains(offer.as_str()));
        reviews
    }

    fn input(&self) -> Input<'_> {
        Input {
            needs: &self.needs,
            offers: &self.offers,
            sites: &self.sites,
            period: Some(self.period),
            reference: self.reference,
        }
    }

    /// What the allocation keeps to.
    fn limits(&self) -> Limits {
        Limits { share_max: self.share_max, terms: true }
    }

    fn options(&self) -> Options {
        Options { weights: self.weights.clone(), ..Options::default() }
    }

    /// What pairs (need key, offer key) give ground for; none where a record is not among those taken.
    pub fn grounds(&self, pairs: &[(&str, &str)]) -> Vec<Option<Grounds>> {
        let catalogue = self.catalogue();
        let needs: HashMap<&str, &Need> = self.needs.iter().map(|n| (n.key.as_str(), n)).collect();
        let offers: HashMap<&str, &Offer> = self.offers.iter().map(|o| (o.key.as_str(), o)).collect();
        let known: Vec<Option<(&Need, &Offer, f64)>> = pairs
            .iter()
            .map(|(need, offer)| {
                let (need, offer) = (*needs.get(need)?, *offers.get(offer)?);
                Some((need, offer, catalogue.similarity(need, &offer.key, self.reference)?))
            })
            .collect();
        let found: Vec<_> = known.iter().flatten().copied().collect();
        let mut grounds = market::learn::grounds(&self.input(), &self.weights, &found).into_iter();
        known.iter().map(|pair| pair.and_then(|_| grounds.next())).collect()
    }

    /// Ranks candidates for all needs.
    fn matches(&self, progress: Progress<'_>) -> Vec<Match> {
        let total = self.needs.len() as u64;
        progress(Stage::Match, 0, total);
        let options = Options { top: CANDIDATES, spread: true, ..self.options() };
        let matches = market::match_needs(&self.input(), &options, &|p| {
            if p.stage == market::Stage::Match {
                progress(Stage::Match, p.done as u64, p.total as u64);
            }
        });
        progress(Stage::Match, total, total);
        matches
    }

    /// The offers as an index, for [`Self::candidates`].
    pub fn catalogue(&self) -> Catalogue {
        let products = |key: &str| self.sites.get(key).map_or("", |site| site.products.as_str());
        let offers = self.offers.iter().map(|o| (o, products(&o.enterprise)));
        Catalogue::of_offers(offers, &self.weights, self.reference)
    }

    /// The offers that the engine ranks for the need with this key, best first.
    pub fn candidates(&self, catalogue: &Catalogue, need: &str) -> Vec<Match> {
        let Some(need) = self.needs.iter().find(|n| n.key == need) else { return Vec::new() };
        let options = Options { top: CANDIDATES, ..self.options() };
        let near: HashMap<&str, f64> =
            catalogue.near_need(need, options.pool, self.reference).into_iter().collect();
        // Where no common wording is asked for, every offer is a candidate.
        let unlike = (self.weights.relevance.similarity_min <= 0.0).then_some(0.0);
        let candidates: Vec<(&Offer, f64)> = self
            .offers
            .iter()
            .filter_map(|o| Some((o, near.get(o.key.as_str()).copied().or(unlike)?)))
            .collect();
        market::rank_offers(&self.input(), &options, need, &candidates)
    }

    /// A need and an offer as the engine sees the pair.
    pub fn pair(&self, need: &str, offer: &str) -> Option<Match> {
        let need = self.needs.iter().find(|n| n.key == need)?;
        let offer = self.offers.iter().find(|o| o.key == offer)?;
        Some(market::match_pair(&self.input(), &self.weights, need, offer))
    }

    /// Puts in the prices that a reader may see beyond what the list shows, by the keys of needs and of offers.
    pub fn see_prices(
        &mut self,
        need: impl Fn(&str) -> Option<PriceRange>,
        offer: impl Fn(&str) -> Option<PriceRange>,
    ) {
        for known in &mut self.needs {
            known.price = need(&known.key).or_else(|| known.price.take());
        }
        for known in &mut self.offers {
            known.price = offer(&known.key).or_else(|| known.price.take());
        }
    }

    /// How every chain node stands under an allocation.
    pub fn standings(&self, allocations: &[Allocation]) -> Vec<NodeStanding> {
        market::gaps::standings(&self.input(), allocations)
    }

    /// What newcomers would change, given what was said of pairs.
    pub fn what_if(
        &self,
        reviews: &[Reviewed],
        newcomers: &[Offer],
        sites: &HashMap<String, Site>,
        progress: Progress<'_>,
    ) -> Scenario {
        let kept = kept(self.reviewed_matches(reviews, progress), &said(reviews));
        let newcomers: Vec<Offer> = newcomers.iter().cloned().map(|o| self.stated.offer(o)).collect();
        market::gaps::what_if(&self.input(), &self.weights, &self.limits(), &kept, &newcomers, sites)
    }

    /// Allocates and finds gaps, given the matches and what was said of them.
    fn settle(self, matches: Vec<Match>, reviews: &[Reviewed], progress: Progress<'_>) -> ListContent {
        progress(Stage::Freeze, 0, 1);
        let said = said(reviews);
        let review_of = |m: &Match| review_of(&said, m);
        let kept = kept(matches, &said);
        let settlement = market::settle(&self.input(), &self.weights, &self.limits(), &kept);
        let mut pairs_of: HashMap<&str, Vec<&Match>> = HashMap::new();
        for matched in &kept {
            pairs_of.entry(matched.need.as_str()).or_default().push(matched);
        }
        let allocated: HashMap<(&str, &str), &Allocation> =
            settlement.allocations.iter().map(|a| ((a.need.as_str(), a.offer.as_str()), a)).collect();
        let mut pairs = Vec::new();
        for need in &self.needs {
            let mut shown = 0;
            for matched in pairs_of.get(need.key.as_str()).into_iter().flatten() {
                let allocation = allocated.get(&(matched.need.as_str(), matched.offer.as_str())).copied();
                let review = review_of(matched);
                let by_hand = matches!(review, Review::Added | Review::Confirmed);
                if allocation.is_none() && !by_hand && (!matched.feasible || shown >= PAIRS) {
                    continue;
                }
                shown += 1;
                pairs.push(ListPair {
                    matched: (*matched).clone(),
                    allocation: allocation.cloned(),
                    review,
                    change: Change::New,
                });
            }
        }
        let content = self.content(&settlement, pairs);
        progress(Stage::Freeze, 1, 1);
        content
    }

    /// Matches, allots and finds gaps, given what was said of pairs. A draft is settled again after its review: candidates
    /// are ranked again from its own records, which gives the same ranking, and a rejected pair makes room for the next
    /// candidate, not for a hole.
    pub fn settle_reviewed(self, reviews: &[Reviewed], progress: Progress<'_>) -> ListContent {
        let matches = self.reviewed_matches(reviews, progress);
        self.settle(matches, reviews, progress)
    }

    /// The candidates of all needs, and the pairs that a person added.
    fn reviewed_matches(&self, reviews: &[Reviewed], progress: Progress<'_>) -> Vec<Match> {
        let mut matches = self.matches(progress);
        let known: HashSet<(String, String)> =
            matches.iter().map(|m| (m.need.clone(), m.offer.clone())).collect();
        let added = reviews.iter().filter(|(need, offer, review)| {
            matches!(review, Review::Added | Review::Confirmed)
                && !known.contains(&(need.clone(), offer.clone()))
        });
        for (need, offer, _) in added {
            matches.extend(self.pair(need, offer));
        }
        matches.sort_by(|a, b| (&a.need, a.rank, &a.offer).cmp(&(&b.need, b.rank, &b.offer)));
        matches
    }

    fn content(self, settlement: &Settlement, pairs: Vec<ListPair>) -> ListContent {
        let covered: HashSet<&str> = settlement.allocations.iter().map(|a| a.need.as_str()).collect();
        let open: HashSet<&str> =
            settlement.gaps.iter().flat_map(|g| &g.gaps).map(|g| g.need.as_str()).collect();
        // A need is covered in full when something is allotted to it and no gap stays; quantities that are not stated
        // leave no gap.
        let state_of = |key: &str| match (covered.contains(key), open.contains(key)) {
            (true, false) => NeedState::Matched,
            (true, true) => NeedState::Part,
            (false, _) => NeedState::Unmet,
        };
        let count = |state: NeedState| self.needs.iter().filter(|n| state_of(&n.key) == state).count() as u32;
        let summary = ListSummary {
            needs: self.needs.len() as u32,
            offers: self.offers.len() as u32,
            enterprises: self.enterprises.len() as u32,
            matched: count(NeedState::Matched),
            part: count(NeedState::Part),
            unmet: count(NeedState::Unmet),
            local_supporting_rate: settlement.local_rate.rate,
            local_supporting_formula: FORMULA_ZH.to_owned(),
            gone: Vec::new(),
        };
        let needs = self
            .needs
            .iter()
            .zip(1..)
            .map(|(need, number)| ListNeed {
                number,
                state: state_of(&need.key),
                need: need.clone(),
                change: Change::New,
            })
            .collect();
        let offers = self
            .offers
            .into_iter()
            .zip(1..)
            .map(|(offer, number)| ListOffer { number, offer, change: Change::New })
            .collect();
        ListContent {
            format: FORMAT,
            engine: ENGINE,
            cluster: self.cluster,
            period: self.period,
            previous_sha256: String::new(),
            compared_with_sha256: String::new(),
            scoring: self.scoring,
            vectors_sha256: self.reference.vectors.sha256().to_owned(),
            summary,
            enterprises: self.enterprises.into_values().collect(),
            needs,
            offers,
            pairs,
            gaps: settlement.gaps.clone(),
            market: self.market,
            allotment: Some(Allotment {
                share_max: self.share_max,
                optima: settlement.optima.clone(),
                needs: settlement.bounds.clone(),
            }),
        }
    }
}

/// What matching knows of an enterprise on a list.
pub(super) fn site(reference: &Reference, enterprise: &ListEnterprise) -> Site {
    let region = reference.regions.get(&enterprise.region_code);
    let zh = enterprise.region.clone();
    Site {
        point: enterprise.point,
        region: Names { en: region.map_or_else(|| zh.clone(), |r| r.name_en.clone()), zh },
        products: enterprise.products.clone(),
        inside: enterprise.inside,
    }
}

/// Records with the amounts that their market's own fields state (the area of a plant, the sum of a loan) as quantity and
/// capacity, so that these are shared out like any other. Read after what the list's readers may not see is blanked, and frozen
/// with the list: one that was published before has none and is computed again without any.
#[derive(Debug, Clone, Copy)]
pub struct Stated {
    reference: &'static Reference,
    market: Option<&'static Market>,
}

impl Stated {
    /// For the records of a market.
    pub fn of(reference: &'static Reference, market: &MarketKey) -> Self {
        Self { reference, market: reference.markets.other(market) }
    }

    fn need(self, mut need: Need) -> Need {
        if let Some(market) = self.market {
            market.fill_need(&mut need, &self.reference.units);
        }
        need
    }

    fn offer(self, mut offer: Offer) -> Offer {
        if let Some(market) = self.market {
            market.fill_offer(&mut offer, &self.reference.units);
        }
        offer
    }

    /// True for two needs that say the same, whether or not the amount was read out of one of them yet.
    fn same_need(self, a: &Need, b: &Need) -> bool {
        a == b || (self.market.is_some() && self.need(a.clone()) == self.need(b.clone()))
    }

    /// As [`Self::same_need`].
    fn same_offer(self, a: &Offer, b: &Offer) -> bool {
        a == b || (self.market.is_some() && self.offer(a.clone()) == self.offer(b.clone()))
    }
}

/// Marks the rows of a content against the list that stands published, and names that list.
pub fn compare(
    reference: &'static Reference,
    mut content: ListContent,
    previous: Option<&MatchingList>,
) -> ListContent {
    let stated = Stated::of(reference, &content.market);
    content.compared_with_sha256 = previous.and_then(|p| p.sha256.clone()).unwrap_or_default();
    let previous = previous.map(|p| &p.content);
    let change = |same: Option<bool>| match same {
        None => Change::New,
        Some(true) => Change::Open,
        Some(false) => Change::Changed,
    };
    let needs: HashMap<&str, &ListNeed> =
        previous.iter().flat_map(|p| &p.needs).map(|n| (n.need.key.as_str(), n)).collect();
    for row in &mut content.needs {
        row.change =
            change(needs.get(row.need.key.as_str()).map(|old| stated.same_need(&old.need, &row.need)));
    }
    let offers: HashMap<&str, &Offer> =
        previous.iter().flat_map(|p| &p.offers).map(|o| (o.offer.key.as_str(), &o.offer)).collect();
    for row in &mut content.offers {
        row.change = change(offers.get(row.offer.key.as_str()).map(|old| stated.same_offer(old, &row.offer)));
    }
    let pairs: HashMap<(&str, &str), &ListPair> = previous
        .iter()
        .flat_map(|p| &p.pairs)
        .map(|p| ((p.matched.need.as_str(), p.matched.offer.as_str()), p))
        .collect();
    for pair in &mut content.pairs {
        let old = pairs.get(&(pair.matched.need.as_str(), pair.matched.offer.as_str()));
        pair.change =
            change(old.map(|old| {
                old.allocation == pair.allocation && old.matched.verdicts == pair.matched.verdicts
            }));
    }
    let now: HashSet<&str> = content.needs.iter().map(|n| n.need.key.as_str()).collect();
    content.summary.gone =
        needs.iter().filter(|(key, _)| !now.contains(*key)).map(|(_, old)| old.number).collect();
    content.summary.gone.sort_unstable();
    content
}

#[cfg(test)]
mod tests {
    use super::*;
    use model::quantity::Quantity;
    use model::spec::{Interval, Specification};
    use proptest::prelude::*;
    use std::sync::LazyLock;

    type Records = (Vec<Enterprise>, Vec<Need>, Vec<Offer>);

    /// Records that compete: equal titles, equal scores, scarce capacity, several causes of gaps.
    static RECORDS: LazyLock<Records> = LazyLock::new(|| {
        let enterprise = |i: usize| {
            let mut enterprise = Enterprise::new(None, &format!("虚构{i}号有限公司"));
            enterprise.region = Some(["360826", "360828", "360822"][i % 3].to_owned());
            enterprise
        };
        let enterprises: Vec<Enterprise> = (0..12).map(enterprise).collect();
        let precision = |mm: f64| Specification::interval("tolerance", Interval::at_most(mm), "mm");
        let titles = ["显示模组面罩", "LED显示屏面罩", "注塑件", "键合金丝", "没有人做的东西"];
        let needs = (0..30).map(|i| {
            let mut need = Need::new(&format!("n{i}"), &enterprises[i % 6].key, titles[i % 5]);
            need.quantity = Some(Quantity::new(100.0 + (i % 7) as f64 * 30.0, "片/月"));
            need.specs = vec![precision([0.03, 0.05, 0.01][i % 3])];
            need
        });
        let offers = (0..40).map(|i| {
            let mut offer = Offer::new(&format!("o{i}"), &enterprises[6 + i % 6].key, titles[i % 4]);
            offer.spare_capacity = Some(Quantity::new(80.0 + (i % 5) as f64 * 20.0, "片/月"));
            offer.specs = vec![precision([0.02, 0.04][i % 2])];
            offer
        });
        let (needs, offers) = (needs.collect(), offers.collect());
        (enterprises, needs, offers)
    });

    fn content(records: Records) -> ListContent {
        let mut composer = Composer::new(Reference::builtin(), "虚构集群", "2026-11".parse().unwrap());
        composer.take(records.0.into_iter(), records.1.into_iter(), records.2.into_iter());
        let quiet = |_: Stage, _: u64, _: u64| {};
        let matches = composer.matches(&quiet);
        composer.settle(matches, &[], &quiet)
    }

    fn shuffled() -> impl Strategy<Value = Records> {
        let (enterprises, needs, offers) = RECORDS.clone();
        (Just(enterprises).prop_shuffle(), Just(needs).prop_shuffle(), Just(offers).prop_shuffle())
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(24))]

        /// The same records in any order give the same list, to the last bit of its hash.
        #[test]
        fn the_order_of_records_changes_nothing(records in shuffled()) {
            static FIRST: LazyLock<ListContent> = LazyLock::new(|| content(RECORDS.clone()));
            let content = content(records);
            prop_assert_eq!(content.sha256(), FIRST.sha256());
            prop_assert!(content.summary.matched > 0 && content.summary.unmet > 0, "{:?}", content.summary);
        }
    }
}
