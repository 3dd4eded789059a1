//! Reading lists, their files, and proving them.

use super::compose::{Composer, ENGINE, compare};
use crate::{Act, Actor, App, Code, Error, Result, Role};
use model::list::{ListContent, ListState, MatchingList};
use std::sync::Arc;
use store::ListHead;

/// Hashes that must be one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Verification {
    /// The hash given at publication.
    pub published: String,
    /// The hash of the content as it is stored now.
    pub content: String,
    /// The hash of the content computed again from its own records and reviews; none where another version of the engine
    /// or other vectors of titles made it, which would compute another list.
    pub recomputed: Option<String>,
    /// Version of the engine that made it.
    pub engine: u32,
    /// True where it was matched with vectors of titles that are not those of this program's `--data` folder, or without any.
    pub other_vectors: bool,
}

impl Verification {
    /// True where the list is what was published and, where that can be computed, what follows from its records.
    pub fn is_sound(&self) -> bool {
        self.content == self.published && self.recomputed.as_ref().is_none_or(|r| *r == self.published)
    }
}

#[boxed::futures]
impl App {
    /// The published list of a market (its key, empty for parts and materials) with the highest number; none for a member
    /// whose enterprise nobody has approved yet.
    ///
    /// # Errors
    /// Storage errors.
    pub async fn newest_list(&self, actor: &Actor, market: &str) -> Result<Option<Arc<MatchingList>>> {
        actor.need(Act::NewestList)?;
        let market = &self.known_market(market)?.key;
        if !is_reader(actor) {
            return Ok(None);
        }
        let newest = self
            .store
            .lists()
            .await?
            .into_iter()
            .filter(|l| l.state == ListState::Published && l.market.0 == *market)
            .max_by_key(|l| l.number)
            .and_then(|l| l.number);
        match newest {
            Some(number) => Ok(Some(self.list_by_number(actor, number).await?)),
            None => Ok(None),
        }
    }

    /// The list with this number.
    ///
    /// # Errors
    /// [`Code::NotFound`]; [`Code::NotAllowed`] for a member whose enterprise nobody has approved yet.
    pub async fn list_by_number(&self, actor: &Actor, number: u32) -> Result<Arc<MatchingList>> {
        actor.need(Act::ListByNumber)?;
        if !is_reader(actor) {
            let message = format!("{} is no member yet: the account has no enterprise", actor.name);
            return Err(Error::new(Code::NotAllowed, message)
                .hint("claim your enterprise; the secretariat approves it"));
        }
        // Another process may have withdrawn it, or restored another database: the head is always read.
        let head = self.store.list_head(number).await?;
        let kept = self.last_list.lock().ok().and_then(|kept| kept.clone());
        if let Some((version, list)) = kept
            && (version, list.id, list.state, &list.sha256)
                == (head.version, head.id, head.state, &head.sha256)
        {
            return Ok(list);
        }
        let stored = self.store.list_by_number(number).await?;
        let list = Arc::new(stored.list);
        if let Ok(mut kept) = self.last_list.lock() {
            *kept = Some((stored.version, list.clone()));
        }
        Ok(list)
    }

    /// Forgets the list kept in memory, because its state has changed.
    pub(crate) fn forget_list(&self) {
        if let Ok(mut kept) = self.last_list.lock() {
            *kept = None;
        }
    }

    /// A list by its row id, published or not.
    ///
    /// # Errors
    /// [`Code::NotFound`]; [`Code::NotAllowed`] for a draft where the actor may not review.
    pub async fn draft_by_id(&self, actor: &Actor, id: i64) -> Result<MatchingList> {
        actor.need(Act::DraftById)?;
        Ok(self.store.list(id).await?.list)
    }

    /// All lists, newest first. Drafts are shown to those who may review.
    ///
    /// # Errors
    /// Storage errors.
    pub async fn lists(&self, actor: &Actor) -> Result<Vec<ListHead>> {
        actor.need(Act::Lists)?;
        let mut lists = self.store.lists().await?;
        if !actor.may(Act::DraftById) {
            lists.retain(|l| matches!(l.state, ListState::Published | ListState::Withdrawn));
        }
        lists.sort_by_key(|l| std::cmp::Reverse(l.id));
        Ok(lists)
    }

    /// Computes a published list again from its frozen records and its reviews, and compares the hashes. It is compared
    /// with the same list as at its publication, also where that one was withdrawn since.
    ///
    /// # Errors
    /// [`Code::NotFound`].
    pub async fn verify(&self, actor: &Actor, number: u32) -> Result<Verification> {
        actor.need(Act::Verify)?;
        let list = self.store.list_by_number(number).await?.list;
        let engine = list.content.engine;
        let other_vectors = list.content.vectors_sha256 != self.reference.vectors.sha256();
        let same = engine == ENGINE && !other_vectors;
        let recomputed = if same { Some(self.recompute(&list).await?) } else { None };
        Ok(Verification {
            published: list.sha256.unwrap_or_default(),
            content: list.content.sha256(),
            recomputed,
            engine,
            other_vectors,
        })
    }

    async fn recompute(&self, list: &MatchingList) -> Result<String> {
        let compared = match list.content.compared_with_sha256.as_str() {
            "" => None,
            sha256 => Some(self.store.list_by_sha256(sha256).await?.list),
        };
        let reviews = self.standing_reviews(list.id).await?;
        let settled =
            Composer::reopen(self.reference, &list.content).settle_reviewed(&reviews, &|_, _, _| {});
        let content = ListContent {
            previous_sha256: list.content.previous_sha256.clone(),
            ..compare(self.reference, settled, compared.as_ref())
        };
        Ok(content.sha256())
    }

    /// The workbook of a list.
    ///
    /// # Errors
    /// [`Code::File`] where it cannot be made.
    pub fn list_workbook(&self, actor: &Actor, list: &MatchingList) -> Result<Vec<u8>> {
        actor.need(Act::ListWorkbook)?;
        let mut out = std::io::Cursor::new(Vec::new());
        exchange::list_workbook::write_list(list, self.reference, &mut out)
            .map_err(|e| Error::new(Code::File, e.to_string()))?;
        Ok(out.into_inner())
    }
}

/// A list holds what members may see, so an account that is of no enterprise yet does not read it.
pub(super) fn is_reader(actor: &Actor) -> bool {
    !matches!(actor.role, Role::Member { enterprise: None })
}
