//! Introductions (牵线): two sides of a pair want to talk. Contacts, prices and the like are released when both have agreed.

use super::card::unknown;
use super::edit::field;
use super::market::{Eyes, Held, Listed, Market, Viewer, status};
use super::{EnterpriseBrief, RecordStatus};
use crate::notice::To;
use crate::{Act, Actor, App, Code, Error, Result};
use model::enterprise::Contact;
use model::need::Need;
use model::offer::Offer;
use model::visibility::Visibility;
use serde::Serialize;
use serde_json::json;
use std::cmp::Reverse;
use store::Introduction;

/// A side of a pair.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Side {
    /// The one that needs.
    Need,
    /// The one that offers.
    Offer,
    /// The secretariat, which takes no side.
    Secretariat,
}

/// Where it stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
#[expect(missing_docs, reason = "the words say it")]
pub enum IntroductionState {
    Asked,
    Agreed,
    Declined,
    Ended,
}

/// An introduction as a participant sees it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct IntroductionInfo {
    /// Row id.
    pub id: i64,
    /// Version, for answers.
    pub version: i64,
    /// Row id and title of the need.
    pub need: (i64, String),
    /// Row id and title of the offer.
    pub offer: (i64, String),
    /// Whose need it is.
    pub demander: EnterpriseBrief,
    /// Whose offer it is.
    pub supplier: EnterpriseBrief,
    /// Who asked.
    pub asked_side: Side,
    /// What was said with it.
    pub note: String,
    /// When.
    pub asked_ms: i64,
    /// True once that side has agreed.
    pub need_agreed: bool,
    /// True once that side has agreed.
    pub offer_agreed: bool,
    /// State.
    pub state: IntroductionState,
    /// What came of it, or why it was declined or ended.
    pub outcome: String,
    /// When it last changed.
    pub updated_ms: i64,
    /// The viewer's side; none for the secretariat.
    pub mine: Option<Side>,
    /// True where the viewer's answer is waited for.
    pub waits_for_me: bool,
    /// The two contacts (demander's, supplier's), once both have agreed.
    pub contacts: Option<(Contact, Contact)>,
}

impl Market {
    /// Introductions that the viewer takes part in and that are about certain pairs, open ones first, then the newest.
    pub(crate) fn introductions_of(
        &self,
        viewer: &Viewer,
        about: impl Fn(&Held<Need>, &Held<Offer>) -> bool,
    ) -> Vec<IntroductionInfo> {
        let infos = self.introductions.iter().filter_map(|introduction| {
            let (need, offer) = self.sides(introduction)?;
            about(need, offer).then(|| self.info(viewer, introduction)).flatten()
        });
        let mut infos: Vec<IntroductionInfo> = infos.collect();
        let open =
            |i: &IntroductionInfo| matches!(i.state, IntroductionState::Asked | IntroductionState::Agreed);
        infos.sort_by_key(|i| (!open(i), Reverse(i.updated_ms), Reverse(i.id)));
        infos
    }

    /// The introduction of a pair, where the viewer takes part in it; without contacts.
    pub(crate) fn introduction_of(&self, viewer: &Viewer, need: i64, offer: i64) -> Option<IntroductionInfo> {
        let found = self.introductions.iter().find(|i| (i.need_id, i.offer_id) == (need, offer))?;
        Some(IntroductionInfo { contacts: None, ..self.info(viewer, found)? })
    }

    pub(super) fn sides(&self, introduction: &Introduction) -> Option<(&Held<Need>, &Held<Offer>)> {
        Some((&**self.needs.get(introduction.need_id)?, &**self.offers.get(introduction.offer_id)?))
    }

    /// An introduction as a participant sees it; none for anybody else.
    pub(crate) fn info(&self, viewer: &Viewer, introduction: &Introduction) -> Option<IntroductionInfo> {
        let (need, offer) = self.sides(introduction)?;
        let mine = if viewer.is_mine(need.owner) {
            Some(Side::Need)
        } else if viewer.is_mine(offer.owner) {
            Some(Side::Offer)
        } else if viewer.eyes == Eyes::Office {
            None
        } else {
            return None;
        };
        let (need_agreed, offer_agreed) =
            (introduction.need_agreed.is_some(), introduction.offer_agreed.is_some());
        let state: IntroductionState = introduction.state.into();
        let stands = matches!(state, IntroductionState::Asked | IntroductionState::Agreed);
        let of_mine = match mine {
            Some(Side::Need) => !need_agreed,
            Some(Side::Offer) => !offer_agreed,
            _ => false,
        };
        Some(IntroductionInfo {
            id: introduction.id,
            version: introduction.version,
            need: (need.id, self.titled(viewer, need, need_agreed && stands)),
            offer: (offer.id, self.titled(viewer, offer, offer_agreed && stands)),
            demander: self.brief_of(viewer, need.owner, need_agreed && stands),
            supplier: self.brief_of(viewer, offer.owner, offer_agreed && stands),
            asked_side: introduction.asked_side.into(),
            note: introduction.note.clone(),
            asked_ms: introduction.asked_ms,
            need_agreed,
            offer_agreed,
            state,
            outcome: introduction.outcome.clone(),
            updated_ms: introduction.updated_ms,
            mine,
            waits_for_me: state == IntroductionState::Asked && of_mine && viewer.own().is_some(),
            contacts: (state == IntroductionState::Agreed).then(|| {
                (self.contact(viewer, need, |n| n.contact), self.contact(viewer, offer, |o| o.contact))
            }),
        })
    }

    /// The title of a record, blank where the viewer may not know of it. A side that has agreed is known to the other, as far
    /// as its level allows a counterpart.
    pub(super) fn titled<T: Listed + Clone>(&self, viewer: &Viewer, held: &Held<T>, agreed: bool) -> String {
        if agreed && self.may_meet(held) {
            return held.value.title().to_owned();
        }
        self.seen(self.sight(viewer, held), held).title().to_owned()
    }
}

impl From<store::Side> for Side {
    fn from(side: store::Side) -> Self {
        match side {
            store::Side::Need => Self::Need,
            store::Side::Offer => Self::Offer,
            store::Side::Secretariat => Self::Secretariat,
        }
    }
}

impl From<store::IntroductionState> for IntroductionState {
    fn from(state: store::IntroductionState) -> Self {
        match state {
            store::IntroductionState::Asked => Self::Asked,
            store::IntroductionState::Agreed => Self::Agreed,
            store::IntroductionState::Declined => Self::Declined,
            store::IntroductionState::Ended => Self::Ended,
        }
    }
}

#[boxed::futures]
impl App {
    /// Introductions that the actor takes part in (a member: those of the enterprise; the secretariat: all), open ones first.
    ///
    /// # Errors
    /// Storage errors.
    pub async fn introductions(&self, actor: &Actor) -> Result<Vec<IntroductionInfo>> {
        actor.need(Act::Introductions)?;
        let market = self.market().await?;
        let infos = market.introductions_of(&market.viewer(actor), |_, _| true);
        self.read_contacts(actor, &infos).await?;
        Ok(infos)
    }

    /// Asks for an introduction of a need and an offer (row ids). A member asks for a pair of which one side is its own and thereby
    /// agrees for that side; the secretariat proposes to both. The other side hears of it.
    ///
    /// # Errors
    /// [`crate::Code::NotFound`]; [`crate::Code::BadInput`] where both are of one enterprise or neither is the member's;
    /// [`crate::Code::Conflict`] where one stands.
    pub async fn ask_introduction(&self, actor: &Actor, need: i64, offer: i64, note: &str) -> Result<i64> {
        actor.need(Act::AskIntroduction)?;
        let (market, today) = (self.market().await?, self.today());
        let viewer = market.viewer(actor);
        let need = market.needs.get(need).filter(|held| market.knows(&viewer, held)).ok_or_else(unknown)?;
        let offer =
            market.offers.get(offer).filter(|held| market.knows(&viewer, held)).ok_or_else(unknown)?;
        let bad = |what: &str| Err(Error::new(Code::BadInput, what));
        if need.owner == offer.owner {
            return bad("need and offer are of the same enterprise");
        }
        if need.value.market != offer.value.market {
            return bad("need and offer are of different markets");
        }
        let side = match viewer.own() {
            _ if viewer.eyes == Eyes::Office => store::Side::Secretariat,
            Some(own) if own == need.owner => store::Side::Need,
            Some(own) if own == offer.owner => store::Side::Offer,
            _ => return bad("neither the need nor the offer is the actor's own"),
        };
        if status(need, today) != RecordStatus::Open || status(offer, today) != RecordStatus::Open {
            return bad("one of the two no longer stands");
        }
        if !(market.may_meet(need) && market.may_meet(offer)) {
            return Err(Error::new(Code::BadInput, "one of the two is closed to others by its own level")
                .hint("open its level (公开级别) to 对接双方 or further first"));
        }
        let note = checked("note", note)?;
        let asked = self.store.ask_introduction(need.id, offer.id, side, note, &self.by(actor)).await;
        let id = asked.map_err(standing)?;
        for (own, owner) in [(store::Side::Need, need.owner), (store::Side::Offer, offer.owner)] {
            if own != side {
                let body = "请打开查看双方的需求与供给，同意或婉拒。双方都同意后才互见联系人。";
                self.tell(&market, owner, "introduction.asked", "有一条牵线请求等待答复", body).await;
            }
        }
        Ok(id)
    }

    /// Agrees or declines for the actor's own side. Only a member of that side's enterprise may: consent is never given by others.
    ///
    /// # Errors
    /// [`crate::Code::NotFound`], also for others' introductions; [`crate::Code::NotAllowed`] for those who take no side;
    /// [`crate::Code::Conflict`].
    pub async fn answer_introduction(
        &self,
        actor: &Actor,
        id: i64,
        version: i64,
        agree: bool,
        reason: &str,
    ) -> Result<()> {
        actor.need(Act::AnswerIntroduction)?;
        let market = self.market().await?;
        let viewer = market.viewer(actor);
        let (found, info) = market.mine(&viewer, id)?;
        let (side, mine, other) = match (info.mine, market.sides(found), viewer.own()) {
            (Some(Side::Need), Some((need, offer)), Some(_)) => (store::Side::Need, need.owner, offer.owner),
            (Some(Side::Offer), Some((need, offer)), Some(_)) => {
                (store::Side::Offer, offer.owner, need.owner)
            }
            _ => {
                return Err(Error::new(Code::NotAllowed, "only the enterprise itself agrees or declines")
                    .hint("ask the enterprise's own people to answer"));
            }
        };
        if agree && info.state == IntroductionState::Asked && !info.waits_for_me {
            return Err(Error::new(Code::Conflict, "this side has agreed already"));
        }
        let reason = checked("reason", reason)?;
        let answered =
            self.store.answer_introduction(id, version, side, agree, reason, &self.by(actor)).await;
        let (kind, title, body) = match answered.map_err(standing)? {
            store::IntroductionState::Agreed => {
                ("introduction.agreed", "牵线成功：双方都已同意", "现在可以查看对方联系人。")
            }
            store::IntroductionState::Declined => {
                ("introduction.declined", "一条牵线被婉拒", "请打开查看，可改选其他对象。")
            }
            _ => ("introduction.agreed", "对方已同意牵线，等待贵企业答复", "请打开答复。"),
        };
        self.tell(&market, other, kind, title, body).await;
        if kind == "introduction.agreed" && agree && info.need_agreed != info.offer_agreed {
            self.tell(&market, mine, kind, title, body).await;
        }
        Ok(())
    }

    /// Ends an introduction with what came of it (签约, 未成, ...); what was released is closed again, the record stays.
    ///
    /// # Errors
    /// [`crate::Code::NotFound`]; [`crate::Code::Conflict`].
    pub async fn end_introduction(&self, actor: &Actor, id: i64, version: i64, outcome: &str) -> Result<()> {
        actor.need(Act::EndIntroduction)?;
        let market = self.market().await?;
        let viewer = market.viewer(actor);
        let (found, info) = market.mine(&viewer, id)?;
        let outcome = checked("outcome", outcome)?;
        self.store.end_introduction(id, version, outcome, &self.by(actor)).await.map_err(standing)?;
        if let Some((need, offer)) = market.sides(found) {
            for (side, owner) in [(Side::Need, need.owner), (Side::Offer, offer.owner)] {
                if info.mine != Some(side) {
                    let body = "联系人不再互见。结果请打开查看。";
                    self.tell(&market, owner, "introduction.ended", "一条牵线已结束", body).await;
                }
            }
        }
        Ok(())
    }

    /// Records that released contacts were read: of which introductions, never what stands in them.
    pub(crate) async fn read_contacts(&self, actor: &Actor, infos: &[IntroductionInfo]) -> Result<()> {
        let ids: Vec<i64> = infos.iter().filter(|info| info.contacts.is_some()).map(|info| info.id).collect();
        let object = match ids[..] {
            [] => return Ok(()),
            [one] => format!("introduction/{one}"),
            _ => "introduction".to_owned(),
        };
        let detail = json!({ "fields": ["contact"], "introductions": ids });
        Ok(self.store.audit_append(&self.by(actor), "read.protected", &object, &detail).await?)
    }

    /// Tells the people of an enterprise. No name of the other side stands in it: whoever opens the page sees there what they may.
    async fn tell(&self, market: &Market, enterprise: i64, kind: &str, title: &str, body: &str) {
        if let Some(held) = market.enterprises.get(enterprise) {
            self.notify(kind, To::Enterprise(&held.value.key), title, body, "/introductions").await;
        }
    }
}

impl Market {
    /// True for a record that the two sides of a pair may see, its enterprise, too.
    fn may_meet<T>(&self, held: &Held<T>) -> bool {
        held.title.0 <= Visibility::Counterparties
            && self.enterprises.get(held.owner).is_some_and(|e| e.title.0 <= Visibility::Counterparties)
    }

    /// An introduction that the viewer takes part in.
    pub(super) fn mine(&self, viewer: &Viewer, id: i64) -> Result<(&Introduction, IntroductionInfo)> {
        let found = self.introductions.iter().find(|i| i.id == id);
        found.and_then(|found| Some((found, self.info(viewer, found)?))).ok_or_else(unknown)
    }
}

/// Characters of what is said with an introduction.
const WORDS_MAX: usize = 500;

pub(super) fn checked<'t>(name: &str, text: &'t str) -> Result<&'t str> {
    let text = text.trim();
    if text.chars().count() > WORDS_MAX {
        return Err(field(name, &format!("不超过{WORDS_MAX}字")));
    }
    Ok(text)
}

/// An introduction that stands where it should not, or the other way round, is a conflict for whoever acts.
fn standing(error: store::Error) -> Error {
    let code = match &error {
        store::Error::Exists { .. } | store::Error::Invalid { .. } => Code::Conflict,
        _ => return error.into(),
    };
    Error::new(code, format!("failed to {error}")).hint("look at where the introduction stands now")
}
