//! Matching two files without a database.

use crate::place::{Place, place};
use crate::{Act, Actor, Clock, Code, Error, Progress, Result, Stage};
use exchange::columns::ColumnMap;
use exchange::matches::{Pairs, Titles};
use exchange::pairing::{self, PairingOptions};
use exchange::sheet::ReadOptions;
use market::{Input, Options, Site};
use model::matching::Match;
use model::need::Need;
use model::offer::Offer;
use model::reference::Reference;
use model::region::Region;
use std::collections::HashMap;

/// How to read and match.
#[derive(Debug, Clone)]
pub struct MatchOptions {
    /// Offers a need.
    pub top: usize,
    /// Columns taken for fields: `needs.title=NAME`.
    pub maps: Vec<String>,
    /// Separator of csv files.
    pub delimiter: Option<char>,
    /// The tables that they are read and matched by.
    pub reference: &'static Reference,
}

/// Needs, offers and their matches.
#[derive(Debug, Clone)]
pub struct FileMatches {
    /// Needs in the file's order; keys are ids.
    pub needs: Vec<Need>,
    /// Offers in the file's order; keys are ids.
    pub offers: Vec<Offer>,
    /// Matches, by need in the file's order, then by rank.
    pub matches: Vec<Match>,
    /// Cells that could not be read and were left out.
    pub warnings: Vec<String>,
}

/// Matches two files. Whoever holds the files may see what is in them.
///
/// # Errors
/// [`Code::BadInput`] with file, sheet and cell.
pub fn match_files(
    actor: &Actor,
    needs: &crate::InputFile,
    offers: &crate::InputFile,
    options: &MatchOptions,
    clock: &Clock,
    progress: Progress<'_>,
) -> Result<FileMatches> {
    actor.need(Act::MatchFiles)?;
    if options.top == 0 {
        return Err(Error::new(Code::BadInput, "at least one offer a need is expected, not 0"));
    }
    let bad = |e: &dyn std::fmt::Display| Error::new(Code::BadInput, e.to_string());
    let reference = options.reference;
    let map = ColumnMap::parse(&options.maps).map_err(|e| bad(&e))?;
    let recogniser = market::node::Recogniser::new(&reference.chain);
    let recognise = |title: &str, detail: &str| recogniser.recognise(title, detail).map(|(node, _)| node);
    let read_options = PairingOptions {
        reference,
        read: ReadOptions { delimiter: options.delimiter, ..ReadOptions::default() },
        map: &map,
        today: clock.today(),
        recognise: &recognise,
    };
    let needs = pairing::read_needs(&needs.bytes, &needs.name, &read_options).map_err(|e| bad(&e))?;
    let offers = pairing::read_offers(&offers.bytes, &offers.name, &read_options).map_err(|e| bad(&e))?;
    if let Some(error) = needs.errors.iter().chain(&offers.errors).next() {
        let more = needs.errors.len() + offers.errors.len() - 1;
        return Err(bad(&if more == 0 { error.to_string() } else { format!("{error} (+{more})") }));
    }
    let mut sites: HashMap<String, Site> = HashMap::new();
    for enterprise in needs.enterprises.iter().chain(&offers.enterprises) {
        let Place { region, point } = place(&reference.regions, enterprise);
        sites.entry(enterprise.key.clone()).or_insert_with(|| Site {
            point,
            region: region.map(Region::names).unwrap_or_default(),
            products: enterprise.products.clone(),
            inside: true,
        });
    }
    let warnings = needs.warnings.iter().chain(&offers.warnings).map(ToString::to_string).collect();
    let (needs, offers) = (needs.records, offers.records);
    let input = Input { needs: &needs, offers: &offers, sites: &sites, period: None, reference };
    let top = Options { top: options.top, ..Options::default() };
    let mut matches = market::match_needs(&input, &top, &|p| {
        if p.stage == market::Stage::Match {
            progress(Stage::Match, p.done as u64, p.total as u64);
        }
    });
    let order: HashMap<&str, usize> = needs.iter().enumerate().map(|(i, n)| (n.key.as_str(), i)).collect();
    matches.sort_by_key(|m| (order.get(m.need.as_str()).copied(), m.rank));
    Ok(FileMatches { needs, offers, matches, warnings })
}

/// Form of a table of matches.
pub use exchange::matches::MatchFormat as MatchForm;

/// Writes matches in one form.
///
/// # Errors
/// [`Code::File`] where they cannot be written.
pub fn write_matches(matches: &FileMatches, form: MatchForm, reference: &Reference) -> Result<Vec<u8>> {
    let titles = Titles::new(&matches.needs, &matches.offers);
    let pairs = Pairs { matches: &matches.matches, titles: &titles, reference };
    let mut out = Vec::new();
    form.writer().write(&pairs, &mut out).map_err(|e| Error::new(Code::File, e.to_string()))?;
    Ok(out)
}
