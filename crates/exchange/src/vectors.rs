//! Vectors of texts from another program: `vectors.npy`, a NumPy array of numbers with a row for each line of `vectors.txt`.
//!
//! The layout of `.npy` is NumPy's own (numpy.lib.format, versions 1 to 3): a magic word, a version, the length of a heading, the
//! heading as a Python dictionary, then the values.

use model::vectors::{TextVectors, VectorFault};

/// Why the two files cannot be read.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum VectorFileError {
    /// The array's file.
    #[error("vectors.npy: {0}")]
    Array(String),
    /// The texts' file.
    #[error("vectors.txt: {0}")]
    Texts(String),
    /// They do not fit each other, or hold no numbers.
    #[error("vectors.npy and vectors.txt: {0}")]
    Table(#[from] VectorFault),
}

/// Reads both files. A byte order mark and empty lines at the end of the texts do not count.
///
/// # Errors
/// What is wrong, and in which of the two.
pub fn read(texts: &[u8], array: &[u8]) -> Result<TextVectors, VectorFileError> {
    let texts = std::str::from_utf8(texts)
        .map_err(|e| VectorFileError::Texts(format!("not UTF-8 from byte {}", e.valid_up_to() + 1)))?;
    let texts: Vec<&str> = texts.trim_start_matches('\u{feff}').trim_end().lines().collect();
    let (rows, values) = values(array).map_err(VectorFileError::Array)?;
    if rows != texts.len() {
        return Err(VectorFileError::Texts(format!("{} lines for {rows} vectors", texts.len())));
    }
    Ok(TextVectors::new(&texts, &values)?)
}

/// The number of rows, and all values row by row.
fn values(array: &[u8]) -> Result<(usize, Vec<f32>), String> {
    let cut = || "the file ends within its heading".to_owned();
    let rest = array.strip_prefix(b"\x93NUMPY").ok_or("no NumPy array (numpy.save writes one)")?;
    let (version, rest) = rest.split_at_checked(2).ok_or_else(cut)?;
    let (length, rest) = match version[0] {
        1 => rest.split_first_chunk::<2>().map(|(n, rest)| (usize::from(u16::from_le_bytes(*n)), rest)),
        2 | 3 => rest.split_first_chunk::<4>().map(|(n, rest)| (u32::from_le_bytes(*n) as usize, rest)),
        other => return Err(format!("version {other} of the format is not known")),
    }
    .ok_or_else(cut)?;
    let (heading, data) = rest.split_at_checked(length).ok_or_else(cut)?;
    let heading = std::str::from_utf8(heading).map_err(|_| "its heading is no text".to_owned())?;
    let (rows, columns) = shape(heading)?;
    let kind = entry(heading, "descr").and_then(|e| e.split(['\'', '"']).nth(1)).unwrap_or("");
    let (size, number): (usize, fn(&[u8]) -> f32) = match kind {
        "<f4" => (4, |b| f32::from_le_bytes([b[0], b[1], b[2], b[3]])),
        "<f8" => (8, |b| f64::from_le_bytes([b[0], b[1], b[2], b[3], b[4], b[5], b[6], b[7]]) as f32),
        other => {
            return Err(format!("values of kind '{other}'; float32 or float64 is read (astype('float32'))"));
        }
    };
    let count = rows.checked_mul(columns).filter(|count| count.checked_mul(size) == Some(data.len()));
    if count.is_none() {
        return Err(format!("{} bytes of values for {rows} x {columns}", data.len()));
    }
    Ok((rows, data.chunks_exact(size).map(number).collect()))
}

/// What follows a key of the heading.
fn entry<'a>(heading: &'a str, key: &str) -> Option<&'a str> {
    let (_, after) = heading.split_once(&format!("'{key}'"))?;
    Some(after.trim_start().strip_prefix(':')?.trim_start())
}

fn shape(heading: &str) -> Result<(usize, usize), String> {
    if entry(heading, "fortran_order").is_none_or(|order| !order.starts_with("False")) {
        return Err("columns stand one after the other; save numpy.ascontiguousarray of it".to_owned());
    }
    let inside = entry(heading, "shape").and_then(|e| e.strip_prefix('(')?.split_once(')'));
    let sizes: Option<Vec<usize>> = inside
        .map(|(inside, _)| inside.split(',').map(str::trim).filter(|s| !s.is_empty()))
        .and_then(|sizes| sizes.map(|s| s.parse().ok()).collect());
    match sizes.as_deref() {
        Some([rows, columns]) => Ok((*rows, *columns)),
        _ => Err("an array of two dimensions is read: a row for each text".to_owned()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn npy(heading: &str, data: &[u8]) -> Vec<u8> {
        let mut out = b"\x93NUMPY\x01\x00".to_vec();
        out.extend((heading.len() as u16).to_le_bytes());
        out.extend(heading.as_bytes());
        out.extend(data);
        out
    }

    fn floats(values: &[f32]) -> Vec<u8> {
        values.iter().flat_map(|v| v.to_le_bytes()).collect()
    }

    const TWO: &str = "{'descr': '<f4', 'fortran_order': False, 'shape': (2, 2), }          \n";

    #[test]
    fn an_array_and_its_texts_are_read() {
        let array = npy(TWO, &floats(&[1.0, 0.0, 1.0, 1.0]));
        let vectors = read("\u{feff}金线\r\n键合丝\r\n\r\n".as_bytes(), &array).unwrap();
        let likeness = vectors.likeness("金线", "键合丝").unwrap();
        assert!((likeness - 0.5_f64.sqrt()).abs() < 1e-9, "{likeness}");
        let doubles: Vec<u8> = [1.0_f64, 0.0, 1.0, 1.0].iter().flat_map(|v| v.to_le_bytes()).collect();
        let same = read("金线\n键合丝".as_bytes(), &npy(&TWO.replace("<f4", "<f8"), &doubles)).unwrap();
        assert_eq!(same, vectors);
    }

    #[test]
    fn what_does_not_fit_is_told() {
        let data = floats(&[1.0, 0.0, 1.0, 1.0]);
        let told = |texts: &[u8], array: &[u8]| read(texts, array).unwrap_err().to_string();
        let array = npy(TWO, &data);
        assert_eq!(told(b"a\nb\nc", &array), "vectors.txt: 3 lines for 2 vectors");
        assert_eq!(told(b"a\n\xff", &array), "vectors.txt: not UTF-8 from byte 3");
        assert_eq!(told(b"a\nb", b"PK"), "vectors.npy: no NumPy array (numpy.save writes one)");
        assert_eq!(told(b"a\nb", &array[..20]), "vectors.npy: the file ends within its heading");
        assert_eq!(told(b"a\nb", &array[..array.len() - 1]), "vectors.npy: 15 bytes of values for 2 x 2");
        let turned = npy(&TWO.replace("False", "True"), &data);
        assert!(told(b"a\nb", &turned).contains("ascontiguousarray"));
        let whole = npy(&TWO.replace("<f4", "<i8"), &data);
        assert!(told(b"a\nb", &whole).contains("'<i8'"));
        let flat = npy(&TWO.replace("(2, 2)", "(4,)"), &data);
        assert!(told(b"a\nb", &flat).contains("two dimensions"));
        let bad = npy(TWO, &floats(&[1.0, 0.0, f32::INFINITY, 1.0]));
        assert!(told(b"a\nb", &bad).contains("vector 2 (of \"b\")"));
    }
}
