//! Documents added since the index was built: plain lists, few enough to be walked whole.

use super::knowledge::Table;

/// The added documents.
#[derive(Debug, Clone)]
pub(super) struct Tail {
    /// Number of the first one.
    first: u32,
    count: u32,
    /// Per term: places in the tail and impacts, in the order of adding.
    lists: Table<u32, Vec<(u32, u16)>>,
}

impl Tail {
    /// An empty tail after so many documents.
    pub fn after(first: u32) -> Self {
        Self { first, count: 0, lists: Table::default() }
    }

    pub fn len(&self) -> usize {
        self.count as usize
    }

    /// Number of the first document.
    pub fn first(&self) -> u32 {
        self.first
    }

    pub fn add(&mut self, vector: &[(u32, u16)]) -> u32 {
        for &(term, impact) in vector {
            self.lists.entry(term).or_default().push((self.count, impact));
        }
        self.count += 1;
        self.first + self.count - 1
    }

    /// Places and impacts of a term.
    pub fn list(&self, term: u32) -> &[(u32, u16)] {
        self.lists.get(&term).map_or(&[], Vec::as_slice)
    }

    pub fn impact(&self, term: u32, document: u32) -> u16 {
        let list = self.list(term);
        let place = document.wrapping_sub(self.first);
        list.binary_search_by_key(&place, |(at, _)| *at).map_or(0, |at| list[at].1)
    }
}
