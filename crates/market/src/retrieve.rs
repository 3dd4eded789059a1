//! Candidates by text: an in-memory inverted index with exact, pruned top-k.
//!
//! A document is a few weighted fields. Each field becomes a TF-IDF vector (sublinear term frequency
//! `1 + ln tf`, smoothed `idf = ln((N + 1) / (df + 1)) + 1`, as in Manning, Raghavan, Schütze: Introduction to
//! Information Retrieval, ch. 6; times the weight of the term's kind) of length 1; the document is the weighted sum of its
//! fields, again of length 1. The similarity of two documents is the cosine: 0..=1, and 1 for a text with itself, so that a
//! threshold means the same for every query. A document of one field is not touched by the field weights.
//!
//! There is one score: BM25 of the same terms finds less, and fused with this one it takes away (docs/benchmarks.md).
//!
//! Vectors are rounded to whole numbers (a document's to 16 bits, a query's to 15), so sums of their products are
//! exact: similarities depend neither on the order of documents or terms, nor on the number of threads, nor on what is
//! pruned. Documents of equal similarity come out in the order of their numbers; give them sorted by key.
//!
//! [`Index::add`] and [`Index::remove`] change the documents, not the knowledge of which terms are common: that stays as of
//! the last build. Under one knowledge the answers depend on nothing but the documents that are there.

mod base;
mod heap;
mod knowledge;
mod search;
mod tail;
#[cfg(test)]
mod tests;

pub use search::Searcher;

use crate::weights::TermWeights;
use base::Base;
use knowledge::{Knowledge, Scratch};
use rayon::prelude::*;
use tail::Tail;

/// One weighted field of a document or query.
#[derive(Debug, Clone, Copy)]
pub struct Field<'a> {
    /// Weight against the other fields; positive.
    pub weight: f32,
    /// The text.
    pub text: &'a str,
}

/// A document or query: its fields. Empty fields weigh nothing.
pub type Document<'a> = Vec<Field<'a>>;

/// One document found.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Hit {
    /// Number of the document: its place among those given to [`Index::build`], or what [`Index::add`] gave it.
    pub document: u32,
    /// Cosine similarity, 0..=1.
    pub similarity: f32,
}

/// An inverted index over documents.
#[derive(Debug, Clone)]
pub struct Index {
    knowledge: Knowledge,
    base: Base,
    tail: Tail,
    gone: Gone,
}

/// Documents that were removed, by number.
#[derive(Debug, Clone, Default)]
struct Gone {
    bits: Vec<u64>,
    count: usize,
}

impl Gone {
    fn holds(&self, document: u32) -> bool {
        self.count > 0
            && self.bits.get(document as usize / 64).is_some_and(|word| word >> (document % 64) & 1 == 1)
    }

    fn insert(&mut self, document: u32) {
        let word = document as usize / 64;
        if self.bits.len() <= word {
            self.bits.resize(word + 1, 0);
        }
        self.bits[word] |= 1 << (document % 64);
        self.count += 1;
    }
}

impl Index {
    /// Builds the index. Afterwards it takes some 4 bytes for each distinct term of a document, and as much again for short
    /// lists.
    pub fn build(weights: &TermWeights, documents: &[Document<'_>]) -> Self {
        Self::build_from(weights, documents.len() as u32, |at| documents[at as usize].clone())
    }

    /// Builds the index of documents that are made when they are looked at: twice, and from several threads.
    pub fn build_from<'a>(
        weights: &TermWeights,
        count: u32,
        document: impl Fn(u32) -> Document<'a> + Sync,
    ) -> Self {
        let knowledge = Knowledge::of(weights, count, &document);
        let base = Base::build(&knowledge, count, &document);
        Self { knowledge, base, tail: Tail::after(count), gone: Gone::default() }
    }

    /// Number of documents.
    pub fn len(&self) -> usize {
        self.base.len() + self.tail.len() - self.gone.count
    }

    /// True where there is none.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Documents added and removed since the index was built: the more, the older its knowledge of common terms, and the
    /// slower it is by the added ones.
    pub fn changes(&self) -> usize {
        self.tail.len() + self.gone.count
    }

    /// Adds a document and returns its number, the next one.
    pub fn add(&mut self, document: &[Field<'_>]) -> u32 {
        let vector = self.knowledge.numbered(document);
        self.tail.add(&vector)
    }

    /// Removes a document; false where there is none of this number. Numbers are not given again.
    pub fn remove(&mut self, document: u32) -> bool {
        let there = (document as usize) < self.base.len() + self.tail.len() && !self.gone.holds(document);
        if there {
            self.gone.insert(document);
        }
        there
    }

    /// A searcher with its own working memory; one a thread.
    pub fn searcher(&self) -> Searcher<'_> {
        Searcher::new(self)
    }

    /// The best `k` documents of each query, in the order of the queries, on all cores.
    pub fn search_all(&self, queries: &[Document<'_>], k: usize) -> Vec<Vec<Hit>> {
        queries.par_iter().map_init(|| self.searcher(), |searcher, query| searcher.search(query, k)).collect()
    }

    /// The similarity of a query to a document of the index, as [`Searcher::search`] finds it; 0 for one that is not there.
    pub fn similarity(&self, query: &[Field<'_>], document: u32) -> f32 {
        self.knowledge.similarity(self.sum(query, document))
    }

    fn sum(&self, query: &[Field<'_>], document: u32) -> u32 {
        if self.gone.holds(document) {
            return 0;
        }
        let impact = |term| {
            if (document as usize) < self.base.len() {
                self.base.impact(term, document)
            } else {
                self.tail.impact(term, document)
            }
        };
        let mut scratch = Scratch::default();
        let query = self.knowledge.query(query, &mut scratch);
        query.map(|(term, weight)| weight * u32::from(impact(term))).sum()
    }

    /// The similarity of a query to a document that is not in the index, as it would be if it were.
    pub fn compare(&self, query: &[Field<'_>], document: &[Field<'_>]) -> f32 {
        self.knowledge.compare(query, document)
    }
}
