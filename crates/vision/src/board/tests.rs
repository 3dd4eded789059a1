use super::*;
use crate::synth::{BoardDefect, BoardPair, BoardRecipe};

fn run(pair: &BoardPair) -> Result<Comparison, BoardError> {
    let plane = |samples| Plane::new(samples, pair.width, pair.height, pair.width).unwrap();
    compare(&plane(&pair.template), &plane(&pair.image), &BoardOptions::default())
}

fn class(defect: BoardDefect) -> BoardClass {
    match defect {
        BoardDefect::Open => BoardClass::Open,
        BoardDefect::Short => BoardClass::Short,
        BoardDefect::Mousebite => BoardClass::Mousebite,
        BoardDefect::Spur => BoardClass::Spur,
        BoardDefect::Copper => BoardClass::Copper,
        BoardDefect::PinHole => BoardClass::PinHole,
    }
}

#[test]
fn each_defect_is_found_once_and_named() {
    for (seed, shift_px) in [(1, (0.0, 0.0)), (2, (3.4, -5.0)), (3, (-6.0, 2.3))] {
        let pair = BoardRecipe { seed, shift_px, ..BoardRecipe::default() }.render();
        let comparison = run(&pair).unwrap();
        // Of a fraction of a pixel either side will do.
        let off = |found: isize, truth: f64| (found as f64 - truth).abs();
        assert!(off(comparison.shift_px.0, shift_px.0) < 1.0 && off(comparison.shift_px.1, shift_px.1) < 1.0);
        assert_eq!(comparison.findings.len(), pair.truth.len(), "{:#?}", comparison.findings);
        for (defect, x, y) in &pair.truth {
            let near = comparison.findings.iter().filter(|f| {
                // Half of a spur lies inside its conductor and is no defect: its centre is at the box's rim.
                let near = |low: usize, high: usize, v: f64| low as f64 - 2.0 <= v && v <= high as f64 + 2.0;
                near(f.x1, f.x2, *x) && near(f.y1, f.y2, *y)
            });
            let classes: Vec<BoardClass> = near.map(|f| f.class).collect();
            assert_eq!(classes, [class(*defect)], "seed {seed}: {defect:?} at {x:.0}, {y:.0}");
        }
    }
}

#[test]
fn a_good_board_has_no_findings() {
    let pair =
        BoardRecipe { defects: 0, shift_px: (1.5, 0.5), noise: 12.0, ..BoardRecipe::default() }.render();
    assert_eq!(run(&pair).unwrap().findings, []);
}

#[test]
fn what_cannot_be_compared_is_said() {
    let pair = BoardRecipe::default().render();
    let plane = |samples, w, h| Plane::new(samples, w, h, w).unwrap();
    let template = plane(&pair.template, pair.width, pair.height);
    let options = BoardOptions::default();
    let smaller = plane(&pair.image, pair.width, pair.height - 1);
    assert!(matches!(compare(&template, &smaller, &options), Err(BoardError::Size { .. })));
    let flat = vec![100u8; pair.width * pair.height];
    let flat = plane(&flat, pair.width, pair.height);
    assert_eq!(compare(&template, &flat, &options), Err(BoardError::Flat { which: "image" }));
    let negative: Vec<u8> = pair.image.iter().map(|v| 255 - v).collect();
    let negative = plane(&negative, pair.width, pair.height);
    assert!(matches!(compare(&template, &negative, &options), Err(BoardError::Different { .. })));
    let far = BoardOptions { shift_max_px: 33, ..options };
    assert_eq!(compare(&template, &template, &far), Err(BoardError::Options));
}
