//! Exact top-k: MaxScore over chunks in the order of their bounds.
//!
//! For a query, each chunk gets a bound from the greatest impacts of its terms; chunks are walked from the greatest bound
//! down until a bound falls below the k-th best sum (Mackenzie, Petri, Moffat: Anytime Ranking on Document-Ordered Indexes,
//! 2021). Within a chunk, lists are added from the greatest possible share down until what the rest could add no longer
//! makes a newcomer (Turtle, Flood: Query Evaluation: Strategies and Optimizations, 1995); the rest is looked up for those
//! that still can come in. What the rest can add is bounded by its greatest impacts and, vectors having length 1, by
//! Cauchy-Schwarz (Anastasiu, Karypis: L2AP, 2014). A document is dropped only when its bound is below the floor, so the
//! answer is that of adding up everything.

use super::base::{CHUNK, Entry, Posting, find};
use super::heap::Best;
use super::{Document, Hit, Index};

/// Searches an [`Index`]; keeps its working memory from query to query.
#[derive(Debug)]
pub struct Searcher<'a> {
    index: &'a Index,
    /// Per chunk, the most that a document of it can reach.
    bound: Vec<u64>,
    /// Chunks by bound, of the query at hand.
    order: Vec<(u64, u32)>,
    /// Per place the sum so far; all zero between chunks.
    sum: Vec<u32>,
    /// Places whose sum is not zero.
    touched: Vec<u32>,
    /// Those of them that can still come in.
    open: Vec<u32>,
    scratch: Vec<u32>,
    best: Best,
}

/// A term of the query within a chunk.
struct List<'a> {
    weight: u32,
    max: u64,
    postings: &'a [Posting],
}

/// What the lists from one place on can still add to a document.
#[derive(Clone, Copy)]
struct Rest {
    /// By their greatest impacts.
    sum: u64,
    /// Length of the query's vector on these lists, and on those before.
    length: f64,
    before: f64,
}

impl Rest {
    /// True where a document of these lists alone can still reach `floor`.
    fn admits(&self, floor: u32, longest: f64) -> bool {
        self.sum >= u64::from(floor) && self.length * longest * (1.0 + 1e-9) >= f64::from(floor)
    }

    /// The least sum so far with which a document can still end at `floor` or above, `longest` being the length of the
    /// longest vector.
    fn needed(&self, floor: u32, longest: f64) -> u64 {
        let by_impacts = u64::from(floor).saturating_sub(self.sum);
        // A document's part on the lists before, of length longest * cos a, gives at most before * longest * cos a; the rest
        // at most length * longest * sin a. Both together are |(before, length)| * longest * cos(a - phi), phi being the
        // direction of (before, length): the greatest a that reaches the floor needs the least sum so far.
        let most = self.before.hypot(self.length) * longest;
        let share = f64::from(floor) / most;
        // A little less than that, by more than the rounding of these few operations can add.
        if share > 1.0 + 1e-9 {
            return u64::MAX;
        }
        let angle = self.length.atan2(self.before) + share.min(1.0).acos();
        let by_length = (self.before * longest * angle.cos() * (1.0 - 1e-9) - 64.0).max(0.0) as u64;
        by_impacts.max(by_length)
    }
}

impl<'a> Searcher<'a> {
    pub(super) fn new(index: &'a Index) -> Self {
        Self {
            index,
            bound: vec![0; index.base.chunks.len()],
            order: Vec::new(),
            sum: vec![0; CHUNK.min(index.base.len())],
            touched: Vec::new(),
            open: Vec::new(),
            scratch: Vec::new(),
            best: Best::default(),
        }
    }

    /// The best `k` documents for a query, best first; only such as share a term with it.
    pub fn search(&mut self, query: &Document<'_>, k: usize) -> Vec<Hit> {
        if k == 0 {
            return Vec::new();
        }
        self.best.reset(k);
        let index = self.index;
        let query: Vec<(u32, u32, &[Entry])> = index
            .knowledge
            .query(query)
            .into_iter()
            .map(|(term, weight)| (term, weight, index.base.entries(term)))
            .collect();
        self.tail(&query, k);
        self.order(&query);
        for at in 0..self.order.len() {
            let (bound, chunk) = self.order[at];
            if bound < u64::from(self.best.floor()) {
                break;
            }
            self.chunk(&query, chunk, k);
        }
        let found = self.best.drain().into_iter();
        found.map(|(sum, document)| Hit { document, similarity: index.knowledge.similarity(sum) }).collect()
    }

    /// The chunks that hold a term of the query, greatest bound first.
    fn order(&mut self, query: &[(u32, u32, &[Entry])]) {
        self.order.clear();
        for &(_, weight, entries) in query {
            for entry in entries {
                self.bound[entry.chunk as usize] += u64::from(weight) * u64::from(entry.max);
            }
        }
        for (chunk, bound) in (0..).zip(&mut self.bound) {
            let bound = std::mem::take(bound);
            if bound > 0 {
                self.order.push((bound, chunk));
            }
        }
        self.order.sort_unstable_by_key(|&(bound, chunk)| (std::cmp::Reverse(bound), chunk));
    }

    fn chunk(&mut self, query: &[(u32, u32, &[Entry])], at: u32, k: usize) {
        let index = self.index;
        let chunk = &index.base.chunks[at as usize];
        let mut lists: Vec<List<'a>> = query
            .iter()
            .filter_map(|&(_, weight, entries)| {
                let entry = &entries[entries.binary_search_by_key(&at, |e| e.chunk).ok()?];
                Some(List {
                    weight,
                    max: u64::from(weight) * u64::from(entry.max),
                    postings: chunk.list(entry),
                })
            })
            .collect();
        lists.sort_unstable_by_key(|list| std::cmp::Reverse(list.max));
        let rests = rests(&lists);
        let mut floor = self.best.floor();
        let mut next = 0;
        while next < lists.len() && rests[next].admits(floor, chunk.longest) {
            self.add(&lists[next]);
            next += 1;
            if next * 4 % lists.len() < 4 && next < lists.len() {
                floor = floor.max(self.kth(at, k));
            }
        }
        self.open.clear();
        let (needed, sum) = (rests[next].needed(floor, chunk.longest), &self.sum);
        self.open.extend(self.touched.iter().filter(|&&place| u64::from(sum[place as usize]) >= needed));
        for (list, rest) in lists[next..].iter().zip(&rests[next + 1..]) {
            self.look_up(list);
            let (needed, sum) = (u64::from(floor).saturating_sub(rest.sum), &self.sum);
            self.open.retain(|&place| u64::from(sum[place as usize]) >= needed);
        }
        for &place in &self.open {
            let document = index.base.layout[at as usize * CHUNK + place as usize];
            if !index.gone.holds(document) {
                self.best.offer(self.sum[place as usize], document);
            }
        }
        for place in self.touched.drain(..) {
            self.sum[place as usize] = 0;
        }
    }

    /// Adds a list to the sums of all its documents.
    fn add(&mut self, list: &List<'_>) {
        for &posting in list.postings {
            let place = posting >> 16;
            let sum = &mut self.sum[place as usize];
            if *sum == 0 {
                self.touched.push(place);
            }
            *sum += list.weight * (posting & 0xffff);
        }
    }

    /// Adds a list to the sums of the open documents.
    fn look_up(&mut self, list: &List<'_>) {
        let steps = list.postings.len().ilog2() as usize + 1;
        if self.open.len() * steps * 2 > list.postings.len() {
            for &posting in list.postings {
                let sum = &mut self.sum[(posting >> 16) as usize];
                if *sum > 0 {
                    *sum += list.weight * (posting & 0xffff);
                }
            }
        } else {
            for &place in &self.open {
                self.sum[place as usize] += list.weight * u32::from(find(list.postings, place));
            }
        }
    }

    /// The k-th best of the sums so far, which the k-th best in the end is not below; 0 where there are fewer.
    fn kth(&mut self, at: u32, k: usize) -> u32 {
        if self.touched.len() < k {
            return 0;
        }
        let index = self.index;
        let layout = &index.base.layout[at as usize * CHUNK..];
        self.scratch.clear();
        let there = self.touched.iter().filter(|&&place| !index.gone.holds(layout[place as usize]));
        self.scratch.extend(there.map(|&place| self.sum[place as usize]));
        if self.scratch.len() < k {
            return 0;
        }
        let from = self.scratch.len() - k;
        *self.scratch.select_nth_unstable(from).1
    }

    /// Documents added since the build.
    fn tail(&mut self, query: &[(u32, u32, &[Entry])], k: usize) {
        let tail = &self.index.tail;
        if tail.len() == 0 || k == 0 {
            return;
        }
        let mut sums = vec![0u32; tail.len()];
        for &(term, weight, _) in query {
            for &(place, impact) in tail.list(term) {
                sums[place as usize] += weight * u32::from(impact);
            }
        }
        for (document, sum) in (tail.first()..).zip(sums) {
            if sum > 0 && !self.index.gone.holds(document) {
                self.best.offer(sum, document);
            }
        }
    }
}

/// What the lists from each place on can add; one more at the end, where nothing is left.
fn rests(lists: &[List<'_>]) -> Vec<Rest> {
    let square = |list: &List<'_>| f64::from(list.weight) * f64::from(list.weight);
    let all: f64 = lists.iter().map(square).sum();
    let mut out = vec![Rest { sum: 0, length: 0.0, before: all.sqrt() }; lists.len() + 1];
    let mut behind = 0.0;
    for (at, list) in lists.iter().enumerate().rev() {
        behind += square(list);
        out[at] = Rest {
            sum: out[at + 1].sum + list.max,
            length: behind.sqrt(),
            before: (all - behind).max(0.0).sqrt(),
        };
    }
    out
}
