//! The files of a run: written beside their place while frames come, moved there when all is done.

use super::gather::FrameFigures;
use crate::{Code, Error, Result};
use exchange::inspection::{Run, Sheet, beads, cfx, e142, klarf};
use std::fs::File;
use std::io::{BufWriter, Write};
use std::path::{Path, PathBuf};
use vision::panel::Tally;

/// Which lists of beads are written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
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
    csv: Vec<u8>,
    binary: Vec<u8>,
    ndjson: Vec<u8>,
    e142: String,
    klarf: String,
    cfx: String,
}

impl Parts {
    pub fn of(run: &Run, seed: [u8; 16], forms: BeadForms, sheet: &Sheet<'_>, tally: &Tally) -> Self {
        let list =
            |wanted: bool, make: fn(&Sheet<'_>) -> Vec<u8>| if wanted { make(sheet) } else { Vec::new() };
        Self {
            csv: list(forms.csv, beads::csv),
            binary: list(forms.binary, beads::binary),
            ndjson: list(forms.ndjson, beads::ndjson),
            e142: e142::section(run, sheet),
            klarf: klarf::section(run, sheet),
            cfx: cfx::section(run, sheet, tally, seed),
        }
    }
}

/// The open files.
pub(super) struct Files {
    out: PathBuf,
    /// Holds what is not finished; gone with all in it when the run fails.
    beside: tempfile::TempDir,
    csv: Option<BufWriter<File>>,
    binary: Option<BufWriter<File>>,
    ndjson: Option<BufWriter<File>>,
    frames: BufWriter<File>,
    e142: BufWriter<File>,
    klarf: BufWriter<File>,
    cfx: BufWriter<File>,
    written: u64,
}

fn fault(path: &Path) -> impl Fn(std::io::Error) -> Error + '_ {
    move |e| Error::new(Code::Output, format!("cannot write {}: {e}", path.display()))
}

impl Files {
    pub fn create(out: &Path, run: &Run, seed: [u8; 16], forms: BeadForms) -> Result<Self> {
        std::fs::create_dir_all(out).map_err(fault(out))?;
        let beside = tempfile::Builder::new().prefix(".yulin-").tempdir_in(out).map_err(fault(out))?;
        let open = |name: &str, head: &[u8]| -> Result<BufWriter<File>> {
            let path = beside.path().join(name);
            let mut file = BufWriter::with_capacity(1 << 18, File::create(&path).map_err(fault(&path))?);
            file.write_all(head).map_err(fault(&path))?;
            Ok(file)
        };
        let list = |wanted: bool, name: &str, head: &[u8]| wanted.then(|| open(name, head)).transpose();
        Ok(Self {
            csv: list(forms.csv, "beads.csv", beads::CSV_HEAD.as_bytes())?,
            binary: list(forms.binary, "beads.bin", beads::BINARY_HEAD)?,
            ndjson: list(forms.ndjson, "beads.ndjson", b"")?,
            frames: open("frames.csv", FRAMES_HEAD.as_bytes())?,
            e142: open("map.xml", e142::head(run).as_bytes())?,
            klarf: open("result.klarf", klarf::head(run).as_bytes())?,
            cfx: open("cfx.json", cfx::head(run, seed).as_bytes())?,
            out: out.to_owned(),
            beside,
            written: 0,
        })
    }

    /// Appends a frame.
    pub fn add(&mut self, parts: &Parts, figures: &FrameFigures) -> Result<()> {
        let out = self.out.clone();
        let mut write = || -> std::io::Result<()> {
            for (file, bytes) in [
                (&mut self.csv, &parts.csv),
                (&mut self.binary, &parts.binary),
                (&mut self.ndjson, &parts.ndjson),
            ] {
                if let Some(file) = file {
                    file.write_all(bytes)?;
                }
            }
            self.frames.write_all(frame_line(figures).as_bytes())?;
            self.e142.write_all(parts.e142.as_bytes())?;
            self.klarf.write_all(parts.klarf.as_bytes())?;
            if self.written > 0 {
                self.cfx.write_all(b",")?;
            }
            self.cfx.write_all(parts.cfx.as_bytes())
        };
        write().map_err(fault(&out))?;
        self.written += 1;
        Ok(())
    }

    /// Ends all files and moves them to their place; `others` are whole files.
    pub fn finish(mut self, others: &[(&str, Vec<u8>)]) -> Result<Vec<PathBuf>> {
        let out = self.out.clone();
        let mut end = || -> std::io::Result<()> {
            self.e142.write_all(e142::FOOT.as_bytes())?;
            self.cfx.write_all(cfx::FOOT.as_bytes())?;
            self.klarf.write_all(klarf::FOOT.as_bytes())?;
            for file in [&mut self.csv, &mut self.binary, &mut self.ndjson].into_iter().flatten() {
                file.flush()?;
            }
            for file in [&mut self.frames, &mut self.e142, &mut self.klarf, &mut self.cfx] {
                file.flush()?;
            }
            Ok(())
        };
        end().map_err(fault(&out))?;
        for (name, bytes) in others {
            let path = self.beside.path().join(name);
            std::fs::write(&path, bytes).map_err(fault(&path))?;
        }
        let mut names: Vec<_> = std::fs::read_dir(self.beside.path())
            .and_then(|entries| entries.map(|e| e.map(|e| e.file_name())).collect())
            .map_err(fault(&out))?;
        names.sort();
        let mut written = Vec::new();
        for name in names {
            let to = out.join(&name);
            std::fs::rename(self.beside.path().join(&name), &to).map_err(fault(&to))?;
            written.push(to);
        }
        Ok(written)
    }
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
