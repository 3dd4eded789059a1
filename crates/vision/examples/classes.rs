//! How many defects are called by their name, and how many good beads are called bad, over many synthetic panels.
//!
//! `cargo run --release -p vision --example classes [PANELS]`. A bead bridged from its neighbour is bridged too and counts
//! for neither side; a bridge that leaves the panel has no far end and is left out.
#![expect(clippy::print_stdout, reason = "an example prints")]

mod support;

use std::collections::BTreeMap;
use support::excused;
use vision::bead::measure;
use vision::classify::{Class, Limits, Rules, judge, presence};
use vision::frame::Plane;
use vision::grid::{Grid, GridSpec};
use vision::psf::Optics;
use vision::synth::{DefectRates, PanelRecipe};

fn main() {
    let panels: u64 = std::env::args().nth(1).and_then(|n| n.parse().ok()).unwrap_or(4);
    let base = PanelRecipe {
        rows: 100,
        columns: 100,
        jitter_px: 0.15,
        gradient: 0.15,
        vignetting: 0.1,
        amplitude_spread: 0.03,
        rotation_deg: 0.4,
        defects: DefectRates::each(0.005),
        ..PanelRecipe::default()
    };
    let dense = PanelRecipe { pitch_px: 12.0, bead_px: 4.5, jitter_px: 0.08, ..base.clone() };
    run("24/9 px, SNR 47", &base, panels);
    run("24/9 px, SNR 20", &PanelRecipe { read_noise: 7.5, ..base.clone() }, panels);
    run("24/9 px, SNR 200", &PanelRecipe { read_noise: 0.75, ..base.clone() }, panels);
    run("24/9 px, SNR 47, no defects", &PanelRecipe { defects: DefectRates::default(), ..base }, panels);
    run("12/4.5 px, SNR 47", &dense, panels);
    run("12/4.5 px, no defects", &PanelRecipe { defects: DefectRates::default(), ..dense }, panels);
}

fn run(name: &str, recipe: &PanelRecipe, panels: u64) {
    // By truth: sites, called bad, called by the right name; and the confusions.
    let mut tally: BTreeMap<&str, (u64, u64, u64)> = BTreeMap::new();
    let mut confused: BTreeMap<(&str, &str), u64> = BTreeMap::new();
    for seed in 0..panels {
        let recipe = PanelRecipe { seed: seed + 100, ..recipe.clone() };
        let (lit, unlit) = (recipe.render(), recipe.render_unlit());
        let plane = Plane::new(&lit.samples, lit.width, lit.height, lit.width).expect("a whole panel");
        let dark = Plane::new(&unlit.samples, lit.width, lit.height, lit.width).expect("a whole panel");
        let spec = GridSpec {
            rows: recipe.rows,
            columns: recipe.columns,
            pitch_px: recipe.pitch_px,
            bead_px: recipe.bead_px,
        };
        let grid = Grid::register(&plane, &spec).expect("a panel with its grid");
        let optics = Optics::learn(&plane, &spec, &grid).expect("good beads");
        let measured = measure(&plane, &grid, &optics);
        let present = presence(&dark, &grid, &optics);
        let limits = Limits::default();
        let rules = Rules {
            limits: &limits,
            tolerance_px: 0.15 * recipe.bead_px,
            present: present.as_deref(),
            chromaticity: None,
        };
        let judged = judge(&plane, &grid, &optics, &measured, &rules);
        for (site, bead) in lit.sites.iter().zip(&judged.beads) {
            if excused(&lit, &recipe, site.row, site.column) {
                continue;
            }
            let truth = site.defect.class();
            let entry = tally.entry(truth.word()).or_default();
            entry.0 += 1;
            entry.1 += u64::from(bead.class != Class::Ok);
            entry.2 += u64::from(bead.class == truth);
            if bead.class != truth {
                *confused.entry((truth.word(), bead.class.word())).or_default() += 1;
                if std::env::args().nth(2).is_some() {
                    println!("{site:?}\n   {bead:?}");
                }
            }
        }
    }
    println!("\n{name}, {panels} panels");
    for (word, (sites, called, right)) in &tally {
        if *word == "ok" {
            println!(
                "  {sites:>6} good beads, {:.1} false calls per million",
                *called as f64 / *sites as f64 * 1e6
            );
        } else {
            let share = |n: &u64| 100.0 * *n as f64 / *sites as f64;
            println!("  {sites:>6} {word:<10} found {:>6.2}%  named {:>6.2}%", share(called), share(right));
        }
    }
    for ((truth, called), n) in confused {
        println!("         {truth} called {called}: {n}");
    }
}
