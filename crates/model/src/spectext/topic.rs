//! What a text speaks of (`data/spec_topics.csv`): a connector's 间距 is no screen's, and the foil in a board no roll of it.

use super::words::bounded;
use crate::property::{PropertyId, PropertyTable, fold};
use aho_corasick::AhoCorasick;
use std::collections::HashSet;
use std::sync::LazyLock;

/// Letters that a word has at least that is told from digits beside it (12AWG, but not PH6).
const LETTERS_MIN: usize = 3;

/// One row of the table.
#[derive(Debug, Default)]
struct Row {
    /// Words in which the words of other topics do not count.
    hiding: HashSet<String>,
    named: Vec<PropertyId>,
    bare: Vec<Bare>,
}

/// What numbers without a name are, and from which to which value in the property's unit: a sheet is not metres thick.
#[derive(Debug)]
struct Bare {
    id: PropertyId,
    least: f64,
    most: f64,
}

impl Bare {
    /// Reads `thickness`, `thickness<60` or `temperature_resistance>50<400`.
    fn parse(text: &str) -> Self {
        let (text, most) =
            text.split_once('<').map_or((text, None), |(text, most)| (text, most.parse().ok()));
        let (id, least) = text.split_once('>').map_or((text, None), |(id, least)| (id, least.parse().ok()));
        Self {
            id: PropertyId(id.to_owned()),
            least: least.unwrap_or(f64::NEG_INFINITY),
            most: most.unwrap_or(f64::INFINITY),
        }
    }
}

/// The topics, with an automaton over their words.
#[derive(Debug)]
struct Topics {
    rows: Vec<Row>,
    automaton: AhoCorasick,
    row_of_word: Vec<usize>,
    /// True for rows without words, which every text tells.
    always: Vec<bool>,
}

static TOPICS: LazyLock<Topics> =
    LazyLock::new(|| Topics::parse(include_str!("../../../../data/spec_topics.csv")));

impl Topics {
    /// Reads `topic,words,named,bare`, lists parted by `|`; a word with a leading `!` hides the words of other topics in it.
    fn parse(text: &str) -> Self {
        let ids = |cell: &str| -> Vec<PropertyId> {
            cell.split('|').filter(|id| !id.is_empty()).map(|id| PropertyId(id.to_owned())).collect()
        };
        let (mut rows, mut words, mut row_of_word) = (Vec::new(), Vec::new(), Vec::new());
        let mut always = Vec::new();
        for line in text.lines().skip(1) {
            let cells: Vec<&str> = line.split(',').collect();
            let [_, list, named, bare] = cells.as_slice() else { continue };
            always.push(list.is_empty());
            let mut hiding = HashSet::new();
            for listed in list.split('|').filter(|w| !w.is_empty()) {
                let word = fold(listed.trim_start_matches('!'));
                if listed.starts_with('!') {
                    hiding.insert(word.clone());
                }
                words.push(word);
                row_of_word.push(rows.len());
            }
            let bare = bare.split('|').filter(|b| !b.is_empty()).map(Bare::parse).collect();
            rows.push(Row { hiding, named: ids(named), bare });
        }
        let automaton = AhoCorasick::new(&words).expect("the topics have a few hundred short words");
        Self { rows, automaton, row_of_word, always }
    }
}

/// True for a word that is not part of another one; digits may touch a longer Latin word.
fn stands(folded: &str, start: usize, end: usize) -> bool {
    let word = &folded[start..end];
    let long = word.len() >= LETTERS_MIN && word.bytes().all(|b| b.is_ascii_alphabetic());
    let letter = |c: Option<char>| c.is_some_and(|c| c.is_ascii_alphabetic());
    let free = || !letter(folded[..start].chars().next_back()) && !letter(folded[end..].chars().next());
    bounded(folded, start, end) || (long && free())
}

/// What a text speaks of, as places of properties.
#[derive(Debug, Default)]
pub(super) struct Topic {
    /// What a name of several properties means here.
    pub named: Vec<u16>,
    /// What numbers without a name are here, by their units; of several that fit the first is meant.
    pub bare: Vec<u16>,
    /// What a name of several properties means where nothing else tells it.
    pub fallback: Vec<u16>,
    /// From which to which value in the property's unit.
    bounds: Vec<(u16, f64, f64)>,
    /// Where the words end that told what numbers without a name are (`亚克力板` of `亚克力板5mm`).
    heads: HashSet<usize>,
}

impl Topic {
    /// The topics of a folded text in normal form.
    pub fn of(folded: &str, properties: &PropertyTable) -> Self {
        let mut told = TOPICS.always.clone();
        let mut heads = HashSet::new();
        let found: Vec<(usize, usize, usize)> = (TOPICS.automaton.find_overlapping_iter(folded))
            .map(|m| (TOPICS.row_of_word[m.pattern().as_usize()], m.start(), m.end()))
            .filter(|(_, start, end)| stands(folded, *start, *end))
            .collect();
        for &(row, start, end) in &found {
            // FPC座 is a plug, and speaks of no board.
            let hidden = |o: &(usize, usize, usize)| {
                o.0 != row
                    && o.1 <= start
                    && end <= o.2
                    && TOPICS.rows[o.0].hiding.contains(&folded[o.1..o.2])
            };
            if !found.iter().any(hidden) {
                told[row] = true;
                if !TOPICS.rows[row].bare.is_empty() {
                    heads.insert(end);
                }
            }
        }
        let mut out = Self { heads, ..Self::default() };
        let places =
            |ids: &[PropertyId]| -> Vec<u16> { ids.iter().filter_map(|id| properties.index(id)).collect() };
        for (at, row) in TOPICS.rows.iter().enumerate().filter(|(at, _)| told[*at]) {
            let named = if TOPICS.always[at] { &mut out.fallback } else { &mut out.named };
            named.extend(places(&row.named));
            for bare in &row.bare {
                let Some(place) = properties.index(&bare.id) else { continue };
                if !out.bare.contains(&place) {
                    out.bare.push(place);
                    out.bounds.push((place, bare.least, bare.most));
                }
            }
        }
        out
    }

    /// True where the words that told the topic end: what stands directly behind them is of the thing.
    pub fn is_head(&self, end: usize) -> bool {
        self.heads.contains(&end)
    }

    /// The smallest and the largest value that a number without a name can be of a property, in that property's unit.
    pub fn bounds(&self, property: u16) -> Option<(f64, f64)> {
        self.bounds.iter().find(|b| b.0 == property).map(|b| (b.1, b.2))
    }

    /// True for a property that an ambiguous name or value does not mean here: that of a topic which the text does not speak of.
    pub fn is_foreign(&self, property: u16, properties: &PropertyTable) -> bool {
        let id = &properties.at(property).id;
        !self.named.contains(&property)
            && TOPICS.rows.iter().zip(&TOPICS.always).any(|(row, always)| !always && row.named.contains(id))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::reference::Reference;

    #[test]
    fn topics_name_known_properties() {
        let properties = &Reference::builtin().properties;
        assert!(TOPICS.rows.len() > 5);
        let ids = |row: &'static Row| row.named.iter().chain(row.bare.iter().map(|b| &b.id));
        for id in TOPICS.rows.iter().flat_map(ids) {
            assert!(properties.get(id).is_some(), "no property {id}");
        }
    }

    #[test]
    fn a_text_tells_its_topic() {
        let properties = &Reference::builtin().properties;
        let index = |id: &str| properties.index(&PropertyId(id.to_owned())).unwrap();
        let plugs = Topic::of("翻盖下接插座 0.5mm间距", properties);
        assert!(plugs.named.contains(&index("pin_pitch")));
        assert!(plugs.is_foreign(index("pixel_pitch"), properties));
        // A word does not begin in the middle of another one.
        assert!(!Topic::of("misled", properties).named.contains(&index("cri")));
    }
}
