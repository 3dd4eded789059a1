//! The best documents seen so far.

use std::cmp::Reverse;
use std::collections::BinaryHeap;

/// At most `k` documents: greatest sums, of equal ones the first numbers.
#[derive(Debug, Default)]
pub(super) struct Best {
    k: usize,
    /// The least is on top.
    heap: BinaryHeap<Reverse<(u32, Reverse<u32>)>>,
}

impl Best {
    pub fn reset(&mut self, k: usize) {
        self.k = k;
        self.heap.clear();
    }

    /// The sum below which no document can come in any more.
    pub fn floor(&self) -> u32 {
        if self.heap.len() < self.k { 1 } else { self.heap.peek().map_or(u32::MAX, |Reverse((sum, _))| *sum) }
    }

    pub fn offer(&mut self, sum: u32, document: u32) {
        let new = Reverse((sum, Reverse(document)));
        if self.heap.len() < self.k {
            self.heap.push(new);
        } else if let Some(mut least) = self.heap.peek_mut()
            && new < *least
        {
            *least = new;
        }
    }

    /// Sums and documents, best first.
    pub fn drain(&mut self) -> Vec<(u32, u32)> {
        let mut out: Vec<_> =
            self.heap.drain().map(|Reverse((sum, Reverse(document)))| (sum, document)).collect();
        out.sort_unstable_by_key(|&(sum, document)| (Reverse(sum), document));
        out
    }
}
