//! Inspections as files: recipes in; beads, maps, defect lists and messages out.
//!
//! Formats that list beads or defects have a head, a section for each frame and a foot, so that they can be written while
//! frames come; the sections of different frames may be made in parallel.

pub mod beads;
pub mod cfx;
pub mod e142;
pub mod klarf;
pub mod picture;
pub mod read;
mod recipe;

pub use recipe::{RecipeFault, placement, recipe};

use vision::board::Forest;
use vision::classify::{Bead, Class};
use vision::colour::Chromaticity;

/// One inspected frame, for writing.
#[derive(Debug, Clone, Copy)]
pub struct Sheet<'a> {
    /// Number of the frame, from 0.
    pub frame: u64,
    /// Where it came from.
    pub name: &'a str,
    /// Columns of beads.
    pub columns: usize,
    /// Micrometres a pixel.
    pub um_per_px: f64,
    /// Beads, row by row.
    pub beads: &'a [Bead],
    /// Colours of a colour frame.
    pub colours: Option<Colours<'a>>,
}

/// Colours of a frame's beads.
#[derive(Debug, Clone, Copy)]
pub struct Colours<'a> {
    /// Chromaticity of each bead; nothing without light.
    pub of: &'a [Option<Chromaticity>],
    /// Bin of each bead; empty for a bead that is not good, and all of it where the recipe names no table.
    pub bins: &'a [&'a str],
}

/// What all frames of a run have in common.
#[derive(Debug, Clone)]
pub struct Run {
    /// Name of the run: its lot.
    pub lot: String,
    /// Name of the recipe.
    pub recipe: String,
    /// Moment of the run, as `2026-11-22T18:05:00+08:00`.
    pub at: String,
    /// Rows of beads.
    pub rows: usize,
    /// Columns of beads.
    pub columns: usize,
    /// Distance of beads in micrometres.
    pub pitch_um: f64,
    /// Diameter of a bead in micrometres.
    pub bead_um: f64,
    /// Whether colour is looked at: the lists of beads have its columns then.
    pub colour: bool,
}

/// Reads a classifier of boards, as `cargo xtask train board` writes it.
///
/// # Errors
/// What is wrong, with line and column where it is the form.
pub fn forest(text: &str) -> Result<Forest, serde_json::Error> {
    serde_json::from_str(text)
}

/// Number of a class in files that want numbers: good is 1, defects from 2 on, not measured 0.
pub fn class_number(class: Class) -> u8 {
    match class {
        Class::Unmeasured => 0,
        other => Class::ALL.iter().position(|&c| c == other).map_or(0, |i| i as u8 + 1),
    }
}

/// True for what is to be called.
fn is_defect(bead: &&Bead) -> bool {
    !matches!(bead.class, Class::Ok | Class::Unmeasured)
}

/// Text as XML wants it.
fn xml(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            c if c.is_control() => out.push(' '),
            c => out.push(c),
        }
    }
    out
}

/// Appends formatted text to a string, which cannot fail.
macro_rules! put {
    ($out:expr, $($words:tt)*) => { let _ = write!($out, $($words)*); };
}
pub(crate) use put;

#[cfg(test)]
mod tests;
