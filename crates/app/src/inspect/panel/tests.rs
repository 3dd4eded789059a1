use super::*;
use exchange::frame::Packets;
use std::io::Cursor;
use vision::map::SystematicKind;
use vision::synth::{Panel, PanelRecipe};

const RECIPE: &str = "pitch_um = 800\nbead_diameter_um = 300\num_per_px = 66.667\nrows = 14\ncolumns = 16\ntolerance_um = 60\n";

fn panel(seed: u64) -> PanelRecipe {
    PanelRecipe {
        rows: 14,
        columns: 16,
        pitch_px: 12.0,
        bead_px: 4.5,
        jitter_px: 0.1,
        seed,
        ..PanelRecipe::default()
    }
}

/// The panel with its last column dark: which side lost a column cannot be told.
fn dark_edge(seed: u64) -> Panel {
    let mut panel = panel(seed).render();
    let edge = panel.site(0, 15, 16).x as usize - 6;
    for row in panel.samples.chunks_exact_mut(panel.width) {
        row[edge..].fill(20);
    }
    panel
}

fn raw(name: &str, panel: &Panel) -> Result<Packet, (String, FrameFault)> {
    let bytes =
        [format!("raw {} {} mono 8\n", panel.width, panel.height).as_bytes(), &panel.bytes()].concat();
    Packets::new(name, Cursor::new(bytes)).next().unwrap()
}

fn run(
    frames: Vec<Result<Packet, (String, FrameFault)>>,
    threads: usize,
    accept_valid: bool,
) -> Result<PanelRun> {
    let out = tempfile::tempdir().unwrap();
    let options = PanelOptions {
        threads,
        lot: "lot".to_owned(),
        recipe_name: "panel.toml".to_owned(),
        forms: BeadForms { csv: true, binary: false, ndjson: false },
        accept_valid,
    };
    inspect_panel(
        &Actor::local(),
        RECIPE,
        &mut frames.into_iter(),
        None,
        out.path(),
        &options,
        &Clock::china(),
        &|_| String::new(),
        &|_, _| {},
    )
    .map(|(run, _)| run)
}

#[test]
fn the_outcome_does_not_depend_on_the_number_of_threads() {
    let frames = || {
        let lost = Err(("lost.avi".to_owned(), FrameFault::Empty));
        let (dark, good) = (raw("0", &dark_edge(1)), raw("3", &panel(2).render()));
        vec![dark, lost, Ok(Packet::file("2", b"no frame".to_vec())), good, raw("4", &dark_edge(3))]
    };
    let one = run(frames(), 1, true).unwrap();
    assert_eq!((one.summary.frames, one.summary.refused, one.summary.beads), (3, 2, 3 * 14 * 16));
    assert_eq!(one.summary.classes[&Class::MissingOrDead], 28);
    assert!(
        one.refusals[0].starts_with("lost.avi") && one.refusals[1].starts_with('2'),
        "{:?}",
        one.refusals
    );
    for threads in [2, 3, 5] {
        let other = run(frames(), threads, true).unwrap();
        let same = |s: &PanelSummary| PanelSummary {
            seconds: 0.0,
            beads_per_second: 0.0,
            threads: 0,
            at: String::new(),
            ..s.clone()
        };
        assert_eq!(same(&other.summary), same(&one.summary), "{threads} threads");
        assert_eq!(other.refusals, one.refusals, "{threads} threads");
        let order =
            |run: &PanelRun| run.course.points.iter().map(|p| (p.frame, p.name.clone())).collect::<Vec<_>>();
        assert_eq!(order(&other), order(&one));
    }
}

#[test]
fn a_bounded_number_of_frames_waits_for_one_that_teaches() {
    let dark = dark_edge(1);
    let good = panel(2).render();
    let frames = |waiting: usize, teaches: bool| {
        let dark = (0..waiting).map(|k| raw(&format!("dark {k}"), &dark));
        dark.chain(teaches.then(|| raw("good", &good))).collect::<Vec<_>>()
    };
    for threads in [1, 4] {
        let whole = run(frames(WAITING_MAX + 2, true), threads, true).unwrap();
        assert_eq!((whole.summary.frames, whole.summary.refused), (WAITING_MAX as u64 + 1, 2));
        assert!(whole.refusals[0].starts_with("dark 0") && whole.refusals[1].starts_with("dark 1"));
        assert!(run(frames(1, true), threads, false).is_ok(), "it only has to wait");
        let alone = run(frames(3, false), threads, false).unwrap_err();
        assert!(alone.message.starts_with("dark 0"), "{alone}");
    }
}

#[test]
fn what_single_frames_have_is_told_of_the_run() {
    let noisy = PanelRecipe { read_noise: 4.0 * panel(1).read_noise, ..panel(2) };
    // One site is dark in every frame.
    let frames = (1..=6).map(|seed| {
        let mut panel = if seed == 4 { noisy.render() } else { panel(seed).render() };
        let site = *panel.site(3, 5, 16);
        let (x, y) = (site.site_x as usize - 5, site.site_y as usize - 5);
        for row in panel.samples.chunks_exact_mut(panel.width).skip(y).take(12) {
            row[x..x + 12].fill(20);
        }
        raw(&seed.to_string(), &panel)
    });
    let summary = run(frames.collect(), 2, false).unwrap().summary;
    assert_eq!((summary.learnt_anew, summary.gauge_worst_frame.as_deref()), (1, Some("4, frame 1")));
    let ratio = summary.gauge_worst_share / summary.gauge_share;
    // Five frames of one and one of four times: the root mean square is the root of 21 / 6.
    assert!((ratio / (4.0 / 3.5f64.sqrt()) - 1.0).abs() < 0.15, "{ratio}");
    let [site] = summary.patterns.systematic.as_slice() else { panic!("{:?}", summary.patterns) };
    assert_eq!((site.kind, site.row, site.column), (SystematicKind::Site, Some(3), Some(5)));
    assert_eq!((site.defects, site.of), (6, 6));
    assert_eq!((summary.uneven_frames, summary.warnings.len()), (0, 0));
}
