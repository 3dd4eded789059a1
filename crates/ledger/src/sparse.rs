//! Sparse matrices in compressed rows, and the inner loop of every sparse solve.

/// A matrix in compressed rows.
#[derive(Debug, Clone, Default)]
pub(crate) struct Sparse {
    starts: Vec<u32>,
    columns: Vec<u32>,
    values: Vec<f64>,
}

impl Sparse {
    /// No row yet; [`Self::put`] and [`Self::end_row`] add them.
    pub(crate) fn empty() -> Self {
        Self { starts: vec![0], columns: Vec::new(), values: Vec::new() }
    }

    /// Rows from entries (row, column, value) in any order; repeated ones are kept apart, their sum is what counts.
    pub(crate) fn new(rows: usize, entries: impl Iterator<Item = (usize, usize, f64)> + Clone) -> Self {
        let mut starts = vec![0_u32; rows + 1];
        entries.clone().for_each(|(row, _, _)| starts[row + 1] += 1);
        for row in 0..rows {
            starts[row + 1] += starts[row];
        }
        let count = starts[rows] as usize;
        let (mut columns, mut values) = (vec![0_u32; count], vec![0.0; count]);
        let mut next = starts.clone();
        for (row, column, value) in entries {
            let at = next[row] as usize;
            columns[at] = number(column);
            values[at] = value;
            next[row] += 1;
        }
        Self { starts, columns, values }
    }

    /// Number of rows that were ended.
    pub(crate) fn len(&self) -> usize {
        self.starts.len() - 1
    }

    /// Columns of all entries, row by row.
    pub(crate) fn columns(&self) -> impl Iterator<Item = usize> + '_ {
        self.columns.iter().map(|column| *column as usize)
    }

    /// Rows and columns exchanged, for a matrix of so many columns.
    pub(crate) fn transposed(&self, columns: usize) -> Self {
        let entries =
            (0..self.len()).flat_map(|row| self.row(row).map(move |(column, value)| (column, row, value)));
        Self::new(columns, entries)
    }

    /// Adds an entry to the row that is open.
    pub(crate) fn put(&mut self, column: usize, value: f64) {
        self.columns.push(number(column));
        self.values.push(value);
    }

    /// Ends the row that is open.
    pub(crate) fn end_row(&mut self) {
        self.starts.push(number(self.columns.len()));
    }

    /// Columns and values of a row.
    #[inline]
    pub(crate) fn row(&self, index: usize) -> impl Iterator<Item = (usize, f64)> + Clone + '_ {
        let range = self.starts[index] as usize..self.starts[index + 1] as usize;
        self.columns[range.clone()].iter().zip(&self.values[range]).map(|(c, v)| (*c as usize, *v))
    }

    /// A row times a vector.
    #[inline]
    pub(crate) fn times(&self, index: usize, x: &[f64]) -> f64 {
        let range = self.starts[index] as usize..self.starts[index + 1] as usize;
        let entries = self.columns[range.clone()].iter().zip(&self.values[range]);
        entries.fold(0.0, |sum, (column, value)| sum + value * x[*column as usize])
    }
}

/// Rows of a block.
pub(crate) const LANES: usize = 4;

/// A matrix whose rows are multiplied four at a time, entry beside entry: sums do not wait for one another. Rows of a block are
/// filled up with zeros to the longest, so rows of like length should follow each other.
#[derive(Debug, Clone, Default)]
pub(crate) struct Blocks {
    starts: Vec<u32>,
    columns: Vec<[u32; LANES]>,
    values: Vec<[f64; LANES]>,
}

impl Blocks {
    /// The same rows, in blocks; the last block is filled up with empty rows.
    pub(crate) fn new(rows: &Sparse) -> Self {
        let count = rows.len();
        let mut blocks = Self { starts: vec![0], columns: Vec::new(), values: Vec::new() };
        for first in (0..count).step_by(LANES) {
            let start = blocks.columns.len();
            for (lane, row) in (first..count.min(first + LANES)).enumerate() {
                for (at, (column, value)) in rows.row(row).enumerate() {
                    if start + at == blocks.columns.len() {
                        blocks.columns.push([0; LANES]);
                        blocks.values.push([0.0; LANES]);
                    }
                    blocks.columns[start + at][lane] = number(column);
                    blocks.values[start + at][lane] = value;
                }
            }
            blocks.starts.push(number(blocks.columns.len()));
        }
        blocks
    }

    /// The rows of a block times a vector.
    #[inline]
    pub(crate) fn times(&self, block: usize, x: &[f64]) -> [f64; LANES] {
        let range = self.starts[block] as usize..self.starts[block + 1] as usize;
        let mut sums = [0.0; LANES];
        for (columns, values) in self.columns[range.clone()].iter().zip(&self.values[range]) {
            let taken = columns.map(|column| x[column as usize]);
            for lane in 0..LANES {
                sums[lane] += values[lane] * taken[lane];
            }
        }
        sums
    }

    /// Columns and values of a row that are not 0.
    pub(crate) fn row(&self, index: usize) -> impl Iterator<Item = (usize, f64)> + '_ {
        let (block, lane) = (index / LANES, index % LANES);
        let range = self.starts[block] as usize..self.starts[block + 1] as usize;
        let entries = self.columns[range.clone()].iter().zip(&self.values[range]);
        entries.map(move |(c, v)| (c[lane] as usize, v[lane])).filter(|(_, value)| *value != 0.0)
    }
}

fn number(index: usize) -> u32 {
    u32::try_from(index).expect("rows, columns and entries have 32-bit numbers")
}
