use super::*;
use crate::dedupe::SCORE_MIN;
use crate::fixture;
use jiff::civil::date;
use model::spectext::{parse_quantity, parse_specs};
use proptest::prelude::*;

fn reference() -> &'static Reference {
    Reference::builtin()
}

/// A record as an import reads it: `title | detail | capacity | number`, of which the end may be left out.
fn offer(key: &str, text: &str) -> Offer {
    let mut cells = text.split('|').map(str::trim);
    let mut cell = || cells.next().unwrap_or_default();
    let (title, detail, capacity, number) = (cell(), cell(), cell(), cell());
    let r = reference();
    let out = fixture::offer(key, "e", title);
    let hints = out.node.as_ref().and_then(|id| r.chain.get(id)).map_or(&[][..], |n| &n.properties);
    Offer {
        specs: parse_specs(detail, &r.units, &r.properties, hints).specs,
        detail: detail.to_owned(),
        capacity: parse_quantity(capacity, &r.units).ok(),
        number: number.to_owned(),
        ..out
    }
}

fn proposed(records: &[Offer], decisions: &[Decision]) -> Vec<DuplicateProposal> {
    propose_products(records.iter().map(Product::from), decisions, reference())
}

fn score(a: &Offer, b: &Offer) -> f64 {
    proposed(&[a.clone(), b.clone()], &[]).first().map_or(0.0, |p| p.score)
}

#[test]
fn pairs_of_products() {
    for (a, b, same) in [
        ("金线 20um | | 500km/月", "键合金线 φ0.02mm | | 500km/月", true),
        ("金线 | 线径20μm；纯度≥99.99% | 500km/月", "键合金线 | φ0.02mm，纯度4N | 300km/月", true),
        ("键合金线 | 线径20μm", "键合金线 | 线径25μm", false),
        ("键合金线 | 线径20μm | 500km/月", "金线 | 直径25μm | 500km/月", false),
        ("金线 20um | | 500km/月", "金线 25um | | 500km/月", false),
        ("金线 20um", "键合金线 | 线径25μm", false),
        ("键合丝 | 材质金；线径20μm | 500km/月", "键合丝 | 材质铜；线径20μm | 500km/月", false),
        ("显示屏面罩", "显示屏面罩", true),
        ("LED显示屏面罩 | P2.5，500×500mm | 30万片/月", "显示屏面罩 P2.5 | 500*500mm | 30万片/月", true),
        ("显示屏面罩 | P2.5", "显示屏面罩 | P3", false),
        ("注塑件", "精密模具", false),
        ("铝基板 | 板厚1.6mm | 2万平方米/月", "FR-4双面板 | 板厚1.6mm | 2万平方米/月", false),
        ("手机壳-A款 | | 5万件/月", "手机壳-B款 | | 5万件/月", false),
        ("M3*8螺丝 | | 100万件/月", "M3*10螺丝 | | 100万件/月", false),
        ("STM32F103C8T6单片机", "单片机STM32F103C8T6", true),
        ("二极管", "三极管", false),
        ("LED灯珠 | 2835；暖白 | 50KK/月", "2835灯珠 | 暖白 | 50KK/月", true),
        ("LED灯珠 | 2835；暖白", "LED灯珠 | 3528；暖白", false),
        ("连接器 | 间距2.54mm；4P", "连接器 | 间距2.54mm；6P", false),
        ("PCB四层板 | | 1万平方米/月", "PCB六层板 | | 1万平方米/月", false),
        // A price or capacity of another month, and another source's number, are no other product.
        (
            "焊锡丝 | 线径0.8mm；含锡量99.3% | 20吨/月 | A-1",
            "焊锡丝 | 线径0.8mm；含锡量99.3% | 25吨/月 | 07",
            true,
        ),
        ("焊锡丝 | 线径0.8mm | 20吨/月 | 3", "焊锡丝 | 线径0.8mm | 20吨/月 | 4", true),
        ("焊锡丝 | 线径0.8mm | 20吨/月 | GY-0277", "焊锡丝 | 线径0.8mm | 20吨/月 | XQ-0278", true),
        ("焊锡丝 | 线径0.8mm | 20吨/月 | GY-0277", "焊锡丝 | 线径0.8mm | 20吨/月 | gy-0278", false),
    ] {
        let (x, y) = (offer("1", a), offer("2", b));
        let found = proposed(&[x.clone(), y.clone()], &[]);
        assert_eq!(!found.is_empty(), same, "{a} / {b}: {:?} {:?}", score(&x, &y), found);
        assert_eq!(score(&x, &y), score(&y, &x), "{a} / {b}");
    }
}

#[test]
fn batches_are_two() {
    let one = Need {
        quantity: parse_quantity("5000片", &reference().units).ok(),
        valid_from: Some(date(2026, 10, 1)),
        valid_until: Some(date(2026, 10, 31)),
        ..fixture::need("1", "e", "显示屏面罩")
    };
    let pair = |other: Need| {
        let found = propose_products([&one, &other].into_iter().map(Product::from), &[], reference());
        !found.is_empty()
    };
    let again = Need { key: "2".to_owned(), ..one.clone() };
    assert!(pair(again.clone()));
    let november =
        Need { valid_from: Some(date(2026, 11, 1)), valid_until: Some(date(2026, 11, 30)), ..again.clone() };
    assert!(!pair(november));
    let by = |day| Need { needed_by: Some(date(2026, 12, day)), ..again.clone() };
    assert!(pair(by(1)), "one side says nothing");
    let (first, second) = (by(1), Need { key: "3".to_owned(), ..by(20) });
    assert!(propose_products([&first, &second].into_iter().map(Product::from), &[], reference()).is_empty());
}

#[test]
fn only_within_one_enterprise_and_market() {
    let (one, other) = (offer("1", "显示屏面罩"), offer("2", "显示屏面罩"));
    assert!(score(&one, &other) >= SCORE_MIN);
    let elsewhere = Offer { enterprise: "f".to_owned(), ..other.clone() };
    assert_eq!(score(&one, &elsewhere), 0.0);
    let market = Offer { market: model::markets::MarketKey("process".to_owned()), ..other };
    assert_eq!(score(&one, &market), 0.0);
}

#[test]
fn reasons_name_what_is_the_same() {
    let found = proposed(
        &[offer("1", "金线 | 线径20μm | 500km/月"), offer("2", "键合金线 | 线径0.02mm | 500km/月")],
        &[],
    );
    let words: Vec<&str> = found[0].reasons.iter().filter_map(|r| r.split_once('（')).map(|r| r.0).collect();
    assert_eq!(words, ["名称主词相同", "产业链节点相同", "多项规格相同：材质 金、线径 20μm", "数量相同"]);
}

/// What people say of pairs that look alike is learned.
#[test]
fn decisions_teach() {
    let records: Vec<Offer> = (0..80)
        .flat_map(|i| {
            ["a", "b"].map(|side| Offer {
                enterprise: format!("e{i}"),
                ..offer(&format!("{i}{side}"), "显示屏面罩 | | 3万片/月")
            })
        })
        .collect();
    let decided: Vec<Decision> =
        (1..80).map(|i| Decision { a: format!("{i}a"), b: format!("{i}b"), same: false }).collect();
    let open =
        |found: Vec<DuplicateProposal>| found.into_iter().find(|p| p.a == "0a").map_or(0.0, |p| p.score);
    let (before, after) = (open(proposed(&records, &[])), open(proposed(&records, &decided)));
    assert!(before > 0.9 && after < before - 0.2, "{before} {after}");
}

proptest! {
    /// Whatever else is alike: another diameter is another product, and the order of records does not matter.
    #[test]
    fn a_contradiction_is_two(a in 10u32..60, b in 10u32..60, title in 0usize..2) {
        let title = ["金线", "键合金线"][title];
        let one = offer("1", &format!("键合金线 | 线径{a}μm | 500km/月 | 7"));
        let other = offer("2", &format!("{title} | 线径{}mm | 500km/月 | 7", f64::from(b) / 1000.0));
        prop_assert_eq!(score(&one, &other) >= SCORE_MIN, a == b);
        prop_assert_eq!(score(&one, &other), score(&other, &one));
    }
}
