//! Events of PACT 3.0: requests for footprints, their fulfilment or rejection, publications.
//!
//! A request that is taken is answered with an event of our own, which waits in the queue of what goes out for the partner that the
//! request names as its source. An answer goes to no address but one that the administrator has set up for the asking enterprise: whoever
//! asks in a partner's name cannot send its footprints elsewhere, nor this server to a place of his choice.

use super::PcfFilter;
use super::pact::uuid;
use crate::notice::{same_base, written};
use crate::{Act, Actor, App, Code, Error, Result};
use exchange::pact;
use jiff::Timestamp;
use notify::Letter;
use serde_json::{Value, json};
use store::{Hook, PcfRequest};

/// What every type of an event begins and ends with.
const TYPE: (&str, &str) = ("org.wbcsd.pact.ProductFootprint.", ".3");
/// What an answer on its way is about.
const ANSWER: &str = "pact.answer";
/// As much of a request's identifier as the title of its answer shows.
const TITLE_CHARS: usize = 64;

fn bad(what: impl Into<String>) -> Error {
    Error::new(Code::BadInput, what)
}

#[boxed::futures]
impl App {
    /// Takes an event of PACT and keeps it with what is answered to it. The answer to a request goes out by [`App::deliver`]; the same
    /// request once more is answered once.
    ///
    /// # Errors
    /// [`Code::BadInput`] for what is no such event, for a footprint in it that is not valid, and for a request whose source is no partner
    /// of the asking enterprise; storage errors.
    pub async fn pcf_event(&self, actor: &Actor, event: &Value) -> Result<()> {
        actor.need(Act::PcfEvent)?;
        let scope = self.scope(actor).await?;
        let text = |name: &str| event[name].as_str().filter(|text| !text.is_empty());
        let kind = text("type").ok_or_else(|| bad("type: a text is expected"))?;
        let id = text("id").ok_or_else(|| bad("id: a text is expected"))?;
        let source = text("source").ok_or_else(|| bad("source: a text is expected"))?;
        if text("specversion") != Some("1.0") {
            return Err(bad("specversion: 1.0 is expected"));
        }
        let is_time = |at: &Value| at.as_str().is_some_and(|at| at.parse::<Timestamp>().is_ok());
        if event.get("time").is_some_and(|at| !is_time(at)) {
            return Err(bad("time: a time is expected"));
        }
        let data = &event["data"];
        if !data.is_object() {
            return Err(bad("data: an object is expected"));
        }
        let kind = kind
            .strip_prefix(TYPE.0)
            .and_then(|kind| kind.strip_suffix(TYPE.1))
            .ok_or_else(|| bad("type: an event of PACT 3 is expected"))?;
        let mut answer = Value::Null;
        let mut letter = None;
        if kind == "RequestCreatedEvent" {
            let partner = self.asking_partner(scope.only().unwrap_or_default(), source).await?;
            answer = self.pcf_answer(actor, id, data).await?;
            let waiting = Letter {
                kind: ANSWER.to_owned(),
                title: format!("碳足迹请求 {} 的答复", id.chars().take(TITLE_CHARS).collect::<String>()),
                body: answer.to_string(),
                ..Letter::default()
            };
            letter = Some((partner.id, written(&waiting)));
        } else {
            check(kind, data)?;
        }
        let request = PcfRequest {
            event_id: id.to_owned(),
            source: source.to_owned(),
            enterprise: scope.key().to_owned(),
            data: json!({ "kind": kind, "data": data }).to_string(),
            answer: answer.to_string(),
        };
        let letter = letter.as_ref().map(|(hook, letter)| (*hook, letter.as_str()));
        Ok(self.store.add_pcf_request(&request, letter, &self.by(actor)).await?)
    }

    /// The partner of the asking enterprise (its keys) whose address a source names.
    async fn asking_partner(&self, keys: &[String], source: &str) -> Result<Hook> {
        let partners = self.partners_of(keys).await?;
        let found = partners.into_iter().find(|(hook, base)| hook.active && same_base(base, source));
        found.map(|(hook, _)| hook).ok_or_else(|| {
            bad("source: answers go to registered partners only, and none of this enterprise's has this address")
                .hint("the administrator registers a partner among the ways out, at /settings/hooks or /api/v1/hooks")
        })
    }

    /// The event that answers a request: the footprints that fit, or that there are none.
    async fn pcf_answer(&self, actor: &Actor, id: &str, data: &Value) -> Result<Value> {
        let filter: PcfFilter =
            serde_json::from_value(data.clone()).map_err(|e| bad(format!("data: {e}")))?;
        let found = self.pcfs(actor, &filter).await?;
        let (kind, data) = if found.is_empty() {
            let error = json!({ "code": "NotFound", "message": "no footprint that you may read fits" });
            ("RequestRejectedEvent", json!({ "requestEventId": id, "error": error }))
        } else {
            ("RequestFulfilledEvent", json!({ "requestEventId": id, "pfs": found }))
        };
        let own = self.address("/pact/3/events");
        let source = own.split_once(':').map_or("urn:yulin:pact", |(_, rest)| rest);
        Ok(json!({
            "type": format!("{}{kind}{}", TYPE.0, TYPE.1),
            "specversion": "1.0",
            "id": uuid()?,
            "source": source,
            "time": Timestamp::from_millisecond(self.now_ms()).unwrap_or(Timestamp::UNIX_EPOCH).to_string(),
            "data": data,
        }))
    }
}

/// Whether the data of an event is what its kind has.
fn check(kind: &str, data: &Value) -> Result<()> {
    match kind {
        "RequestFulfilledEvent" => {
            let footprints =
                data["pfs"].as_array().filter(|pfs| !pfs.is_empty() && data["requestEventId"].is_string());
            let footprints = footprints.ok_or_else(|| bad("data: requestEventId and pfs are expected"))?;
            for (at, footprint) in footprints.iter().enumerate() {
                if let Some(fault) = pact::check(footprint).first() {
                    return Err(bad(format!("data/pfs/{at}{fault}")));
                }
            }
        }
        "RequestRejectedEvent" => {
            if !data["requestEventId"].is_string() || !data["error"].is_object() {
                return Err(bad("data: requestEventId and error are expected"));
            }
        }
        "PublishedEvent" => {
            let ids =
                data["pfIds"].as_array().filter(|ids| !ids.is_empty() && ids.iter().all(Value::is_string));
            ids.ok_or_else(|| bad("data/pfIds: a list of identifiers is expected"))?;
        }
        _ => return Err(bad("type: an event of PACT 3 is expected")),
    }
    Ok(())
}
