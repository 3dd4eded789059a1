//! Boards against their template: `yulin inspect board`.

use super::not_a_frame;
use super::record::{EndedRun, RunDetail, RunFigures, Source, ended};
use crate::{Act, Actor, Code, Error, Result};
use exchange::frame::{FrameBuf, Packet};
use exchange::inspection::picture;
use model::hex::sha256_hex;
use serde::{Deserialize, Serialize};
use serde_json::json;
use std::collections::{BTreeMap, BTreeSet};
use vision::board::{BoardClass, BoardOptions, Comparison, Finding, Forest, compare};
use vision::capability::{Interval, ShareMethod, yield_interval};
use vision::frame::PlaneBuf;
use vision::panel::CONFIDENCE;

/// Findings that a page shows; the file has all.
const FINDINGS_MAX: usize = 500;

/// A template and an image of the same board.
#[derive(Debug, Clone)]
pub struct BoardPair {
    /// What it should look like.
    pub template: Packet,
    /// What it looks like.
    pub image: Packet,
}

/// The classifier that ships with the product, trained on generated boards alone (data/README.md is its card).
const SHIPPED: &str = include_str!("../../../../data/boards/generated.json");

/// What judges the findings of a board.
#[derive(Debug, Clone, Copy, Default)]
pub enum BoardModel<'a> {
    /// None: the class follows from what a finding touches. On photographed boards this was better than the shipped one.
    #[default]
    Contacts,
    /// The classifier that ships with the product.
    Shipped,
    /// A trained classifier: the name of its file for errors, and its text.
    File(&'a str, &'a str),
}

/// How boards are compared.
#[derive(Debug, Clone, Default)]
pub struct BoardRules {
    /// Tolerances.
    pub options: BoardOptions,
    /// The classifier by its name and the SHA-256 of its text; nothing where there is none.
    model: Option<String>,
    forest: Option<Forest>,
}

impl BoardRules {
    /// Rules with a classifier.
    ///
    /// # Errors
    /// [`Code::BadInput`] where a file is none.
    pub fn new(options: BoardOptions, model: BoardModel<'_>) -> Result<Self> {
        let read = |name: &str, text: &str| {
            exchange::inspection::forest(text)
                .map_err(|e| Error::new(Code::BadInput, format!("{name} is no classifier of boards: {e}")))
        };
        let file = match model {
            BoardModel::Shipped => Some(("data/boards/generated.json", SHIPPED)),
            BoardModel::Contacts => None,
            BoardModel::File(name, text) => Some((name, text)),
        };
        let forest = file.map(|(name, text)| read(name, text)).transpose()?;
        let model = file.map(|(name, text)| format!("{name}, SHA-256 {}", sha256_hex(text.as_bytes())));
        Ok(Self { options, model, forest })
    }
}

/// Compares an image with its template. Whoever holds the images may see what is in them.
///
/// # Errors
/// [`Code::BadInput`] with the image and what is wrong with it.
pub fn inspect_board(actor: &Actor, pair: &BoardPair, rules: &BoardRules) -> Result<Comparison> {
    actor.need(Act::InspectBoard)?;
    let decode = |packet: &Packet| packet.decode().map_err(|e| not_a_frame(&packet.name, &e));
    let (template, image) = (decode(&pair.template)?, decode(&pair.image)?);
    let found = compare(&Tones::of(&template).0.as_plane(), &Tones::of(&image).0.as_plane(), &rules.options)
        .map_err(|e| {
            Error::new(Code::BadInput, format!("{} against {}: {e}", pair.image.name, pair.template.name))
                .hint("give --copper-bright where copper is brighter than the ground")
        })?;
    Ok(match &rules.forest {
        Some(forest) => found.judged_by(forest, template.size()),
        None => found.with_margins(template.size()),
    })
}

/// How often a class was found.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct BoardClassCount {
    /// Findings.
    pub findings: u64,
    /// Boards with one or more.
    pub boards: u64,
}

/// Figures of a run of boards.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct BoardsSummary {
    /// Boards that were compared.
    pub boards: u64,
    /// Boards without a finding.
    pub good: u64,
    /// Their share with its interval (Clopper and Pearson).
    #[serde(rename = "yield")]
    pub yield_share: Option<Interval>,
    /// Findings of each class that occurs.
    pub classes: BTreeMap<BoardClass, BoardClassCount>,
    /// Confidence of the interval.
    pub confidence: f64,
    /// Least score of a finding that counts.
    pub score_min: f32,
    /// SHA-256 of a line for each file, template and image of each board in order: its SHA-256, two spaces, its name, LF.
    pub images_sha256: String,
}

impl BoardsSummary {
    /// Boards with a defect of a class.
    pub fn with(&self, class: BoardClass) -> u64 {
        self.classes.get(&class).map_or(0, |count| count.boards)
    }
}

/// A finding of a run; the box is in px of the template, its right and lower ends excluded.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct BoardFinding {
    /// Name of the image.
    pub image: String,
    /// Left.
    pub x1: usize,
    /// Top.
    pub y1: usize,
    /// Right.
    pub x2: usize,
    /// Bottom.
    pub y2: usize,
    /// What it is.
    pub class: BoardClass,
    /// How sure, with four digits behind the point.
    pub score: f64,
}

/// The board of a run that is shown.
#[derive(Debug)]
struct WorstBoard {
    /// Its number in the run, from 0.
    number: u64,
    image: Packet,
    /// Of the image against its template.
    shift_px: (isize, isize),
    findings: Vec<BoardFinding>,
}

/// Boards of one run, one after the other.
#[derive(Debug)]
pub struct BoardsRun {
    rules: BoardRules,
    score_min: f32,
    on_record: bool,
    boards: u64,
    good: u64,
    classes: BTreeMap<BoardClass, BoardClassCount>,
    findings: Vec<BoardFinding>,
    /// `findings.ndjson`.
    lines: Vec<u8>,
    hashes: String,
    /// The board with the most findings.
    worst: Option<WorstBoard>,
}

impl BoardsRun {
    /// A run by these rules, in which findings of at least this score count. Only what goes on record is hashed and kept.
    pub fn new(rules: BoardRules, score_min: f32, on_record: bool) -> Self {
        Self {
            rules,
            score_min,
            on_record,
            boards: 0,
            good: 0,
            classes: BTreeMap::new(),
            findings: Vec::new(),
            lines: Vec::new(),
            hashes: String::new(),
            worst: None,
        }
    }

    /// Compares the next board; its findings that count.
    ///
    /// # Errors
    /// As [`inspect_board`].
    pub fn take(&mut self, actor: &Actor, pair: &BoardPair) -> Result<Vec<BoardFinding>> {
        let found = inspect_board(actor, pair, &self.rules)?;
        let finding = |f: &Finding| BoardFinding {
            image: pair.image.name.clone(),
            x1: f.x1,
            y1: f.y1,
            x2: f.x2,
            y2: f.y2,
            class: f.class,
            score: (f64::from(f.score) * 1e4).round() / 1e4,
        };
        let counted = found.findings.iter().filter(|f| f.score >= self.score_min);
        let findings: Vec<BoardFinding> = counted.map(finding).collect();
        if !self.on_record {
            return Ok(findings);
        }
        for packet in [&pair.template, &pair.image] {
            self.hashes += &format!("{}  {}\n", sha256_hex(packet.bytes()), packet.name);
        }
        for f in &findings {
            self.classes.entry(f.class).or_default().findings += 1;
            self.lines.extend(format!("{}\n", json!(f)).bytes());
        }
        for class in findings.iter().map(|f| f.class).collect::<BTreeSet<_>>() {
            self.classes.entry(class).or_default().boards += 1;
        }
        let room = FINDINGS_MAX.saturating_sub(self.findings.len());
        self.findings.extend(findings.iter().take(room).cloned());
        if self.worst.as_ref().is_none_or(|worst| findings.len() > worst.findings.len()) {
            self.worst = Some(WorstBoard {
                number: self.boards,
                image: pair.image.clone(),
                shift_px: found.shift_px,
                findings: findings.clone(),
            });
        }
        self.boards += 1;
        self.good += u64::from(findings.is_empty());
        Ok(findings)
    }

    /// The run as it goes on record.
    ///
    /// # Errors
    /// [`Code::BadInput`] without a board; [`Code::Output`] where the picture cannot be written.
    pub fn end(self) -> Result<EndedRun> {
        let Some(WorstBoard { number, image, shift_px: (dx, dy), findings: worst }) = self.worst else {
            return Err(Error::new(Code::BadInput, "no board was inspected"));
        };
        let summary = BoardsSummary {
            boards: self.boards,
            good: self.good,
            yield_share: yield_interval(self.good, self.boards, CONFIDENCE, ShareMethod::ClopperPearson),
            classes: self.classes,
            confidence: CONFIDENCE,
            score_min: self.score_min,
            images_sha256: sha256_hex(self.hashes.as_bytes()),
        };
        // Boxes are in px of the template; the picture is of the image.
        let outline = |f: &BoardFinding| {
            let at = |x: usize, y: usize| (x as f64 + dx as f64, y as f64 + dy as f64);
            let corners = [at(f.x1, f.y1), at(f.x2, f.y1), at(f.x2, f.y2), at(f.x1, f.y2)];
            (corners, picture::board_colour(f.class))
        };
        let outlines: Vec<_> = worst.iter().map(outline).collect();
        let frame = image.decode().map_err(|e| not_a_frame(&image.name, &e))?;
        let went_by =
            json!({ "options": self.rules.options, "model": self.rules.model, "score_min": self.score_min });
        Ok(EndedRun {
            files: ended(&summary, ("findings.ndjson", self.lines), &picture::outlined(&frame, &outlines))?,
            figures: RunFigures { boards: Some(summary), ..RunFigures::of(Source::Command) },
            detail: RunDetail {
                recipe: format!("{went_by:#}"),
                worst: Some((number, image.name, worst.len() as u64)),
                findings: self.findings,
                ..RunDetail::default()
            },
        })
    }
}

/// Brightness of 8 bits: a template and an image may have been stored in different depths.
struct Tones(PlaneBuf<u8>);

impl Tones {
    fn of(frame: &FrameBuf) -> Self {
        let (width, height) = frame.size();
        Self(PlaneBuf::from_fn(width, height, |x, y| frame.tone(x, y)))
    }
}
