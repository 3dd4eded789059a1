//! Vectors of texts that another program made (dense embeddings), for re-ranking: likeness of meaning beside likeness of wording.
//!
//! Vectors are rounded to bytes once, so that likenesses are exact sums, the same on every machine.

use crate::fold::fold_key;
use crate::hex::sha256_hex;
use std::collections::BTreeMap;
use std::fmt;

/// Vectors by text. Texts are compared as [`fold_key`] folds them.
#[derive(Clone, PartialEq, Default)]
pub struct TextVectors {
    rows: BTreeMap<String, Row>,
    sha256: String,
}

#[derive(Clone, PartialEq)]
struct Row {
    values: Box<[i8]>,
    length: f64,
}

/// Why vectors cannot be used.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum VectorFault {
    /// The values are no table of as many rows as there are texts.
    #[error("{values} values are not one vector for each of {texts} texts")]
    Shape {
        /// Number of texts.
        texts: usize,
        /// Number of values.
        values: usize,
    },
    /// A value is not a number.
    #[error("vector {row} (of \"{text}\") holds a value that is not a finite number")]
    NotFinite {
        /// Number of the row, from 1.
        row: usize,
        /// Its text.
        text: String,
    },
}

impl TextVectors {
    /// Takes vectors, one after the other in `values`, of texts in the same order. Of equal texts the last counts; a vector of
    /// zeros says nothing and is left out.
    ///
    /// # Errors
    /// Values that are not a table with a row for each text, or no finite numbers.
    pub fn new(texts: &[&str], values: &[f32]) -> Result<Self, VectorFault> {
        let width = values.len().checked_div(texts.len()).unwrap_or(0);
        if width * texts.len() != values.len() || (width == 0 && !texts.is_empty()) {
            return Err(VectorFault::Shape { texts: texts.len(), values: values.len() });
        }
        let mut rows = BTreeMap::new();
        for (at, (text, vector)) in texts.iter().zip(values.chunks_exact(width.max(1))).enumerate() {
            if !vector.iter().all(|v| v.is_finite()) {
                return Err(VectorFault::NotFinite { row: at + 1, text: (*text).to_owned() });
            }
            if let Some(row) = Row::of(vector) {
                rows.insert(fold_key(text), row);
            }
        }
        let mut out = Self { rows, sha256: String::new() };
        out.sha256 = out.fingerprint();
        Ok(out)
    }

    /// Number of texts.
    pub fn len(&self) -> usize {
        self.rows.len()
    }

    /// True where there is none.
    pub fn is_empty(&self) -> bool {
        self.rows.is_empty()
    }

    /// SHA-256 of texts and rounded values, lower-case hexadecimal; empty where there are none. Equal fingerprints give equal
    /// likenesses.
    pub fn sha256(&self) -> &str {
        &self.sha256
    }

    /// The cosine of two texts' vectors, 0 where it is negative; none where a text has no vector.
    pub fn likeness(&self, a: &str, b: &str) -> Option<f64> {
        if self.rows.is_empty() {
            return None;
        }
        let (a, b) = (self.rows.get(&fold_key(a))?, self.rows.get(&fold_key(b))?);
        let product: i64 = a.values.iter().zip(&b.values).map(|(a, b)| i64::from(*a) * i64::from(*b)).sum();
        Some((product as f64 / (a.length * b.length)).clamp(0.0, 1.0))
    }

    fn fingerprint(&self) -> String {
        if self.rows.is_empty() {
            return String::new();
        }
        let mut bytes = Vec::new();
        for (text, row) in &self.rows {
            bytes.extend(text.as_bytes());
            // No folded text holds a line feed, so no two tables are written alike.
            bytes.push(b'\n');
            bytes.extend(row.values.iter().map(|v| v.cast_unsigned()));
        }
        sha256_hex(&bytes)
    }
}

impl Row {
    fn of(vector: &[f32]) -> Option<Self> {
        let most = vector.iter().fold(0.0_f32, |most, v| most.max(v.abs()));
        if most <= 0.0 {
            return None;
        }
        let values: Box<[i8]> =
            vector.iter().map(|v| (f64::from(*v) / f64::from(most) * 127.0).round() as i8).collect();
        let squares: i64 = values.iter().map(|v| i64::from(*v) * i64::from(*v)).sum();
        Some(Self { values, length: (squares as f64).sqrt() })
    }
}

impl fmt::Debug for TextVectors {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "TextVectors({} texts)", self.rows.len())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn likeness_is_the_cosine_of_what_was_given() {
        let vectors =
            TextVectors::new(&["金线", "键合丝", "纸箱"], &[0.6, 0.8, 0.0, 0.8, 0.6, 0.0, -0.6, -0.8, 0.0])
                .unwrap();
        let near = |a, b, expect: f64| {
            let got = vectors.likeness(a, b).unwrap();
            assert!((got - expect).abs() < 0.005, "{a} {b}: {got}");
        };
        near("金线", "键合丝", 0.96);
        near("金线 ", "金线", 1.0);
        near("金线", "纸箱", 0.0);
        assert_eq!(vectors.likeness("金线", "铜线"), None);
        assert_eq!(vectors.len(), 3);
    }

    #[test]
    fn the_fingerprint_tells_other_vectors_and_not_their_order() {
        let one = TextVectors::new(&["a", "b"], &[1.0, 0.0, 0.0, 1.0]).unwrap();
        let turned = TextVectors::new(&["b", "a"], &[0.0, 2.0, 3.0, 0.0]).unwrap();
        let other = TextVectors::new(&["a", "b"], &[1.0, 0.5, 0.0, 1.0]).unwrap();
        assert_eq!(one.sha256(), turned.sha256());
        assert_ne!(one.sha256(), other.sha256());
        assert_eq!(TextVectors::default().sha256(), "");
    }

    #[test]
    fn what_is_no_table_of_numbers_is_refused() {
        assert_eq!(
            TextVectors::new(&["a", "b"], &[1.0, 0.0, 1.0]),
            Err(VectorFault::Shape { texts: 2, values: 3 })
        );
        assert_eq!(TextVectors::new(&["a"], &[]), Err(VectorFault::Shape { texts: 1, values: 0 }));
        let fault = TextVectors::new(&["a", "b"], &[1.0, f32::NAN]).unwrap_err();
        assert_eq!(fault, VectorFault::NotFinite { row: 2, text: "b".to_owned() });
        assert!(TextVectors::new(&["a"], &[0.0, 0.0]).unwrap().is_empty());
    }
}
