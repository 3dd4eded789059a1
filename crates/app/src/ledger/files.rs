//! What the ledger does with files alone.

use super::document::read_events;
use crate::{Act, Actor, Code, Error, InputFile, Result};
use ledger::balance::reconcile::{GrossError, Problem, Reconciled, ReconciledValue};
use ledger::footprint::factor::FactorLibrary;
use ledger::hash::event_hashes;
use ledger::process::etchant::simulate::{Recipe, Run, simulate};
use ledger::process::etchant::waste::{Case, CaseInput, ManifestLine, WasteLedger, case, waste_ledger};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use std::collections::BTreeMap;

/// Probability of suspecting a measurement where all are sound.
const GROSS_ERROR_LEVEL: f64 = 0.05;

/// What a document holds.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct CheckedEvents {
    /// Name of the file.
    pub file: String,
    /// Valid events.
    pub events: usize,
    /// What is wrong, one line each, with file, line (of XML) and JSON pointer.
    pub faults: Vec<String>,
}

/// Checks an EPCIS document (JSON-LD 2.0, XML 1.2 or 2.0) against the schema, the vocabularies of CBV 2.0, and the fields of our
/// own against the factors.
///
/// # Errors
/// [`Code::BadInput`] for a file that is no UTF-8 text; what is wrong in the document stands in the answer.
pub fn check_events(actor: &Actor, file: InputFile, factors: &FactorLibrary) -> Result<CheckedEvents> {
    actor.need(Act::LedgerFiles)?;
    let read = read_events(file, Some(factors))?;
    let events = read.document.map_or(0, |document| document.events.len());
    Ok(CheckedEvents { file: read.name, events, faults: read.faults })
}

/// The event hashes of a document (CBV 2.0, 8.9), in its order.
///
/// # Errors
/// [`Code::BadInput`] with the first fault and the number of all: a document with faults has no hashes.
pub fn hash_events(actor: &Actor, file: InputFile) -> Result<Vec<String>> {
    actor.need(Act::LedgerFiles)?;
    let read = read_events(file, None)?;
    match read.document {
        Some(document) if read.faults.is_empty() => {
            Ok(event_hashes(&document.events).iter().map(ToString::to_string).collect())
        }
        _ => Err(faulty(&read.faults)),
    }
}

/// The error for a document with faults: the first one, and how many more there are.
pub(super) fn faulty(faults: &[String]) -> Error {
    let first = faults.first().cloned().unwrap_or_default();
    let message = if faults.len() > 1 { format!("{first} (+{})", faults.len() - 1) } else { first };
    Error::new(Code::BadInput, message).hint("yulin ledger check FILE shows every fault")
}

/// Reconciled flows, in the form of the question.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct ReconcileReport {
    /// Flows by name: value, standard deviation, how far the equations determine it.
    pub flows: BTreeMap<String, ReconciledValue>,
    /// Transfer coefficients by name.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub transfer_coefficients: BTreeMap<String, ReconciledValue>,
    /// Sum of squared changes in units of the standard deviations.
    pub chi_square: f64,
    /// Independent checks.
    pub freedom: usize,
    /// Probability of so large a sum with sound measurements.
    pub p_value: f64,
    /// Linearisations.
    pub iterations: usize,
    /// Measurements that do not fit the others, worst first.
    pub gross_errors: Vec<GrossError>,
}

/// Reconciles measured flows with balance equations:
/// `{"flows": {name: {"value", "sd"} | {"value", "constant": true} | {}}, "transfer_coefficients": {..}, "equations": [..]}`.
///
/// # Errors
/// [`Code::BadInput`] with the place in the file; contradictions.
pub fn reconcile(actor: &Actor, file: &InputFile) -> Result<ReconcileReport> {
    actor.need(Act::LedgerFiles)?;
    let bad = |e: &dyn std::fmt::Display| Error::new(Code::BadInput, format!("{}: {e}", file.name));
    let text = std::str::from_utf8(&file.bytes).map_err(|e| bad(&e))?;
    let problem = Problem::parse(text).map_err(|e| bad(&e))?;
    let Reconciled { values, chi_square, freedom, p_value, iterations } =
        problem.solve().map_err(|e| bad(&e))?;
    let gross_errors = problem.gross_errors(GROSS_ERROR_LEVEL).map_err(|e| bad(&e))?;
    let asked: Value = serde_json::from_str(text).map_err(|e| bad(&e))?;
    let is_coefficient = |value: &ReconciledValue| asked["transfer_coefficients"].get(&value.name).is_some();
    let (coefficients, flows): (Vec<_>, Vec<_>) = values.into_iter().partition(is_coefficient);
    let by_name =
        |values: Vec<ReconciledValue>| values.into_iter().map(|value| (value.name.clone(), value)).collect();
    Ok(ReconcileReport {
        flows: by_name(flows),
        transfer_coefficients: by_name(coefficients),
        chi_square,
        freedom,
        p_value,
        iterations,
        gross_errors,
    })
}

/// What a recipe file holds.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RecipeFile {
    /// Bath, cell and controller; absent fields have the default's values.
    #[serde(default)]
    run: Recipe,
    /// A year of the plant, with the cell of the run.
    case: Option<CaseInput>,
    /// Waste that left, to be compared with what etching would have made without regeneration.
    manifests: Option<ManifestsFile>,
}

/// Transfer manifests of a plant.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct ManifestsFile {
    /// Copper that was etched in the same time, kg.
    etched_copper_kg: f64,
    /// Copper in spent liquor without regeneration, g/L.
    copper_g_l: f64,
    /// Specific gravity of spent liquor.
    specific_gravity: f64,
    /// Code of the waste, such as `398-004-22`.
    waste_code: String,
    /// Manifests.
    lines: Vec<ManifestLine>,
}

impl ManifestsFile {
    fn ledger(&self) -> std::result::Result<WasteLedger, String> {
        for (field, value) in [
            ("etched_copper_kg", self.etched_copper_kg),
            ("copper_g_l", self.copper_g_l),
            ("specific_gravity", self.specific_gravity),
        ] {
            if !value.is_finite() || value <= 0.0 {
                return Err(format!("/manifests/{field}: {value} is no number above 0"));
            }
        }
        if let Some(at) = self.lines.iter().position(|line| !line.mass_kg.is_finite() || line.mass_kg < 0.0) {
            return Err(format!("/manifests/lines/{at}/mass_kg: {} is no mass", self.lines[at].mass_kg));
        }
        let (copper, gravity) = (self.copper_g_l, self.specific_gravity);
        Ok(waste_ledger(&self.lines, &self.waste_code, self.etched_copper_kg, copper, gravity))
    }
}

/// A recipe that shows what can be said: a day of the default plant, the case of 15,000 t a year, and manifests.
pub const ETCHANT_EXAMPLE: &str = include_str!("../../../../demo/etchant.json");

/// A simulated etchant loop.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct EtchantReport {
    /// Run of bath, cell and controller.
    pub run: Run,
    /// The year's figures, where the recipe states a case.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub case: Option<Case>,
    /// Manifests against the baseline, where the recipe states them.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub waste: Option<WasteLedger>,
}

/// Simulates the etchant loop of a recipe file in JSON: `{"run": {..}, "case": {..}, "manifests": {..}}`.
///
/// # Errors
/// [`Code::BadInput`] with line and column, or the field that is out of range.
pub fn simulate_etchant(actor: &Actor, file: &InputFile) -> Result<EtchantReport> {
    actor.need(Act::LedgerFiles)?;
    let bad = |e: &dyn std::fmt::Display| Error::new(Code::BadInput, format!("{}: {e}", file.name));
    let recipe: RecipeFile = serde_json::from_slice(&file.bytes).map_err(|e| bad(&e))?;
    let run = simulate(&recipe.run).map_err(|e| bad(&e))?;
    let case = recipe.case.as_ref().map(|input| case(input, &recipe.run.cell));
    let case = case.transpose().map_err(|e| bad(&e))?;
    let waste = recipe.manifests.as_ref().map(ManifestsFile::ledger).transpose().map_err(|e| bad(&e))?;
    Ok(EtchantReport { run, case, waste })
}
