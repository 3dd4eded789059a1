//! Findings near each other, which may be one defect in pieces.

use super::Finding;

/// Px between the boxes of findings that may be one defect.
const GAPS: [usize; 2] = [10, 24];
/// Longest side of what is put together, in px.
const JOINED_MAX: usize = 160;
/// Findings of one kind above which an image is speckled, and nothing is put together.
const SPECKLED: usize = 600;

/// Sets of findings near each other, by their numbers.
pub(super) fn joined(wholes: &[Finding]) -> Vec<Vec<usize>> {
    let mut out: Vec<Vec<usize>> = Vec::new();
    if wholes.len() > SPECKLED {
        return Vec::new();
    }
    for gap in GAPS {
        let near = |a: &Finding, b: &Finding| {
            a.x1 < b.x2 + gap && b.x1 < a.x2 + gap && a.y1 < b.y2 + gap && b.y1 < a.y2 + gap
        };
        let mut free: Vec<usize> = (0..wholes.len()).collect();
        while let Some(first) = free.pop() {
            let mut members = vec![first];
            let mut at = 0;
            while let Some(&own) = members.get(at) {
                let (found, rest) = free.iter().partition(|&&i| near(&wholes[own], &wholes[i]));
                members.extend::<Vec<usize>>(found);
                free = rest;
                at += 1;
            }
            members.sort_unstable();
            let span = |low: fn(&Finding) -> usize, high: fn(&Finding) -> usize| {
                let of = || members.iter().map(|&i| &wholes[i]);
                of().map(high).max().unwrap_or(0) - of().map(low).min().unwrap_or(0)
            };
            let side = span(|f| f.x1, |f| f.x2).max(span(|f| f.y1, |f| f.y2));
            if members.len() > 1 && side <= JOINED_MAX && !out.contains(&members) {
                out.push(members);
            }
        }
    }
    out
}
