//! The reference tables that ship with the product, parsed once.

use crate::chain::ChainGraph;
use crate::industry::IndustryTable;
use crate::markets::MarketTable;
use crate::outcome::OutcomeTable;
use crate::property::PropertyTable;
use crate::region::RegionTable;
use crate::table::TableError;
use crate::unit::UnitTable;
use crate::vectors::TextVectors;
use crate::visibility::VisibilityTable;
use std::sync::LazyLock;

/// All reference tables. Everything that is a rule of the domain is in here, not in code.
#[derive(Debug, Clone)]
pub struct Reference {
    /// Units of measurement.
    pub units: UnitTable,
    /// Properties that specifications speak of.
    pub properties: PropertyTable,
    /// Regions.
    pub regions: RegionTable,
    /// GB/T 4754.
    pub industries: IndustryTable,
    /// Chain graph.
    pub chain: ChainGraph,
    /// Levels of the fields.
    pub visibility: VisibilityTable,
    /// What outcomes of pairs say.
    pub outcomes: OutcomeTable,
    /// Markets with their sides and fields.
    pub markets: MarketTable,
    /// Vectors of titles that another program made; none are shipped.
    pub vectors: TextVectors,
}

/// The texts of the tables, for a cluster that brings its own.
#[derive(Debug, Clone, Copy)]
pub struct ReferenceTexts<'a> {
    /// `units.csv`
    pub units: &'a str,
    /// `properties.csv`
    pub properties: &'a str,
    /// `property_kin.csv`
    pub property_kin: &'a str,
    /// `property_several.csv`
    pub property_several: &'a str,
    /// A cluster's own `words.csv`, name and text
    pub words: Option<(&'a str, &'a str)>,
    /// `regions/*.csv`, name and text
    pub regions: &'a [(&'a str, &'a str)],
    /// `gbt4754_2017.csv`
    pub industries: &'a str,
    /// `chain/*/nodes.csv`
    pub nodes: &'a str,
    /// `chain/*/edges.csv`
    pub edges: &'a str,
    /// `visibility.csv`
    pub visibility: &'a str,
    /// `outcomes.csv`
    pub outcomes: &'a str,
    /// `markets/*.toml`, name and text
    pub markets: &'a [(&'a str, &'a str)],
}

/// The shipped tables' texts.
pub const BUILTIN: ReferenceTexts<'static> = ReferenceTexts {
    units: include_str!("../../../data/units.csv"),
    properties: include_str!("../../../data/properties.csv"),
    property_kin: include_str!("../../../data/property_kin.csv"),
    property_several: include_str!("../../../data/property_several.csv"),
    words: None,
    regions: &[
        ("regions/china.csv", include_str!("../../../data/regions/china.csv")),
        ("regions/jian.csv", include_str!("../../../data/regions/jian.csv")),
    ],
    industries: include_str!("../../../data/gbt4754_2017.csv"),
    nodes: include_str!("../../../data/chain/electronics/nodes.csv"),
    edges: include_str!("../../../data/chain/electronics/edges.csv"),
    visibility: include_str!("../../../data/visibility.csv"),
    outcomes: include_str!("../../../data/outcomes.csv"),
    markets: &[
        ("markets/parts.toml", include_str!("../../../data/markets/parts.toml")),
        ("markets/capacity.toml", include_str!("../../../data/markets/capacity.toml")),
        ("markets/recycled.toml", include_str!("../../../data/markets/recycled.toml")),
        ("markets/equipment.toml", include_str!("../../../data/markets/equipment.toml")),
        ("markets/research.toml", include_str!("../../../data/markets/research.toml")),
        ("markets/laboratory.toml", include_str!("../../../data/markets/laboratory.toml")),
        ("markets/finance.toml", include_str!("../../../data/markets/finance.toml")),
        ("markets/jobs.toml", include_str!("../../../data/markets/jobs.toml")),
        ("markets/land.toml", include_str!("../../../data/markets/land.toml")),
    ],
};

impl Reference {
    /// Parses a set of tables.
    ///
    /// # Errors
    /// The first faulty table and line.
    pub fn parse(texts: &ReferenceTexts<'_>) -> Result<Self, TableError> {
        let mut regions = RegionTable::default();
        for (name, text) in texts.regions {
            regions.extend(name, text)?;
        }
        let units = UnitTable::parse(texts.units)?;
        let mut properties = PropertyTable::parse(texts.properties)?;
        if let Some((name, words)) = texts.words {
            properties.learn(name, words)?;
        }
        properties.relate(texts.property_kin)?;
        properties.join(texts.property_several)?;
        let mut visibility = VisibilityTable::parse(texts.visibility)?;
        let mut markets = MarketTable::default();
        markets.extend(texts.markets, &units, &mut properties, &mut visibility)?;
        Ok(Self {
            units,
            properties,
            regions,
            industries: IndustryTable::parse(texts.industries)?,
            chain: ChainGraph::parse(texts.nodes, texts.edges)?,
            outcomes: OutcomeTable::parse(texts.outcomes)?,
            visibility,
            markets,
            vectors: TextVectors::default(),
        })
    }

    /// The shipped tables with further region files (another city, its counties and parks), files of markets (new ones, and
    /// others in the place of shipped ones), and words of one's own.
    ///
    /// # Errors
    /// The first faulty file and line.
    pub fn with_files(
        regions: &[(&str, &str)],
        markets: &[(&str, &str)],
        words: Option<(&str, &str)>,
    ) -> Result<Self, TableError> {
        let mut reference = match words {
            None => Self::builtin().clone(),
            // Markets hold parts of the table of properties, so all is read anew.
            words => Self::parse(&ReferenceTexts { words, ..BUILTIN })?,
        };
        for (name, text) in regions {
            reference.regions.extend(name, text)?;
        }
        let Self { units, properties, visibility, markets: table, .. } = &mut reference;
        table.extend(markets, units, properties, visibility)?;
        Ok(reference)
    }

    /// The shipped tables, parsed on first use.
    pub fn builtin() -> &'static Self {
        static TABLES: LazyLock<Reference> =
            LazyLock::new(|| Reference::parse(&BUILTIN).expect("the shipped tables are tested"));
        &TABLES
    }
}
