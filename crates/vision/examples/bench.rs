//! The engine's side of `cargo xtask bench vision`: makes the frames that all see, measures, prints one JSON object a line.
//!
//! `cargo run --release -p vision --example bench -- FOLDER [PANELS [PARTS]]`, PARTS being some of speed, stream, accuracy,
//! placement and calls, with commas between. Into FOLDER go `NAME.pgm` and `NAME.truth` (x, y of each
//! site, 1 where it is good) for the peers. Times are those that the thread was on a processor, as the kernel counts them,
//! the best of several: other work on the machine disturbs them little. On other systems than Linux they are wall times.
#![expect(clippy::print_stdout, reason = "an example prints")]

mod support;

use rayon::prelude::*;
use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::hint::black_box;
use std::path::Path;
use std::time::Instant;
use support::{excused, processor_ns};
use vision::bead::{Measured, measure};
use vision::capability::{ShareMethod, yield_interval};
use vision::classify::{Class, Limits, Rules, judge, presence};
use vision::frame::Plane;
use vision::grid::{Grid, GridSpec};
use vision::placement::{Fiducial, Part, PlacementRecipe, place};
use vision::psf::Optics;
use vision::synth::{
    Defect, DefectRates, FIDUCIAL_PX, Panel, PanelRecipe, PartsRecipe, PlacedPart, position_bound,
};

/// Distinct frames for the streaming row: far more than any cache holds.
const STREAM: u64 = 24;

fn main() {
    let mut args = std::env::args().skip(1);
    let folder = args.next().expect("a folder for the frames");
    let panels: u64 = args.next().and_then(|n| n.parse().ok()).unwrap_or(10);
    std::fs::create_dir_all(&folder).expect("a folder that can be written");
    let folder = Path::new(&folder);
    let dense = PanelRecipe { rows: 200, columns: 200, pitch_px: 12.0, bead_px: 4.5, ..large() };
    let parts = args.next().unwrap_or_else(|| "speed,stream,accuracy,placement,calls".to_owned());
    let asked = |part: &str| parts.split(',').any(|p| p == part);
    if asked("speed") {
        for (name, recipe) in [("24-9", large()), ("12-4.5", dense)] {
            speed(folder, name, &recipe);
        }
    }
    if asked("stream") {
        stream(folder);
    }
    if asked("accuracy") {
        for snr in [10.0, 20.0, 47.0, 200.0] {
            accuracy(folder, snr);
        }
    }
    if asked("placement") {
        placement();
    }
    if asked("calls") && panels > 0 {
        all_calls(folder, panels);
    }
}

/// Each set of its own: what is usual, and the hard cases.
fn all_calls(folder: &Path, panels: u64) {
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
    let small = PanelRecipe { pitch_px: 12.0, bead_px: 4.5, jitter_px: 0.08, ..base.clone() };
    let good = |r: &PanelRecipe| PanelRecipe { defects: DefectRates::default(), ..r.clone() };
    let edge = PanelRecipe { rows: 40, columns: 40, margin_px: 0, ..base.clone() };
    let sets = [
        ("usual", base.clone(), 1),
        ("no defects", good(&base), 4),
        ("SNR 20", PanelRecipe { read_noise: 7.5, ..base.clone() }, 1),
        ("two defects on a bead", PanelRecipe { second: 1.0, ..base.clone() }, 1),
        ("outermost beads, no margin", edge, 2),
        ("4.5 px beads", small.clone(), 1),
        ("4.5 px beads, no defects", good(&small), 1),
        ("saturated beads", PanelRecipe { amplitude: 300.0, ..base }, 1),
    ];
    for (name, recipe, times) in sets {
        calls(folder, name, panels * times, &recipe);
    }
}

/// The peers' panel: jitter 0.25 px, gradient 15 %, 0.2 % defects, 8 bits, SNR 47.
fn large() -> PanelRecipe {
    let defects = DefectRates::each(0.002 / 8.0);
    PanelRecipe { rows: 100, columns: 100, gradient: 0.15, defects, ..PanelRecipe::default() }
}

fn spec(r: &PanelRecipe) -> GridSpec {
    GridSpec { rows: r.rows, columns: r.columns, pitch_px: r.pitch_px, bead_px: r.bead_px }
}

/// Time of one run on this thread in seconds: the best of `samples`, each of `runs` runs, as the kernel counts in ticks.
fn best(samples: usize, runs: usize, mut f: impl FnMut()) -> f64 {
    let mut sample = || {
        let start = processor_ns();
        (0..runs).for_each(|_| f());
        (processor_ns() - start) / 1e9 / runs as f64
    };
    (0..samples).map(|_| sample()).fold(f64::MAX, f64::min)
}

fn write(folder: &Path, name: &str, panel: &Panel) {
    let pgm = [format!("P5 {} {} 255\n", panel.width, panel.height).as_bytes(), &panel.bytes()].concat();
    std::fs::write(folder.join(format!("{name}.pgm")), pgm).expect("a frame is written");
    let mut truth = String::new();
    for site in &panel.sites {
        let _ = writeln!(truth, "{} {} {}", site.x, site.y, u8::from(site.defect == Defect::None));
    }
    std::fs::write(folder.join(format!("{name}.truth")), truth).expect("the truth is written");
}

fn rms(panel: &Panel, measured: &Measured) -> f64 {
    let good = panel.sites.iter().zip(&measured.fits).filter(|(s, _)| s.defect == Defect::None);
    let (sum, n) =
        good.fold((0.0, 0.0), |(sum, n), (s, f)| (sum + (f.x - s.x).powi(2) + (f.y - s.y).powi(2), n + 2.0));
    (sum / n).sqrt()
}

/// One frame after another of a line: follow the grid, fit every bead, judge it.
fn inspect(plane: &Plane<'_, u8>, spec: &GridSpec, grid: &Grid, optics: &Optics) {
    let limits = Limits::default();
    let rules = Rules { limits: &limits, tolerance_px: 1.5, present: None, chromaticity: None };
    let grid = grid.track(plane, spec).expect("the grid of the frame before");
    let measured = measure(plane, &grid, optics);
    black_box(judge(plane, &grid, optics, &measured, &rules));
}

fn speed(folder: &Path, name: &str, recipe: &PanelRecipe) {
    let panel = recipe.render();
    write(folder, name, &panel);
    let bytes = panel.bytes();
    let plane = Plane::new(&bytes, panel.width, panel.height, panel.width).expect("a whole panel");
    let spec = spec(recipe);
    let grid = Grid::register(&plane, &spec).expect("a panel with its grid");
    let optics = Optics::learn(&plane, &spec, &grid).expect("good beads");
    let measured = measure(&plane, &grid, &optics);
    let (beads, error) = ((recipe.rows * recipe.columns) as f64, rms(&panel, &measured));
    let pool = |n| rayon::ThreadPoolBuilder::new().num_threads(n).build().expect("threads");
    // The closure runs on the pool's only thread, whose time is taken.
    let one = pool(1).install(|| best(6, 80, || inspect(&plane, &spec, &grid, &optics)));
    let locate = pool(1).install(|| best(6, 80, || drop(black_box(measure(&plane, &grid, &optics)))));
    let quickest = |n: usize, work: &(dyn Fn() + Sync)| {
        let once = || {
            let start = Instant::now();
            work();
            start.elapsed().as_secs_f64()
        };
        pool(n).install(|| (0..40).map(|_| once()).fold(f64::MAX, f64::min))
    };
    let over_one = |work: &(dyn Fn() + Sync)| quickest(1, work) / quickest(2, work);
    let in_frame = over_one(&|| inspect(&plane, &spec, &grid, &optics));
    // As the program inspects frames that wait: some side by side, and each in parts where a thread has nothing else to do.
    let threads = over_one(&|| {
        (0..16_usize).into_par_iter().for_each(|_| inspect(&plane, &spec, &grid, &optics));
    });
    // What two cores can give: each inspects frames of its own and knows nothing of the other. The cores of a rented machine
    // may be two halves of one.
    let apart = |lines: usize| {
        let once = || {
            let start = Instant::now();
            std::thread::scope(|scope| {
                for _ in 0..lines {
                    scope.spawn(|| {
                        pool(1).install(|| (0..20).for_each(|_| inspect(&plane, &spec, &grid, &optics)))
                    });
                }
            });
            start.elapsed().as_secs_f64()
        };
        (0..12).map(|_| once()).fold(f64::MAX, f64::min)
    };
    let lines = 2.0 * apart(1) / apart(2);
    println!(
        r#"{{"row":"speed","frame":"{name}","method":"yulin, located and classified","beads_per_s":{:.0},"rmse_px":{error:.5},"bound_px":{:.5},"two_threads_over_one":{threads:.2},"two_threads_in_one_frame":{in_frame:.2},"two_lines_over_one":{lines:.2}}}"#,
        beads / one,
        position_bound(recipe)
    );
    println!(
        r#"{{"row":"speed","frame":"{name}","method":"yulin, located","beads_per_s":{:.0},"rmse_px":{error:.5}}}"#,
        beads / locate
    );
}

fn stream(folder: &Path) {
    let frames: Vec<Panel> =
        (0..STREAM).map(|seed| PanelRecipe { seed: 500 + seed, ..large() }.render()).collect();
    for (i, panel) in frames.iter().enumerate() {
        write(folder, &format!("stream-{i:02}"), panel);
    }
    let samples: Vec<Vec<u8>> = frames.iter().map(Panel::bytes).collect();
    let plane = |i: usize| {
        Plane::new(&samples[i], frames[i].width, frames[i].height, frames[i].width).expect("whole")
    };
    let spec = spec(&large());
    let grid = Grid::register(&plane(0), &spec).expect("a panel with its grid");
    let optics = Optics::learn(&plane(0), &spec, &grid).expect("good beads");
    let all = || (0..frames.len()).for_each(|i| inspect(&plane(i), &spec, &grid, &optics));
    let pool = rayon::ThreadPoolBuilder::new().num_threads(1).build().expect("a thread");
    let seconds = pool.install(|| best(5, 2, all));
    println!(
        r#"{{"row":"stream","method":"yulin, located and classified","beads_per_s":{:.0}}}"#,
        STREAM as f64 * 10_000.0 / seconds
    );
}

fn accuracy(folder: &Path, snr: f64) {
    let recipe = PanelRecipe { read_noise: 150.0 / snr, seed: 77, ..large() };
    let panel = recipe.render();
    write(folder, &format!("snr-{snr:.0}"), &panel);
    let bytes = panel.bytes();
    let plane = Plane::new(&bytes, panel.width, panel.height, panel.width).expect("a whole panel");
    let grid = Grid::register(&plane, &spec(&recipe)).expect("a panel with its grid");
    let optics = Optics::learn(&plane, &spec(&recipe), &grid).expect("good beads");
    let (error, bound) = (rms(&panel, &measure(&plane, &grid, &optics)), position_bound(&recipe));
    println!(
        r#"{{"row":"accuracy","snr":{snr},"method":"yulin","rmse_px":{error:.5},"bound_px":{bound:.5},"over_bound":{:.3},"gauge_share":{:.4},"bound_share":{:.4}}}"#,
        error / bound,
        6.0 * error * 800.0 / 24.0 / 60.0,
        6.0 * bound * 800.0 / 24.0 / 60.0
    );
}

fn whole(panel: &Panel) -> Plane<'_, u16> {
    Plane::new(&panel.samples, panel.width, panel.height, panel.width).expect("a whole panel")
}

/// Rectangular parts of 0.8 x 0.4 mm at 20 um a pixel against +-30 um and +-3 degrees, placed by four fiducials.
fn placement() {
    const UM: f64 = 20.0;
    let synth = PartsRecipe { rows: 16, columns: 16, rotation_deg: 0.3, ..PartsRecipe::default() };
    let board = synth.render();
    let mark = |&(x, y): &(f64, f64)| Fiducial { x_um: x * UM, y_um: y * UM, diameter_um: FIDUCIAL_PX * UM };
    let part = |(k, p): (usize, &PlacedPart)| Part {
        name: format!("D{k}"),
        x_um: p.nominal.0 * UM,
        y_um: p.nominal.1 * UM,
        theta_deg: 0.0,
        length_um: synth.length_px * UM,
        width_um: synth.width_px * UM,
    };
    let recipe = PlacementRecipe {
        um_per_px: UM,
        origin_px: board.origin,
        tolerance_um: 30.0,
        tolerance_deg: 3.0,
        search_um: 240.0,
        size_off_max: 0.15,
        fiducials: board.fiducials.iter().map(mark).collect(),
        parts: board.parts.iter().enumerate().map(part).collect(),
    };
    let plane = Plane::new(&board.samples, board.width, board.height, board.width).expect("a whole board");
    let report = place(&plane, &recipe).expect("a board with its parts");
    let (mut offset, mut turn, n) = (0.0, 0.0, board.parts.len() as f64);
    for (truth, found) in board.parts.iter().zip(&report.parts) {
        offset += ((found.dx_um / UM - truth.dx).powi(2) + (found.dy_um / UM - truth.dy).powi(2)) / 2.0;
        turn += (found.dtheta_deg - truth.theta_deg).powi(2);
    }
    let (offset, turn, (bound, turn_bound)) = ((offset / n).sqrt(), (turn / n).sqrt(), synth.bound());
    let pool = rayon::ThreadPoolBuilder::new().num_threads(1).build().expect("a thread");
    let seconds = pool.install(|| best(3, 1, || drop(black_box(place(&plane, &recipe)))));
    println!(
        r#"{{"row":"placement","method":"yulin","parts":{n},"rmse_px":{offset:.5},"bound_px":{bound:.5},"over_bound":{:.3},"rmse_deg":{turn:.5},"bound_deg":{turn_bound:.5},"gauge_share":{:.4},"parts_per_s":{:.0}}}"#,
        offset / bound,
        6.0 * offset * UM / 60.0,
        n / seconds
    );
}

/// Panels whose frames are written for the peers.
const PEERS_SEE: u64 = 4;

/// Sites, called bad, and called by the right name, by the true class. The line is learnt from a frame of its own, as in
/// production, with seeds that no threshold was ever looked at with.
fn calls(folder: &Path, name: &str, panels: u64, recipe: &PanelRecipe) {
    let mut tally: BTreeMap<&str, (u64, u64, u64)> = BTreeMap::new();
    let seeded = |seed: u64| PanelRecipe { seed: 9_000_000 + seed, ..recipe.clone() };
    let first = seeded(999_999).render();
    let spec = spec(recipe);
    let reference = Grid::register(&whole(&first), &spec).expect("a panel with its grid");
    let optics = Optics::learn(&whole(&first), &spec, &reference).expect("good beads");
    let edge_only = recipe.margin_px == 0;
    let darkness = recipe.defects.missing > 0.0;
    for seed in 0..panels {
        let recipe = seeded(seed);
        let lit = recipe.render();
        let unlit = darkness.then(|| recipe.render_unlit());
        let frame = whole(&lit);
        let grid = reference.track(&frame, &spec).expect("the grid of the frame before");
        let measured = measure(&frame, &grid, &optics);
        let present = unlit.as_ref().and_then(|unlit| presence(&whole(unlit), &grid, &optics));
        let limits = Limits::default();
        let tolerance_px = 0.15 * recipe.bead_px;
        let rules = Rules { limits: &limits, tolerance_px, present: present.as_deref(), chromaticity: None };
        let judged = judge(&frame, &grid, &optics, &measured, &rules);
        let (mut text, peers) = (String::new(), name == "usual" && seed < PEERS_SEE);
        for (site, bead) in lit.sites.iter().zip(&judged.beads) {
            let (last_row, last_column) = (recipe.rows - 1, recipe.columns - 1);
            let edge = [0, last_row].contains(&site.row) || [0, last_column].contains(&site.column);
            if excused(&lit, &recipe, site.row, site.column) || (edge_only && !edge) {
                continue;
            }
            let (truth, also) = (site.defect.class(), site.also.class());
            let entry = tally.entry(truth.word()).or_default();
            entry.0 += 1;
            entry.1 += u64::from(bead.class != Class::Ok);
            entry.2 += u64::from(bead.class == truth || (bead.class == also && also != Class::Ok));
            if peers {
                let _ = writeln!(text, "{} {} {}", site.site_x, site.site_y, truth.word());
            }
        }
        if peers {
            write(folder, &format!("calls-{seed}"), &lit);
            std::fs::write(folder.join(format!("calls-{seed}.classes")), text)
                .expect("the classes are written");
        }
    }
    for (class, (sites, called, named)) in tally {
        let share = |k: u64| yield_interval(k, sites, 0.95, ShareMethod::ClopperPearson).expect("some sites");
        let (bad, right) = (share(called), share(named));
        println!(
            r#"{{"row":"calls","method":"yulin","set":"{name}","class":"{class}","sites":{sites},"called_bad":{called},"called_bad_low":{:.7},"called_bad_high":{:.7},"called_right":{named},"called_right_low":{:.5}}}"#,
            bad.low, bad.high, right.low
        );
    }
}
