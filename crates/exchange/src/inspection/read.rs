//! The files of a finished inspection, read again: figures of frames, and beads.

use super::beads::{BINARY_HEAD, CSV_HEAD, CSV_HEAD_COLOUR, RECORD};
use super::class_number;
use serde::Deserialize;
use vision::classify::Class;

/// One bead as far as figures need it.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct BeadRow {
    /// Number of the frame.
    pub frame: u64,
    /// Row.
    pub row: usize,
    /// Column.
    pub column: usize,
    /// Offset to the right in µm; not a number where it was not measured.
    pub dx_um: f64,
    /// Offset downward in µm.
    pub dy_um: f64,
    /// Light above the background in DN; not a number where it was not measured, and held at 65,535 in a binary file.
    pub amplitude: f64,
    /// Class.
    pub class: Class,
}

/// One line of `frames.csv`.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[expect(missing_docs, reason = "docs/inspection.md explains each")]
pub struct FrameRow {
    pub frame: u64,
    pub name: String,
    pub beads: u64,
    pub good: u64,
    pub mean_dx_um: f64,
    pub mean_dy_um: f64,
    pub sigma_dx_um: f64,
    pub sigma_dy_um: f64,
    pub rotation_deg: f64,
    pub um_per_px: f64,
}

/// What is wrong with a file, and where.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("line {line}: {reason}")]
pub struct RowFault {
    /// Line from 1, of a binary file the record.
    pub line: u64,
    /// What is wrong and what was expected.
    pub reason: String,
}

fn fault(line: u64, reason: impl Into<String>) -> RowFault {
    RowFault { line, reason: reason.into() }
}

fn csv_fault(error: &csv::Error) -> RowFault {
    fault(error.position().map_or(0, csv::Position::line), error.to_string())
}

/// Reads `frames.csv`.
///
/// # Errors
/// The first faulty line.
pub fn frames(text: &[u8]) -> Result<Vec<FrameRow>, RowFault> {
    let mut reader = csv::Reader::from_reader(text);
    reader.deserialize().map(|row| row.map_err(|e| csv_fault(&e))).collect()
}

/// Reads `beads.csv` or `beads.bin`, by how it begins, and gives each bead to `take`.
///
/// # Errors
/// The first faulty line or record.
pub fn beads(bytes: &[u8], mut take: impl FnMut(BeadRow)) -> Result<(), RowFault> {
    match bytes.strip_prefix(BINARY_HEAD) {
        Some(records) => binary(records, take),
        None => {
            let mut reader = csv::Reader::from_reader(bytes);
            let heading = reader.headers().map_err(|e| csv_fault(&e))?;
            if ![CSV_HEAD, CSV_HEAD_COLOUR].iter().any(|head| heading.iter().eq(head.trim_end().split(','))) {
                return Err(fault(1, format!("the heading is not `{}`", CSV_HEAD.trim_end())));
            }
            let mut record = csv::StringRecord::new();
            while reader.read_record(&mut record).map_err(|e| csv_fault(&e))? {
                let line = record.position().map_or(0, csv::Position::line);
                take(csv_row(&record, line)?);
            }
            Ok(())
        }
    }
}

fn csv_row(record: &csv::StringRecord, line: u64) -> Result<BeadRow, RowFault> {
    fn read<T: std::str::FromStr>(record: &csv::StringRecord, at: usize, line: u64) -> Result<T, RowFault> {
        let cell = record.get(at).unwrap_or_default();
        cell.parse().map_err(|_| fault(line, format!("`{cell}` in column {} is no number", at + 1)))
    }
    let word = record.get(10).unwrap_or_default();
    let class = Class::ALL.into_iter().find(|c| c.word() == word);
    let class = class.ok_or_else(|| fault(line, format!("`{word}` is no class")))?;
    let offset = |at| if class == Class::Unmeasured { Ok(f64::NAN) } else { read(record, at, line) };
    Ok(BeadRow {
        frame: read(record, 0, line)?,
        row: read(record, 1, line)?,
        column: read(record, 2, line)?,
        dx_um: offset(5)?,
        dy_um: offset(6)?,
        amplitude: offset(7)?,
        class,
    })
}

fn binary(records: &[u8], mut take: impl FnMut(BeadRow)) -> Result<(), RowFault> {
    let (whole, rest) = records.as_chunks::<RECORD>();
    for (i, r) in whole.iter().enumerate() {
        let class = Class::ALL.into_iter().find(|c| class_number(*c) == r[38]);
        let class = class.ok_or_else(|| fault(i as u64 + 1, format!("{} is no class", r[38])))?;
        take(BeadRow {
            frame: u32::from_le_bytes([r[0], r[1], r[2], r[3]]).into(),
            row: u16::from_le_bytes([r[4], r[5]]).into(),
            column: u16::from_le_bytes([r[6], r[7]]).into(),
            dx_um: f32::from_le_bytes([r[24], r[25], r[26], r[27]]).into(),
            dy_um: f32::from_le_bytes([r[28], r[29], r[30], r[31]]).into(),
            amplitude: u16::from_le_bytes([r[32], r[33]]).into(),
            class,
        });
    }
    if rest.is_empty() { Ok(()) } else { Err(fault(whole.len() as u64 + 1, "the last record is cut")) }
}
