//! The ledger of hazardous waste by its transfer manifests (危险废物转移联单): what left under which, against the base year.

use super::balance::window_of;
use super::circular::{IndicatorQuery, Named};
use crate::{Act, Actor, App, Result};
use ledger::balance::EntryKind;
use ledger::balance::book::Measure;
use model::period::Period;
use serde::Serialize;
use std::collections::{BTreeMap, BTreeSet};

/// What left in a period as waste of one code.
#[derive(Debug, Clone, Default, PartialEq, Serialize)]
pub struct ManifestSum {
    /// Manifests.
    pub manifests: usize,
    /// Mass that left under them, kg.
    pub kg: f64,
    /// Mass that left under none, kg: to be cleared up with the authority.
    pub without_kg: f64,
    /// Postings whose mass is unknown.
    pub unknown: usize,
}

impl ManifestSum {
    /// Mass that left, kg.
    pub fn all_kg(&self) -> f64 {
        self.kg + self.without_kg
    }
}

/// Waste of one code at one site, against the base year.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct ManifestLine {
    /// Site.
    pub site: Named,
    /// Code of the national list of hazardous waste.
    pub code: String,
    /// In the period.
    pub now: ManifestSum,
    /// In the base year.
    pub base: ManifestSum,
    /// What the base year's waste for each kilogram of product would make of the period's product, kg; none where the base year
    /// made nothing.
    pub baseline_kg: Option<f64>,
    /// `1 − actual / baseline`.
    pub reduction: Option<f64>,
}

/// The ledger of manifests.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct ManifestReport {
    /// Period.
    pub period: Period,
    /// Base year.
    pub base: Period,
    /// By site and code.
    pub lines: Vec<ManifestLine>,
}

/// What is counted of one site and code in one period, with the numbers of the manifests.
type Counted<'a> = (ManifestSum, BTreeSet<&'a str>);

#[boxed::futures]
impl App {
    /// Hazardous waste that left each site that this actor sees, or one of them, by code and transfer manifest, with the base year's.
    ///
    /// # Errors
    /// [`crate::Code::NotFound`] for a site that no event names; storage errors.
    pub async fn waste_manifests(&self, actor: &Actor, query: &IndicatorQuery) -> Result<ManifestReport> {
        actor.need(Act::Indicators)?;
        let sight = self.sight(actor).await?;
        let held = self.genealogy().await?;
        let (period, base) = held.periods(query);
        let book = &held.book;
        let only = query.site.as_ref().map(|site| held.seen_site(&sight, site)).transpose()?;
        let windows = [window_of(Some(period)), window_of(Some(base))];
        let mut lines: BTreeMap<(u16, &str), [Counted<'_>; 2]> = BTreeMap::new();
        for (at, window) in windows.into_iter().enumerate() {
            let left = |p: &ledger::balance::book::Posting| {
                p.kind == EntryKind::Discarded && only.is_none_or(|site| site == p.site)
            };
            for posting in book.postings(window, None, left) {
                let facts = held.facts.lots.get(held.graph.name(posting.lot));
                let Some(code) = facts.and_then(|facts| facts.waste_code.as_deref()) else { continue };
                if !sight.sees_site(book.sites.word(posting.site)) {
                    continue;
                }
                let (sum, numbers) = &mut lines.entry((posting.site, code)).or_default()[at];
                let manifest = held.facts.manifests.get(&posting.key);
                numbers.extend(manifest.map(String::as_str));
                match (posting.kg, manifest) {
                    (Some(kg), Some(_)) => sum.kg += kg,
                    (Some(kg), None) => sum.without_kg += kg,
                    (None, _) => sum.unknown += 1,
                }
            }
        }
        let sums = book.sums(&windows);
        let line = |((site, code), [now, base]): ((u16, &str), [Counted<'_>; 2])| {
            let counted = |(sum, numbers): Counted<'_>| ManifestSum { manifests: numbers.len(), ..sum };
            let (now, base) = (counted(now), counted(base));
            let made = |window| sums.get(window, site, Measure::Product, None);
            let baseline_kg =
                (made(1) > 0.0 && base.all_kg() > 0.0).then(|| base.all_kg() * made(0) / made(1));
            let reduction = baseline_kg.filter(|kg| *kg > 0.0).map(|kg| 1.0 - now.all_kg() / kg);
            ManifestLine {
                site: held.named(book.sites.word(site)),
                code: code.to_owned(),
                now,
                base,
                baseline_kg,
                reduction,
            }
        };
        Ok(ManifestReport { period, base, lines: lines.into_iter().map(line).collect() })
    }
}
