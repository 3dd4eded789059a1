//! Learning on a made-up cluster whose preferences are known.

#[path = "support/preferences.rs"]
mod preferences;

use market::Weights;
use market::learn::{Learned, learn};
use preferences::{outcomes, taste};

fn learned(needs: usize, taste: &Weights) -> Learned {
    learn(&outcomes(7, needs, 6, taste), &Weights::default())
}

/// What people really go by is found, and it shows on what was held back.
#[test]
fn known_preferences_are_found() {
    let Learned { weights, report } = learned(300, &taste());
    assert!(report.gains(), "{report:?}");
    let gain = report.gain.as_ref().unwrap();
    assert!(gain.pairs.as_ref().unwrap().gain > 0.0 && gain.ndcg.as_ref().unwrap().gain > 0.0, "{gain:?}");
    let shipped = Weights::default();
    assert!(weights.shares.distance > 1.4 * shipped.shares.distance, "{weights:?}");
    assert!(weights.shares.text < 0.7 * shipped.shares.text, "{weights:?}");
    assert!(weights.credits.unknown < 0.3, "{weights:?}");
}

/// Where people go by the shipped weights, there is nothing to gain, and nothing is claimed.
#[test]
fn where_there_is_nothing_to_gain_none_is_claimed() {
    let Learned { report, .. } = learned(120, &Weights::default());
    assert!(!report.gains(), "{report:?}");
    assert!(report.changes.iter().all(|c| (c.after - c.before).abs() < 0.12), "{:?}", report.changes);
}

/// Too few needs to hold some back: no figure, and not taken.
#[test]
fn few_needs_have_no_figure() {
    let Learned { report, .. } = learned(5, &taste());
    assert_eq!((report.gain.is_none(), report.gains(), report.needs), (true, false, 5));
}
