//! The best documents seen so far.

use std::cmp::Reverse;
use std::collections::BinaryHeap;

/// At most `k` documents: greatest sums, of equal ones the first numbers.
#[derive(Debug, Default)]
pub(super) struct Best {
    k: usize,
    /// Sums above, numbers turned round below; the least is on top.
    heap: BinaryHeap<Reverse<u64>>,
}

impl Best {
    pub fn reset(&mut self, k: usize) {
        self.k = k;
        self.heap.clear();
    }

    /// The sum below which no document can come in any more.
    pub fn floor(&self) -> u32 {
        if self.heap.len() < self.k {
            1
        } else {
            self.heap.peek().map_or(u32::MAX, |least| (least.0 >> 32) as u32)
        }
    }

    pub fn offer(&mut self, sum: u32, document: u32) {
        let new = Reverse(u64::from(sum) << 32 | u64::from(!document));
        if self.heap.len() < self.k {
            self.heap.push(new);
        } else if let Some(mut least) = self.heap.peek_mut()
            && new < *least
        {
            *least = new;
        }
    }

    /// Sums and documents, best first; `order` is working memory.
    pub fn drain<'a>(&mut self, order: &'a mut Vec<u64>) -> impl ExactSizeIterator<Item = (u32, u32)> + 'a {
        order.clear();
        order.extend(self.heap.drain().map(|Reverse(packed)| packed));
        order.sort_unstable_by_key(|&packed| Reverse(packed));
        order.iter().map(|&packed| ((packed >> 32) as u32, !(packed as u32)))
    }
}
