//! A camera's colour matrix from patches that a reference instrument measured, too: `yulin inspect camera`.

use crate::{Act, Actor, Code, Error, Result};
use model::table;
use serde::Deserialize;
use vision::colour::{Calibration, CalibrationError, Patch};

#[derive(Deserialize)]
struct Row {
    red: f64,
    green: f64,
    blue: f64,
    x: f64,
    y: f64,
    z: f64,
}

/// Fits the matrix to a table with the headings `red,green,blue,x,y,z`: what the camera says of a patch, linear and without its
/// dark level, and its CIE 1931 tristimulus values. The name is what errors call the table.
///
/// # Errors
/// [`Code::BadInput`] with the line.
pub fn calibrate_camera(actor: &Actor, table: &str, name: &str) -> Result<Calibration> {
    actor.need(Act::CalibrateCamera)?;
    let hint = "the headings are red,green,blue,x,y,z; docs/inspection.md says how patches are measured";
    let bad = |what: String| Error::new(Code::BadInput, what).hint(hint);
    let rows = table::rows::<Row>(name, table).map_err(|e| bad(e.to_string()))?;
    let patches: Vec<Patch> =
        rows.iter().map(|(_, r)| Patch { rgb: [r.red, r.green, r.blue], xyz: [r.x, r.y, r.z] }).collect();
    Calibration::fit(&patches).map_err(|e| match e {
        CalibrationError::Dark(at) => bad(format!("{name} line {}: {e}", rows[at].0)),
        _ => bad(format!("{name}: {e}")),
    })
}
