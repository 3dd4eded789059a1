use super::*;
use model::reference::Reference;
use model::uscc::Uscc;
use std::collections::HashSet;

fn regions() -> &'static RegionTable {
    &Reference::builtin().regions
}

fn score(a: &Enterprise, b: &Enterprise) -> f64 {
    let found = propose(&[a.clone(), b.clone()], &[], regions());
    found.first().map_or(0.0, |p| p.score)
}

fn enterprise(key: &str, name: &str) -> Enterprise {
    // Keys of their own, as two records of one name from two sources have.
    Enterprise { key: key.to_owned(), ..Enterprise::new(None, name) }
}

#[test]
fn pairs_of_names() {
    for (a, b, proposed) in [
        ("吉安市鑫源电子有限公司", "吉安市鑫源电子有限公司 ", true),
        ("鑫源（吉安）电子有限公司", "鑫源(吉安)电子有限公司", true),
        ("江西鑫源电子有限公司", "吉安市鑫源电子有限责任公司", true),
        ("江西鑫源电子科技有限公司", "江西鑫原电子科技有限公司", true),
        ("泰和县鑫源电子有限公司", "万安县鑫源电子有限公司", false),
        ("江西鑫源电子有限公司", "江西博雅电子有限公司", false),
        ("江西鑫源电子有限公司", "江西鑫源环保有限公司", false),
        ("吉安市电子有限公司", "吉安市科技有限公司", false),
        ("鑫源电子有限公司", "鑫源电子有限公司泰和分公司", false),
        ("吉安红星第一机械厂", "吉安红星第二机械厂", false),
        ("虚构规模测试00017号有限公司", "虚构规模测试00018号有限公司", false),
    ] {
        let (x, y) = (enterprise("1", a), enterprise("2", b));
        assert_eq!(score(&x, &y) >= SCORE_MIN, proposed, "{a} / {b}: {}", score(&x, &y));
        assert_eq!(score(&x, &y), score(&y, &x), "{a} / {b}");
    }
}

#[test]
fn codes_telephones_and_short_names() {
    let code = |first: &str| Uscc::complete(first).unwrap();
    let mut a = enterprise("1", "江西鑫源电子有限公司");
    let mut b = enterprise("2", "吉安甲乙光电有限公司");
    assert_eq!(score(&a, &b), 0.0);
    a.uscc = Some(code("91360800MA000001"));
    b.uscc = a.uscc.clone();
    assert_eq!(score(&a, &b), 1.0, "the code is the truth");
    b.uscc = Some(code("91360800MA000002"));
    assert_eq!(score(&a, &b), 0.0);
    // Two codes are two enterprises, alike as they may be.
    b.name = a.name.clone();
    (a.contact.phone, b.contact.phone) = ("0796-1234567".to_owned(), "07961234567".to_owned());
    assert_eq!(score(&a, &b), 0.0);
    b.uscc = None;
    assert!(score(&a, &b) > 0.9);
    a.contact.phone.clear();

    let mut short = enterprise("2", "鑫源");
    short.contact.phone = "0796-8888 888".to_owned();
    a.contact.phone = "07968888888".to_owned();
    let by_phone = score(&a, &short);
    a.short_name = "鑫源".to_owned();
    let by_short_name = score(&a, &short);
    short.address = "江西省吉安市泰和县工业园区一号".to_owned();
    a.address = "江西省吉安市泰和县工业园区 一号".to_owned();
    let by_all = score(&a, &short);
    assert!(
        by_phone < by_short_name && by_short_name < by_all && by_all > 0.99,
        "{by_phone} {by_short_name} {by_all}"
    );
}

/// Other names meet whatever legal form they are written with.
#[test]
fn english_names_meet() {
    let mut a = enterprise("1", "吉安市鑫源电子有限公司");
    let mut b = enterprise("2", "吉安鑫元电子厂");
    a.other_names = vec!["Jian Xinyuan Electronics Co. Ltd.".to_owned()];
    for (other, proposed) in [
        ("Jian Xinyuan Electronics", true),
        ("JIAN XINYUAN ELECTRONICS CO., LIMITED", true),
        ("Jian Xinyuan Optics Co. Ltd.", false),
    ] {
        b.other_names = vec![other.to_owned()];
        let found = propose(&[a.clone(), b.clone()], &[], regions());
        let alias = |p: &DuplicateProposal| p.reasons.iter().any(|r| r.contains("简称或曾用名"));
        assert_eq!(found.first().is_some_and(alias), proposed, "{other}: {found:?}");
    }
    b.name = "Jian Xinyuan Electronics".to_owned();
    b.other_names.clear();
    assert!(score(&a, &b) >= SCORE_MIN, "{}", score(&a, &b));
}

#[test]
fn reasons_tell_their_weights() {
    let mut a = enterprise("1", "吉安市鑫源电子有限公司");
    let mut b = enterprise("2", "吉安市鑫源电子有限公司");
    (a.contact.phone, b.contact.phone) = ("0796-1234567".to_owned(), "0796-7654321".to_owned());
    let found = propose(&[a, b], &[], regions());
    let words: Vec<&str> = found[0].reasons.iter().filter_map(|r| r.split_once('（')).map(|r| r.0).collect();
    assert_eq!(words, ["名称相同", "名称中的地区相符", "联系电话不同"]);
    assert!(
        found[0].reasons[0].contains("（+") && found[0].reasons[2].contains("（-"),
        "{:?}",
        found[0].reasons
    );
}

/// Pseudo-random numbers, the same on every machine (G. Marsaglia, Xorshift RNGs, 2003).
struct Random(u64);

impl Random {
    fn below(&mut self, n: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        usize::try_from(self.0 >> 33).unwrap_or(0) % n
    }
}

/// A made-up cluster: enterprises of which some are recorded a second time with what goes wrong in practice, and the pairs that are one.
fn cluster(count: usize, seed: u64) -> (Vec<Enterprise>, HashSet<(String, String)>) {
    const PLACES: [&str; 6] = ["吉安市", "江西", "泰和县", "万安县", "吉水县", ""];
    const FIRST: [&str; 20] = [
        "鑫", "源", "博", "华", "瑞", "恒", "达", "兴", "宏", "盛", "泰", "金", "嘉", "晶", "优", "立", "景",
        "东", "海", "中",
    ];
    const SECOND: [&str; 20] = [
        "源", "利", "通", "辉", "丰", "信", "德", "阳", "康", "和", "科", "创", "旺", "航", "元", "宇", "业",
        "扬", "正", "邦",
    ];
    const LINES: [&str; 8] = ["电子", "光电", "科技", "精密五金", "电路", "新材料", "照明", "塑胶"];
    let mut random = Random(seed);
    let (mut all, mut truth, mut registered) = (Vec::new(), HashSet::new(), HashSet::new());
    for i in 0..count {
        // A name is registered once.
        let (place, brand, line) = loop {
            let brand = format!("{}{}", FIRST[random.below(20)], SECOND[random.below(20)]);
            let name = (PLACES[random.below(6)], brand, LINES[random.below(8)]);
            if registered.insert(name.clone()) {
                break name;
            }
        };
        let mut one = enterprise(&format!("{i:05}a"), &format!("{place}{brand}{line}有限公司"));
        one.contact.phone = format!("0796{:07}", random.below(10_000_000));
        one.address = format!("工业园区{}大道{}号", SECOND[random.below(20)], random.below(400));
        if random.below(4) == 0 {
            one.short_name = brand.clone();
        }
        if random.below(5) == 0 {
            let mut twin = one.clone();
            twin.key = format!("{i:05}b");
            twin.name = match random.below(5) {
                0 => format!("{brand}{line}有限公司"),
                1 => format!("{place}{brand}{line}有限责任公司"),
                2 => format!("{place}{brand}{line}（有限公司）"),
                3 => format!("{place}{}{}{line}有限公司", FIRST[random.below(20)], &brand[3..]),
                _ => one.name.clone(),
            };
            if random.below(2) == 0 {
                twin.contact.phone =
                    [String::new(), format!("0796{:07}", random.below(10_000_000))][random.below(2)].clone();
            }
            if random.below(2) == 0 {
                twin.address = [String::new(), format!("吉安市{}", one.address)][random.below(2)].clone();
            }
            truth.insert((one.key.clone(), twin.key.clone()));
            all.push(twin);
        }
        all.push(one);
    }
    (all, truth)
}

/// Precision and recall of what is proposed.
fn quality(found: &[DuplicateProposal], truth: &HashSet<(String, String)>) -> (f64, f64) {
    let right = found.iter().filter(|p| truth.contains(&(p.a.clone(), p.b.clone()))).count() as f64;
    (right / found.len() as f64, right / truth.len() as f64)
}

#[test]
fn a_made_up_cluster_is_found() {
    let (all, truth) = cluster(3000, 20_261_122);
    let found = propose(&all, &[], regions());
    let (precision, recall) = quality(&found, &truth);
    eprintln!(
        "3,000 enterprises, {} recorded twice: precision {precision:.3}, recall {recall:.3}",
        truth.len()
    );
    assert!(precision > 0.95 && recall > 0.8, "precision {precision}, recall {recall}");
}

#[test]
fn order_does_not_matter() {
    let (all, _) = cluster(300, 7);
    let reversed: Vec<Enterprise> = all.iter().rev().cloned().collect();
    let found = propose(&all, &[], regions());
    assert!(!found.is_empty());
    assert_eq!(found, propose(&reversed, &[], regions()));
}
