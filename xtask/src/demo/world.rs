//! What the generator reads: chain graph, regions, product templates, places, words, planned gaps.

use super::amount::{Amount, Price, Unit};
use super::pattern::{Pattern, wordings};
use anyhow::{Context, Result, ensure};
use model::chain::{ChainGraph, ChainNode, NodeId};
use model::region::{Point, RegionLevel, RegionTable};
use serde::Deserialize;
use std::collections::BTreeMap;
use std::path::Path;

/// All input of the generator.
pub struct World {
    /// The chain graph.
    pub chain: ChainGraph,
    /// The regions of the city.
    pub regions: RegionTable,
    /// Product templates by chain node.
    pub templates: BTreeMap<String, Vec<Template>>,
    /// Where the enterprises sit.
    pub places: Vec<Place>,
    /// Hand-written words by kind (`demo/words.csv`).
    words: BTreeMap<String, Vec<String>>,
    /// Needs that nobody local can meet (`demo/gaps.csv`).
    pub gaps: Vec<PlannedGap>,
}

/// A product as enterprises offer and ask for it.
pub struct Template {
    /// Wordings of the product's name.
    pub titles: Vec<Pattern>,
    /// What a maker states.
    pub offer_spec: Pattern,
    /// What a buyer asks for.
    pub need_spec: Pattern,
    /// Smallest and largest monthly capacity.
    pub capacity: (Amount, Amount),
    /// Price interval.
    pub price: Price,
    /// Usual certificates.
    pub certificates: Vec<String>,
}

/// A county or park and what it is known for.
pub struct Place {
    /// Code of the county.
    pub county: String,
    /// Name of the county as registered.
    pub county_name: String,
    /// Name of the park, if it is one.
    pub park: Option<String>,
    /// How many enterprises sit there.
    pub firms: usize,
    /// Chain groups with their weights.
    pub groups: Vec<(String, u64)>,
}

/// Why a planned need stays open.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Cause {
    /// Nobody local makes it.
    NoSupplier,
    /// Local makers fall short of the specification.
    Specification,
    /// Local makers have too little free capacity.
    Capacity,
    /// The makers are too far away.
    Distance,
}

impl Cause {
    /// All causes.
    pub const ALL: [Self; 4] = [Self::NoSupplier, Self::Specification, Self::Capacity, Self::Distance];

    /// The cause in Chinese.
    pub fn zh(self) -> &'static str {
        match self {
            Self::NoSupplier => "本地无供应商",
            Self::Specification => "规格达不到",
            Self::Capacity => "产能不足",
            Self::Distance => "距离过远",
        }
    }
}

/// One need that stays open by design.
#[derive(Debug, Clone, Deserialize)]
pub struct PlannedGap {
    /// Why.
    pub cause: Cause,
    /// Chain node.
    pub node: String,
    /// County of the buyer, where it matters.
    pub buyer: String,
    /// County of the only makers, where it matters.
    pub maker: String,
    /// Name of the product needed.
    pub title: String,
    /// What is asked for.
    pub spec: String,
    /// Number wanted; empty for a capacity gap, where it follows from what is free.
    pub quantity: String,
    /// Unit of the number.
    pub unit: String,
    /// `月` or `次`.
    pub per: String,
    /// How far the makers deliver, in km.
    pub radius_km: Option<u32>,
    /// How far the buyer looks, in km.
    pub max_km: Option<u32>,
    /// Where it is bought now.
    pub current: String,
}

#[derive(Deserialize)]
struct TemplateRow {
    node: String,
    titles: String,
    offer_spec: String,
    need_spec: String,
    unit: String,
    capacity_low: String,
    capacity_high: String,
    price_low: String,
    price_high: String,
    certificates: String,
}

#[derive(Deserialize)]
struct PlaceRow {
    region: String,
    firms: usize,
    groups: String,
}

#[derive(Deserialize)]
struct WordRow {
    kind: String,
    words: String,
}

impl World {
    /// Reads everything below the project's `root`.
    ///
    /// # Errors
    /// A file that is not there, or the first faulty row of one.
    pub fn read(root: &Path) -> Result<Self> {
        let text = |path: &str| {
            std::fs::read_to_string(root.join(path)).with_context(|| format!("cannot read {path}"))
        };
        let chain = ChainGraph::parse(
            &text("data/chain/electronics/nodes.csv")?,
            &text("data/chain/electronics/edges.csv")?,
        )?;
        let mut regions = RegionTable::parse("regions/china.csv", &text("data/regions/china.csv")?)?;
        regions.extend("regions/jian.csv", &text("data/regions/jian.csv")?)?;
        let mut templates = BTreeMap::new();
        for table in ["display.csv", "board.csv"] {
            let path = format!("demo/templates/{table}");
            for (line, row) in model::table::rows::<TemplateRow>(table, &text(&path)?)? {
                add_template(&mut templates, &chain, &row).with_context(|| format!("{path} line {line}"))?;
            }
        }
        let mut places = Vec::new();
        for (line, row) in model::table::rows::<PlaceRow>("places.csv", &text("demo/places.csv")?)? {
            places.push(place(&regions, &row).with_context(|| format!("demo/places.csv line {line}"))?);
        }
        let words = model::table::rows::<WordRow>("words.csv", &text("demo/words.csv")?)?
            .into_iter()
            .map(|(_, row)| (row.kind, model::table::words(&row.words)))
            .collect();
        let mut gaps = Vec::new();
        for (line, gap) in model::table::rows::<PlannedGap>("gaps.csv", &text("demo/gaps.csv")?)? {
            ensure!(
                chain.get(&NodeId(gap.node.clone())).is_some(),
                "demo/gaps.csv line {line}: no node {}",
                gap.node
            );
            gaps.push(gap);
        }
        Ok(Self { chain, regions, templates, places, words, gaps })
    }

    /// The hand-written words of one kind.
    ///
    /// # Errors
    /// When `demo/words.csv` has no such row.
    pub fn words(&self, kind: &str) -> Result<&[String]> {
        self.words.get(kind).map(Vec::as_slice).with_context(|| format!("demo/words.csv has no row {kind}"))
    }

    /// The chain node with this id.
    ///
    /// # Errors
    /// When the graph does not have it.
    pub fn node(&self, id: &str) -> Result<&ChainNode> {
        self.chain.get(&NodeId(id.to_owned())).with_context(|| format!("the chain graph has no node {id}"))
    }

    /// Seat of a county.
    ///
    /// # Errors
    /// When the region table has no such county or no seat for it.
    pub fn seat(&self, county: &str) -> Result<Point> {
        self.regions
            .get(county)
            .and_then(|region| region.point)
            .with_context(|| format!("no coordinates for county {county}"))
    }
}

fn add_template(
    templates: &mut BTreeMap<String, Vec<Template>>,
    chain: &ChainGraph,
    row: &TemplateRow,
) -> Result<()> {
    ensure!(chain.get(&NodeId(row.node.clone())).is_some(), "no node {}", row.node);
    let capacity =
        (Amount::parse(&row.capacity_low, &row.unit)?, Amount::parse(&row.capacity_high, &row.unit)?);
    ensure!(0 < capacity.0.milli && capacity.0.milli <= capacity.1.milli, "the capacity interval is empty");
    let titles = wordings(&row.titles).into_iter().map(Pattern::parse).collect::<Result<Vec<_>>>()?;
    ensure!(!titles.is_empty(), "no title");
    templates.entry(row.node.clone()).or_default().push(Template {
        titles,
        offer_spec: Pattern::parse(&row.offer_spec)?,
        need_spec: Pattern::parse(&row.need_spec)?,
        capacity,
        price: Price::parse(&row.price_low, &row.price_high, &Unit::parse(&row.unit).base)?,
        certificates: model::table::words(&row.certificates),
    });
    Ok(())
}

fn place(regions: &RegionTable, row: &PlaceRow) -> Result<Place> {
    let region = regions.get(&row.region).with_context(|| format!("no region {}", row.region))?;
    let (county, park) = match region.level {
        RegionLevel::Park => {
            (regions.get(&region.parent).context("a park without county")?, Some(region.name.clone()))
        }
        _ => (region, None),
    };
    ensure!(county.level == RegionLevel::County, "{} is in no county", region.name);
    let groups = model::table::words(&row.groups)
        .iter()
        .map(|word| {
            let (group, weight) = word.split_once(':').with_context(|| format!("{word} has no weight"))?;
            Ok((group.to_owned(), weight.parse()?))
        })
        .collect::<Result<_>>()?;
    Ok(Place {
        county: county.code.clone(),
        county_name: county.name.clone(),
        park,
        firms: row.firms,
        groups,
    })
}
