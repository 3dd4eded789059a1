use super::{NodeStanding, Ranking, Standing, UnmetValue, rank, standings, what_if};
use crate::Limits;
use crate::fixture::{need, offer, quantity, wanan_and_taihe};
use crate::{Options, Weights, run};
use model::matching::{Change, GapCause, Remedy};
use model::need::Need;
use model::price::PriceRange;
use model::quantity::Quantity;
use std::collections::HashMap;

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

/// What would have to change, in words: the offer, the size, the changes.
fn remedies(gap: &model::matching::Gap) -> Vec<String> {
    let change = |change: &Change| match change {
        Change::Property { property, by: Some(by), .. } => format!("{} by {by}", property.0),
        Change::Property { property, by: None, .. } => format!("{} otherwise", property.0),
        Change::Capacity { by } => format!("{by} more"),
        Change::Distance { by_km } => format!("{by_km:.0} km farther"),
        Change::Order { by } => format!("{by} more ordered"),
        Change::Share { from, to } => format!("share from {from} to {to}"),
        Change::Partial { open } => format!("a part, {open} open"),
    };
    let line = |r: &Remedy| {
        format!("{} {}: {}", r.offer, r.size, r.changes.iter().map(change).collect::<Vec<_>>().join(", "))
    };
    gap.remedies.iter().map(line).collect()
}

#[test]
fn the_smallest_change_is_named() {
    let mut cluster = wanan_and_taihe();
    // 500 rolls are needed, 300 are free at the good one. The weak one would have to be purer by 0.09 of 99.99 %.
    cluster.needs[0].quantity = quantity(500.0, "卷/月");
    let gap = run(&cluster.input(), &Options::default(), &|_| {}).gaps[0].gaps[0].clone();
    assert_eq!(remedies(&gap), ["O-weak 0.0009: purity by 0.09%", "O-good 0.4: 200卷/月 more"]);
    assert_eq!(gap.looked_at, 2);
    // The good one gone, and the other too small and too far as well.
    cluster.offers.retain(|o| o.key != "O-good");
    cluster.needs[0].max_distance_km = Some(50.0);
    cluster.offers.iter_mut().find(|o| o.key == "O-weak").unwrap().capacity = quantity(400.0, "卷/月");
    let gap = run(&cluster.input(), &Options::default(), &|_| {}).gaps[0].gaps[0].clone();
    let [remedy] = &gap.remedies[..] else { panic!("{gap:?}") };
    let Change::Distance { by_km } = remedy.changes[1] else { panic!("{remedy:?}") };
    assert!((remedy.size - (0.09 / 99.99 + by_km / 50.0 + 100.0 / 500.0)).abs() < 1e-6, "{remedy:?}");
    assert_eq!(remedy.changes[2], Change::Capacity { by: Quantity::new(100.0, "卷/月") });
}

/// Under a limit on shares every change at an enterprise that has its share comes with a higher limit.
#[test]
fn a_limit_on_shares_is_named() {
    let mut cluster = wanan_and_taihe();
    let other = offer("O-small", "jizhou-wire", "键合金丝");
    cluster.offers.retain(|o| o.key == "O-good");
    cluster.offers[0].spare_capacity = quantity(180.0, "卷/月");
    cluster.offers.push(model::offer::Offer {
        specs: cluster.offers[0].specs.clone(),
        capacity: quantity(60.0, "卷/月"),
        ..other
    });
    let mut weak = offer("O-weak", "taihe-wire", "键合金丝");
    weak.specs = vec![crate::fixture::purity(99.9), crate::fixture::wire(15.0, 50.0)];
    weak.capacity = quantity(1000.0, "卷/月");
    cluster.offers.push(weak);
    let options = Options { limits: Limits { share_max: Some(0.5), terms: false }, ..Options::default() };
    let outcome = run(&cluster.input(), &options, &|_| {});
    // Taihe may have 100 of 200 rolls, Jizhou has 60: 40 stay open.
    let gap = &outcome.gaps[0].gaps[0];
    let GapCause::TermsShort { short, limit, .. } = &gap.cause else { panic!("{gap:?}") };
    assert!((short.value - 40.0).abs() < 1e-6 && *limit == model::allotment::Binding::Share);
    // 140 of 200 are 70 %; the purer wire of the same firm would need that as well; Jizhou has room in its share for 40 more.
    assert_eq!(
        remedies(gap),
        [
            "O-small 0.2: 40卷/月 more",
            "O-good 0.4: share from 0.5 to 0.7",
            "O-weak 0.4009: purity by 0.09%, share from 0.5 to 0.7",
        ]
    );
    // With the limit that was named nothing stays open.
    let raised = Options { limits: Limits { share_max: Some(0.7), terms: false }, ..Options::default() };
    assert!(run(&cluster.input(), &raised, &|_| {}).gaps.is_empty());
}

/// A need that takes all or nothing lacks what all its offers together lack; or it takes a part.
#[test]
fn a_whole_supply_is_named() {
    let mut cluster = wanan_and_taihe();
    cluster.needs[0].partial = Some(false);
    cluster.needs[0].quantity = quantity(500.0, "卷/月");
    let good = cluster.offers.iter().find(|o| o.key == "O-good").unwrap().clone();
    cluster.offers.retain(|o| o.key == "O-good");
    cluster.offers.push(model::offer::Offer {
        key: "O-second".to_owned(),
        enterprise: "jizhou-wire".to_owned(),
        spare_capacity: quantity(150.0, "卷/月"),
        ..good
    });
    let options = Options { limits: Limits { share_max: None, terms: true }, ..Options::default() };
    let outcome = run(&cluster.input(), &options, &|_| {});
    assert!(outcome.allocations.is_empty());
    // 450 of 500 rolls are there.
    assert_eq!(
        remedies(&outcome.gaps[0].gaps[0]),
        ["O-good 0.1: 50卷/月 more", "O-good 0.1: a part, 50卷/月 open", "O-second 0.1: 50卷/月 more"]
    );
}

/// Where nobody offers a need's product, those are named that make something near to it, or nobody.
#[test]
fn who_comes_near_is_named() {
    let mut cluster = wanan_and_taihe();
    cluster.needs = vec![need("etchant", "wanan-screen", "蚀刻机"), need("none", "wanan-screen", "甲乙丙丁")];
    let gaps = run(&cluster.input(), &Options::default(), &|_| {}).gaps;
    let near = |key: &str| {
        let gap = gaps.iter().flat_map(|g| &g.gaps).find(|g| g.need == key).unwrap();
        assert_eq!(gap.cause, GapCause::NoSupplier);
        gap.near.clone().unwrap()
    };
    let [other] = &near("etchant")[..] else { panic!("{:?}", near("etchant")) };
    assert_eq!(other.offer, "O-other");
    assert!(other.similarity.is_some_and(|s| (0.25..0.6).contains(&s)), "{other:?}");
    assert!(near("none").is_empty());
    // A neighbouring node without common words.
    let chain = &model::reference::Reference::builtin().chain;
    let edge = &chain.edges()[0];
    let (from, to) = (&chain.nodes()[edge.from], &chain.nodes()[edge.to]);
    cluster.needs =
        vec![Need { node: Some(to.id.clone()), ..Need::new("n", "wanan-screen", "甲乙丙丁") }];
    cluster.offers = vec![model::offer::Offer {
        node: Some(from.id.clone()),
        ..model::offer::Offer::new("o", "taihe-wire", "戊己庚辛")
    }];
    let gaps = run(&cluster.input(), &Options::default(), &|_| {}).gaps;
    let near = gaps[0].gaps[0].near.clone().unwrap();
    assert_eq!((near[0].offer.as_str(), near[0].node.as_ref()), ("o", Some(&from.id)));
}

#[test]
fn nodes_stand_by_the_rule() {
    let mut cluster = wanan_and_taihe();
    let price = PriceRange { low_yuan: Some(10.0), high_yuan: None, per: "卷".to_owned() };
    cluster.needs[0].price = Some(price);
    cluster.needs.push(need("s", "wanan-screen", "锡膏"));
    cluster.offers.push(offer("far", "elsewhere", "环氧树脂"));
    cluster.sites.insert("elsewhere".to_owned(), crate::Site::default());
    let standing = |cluster: &crate::fixture::Cluster| {
        let outcome = run(&cluster.input(), &Options::default(), &|_| {});
        let standings = standings(&cluster.input(), &outcome.allocations);
        assert_eq!(standings.len(), cluster.input().reference.chain.nodes().len());
        assert!(standings.iter().all(|s| (0.0..=1.0).contains(&s.relatedness)));
        standings
    };
    let of = |standings: &[NodeStanding], title: &str| {
        let id = need("", "", title).node.unwrap();
        standings.iter().find(|s| s.node == id).cloned().unwrap()
    };
    let all = standing(&cluster);
    let wire = of(&all, "键合金丝");
    // Three inside offer it, and what they have free is more than the 200 rolls needed.
    assert_eq!(
        (wire.standing, wire.suppliers_inside, wire.value),
        (Standing::Strong, 3, UnmetValue::default())
    );
    assert_eq!(wire.capacity_ratio, Some(1300.0 / 200.0));
    assert_eq!(of(&all, "锡膏").standing, Standing::Missing);
    assert_eq!(of(&all, "环氧树脂").standing, Standing::Outside);
    assert_eq!(of(&all, "酸性蚀刻液").standing, Standing::Weak);
    // Nodes near to what is made come before those that are not, where nobody asks.
    let unasked: Vec<f64> = all.iter().filter(|s| s.demanders == 0).map(|s| s.relatedness).collect();
    assert!(unasked.is_sorted_by(|a, b| a >= b) && unasked[0] > 0.0);

    cluster.needs[0].quantity = quantity(2000.0, "卷/月");
    let all = standing(&cluster);
    assert_eq!(of(&all, "键合金丝").standing, Standing::Weak);
    // 1700 of 2000 rolls at 10 yuan stay unmet, which weighs most.
    assert!((all[0].value.yuan - 17_000.0).abs() < 1e-6 && all[0].node == wire.node);
    assert_eq!((all[0].value.open, all[0].value.priced, all[0].value.estimated), (1, 1, 0));
    // The same wire from outside only.
    for site in ["taihe-wire", "jizhou-wire"] {
        cluster.sites.get_mut(site).unwrap().inside = false;
    }
    assert_eq!(of(&standing(&cluster), "键合金丝").standing, Standing::Outside);
}

/// A need without a price is valued by the middle one of its node's offers, in the need's own unit, and says so.
#[test]
fn an_unpriced_need_is_estimated_by_the_offers_of_its_node() {
    let mut cluster = wanan_and_taihe();
    cluster.needs[0].quantity = quantity(2000.0, "卷/月");
    cluster.needs[0].price = None;
    let allocations = run(&cluster.input(), &Options::default(), &|_| {}).allocations;
    let node = cluster.needs[0].node.clone().unwrap();
    let value = |cluster: &crate::fixture::Cluster| {
        let all = standings(&cluster.input(), &allocations);
        all.into_iter().find(|s| s.node == node).unwrap().value
    };
    assert_eq!(value(&cluster), UnmetValue { open: 1, ..UnmetValue::default() });
    let mut prices = [(9.0, "卷"), (80_000.0, "万卷"), (12.0, "卷"), (1.0, "m"), (5.0, "")].into_iter();
    for offer in cluster.offers.iter_mut().filter(|offer| offer.node.as_ref() == Some(&node)) {
        let price = |(yuan, per): (f64, &str)| PriceRange {
            low_yuan: Some(yuan),
            high_yuan: None,
            per: per.to_owned(),
        };
        offer.price = prices.next().map(price);
    }
    let found = value(&cluster);
    // Eight, nine and twelve yuan a roll; what is priced by the metre or as a whole does not compare.
    assert_eq!((found.priced, found.yuan, found.estimated, found.basis), (0, 0.0, 1, 3));
    let left = found.estimated_yuan / 9.0;
    assert!(left > 0.0 && left < 2000.0 && (left - left.round()).abs() < 1e-6, "{found:?}");

    let mut all = standings(&cluster.input(), &allocations);
    assert_eq!(all[0].node, node);
    rank(&mut all, Ranking::Relatedness);
    assert!(all.is_sorted_by(|a, b| a.relatedness >= b.relatedness));
    rank(&mut all, Ranking::Demanders);
    assert!(all.is_sorted_by(|a, b| a.demanders >= b.demanders));
}

#[test]
fn a_newcomer_changes_what_it_can_serve() {
    let mut cluster = wanan_and_taihe();
    cluster.needs[0].quantity = quantity(500.0, "卷/月");
    let mut newcomer = cluster.offers.iter().find(|o| o.key == "O-good").unwrap().clone();
    (newcomer.key, newcomer.enterprise) = ("new".to_owned(), "newcomer".to_owned());
    newcomer.spare_capacity = quantity(150.0, "卷/月");
    let input = cluster.input();
    let (weights, matches) = (Weights::default(), crate::match_needs(&input, &Options::default(), &|_| {}));
    let sites = HashMap::from([("newcomer".to_owned(), cluster.sites["taihe-wire"].clone())]);
    let scenario =
        what_if(&input, &weights, &Limits::default(), &matches, std::slice::from_ref(&newcomer), &sites);
    assert_eq!(scenario.gaps, (1, 1));
    let [change] = &scenario.needs[..] else { panic!("{scenario:?}") };
    assert_eq!((change.need.as_str(), change.by.as_slice()), ("N1", &["new".to_owned()][..]));
    assert!((change.covered.0 - 0.6).abs() < 1e-9 && (change.covered.1 - 0.9).abs() < 1e-9);
    assert!((scenario.local_rate.1.rate - scenario.local_rate.0.rate - 0.3).abs() < 1e-9);
    // What does not meet the requirements changes nothing.
    newcomer.specs = vec![crate::fixture::purity(99.0)];
    assert!(what_if(&input, &weights, &Limits::default(), &matches, &[newcomer], &sites).needs.is_empty());
}
