use super::*;
use crate::fixture::{Cluster, need, offer, quantity};
use model::allotment::Binding;
use model::matching::Match;
use proptest::prelude::*;

fn pair(need: &str, offer: &str, rank: u32, score: f64) -> Match {
    Match {
        need: need.to_owned(),
        offer: offer.to_owned(),
        rank,
        score,
        reasons: Vec::new(),
        verdicts: Vec::new(),
        distance_km: None,
        feasible: true,
    }
}

fn cluster(needs: &[Option<Quantity>], offers: &[Option<Quantity>]) -> Cluster {
    Cluster {
        needs: (0..)
            .zip(needs)
            .map(|(i, q)| model::need::Need { quantity: q.clone(), ..need(&format!("n{i}"), "", "铜杆") })
            .collect(),
        offers: (0..)
            .zip(offers)
            .map(|(i, q)| model::offer::Offer {
                capacity: q.clone(), ..offer(&format!("o{i}"), "", "铜杆")
            })
            .collect(),
        sites: HashMap::new(),
    }
}

fn words(allocations: &[Allocation]) -> Vec<String> {
    allocations
        .iter()
        .map(|a| {
            format!(
                "{} {} {} {:?}",
                a.need,
                a.offer,
                a.quantity.as_ref().map_or("-".to_owned(), ToString::to_string),
                a.coverage
            )
        })
        .collect()
}

#[test]
fn units_rates_and_single_quantities() {
    let cluster = cluster(
        &[quantity(600.0, "吨/年"), quantity(20_000.0, "kg"), quantity(5.0, "卷/月"), None],
        &[quantity(60.0, "吨/月"), None],
    );
    let pairs = [
        pair("n0", "o0", 1, 0.9),
        pair("n1", "o0", 1, 0.5),
        pair("n2", "o0", 1, 0.9),
        pair("n2", "o1", 2, 0.5),
        pair("n3", "o0", 1, 0.7),
    ];
    // 50 t a month go to the better pair, the rest of 10 t to the other; rolls and tonnes do not compare.
    assert_eq!(
        words(&allocate(&cluster.input(), &pairs)),
        ["n0 o0 600吨/年 Full", "n1 o0 10000kg Part", "n2 o0 - Unstated", "n3 o0 - Unstated",]
    );
}

#[test]
fn several_offers_share_one_need() {
    let cluster = cluster(
        &[quantity(100.0, "片")],
        &[quantity(60.0, "片/月"), quantity(70.0, "片/月"), quantity(0.0, "片/月")],
    );
    let pairs = [pair("n0", "o0", 2, 0.5), pair("n0", "o1", 1, 0.9), pair("n0", "o2", 3, 0.95)];
    let input = cluster.input();
    let allocations = allocate(&input, &pairs);
    assert_eq!(words(&allocations), ["n0 o1 70片 Part", "n0 o0 30片 Part"]);
    let covered = covered(&input, &allocations, |_| true)["n0"];
    assert!(covered.is_met() && !covered.is_part());
}

#[test]
fn infeasible_pairs_get_nothing() {
    let cluster = cluster(&[quantity(1.0, "片"), None], &[quantity(9.0, "片/月"), None]);
    let infeasible = |n, o| Match { feasible: false, ..pair(n, o, 1, 1.0) };
    let pairs = [infeasible("n0", "o0"), infeasible("n1", "o1"), pair("n9", "o0", 1, 1.0)];
    assert!(allocate(&cluster.input(), &pairs).is_empty());
}

#[test]
fn prices_say_what_binds() {
    let cluster = cluster(
        &[quantity(100.0, "片"), quantity(100.0, "片"), quantity(50.0, "片")],
        &[quantity(120.0, "片/月"), quantity(50.0, "片/月")],
    );
    let pairs = [
        pair("n0", "o0", 1, 0.9),
        pair("n1", "o0", 1, 0.7),
        pair("n1", "o1", 2, 0.6),
        pair("n2", "o1", 1, 0.65),
    ];
    let plan = plan(&cluster.input(), &pairs, &Limits::default());
    // o0 gives n0 all and n1 the rest; o1 is worth more to n2; n1 lacks 80.
    assert_eq!(words(&plan.allocations), ["n0 o0 100片 Full", "n1 o0 20片 Part", "n2 o1 50片 Full"]);
    let [optimum] = &plan.optima[..] else { panic!("{plan:?}") };
    assert!(optimum.is_proved && optimum.gain == optimum.bound);
    let near = |a: f64, b: f64| assert!((a - b).abs() < 1e-9, "{a} {b}");
    near(optimum.asked.value, 250.0);
    near(optimum.unmet.value, 80.0);
    near(optimum.gain, 90.0 + 14.0 + 32.5);
    let dual = |key: &str| &plan.needs[key];
    assert_eq!(dual("n0").binding, Binding::Enough);
    near(dual("n0").worth, 0.2);
    // The price of o0 is what n1 would gain by it, so that n1 lacks nothing there but the capacity.
    assert_eq!((dual("n1").binding, dual("n1").behind), (Binding::Capacity, 0.0));
    assert_eq!(dual("n1").offers, ["o0", "o1"]);
    near(dual("n1").share, 0.2);
    assert_eq!(dual("n2").binding, Binding::Enough);
}

#[test]
fn no_firm_gets_all() {
    let mut cluster = cluster(
        &[quantity(100.0, "片"), quantity(40.0, "片")],
        &[quantity(500.0, "片/月"), quantity(500.0, "片/月"), quantity(500.0, "片/月")],
    );
    for (offer, enterprise) in cluster.offers.iter_mut().zip(["great", "great", "small"]) {
        offer.enterprise = enterprise.to_owned();
    }
    // The second need has nobody but the great firm: it is not held back from it.
    let pairs = [
        pair("n0", "o0", 1, 0.9),
        pair("n0", "o1", 2, 0.8),
        pair("n0", "o2", 3, 0.5),
        pair("n1", "o1", 1, 0.7),
    ];
    let limits = Limits { share_max: Some(0.6), ..Limits::default() };
    let plan = plan(&cluster.input(), &pairs, &limits);
    assert_eq!(words(&plan.allocations), ["n0 o0 60片 Part", "n0 o2 40片 Part", "n1 o1 40片 Full"]);
    let NeedBound { binding, offers, behind, .. } = &plan.needs["n0"];
    assert_eq!((*binding, offers[0].as_str(), *behind), (Binding::Share, "o0", 0.0));
    assert!(plan.optima[0].is_proved);
}

#[test]
fn smallest_orders() {
    let mut cluster = cluster(
        &[quantity(100.0, "片"), quantity(30.0, "片")],
        &[quantity(110.0, "片/月"), quantity(200.0, "片/月")],
    );
    cluster.offers[0].minimum_order = quantity(40.0, "片");
    let pairs = [pair("n0", "o0", 1, 0.9), pair("n0", "o1", 2, 0.5), pair("n1", "o0", 1, 0.8)];
    let input = cluster.input();
    let limits = Limits { terms: true, ..Limits::default() };
    // Without them, 30 from o0 are the better use; with them that is too little.
    let free = words(&plan(&input, &pairs, &Limits::default()).allocations);
    assert_eq!(free, ["n0 o0 80片 Part", "n0 o1 20片 Part", "n1 o0 30片 Full"]);
    let kept = plan(&input, &pairs, &limits);
    assert_eq!(words(&kept.allocations), ["n0 o0 100片 Full"]);
    assert_eq!(
        (kept.needs["n1"].binding, &kept.needs["n1"].offers[..]),
        (Binding::SmallestOrder, &["o0".to_owned()][..])
    );
    assert!(kept.optima[0].is_proved);
}

proptest! {
    #[test]
    fn capacity_is_never_exceeded(
        demands in prop::collection::vec(0.001f64..1e7, 1..8),
        capacities in prop::collection::vec(prop_oneof![Just(0.0), 0.001f64..1e7], 1..8),
        scores in prop::collection::vec(0.0f64..1.0, 64),
        rates in prop::collection::vec(any::<bool>(), 8), share in any::<bool>(),
    ) {
        let unit = |i: usize| if rates[i] { "万片/年" } else { "片" };
        let needs: Vec<_> = demands.iter().enumerate().map(|(i, &d)| quantity(d, unit(i))).collect();
        let offers: Vec<_> = capacities.iter().map(|&c| quantity(c, "片/月")).collect();
        let cluster = cluster(&needs, &offers);
        let mut pairs = Vec::new();
        for n in 0..needs.len() {
            for o in 0..offers.len() {
                let score = scores[n * 8 + o];
                if score > 0.3 {
                    pairs.push(pair(&format!("n{n}"), &format!("o{o}"), o as u32 + 1, score));
                }
            }
        }
        let input = cluster.input();
        let limits = Limits { share_max: share.then_some(0.5), terms: false };
        let plan = plan(&input, &pairs, &limits);
        prop_assert!(plan.optima.iter().all(|o| o.is_proved));
        let allocations = plan.allocations.clone();
        let units = &input.reference.units;
        for (o, capacity) in capacities.iter().enumerate() {
            let used: f64 = allocations
                .iter()
                .filter(|a| a.offer == format!("o{o}"))
                .map(|a| a.quantity.as_ref().unwrap())
                .map(|q| if q.unit == "片" { q.value } else { units.convert(q.value, &q.unit, "片/月").unwrap() })
                .sum();
            prop_assert!(used <= capacity * (1.0 + 1e-9), "{} of {}", used, capacity);
        }
        for (n, demand) in demands.iter().enumerate() {
            let given: f64 = allocations
                .iter()
                .filter(|a| a.need == format!("n{n}"))
                .map(|a| a.quantity.as_ref().unwrap().value)
                .sum();
            prop_assert!(given <= demand * (1.0 + 1e-9));
        }
        pairs.reverse();
        prop_assert_eq!(super::plan(&input, &pairs, &limits), plan);
    }
}
