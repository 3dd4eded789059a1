use super::*;
use crate::classify::Class;
use crate::frame::{Layout, Samples};
use crate::synth::{Defect, DefectRates, PanelRecipe};

fn synth() -> PanelRecipe {
    PanelRecipe {
        rows: 14,
        columns: 16,
        pitch_px: 12.0,
        bead_px: 4.5,
        jitter_px: 0.1,
        ..PanelRecipe::default()
    }
}

fn recipe() -> Recipe {
    Recipe {
        pitch_um: 800.0,
        bead_diameter_um: 300.0,
        um_per_px: 800.0 / 12.0,
        rows: 14,
        columns: 16,
        tolerance_um: 60.0,
        colour: Colour::Mono,
        bins: None,
        limits: crate::classify::Limits::default(),
    }
}

#[test]
fn a_line_learns_once_and_inspects_the_rest() {
    let reference = synth().render();
    let bytes = reference.bytes();
    let line =
        Line::learn(recipe(), &Frame::mono8(&bytes, reference.width, reference.height).unwrap()).unwrap();
    let defects = DefectRates { missing: 0.02, dim: 0.02, ..DefectRates::default() };
    let next = PanelRecipe { seed: 3, defects, offset_px: (2.0, -1.0), scale: 1.002, ..synth() };
    let (panel, unlit) = (next.render(), next.render_unlit());
    let (lit, dark) = (panel.bytes(), unlit.bytes());
    let frame = Frame::mono8(&lit, panel.width, panel.height).unwrap();
    let dark = Frame::mono8(&dark, unlit.width, unlit.height).unwrap();
    // The two panels' frames differ in size by the scale: only the lit and unlit one must agree.
    let inspection = line.inspect(&frame, Some(&dark)).unwrap();
    let count = |class| inspection.summary.classes.get(&class).copied().unwrap_or(0) as usize;
    let truth = |wanted: fn(&Defect) -> bool| panel.sites.iter().filter(|s| wanted(&s.defect)).count();
    assert_eq!(count(Class::Missing), truth(|d| *d == Defect::Missing));
    assert_eq!(count(Class::Dim), truth(|d| matches!(d, Defect::Dim { .. })));
    assert_eq!(inspection.summary.beads, 14 * 16);
    let share = inspection.summary.yield_share.unwrap();
    assert!(share.low < share.value && share.value < 1.0 && share.high < 1.0);
    // Jitter 0.1 px of 66.7 um, the noise of 0.022 px, and the grid's 20 terms that take a little.
    let x = inspection.summary.x.unwrap();
    assert!((x.sigma / 6.67 - 1.0).abs() < 0.15, "{x:?}");
    assert!(inspection.summary.uniformity.unwrap() > 0.8);
    let again = line.inspect(&frame, Some(&dark)).unwrap();
    assert_eq!(again.beads, inspection.beads, "an inspection leaves no trace in the line");
}

#[test]
fn beads_at_the_frame_edge_are_measured_or_said_to_be_out_of_reach() {
    let synth = PanelRecipe { margin_px: 0, ..synth() };
    let panel = synth.render();
    let bytes = panel.bytes();
    let frame = Frame::mono8(&bytes, panel.width, panel.height).unwrap();
    let line = Line::learn(recipe(), &frame).unwrap();
    let inspection = line.inspect(&frame, None).unwrap();
    for (bead, site) in inspection.beads.iter().zip(&panel.sites) {
        assert_eq!(bead.class, Class::Ok, "{bead:?}");
        assert!((bead.x_px - site.x).hypot(bead.y_px - site.y) < 0.15, "{bead:?} {site:?}");
    }
}

#[test]
fn what_cannot_be_inspected_is_said() {
    let panel = synth().render();
    let bytes = panel.bytes();
    let frame = Frame::mono8(&bytes, panel.width, panel.height).unwrap();
    let learn = |change: fn(&mut Recipe)| {
        let mut recipe = recipe();
        change(&mut recipe);
        Line::learn(recipe, &frame).map(|_| ())
    };
    let recipe_error = |change| match learn(change) {
        Err(InspectError::Recipe(error)) => error,
        other => panic!("{other:?}"),
    };
    assert!(matches!(
        recipe_error(|r| r.pitch_um = f64::NAN),
        RecipeError::NotPositive { field: "pitch_um", .. }
    ));
    assert_eq!(recipe_error(|r| r.rows = 2), RecipeError::Lines { field: "rows", value: 2 });
    assert!(matches!(recipe_error(|r| r.bead_diameter_um = 700.0), RecipeError::TooWide { .. }));
    assert!(matches!(recipe_error(|r| r.um_per_px = 200.0), RecipeError::TooSmall { .. }));
    assert!(matches!(recipe_error(|r| (r.rows, r.columns) = (3, 3)), RecipeError::TooFew { .. }));
    assert!(matches!(recipe_error(|r| r.tolerance_um = 0.6 * r.pitch_um), RecipeError::TooTolerant { .. }));
    for (change, path) in [
        ((|r| r.limits.dim_below = 1.2) as fn(&mut Recipe), "limits.dim_below"),
        (|r| r.limits.shape_above = -1.0, "limits.shape_above"),
        (|r| r.limits.stain_above = f64::NAN, "limits.stain_above"),
        (|r| r.limits.bridge_above = -5.0, "limits.bridge_above"),
        (|r| r.limits.double_above = 0.0, "limits.double_above"),
        (|r| r.limits.chromaticity_above = -1.0, "limits.chromaticity_above"),
        (|r| r.limits.false_calls_per_million = 1e12, "limits.false_calls_per_million"),
    ] {
        assert_eq!(recipe_error(change).path(), path);
    }
    assert!(matches!(learn(|r| r.rows = 12), Err(InspectError::Grid(GridError::Count { .. }))));
    let line = Line::learn(recipe(), &frame).unwrap();
    let small = Frame::new(Samples::Bytes(&bytes), Layout::Mono, 8, (20, 20), 20).unwrap();
    assert!(matches!(line.inspect(&frame, Some(&small)), Err(InspectError::UnlitSize { .. })));
    let colour = Line::learn(Recipe { colour: Colour::Rgb, ..recipe() }, &frame).unwrap();
    assert_eq!(colour.inspect(&frame, None).map(|_| ()), Err(InspectError::NoColour));
}
