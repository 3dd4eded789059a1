use super::*;
use crate::bead::measure;
use crate::grid::GridSpec;
use crate::synth::{Defect, DefectRates, Panel, PanelRecipe};

fn judged(recipe: &PanelRecipe, with_unlit: bool) -> (Panel, Judged) {
    let panel = recipe.render();
    let plane = Plane::new(&panel.samples, panel.width, panel.height, panel.width).unwrap();
    let spec = GridSpec {
        rows: recipe.rows,
        columns: recipe.columns,
        pitch_px: recipe.pitch_px,
        bead_px: recipe.bead_px,
    };
    let grid = Grid::register(&plane, &spec).unwrap();
    let optics = Optics::learn(&plane, &spec, &grid).unwrap();
    let measured = measure(&plane, &grid, &optics);
    let present = with_unlit.then(|| {
        let unlit = recipe.render_unlit();
        let plane = Plane::new(&unlit.samples, unlit.width, unlit.height, unlit.width).unwrap();
        presence(&plane, &grid, &optics).unwrap()
    });
    let limits = Limits::default();
    let rules = Rules {
        limits: &limits,
        tolerance_px: 0.18 * recipe.bead_px,
        present: present.as_deref(),
        chromaticity: None,
    };
    let judged = judge(&plane, &grid, &optics, &measured, &rules);
    (panel, judged)
}

/// True where a bead's neighbour to the left or above is bridged to it: it is rightly called too. A defect at the far end
/// of a bridge that leaves the panel has no gap to be seen.
fn bridged_from(panel: &Panel, columns: usize, site: usize) -> bool {
    let (row, column) = (site / columns, site % columns);
    let from = |row: usize, column: usize, way: bool| matches!(panel.site(row, column, columns).defect, Defect::Bridge { down, .. } if down == way);
    (column > 0 && from(row, column - 1, false)) || (row > 0 && from(row - 1, column, true))
}

fn mistakes(recipe: &PanelRecipe) -> Vec<String> {
    let (panel, judged) = judged(recipe, true);
    let mut wrong = Vec::new();
    for (i, (site, bead)) in panel.sites.iter().zip(&judged.beads).enumerate() {
        let rim = site.row + 1 == recipe.rows || site.column + 1 == recipe.columns;
        let excused =
            bridged_from(&panel, recipe.columns, i) || (rim && matches!(site.defect, Defect::Bridge { .. }));
        if bead.class != site.defect.class() && !excused {
            wrong.push(format!("{:?} called {:?}: {site:?} {bead:?}", site.defect, bead.class));
        }
    }
    wrong
}

fn base() -> PanelRecipe {
    PanelRecipe { rows: 20, columns: 22, jitter_px: 0.15, ..PanelRecipe::default() }
}

#[test]
fn good_beads_are_not_called() {
    let recipe = PanelRecipe { gradient: 0.15, vignetting: 0.2, amplitude_spread: 0.03, ..base() };
    let wrong = mistakes(&recipe);
    assert!(wrong.is_empty(), "{wrong:#?}");
}

#[test]
fn each_defect_is_called_by_its_name() {
    let recipe = PanelRecipe {
        defects: DefectRates::each(0.012),
        gradient: 0.1,
        rotation_deg: 0.7,
        seed: 11,
        ..base()
    };
    let wrong = mistakes(&recipe);
    assert!(wrong.len() <= 1, "{} {wrong:#?}", wrong.len());
}

#[test]
fn without_an_unlit_frame_missing_and_dead_are_one() {
    let defects = DefectRates { missing: 0.02, dead: 0.02, ..DefectRates::default() };
    let recipe = PanelRecipe { rows: 14, columns: 16, defects, ..base() };
    let (panel, judged) = judged(&recipe, false);
    for (site, bead) in panel.sites.iter().zip(&judged.beads) {
        let dark = matches!(site.defect, Defect::Missing | Defect::Dead);
        assert_eq!(bead.class == Class::MissingOrDead, dark, "{site:?} {bead:?}");
    }
}

#[test]
fn the_stated_rate_sets_the_threshold() {
    let strict = Limits { false_calls_per_million: 1.0, ..Limits::default() };
    // Phi^-1(1 - 1e-6 / 5).
    assert!((strict.sigmas() - 5.068_958).abs() < 1e-4, "{}", strict.sigmas());
    assert!(strict.sigmas() > Limits::default().sigmas());
}

#[test]
fn words_are_those_of_the_files() {
    let words: Vec<&str> = Class::ALL.iter().map(|c| c.word()).collect();
    assert_eq!(words.len(), 12);
    assert!(words.contains(&"missing_or_dead") && words.contains(&"wrong_colour"));
}
