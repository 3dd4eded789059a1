use super::*;
use crate::classify::Class;
use crate::frame::{Layout, Samples};
use crate::synth::{Defect, DefectRates, PanelRecipe, Severities};

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
        camera_matrix: None,
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
        (|r| r.camera_matrix = Some(CameraMatrix::default()), "camera_matrix"),
        (
            |r| {
                r.colour = Colour::Rgb;
                r.camera_matrix = Some(CameraMatrix([[1.0; 3]; 3]));
            },
            "camera_matrix",
        ),
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

#[test]
fn each_frame_states_its_own_precision() {
    let inspect = |change: &dyn Fn(PanelRecipe) -> PanelRecipe| {
        let reference = synth().render();
        let bytes = reference.bytes();
        let frame = Frame::mono8(&bytes, reference.width, reference.height).unwrap();
        let line = Line::learn(recipe(), &frame).unwrap();
        let next = change(PanelRecipe { seed: 9, ..synth() });
        let panel = next.render();
        let bytes = panel.bytes();
        let frame = Frame::mono8(&bytes, panel.width, panel.height).unwrap();
        (line.inspect(&frame, None).unwrap(), crate::synth::position_bound(&next))
    };
    let (same, bound) = inspect(&|r| r);
    assert!(!same.learnt_anew && (same.gauge_um / same.um_per_px / bound - 1.0).abs() < 0.1);
    let noise = synth().read_noise;
    // Four times the noise, a blur of half as much again, and a third of the light.
    for change in [
        &(|r| PanelRecipe { read_noise: 4.0 * noise, ..r }) as &dyn Fn(PanelRecipe) -> PanelRecipe,
        &|r| PanelRecipe { blur_px: 1.9, ..r },
        &|r| PanelRecipe { amplitude: 50.0, ..r },
    ] {
        let (other, bound) = inspect(change);
        let stated = other.gauge_um / other.um_per_px / bound;
        assert!(other.learnt_anew && (stated - 1.0).abs() < 0.15, "{stated}");
        let mut both = same.tally.clone();
        both.add(&other.tally);
        let summary = both.summary(60.0, CONFIDENCE, ShareMethod::ClopperPearson);
        let mean = f64::midpoint(same.gauge_um.powi(2), other.gauge_um.powi(2)).sqrt();
        assert!((summary.gauge_um / mean - 1.0).abs() < 1e-9);
        assert_eq!(summary.gauge_worst_um, other.gauge_um);
    }
    // A little more noise is stated without learning anew.
    let (little, bound) = inspect(&|r| PanelRecipe { read_noise: 1.08 * noise, ..r });
    assert!(!little.learnt_anew && (little.gauge_um / little.um_per_px / bound - 1.0).abs() < 0.1);
}

#[test]
fn the_unlit_frame_tells_the_dark_edge_of_the_first_frame() {
    let mut panel = synth().render();
    let unlit = synth().render_unlit();
    let edge = panel.site(0, 15, 16).x as usize - 6;
    for row in panel.samples.chunks_exact_mut(panel.width) {
        row[edge..].fill(20);
    }
    let (lit, dark) = (panel.bytes(), unlit.bytes());
    let frame = Frame::mono8(&lit, panel.width, panel.height).unwrap();
    let dark = Frame::mono8(&dark, unlit.width, unlit.height).unwrap();
    assert!(matches!(Line::learn(recipe(), &frame), Err(InspectError::Grid(_))));
    let line = Line::learn_beside(recipe(), &frame, Some(&dark)).unwrap();
    let inspection = line.inspect(&frame, Some(&dark)).unwrap();
    assert_eq!(inspection.summary.classes.get(&Class::Dead), Some(&14));
    assert!(inspection.beads.iter().all(|b| (b.column == 15) == (b.class == Class::Dead)));
}

/// Beads of a synthetic panel in colour.
struct Colours {
    /// Of a wrong colour, and those of them that were called so.
    odd: usize,
    named: usize,
    /// Good ones, and those of them that were called bad, and of a wrong colour.
    good: usize,
    called: usize,
    miscoloured: usize,
}

fn colours(synth: &PanelRecipe) -> Colours {
    let panel = synth.render_rgb();
    let bytes = panel.bytes();
    let size = (panel.width, panel.height);
    let frame = Frame::new(Samples::Bytes(&bytes), Layout::Rgb, 8, size, 3 * panel.width).unwrap();
    let recipe = Recipe { rows: synth.rows, columns: synth.columns, colour: Colour::Rgb, ..recipe() };
    let inspection = Line::learn(recipe, &frame).unwrap().inspect(&frame, None).unwrap();
    let mut found = Colours { odd: 0, named: 0, good: 0, called: 0, miscoloured: 0 };
    for (bead, site) in inspection.beads.iter().zip(&panel.sites) {
        let coloured = usize::from(bead.class == Class::WrongColour);
        if site.defect.class_in_colour() == Class::WrongColour {
            found.odd += 1;
            found.named += coloured;
        } else {
            found.good += 1;
            found.called += usize::from(bead.class != Class::Ok);
            found.miscoloured += coloured;
        }
    }
    found
}

fn wrong(share: f64, colour_distance: (f64, f64), colour: [f64; 3]) -> PanelRecipe {
    PanelRecipe {
        rows: 50,
        columns: 60,
        defects: DefectRates { wrong_colour: share, ..DefectRates::default() },
        severity: Severities { colour_distance, ..Severities::default() },
        colour,
        ..synth()
    }
}

#[test]
fn beads_of_another_colour_are_found_and_noise_is_not() {
    let c = colours(&wrong(0.03, (0.05, 0.12), [0.9, 0.8, 0.6]));
    assert!(c.odd > 60 && c.good > 2800);
    assert!(c.named * 100 >= c.odd * 99 && c.called == 0, "{} of {}, {} called", c.named, c.odd, c.called);
    // Signal five times the noise in each channel: the threshold follows the spread.
    let noisy =
        PanelRecipe { read_noise: 30.0, amplitude_spread: 0.05, ..wrong(0.0, (0.05, 0.12), [1.0; 3]) };
    let c = colours(&noisy);
    assert!(c.miscoloured == 0, "{} of {}", c.miscoloured, c.good);
}

#[test]
fn a_clearly_wrong_colour_comes_before_the_light() {
    // Green among blue: as camera values, nearly three times the light.
    let c = colours(&wrong(0.02, (0.3, 0.35), [0.12, 0.25, 0.9]));
    assert!(c.odd > 40 && c.named * 100 >= c.odd * 97 && c.called == 0, "{} of {}", c.named, c.odd);
}

#[test]
fn displaced_tiles_are_noticed_and_good_panels_are_not() {
    let synth = PanelRecipe { rows: 40, columns: 48, ..synth() };
    let recipe = || Recipe { rows: 40, columns: 48, ..recipe() };
    let uneven = |panel: &crate::synth::Panel| {
        let bytes = panel.bytes();
        let frame = Frame::mono8(&bytes, panel.width, panel.height).unwrap();
        Line::learn(recipe(), &frame).unwrap().inspect(&frame, None).unwrap().uneven
    };
    for seed in 0..6 {
        let good = PanelRecipe {
            seed,
            distortion: 0.004,
            rotation_deg: 0.5,
            gradient: 0.1,
            defects: DefectRates::each(0.004),
            ..synth.clone()
        };
        assert_eq!(uneven(&good.render()), None, "{seed}");
    }
    let seam = crate::synth::Seam { column: 24, dx: 1.0, dy: 0.5 };
    let seamed = PanelRecipe { seams: vec![seam], ..synth.clone() };
    assert_eq!(uneven(&seamed.render()), None, "a jump along a whole line is part of the grid");
    // One of four tiles is a pixel to the right of where it should be.
    let mut tiled = synth.render();
    let (x0, y0) = (tiled.width / 2, tiled.height / 2);
    for row in tiled.samples.chunks_exact_mut(tiled.width).skip(y0) {
        row[x0..].rotate_right(1);
    }
    let found = uneven(&tiled).expect("a displaced tile");
    assert!(found.sigma_px > 0.1 && found.chance < 1e-6, "{found:?}");
}
