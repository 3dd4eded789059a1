//! Mass balance of a site over a period.

use crate::{Act, Actor, App, Result};
use jiff::Timestamp;
use jiff::tz::{TimeZone, offset};
use ledger::balance::entries::{LotFacts, postings};
use ledger::balance::{Scope, Sheet, sheet};
use ledger::hash::link;
use model::period::Period;
use serde::Serialize;
use std::collections::{BTreeMap, BTreeSet};

/// What to balance.
#[derive(Debug, Clone, PartialEq)]
pub struct BalanceQuery {
    /// Identifier of the site, as `bizLocation` or `readPoint` has it.
    pub site: String,
    /// Substance; without one the masses themselves are balanced.
    pub substance: Option<String>,
    /// Days, by China's time; without one all time.
    pub period: Option<Period>,
}

/// A site's balance.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct BalanceReport {
    /// Identifier of the site, canonical.
    pub site: String,
    /// What flowed in the period, in kg of the substance.
    pub flows: Sheet,
    /// Book stock at the beginning: all that came before, kg.
    pub opening_kg: f64,
    /// Book stock at the end, kg: opening + received + produced - consumed - shipped - discarded.
    pub closing_kg: f64,
    /// Yield of the processes: produced / consumed.
    pub process_yield: Option<f64>,
    /// Loss in the processes: consumed - produced, kg.
    pub process_loss_kg: f64,
    /// Lots whose mass is unknown, which no sum holds.
    pub without_mass: Vec<String>,
    /// Lots of the period of which it is not known how much of the substance is in them.
    pub without_content: Vec<String>,
}

/// What events say of lots.
struct Known<'f>(&'f super::facts::Facts);

impl LotFacts for Known<'_> {
    fn piece_kg(&self, lot: &str) -> Option<f64> {
        self.0.lots.get(lot)?.piece_kg
    }

    fn content(&self, lot: &str) -> BTreeMap<String, f64> {
        self.0.lots.get(lot).map(|facts| facts.content.clone()).unwrap_or_default()
    }
}

impl App {
    /// The mass balance of a site: what came in, went out, was consumed and made, and what must be in stock. Events that
    /// were declared to be wrong do not count.
    ///
    /// # Errors
    /// Storage errors.
    pub async fn balance(&self, actor: &Actor, query: &BalanceQuery) -> Result<BalanceReport> {
        actor.need(Act::Balance)?;
        let site = link::canonical(query.site.trim()).unwrap_or_else(|| query.site.trim().to_owned());
        let held = self.genealogy().await?;
        let facts = Known(&held.facts);
        let midnight = |day: jiff::civil::Date| -> Timestamp {
            day.to_zoned(TimeZone::fixed(offset(8))).map_or(Timestamp::UNIX_EPOCH, |z| z.timestamp())
        };
        let from = query.period.map(|p| midnight(p.first()));
        let until = query.period.map(|p| midnight(p.last().tomorrow().unwrap_or(p.last())));
        let all = Scope { site: Some(site.clone()), substance: query.substance.clone(), ..Scope::default() };
        let within = Scope { from, until, ..all.clone() };
        let before = Scope { until: from, ..all.clone() };
        let (mut flows, mut past) = (Sheet::default(), Sheet::default());
        let (mut without_mass, mut without_content) = (BTreeSet::new(), BTreeSet::new());
        self.each_event(0, None, |stored, event| {
            if held.withdrawn.contains(&stored.seq) {
                return Ok(());
            }
            let posted = postings(event, &facts);
            let here: Vec<_> = posted.entries.into_iter().filter(|e| e.site == site).collect();
            let is_within = from.is_none_or(|t| event.time >= t) && until.is_none_or(|t| event.time < t);
            if is_within && at_site(event, &site) {
                without_mass.extend(posted.without_mass);
            }
            if let Some(substance) = query.substance.as_ref().filter(|_| is_within) {
                let unsaid = here.iter().filter(|e| !e.content.contains_key(substance));
                without_content.extend(unsaid.map(|e| e.lot.clone()));
            }
            flows = flows.plus(&sheet(&here, &within));
            if from.is_some() {
                past = past.plus(&sheet(&here, &before));
            }
            Ok(())
        })
        .await?;
        let opening_kg = past.book_stock_kg();
        Ok(BalanceReport {
            site,
            flows,
            opening_kg,
            closing_kg: opening_kg + flows.book_stock_kg(),
            process_yield: flows.process_yield(),
            process_loss_kg: flows.process_loss_kg(),
            without_mass: without_mass.into_iter().collect(),
            without_content: without_content.into_iter().collect(),
        })
    }
}

fn at_site(event: &ledger::event::Event, site: &str) -> bool {
    let place = event.biz_location.as_ref().or(event.read_point.as_ref());
    place.is_some_and(|p| link::canonical(&p.id).as_deref().unwrap_or(&p.id) == site)
}
