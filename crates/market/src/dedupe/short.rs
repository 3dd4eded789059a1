//! Which registered name a short name stands for: `宁德时代` for 宁德时代新能源科技股份有限公司, `渝农商行` for 重庆农村商业银行股份有限公司.
//!
//! The text index proposes ([`TermWeights::names`]), and what is known of how short names are made decides among its best: characters of
//! the registered name in their order, rare ones before common ones, begun where the trade name begins, a province by its one
//! character. The shares of these marks were fitted to the first, third ... of 5,190 companies listed in Shanghai and Shenzhen, as the choice
//! among the ten that the index finds (conditional logit, ridge 0.001).

use super::name::{RegionNames, without_legal_form};
use crate::retrieve::{Document, Field, Index, Searcher};
use crate::weights::TermWeights;
use model::fold::fold_name;
use model::region::RegionTable;
use std::collections::{HashMap, HashSet};

/// How many the index proposes.
const PROPOSED: usize = 10;
/// As many names are given that a short name may mean.
const MEANT_MAX: usize = 3;
/// What a character counts that stands right behind the one before it.
const SIDE_BY_SIDE: f64 = 1.5;

/// Registered names, ready to be asked for what a short name stands for.
#[derive(Debug)]
pub struct RegisteredNames {
    index: Index,
    forms: Vec<Form>,
    /// A region's one character, and the names that it stands for at the beginning of a registered name.
    characters: HashMap<char, Vec<String>>,
    /// What a character tells: the logarithm of how few names have it.
    tells: HashMap<char, f64>,
    /// What a character tells that no name has.
    unknown: f64,
}

/// A registered name without its legal form.
#[derive(Debug)]
struct Form {
    characters: Vec<char>,
    /// Where the trade name begins: behind the regions.
    trade: usize,
    full: String,
}

/// A registered name that a short name may stand for.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Expansion {
    /// Place of the name among those given.
    pub place: usize,
    /// Sum of the marks: comparable among the expansions of one short name only.
    pub score: f64,
    /// True where every character of the short name stands in the registered name, in order.
    pub is_spelled_out: bool,
}

/// The marks of one short name in one registered name.
struct Marks {
    /// Share of what the short name tells that stands in order; side by side counts half as much again.
    in_order: f64,
    /// Share of it that stands nowhere.
    missing: f64,
    /// The registered name, or its trade name, begins with it.
    begins: bool,
    /// The trade name begins with its first character.
    begins_alike: bool,
    /// Its first character is the registered name's province.
    province: bool,
    /// Characters of the registered name that it leaves out.
    left_out: usize,
}

impl Marks {
    fn score(&self) -> f64 {
        8.12 * self.in_order - 8.65 * self.missing
            + 1.87 * f64::from(self.begins)
            + 1.10 * f64::from(self.begins_alike)
            - 1.42 * f64::from(self.province)
            - 0.763 * (self.left_out as f64).ln_1p()
    }
}

impl RegisteredNames {
    /// Reads names; their places count from 0.
    pub fn new<'a>(names: impl IntoIterator<Item = &'a str>, regions: &RegionTable) -> Self {
        let names: Vec<&str> = names.into_iter().collect();
        let documents: Vec<Document<'_>> = names.iter().map(|name| field(name)).collect();
        let known = RegionNames::new(regions);
        let forms: Vec<Form> = names.iter().map(|name| Form::read(name, &known)).collect();
        let mut holders: HashMap<char, usize> = HashMap::new();
        for form in &forms {
            for c in form.characters.iter().collect::<HashSet<_>>() {
                *holders.entry(*c).or_default() += 1;
            }
        }
        let tells = |holders: usize| (names.len() as f64 / (holders as f64 + 0.5)).ln_1p();
        let mut characters: HashMap<char, Vec<String>> = HashMap::new();
        for region in regions.iter() {
            let spellings = || {
                let short = region.name.strip_suffix(['省', '市']).unwrap_or(&region.name);
                std::iter::once(short).chain(region.aliases.iter().map(String::as_str)).map(fold_name)
            };
            for character in spellings().filter_map(|name| single(&name)) {
                let long = spellings().filter(|name| single(name).is_none());
                characters.entry(character).or_default().extend(long);
            }
        }
        Self {
            index: Index::build(&TermWeights::names(), &documents),
            tells: holders.into_iter().map(|(c, holders)| (c, tells(holders))).collect(),
            unknown: tells(0),
            forms,
            characters,
        }
    }

    /// One who asks, with a working memory of its own.
    pub fn asker(&self) -> Asker<'_> {
        Asker { names: self, searcher: self.index.searcher() }
    }

    fn marks(&self, short: &[char], form: &Form) -> Marks {
        let province = short.len() > 1
            && !form.characters.contains(&short[0])
            && self
                .characters
                .get(&short[0])
                .is_some_and(|names| names.iter().any(|name| form.full.starts_with(name.as_str())));
        let short = if province { &short[1..] } else { short };
        let tells = |c: &char| self.tells.get(c).copied().unwrap_or(self.unknown);
        let all: f64 = short.iter().map(tells).sum();
        let missing: f64 = short.iter().filter(|c| !form.characters.contains(c)).map(tells).sum();
        let trade = &form.characters[form.trade..];
        Marks {
            in_order: in_order(short, &form.characters, form.trade, tells) / all,
            missing: missing / all,
            begins: form.characters.starts_with(short) || trade.starts_with(short),
            begins_alike: trade.first() == short.first(),
            province,
            left_out: form.characters.len().saturating_sub(short.len()),
        }
    }
}

/// Asks [`RegisteredNames`]; one a thread.
#[derive(Debug)]
pub struct Asker<'a> {
    names: &'a RegisteredNames,
    searcher: Searcher<'a>,
}

impl Asker<'_> {
    /// Places of the registered names that a short name may mean, to be named to whoever wrote it: the likeliest of those in which
    /// all of it stands, at most three.
    pub fn meant(&mut self, short: &str) -> Vec<usize> {
        let spelled_out = self.expansions(short).into_iter().filter(|e| e.is_spelled_out);
        spelled_out.take(MEANT_MAX).map(|e| e.place).collect()
    }

    /// The registered names that a short name may stand for, the likeliest first, at most ten; of equal ones in their order.
    pub fn expansions(&mut self, short: &str) -> Vec<Expansion> {
        let folded = fold_name(short);
        let core = without_legal_form(&folded);
        // What is short for 股份有限公司 tells nothing: every company on an exchange has it.
        let core = core.strip_suffix("股份").filter(|rest| rest.chars().nth(1).is_some()).unwrap_or(core);
        let short_form: Vec<char> = core.chars().collect();
        if short_form.is_empty() {
            return Vec::new();
        }
        let hits = self.searcher.search(&field(short), PROPOSED);
        let mut found: Vec<Expansion> = hits
            .into_iter()
            .map(|hit| {
                let place = hit.document as usize;
                let form = &self.names.forms[place];
                let marks = self.names.marks(&short_form, form);
                let is_spelled_out =
                    subsequence(&short_form[usize::from(marks.province)..], &form.characters);
                Expansion { place, score: marks.score(), is_spelled_out }
            })
            .collect();
        found.sort_by(|a, b| b.score.total_cmp(&a.score).then(a.place.cmp(&b.place)));
        found
    }
}

impl Form {
    fn read(name: &str, regions: &RegionNames) -> Self {
        let full = fold_name(name);
        let core = without_legal_form(&full);
        let mut trade = 0;
        while let Some((end, _)) = regions.at_start(&core[trade..]) {
            if trade + end == core.len() {
                break;
            }
            trade += end;
        }
        Self { characters: core.chars().collect(), trade: core[..trade].chars().count(), full }
    }
}

/// True for a name that says no legal form: a short one, as people write it.
#[must_use]
pub fn lacks_legal_form(name: &str) -> bool {
    let name = fold_name(name);
    without_legal_form(&name).len() == name.len()
}

fn field(name: &str) -> Document<'_> {
    vec![Field { weight: 1.0, text: name }]
}

fn single(name: &str) -> Option<char> {
    let mut characters = name.chars();
    let first = characters.next()?;
    characters.next().is_none().then_some(first)
}

fn subsequence(short: &[char], long: &[char]) -> bool {
    let mut rest = long.iter();
    short.iter().all(|c| rest.any(|other| other == c))
}

/// The most that characters of `short` tell which stand in `long` in the same order (a longest common subsequence by weight). A
/// region's last character and the first of the trade name, at `trade`, stand side by side by chance.
fn in_order(short: &[char], long: &[char], trade: usize, tells: impl Fn(&char) -> f64) -> f64 {
    // Per place of `long`: the best so far that ends before it, and the best whose last character stands right there.
    let mut best = vec![0.0_f64; long.len() + 1];
    let mut ends_here = vec![f64::NEG_INFINITY; long.len() + 1];
    for c in short {
        let weight = tells(c);
        let (mut before, mut ended) = (best[0], ends_here[0]);
        for (at, other) in long.iter().enumerate() {
            let here = if other == c {
                let side_by_side = if at == trade { 1.0 } else { SIDE_BY_SIDE };
                (before + weight).max(ended + weight * side_by_side)
            } else {
                f64::NEG_INFINITY
            };
            (before, ended) = (best[at + 1], ends_here[at + 1]);
            ends_here[at + 1] = here;
            best[at + 1] = before.max(best[at]).max(here);
        }
    }
    best[long.len()]
}

#[cfg(test)]
mod tests {
    use super::*;
    use model::reference::Reference;

    const NAMES: [&str; 7] = [
        "示例鑫源电子(吉安)有限公司",
        "重庆农村示范银行股份有限公司",
        "上海农村示范银行股份有限公司",
        "江西江海示例电容器股份有限公司",
        "浙江海亮示范股份有限公司",
        "广东示例光华科技股份有限公司",
        "苏州长光华芯示范股份有限公司",
    ];

    fn expansions(short: &str) -> Vec<(usize, bool)> {
        let names = RegisteredNames::new(NAMES, &Reference::builtin().regions);
        let found = names.asker().expansions(short);
        found.iter().map(|e| (e.place, e.is_spelled_out)).collect()
    }

    #[test]
    fn characters_in_their_order_decide() {
        assert_eq!(expansions("鑫源电子").first(), Some(&(0, true)));
        assert_eq!(expansions("江海股份").first(), Some(&(3, true)));
        assert_eq!(expansions("光华科技").first(), Some(&(5, true)));
        // All characters are there, but in another order.
        assert_eq!(expansions("源鑫电子").first(), Some(&(0, false)));
    }

    #[test]
    fn a_province_stands_for_its_name() {
        assert_eq!(expansions("渝农示行").first(), Some(&(1, true)));
        assert_eq!(expansions("沪农示行").first(), Some(&(2, true)));
    }

    #[test]
    fn nothing_stands_for_nothing() {
        assert_eq!(expansions(""), []);
        assert_eq!(expansions("（）"), []);
        assert_eq!(expansions("龘"), []);
        assert!(
            RegisteredNames::new([], &Reference::builtin().regions).asker().expansions("鑫源").is_empty()
        );
    }

    #[test]
    fn the_best_order_is_found() {
        let one = |_: &char| 1.0;
        let chars = |text: &str| text.chars().collect::<Vec<char>>();
        assert!((in_order(&chars("ab"), &chars("xaxb"), 0, one) - 2.0).abs() < 1e-12);
        assert!((in_order(&chars("ab"), &chars("axab"), 0, one) - 2.5).abs() < 1e-12);
        assert!((in_order(&chars("ab"), &chars("ab"), 1, one) - 2.0).abs() < 1e-12);
        assert!((in_order(&chars("abc"), &chars("cab"), 0, one) - 2.5).abs() < 1e-12);
        assert!(in_order(&chars("ab"), &chars(""), 0, one).abs() < 1e-12);
    }
}
