//! Inspections: frames of panels and boards in, evidence out. The engine is `vision`, the formats are `exchange`'s; here they
//! meet, a bounded number of frames at a time.

mod bins;
mod board;
mod camera;
mod evidence;
mod gather;
mod intake;
mod panel;
mod placement;
mod recipes;
mod record;
mod steady;
mod watch;
mod write;

pub use bins::use_led_bins;
pub use board::{
    BoardClassCount, BoardFinding, BoardModel, BoardPair, BoardRules, BoardsRun, BoardsSummary, inspect_board,
};
pub use camera::calibrate_camera;
pub use evidence::{
    AttachEvidence, EvidenceRow, EvidenceState, Figure, InspectionCounts, Provable, provable,
};
pub(crate) use evidence::{by_offer, valid_for};
pub use gather::{Course, FrameFigures, Histogram, Spots, Worst};
pub use panel::{PanelOptions, PanelRun, PanelSummary, inspect_panel};
pub use placement::{MeasuredPart, PlacedSummary, PlacementRun, inspect_placement, read_placement};
pub use recipes::{NewRecipe, RecipeCard, RecipeRow, check_recipe};
pub use record::{
    EndedFiles, EndedRun, LiveFigures, NewInspection, RUN_FILE_MAX, RunCard, RunDetail, RunFigures,
    RunFileInfo, RunKind, RunRow, Source,
};
pub use steady::{Compared, Comparison, Control, Measure, RunAlarm, RunRule, TestedDifference, run_rules};
pub use watch::{Arrival, Watch};
pub use write::BeadForms;

use crate::{Code, Error};
use exchange::frame::FrameFault;
use std::fmt::Display;

/// An error at a frame.
fn at_frame(place: &str, fault: &dyn Display) -> Error {
    Error::new(Code::BadInput, format!("{place}: {fault}"))
}

/// An error at a frame that could not be cut from its source or decoded.
fn not_a_frame(place: &str, fault: &FrameFault) -> Error {
    at_frame(place, fault).hint(
        "frames may be PNG, TIFF, BMP, raw with a header line, or uncompressed AVI; see docs/inspection.md",
    )
}
