//! Reviewing a draft: confirm, reject with reason, add by hand.

use super::expect_draft;
use crate::{Act, Actor, App, Code, Error, Result};
use model::list::Review;

#[boxed::futures]
impl App {
    /// Records what the secretariat says of a pair of a draft, by the numbers that the draft shows. Applied at approval.
    ///
    /// # Errors
    /// [`Code::NotFound`] for numbers that are not on the draft; [`Code::Conflict`] where the list is no draft;
    /// [`Code::BadInput`] for a pair that is not there to be confirmed or rejected, or is there already.
    pub async fn review(&self, actor: &Actor, id: i64, need: u32, offer: u32, review: Review) -> Result<()> {
        actor.need(Act::Review)?;
        let list = self.store.list(id).await?.list;
        expect_draft(&list)?;
        let content = &list.content;
        let missing =
            |what: &str, number: u32| Error::new(Code::NotFound, format!("no {what} {number} on draft {id}"));
        let need =
            &content.needs.iter().find(|n| n.number == need).ok_or_else(|| missing("need", need))?.need;
        let offer =
            &content.offers.iter().find(|o| o.number == offer).ok_or_else(|| missing("offer", offer))?.offer;
        let mut paired =
            content.pairs.iter().any(|p| p.matched.need == need.key && p.matched.offer == offer.key);
        // A pair added by hand is not on the content before the approval, but is there to be rejected again.
        for (need_key, offer_key, said) in self.standing_reviews(id).await? {
            let by_hand = matches!(said, Review::Added | Review::Confirmed);
            paired |= by_hand && (need_key, offer_key) == (need.key.clone(), offer.key.clone());
        }
        match (&review, paired) {
            (Review::Added, true) => {
                return Err(
                    Error::new(Code::BadInput, "this pair is on the draft already").hint("confirm it")
                );
            }
            (Review::Confirmed | Review::Rejected { .. }, false) => {
                return Err(
                    Error::new(Code::BadInput, "this pair is not on the draft").hint("add it by hand")
                );
            }
            _ => {}
        }
        if need.enterprise == offer.enterprise {
            return Err(Error::new(Code::BadInput, "need and offer are of the same enterprise"));
        }
        Ok(self.store.record_review(id, &need.key, &offer.key, &review, &self.by(actor)).await?)
    }
}
