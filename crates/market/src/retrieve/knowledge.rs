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

/// Full scale of a document's weights, and of a query's: the sum of products of two vectors of length 1 is about 2^31.
const DOCUMENT_SCALE: f32 = 65535.0;
const QUERY_SCALE: f32 = 32767.0;

/// The similarity that a sum of products stands for, to the four decimals that rounding of the weights leaves.
pub(super) fn similarity(sum: u32) -> f32 {
    let exact = f64::from(sum) / (f64::from(DOCUMENT_SCALE) * f64::from(QUERY_SCALE));
    ((exact * 1e4).round() / 1e4).min(1.0) as f32
}

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
        Self { weights: weights.clone(), documents: count, numbers: all, frequency }
    }

    /// Number of terms.
    pub fn terms(&self) -> usize {
        self.numbers.len()
    }

    fn idf(&self, number: Option<u32>) -> f32 {
        let frequency = number.and_then(|n| self.frequency.get(n as usize)).copied().unwrap_or(0);
        ((f64::from(self.documents + 1) / (f64::from(frequency) + 1.0)).ln() + 1.0) as f32
    }

    /// A text's vector of length 1, by term ids.
    fn vector(&self, text: &Document<'_>) -> Vec<(u64, Option<u32>, f32)> {
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
            scale(&mut vector[from..], field.weight);
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
        scale(&mut vector, 1.0);
        vector
    }

    /// A document's vector: numbers of its terms and their impacts. All terms are known: call it for what was counted.
    pub fn document(&self, document: &Document<'_>) -> Vec<(u32, u16)> {
        let vector = self.vector(document).into_iter();
        vector
            .filter_map(|(_, number, weight)| Some((number?, impact(weight))))
            .filter(|(_, i)| *i > 0)
            .collect()
    }

    /// As [`Self::document`], for a document that was not counted: its new terms get numbers.
    pub fn numbered(&mut self, document: &Document<'_>) -> Vec<(u32, u16)> {
        let mut out = Vec::new();
        for (id, number, weight) in self.vector(document) {
            let next = self.numbers.len() as u32;
            let number = number.unwrap_or_else(|| *self.numbers.entry(id).or_insert(next));
            if impact(weight) > 0 {
                out.push((number, impact(weight)));
            }
        }
        out
    }

    /// A query's vector: numbers of its terms and their weights. Unknown terms only add to its length.
    pub fn query(&self, query: &Document<'_>) -> Vec<(u32, u32)> {
        let vector = self.vector(query).into_iter();
        vector
            .filter_map(|(_, number, weight)| Some((number?, asked(weight))))
            .filter(|(_, w)| *w > 0)
            .collect()
    }

    /// The similarity of two texts.
    pub fn compare(&self, query: &Document<'_>, document: &Document<'_>) -> f32 {
        let mut document = self.vector(document).into_iter().peekable();
        let mut sum = 0;
        for (id, _, weight) in self.vector(query) {
            while document.next_if(|(other, ..)| *other < id).is_some() {}
            if let Some((.., own)) = document.next_if(|(other, ..)| *other == id) {
                sum += asked(weight) * u32::from(impact(own));
            }
        }
        similarity(sum)
    }
}

/// A document's weight as a whole number.
fn impact(weight: f32) -> u16 {
    (weight * DOCUMENT_SCALE).round() as u16
}

/// A query's weight as a whole number.
fn asked(weight: f32) -> u32 {
    (weight * QUERY_SCALE).round() as u32
}

/// Gives a vector the length `length`; an empty one stays empty.
fn scale(vector: &mut [(u64, Option<u32>, f32)], length: f32) {
    let norm = vector.iter().map(|(.., w)| f64::from(*w) * f64::from(*w)).sum::<f64>().sqrt();
    if norm > 0.0 {
        let factor = (f64::from(length) / norm) as f32;
        for (.., weight) in vector {
            *weight *= factor;
        }
    }
}
