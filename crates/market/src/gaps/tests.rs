use crate::fixture::{need, offer, quantity, wanan_and_taihe};
use crate::{Options, run};
use model::matching::GapCause;
use model::need::Need;

#[test]
fn capacity_short_says_what_stays_open() {
    let mut cluster = wanan_and_taihe();
    cluster.needs[0].quantity = quantity(500.0, "卷/月");
    let outcome = run(&cluster.input(), &Options::default(), &|_| {});
    let group = &outcome.gaps[0];
    assert_eq!((group.name.as_str(), group.demanders), ("键合金丝", 1));
    let GapCause::CapacityShort { short, offer } = &group.gaps[0].cause else { panic!("{group:?}") };
    assert!((short.value - 200.0).abs() < 1e-9 && short.unit == "卷/月" && offer == "O-good");
    assert_eq!(outcome.local_rate.rate, 0.6);
}

#[test]
fn groups_are_ranked_by_demanders_and_quantity() {
    let mut cluster = wanan_and_taihe();
    let asks = |key: &str, enterprise: &str, title: &str, tonnes: f64| Need {
        quantity: quantity(tonnes, "吨/月"),
        ..need(key, enterprise, title)
    };
    cluster.needs = vec![
        asks("a1", "e1", "电解铜箔", 10.0),
        asks("a2", "e2", "铜箔 电解铜箔", 10.0),
        asks("b1", "e1", "锡膏", 10.0),
        asks("c1", "e1", "环氧树脂", 90.0),
        // A second need of one enterprise is no second demander.
        asks("d1", "e3", "半固化片", 1.0),
        asks("d2", "e3", "半固化片", 1.0),
        need("f1", "e4", "谁也不做的甲乙丙"),
        need("f2", "e5", "谁也不做的甲乙丙"),
    ];
    cluster.offers = vec![offer("o", "e9", "Type-C连接器")];
    let gaps = run(&cluster.input(), &Options::default(), &|_| {}).gaps;
    let seen: Vec<(&str, u32, f64)> = gaps.iter().map(|g| (g.name.as_str(), g.demanders, g.weight)).collect();
    // Median of the single gaps is 10 t: lg(1 + 20/10), lg(1 + 90/10), lg(1 + 10/10), lg(1 + 2/10).
    assert_eq!(
        seen,
        [
            ("电解铜箔", 2, 2.4771),
            ("环氧树脂", 1, 2.0),
            ("谁也不做的甲乙丙", 2, 2.0),
            ("锡膏", 1, 1.301),
            ("半固化片", 1, 1.0792),
        ]
    );
    assert_eq!(gaps[0].quantities, [quantity(20.0, "吨/月").unwrap()]);
    assert_eq!(gaps[0].group, "电子电路板");
    assert!(gaps.iter().flat_map(|g| &g.gaps).all(|g| g.cause == GapCause::NoSupplier));
}
