//! A camera's colour matrix: `yulin inspect camera`.

use super::text;
use crate::cli::InspectCamera;
use app::Result;
use std::process::ExitCode;

pub fn run(args: &InspectCamera) -> Result<ExitCode> {
    let name = args.patches.display().to_string();
    let found = app::calibrate_camera(&super::super::console(), &text(&args.patches)?, &name)?;
    say!(
        "# {} patches, distance in the CIE 1931 diagram: mean {:.4}, worst {:.4} (patch {})",
        found.patches,
        found.mean_xy,
        found.worst_xy,
        found.worst + 1
    );
    say!("camera_matrix = [");
    for row in found.matrix.0 {
        say!("  [{:.6}, {:.6}, {:.6}],", row[0], row[1], row[2]);
    }
    say!("]");
    Ok(ExitCode::SUCCESS)
}
