//! KLARF 1.2 (KLA results file): defects of each frame as a wafer of a lot, beads as dies.
//!
//! Dies count from the lower left, x to the right and y upward, as the format has it; lengths are in micrometres. A defect's
//! place in its die is that of the bead where it has one, else the die's middle.

use super::{Run, Sheet, is_defect, put};
use std::fmt::Write as _;
use vision::classify::Class;

/// Text in quotes: the format knows no way to write one inside, nor other than ASCII for certain.
fn quoted(text: &str) -> String {
    let plain = |c: char| if c == '"' || c.is_control() { '_' } else { c };
    format!("\"{}\"", text.chars().map(plain).collect::<String>())
}

/// `MM-DD-YYYY hh:mm:ss` of a moment such as `2026-11-22T18:05:00+08:00`.
fn moment(at: &str) -> String {
    match (at.get(0..4), at.get(5..7), at.get(8..10), at.get(11..19)) {
        (Some(year), Some(month), Some(day), Some(time)) => format!("{month}-{day}-{year} {time}"),
        _ => "01-01-1970 00:00:00".to_owned(),
    }
}

/// Everything before the first frame.
pub fn head(run: &Run) -> String {
    let at = moment(&run.at);
    let (pitch, columns, rows) = (run.pitch_um, run.columns, run.rows);
    let mut out = String::new();
    put!(out, "FileVersion 1 2;\nFileTimestamp {at};\n");
    put!(out, "InspectionStationID \"Yulin\" \"yulin\" \"1\";\nSampleType WAFER;\nResultTimestamp {at};\n");
    put!(out, "LotID {};\n", quoted(&run.lot));
    // The panel's diagonal in mm, as a wafer's diameter.
    let size = (pitch / 1000.0 * (rows as f64).hypot(columns as f64)).ceil();
    put!(out, "SampleSize 1 {size:.0};\nDeviceID {};\n", quoted(&run.recipe));
    put!(out, "SetupID {} {at};\nStepID \"INSPECT\";\n", quoted(&run.recipe));
    out.push_str("SampleOrientationMarkType NOTCH;\nOrientationMarkLocation DOWN;\n");
    put!(out, "DiePitch {pitch:.6e} {pitch:.6e};\nDieOrigin 0.000000 0.000000;\n");
    out.push_str("ClassLookup 12\n");
    for class in Class::ALL {
        let end = if class == Class::Unmeasured { ";" } else { "" };
        put!(out, " {} \"{}\"{end}\n", super::class_number(class), class.word());
    }
    out
}

/// A frame's defects with their summary; the density is in defects a square centimetre.
pub fn section(run: &Run, sheet: &Sheet<'_>) -> String {
    let (pitch, rows) = (run.pitch_um, run.rows);
    let mut out = String::new();
    put!(out, "WaferID {};\n", quoted(&format!("{:06} {}", sheet.frame, sheet.name)));
    put!(out, "Slot {};\n", sheet.frame + 1);
    put!(
        out,
        "SampleCenterLocation {:.6e} {:.6e};\n",
        pitch * run.columns as f64 / 2.0,
        pitch * rows as f64 / 2.0
    );
    put!(
        out,
        "InspectionTest 1;\nSampleTestPlan 1\n 0 0;\nAreaPerTest {:.6e};\n",
        pitch * pitch * (rows * run.columns) as f64
    );
    out.push_str(
        "DefectRecordSpec 12 DEFECTID XREL YREL XINDEX YINDEX XSIZE YSIZE DEFECTAREA DSIZE CLASSNUMBER TEST IMAGECOUNT ;\n",
    );
    out.push_str("DefectList\n");
    let bead_um = run.bead_um;
    let area = std::f64::consts::PI * bead_um * bead_um / 4.0;
    let defects = sheet.beads.iter().filter(is_defect).count();
    let mut lines = sheet.beads.iter().filter(is_defect).enumerate().peekable();
    if lines.peek().is_none() {
        out.push_str(";\n");
    }
    while let Some((i, bead)) = lines.next() {
        let (x, y) = (
            pitch / 2.0 + bead.dx_px * sheet.um_per_px,
            // Upward.
            pitch / 2.0 - bead.dy_px * sheet.um_per_px,
        );
        put!(
            out,
            " {} {x:.3} {y:.3} {} {} {bead_um:.3} {bead_um:.3} {area:.3} {bead_um:.3} {} 1 0",
            i + 1,
            bead.column,
            rows as u32 - 1 - bead.row,
            super::class_number(bead.class)
        );
        out.push_str(if lines.peek().is_none() { ";\n" } else { "\n" });
    }
    let (dies, bad) = (sheet.beads.iter().filter(|b| b.class != Class::Unmeasured).count(), defects);
    let density = bad as f64 / (dies as f64 * pitch * pitch / 1e8).max(f64::MIN_POSITIVE);
    out.push_str("SummarySpec 5 TESTNO NDEFECT DEFDENSITY NDIE NDEFDIE ;\nSummaryList\n");
    put!(out, " 1 {bad} {density:.6e} {dies} {bad};\n");
    out
}

/// Everything after the last frame.
pub const FOOT: &str = "EndOfFile;\n";
