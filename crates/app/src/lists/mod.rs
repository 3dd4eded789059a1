//! Lists: draft, review, approve, publish, withdraw, read, verify.

mod compose;
mod read;
mod review;

pub use read::Verification;

use crate::{Act, Actor, App, Code, Error, Progress, Result, Stage};
use compose::{Composer, Reviewed, compare};
use model::list::{ListContent, ListState, MatchingList};
use model::period::Period;
use std::sync::Arc;
use store::{By, PairReview};

impl App {
    /// Who does something now, for the store's records.
    pub(crate) fn by(&self, actor: &Actor) -> By {
        By::new(&actor.name, self.clock.now_ms())
    }

    /// Computes a draft of the period's list from all open needs and offers. Pairs that were rejected on the last list
    /// and whose records have not changed since stay rejected.
    ///
    /// # Errors
    /// [`Code::NothingToDo`] where there are no needs; storage errors.
    pub async fn draft(&self, actor: &Actor, period: Period, progress: Progress<'_>) -> Result<MatchingList> {
        actor.need(Act::Review)?;
        progress(Stage::Load, 0, 3);
        let enterprises = self.store.enterprises().await?;
        progress(Stage::Load, 1, 3);
        let needs = self.store.needs().await?;
        progress(Stage::Load, 2, 3);
        let offers = self.store.offers().await?;
        progress(Stage::Load, 3, 3);
        if needs.is_empty() {
            return Err(Error::new(Code::NothingToDo, "there are no needs to match"));
        }
        let cluster = self.cluster_name().await?;
        let mut composer = Composer::new(self.reference, &cluster, period);
        composer.take(
            enterprises.into_iter().map(|s| s.value),
            needs.into_iter().filter(|s| s.status == store::Status::Open).map(|s| s.value),
            offers.into_iter().filter(|s| s.status == store::Status::Open).map(|s| s.value),
        );
        let matches = composer.matches(progress);
        let previous = self.last_published().await?;
        let kept = match &previous {
            Some(last) => self.rejections_that_stand(last, &composer).await?,
            None => Vec::new(),
        };
        let content =
            compare(composer.settle(matches, &kept, progress), previous.as_ref().map(|l| &l.content));
        progress(Stage::Freeze, 0, 1);
        let by = self.by(actor);
        let head = self.store.insert_draft(&content, &by).await?;
        for (need, offer, review) in &kept {
            self.store.record_review(head.id, need, offer, review, &by).await?;
        }
        progress(Stage::Freeze, 1, 1);
        Ok(self.store.list(head.id).await?.list)
    }

    /// Approves a draft: reviews are applied, allocation and gaps settled again. Where two people could approve, the
    /// drafter may not.
    ///
    /// # Errors
    /// [`Code::NotAllowed`] for the drafter; [`Code::Conflict`] where the list is no draft.
    pub async fn approve(&self, actor: &Actor, id: i64, progress: Progress<'_>) -> Result<MatchingList> {
        actor.need(Act::Publish)?;
        let stored = self.store.list(id).await?;
        if stored.list.drafted_by == actor.name && self.another_approver(actor).await? {
            return Err(Error::new(
                Code::NotAllowed,
                format!("{} drafted list {id}; another person approves it", actor.name),
            )
            .hint("approve it under another account with --as"));
        }
        if stored.list.state != ListState::Draft {
            return Err(Error::new(
                Code::Conflict,
                format!("list {id} is no draft: {}", stored.list.state.zh()),
            ));
        }
        let by = self.by(actor);
        let reviews = self.standing_reviews(id).await?;
        let mut version = stored.version;
        if !reviews.is_empty() {
            let previous = self.last_published().await?;
            let settled =
                Composer::reopen(self.reference, &stored.list.content).settle_reviewed(&reviews, progress);
            let content = compare(settled, previous.as_ref().map(|l| &l.content));
            version = self.store.update_draft(id, version, &content, &by).await?.version;
        }
        self.store.approve(id, version, &by).await?;
        Ok(self.store.list(id).await?.list)
    }

    /// Numbers and freezes an approved list.
    ///
    /// # Errors
    /// [`Code::Conflict`] where the list is not approved, or another list was published at the same moment.
    pub async fn publish(&self, actor: &Actor, id: i64, progress: Progress<'_>) -> Result<MatchingList> {
        actor.need(Act::Publish)?;
        progress(Stage::Freeze, 0, 1);
        let version = self.store.list(id).await?.version;
        let chained =
            self.store.lists().await?.into_iter().filter(|l| l.number.is_some()).max_by_key(|l| l.number);
        let chained = chained.and_then(|l| l.sha256).unwrap_or_default();
        let previous = self.last_published().await?.map(|l| l.content);
        let by = self.by(actor);
        self.forget_list();
        self.store
            .publish(id, version, &by, move |_, last_sha256, content| {
                // Another list in between would make the comparison stale: the store refuses a content that names the wrong one.
                debug_assert!(chained.is_empty() || chained.len() == 64);
                let compared = compare(content, previous.as_ref());
                ListContent {
                    previous_sha256: if chained == last_sha256 { chained } else { "stale".to_owned() },
                    ..compared
                }
            })
            .await?;
        progress(Stage::Freeze, 1, 1);
        Ok(self.store.list(id).await?.list)
    }

    /// Brings the period's list to publication: an approved list is published, an open draft is approved first, and where there
    /// is neither, one is drafted.
    ///
    /// # Errors
    /// Those of the single steps.
    pub async fn publish_period(
        &self,
        actor: &Actor,
        period: Period,
        progress: Progress<'_>,
    ) -> Result<Arc<MatchingList>> {
        actor.need(Act::Publish)?;
        let open = self.store.lists().await?.into_iter().filter(|l| l.period == period).max_by_key(|l| l.id);
        let id = match open {
            Some(list) if list.state == ListState::Approved => list.id,
            Some(list) if list.state == ListState::Draft => self.approve(actor, list.id, progress).await?.id,
            _ => {
                let draft = self.draft(actor, period, progress).await?;
                self.approve(actor, draft.id, progress).await?.id
            }
        };
        Ok(Arc::new(self.publish(actor, id, progress).await?))
    }

    /// Takes a published list back, with a reason. Number and content stay.
    ///
    /// # Errors
    /// [`Code::NotFound`]; [`Code::Conflict`] where it is withdrawn already.
    pub async fn withdraw(&self, actor: &Actor, number: u32, reason: &str) -> Result<()> {
        actor.need(Act::Publish)?;
        if reason.trim().is_empty() {
            return Err(Error::new(Code::BadInput, "a list is withdrawn only with a reason"));
        }
        let stored = self.store.list_by_number(number).await?;
        self.forget_list();
        self.store.withdraw(stored.list.id, stored.version, reason, &self.by(actor)).await?;
        Ok(())
    }

    async fn last_published(&self) -> Result<Option<MatchingList>> {
        Ok(self.store.last_published(None).await?.map(|s| s.list))
    }

    /// What was said last of each pair.
    async fn standing_reviews(&self, id: i64) -> Result<Vec<Reviewed>> {
        let mut last: std::collections::BTreeMap<(String, String), model::list::Review> =
            std::collections::BTreeMap::new();
        for PairReview { need, offer, review, .. } in self.store.reviews(id).await? {
            last.insert((need, offer), review);
        }
        Ok(last.into_iter().map(|((need, offer), review)| (need, offer, review)).collect())
    }

    /// Rejections of the last list whose need and offer are unchanged: nobody has to reject the same pair each month.
    async fn rejections_that_stand(&self, last: &MatchingList, now: &Composer) -> Result<Vec<Reviewed>> {
        let mut reviews = self.standing_reviews(last.id).await?;
        reviews.retain(|(need, offer, review)| {
            matches!(review, model::list::Review::Rejected { .. })
                && now.unchanged(&last.content, need, offer)
        });
        Ok(reviews)
    }
}
