//! Boards to learn from and to be measured on: DeepPCB's pairs, and the generator's.

use super::support::processor_ns;
use super::variant::View;
use rayon::prelude::*;
use std::collections::HashMap;
use std::path::Path;
use vision::board::{BoardOptions, Comparison, Finding, compare};
use vision::frame::Plane;
use vision::synth::{BoardDefect, BoardRecipe, Rng};

/// Px between a defect and its box: people draw them with room around.
pub const ROOM: f64 = 9.0;

pub struct Picture {
    pub width: usize,
    pub height: usize,
    pub samples: Vec<u8>,
}

/// A defect that people marked.
#[derive(Clone, Copy, Debug)]
pub struct Mark {
    /// Left, top, right, bottom in px.
    pub corners: [f64; 4],
    /// Index of `CLASSES`.
    pub class: usize,
}

/// A pair, compared.
pub struct Board {
    /// What the boards of one design share: they are learned from, or measured on, together.
    pub group: String,
    pub size: (usize, usize),
    pub comparison: Option<Comparison>,
    pub truth: Vec<Mark>,
    /// Processor time of the comparison.
    pub ms: f64,
    /// The same pair as others would see it, to learn from.
    pub variants: Vec<Board>,
}

impl Board {
    /// All that a forest judges.
    pub fn findings(&self) -> Vec<&Finding> {
        self.comparison.iter().flat_map(|c| c.findings.iter().chain(&c.joined)).collect()
    }

    fn new(group: String, template: &Picture, image: &Picture, truth: Vec<Mark>) -> Self {
        let plane = |p: &'_ Picture| -> (usize, usize) { (p.width, p.height) };
        let size = plane(template);
        let template = Plane::new(&template.samples, size.0, size.1, size.0).expect("whole");
        let image = Plane::new(&image.samples, image.width, image.height, image.width).expect("whole");
        let start = processor_ns();
        let comparison = compare(&template, &image, &BoardOptions::default()).ok();
        Self { group, size, comparison, truth, ms: (processor_ns() - start) / 1e6, variants: Vec::new() }
    }
}

fn read(path: &Path) -> Picture {
    let bytes = std::fs::read(path).unwrap_or_else(|e| panic!("{}: {e}", path.display()));
    let mut fields = bytes.splitn(5, |b| b.is_ascii_whitespace());
    let mut word = || String::from_utf8_lossy(fields.next().expect("a header")).into_owned();
    let (kind, width, height, _) = (word(), word(), word(), word());
    assert_eq!(kind, "P5", "binary PGM");
    Picture {
        width: width.parse().expect("a width"),
        height: height.parse().expect("a height"),
        samples: fields.next().expect("samples").to_vec(),
    }
}

/// Pairs of a list with their marks, and so many variants of each. DeepPCB's names begin with the group's number of five digits.
pub fn load(pairs: &str, truth: &str, variants: u64) -> Vec<Board> {
    let mut marks: HashMap<String, Vec<Mark>> = HashMap::new();
    for line in std::fs::read_to_string(truth).expect("the truth").lines() {
        let fields: Vec<&str> = line.split_whitespace().collect();
        let at = |i: usize| fields[i].parse::<f64>().expect("a number");
        let mark = Mark { corners: [at(1), at(2), at(3), at(4)], class: at(5) as usize - 1 };
        marks.entry(fields[0].to_owned()).or_default().push(mark);
    }
    let folder = Path::new(pairs).parent().expect("a folder");
    let text = std::fs::read_to_string(pairs).expect("the pairs");
    let one = |(number, line): (u64, &str)| {
        let (template, image) = line.split_once('\t').expect("two columns");
        let truth = marks.get(image).cloned().unwrap_or_default();
        let group: String = image.chars().take(5).collect();
        let (template, image) = (read(&folder.join(template)), read(&folder.join(image)));
        let variant = |seed: u64| {
            let view = View::random(seed);
            let seen = (view.of_template().picture(&template), view.picture(&image));
            let marks = truth.iter().map(|m| view.mark(m, &template)).collect();
            Board::new(group.clone(), &seen.0, &seen.1, marks)
        };
        let variants = (0..variants).into_par_iter().map(|v| variant(number * variants + v)).collect();
        Board { variants, ..Board::new(group.clone(), &template, &image, truth.clone()) }
    };
    // One after the other, for the time that each takes.
    (0..).zip(text.lines()).map(one).collect()
}

/// Boards of the generator, with displacement and noise, in six groups.
pub fn generated() -> Vec<Board> {
    (0..600).into_par_iter().map(generate).collect()
}

fn generate(seed: u64) -> Board {
    let mut rng = Rng::new(seed);
    let shift_px = (rng.between(-6.0, 6.0), rng.between(-6.0, 6.0));
    let noise = rng.between(2.0, 30.0);
    let (scale, rough_px) = (rng.between(0.8, 2.2), rng.between(0.0, 2.2));
    let conductors = (16.0 / scale) as usize;
    let height = (480.0 / scale) as usize;
    let pair =
        BoardRecipe { conductors, height, defects: 12, shift_px, noise, scale, rough_px, seed }.render();
    let picture =
        |samples: &Vec<u8>| Picture { width: pair.width, height: pair.height, samples: samples.clone() };
    let marks = pair.truth.iter().zip(&pair.halves).map(|((defect, x, y), (w, h))| {
        let class = BoardDefect::ALL.iter().position(|d| d == defect).expect("one of them");
        let (w, h) = (w + ROOM, h + ROOM);
        Mark { corners: [x - w, y - h, x + w, y + h], class }
    });
    let truth: Vec<Mark> = marks.collect();
    Board::new(format!("{}", seed / 100), &picture(&pair.template), &picture(&pair.image), truth)
}
