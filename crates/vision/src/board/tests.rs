use super::*;
use crate::frame::PlaneBuf;
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

#[test]
fn a_defect_is_cut_out_of_an_edge_that_does_not_meet() {
    let (width, height) = (240, 200);
    let bars = |x: usize| (20..220).contains(&x) && x % 40 < 20;
    let template =
        PlaneBuf::from_fn(width, height, |x, y| if bars(x) && (10..190).contains(&y) { 60u8 } else { 190 });
    let image = PlaneBuf::from_fn(width, height, |x, y| {
        // The bar from 80 to 100 is 2 px wider, and a spur of 5 px stands out of that edge.
        let wider = (100..102).contains(&x) && (10..190).contains(&y);
        let spur = (x as isize - 102).pow(2) + (y as isize - 90).pow(2) <= 36;
        if wider || spur { 60 } else { template.as_plane().row(y)[x] }
    });
    let found = compare(&template.as_plane(), &image.as_plane(), &BoardOptions::default()).unwrap();
    assert_eq!(found.shift_px, (0, 0));
    let part = found.findings.iter().find(|f| f.features.depth > 0.0).expect("a part of the long edge");
    assert!(part.y1 > 78 && part.y2 < 102 && part.class == BoardClass::Spur, "{part:?}");
    assert!(part.features.parent_share < 0.2 && part.score > 0.5, "{part:?}");
    let whole = found.findings.iter().find(|f| f.features.long_side > 150.0).expect("the edge itself");
    assert!(whole.features.area > part.features.area);
    let wide = found.clone().with_margins((width, height));
    let grown = wide.findings.iter().find(|f| f.features.depth > 0.0).unwrap();
    assert_eq!((part.x1 - grown.x1, grown.y2 - part.y2), (9, 9));
    // Boxes of many sizes, the surest first: looked up by cells or one by one, the same are kept.
    let boxed = |k: usize| {
        let (x1, y1) = (k * 7 % 200, k * 13 % 180);
        Finding { x1, y1, x2: x1 + 9 + k % 90, y2: y1 + 9 + k % 70, score: 1.0 / (1 + k) as f32, ..*part }
    };
    let many = Comparison { findings: (0..400).map(boxed).collect(), ..found.clone() };
    let mut kept: Vec<Finding> = Vec::new();
    for f in &many.findings {
        if kept.iter().all(|k| !f.repeats(k, WITHIN_MAX)) {
            kept.push(*f);
        }
    }
    assert!(kept.len() > 50 && kept.len() < 400, "{}", kept.len());
    assert_eq!(many.distinct(WITHIN_MAX).findings, kept);
}

/// Vertical bars of 20 px every 40 px.
fn bars(x: usize) -> bool {
    x % 40 < 20
}

#[test]
fn an_image_that_is_stretched_is_followed() {
    let (width, height) = (640, 320);
    let paint = |copper: bool| if copper { 60u8 } else { 190 };
    let template = PlaneBuf::from_fn(width, height, |x, _| paint(bars(x)));
    // 1 px in 150: of the whole no displacement fits, and at the ends edges are off by more than the tolerance.
    let image = PlaneBuf::from_fn(width, height, |x, y| {
        let spur = (x as isize - 548).pow(2) + (y as isize - 90).pow(2) <= 49;
        paint(bars(x - x / 150) || spur)
    });
    let found = compare(&template.as_plane(), &image.as_plane(), &BoardOptions::default()).unwrap();
    let classes: Vec<BoardClass> = found.findings.iter().map(|f| f.class).collect();
    assert_eq!(classes, [BoardClass::Spur], "{found:#?}");
    assert!(found.findings[0].x1 > 530 && found.findings[0].x2 < 560);
}

#[test]
fn pieces_are_put_together_for_a_forest_alone() {
    let (width, height) = (240, 200);
    let template = PlaneBuf::from_fn(width, height, |x, _| if x < 60 { 60u8 } else { 190 });
    let image = PlaneBuf::from_fn(width, height, |x, y| {
        let spot = |(cx, cy): (isize, isize)| (x as isize - cx).pow(2) + (y as isize - cy).pow(2) <= 25;
        if x < 60 || [(110, 60), (125, 60), (200, 150)].into_iter().any(spot) { 60 } else { 190 }
    });
    let found = compare(&template.as_plane(), &image.as_plane(), &BoardOptions::default()).unwrap();
    assert_eq!(found.findings.len(), 3);
    let [both] = found.joined.as_slice() else { panic!("{:?}", found.joined) };
    assert_eq!((both.features.pieces, both.x1, both.x2), (2.0, 104, 132));
    assert_eq!(found.findings[0].features.pieces, 1.0);
    let plain = found.clone().with_margins((width, height));
    assert!(plain.findings.len() == 3 && plain.joined.is_empty());
    // A forest that likes pieces: what lies within is of the same defect.
    let likes = vec![Node(Features::COUNT as i16 - 1, 1.5, 1), Node(-1, 0.0, 0), Node(-1, 3.0, 0)];
    let trees = [vec![Node(-1, 0.0, 0)], vec![Node(-1, 0.0, 0)], likes, vec![Node(-1, 0.0, 0)]].to_vec();
    let file = ForestFile { provenance: String::new(), measures: Features::COUNT, margins: [9.0; 6], trees };
    let judged = found.judged_by(&Forest::try_from(file).unwrap(), (width, height));
    assert_eq!(judged.findings.len(), 2, "{judged:#?}");
    assert!(judged.findings[0].class == BoardClass::Copper && judged.findings[0].x2 == 141);
}

#[test]
fn copper_and_ground_exchanged_have_the_same_measures() {
    let (width, height) = (240, 200);
    let spot =
        |x: usize, y: usize, cx: isize, cy: isize| (x as isize - cx).pow(2) + (y as isize - cy).pow(2) <= 25;
    let template = PlaneBuf::from_fn(width, height, |x, _| if bars(x) { 60u8 } else { 190 });
    // A spur and, 20 px below it, another; a hole far from both.
    let image = PlaneBuf::from_fn(width, height, |x, y| {
        let added = spot(x, y, 102, 60) || spot(x, y, 102, 90);
        if (bars(x) || added) && !spot(x, y, 50, 150) { 60u8 } else { 190 }
    });
    let run = |copper_dark| {
        let options = BoardOptions { copper_dark, ..BoardOptions::default() };
        compare(&template.as_plane(), &image.as_plane(), &options).unwrap().findings
    };
    let (dark, bright) = (run(true), run(false));
    assert_eq!(dark.len(), 3);
    for f in &dark {
        let same = |g: &&Finding| (g.x1, g.y1, g.x2, g.y2) == (f.x1, f.y1, f.x2, f.y2);
        let g = bright.iter().find(same).expect("it differs as well");
        assert!(f.features.extra != g.features.extra);
        assert_eq!(f.features.values(), g.features.values());
    }
    let spurs: Vec<Features> =
        dark.iter().filter(|f| f.class == BoardClass::Spur).map(|f| f.features).collect();
    let [a, b] = spurs.as_slice() else { panic!("{dark:?}") };
    assert!(a.gap == b.gap && a.gap > 10.0 && a.gap < 24.0, "{}", a.gap);
    assert_eq!((a.next_area, a.main_share), (b.area, a.area / (a.area + b.area)));
    let hole = dark.iter().find(|f| f.class == BoardClass::PinHole).expect("the hole");
    assert_eq!((hole.features.gap, hole.features.next_area, hole.features.main_share), (64.0, 0.0, 1.0));
}
