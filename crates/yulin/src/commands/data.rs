//! What a folder of `--data` brings beside the shipped tables, or in their place (data/README.md).

use app::{Code, Error, FactorLibrary, Result};
use model::reference::Reference;
use model::vectors::TextVectors;
use std::path::Path;

/// Tables of one's own. Leaked: there is one set of tables in a process.
#[derive(Debug, Clone, Copy, Default)]
pub struct OwnData {
    /// The shipped tables with regions, markets and vectors of the folder; none where it has none of them.
    pub reference: Option<&'static Reference>,
    /// The shipped emission factors with those of `factors.csv`; none where there is no such file.
    pub factors: Option<&'static FactorLibrary>,
}

impl OwnData {
    /// Reads the folder, and puts its `led_bins.csv` into use. Any of its files may be missing, but not all.
    ///
    /// # Errors
    /// [`Code::File`] where there is nothing to read, [`Code::BadInput`] with the place of a fault.
    pub fn read(folder: &Path) -> Result<Self> {
        let bins = text(&folder.join("led_bins.csv"))?;
        if let Some(text) = &bins {
            app::use_led_bins(text)?;
        }
        let own = Self { factors: factors(folder)?, reference: reference(folder)? };
        if bins.is_none() && own.factors.is_none() && own.reference.is_none() {
            let what = format!(
                "{} has neither regions nor markets nor factors.csv nor led_bins.csv nor words.csv nor vectors.npy",
                folder.display()
            );
            return Err(Error::new(Code::File, what).hint("see data/README.md"));
        }
        Ok(own)
    }
}

fn factors(folder: &Path) -> Result<Option<&'static FactorLibrary>> {
    let Some(text) = text(&folder.join("factors.csv"))? else { return Ok(None) };
    let library = FactorLibrary::builtin().with(&text, &Reference::builtin().units);
    let library = library.map_err(|e| bad(format!("{}: {e}", folder.display())))?;
    Ok(Some(Box::leak(Box::new(library))))
}

fn reference(folder: &Path) -> Result<Option<&'static Reference>> {
    let regions = tables(&folder.join("regions"), "csv")?;
    let markets = tables(&folder.join("markets"), "toml")?;
    let vectors = vectors(folder)?;
    let path = folder.join("words.csv");
    let words = text(&path)?;
    if regions.is_none() && markets.is_none() && vectors.is_none() && words.is_none() {
        return Ok(None);
    }
    let texts = |files: &'static [(String, String)]| -> Vec<(&str, &str)> {
        files.iter().map(|(name, text)| (name.as_str(), text.as_str())).collect()
    };
    let [regions, markets] = [regions, markets].map(|files| texts(files.unwrap_or_default().leak()));
    let name = path.display().to_string();
    let words = words.as_deref().map(|text| (name.as_str(), text));
    let mut reference = Reference::with_files(&regions, &markets, words).map_err(|e| bad(e.to_string()))?;
    reference.vectors = vectors.unwrap_or_default();
    Ok(Some(Box::leak(Box::new(reference))))
}

/// Vectors of titles: both files or neither.
fn vectors(folder: &Path) -> Result<Option<TextVectors>> {
    let array = bytes(&folder.join("vectors.npy"))?;
    let texts = bytes(&folder.join("vectors.txt"))?;
    match (array, texts) {
        (None, None) => Ok(None),
        (Some(array), Some(texts)) => {
            let read = exchange::vectors::read(&texts, &array);
            read.map(Some).map_err(|e| bad(format!("{}: {e}", folder.display())))
        }
        (array, _) => {
            let (there, missing) = if array.is_some() { ("npy", "txt") } else { ("txt", "npy") };
            let what = format!("{} has vectors.{there} but no vectors.{missing}", folder.display());
            Err(Error::new(Code::File, what).hint("see data/README.md"))
        }
    }
}

fn bad(what: String) -> Error {
    Error::new(Code::BadInput, what).hint("see data/README.md")
}

/// The bytes of a file; none where it is not there.
fn bytes(path: &Path) -> Result<Option<Vec<u8>>> {
    if path.exists() { super::read(path).map(Some) } else { Ok(None) }
}

/// The text of a file; none where it is not there.
fn text(path: &Path) -> Result<Option<String>> {
    let Some(bytes) = bytes(path)? else { return Ok(None) };
    // Excel and WPS write tables in the encoding of their system.
    exchange::sheet::decode(&bytes).map(|text| Some(text.into_owned())).map_err(|(line, fault)| {
        let line = line.map_or_else(String::new, |line| format!(", line {line}"));
        bad(format!("{}{line}: {fault}", path.display()))
    })
}

/// Names and texts of the files of a folder, by name; none where there is no such folder.
fn tables(folder: &Path, extension: &str) -> Result<Option<Vec<(String, String)>>> {
    if !folder.exists() {
        return Ok(None);
    }
    let fault = |e: std::io::Error| Error::new(Code::File, format!("cannot read {}: {e}", folder.display()));
    let mut files = Vec::new();
    for entry in std::fs::read_dir(folder).map_err(fault)? {
        let path = entry.map_err(fault)?.path();
        if path.extension().is_some_and(|e| e == extension)
            && let Some(text) = text(&path)?
        {
            files.push((path.display().to_string(), text));
        }
    }
    files.sort();
    Ok(Some(files))
}
