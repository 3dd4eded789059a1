//! The files of a run: written beside their place while frames come, moved there when all is done.

use super::gather::FrameFigures;
use crate::{Code, Error, Result};
use exchange::inspection::{Run, Sheet, beads, cfx, e142, klarf};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::fs::File;
use std::io::{BufWriter, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};
use vision::panel::Tally;

/// Which lists of beads are written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct BeadForms {
    /// `beads.csv`.
    pub csv: bool,
    /// `beads.bin`.
    pub binary: bool,
    /// `beads.ndjson`.
    pub ndjson: bool,
}

impl Default for BeadForms {
    fn default() -> Self {
        Self { csv: true, binary: true, ndjson: true }
    }
}

/// One frame's parts of all files, made by whoever inspected it.
pub(super) struct Parts {
    lists: [Vec<u8>; 3],
    e142: String,
    klarf: String,
    cfx: String,
}

impl Parts {
    pub fn of(run: &Run, seed: [u8; 16], forms: BeadForms, sheet: &Sheet<'_>, tally: &Tally) -> Self {
        let list =
            |wanted: bool, make: fn(&Sheet<'_>) -> Vec<u8>| if wanted { make(sheet) } else { Vec::new() };
        Self {
            lists: [
                list(forms.csv, beads::csv),
                list(forms.binary, beads::binary),
                list(forms.ndjson, beads::ndjson),
            ],
            e142: e142::section(run, sheet),
            klarf: klarf::section(run, sheet),
            cfx: cfx::section(run, sheet, tally, seed),
        }
    }
}

/// Where files lie until the run is done.
enum Beside {
    /// Gone with all in it when the run fails.
    Brief(tempfile::TempDir),
    /// Stays when the program falls, to be taken up again.
    Lasting(PathBuf),
}

impl Beside {
    fn path(&self) -> &Path {
        match self {
            Self::Brief(dir) => dir.path(),
            Self::Lasting(path) => path,
        }
    }
}

/// How long each file is, by name: what of it is certain.
pub(super) type Lengths = BTreeMap<String, u64>;

/// The open files.
pub(super) struct Files {
    beside: Beside,
    /// `beads.csv`, `beads.bin`, `beads.ndjson`, as far as they are wanted.
    lists: [Option<Open>; 3],
    frames: Open,
    e142: Open,
    klarf: Open,
    cfx: Open,
    written: u64,
}

/// An open file with its name.
struct Open {
    name: &'static str,
    file: BufWriter<File>,
}

pub(super) fn fault(path: &Path) -> impl Fn(std::io::Error) -> Error + '_ {
    move |e| Error::new(Code::Output, format!("cannot write {}: {e}", path.display()))
}

impl Files {
    /// Begins files that are gone when the run fails.
    pub fn create(out: &Path, run: &Run, seed: [u8; 16], forms: BeadForms) -> Result<Self> {
        std::fs::create_dir_all(out).map_err(fault(out))?;
        let beside = tempfile::Builder::new().prefix(".yulin-").tempdir_in(out).map_err(fault(out))?;
        Self::open(Beside::Brief(beside), run, seed, forms, None)
    }

    /// Begins files in a folder that stays, or takes up those there: what stands behind their certain lengths was written after
    /// the last commit and is cut off.
    pub fn lasting(
        folder: &Path,
        run: &Run,
        seed: [u8; 16],
        forms: BeadForms,
        known: Option<(&Lengths, u64)>,
    ) -> Result<Self> {
        Self::open(Beside::Lasting(folder.to_owned()), run, seed, forms, known)
    }

    fn open(
        beside: Beside,
        run: &Run,
        seed: [u8; 16],
        forms: BeadForms,
        known: Option<(&Lengths, u64)>,
    ) -> Result<Self> {
        let open = |name: &'static str, head: &[u8]| -> Result<Open> {
            let path = beside.path().join(name);
            let fault = fault(&path);
            let mut file = File::options()
                .write(true)
                .create(true)
                .truncate(known.is_none())
                .open(&path)
                .map_err(&fault)?;
            match known {
                None => file.write_all(head).map_err(&fault)?,
                Some((lengths, _)) => {
                    let certain = lengths.get(name).copied().unwrap_or(0);
                    if file.metadata().map_err(&fault)?.len() < certain {
                        let what = format!("{} is shorter than it was: it was changed", path.display());
                        return Err(Error::new(Code::BadInput, what).hint("begin anew in another folder"));
                    }
                    file.set_len(certain).map_err(&fault)?;
                    file.seek(SeekFrom::End(0)).map_err(&fault)?;
                }
            }
            Ok(Open { name, file: BufWriter::with_capacity(1 << 18, file) })
        };
        let csv_head = if run.colour { beads::CSV_HEAD_COLOUR } else { beads::CSV_HEAD };
        let list = |wanted: bool, name, head: &[u8]| wanted.then(|| open(name, head)).transpose();
        Ok(Self {
            lists: [
                list(forms.csv, "beads.csv", csv_head.as_bytes())?,
                list(forms.binary, "beads.bin", beads::BINARY_HEAD)?,
                list(forms.ndjson, "beads.ndjson", b"")?,
            ],
            frames: open("frames.csv", FRAMES_HEAD.as_bytes())?,
            e142: open("map.xml", e142::head(run).as_bytes())?,
            klarf: open("result.klarf", klarf::head(run).as_bytes())?,
            cfx: open("cfx.json", cfx::head(run, seed).as_bytes())?,
            written: known.map_or(0, |(_, frames)| frames),
            beside,
        })
    }

    fn all(&mut self) -> impl Iterator<Item = &mut Open> {
        let whole = [&mut self.frames, &mut self.e142, &mut self.klarf, &mut self.cfx];
        self.lists.iter_mut().flatten().chain(whole)
    }

    /// Brings all that was written to the disk; how long the files are then.
    pub fn commit(&mut self) -> Result<Lengths> {
        let folder = self.beside.path().to_owned();
        self.all()
            .map(|open| {
                let sync = |open: &mut Open| -> std::io::Result<u64> {
                    open.file.flush()?;
                    let file = open.file.get_ref();
                    file.sync_data()?;
                    Ok(file.metadata()?.len())
                };
                let length = sync(open).map_err(fault(&folder.join(open.name)))?;
                Ok((open.name.to_owned(), length))
            })
            .collect()
    }

    /// Appends a frame.
    pub fn add(&mut self, parts: &Parts, figures: &FrameFigures) -> Result<()> {
        let folder = self.beside.path().to_owned();
        let mut write = || -> std::io::Result<()> {
            for (list, bytes) in self.lists.iter_mut().zip(&parts.lists) {
                if let Some(open) = list {
                    open.file.write_all(bytes)?;
                }
            }
            self.frames.file.write_all(frame_line(figures).as_bytes())?;
            self.e142.file.write_all(parts.e142.as_bytes())?;
            self.klarf.file.write_all(parts.klarf.as_bytes())?;
            if self.written > 0 {
                self.cfx.file.write_all(b",")?;
            }
            self.cfx.file.write_all(parts.cfx.as_bytes())
        };
        write().map_err(fault(&folder))?;
        self.written += 1;
        Ok(())
    }

    /// Ends all files and puts others beside them, on the disk; the names of all.
    pub fn end(&mut self, others: &[(&str, Vec<u8>)]) -> Result<Vec<String>> {
        let folder = self.beside.path().to_owned();
        for (open, foot) in
            [(&mut self.e142, e142::FOOT), (&mut self.cfx, cfx::FOOT), (&mut self.klarf, klarf::FOOT)]
        {
            open.file.write_all(foot.as_bytes()).map_err(fault(&folder.join(open.name)))?;
        }
        let mut names: Vec<String> = self.commit()?.into_keys().collect();
        for (name, bytes) in others {
            let path = folder.join(name);
            std::fs::write(&path, bytes).map_err(fault(&path))?;
            names.push((*name).to_owned());
        }
        names.sort();
        Ok(names)
    }

    /// Moves files to their place.
    pub fn place(&self, names: &[String], out: &Path) -> Result<Vec<PathBuf>> {
        place(self.beside.path(), names, out)
    }
}

/// Lists of beads, each of which a run may leave out.
const LISTS: [&str; 3] = ["beads.csv", "beads.bin", "beads.ndjson"];

/// Moves files to their place; those that are there already were moved before. Lists of beads of an earlier run that this one
/// does not write go: they would be taken for its own.
pub(super) fn place(from: &Path, names: &[String], out: &Path) -> Result<Vec<PathBuf>> {
    let mut written = Vec::new();
    for name in names {
        let (from, to) = (from.join(name), out.join(name));
        match std::fs::rename(&from, &to) {
            Err(e) if e.kind() == std::io::ErrorKind::NotFound && to.is_file() => {}
            moved => moved.map_err(fault(&to))?,
        }
        written.push(to);
    }
    for list in LISTS.iter().filter(|list| !names.iter().any(|name| name == *list)) {
        let stale = out.join(list);
        match std::fs::remove_file(&stale) {
            Err(e) if e.kind() != std::io::ErrorKind::NotFound => return Err(fault(&stale)(e)),
            _ => {}
        }
    }
    Ok(written)
}

const FRAMES_HEAD: &str =
    "frame,name,beads,good,yield,mean_dx_um,mean_dy_um,sigma_dx_um,sigma_dy_um,rotation_deg,um_per_px\n";

fn frame_line(f: &FrameFigures) -> String {
    let name = f.name.replace('"', "\"\"");
    let share = f.good as f64 / f.beads.max(1) as f64;
    format!(
        "{},\"{name}\",{},{},{share:.6},{:.4},{:.4},{:.4},{:.4},{:.4},{:.5}\n",
        f.frame,
        f.beads,
        f.good,
        f.mean_dx_um,
        f.mean_dy_um,
        f.sigma_dx_um,
        f.sigma_dy_um,
        f.rotation_deg,
        f.um_per_px
    )
}
