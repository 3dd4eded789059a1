//! Which enterprise a row belongs to.

use model::enterprise::{Contact, Enterprise};
use model::fold::fold_name;
use model::uscc::Uscc;
use model::visibility::Visibility;
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
    /// Registered names; the first that came is meant.
    by_name: HashMap<String, usize>,
    /// Short and other names: of several enterprises none is meant.
    by_alias: HashMap<String, BTreeSet<usize>>,
    keys: HashMap<String, usize>,
    stored: usize,
    touched: BTreeSet<usize>,
}

/// What a person should hear about a row that was taken.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Taken {
    /// Stored name and new name, where the row renames a stored enterprise.
    pub renamed: Option<(String, String)>,
    /// Stored level, where the row opens it.
    pub opened_from: Option<Visibility>,
}

/// The enterprise that a row belongs to.
#[derive(Debug, PartialEq, Eq)]
pub struct Owned {
    /// Its key.
    pub key: String,
    /// Its name, where the row gives its code but another name.
    pub other_name: Option<String>,
    /// True where nobody knew it before this row.
    pub is_new: bool,
}

impl Enterprises {
    /// Begins with what the store holds.
    pub fn new(stored: impl Iterator<Item = Enterprise>) -> Self {
        let mut known = Self {
            all: Vec::new(),
            by_uscc: HashMap::new(),
            by_name: HashMap::new(),
            by_alias: HashMap::new(),
            keys: HashMap::new(),
            stored: 0,
            touched: BTreeSet::new(),
        };
        for enterprise in stored {
            known.push(enterprise);
        }
        known.stored = known.all.len();
        known
    }

    fn push(&mut self, mut enterprise: Enterprise) -> usize {
        let index = self.all.len();
        // The name of a renamed enterprise may come back as another one's, while its key stays with the first.
        let base = enterprise.key.clone();
        let mut count = 1u64;
        while self.keys.contains_key(&enterprise.key) {
            count += 1;
            enterprise.key = format!("{base} {count}");
        }
        self.keys.insert(enterprise.key.clone(), index);
        self.index(&enterprise, index);
        self.all.push(enterprise);
        index
    }

    fn index(&mut self, enterprise: &Enterprise, index: usize) {
        if let Some(code) = &enterprise.uscc {
            self.by_uscc.insert(code.clone(), index);
        }
        let name = fold_name(&enterprise.name);
        // A name that its enterprise has given up is free for another one.
        let current = |i: &usize| self.all.get(*i).is_some_and(|e| fold_name(&e.name) == name);
        if !name.is_empty() && !self.by_name.get(&name).is_some_and(current) {
            self.by_name.insert(name, index);
        }
        for alias in std::iter::once(&enterprise.short_name).chain(&enterprise.other_names) {
            let alias = fold_name(alias);
            if !alias.is_empty() {
                self.by_alias.entry(alias).or_default().insert(index);
            }
        }
    }

    /// The enterprise with this code, or with this name and no other code. A name alone is taken for the same enterprise:
    /// a registered name stands once in its registry; a short or former name only where no other enterprise has it.
    /// Names that are only alike are proposed as duplicates, never joined.
    fn find(&self, uscc: Option<&Uscc>, name: &str) -> Option<usize> {
        if let Some(&index) = uscc.and_then(|code| self.by_uscc.get(code)) {
            return Some(self.surviving(index));
        }
        let folded = fold_name(name);
        let by_alias = || {
            let indices: BTreeSet<usize> =
                self.by_alias.get(&folded)?.iter().map(|&index| self.surviving(index)).collect();
            if indices.len() == 1 { indices.first().copied() } else { None }
        };
        let named = self.by_name.get(&folded).copied();
        // The enterprise that has moved on to another name is still found by its former one.
        let named = named.filter(|&i| fold_name(&self.all[i].name) == folded);
        let index = named.map(|index| self.surviving(index)).or_else(by_alias)?;
        match (uscc, &self.all[index].uscc) {
            (Some(asked), Some(known)) if asked != known => None,
            _ => Some(index),
        }
    }

    /// Where a record was merged: the one that speaks for it now.
    fn surviving(&self, mut index: usize) -> usize {
        // A chain of merges ends: each survivor had not been merged when it took the other in. Counted all the same.
        for _ in 0..self.all.len() {
            let into = self.all[index].merged_into.as_ref().and_then(|key| self.keys.get(key));
            match into {
                Some(&into) => index = into,
                None => break,
            }
        }
        index
    }

    /// Takes a row of an enterprise sheet: cells that it fills replace what is known, cells that it leaves empty do not.
    pub fn take(&mut self, draft: Enterprise, visibility_given: bool) -> Taken {
        let mut taken = Taken::default();
        match self.find(draft.uscc.as_ref(), &draft.name) {
            Some(index) => {
                let known = self.all[index].clone();
                let (name, level) = (known.name.clone(), known.visibility);
                let merged = merge(known, draft, visibility_given);
                if index < self.stored {
                    taken.renamed = (merged.name != name).then(|| (name, merged.name.clone()));
                    taken.opened_from = (merged.visibility < level).then_some(level);
                }
                self.index(&merged, index);
                self.all[index] = merged;
                self.touched.insert(index);
            }
            None => {
                let mut draft = draft;
                draft.key = Enterprise::key_of(draft.uscc.as_ref(), &draft.name);
                let index = self.push(draft);
                self.touched.insert(index);
            }
        }
        taken
    }

    /// The key of the enterprise that owns a row; one that is not known yet is made from what the row says. A row fills
    /// what is not known, and changes nothing that is.
    ///
    /// `None` for a row that gives only a code, and one that nobody knows: an enterprise has a name.
    pub fn owner(&mut self, owner: &Owner) -> Option<Owned> {
        let found = self.find(owner.uscc.as_ref(), &owner.name);
        let index = match found {
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
        let other_name =
            (!owner.name.is_empty() && !known_by(known, &owner.name)).then(|| known.name.clone());
        if changed {
            let known = known.clone();
            self.index(&known, index);
        }
        self.touched.insert(index);
        Some(Owned { key, other_name, is_new: found.is_none() })
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

/// True for a name that the enterprise has or had.
fn known_by(known: &Enterprise, name: &str) -> bool {
    let name = fold_name(name);
    [&known.name, &known.short_name].into_iter().chain(&known.other_names).any(|n| fold_name(n) == name)
}

/// What is known with a new row laid over it.
fn merge(known: Enterprise, draft: Enterprise, visibility_given: bool) -> Enterprise {
    let text = |new: String, old: String| if new.is_empty() { old } else { new };
    // Another name under the same code is a new name, unless it is one that the enterprise is known by already.
    let renamed = !known_by(&known, &draft.name);
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
        visibility: if visibility_given { draft.visibility } else { known.visibility },
        merged_into: known.merged_into,
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
        let key = known.owner(&Owner { name: "某某光电有限公司".into(), ..Owner::default() }).unwrap().key;
        let nobody = Owner { uscc: Some(code("91360826MA000009")), ..Owner::default() };
        assert_eq!(known.owner(&nobody), None, "a code alone makes no enterprise");
        known.take(Enterprise::new(Some(code("91360826MA000000")), "某某光电 有限公司"), false);
        let all = known.into_touched();
        assert_eq!(all.len(), 1);
        assert_eq!((all[0].key.as_str(), all[0].uscc.is_some()), (key.as_str(), true));
    }

    #[test]
    fn the_same_name_with_another_code_is_another_enterprise() {
        let mut known = Enterprises::new(std::iter::empty());
        known.take(Enterprise::new(Some(code("91360826MA000000")), "某某光电有限公司"), false);
        known.take(Enterprise::new(Some(code("91360826MA000001")), "某某光电有限公司"), false);
        assert_eq!(known.all().len(), 2);
    }

    #[test]
    fn empty_cells_erase_nothing_and_a_new_name_keeps_the_old() {
        let mut known = Enterprises::new(std::iter::empty());
        let mut first = Enterprise::new(Some(code("91360826MA000000")), "旧名有限公司");
        first.address = "工业园1号".into();
        known.take(first, false);
        known.take(Enterprise::new(Some(code("91360826MA000000")), "新名有限公司"), false);
        let all = known.into_touched();
        assert_eq!(all[0].address, "工业园1号");
        assert_eq!(
            (all[0].name.as_str(), all[0].other_names.as_slice()),
            ("新名有限公司", &["旧名有限公司".to_owned()][..])
        );
    }

    /// A row with a name of a record that was merged lands on the one that speaks for it, also through a chain of merges; one with
    /// another code is another enterprise.
    #[test]
    fn a_merged_record_is_its_survivor() {
        let keep = Enterprise::new(Some(code("91360826MA000000")), "泰和鑫源电子有限公司");
        let merged = |name: &str, into: &str| Enterprise {
            merged_into: Some(into.to_owned()),
            ..Enterprise::new(None, name)
        };
        let one = merged("鑫源电子", &keep.key);
        let two = merged("鑫源电子厂", &one.key);
        let mut known = Enterprises::new([one, two, keep.clone()].into_iter());
        for name in ["鑫源电子", "鑫源电子厂", "泰和鑫源电子有限公司"] {
            let row = Owner { name: name.into(), ..Owner::default() };
            assert_eq!(known.owner(&row).unwrap().key, keep.key, "{name}");
            known.take(Enterprise::new(None, name), false);
        }
        let other =
            Owner { uscc: Some(code("91360826MA000001")), name: "鑫源电子".into(), ..Owner::default() };
        assert_ne!(known.owner(&other).unwrap().key, keep.key);
        assert_eq!(known.into_touched().iter().filter(|e| e.key == keep.key).count(), 1);
    }

    #[test]
    fn a_level_stays_until_another_is_given() {
        let mut closed = Enterprise::new(Some(code("91360826MA000000")), "某某光电有限公司");
        closed.visibility = Visibility::Secretariat;
        let row = closed.clone();
        let mut known = Enterprises::new(std::iter::once(closed));
        let again = Enterprise { visibility: Visibility::Public, ..row };
        assert_eq!(known.take(again.clone(), false), Taken::default());
        assert_eq!(known.all()[0].visibility, Visibility::Secretariat);
        assert_eq!(known.take(again, true).opened_from, Some(Visibility::Secretariat));
        assert_eq!(known.all()[0].visibility, Visibility::Public);
    }

    #[test]
    fn a_short_name_of_two_enterprises_means_neither() {
        let firm = |first: &str, name: &str| Enterprise {
            short_name: "鑫源".into(),
            ..Enterprise::new(Some(code(first)), name)
        };
        let one = firm("91360826MA000000", "泰和鑫源电子有限公司");
        let two = firm("91360826MA000001", "万安鑫源光电有限公司");
        let row = Owner { name: "鑫源".into(), ..Owner::default() };
        let mut single = Enterprises::new(std::iter::once(one.clone()));
        assert_eq!(single.owner(&row).unwrap().key, one.key);
        let mut both = Enterprises::new([one, two].into_iter());
        assert_eq!(both.owner(&row).unwrap().key, "name:鑫源");
    }

    #[test]
    fn a_name_given_up_comes_back_under_another_key() {
        let mut first = Enterprise::new(None, "鑫源电子有限公司");
        first.name = "泰和鑫源电子有限公司".into();
        first.other_names = vec!["鑫源电子有限公司".into()];
        let mut second = Enterprise::new(Some(code("91360826MA000000")), "万安光电有限公司");
        second.other_names = vec!["鑫源电子有限公司".into()];
        let mut known = Enterprises::new([first, second].into_iter());
        let row = Owner { name: "鑫源电子有限公司".into(), ..Owner::default() };
        assert_eq!(known.owner(&row).unwrap().key, "name:鑫源电子有限公司 2");
        assert_eq!(known.owner(&row).unwrap().key, "name:鑫源电子有限公司 2", "the same one again");
    }
}
