use super::*;
use crate::synth::{Defect, DefectRates, Panel, PanelRecipe, Seam};

fn plane(panel: &Panel) -> Plane<'_, u16> {
    Plane::new(&panel.samples, panel.width, panel.height, panel.width).unwrap()
}

fn spec(recipe: &PanelRecipe) -> GridSpec {
    GridSpec {
        rows: recipe.rows,
        columns: recipe.columns,
        pitch_px: recipe.pitch_px,
        bead_px: recipe.bead_px,
    }
}

/// Small beads keep the frames of these tests small.
fn small() -> PanelRecipe {
    PanelRecipe {
        rows: 18,
        columns: 22,
        pitch_px: 12.0,
        bead_px: 4.5,
        jitter_px: 0.1,
        margin_px: 10,
        ..PanelRecipe::default()
    }
}

/// Largest distance of the registered grid from the true sites in px.
fn worst(grid: &Grid, panel: &Panel) -> f64 {
    let off = panel.sites.iter().map(|s| {
        let (x, y) = grid.position(s.row, s.column);
        (x - s.site_x).hypot(y - s.site_y)
    });
    off.fold(0.0, f64::max)
}

fn check(recipe: &PanelRecipe, limit_px: f64) -> Grid {
    let panel = recipe.render();
    let grid = Grid::register(&plane(&panel), &spec(recipe)).unwrap_or_else(|e| panic!("{e}"));
    let off = worst(&grid, &panel);
    assert!(off < limit_px, "off by {off} px: {recipe:?}");
    grid
}

#[test]
fn rotation_and_scale_to_the_limits() {
    for (rotation_deg, scale) in [(0.0, 1.0), (2.9, 1.019), (-2.9, 0.981), (3.0, 0.98)] {
        let recipe = PanelRecipe { rotation_deg, scale, ..small() };
        let grid = check(&recipe, 0.4);
        assert!((grid.rotation_deg() - rotation_deg).abs() < 0.02, "{}", grid.rotation_deg());
        assert!((grid.pitch_px() / (12.0 * scale) - 1.0).abs() < 5e-4);
    }
}

#[test]
fn hard_panels_are_found() {
    check(&PanelRecipe { distortion: 0.008, rotation_deg: 1.0, ..small() }, 0.5);
    check(&PanelRecipe { distortion: -0.008, vignetting: 0.4, gradient: 0.3, ..small() }, 0.5);
    check(&PanelRecipe { missing_corner: 5, ..small() }, 0.5);
    check(&PanelRecipe { defects: DefectRates::each(0.02), ..small() }, 0.5);
    check(&PanelRecipe { offset_px: (7.0, -6.0), margin_px: 20, ..small() }, 0.4);
    check(&PanelRecipe { read_noise: 15.0, ..small() }, 0.5);
    check(&PanelRecipe { margin_px: 60, ..small() }, 0.4);
}

#[test]
fn what_does_not_fit_is_refused_with_the_reason() {
    let refused = |recipe: &PanelRecipe, spec: GridSpec| {
        let panel = recipe.render();
        Grid::register(&plane(&panel), &spec).expect_err("it must be refused")
    };
    let good = spec(&small());
    assert!(matches!(
        refused(&PanelRecipe { rotation_deg: 3.6, ..small() }, good),
        GridError::Rotation { .. }
    ));
    assert!(matches!(refused(&PanelRecipe { scale: 1.03, ..small() }, good), GridError::Pitch { .. }));
    assert!(matches!(
        refused(&PanelRecipe { scale: 0.7, margin_px: 90, ..small() }, good),
        GridError::Pitch { .. }
    ));
    let dark = PanelRecipe { amplitude: 0.0, ..small() };
    assert!(matches!(refused(&dark, good), GridError::NoContrast { .. }));
    let count = refused(&small(), GridSpec { rows: 14, ..good });
    assert_eq!(count, GridError::Count { found_rows: 18, found_columns: 22, rows: 14, columns: 22 });
    assert!(matches!(refused(&small(), GridSpec { columns: 200, ..good }), GridError::TooSmall { .. }));
    assert!(matches!(refused(&small(), GridSpec { bead_px: 11.0, ..good }), GridError::Spec));
    assert!(matches!(
        refused(&PanelRecipe { offset_px: (13.0, 0.0), margin_px: 4, ..small() }, good),
        GridError::CutOff { edge: "right", lines: "columns", certain: false, .. }
    ));
}

#[test]
fn noise_is_no_grid() {
    let mut rng = crate::synth::Rng::new(3);
    let noise: Vec<u16> = (0..400 * 320).map(|_| (100.0 + 10.0 * rng.normal()) as u16).collect();
    let plane = Plane::new(&noise, 400, 320, 400).unwrap();
    assert!(Grid::register(&plane, &spec(&small())).is_err());
}

/// Paints over the first column's beads in rows from `from` on.
fn darken(panel: &mut Panel, recipe: &PanelRecipe, from: usize) {
    for row in from..recipe.rows {
        let site = *panel.site(row, 0, recipe.columns);
        for y in site.site_y as usize - 5..site.site_y as usize + 7 {
            for x in site.site_x as usize - 5..site.site_x as usize + 7 {
                panel.samples[y * panel.width + x] = recipe.background as u16;
            }
        }
    }
}

#[test]
fn a_dark_edge_is_settled_by_the_beads_left_or_refused() {
    let recipe = PanelRecipe { margin_px: 30, ..small() };
    let mut panel = recipe.render();
    darken(&mut panel, &recipe, 6);
    let grid = Grid::register(&plane(&panel), &spec(&recipe)).unwrap();
    assert!(worst(&grid, &panel) < 0.5, "six of 18 beads show where the first column is");
    darken(&mut panel, &recipe, 0);
    let refused = Grid::register(&plane(&panel), &spec(&recipe));
    assert_eq!(refused.unwrap_err(), GridError::Ambiguous { missing: 1, lines: "columns", unlit: false });
    let tracked = grid.track(&plane(&panel), &spec(&recipe)).unwrap();
    assert!(worst(&tracked, &panel) < 0.5, "the earlier frame's grid knows");
}

#[test]
fn the_unlit_frame_tells_which_edge_is_dark_and_which_is_cut_off() {
    // A margin of less than a pitch: a line beside the first would lie outside the frame.
    for margin_px in [30, 8] {
        let recipe = PanelRecipe { margin_px, ..small() };
        let mut panel = recipe.render();
        darken(&mut panel, &recipe, 0);
        let unlit = recipe.render_unlit();
        let beads = Luminance::Words(plane(&unlit));
        let grid = Grid::register_beside(&plane(&panel), &spec(&recipe), Some(&beads)).unwrap();
        assert!(worst(&grid, &panel) < 0.5, "the beads are there");
        // An unlit frame without outside light tells nothing; one without the column's beads does not help.
        let night = PanelRecipe { amplitude: 0.0, ..recipe.clone() }.render_unlit();
        let none = Luminance::Words(plane(&night));
        let said =
            Grid::register_beside(&plane(&panel), &spec(&recipe), Some(&none)).unwrap_err().to_string();
        assert!(said.contains("or the unlit frame") && said.starts_with("1 column is"), "{said}");
        let mut bare = unlit.clone();
        darken(&mut bare, &recipe, 0);
        let bare = Luminance::Words(plane(&bare));
        let said = Grid::register_beside(&plane(&panel), &spec(&recipe), Some(&bare)).unwrap_err();
        match margin_px {
            30 => assert_eq!(said, GridError::Ambiguous { missing: 1, lines: "columns", unlit: true }),
            _ => assert!(matches!(said, GridError::CutOff { edge: "right", certain: true, .. }), "{said}"),
        }
    }
}

#[test]
fn a_row_outside_the_frame_is_said_to_be_there() {
    let recipe = PanelRecipe { margin_px: 8, ..small() };
    let panel = recipe.render();
    let from = panel.site(0, 0, recipe.columns).site_y as usize + 6;
    let height = panel.height - from;
    let cut = |panel: &Panel| panel.samples[from * panel.width..].to_vec();
    let lit = cut(&panel);
    let lit = Plane::new(&lit, panel.width, height, panel.width).unwrap();
    let said = Grid::register(&lit, &spec(&recipe)).unwrap_err().to_string();
    assert!(said.contains("leaves the frame at its upper or lower edge; move"), "{said}");
}

#[test]
fn tracking_follows_small_moves_and_notices_a_pitch() {
    let recipe = PanelRecipe { margin_px: 30, ..small() };
    let first = recipe.render();
    let grid = Grid::register(&plane(&first), &spec(&recipe)).unwrap();
    let panel = PanelRecipe { offset_px: (3.0, -2.0), seed: 5, ..recipe.clone() }.render();
    assert!(worst(&grid.track(&plane(&panel), &spec(&recipe)).unwrap(), &panel) < 0.4);
    let panel = PanelRecipe { offset_px: (12.0, 0.0), ..recipe.clone() }.render();
    assert!(matches!(grid.track(&plane(&panel), &spec(&recipe)), Err(GridError::Lost { .. })));
}

#[test]
fn refit_finds_seams() {
    let seams = vec![Seam { column: 13, dx: 0.8, dy: -0.5 }];
    let recipe = PanelRecipe { seams, distortion: 0.004, ..small() };
    let panel = recipe.render();
    let grid = Grid::register(&plane(&panel), &spec(&recipe)).unwrap();
    let centres: Vec<_> =
        panel.sites.iter().map(|s| (s.defect == Defect::None).then_some((s.x, s.y))).collect();
    let refitted = grid.refit(&centres);
    let [seam] = refitted.column_seams() else { panic!("{:?}", refitted.column_seams()) };
    assert_eq!(seam.line, 13);
    assert!((seam.dx_px - 0.8).abs() < 0.1 && (seam.dy_px + 0.5).abs() < 0.1, "{seam:?}");
    assert!(worst(&refitted, &panel) < 0.12, "{}", worst(&refitted, &panel));
    let even = PanelRecipe { seed: 9, ..small() }.render();
    let centres: Vec<_> = even.sites.iter().map(|s| Some((s.x, s.y))).collect();
    assert!(grid.refit(&centres).column_seams().is_empty());
}
