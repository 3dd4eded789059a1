//! The index at scale: `cargo run --release -p market --example retrieval_scale [OFFERS NEEDS]` (1,000,000 and 10,000 where
//! none are given) invents offers with a seeded generator, indexes them, finds the best hundred for every need on all cores, and
//! prints what that took as JSON in the last line.
//!
//! The skew is that of trade: kinds of products follow Zipf's law, each kind is offered under a few makers' variants, and half
//! of the titles end in a model number that hardly any other has. Kinds are the names of the chain graph and of the industrial
//! classification, alone and with materials before them.
#![expect(clippy::print_stdout, reason = "a measurement is there to be printed")]

#[path = "support/clock.rs"]
mod clock;
#[path = "support/random.rs"]
mod random;

use clock::cpu_seconds;
use market::retrieve::{Document, Field, Index};
use market::weights::TermWeights;
use model::reference::Reference;
use random::Random;
use rayon::prelude::*;
use std::time::Instant;

impl Random {
    /// A place below `count`, by Zipf's law with exponent 1 (inverse of the continuous distribution).
    fn zipf(&mut self, count: usize) -> usize {
        let share = (self.next() >> 11) as f64 / (1u64 << 53) as f64;
        (((count as f64 + 1.0).powf(share)) as usize).saturating_sub(1).min(count - 1)
    }
}

const MATERIALS: [&str; 40] = [
    "不锈钢",
    "铝合金",
    "铜",
    "镀金",
    "镀锡",
    "陶瓷",
    "玻璃",
    "环氧",
    "硅胶",
    "聚酰亚胺",
    "阻燃",
    "无铅",
    "高频",
    "高导热",
    "柔性",
    "刚性",
    "多层",
    "双面",
    "超薄",
    "耐高温",
    "防水",
    "车规级",
    "工业级",
    "医用",
    "精密",
    "高精度",
    "国产",
    "进口",
    "环保型",
    "定制",
    "低温",
    "高压",
    "大功率",
    "微型",
    "贴片",
    "直插",
    "全自动",
    "半自动",
    "便携式",
    "智能",
];
const LATIN: [&str; 24] = [
    "LED", "PCB", "FPC", "SMT", "IC", "FR-4", "PET", "PI", "ABS", "PVC", "RGB", "COB", "MOSFET", "USB",
    "Type-C", "RoHS", "CNC", "UV", "OLED", "TFT", "5G", "DC", "AC", "PTFE",
];

/// Kinds of products, the commonest first.
fn kinds() -> Vec<String> {
    let reference = Reference::builtin();
    let mut names: Vec<String> = Vec::new();
    for node in reference.chain.nodes() {
        names.push(node.name_zh.clone());
        names.extend(node.aliases.iter().cloned());
    }
    let industries = include_str!("../../../data/gbt4754_2017.csv").lines().skip(1);
    names.extend(
        industries.filter(|l| l.contains("小类")).filter_map(|l| Some(l.split(',').nth(1)?.to_owned())),
    );
    let bare = names.clone();
    for material in MATERIALS.iter().take(12) {
        names.extend(bare.iter().map(|name| format!("{material}{name}")));
    }
    let mut random = Random(20_261_122);
    for at in (1..names.len()).rev() {
        names.swap(at, random.below(at + 1));
    }
    names
}

fn title(random: &mut Random, kinds: &[String], out: &mut String) {
    if random.below(2) == 0 {
        out.push_str(MATERIALS[random.zipf(MATERIALS.len())]);
    }
    if random.below(3) == 0 {
        out.push_str(LATIN[random.zipf(LATIN.len())]);
        out.push(' ');
    }
    out.push_str(&kinds[random.zipf(kinds.len())]);
    match random.below(4) {
        0 => out.push_str(&format!(" {}.{}mm", random.zipf(40), random.below(10))),
        1 => out.push_str(&format!(" {}×{}", 10 * (1 + random.zipf(100)), 10 * (1 + random.zipf(100)))),
        _ => {
            let letter = |random: &mut Random| char::from(b'A' + random.below(26) as u8);
            let (a, b) = (letter(random), letter(random));
            out.push_str(&format!(" {a}{b}-{}", random.below(1_000_000)));
        }
    }
}

/// Texts one after the other, and where each ends.
struct Texts {
    all: String,
    ends: Vec<usize>,
}

impl Texts {
    fn invent(count: usize, seed: u64, kinds: &[String]) -> Self {
        let mut random = Random(seed);
        let mut out = Self { all: String::new(), ends: Vec::with_capacity(count) };
        for _ in 0..count {
            title(&mut random, kinds, &mut out.all);
            out.ends.push(out.all.len());
        }
        out
    }

    fn get(&self, at: u32) -> Document<'_> {
        let at = at as usize;
        let start = if at == 0 { 0 } else { self.ends[at - 1] };
        vec![Field { weight: 1.0, text: &self.all[start..self.ends[at]] }]
    }
}

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let number = |at: usize, default: u32| -> Result<u32, std::num::ParseIntError> {
        std::env::args().nth(at).map_or(Ok(default), |text| text.parse())
    };
    let (offers, needs) = (number(1, 1_000_000)?, number(2, 10_000)?);
    let kinds = kinds();
    let (offered, needed) =
        (Texts::invent(offers as usize, 1, &kinds), Texts::invent(needs as usize, 2, &kinds));
    let (start, begun) = (cpu_seconds()?, Instant::now());
    let index = Index::build_from(&TermWeights::default(), offers, |at| offered.get(at));
    let (indexed, index_s) = (cpu_seconds()?, begun.elapsed().as_secs_f64());
    let index_mib = resident_mib("VmRSS:")?;
    let found = |k: usize| -> Result<(f64, f64, usize), std::io::Error> {
        let (start, begun) = (cpu_seconds()?, Instant::now());
        let hits: usize = (0..needs)
            .into_par_iter()
            .map_init(|| index.searcher(), |searcher, at| searcher.search(&needed.get(at), k).len())
            .sum();
        Ok((cpu_seconds()? - start, begun.elapsed().as_secs_f64(), hits))
    };
    let (ten, hundred) = (found(10)?, found(100)?);
    println!(
        "{}",
        serde_json::json!({
            "offers": offers, "needs": needs, "kinds": kinds.len(), "text_mib": offered.all.len() >> 20,
            "index_cpu_s": indexed - start, "index_s": index_s, "index_mib": index_mib, "peak_mib": resident_mib("VmHWM:")?,
            "top10_cpu_s": ten.0, "top10_s": ten.1, "top10_needs_per_cpu_s": f64::from(needs) / ten.0,
            "top100_cpu_s": hundred.0, "top100_s": hundred.1, "top100_needs_per_cpu_s": f64::from(needs) / hundred.0,
            "hits": [ten.2, hundred.2],
        })
    );
    Ok(())
}

/// Resident memory now (`VmRSS:`) or at most (`VmHWM:`), MiB.
fn resident_mib(what: &str) -> std::io::Result<u64> {
    let text = std::fs::read_to_string("/proc/self/status")?;
    let line = text.lines().find_map(|line| line.strip_prefix(what)).unwrap_or_default();
    Ok(line.split_whitespace().next().and_then(|kib| kib.parse::<u64>().ok()).unwrap_or(0) >> 10)
}
