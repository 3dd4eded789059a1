//! Mass balance of a site over a period.

use super::live::Genealogy;
use crate::{Act, Actor, App, Result};
use jiff::civil::Date;
use ledger::balance::book::{Measure, Shortage, Window};
use ledger::balance::{EntryKind, Sheet};
use ledger::hash::link;
use model::period::Period;
use serde::Serialize;
use std::collections::BTreeSet;

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
    /// Book stock at the end, kg: opening + received + commissioned + produced - consumed - shipped - discarded.
    pub closing_kg: f64,
    /// Yield of the processes: produced / consumed.
    pub process_yield: Option<f64>,
    /// Loss in the processes: consumed - produced, kg.
    pub process_loss_kg: f64,
    /// Lots whose stock fell below nothing: more of them went out than the events say came in.
    pub negative: Vec<NegativeStock>,
    /// Lots whose mass is unknown, which no sum holds.
    pub without_mass: Vec<String>,
    /// Lots of the period of which it is not known how much of the substance is in them.
    pub without_content: Vec<String>,
}

/// A lot whose stock fell below nothing.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct NegativeStock {
    /// The lot.
    pub lot: String,
    /// Number of the event after which it was so for the first time.
    pub event: u64,
    /// That event's day, by China's time.
    pub day: String,
    /// Stock after that day, kg.
    pub kg: f64,
}

#[boxed::futures]
impl App {
    /// The mass balance of a site: what came in, went out, was consumed and made, and what must be in stock. Events that
    /// were declared to be wrong do not count.
    ///
    /// # Errors
    /// [`crate::Code::NotFound`] for a site that no event names or this actor does not see, and for a substance that no lot is known to
    /// hold; storage errors.
    pub async fn balance(&self, actor: &Actor, query: &BalanceQuery) -> Result<BalanceReport> {
        actor.need(Act::Balance)?;
        let sight = self.sight(actor).await?;
        let held = self.genealogy().await?;
        let number = held.seen_site(&sight, &query.site)?;
        let site = held.book.sites.word(number).to_owned();
        let substance = held.known_substance(query.substance.as_deref())?;
        let window = window_of(query.period);
        let before = Window { until: window.from, ..Window::ALL };
        let mut out = BalanceReport {
            site: site.clone(),
            flows: Sheet::default(),
            opening_kg: 0.0,
            closing_kg: 0.0,
            process_yield: None,
            process_loss_kg: 0.0,
            negative: Vec::new(),
            without_mass: Vec::new(),
            without_content: Vec::new(),
        };
        let sums = held.book.sums(&[window, before]);
        let of = |at: usize, measure| sums.get(at, number, measure, substance);
        let flows = |at: usize| Sheet {
            received_kg: of(at, Measure::Received),
            commissioned_kg: of(at, Measure::Commissioned),
            shipped_kg: of(at, Measure::Shipped),
            discarded_kg: of(at, Measure::Discarded),
            consumed_kg: of(at, Measure::Consumed),
            produced_kg: of(at, Measure::Produced),
            ..Sheet::default()
        };
        out.flows = flows(0);
        out.opening_kg = flows(1).book_stock_kg();
        out.closing_kg = out.opening_kg + out.flows.book_stock_kg();
        out.process_yield = out.flows.process_yield();
        out.process_loss_kg = out.flows.process_loss_kg();
        (out.without_mass, out.without_content) = unknown(&held, number, substance, window, &mut out.flows);
        let negative = |s: Shortage| NegativeStock {
            lot: held.graph.name(s.lot).to_owned(),
            event: s.key,
            day: date(s.day).to_string(),
            kg: s.kg,
        };
        out.negative = held.book.shortages(number, window).into_iter().map(negative).collect();
        if sight.is_sums() {
            out.negative = Vec::new();
            (out.without_mass, out.without_content) = (Vec::new(), Vec::new());
        }
        Ok(out)
    }
}

/// Lots of a site whose mass, and those whose content of a substance, nothing says. Counts the postings of the sheet.
fn unknown(
    held: &Genealogy,
    site: u16,
    substance: Option<u16>,
    window: Window,
    flows: &mut Sheet,
) -> (Vec<String>, Vec<String>) {
    let (mut without_mass, mut without_content) = (BTreeSet::new(), BTreeSet::new());
    let moves = |kind| !matches!(kind, EntryKind::OpeningStock | EntryKind::ClosingStock);
    let postings = held.book.postings(window, None, |p| p.site == site && moves(p.kind));
    for posting in postings {
        let name = || held.graph.name(posting.lot).to_owned();
        if posting.kg.is_none() {
            without_mass.insert(name());
            continue;
        }
        flows.entries += 1;
        if substance.is_some_and(|s| held.book.fraction(posting.lot, s).is_none()) {
            without_content.insert(name());
        }
    }
    (without_mass.into_iter().collect(), without_content.into_iter().collect())
}

/// The canonical identifier of a site.
pub(super) fn site_id(text: &str) -> String {
    link::canonical(text.trim()).unwrap_or_else(|| text.trim().to_owned())
}

/// Days of a period; all time where there is none.
pub(super) fn window_of(period: Option<Period>) -> Window {
    period.map_or(Window::ALL, |p| Window { from: day(p.first()), until: day(p.last()) + 1 })
}

/// A day, since 1970.
pub(super) fn day(date: Date) -> i32 {
    date.since(Date::constant(1970, 1, 1)).map_or(0, |span| span.get_days())
}

/// The date of a day since 1970.
pub(super) fn date(day: i32) -> Date {
    Date::constant(1970, 1, 1).saturating_add(jiff::Span::new().days(day))
}
