//! The documents of the last build, in chunks of like texts.
//!
//! Documents are laid out so that like ones lie together. A chunk is so many of them that a place within it, with the impact
//! of a term, fits into 32 bits, and that the sums of a chunk stay in a core's own cache. For each term there is one entry a
//! chunk that holds it, with its greatest impact there: the bounds by which whole chunks are passed over.

use super::Document;
use super::knowledge::{Knowledge, Scratch};
use crate::analyse;
use rayon::prelude::*;

/// Documents of a chunk, at most 2^16 (by trial: 2^12 is slower on 20,000 documents and on two million, faster on 300,000).
pub(super) const CHUNK: usize = 1 << 13;

/// A place in the chunk (upper half) and the impact of a term there (lower half).
pub(super) type Posting = u32;

/// Where a term's postings in a chunk are.
#[derive(Debug, Clone, Copy)]
pub(super) struct Entry {
    pub chunk: u32,
    start: u32,
    len: u16,
    /// Greatest impact.
    pub max: u16,
}

/// Postings of a chunk.
#[derive(Debug, Clone)]
pub(super) struct Chunk {
    postings: Vec<Posting>,
    /// Length of its longest vector, in steps of impact.
    pub longest: f64,
}

impl Chunk {
    pub fn list(&self, entry: &Entry) -> &[Posting] {
        &self.postings[entry.start as usize..][..usize::from(entry.len)]
    }
}

/// The index proper.
#[derive(Debug, Clone)]
pub(super) struct Base {
    pub chunks: Vec<Chunk>,
    /// Per term: where its entries begin; one more at the end.
    first: Vec<u32>,
    /// By term, then by chunk.
    entries: Vec<Entry>,
    /// Document numbers in their order of layout, and the places of documents in it.
    pub layout: Vec<u32>,
    place: Vec<u32>,
}

impl Base {
    pub fn build<'a>(
        knowledge: &Knowledge,
        count: u32,
        document: &(impl Fn(u32) -> Document<'a> + Sync),
    ) -> Self {
        let mut layout: Vec<(u128, u32)> = (0..count)
            .into_par_iter()
            .map(|at| (analyse::neighbourhood(document(at)[..].first().map_or("", |f| f.text)), at))
            .collect();
        layout.par_sort_unstable();
        let layout: Vec<u32> = layout.into_iter().map(|(_, document)| document).collect();
        let mut place = vec![0; layout.len()];
        for (at, &document) in (0..).zip(&layout) {
            place[document as usize] = at;
        }
        let built: Vec<(Chunk, Vec<(u32, Entry)>)> = layout
            .par_chunks(CHUNK)
            .enumerate()
            .map_init(Scratch::default, |scratch, (at, documents)| {
                let mut all: Vec<u64> = Vec::new();
                for (place, &number) in documents.iter().enumerate() {
                    let document = document(number);
                    let vector = knowledge.document(&document, scratch);
                    all.extend(vector.map(|(term, impact)| {
                        u64::from(term) << 32 | (place as u64) << 16 | u64::from(impact)
                    }));
                }
                chunk(at as u32, documents.len(), all)
            })
            .collect();
        let mut first = vec![0u32; knowledge.terms() + 1];
        for (term, _) in built.iter().flat_map(|(_, entries)| entries) {
            first[*term as usize + 1] += 1;
        }
        for term in 1..first.len() {
            first[term] += first[term - 1];
        }
        let nothing = Entry { chunk: 0, start: 0, len: 0, max: 0 };
        let mut entries = vec![nothing; first.last().map_or(0, |&n| n as usize)];
        let mut cursor = first.clone();
        let mut chunks = Vec::with_capacity(built.len());
        for (chunk, own) in built {
            for (term, entry) in own {
                let at = &mut cursor[term as usize];
                entries[*at as usize] = entry;
                *at += 1;
            }
            chunks.push(chunk);
        }
        Self { chunks, first, entries, layout, place }
    }

    pub fn len(&self) -> usize {
        self.layout.len()
    }

    /// Entries of a term, by chunk.
    pub fn entries(&self, term: u32) -> &[Entry] {
        // Terms that were numbered after the build have none.
        match self.first.get(term as usize..term as usize + 2) {
            Some(&[from, to]) => &self.entries[from as usize..to as usize],
            _ => &[],
        }
    }

    /// The impact of a term in a document; 0 where it does not hold the term.
    pub fn impact(&self, term: u32, document: u32) -> u16 {
        let place = self.place[document as usize];
        let (chunk, at) = (place / CHUNK as u32, place % CHUNK as u32);
        let entries = self.entries(term);
        entries
            .binary_search_by_key(&chunk, |e| e.chunk)
            .map_or(0, |found| find(self.chunks[chunk as usize].list(&entries[found]), at))
    }
}

/// The impact at a place of a chunk.
pub(super) fn find(list: &[Posting], place: u32) -> u16 {
    let at = list.partition_point(|&posting| posting >> 16 < place);
    list.get(at).filter(|&&posting| posting >> 16 == place).map_or(0, |&posting| posting as u16)
}

/// Builds a chunk of so many documents, with its entries by term, from terms, places and impacts.
fn chunk(at: u32, documents: usize, mut all: Vec<u64>) -> (Chunk, Vec<(u32, Entry)>) {
    let mut squares = vec![0u64; documents];
    for posting in &all {
        let impact = posting & 0xffff;
        squares[(posting >> 16 & 0xffff) as usize] += impact * impact;
    }
    all.sort_unstable();
    let mut entries: Vec<(u32, Entry)> = Vec::new();
    let mut start = 0u32;
    for list in all.chunk_by(|a, b| a >> 32 == b >> 32) {
        let max = list.iter().map(|&posting| posting as u16).max().unwrap_or(0);
        let entry = Entry { chunk: at, start, len: list.len() as u16, max };
        entries.push(((list[0] >> 32) as u32, entry));
        start += list.len() as u32;
    }
    let longest = squares.into_iter().max().unwrap_or(0) as f64;
    let postings = all.into_iter().map(|posting| posting as u32).collect();
    (Chunk { postings, longest: longest.sqrt() }, entries)
}
