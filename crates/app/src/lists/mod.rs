//! Lists: draft, review, approve, publish, withdraw, read, verify.

mod allotted;
mod chain;
mod compose;
mod desk;
mod publish;
mod read;
mod review;
mod telling;
#[cfg(test)]
mod tests;

pub use allotted::{Allotted, AllottedOffer};
pub use chain::WhatIf;
pub(crate) use compose::Composer;
pub(crate) use desk::DeskMemory;
pub use desk::{Decided, Decision, Desk, DeskNeed, DeskPair, DeskRow};
pub use publish::PublishOptions;
pub use read::Verification;
pub use telling::Telling;

use crate::{Act, Actor, App, Code, Error, Progress, Result, Stage};
use compose::{Reviewed, compare};
use model::list::{ListState, MatchingList, Review};
use model::markets::MarketKey;
use model::period::Period;
use std::collections::BTreeMap;
use store::{By, ListHead, NewDraft, PairReview, Status};

/// How often a step is tried when somebody else changes the list in between.
const TRIES: u32 = 5;

#[boxed::futures]
impl App {
    /// Who does something now, for the store's records.
    pub(crate) fn by(&self, actor: &Actor) -> By {
        By::new(&actor.name, self.clock.now_ms())
    }

    /// Computes a draft of the period's list from all open needs and offers of a market, by its key (empty for parts and
    /// materials). What was said on the period's open draft is kept for pairs whose records have not changed, and that draft
    /// is discarded; pairs that were rejected on the newest numbered list and have not changed since stay rejected.
    ///
    /// # Errors
    /// [`Code::NothingToDo`] where no need is left to match; [`Code::Conflict`] where the open draft changes again and
    /// again meanwhile; storage errors.
    pub async fn draft(
        &self,
        actor: &Actor,
        market: &str,
        period: Period,
        progress: Progress<'_>,
    ) -> Result<MatchingList> {
        actor.need(Act::Draft)?;
        let market = MarketKey(self.known_market(market)?.key.clone());
        let by = self.by(actor);
        let mut tries = 1;
        loop {
            progress(Stage::Load, 0, 1);
            let mut records = self.store.snapshot().await?;
            let (evidence, today) = (crate::inspect::by_offer(&records.evidence), self.today());
            for offer in &mut records.offers {
                let own = evidence.get(&offer.id).map_or(&[][..], Vec::as_slice);
                offer.value.evidence = crate::inspect::valid_for(own, &offer.value, today);
            }
            progress(Stage::Load, 1, 1);
            let import_id = records.import_id;
            let cluster = self.cluster_name().await?;
            let mut composer = Composer::new(self.reference, &cluster, period)
                .of_region(self.cluster_region().await?)
                .of_market(market.clone(), self.scoring(&market).await?)
                .of_share(allotted::share_limit(&self.store).await?);
            composer.take(
                records.enterprises.into_iter().map(|s| s.value),
                records.needs.into_iter().filter(|s| s.status == Status::Open).map(|s| s.value),
                records.offers.into_iter().filter(|s| s.status == Status::Open).map(|s| s.value),
            );
            if composer.is_empty() {
                return Err(nothing_to_match());
            }
            let mut lists = self.store.lists().await?;
            lists.retain(|l| l.market == market);
            let open = lists.iter().filter(|l| l.period == period && l.state == ListState::Draft);
            let open = open.max_by_key(|l| l.id);
            let reviews = self.carried_over(&composer, &lists, open).await?;
            let settled = composer.settle_reviewed(&reviews, progress);
            let content =
                compare(self.reference, settled, self.standing_list(&lists, &market).await?.as_ref());
            let draft = NewDraft {
                content: &content,
                reviews: &reviews,
                import_id,
                replaces: open.map(|l| (l.id, l.version)),
            };
            match self.store.insert_draft(&draft, &by).await {
                Err(store::Error::Conflict { .. }) if tries < TRIES => tries += 1,
                stored => return Ok(self.store.list(stored?.id).await?.list),
            }
        }
    }

    /// Approves a draft: reviews are applied, allocation and gaps settled again. Where two people could approve, the
    /// drafter may not.
    ///
    /// # Errors
    /// [`Code::NotAllowed`] for the drafter; [`Code::Conflict`] where the list is no draft, or is reviewed again and again
    /// meanwhile.
    pub async fn approve(&self, actor: &Actor, id: i64, progress: Progress<'_>) -> Result<MatchingList> {
        actor.need(Act::Approve)?;
        let by = self.by(actor);
        let mut tries = 1;
        loop {
            // The version first: a review that comes after it makes the approval a conflict.
            let stored = self.store.list(id).await?;
            if stored.list.drafted_by == actor.name && self.another_approver(actor).await? {
                return Err(Error::new(
                    Code::NotAllowed,
                    format!("{} drafted list {id}; another person approves it", actor.name),
                )
                .hint("approve it under another account with --as"));
            }
            expect_draft(&stored.list)?;
            let reviews = self.standing_reviews(id).await?;
            let content = if reviews.is_empty() {
                None
            } else {
                let lists = self.store.lists().await?;
                let content = &stored.list.content;
                let settled = Composer::reopen(self.reference, content).settle_reviewed(&reviews, progress);
                Some(compare(
                    self.reference,
                    settled,
                    self.standing_list(&lists, &content.market).await?.as_ref(),
                ))
            };
            match self.store.approve(id, stored.version, content.as_ref(), &by).await {
                Err(store::Error::Conflict { .. }) if tries < TRIES => tries += 1,
                approved => return Ok(self.store.list(approved?.id).await?.list),
            }
        }
    }

    /// Makes an approved list a draft again, to correct it.
    ///
    /// # Errors
    /// [`Code::NotFound`]; [`Code::Conflict`] where it is not approved.
    pub async fn reopen(&self, actor: &Actor, id: i64) -> Result<()> {
        actor.need(Act::Reopen)?;
        let version = self.store.list(id).await?.version;
        self.store.reopen(id, version, &self.by(actor)).await?;
        Ok(())
    }

    /// Gives up a draft. It stays on record.
    ///
    /// # Errors
    /// [`Code::NotFound`]; [`Code::Conflict`] where it is no draft.
    pub async fn discard(&self, actor: &Actor, id: i64) -> Result<()> {
        actor.need(Act::Discard)?;
        let version = self.store.list(id).await?.version;
        self.store.discard(id, version, &self.by(actor)).await?;
        Ok(())
    }

    /// The list of a market that stands published, of these heads: with it a new one is compared.
    async fn standing_list(&self, lists: &[ListHead], market: &MarketKey) -> Result<Option<MatchingList>> {
        let standing = lists.iter().filter(|l| l.market == *market && l.state == ListState::Published);
        match standing.max_by_key(|l| l.number) {
            Some(head) => Ok(Some(self.store.list(head.id).await?.list)),
            None => Ok(None),
        }
    }

    /// What was said last of each pair; a word that was taken back counts as none.
    async fn standing_reviews(&self, id: i64) -> Result<Vec<Reviewed>> {
        let mut last: BTreeMap<(String, String), Review> = BTreeMap::new();
        for PairReview { need, offer, review, .. } in self.store.reviews(id).await? {
            last.insert((need, offer), review);
        }
        last.retain(|_, review| *review != Review::Proposed);
        Ok(last.into_iter().map(|((need, offer), review)| (need, offer, review)).collect())
    }

    /// What a new draft takes over: nobody has to reject the same pair each month, and no word on the open draft is lost.
    /// Of the newest numbered list, withdrawn or not, the rejections; of the period's open draft everything, which counts
    /// more because it is newer.
    async fn carried_over(
        &self,
        now: &Composer,
        lists: &[ListHead],
        open: Option<&ListHead>,
    ) -> Result<Vec<Reviewed>> {
        let mut kept: BTreeMap<(String, String), Review> = BTreeMap::new();
        let numbered = lists.iter().filter(|l| l.number.is_some()).max_by_key(|l| l.number);
        for earlier in numbered.into_iter().chain(open) {
            let content = self.store.list(earlier.id).await?.list.content;
            let mut reviews = self.standing_reviews(earlier.id).await?;
            reviews
                .retain(|(.., review)| earlier.number.is_none() || matches!(review, Review::Rejected { .. }));
            for (need, offer, review) in now.unchanged(&content, reviews) {
                kept.insert((need, offer), review);
            }
        }
        Ok(kept.into_iter().map(|((need, offer), review)| (need, offer, review)).collect())
    }
}

fn expect_draft(list: &MatchingList) -> Result<()> {
    if list.state == ListState::Draft {
        return Ok(());
    }
    Err(Error::new(Code::Conflict, format!("list {} is no draft: {}", list.id, list.state.zh())))
}

fn nothing_to_match() -> Error {
    Error::new(
        Code::NothingToDo,
        "no need is left to match: none is open and valid in the period, of an enterprise that the members may see",
    )
}
