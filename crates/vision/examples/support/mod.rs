//! What several measurements of synthetic panels share.

use std::time::Instant;
use vision::synth::{Defect, Panel, PanelRecipe};

/// Nanoseconds that this thread has been on a processor.
#[allow(dead_code, reason = "not every example measures time")]
pub fn processor_ns() -> f64 {
    let kernel =
        || std::fs::read_to_string("/proc/thread-self/schedstat").ok()?.split(' ').next()?.parse().ok();
    kernel().unwrap_or_else(|| {
        static START: std::sync::OnceLock<Instant> = std::sync::OnceLock::new();
        START.get_or_init(Instant::now).elapsed().as_nanos() as f64
    })
}

#[allow(dead_code, reason = "boards have no beads")]
/// True where a bead stands at the far end of a bridge, or its own bridge leads out of the panel: neither good nor bad.
pub fn excused(panel: &Panel, recipe: &PanelRecipe, row: usize, column: usize) -> bool {
    let bridge = |row: usize, column: usize| match panel.site(row, column, recipe.columns).defect {
        Defect::Bridge { down, .. } => Some(down),
        _ => None,
    };
    (column > 0 && bridge(row, column - 1) == Some(false))
        || (row > 0 && bridge(row - 1, column) == Some(true))
        || bridge(row, column)
            .is_some_and(|down| if down { row + 1 == recipe.rows } else { column + 1 == recipe.columns })
}
