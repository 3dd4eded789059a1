//! Cutting a clause into items: property names, numeric expressions, value words, relations.

mod hits;

use super::expr::{Expr, ExprReader};
use super::normal::is_han;
use super::words::{Role, WORDS, is_list_gap};
use crate::property::{Entry, PropertyKind, PropertyTable};
use crate::unit::UnitTable;
use std::ops::Range;

/// Items of one clause; a clause with more is no specification.
const ITEMS_MAX: usize = 200;

/// How a name stands in the text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Named {
    /// In words.
    Word,
    /// By a mark directly before the number (`P1.25`, `DC12V`), which a word before it overrules.
    Mark,
}

/// What an item is.
#[derive(Debug, Clone)]
pub(super) enum Kind<'a> {
    /// A property's name, or a mark that stands for it.
    Name(&'a Entry, Named),
    /// A known value of a set or grade.
    Value(&'a Entry),
    /// A numeric expression.
    Number(Expr),
    /// A relation, a negation, or a word that announces an amount (`月产`).
    Word(Role),
}

/// An item with its place in the clause.
#[derive(Debug, Clone)]
pub(super) struct Item<'a> {
    /// Where its words begin, with a relation before it.
    pub from: usize,
    pub start: usize,
    pub end: usize,
    pub kind: Kind<'a>,
}

#[derive(Clone)]
struct Hit<'a> {
    start: usize,
    end: usize,
    rank: u8,
    kind: Kind<'a>,
}

impl<'a> Hit<'a> {
    fn item(&self) -> Item<'a> {
        Item { from: self.start, start: self.start, end: self.end, kind: self.kind.clone() }
    }
}

/// Cuts clauses into items.
pub(super) struct Cutter<'a> {
    pub units: &'a UnitTable,
    pub properties: &'a PropertyTable,
    /// Places of the hinted properties.
    pub hints: &'a [u16],
}

impl<'a> Cutter<'a> {
    /// The items of a clause in normal form, in order, and where its words of wishing are.
    pub fn cut(&self, text: &str, folded: &str) -> (Vec<Item<'a>>, Vec<Range<usize>>) {
        let (hits, wishes) = self.hits(text, folded);
        let mut items: Vec<Item<'a>> = Vec::new();
        let mut at = 0;
        let mut next_hit = 0;
        while at < text.len() && items.len() < ITEMS_MAX {
            while hits.get(next_hit).is_some_and(|h| h.start < at) {
                next_hit += 1;
            }
            let hit = hits.get(next_hit).filter(|h| h.start == at);
            let c = text[at..].chars().next().unwrap_or(' ');
            // The month of a date is no number of months.
            let dated =
                text[..at].strip_suffix('年').is_some_and(|y| y.ends_with(|c: char| c.is_ascii_digit()))
                    && text[at..].trim_start_matches(|c: char| c.is_ascii_digit()).starts_with('月');
            // 弯曲半径:R3: the letter of a radius behind its name.
            let radius = c == 'R'
                && text[at + 1..].starts_with(|c: char| c.is_ascii_digit())
                && items.last().is_some_and(|i| {
                    matches!(i.kind, Kind::Name(..))
                        && text[i.end..at].trim_matches([' ', ':', '≥', '≤']).is_empty()
                });
            if radius {
                at += 1;
                continue;
            }
            // 硅片 <100>: how a crystal is cut.
            if is_orientation(&text[at..]) {
                at += "<100>".len();
                continue;
            }
            if let Some(len) = part_code(text, folded, at).filter(|_| hit.is_none()) {
                at += len;
                continue;
            }
            let number = if !dated && starts_number(&text[at..], c, text[..at].chars().next_back()) {
                self.number(text, folded, at, &hits[next_hit..], items.last())
            } else {
                None
            };
            let item = match (hit, number) {
                (Some(hit), Some(number))
                    if self.is_value(hit, &number, before_relation(&items), text[..at].ends_with(' '))
                        || is_listed(hit, &hits[next_hit..], items.last(), text)
                        || is_grade(hit, &number, items.last(), text)
                        || is_spelled(hit, &number, text) =>
                {
                    Some(hit.item())
                }
                (_, Some(number)) => Some(Item {
                    from: number.start,
                    start: number.start,
                    end: number.end,
                    kind: Kind::Number(number),
                }),
                (Some(hit), None) => Some(hit.item()),
                (None, None) => None,
            };
            match item {
                Some(item) => {
                    at = item.end;
                    push(&mut items, item, text);
                }
                None => at = skip(text, at, hits.get(next_hit + usize::from(hit.is_some())).map(|h| h.start)),
            }
        }
        (items, wishes)
    }

    fn number(
        &self,
        text: &str,
        folded: &str,
        at: usize,
        hits: &[Hit<'a>],
        last: Option<&Item<'a>>,
    ) -> Option<Expr> {
        let word_end = |place: usize| {
            let run = hits.iter().skip_while(|h| h.start < place).take_while(|h| h.start == place);
            // 幅宽1092 月用30吨: the word announces an amount, and is no month.
            let counts = |h: &&Hit<'_>| h.rank < 2 || matches!(h.kind, Kind::Word(Role::Amount));
            run.filter(counts).map(|h| h.end).max().unwrap_or(place)
        };
        let lead = match last {
            Some(Item { start, end, kind: Kind::Name(..), .. }) if *end == at => &folded[*start..*end],
            _ => "",
        };
        ExprReader { units: self.units, text, folded, word_end: &word_end, lead }.read(at)
    }

    /// Whether a word that starts with digits is a value (`0402`, `304`) and not a number; `apart` where a space stands
    /// before it.
    fn is_value(&self, hit: &Hit<'a>, number: &Expr, last: Option<&Item<'a>>, apart: bool) -> bool {
        let Kind::Value(entry) = &hit.kind else { return true };
        if hit.end == number.end && entry.targets.iter().any(|t| self.is_named_with_digits(t.0)) {
            return true;
        }
        let asked = |p: u16| entry.targets.iter().any(|t| t.0 == p);
        if let Some(Item { kind: Kind::Name(name, _), .. }) = last {
            // A code of four digits set apart from a number's name is no number (电阻 2512).
            let code = hit.end - hit.start >= 4 && hit.end == number.end && number.shape.unit().is_none();
            // 规格：2835 names a package, for a size has sides.
            let sided = name.targets.iter().all(|t| self.properties.at(t.0).kind == PropertyKind::Dimensions);
            // 晶振3225: no frequency without a unit.
            let part = name
                .targets
                .iter()
                .any(|t| matches!(self.properties.at(t.0).unit.as_deref(), Some("Hz" | "Ω" | "μF" | "μH")));
            return name.targets.iter().any(|t| asked(t.0))
                || (code && (sided || part || last.is_some_and(|l| l.end + 1 == hit.start && apart)));
        }
        if hit.end > number.end {
            return true;
        }
        hit.end == number.end && (self.hints.iter().any(|h| asked(*h)) || number.shape.unit().is_none())
    }

    /// True for properties whose values are proper names: 3C is a certificate, and no temperature.
    fn is_named_with_digits(&self, property: u16) -> bool {
        let property = self.properties.at(property);
        property.kind == PropertyKind::Text
            || matches!(property.id.0.as_str(), "certification" | "flammability" | "package_type")
    }
}

/// True for digits that a point joins with others: the 1 of `class 1.6` is no grade.
fn is_in_decimal(text: &str, start: usize, end: usize) -> bool {
    let digit = |text: &str| text.starts_with(|c: char| c.is_ascii_digit());
    let behind = text[..end].ends_with(|c: char| c.is_ascii_digit())
        && text[end..].strip_prefix('.').is_some_and(digit);
    let before = digit(&text[start..])
        && text[..start].strip_suffix('.').is_some_and(|t| t.ends_with(|c: char| c.is_ascii_digit()));
    behind || before
}

/// Digits in words.
const CHINESE_DIGITS: &str = "一二两三四五六七八九十壹贰叁肆伍陆柒捌玖";

/// True for the number of a grade with its letters, which are no unit (718H, 316L), where no name asks for a number.
fn is_grade<'a>(hit: &Hit<'a>, number: &Expr, before: Option<&Item<'a>>, text: &str) -> bool {
    let word = &text[hit.start..hit.end];
    let digits = word.bytes().take_while(u8::is_ascii_digit).count();
    let lettered = digits < word.len() && word[digits..].bytes().all(|b| b.is_ascii_alphabetic());
    let asked = matches!(before, Some(Item { kind: Kind::Name(..), .. }));
    // 65Mn
    let grade = digits >= 3 || word.ends_with("Mn");
    matches!(hit.kind, Kind::Value(_)) && grade && lettered && hit.end == number.end && !asked
}

/// True for a value that begins with a numeral in words (三元 is no three yuan) or has some in it (95棉5氨纶).
fn is_spelled(hit: &Hit<'_>, number: &Expr, text: &str) -> bool {
    let words = &text[hit.start..hit.end];
    let longer = hit.end > number.end && words.contains(is_han) && words.chars().count() > 3;
    matches!(hit.kind, Kind::Value(_)) && hit.end >= number.end && (longer || words.starts_with(is_han))
}

/// True for a value that starts with a digit in a list with another of the same property (3C和UL).
fn is_listed<'a>(hit: &Hit<'a>, behind: &[Hit<'a>], before: Option<&Item<'a>>, text: &str) -> bool {
    let Kind::Value(entry) = &hit.kind else { return false };
    if !text[hit.start..].starts_with(|c: char| c.is_ascii_digit()) {
        return false;
    }
    let fellow = |kind: &Kind<'_>| match kind {
        Kind::Value(other) => other.targets.iter().any(|t| entry.targets.iter().any(|e| e.0 == t.0)),
        _ => false,
    };
    let joined = |gap: Option<&str>| gap.is_some_and(|gap| !gap.is_empty() && is_list_gap(gap));
    let next = behind.iter().find(|h| h.start >= hit.end);
    let next_fellow = next.is_some_and(|n| {
        joined(text.get(hit.end..n.start))
            && behind.iter().take_while(|h| h.start <= n.start).any(|h| h.start == n.start && fellow(&h.kind))
    });
    next_fellow || before.is_some_and(|b| fellow(&b.kind) && joined(text.get(b.end..hit.start)))
}

/// The last item that is no relation (the name in `铅笔硬度≥3H`).
fn before_relation<'i, 'a>(items: &'i [Item<'a>]) -> Option<&'i Item<'a>> {
    items.iter().rev().find(|i| !matches!(i.kind, Kind::Word(role) if is_relation(role)))
}

/// Adds an item. A relation before a number (or before the name or mark directly before it) bounds it.
fn push<'a>(items: &mut Vec<Item<'a>>, mut item: Item<'a>, text: &str) {
    let before_name = leading(items, &item, text);
    if let (Kind::Number(expr), Some(place)) = (&mut item.kind, before_name)
        && let Kind::Word(role) = items[place].kind
    {
        expr.shape = expr.shape.clone().bounded_by(role);
        items.remove(place);
    } else if let Kind::Number(expr) = &mut item.kind {
        let marked =
            matches!(items.last(), Some(Item { end, kind: Kind::Name(..), .. }) if *end == item.start);
        // 最大回转直径Φ500: before the name and its mark.
        let spelled = marked
            && matches!(items.as_slice(), [.., a, b] if matches!(a.kind, Kind::Name(..)) && a.end == b.start);
        let place = items.len().checked_sub(1 + usize::from(marked) + usize::from(spelled));
        if let Some(place) = place
            && let Kind::Word(role) = items[place].kind
            && is_relation(role)
            && !is_plated_over(&items[..=place], text)
        {
            expr.shape = expr.shape.clone().bounded_by(role);
            let from = items.remove(place).start;
            let first = if marked { items.get_mut(place) } else { Some(&mut item) };
            if let Some(first) = first {
                first.from = from;
            }
        }
    }
    items.push(item);
}

/// True for the `over` of a layer and what lies under it (gold flash over 50u" Ni).
fn is_plated_over(items: &[Item<'_>], text: &str) -> bool {
    let [.., layer, over] = items else { return false };
    matches!(layer.kind, Kind::Value(_)) && text[over.start..over.end].eq_ignore_ascii_case("over")
}

/// True where a Latin relation stands before the name of a number (`Max. operating temperature 125 °C`), with its place.
fn leading(items: &[Item<'_>], number: &Item<'_>, text: &str) -> Option<usize> {
    let [.., relation, name] = items else { return None };
    let Kind::Word(role) = relation.kind else { return None };
    let joined =
        |a: usize, b: usize| text.get(a..b).is_some_and(|gap| gap.trim_matches([' ', ':']).is_empty());
    let latin = text[relation.start..relation.end].starts_with(|c: char| c.is_ascii_alphabetic());
    (is_relation(role)
        && latin
        && matches!(name.kind, Kind::Name(_, Named::Word))
        && joined(relation.end, name.start)
        && joined(name.end, number.start))
    .then(|| items.len() - 2)
}

/// True for words that bound a number behind them.
pub(super) fn is_relation(role: Role) -> bool {
    matches!(
        role,
        Role::AtLeast | Role::MoreThan | Role::AtMost | Role::LessThan | Role::BetterThan | Role::About
    )
}

/// True where a number can start: at a digit, a sign before one, a `±`, or a Chinese numeral.
fn starts_number(rest: &str, c: char, before: Option<char>) -> bool {
    let mut chars = rest.chars();
    chars.next();
    let next = chars.next();
    let digit_next = next.is_some_and(|n| n.is_ascii_digit() || n == '.');
    match c {
        '0'..='9' | '±' => true,
        '.' => next.is_some_and(|n| n.is_ascii_digit()) && !before.is_some_and(|b| b.is_ascii_alphanumeric()),
        '+' => {
            (digit_next || matches!(next, Some('/' | '-')))
                && !before.is_some_and(|b| b.is_ascii_alphanumeric())
        }
        '-' => {
            digit_next && !before.is_some_and(|b| b.is_ascii_alphanumeric() || matches!(b, '%' | '℃' | ')'))
        }
        'H' | 'h' => {
            !before.is_some_and(|b| b.is_ascii_alphanumeric()) && {
                let behind = rest[1..].trim_start_matches(['/', 'H', 'h', ' ']);
                behind.starts_with("oz") || behind.starts_with("OZ") || behind.starts_with("Oz")
            }
        }
        '单' | '双' | '半' | '正' | '百' | '千' => true,
        '万' => rest.starts_with("万分之"),
        '零' => rest["零".len()..].starts_with('下'),
        _ => CHINESE_DIGITS.contains(c),
    }
}

/// True where a property's name stands: not inside a Latin word, and one-character Chinese names (`厚`) only beside
/// their number.
fn is_name(text: &str, start: usize, end: usize) -> bool {
    let latin = |c: char| c.is_ascii_alphabetic();
    let alnum = |c: char| c.is_ascii_alphanumeric();
    let name = &text[start..end];
    let (before, after) = (text[..start].chars().next_back(), text[end..].chars().next());
    let digit = |c: char| c.is_ascii_digit();
    if name.starts_with(alnum) && before.is_some_and(alnum)
        || name.ends_with(latin) && after.is_some_and(latin)
        || name.ends_with(digit)
            && (after.is_some_and(|c| digit(c) || c == '*') || is_in_decimal(text, start, end))
    {
        return false;
    }
    let mut chars = name.chars();
    let (Some(only), None) = (chars.next(), chars.next()) else { return true };
    // T≥90%: a letter is a name only before a relation.
    if latin(only) {
        let behind = text[end..].trim_start_matches(' ');
        let bounded = ["min", "max"].iter().any(|w| behind.starts_with(w) && text[end..].starts_with(' '));
        return bounded || behind.starts_with(['≥', '≤', '<', '>', '=', ':']);
    }
    if !is_han(only) {
        return true;
    }
    let rest = text[end..].trim_start_matches([' ', ':', '(']);
    let number_behind = rest.starts_with(|c: char| c.is_ascii_digit() || "≥≤<>=±~.Φ约".contains(c))
        || WORDS.at_start(Role::AtLeast, rest).is_some()
        || WORDS.at_start(Role::AtMost, rest).is_some();
    let unit_before = before.is_some_and(|c| {
        latin(c) || "米内分寸尺丝码厘".contains(c) || (c.is_ascii_digit() && "厚宽高长深".contains(only))
    });
    number_behind || (unit_before && !after.is_some_and(is_han))
}

/// The next place to look at: behind the character, or behind the Latin token that it starts, so that the digits of a
/// model number are no numbers.
fn skip(text: &str, at: usize, next_hit: Option<usize>) -> usize {
    let rest = &text[at..];
    let first = rest.chars().next().map_or(1, char::len_utf8);
    if !rest.starts_with(|c: char| c.is_ascii_alphanumeric()) {
        return at + first;
    }
    let bytes = rest.as_bytes();
    let mut end = 0;
    while let Some(b) = bytes.get(end) {
        let joins =
            matches!(b, b'-' | b'.' | b'_') && bytes.get(end + 1).is_some_and(u8::is_ascii_alphanumeric);
        if !b.is_ascii_alphanumeric() && !joins {
            break;
        }
        end += 1;
    }
    let end = at + end.max(first);
    // A factor chain keeps its first number (`RVV2*1.5`), and so does what is counted in one character (`MPPT4路`).
    let digits = text[at..end].trim_end_matches(|c: char| c.is_ascii_digit());
    let counts = text[end..].starts_with(['*', '路', '层', '芯', '针', '穴']);
    let end = if counts && !digits.is_empty() { at + digits.len() } else { end };
    next_hit.filter(|h| *h > at).map_or(end, |h| h.min(end))
}

/// True for three digits in pointed brackets.
fn is_orientation(text: &str) -> bool {
    let bytes = text.as_bytes();
    bytes.len() >= 5
        && bytes[0] == b'<'
        && bytes[4] == b'>'
        && bytes[1..4].iter().all(|b| matches!(b, b'0'..=b'2'))
}

/// Bytes of the number of a part that begins with digits (24C02, 1N4148, 10D471K, 5D-9), whose digits are no numbers.
fn part_code(text: &str, folded: &str, at: usize) -> Option<usize> {
    if text[..at].ends_with(|c: char| c.is_ascii_alphanumeric() || c == '.') {
        return None;
    }
    let digits = |t: &str| t.bytes().take_while(u8::is_ascii_digit).count();
    let lead = digits(&folded[at..]);
    let middle = &folded[at + lead..];
    let letters = middle.bytes().take_while(u8::is_ascii_alphabetic).count();
    let behind = &middle[letters..];
    let behind = behind.strip_prefix('-').filter(|_| &middle[..letters] == "d").unwrap_or(behind);
    let tail = digits(behind);
    // 4V210-08
    let valve = letters == 1
        && tail >= 3
        && behind[tail..].strip_prefix('-').is_some_and(|b| b.starts_with(|c: char| c.is_ascii_digit()));
    if lead == 1 && valve && text[at + lead..].starts_with(|c: char| c.is_ascii_uppercase()) {
        let joined = |c: char| c.is_ascii_alphanumeric() || c == '-';
        return Some(folded[at..].find(|c| !joined(c)).unwrap_or(folded.len() - at));
    }
    let known = (1..=2).contains(&lead) && tail >= 1 && WORDS.is(Role::CodeMid, &middle[..letters]);
    // 4C16 are cores, 24C02 a part.
    let part = match &middle[..letters] {
        "c" => behind.starts_with('0') && tail >= 2,
        "d" => tail >= 3 || middle[letters..].starts_with('-'),
        _ => tail >= 2,
    };
    let end =
        text.len() - text[at..].len() + lead + letters + (middle[letters..].len() - behind.len()) + tail;
    let rest = folded[end..].bytes().take_while(u8::is_ascii_alphanumeric).count();
    let whole = rest <= 2 && !folded[end..].starts_with('.');
    (known && part && whole && text[at + lead..].starts_with(|c: char| c.is_ascii_uppercase()))
        .then_some(end + rest - at)
}

/// True for properties whose values are words.
pub(super) fn is_worded(kind: PropertyKind) -> bool {
    matches!(kind, PropertyKind::Set | PropertyKind::Grade | PropertyKind::Text)
}
