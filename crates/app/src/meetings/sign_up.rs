//! Signing up: a firm says whether it comes, when, with whom, and whom it wishes to meet.

use super::hall::Pairs;
use super::invite::comes;
use super::{Looking, MeetingEventCard, MeetingEventState, MeetingPartyState, PartyInfo, noted, wrong_state};
use crate::records::{EnterpriseBrief, Saved, field, unknown};
use crate::{Act, Actor, App, Code, Error, Result};
use model::meeting::{MeetingSide, SignUp};
use serde::Serialize;
use store::{Party, PartyChange};

/// People that a firm brings at most.
const PEOPLE_MAX: u32 = 50;
/// Firms that it wishes, or does not wish, to meet at most.
const WISHES_MAX: usize = 100;

/// What a firm says.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct SignUpForm {
    /// Row id of the enterprise; none for a member's own.
    pub enterprise: Option<i64>,
    /// Version of what stands; none where it is not at the event yet.
    pub version: Option<i64>,
    /// True where it comes.
    pub attends: bool,
    /// Its side; none to leave it as it is.
    pub side: Option<MeetingSide>,
    /// The rest.
    pub sign_up: SignUp,
}

/// A firm that one could meet.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct PartnerRow {
    /// The firm.
    pub enterprise: EnterpriseBrief,
    /// Score of the best pair between the two, 0..=1.
    pub score: Option<f64>,
    /// Titles of the need and the offer of that pair, blank where the viewer may not see them.
    pub about: Option<(String, String)>,
    /// True where the viewer's firm wishes to meet it.
    pub wished: bool,
    /// True where it does not.
    pub refused: bool,
}

/// A firm's own page of an event.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct MeetingPage {
    /// The event with the firm's own place and timetable.
    pub card: MeetingEventCard,
    /// The firm.
    pub enterprise: EnterpriseBrief,
    /// Its place, once it is invited or has signed up.
    pub party: Option<PartyInfo>,
    /// The side that it has, or that its matches say.
    pub side: MeetingSide,
    /// Firms of the other side that come or are invited and that the viewer may know of, best matches first.
    pub partners: Vec<PartnerRow>,
    /// True where the viewer may sign it up now.
    pub may_sign_up: bool,
}

/// The other firms of an event as one of them may know them. Nothing shows what they said of it.
fn partners(
    looking: &Looking<'_>,
    parties: &[Party],
    own: i64,
    side: MeetingSide,
    pairs: &Pairs,
) -> Vec<PartnerRow> {
    let said = parties.iter().find(|p| p.enterprise == own).map(|p| &p.sign_up);
    let others = parties
        .iter()
        .filter(|p| p.enterprise != own && p.side != side && p.state != MeetingPartyState::Declined);
    let mut rows: Vec<PartnerRow> = others
        .filter_map(|party| {
            // Who has not said that it comes is shown as far as everybody may know it.
            let other = party.enterprise;
            let enterprise = looking.market.brief_of(&looking.viewer, other, comes(party));
            let key = if side == MeetingSide::Host { (own, other) } else { (other, own) };
            let pair = pairs.get(&key);
            let titles = pair.and_then(|pair| titles(looking, pair.need, pair.offer));
            (!enterprise.name.is_empty()).then(|| PartnerRow {
                enterprise,
                score: pair.map(|p| p.score),
                about: titles,
                wished: said.is_some_and(|s| s.wishes.contains(&other)),
                refused: said.is_some_and(|s| s.refusals.contains(&other)),
            })
        })
        .collect();
    rows.sort_by(|a, b| {
        let score = |row: &PartnerRow| row.score.unwrap_or(-1.0);
        score(b).total_cmp(&score(a)).then(a.enterprise.id.cmp(&b.enterprise.id))
    });
    rows
}

fn titles(looking: &Looking<'_>, need: i64, offer: i64) -> Option<(String, String)> {
    let (need, offer) = (looking.market.needs.get(need)?, looking.market.offers.get(offer)?);
    Some((looking.title(need), looking.title(offer)))
}

/// The firm that an actor means: its own, or one that it keeps.
fn firm(looking: &Looking<'_>, enterprise: Option<i64>) -> Result<i64> {
    let firm = enterprise.or(looking.viewer.own());
    let firm = firm.ok_or_else(|| {
        Error::new(Code::BadInput, "it is not said for which enterprise").hint("name the enterprise")
    })?;
    let there = looking.market.enterprises.get(firm).is_some();
    if there && looking.keeps(firm) { Ok(firm) } else { Err(unknown()) }
}

#[boxed::futures]
impl App {
    /// A firm's own page of an event: a member's own, or one that the actor keeps.
    ///
    /// # Errors
    /// [`Code::NotFound`], also for firms that the actor does not keep; [`Code::BadInput`] where none is named.
    pub async fn meeting_page(&self, actor: &Actor, id: i64, enterprise: Option<i64>) -> Result<MeetingPage> {
        actor.need(Act::MeetingPage)?;
        let (market, row) = (self.market().await?, self.store.meeting_event(id).await?);
        let looking = Looking::new(&market, actor);
        let own = firm(&looking, enterprise)?;
        let parties = self.store.meeting_parties(Some(id)).await?;
        let meetings = self.store.meetings(Some(id)).await?;
        let mut card = looking.card(&row, &parties, &meetings);
        card.parties.retain(|p| p.enterprise.id == own);
        card.meetings.retain(|m| m.host.id == own || m.guest.id == own);
        let pairs = self.meeting_pairs(&market, &row.event).await?;
        let party = card.parties.first().cloned();
        let sums = |host: bool| {
            let of = pairs.iter().filter(|(key, _)| if host { key.0 == own } else { key.1 == own });
            of.map(|(_, pair)| pair.score).sum::<f64>()
        };
        let by_pairs = if sums(false) > sums(true) { MeetingSide::Guest } else { MeetingSide::Host };
        let side = party.as_ref().map_or(by_pairs, |p| p.side);
        Ok(MeetingPage {
            enterprise: looking.firm(own),
            party,
            side,
            partners: partners(&looking, &parties, own, side, &pairs),
            may_sign_up: row.state == MeetingEventState::Planned && actor.may(Act::SignUpToMeeting),
            card,
        })
    }

    /// Signs a firm up, changes its sign-up, or declines. A firm that was not invited may come, too.
    ///
    /// # Errors
    /// [`Code::BadInput`] with the fields that cannot be taken; [`Code::Conflict`] once the timetable stands or where somebody
    /// else changed it; [`Code::NotFound`] for firms that the actor does not keep.
    pub async fn sign_up_to_meeting(&self, actor: &Actor, id: i64, form: &SignUpForm) -> Result<Saved> {
        actor.need(Act::SignUpToMeeting)?;
        let (market, row) = (self.market().await?, self.store.meeting_event(id).await?);
        let looking = Looking::new(&market, actor);
        let own = firm(&looking, form.enterprise)?;
        if row.state != MeetingEventState::Planned {
            return Err(wrong_state(row.state));
        }
        let slots = u32::try_from(row.event.slots.len()).unwrap_or_default();
        let sign_up = checked(&form.sign_up, own, slots)?;
        let find = |parties: Vec<Party>| parties.into_iter().find(|p| p.enterprise == own);
        let mut standing = find(self.store.meeting_parties(Some(id)).await?);
        if standing.is_none() {
            let invitee = super::Invitee { enterprise: own, side: form.side };
            self.add_parties(actor, &market, &row, &[invitee]).await?;
            standing = find(self.store.meeting_parties(Some(id)).await?);
        }
        let party = standing.ok_or_else(unknown)?;
        let state = if form.attends { MeetingPartyState::Attending } else { MeetingPartyState::Declined };
        let change = PartyChange { side: form.side.unwrap_or(party.side), state, vip: party.vip, sign_up };
        // Whoever saw no place of the firm overwrites none that it was given or has changed meanwhile.
        let version = form.version.unwrap_or(1);
        let version = self.store.set_meeting_party(id, own, version, &change, &self.by(actor)).await?;
        Ok(Saved { id: own, version })
    }
}

/// What was said, sorted and without repetitions.
fn checked(said: &SignUp, own: i64, slots: u32) -> Result<SignUp> {
    let mut said = SignUp { note: noted(&said.note)?.to_owned(), ..said.clone() };
    if !(1..=PEOPLE_MAX).contains(&said.people) {
        return Err(field("people", &format!("应为1至{PEOPLE_MAX}人")));
    }
    if said.away.iter().any(|slot| *slot >= slots) {
        return Err(field("away", "没有这一场"));
    }
    if said.most.is_some_and(|most| !(1..=slots.max(1)).contains(&most)) {
        return Err(field("most", &format!("应为1至{slots}场")));
    }
    let is_language =
        |word: &String| (2..=8).contains(&word.len()) && word.bytes().all(|b| b.is_ascii_lowercase());
    if said.languages.len() > 8 || !said.languages.iter().all(is_language) {
        return Err(field("languages", "请从列表中选择语言"));
    }
    said.wishes.retain(|id| *id != own);
    said.refusals.retain(|id| *id != own);
    if said.wishes.len().max(said.refusals.len()) > WISHES_MAX {
        return Err(field("wishes", &format!("不超过{WISHES_MAX}家")));
    }
    if said.wishes.iter().any(|id| said.refusals.contains(id)) {
        return Err(field("wishes", "同一家企业不能既想见又不想见"));
    }
    for list in [&mut said.wishes, &mut said.refusals] {
        list.sort_unstable();
        list.dedup();
    }
    said.away.sort_unstable();
    said.away.dedup();
    said.languages.sort_unstable();
    said.languages.dedup();
    Ok(said)
}
