//! Boards: findings on synthetic pairs, and the time for one of 640 x 640 px.
//!
//! `cargo run --release -p vision --example boards`
#![expect(clippy::print_stdout, reason = "an example prints")]

use std::time::Instant;
use vision::board::{BoardOptions, compare};
use vision::frame::Plane;
use vision::synth::BoardRecipe;

fn main() {
    let (mut truth, mut found, mut right, mut false_calls, mut ms) = (0, 0, 0, 0, Vec::new());
    for seed in 0..40 {
        let mut rng = vision::synth::Rng::new(seed);
        let shift_px = (rng.between(-6.0, 6.0), rng.between(-6.0, 6.0));
        let recipe = BoardRecipe {
            conductors: 21,
            height: 640,
            shift_px,
            noise: 12.0,
            seed,
            ..BoardRecipe::default()
        };
        let pair = recipe.render();
        let plane = |s| Plane::new(s, pair.width, pair.height, pair.width).expect("a whole image");
        let start = Instant::now();
        let comparison = compare(&plane(&pair.template), &plane(&pair.image), &BoardOptions::default())
            .expect("a pair of one board");
        ms.push(start.elapsed().as_secs_f64() * 1e3);
        truth += pair.truth.len();
        let mut taken = vec![false; comparison.findings.len()];
        for (defect, x, y) in &pair.truth {
            let near = |low: usize, high: usize, v: f64| low as f64 - 2.0 <= v && v <= high as f64 + 2.0;
            let hit = comparison.findings.iter().position(|f| near(f.x1, f.x2, *x) && near(f.y1, f.y2, *y));
            if let Some(hit) = hit {
                taken[hit] = true;
                found += 1;
                right +=
                    usize::from(format!("{:?}", comparison.findings[hit].class) == format!("{defect:?}"));
            }
        }
        false_calls += taken.iter().filter(|t| !**t).count();
    }
    ms.sort_by(f64::total_cmp);
    println!("{truth} defects: {found} found, {right} named right, {false_calls} false calls");
    println!("time for 630 x 640 px: best {:.2} ms, median {:.2} ms", ms[0], ms[ms.len() / 2]);
}
