//! Circular-economy indicators of sites and of the cluster, each with its definition, its inputs and the postings behind them.

use super::balance::{date, site_id, window_of};
use super::live::Genealogy;
use super::sight::Sight;
use crate::{Act, Actor, App, Code, Error, Result};
use ledger::balance::EntryKind;
use ledger::balance::book::{Measure, Posting, Sums};
use ledger::circular::{
    Definition, ENERGY_INTENSITY, HAZARDOUS_WASTE_REDUCTION, LINKAGE_DEGREE, MCI, MciInput, OutOfRange,
    RECOVERY_RATE, energy_intensity, hazardous_waste_reduction, linkage_degree, mci, recovery_rate,
};
use model::period::Period;
use serde::Serialize;
use std::collections::{BTreeMap, BTreeSet};

/// What is asked.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct IndicatorQuery {
    /// Identifier of one site; without it every site and the cluster.
    pub site: Option<String>,
    /// Days; without it the calendar year of the newest posting.
    pub period: Option<Period>,
    /// Days of the base year; without it the year before.
    pub base: Option<Period>,
}

/// An identifier with its names.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct Named {
    /// Identifier.
    pub id: String,
    /// Chinese name; the identifier where nothing names it.
    pub zh: String,
    /// English name.
    pub en: String,
}

/// One input of an indicator.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct IndicatorInput {
    /// Its symbol in the formula.
    pub symbol: &'static str,
    /// Value.
    pub value: f64,
    /// Its standard deviation, where the events state errors of measurement.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub sd: Option<f64>,
    /// Unit.
    pub unit: &'static str,
    /// Word of the postings behind it, for [`IndicatorPostings`]; absent where it was declared or follows from factors.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub postings: Option<&'static str>,
    /// True where it is of the base year.
    pub is_base: bool,
    /// True where it was declared in master data, not recorded by events.
    pub is_declared: bool,
}

/// An indicator with all that it follows from.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Indicator {
    /// Definition with its formula.
    pub definition: &'static Definition,
    /// Site; absent for the whole cluster.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub site: Option<Named>,
    /// Substance, where it is of one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub substance: Option<String>,
    /// Value; absent where an input is missing.
    pub value: Option<f64>,
    /// Standard deviation of the value by the stated errors of measurement.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub sd: Option<f64>,
    /// Its value in the base year, where that has one of its own.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub base: Option<f64>,
    /// Change since the base year (-0.18: 18 % less), where the definition has one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub change: Option<f64>,
    /// Inputs.
    pub inputs: Vec<IndicatorInput>,
    /// Why there is no value, or what it leaves out.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub note: Option<String>,
}

/// All indicators.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct IndicatorReport {
    /// First and last day.
    pub period: Period,
    /// First and last day of the base year.
    pub base: Period,
    /// Indicators, the cluster's first.
    pub indicators: Vec<Indicator>,
    /// How well the postings close lot by lot, relative to the mass that passed through.
    pub closure: f64,
    /// Postings without a mass, which no sum holds.
    pub without_mass: usize,
}

/// A posting behind a figure.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct IndicatorPosting {
    /// Number of the event.
    pub event: u64,
    /// Its day.
    pub day: String,
    /// Step.
    pub step: Named,
    /// What it means.
    pub kind: EntryKind,
    /// Lot.
    pub lot: String,
    /// Product.
    pub product: Named,
    /// Mass, or mass of the substance, kg, as it counts: what is consumed again counts less than nothing.
    pub kg: Option<f64>,
}

/// Which postings.
#[derive(Debug, Clone, PartialEq)]
pub struct IndicatorPostings {
    /// Identifier of the site.
    pub site: String,
    /// Word of [`IndicatorInput::postings`].
    pub of: String,
    /// Substance.
    pub substance: Option<String>,
    /// Days.
    pub period: Option<Period>,
}

const MEASURES: [(&str, Measure); 10] = [
    ("raw_input", Measure::RawInput),
    ("recycled_input", Measure::RecycledInput),
    ("product", Measure::Product),
    ("hazardous_waste", Measure::HazardousWaste),
    ("received", Measure::Received),
    ("commissioned", Measure::Commissioned),
    ("shipped", Measure::Shipped),
    ("discarded", Measure::Discarded),
    ("consumed", Measure::Consumed),
    ("produced", Measure::Produced),
];

/// Most words that a hint lists.
const LISTED_MAX: usize = 20;

/// Words in a row, not too many.
fn listed(words: &[&String]) -> String {
    let first: Vec<&str> = words.iter().take(LISTED_MAX).map(|w| w.as_str()).collect();
    let more = if words.len() > LISTED_MAX { ", ..." } else { "" };
    if first.is_empty() { "-".to_owned() } else { format!("{}{more}", first.join(", ")) }
}

#[boxed::futures]
impl App {
    /// The circular indicators of one site, or of all sites and the cluster.
    ///
    /// # Errors
    /// [`Code::NotFound`] for a site that no event names; storage errors.
    pub async fn indicators(&self, actor: &Actor, query: &IndicatorQuery) -> Result<IndicatorReport> {
        actor.need(Act::Indicators)?;
        let sight = self.sight(actor).await?;
        let held = self.genealogy().await?;
        let (period, base) = held.periods(query);
        let windows = [window_of(Some(period)), window_of(Some(base))];
        let book = &held.book;
        let of_sites = || (book.used(&windows), book.sites_of(windows[0]), book.exchanges(windows[0]));
        let (sums, (used, active, exchanges)) = rayon::join(|| book.sums(&windows), of_sites);
        let mut indicators = Vec::new();
        let sites = match &query.site {
            Some(site) => vec![held.seen_site(&sight, site)?],
            None => {
                indicators.extend(linkage(&held, &active, exchanges));
                active.into_iter().filter(|site| sight.sees_site(book.sites.word(*site))).collect()
            }
        };
        for site in sites {
            indicators.extend(recovery(&held, &sums, site));
            indicators.push(circularity(&held, &sums, site));
            indicators.extend(intensity(&held, &sums, &used, site));
            indicators.extend(hazardous(&held, &sums, site));
        }
        let (closure, without_mass) = (sums.closure.error(), sums.closure.unknown);
        Ok(IndicatorReport { period, base, indicators, closure, without_mass })
    }

    /// The postings behind an input of an indicator, or behind a line of a balance.
    ///
    /// # Errors
    /// [`Code::NotFound`] for a site or word that is none; storage errors.
    pub async fn indicator_postings(
        &self,
        actor: &Actor,
        query: &IndicatorPostings,
    ) -> Result<Vec<IndicatorPosting>> {
        actor.need(Act::IndicatorPostings)?;
        let sight = self.sight(actor).await?;
        let held = self.genealogy().await?;
        let site = held.seen_site(&sight, &query.site)?;
        let measure = MEASURES.iter().find(|(word, _)| *word == query.of).map(|(_, measure)| *measure);
        let measure = measure
            .ok_or_else(|| Error::new(Code::NotFound, format!("no postings are called {}", query.of)))?;
        let substance = held.substance(query.substance.as_deref());
        let book = &held.book;
        let wanted = |p: &Posting| p.site == site && book.counts_for(measure, p.kind, p.lot.0, p.site);
        let found = book.postings(window_of(query.period), substance, wanted);
        let nets = matches!(measure, Measure::Product | Measure::HazardousWaste);
        Ok(found
            .iter()
            .map(|posting| {
                let sign = if nets && posting.kind == EntryKind::Consumed { -1.0 } else { 1.0 };
                IndicatorPosting {
                    event: posting.key,
                    day: date(posting.day).to_string(),
                    step: held.named(book.steps.word(posting.step)),
                    kind: posting.kind,
                    lot: held.graph.name(posting.lot).to_owned(),
                    product: held.product(posting.lot),
                    kg: posting.kg.map(|kg| sign * kg),
                }
            })
            .collect())
    }
}

impl Genealogy {
    /// An identifier with its names.
    pub(super) fn named(&self, id: &str) -> Named {
        let (zh, en) = self.masters.name(id);
        Named { id: id.to_owned(), zh, en }
    }

    /// The number of a site that this actor sees.
    pub(super) fn seen_site(&self, sight: &Sight, site: &str) -> Result<u16> {
        let id = site_id(site);
        let number = self.book.sites.find(&id).filter(|_| sight.sees_site(&id));
        number.ok_or_else(|| {
            let seen: Vec<&String> = self.book.sites.all().iter().filter(|s| sight.sees_site(s)).collect();
            let error = Error::new(Code::NotFound, format!("no event names the site {}", site.trim()));
            error.hint(format!("sites: {}", listed(&seen)))
        })
    }

    /// The number of a substance, none where none is asked for.
    pub(super) fn known_substance(&self, substance: Option<&str>) -> Result<Option<u16>> {
        let Some(asked) = substance.map(str::trim).filter(|s| !s.is_empty()) else { return Ok(None) };
        let number = self.book.substances.find(asked).map(Some);
        number.ok_or_else(|| {
            let known: Vec<&String> = self.book.substances.all().iter().collect();
            let error = Error::new(Code::NotFound, format!("no lot is known to hold the substance {asked}"));
            error.hint(format!("substances: {}", listed(&known)))
        })
    }

    /// The sites that this actor sees.
    pub(super) fn sites(&self, sight: &Sight) -> Vec<Named> {
        let sites = self.book.sites.all().iter();
        sites.filter(|site| sight.sees_site(site)).map(|site| self.named(site)).collect()
    }

    /// The number of a substance, where one is asked for; one that no lot names is in none, as far as anybody knows.
    pub(super) fn substance(&self, asked: Option<&str>) -> Option<u16> {
        asked.map(|substance| self.book.substances.find(substance).unwrap_or(u16::MAX))
    }

    /// The period and base year of a question.
    pub(super) fn periods(&self, query: &IndicatorQuery) -> (Period, Period) {
        let newest = date(self.book.days().map_or(0, |(_, last)| last));
        let year = |of: jiff::civil::Date, back: i16| {
            let first = jiff::civil::Date::new((of.year() - back).max(1), 1, 1).unwrap_or(of);
            let last = jiff::civil::Date::new(first.year(), 12, 31).unwrap_or(of);
            format!("{first}..{last}").parse().unwrap_or_else(|_| Period::month_of(of))
        };
        let period = query.period.unwrap_or_else(|| year(newest, 0));
        (period, query.base.unwrap_or_else(|| year(period.first(), 1)))
    }
}

/// Amounts used by site and factor.
type Used = BTreeMap<(u16, u16), f64>;

fn input(symbol: &'static str, value: f64, unit: &'static str) -> IndicatorInput {
    IndicatorInput { symbol, value, sd: None, unit, postings: None, is_base: false, is_declared: false }
}

fn mass(symbol: &'static str, value: f64, postings: &'static str, is_base: bool) -> IndicatorInput {
    IndicatorInput { postings: Some(postings), is_base, ..input(symbol, value, "kg") }
}

fn declared(symbol: &'static str, value: f64) -> IndicatorInput {
    IndicatorInput { is_declared: true, ..input(symbol, value, "1") }
}

/// An indicator from what its formula gives.
fn indicator(definition: &'static Definition, site: Option<Named>, inputs: Vec<IndicatorInput>) -> Indicator {
    Indicator {
        definition,
        site,
        substance: None,
        value: None,
        sd: None,
        base: None,
        change: None,
        inputs,
        note: None,
    }
}

impl Indicator {
    fn put(mut self, found: std::result::Result<f64, OutOfRange>) -> Self {
        match found {
            Ok(value) => self.value = Some(value),
            Err(error) => self.note = Some(error.to_string()),
        }
        self
    }
}

/// Pairs of firms that exchange. A site whose enterprise nobody named is a firm of its own.
fn linkage(held: &Genealogy, sites: &[u16], exchanges: BTreeSet<(u16, u16)>) -> Option<Indicator> {
    let book = &held.book;
    let mut firms: Vec<&str> = Vec::new();
    let mut firm_of = |site: u16| -> u32 {
        let site = book.sites.word(site);
        let firm = held.masters.get(site, "enterprise").unwrap_or(site);
        let at = firms.iter().position(|f| *f == firm).unwrap_or_else(|| {
            firms.push(firm);
            firms.len() - 1
        });
        u32::try_from(at).unwrap_or(u32::MAX)
    };
    for site in sites {
        firm_of(*site);
    }
    let pairs: Vec<(u32, u32)> = exchanges.into_iter().map(|(a, b)| (firm_of(a), firm_of(b))).collect();
    let mut distinct: Vec<(u32, u32)> =
        pairs.iter().filter(|(a, b)| a != b).map(|(a, b)| (*a.min(b), *a.max(b))).collect();
    distinct.sort_unstable();
    distinct.dedup();
    if firms.is_empty() {
        return None;
    }
    #[expect(clippy::cast_precision_loss, reason = "firms and pairs are far fewer than 2^52")]
    let inputs = vec![input("S", firms.len() as f64, "1"), input("L", distinct.len() as f64, "1")];
    Some(indicator(&LINKAGE_DEGREE, None, inputs).put(linkage_degree(firms.len(), &pairs)))
}

/// Recovery rate of every substance that a site puts in as recycled material and makes into products.
fn recovery(held: &Genealogy, sums: &Sums, site: u16) -> Vec<Indicator> {
    let book = &held.book;
    let named = held.named(book.sites.word(site));
    let mut out = Vec::new();
    for (number, substance) in (0..u16::MAX).zip(book.substances.all()) {
        let of = |window: usize, measure| sums.get(window, site, measure, Some(number));
        // A trace below a thousandth of what is put in is no product.
        if of(0, Measure::RawInput) <= 0.0 || of(0, Measure::Product) < 1e-3 * of(0, Measure::RawInput) {
            continue;
        }
        let rate = |window: usize| {
            let (guess, guess_variance) = sums.imputed(window, site, number);
            let input_kg = of(window, Measure::RawInput) + guess;
            let input_sd = (of(window, Measure::RawVariance) + guess_variance).sqrt();
            let made = of(window, Measure::Product).max(0.0);
            let made_sd = of(window, Measure::ProductVariance).max(0.0).sqrt();
            let rate = recovery_rate(made, input_kg);
            let sd = rate.as_ref().ok().map(|r| {
                r * ((input_sd / input_kg).powi(2) + if made > 0.0 { (made_sd / made).powi(2) } else { 0.0 })
                    .sqrt()
            });
            (rate, sd, guess, (input_kg, input_sd), (made, made_sd))
        };
        let (value, sd, guess, (input_kg, input_sd), (made, made_sd)) = rate(0);
        let mut inputs = vec![
            IndicatorInput { sd: Some(made_sd), ..mass("m回收", made, "product", false) },
            IndicatorInput { sd: Some(input_sd), ..mass("m投入", input_kg, "raw_input", false) },
        ];
        if guess > 0.0 {
            inputs.push(input("m投入（未化验，按同类均值补）", guess, "kg"));
        }
        let mut found = indicator(&RECOVERY_RATE, Some(named.clone()), inputs).put(value);
        found.substance = Some(substance.clone());
        found.sd = sd;
        found.base = rate(1).0.ok();
        out.push(found);
    }
    out
}

/// Material circularity of what a site makes: recycled feedstock from the events, end of life as the site declares it.
fn circularity(held: &Genealogy, sums: &Sums, site: u16) -> Indicator {
    let id = held.book.sites.word(site);
    let of = |measure| sums.get(0, site, measure, None);
    let (raw, recycled, product) = (of(Measure::RawInput), of(Measure::RecycledInput), of(Measure::Product));
    let said = |name: &str| held.masters.number(id, name);
    let share = if raw > 0.0 { (recycled / raw).clamp(0.0, 1.0) } else { 0.0 };
    let mut inputs = vec![
        mass("M", product, "product", false),
        input("FR", share, "1"),
        mass("m再生", recycled, "recycled_input", false),
        mass("m投入", raw, "raw_input", false),
    ];
    let (Some(collected), Some(efficiency), Some(feedstock)) =
        (said("collectedRecycling"), said("recyclingEfficiency"), said("feedstockEfficiency"))
    else {
        let mut out = indicator(&MCI, Some(held.named(id)), inputs);
        out.note = Some("declared values are missing: collection for recycling CR and efficiencies EC and EF (master data of the site)".to_owned());
        return out;
    };
    let utility = said("utility").unwrap_or(1.0);
    for (symbol, value) in [("CR", collected), ("EC", efficiency), ("EF", feedstock), ("X", utility)] {
        inputs.push(declared(symbol, value));
    }
    let value = mci(&MciInput {
        mass_kg: product,
        recycled_feedstock: share,
        reused_feedstock: 0.0,
        sustained_feedstock: 0.0,
        collected_recycling: collected,
        collected_reuse: 0.0,
        composted: 0.0,
        energy_recovered: 0.0,
        recycling_efficiency: efficiency,
        feedstock_efficiency: feedstock,
        utility,
    });
    indicator(&MCI, Some(held.named(id)), inputs).put(value)
}

/// Coal equivalent of a site's energy in each of the periods, kgce.
fn energy_kgce(held: &Genealogy, used: &[Used], site: u16) -> [f64; 2] {
    let library = held.factors;
    let kgce = |factor: u16, amount: f64| {
        library.coal_equivalent(library.get(held.book.factors.word(factor)).ok()?, amount)
    };
    [0, 1].map(|window| {
        let of_site = used[window].range((site, 0)..=(site, u16::MAX));
        of_site.filter_map(|((_, factor), amount)| kgce(*factor, *amount)).sum()
    })
}

fn intensity(held: &Genealogy, sums: &Sums, used: &[Used], site: u16) -> Option<Indicator> {
    let energy = energy_kgce(held, used, site);
    let made = [0, 1].map(|window| sums.get(window, site, Measure::Product, None));
    if energy[0] <= 0.0 {
        return None;
    }
    let inputs = vec![
        input("E", energy[0], "kgce"),
        mass("P", made[0], "product", false),
        IndicatorInput { is_base: true, ..input("E0", energy[1], "kgce") },
        mass("P0", made[1], "product", true),
    ];
    let found = energy_intensity(energy[0], made[0], energy[1], made[1]);
    let mut out = indicator(&ENERGY_INTENSITY, Some(held.named(held.book.sites.word(site))), inputs);
    match found {
        Ok((value, change)) => {
            (out.value, out.change) = (Some(value), Some(change));
            out.base = Some(energy[1] / made[1]);
        }
        Err(error) => {
            out.value = (made[0] > 0.0).then(|| energy[0] / made[0]);
            out.note = Some(error.to_string());
        }
    }
    Some(out)
}

fn hazardous(held: &Genealogy, sums: &Sums, site: u16) -> Option<Indicator> {
    let of = |window, measure| sums.get(window, site, measure, None);
    let (waste, made) = (of(0, Measure::HazardousWaste), of(0, Measure::Product));
    let (base_waste, base_made) = (of(1, Measure::HazardousWaste), of(1, Measure::Product));
    if waste <= 0.0 && base_waste <= 0.0 {
        return None;
    }
    let inputs = vec![
        mass("W", waste, "hazardous_waste", false),
        mass("P", made, "product", false),
        mass("W0", base_waste, "hazardous_waste", true),
        mass("P0", base_made, "product", true),
    ];
    let named = held.named(held.book.sites.word(site));
    let found = hazardous_waste_reduction(waste, made, base_waste, base_made);
    Some(indicator(&HAZARDOUS_WASTE_REDUCTION, Some(named), inputs).put(found))
}
