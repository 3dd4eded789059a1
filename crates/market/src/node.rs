//! Title to chain node: which product a need or offer is about.
//!
//! All names and aliases of the chain graph are looked for at once (Aho-Corasick). Names inside longer names do not
//! count. Of what is left the head of the phrase is the product: in Chinese the last one of a phrase
//! (`LED灯珠用键合丝` is a bonding wire, `PCB钻孔加工` is drilling), in English the last one before `for`, `with`,
//! `used` ... (`bonding wire for LED packages`). What stands in brackets, and what follows `用于`, `适用于`, only says
//! what it is for. A name that is followed by another noun is not the head (`PCB清洗剂` is no PCB), so that the
//! confidence falls with what stands behind it. A blank behind a Chinese word parts the product from its attributes
//! (`RJ45网口 带灯`). In a title without ideographs a name must be whole words and a fair share of them: one short word
//! of many (`Bose Acoustimass 5 Series III Speaker System`) names no industrial product.

mod words;

use crate::analyse::is_ideograph;
use aho_corasick::AhoCorasick;
use model::chain::{ChainGraph, NodeId, NodeKind};
use model::fold::fold_char;
use std::collections::HashSet;
use words::TitleWords;

/// Finds chain nodes in titles. Built once from a graph; look-ups are linear in the text.
#[derive(Debug)]
pub struct Recogniser {
    automaton: AhoCorasick,
    patterns: Vec<Pattern>,
    words: TitleWords,
    /// Latin words of all names: one of them in a title speaks for an industrial product, not against it.
    vocabulary: HashSet<String>,
}

#[derive(Debug)]
struct Pattern {
    node: NodeId,
    kind: NodeKind,
    /// Length in characters, reduced.
    length: usize,
    /// The name itself has a sign that elsewhere parts phrases (`PC/ABS合金`).
    parted: bool,
}

/// Below this confidence a title is said to name no node.
pub const CONFIDENCE_MIN: f64 = 0.5;

/// Confidence of a node read in the detail text instead of the title.
const DETAIL_FACTOR: f64 = 0.6;

/// Share of a Latin title's words from which on a name is taken without doubt; below it the confidence falls in
/// proportion, and reaches [`CONFIDENCE_MIN`] at half of it.
const LATIN_SHARE_FULL: f64 = 0.7;

/// Signs at which a detail text parts into clauses.
const CLAUSE_ENDS: [char; 7] = [';', '；', ',', '，', '。', '\n', '|'];

/// A text reduced to letters, digits and ideographs, with what stood between them.
struct Reduced {
    text: String,
    /// Byte offset in `text` to place in `chars`; only starts of characters are looked up.
    place: Vec<usize>,
    chars: Vec<Letter>,
}

#[derive(Clone, Copy)]
struct Letter {
    c: char,
    /// A blank or hyphen stood before it.
    parted: bool,
    /// A hyphen or point joined it to what stood before (`AL-2`).
    joined: bool,
    /// Number of the phrase: phrases are parted by commas, brackets and the like.
    phrase: u16,
    /// Number of the piece of the phrase: a blank behind an ideograph begins a new one, and in a text without any
    /// a number behind a word.
    piece: u16,
    /// Inside brackets.
    aside: bool,
}

fn reduce(text: &str) -> Reduced {
    let mut out = Reduced { text: String::new(), place: Vec::new(), chars: Vec::new() };
    let (mut depth, mut phrase, mut piece, mut parted) = (0u16, 0u16, 0u16, true);
    let mut joined = false;
    let latin = !text.chars().any(is_ideograph);
    for c in text.chars().map(fold_char) {
        match c {
            _ if c.is_alphanumeric() => {
                let number = latin && c.is_numeric() && parted && !joined && depth == 0;
                if number
                    && out.chars.last().is_some_and(|l| l.phrase == phrase && kind(l.c) == Script::Letter)
                {
                    piece = piece.saturating_add(1);
                }
                let letter = Letter { c, parted, joined, phrase, piece, aside: depth > 0 };
                out.text.push(c);
                out.place.resize(out.text.len(), out.chars.len());
                out.chars.push(letter);
                (parted, joined) = (false, false);
                continue;
            }
            '(' | '[' | '{' => (depth, phrase) = (depth + 1, phrase.saturating_add(1)),
            ')' | ']' | '}' => (depth, phrase) = (depth.saturating_sub(1), phrase.saturating_add(1)),
            ' ' if !parted && out.chars.last().is_some_and(|l| is_ideograph(l.c)) => {
                piece = piece.saturating_add(1);
            }
            // Blanks, hyphens and points stand inside names: `bonding wire`, `FR-4`, `USB2.0`.
            ' ' | '-' | '_' | '.' | '·' | '\'' => {}
            _ => phrase = phrase.saturating_add(1),
        }
        joined = !parted && matches!(c, '-' | '_' | '.');
        parted = true;
    }
    out
}

impl Reduced {
    /// True where a word can begin: not in the middle of a Latin word or number.
    fn begins(&self, at: usize) -> bool {
        let Some(letter) = self.chars.get(at) else { return true };
        letter.parted
            || at == 0
            || kind(letter.c) == Script::Ideograph
            || kind(self.chars[at - 1].c) != kind(letter.c)
    }

    /// True where nothing but a sign, a blank or the end stands before place `at`.
    fn parts(&self, at: usize) -> bool {
        at == 0 || self.chars.get(at).is_none_or(|l| l.parted || l.phrase != self.chars[at - 1].phrase)
    }

    /// True for a text of letters without any ideograph.
    fn is_latin(&self) -> bool {
        !self.chars.iter().any(|l| is_ideograph(l.c))
    }

    fn same_phrase(&self, start: usize, end: usize) -> bool {
        self.chars[start].phrase == self.chars[end - 1].phrase
    }

    fn word(&self, start: usize, end: usize) -> String {
        self.chars[start..end].iter().map(|l| l.c).collect()
    }
}

/// Words of letters alone, more than one: no sizes, numbers or models.
fn latin_words(chars: &[Letter]) -> impl Iterator<Item = &[Letter]> {
    chars
        .chunk_by(|_, next| !next.parted || next.joined)
        .filter(|word| word.len() > 1 && word.iter().all(|l| kind(l.c) == Script::Letter))
}

fn spelled(word: &[Letter]) -> String {
    word.iter().map(|l| l.c).collect()
}

#[derive(PartialEq, Eq)]
enum Script {
    Ideograph,
    Letter,
    Digit,
}

fn kind(c: char) -> Script {
    match c {
        _ if is_ideograph(c) => Script::Ideograph,
        _ if c.is_numeric() => Script::Digit,
        _ => Script::Letter,
    }
}

/// A name found in a text; places are in characters of the reduced text.
struct Found {
    start: usize,
    end: usize,
    pattern: usize,
}

impl Recogniser {
    /// Reads all names and aliases of a graph.
    pub fn new(chain: &ChainGraph) -> Self {
        let mut names: Vec<(String, Pattern)> = chain
            .nodes()
            .iter()
            .flat_map(|node| {
                [&node.name_zh, &node.name_en].into_iter().chain(&node.aliases).map(|name| {
                    let Reduced { text, chars, .. } = reduce(name);
                    let parted = chars.last().is_some_and(|last| last.phrase != chars[0].phrase);
                    let pattern =
                        Pattern { node: node.id.clone(), kind: node.kind, length: chars.len(), parted };
                    (text, pattern)
                })
            })
            // A single character is no name.
            .filter(|(_, pattern)| pattern.length >= 2)
            .collect();
        let all = chain.nodes().iter().flat_map(|n| [&n.name_zh, &n.name_en].into_iter().chain(&n.aliases));
        let vocabulary =
            all.flat_map(|name| latin_words(&reduce(name).chars).map(spelled).collect::<Vec<_>>()).collect();
        // Two nodes whose names differ in punctuation only: the first id has it.
        names.sort_by(|a, b| (&a.0, &a.1.node).cmp(&(&b.0, &b.1.node)));
        names.dedup_by(|next, kept| next.0 == kept.0);
        let automaton = AhoCorasick::new(names.iter().map(|(name, _)| name))
            .expect("a few thousand short names stay below the automaton's limits");
        let patterns = names.into_iter().map(|(_, pattern)| pattern).collect();
        Self { automaton, patterns, words: TitleWords::builtin(), vocabulary }
    }

    /// The node that a title names and how sure that is (0..=1, at least [`CONFIDENCE_MIN`]); where the title names
    /// none, the detail text is read, with less confidence: there a name counts only at the beginning of a clause
    /// (`材质ABS` says what a thing is made of).
    pub fn recognise(&self, title: &str, detail: &str) -> Option<(NodeId, f64)> {
        let from_title = self.best(title, false);
        let from_detail = || {
            let clauses = detail.split(CLAUSE_ENDS).filter_map(|clause| self.best(clause, true));
            let best = clauses.max_by(|a, b| a.1.total_cmp(&b.1));
            best.map(|(pattern, confidence)| (pattern, confidence * DETAIL_FACTOR))
        };
        let best = from_title.or_else(from_detail);
        best.filter(|(_, confidence)| *confidence >= CONFIDENCE_MIN)
            .map(|(pattern, confidence)| (self.patterns[pattern].node.clone(), confidence))
    }

    /// The head of the surest phrase: pattern and confidence. `leading` where only the first words count.
    fn best(&self, text: &str, leading: bool) -> Option<(usize, f64)> {
        let text = reduce(text);
        let found = self.longest(&text);
        let mut best: Option<(f64, usize, usize)> = None;
        for at in found.iter().filter(|at| !leading || at.start == 0) {
            let confidence = self.confidence(&text, at, &found);
            let length = self.patterns[at.pattern].length;
            // The surest; of equally sure ones the longest name; of those the first phrase's.
            if best.is_none_or(|(c, l, _)| confidence > c || (confidence == c && length > l)) {
                best = Some((confidence, length, at.pattern));
            }
        }
        best.map(|(confidence, _, pattern)| (pattern, confidence))
    }

    /// All names in the text that lie within no longer one, by place.
    fn longest(&self, text: &Reduced) -> Vec<Found> {
        let latin = text.is_latin();
        let mut all: Vec<Found> = self
            .automaton
            .find_overlapping_iter(&text.text)
            .map(|m| {
                let pattern = m.pattern().as_usize();
                let end = text.place[m.end() - 1] + 1;
                Found { start: end - self.patterns[pattern].length, end, pattern }
            })
            .filter(|f| {
                // A plural `s` belongs to the word.
                let plural = text.chars.get(f.end).is_some_and(|l| l.c == 's')
                    && kind(text.chars[f.end - 1].c) == Script::Letter;
                let end = f.end + usize::from(plural && !text.begins(f.end));
                let together = self.patterns[f.pattern].parted || text.same_phrase(f.start, f.end);
                let whole = !latin || (text.parts(f.start) && text.parts(end));
                text.begins(f.start) && text.begins(end) && whole && together
            })
            .collect();
        all.sort_by_key(|f| (f.start, std::cmp::Reverse(f.end)));
        let mut out: Vec<Found> = Vec::new();
        for found in all {
            if out.last().is_none_or(|last| found.end > last.end) {
                out.push(found);
            }
        }
        out
    }

    /// How sure it is that a name found is what the text is about.
    fn confidence(&self, text: &Reduced, at: &Found, all: &[Found]) -> f64 {
        let phrase = text.chars[at.end - 1].phrase;
        let phrase_end = at.end + text.chars[at.end..].iter().take_while(|l| l.phrase == phrase).count();
        // Where the phrase's head must end: before `for`, before `用于`.
        let stop =
            (at.end..phrase_end).find(|&i| self.ends_phrase(text, i, phrase_end)).unwrap_or(phrase_end);
        let piece = text.chars[at.end - 1].piece;
        let piece_end = at.end + text.chars[at.end..stop].iter().take_while(|l| l.piece == piece).count();
        let before = || (0..at.start).rev().take_while(|&i| text.chars[i].phrase == phrase);
        // Another name follows in the same words: that one is the head.
        let follows = |other: &&Found| other.start >= at.start && other.end > at.end && other.end <= stop;
        if all.iter().filter(follows).any(|other| other.end <= piece_end) {
            return 0.0;
        }
        let mut sure = 1.0;
        // The first piece names the product, the others its attributes (`冲针 SKD11`, `线路板 沉金 1.6mm`).
        let earlier =
            |other: &Found| text.chars[other.start].phrase == phrase && text.chars[other.start].piece < piece;
        if all.iter().any(earlier) {
            sure *= 0.8;
        }
        if text.chars[at.start].aside {
            sure *= 0.55;
        }
        if before().any(|i| self.ends_phrase(text, i, phrase_end)) {
            // `用于显示模组的键合丝`: the last noun is the head again, if the phrase goes on with 的.
            sure *= if before().any(|i| text.chars[i].c == '的') { 0.9 } else { 0.3 };
        }
        if text.is_latin() {
            let start = before().last().unwrap_or(at.start);
            return sure * self.latin_factor(&text.chars, (start, at.start, at.end, piece_end));
        }
        let tail = text.word(at.end, piece_end);
        if tail.starts_with('用') {
            // `LED灯珠用…`: named only as the purpose of something that is not in the graph.
            return sure * 0.2;
        }
        sure * self.tail_factor(&tail, self.patterns[at.pattern].kind)
    }

    /// How sure a name is in a Latin title, by its share of the words that are not the field's own, and by the words
    /// behind it: of those one is the head. Places: where the phrase begins, the name, where its piece ends.
    fn latin_factor(
        &self,
        chars: &[Letter],
        (start, from, end, piece_end): (usize, usize, usize, usize),
    ) -> f64 {
        let strange =
            |part: &[Letter]| latin_words(part).filter(|w| !self.vocabulary.contains(&spelled(w))).count();
        let own = latin_words(&chars[from..end]).count().max(1) as f64;
        let others = (strange(&chars[start..from]) + strange(&chars[end..piece_end])) as f64;
        let tails = &self.words.tails;
        let behind =
            latin_words(&chars[end..piece_end]).filter(|w| !tails.contains(&spelled(w))).count() as f64;
        (own / (own + others) / LATIN_SHARE_FULL).min(1.0) / (1.0 + behind)
    }

    fn ends_phrase(&self, text: &Reduced, at: usize, end: usize) -> bool {
        let rest = &text.chars[at..end];
        let starts =
            |word: &str| rest.len() >= word.chars().count() && word.chars().zip(rest).all(|(w, l)| w == l.c);
        self.words.chinese_ends.iter().any(|w| starts(w))
            || rest[0].parted
                && self.words.english_ends.iter().any(|w| {
                    // A whole word: a blank or the end behind it.
                    starts(w) && rest.get(w.chars().count()).is_none_or(|l| l.parted)
                })
    }

    /// What is left of a tail without the words that change nothing.
    fn without_tails<'t>(&self, tail: &'t str, more: &[String]) -> &'t str {
        let mut rest = tail;
        let words = || self.words.tails.iter().chain(more);
        while let Some(shorter) =
            words().find_map(|t| rest.strip_prefix(t.as_str()).or_else(|| rest.strip_suffix(t.as_str())))
        {
            rest = shorter;
        }
        rest
    }

    /// 1 for a tail that changes nothing, down to 0.3 for one that names another thing.
    fn tail_factor(&self, tail: &str, kind: NodeKind) -> f64 {
        let work = matches!(kind, NodeKind::Process | NodeKind::Service);
        let rest = self.without_tails(tail, if work { &self.words.work_tails } else { &[] });
        let words = noun_length(rest);
        if words == 0.0 {
            return 1.0;
        }
        let own = |head: &String| kind == NodeKind::Material && self.words.material_heads.contains(head);
        if self.words.other_heads.iter().any(|head| rest.ends_with(head.as_str()) && !own(head)) {
            return 0.3;
        }
        1.0 / (1.0 + words / 8.0)
    }
}

/// Length of a tail in ideographs, four Latin letters counting as one. Sizes and model numbers (letters beside
/// digits) say nothing about the head and count nothing.
fn noun_length(tail: &str) -> f64 {
    let ideographs = tail.chars().filter(|c| is_ideograph(*c)).count();
    let letters: usize = tail
        .split(is_ideograph)
        .filter(|word| !word.contains(|c| kind(c) == Script::Digit))
        .map(|word| word.chars().count())
        .sum();
    ideographs as f64 + letters as f64 / 4.0
}

#[cfg(test)]
mod tests {
    use super::*;
    use model::reference::Reference;

    #[test]
    fn the_head_of_the_phrase_is_the_product() {
        let chain = &Reference::builtin().chain;
        let recogniser = Recogniser::new(chain);
        for (title, expect) in [
            ("LED灯珠用键合丝", "键合金丝"),
            ("键合丝（LED灯珠用）", "键合金丝"),
            ("用于LED灯珠的键合丝", "键合金丝"),
            ("键合金丝，用于LED封装", "键合金丝"),
            ("gold bonding wires for LED packages", "键合金丝"),
            ("PCB钻孔加工", "线路板钻孔"),
            ("FR4覆铜板 1.6mm", "覆铜板"),
            ("FR-4 覆铜板", "覆铜板"),
            ("背光模组用导光板", "导光板"),
            ("PCB钻针 0.3mm", "PCB钻针"),
            ("半固化片PP片采购", "半固化片"),
            ("RJ45网口 带灯", "RJ45网口连接器"),
            ("冲针 SKD11", "模具标准件"),
            ("锌合金 压铸件", "锌合金压铸件"),
            ("LED封测服务", "LED封装"),
            ("PA66 连接器料", "聚酰胺66树脂"),
            ("PCB清洗剂", ""),
            ("连接器料", ""),
            ("wire spool AL-2", "键合丝线轴"),
            ("PCB 4层板", "多层板"),
            ("四层阻抗线路板 沉金 1.6mm", "多层板"),
            ("copper foil 18um", "电解铜箔"),
            ("single layer aluminum PCB for LED bulb", "铝基板"),
            ("copper foil tape, ED copper foil 18um", "电解铜箔"),
            // Long Latin titles of consumer goods, and letters within model numbers.
            ("Bose Acoustimass 5 Series III Speaker System - AM53BK", ""),
            ("Sanus Euro Foundations Satellite Speaker Stand", ""),
            ("NetGear ProSafe 24 Port Smart Switch - FS726TP", ""),
            ("Tech Craft ABS48 Antique Black Avalon Series 48' TV Stand - ABS48", ""),
            ("办公用品", ""),
            ("", ""),
        ] {
            let found = recogniser.recognise(title, "");
            let name = found.as_ref().and_then(|(id, _)| chain.get(id)).map_or("", |n| n.name_zh.as_str());
            assert_eq!(name, expect, "{title}: {found:?}");
        }
    }

    #[test]
    fn the_detail_helps_with_less_confidence() {
        let recogniser = Recogniser::new(&Reference::builtin().chain);
        let (node, sure) = recogniser.recognise("A-123", "键合金丝").unwrap();
        let (same, surer) = recogniser.recognise("键合金丝", "覆铜板").unwrap();
        assert_eq!(node, same);
        assert!(sure < surer && surer == 1.0);
    }

    /// What a thing is made of is not what it is.
    #[test]
    fn materials_of_the_detail_are_no_product() {
        let recogniser = Recogniser::new(&Reference::builtin().chain);
        assert_eq!(recogniser.recognise("某型配合体", "材质PC/ABS；表面处理阳极氧化"), None);
        assert!(recogniser.recognise("某型配合体", "覆铜板，1.6mm").is_some());
    }

    #[test]
    fn every_name_means_its_node() {
        let chain = &Reference::builtin().chain;
        let recogniser = Recogniser::new(chain);
        let names = chain.nodes().iter().flat_map(|node| {
            [&node.name_zh, &node.name_en].into_iter().chain(&node.aliases).map(move |name| (node, name))
        });
        let wrong: Vec<&String> = names
            .filter(|(node, name)| recogniser.recognise(name, "").is_none_or(|(id, _)| id != node.id))
            .map(|(_, name)| name)
            .collect();
        assert!(wrong.is_empty(), "{wrong:?}");
    }
}
