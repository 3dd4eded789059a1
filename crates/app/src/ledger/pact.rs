//! Product carbon footprints as they are given to customers (PACT 3.0).
//!
//! A footprint is computed from the ledger once and then stands: a new computation is a new footprint, and the one before is deprecated.
//! It is read by its enterprise, by those that it is shared with, and by the offices.

use super::footprint::FootprintReport;
use super::scope::Scope;
use crate::people::{random_token, secret_hash};
use crate::{Act, Actor, Allocation, App, Code, Error, Result, SignedIn};
use exchange::pact::{self, Footprint};
use jiff::Timestamp;
use serde::{Deserialize, Deserializer};
use serde_json::{Value, json};
use std::collections::BTreeSet;
use store::StoredPcf;

/// How long an access token holds, seconds.
const ACCESS_S: i64 = 3600;
/// What every access token begins with.
const PREFIX: &str = "yulinpact_";
/// Years for which a footprint is valid where it does not say.
const VALID_YEARS: i64 = 3;
/// Shared with everybody who belongs to an enterprise.
const ALL: &str = "*";

/// A footprint to give out.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct PcfForm {
    /// The lot or product.
    pub of: String,
    /// `mass`, `economic` or `cut-off`.
    pub allocation: String,
    /// Key of the enterprise whose product it is.
    pub enterprise: String,
    /// Name of the product.
    pub product: String,
    /// What it is.
    pub description: String,
    /// URNs of the product; its GTIN where there are none.
    pub product_ids: Vec<String>,
    /// URNs of its classes.
    pub classifications: Vec<String>,
    /// kg of one unit, where the unit is no mass.
    pub mass_kg: Option<f64>,
    /// kg of fossil carbon in one unit.
    pub fossil_carbon_kg: f64,
    /// First and last moment of the data.
    pub from: Option<Timestamp>,
    /// The last.
    pub until: Option<Timestamp>,
    /// Keys of enterprises that may read it; `*` is all.
    pub shared_with: Vec<String>,
}

/// Which footprints are wanted: of each criterion that is named one value must fit.
#[derive(Debug, Clone, Default, PartialEq, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct PcfFilter {
    /// URNs of products.
    pub product_id: Vec<String>,
    /// URNs of companies.
    pub company_id: Vec<String>,
    /// Countries, subdivisions or regions.
    pub geography: Vec<String>,
    /// URNs of classes.
    pub classification: Vec<String>,
    /// Valid at this moment.
    pub valid_on: Option<Timestamp>,
    /// Valid from a moment after this one.
    pub valid_after: Option<Timestamp>,
    /// No longer valid at this moment.
    pub valid_before: Option<Timestamp>,
    /// `Active`, `Deprecated`: in an event one word, in an address any number.
    #[serde(deserialize_with = "one_or_many")]
    pub status: Vec<String>,
}

fn one_or_many<'de, D: Deserializer<'de>>(from: D) -> std::result::Result<Vec<String>, D::Error> {
    #[derive(Deserialize)]
    #[serde(untagged)]
    enum Words {
        One(String),
        Many(Vec<String>),
    }
    Ok(match Words::deserialize(from)? {
        Words::One(word) => vec![word],
        Words::Many(words) => words,
    })
}

impl PcfFilter {
    fn fits(&self, footprint: &Value) -> bool {
        let pcf = &footprint["pcf"];
        let texts = |value: &Value| match value {
            Value::Array(items) => items.iter().filter_map(Value::as_str).map(str::to_owned).collect(),
            Value::String(text) => vec![text.clone()],
            _ => Vec::new(),
        };
        let places = ["geographyCountry", "geographyCountrySubdivision", "geographyRegionOrSubregion"];
        let any = |wanted: &[String], has: &[String]| {
            wanted.is_empty() || wanted.iter().any(|w| has.iter().any(|h| h.eq_ignore_ascii_case(w)))
        };
        let time = |value: &Value| value.as_str().and_then(|text| text.parse::<Timestamp>().ok());
        let start = time(&footprint["validityPeriodStart"]).or(time(&pcf["referencePeriodEnd"]));
        let end =
            time(&footprint["validityPeriodEnd"]).or_else(|| start.map(|start| later(start, VALID_YEARS)));
        any(&self.product_id, &texts(&footprint["productIds"]))
            && any(&self.company_id, &texts(&footprint["companyIds"]))
            && any(&self.classification, &texts(&footprint["productClassifications"]))
            && any(&self.status, &texts(&footprint["status"]))
            && any(&self.geography, &places.iter().flat_map(|place| texts(&pcf[*place])).collect::<Vec<_>>())
            && self.valid_on.is_none_or(|on| start.is_some_and(|s| s <= on) && end.is_some_and(|e| on <= e))
            && self.valid_after.is_none_or(|after| start.is_some_and(|s| s > after))
            && self.valid_before.is_none_or(|before| end.is_some_and(|e| e < before))
    }
}

fn later(from: Timestamp, years: i64) -> Timestamp {
    // Days of the mean year: the validity of a footprint is no contract on the hour.
    let seconds = (365.2425 * 86_400.0) as i64 * years;
    Timestamp::from_second(from.as_second().saturating_add(seconds)).unwrap_or(Timestamp::MAX)
}

/// True where a footprint is the reader's own or shared with it.
fn may_read(scope: &Scope, stored: &StoredPcf) -> bool {
    let shared: Vec<String> = serde_json::from_str(&stored.shared_with).unwrap_or_default();
    scope.is_of(&stored.enterprise) || shared.iter().any(|with| with == ALL || scope.is_of(with))
}

fn body(stored: &StoredPcf) -> Result<Value> {
    serde_json::from_str(&stored.body)
        .map_err(|e| Error::new(Code::StorageCorrupt, format!("footprint {}: {e}", stored.uuid)))
}

#[boxed::futures]
impl App {
    /// Exchanges an API token (its row id and its secret) for an access token that holds an hour.
    ///
    /// # Errors
    /// [`Code::SignIn`] where they do not belong together or no longer hold; storage errors.
    pub async fn pact_token(&self, client: &str, secret: &str) -> Result<(String, i64)> {
        let refused = || Error::new(Code::SignIn, "client authentication failed");
        let (id, _) = self.by_token_hash(&secret_hash(secret)).await?.ok_or_else(refused)?;
        if client.parse() != Ok(id) {
            return Err(refused());
        }
        let token = format!("{PREFIX}{}", random_token()?);
        let now_ms = self.now_ms();
        self.store.add_access(&secret_hash(&token), id, now_ms + ACCESS_S * 1000, now_ms).await?;
        Ok((token, ACCESS_S))
    }

    /// Who has an access token. It ends with the API token behind it.
    ///
    /// # Errors
    /// Storage errors.
    pub async fn pact_bearer(&self, token: &str) -> Result<Option<SignedIn>> {
        if !token.starts_with(PREFIX) {
            return Ok(None);
        }
        match self.store.access(&secret_hash(token), self.now_ms()).await? {
            Some(hash) => Ok(self.by_token_hash(&hash).await?.map(|(_, signed_in)| signed_in)),
            None => Ok(None),
        }
    }

    /// Footprints that the actor may read and that fit, in the order of their making.
    ///
    /// # Errors
    /// Storage errors.
    pub async fn pcfs(&self, actor: &Actor, filter: &PcfFilter) -> Result<Vec<Value>> {
        actor.need(Act::Pcfs)?;
        let scope = self.scope(actor).await?;
        let mut found = Vec::new();
        for stored in self.store.pcfs().await?.iter().filter(|stored| may_read(&scope, stored)) {
            let body = body(stored)?;
            if filter.fits(&body) {
                found.push(body);
            }
        }
        Ok(found)
    }

    /// A footprint.
    ///
    /// # Errors
    /// [`Code::NotFound`], also for one that the actor may not read; storage errors.
    pub async fn pcf(&self, actor: &Actor, id: &str) -> Result<Value> {
        actor.need(Act::Pcfs)?;
        let scope = self.scope(actor).await?;
        let found = self.store.pcf(id).await?.filter(|stored| may_read(&scope, stored));
        body(&found.ok_or_else(|| Error::new(Code::NotFound, "there is no such footprint"))?)
    }

    /// Computes a footprint from the ledger and gives it out; gives its identifier.
    ///
    /// # Errors
    /// As [`Self::footprint`]; [`Code::BadInput`] where raw lots of unknown footprint would make it too low, where the lots' units differ, or
    /// where the unit has no mass and none is stated; [`Code::NotFound`] for the enterprise; storage errors.
    pub async fn publish_pcf(&self, actor: &Actor, form: &PcfForm) -> Result<String> {
        actor.need(Act::PublishPcf)?;
        let bad = |what: String| Error::new(Code::BadInput, what);
        let rule = match form.allocation.as_str() {
            "" | "mass" => Allocation::Mass,
            "economic" => Allocation::Economic,
            "cut-off" => Allocation::CutOff,
            other => return Err(bad(format!("allocation: mass, economic or cut-off, not “{other}”"))),
        };
        if form.product.trim().is_empty() {
            return Err(bad("product: the product's name is missing".to_owned()));
        }
        let enterprise = self.store.enterprise(&form.enterprise).await?.value;
        let report = self.footprint(actor, &form.of, rule).await?;
        let (unit, mass_kg) = unit(&report, form)?;
        let unit_kg =
            report.unit_kg.ok_or_else(|| bad("the lots' amounts are of unlike units".to_owned()))?;
        // A raw lot that went into several of the product's lots is one.
        let unknown: BTreeSet<&String> = report.lots.iter().flat_map(|lot| &lot.unknown_raw).collect();
        if let Some(first) = unknown.first() {
            let what = format!(
                "the footprint of {} raw lots is unknown, {first} among them: state their factors first",
                unknown.len()
            );
            return Err(bad(what));
        }
        let now = Timestamp::from_millisecond(self.now_ms()).unwrap_or(Timestamp::UNIX_EPOCH);
        let until = form.until.unwrap_or(now);
        let from = form.from.unwrap_or_else(|| later(until, -1));
        let product_ids =
            if form.product_ids.is_empty() { vec![product_urn(&form.of)] } else { form.product_ids.clone() };
        let shared = &form.shared_with;
        // What is stated of the same product so far is deprecated.
        let (mut replaced, mut preceding) = (Vec::new(), Vec::new());
        for stored in self.store.pcfs().await? {
            let mut body: Value = serde_json::from_str(&stored.body).unwrap_or_default();
            let is_same = body["productIds"].as_array().is_some_and(|ids| {
                ids.iter().filter_map(Value::as_str).any(|id| product_ids.iter().any(|own| own == id))
            });
            if stored.enterprise == enterprise.key && is_same && body["status"] == "Active" {
                body["status"] = json!("Deprecated");
                preceding.push(stored.uuid.clone());
                replaced.push((stored.uuid, body.to_string()));
            }
        }
        let (activities, unmetered) = report.activities;
        let company_id = match &enterprise.uscc {
            Some(code) => format!("urn:pact:yulin:uscc:{}", code.as_str()),
            None => format!(
                "urn:pact:yulin:enterprise:{}",
                secret_hash(&enterprise.key).get(..16).unwrap_or_default()
            ),
        };
        let id = uuid()?;
        #[expect(clippy::cast_precision_loss, reason = "a count of lots")]
        let recycled =
            report.lots.iter().map(|lot| lot.recycled_content).sum::<f64>() / report.lots.len().max(1) as f64;
        let footprint = pact::write(&Footprint {
            id: id.clone(),
            created: now.to_string(),
            preceding,
            company: enterprise.name.clone(),
            company_ids: vec![company_id],
            product: form.product.trim().to_owned(),
            description: form.description.clone(),
            product_ids,
            classifications: form.classifications.clone(),
            unit,
            mass_kg,
            period: (from.to_string(), until.to_string()),
            fossil_kg: unit_kg,
            fossil_carbon_kg: form.fossil_carbon_kg,
            allocation: report.allocation_zh.to_owned(),
            comment: format!(
                "{} lots; {} of {activities} activities metered; land use and biogenic emissions are not in the events",
                report.lots.len(),
                activities - unmetered
            ),
            exempted: ("Nothing that the events state is left out".to_owned(), 0.0),
            recycled,
        });
        if let Some(fault) = pact::check(&footprint).first() {
            return Err(bad(format!("the footprint would not be valid: {fault}")));
        }
        let new = StoredPcf {
            uuid: id.clone(),
            enterprise: enterprise.key,
            shared_with: json!(shared).to_string(),
            body: footprint.to_string(),
        };
        self.store.add_pcf(&new, &replaced, &self.by(actor)).await?;
        Ok(id)
    }
}

/// Unit of the footprint as PACT names it, and the mass of one.
fn unit(report: &FootprintReport, form: &PcfForm) -> Result<(&'static str, f64)> {
    let bad = |what: String| Error::new(Code::BadInput, what);
    let unit = match report.unit.as_deref() {
        Some("KGM") => return Ok(("kilogram", 1.0)),
        Some("LTR") => "liter",
        Some("MTQ") => "cubic meter",
        Some("KWH") => return Ok(("kilowatt hour", 0.0)),
        Some("EA" | "H87" | "") | None => "piece",
        Some(other) => {
            return Err(bad(format!("PACT has no unit for {other}: state the amounts in kg or pieces")));
        }
    };
    let mass = form.mass_kg.filter(|mass| mass.is_finite() && *mass > 0.0);
    mass.map(|mass| (unit, mass)).ok_or_else(|| bad(format!("mass_kg: the mass of one {unit} is missing")))
}

/// The URN of a lot or product.
fn product_urn(of: &str) -> String {
    let canonical = ledger::hash::link::canonical(of);
    let gtin = canonical.as_deref().and_then(|link| link.strip_prefix("https://id.gs1.org/01/")?.get(..14));
    match gtin {
        Some(gtin) => format!("urn:gtin:{gtin}"),
        None if of.starts_with("urn:") => of.to_owned(),
        None => format!("urn:pact:yulin:product-id:{}", secret_hash(of).get(..16).unwrap_or_default()),
    }
}

/// A random UUID (version 4).
pub(super) fn uuid() -> Result<String> {
    let digits = random_token()?;
    let part = |from: usize, to: usize| digits.get(from..to).unwrap_or_default();
    Ok(format!("{}-{}-4{}-a{}-{}", part(0, 8), part(8, 12), part(13, 16), part(17, 20), part(20, 32)))
}
