//! Words of specifications that were not read: what the cluster's own `words.csv` may say once (see `data/README.md`).

use crate::{Act, Actor, App, Result};
use model::fold::fold_key;
use model::visibility::Noun;
use serde::Serialize;
use std::collections::BTreeMap;

/// A word that stands in specifications and was not read.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct UnreadWord {
    /// The word as it was first met: what stands before the number or the colon, else the whole clause.
    pub word: String,
    /// Open needs and offers that have it.
    pub records: usize,
    /// A clause with it, as written.
    pub clause: String,
    /// Whether the record of that clause is a need or an offer.
    pub noun: Noun,
    /// Row id of that record.
    pub id: i64,
    /// Its title.
    pub title: String,
}

/// Longest word that is worth a row: what is longer is a sentence.
const WORD_CHARS_MAX: usize = 24;

/// The word of a clause; none where there is no letter, or it is a sentence.
fn word_of(clause: &str) -> Option<&str> {
    let ends = |c: char| c.is_ascii_digit() || "：:=＝≥≤><＞＜±(（≦≧~～约".contains(c);
    let head = clause.split(ends).next().unwrap_or_default().trim();
    let word = if head.chars().any(char::is_alphabetic) { head } else { clause.trim() };
    let length = word.chars().count();
    ((2..=WORD_CHARS_MAX).contains(&length) && word.chars().any(char::is_alphabetic)).then_some(word)
}

#[boxed::futures]
impl App {
    /// The words of open needs' and offers' specifications that were not read, the most frequent first; only of records whose
    /// specifications the actor may see.
    ///
    /// # Errors
    /// Storage errors.
    pub async fn unread_words(&self, actor: &Actor) -> Result<Vec<UnreadWord>> {
        actor.need(Act::UnreadWords)?;
        let (market, today) = (self.market().await?, self.today());
        let viewer = market.viewer(actor);
        let mut found: BTreeMap<String, UnreadWord> = BTreeMap::new();
        let mut count = |noun: Noun, id: i64, title: &str, unread: &[String]| {
            let mut own = Vec::new();
            for clause in unread {
                let Some(word) = word_of(clause) else { continue };
                let key = fold_key(word);
                if own.contains(&key) {
                    continue;
                }
                let entry = found.entry(key.clone()).or_insert_with(|| UnreadWord {
                    word: word.to_owned(),
                    records: 0,
                    clause: clause.clone(),
                    noun,
                    id,
                    title: title.to_owned(),
                });
                entry.records += 1;
                own.push(key);
            }
        };
        for (id, need) in market.open(&market.needs, &viewer, today) {
            count(Noun::Need, id, &need.title, &need.unread);
        }
        for (id, offer) in market.open(&market.offers, &viewer, today) {
            count(Noun::Offer, id, &offer.title, &offer.unread);
        }
        let mut words: Vec<UnreadWord> = found.into_values().collect();
        words.sort_by(|a, b| b.records.cmp(&a.records).then_with(|| a.word.cmp(&b.word)));
        Ok(words)
    }
}

#[cfg(test)]
mod tests {
    use super::word_of;

    #[test]
    fn the_word_stands_before_the_number() {
        for (clause, word) in [
            ("咬合劲 ≥12N", Some("咬合劲")),
            ("手感：偏软", Some("手感")),
            ("3次抛光", Some("3次抛光")),
            ("耐候", Some("耐候")),
            ("12.5", None),
            ("厚", None),
            ("请按双方去年签订的技术协议和图纸的要求执行并在出货前封样确认", None),
        ] {
            assert_eq!(word_of(clause), word, "{clause}");
        }
    }
}
