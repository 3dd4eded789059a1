//! Which terms there are and how common they are; texts as vectors under that knowledge.

use super::{Document, Field};
use crate::analyse::{Analyser, Term};
use crate::weights::TermWeights;
use rayon::prelude::*;
use std::collections::HashMap;
use std::hash::{BuildHasherDefault, Hasher};

/// Term ids are hashes already: they go into tables as they are.
#[derive(Debug, Clone, Default)]
pub(super) struct Ready(u64);

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
    fn write_u32(&mut self, value: u32) {
        // Numbers run from 0: spread them over the table's upper bits too.
        self.0 = u64::from(value).wrapping_mul(0x9e37_79b9_7f4a_7c15);
    }
}

pub(super) type Table<K, V> = HashMap<K, V, BuildHasherDefault<Ready>>;

/// What a weight of 1 is in a query, in whole numbers. A sum of products stays below 2^31.
const QUERY_SCALE: f32 = 32767.0;
/// The longest that a document's vector may become where its length counts only in part.
const LONGEST: f32 = 3.9;

/// What is known of a term.
#[derive(Debug, Clone, Copy)]
struct Known {
    number: u32,
    /// Inverse document frequency.
    idf: f32,
}

/// A term of a vector.
#[derive(Debug, Clone, Copy)]
struct Weighted {
    id: u64,
    number: Option<u32>,
    weight: f32,
}

/// Working memory for making vectors.
#[derive(Debug, Default)]
pub(super) struct Scratch {
    analyser: Analyser,
    vector: Vec<Weighted>,
}

/// Terms and how common they are.
#[derive(Debug, Clone)]
pub(super) struct Knowledge {
    weights: TermWeights,
    /// Of a term that no document holds.
    idf_unknown: f32,
    /// Terms by id. Those of documents added later have numbers too, but count as held by no document.
    known: Table<u64, Known>,
    /// Mean length of the documents' vectors, where the weights ask for it; else 1.
    pivot: f32,
    /// What a weight of 1 is in a document.
    scale: f32,
}

impl Knowledge {
    /// Counts documents, on all cores.
    pub fn of<'a>(
        weights: &TermWeights,
        count: u32,
        document: &(impl Fn(u32) -> Document<'a> + Sync),
    ) -> Self {
        let step = count.div_ceil(rayon::current_num_threads() as u32).max(1);
        // While counting, a number is that of the documents which hold the term.
        let counted = |known: &mut Table<u64, Known>, id: u64, count: u32| {
            known.entry(id).or_insert(Known { number: 0, idf: 0.0 }).number += count;
        };
        let parts: Vec<Table<u64, Known>> = (0..count.div_ceil(step))
            .into_par_iter()
            .map(|part| {
                let (mut table, mut analyser) = (Table::default(), Analyser::default());
                let mut ids = Vec::new();
                for at in part * step..((part + 1) * step).min(count) {
                    ids.clear();
                    for field in document(at) {
                        ids.extend(analyser.terms(field.text, weights).map(|term| term.id));
                    }
                    ids.sort_unstable();
                    ids.dedup();
                    ids.iter().for_each(|&id| counted(&mut table, id, 1));
                }
                table
            })
            .collect();
        let mut parts = parts.into_iter();
        let mut known = parts.next().unwrap_or_default();
        for part in parts {
            part.into_iter().for_each(|(id, of)| counted(&mut known, id, of.number));
        }
        let idf = |frequency: u32| ((f64::from(count + 1) / (f64::from(frequency) + 1.0)).ln() + 1.0) as f32;
        for (number, slot) in (0..).zip(known.values_mut()) {
            *slot = Known { number, idf: idf(slot.number) };
        }
        let scale = if weights.length < 1.0 { 16383.0 } else { 65535.0 };
        let mut out = Self { weights: weights.clone(), idf_unknown: idf(0), known, pivot: 1.0, scale };
        if weights.length < 1.0 && count > 0 {
            // Whole numbers, so that the mean does not depend on how threads share the work.
            let length = |scratch: &mut Scratch, at| (out.vector(&document(at), scratch) * 1024.0) as u64;
            let sum: u64 = (0..count).into_par_iter().map_init(Scratch::default, length).sum();
            out.pivot = (sum as f64 / 1024.0 / f64::from(count)).max(1e-3) as f32;
        }
        out
    }

    /// The similarity that a sum of products stands for, to the four decimals that rounding of the weights leaves.
    pub fn similarity(&self, sum: u32) -> f32 {
        let exact = f64::from(sum) / (f64::from(self.scale) * f64::from(QUERY_SCALE));
        (f64::from((exact * 1e4 + 0.5) as u32) / 1e4).min(1.0) as f32
    }

    /// A document's weight as a whole number.
    fn impact(&self, weight: f32) -> u16 {
        (weight * self.scale + 0.5) as u16
    }

    /// Number of terms.
    pub fn terms(&self) -> usize {
        self.known.len()
    }

    /// Makes a text's vector of length 1 in `scratch`, by term ids; returns the length that it had.
    fn vector(&self, text: &[Field<'_>], scratch: &mut Scratch) -> f32 {
        let Scratch { analyser, vector } = scratch;
        vector.clear();
        let several = text.len() > 1;
        for field in text {
            let from = vector.len();
            let terms = analyser.terms(field.text, &self.weights);
            vector.extend(terms.map(|Term { id, weight }| Weighted { id, number: None, weight }));
            // In a loop of their own the lookups wait for memory side by side.
            for term in &mut vector[from..] {
                let known = self.known.get(&term.id);
                term.number = known.map(|known| known.number);
                term.weight *= known.map_or(self.idf_unknown, |known| known.idf);
            }
            // One field keeps its length for the pivot.
            if several {
                scale(&mut vector[from..], field.weight);
            }
        }
        if several {
            // A term of two fields is one term. The sort is stable, so that sums run in the order of fields.
            vector.sort_by_key(|term| term.id);
            vector.dedup_by(|next, kept| {
                let same = next.id == kept.id;
                if same {
                    kept.weight += next.weight;
                }
                same
            });
        }
        scale(vector, 1.0)
    }

    /// What a document's vector of length 1 is multiplied with for its length.
    fn stretch(&self, length: f32) -> f32 {
        if self.weights.length < 1.0 {
            (length / self.pivot).powf(1.0 - self.weights.length).min(LONGEST)
        } else {
            1.0
        }
    }

    /// A document's vector: numbers of its terms and their impacts. All terms are known: call it for what was counted.
    pub fn document(
        &self,
        document: &[Field<'_>],
        scratch: &mut Scratch,
    ) -> impl Iterator<Item = (u32, u16)> {
        let stretch = self.stretch(self.vector(document, scratch));
        let impacts = scratch.vector.iter();
        impacts
            .filter_map(move |term| Some((term.number?, self.impact(term.weight * stretch))))
            .filter(|(_, impact)| *impact > 0)
    }

    /// As [`Self::document`], for a document that was not counted: its new terms get numbers.
    pub fn numbered(&mut self, document: &[Field<'_>]) -> Vec<(u32, u16)> {
        let mut scratch = Scratch::default();
        let stretch = self.stretch(self.vector(document, &mut scratch));
        let mut out = Vec::new();
        for Weighted { id, weight, .. } in scratch.vector {
            let new = Known { number: self.known.len() as u32, idf: self.idf_unknown };
            let number = self.known.entry(id).or_insert(new).number;
            let impact = self.impact(weight * stretch);
            if impact > 0 {
                out.push((number, impact));
            }
        }
        out
    }

    /// A query's vector: numbers of its terms and their weights. Unknown terms only add to its length.
    pub fn query(&self, query: &[Field<'_>], scratch: &mut Scratch) -> impl Iterator<Item = (u32, u32)> {
        self.vector(query, scratch);
        let terms = scratch.vector.iter();
        terms.filter_map(|term| Some((term.number?, asked(term.weight)))).filter(|(_, w)| *w > 0)
    }

    /// The similarity of two texts.
    pub fn compare(&self, query: &[Field<'_>], document: &[Field<'_>]) -> f32 {
        let (mut of_query, mut of_document) = (Scratch::default(), Scratch::default());
        let stretch = self.stretch(self.vector(document, &mut of_document));
        self.vector(query, &mut of_query);
        let mut document = of_document.vector.iter().peekable();
        let mut sum = 0;
        for term in &of_query.vector {
            while document.next_if(|other| other.id < term.id).is_some() {}
            if let Some(own) = document.next_if(|other| other.id == term.id) {
                sum += asked(term.weight) * u32::from(self.impact(own.weight * stretch));
            }
        }
        self.similarity(sum)
    }
}

/// A query's weight as a whole number.
fn asked(weight: f32) -> u32 {
    (weight * QUERY_SCALE + 0.5) as u32
}

/// Gives a vector the length `length`, an empty one stays empty; returns the length it had.
fn scale(vector: &mut [Weighted], length: f32) -> f32 {
    let norm = vector.iter().map(|term| f64::from(term.weight) * f64::from(term.weight)).sum::<f64>().sqrt();
    if norm > 0.0 {
        let factor = (f64::from(length) / norm) as f32;
        for term in vector {
            term.weight *= factor;
        }
    }
    norm as f32
}
