//! The parser's own vocabulary (`data/spec_words.csv`): relations, range signs, wishes, fillers, names of other things.

use super::normal;
use crate::property::fold;
use aho_corasick::AhoCorasick;
use std::collections::HashMap;
use std::sync::LazyLock;

/// What a word does in a clause. The ones before [`Role::OrMore`] stand before a number.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) enum Role {
    AtLeast,
    MoreThan,
    AtMost,
    LessThan,
    BetterThan,
    About,
    OrMore,
    OrLess,
    To,
    Prefer,
    Negation,
    Amount,
    Unstated,
    Filler,
    /// What announces two ends joined by `和` (介于0.1和0.2mm之间), and what ends them.
    Between,
    Amid,
    /// Names of other things than the properties in them (饱和电流 is no rated current).
    Other,
    /// Units that are sold in fractions (1/2oz).
    FractionUnit,
    /// Times by which supply is counted.
    SupplyTime,
    /// Frequencies of the mains.
    Mains,
    /// What joins values of one list.
    ListGap,
    /// Metals as the first letters of what is made of them.
    Metal,
    /// Which of many values of one thing is told (平均, avg).
    Statistic,
    /// Parts of a thing of which the same is told one after the other.
    Part,
    /// What 单 and 双 count (双层, 双工位).
    Paired,
    /// Properties whose values stand before the noun of what is made of them or so (硅胶按键, 注塑外壳).
    Modifier,
    /// Properties whose values stand before any noun (黑色油墨).
    Quality,
    /// Ends of nouns that are not made of what stands before them (玻璃胶, 铝清洗剂).
    OfOther,
    /// What turns the value before it into something else (PVC除外).
    Besides,
    /// What makes a process of the word before it (蚀刻加工, 注塑代工).
    Service,
    /// Finishes that are plated, and those that are coated: a length in μm behind them is their thickness.
    Plated,
    Coated,
    /// Holes and the like, whose size is not that of the thing.
    Opening,
    /// Ends of words that can only say how something is packed.
    Packed,
    /// What asks for the amount directly behind it (共12张, 需5000米).
    Asked,
    /// Values that count only where the text speaks of their topic.
    Topical,
    /// What says of a brand which kind it is, and not its name.
    Unbranded,
    /// Units of things that are counted one by one, or by the load.
    Counted,
    /// What is packed and sold in one piece: what stands beside it is what it holds.
    Pack,
    /// Marks of a diameter that other sides may follow, and those of a thread among them.
    RoundMark,
    ThreadMark,
    /// Letters that mark a diameter only before sides, or where the text speaks of threads.
    SidedMark,
    /// What is a tube, a rod, or has a thread.
    Tube,
    Rod,
    Fastener,
    Cutter,
    /// What stands behind colours that are told by one character each (黑红两色).
    TwoColoured,
    /// Symbols of elements: of a share of one the text tells which.
    Element,
    /// What hardens by warmth in a time.
    Cure,
    /// What is done within a time of delivery.
    Delivered,
    /// Processes whose machines are told by their tons.
    Press,
    /// What leads heat, of which watts tell how well.
    HeatSpreader,
    /// Bodies that publish standards (GB/T, DIN).
    StandardBody,
    /// Marks of a strand's finish behind its diameter (11/0.16TS).
    Strand,
    /// What has the interface that stands before it (M.2座).
    Socket,
    /// What the F of an aperture stands beside.
    Lens,
    /// Values that are the thing itself where a text begins with them (松香 软化点78).
    Product,
    /// What a thing is shaped like that is made of the material in front (铜套, 铂丝, 锌锭).
    Form,
    /// Ends of what a machine or an instrument is called: a name in front of them is none (电源线, 压力表, 激光切割机).
    Device,
    /// What is long: metres directly behind it are its length (灯管1.2米).
    Long,
    /// Ends of what is hardened, coated or glued with, which a resin in front of them tells (环氧地坪漆).
    Coat,
    /// What is told by its size in front of it.
    Body,
    /// What is told by its bore, its outer diameter and its length, and by the first two.
    Bushing,
    Hose,
    /// What comes in sorts with a number (20# of steel, 46# of oil), which are no gauges.
    Numbered,
    /// Ends of machines and of what is used up on a material.
    Remedy,
    /// What plastics are filled with.
    Additive,
    /// Cloths that are told by their yarns and threads.
    Cloth,
    /// What has rows of pins.
    Header,
    /// Parts whose package some letters tell that are a plug's elsewhere (SMA).
    Chip,
    /// Letters within the number of a part (24C02, 1N4148).
    CodeMid,
    /// What is hardened by warmth.
    Glue,
    /// Resins that coatings and glues are made of.
    Resin,
    /// Materials whose one character is part of what a thing is called rather than what it is made of (锡球, 钢网).
    Vague,
    /// Names that only tell more of a material directly behind them (防静电PET).
    Adjective,
    /// Rubbers whose hardness stands directly behind them (NBR70).
    Rubber,
    /// What is done to the material behind it, of which nothing is made then (清洗玻璃, 适用不锈钢).
    Treats,
}

impl Role {
    /// True for words that are sought anywhere in a clause; the others are asked for where they may stand.
    fn is_anywhere(self) -> bool {
        matches!(
            self,
            Self::AtLeast
                | Self::MoreThan
                | Self::AtMost
                | Self::LessThan
                | Self::BetterThan
                | Self::About
                | Self::Prefer
                | Self::Negation
                | Self::Amount
                | Self::Other
        )
    }
}

const ROLES: [(&str, Role); 77] = [
    ("rubber", Role::Rubber),
    ("additive", Role::Additive),
    ("remedy", Role::Remedy),
    ("cloth", Role::Cloth),
    ("numbered", Role::Numbered),
    ("bushing", Role::Bushing),
    ("hose", Role::Hose),
    ("body", Role::Body),
    ("header", Role::Header),
    ("chip", Role::Chip),
    ("code_mid", Role::CodeMid),
    ("glue", Role::Glue),
    ("adjective", Role::Adjective),
    ("vague", Role::Vague),
    ("treats", Role::Treats),
    ("form", Role::Form),
    ("device", Role::Device),
    ("long", Role::Long),
    ("coat", Role::Coat),
    ("resin", Role::Resin),
    ("at_least", Role::AtLeast),
    ("lens", Role::Lens),
    ("socket", Role::Socket),
    ("product", Role::Product),
    ("more_than", Role::MoreThan),
    ("at_most", Role::AtMost),
    ("less_than", Role::LessThan),
    ("better_than", Role::BetterThan),
    ("about", Role::About),
    ("or_more", Role::OrMore),
    ("or_less", Role::OrLess),
    ("to", Role::To),
    ("prefer", Role::Prefer),
    ("negation", Role::Negation),
    ("amount", Role::Amount),
    ("unstated", Role::Unstated),
    ("filler", Role::Filler),
    ("between", Role::Between),
    ("amid", Role::Amid),
    ("other", Role::Other),
    ("fraction_unit", Role::FractionUnit),
    ("supply_time", Role::SupplyTime),
    ("mains", Role::Mains),
    ("list_gap", Role::ListGap),
    ("part", Role::Part),
    ("statistic", Role::Statistic),
    ("metal", Role::Metal),
    ("paired", Role::Paired),
    ("modifier", Role::Modifier),
    ("of_other", Role::OfOther),
    ("besides", Role::Besides),
    ("service", Role::Service),
    ("plated", Role::Plated),
    ("coated", Role::Coated),
    ("opening", Role::Opening),
    ("packed", Role::Packed),
    ("quality", Role::Quality),
    ("asked", Role::Asked),
    ("strand", Role::Strand),
    ("counted", Role::Counted),
    ("heat_spreader", Role::HeatSpreader),
    ("press", Role::Press),
    ("element", Role::Element),
    ("cure", Role::Cure),
    ("delivered", Role::Delivered),
    ("cutter", Role::Cutter),
    ("two_coloured", Role::TwoColoured),
    ("round_mark", Role::RoundMark),
    ("thread_mark", Role::ThreadMark),
    ("sided_mark", Role::SidedMark),
    ("tube", Role::Tube),
    ("rod", Role::Rod),
    ("fastener", Role::Fastener),
    ("standard_body", Role::StandardBody),
    ("pack", Role::Pack),
    ("topical", Role::Topical),
    ("unbranded", Role::Unbranded),
];

/// The vocabulary, with an automaton over the words that are sought anywhere in a clause.
#[derive(Debug)]
pub(super) struct Words {
    by_role: HashMap<Role, Vec<String>>,
    anywhere: AhoCorasick,
    anywhere_roles: Vec<Role>,
}

/// The shipped vocabulary.
pub(super) static WORDS: LazyLock<Words> =
    LazyLock::new(|| Words::parse(include_str!("../../../../data/spec_words.csv")));

impl Words {
    fn parse(text: &str) -> Self {
        let mut by_role: HashMap<Role, Vec<String>> = HashMap::new();
        for line in text.lines().skip(1) {
            let Some((name, words)) = line.split_once(',') else { continue };
            let Some((_, role)) = ROLES.iter().find(|(n, _)| *n == name) else { continue };
            let list = by_role.entry(*role).or_default();
            list.extend(words.split('|').map(fold).filter(|w| !w.is_empty()));
            list.sort_by_key(|w| std::cmp::Reverse(w.len()));
            list.dedup();
        }
        let anywhere: Vec<(&String, Role)> = ROLES
            .iter()
            .filter(|(_, r)| r.is_anywhere())
            .flat_map(|(_, r)| by_role.get(r).into_iter().flatten().map(|w| (w, *r)))
            .collect();
        let automaton = AhoCorasick::new(anywhere.iter().map(|w| w.0.as_bytes()))
            .expect("the vocabulary is a few hundred short words");
        let anywhere_roles = anywhere.iter().map(|w| w.1).collect();
        Self { anywhere: automaton, anywhere_roles, by_role }
    }

    /// All occurrences of the words that are sought anywhere: role, start, end.
    pub fn find(&self, folded: &str) -> impl Iterator<Item = (Role, usize, usize)> {
        self.anywhere
            .find_overlapping_iter(folded)
            .map(|m| (self.anywhere_roles[m.pattern().as_usize()], m.start(), m.end()))
    }

    /// Bytes of the longest word of a role at the start of folded text. Latin words end where their letters end.
    pub fn at_start(&self, role: Role, folded: &str) -> Option<usize> {
        let word = self.list(role).iter().find(|w| {
            let latin_end = w.ends_with(|c: char| c.is_ascii_alphabetic());
            folded
                .strip_prefix(w.as_str())
                .is_some_and(|rest| !latin_end || !rest.starts_with(|c: char| c.is_ascii_alphanumeric()))
        })?;
        Some(word.len())
    }

    /// True where folded text ends with a word of the role.
    pub fn at_end(&self, role: Role, folded: &str) -> bool {
        self.list(role).iter().any(|w| folded.ends_with(w.as_str()))
    }

    /// True where the whole text is one word of the role.
    pub fn is(&self, role: Role, folded: &str) -> bool {
        self.list(role).iter().any(|w| w == folded)
    }

    /// True where folded text contains a word for what is not stated (含税面议).
    pub fn find_unstated(&self, folded: &str) -> bool {
        self.list(Role::Unstated)
            .iter()
            .any(|w| w.chars().all(char::is_alphanumeric) && !w.is_ascii() && folded.contains(w.as_str()))
    }

    /// True where nothing but fillers, relations, wishes, punctuation and spaces is in folded text.
    pub fn is_filler(&self, folded: &str) -> bool {
        let mut rest = folded;
        while let Some(c) = rest.chars().next() {
            let skip = if c.is_alphanumeric() {
                let roles = [
                    Role::Filler,
                    Role::Prefer,
                    Role::About,
                    Role::AtLeast,
                    Role::AtMost,
                    Role::OrMore,
                    Role::OrLess,
                    Role::Statistic,
                ];
                match roles.iter().filter_map(|r| self.at_start(*r, rest)).max() {
                    Some(len) => len,
                    None => return false,
                }
            } else {
                c.len_utf8()
            };
            rest = &rest[skip..];
        }
        true
    }

    /// The words of a role.
    pub fn words(&self, role: Role) -> impl Iterator<Item = &str> {
        self.list(role).iter().map(String::as_str)
    }

    fn list(&self, role: Role) -> &[String] {
        self.by_role.get(&role).map_or(&[], Vec::as_slice)
    }
}

/// True where a word from `start` to `end` does not cut a Latin word or a number in two.
pub(super) fn bounded(text: &str, start: usize, end: usize) -> bool {
    let alnum = |c: char| c.is_ascii_alphanumeric();
    let first = text[start..].chars().next();
    let last = text[..end].chars().next_back();
    let before = text[..start].chars().next_back();
    let after = text[end..].chars().next();
    let cuts =
        |inner: Option<char>, outer: Option<char>| inner.is_some_and(alnum) && outer.is_some_and(alnum);
    !cuts(first, before) && !cuts(last, after)
}

/// True for signs that part alternatives in one clause.
pub(super) fn is_list_gap(gap: &str) -> bool {
    WORDS.is(Role::ListGap, &gap.trim().to_ascii_lowercase())
}

/// Words as the original has them, without the signs that part clauses.
pub(super) fn trimmed(original: &str) -> &str {
    original.trim_matches(|c: char| {
        c.is_whitespace() || matches!(c, '、' | '，' | ',' | ';' | '；' | '。' | '：' | ':')
    })
}

/// True for a text with something to read in it.
pub(super) fn says_something(text: &str) -> bool {
    normal::key(text).chars().any(char::is_alphanumeric)
}
