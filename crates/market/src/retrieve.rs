//! Candidates by text: an in-memory inverted index with exact top-k.
//!
//! A document is a few weighted fields. Each field becomes a TF-IDF vector (sublinear term frequency
//! `1 + ln tf`, smoothed `idf = ln((N + 1) / (df + 1)) + 1`, as in Manning, Raghavan, Schütze: Introduction to
//! Information Retrieval, ch. 6) of length 1; the document is the weighted sum of its fields, again of length 1.
//! The similarity of two documents is the cosine: 0..=1, and 1 for a text with itself, so that a threshold means
//! the same for every query. A document of one field is not touched by the field weights.
//!
//! Scores do not depend on the order of documents, nor on the number of threads: every sum runs in the order of
//! term ids. Documents of equal score come out in the order in which they were given; give them sorted by key.

use crate::analyse::{self, Term};
use rayon::prelude::*;
use std::collections::HashMap;
use std::hash::{BuildHasherDefault, Hasher};

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
    /// Place of the document among those given to [`Index::build`].
    pub document: u32,
    /// Cosine similarity, 0..=1.
    pub similarity: f32,
}

/// Term ids are hashes already: they go into tables as they are.
#[derive(Debug, Default)]
struct Ready(u64);

impl Hasher for Ready {
    fn finish(&self) -> u64 {
        self.0
    }
    fn write(&mut self, bytes: &[u8]) {
        for &byte in bytes {
            self.0 = self.0.rotate_left(8) ^ u64::from(byte);
        }
    }
    fn write_u64(&mut self, value: u64) {
        self.0 = value;
    }
}

type TermTable<V> = HashMap<u64, V, BuildHasherDefault<Ready>>;

/// An inverted index over documents.
#[derive(Debug)]
pub struct Index {
    documents: usize,
    table: TermTable<u32>,
    /// Per term: number of documents that hold it.
    frequency: Vec<u32>,
    /// Per term: where its postings begin; one more at the end.
    offset: Vec<usize>,
    /// Postings: document and weight of the term in the document's vector.
    postings: Vec<(u32, f32)>,
}

/// Searches an [`Index`]; keeps its working memory from query to query.
#[derive(Debug)]
pub struct Searcher<'a> {
    index: &'a Index,
    /// Per document the similarity so far; all zero between searches.
    sum: Vec<f32>,
    /// Documents whose sum is not zero.
    touched: Vec<u32>,
}

/// How many documents are analysed before their terms are entered; bounds the working memory.
const CHUNK: usize = 4096;

impl Index {
    /// Builds the index. Memory is about 16 bytes a distinct term of a document while building, 8 afterwards.
    pub fn build(documents: &[Document<'_>]) -> Self {
        let mut index = Self {
            documents: documents.len(),
            table: TermTable::default(),
            frequency: Vec::new(),
            offset: Vec::new(),
            postings: Vec::new(),
        };
        let mut forward = index.count(documents);
        index.renumber(&mut forward);
        index.invert(&forward);
        index
    }

    /// Numbers the terms in the order of their ids, so that no sum depends on the order of documents.
    fn renumber(&mut self, forward: &mut Forward) {
        let mut ids: Vec<(u64, u32)> = self.table.iter().map(|(&id, &number)| (id, number)).collect();
        ids.sort_unstable();
        let mut new_of = vec![0u32; ids.len()];
        let mut frequency = vec![0u32; ids.len()];
        for (new, &(id, old)) in ids.iter().enumerate() {
            new_of[old as usize] = new as u32;
            frequency[new] = self.frequency[old as usize];
            self.table.insert(id, new as u32);
        }
        self.frequency = frequency;
        for (number, _) in &mut forward.terms {
            *number = new_of[*number as usize];
        }
    }

    /// First pass: terms get their numbers and document frequencies. Returns per document, field by field, the
    /// numbers and sublinear frequencies of its terms in the order of their ids.
    fn count(&mut self, documents: &[Document<'_>]) -> Forward {
        let mut forward = Forward::default();
        let mut seen: Vec<u32> = Vec::new();
        for (chunk_at, chunk) in documents.chunks(CHUNK).enumerate() {
            let analysed: Vec<Vec<Vec<Term>>> = chunk
                .par_iter()
                .map(|fields| fields.iter().map(|f| analyse::terms(f.text)).collect())
                .collect();
            for (at, (fields, analysed)) in chunk.iter().zip(analysed).enumerate() {
                let mark = (chunk_at * CHUNK + at) as u32 + 1;
                for (field, terms) in fields.iter().zip(analysed) {
                    for term in terms {
                        let next = self.frequency.len() as u32;
                        let number = *self.table.entry(term.id).or_insert(next);
                        if number == next {
                            self.frequency.push(0);
                            seen.push(0);
                        }
                        if seen[number as usize] != mark {
                            seen[number as usize] = mark;
                            self.frequency[number as usize] += 1;
                        }
                        forward.terms.push((number, sublinear(term.count)));
                    }
                    forward.fields.push((forward.terms.len(), field.weight));
                }
                forward.documents.push(forward.fields.len());
            }
        }
        forward
    }

    /// Second pass: weights, and postings in the order of documents.
    fn invert(&mut self, forward: &Forward) {
        self.offset = Vec::with_capacity(self.frequency.len() + 1);
        let mut total = 0usize;
        for &df in &self.frequency {
            self.offset.push(total);
            total += df as usize;
        }
        self.offset.push(total);
        self.postings = vec![(0, 0.0); total];
        let mut cursor = self.offset.clone();
        let mut vector = Vec::new();
        for document in 0..self.documents {
            vector.clear();
            for (terms, weight) in forward.fields_of(document) {
                self.add_field(&mut vector, terms.iter().copied(), weight);
            }
            unite(&mut vector);
            for &(number, weight) in &vector {
                let term = number as usize;
                self.postings[cursor[term]] = (document as u32, weight);
                cursor[term] += 1;
            }
        }
    }

    fn idf(&self, frequency: u32) -> f32 {
        (((self.documents + 1) as f64 / (f64::from(frequency) + 1.0)).ln() + 1.0) as f32
    }

    /// Appends a field's vector, of length `weight`, to a document's.
    fn add_field(&self, vector: &mut Vec<(u32, f32)>, terms: impl Iterator<Item = (u32, f32)>, weight: f32) {
        let from = vector.len();
        vector.extend(terms.map(|(number, tf)| (number, tf * self.idf(self.frequency[number as usize]))));
        scale(&mut vector[from..], weight);
    }

    /// A searcher with its own working memory; one a thread.
    pub fn searcher(&self) -> Searcher<'_> {
        Searcher { index: self, sum: vec![0.0; self.documents], touched: Vec::new() }
    }

    /// The best `k` documents of each query, in the order of the queries, on all cores.
    pub fn search_all(&self, queries: &[Document<'_>], k: usize) -> Vec<Vec<Hit>> {
        queries.par_iter().map_init(|| self.searcher(), |searcher, query| searcher.search(query, k)).collect()
    }

    /// The similarity of a query to a document of the index, as [`Searcher::search`] finds it.
    pub fn similarity(&self, query: &Document<'_>, document: u32) -> f32 {
        let mut sum = 0.0f32;
        for (number, weight) in self.query_vector(query) {
            let term = number as usize;
            let postings = &self.postings[self.offset[term]..self.offset[term + 1]];
            if let Ok(at) = postings.binary_search_by_key(&document, |(d, _)| *d) {
                sum += weight * postings[at].1;
            }
        }
        sum.min(1.0)
    }

    /// The similarity of a query to a document that is not in the index, with the index's knowledge of which words are
    /// common.
    pub fn compare(&self, query: &Document<'_>, document: &Document<'_>) -> f32 {
        let query = self.vector(query);
        let mut document = self.vector(document).into_iter().peekable();
        let mut sum = 0.0f32;
        for (id, weight) in query {
            while document.next_if(|(other, _)| *other < id).is_some() {}
            if let Some((_, own)) = document.next_if(|(other, _)| *other == id) {
                sum += weight * own;
            }
        }
        sum.min(1.0)
    }

    /// The query's vector as (term number, weight), in the order of term ids; unknown terms only add to its length.
    fn query_vector(&self, query: &Document<'_>) -> Vec<(u32, f32)> {
        let weights = self.vector(query);
        weights.into_iter().filter_map(|(id, w)| self.table.get(&id).map(|&n| (n, w))).collect()
    }

    /// A text's vector by term ids.
    fn vector(&self, text: &Document<'_>) -> Vec<(u64, f32)> {
        let unknown = self.idf(0);
        // Terms by id, so that a term of two fields is one term and the order of sums is fixed.
        let mut weights: Vec<(u64, f32)> = Vec::new();
        for field in text {
            let from = weights.len();
            weights.extend(analyse::terms(field.text).into_iter().map(|term| {
                let idf = self.table.get(&term.id).map_or(unknown, |&n| self.idf(self.frequency[n as usize]));
                (term.id, sublinear(term.count) * idf)
            }));
            scale(&mut weights[from..], field.weight);
        }
        unite(&mut weights);
        weights
    }
}

impl Searcher<'_> {
    /// The best `k` documents for a query, best first; only such as share a term with it.
    pub fn search(&mut self, query: &Document<'_>, k: usize) -> Vec<Hit> {
        let index = self.index;
        for (number, weight) in index.query_vector(query) {
            let term = number as usize;
            for &(document, in_document) in &index.postings[index.offset[term]..index.offset[term + 1]] {
                let sum = &mut self.sum[document as usize];
                if *sum == 0.0 {
                    self.touched.push(document);
                }
                *sum += weight * in_document;
            }
        }
        let sum = &mut self.sum;
        let take =
            |document| Hit { document, similarity: std::mem::take(&mut sum[document as usize]).min(1.0) };
        best(self.touched.drain(..).map(take).collect(), k)
    }
}

/// The best `k`, best first; of equal ones the first documents.
fn best(mut hits: Vec<Hit>, k: usize) -> Vec<Hit> {
    let order = |a: &Hit, b: &Hit| b.similarity.total_cmp(&a.similarity).then(a.document.cmp(&b.document));
    if 0 < k && k < hits.len() {
        hits.select_nth_unstable_by(k - 1, order);
    }
    hits.truncate(k);
    hits.sort_unstable_by(order);
    hits
}

/// Documents as sequences of terms while the index is built.
#[derive(Default)]
struct Forward {
    /// Term number and sublinear frequency.
    terms: Vec<(u32, f32)>,
    /// Per field: where its terms end, and its weight.
    fields: Vec<(usize, f32)>,
    /// Per document: where its fields end.
    documents: Vec<usize>,
}

impl Forward {
    fn fields_of(&self, document: usize) -> impl Iterator<Item = (&[(u32, f32)], f32)> {
        let from = if document == 0 { 0 } else { self.documents[document - 1] };
        (from..self.documents[document]).map(|field| {
            let start = if field == 0 { 0 } else { self.fields[field - 1].0 };
            let (end, weight) = self.fields[field];
            (&self.terms[start..end], weight)
        })
    }
}

fn sublinear(count: f32) -> f32 {
    1.0 + count.ln()
}

/// Gives a vector the length `length`; an empty one stays empty.
fn scale<K>(vector: &mut [(K, f32)], length: f32) {
    let norm = vector.iter().map(|(_, w)| f64::from(*w) * f64::from(*w)).sum::<f64>().sqrt() as f32;
    if norm > 0.0 {
        for (_, weight) in vector {
            *weight *= length / norm;
        }
    }
}

/// Adds up equal terms (fields stand one after the other) and gives the vector the length 1.
fn unite<K: Ord + Copy>(vector: &mut Vec<(K, f32)>) {
    vector.sort_by_key(|(key, _)| *key);
    vector.dedup_by(|next, kept| {
        let same = next.0 == kept.0;
        if same {
            kept.1 += next.1;
        }
        same
    });
    scale(vector, 1.0);
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn plain(text: &str) -> Document<'_> {
        vec![Field { weight: 1.0, text }]
    }

    fn titles(index: &Index, texts: &[&str], query: &str) -> Vec<String> {
        index
            .searcher()
            .search(&plain(query), 3)
            .iter()
            .map(|h| texts[h.document as usize].to_owned())
            .collect()
    }

    #[test]
    fn finds_the_product() {
        let texts = [
            "键合金丝 0.8mil",
            "PCB钻孔加工",
            "酸性蚀刻液",
            "LED显示模组 P1.25",
            "FR-4覆铜板",
            "bonding wire",
        ];
        let documents: Vec<_> = texts.iter().map(|t| plain(t)).collect();
        let index = Index::build(&documents);
        for (query, expect) in [
            ("LED灯珠用键合丝", "键合金丝 0.8mil"),
            ("FR4 覆铜板", "FR-4覆铜板"),
            ("ＬＥＤ显示屏模组p1.25", "LED显示模组 P1.25"),
            ("Bonding Wires", "bonding wire"),
        ] {
            assert_eq!(titles(&index, &texts, query)[0], expect, "{query}");
        }
        assert!(titles(&index, &texts, "牛奶").is_empty());
        assert!(index.searcher().search(&plain("金丝"), 0).is_empty());
    }

    #[test]
    fn a_text_is_like_itself_and_fields_weigh() {
        let documents = vec![
            vec![Field { weight: 1.0, text: "连接器" }, Field { weight: 0.3, text: "镀金端子" }],
            vec![Field { weight: 1.0, text: "镀金端子" }, Field { weight: 0.3, text: "连接器" }],
        ];
        let index = Index::build(&documents);
        let hits = index.searcher().search(&documents[0], 2);
        assert!((hits[0].similarity - 1.0).abs() < 1e-6);
        let hits = index.searcher().search(&plain("连接器"), 2);
        assert_eq!(hits[0].document, 0);
        assert!(hits[0].similarity > 2.0 * hits[1].similarity);
    }

    proptest! {
        /// Top-k is the head of the full ranking, the order of documents changes no similarity, and neither does the
        /// number of threads.
        #[test]
        fn exact_and_independent_of_order(texts in prop::collection::vec("[金丝线板胶abc12 -]{0,12}", 1..30), query in "[金丝线板胶abc12 -]{1,12}", k in 0usize..12) {
            let documents: Vec<_> = texts.iter().map(|t| plain(t)).collect();
            let index = Index::build(&documents);
            let all = index.searcher().search(&plain(&query), texts.len());
            let some = index.searcher().search(&plain(&query), k);
            prop_assert_eq!(&some[..], &all[..k.min(all.len())]);
            for hit in &all {
                prop_assert_eq!(index.similarity(&plain(&query), hit.document), hit.similarity);
                let compared = index.compare(&plain(&query), &documents[hit.document as usize]);
                prop_assert!((compared - hit.similarity).abs() < 1e-5);
            }
            let reversed: Vec<_> = documents.iter().rev().cloned().collect();
            let mut mirrored = Index::build(&reversed).search_all(&[plain(&query)], texts.len()).remove(0);
            for hit in &mut mirrored {
                hit.document = texts.len() as u32 - 1 - hit.document;
            }
            mirrored.sort_by(|a, b| b.similarity.total_cmp(&a.similarity).then(a.document.cmp(&b.document)));
            prop_assert_eq!(mirrored, all);
        }
    }
}
