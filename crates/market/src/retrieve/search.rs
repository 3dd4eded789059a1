//! Exact top-k: MaxScore over chunks in the order of their bounds.
//!
//! For a query, each chunk gets a bound from the greatest impacts of its terms; chunks are walked from the greatest bound
//! down until a bound falls below the k-th best sum (Mackenzie, Petri, Moffat: Anytime Ranking on Document-Ordered Indexes,
//! 2021). Within a chunk, lists are added from the weightiest term down until what the rest could add no longer makes a
//! newcomer (Turtle, Flood: Query Evaluation: Strategies and Optimizations, 1995); the rest is looked up for those that
//! still can come in. What the rest can add is bounded by its greatest impacts and, vectors having length 1, by
//! Cauchy-Schwarz (Anastasiu, Karypis: L2AP, 2014). A document is dropped only when its bound is below the floor, so the
//! answer is that of adding up everything.
//!
//! Nothing is kept beside the sums while lists are added: those that can still come in are found afterwards, in a second walk
//! over the first lists, which are the short ones.

use super::base::{CHUNK, Entry, Posting, find};
use super::heap::Best;
use super::knowledge::Scratch;
use super::{Field, Hit, Index};
use std::cmp::Reverse;

/// Searches an [`Index`]; keeps its working memory from query to query.
#[derive(Debug)]
pub struct Searcher<'a> {
    index: &'a Index,
    scratch: Scratch,
    query: Vec<Asked<'a>>,
    /// Per chunk, the most that a document of it can reach.
    bound: Vec<u64>,
    /// Chunks by bound, of the query at hand.
    order: Vec<(u64, u32)>,
    walk: Walk<'a>,
    best: Best,
    sorted: Vec<u64>,
}

/// A term of the query.
#[derive(Debug, Clone, Copy)]
struct Asked<'a> {
    term: u32,
    weight: u32,
    entries: &'a [Entry],
}

/// Working memory for a chunk.
#[derive(Debug)]
struct Walk<'a> {
    lists: Vec<List<'a>>,
    /// Per place the sum so far; all zero between chunks. More than a chunk has, so that no place lies outside.
    sum: Box<[u32; 1 << 16]>,
    /// Places that can still come in, and their sums.
    open: Vec<(u32, u32)>,
}

/// A term of the query within a chunk.
#[derive(Debug, Clone, Copy)]
struct List<'a> {
    weight: u32,
    postings: &'a [Posting],
    /// What this list and those behind it can add to a document, by their greatest impacts.
    rest: u64,
    /// Squared length of the query's vector on them.
    square: u64,
    /// How many postings they have.
    postings_left: usize,
}

impl<'a> Searcher<'a> {
    pub(super) fn new(index: &'a Index) -> Self {
        Self {
            index,
            scratch: Scratch::default(),
            query: Vec::new(),
            bound: vec![0; index.base.chunks.len()],
            order: Vec::new(),
            walk: Walk { lists: Vec::new(), sum: Box::new([0; 1 << 16]), open: Vec::new() },
            best: Best::default(),
            sorted: Vec::new(),
        }
    }

    /// The best `k` documents for a query, best first; only such as share a term with it.
    pub fn search(&mut self, query: &[Field<'_>], k: usize) -> Vec<Hit> {
        if k == 0 {
            return Vec::new();
        }
        self.best.reset(k);
        let index = self.index;
        let asked = index.knowledge.query(query, &mut self.scratch);
        self.query.clear();
        self.query.extend(asked.map(|(term, weight)| Asked {
            term,
            weight,
            entries: index.base.entries(term),
        }));
        // The weightiest terms are the rarest: their lists are short.
        self.query.sort_unstable_by_key(|asked| (Reverse(asked.weight), asked.term));
        self.tail();
        self.order();
        for at in 0..self.order.len() {
            let (bound, chunk) = self.order[at];
            if bound < u64::from(self.best.floor()) {
                break;
            }
            self.chunk(chunk);
        }
        let found = self.best.drain(&mut self.sorted);
        found.map(|(sum, document)| Hit { document, similarity: index.knowledge.similarity(sum) }).collect()
    }

    /// The chunks that hold a term of the query, greatest bound first.
    fn order(&mut self) {
        self.order.clear();
        for &Asked { weight, entries, .. } in &self.query {
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
        self.order.sort_unstable_by_key(|&(bound, chunk)| (Reverse(bound), chunk));
    }

    fn chunk(&mut self, at: u32) {
        let index = self.index;
        let chunk = &index.base.chunks[at as usize];
        let floor = self.best.floor();
        let walk = &mut self.walk;
        walk.lists.clear();
        for &Asked { weight, entries, .. } in &self.query {
            if let Some(entry) = in_chunk(entries, at, index.base.chunks.len()) {
                let rest = u64::from(weight) * u64::from(entry.max);
                let (postings, square) = (chunk.list(entry), u64::from(weight).pow(2));
                walk.lists.push(List { weight, postings, rest, square, postings_left: postings.len() });
            }
        }
        let (mut rest, mut square, mut postings_left) = (0, 0, 0);
        for list in walk.lists.iter_mut().rev() {
            rest += list.rest;
            square += list.square;
            postings_left += list.postings_left;
            (list.rest, list.square, list.postings_left) = (rest, square, postings_left);
        }
        let reach = f64::from(floor) / chunk.longest / (1.0 + 1e-9);
        let enough = reach * reach;
        let closed = |list: &List<'_>| list.rest < u64::from(floor) || (list.square as f64) < enough;
        // Who is on none of the first lists does not reach the floor.
        let first = walk.lists.iter().position(closed).unwrap_or(walk.lists.len());
        // A rest of few postings beside the first lists' own is added sooner than looked up.
        let rest = walk.lists.get(first).map_or(0, |list| list.postings_left);
        let short = rest <= walk.postings(first) * ADDED_RATHER + 64;
        let added = if short { walk.lists.len() } else { first };
        walk.touch(added);
        walk.add(added);
        walk.open.clear();
        let layout = &index.base.layout[at as usize * CHUNK..];
        let best = &mut self.best;
        let mut offer = |place: u32, sum: u32| {
            let document = layout[place as usize];
            if !index.gone.holds(document) {
                best.offer(sum, document);
            }
            best.floor()
        };
        if short {
            walk.take(first, floor, offer);
        } else {
            let needed = needed(&walk.lists, added, floor, chunk.longest);
            let mut open = std::mem::take(&mut walk.open);
            walk.take(first, needed, |place, sum| {
                open.push((place, sum));
                needed
            });
            walk.open = open;
            walk.look_up(added, floor);
            for &(place, sum) in &walk.open {
                offer(place, sum);
            }
        }
        walk.clear(added, layout.len().min(CHUNK));
    }

    /// Documents added since the build.
    fn tail(&mut self) {
        let tail = &self.index.tail;
        if tail.len() == 0 {
            return;
        }
        let mut sums = vec![0u32; tail.len()];
        for &Asked { term, weight, .. } in &self.query {
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

/// The entry of a chunk out of a term's, `chunks` being the number of all chunks.
fn in_chunk(entries: &[Entry], chunk: u32, chunks: usize) -> Option<&Entry> {
    // It stands before its own place by no more than there are chunks without the term.
    let last = (chunk as usize + 1).min(entries.len());
    let from = (chunk as usize).saturating_sub(chunks - entries.len()).min(last);
    let there = &entries[from..last];
    there.binary_search_by_key(&chunk, |entry| entry.chunk).ok().map(|at| &there[at])
}

/// The least sum on the first `added` lists with which a document can still end at `floor` or above, `longest` being the length
/// of the longest vector.
fn needed(lists: &[List<'_>], added: usize, floor: u32, longest: f64) -> u32 {
    let Some(rest) = lists.get(added) else { return floor };
    let by_impacts = u64::from(floor).saturating_sub(rest.rest);
    // With a document's part on the first lists of length longest * cos a, the sum there is at most before * longest * cos a;
    // the rest adds at most length * longest * sin a. Both together are most * cos(a - phi), phi being the direction of
    // (before, length): the greatest a that reaches the floor needs the least sum so far.
    let all = lists[0].square as f64;
    let (length, before) = ((rest.square as f64).sqrt(), (all - rest.square as f64).max(0.0).sqrt());
    let most = all.sqrt() * longest;
    let share = f64::from(floor) / most;
    // A little less than that, by more than the rounding of these few operations can add.
    if share > 1.0 + 1e-9 {
        return u32::MAX;
    }
    let share = share.min(1.0);
    let cos = (before * share - length * (1.0 - share * share).sqrt()) / all.sqrt();
    let by_length = (before * longest * cos * (1.0 - 1e-9) - 64.0).max(0.0) as u64;
    u32::try_from(by_impacts.max(by_length)).unwrap_or(u32::MAX).max(1)
}

/// How many postings of the last lists are rather added than a posting of the first lists looked up there (by trial: 2 is slower on
/// 20,000 documents, 8 is no slower on 300,000).
const ADDED_RATHER: usize = 8;

/// Postings of a cache line, and lines of a list that are fetched ahead; the processor fetches those behind them by itself (by trial:
/// 3 lines are slower on 20,000 documents, 64 no faster).
const LINE: usize = 16;
const TOUCHED: usize = 8;

impl Walk<'_> {
    fn postings(&self, lists: usize) -> usize {
        let left = |at| self.lists.get(at).map_or(0, |list: &List<'_>| list.postings_left);
        left(0) - left(lists)
    }

    /// Has the first lists fetched side by side: short ones would each be waited for when it is their turn.
    fn touch(&self, added: usize) {
        let lists = self.lists[..added].iter();
        let touched = lists.flat_map(|list| list.postings.iter().step_by(LINE).take(TOUCHED));
        std::hint::black_box(touched.fold(0, |all, posting| all ^ posting));
    }

    /// Adds the first lists to the sums of all their documents.
    fn add(&mut self, added: usize) {
        let sum = &mut *self.sum;
        for list in &self.lists[..added] {
            let weight = list.weight;
            for &posting in list.postings {
                sum[(posting >> 16) as usize] += weight * (posting & 0xffff);
            }
        }
    }

    /// Takes the documents out that stand on the first lists and have `needed`, which `take` gives back.
    fn take(&mut self, first: usize, mut needed: u32, mut take: impl FnMut(u32, u32) -> u32) {
        let sum = &mut *self.sum;
        for list in &self.lists[..first] {
            for &posting in list.postings {
                let place = posting >> 16;
                if sum[place as usize] >= needed {
                    needed = take(place, std::mem::take(&mut sum[place as usize]));
                }
            }
        }
    }

    /// Clears the sums of so many places after so many lists were added.
    fn clear(&mut self, added: usize, places: usize) {
        if self.postings(added) * 16 > places {
            self.sum[..places].fill(0);
        } else {
            let sum = &mut *self.sum;
            for list in &self.lists[..added] {
                list.postings.iter().for_each(|posting| sum[(posting >> 16) as usize] = 0);
            }
        }
    }

    /// Adds the lists from `next` on to the sums of the open documents, and closes those that fall behind.
    fn look_up(&mut self, next: usize, floor: u32) {
        let Self { lists, open, .. } = self;
        for (at, list) in lists.iter().enumerate().skip(next) {
            if open.is_empty() {
                return;
            }
            let rest = lists.get(at + 1).map_or(0, |list| list.rest);
            let needed = u64::from(floor).saturating_sub(rest);
            let postings = list.postings;
            let steps = postings.len().ilog2() as usize + 1;
            if open.len() * steps * 2 > postings.len() {
                open.sort_unstable();
                let mut from = postings.iter().peekable();
                for (place, sum) in &mut *open {
                    while from.next_if(|&posting| posting >> 16 < *place).is_some() {}
                    if let Some(posting) = from.next_if(|&posting| posting >> 16 == *place) {
                        *sum += list.weight * (posting & 0xffff);
                    }
                }
            } else {
                for (place, sum) in &mut *open {
                    *sum += list.weight * u32::from(find(postings, *place));
                }
            }
            open.retain(|&(_, sum)| u64::from(sum) >= needed);
        }
    }
}
