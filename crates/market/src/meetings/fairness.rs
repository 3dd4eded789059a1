//! How evenly meetings are spread over those who asked for them.

use super::{Event, Meeting};

/// Over all parties with a request that can be met: the part of their wish that is met, which is meetings seated over meetings
/// asked for, no more of these than the party has slots for.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct Fairness {
    /// Jain's index `(Σx)² / (n·Σx²)` of the parts, 1/n..=1: 1 where all have the same (Jain, Chiu and Hawe, A Quantitative
    /// Measure of Fairness, DEC-TR-301, 1984). 1 where nobody asked.
    pub jain: f64,
    /// The smallest part.
    pub least: f64,
    /// Parties that asked and have no meeting.
    pub without: u32,
}

pub(super) fn fairness(event: &Event, values: &[i64], meetings: &[Meeting]) -> Fairness {
    let hosts = event.hosts.len();
    let parties = || event.hosts.iter().chain(&event.guests);
    let mut wished = vec![0u32; parties().count()];
    let mut seated = wished.clone();
    for (request, _) in event.requests.iter().zip(values).filter(|(_, v)| **v > 0) {
        wished[request.host as usize] += 1;
        wished[hosts + request.guest as usize] += 1;
    }
    for meeting in meetings {
        let request = &event.requests[meeting.request as usize];
        seated[request.host as usize] += 1;
        seated[hosts + request.guest as usize] += 1;
    }
    let parts: Vec<f64> = parties()
        .zip(wished.iter().zip(&seated))
        .filter_map(|(party, (&wished, &seated))| {
            let wish = wished.min(event.room(party));
            (wish > 0).then(|| f64::from(seated) / f64::from(wish))
        })
        .collect();
    let (sum, squares) = parts.iter().fold((0.0, 0.0), |(s, q), x| (s + x, q + x * x));
    Fairness {
        jain: if squares > 0.0 { sum * sum / (parts.len() as f64 * squares) } else { 1.0 },
        least: parts.iter().copied().fold(1.0, f64::min),
        without: parts.iter().filter(|p| **p == 0.0).count() as u32,
    }
}
