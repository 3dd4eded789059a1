//! Findings near each other, which may be one defect in pieces.

use super::{Features, Finding};

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

/// Farthest that a finding's company is looked for, in px.
const FAR: usize = 64;

/// What else of its kind lies near a finding.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Company {
    /// Px to the nearest, [`FAR`] where there is none.
    gap: usize,
    /// Pixels of that one.
    area: f32,
    /// Largest piece of the finding over all that is near.
    main_share: f32,
}

impl Company {
    /// That of a finding whose pieces are `members` of `wholes`. A speckled image tells nothing.
    pub fn of(members: &[usize], wholes: &[Finding]) -> Self {
        let area = |i: usize| wholes[i].features.area;
        let own = || members.iter().map(|&i| area(i));
        let (mut all, main): (f32, f32) = (own().sum(), own().fold(0.0, f32::max));
        let (mut gap, mut next) = (FAR, 0.0);
        let others = wholes.iter().enumerate().take(if wholes.len() > SPECKLED { 0 } else { wholes.len() });
        for (i, other) in others.filter(|(i, _)| !members.contains(i)) {
            let by = members.iter().map(|&m| apart(&wholes[m], other)).min().unwrap_or(FAR);
            if by < gap || by == gap && by < FAR && area(i) > next {
                (gap, next) = (by, area(i));
            }
            if by < GAPS[1] {
                all += area(i);
            }
        }
        Self { gap, area: next, main_share: main / all }
    }

    /// The measures with the company's.
    pub fn told(self, features: Features) -> Features {
        Features { gap: self.gap as f32, next_area: self.area, main_share: self.main_share, ..features }
    }
}

/// Px between two boxes, along x or along y, whichever is more.
fn apart(a: &Finding, b: &Finding) -> usize {
    let side = |a: (usize, usize), b: (usize, usize)| b.0.saturating_sub(a.1).max(a.0.saturating_sub(b.1));
    side((a.x1, a.x2), (b.x1, b.x2)).max(side((a.y1, a.y2), (b.y1, b.y2)))
}
