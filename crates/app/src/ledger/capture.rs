//! Capture of events, and the proof of their chain.

use super::document::{EventFile, parts, read_back, read_events};
use super::files::faulty;
use crate::aside::aside;
use crate::{Act, Actor, App, Code, Error, InputFile, Result};
use ledger::hash::chain::{Content, Head, Link, START};
use ledger::hash::event_hashes;
use serde::Serialize;
use store::{NewCapture, NewEvent};

/// Events proved at a time.
const BATCH: u32 = 5_000;

/// How to capture.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct CaptureOptions {
    /// Store the valid events of a document although others are faulty (`GS1-Capture-Error-Behaviour: proceed`).
    pub proceed: bool,
}

/// What a capture did. When it is returned, the events are on the disk.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct CaptureReport {
    /// Name of the file.
    pub file: String,
    /// Events stored.
    pub new: u64,
    /// Events that were there already.
    pub known: u64,
    /// Number of the ledger's last event.
    pub last: i64,
    /// Its link, in hexadecimal digits.
    pub link: String,
    /// What was left out, with its place; only where the capture proceeds.
    pub faults: Vec<String>,
}

/// What replaying the chain found.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ChainProof {
    /// Events that are proved.
    pub events: i64,
    /// Link of the last of them; kept elsewhere, it shows later whether the end was cut off.
    pub head: String,
    /// Number of the first event whose link does not hold, and why.
    pub broken: Option<(i64, String)>,
}

#[boxed::futures]
impl App {
    /// Captures an EPCIS document: all its events in one transaction, on the disk when this returns. Events that are known
    /// already (by event hash) are not stored again.
    ///
    /// # Errors
    /// [`Code::BadInput`] with file and place for a faulty document, of which nothing is stored unless the capture proceeds;
    /// storage errors.
    pub async fn capture_events(
        &self,
        actor: &Actor,
        file: InputFile,
        options: CaptureOptions,
    ) -> Result<CaptureReport> {
        actor.need(Act::CaptureEvents)?;
        let factors = self.factors;
        let (new, faults) = aside(move || {
            let read = read_events(file, Some(factors))?;
            if !read.faults.is_empty() && (!options.proceed || read.document.is_none()) {
                return Err(faulty(&read.faults));
            }
            new_capture(read, String::new())
        })
        .await?;
        let done = self.store.capture(&new, &self.by(actor)).await?;
        let link = done.link.to_string();
        Ok(CaptureReport { file: new.file, new: done.new, known: done.known, last: done.last, link, faults })
    }

    /// Computes hashes and links of all events again, from the events as they are stored.
    ///
    /// # Errors
    /// Storage errors; a chain that does not hold stands in the answer.
    pub async fn verify_events(&self, actor: &Actor) -> Result<ChainProof> {
        actor.need(Act::VerifyEvents)?;
        let mut proof = ChainProof { events: 0, head: START.to_string(), broken: None };
        let mut link = START;
        loop {
            let (stored, heads) = self.store.events(proof.events, BATCH).await?;
            if stored.is_empty() {
                return Ok(proof);
            }
            for document in stored.chunk_by(|a, b| a.capture == b.capture) {
                let head = heads.get(&document[0].capture).map_or("", String::as_str);
                let events = read_back(head, document.iter().map(|e| e.body.as_str()));
                let hashes = events.filter(|e| e.len() == document.len()).map(|e| event_hashes(&e));
                let shared = Head::of(head);
                for (at, event) in document.iter().enumerate() {
                    let broken = |why: &str| Some((event.seq, format!("first broken link: {why}")));
                    if event.seq != proof.events + 1 {
                        proof.broken = broken("events before it are missing");
                        return Ok(proof);
                    }
                    // A document that cannot be read as a whole: its events one by one, to name the first.
                    let hash = match &hashes {
                        Some(hashes) => Some(hashes[at]),
                        None => read_back(head, [event.body.as_str()])
                            .and_then(|events| event_hashes(&events).first().copied()),
                    };
                    let Some(hash) = hash else {
                        proof.broken = broken("it cannot be read as an event");
                        return Ok(proof);
                    };
                    let next = link.next(hash, Content::of(shared, &event.body));
                    if Some(next) != Link::parse(&event.link) || Link(hash.0).to_string() != event.hash {
                        proof.broken = broken("it was changed after it was captured, or its place");
                        return Ok(proof);
                    }
                    link = next;
                    proof.events = event.seq;
                    proof.head = event.link.clone();
                }
            }
        }
    }
}

/// A document as the store takes it, in the name of an enterprise, and the faults of what is left out.
pub(super) fn new_capture(read: EventFile, enterprise: String) -> Result<(NewCapture, Vec<String>)> {
    let bad = |what: &str| Error::new(Code::BadInput, format!("{}: {what}", read.name));
    let document = read.document.ok_or_else(|| faulty(&read.faults))?;
    let parts = parts(&read.text, &document.kind).map_err(|e| bad(&e.to_string()))?;
    let parts = parts.ok_or_else(|| bad("a list of events is expected"))?;
    let hashes = event_hashes(&document.events);
    let events = document.events.iter().zip(hashes).map(|(event, hash)| {
        // The place ends in the event's index; one event that stands alone has none.
        let index = event.place.rsplit('/').next().and_then(|n| n.parse().ok()).unwrap_or(0_usize);
        NewEvent {
            hash,
            declares_error: event.error_declaration.is_some(),
            body: parts.bodies[index].to_owned(),
        }
    });
    let events: Vec<NewEvent> = events.collect();
    // A heading that is faulty itself cannot be read again, so nothing proceeds past it.
    if events.first().is_some_and(|event| read_back(&parts.head, [event.body.as_str()]).is_none()) {
        return Err(faulty(&read.faults));
    }
    // What things are called and whose sites are, a member's document does not say for others: its master data is left out.
    let head = if enterprise.is_empty() { parts.head } else { without_header(&parts.head) };
    Ok((NewCapture { file: read.name, head, enterprise, events }, read.faults))
}

/// A head without `epcisHeader`.
fn without_header(head: &str) -> String {
    let Ok(mut fields) = serde_json::from_str::<serde_json::Map<String, serde_json::Value>>(head) else {
        return head.to_owned();
    };
    fields.remove("epcisHeader");
    serde_json::Value::Object(fields).to_string()
}
