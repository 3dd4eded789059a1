//! Lists of beads: csv, NDJSON, and a compact binary.
//!
//! The binary file begins with `YULINBD1` and holds records of 40 bytes, all numbers little-endian:
//!
//! | bytes | what |
//! |---|---|
//! | 0..4 | frame, u32 |
//! | 4..6, 6..8 | row, column, u16 |
//! | 8..16, 16..24 | x, y in px, f64 |
//! | 24..28, 28..32 | dx, dy in µm, f32 |
//! | 32..34 | amplitude in DN, u16 |
//! | 34..36 | background in DN, i16 |
//! | 36..38 | residual times 256, u16 |
//! | 38 | class: 0 unmeasured, 1 ok, 2.. as [`super::class_number`] |
//! | 39 | confidence times 255, u8 |
//!
//! Values outside a field's range are held at its end.

use super::{Sheet, class_number};
use std::fmt::Write as _;
use vision::classify::{Bead, Class};
use vision::colour::Chromaticity;

/// Heading of the csv file.
pub const CSV_HEAD: &str =
    "frame,row,column,x_px,y_px,dx_um,dy_um,amplitude,background,residual,class,confidence\n";

/// Heading of the csv file of colour frames: chromaticity after CIE 1931, and the bin of a good bead.
pub const CSV_HEAD_COLOUR: &str =
    "frame,row,column,x_px,y_px,dx_um,dy_um,amplitude,background,residual,class,confidence,cx,cy,bin\n";

/// First bytes of the binary file.
pub const BINARY_HEAD: &[u8; 8] = b"YULINBD1";

/// Bytes of one record of the binary file.
pub const RECORD: usize = 40;

/// Rows of the csv file. What was not measured has empty cells.
pub fn csv(sheet: &Sheet<'_>) -> Vec<u8> {
    let mut out = String::with_capacity(sheet.beads.len() * 88);
    for (site, b) in sheet.beads.iter().enumerate() {
        super::put!(out, "{},{},{},", sheet.frame, b.row, b.column);
        if b.class == Class::Unmeasured {
            out.push_str(",,,,,,,unmeasured,");
            out.push_str(if sheet.colours.is_some() { ",,,\n" } else { "\n" });
            continue;
        }
        let (dx, dy) = um(sheet, b);
        super::put!(
            out,
            "{:.4},{:.4},{dx:.3},{dy:.3},{:.2},{:.2},{:.3},{},{:.4}",
            b.x_px,
            b.y_px,
            b.amplitude,
            b.background,
            b.residual,
            b.class.word(),
            b.confidence
        );
        if let Some((colour, bin)) = colour(sheet, site) {
            match colour {
                Some(c) => {
                    super::put!(out, ",{:.5},{:.5},{bin}", c.x, c.y);
                }
                None => {
                    super::put!(out, ",,,{bin}");
                }
            }
        }
        out.push('\n');
    }
    out.into_bytes()
}

/// Chromaticity and bin of a site; nothing where the frame has no colours.
fn colour<'a>(sheet: &Sheet<'a>, site: usize) -> Option<(Option<Chromaticity>, &'a str)> {
    let colours = sheet.colours?;
    Some((colours.of.get(site).copied().flatten(), colours.bins.get(site).copied().unwrap_or_default()))
}

/// Lines of the NDJSON stream: the csv file's columns as members; null for what was not measured.
pub fn ndjson(sheet: &Sheet<'_>) -> Vec<u8> {
    let mut out = String::with_capacity(sheet.beads.len() * 200);
    for (site, b) in sheet.beads.iter().enumerate() {
        super::put!(out, r#"{{"frame":{},"row":{},"column":{},"#, sheet.frame, b.row, b.column);
        if b.class == Class::Unmeasured {
            out.push_str(concat!(
                r#""x_px":null,"y_px":null,"dx_um":null,"dy_um":null,"amplitude":null,"background":null,"#,
                r#""residual":null,"class":"unmeasured","confidence":null"#,
            ));
            out.push_str(if sheet.colours.is_some() { r#","cx":null,"cy":null,"bin":null}"# } else { "}" });
            out.push('\n');
            continue;
        }
        let (dx, dy) = um(sheet, b);
        super::put!(
            out,
            r#""x_px":{:.4},"y_px":{:.4},"dx_um":{dx:.3},"dy_um":{dy:.3},"amplitude":{:.2},"background":{:.2},"residual":{:.3},"class":"{}","confidence":{:.4}"#,
            b.x_px,
            b.y_px,
            b.amplitude,
            b.background,
            b.residual,
            b.class.word(),
            b.confidence
        );
        if let Some((colour, bin)) = colour(sheet, site) {
            match colour {
                Some(c) => {
                    super::put!(out, r#","cx":{:.5},"cy":{:.5},"bin":"#, c.x, c.y);
                }
                None => out.push_str(r#","cx":null,"cy":null,"bin":"#),
            }
            out.push_str(&if bin.is_empty() {
                "null".to_owned()
            } else {
                serde_json::json!(bin).to_string()
            });
        }
        out.push_str("}\n");
    }
    out.into_bytes()
}

/// Records of the binary file.
pub fn binary(sheet: &Sheet<'_>) -> Vec<u8> {
    let mut out = Vec::with_capacity(sheet.beads.len() * RECORD);
    for b in sheet.beads {
        let (dx, dy) = um(sheet, b);
        out.extend((sheet.frame as u32).to_le_bytes());
        out.extend((b.row as u16).to_le_bytes());
        out.extend((b.column as u16).to_le_bytes());
        out.extend(b.x_px.to_le_bytes());
        out.extend(b.y_px.to_le_bytes());
        out.extend((dx as f32).to_le_bytes());
        out.extend((dy as f32).to_le_bytes());
        // A cast from a float holds at the ends of the range.
        out.extend((b.amplitude.round() as u16).to_le_bytes());
        out.extend((b.background.round() as i16).to_le_bytes());
        out.extend(((b.residual * 256.0).round() as u16).to_le_bytes());
        out.push(class_number(b.class));
        out.push((b.confidence * 255.0).round() as u8);
    }
    out
}

fn um(sheet: &Sheet<'_>, bead: &Bead) -> (f64, f64) {
    // A zero without a sign reads better.
    (bead.dx_px * sheet.um_per_px + 0.0, bead.dy_px * sheet.um_per_px + 0.0)
}
