//! Limits on what is read: every file that comes in from outside is bounded before it is parsed.

/// Bounds on one file. The defaults hold any real workbook of a city and stop hostile ones.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// Size of the file in bytes.
    pub file_bytes: u64,
    /// Size of everything in a zip container after decompression, in bytes.
    pub inflated_bytes: u64,
    /// Number of entries in a zip container.
    pub zip_entries: usize,
    /// Number of sheets in a workbook.
    pub sheets: usize,
    /// Number of rows with content in a sheet.
    pub rows: usize,
    /// Number of columns in a sheet.
    pub columns: u32,
    /// Number of cells with content in a file.
    pub cells: usize,
    /// Length of a cell's text in characters (Excel's own limit).
    pub cell_chars: usize,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            file_bytes: 200 << 20,
            inflated_bytes: 1 << 30,
            zip_entries: 10_000,
            sheets: 200,
            rows: 1_000_000,
            columns: 512,
            cells: 20_000_000,
            cell_chars: 32_767,
        }
    }
}
