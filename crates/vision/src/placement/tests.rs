use super::*;
use crate::synth::{FIDUCIAL_PX, PartsBoard, PartsRecipe};

/// Micrometres a nominal pixel.
const UM: f64 = 20.0;

fn recipe(synth: &PartsRecipe, board: &PartsBoard, fiducials: bool) -> PlacementRecipe {
    let part = |(i, p): (usize, &crate::synth::PlacedPart)| Part {
        name: format!("D{}", i + 1),
        x_um: p.nominal.0 * UM,
        y_um: p.nominal.1 * UM,
        theta_deg: 0.0,
        length_um: synth.length_px * UM,
        width_um: synth.width_px * UM,
    };
    let mark = |&(x, y): &(f64, f64)| Fiducial { x_um: x * UM, y_um: y * UM, diameter_um: FIDUCIAL_PX * UM };
    PlacementRecipe {
        um_per_px: UM,
        origin_px: board.origin,
        tolerance_um: 30.0,
        tolerance_deg: 3.0,
        search_um: 240.0,
        size_off_max: 0.15,
        fiducials: if fiducials { board.fiducials.iter().map(mark).collect() } else { Vec::new() },
        parts: board.parts.iter().enumerate().map(part).collect(),
    }
}

fn inspect(synth: &PartsRecipe, fiducials: bool) -> (PartsBoard, PlacementReport) {
    let board = synth.render();
    let frame = Frame::mono8(&board.samples, board.width, board.height).unwrap();
    let report = inspect_placement(&frame, &recipe(synth, &board, fiducials)).unwrap();
    (board, report)
}

#[test]
fn places_and_rotations_reach_the_bound() {
    for (rotation_deg, contrast) in [(0.0, -120.0), (0.8, 60.0)] {
        let synth = PartsRecipe {
            rows: 10,
            columns: 12,
            rotation_deg,
            scale: 1.004,
            contrast,
            background: if contrast > 0.0 { 40.0 } else { 180.0 },
            shift_px: (1.3, -0.7),
            ..PartsRecipe::default()
        };
        let (board, report) = inspect(&synth, true);
        // The error of the fiducials is common to all parts and is no part's own.
        let off: Vec<(f64, f64)> = (board.parts.iter().zip(&report.parts))
            .map(|(truth, part)| (part.dx_um / UM - truth.dx, part.dy_um / UM - truth.dy))
            .collect();
        let n = off.len() as f64;
        let common = off.iter().fold((0.0, 0.0), |(x, y), o| (x + o.0 / n, y + o.1 / n));
        let place: f64 = off.iter().map(|o| (o.0 - common.0).powi(2) + (o.1 - common.1).powi(2)).sum();
        let turned = |(t, p): (&crate::synth::PlacedPart, &Placed)| (p.dtheta_deg - t.theta_deg).powi(2);
        let turn: f64 = board.parts.iter().zip(&report.parts).map(turned).sum();
        let stated: f64 = report.parts.iter().map(|p| p.sigma_um.powi(2)).sum();
        let (place, turn) = ((place / n / 2.0).sqrt(), (turn / n).sqrt());
        let (place_bound, turn_bound) = synth.bound();
        assert!(common.0.hypot(common.1) < 3.0 * place_bound, "{common:?} {place_bound}");
        assert!(place < 1.12 * place_bound, "{place} {place_bound}");
        assert!(turn < 1.15 * turn_bound, "{turn} {turn_bound}");
        let stated = (stated / n).sqrt() / UM;
        assert!((stated / place_bound - 1.0).abs() < 0.1, "{stated} {place_bound}");
        assert!((report.pose.rotation_deg - rotation_deg).abs() < 0.01, "{:?}", report.pose);
    }
}

#[test]
fn a_shared_displacement_is_seen_against_fiducials_only() {
    let synth = PartsRecipe { bias_px: (0.9, -0.3), ..PartsRecipe::default() };
    let (_, report) = inspect(&synth, true);
    let (x, y) = (report.summary.x.unwrap(), report.summary.y.unwrap());
    assert!((x.mean - 18.0).abs() < 3.0 && (y.mean + 6.0).abs() < 3.0, "{x:?} {y:?}");
    // Jitter 8 um: Cp 30 / 24, Cpk (30 - 18) / 24.
    assert!(x.cp.low < 1.25 && 1.25 < x.cp.high && x.cpk.low < 0.5 && 0.5 < x.cpk.high, "{x:?}");
    let theta = report.summary.theta.unwrap();
    assert!(theta.cp.low < 1.25 && 1.25 < theta.cp.high, "3 / (3 x 0.8): {theta:?}");
    let (_, free) = inspect(&synth, false);
    assert!(free.summary.x.unwrap().mean.abs() < 0.5);
}

#[test]
fn what_is_wrong_gets_its_class() {
    let synth =
        PartsRecipe { missing: 0.08, jitter_px: 0.7, jitter_deg: 1.4, seed: 5, ..PartsRecipe::default() };
    let (board, report) = inspect(&synth, true);
    let mut seen = std::collections::BTreeSet::new();
    for (truth, part) in board.parts.iter().zip(&report.parts) {
        let far = truth.dx.abs().max(truth.dy.abs()) * UM;
        // What lies on a limit may be called either way.
        if truth.present && ((far - 30.0).abs() < 1.5 || (truth.theta_deg.abs() - 3.0).abs() < 0.15) {
            continue;
        }
        let expected = match truth {
            t if !t.present => PlacementClass::Missing,
            _ if far > 30.0 => PlacementClass::Shifted,
            t if t.theta_deg.abs() > 3.0 => PlacementClass::Rotated,
            _ => PlacementClass::Ok,
        };
        assert_eq!(part.class, expected, "{truth:?} {part:?}");
        seen.insert(expected);
    }
    assert_eq!(seen.len(), 4, "{seen:?}");
    let summary = &report.summary;
    assert_eq!(summary.parts, 80);
    assert_eq!(summary.good, report.parts.iter().filter(|p| p.class == PlacementClass::Ok).count() as u64);
    let interval = summary.yield_share.unwrap();
    assert!(interval.low < interval.value && interval.value < interval.high);
    let twice = report.tally.clone().merged(report.tally.clone());
    assert_eq!((twice.x.count(), twice.classes.values().sum::<u64>()), (2 * report.tally.x.count(), 160));
}

#[test]
fn turned_and_foreign_parts_are_told() {
    let (_, report) = inspect(&PartsRecipe { turned: 0.2, ..PartsRecipe::default() }, true);
    let turned: Vec<_> = report.parts.iter().filter(|p| p.dtheta_deg.abs() > 80.0).collect();
    assert!(turned.len() > 8 && turned.iter().all(|p| p.class == PlacementClass::Rotated));
    let synth = PartsRecipe::default();
    let board = synth.render();
    let frame = Frame::mono8(&board.samples, board.width, board.height).unwrap();
    let mut larger = recipe(&synth, &board, true);
    larger.parts[7].length_um *= 1.3;
    let report = inspect_placement(&frame, &larger).unwrap();
    assert_eq!(report.parts[7].class, PlacementClass::WrongSize);
    assert_eq!(report.tally.x.count(), 79, "another part says nothing of the placement");
}

#[test]
fn what_cannot_be_measured_is_an_error() {
    let synth = PartsRecipe::default();
    let board = synth.render();
    let check = |samples: &[u8], change: fn(&mut PlacementRecipe), expected: &str| {
        let mut recipe = recipe(&synth, &board, true);
        change(&mut recipe);
        let frame = Frame::mono8(samples, board.width, board.height).unwrap();
        let error = inspect_placement(&frame, &recipe).unwrap_err().to_string();
        assert!(error.contains(expected), "{error}");
    };
    let empty = vec![180; board.samples.len()];
    check(&empty, |_| {}, "0 of 4 fiducials");
    check(&empty, |r| r.fiducials.clear(), "none of 80 parts");
    check(&board.samples, |r| r.fiducials.truncate(1), "one fiducial");
    check(&board.samples, |r| r.tolerance_um = f64::NAN, "`tolerance_um` is NaN");
    check(&board.samples, |r| r.parts[3].width_um = 1.0, "part `D4`: `width_um`");
    check(&board.samples, |r| r.parts[3].length_um = 300.0, "longer side");
    check(&board.samples, |r| r.fiducials[1].diameter_um = -1.0, "fiducial 2");
    check(&board.samples, |r| r.parts.clear(), "0 parts");
    check(&board.samples, |r| r.search_um = 1e9, "`search_um` is 50000000 px");
    check(&board.samples, |r| r.parts.iter_mut().for_each(|p| p.x_um = 1e300), "none of 80 parts");
    check(&board.samples, |r| r.origin_px.0 = f64::INFINITY, "0 of 4 fiducials");
}
