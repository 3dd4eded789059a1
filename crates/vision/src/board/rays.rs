//! Looking from a finding's middle to all sides: how far it is to the template's edge, and how far the finding goes.

use super::bits::Bits;

/// Directions, of a whole turn.
const DIRECTIONS: usize = 16;
/// Steps of a direction in 1/256 px along x and y: the first quarter turn, of which the others are turns.
const QUARTER: [(isize, isize); DIRECTIONS / 4] = [(256, 0), (237, 98), (181, 181), (98, 237)];
/// How far is looked, in px.
const FAR: usize = 32;
/// Px between a finding and the template's edge that a ragged edge may leave.
const SLACK: usize = 2;

/// What is seen. A chord is a straight line through the middle from edge to edge.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Rays {
    /// The shortest chord of what the template has there: the width of a conductor or of a gap, in px.
    pub width: f32,
    /// The way to the template's nearest edge, in px.
    pub edge: f32,
    /// Share of the directions in which the finding goes as far as the template's edge, 0..=1.
    pub escapes: f32,
    /// Stretches of neighbouring such directions.
    pub sectors: f32,
    /// Chords that the finding takes from end to end.
    pub opposite: f32,
    /// What the finding leaves of the chord of which it leaves the least, in px.
    pub remaining: f32,
    /// The finding's own longest chord, in px.
    pub long: f32,
    /// The finding's own shortest chord, in px.
    pub short: f32,
}

/// Looks from a pixel in which `before` and `after` differ.
pub(super) fn cast(before: &Bits, after: &Bits, from: (usize, usize)) -> Rays {
    let was = before.get(from.0, from.1);
    let mut edge = [FAR; DIRECTIONS];
    let mut own = [FAR; DIRECTIONS];
    for i in 0..DIRECTIONS {
        let (x, y) = QUARTER[i % QUARTER.len()];
        let step = [(x, y), (-y, x), (-x, -y), (y, -x)][i / QUARTER.len()];
        for k in 1..FAR {
            let at = |from: usize, step: isize, end: usize| {
                let moved = (from as isize * 256 + 128 + step * k as isize).div_euclid(256);
                usize::try_from(moved).ok().filter(|&at| at < end)
            };
            let place = at(from.0, step.0, before.width).zip(at(from.1, step.1, before.height));
            let Some((x, y)) = place.filter(|&(x, y)| before.get(x, y) == was) else {
                edge[i] = k;
                break;
            };
            if own[i] == FAR && after.get(x, y) == was {
                own[i] = k;
            }
        }
        own[i] = own[i].min(edge[i]);
    }
    let left: [usize; DIRECTIONS] =
        std::array::from_fn(|i| if edge[i] - own[i] <= SLACK { 0 } else { edge[i] - own[i] });
    let escapes = |i: usize| edge[i] < FAR && left[i] == 0;
    let chords = |of: [usize; DIRECTIONS]| (0..DIRECTIONS / 2).map(move |i| of[i] + of[i + DIRECTIONS / 2]);
    let number = |n: Option<usize>| n.unwrap_or(0) as f32;
    let count = |f: &dyn Fn(usize) -> bool| (0..DIRECTIONS).filter(|&i| f(i)).count() as f32;
    Rays {
        width: number(chords(edge).min()),
        edge: number(edge.into_iter().min()),
        escapes: count(&escapes) / DIRECTIONS as f32,
        sectors: count(&|i| escapes(i) && !escapes((i + 1) % DIRECTIONS)),
        opposite: count(&|i| escapes(i) && escapes((i + DIRECTIONS / 2) % DIRECTIONS)) / 2.0,
        remaining: number(chords(std::array::from_fn(|i| edge[i] - own[i])).min()),
        long: number(chords(own).max()),
        short: number(chords(own).min()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_taken_of_a_conductor_is_seen() {
        let bar = |x: usize| (20..40).contains(&x);
        let before = Bits::from_fn(64, 64, |x, _| bar(x));
        let without = |from: usize, to: usize| {
            Bits::from_fn(64, 64, |x, y| bar(x) && !((from..to).contains(&x) && (28..36).contains(&y)))
        };
        // The way is counted to the first pixel beyond the edge.
        let open = cast(&before, &without(20, 40), (30, 32));
        assert_eq!((open.width, open.edge, open.remaining, open.sectors), (21.0, 10.0, 0.0, 2.0));
        assert!(open.opposite >= 1.0 && open.long > open.short);
        let bite = cast(&before, &without(32, 40), (36, 32));
        assert_eq!((bite.width, bite.remaining, bite.opposite, bite.sectors), (21.0, 12.0, 0.0, 1.0));
        let hole = cast(&before, &without(26, 34), (30, 32));
        assert_eq!((hole.escapes, hole.sectors, hole.opposite), (0.0, 0.0, 0.0));
        assert_eq!(hole.remaining, 12.0);
    }
}
