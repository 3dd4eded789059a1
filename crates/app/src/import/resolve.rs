//! Which enterprise a row belongs to, and which record it is.

use model::enterprise::{Contact, Enterprise};
use model::fold::{fold_key, fold_name};
use model::uscc::Uscc;
use std::collections::{BTreeSet, HashMap};

/// What a need or offer says of the enterprise that it belongs to.
#[derive(Debug, Clone, Default)]
pub struct Owner {
    /// Name as given.
    pub name: String,
    /// Code, if the row has one.
    pub uscc: Option<Uscc>,
    /// Region code, if the row has one.
    pub region: Option<String>,
    /// Park code, if the row has one.
    pub park: Option<String>,
    /// Chain group, if the row has one.
    pub group: String,
    /// Person to call.
    pub contact: Contact,
    /// True where the row says that it is invented.
    pub fictional: bool,
}

/// The enterprises known: those of the store and those of the batch.
pub struct Enterprises {
    all: Vec<Enterprise>,
    by_uscc: HashMap<Uscc, usize>,
    by_name: HashMap<String, usize>,
    touched: BTreeSet<usize>,
}

impl Enterprises {
    /// Begins with what the store holds.
    pub fn new(stored: impl Iterator<Item = Enterprise>) -> Self {
        let mut known = Self {
            all: Vec::new(),
            by_uscc: HashMap::new(),
            by_name: HashMap::new(),
            touched: BTreeSet::new(),
        };
        for enterprise in stored {
            known.push(enterprise);
        }
        known
    }

    fn push(&mut self, enterprise: Enterprise) -> usize {
        let index = self.all.len();
        self.index(&enterprise, index);
        self.all.push(enterprise);
        index
    }

    fn index(&mut self, enterprise: &Enterprise, index: usize) {
        if let Some(code) = &enterprise.uscc {
            self.by_uscc.insert(code.clone(), index);
        }
        for name in [&enterprise.name, &enterprise.short_name].into_iter().chain(&enterprise.other_names) {
            let name = fold_name(name);
            if !name.is_empty() {
                self.by_name.entry(name).or_insert(index);
            }
        }
    }

    /// The enterprise with this code, or with this name and no other code. A name alone is taken for the same enterprise:
    /// a registered name stands once in its registry; names that are only alike are proposed as duplicates, never joined.
    fn find(&self, uscc: Option<&Uscc>, name: &str) -> Option<usize> {
        if let Some(&index) = uscc.and_then(|code| self.by_uscc.get(code)) {
            return Some(index);
        }
        let &index = self.by_name.get(&fold_name(name))?;
        match (uscc, &self.all[index].uscc) {
            (Some(asked), Some(known)) if asked != known => None,
            _ => Some(index),
        }
    }

    /// Takes a row of an enterprise sheet: cells that it fills replace what is known, cells that it leaves empty do not.
    pub fn take(&mut self, draft: Enterprise) {
        match self.find(draft.uscc.as_ref(), &draft.name) {
            Some(index) => {
                let merged = merge(self.all[index].clone(), draft);
                self.index(&merged, index);
                if merged != self.all[index] {
                    self.all[index] = merged;
                }
                self.touched.insert(index);
            }
            None => {
                let mut draft = draft;
                draft.key = Enterprise::key_of(draft.uscc.as_ref(), &draft.name);
                let index = self.push(draft);
                self.touched.insert(index);
            }
        }
    }

    /// The key of the enterprise that owns a row; one that is not known yet is made from what the row says. A row fills
    /// what is not known, and changes nothing that is.
    ///
    /// `None` for a row that gives only a code, and one that nobody knows: an enterprise has a name.
    pub fn owner(&mut self, owner: &Owner) -> Option<String> {
        let index = match self.find(owner.uscc.as_ref(), &owner.name) {
            Some(index) => index,
            None if owner.name.is_empty() => return None,
            None => self.push(Enterprise::new(owner.uscc.clone(), &owner.name)),
        };
        let known = &mut self.all[index];
        let before = known.clone();
        if known.uscc.is_none() && owner.uscc.is_some() {
            known.uscc.clone_from(&owner.uscc);
        }
        if known.region.is_none() {
            known.region.clone_from(&owner.region);
        }
        if known.park.is_none() {
            known.park.clone_from(&owner.park);
        }
        if known.group.is_empty() {
            known.group.clone_from(&owner.group);
        }
        if known.contact == Contact::default() {
            known.contact.clone_from(&owner.contact);
        }
        known.fictional |= owner.fictional;
        let (key, changed) = (known.key.clone(), *known != before);
        if changed {
            let known = known.clone();
            self.index(&known, index);
        }
        self.touched.insert(index);
        Some(key)
    }

    /// All enterprises known.
    pub fn all(&self) -> &[Enterprise] {
        &self.all
    }

    /// Those that the batch speaks of, by key.
    pub fn into_touched(self) -> Vec<Enterprise> {
        let mut touched: Vec<Enterprise> = self.touched.iter().map(|&i| self.all[i].clone()).collect();
        touched.sort_by(|a, b| a.key.cmp(&b.key));
        touched
    }
}

/// What is known with a new row laid over it.
fn merge(known: Enterprise, draft: Enterprise) -> Enterprise {
    let text = |new: String, old: String| if new.is_empty() { old } else { new };
    // Another name under the same code is a new name, unless it is one that the enterprise is known by already.
    let known_by = |name: &str| {
        [&known.name, &known.short_name]
            .into_iter()
            .chain(&known.other_names)
            .any(|n| fold_name(n) == fold_name(name))
    };
    let renamed = !known_by(&draft.name);
    let name = if renamed { draft.name } else { known.name.clone() };
    let mut other_names = known.other_names;
    if renamed {
        other_names.push(known.name);
    }
    other_names.extend(draft.other_names.into_iter().filter(|n| !n.is_empty()));
    other_names.sort();
    other_names.dedup();
    other_names.retain(|n| *n != name);
    Enterprise {
        key: known.key,
        uscc: draft.uscc.or(known.uscc),
        name,
        short_name: text(draft.short_name, known.short_name),
        other_names,
        region: draft.region.or(known.region),
        park: draft.park.or(known.park),
        address: text(draft.address, known.address),
        point: draft.point.or(known.point),
        industry: draft.industry.or(known.industry),
        group: text(draft.group, known.group),
        products: text(draft.products, known.products),
        employees: draft.employees.or(known.employees),
        revenue_fen: draft.revenue_fen.or(known.revenue_fen),
        contact: Contact {
            name: text(draft.contact.name, known.contact.name),
            position: text(draft.contact.position, known.contact.position),
            phone: text(draft.contact.phone, known.contact.phone),
        },
        note: text(draft.note, known.note),
        fictional: draft.fictional || known.fictional,
        visibility: known.visibility.max(draft.visibility),
    }
}

/// Gives rows their stable keys: enterprise, then the row's own number, or its title with a count among equals. So a row
/// that comes again with another specification is a new version of itself.
#[derive(Default)]
pub struct Keys {
    counts: HashMap<String, u32>,
    seen: HashMap<String, BTreeSet<String>>,
}

impl Keys {
    /// The key of a row, or `None` where the batch has held the very same row before. `content` is the row's content
    /// without number, key and place.
    pub fn give(&mut self, enterprise: &str, number: &str, title: &str, content: String) -> Option<String> {
        // A running number says where a row stands, not what it is.
        let own_number = number.chars().any(|c| !c.is_ascii_digit() && c != '.').then(|| fold_key(number));
        let base = format!("{enterprise}/{}", own_number.unwrap_or_else(|| fold_key(title)));
        if !self.seen.entry(base.clone()).or_default().insert(content) {
            return None;
        }
        let count = self.counts.entry(base.clone()).or_insert(0);
        *count += 1;
        Some(if *count == 1 { base } else { format!("{base}#{count}") })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn code(first_16: &str) -> Uscc {
        Uscc::complete(first_16).unwrap()
    }

    #[test]
    fn a_code_learnt_later_keeps_the_key() {
        let mut known = Enterprises::new(std::iter::empty());
        let key = known.owner(&Owner { name: "某某光电有限公司".into(), ..Owner::default() }).unwrap();
        let nobody = Owner { uscc: Some(code("91360826MA000009")), ..Owner::default() };
        assert_eq!(known.owner(&nobody), None, "a code alone makes no enterprise");
        known.take(Enterprise::new(Some(code("91360826MA000000")), "某某光电 有限公司"));
        let all = known.into_touched();
        assert_eq!(all.len(), 1);
        assert_eq!((all[0].key.as_str(), all[0].uscc.is_some()), (key.as_str(), true));
    }

    #[test]
    fn the_same_name_with_another_code_is_another_enterprise() {
        let mut known = Enterprises::new(std::iter::empty());
        known.take(Enterprise::new(Some(code("91360826MA000000")), "某某光电有限公司"));
        known.take(Enterprise::new(Some(code("91360826MA000001")), "某某光电有限公司"));
        assert_eq!(known.all().len(), 2);
    }

    #[test]
    fn empty_cells_erase_nothing_and_a_new_name_keeps_the_old() {
        let mut known = Enterprises::new(std::iter::empty());
        let mut first = Enterprise::new(Some(code("91360826MA000000")), "旧名有限公司");
        first.address = "工业园1号".into();
        known.take(first);
        known.take(Enterprise::new(Some(code("91360826MA000000")), "新名有限公司"));
        let all = known.into_touched();
        assert_eq!(all[0].address, "工业园1号");
        assert_eq!(
            (all[0].name.as_str(), all[0].other_names.as_slice()),
            ("新名有限公司", &["旧名有限公司".to_owned()][..])
        );
    }

    #[test]
    fn rows_get_stable_keys() {
        let mut keys = Keys::default();
        let mut give =
            |number: &str, title: &str, content: &str| keys.give("e", number, title, content.to_owned());
        assert_eq!(give("1", "面 罩", "a").as_deref(), Some("e/面罩"));
        assert_eq!(give("2", "面罩", "b").as_deref(), Some("e/面罩#2"));
        assert_eq!(give("3", "面罩", "a"), None, "the same row twice");
        assert_eq!(give("XQ-07", "面罩", "c").as_deref(), Some("e/xq-07"));
    }
}
