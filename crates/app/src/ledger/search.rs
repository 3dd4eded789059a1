//! Queries of EPCIS: candidates from the index, the last word by the engine, a page at a time.

use super::document::{read_back, with_context};
use super::index::ni;
use super::master::Masters;
use super::scope::Scope;
use crate::{Act, Actor, App, Code, Error, Result};
use jiff::Timestamp;
use ledger::event::{Context, Event};
use ledger::hash::link;
use ledger::query::{Limit, Order, Parameter, Query, Recorded};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use std::borrow::Cow;
use std::collections::HashMap;
use store::{EventFilter, FoundEvent};

/// Candidates looked at for one answer; where more would be needed, the page is short and names the next.
const LOOKED_AT_MAX: usize = 20_000;
/// Matches that can be ordered by an extension field, or counted for `maxEventCount`.
const MATCHES_MAX: usize = 20_000;
/// Events a page at most.
pub const EVENTS_PER_PAGE_MAX: usize = 1_000;

/// How identifiers are written in answers (header `GS1-EPC-Format`).
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum EpcFormat {
    /// As canonical GS1 Digital Links.
    #[default]
    #[serde(rename = "Always_GS1_Digital_Link")]
    DigitalLink,
    /// As EPC URNs. A Digital Link does not say how long its company prefix is, so it cannot become one.
    #[serde(rename = "Always_EPC_URN")]
    Urn,
    /// As they were captured.
    #[serde(rename = "Never_Translates", alias = "No_Preference")]
    AsCaptured,
}

/// What is asked.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct EventRequest {
    /// Parameters of the query.
    pub parameters: Vec<Parameter>,
    /// Prefixes of extension fields and of vocabulary values: prefix, namespace.
    pub prefixes: Vec<(String, String)>,
    /// A field and its value out of the path: `eventType`, `anyEPC`, `bizStep`, `bizLocation`, `readPoint`, `disposition`.
    pub within: Option<(&'static str, String)>,
    /// Events a page, 1 to [`EVENTS_PER_PAGE_MAX`].
    pub per_page: usize,
    /// Where the page begins, from the page before.
    pub after: Option<EventMark>,
    /// How identifiers are written.
    pub format: EpcFormat,
}

/// Where a page ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct EventMark {
    /// Time of the last event, milliseconds since 1970 UTC.
    #[serde(rename = "t")]
    time_ms: i64,
    /// Its number; where the order is by an extension field, events given so far.
    #[serde(rename = "s")]
    seq: i64,
    /// Events given so far.
    #[serde(rename = "n")]
    given: u64,
}

impl EventMark {
    /// Number of the last event.
    pub(super) fn seq(self) -> i64 {
        self.seq
    }
}

/// A page of events.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct EventPage {
    /// Events as JSON, each with `eventID` and `recordTime`.
    pub events: Vec<Value>,
    /// Where the next page begins.
    pub next: Option<EventMark>,
}

/// An event that matches.
pub(super) struct Hit {
    pub found: FoundEvent,
    head: String,
    order: String,
}

/// Which events of the ledger are asked.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Stretch {
    /// Only after this number.
    pub after: i64,
    /// Only up to this number.
    pub until: Option<i64>,
}

#[boxed::futures]
impl App {
    /// Events that match a query, a page of them, of those that the actor sees.
    ///
    /// # Errors
    /// [`Code::BadInput`] for a parameter that cannot be taken; [`Code::TooLarge`] for more events than the query allows or than can be
    /// ordered; [`Code::MediaType`] where identifiers cannot be written as asked; storage errors.
    pub async fn search_events(&self, actor: &Actor, request: &EventRequest) -> Result<EventPage> {
        actor.need(Act::SearchEvents)?;
        let scope = self.scope(actor).await?;
        self.search(&scope, request).await
    }

    /// Parameters of a query with the master data that they speak of, as of now.
    pub(super) async fn with_master_data<'p>(
        &self,
        parameters: &'p [Parameter],
    ) -> Result<Cow<'p, [Parameter]>> {
        if !Masters::are_asked_by(parameters) {
            return Ok(Cow::Borrowed(parameters));
        }
        Ok(Cow::Owned(self.genealogy().await?.masters.answer(parameters)))
    }

    pub(super) async fn search(&self, scope: &Scope, request: &EventRequest) -> Result<EventPage> {
        let parameters = self.with_master_data(&request.parameters).await?;
        let (mut query, context) = read(&parameters, &request.prefixes)?;
        if let Some((key, value)) = &request.within {
            query = query.and(key, value, &context).map_err(unread)?;
        }
        self.catch_up_index().await?;
        let per_page = request.per_page.clamp(1, EVENTS_PER_PAGE_MAX);
        let given = request.after.map_or(0, |mark| mark.given);
        let (hits, next) = match (&query.order, query.limit) {
            (Order::Field(_), limit) => self.ordered(scope, &query, limit, given, per_page).await?,
            (_, limit) => {
                if let Limit::AtMost(most) = limit {
                    self.count(scope, &query, most).await?;
                }
                let left = match limit {
                    Limit::First(first) => usize::try_from(first.saturating_sub(given)).unwrap_or(usize::MAX),
                    _ => usize::MAX,
                };
                let (hits, more) =
                    self.hits(scope, &query, Stretch::default(), request.after, per_page.min(left)).await?;
                let given = given.saturating_add(hits.len() as u64);
                let next = more.filter(|_| hits.len() < left).map(|mark| EventMark { given, ..mark });
                (hits, next)
            }
        };
        let events = hits.iter().map(|hit| written(hit, request.format)).collect::<Result<_>>()?;
        Ok(EventPage { events, next })
    }

    /// Matches in the order of an extension field: all are found first.
    async fn ordered(
        &self,
        scope: &Scope,
        query: &Query,
        limit: Limit,
        given: u64,
        per_page: usize,
    ) -> Result<(Vec<Hit>, Option<EventMark>)> {
        let mut all = self.every(scope, query, MATCHES_MAX).await?;
        if let Limit::AtMost(most) = limit
            && all.len() as u64 > most
        {
            return Err(too_many(most));
        }
        all.sort_by(|a, b| (&a.order, a.found.seq).cmp(&(&b.order, b.found.seq)));
        if query.descending {
            all.reverse();
        }
        if let Limit::First(first) = limit {
            all.truncate(usize::try_from(first).unwrap_or(usize::MAX));
        }
        let total = all.len();
        let page: Vec<Hit> =
            all.into_iter().skip(usize::try_from(given).unwrap_or(usize::MAX)).take(per_page).collect();
        let given = given.saturating_add(page.len() as u64);
        let next =
            ((given as usize) < total && !page.is_empty()).then_some(EventMark { time_ms: 0, seq: 0, given });
        Ok((page, next))
    }

    /// All matches, at most so many.
    async fn every(&self, scope: &Scope, query: &Query, most: usize) -> Result<Vec<Hit>> {
        let mut all = Vec::new();
        let mut after = None;
        loop {
            let (hits, next) =
                self.hits(scope, query, Stretch::default(), after, most + 1 - all.len()).await?;
            all.extend(hits);
            if all.len() > most {
                let what = format!("more than {most} events match; narrow the query");
                return Err(Error::new(Code::TooLarge, what));
            }
            match next {
                Some(mark) => after = Some(mark),
                None => return Ok(all),
            }
        }
    }

    async fn count(&self, scope: &Scope, query: &Query, most: u64) -> Result<()> {
        let few = usize::try_from(most).unwrap_or(usize::MAX).min(MATCHES_MAX);
        match self.every(scope, query, few).await {
            Err(error) if error.code == Code::TooLarge => Err(too_many(most)),
            other => other.map(drop),
        }
    }

    /// At most `want` matches after a mark, and where to go on, where there may be more.
    pub(super) async fn hits(
        &self,
        scope: &Scope,
        query: &Query,
        stretch: Stretch,
        after: Option<EventMark>,
        want: usize,
    ) -> Result<(Vec<Hit>, Option<EventMark>)> {
        let mut hits: Vec<Hit> = Vec::new();
        if query.is_empty() || want == 0 {
            return Ok((hits, None));
        }
        let (time, record) = query.spans();
        let mut filter = EventFilter {
            terms: query.terms().into_iter().chain(scope.terms()).collect(),
            time: (time.from, time.until),
            record: (record.from, record.until),
            by_time: query.order == Order::EventTime,
            descending: query.descending && matches!(query.order, Order::EventTime | Order::RecordTime),
            after: after.map(|mark| (mark.time_ms, mark.seq)),
            // One more than wanted says whether there is a next page.
            limit: u32::try_from((want + 1).clamp(32, 1_000)).unwrap_or(1_000),
        };
        if filter.after.is_none() && stretch.after > 0 {
            filter.after = Some((0, stretch.after));
        }
        let mut looked_at = 0;
        loop {
            let candidates = self.store.find_events(&filter).await?;
            let numbers: Vec<i64> = candidates.iter().map(|(seq, _)| *seq).collect();
            let (found, heads) = self.store.events_by_number(&numbers).await?;
            let mut found: HashMap<i64, FoundEvent> = found.into_iter().map(|f| (f.seq, f)).collect();
            for (seq, time_ms) in &candidates {
                if stretch.until.is_some_and(|until| *seq > until) {
                    return Ok((hits, None));
                }
                filter.after = Some((*time_ms, *seq));
                let Some(found) = found.remove(seq) else { continue };
                let head = heads.get(&found.capture).map_or("", String::as_str);
                let event = event(head, &found)?;
                if !scope.sees(&found, &event) || !query.matches(&event, recorded(&found, &ni(&found.hash))?)
                {
                    continue;
                }
                if hits.len() == want {
                    let next = mark(&hits);
                    return Ok((hits, next));
                }
                let order = query.order_value(&event);
                hits.push(Hit { head: head.to_owned(), order, found });
            }
            looked_at += candidates.len();
            if candidates.len() < filter.limit as usize {
                return Ok((hits, None));
            }
            if looked_at >= LOOKED_AT_MAX {
                let next = filter.after.map(|(time_ms, seq)| EventMark { time_ms, seq, given: 0 });
                return Ok((hits, next));
            }
        }
    }

    /// Words of a list of the interface (`eventTypes`, `epcs`, `bizSteps`, `bizLocations`, `readPoints`, `dispositions`) that events use
    /// which the actor sees, after a word, in order.
    ///
    /// # Errors
    /// [`Code::NotFound`] for another list; storage errors.
    pub async fn event_words(
        &self,
        actor: &Actor,
        list: &str,
        after: &str,
        limit: u32,
    ) -> Result<Vec<String>> {
        actor.need(Act::SearchEvents)?;
        let scope = self.scope(actor).await?;
        self.catch_up_index().await?;
        Ok(self.store.event_words(list, scope.owners().as_deref(), after, limit).await?)
    }
}

fn mark(hits: &[Hit]) -> Option<EventMark> {
    hits.last().map(|hit| EventMark { time_ms: hit.found.time_ms, seq: hit.found.seq, given: 0 })
}

/// The query that parameters make, and the context of its prefixes.
pub(super) fn read(parameters: &[Parameter], prefixes: &[(String, String)]) -> Result<(Query, Context)> {
    let mut context = Context::default();
    prefixes.iter().for_each(|(prefix, namespace)| context.declare(prefix, namespace));
    Ok((Query::read(parameters, &context).map_err(unread)?, context))
}

fn unread(error: ledger::query::QueryError) -> Error {
    Error::new(Code::BadInput, error.to_string()).hint("see docs/ledger.md for the parameters of a query")
}

fn too_many(most: u64) -> Error {
    Error::new(Code::TooLarge, format!("more than {most} events match, and maxEventCount allows no more"))
}

fn event(head: &str, found: &FoundEvent) -> Result<Event> {
    read_back(head, [found.body.as_str()]).and_then(|mut events| events.pop()).ok_or_else(|| {
        Error::new(Code::StorageCorrupt, format!("event {} cannot be read as it was captured", found.seq))
    })
}

fn recorded<'r>(found: &FoundEvent, id: &'r str) -> Result<Recorded<'r>> {
    let time = Timestamp::from_millisecond(found.record_ms);
    let time = time.map_err(|e| Error::new(Code::StorageCorrupt, e.to_string()))?;
    Ok(Recorded { time, id })
}

/// An event as it goes out: as captured, with its identifier and the time of its recording.
pub(super) fn written(hit: &Hit, format: EpcFormat) -> Result<Value> {
    let broken = |e: String| Error::new(Code::StorageCorrupt, format!("event {}: {e}", hit.found.seq));
    let mut event = with_context(&hit.head, &hit.found.body).map_err(|e| broken(e.to_string()))?;
    let time = Timestamp::from_millisecond(hit.found.record_ms).map_err(|e| broken(e.to_string()))?;
    if let Value::Object(fields) = &mut event {
        fields.entry("eventID").or_insert_with(|| Value::String(ni(&hit.found.hash)));
        fields.insert("recordTime".to_owned(), Value::String(time.to_string()));
        translate(fields, format)?;
    }
    Ok(event)
}

/// Writes identifiers of objects and places as asked.
fn translate(event: &mut Map<String, Value>, format: EpcFormat) -> Result<()> {
    if format == EpcFormat::AsCaptured {
        return Ok(());
    }
    const LISTS: [&str; 4] = ["epcList", "childEPCs", "inputEPCList", "outputEPCList"];
    const QUANTITIES: [&str; 4] =
        ["quantityList", "childQuantityList", "inputQuantityList", "outputQuantityList"];
    for (name, value) in event.iter_mut() {
        let name = name.as_str();
        match value {
            Value::String(_) if name == "parentID" => write(value, format)?,
            Value::Array(items) if LISTS.contains(&name) => {
                items.iter_mut().try_for_each(|item| write(item, format))?;
            }
            Value::Array(items) if QUANTITIES.contains(&name) => {
                for item in items {
                    item.get_mut("epcClass").map_or(Ok(()), |class| write(class, format))?;
                }
            }
            Value::Object(place) if matches!(name, "readPoint" | "bizLocation") => {
                place.get_mut("id").map_or(Ok(()), |id| write(id, format))?;
            }
            _ => {}
        }
    }
    Ok(())
}

fn write(value: &mut Value, format: EpcFormat) -> Result<()> {
    let Value::String(id) = value else { return Ok(()) };
    let Some(canonical) = link::canonical(id) else { return Ok(()) };
    match format {
        EpcFormat::DigitalLink => *id = canonical,
        EpcFormat::Urn if !id.starts_with("urn:") => {
            let why = format!(
                "{id} was captured as a Digital Link, which does not say how long its company prefix is"
            );
            return Err(Error::new(Code::MediaType, why).hint("ask for Never_Translates"));
        }
        _ => {}
    }
    Ok(())
}
