use super::*;
use crate::grid::GridSpec;
use crate::synth::{Defect, DefectRates, Panel, PanelRecipe, position_bound};

struct Outcome {
    panel: Panel,
    optics: Optics,
    measured: Measured,
    grid: Grid,
}

fn run(recipe: &PanelRecipe) -> Outcome {
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
    Outcome { panel, optics, measured, grid }
}

/// Root mean square error of good beads in px for one axis, over the Cramér-Rao bound.
fn over_bound(recipe: &PanelRecipe, outcome: &Outcome) -> f64 {
    let (mut sum, mut n) = (0.0, 0.0);
    for (fit, site) in outcome.measured.fits.iter().zip(&outcome.panel.sites) {
        if site.defect == Defect::None {
            assert!(fit.settled, "{site:?} {fit:?}");
            sum += (fit.x - site.x).powi(2) + (fit.y - site.y).powi(2);
            n += 2.0;
        }
    }
    (sum / n).sqrt() / position_bound(recipe)
}

/// 4.5 px beads keep the frames small; 9 px beads are measured in the example.
fn small() -> PanelRecipe {
    PanelRecipe { rows: 24, columns: 28, pitch_px: 12.0, bead_px: 4.5, ..PanelRecipe::default() }
}

fn with_snr(snr: f64) -> PanelRecipe {
    PanelRecipe { read_noise: 150.0 / snr, ..small() }
}

// With some 670 beads the root mean square is itself known to 2 %.

#[test]
fn position_reaches_the_bound() {
    for (snr, limit) in [(10.0, 1.09), (20.0, 1.08), (47.0, 1.08), (200.0, 1.15)] {
        let recipe = with_snr(snr);
        let ratio = over_bound(&recipe, &run(&recipe));
        assert!(ratio < limit, "SNR {snr}: {ratio}");
    }
}

#[test]
fn uneven_light_and_defects_do_not_bias_it() {
    let recipe = PanelRecipe {
        gradient: 0.15,
        vignetting: 0.1,
        rotation_deg: 1.3,
        defects: DefectRates::each(0.004),
        ..with_snr(200.0)
    };
    let ratio = over_bound(&recipe, &run(&recipe));
    assert!(ratio < 1.3, "{ratio}");
}

#[test]
fn what_one_frame_taught_holds_for_the_next() {
    // An exact pitch of 12 px puts all beads of the first frame alike into their pixels; the next one's lie anywhere.
    let first = PanelRecipe { jitter_px: 0.1, ..with_snr(47.0) };
    let next = PanelRecipe { seed: 8, rotation_deg: 0.8, scale: 1.003, jitter_px: 0.3, ..first.clone() };
    let learnt = run(&first).optics;
    let mut outcome = run(&next);
    let panel = &outcome.panel;
    let plane = Plane::new(&panel.samples, panel.width, panel.height, panel.width).unwrap();
    outcome.measured = measure(&plane, &outcome.grid, &learnt);
    let ratio = over_bound(&next, &outcome);
    assert!(ratio < 1.15, "{ratio}");
}

#[test]
fn shot_noise_is_weighted() {
    let recipe =
        PanelRecipe { gain: 0.2, read_noise: 1.0, background: 5.0, bits: 12, amplitude: 600.0, ..small() };
    let outcome = run(&recipe);
    let noise = outcome.optics.noise;
    assert!((noise.gain / 0.2 - 1.0).abs() < 0.1, "{noise:?}");
    let ratio = over_bound(&recipe, &outcome);
    assert!(ratio < 1.1, "{ratio}");
}

#[test]
fn an_uneven_bead_is_learnt() {
    let recipe = PanelRecipe { ellipticity: 0.12, ..with_snr(47.0) };
    let ratio = over_bound(&recipe, &run(&recipe));
    assert!(ratio < 1.1, "{ratio}");
}

#[test]
fn noise_and_amplitude_are_known() {
    let recipe = with_snr(47.0);
    let outcome = run(&recipe);
    let variance = outcome.optics.noise.variance(100.0);
    let truth = recipe.read_noise.powi(2) + 1.0 / 12.0;
    assert!((variance / truth - 1.0).abs() < 0.06, "{variance} {truth}");
    let sigma = outcome.optics.position_sigma_px() / position_bound(&recipe);
    assert!((sigma - 1.0).abs() < 0.06, "the stated precision is the bound: {sigma}");
    let mean: f64 = outcome.measured.fits.iter().map(|f| f64::from(f.amplitude)).sum::<f64>()
        / outcome.measured.fits.len() as f64;
    assert!((mean / 150.0 - 1.0).abs() < 0.04, "{mean}");
    let chi2: f32 =
        outcome.measured.fits.iter().map(|f| f.chi2).sum::<f32>() / outcome.measured.fits.len() as f32;
    assert!((chi2 - 1.0).abs() < 0.06, "{chi2}");
}

#[test]
fn threads_and_depth_change_nothing() {
    let recipe = PanelRecipe { rows: 12, columns: 14, ..small() };
    let outcome = run(&recipe);
    let (panel, bytes) = (&outcome.panel, outcome.panel.bytes());
    let words = Plane::new(&panel.samples, panel.width, panel.height, panel.width).unwrap();
    let bytes = Plane::new(&bytes, panel.width, panel.height, panel.width).unwrap();
    for threads in [1, 3] {
        let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap();
        let again = pool.install(|| measure(&words, &outcome.grid, &outcome.optics));
        assert_eq!(again.fits, outcome.measured.fits, "{threads} threads");
        let again = pool.install(|| measure(&bytes, &outcome.grid, &outcome.optics));
        assert_eq!(again.fits, outcome.measured.fits, "bytes");
    }
}
