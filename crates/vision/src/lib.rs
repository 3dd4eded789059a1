//! Yulin's inspection engine: frames in; measured beads with their classes, yield and capability out.
//!
//! ```text
//! frame -> grid (where the beads are) -> psf (how a bead looks here) -> bead (fit of each) -> classify -> panel (summary)
//! ```
//!
//! [`panel::Line`] is the whole walk: learn from a reference frame, then inspect frame after frame. Beside it: [`colour`]
//! and its bins, [`map`] for clusters and lines, [`capability`] for figures of a process, [`board`] for boards against
//! their template, [`placement`] for rectangular parts against their nominal places. [`synth`] makes panels and boards with exact truth; it shares no code with what measures them.
//!
//! No I/O, no clock, no randomness outside [`synth`], whose seeds are arguments. The outcome does not depend on the number
//! of threads. It may differ in the last digits between machines with and without fused multiplication (AVX2 and FMA).

pub mod bead;
pub mod board;
pub mod capability;
pub mod classify;
pub mod colour;
pub mod frame;
pub mod grid;
mod linear;
pub mod map;
pub mod panel;
pub mod placement;
pub mod psf;
mod robust;
mod special;
pub mod surface;
pub mod synth;
