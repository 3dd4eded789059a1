//! A made-up cluster whose people have known preferences: what learning should find out.

use market::learn::Example;
use market::{Grounds, NodeGround, RequirementGround, Weights};

#[path = "../../examples/support/random.rs"]
mod random;
use random::Random;

/// What these people really go by: near and certified counts twice what the shipped weights say, an offer that does not speak of a
/// requirement is nearly as good as none, and wording says little.
pub fn taste() -> Weights {
    let mut weights = Weights::default();
    (weights.shares.text, weights.shares.node) = (0.10, 0.15);
    (weights.shares.specification, weights.shares.certificate) = (0.30, 0.10);
    (weights.shares.distance, weights.shares.capacity) = (0.30, 0.05);
    (weights.credits.unknown, weights.credits.unstated) = (0.1, 0.3);
    weights
}

/// A number from 0 up to 1.
fn unit(random: &mut Random) -> f64 {
    (random.next() >> 11) as f64 / (1u64 << 53) as f64
}

fn grounds(random: &mut Random, requirements: usize, certificate: bool, quantity: bool) -> Grounds {
    let requirement = |random: &mut Random| match random.below(10) {
        0..=4 => RequirementGround::Met,
        5..=7 => RequirementGround::Unknown,
        8 => RequirementGround::Short(unit(random)),
        _ => RequirementGround::Conflict,
    };
    Grounds {
        text: 0.2 + 0.8 * unit(random),
        node: Some(
            [NodeGround::Same, NodeGround::Same, NodeGround::Neighbour, NodeGround::Unknown][random.below(4)],
        ),
        specification: (0..requirements).map(|_| (1.0, requirement(random))).collect(),
        certificate: certificate.then(|| [0.0, 0.5, 1.0][random.below(3)]),
        distance_km: Some((random.below(8) > 0).then(|| 400.0 * unit(random))),
        capacity: quantity.then(|| (random.below(5) > 0).then(|| 1.5 * unit(random))),
    }
}

/// Outcomes of `needs` needs, `offers` of each: an offer is taken with the chance that `taste` gives, `1 / (1 + exp(-12 (s - 0.6)))`.
pub fn outcomes(seed: u64, needs: usize, offers: usize, taste: &Weights) -> Vec<Example> {
    let random = &mut Random(seed);
    let mut out = Vec::new();
    for need in 0..needs {
        let (requirements, certificate, quantity) =
            (random.below(5), random.below(3) == 0, random.below(4) > 0);
        for offer in 0..offers {
            let grounds = grounds(random, requirements, certificate, quantity);
            let chance = 1.0 / (1.0 + (-12.0 * (grounds.score(taste) - 0.6)).exp());
            let good = unit(random) < chance;
            out.push(Example {
                need: format!("n{need}"),
                offer: format!("o{offer}"),
                good,
                weight: 1.0,
                grounds,
            });
        }
    }
    out
}
