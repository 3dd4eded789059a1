//! Bounds an xls workbook before it is parsed.
//!
//! The parser lays a sheet out as a full rectangle and believes the sizes that the file declares; a hostile file of one
//! kilobyte would make it ask for terabytes, which ends the process. So the records are walked once, as the parser does.

use super::error::ReadFault;
use crate::limits::Limits;

const BOUND_SHEET: u16 = 0x0085;
const BOF: u16 = 0x0809;
const EOF: u16 = 0x000a;
const DIMENSIONS: u16 = 0x0200;
const MUL_RK: u16 = 0x00bd;
/// Records of cells: they begin with row and column.
const CELLS: [u16; 9] = [0x0006, 0x0203, 0x0204, 0x0205, 0x0207, 0x00d6, 0x00fd, 0x027e, MUL_RK];
/// Rows and columns that an xls sheet can have.
const ROWS_MAX: u32 = 65_536;
const COLUMNS_MAX: u32 = 256;

/// Walks the workbook stream.
pub(super) fn check(stream: &[u8], limits: &Limits) -> Result<(), ReadFault> {
    let mut starts = Vec::new();
    for (kind, data) in (Records { stream }) {
        match kind {
            BOUND_SHEET => {
                starts.extend(data.get(..4).map(|p| u32::from_le_bytes([p[0], p[1], p[2], p[3]]) as usize))
            }
            EOF => break,
            _ => {}
        }
    }
    if starts.len() > limits.sheets {
        return Err(ReadFault::TooManySheets { found: starts.len(), limit: limits.sheets });
    }
    let mut area = 0u64;
    for start in starts {
        let sheet = stream.get(start..).ok_or_else(|| damaged("工作表位置超出文件"))?;
        area += sheet_area(sheet)?;
        if area > limits.cells as u64 {
            return Err(ReadFault::TooManyCells { limit: limits.cells });
        }
    }
    Ok(())
}

/// Cells of the rectangle that a sheet spans.
fn sheet_area(sheet: &[u8]) -> Result<u64, ReadFault> {
    let (mut depth, mut begun) = (0u32, false);
    let mut span: Option<[u32; 4]> = None;
    for (kind, data) in (Records { stream: sheet }) {
        match kind {
            BOF if begun => depth += 1,
            BOF => begun = true,
            EOF if depth == 0 => break,
            EOF => depth -= 1,
            _ if depth > 0 => {}
            DIMENSIONS => check_dimensions(data)?,
            _ if CELLS.contains(&kind) && data.len() >= 4 => {
                let row = u32::from(u16::from_le_bytes([data[0], data[1]]));
                let first = u32::from(u16::from_le_bytes([data[2], data[3]]));
                let last = if kind == MUL_RK { first + (data.len() / 6) as u32 } else { first };
                if last > COLUMNS_MAX {
                    return Err(damaged("单元格列号超出 xls 的范围"));
                }
                let [r0, r1, c0, c1] = span.unwrap_or([row, row, first, last]);
                span = Some([r0.min(row), r1.max(row), c0.min(first), c1.max(last)]);
            }
            _ => {}
        }
    }
    Ok(span.map_or(0, |[r0, r1, c0, c1]| u64::from(r1 - r0 + 1) * u64::from(c1 - c0 + 1)))
}

fn check_dimensions(data: &[u8]) -> Result<(), ReadFault> {
    let word = |at: usize| data.get(at..at + 2).map_or(0, |w| u32::from(u16::from_le_bytes([w[0], w[1]])));
    let rows = if data.len() < 14 { word(2) } else { word(4) | word(6) << 16 };
    let columns = if data.len() < 14 { word(6) } else { word(10) };
    let first = if data.len() < 14 { word(0) } else { word(0) | word(2) << 16 };
    if rows > ROWS_MAX || columns > COLUMNS_MAX + 1 || first > rows {
        return Err(damaged("声明的行列数超出 xls 的范围"));
    }
    Ok(())
}

fn damaged(words: &str) -> ReadFault {
    ReadFault::Damaged(words.to_owned())
}

/// Record by record: kind and data.
struct Records<'a> {
    stream: &'a [u8],
}

impl<'a> Iterator for Records<'a> {
    type Item = (u16, &'a [u8]);

    fn next(&mut self) -> Option<Self::Item> {
        let head = self.stream.get(..4)?;
        let bytes = usize::from(u16::from_le_bytes([head[2], head[3]]));
        let data = self.stream.get(4..4 + bytes)?;
        self.stream = &self.stream[4 + bytes..];
        Some((u16::from_le_bytes([head[0], head[1]]), data))
    }
}
