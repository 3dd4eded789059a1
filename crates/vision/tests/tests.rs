//! What crosses modules: whole inspections of odd frames and odd recipes.

use proptest::prelude::*;
use vision::classify::{Class, Limits};
use vision::frame::{Frame, Layout, Samples};
use vision::panel::{Colour, Line, Recipe};
use vision::synth::{DefectRates, PanelRecipe, Rng};

fn recipe(rows: usize, columns: usize, pitch_px: f64, bead_px: f64) -> Recipe {
    let um_per_px = 800.0 / pitch_px;
    Recipe {
        pitch_um: 800.0,
        bead_diameter_um: bead_px * um_per_px,
        um_per_px,
        rows,
        columns,
        tolerance_um: 60.0,
        colour: Colour::Mono,
        bins: None,
        camera_matrix: None,
        limits: Limits::default(),
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(30))]

    /// No frame, however odd, makes the engine panic: it is inspected or refused.
    #[test]
    fn odd_frames_are_refused_quietly(
        width in 1usize..160,
        height in 1usize..120,
        rows in 3usize..9,
        columns in 3usize..9,
        pitch in 6.0f64..20.0,
        share in 0.25f64..0.75,
        kind in 0u8..5,
        seed in 0u64..1000,
    ) {
        let mut rng = Rng::new(seed);
        let samples: Vec<u8> = (0..width * height)
            .map(|i| match kind {
                0 => 0,
                1 => 255,
                2 => (rng.uniform() * 255.0) as u8,
                // Lone bright specks.
                3 => if rng.uniform() < 0.02 { 255 } else { 10 },
                // A lattice of some other pitch.
                _ => if (i % width) % 9 < 4 && (i / width) % 9 < 4 { 200 } else { 20 },
            })
            .collect();
        let frame = Frame::mono8(&samples, width, height).unwrap();
        let recipe = recipe(rows, columns, pitch, (share * pitch).max(2.0));
        if let Ok(line) = Line::learn(recipe, &frame) {
            let _ = line.inspect(&frame, Some(&frame));
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(6))]

    /// Panels of any size, pitch and pose within the limits are found, and their good beads are good.
    #[test]
    fn panels_of_many_kinds_are_inspected(
        rows in 5usize..14,
        columns in 5usize..14,
        pitch in 11.0f64..30.0,
        share in 0.3f64..0.5,
        rotation in -2.8f64..2.8,
        scale in 0.985f64..1.015,
        seed in 0u64..1000,
    ) {
        let synth = PanelRecipe {
            rows,
            columns,
            pitch_px: pitch,
            bead_px: (share * pitch).max(4.0),
            rotation_deg: rotation,
            scale,
            jitter_px: 0.1,
            blur_px: 1.0,
            seed,
            ..PanelRecipe::default()
        };
        let panel = synth.render();
        let bytes = panel.bytes();
        let frame = Frame::mono8(&bytes, panel.width, panel.height).unwrap();
        let line = Line::learn(recipe(rows, columns, pitch, synth.bead_px), &frame);
        let line = line.map_err(|e| TestCaseError::fail(e.to_string()))?;
        let inspection = line.inspect(&frame, None).unwrap();
        for (bead, site) in inspection.beads.iter().zip(&panel.sites) {
            prop_assert_eq!(bead.class, Class::Ok, "{:?}", bead);
            prop_assert!((bead.x_px - site.x).hypot(bead.y_px - site.y) < 0.15, "{:?} {:?}", bead, site);
        }
    }
}

#[test]
fn depth_and_padding_change_nothing() {
    let synth = PanelRecipe { rows: 10, columns: 12, pitch_px: 12.0, bead_px: 4.5, ..PanelRecipe::default() };
    let synth = PanelRecipe { defects: DefectRates::each(0.01), jitter_px: 0.1, ..synth };
    let panel = synth.render();
    let bytes = panel.bytes();
    let frame = Frame::mono8(&bytes, panel.width, panel.height).unwrap();
    let recipe = recipe(10, 12, 12.0, 4.5);
    let beads = Line::learn(recipe.clone(), &frame).unwrap().inspect(&frame, None).unwrap().beads;
    let words = Frame::mono16(&panel.samples, 8, panel.width, panel.height).unwrap();
    let line = Line::learn(recipe.clone(), &words).unwrap();
    assert_eq!(line.inspect(&words, None).unwrap().beads, beads);
    let stride = panel.width + 13;
    let mut padded = vec![255u8; stride * panel.height];
    for (to, from) in padded.chunks_mut(stride).zip(bytes.chunks(panel.width)) {
        to[..panel.width].copy_from_slice(from);
    }
    let size = (panel.width, panel.height);
    let padded = Frame::new(Samples::Bytes(&padded), Layout::Mono, 8, size, stride).unwrap();
    let line = Line::learn(recipe, &padded).unwrap();
    assert_eq!(line.inspect(&padded, None).unwrap().beads, beads);
}
