//! What a text speaks of (`data/spec_topics.csv`): a connector's 间距 is no screen's, and the foil in a board no roll of it.

use super::words::bounded;
use crate::property::{PropertyId, PropertyTable, fold};
use aho_corasick::AhoCorasick;
use std::sync::LazyLock;

/// One row of the table.
#[derive(Debug, Default)]
struct Row {
    named: Vec<PropertyId>,
    bare: Vec<PropertyId>,
}

/// The topics, with an automaton over their words.
#[derive(Debug)]
struct Topics {
    rows: Vec<Row>,
    automaton: AhoCorasick,
    row_of_word: Vec<usize>,
}

static TOPICS: LazyLock<Topics> =
    LazyLock::new(|| Topics::parse(include_str!("../../../../data/spec_topics.csv")));

impl Topics {
    /// Reads `topic,words,named,bare`, lists parted by `|`.
    fn parse(text: &str) -> Self {
        let ids = |cell: &str| -> Vec<PropertyId> {
            cell.split('|').filter(|id| !id.is_empty()).map(|id| PropertyId(id.to_owned())).collect()
        };
        let (mut rows, mut words, mut row_of_word) = (Vec::new(), Vec::new(), Vec::new());
        for line in text.lines().skip(1) {
            let cells: Vec<&str> = line.split(',').collect();
            let [_, list, named, bare] = cells.as_slice() else { continue };
            for word in list.split('|').map(fold).filter(|w| !w.is_empty()) {
                words.push(word);
                row_of_word.push(rows.len());
            }
            rows.push(Row { named: ids(named), bare: ids(bare) });
        }
        let automaton = AhoCorasick::new(&words).expect("the topics have a few hundred short words");
        Self { rows, automaton, row_of_word }
    }
}

/// What a text speaks of, as places of properties.
#[derive(Debug, Default)]
pub(super) struct Topic {
    /// What a name of several properties means here.
    pub named: Vec<u16>,
    /// What numbers without a name are here, by their units.
    pub bare: Vec<u16>,
}

impl Topic {
    /// The topics of a folded text in normal form.
    pub fn of(folded: &str, properties: &PropertyTable) -> Self {
        let mut told = vec![false; TOPICS.rows.len()];
        for found in TOPICS.automaton.find_overlapping_iter(folded) {
            told[TOPICS.row_of_word[found.pattern().as_usize()]] |=
                bounded(folded, found.start(), found.end());
        }
        let mut out = Self::default();
        let places =
            |ids: &[PropertyId]| -> Vec<u16> { ids.iter().filter_map(|id| properties.index(id)).collect() };
        for (row, _) in TOPICS.rows.iter().zip(told).filter(|(_, told)| *told) {
            out.named.extend(places(&row.named));
            out.bare.extend(places(&row.bare));
        }
        out
    }

    /// True for a property that an ambiguous name or value does not mean here: that of a topic which the text does not speak of.
    pub fn is_foreign(&self, property: u16, properties: &PropertyTable) -> bool {
        let id = &properties.at(property).id;
        !self.named.contains(&property) && TOPICS.rows.iter().any(|row| row.named.contains(id))
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
        for id in TOPICS.rows.iter().flat_map(|r| r.named.iter().chain(&r.bare)) {
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
