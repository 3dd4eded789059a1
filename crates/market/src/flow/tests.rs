use super::*;
use proptest::prelude::*;

fn arc(from: u32, to: u32, capacity: i64, gain: i64) -> Arc {
    Arc { from, to, capacity, gain }
}

/// Limits hold, and the prices prove the gain.
fn proved(supply: &[i64], arcs: &[Arc]) -> i128 {
    let solution = maximise(supply, arcs);
    let mut kept = supply.to_vec();
    for (arc, &flow) in arcs.iter().zip(&solution.flow) {
        assert!((0..=arc.capacity).contains(&flow), "{arc:?} {flow}");
        kept[arc.from as usize] -= flow;
        kept[arc.to as usize] += flow;
    }
    for (&supply, &kept) in supply.iter().zip(&kept) {
        assert!((supply.min(0)..=supply.max(0)).contains(&kept), "{supply} {kept}");
    }
    for (&supply, &price) in supply.iter().zip(&solution.price) {
        assert!(price * supply.signum() >= 0, "{supply} {price}");
    }
    let gain = solution.gain(arcs);
    assert_eq!(gain, solution.bound(supply, arcs));
    gain
}

/// The greatest gain by trying every flow on every arc.
fn brute(balance: &mut [i64], supply: &[i64], arcs: &[Arc]) -> Option<i128> {
    let Some((first, rest)) = arcs.split_first() else {
        let fits = balance.iter().zip(supply).all(|(&b, &s)| (s.min(0)..=s.max(0)).contains(&b));
        return fits.then_some(0);
    };
    let mut best = None;
    for flow in 0..=first.capacity {
        balance[first.from as usize] -= flow;
        balance[first.to as usize] += flow;
        let rest = brute(balance, supply, rest).map(|gain| gain + i128::from(first.gain * flow));
        best = best.max(rest);
        balance[first.from as usize] += flow;
        balance[first.to as usize] -= flow;
    }
    best
}

#[test]
fn an_earlier_source_gives_way() {
    // Both want sink 2; the first can also take sink 3 at little loss.
    let arcs = [arc(0, 2, 10, 90), arc(0, 3, 10, 80), arc(1, 2, 10, 70)];
    assert_eq!(maximise(&[10, 10, -10, -10], &arcs).flow, [0, 10, 10]);
    assert_eq!(maximise(&[10, 10, -10, 0], &arcs[..1]).flow, [10]);
    assert_eq!(maximise(&[], &[]), Solution::default());
    // A loss is not taken, and nothing stays in a node that passes on.
    assert_eq!(maximise(&[5, 0, -3], &[arc(0, 1, 9, 4), arc(1, 2, 9, -1)]).flow, [3, 3]);
    assert_eq!(maximise(&[5, 0, -3], &[arc(0, 1, 9, 4), arc(1, 2, 9, -5)]).flow, [0, 0]);
}

#[test]
fn great_amounts_do_not_overflow() {
    let much = AMOUNT_MAX / 2;
    let arcs = [arc(0, 2, AMOUNT_MAX, 1_000_000), arc(1, 2, AMOUNT_MAX, 999_999)];
    assert_eq!(proved(&[much, much, -much - 1], &arcs), i128::from(much) * 1_000_000 + 999_999);
}

/// Sources 0 and 1, nodes 2 and 3 that pass on, sinks 4 and 5.
fn small_network() -> impl Strategy<Value = (Vec<i64>, Vec<Arc>)> {
    let ends = prop_oneof![(0u32..2, 2u32..6), (2u32..4, 4u32..6), Just((2, 3)), Just((3, 2))];
    let arcs = prop::collection::vec((ends, 0i64..4, -6i64..20), 0..8);
    (prop::collection::vec(0i64..5, 4), arcs).prop_map(|(s, arcs)| {
        let arcs =
            arcs.into_iter().map(|((from, to), capacity, gain)| arc(from, to, capacity, gain)).collect();
        (vec![s[0], s[1], 0, 0, -s[2], -s[3]], arcs)
    })
}

proptest! {
    #[test]
    fn as_good_as_trying_everything((supply, arcs) in small_network()) {
        prop_assert_eq!(Some(proved(&supply, &arcs)), brute(&mut supply.clone(), &supply, &arcs));
    }

    #[test]
    fn prices_prove_larger_ones(
        sources in prop::collection::vec(0i64..1000, 30), sinks in prop::collection::vec(0i64..1500, 20),
        ways in prop::collection::vec((0u32..30, 30u32..60, prop_oneof![Just(5000i64), 0i64..300], 1i64..1_000_000), 0..300),
    ) {
        // Sinks sit behind nodes that pass on a part: 30 sources, 10 such nodes, 20 sinks.
        let mut supply = sources;
        supply.extend([0; 10]);
        supply.extend(sinks.iter().map(|s| -s));
        let mut arcs: Vec<Arc> = ways.iter().map(|&(from, to, capacity, gain)| arc(from, to, capacity, gain)).collect();
        arcs.extend((0..20).map(|sink| arc(30 + sink % 10, 40 + sink, 700, 0)));
        proved(&supply, &arcs);
    }
}
