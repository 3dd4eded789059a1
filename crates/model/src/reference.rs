//! The reference tables that ship with the product, parsed once.

use crate::chain::ChainGraph;
use crate::industry::IndustryTable;
use crate::outcome::OutcomeTable;
use crate::property::PropertyTable;
use crate::region::RegionTable;
use crate::table::TableError;
use crate::unit::UnitTable;
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
}

/// The texts of the tables, for a cluster that brings its own.
#[derive(Debug, Clone, Copy)]
pub struct ReferenceTexts<'a> {
    /// `units.csv`
    pub units: &'a str,
    /// `properties.csv`
    pub properties: &'a str,
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
}

/// The shipped tables' texts.
pub const BUILTIN: ReferenceTexts<'static> = ReferenceTexts {
    units: include_str!("../../../data/units.csv"),
    properties: include_str!("../../../data/properties.csv"),
    regions: &[
        ("regions/china.csv", include_str!("../../../data/regions/china.csv")),
        ("regions/jian.csv", include_str!("../../../data/regions/jian.csv")),
    ],
    industries: include_str!("../../../data/gbt4754_2017.csv"),
    nodes: include_str!("../../../data/chain/electronics/nodes.csv"),
    edges: include_str!("../../../data/chain/electronics/edges.csv"),
    visibility: include_str!("../../../data/visibility.csv"),
    outcomes: include_str!("../../../data/outcomes.csv"),
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
        Ok(Self {
            units: UnitTable::parse(texts.units)?,
            properties: PropertyTable::parse(texts.properties)?,
            regions,
            industries: IndustryTable::parse(texts.industries)?,
            chain: ChainGraph::parse(texts.nodes, texts.edges)?,
            visibility: VisibilityTable::parse(texts.visibility)?,
            outcomes: OutcomeTable::parse(texts.outcomes)?,
        })
    }

    /// The shipped tables with further region files: another city, its counties and parks.
    ///
    /// # Errors
    /// The first faulty file and line.
    pub fn with_regions(files: &[(&str, &str)]) -> Result<Self, TableError> {
        let mut reference = Self::builtin().clone();
        for (name, text) in files {
            reference.regions.extend(name, text)?;
        }
        Ok(reference)
    }

    /// The shipped tables, parsed on first use.
    pub fn builtin() -> &'static Self {
        static TABLES: LazyLock<Reference> =
            LazyLock::new(|| Reference::parse(&BUILTIN).expect("the shipped tables are tested"));
        &TABLES
    }
}
