//! Pairs out, one file a format: a table for terminals, csv, ndjson, xlsx.

mod csv;
mod ndjson;
mod table;
#[cfg(test)]
mod tests;
mod xlsx;

use crate::write::WriteError;
use model::matching::Match;
use model::need::Need;
use model::offer::Offer;
use model::reference::Reference;
use std::collections::HashMap;
use std::io::Write;

/// Titles by key.
#[derive(Debug, Clone, Default)]
pub struct Titles<'a> {
    needs: HashMap<&'a str, &'a str>,
    offers: HashMap<&'a str, &'a str>,
}

impl<'a> Titles<'a> {
    /// The titles of needs and offers.
    pub fn new(
        needs: impl IntoIterator<Item = &'a Need>,
        offers: impl IntoIterator<Item = &'a Offer>,
    ) -> Self {
        Self {
            needs: needs.into_iter().map(|n| (n.key.as_str(), n.title.as_str())).collect(),
            offers: offers.into_iter().map(|o| (o.key.as_str(), o.title.as_str())).collect(),
        }
    }

    /// Title of a need; empty where it is not known.
    pub fn need(&self, key: &str) -> &'a str {
        self.needs.get(key).copied().unwrap_or("")
    }

    /// Title of an offer; empty where it is not known.
    pub fn offer(&self, key: &str) -> &'a str {
        self.offers.get(key).copied().unwrap_or("")
    }
}

/// What is written: pairs by need and rank, with the titles of both sides.
#[derive(Debug, Clone, Copy)]
pub struct Pairs<'a> {
    /// The pairs, in the order in which they are written.
    pub matches: &'a [Match],
    /// Titles of both sides.
    pub titles: &'a Titles<'a>,
    /// Names of properties and of markets' fields.
    pub reference: &'a Reference,
}

/// Writes pairs in one format.
pub trait MatchWriter {
    /// Writes all pairs.
    ///
    /// # Errors
    /// The destination cannot be written.
    fn write(&self, pairs: &Pairs<'_>, out: &mut dyn Write) -> Result<(), WriteError>;
}

/// The formats.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum MatchFormat {
    /// Aligned columns for a terminal.
    Table,
    /// Comma-separated, UTF-8 with its mark, so that Excel and WPS open it.
    Csv,
    /// One JSON object a line and pair.
    Ndjson,
    /// A workbook.
    Xlsx,
}

impl MatchFormat {
    /// All formats.
    pub const ALL: [Self; 4] = [Self::Table, Self::Csv, Self::Ndjson, Self::Xlsx];

    /// Name on the command line.
    pub fn name(self) -> &'static str {
        match self {
            Self::Table => "table",
            Self::Csv => "csv",
            Self::Ndjson => "ndjson",
            Self::Xlsx => "xlsx",
        }
    }

    /// The format with this name.
    pub fn parse(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|f| f.name() == name)
    }

    /// Its writer.
    pub fn writer(self) -> &'static dyn MatchWriter {
        match self {
            Self::Table => &table::TableWriter,
            Self::Csv => &csv::CsvWriter,
            Self::Ndjson => &ndjson::NdjsonWriter,
            Self::Xlsx => &xlsx::XlsxWriter,
        }
    }
}
