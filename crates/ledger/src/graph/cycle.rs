//! Loops of the genealogy: lots that are, through some processes, their own ancestors.
//!
//! Rework makes such loops rightly (a returned lot goes into the melt that makes it again); otherwise they are a sign of
//! a wrong identifier.

use super::{Graph, LotId};

impl Graph {
    /// The loops: each a set of lots that are ancestors of one another, ascending; by their first lot.
    /// Strongly connected components (R. Tarjan, 1972) without recursion, in time linear in lots and entries.
    pub fn loops(&self) -> Vec<Vec<LotId>> {
        const UNSEEN: u32 = u32::MAX;
        let count = self.lot_count();
        let (mut number, mut low) = (vec![UNSEEN; count], vec![0_u32; count]);
        let mut is_open = vec![false; count];
        let mut next_number = 0;
        let mut open: Vec<u32> = Vec::new();
        let mut calls: Vec<(u32, Vec<LotId>, usize)> = Vec::new();
        let mut out = Vec::new();
        for root in 0..count {
            if number[root] != UNSEEN {
                continue;
            }
            let root = u32::try_from(root).expect("lots have 32-bit numbers");
            calls.push((root, self.made_from(LotId(root)), 0));
            while let Some((lot, children, at)) = calls.last_mut() {
                let here = *lot as usize;
                if *at == 0 && number[here] == UNSEEN {
                    number[here] = next_number;
                    low[here] = next_number;
                    next_number += 1;
                    open.push(*lot);
                    is_open[here] = true;
                }
                if let Some(child) = children.get(*at).copied() {
                    *at += 1;
                    let there = child.0 as usize;
                    if number[there] == UNSEEN {
                        let grandchildren = self.made_from(child);
                        calls.push((child.0, grandchildren, 0));
                    } else if is_open[there] {
                        low[here] = low[here].min(number[there]);
                    }
                    continue;
                }
                let feeds_itself = children.iter().any(|c| c.0 == *lot);
                calls.pop();
                if let Some((parent, ..)) = calls.last() {
                    let above = *parent as usize;
                    low[above] = low[above].min(low[here]);
                }
                if low[here] == number[here] {
                    let from = open.iter().rposition(|l| *l as usize == here).expect("a root is still open");
                    let mut members: Vec<LotId> = open.drain(from..).map(LotId).collect();
                    members.iter().for_each(|m| is_open[m.0 as usize] = false);
                    if members.len() > 1 || feeds_itself {
                        members.sort_unstable();
                        out.push(members);
                    }
                }
            }
        }
        out.sort_unstable();
        out
    }

    /// The lots that processes make from a lot.
    fn made_from(&self, lot: LotId) -> Vec<LotId> {
        let mut out = Vec::new();
        self.for_each_consumer(lot, |reference| {
            self.for_each_member(reference, |p| out.extend(self.outputs.lots(p)));
        });
        out
    }
}
