//! Which terms there are and how common they are; texts as vectors under that knowledge.

use super::Document;
use crate::analyse::{self, Term};
use crate::weights::TermWeights;
use rayon::prelude::*;
use std::collections::HashMap;
use std::hash::{BuildHasherDefault, Hasher};

/// Term ids are hashes already: they go into tables as they are.
#[derive(Debug, Default)]
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

/// Terms and their document frequencies.
#[derive(Debug)]
pub(super) struct Knowledge {
    weights: TermWeights,
    /// Number of documents counted.
    documents: u32,
    /// Numbers of terms by id. Those of documents added later have numbers too, but no frequency.
    numbers: Table<u64, u32>,
    /// Per number: documents that hold the term.
    frequency: Vec<u32>,
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
        let parts: Vec<Table<u64, u32>> = (0..count.div_ceil(step))
            .into_par_iter()
            .map(|part| {
                let mut table = Table::default();
                let mut ids = Vec::new();
                for at in part * step..((part + 1) * step).min(count) {
                    ids.clear();
                    for field in document(at) {
                        ids.extend(analyse::terms(field.text, weights).iter().map(|term| term.id));
                    }
                    ids.sort_unstable();
                    ids.dedup();
                    for &id in &ids {
                        *table.entry(id).or_insert(0) += 1;
                    }
                }
                table
            })
            .collect();
        let mut parts = parts.into_iter();
        let mut all = parts.next().unwrap_or_default();
        for part in parts {
            for (id, count) in part {
                *all.entry(id).or_insert(0) += count;
            }
        }
        let mut frequency = Vec::with_capacity(all.len());
        for slot in all.values_mut() {
            frequency.push(*slot);
            *slot = frequency.len() as u32 - 1;
        }
        let scale = if weights.length < 1.0 { 16383.0 } else { 65535.0 };
        let mut out =
            Self { weights: weights.clone(), documents: count, numbers: all, frequency, pivot: 1.0, scale };
        if weights.length < 1.0 && count > 0 {
            // Whole numbers, so that the mean does not depend on how threads share the work.
            let length = |at| (out.vector(&document(at)).1 * 1024.0) as u64;
            let sum: u64 = (0..count).into_par_iter().map(length).sum();
            out.pivot = (sum as f64 / 1024.0 / f64::from(count)).max(1e-3) as f32;
        }
        out
    }

    /// The similarity that a sum of products stands for, to the four decimals that rounding of the weights leaves.
    pub fn similarity(&self, sum: u32) -> f32 {
        let exact = f64::from(sum) / (f64::from(self.scale) * f64::from(QUERY_SCALE));
        ((exact * 1e4).round() / 1e4).min(1.0) as f32
    }

    /// A document's weight as a whole number.
    fn impact(&self, weight: f32) -> u16 {
        (weight * self.scale).round() as u16
    }

    /// Number of terms.
    pub fn terms(&self) -> usize {
        self.numbers.len()
    }

    fn idf(&self, number: Option<u32>) -> f32 {
        let frequency = number.and_then(|n| self.frequency.get(n as usize)).copied().unwrap_or(0);
        ((f64::from(self.documents + 1) / (f64::from(frequency) + 1.0)).ln() + 1.0) as f32
    }

    /// A text's vector of length 1, by term ids, and the length it had.
    fn vector(&self, text: &Document<'_>) -> (Vec<(u64, Option<u32>, f32)>, f32) {
        let mut vector: Vec<(u64, Option<u32>, f32)> = Vec::new();
        let several = text.len() > 1;
        for field in text {
            let from = vector.len();
            vector.extend(analyse::terms(field.text, &self.weights).into_iter().map(
                |Term { id, weight }| {
                    let number = self.numbers.get(&id).copied();
                    (id, number, weight * self.idf(number))
                },
            ));
            // One field keeps its length for the pivot.
            if several {
                scale(&mut vector[from..], field.weight);
            }
        }
        if several {
            // A term of two fields is one term. The sort is stable, so that sums run in the order of fields.
            vector.sort_by_key(|(id, ..)| *id);
            vector.dedup_by(|next, kept| {
                let same = next.0 == kept.0;
                if same {
                    kept.2 += next.2;
                }
                same
            });
        }
        let length = scale(&mut vector, 1.0);
        (vector, length)
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
    pub fn document(&self, document: &Document<'_>) -> Vec<(u32, u16)> {
        let (vector, length) = self.vector(document);
        let stretch = self.stretch(length);
        vector
            .into_iter()
            .filter_map(|(_, number, weight)| Some((number?, self.impact(weight * stretch))))
            .filter(|(_, impact)| *impact > 0)
            .collect()
    }

    /// As [`Self::document`], for a document that was not counted: its new terms get numbers.
    pub fn numbered(&mut self, document: &Document<'_>) -> Vec<(u32, u16)> {
        let mut out = Vec::new();
        let (vector, length) = self.vector(document);
        let stretch = self.stretch(length);
        for (id, number, weight) in vector {
            let next = self.numbers.len() as u32;
            let number = number.unwrap_or_else(|| *self.numbers.entry(id).or_insert(next));
            let impact = self.impact(weight * stretch);
            if impact > 0 {
                out.push((number, impact));
            }
        }
        out
    }

    /// A query's vector: numbers of its terms and their weights. Unknown terms only add to its length.
    pub fn query(&self, query: &Document<'_>) -> Vec<(u32, u32)> {
        let vector = self.vector(query).0;
        vector
            .into_iter()
            .filter_map(|(_, number, weight)| Some((number?, asked(weight))))
            .filter(|(_, w)| *w > 0)
            .collect()
    }

    /// The similarity of two texts.
    pub fn compare(&self, query: &Document<'_>, document: &Document<'_>) -> f32 {
        let (document, length) = self.vector(document);
        let stretch = self.stretch(length);
        let mut document = document.into_iter().peekable();
        let mut sum = 0;
        for (id, _, weight) in self.vector(query).0 {
            while document.next_if(|(other, ..)| *other < id).is_some() {}
            if let Some((.., own)) = document.next_if(|(other, ..)| *other == id) {
                sum += asked(weight) * u32::from(self.impact(own * stretch));
            }
        }
        self.similarity(sum)
    }
}

/// A query's weight as a whole number.
fn asked(weight: f32) -> u32 {
    (weight * QUERY_SCALE).round() as u32
}

/// Gives a vector the length `length`, an empty one stays empty; returns the length it had.
fn scale(vector: &mut [(u64, Option<u32>, f32)], length: f32) -> f32 {
    let norm = vector.iter().map(|(.., w)| f64::from(*w) * f64::from(*w)).sum::<f64>().sqrt();
    if norm > 0.0 {
        let factor = (f64::from(length) / norm) as f32;
        for (.., weight) in vector {
            *weight *= factor;
        }
    }
    norm as f32
}
