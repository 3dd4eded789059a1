//! All records in memory as of the newest change, with what finding them needs.
//!
//! Every call looks at the store's newest moment, which costs one small question, and takes over what changed since. Nothing here is ever older than
//! the call that uses it.

use super::search::unhyphened;
use super::words::shown;
use crate::{Actor, App, Result, Role, access, place};
use jiff::civil::Date;
use market::Options;
use market::node::Recogniser;
use model::chain::NodeId;
use model::enterprise::{Contact, Enterprise};
use model::fold::fold_key;
use model::language::Language;
use model::list::{ListState, NeedState, Review};
use model::markets::MarketKey;
use model::need::Need;
use model::offer::Offer;
use model::reference::Reference;
use model::visibility::{Noun, Visibility};
use std::collections::{BTreeMap, HashMap, HashSet};
use std::sync::{Arc, LazyLock, Mutex, OnceLock, PoisonError};
use store::{Changes, Introduction, IntroductionState, ListHead, Moment, Status, Stored, StoredEvidence};

/// Whether a record stands on a day.
pub fn status<T: Listed>(held: &Held<T>, today: Date) -> super::RecordStatus {
    match (held.status, held.value.until()) {
        (Status::Closed, _) => super::RecordStatus::Closed,
        (Status::Open, Some(until)) if until < today => super::RecordStatus::Expired,
        (Status::Open, _) => super::RecordStatus::Open,
    }
}

/// A record with what finding it needs.
#[derive(Debug, Clone)]
pub struct Held<T> {
    /// Row id.
    pub id: i64,
    /// Version.
    pub version: i64,
    /// Whether it still stands.
    pub status: Status,
    /// When it last changed.
    pub updated_ms: i64,
    /// Row id of the enterprise; its own for an enterprise.
    pub owner: i64,
    /// The folded title or name, and the level that it may be seen from.
    pub title: (Visibility, String),
    /// Levels of the fields by which records are filtered: the chain node (of an enterprise the region), the chain group.
    pub filters: (Visibility, Visibility),
    /// Further folded words by the level that they may be seen from: a search finds nothing in what its searcher may not read.
    pub words: Vec<(Visibility, String)>,
    /// The record.
    pub value: T,
}

/// What the market's three nouns have in common here.
pub trait Listed: Sized {
    /// Which noun.
    const NOUN: Noun;
    /// The row's own level.
    fn row(&self) -> Visibility;
    /// Key of the enterprise.
    fn enterprise(&self) -> &str;
    /// Natural key.
    fn key(&self) -> &str;
    /// Name or title.
    fn title(&self) -> &str;
    /// Field that must be seen for the record to exist for a viewer.
    const TITLE: &'static str;
    /// Chain node.
    fn node(&self) -> Option<&NodeId>;
    /// The market that it belongs to; enterprises belong to all.
    fn market(&self) -> &MarketKey;
    /// Last day on which it stands.
    fn until(&self) -> Option<Date>;
    /// Key of the record that it was merged into.
    fn merged_into(&self) -> Option<&str>;
    /// Fields that are searched beside the title, with their texts.
    fn searched(&self, reference: &Reference) -> Vec<(String, String)>;
    /// The record as `sight` shows it.
    fn redacted(self, reference: &Reference, sight: access::Sight) -> Self;
    /// Replaces the keys.
    fn set_keys(&mut self, key: String, enterprise: String);
}

fn node_text(reference: &Reference, node: Option<&NodeId>) -> String {
    node.and_then(|id| reference.chain.get(id))
        .map_or_else(String::new, |n| format!("{} {} {}", n.name_zh, n.name_en, n.group))
}

impl Listed for Enterprise {
    const NOUN: Noun = Noun::Enterprise;
    const TITLE: &'static str = "name";
    fn row(&self) -> Visibility {
        self.visibility
    }
    fn enterprise(&self) -> &str {
        &self.key
    }
    fn key(&self) -> &str {
        &self.key
    }
    fn title(&self) -> &str {
        &self.name
    }
    fn node(&self) -> Option<&NodeId> {
        None
    }
    fn market(&self) -> &MarketKey {
        static NONE: LazyLock<MarketKey> = LazyLock::new(MarketKey::default);
        &NONE
    }
    fn until(&self) -> Option<Date> {
        None
    }
    fn merged_into(&self) -> Option<&str> {
        self.merged_into.as_deref()
    }
    fn searched(&self, reference: &Reference) -> Vec<(String, String)> {
        let region = |code: &Option<String>| {
            code.as_deref()
                .and_then(|code| reference.regions.get(code))
                .map_or_else(String::new, |r| r.name.clone())
        };
        let fields = [
            ("uscc", shown(self.uscc.as_ref())),
            ("short_name", self.short_name.clone()),
            ("other_names", self.other_names.join(" ")),
            ("region", region(&self.region)),
            ("park", region(&self.park)),
            ("group", self.group.clone()),
            ("products", self.products.clone()),
        ];
        fields.map(|(field, text)| (field.to_owned(), text)).into()
    }
    fn redacted(self, reference: &Reference, sight: access::Sight) -> Self {
        access::enterprise(&reference.visibility, sight, self)
    }
    fn set_keys(&mut self, key: String, _: String) {
        self.key = key;
    }
}

/// Needs and offers name these fields alike.
macro_rules! listed {
    ($type:ident, $noun:ident, $redact:ident) => {
        impl Listed for $type {
            const NOUN: Noun = Noun::$noun;
            const TITLE: &'static str = "title";
            fn row(&self) -> Visibility {
                self.visibility
            }
            fn enterprise(&self) -> &str {
                &self.enterprise
            }
            fn key(&self) -> &str {
                &self.key
            }
            fn title(&self) -> &str {
                &self.title
            }
            fn node(&self) -> Option<&NodeId> {
                self.node.as_ref()
            }
            fn market(&self) -> &MarketKey {
                &self.market
            }
            fn until(&self) -> Option<Date> {
                self.valid_until
            }
            fn merged_into(&self) -> Option<&str> {
                self.merged_into.as_deref()
            }
            fn searched(&self, reference: &Reference) -> Vec<(String, String)> {
                let fields = [
                    ("number", self.number.clone()),
                    ("detail", self.detail.clone()),
                    ("standard", self.standard.clone()),
                    ("material", self.material.clone()),
                    ("certificates", self.certificates.join(" ")),
                    ("node", node_text(reference, self.node.as_ref())),
                ];
                let fields = fields.into_iter().map(|(field, text)| (field.to_owned(), text));
                fields.chain(self.own.clone()).collect()
            }
            fn redacted(self, reference: &Reference, sight: access::Sight) -> Self {
                access::$redact(&reference.visibility, sight, self)
            }
            fn set_keys(&mut self, key: String, enterprise: String) {
                self.key = key;
                self.enterprise = enterprise;
            }
        }
    };
}

listed!(Need, Need, need);
listed!(Offer, Offer, offer);

/// What a published list says of a need: number of the list, number of the need, how far it is covered.
pub type OnList = (u32, u32, NeedState);

/// What one published list says. It never changes, so it is read once.
#[derive(Debug, Default)]
struct OfList {
    number: u32,
    /// Confirmed pairs and pairs added by hand: need key, offer key.
    pairs: Vec<(String, String)>,
    /// Needs and offers on it, by the enterprise's key.
    named: HashMap<String, (u32, u32)>,
}

/// What the lists that stand published say.
#[derive(Debug, Default)]
pub struct Published {
    /// Row ids and versions of the lists.
    heads: Vec<(i64, i64)>,
    /// By the lists' row ids.
    lists: BTreeMap<i64, Arc<OfList>>,
    /// Needs of the newest list of each market, by key.
    pub needs: HashMap<String, OnList>,
}

/// Records of one noun by row id.
#[derive(Debug, Clone)]
pub struct Shelf<T> {
    /// By row id.
    pub all: Vec<Arc<Held<T>>>,
    by_key: HashMap<String, i64>,
    /// Row ids by the enterprise's.
    by_owner: HashMap<i64, Vec<i64>>,
}

impl<T> Default for Shelf<T> {
    fn default() -> Self {
        Self { all: Vec::new(), by_key: HashMap::new(), by_owner: HashMap::new() }
    }
}

impl<T: Listed> Shelf<T> {
    /// The record with this row id.
    pub fn get(&self, id: i64) -> Option<&Arc<Held<T>>> {
        self.all.binary_search_by_key(&id, |held| held.id).ok().map(|at| &self.all[at])
    }

    /// The record with this key.
    pub fn by_key(&self, key: &str) -> Option<&Arc<Held<T>>> {
        self.get(*self.by_key.get(key)?)
    }

    /// Records of an enterprise, by row id.
    pub fn of(&self, owner: i64) -> impl Iterator<Item = &Arc<Held<T>>> {
        self.by_owner.get(&owner).into_iter().flatten().filter_map(|id| self.get(*id))
    }

    fn put(&mut self, held: Held<T>) {
        match self.all.binary_search_by_key(&held.id, |h| h.id) {
            Ok(at) => {
                // The key of a stored record stays; its owner changes where enterprises are merged or parted.
                let was = self.all[at].owner;
                if was != held.owner {
                    self.by_owner.entry(was).or_default().retain(|id| *id != held.id);
                    let own = self.by_owner.entry(held.owner).or_default();
                    let place = own.partition_point(|id| *id < held.id);
                    own.insert(place, held.id);
                }
                self.all[at] = Arc::new(held);
            }
            Err(at) => {
                self.by_key.insert(held.value.key().to_owned(), held.id);
                self.by_owner.entry(held.owner).or_default().push(held.id);
                self.all.insert(at, Arc::new(held));
            }
        }
    }
}

impl Shelf<Enterprise> {
    /// Takes an enterprise away that was merged into another.
    fn remove(&mut self, id: i64) {
        if let Ok(at) = self.all.binary_search_by_key(&id, |held| held.id) {
            let held = self.all.remove(at);
            self.by_key.remove(&held.value.key);
            self.by_owner.remove(&id);
        }
    }
}

/// The market as of one moment.
#[derive(Debug, Clone)]
pub struct Market {
    /// The reference tables.
    pub reference: &'static Reference,
    /// The moment.
    pub moment: Moment,
    /// Number of the last entry of the audit that changed anything here.
    pub state: i64,
    /// Enterprises.
    pub enterprises: Shelf<Enterprise>,
    /// Of enterprises that were given up, by row id: their own keys, and those of the records that they were merged into.
    merged: HashMap<i64, (String, String)>,
    /// Needs.
    pub needs: Shelf<Need>,
    /// Offers.
    pub offers: Shelf<Offer>,
    /// All introductions, by row id.
    pub introductions: Arc<Vec<Introduction>>,
    /// All evidence, by row id.
    evidence: Arc<Vec<StoredEvidence>>,
    /// The day on which evidence was looked at: it expires.
    day: Option<Date>,
    /// What published lists say.
    pub published: Arc<Published>,
    /// Code of the region that is the cluster; where it was never said, all are inside.
    pub home: Option<String>,
}

impl Market {
    fn empty(reference: &'static Reference) -> Self {
        Self {
            reference,
            moment: Moment::default(),
            state: 0,
            enterprises: Shelf::default(),
            merged: HashMap::new(),
            needs: Shelf::default(),
            offers: Shelf::default(),
            introductions: Arc::default(),
            evidence: Arc::default(),
            day: None,
            published: Arc::default(),
            home: None,
        }
    }

    /// Takes over what changed.
    fn take(&mut self, changes: Changes, today: Date) {
        let Changes { moment, whole, enterprises, needs, offers, introductions, evidence } = changes;
        if whole {
            *self = Self {
                home: self.home.clone(),
                published: self.published.clone(),
                ..Self::empty(self.reference)
            };
        }
        let mut changed = whole || !enterprises.is_empty() || !needs.is_empty() || !offers.is_empty();
        for stored in enterprises {
            let id = stored.id;
            if let Some(into) = &stored.value.merged_into {
                self.merged.insert(id, (stored.value.key.clone(), into.clone()));
                self.enterprises.remove(id);
            } else {
                self.merged.remove(&id);
                self.enterprises.put(held(self.reference, stored, id));
            }
        }
        for stored in needs {
            if let Some(&owner) = self.enterprises.by_key.get(&stored.value.enterprise) {
                self.needs.put(held(self.reference, stored, owner));
            }
        }
        for stored in offers {
            if let Some(&owner) = self.enterprises.by_key.get(&stored.value.enterprise) {
                self.offers.put(held(self.reference, stored, owner));
            }
        }
        if *self.introductions != introductions {
            changed = true;
            self.introductions = Arc::new(introductions);
        }
        if *self.evidence != evidence {
            self.evidence = Arc::new(evidence);
        }
        changed |= self.prove(today);
        if changed {
            self.state = moment.seq;
        }
        self.moment = moment;
    }

    /// Puts to each offer the evidence that counts today; true where that differs from before.
    fn prove(&mut self, today: Date) -> bool {
        self.day = Some(today);
        let evidence = self.evidence.clone();
        let mut changed = false;
        for (id, own) in crate::inspect::by_offer(&evidence) {
            let Ok(at) = self.offers.all.binary_search_by_key(&id, |held| held.id) else { continue };
            let valid = crate::inspect::valid_for(&own, &self.offers.all[at].value, today);
            if valid != self.offers.all[at].value.evidence {
                Arc::make_mut(&mut self.offers.all[at]).value.evidence = valid;
                changed = true;
            }
        }
        changed
    }

    /// Row id of the enterprise that speaks for this one: itself, unless it was merged.
    pub fn surviving(&self, id: i64) -> i64 {
        let mut into = self.merged.get(&id).map(|(_, into)| into);
        // A chain of merges ends: each survivor had not been merged when it took the other in. Counted all the same.
        for _ in 0..self.merged.len() {
            let Some(key) = into else { break };
            if let Some(held) = self.enterprises.by_key(key) {
                return held.id;
            }
            into = self.merged.values().find(|(own, _)| own == key).map(|(_, into)| into);
        }
        id
    }

    /// Row ids of an enterprise and of those that were merged into it, its own first.
    pub fn kin(&self, id: i64) -> Vec<i64> {
        let key = self.enterprises.get(id).map(|held| held.value.key.as_str());
        let lost = key.map_or_else(Vec::new, |key| self.lost_to(key));
        std::iter::once(id).chain(lost.into_iter().map(|(id, _)| id)).collect()
    }

    /// As [`Self::kin`], by keys.
    pub fn kin_keys(&self, key: &str) -> Vec<String> {
        let lost = self.lost_to(key).into_iter().map(|(_, own)| own.to_owned());
        std::iter::once(key.to_owned()).chain(lost).collect()
    }

    /// Row ids and keys of all that were merged into an enterprise, through others too, by row id.
    fn lost_to(&self, key: &str) -> Vec<(i64, &str)> {
        let mut lost: BTreeMap<i64, &str> = BTreeMap::new();
        let mut open = vec![key];
        while let Some(survivor) = open.pop() {
            for (id, (own, _)) in self.merged.iter().filter(|(_, (_, into))| into == survivor) {
                if lost.insert(*id, own).is_none() {
                    open.push(own);
                }
            }
        }
        lost.into_iter().collect()
    }

    /// Confirmed pairs of the lists that stand published, as need and offer.
    fn confirmed(&self) -> impl Iterator<Item = (&Arc<Held<Need>>, &Arc<Held<Offer>>)> {
        let pairs = self.published.lists.values().flat_map(|list| list.pairs.iter());
        pairs.filter_map(|(need, offer)| Some((self.needs.by_key(need)?, self.offers.by_key(offer)?)))
    }

    /// The lists that stand published and name an enterprise: number, needs and offers on it, newest first.
    pub fn named_on(&self, enterprise: &str) -> Vec<(u32, u32, u32)> {
        let lists = self.published.lists.values();
        let mut named: Vec<(u32, u32, u32)> = lists
            .filter_map(|list| {
                list.named.get(enterprise).map(|(needs, offers)| (list.number, *needs, *offers))
            })
            .collect();
        named.sort_unstable_by_key(|(number, ..)| std::cmp::Reverse(*number));
        named
    }

    /// The eyes of an actor.
    pub fn viewer(&self, actor: &Actor) -> Viewer {
        let id = |key: &str| self.enterprises.by_key(key).map(|e| e.id);
        let mut viewer = Viewer {
            eyes: match &actor.role {
                Role::Administrator | Role::Secretariat => Eyes::Office,
                Role::Member { enterprise } => Eyes::Member(enterprise.as_deref().and_then(id)),
                Role::Commissioner { enterprises } => {
                    Eyes::Commissioner(enterprises.iter().filter_map(|key| id(key)).collect())
                }
                Role::Bureau => Eyes::Members,
                Role::Auditor => Eyes::Nobody,
            },
            language: actor.language,
            needs: HashSet::new(),
            offers: HashSet::new(),
            partners: HashSet::new(),
            released: HashSet::new(),
        };
        if let Eyes::Member(Some(own)) = viewer.eyes {
            for (need, offer) in self.confirmed() {
                viewer.counterpart(own, need, offer);
            }
            for introduction in self.introductions.iter() {
                if introduction.state == IntroductionState::Agreed
                    && let (Some(need), Some(offer)) =
                        (self.needs.get(introduction.need_id), self.offers.get(introduction.offer_id))
                {
                    viewer.counterpart(own, need, offer);
                    if need.owner == own {
                        viewer.released.insert((Noun::Offer, offer.id));
                    } else if offer.owner == own {
                        viewer.released.insert((Noun::Need, need.id));
                    }
                }
            }
        }
        viewer
    }

    /// How much of a record a viewer sees.
    pub fn sight<T: Listed>(&self, viewer: &Viewer, held: &Held<T>) -> access::Sight {
        let mut level = viewer.base(held.owner);
        let counterpart = match T::NOUN {
            Noun::Enterprise => viewer.partners.contains(&held.id),
            Noun::Need => viewer.needs.contains(&held.id),
            Noun::Offer => viewer.offers.contains(&held.id),
        };
        if counterpart {
            level = level.max(Some(Visibility::Counterparties));
        }
        let contact = viewer.keeps(held.owner) || viewer.released.contains(&(T::NOUN, held.id));
        let sight = access::Sight { level, contact: Some(contact), shown: Visibility::Own };
        let exists = level.is_some_and(|level| held.title.0 <= level)
            && (T::NOUN == Noun::Enterprise || self.knows_enterprise(viewer, held.owner));
        if exists { sight } else { access::Sight { level: None, ..sight } }
    }

    fn knows_enterprise(&self, viewer: &Viewer, id: i64) -> bool {
        self.enterprises.get(id).is_some_and(|held| self.knows(viewer, held))
    }

    /// True where a record exists for a viewer: its name or title may be seen, and the name of its enterprise.
    pub fn knows<T: Listed>(&self, viewer: &Viewer, held: &Held<T>) -> bool {
        self.sight(viewer, held).level.is_some()
    }

    /// The open records of a shelf that exist for a viewer, by row id, as the viewer may see them.
    pub fn open<'a, T: Listed + Clone>(
        &'a self,
        shelf: &'a Shelf<T>,
        viewer: &'a Viewer,
        today: Date,
    ) -> impl Iterator<Item = (i64, T)> + 'a {
        let open = shelf.all.iter().filter(move |held| status(held, today) == super::RecordStatus::Open);
        open.map(|held| (self.sight(viewer, held), held))
            .filter(|(sight, _)| sight.level.is_some())
            .map(|(sight, held)| (held.id, self.seen(sight, held)))
    }

    /// A record as a viewer may see it. Keys hold names and titles: they stay only where those are open to the viewer.
    pub fn seen<T: Listed + Clone>(&self, sight: access::Sight, held: &Held<T>) -> T {
        let (key, enterprise) = (held.value.key().to_owned(), held.value.enterprise().to_owned());
        let mut value = held.value.clone().redacted(self.reference, sight);
        let table = &self.reference.visibility;
        let parts = MarketKey::default();
        let open = |market: &MarketKey, noun: Noun, fields: &[&str], row: Visibility| {
            fields.iter().all(|field| Some(table.level_in(market, noun, field, row)) <= sight.level)
        };
        let owner = self.enterprises.get(held.owner).map_or(Visibility::Own, |e| e.value.visibility);
        let named = sight.level.is_some() && open(&parts, Noun::Enterprise, &["name", "uscc"], owner);
        let titled = named
            && (T::NOUN == Noun::Enterprise
                || open(held.value.market(), T::NOUN, &["title", "number"], held.value.row()));
        value.set_keys(
            if titled { key } else { String::new() },
            if named { enterprise } else { String::new() },
        );
        value
    }

    /// An enterprise as a viewer may see it, blank where it does not exist for the viewer.
    pub fn brief(&self, viewer: &Viewer, id: i64) -> super::EnterpriseBrief {
        self.brief_of(viewer, id, false)
    }

    /// As [`Self::brief`]; `disclosed` where the enterprise has agreed to be known to the viewer, as far as its level allows a
    /// counterpart.
    pub fn brief_of(&self, viewer: &Viewer, id: i64, disclosed: bool) -> super::EnterpriseBrief {
        let Some(held) = self.enterprises.get(id) else { return super::EnterpriseBrief::default() };
        let mut sight = self.sight(viewer, held);
        if disclosed && held.title.0 <= Visibility::Counterparties {
            sight.level = sight.level.max(Some(Visibility::Counterparties));
        }
        if sight.level.is_none() {
            return super::EnterpriseBrief::default();
        }
        let seen = self.seen(sight.in_passing(), held);
        let place::Place { region, .. } = place::place(&self.reference.regions, &seen);
        super::EnterpriseBrief {
            id,
            name: seen.name,
            region: region.map_or_else(String::new, |r| r.name.clone()),
            region_code: region.map_or_else(String::new, |r| r.code.clone()),
            inside: self.is_inside(region.map(|r| r.code.as_str())),
            fictional: seen.fictional,
        }
    }

    /// True for a place in the cluster. A record without a region came from the cluster's own lists.
    pub fn is_inside(&self, region: Option<&str>) -> bool {
        match (&self.home, region) {
            (Some(home), Some(region)) => self.reference.regions.is_within(region, home),
            _ => true,
        }
    }

    /// The contact of a side of an introduction: the record's own, else its enterprise's; blank where it is not released to
    /// the viewer, or the row is closed to it.
    pub fn contact<T: Listed + Clone>(
        &self,
        viewer: &Viewer,
        held: &Held<T>,
        of: impl Fn(T) -> Contact,
    ) -> Contact {
        let sight = self.sight(viewer, held);
        let own = of(held.value.clone().redacted(self.reference, sight));
        if own != Contact::default() || sight.level.is_none() || sight.contact != Some(true) {
            return own;
        }
        let Some(enterprise) = self.enterprises.get(held.owner) else { return own };
        let sight = access::Sight { contact: Some(true), ..self.sight(viewer, enterprise) };
        enterprise.value.clone().redacted(self.reference, sight).contact
    }
}

fn held<T: Listed>(reference: &Reference, stored: Stored<T>, owner: i64) -> Held<T> {
    let Stored { id, version, status, updated_ms, value } = stored;
    let mut words: Vec<(Visibility, String)> = Vec::new();
    for (field, text) in value.searched(reference) {
        let text = unhyphened(&fold_key(&text));
        if text.is_empty() {
            continue;
        }
        let level = reference.visibility.level_in(value.market(), T::NOUN, &field, value.row());
        match words.iter_mut().find(|(known, _)| *known == level) {
            // The mark keeps a word from being found across two fields.
            Some((_, words)) => {
                words.push('\u{1}');
                words.push_str(&text);
            }
            None => words.push((level, text)),
        }
    }
    let level = |field| reference.visibility.level_in(value.market(), T::NOUN, field, value.row());
    let title = (level(T::TITLE), fold_key(value.title()));
    let filters = match T::NOUN {
        Noun::Enterprise => (level("region"), level("group")),
        Noun::Need | Noun::Offer => (level("node"), level("node")),
    };
    Held { id, version, status, updated_ms, owner, title, filters, words, value }
}

/// Whose eyes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Eyes {
    /// Administrator and secretariat.
    Office,
    /// A member, with the row id of its enterprise.
    Member(Option<i64>),
    /// A commissioner, with the row ids of its enterprises.
    Commissioner(HashSet<i64>),
    /// The bureau.
    Members,
    /// The auditor.
    Nobody,
}

/// What one actor sees, decided once a call.
#[derive(Debug, Clone)]
pub struct Viewer {
    /// Whose eyes.
    pub eyes: Eyes,
    /// Language that sentences are told in.
    language: Language,
    /// Needs that the actor's enterprise may supply: a confirmed pair, or an introduction that both agreed to.
    needs: HashSet<i64>,
    /// Offers that it may buy, as of `needs`.
    offers: HashSet<i64>,
    /// The enterprises of those.
    partners: HashSet<i64>,
    /// Records of introductions that both agreed to: their contacts are released.
    released: HashSet<(Noun, i64)>,
}

impl Viewer {
    /// How matches are made for these eyes: the `top` of each, told in the viewer's language.
    pub fn options(&self, top: usize, options: Options) -> Options {
        Options { top, language: self.language, ..options }
    }

    fn counterpart(&mut self, own: i64, need: &Held<Need>, offer: &Held<Offer>) {
        if need.owner == own {
            self.offers.insert(offer.id);
            self.partners.insert(offer.owner);
        } else if offer.owner == own {
            self.needs.insert(need.id);
            self.partners.insert(need.owner);
        }
    }

    /// The level up to which records of an enterprise are seen, whatever pair they stand in.
    pub fn base(&self, enterprise: i64) -> Option<Visibility> {
        Some(match &self.eyes {
            Eyes::Office => Visibility::Secretariat,
            Eyes::Member(None) => Visibility::Public,
            Eyes::Member(Some(own)) if *own == enterprise => Visibility::Own,
            Eyes::Commissioner(assigned) if assigned.contains(&enterprise) => Visibility::Secretariat,
            Eyes::Member(Some(_)) | Eyes::Commissioner(_) | Eyes::Members => Visibility::Members,
            Eyes::Nobody => return None,
        })
    }

    /// True where the actor is of the enterprise, or looks after it.
    pub fn is_mine(&self, enterprise: i64) -> bool {
        match &self.eyes {
            Eyes::Member(own) => *own == Some(enterprise),
            Eyes::Commissioner(assigned) => assigned.contains(&enterprise),
            Eyes::Office | Eyes::Members | Eyes::Nobody => false,
        }
    }

    /// True where the actor keeps the enterprise's records: may change them, and calls its people.
    pub fn keeps(&self, enterprise: i64) -> bool {
        self.eyes == Eyes::Office || self.is_mine(enterprise)
    }

    /// Row id of a member's own enterprise.
    pub fn own(&self) -> Option<i64> {
        match self.eyes {
            Eyes::Member(own) => own,
            _ => None,
        }
    }
}

/// The market kept in memory.
#[derive(Debug, Default)]
pub struct Live {
    now: Mutex<Option<Arc<Market>>>,
    /// One at a time catches up; the others wait for it.
    catching: tokio::sync::Mutex<()>,
    /// Indexes for matching.
    pub(super) matcher: Arc<super::matcher::Kept>,
    /// Records that may be one.
    pub(super) twins: super::twins::Kept,
    recogniser: OnceLock<Recogniser>,
}

impl Live {
    /// What finds chain nodes in words.
    pub fn recogniser(&self, reference: &Reference) -> &Recogniser {
        self.recogniser.get_or_init(|| Recogniser::new(&reference.chain))
    }

    fn now(&self) -> Option<Arc<Market>> {
        self.now.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }
}

impl App {
    /// The market as of now.
    pub(crate) async fn market(&self) -> Result<Arc<Market>> {
        let today = self.today();
        let is_of_today = |now: &Market| now.evidence.is_empty() || now.day == Some(today);
        if let Some(now) = self.live.now().filter(|now| is_of_today(now))
            && self.store.is_at(&now.moment).await?
        {
            return Ok(now);
        }
        let _turn = self.live.catching.lock().await;
        let since = self.live.now().map(|now| now.moment.clone());
        let changes = self.store.changes(since.as_ref()).await?;
        let stale = self.live.now().is_some_and(|now| !is_of_today(&now));
        if since.is_none() || changes.is_some() || stale {
            let lists = self.store.lists().await?;
            let home = self.cluster_region().await?;
            let kept = self.live.now().map(|now| now.published.clone()).unwrap_or_default();
            let published = self.published(kept, &lists).await?;
            let reference = self.reference;
            // A first load folds and indexes every record.
            let mut now = self.live.now.lock().unwrap_or_else(PoisonError::into_inner).take();
            let market = now.get_or_insert_with(|| Arc::new(Market::empty(reference)));
            let market = Arc::make_mut(market);
            if let Some(changes) = changes {
                let seq = changes.moment.seq;
                if changes.whole {
                    self.live.matcher.forget();
                    self.live.twins.forget();
                }
                if !Arc::ptr_eq(&market.published, &published) || market.home != home {
                    market.state = seq;
                }
                market.take(changes, today);
            } else {
                market.prove(today);
            }
            market.published = published;
            market.home = home;
            *self.live.now.lock().unwrap_or_else(PoisonError::into_inner) = now;
        }
        self.live.now().ok_or_else(|| crate::Error::new(crate::Code::Internal, "the market was not loaded"))
    }

    /// What the lists that stand published say; `kept` where they are the same as before.
    async fn published(&self, kept: Arc<Published>, lists: &[ListHead]) -> Result<Arc<Published>> {
        let mut standing: Vec<&ListHead> = lists.iter().filter(|l| l.state == ListState::Published).collect();
        standing.sort_by_key(|l| l.number);
        let heads: Vec<(i64, i64)> = standing.iter().map(|l| (l.id, l.version)).collect();
        if heads == kept.heads {
            return Ok(kept);
        }
        // Of each market the newest.
        let newest: HashMap<&str, i64> = standing.iter().map(|l| (l.market.0.as_str(), l.id)).collect();
        let newest: HashSet<i64> = newest.into_values().collect();
        let mut published = Published { heads, ..Published::default() };
        for head in standing {
            if let Some(list) = kept.lists.get(&head.id).filter(|_| !newest.contains(&head.id)) {
                published.lists.insert(head.id, list.clone());
                continue;
            }
            let content = self.store.list(head.id).await?.list.content;
            let mut list = OfList { number: head.number.unwrap_or_default(), ..OfList::default() };
            let settled =
                content.pairs.iter().filter(|p| matches!(p.review, Review::Confirmed | Review::Added));
            list.pairs = settled.map(|p| (p.matched.need.clone(), p.matched.offer.clone())).collect();
            for need in &content.needs {
                list.named.entry(need.need.enterprise.clone()).or_default().0 += 1;
            }
            for offer in &content.offers {
                list.named.entry(offer.offer.enterprise.clone()).or_default().1 += 1;
            }
            if newest.contains(&head.id) {
                let needs = content.needs.into_iter();
                published.needs.extend(needs.map(|n| (n.need.key, (list.number, n.number, n.state))));
            }
            published.lists.insert(head.id, Arc::new(list));
        }
        Ok(Arc::new(published))
    }

    /// Names of the active accounts of an enterprise.
    pub(crate) async fn people_of(&self, enterprise: i64) -> Result<Vec<String>> {
        let users = self.store.users().await?.into_iter();
        let of = |user: &store::Account| user.enterprise.as_ref().is_some_and(|e| e.id == enterprise);
        Ok(users.filter(|user| user.active && of(user)).map(|user| user.name).collect())
    }

    /// Forgets what is in memory, because another database has taken its place.
    pub(crate) fn forget_market(&self) {
        *self.live.now.lock().unwrap_or_else(PoisonError::into_inner) = None;
        self.live.matcher.forget();
        self.live.twins.forget();
    }
}
