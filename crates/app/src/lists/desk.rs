//! The review desk: a draft's needs with all their candidates, decisions with undo, and who works on what.

use super::compose::Composer;
use super::expect_draft;
use super::telling::Telling;
use crate::{Act, Actor, App, Code, Error, Result};
use market::Catalogue;
use model::list::{ListEnterprise, ListIndex, ListNeed, ListOffer, ListState, MatchingList, Review};
use model::matching::{Allocation, Match};
use serde::Serialize;
use std::collections::{BTreeMap, HashMap, HashSet};
use std::sync::{Arc, Mutex, OnceLock};
use store::{ListHead, NewReview, PairReview};

/// How long somebody counts as working on a need after the last sign of it.
const PRESENT_MS: i64 = 2 * 60 * 1000;
/// Decisions of one round.
const DECISIONS_MAX: usize = 5_000;
/// Characters of a reason.
const REASON_CHARS: usize = 500;

/// A candidate of a need on the desk.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct DeskPair {
    /// The match with every reason and verdict.
    pub matched: Match,
    /// The offer.
    pub offer: ListOffer,
    /// Whose it is.
    pub supplier: Option<ListEnterprise>,
    /// What the draft allots.
    pub allocation: Option<Allocation>,
    /// What was said last.
    pub review: Review,
    /// Row id of that word, 0 where nothing was said: the base of a decision.
    pub base: i64,
    /// Who said it.
    pub by: Option<String>,
    /// When.
    pub at_ms: Option<i64>,
    /// True where the pair stands on the draft, false for a further candidate.
    pub on_draft: bool,
}

/// A need on the desk.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct DeskNeed {
    /// The need with its number.
    pub need: ListNeed,
    /// Whose it is.
    pub enterprise: Option<ListEnterprise>,
    /// Candidates: those on the draft and those of which something was said, then further ones, each best first.
    pub pairs: Vec<DeskPair>,
    /// Others who look at this need now.
    pub others: Vec<String>,
}

/// A need in the desk's queue.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct DeskRow {
    /// The need with its number.
    pub need: ListNeed,
    /// Whose it is.
    pub enterprise: Option<ListEnterprise>,
    /// Candidates on the draft.
    pub pairs: u32,
    /// Confirmed or added.
    pub confirmed: u32,
    /// Rejected.
    pub rejected: u32,
    /// True where a candidate was confirmed or added, or each one on the draft was spoken of.
    pub done: bool,
    /// Others who look at this need now.
    pub others: Vec<String>,
}

/// The desk: the queue of a draft's needs.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Desk {
    /// The draft.
    pub head: ListHead,
    /// True where records were imported or changed after it was drafted.
    pub outdated: bool,
    /// All needs by number.
    pub rows: Vec<DeskRow>,
    /// Needs that are done.
    pub done: u32,
}

/// What is said of a pair.
#[derive(Debug, Clone, PartialEq)]
pub struct Decision {
    /// Number of the need on the draft.
    pub need: u32,
    /// Number of the offer on the draft.
    pub offer: u32,
    /// The word; `Proposed` takes back what was said.
    pub review: Review,
    /// [`DeskPair::base`] as the decider saw it.
    pub base: i64,
}

/// What a round of decisions did.
#[derive(Debug, Clone, PartialEq)]
pub struct Decided {
    /// Taken.
    pub taken: u32,
    /// The decisions that undo it.
    pub undo: Vec<Decision>,
}

/// What the desk keeps in memory: the draft read last, and who looks at what.
#[derive(Debug, Default)]
pub(crate) struct DeskMemory {
    draft: Mutex<Option<(DraftKey, Arc<Draft>)>>,
    /// By draft and need: name of the account, when it was last there.
    present: Mutex<Presence>,
}

type Presence = HashMap<(i64, u32), BTreeMap<String, i64>>;

/// Names one content of a draft: row id, when it was drafted, and its version less the decisions since.
type DraftKey = (i64, i64, i64);

/// A draft as it was computed.
#[derive(Debug)]
struct Draft {
    list: MatchingList,
    /// Its records, and its offers as an index: built when a need is first looked at.
    engine: OnceLock<(Composer, Catalogue)>,
    /// Candidates of needs that were looked at, by key.
    candidates: Mutex<HashMap<String, Arc<Vec<Match>>>>,
}

/// The last word on each pair: by need key and offer key.
type Words = HashMap<(String, String), PairReview>;

impl Draft {
    fn need(&self, number: u32) -> Result<&ListNeed> {
        let found = self.list.content.needs.iter().find(|n| n.number == number);
        found.ok_or_else(|| missing("need", number, self.list.id))
    }

    fn offer(&self, number: u32) -> Result<&ListOffer> {
        let found = self.list.content.offers.iter().find(|o| o.number == number);
        found.ok_or_else(|| missing("offer", number, self.list.id))
    }
}

fn missing(what: &str, number: u32, draft: i64) -> Error {
    Error::new(Code::NotFound, format!("no {what} {number} on draft {draft}"))
}

#[boxed::futures]
impl App {
    /// The queue of a draft.
    ///
    /// # Errors
    /// [`crate::Code::NotFound`]; [`crate::Code::Conflict`] where the list is no draft (the message says what it is).
    pub async fn desk(&self, actor: &Actor, draft: i64) -> Result<Desk> {
        actor.need(Act::Desk)?;
        let (head, draft, words) = self.open_draft(draft).await?;
        let content = &draft.list.content;
        let index = ListIndex::new(content);
        let mut said: HashMap<&str, (u32, u32)> = HashMap::new();
        for ((need, _), word) in &words {
            let (confirmed, rejected) = said.entry(need).or_default();
            match word.review {
                Review::Confirmed | Review::Added => *confirmed += 1,
                Review::Rejected { .. } => *rejected += 1,
                Review::Proposed => {}
            }
        }
        let present = self.present(head.id, actor);
        let rows: Vec<DeskRow> = content
            .needs
            .iter()
            .map(|need| {
                let key = need.need.key.as_str();
                let pairs = index.pairs_of(key);
                let (confirmed, rejected) = said.get(key).copied().unwrap_or_default();
                let silent = pairs.iter().any(|p| {
                    words
                        .get(&(key.to_owned(), p.matched.offer.clone()))
                        .is_none_or(|w| w.review == Review::Proposed)
                });
                DeskRow {
                    need: need.clone(),
                    enterprise: index.enterprise(&need.need.enterprise).cloned(),
                    pairs: pairs.len() as u32,
                    confirmed,
                    rejected,
                    done: confirmed > 0 || !silent,
                    others: present.get(&need.number).cloned().unwrap_or_default(),
                }
            })
            .collect();
        let done = rows.iter().filter(|r| r.done).count() as u32;
        Ok(Desk { outdated: self.is_outdated(&head).await?, head, rows, done })
    }

    /// One need of a draft with all its candidates, also those that were rejected and those that the draft left out. Leave of `desk`.
    ///
    /// # Errors
    /// As [`Self::desk`].
    pub async fn desk_need(&self, actor: &Actor, draft: i64, need: u32) -> Result<DeskNeed> {
        actor.need(Act::Desk)?;
        let (head, draft, words) = self.open_draft(draft).await?;
        let need = draft.need(need)?;
        let index = ListIndex::new(&draft.list.content);
        let telling = Telling::of(self.reference, &index, actor.language);
        let mut card = on_desk(&index, &words, telling, need);
        let further = self.candidates(&draft, &need.need.key);
        let known: HashSet<String> = card.pairs.iter().map(|p| p.matched.offer.clone()).collect();
        let further = further.iter().filter(|m| !known.contains(&m.offer));
        card.pairs.extend(further.filter_map(|m| desk_pair(&index, &words, telling, m, false)));
        // Added by hand, and far from what the engine would think of.
        let known: HashSet<&str> = card.pairs.iter().map(|p| p.matched.offer.as_str()).collect();
        let mut by_hand: Vec<&str> = words
            .keys()
            .filter(|(key, offer)| *key == need.need.key && !known.contains(offer.as_str()))
            .map(|(_, offer)| offer.as_str())
            .collect();
        by_hand.sort_unstable();
        let (composer, _) = self.engine(&draft);
        let by_hand: Vec<Match> =
            by_hand.into_iter().filter_map(|offer| composer.pair(&need.need.key, offer)).collect();
        card.pairs.extend(by_hand.iter().filter_map(|m| desk_pair(&index, &words, telling, m, false)));
        card.pairs.sort_by_key(|p| (!p.on_draft && p.review == Review::Proposed, p.matched.rank));
        card.others = self.present(head.id, actor).remove(&need.number).unwrap_or_default();
        Ok(card)
    }

    /// Several needs of a draft, only with the candidates that stand on it: for decisions on many at once. Leave of `desk`.
    ///
    /// # Errors
    /// As [`Self::desk`].
    pub async fn desk_needs(&self, actor: &Actor, draft: i64, needs: &[u32]) -> Result<Vec<DeskNeed>> {
        actor.need(Act::Desk)?;
        let (_, draft, words) = self.open_draft(draft).await?;
        let index = ListIndex::new(&draft.list.content);
        let telling = Telling::of(self.reference, &index, actor.language);
        needs.iter().map(|number| Ok(on_desk(&index, &words, telling, draft.need(*number)?))).collect()
    }

    /// Offers of a draft whose title or enterprise holds the words, at most `limit`: to add one by hand. Leave of `desk`.
    ///
    /// # Errors
    /// As [`Self::desk`].
    pub async fn desk_offers(
        &self,
        actor: &Actor,
        draft: i64,
        words: &str,
        limit: usize,
    ) -> Result<Vec<(ListOffer, Option<ListEnterprise>)>> {
        actor.need(Act::Desk)?;
        let (_, draft, _) = self.open_draft(draft).await?;
        let index = ListIndex::new(&draft.list.content);
        let wanted = model::fold::fold_key(words);
        let number: Option<u32> = words.trim().parse().ok();
        let typed = model::pinyin::Typed::read(&wanted);
        let fits = |offer: &ListOffer| {
            let owner = index.enterprise(&offer.offer.enterprise).map_or("", |e| e.name.as_str());
            number == Some(offer.number)
                || model::fold::fold_key(&format!("{}\n{owner}", offer.offer.title)).contains(&wanted)
                || typed.as_ref().is_some_and(|t| t.is_in(&offer.offer.title) || t.is_in(owner))
        };
        let found = draft.list.content.offers.iter().filter(|o| !wanted.is_empty() && fits(o)).take(limit);
        Ok(found.map(|o| (o.clone(), index.enterprise(&o.offer.enterprise).cloned())).collect())
    }

    /// True where the actor may not approve the list, because the actor drafted it and another person could. Leave of `desk`.
    ///
    /// # Errors
    /// Storage errors.
    pub async fn another_approves(&self, actor: &Actor, list: &ListHead) -> Result<bool> {
        actor.need(Act::Desk)?;
        Ok(list.drafted_by == actor.name && self.another_approver(actor).await?)
    }

    /// Stores decisions, all or none: where somebody else has spoken of one of the pairs meanwhile, nothing is stored.
    ///
    /// # Errors
    /// [`crate::Code::Conflict`], the message naming who said what of which pair, or where the list is no draft;
    /// [`crate::Code::NotFound`] for numbers that are not on the draft; [`crate::Code::BadInput`] for a rejection without a
    /// reason, a pair that is not there to be confirmed or rejected, or one to be added that is there.
    pub async fn decide(&self, actor: &Actor, draft: i64, decisions: &[Decision]) -> Result<Decided> {
        actor.need(Act::Decide)?;
        if decisions.len() > DECISIONS_MAX {
            return Err(bad(&format!("{} decisions at once", decisions.len()))
                .hint(format!("at most {DECISIONS_MAX}; choose fewer needs")));
        }
        let (head, draft, words) = self.open_draft(draft).await?;
        let mut seen = HashSet::new();
        let mut pairs: Vec<(&str, &str)> = Vec::with_capacity(decisions.len());
        for decision in decisions {
            let (need, offer) = (draft.need(decision.need)?, draft.offer(decision.offer)?);
            if !seen.insert((decision.need, decision.offer)) {
                return Err(bad(&format!("the pair {}-{} stands twice", decision.need, decision.offer)));
            }
            self.check_word(&draft, &words, need, offer, &decision.review)?;
            pairs.push((&need.need.key, &offer.offer.key));
        }
        let reviews: Vec<NewReview<'_>> = decisions
            .iter()
            .zip(&pairs)
            .map(|(decision, (need, offer))| NewReview {
                need,
                offer,
                review: &decision.review,
                base: decision.base,
            })
            .collect();
        let ids = match self.store.record_reviews(head.id, &reviews, &self.by(actor)).await {
            Err(store::Error::Conflict { .. }) => return Err(self.spoken(&draft, decisions, &pairs).await?),
            stored => stored?,
        };
        let undo = decisions.iter().zip(&pairs).zip(&ids).map(|((decision, (need, offer)), id)| Decision {
            need: decision.need,
            offer: decision.offer,
            review: words
                .get(&((*need).to_owned(), (*offer).to_owned()))
                .map_or(Review::Proposed, |word| word.review.clone()),
            base: *id,
        });
        Ok(Decided { taken: ids.len() as u32, undo: undo.collect() })
    }

    /// Says that the actor looks at a need now (forgotten after two minutes), and who else does.
    ///
    /// # Errors
    /// Storage errors.
    pub async fn work_on(&self, actor: &Actor, draft: i64, need: u32) -> Result<Vec<String>> {
        actor.need(Act::WorkOn)?;
        let head = self.store.list_head_by_id(draft).await?;
        if head.state == ListState::Draft
            && let Ok(mut present) = self.desk.present.lock()
        {
            let now = self.clock.now_ms();
            present.retain(|_, who| {
                // A person looks at one need at a time.
                who.retain(|name, at| now - *at < PRESENT_MS && *name != actor.name);
                !who.is_empty()
            });
            present.entry((draft, need)).or_default().insert(actor.name.clone(), now);
        }
        Ok(self.present(draft, actor).remove(&need).unwrap_or_default())
    }

    /// Who else looks at which need of a draft.
    fn present(&self, draft: i64, actor: &Actor) -> HashMap<u32, Vec<String>> {
        let now = self.clock.now_ms();
        let Ok(present) = self.desk.present.lock() else { return HashMap::new() };
        let here = present.iter().filter(|((list, _), _)| *list == draft);
        here.map(|((_, need), who)| {
            let others = who.iter().filter(|(name, at)| now - **at < PRESENT_MS && **name != actor.name);
            (*need, others.map(|(name, _)| name.clone()).collect())
        })
        .collect()
    }

    /// A draft with the last word on each pair. Its content is read and indexed once: decisions do not change it.
    async fn open_draft(&self, id: i64) -> Result<(ListHead, Arc<Draft>, Words)> {
        let (head, reviews) = self.store.reviewed_list(id).await?;
        if head.state != ListState::Draft {
            return Err(Error::new(Code::Conflict, format!("list {id} is no draft: {}", head.state.zh())));
        }
        let key = (id, head.drafted_ms, head.version - reviews.len() as i64);
        let kept = self.desk.draft.lock().ok().and_then(|kept| kept.clone());
        let words = reviews.into_iter().map(|r| ((r.need.clone(), r.offer.clone()), r)).collect();
        if let Some((_, draft)) = kept.filter(|(of, _)| *of == key) {
            return Ok((head, draft, words));
        }
        let list = self.store.list(id).await?.list;
        expect_draft(&list)?;
        let draft = Arc::new(Draft { list, engine: OnceLock::new(), candidates: Mutex::default() });
        if let Ok(mut kept) = self.desk.draft.lock() {
            *kept = Some((key, draft.clone()));
        }
        Ok((head, draft, words))
    }

    fn engine<'d>(&self, draft: &'d Draft) -> &'d (Composer, Catalogue) {
        draft.engine.get_or_init(|| {
            let composer = Composer::reopen(self.reference, &draft.list.content);
            let catalogue = composer.catalogue();
            (composer, catalogue)
        })
    }

    /// What the engine ranks for a need, kept while the draft is.
    fn candidates(&self, draft: &Draft, need: &str) -> Arc<Vec<Match>> {
        let kept = draft.candidates.lock().ok().and_then(|kept| kept.get(need).cloned());
        kept.unwrap_or_else(|| {
            let (composer, catalogue) = self.engine(draft);
            let found = Arc::new(composer.candidates(catalogue, need));
            if let Ok(mut kept) = draft.candidates.lock() {
                kept.insert(need.to_owned(), found.clone());
            }
            found
        })
    }

    /// Whether a word can be said of a pair.
    fn check_word(
        &self,
        draft: &Draft,
        words: &Words,
        need: &ListNeed,
        offer: &ListOffer,
        review: &Review,
    ) -> Result<()> {
        let (need_key, offer_key) = (need.need.key.as_str(), offer.offer.key.as_str());
        if need.need.enterprise == offer.offer.enterprise {
            return Err(bad("need and offer are of the same enterprise"));
        }
        let pairs = &draft.list.content.pairs;
        let on_draft = pairs.iter().find(|p| p.matched.need == need_key && p.matched.offer == offer_key);
        let spoken = || words.contains_key(&(need_key.to_owned(), offer_key.to_owned()));
        match review {
            Review::Proposed => Ok(()),
            // What was added before the draft was settled stands on it and may be added again after a rejection.
            Review::Added if on_draft.is_some_and(|p| p.review != Review::Added) => {
                Err(bad("this pair is on the draft already").hint("confirm it"))
            }
            Review::Added => Ok(()),
            Review::Rejected { reason } if reason.trim().is_empty() => {
                Err(bad("a pair is rejected only with a reason"))
            }
            Review::Rejected { reason } if reason.chars().count() > REASON_CHARS => {
                Err(bad(&format!("a reason has at most {REASON_CHARS} characters")))
            }
            Review::Rejected { .. } => {
                let ranked = || self.candidates(draft, need_key).iter().any(|m| m.offer == offer_key);
                if on_draft.is_some() || spoken() || ranked() { Ok(()) } else { Err(unpaired()) }
            }
            Review::Confirmed => {
                if on_draft.is_some() || spoken() {
                    Ok(())
                } else {
                    Err(unpaired())
                }
            }
        }
    }

    /// The conflict: who said what of which pair meanwhile.
    async fn spoken(&self, draft: &Draft, decisions: &[Decision], pairs: &[(&str, &str)]) -> Result<Error> {
        let (_, _, words) = self.open_draft(draft.list.id).await?;
        let mut said = Vec::new();
        for (decision, (need, offer)) in decisions.iter().zip(pairs) {
            let word = words.get(&((*need).to_owned(), (*offer).to_owned()));
            if let Some(word) = word.filter(|w| w.id != decision.base) {
                said.push(format!(
                    "{} said {} of need {} with offer {}",
                    word.actor,
                    in_words(&word.review),
                    decision.need,
                    decision.offer
                ));
            }
        }
        let more = said.len().saturating_sub(5);
        said.truncate(5);
        let tail = if more > 0 { format!("; and {more} more") } else { String::new() };
        let message = format!("nothing was stored: meanwhile {}{tail}", said.join("; "));
        Ok(Error::new(Code::Conflict, message).hint("look at both words and decide again"))
    }

    /// True where records changed after the draft was made.
    async fn is_outdated(&self, head: &ListHead) -> Result<bool> {
        let import = self.store.imports(1).await?.first().map(|i| i.id);
        let changed = self.store.last_record_change_ms().await?;
        Ok(import != head.import_id || changed.is_some_and(|at| at > head.drafted_ms))
    }
}

/// A need with the candidates that stand on the draft.
fn on_desk(index: &ListIndex<'_>, words: &Words, telling: Telling<'_>, need: &ListNeed) -> DeskNeed {
    let pairs = index.pairs_of(&need.need.key).iter();
    DeskNeed {
        need: need.clone(),
        enterprise: index.enterprise(&need.need.enterprise).cloned(),
        pairs: pairs.filter_map(|p| desk_pair(index, words, telling, &p.matched, true)).collect(),
        others: Vec::new(),
    }
}

fn desk_pair(
    index: &ListIndex<'_>,
    words: &Words,
    telling: Telling<'_>,
    matched: &Match,
    on_draft: bool,
) -> Option<DeskPair> {
    let word = words.get(&(matched.need.clone(), matched.offer.clone()));
    let listed = index.pairs_of(&matched.need).iter().find(|p| p.matched.offer == matched.offer);
    Some(DeskPair {
        matched: telling.matched(matched).into_owned(),
        offer: index.offer(&matched.offer)?.clone(),
        supplier: index.supplier(&matched.offer).cloned(),
        allocation: listed.and_then(|p| p.allocation.clone()),
        review: word.map_or(Review::Proposed, |w| w.review.clone()),
        base: word.map_or(0, |w| w.id),
        by: word.map(|w| w.actor.clone()),
        at_ms: word.map(|w| w.at_ms),
        on_draft,
    })
}

fn bad(message: &str) -> Error {
    Error::new(Code::BadInput, message)
}

fn unpaired() -> Error {
    bad("this pair is not on the draft").hint("add it by hand")
}

fn in_words(review: &Review) -> String {
    match review {
        Review::Rejected { reason } => format!("{} ({reason})", review.zh()),
        other => other.zh().to_owned(),
    }
}
