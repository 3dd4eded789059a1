//! Events on their way out.

use super::document::with_context;
use crate::{Act, Actor, App, Code, Error, Result};
use exchange::plain::PlainTable;
use ledger::event::{Body, Event, QuantityElement};
use serde_json::json;
use std::io::Write;

/// Form of an export.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum EventForm {
    /// One EPCIS 2.0 document in JSON-LD, each event as it was captured.
    Epcis,
    /// A table with a row for each object of each event.
    Csv,
    /// Footprints that are given out, in the data model of PACT 3.0.
    Pact,
}

const HEADINGS: [&str; 15] = [
    "seq",
    "hash",
    "time",
    "zone",
    "type",
    "action",
    "biz_step",
    "disposition",
    "read_point",
    "biz_location",
    "role",
    "object",
    "quantity",
    "uom",
    "declares_error",
];

#[boxed::futures]
impl App {
    /// Writes all events, or all footprints; gives their number.
    ///
    /// # Errors
    /// [`Code::Output`] where `out` cannot be written; storage errors.
    pub async fn export_events(
        &self,
        actor: &Actor,
        form: EventForm,
        out: &mut (dyn Write + Send),
    ) -> Result<u64> {
        actor.need(Act::ExportEvents)?;
        match form {
            EventForm::Epcis => self.export_epcis(out).await,
            EventForm::Csv => self.export_csv(out).await,
            EventForm::Pact => {
                let footprints = self.pcfs(actor, &super::pact::PcfFilter::default()).await?;
                let failed =
                    |e: std::io::Error| Error::new(Code::Output, format!("cannot write the export: {e}"));
                writeln!(out, "{}", json!({ "data": footprints })).map_err(failed)?;
                Ok(footprints.len() as u64)
            }
        }
    }

    async fn export_epcis(&self, out: &mut (dyn Write + Send)) -> Result<u64> {
        let failed = |e: std::io::Error| Error::new(Code::Output, format!("cannot write the export: {e}"));
        let created = jiff::Timestamp::from_millisecond(self.now_ms()).unwrap_or(jiff::Timestamp::UNIX_EPOCH);
        let heading = json!([exchange::epcis_xml::EPCIS_CONTEXT]);
        write!(
            out,
            "{{\"@context\":{heading},\"type\":\"EPCISDocument\",\"schemaVersion\":\"2.0\",\
             \"creationDate\":\"{created}\",\"epcisBody\":{{\"eventList\":["
        )
        .map_err(failed)?;
        let mut after = 0;
        let mut written = 0;
        loop {
            let (events, heads) = self.store.events(after, 5_000).await?;
            for stored in &events {
                let head = heads.get(&stored.capture).map_or("{}", String::as_str);
                let event = with_context(head, &stored.body).map_err(|e| {
                    Error::new(Code::StorageCorrupt, format!("event {} cannot be read: {e}", stored.seq))
                })?;
                write!(out, "{}\n{event}", if written > 0 { "," } else { "" }).map_err(failed)?;
                written += 1;
                after = stored.seq;
            }
            if events.is_empty() {
                writeln!(out, "\n]}}}}").map_err(failed)?;
                return Ok(written);
            }
        }
    }

    async fn export_csv(&self, out: &mut (dyn Write + Send)) -> Result<u64> {
        let mut table = PlainTable {
            title: "events".to_owned(),
            headings: HEADINGS.map(str::to_owned).to_vec(),
            rows: Vec::new(),
        };
        let mut count = 0;
        self.each_event(0, |stored, event| {
            count += 1;
            let start = |role: &str, object: &str, quantity: String, uom: &str| {
                let place = |at: &Option<ledger::event::Location>| {
                    at.as_ref().map_or_else(String::new, |p| p.id.clone())
                };
                vec![
                    stored.seq.to_string(),
                    stored.hash.clone(),
                    event.time.to_string(),
                    event.zone_offset.clone(),
                    event.type_name().to_owned(),
                    event.action().map_or("", |a| a.word()).to_owned(),
                    event.biz_step.clone().unwrap_or_default(),
                    event.disposition.clone().unwrap_or_default(),
                    place(&event.read_point),
                    place(&event.biz_location),
                    role.to_owned(),
                    object.to_owned(),
                    quantity,
                    uom.to_owned(),
                    i64::from(stored.declares_error).to_string(),
                ]
            };
            for (role, instances, quantities) in objects(event) {
                for instance in instances {
                    table.rows.push(start(role, instance, "1".to_owned(), ""));
                }
                for element in quantities {
                    let quantity = element.quantity.map_or_else(String::new, |q| q.to_string());
                    table.rows.push(start(
                        role,
                        &element.class,
                        quantity,
                        element.uom.as_deref().unwrap_or(""),
                    ));
                }
            }
            Ok(())
        })
        .await?;
        let bytes = table.csv().map_err(|e| Error::new(Code::Output, e.to_string()))?;
        out.write_all(&bytes)
            .map_err(|e| Error::new(Code::Output, format!("cannot write the export: {e}")))?;
        Ok(count)
    }
}

/// The objects of an event by what they are in it.
fn objects(event: &Event) -> Vec<(&'static str, &[String], &[QuantityElement])> {
    match &event.body {
        Body::Object { epcs, quantities, .. } => vec![("object", epcs, quantities)],
        Body::Transaction { parent, epcs, quantities, .. } => {
            vec![("parent", parent.as_slice(), &[]), ("object", epcs, quantities)]
        }
        Body::Aggregation { parent, children, child_quantities, .. } => {
            vec![("parent", parent.as_slice(), &[]), ("child", children, child_quantities)]
        }
        Body::Association { parent, children, child_quantities, .. } => {
            vec![("parent", std::slice::from_ref(parent), &[]), ("child", children, child_quantities)]
        }
        Body::Transformation { inputs, input_quantities, outputs, output_quantities, .. } => {
            vec![("input", inputs, input_quantities), ("output", outputs, output_quantities)]
        }
    }
}
