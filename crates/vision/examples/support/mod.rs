//! What several measurements of synthetic panels share.

use vision::synth::{Defect, Panel, PanelRecipe};

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
