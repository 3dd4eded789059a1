use super::*;
use crate::score::{NodeGround, RequirementGround};
use proptest::prelude::*;

fn requirement() -> impl Strategy<Value = RequirementGround> {
    prop_oneof![
        Just(RequirementGround::Met),
        Just(RequirementGround::Unknown),
        (0.0..3.0).prop_map(RequirementGround::Short),
        Just(RequirementGround::Conflict),
    ]
}

fn grounds() -> impl Strategy<Value = Grounds> {
    let node = prop_oneof![
        Just(NodeGround::Same),
        Just(NodeGround::Neighbour),
        Just(NodeGround::Other),
        Just(NodeGround::Unknown)
    ];
    let maybe = |range: std::ops::Range<f64>| prop::option::of(prop::option::of(range));
    (
        0.0..1.0,
        prop::option::of(node),
        prop::collection::vec((prop::sample::select(vec![0.5, 1.0]), requirement()), 0..5),
        prop::option::of(prop::sample::select(vec![0.0, 0.5, 1.0])),
        maybe(0.0..900.0),
        maybe(0.0..2.0),
    )
        .prop_map(|(text, node, specification, certificate, distance_km, capacity)| Grounds {
            text,
            node,
            specification,
            certificate,
            distance_km,
            capacity,
        })
}

fn examples(count: std::ops::Range<usize>) -> impl Strategy<Value = Vec<Example>> {
    let example = (0u8..30, 0u8..9, any::<bool>(), 0.0..1.0, grounds()).prop_map(
        |(need, offer, good, weight, grounds)| Example {
            need: format!("n{need}"),
            offer: format!("o{offer}"),
            good,
            weight,
            grounds,
        },
    );
    prop::collection::vec(example, count)
}

/// Weights learned without measuring what they gain.
fn fitted(examples: &[Example]) -> Weights {
    fit::fit(&examples.iter().collect::<Vec<_>>(), &Weights::default(), true).weights
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]

    /// Whatever was learned from whatever outcomes: better facts never lower a score, and its points are what is printed.
    #[test]
    fn better_facts_never_lower_a_score(
        examples in examples(0..60),
        pair in grounds(),
        at in 0usize..5,
        by in 0.0..1.0,
    ) {
        let weights = fitted(&examples);
        let score = pair.score(&weights);
        let printed: f64 = pair.parts(&weights).iter().map(|p| p.points).sum();
        prop_assert!((printed - score).abs() < 1e-9 && (0.0..=1.0).contains(&score));
        let mut better = vec![
            Grounds { text: pair.text + (1.0 - pair.text) * by, ..pair.clone() },
            Grounds { node: pair.node.map(|_| NodeGround::Same), ..pair.clone() },
            Grounds { certificate: pair.certificate.map(|c| c + (1.0 - c) * by), ..pair.clone() },
            Grounds { distance_km: pair.distance_km.map(|km| km.map(|km| km * by)), ..pair.clone() },
            Grounds { capacity: pair.capacity.map(|ratio| ratio.map(|r| r + by)), ..pair.clone() },
        ];
        if let Some((_, requirement)) = pair.specification.get(at) {
            let steps: Vec<RequirementGround> = match requirement {
                RequirementGround::Conflict => vec![RequirementGround::Short(by), RequirementGround::Met],
                RequirementGround::Short(short) => vec![RequirementGround::Short(short * by), RequirementGround::Met],
                _ => vec![RequirementGround::Met],
            };
            for step in steps {
                let mut other = pair.clone();
                other.specification[at].1 = step;
                better.push(other);
            }
        }
        for better in better {
            // Points have six decimals each, and there are six of them.
            prop_assert!(better.score(&weights) >= score - 6e-6, "{better:?} {weights:?}");
        }
    }

    /// A few outcomes change little.
    #[test]
    fn few_outcomes_change_little(examples in examples(0..6)) {
        let (before, after) = (knobs(&Weights::default()), knobs(&fitted(&examples)));
        for (name, value) in after {
            prop_assert!((value - before[&name]).abs() < 0.15, "{name} {value}");
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(4))]

    /// The order of the outcomes changes nothing, to the last bit.
    #[test]
    fn the_order_changes_nothing(
        (examples, shuffled) in examples(20..60).prop_flat_map(|e| (Just(e.clone()), Just(e).prop_shuffle())),
    ) {
        // Outcomes of one pair are one example; of equal keys the order is free.
        let mut seen = std::collections::HashSet::new();
        let first: Vec<Example> =
            examples.into_iter().filter(|e| seen.insert((e.need.clone(), e.offer.clone()))).collect();
        let kept: Vec<Example> = shuffled.into_iter().filter(|e| first.contains(e)).collect();
        prop_assert_eq!(learn(&first, &Weights::default()), learn(&kept, &Weights::default()));
    }
}

#[test]
fn without_outcomes_nothing_changes() {
    let learned = learn(&[], &Weights::default());
    assert_eq!(learned.weights, Weights::default());
    assert_eq!((learned.report.gain.clone(), learned.report.gains()), (None, false));
    assert!(learned.report.changes.iter().all(|c| (c.before - c.after).abs() < 1e-12));
}

#[test]
fn weights_come_back_from_their_table() {
    let mut weights = Weights::default();
    weights.shares.text = 0.4;
    weights.credits.unknown = 0.125;
    let knobs = knobs(&weights);
    let back = with_knobs(&Weights::default(), &knobs);
    assert_eq!(super::knobs(&back), knobs);
    assert!((back.credits.unknown - 0.125).abs() < 1e-12);
    let odd = Knobs::from([("shares.text".to_owned(), 7.0), ("shares.taste".to_owned(), 0.5)]);
    assert_eq!(with_knobs(&Weights::default(), &odd), Weights::default());
}
