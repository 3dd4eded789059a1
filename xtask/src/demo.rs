//! The demo cluster: invented enterprises of Ji'an with offers and needs on the chain graph, written as the
//! workbooks that a secretariat would receive. The same seed gives the same bytes.

mod alliance;
mod amount;
mod bureau;
mod cluster;
mod demand;
mod fault;
mod faulty;
mod fixed;
mod gaps;
mod legacy;
mod markets;
mod names;
mod pattern;
mod profile;
mod readme;
mod rng;
mod scenario;
mod summary;
mod supply;
mod table;
mod world;

use anyhow::{Context, Result};
use cluster::{Cluster, Source};
use names::Names;
use std::io::Write;
use std::path::Path;
use world::World;

pub use pattern::{Pattern, wordings};
pub use rng::Rng;

/// The seed of the committed demo.
pub const SEED: u64 = 360_800;

/// File names, relative to `demo/`.
pub mod files {
    /// The alliance's workbook.
    pub const ALLIANCE: &str = "workbooks/虚构示例_1_联盟供需汇总.xlsx";
    /// The bureau's survey.
    pub const BUREAU: &str = "workbooks/虚构示例_2_泰和县摸底表.xlsx";
    /// Needs of the old system.
    pub const LEGACY_NEEDS: &str = "workbooks/虚构示例_3_特派员系统需求导出.csv";
    /// Offers of the old system.
    pub const LEGACY_OFFERS: &str = "workbooks/虚构示例_4_老系统供给导出.csv";
    /// The other markets.
    pub const MARKETS: &str = "workbooks/虚构示例_5_其他市场.xlsx";
    /// The workbook of faults.
    pub const FAULTY: &str = "workbooks/bad/虚构示例_错误样例.xlsx";
    /// All cells that are to be refused.
    pub const EXPECTED: &str = "workbooks/bad/expected.csv";
    /// What the files are.
    pub const README: &str = "README.md";
}

/// Everything that one seed makes.
pub struct Demo {
    /// Paths relative to `demo/`, and contents.
    pub files: Vec<(&'static str, Vec<u8>)>,
    /// Counts for people.
    pub summary: String,
}

/// Writes the demo cluster below `root/demo` and prints a summary.
///
/// # Errors
/// A faulty table in `data/` or `demo/`, or a file that cannot be written.
pub fn run(root: &Path, seed: u64) -> Result<()> {
    let demo = generate(root, seed)?;
    for (path, bytes) in &demo.files {
        let path = root.join("demo").join(path);
        if let Some(folder) = path.parent() {
            std::fs::create_dir_all(folder).with_context(|| format!("cannot create {}", folder.display()))?;
        }
        std::fs::write(&path, bytes).with_context(|| format!("cannot write {}", path.display()))?;
    }
    std::io::stdout().write_all(demo.summary.as_bytes()).context("cannot print the summary")
}

/// Makes the demo cluster in memory.
///
/// # Errors
/// A faulty table in `data/` or `demo/`, or a plan that does not come out.
pub fn generate(root: &Path, seed: u64) -> Result<Demo> {
    let world = World::read(root)?;
    let mut names = Names::new(&world, seed)?;
    scenario::reserve(&mut names);
    let cluster = cluster(&world, seed, &mut names)?;

    let alliance = alliance::tables(seed, &cluster);
    let (bureau, mut faults) = bureau::tables(seed, files::BUREAU, &cluster, &mut names)?;
    let (faulty, more) = faulty::tables(files::FAULTY, &mut names)?;
    faults.extend(more);
    let summary = summary::text(&world, &cluster);
    let files = vec![
        (files::ALLIANCE, table::xlsx(alliance::TITLE, &alliance)?),
        (files::BUREAU, table::xlsx(bureau::TITLE, &bureau)?),
        (files::LEGACY_NEEDS, table::gb18030_csv(&legacy::needs(seed, &cluster))?),
        (files::LEGACY_OFFERS, table::gb18030_csv(&legacy::offers(seed, &cluster))?),
        (files::MARKETS, table::xlsx(markets::TITLE, &markets::tables(root, &cluster)?)?),
        (files::FAULTY, table::xlsx(faulty::TITLE, &faulty)?),
        (files::EXPECTED, fault::csv(&faults)?),
        (files::README, readme::text(&cluster, &faults).into_bytes()),
    ];
    Ok(Demo { files, summary })
}

fn cluster(world: &World, seed: u64, names: &mut Names<'_>) -> Result<Cluster> {
    let mut cluster = Cluster::default();
    scenario::add(world, names, &mut cluster)?;
    cluster.firms.extend(supply::firms(world, seed, names)?);
    cluster.offers.extend(supply::offers(world, seed, &cluster.firms)?);
    let ordinary = demand::needs(world, seed, &cluster)?;
    let planned = gaps::needs(world, seed, &cluster)?;
    cluster.needs.extend(ordinary);
    cluster.needs.extend(planned);
    number(&mut cluster);
    Ok(cluster)
}

/// Numbers the rows as their sources do; the bureau does not number.
fn number(cluster: &mut Cluster) {
    let sources: Vec<Source> = cluster.firms.iter().map(|firm| firm.source).collect();
    for (i, offer) in cluster.offers.iter_mut().enumerate() {
        offer.number = match sources[offer.firm] {
            Source::Alliance => format!("GY-{:04}", i + 1),
            Source::Legacy => format!("S2026-{:04}", i + 1),
            Source::Bureau => String::new(),
        };
    }
    for (i, need) in cluster.needs.iter_mut().enumerate() {
        need.number = match sources[need.firm] {
            Source::Alliance => format!("XQ-{:04}", i + 1),
            Source::Legacy => format!("N2026-{:04}", i + 1),
            Source::Bureau => String::new(),
        };
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;
    use world::Cause;

    fn root() -> &'static Path {
        Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/.."))
    }

    fn built() -> (World, Cluster) {
        let world = World::read(root()).unwrap();
        let mut names = Names::new(&world, SEED).unwrap();
        scenario::reserve(&mut names);
        let cluster = cluster(&world, SEED, &mut names).unwrap();
        (world, cluster)
    }

    #[test]
    fn the_committed_files_are_what_the_generator_makes() {
        let demo = generate(root(), SEED).unwrap();
        for (path, bytes) in &demo.files {
            let committed = std::fs::read(root().join("demo").join(path)).unwrap_or_default();
            assert!(&committed == bytes, "demo/{path} is out of date: run `cargo xtask demo`");
        }
        let total: usize = demo.files.iter().map(|(_, bytes)| bytes.len()).sum();
        assert!(total < 3_000_000, "the demo has grown to {total} bytes");
    }

    #[test]
    fn the_cluster_is_as_large_and_as_wide_as_promised() {
        let (world, cluster) = built();
        assert!(cluster.firms.len() >= 320, "{} enterprises", cluster.firms.len());
        assert!(cluster.offers.len() >= 1600, "{} offers", cluster.offers.len());
        assert!(cluster.needs.len() >= 430, "{} needs", cluster.needs.len());
        let counties: BTreeSet<&str> = cluster.firms.iter().map(|f| f.county.as_str()).collect();
        assert_eq!(counties.len(), 13);
        for place in &world.places {
            assert!(cluster.firms.iter().any(|f| f.county == place.county), "{}", place.county_name);
        }
        for cause in Cause::ALL {
            let count = cluster.needs.iter().filter(|n| n.design == cluster::Design::Gap(cause)).count();
            assert!(count >= 5, "{count} gaps for {}", cause.zh());
        }
    }

    #[test]
    fn names_and_codes_are_unique_and_marked() {
        let (_, cluster) = built();
        let mut names = BTreeSet::new();
        let mut codes = BTreeSet::new();
        for firm in &cluster.firms {
            assert!(names.insert(model::fold::fold_name(&firm.name)), "{} stands twice", firm.name);
            assert!(codes.insert(firm.uscc.as_str()), "{} stands twice", firm.uscc);
            assert!(firm.uscc.as_str().starts_with("91360899XUGU"), "{}", firm.uscc);
            assert!(firm.contact.phone.starts_with("000-"), "{}", firm.contact.phone);
        }
    }

    #[test]
    fn the_reference_pair_is_41_7_km_apart() {
        let (world, cluster) = built();
        let need = &cluster.needs[0];
        let offer = &cluster.offers[0];
        let (buyer, maker) = (&cluster.firms[need.firm], &cluster.firms[offer.firm]);
        assert_eq!((buyer.county.as_str(), maker.county.as_str()), ("360828", "360826"));
        let km = world.seat(&buyer.county).unwrap().distance_km(world.seat(&maker.county).unwrap());
        assert!((km - 41.7).abs() < 0.3, "{km}");
        assert!(offer.spare.base_milli() >= need.quantity.base_milli());
    }

    #[test]
    fn every_template_expands() {
        let (world, _) = built();
        let mut rng = rng::Rng::new(1, "all templates");
        for (node, templates) in &world.templates {
            for template in templates {
                for pattern in template.titles.iter().chain([&template.offer_spec, &template.need_spec]) {
                    for _ in 0..8 {
                        let text = pattern.expand(&mut rng);
                        assert!(!text.trim().is_empty() && !text.contains(['{', '}', '|']), "{node}: {text}");
                    }
                }
            }
        }
    }
}
