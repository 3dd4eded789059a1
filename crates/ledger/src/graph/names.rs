//! Names to dense numbers: all texts in one string, an open-addressed table of numbers.

use std::hash::{DefaultHasher, Hasher};

const EMPTY: u32 = u32::MAX;

/// An interner. The same names in the same order give the same numbers.
#[derive(Debug, Clone, Default)]
pub(super) struct Names {
    text: String,
    /// End of each name in `text`.
    ends: Vec<usize>,
    /// Number by hash; a power of two long, at most half full.
    table: Vec<u32>,
}

impl Names {
    pub(super) fn name(&self, id: u32) -> &str {
        let index = id as usize;
        let start = index.checked_sub(1).map_or(0, |before| self.ends[before]);
        &self.text[start..self.ends[index]]
    }

    pub(super) fn find(&self, name: &str) -> Option<u32> {
        if self.table.is_empty() {
            return None;
        }
        let id = self.table[self.slot(name)];
        (id != EMPTY).then_some(id)
    }

    /// The name's number, a new one if it is new; `None` where numbers have run out.
    pub(super) fn intern(&mut self, name: &str) -> Option<u32> {
        if self.ends.len() * 2 >= self.table.len() {
            self.grow();
        }
        let slot = self.slot(name);
        if self.table[slot] != EMPTY {
            return Some(self.table[slot]);
        }
        let id = u32::try_from(self.ends.len()).ok().filter(|id| *id < EMPTY)?;
        self.text.push_str(name);
        self.ends.push(self.text.len());
        self.table[slot] = id;
        Some(id)
    }

    /// The slot that holds the name, or the empty one where it belongs.
    fn slot(&self, name: &str) -> usize {
        let mask = self.table.len() - 1;
        let mut slot = hash(name) & mask;
        while self.table[slot] != EMPTY && self.name(self.table[slot]) != name {
            slot = (slot + 1) & mask;
        }
        slot
    }

    fn grow(&mut self) {
        let size = (self.table.len() * 2).max(16);
        self.table = vec![EMPTY; size];
        for id in 0..u32::try_from(self.ends.len()).expect("numbers have 32 bits") {
            let mut slot = hash(self.name(id)) & (size - 1);
            while self.table[slot] != EMPTY {
                slot = (slot + 1) & (size - 1);
            }
            self.table[slot] = id;
        }
    }
}

/// SipHash with fixed keys: the same on every run.
#[expect(clippy::cast_possible_truncation, reason = "the low bits are as good as the high ones")]
fn hash(name: &str) -> usize {
    let mut hasher = DefaultHasher::new();
    hasher.write(name.as_bytes());
    hasher.finish() as usize
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_dense_and_stable() {
        let mut names = Names::default();
        let words: Vec<String> = (0..1000).map(|i| format!("lot-{}", i % 700)).collect();
        let ids: Vec<u32> = words.iter().map(|w| names.intern(w).unwrap()).collect();
        assert_eq!(ids[..700], (0..700).collect::<Vec<u32>>());
        assert_eq!(ids[700..], (0..300).collect::<Vec<u32>>());
        assert!(words.iter().zip(&ids).all(|(w, id)| names.name(*id) == w && names.find(w) == Some(*id)));
        assert_eq!(names.find("other"), None);
        assert_eq!(Names::default().find("other"), None);
    }
}
