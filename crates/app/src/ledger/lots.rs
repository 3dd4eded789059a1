//! Lots as they are listed, and one lot with its events.

use super::circular::Named;
use super::code::read_code;
use super::footprint::{LotFootprintRow, lot_footprint};
use super::live::Genealogy;
use super::{balance, document};
use crate::{Act, Actor, App, Code, Error, Result};
use ledger::balance::EntryKind;
use ledger::balance::book::{LotState, Posting, Window};
use ledger::event::{Event, ExtensionValue};
use ledger::footprint::allocation::Allocation;
use ledger::graph::{Amount, LotId};
use serde::Serialize;
use std::collections::{BTreeSet, HashSet};

/// What is looked for.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct LotQuery {
    /// A scanned code, or words of identifier or product.
    pub q: String,
    /// Identifier of a site.
    pub site: String,
    /// Identifier of a product.
    pub product: String,
    /// Only waste and scrap that lies in stock: what has no taker yet.
    pub idle_waste: bool,
    /// Page, from 1.
    pub page: usize,
    /// Rows a page.
    pub per_page: usize,
}

/// Where a lot is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum LotPlace {
    /// Some of it is in stock.
    InStock,
    /// Processes consumed it.
    Consumed,
    /// It was shipped.
    Shipped,
    /// It left as waste.
    Discarded,
}

/// A lot.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct LotRow {
    /// Identifier.
    pub lot: String,
    /// Its lot or serial number: the identifier's last part.
    pub number: String,
    /// What it is a lot of.
    pub product: Named,
    /// Site of its last posting.
    pub site: Named,
    /// Day of its first posting.
    pub day: String,
    /// Mass that was made of it or came in, kg.
    pub made_kg: f64,
    /// Mass left, kg.
    pub left_kg: f64,
    /// Where it is.
    pub place: LotPlace,
    /// Waste or scrap.
    pub is_waste: bool,
    /// Recycled material.
    pub is_recycled: bool,
}

/// Lots that were found.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct LotPage {
    /// Newest first.
    pub rows: Vec<LotRow>,
    /// Rows of all pages.
    pub total: usize,
    /// Page, from 1.
    pub page: usize,
    /// Rows a page.
    pub per_page: usize,
    /// Sites that can be chosen.
    pub sites: Vec<Named>,
    /// Products that can be chosen.
    pub products: Vec<Named>,
    /// The lot that the scanned code means, where there is one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub exact: Option<String>,
}

/// An event of a lot.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct LotEvent {
    /// Number.
    pub event: u64,
    /// Time, with the zone it was told in.
    pub time: String,
    /// Type, such as `TransformationEvent`.
    pub kind: String,
    /// Step.
    pub step: Named,
    /// Site.
    pub site: Named,
    /// Party it came from or went to.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub party: Option<Named>,
    /// What it means for the lot; absent where it posts nothing.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub posted: Option<EntryKind>,
    /// Mass posted, kg.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub kg: Option<f64>,
    /// True where the event was declared to be wrong.
    pub is_withdrawn: bool,
    /// What is wrong with it on purpose, in the demo.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub demo_fault: Option<String>,
    /// Number of the transfer manifest of waste.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub manifest: Option<String>,
}

/// What went into a lot, or was made of it.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct LotLink {
    /// The other lot.
    pub lot: String,
    /// Its product.
    pub product: Named,
    /// Amount, as the process states it.
    pub amount: Option<Amount>,
    /// Number of the event.
    pub event: u64,
}

/// One lot.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct LotCard {
    /// As it is listed; absent for one that was never posted (a container).
    pub row: Option<LotRow>,
    /// Identifier.
    pub lot: String,
    /// Product.
    pub product: Named,
    /// Mass fractions of substances.
    pub content: Vec<(String, f64)>,
    /// Code of hazardous waste.
    pub waste_code: Option<String>,
    /// Relative standard deviation of weighing and assay.
    pub errors: (f64, f64),
    /// Events, in order of time.
    pub events: Vec<LotEvent>,
    /// What went into it directly.
    pub made_from: Vec<LotLink>,
    /// What was made of it directly.
    pub made_into: Vec<LotLink>,
    /// Footprint by mass; absent for a raw lot or where it cannot be computed.
    pub footprint: Option<LotFootprintRow>,
    /// Why there is no footprint.
    pub no_footprint: Option<String>,
}

/// Events shown of a lot.
const EVENTS_MAX: usize = 200;

#[boxed::futures]
impl App {
    /// Lots that this actor sees and that fit a question, newest first.
    ///
    /// # Errors
    /// Storage errors.
    pub async fn ledger_lots(&self, actor: &Actor, query: &LotQuery) -> Result<LotPage> {
        actor.need(Act::LedgerLots)?;
        let sight = self.sight(actor).await?;
        let held = self.genealogy().await?;
        let seen = sight.lots(&held);
        let book = &held.book;
        let code = read_code(&query.q);
        let words = query.q.trim().to_lowercase();
        let (site, product) = (balance::site_id(&query.site), query.product.trim());
        let mut found: Vec<(LotId, LotState)> = Vec::new();
        let mut products = BTreeSet::new();
        for (number, state) in (0..u32::MAX).zip(book.states()) {
            let lot = LotId(number);
            let Some(state) = state.filter(|_| seen.as_ref().is_none_or(|seen| seen.contains(&lot))) else {
                continue;
            };
            let of = book.lot_place(lot).1.map_or("", |p| book.products.word(p));
            products.insert(of);
            if !(site.is_empty() || book.sites.word(state.site) == site)
                || !(product.is_empty() || product == of)
            {
                continue;
            }
            let name = held.graph.name(lot);
            let fits = match &code {
                Some(code) => {
                    name == code || name.strip_prefix(code.as_str()).is_some_and(|rest| rest.starts_with('/'))
                }
                None => {
                    let (zh, en) = held.masters.name(of);
                    words.is_empty()
                        || [name, &zh, &en].iter().any(|text| text.to_lowercase().contains(&words))
                }
            };
            if fits && (!query.idle_waste || held.is_idle_waste(lot, &state)) {
                found.push((lot, state));
            }
        }
        found.sort_by_key(|(lot, held)| std::cmp::Reverse((held.first_day, lot.0)));
        let per_page = query.per_page.clamp(1, 200);
        let page = query.page.max(1);
        let rows = found
            .iter()
            .skip((page - 1).saturating_mul(per_page))
            .take(per_page)
            .map(|(lot, state)| held.row(*lot, state));
        let rows: Vec<LotRow> = rows.collect();
        let products = products.into_iter().filter(|product| !product.is_empty());
        let exact = code.filter(|code| {
            held.graph.lot(code).is_some_and(|lot| seen.as_ref().is_none_or(|s| s.contains(&lot)))
        });
        Ok(LotPage {
            rows,
            total: found.len(),
            page,
            per_page,
            sites: held.sites(&sight),
            products: products.map(|product| held.named(product)).collect(),
            exact,
        })
    }

    /// One lot with its events, neighbours and footprint.
    ///
    /// # Errors
    /// [`Code::NotFound`] for a lot that no event names or this actor does not see; storage errors.
    pub async fn ledger_lot(&self, actor: &Actor, lot: &str) -> Result<LotCard> {
        actor.need(Act::LedgerLot)?;
        let sight = self.sight(actor).await?;
        let held = self.genealogy().await?;
        let seen = sight.lots(&held);
        let id = held.start_seen(lot, seen.as_ref())?;
        let (graph, book) = (&held.graph, &held.book);
        let name = graph.name(id);
        let facts = held.facts.lots.get(name).cloned().unwrap_or_default();
        let postings = book.postings(Window::ALL, None, |p| p.lot == id);
        let mut keys: BTreeSet<u64> = postings.iter().map(|p| p.key).collect();
        keys.extend(graph.makers(id).iter().chain(&graph.users(id)).flatten().map(|p| graph.key(*p)));
        keys.extend(graph.shipments(id));
        keys.extend(book.withdrawn_of(id));
        let events = self.lot_events(&held, &keys, &postings, &sight).await?;
        let links = |processes: Vec<Vec<ledger::graph::ProcessId>>, inputs: bool| {
            let mut out = Vec::new();
            for process in processes.into_iter().flatten() {
                let side: Vec<(LotId, Amount)> =
                    if inputs { graph.inputs(process).collect() } else { graph.outputs(process).collect() };
                let side = side.into_iter().filter(|(lot, _)| seen.as_ref().is_none_or(|s| s.contains(lot)));
                out.extend(side.map(|(lot, amount)| LotLink {
                    lot: graph.name(lot).to_owned(),
                    product: held.product(lot),
                    amount: amount.is_known().then_some(amount),
                    event: graph.key(process),
                }));
            }
            out
        };
        let units = &self.reference.units;
        let (footprint, no_footprint) = if graph.is_raw(id) {
            (None, None)
        } else {
            match lot_footprint(&held, id, Allocation::Mass, units) {
                Ok(row) => (Some(row), None),
                Err(error) => (None, Some(error.message)),
            }
        };
        let state = book.state(id);
        Ok(LotCard {
            row: state.map(|state| held.row(id, &state)),
            lot: name.to_owned(),
            product: held.product(id),
            content: facts.content,
            waste_code: facts.waste_code,
            errors: (facts.mass_rsd, facts.content_rsd),
            events,
            made_from: links(graph.makers(id), true),
            made_into: links(graph.users(id), false),
            footprint,
            no_footprint,
        })
    }

    async fn lot_events(
        &self,
        held: &Genealogy,
        keys: &BTreeSet<u64>,
        postings: &[Posting],
        sight: &super::sight::Sight,
    ) -> Result<Vec<LotEvent>> {
        let newest: Vec<i64> = keys.iter().rev().take(EVENTS_MAX).map(|key| key.cast_signed()).collect();
        // Events are read by number from the index.
        self.catch_up_index().await?;
        let (found, heads) = self.store.events_by_number(&newest).await?;
        let mut out = Vec::new();
        for found in &found {
            let head = heads.get(&found.capture).map_or("", String::as_str);
            let Some(event) = document::read_back(head, [found.body.as_str()]).and_then(|mut e| e.pop())
            else {
                continue;
            };
            let site = ledger::balance::entries::site_of(&event).unwrap_or_default();
            if !sight.sees_site(&site) {
                continue;
            }
            let key = found.seq.unsigned_abs();
            let posting = postings.iter().find(|p| p.key == key);
            out.push(lot_event(held, key, &event, &site, posting));
        }
        out.sort_by(|a, b| (&a.time, a.event).cmp(&(&b.time, b.event)));
        Ok(out)
    }
}

fn lot_event(held: &Genealogy, key: u64, event: &Event, site: &str, posting: Option<&Posting>) -> LotEvent {
    let text = |name| {
        super::facts::own(&event.extensions, name).find_map(ExtensionValue::as_text).map(str::to_owned)
    };
    let party = event.destinations.first().or(event.sources.first()).map(|typed| {
        held.named(&ledger::hash::link::canonical(&typed.id).unwrap_or_else(|| typed.id.clone()))
    });
    let offset = jiff::tz::Offset::from_seconds(8 * 3600).unwrap_or(jiff::tz::Offset::UTC);
    LotEvent {
        event: key,
        time: offset.to_datetime(event.time).strftime("%Y-%m-%d %H:%M").to_string(),
        kind: event.type_name().to_owned(),
        step: held.named(event.biz_step.as_deref().unwrap_or("")),
        site: held.named(site),
        party,
        posted: posting.map(|p| p.kind),
        kg: posting.and_then(|p| p.kg),
        is_withdrawn: held.withdrawn.contains(&key.cast_signed()) || event.error_declaration.is_some(),
        demo_fault: text("demoFault"),
        manifest: text("manifest"),
    }
}

/// What is left below the errors of the scales is nothing.
fn is_left(state: &LotState) -> bool {
    state.left_kg > (0.01 * state.made_kg).max(1e-6)
}

impl Genealogy {
    /// What a lot is a lot of.
    pub(super) fn product(&self, lot: LotId) -> Named {
        let product = self
            .book
            .lot_place(lot)
            .1
            .map_or_else(|| super::facts::product_of(self.graph.name(lot)), |p| self.book.products.word(p));
        self.named(product)
    }

    /// The lot of an identifier or scanned code, where it is seen.
    pub(super) fn start_seen(&self, lot: &str, seen: Option<&HashSet<LotId>>) -> Result<LotId> {
        let code = read_code(lot);
        let starts = self.starts(code.as_deref().unwrap_or(lot))?;
        let start = starts.first().copied().filter(|lot| seen.is_none_or(|seen| seen.contains(lot)));
        start.ok_or_else(|| Error::new(Code::NotFound, format!("no event names the lot {lot}")))
    }

    fn row(&self, lot: LotId, state: &LotState) -> LotRow {
        let name = self.graph.name(lot);
        let facts = self.facts.lots.get(name);
        let is_left = is_left(state);
        let place = match state.last {
            EntryKind::Shipped if !is_left => LotPlace::Shipped,
            EntryKind::Discarded if !is_left => LotPlace::Discarded,
            EntryKind::Consumed if !is_left => LotPlace::Consumed,
            _ => LotPlace::InStock,
        };
        LotRow {
            lot: name.to_owned(),
            number: name.rsplit('/').next().unwrap_or(name).to_owned(),
            product: self.product(lot),
            site: self.named(self.book.sites.word(state.site)),
            day: balance::date(state.first_day).to_string(),
            made_kg: state.made_kg,
            left_kg: if is_left { state.left_kg } else { 0.0 },
            place,
            is_waste: facts.is_some_and(|f| f.is_waste),
            is_recycled: facts.is_some_and(|f| f.is_recycled),
        }
    }

    /// True for waste and scrap of which something is left.
    fn is_idle_waste(&self, lot: LotId, state: &LotState) -> bool {
        is_left(state) && self.facts.lots.get(self.graph.name(lot)).is_some_and(|facts| facts.is_waste)
    }
}
