//! Times the whole engine on an invented cluster: `cargo run --release -p market --example scale [OFFERS NEEDS]`
//! (50000 and 5000 where none are given). The cluster is made from the chain graph by a seeded generator.
#![expect(clippy::print_stdout, reason = "a measurement is there to be printed")]

#[path = "support/random.rs"]
mod random;

use market::dedupe::propose;
use market::{Input, Options, Site, match_needs, settle};
use model::chain::ChainNode;
use model::enterprise::Enterprise;
use model::need::Need;
use model::offer::Offer;
use model::property::{Property, PropertyKind};
use model::quantity::Quantity;
use model::reference::Reference;
use model::region::{Region, RegionLevel};
use model::spec::{Interval, Specification};
use random::Random;
use std::collections::HashMap;
use std::time::Instant;

impl Random {
    fn pick<'a, T>(&mut self, items: &'a [T]) -> &'a T {
        &items[self.below(items.len())]
    }
}

const QUALITIES: [&str; 8] = ["高精度", "国产", "高可靠", "环保型", "通用", "定制", "超薄", "耐高温"];

fn title(random: &mut Random, node: &ChainNode) -> String {
    let names: Vec<&str> = std::iter::once(&node.name_zh).chain(&node.aliases).map(String::as_str).collect();
    let quality = if random.below(2) == 0 { "" } else { random.pick(&QUALITIES) };
    format!(
        "{quality}{} {}-{}",
        random.pick(&names),
        (b'A' + random.below(26) as u8) as char,
        random.below(900) + 100
    )
}

fn specs(random: &mut Random, node: &ChainNode, reference: &Reference, need: bool) -> Vec<Specification> {
    let properties: Vec<&Property> =
        node.properties.iter().filter_map(|id| reference.properties.get(id)).collect();
    let mut out = Vec::new();
    for property in properties.iter().filter(|p| p.kind == PropertyKind::Number).take(5) {
        let value = (random.below(40) + 10) as f64;
        let width = if need { 0.0 } else { random.below(30) as f64 };
        let unit = property.unit.as_deref().unwrap_or_default();
        out.push(Specification::interval(
            &property.id.0,
            Interval::between(value - width / 2.0, value + width),
            unit,
        ));
    }
    out
}

fn detail(specs: &[Specification], reference: &Reference) -> String {
    specs.iter().map(|s| s.zh(&reference.properties)).collect::<Vec<_>>().join("，")
}

fn main() {
    let arguments: Vec<usize> = std::env::args().skip(1).filter_map(|a| a.parse().ok()).collect();
    let (offer_count, need_count) = match arguments[..] {
        [offers, needs] => (offers, needs),
        _ => (50_000, 5_000),
    };
    let reference = Reference::builtin();
    let mut random = Random(20_261_122);
    let nodes = reference.chain.nodes();
    let counties: Vec<_> = reference.regions.iter().filter(|r| r.level == RegionLevel::County).collect();
    let enterprises = offer_count / 5;
    let sites: HashMap<String, Site> = (0..enterprises)
        .map(|i| {
            let county = random.pick(&counties);
            let products = random.pick(nodes).name_zh.clone();
            (format!("E{i:06}"), Site { point: county.point, region: county.names(), products, inside: true })
        })
        .collect();
    let offers: Vec<Offer> = (0..offer_count)
        .map(|i| {
            let node = random.pick(nodes);
            let mut offer = Offer::new(
                &format!("O{i:06}"),
                &format!("E{:06}", random.below(enterprises)),
                &title(&mut random, node),
            );
            offer.node = Some(node.id.clone());
            offer.specs = specs(&mut random, node, reference, false);
            offer.detail = detail(&offer.specs, reference);
            let capacity = (random.below(100) + 1) as f64;
            offer.capacity =
                (random.below(10) > 0).then(|| Quantity::new(capacity, &format!("{}/月", node.unit)));
            offer
        })
        .collect();
    let needs: Vec<Need> = (0..need_count)
        .map(|i| {
            let node = random.pick(nodes);
            let mut need = Need::new(
                &format!("N{i:06}"),
                &format!("E{:06}", random.below(enterprises)),
                &title(&mut random, node),
            );
            need.node = Some(node.id.clone());
            need.specs = specs(&mut random, node, reference, true);
            need.specs.truncate(2);
            need.detail = detail(&need.specs, reference);
            need.quantity = Some(Quantity::new((random.below(200) + 1) as f64, &format!("{}/月", node.unit)));
            need
        })
        .collect();

    let input = Input { needs: &needs, offers: &offers, sites: &sites, period: None, reference };
    let options = Options { spread: true, ..Options::default() };
    let start = Instant::now();
    let matches = match_needs(&input, &options, &|_| {});
    let matched = start.elapsed();
    let settlement = settle(&input, &options.weights, &options.limits, &matches);
    println!(
        "{need_count} needs x {offer_count} offers: {} matches ({} feasible) in {:.2} s; {} allocations, {} groups of gaps, \
         local supporting rate {:.3} in {:.2} s; peak memory {} MB",
        matches.len(),
        matches.iter().filter(|m| m.feasible).count(),
        matched.as_secs_f64(),
        settlement.allocations.len(),
        settlement.gaps.len(),
        settlement.local_rate.rate,
        (start.elapsed() - matched).as_secs_f64(),
        peak_memory_mb().map_or_else(|| "?".to_owned(), |mb| mb.to_string()),
    );

    let records: Vec<Enterprise> = (0..enterprises).map(|i| enterprise(&mut random, i, &counties)).collect();
    let start = Instant::now();
    let proposals = propose(&records, &[], &reference.regions);
    println!(
        "{enterprises} enterprises: {} likely duplicates in {:.2} s",
        proposals.len(),
        start.elapsed().as_secs_f64()
    );
}

const SYLLABLES: [char; 24] = [
    '鑫', '源', '博', '雅', '恒', '达', '盛', '泰', '华', '康', '宏', '瑞', '安', '新', '福', '明', '龙',
    '腾', '兴', '旺', '永', '嘉', '德', '邦',
];

fn enterprise(random: &mut Random, number: usize, counties: &[&Region]) -> Enterprise {
    let brand: String = (0..3).map(|_| random.pick(&SYLLABLES)).collect();
    let business = random.pick(&["电子", "光电", "科技", "电子科技", "实业", "新材料", "精密五金"]);
    let mut out = Enterprise::new(None, &format!("{}{brand}{business}有限公司", random.pick(counties).name));
    out.key = format!("E{number:06}");
    out.contact.phone = format!("0796-{}", 8_000_000 + random.below(900_000));
    out
}

/// Peak resident memory of this process, where the system tells it.
fn peak_memory_mb() -> Option<u64> {
    let status = std::fs::read_to_string("/proc/self/status").ok()?;
    let line = status.lines().find(|l| l.starts_with("VmHWM:"))?;
    line.split_whitespace().nth(1)?.parse::<u64>().ok().map(|kb| kb / 1024)
}
