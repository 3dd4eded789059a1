//! IPC-CFX (IPC-2591): one `UnitsInspected` message for a run, a unit for each frame, a defect for each bad bead.

use super::{Run, Sheet, is_defect};
use model::hex::hex;
use serde_json::{Value, json};
use vision::panel::Tally;

/// A name of 128 bits in the form of a UUID.
pub fn uuid(bytes: [u8; 16]) -> String {
    let mut b = bytes;
    // Version 8 (RFC 9562): made from content, not drawn.
    b[6] = (b[6] & 0x0f) | 0x80;
    b[8] = (b[8] & 0x3f) | 0x80;
    let hex = hex(&b);
    format!("{}-{}-{}-{}-{}", &hex[..8], &hex[8..12], &hex[12..16], &hex[16..20], &hex[20..])
}

/// A name that follows from the run's by a text.
fn derived(seed: [u8; 16], text: &str) -> String {
    // FNV-1a of 128 bits: names must differ, nobody attacks them.
    let mut hash = u128::from_le_bytes(seed) ^ 0x6c62_272e_07bb_0142_62b8_2175_6295_c58d;
    for byte in text.bytes() {
        hash = (hash ^ u128::from(byte)).wrapping_mul(0x0000_0000_0100_0000_0000_0000_0000_013b);
    }
    uuid(hash.to_be_bytes())
}

/// Everything before the units.
pub fn head(run: &Run, seed: [u8; 16]) -> String {
    let text = |words: &str| Value::from(words).to_string();
    format!(
        concat!(
            r#"{{"MessageName":"CFX.Production.TestAndInspection.UnitsInspected","Version":"1.7","#,
            r#""TimeStamp":{},"UniqueID":"{}","Source":"yulin.inspection","Target":null,"RequestID":null,"#,
            r#""MessageBody":{{"$type":"CFX.Production.TestAndInspection.UnitsInspected, CFX","#,
            r#""TransactionId":"{}","InspectionMethod":"AOI","#,
            r#""SamplingInformation":{{"SamplingMethod":"NoSampling","LotSize":null,"SampleSize":null}},"#,
            r#""Inspector":null,"RecipeName":{},"RecipeRevision":null,"InspectedUnits":["#
        ),
        text(&run.at),
        uuid(seed),
        derived(seed, "transaction"),
        text(&run.recipe)
    )
}

/// One frame's unit.
pub fn section(run: &Run, sheet: &Sheet<'_>, tally: &Tally, seed: [u8; 16]) -> String {
    let place = |row: u32, column: u32| format!("frame/{}/{row}/{column}", sheet.frame);
    let defects: Vec<Value> = sheet
        .beads
        .iter()
        .filter(is_defect)
        .map(|b| {
            let word = b.class.word();
            let (x, y) = (
                f64::from(b.column) * run.pitch_um / 1000.0 + b.dx_px * sheet.um_per_px / 1000.0,
                f64::from(b.row) * run.pitch_um / 1000.0 + b.dy_px * sheet.um_per_px / 1000.0,
            );
            json!({
                "UniqueIdentifier": derived(seed, &place(b.row, b.column)),
                "DefectCode": word.to_uppercase(),
                "DefectCategory": "Mini-LED bead",
                "Description": format!("{word} at row {}, column {}", b.row, b.column),
                "Comments": null,
                "ComponentOfInterest": {
                    "ReferenceDesignator": format!("R{}C{}", b.row, b.column),
                    "UnitPosition": null,
                    "PartNumber": null,
                },
                // Millimetres from the first bead, to the right and downward.
                "RegionOfInterest": {
                    "StartPointX": (x * 1e6).round() / 1e6,
                    "StartPointY": (y * 1e6).round() / 1e6,
                    "RegionSegments": [],
                },
                "DefectImages": [],
                "Priority": 1,
                "ConfidenceLevel": (f64::from(b.confidence) * 1e4).round() / 100.0,
                "RelatedMeasurements": [],
                "RelatedSymptoms": [],
            })
        })
        .collect();
    let result = if defects.is_empty() { "Passed" } else { "Failed" };
    let measured = |name: &str, value: f64, unit: &str, sequence: u32| {
        json!({
            "$type": "CFX.Structures.NumericMeasurement, CFX",
            "UniqueIdentifier": derived(seed, &format!("frame/{}/{name}", sheet.frame)),
            "MeasurementName": name,
            "TimeRecorded": run.at,
            "Sequence": sequence,
            "Result": result,
            "CRDs": null,
            "MeasurementUnits": unit,
            "MeasuredValue": value,
        })
    };
    json!({
        "UnitIdentifier": format!("{}#{} {}", run.lot, sheet.frame, sheet.name),
        "UnitPositionNumber": 1,
        "OverallResult": result,
        "Inspections": [{
            "UniqueIdentifier": derived(seed, &format!("frame/{}", sheet.frame)),
            "InspectionName": "BEADS",
            "InspectionStartTime": null,
            "InspectionEndTime": null,
            "TestProcedure": run.recipe,
            "Comments": null,
            "Result": result,
            "Error": null,
            "DefectsFound": defects,
            "Symptoms": [],
            "Measurements": [
                measured("mean_dx", tally.x.mean(), "um", 1),
                measured("mean_dy", tally.y.mean(), "um", 2),
                measured("sigma_dx", tally.x.sigma().unwrap_or(0.0), "um", 3),
                measured("sigma_dy", tally.y.sigma().unwrap_or(0.0), "um", 4),
            ],
        }],
    })
    .to_string()
}

/// Everything after the units.
pub const FOOT: &str = "]}}\n";
