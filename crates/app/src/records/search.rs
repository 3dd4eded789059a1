//! Finding needs and offers.

use super::EnterpriseBrief;
use super::market::{Held, Listed, Market, Shelf, Viewer, status};
use super::row::Look;
use super::words::Words;
use crate::aside::aside;
use crate::{Act, Actor, App, Code, Error, Result};
use exchange::export::{Export, write_export};
use exchange::import::FICTIONAL_LABEL;
use jiff::civil::Date;
use model::chain::{ChainGraph, NodeId};
use model::enterprise::Enterprise;
use model::fold::fold_key;
use model::markets::PARTS;
use model::need::Need;
use model::offer::Offer;
use model::pinyin::Typed;
use model::visibility::Visibility;
use serde::Serialize;
use serde_json::json;
use std::cmp::Reverse;
use std::collections::{BTreeSet, HashMap, HashSet};
use std::sync::Arc;

/// Whether a record stands.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum RecordStatus {
    /// It stands and is valid today.
    #[default]
    Open,
    /// Its validity has run out.
    Expired,
    /// It was closed.
    Closed,
}

/// Order of rows.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Sort {
    /// By how well the words fit; without words, newest first.
    #[default]
    Fit,
    /// Newest change first.
    Newest,
    /// By title.
    Title,
    /// By enterprise.
    Enterprise,
}

/// What is looked for. Empty fields ask for nothing.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct RecordQuery {
    /// Key of the market; that of parts and materials where empty.
    pub market: String,
    /// Words to be found in title, specification, enterprise, county or node; all of them, folded.
    pub q: String,
    /// Region code; what lies within counts.
    pub region: String,
    /// Chain node id; what lies below counts.
    pub node: String,
    /// Chain group (产业链小组).
    pub group: String,
    /// Row id of an enterprise.
    pub enterprise: Option<i64>,
    /// Only the actor's own enterprise's, or a commissioner's enterprises'.
    pub mine: bool,
    /// Only records of this status; none: open ones.
    pub status: Option<RecordStatus>,
    /// Records of every status.
    pub all: bool,
    /// Order.
    pub sort: Sort,
    /// Page from 1.
    pub page: usize,
    /// Rows a page, 1 to 200; 0 counts as 50.
    pub per_page: usize,
}

/// One page of rows.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Page<T> {
    /// The rows.
    pub rows: Vec<T>,
    /// Rows of all pages.
    pub total: usize,
    /// This page, from 1.
    pub page: usize,
    /// Rows a page.
    pub per_page: usize,
    /// State of the market that they were read from; the same number means the same rows (for an ETag).
    pub change: i64,
}

/// A need as its viewer may see it.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct NeedRow {
    /// Row id; stays for ever.
    pub id: i64,
    /// Version, for changes.
    pub version: i64,
    /// Status.
    pub status: RecordStatus,
    /// When it last changed.
    pub updated_ms: i64,
    /// Whose it is.
    pub enterprise: EnterpriseBrief,
    /// The need, fields blank that the viewer may not see. `key` and `enterprise` are blank unless the enterprise's name may be seen.
    pub need: Need,
    /// True where the viewer may change it.
    pub may_edit: bool,
    /// On the newest published list: its number, the need's number there, and how far it is covered.
    pub listed: Option<(u32, u32, model::list::NeedState)>,
}

/// An offer as its viewer may see it; fields as of [`NeedRow`].
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct OfferRow {
    /// Row id; stays for ever.
    pub id: i64,
    /// Version, for changes.
    pub version: i64,
    /// Status.
    pub status: RecordStatus,
    /// When it last changed.
    pub updated_ms: i64,
    /// Whose it is.
    pub enterprise: EnterpriseBrief,
    /// The offer.
    pub offer: Offer,
    /// True where the viewer may change it.
    pub may_edit: bool,
}

impl<T> Page<T> {
    /// Page `page` of `per_page` rows of `found`.
    pub(crate) fn cut<F>(
        found: &[F],
        page: usize,
        per_page: usize,
        state: i64,
        row: impl FnMut(&F) -> T,
    ) -> Self {
        let per_page = if per_page == 0 { PER_PAGE } else { per_page.min(PER_PAGE_MAX) };
        let page = page.max(1);
        let rows = found.iter().skip((page - 1).saturating_mul(per_page)).take(per_page).map(row).collect();
        Self { rows, total: found.len(), page, per_page, change: state }
    }
}

/// Rows of a page where nothing is said.
const PER_PAGE: usize = 50;
/// Rows of a page at most.
const PER_PAGE_MAX: usize = 200;

/// A word of a search.
pub(crate) struct Sought {
    /// Folded.
    word: String,
    /// As [`unhyphened`] texts have it, in the singular.
    plain: String,
    /// As letters of Chinese words, where it can be that.
    typed: Option<Typed>,
}

/// The words of a search.
pub(crate) fn searched(q: &str) -> Vec<Sought> {
    let words = q.split_whitespace().map(fold_key).filter(|word| !word.is_empty());
    words
        .map(|word| Sought {
            typed: Typed::read(&word),
            plain: singular(&unhyphened(&word)).to_owned(),
            word,
        })
        .collect()
}

/// A folded text without hyphens: who looks for `FR4` means FR-4.
pub(crate) fn unhyphened(text: &str) -> String {
    text.replace('-', "")
}

/// An English word without the s of its plural: a text that has the plural has it too.
fn singular(word: &str) -> &str {
    let is_word = word.len() > 3 && word.bytes().all(|b| b.is_ascii_lowercase()) && !word.ends_with("ss");
    word.strip_suffix('s').filter(|_| is_word).unwrap_or(word)
}

/// How well all words fit what a viewer may see of a record and of its enterprise; none where one of them is nowhere.
pub(crate) fn fit<T>(
    words: &[Sought],
    held: &Held<T>,
    level: Visibility,
    enterprise: Option<(&Held<Enterprise>, Visibility)>,
) -> Option<u32> {
    let mut points = 0;
    for Sought { word, plain, typed } in words {
        // Letters of Chinese words count less than the words themselves.
        let reads = |text: &str| typed.as_ref().is_some_and(|typed| typed.is_in(text));
        let (title, shown) = (&held.title.1, held.title.0 <= level);
        let among = |words: &[(Visibility, String)], level: Visibility| {
            words.iter().any(|(from, text)| *from <= level && text.contains(plain.as_str()))
        };
        points += if shown && title == word {
            8
        } else if shown && title.starts_with(word.as_str()) {
            6
        } else if shown && title.contains(word.as_str()) {
            5
        } else if among(&held.words, level) {
            2
        } else if enterprise.is_some_and(|(e, level)| {
            (e.title.0 <= level && e.title.1.contains(word.as_str())) || among(&e.words, level)
        }) {
            1
        } else if shown && reads(title) {
            if typed.as_ref().is_some_and(|typed| typed.begins(title)) { 4 } else { 3 }
        } else if held.words.iter().any(|(from, text)| *from <= level && reads(text))
            || enterprise.is_some_and(|(e, level)| e.title.0 <= level && reads(&e.title.1))
        {
            1
        } else {
            return None;
        };
    }
    Some(points)
}

impl Market {
    /// Records of one noun that fit a query and that the viewer knows of, in the query's order.
    pub(crate) fn find<'m, T: Listed>(
        &'m self,
        shelf: &'m Shelf<T>,
        viewer: &Viewer,
        query: &RecordQuery,
        today: Date,
    ) -> Vec<&'m Arc<Held<T>>> {
        let words = searched(&query.q);
        let in_market = if query.market.is_empty() { PARTS } else { query.market.as_str() };
        let regions = &self.reference.regions;
        let chain = &self.reference.chain;
        let node = (!query.node.is_empty()).then(|| below(chain, &query.node));
        // What is asked of the enterprise is looked at once an enterprise.
        let fits = |enterprise: &Held<Enterprise>| {
            let level = self.sight(viewer, enterprise).level?;
            let value = &enterprise.value;
            let place = value.region.as_deref().or(value.park.as_deref());
            let placed = query.region.is_empty()
                || (enterprise.filters.0 <= level
                    && [place, value.park.as_deref()]
                        .into_iter()
                        .flatten()
                        .any(|code| regions.is_within(code, &query.region)));
            let mine = !query.mine || viewer.is_mine(enterprise.id);
            let asked = query.enterprise.is_none_or(|id| id == enterprise.id);
            (placed && mine && asked).then_some(level)
        };
        let owners: HashMap<i64, Option<Visibility>> =
            self.enterprises.all.iter().map(|e| (e.id, fits(e))).collect();
        let mut found: Vec<(u32, &Arc<Held<T>>)> = Vec::new();
        for held in &shelf.all {
            if held.value.market().0 != in_market {
                continue;
            }
            let Some(of_owner) = owners.get(&held.owner).copied().flatten() else { continue };
            let Some(level) = self.sight(viewer, held).level else { continue };
            let standing = status(held, today);
            if !query.all && standing != query.status.unwrap_or_default() {
                continue;
            }
            let own_node = held.value.node().filter(|_| held.filters.0 <= level);
            if let Some(wanted) = &node
                && !own_node.and_then(|id| chain.index(id)).is_some_and(|at| wanted.contains(&at))
            {
                continue;
            }
            let Some(enterprise) = self.enterprises.get(held.owner) else { continue };
            if !query.group.is_empty() {
                let of_node = own_node.and_then(|id| chain.get(id)).is_some_and(|n| n.group == query.group);
                let of_enterprise = enterprise.filters.1 <= of_owner && enterprise.value.group == query.group;
                if !of_node && !of_enterprise {
                    continue;
                }
            }
            if let Some(points) = fit(&words, held, level, Some((enterprise, of_owner))) {
                found.push((points, held));
            }
        }
        let name = |held: &Held<T>| self.enterprises.get(held.owner).map_or("", |e| e.title.1.as_str());
        match query.sort {
            Sort::Fit => found.sort_unstable_by_key(|(points, h)| Reverse((*points, h.updated_ms, h.id))),
            Sort::Newest => found.sort_unstable_by_key(|(_, h)| Reverse((h.updated_ms, h.id))),
            Sort::Title => {
                found.sort_unstable_by(|(_, a), (_, b)| (&a.title.1, a.id).cmp(&(&b.title.1, b.id)))
            }
            Sort::Enterprise => found.sort_unstable_by(|(_, a), (_, b)| {
                (name(a), &a.title.1, a.id).cmp(&(name(b), &b.title.1, b.id))
            }),
        }
        found.into_iter().map(|(_, held)| held).collect()
    }

    /// Number of the state of the market on a day, for telling whether a page is still the same.
    pub(crate) fn state_on(&self, today: Date) -> i64 {
        // Validity ends with a day, not with a change.
        let day = i64::from(today.year()) * 400 + i64::from(today.day_of_year());
        self.state.wrapping_mul(10_000_000).wrapping_add(day)
    }
}

/// A chain node and all that feeds it, as indices.
fn below(chain: &ChainGraph, node: &str) -> HashSet<usize> {
    let mut out = HashSet::new();
    let mut open: Vec<usize> = chain.index(&NodeId(node.to_owned())).into_iter().collect();
    while let Some(at) = open.pop() {
        if out.insert(at) {
            open.extend(chain.edges().iter().filter(|e| e.to == at).map(|e| e.from));
        }
    }
    out
}

#[boxed::futures]
impl App {
    /// Needs that fit a query, with what members may see of others' and all of one's own.
    ///
    /// # Errors
    /// Storage errors.
    pub async fn needs(&self, actor: &Actor, query: &RecordQuery) -> Result<Page<NeedRow>> {
        actor.need(Act::Needs)?;
        self.known_market(&query.market)?;
        let (market, today) = (self.market().await?, self.today());
        let viewer = market.viewer(actor);
        let found = market.find(&market.needs, &viewer, query, today);
        Ok(Page::cut(&found, query.page, query.per_page, market.state_on(today), |held| {
            market.need_row(&viewer, held, Look::Row, today)
        }))
    }

    /// Offers that fit a query.
    ///
    /// # Errors
    /// Storage errors.
    pub async fn offers(&self, actor: &Actor, query: &RecordQuery) -> Result<Page<OfferRow>> {
        actor.need(Act::Offers)?;
        self.known_market(&query.market)?;
        let (market, today) = (self.market().await?, self.today());
        let viewer = market.viewer(actor);
        let found = market.find(&market.offers, &viewer, query, today);
        Ok(Page::cut(&found, query.page, query.per_page, market.state_on(today), |held| {
            market.offer_row(&viewer, held, Look::Row, today)
        }))
    }

    /// The rows of a query (all pages) as a workbook: text cells never begin a formula, the last line says who exported it when.
    /// `offers` chooses the noun. Recorded in the audit.
    ///
    /// # Errors
    /// Storage errors.
    pub async fn export(&self, actor: &Actor, offers: bool, query: &RecordQuery) -> Result<Vec<u8>> {
        actor.need(Act::Export)?;
        self.known_market(&query.market)?;
        let (market, today) = (self.market().await?, self.today());
        let (viewer, query) = (market.viewer(actor), query.clone());
        // Tens of thousands of rows are no work for a thread that answers others.
        let taken = aside(move || {
            Ok(if offers {
                market.taken(&viewer, &market.find(&market.offers, &viewer, &query, today), today)
            } else {
                market.taken(&viewer, &market.find(&market.needs, &viewer, &query, today), today)
            })
        })
        .await?;
        // Before the rows leave: what cannot be recorded is not handed out.
        let object = if offers { "offer" } else { "need" };
        let detail = json!({ "rows": taken.rows.len(), "protected": taken.protected });
        self.store.audit_append(&self.by(actor), "export", object, &detail).await?;
        let (at, actor) = (self.clock.words(), actor.name.clone());
        aside(move || {
            let last = format!(
                "导出人：{actor}　导出时间：{at}　共{}行　仅供本人工作使用，请勿外传",
                taken.rows.len()
            );
            let export = Export {
                title: if offers { "供给" } else { "需求" },
                columns: &taken.columns,
                rows: &taken.rows,
                last: &last,
            };
            let mut out = std::io::Cursor::new(Vec::new());
            let written = write_export(&export, &mut out);
            written.map(|()| out.into_inner()).map_err(|e| Error::new(Code::File, e.to_string()))
        })
        .await
    }
}

/// Rows on their way out.
struct Taken {
    columns: Vec<(String, f64)>,
    rows: Vec<Vec<String>>,
    /// Protected fields that are among them.
    protected: BTreeSet<String>,
}

impl Market {
    /// Records as their viewer may take them away: all that the viewer may see, one column a field.
    fn taken<T: Listed + Words + Clone>(
        &self,
        viewer: &Viewer,
        found: &[&Arc<Held<T>>],
        today: Date,
    ) -> Taken {
        let width = |field: &str| match field {
            "title" | "specs" | "current_source" | "customers" | "note" => 24.0,
            "detail" => 36.0,
            _ => 14.0,
        };
        let mut columns = vec![("企业名称".to_owned(), 26.0), ("所在县区".to_owned(), 10.0)];
        let mut rows = Vec::with_capacity(found.len());
        let mut protected = BTreeSet::new();
        for held in found {
            let sight = self.sight(viewer, held);
            let said = held.value.clone().redacted(self.reference, sight).words(self.reference);
            protected.extend(self.protected(sight, held));
            if rows.is_empty() {
                columns.extend(said.iter().map(|s| (s.zh.clone(), width(&s.field))));
                columns.push(("状态".to_owned(), 8.0));
            }
            let brief = self.brief(viewer, held.owner);
            let label = if brief.fictional { FICTIONAL_LABEL } else { "" };
            let standing = match status(held, today) {
                RecordStatus::Open => "有效",
                RecordStatus::Expired => "已过期",
                RecordStatus::Closed => "已关闭",
            };
            let mut row = vec![format!("{}{label}", brief.name), brief.region];
            row.extend(said.into_iter().map(|s| s.text));
            row.push(standing.to_owned());
            rows.push(row);
        }
        Taken { columns, rows, protected }
    }
}
