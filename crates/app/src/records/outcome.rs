//! Outcomes: what came of a pair of a need and an offer. Its two sides and the secretariat see them; learning reads them all.

use super::card::unknown;
use super::edit::field;
use super::introduction::checked;
use super::market::{Eyes, Market, Viewer};
use super::{EnterpriseBrief, IntroductionState};
use crate::{Act, Actor, App, Code, Error, Result};
use jiff::civil::Date;
use model::outcome::{OutcomeResult, OutcomeSource};
use serde::Serialize;
use store::{By, NewOutcome, StoredOutcome};

/// An outcome to be recorded of an introduction.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OutcomeForm {
    /// Intent, contract, none, or retracted.
    pub result: OutcomeResult,
    /// Amount in fen; only of an intent or a contract.
    pub amount_fen: Option<i64>,
    /// Word of the reason (`data/outcomes.csv`); only of a no, which needs one.
    pub reason: String,
    /// Free words, at most 500 characters.
    pub note: String,
    /// The day of it; today where absent.
    pub day: Option<Date>,
}

/// An outcome as one of its sides, or the secretariat, sees it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct OutcomeInfo {
    /// Row id; a greater one is newer.
    pub id: i64,
    /// Row id and title of the need; none where it is gone.
    pub need: Option<(i64, String)>,
    /// Row id and title of the offer.
    pub offer: Option<(i64, String)>,
    /// Whose need it is.
    pub demander: EnterpriseBrief,
    /// Whose offer it is.
    pub supplier: EnterpriseBrief,
    /// Where it came up.
    pub source: OutcomeSource,
    /// What it came of, such as `introduction/3`.
    pub reference: String,
    /// What came of it.
    pub result: OutcomeResult,
    /// Amount in fen.
    pub amount_fen: Option<i64>,
    /// Word of the reason for a no; empty for none.
    pub reason: String,
    /// Free words.
    pub note: String,
    /// The day of it.
    pub day: Date,
    /// Who recorded it.
    pub by: String,
    /// When, milliseconds since 1970 UTC.
    pub at_ms: i64,
}

#[boxed::futures]
impl App {
    /// Records what came of an introduction that both sides agreed to, also after its end. Whoever takes part may, and the
    /// secretariat; the newest of a pair counts.
    ///
    /// # Errors
    /// [`Code::NotFound`], also for others' introductions; [`Code::Conflict`] where the two never agreed; [`Code::BadInput`]
    /// by field.
    pub async fn record_outcome(&self, actor: &Actor, introduction: i64, form: &OutcomeForm) -> Result<i64> {
        actor.need(Act::RecordOutcome)?;
        let market = self.market().await?;
        let (found, info) = market.mine(&market.viewer(actor), introduction)?;
        if !(info.need_agreed && info.offer_agreed) || info.state == IntroductionState::Asked {
            return Err(Error::new(Code::Conflict, "the two sides have not agreed to talk yet")
                .hint("an outcome is recorded once both have agreed"));
        }
        let (need, offer) = market.sides(found).ok_or_else(unknown)?;
        let new = NewOutcome {
            need: need.value.key.clone(),
            offer: offer.value.key.clone(),
            source: OutcomeSource::Introduction,
            reference: format!("introduction/{introduction}"),
            result: form.result,
            amount_fen: form.amount_fen,
            reason: form.reason.trim().to_owned(),
            note: form.note.trim().to_owned(),
            day: form.day.unwrap_or_else(|| self.today()),
        };
        self.keep_outcome(&self.by(actor), &new).await
    }

    /// Records an outcome of a pair (keys of need and offer) for a use case that has asked leave and knows that its actor may
    /// speak of the pair: of an introduction, of a meeting. Returns its row id.
    ///
    /// # Errors
    /// [`Code::BadInput`] by field: `result` for one that is not an outcome of talks, `amount`, `reason`, `note`, `day`.
    pub(crate) async fn keep_outcome(&self, by: &By, new: &NewOutcome) -> Result<i64> {
        use OutcomeResult::{Contract, Intent, None as Nothing, Retracted};
        let wrong = |name: &str, what: &str| Err(field(name, what));
        if !matches!(new.result, Intent | Contract | Nothing | Retracted) {
            return wrong("result", "请选择意向、签约、未成或撤回");
        }
        if new.amount_fen.is_some_and(|fen| fen < 0 || !matches!(new.result, Intent | Contract)) {
            return wrong("amount", "只有意向和签约有金额，且不为负");
        }
        let known = self.reference.outcomes.reason(&new.reason).is_some();
        match new.result {
            Nothing if !known => return wrong("reason", "未成时请选择原因"),
            Intent | Contract | Retracted if !new.reason.is_empty() => {
                return wrong("reason", "只有未成时才有原因");
            }
            _ => {}
        }
        checked("note", &new.note)?;
        if new.day > self.today() {
            return wrong("day", "日期不能晚于今天");
        }
        Ok(self.store.record_outcome(new, by).await?)
    }

    /// Outcomes that the actor may see, newest first: of its own enterprise's pairs, or of those that a commissioner looks
    /// after; the secretariat sees all.
    ///
    /// # Errors
    /// Storage errors.
    pub async fn outcomes(&self, actor: &Actor) -> Result<Vec<OutcomeInfo>> {
        actor.need(Act::Outcomes)?;
        let market = self.market().await?;
        let viewer = market.viewer(actor);
        let mut stored = self.store.outcomes().await?;
        stored.reverse();
        Ok(stored.into_iter().filter_map(|outcome| market.outcome(&viewer, outcome)).collect())
    }
}

impl Market {
    /// An outcome as a side of the pair sees it; none for anybody else. The two have talked, so each knows of the other.
    fn outcome(
        &self,
        viewer: &Viewer,
        StoredOutcome { id, outcome, actor, at_ms }: StoredOutcome,
    ) -> Option<OutcomeInfo> {
        let (need, offer) = (self.needs.by_key(&outcome.need), self.offers.by_key(&outcome.offer));
        let owners = [need.map(|held| held.owner), offer.map(|held| held.owner)];
        if viewer.eyes != Eyes::Office && !owners.iter().flatten().any(|owner| viewer.is_mine(*owner)) {
            return None;
        }
        let brief = |owner: Option<i64>| {
            owner.map_or_else(EnterpriseBrief::default, |id| self.brief_of(viewer, id, true))
        };
        Some(OutcomeInfo {
            id,
            need: need.map(|held| (held.id, self.titled(viewer, held, true))),
            offer: offer.map(|held| (held.id, self.titled(viewer, held, true))),
            demander: brief(owners[0]),
            supplier: brief(owners[1]),
            source: outcome.source,
            reference: outcome.reference,
            result: outcome.result,
            amount_fen: outcome.amount_fen,
            reason: outcome.reason,
            note: outcome.note,
            day: outcome.day,
            by: actor,
            at_ms,
        })
    }
}
