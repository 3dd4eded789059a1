//! Reading the reference tables of `data/`: CSV with a heading row, placed errors.

use serde::de::DeserializeOwned;

/// A fault in a reference table, with its place.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{table} line {line}: {message}")]
pub struct TableError {
    /// Name of the table, such as `units.csv`.
    pub table: String,
    /// Line in the text, counted from 1 (the heading is line 1); 0 when the fault is the whole table's.
    pub line: u64,
    /// What is wrong and what is expected.
    pub message: String,
}

impl TableError {
    /// A fault of `table` at `line`.
    pub fn new(table: &str, line: u64, message: impl Into<String>) -> Self {
        Self { table: table.to_owned(), line, message: message.into() }
    }
}

/// Reads all rows of a CSV text into `T`, each with its line number.
///
/// # Errors
/// The first row that does not fit, with its line.
pub fn rows<T: DeserializeOwned>(table: &str, text: &str) -> Result<Vec<(u64, T)>, TableError> {
    // Lines are counted right only where one character ends them.
    let text = text.trim_start_matches('\u{feff}').replace("\r\n", "\n");
    let mut reader = csv::ReaderBuilder::new().trim(csv::Trim::All).from_reader(text.as_bytes());
    let headers = reader.headers().map_err(|e| TableError::new(table, 1, e.to_string()))?.clone();
    let mut out = Vec::new();
    let mut record = csv::StringRecord::new();
    loop {
        let line = reader.position().line();
        match reader.read_record(&mut record) {
            Ok(false) => return Ok(out),
            Ok(true) => {
                let line = record.position().map_or(line, csv::Position::line);
                let row = record
                    .deserialize(Some(&headers))
                    .map_err(|e| TableError::new(table, line, e.to_string()))?;
                out.push((line, row));
            }
            Err(e) => return Err(TableError::new(table, line, e.to_string())),
        }
    }
}

/// Splits a cell that holds several words (`a|b|c`), without empty ones.
pub fn words(cell: &str) -> Vec<String> {
    cell.split('|').map(str::trim).filter(|w| !w.is_empty()).map(str::to_owned).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_are_counted_however_they_end() {
        #[derive(serde::Deserialize)]
        struct Row {
            #[serde(rename = "n")]
            _n: u32,
        }
        for end in ["\n", "\r\n"] {
            let text = ["\u{feff}n,说明", "1,", "二,", ""].join(end);
            let Err(error) = rows::<Row>("t.csv", &text) else { panic!("二 is no number") };
            assert_eq!(error.line, 3, "{end:?}: {error}");
        }
    }
}
