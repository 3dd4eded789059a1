//! Aligned columns for a terminal, where a Chinese character is two cells wide.

use super::{MatchWriter, Pairs};
use crate::words;
use crate::write::WriteError;
use std::io::Write;
use unicode_width::{UnicodeWidthChar, UnicodeWidthStr};

pub(super) struct TableWriter;

const HEADINGS: [&str; 8] = ["需求", "需求名称", "名次", "供给", "供给名称", "得分", "距离km", "规格"];
/// Columns that are set to the right.
const NUMBERS: [bool; 8] = [false, false, true, false, false, true, true, false];
/// Terminal cells that a column takes at most.
const WIDTH_MAX: usize = 40;

impl MatchWriter for TableWriter {
    fn write(&self, pairs: &Pairs<'_>, out: &mut dyn Write) -> Result<(), WriteError> {
        let rows: Vec<[String; 8]> = pairs
            .matches
            .iter()
            .map(|m| {
                let specs = words::verdict_counts(m);
                [
                    m.need.clone(),
                    pairs.titles.need(&m.need).to_owned(),
                    m.rank.to_string(),
                    m.offer.clone(),
                    pairs.titles.offer(&m.offer).to_owned(),
                    format!("{:.3}", m.score),
                    m.distance_km.map_or("—".to_owned(), |km| format!("{km:.1}")),
                    if m.feasible { specs } else { format!("不可行 {specs}") },
                ]
                .map(|cell| cut(&cell))
            })
            .collect();
        let mut widths = HEADINGS.map(UnicodeWidthStr::width);
        for row in &rows {
            for (width, cell) in widths.iter_mut().zip(row) {
                *width = (*width).max(cell.width());
            }
        }
        line(out, &HEADINGS.map(str::to_owned), &widths)?;
        line(out, &widths.map(|w| "─".repeat(w)), &widths)?;
        for row in &rows {
            line(out, row, &widths)?;
        }
        Ok(())
    }
}

fn line(out: &mut dyn Write, cells: &[String; 8], widths: &[usize; 8]) -> std::io::Result<()> {
    let mut text = String::new();
    for ((cell, width), right) in cells.iter().zip(widths).zip(NUMBERS) {
        let blanks = " ".repeat(width.saturating_sub(cell.width()));
        let (before, after) = if right { (blanks.as_str(), "") } else { ("", blanks.as_str()) };
        text.push_str(before);
        text.push_str(cell);
        text.push_str(after);
        text.push_str("  ");
    }
    writeln!(out, "{}", text.trim_end())
}

/// One line of at most [`WIDTH_MAX`] terminal cells, without control characters.
fn cut(text: &str) -> String {
    let text: String = text.chars().map(|c| if c.is_control() { ' ' } else { c }).collect();
    if text.width() <= WIDTH_MAX {
        return text;
    }
    let mut width = 0;
    let kept: String = text
        .chars()
        .take_while(|c| {
            width += c.width().unwrap_or(0);
            width < WIDTH_MAX
        })
        .collect();
    kept + "…"
}
