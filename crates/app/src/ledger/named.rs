//! Named queries of events. Each enterprise has names of its own, and so have the offices.

use super::search::{EventPage, EventRequest, read};
use crate::{Act, Actor, App, Code, Error, Result};
use ledger::query::Parameter;
use serde_json::Value;

/// Queries of an enterprise at most.
const MOST: i64 = 200;

/// A named query.
#[derive(Debug, Clone, PartialEq)]
pub struct NamedQuery {
    /// Its name.
    pub name: String,
    /// The query, as it was given.
    pub query: Value,
    /// When it was made, milliseconds since 1970 UTC.
    pub created_ms: i64,
}

#[boxed::futures]
impl App {
    /// The actor's named queries after a name, by name.
    ///
    /// # Errors
    /// Storage errors.
    pub async fn event_queries(&self, actor: &Actor, after: &str, limit: u32) -> Result<Vec<NamedQuery>> {
        actor.need(Act::EventQueries)?;
        let scope = self.scope(actor).await?;
        self.store.event_queries(scope.key(), after, limit).await?.into_iter().map(named).collect()
    }

    /// One of the actor's named queries.
    ///
    /// # Errors
    /// [`Code::NotFound`]; storage errors.
    pub async fn event_query(&self, actor: &Actor, name: &str) -> Result<NamedQuery> {
        actor.need(Act::EventQueries)?;
        let scope = self.scope(actor).await?;
        named(self.store.event_query(scope.key(), name).await?)
    }

    /// Makes a named query.
    ///
    /// # Errors
    /// [`Code::BadInput`] for a name or a parameter that cannot be taken; [`Code::Conflict`] where the name is taken; storage errors.
    pub async fn add_event_query(
        &self,
        actor: &Actor,
        name: &str,
        query: &Value,
        prefixes: &[(String, String)],
    ) -> Result<()> {
        actor.need(Act::SaveEventQuery)?;
        let scope = self.scope(actor).await?;
        let is_plain = |c: char| c.is_alphanumeric() || matches!(c, '-' | '_' | '.');
        if name.is_empty() || name.chars().count() > 100 || !name.chars().all(is_plain) {
            let what = "a query's name has 1 to 100 letters, digits, `-`, `_` and `.`";
            return Err(Error::new(Code::BadInput, what));
        }
        let mut query = query.clone();
        // Prefixes that the request declared beside the query belong to it.
        if let (Value::Object(fields), false) = (&mut query, prefixes.is_empty()) {
            let declared: serde_json::Map<String, Value> =
                prefixes.iter().map(|(p, n)| (p.clone(), Value::String(n.clone()))).collect();
            let mut context = match fields.remove("@context") {
                Some(Value::Array(items)) => items,
                Some(other) => vec![other],
                None => Vec::new(),
            };
            context.push(Value::Object(declared));
            fields.insert("@context".to_owned(), Value::Array(context));
        }
        let request = request(&query)?;
        read(&request.parameters, &request.prefixes)?;
        let text = query.to_string();
        Ok(self.store.add_event_query(scope.key(), name, &text, MOST, &self.by(actor)).await?)
    }

    /// Removes a named query; its subscribers get nothing more.
    ///
    /// # Errors
    /// [`Code::NotFound`]; storage errors.
    pub async fn delete_event_query(&self, actor: &Actor, name: &str) -> Result<()> {
        actor.need(Act::SaveEventQuery)?;
        let scope = self.scope(actor).await?;
        Ok(self.store.delete_event_query(scope.key(), name, &self.by(actor)).await?)
    }

    /// Events that match a named query, a page of them. `asked` says which page and how.
    ///
    /// # Errors
    /// [`Code::NotFound`]; as [`Self::search_events`].
    pub async fn run_event_query(
        &self,
        actor: &Actor,
        name: &str,
        asked: &EventRequest,
    ) -> Result<EventPage> {
        actor.need(Act::EventQueries)?;
        let scope = self.scope(actor).await?;
        let stored = named(self.store.event_query(scope.key(), name).await?)?;
        let request = request(&stored.query)?;
        let request =
            EventRequest { per_page: asked.per_page, after: asked.after, format: asked.format, ..request };
        self.search(&scope, &request).await
    }
}

fn named(query: store::EventQuery) -> Result<NamedQuery> {
    let definition = definition(&query)?;
    Ok(NamedQuery { name: query.name, query: definition, created_ms: query.created_ms })
}

/// A stored query, as it was given.
pub(super) fn definition(query: &store::EventQuery) -> Result<Value> {
    let read = serde_json::from_str(&query.definition);
    read.map_err(|e| Error::new(Code::StorageCorrupt, format!("query {}: {e}", query.name)))
}

/// A query in JSON as a request.
pub(super) fn request(query: &Value) -> Result<EventRequest> {
    let bad = |what: String| Error::new(Code::BadInput, what);
    let fields = query.as_object().ok_or_else(|| bad("query: an object is expected".to_owned()))?;
    let mut out = EventRequest { per_page: super::search::EVENTS_PER_PAGE_MAX, ..EventRequest::default() };
    for (name, value) in fields {
        if name == "@context" {
            declared(value, &mut out.prefixes);
            continue;
        }
        let one = |value: &Value| match value {
            Value::String(text) => Some(text.clone()),
            Value::Number(number) => Some(number.to_string()),
            Value::Bool(is) => Some(is.to_string()),
            Value::Null => Some(String::new()),
            _ => None,
        };
        let values: Option<Vec<String>> = match value {
            Value::Array(items) => items.iter().map(one).collect(),
            other => one(other).map(|value| vec![value]),
        };
        let values =
            values.ok_or_else(|| bad(format!("query/{name}: a value or a list of values is expected")))?;
        out.parameters.push(Parameter { name: name.clone(), values });
    }
    Ok(out)
}

/// Prefixes that a context declares inline.
fn declared(context: &Value, out: &mut Vec<(String, String)>) {
    match context {
        Value::Array(items) => items.iter().for_each(|item| declared(item, out)),
        Value::Object(terms) => {
            out.extend(terms.iter().filter_map(|(p, n)| Some((p.clone(), n.as_str()?.to_owned()))));
        }
        _ => {}
    }
}
