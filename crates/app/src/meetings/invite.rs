//! Invitations: who should come, and why, by the matches of the newest list.

use super::event::own_page;
use super::hall::Pairs;
use super::{MeetingEventState, MeetingPartyState, door, wrong_state};
use crate::records::{EnterpriseBrief, Market, Saved, Viewer};
use crate::{Act, Actor, App, Code, Error, Result};
use model::meeting::MeetingSide;
use serde::Serialize;
use std::collections::BTreeMap;
use store::{MeetingEventRow, NewParty, PartyChange};

/// A firm that should come.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct MeetingProposal {
    /// The firm.
    pub enterprise: EnterpriseBrief,
    /// The side on which its matches are worth more.
    pub side: MeetingSide,
    /// Firms of the other side that it matches.
    pub partners: u32,
    /// Sum of the scores of its best pair with each of them.
    pub worth: f64,
    /// Score of its best pair.
    pub best: f64,
    /// Why, in Chinese.
    pub why: String,
    /// Accounts that would hear of it.
    pub people: usize,
    /// True where it is at the event already.
    pub invited: bool,
}

/// A firm to invite.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Invitee {
    /// Row id of the enterprise.
    pub enterprise: i64,
    /// Its side; none for the one that its matches say.
    pub side: Option<MeetingSide>,
}

/// What the pairs say of each firm: side, partners, worth, best score, the best pair's record of its own, and its partner's side.
struct Weighed {
    side: MeetingSide,
    partners: u32,
    worth: f64,
    best: f64,
    about: i64,
    /// True where that record is a need.
    needs: bool,
}

fn weigh(pairs: &Pairs) -> BTreeMap<i64, Weighed> {
    let mut sides: BTreeMap<(i64, MeetingSide), Weighed> = BTreeMap::new();
    for ((host, guest), pair) in pairs {
        for (firm, side) in [(*host, MeetingSide::Host), (*guest, MeetingSide::Guest)] {
            let needs = (side == MeetingSide::Host) == pair.host_needs;
            let about = if needs { pair.need } else { pair.offer };
            let known = sides.entry((firm, side)).or_insert(Weighed {
                side,
                partners: 0,
                worth: 0.0,
                best: 0.0,
                about,
                needs,
            });
            known.partners += 1;
            known.worth += pair.score;
            if pair.score > known.best {
                (known.best, known.about) = (pair.score, about);
            }
        }
    }
    let mut firms: BTreeMap<i64, Weighed> = BTreeMap::new();
    for ((firm, _), weighed) in sides {
        if firms.get(&firm).is_none_or(|known| weighed.worth > known.worth) {
            firms.insert(firm, weighed);
        }
    }
    firms
}

/// Names the firm's own record only, for its own people read this; and not where the viewer may not see it.
fn why(market: &Market, viewer: &Viewer, weighed: &Weighed) -> String {
    let Weighed { partners, best, about, .. } = weighed;
    if weighed.needs {
        let title = market.needs.get(*about);
        let title = title.map_or_else(String::new, |n| market.seen(market.sight(viewer, n), n).title);
        format!("清单上有{partners}家企业可供，最高匹配分{best:.2}（{title}）")
    } else {
        let title = market.offers.get(*about);
        let title = title.map_or_else(String::new, |o| market.seen(market.sight(viewer, o), o).title);
        format!("清单上有{partners}家企业需要，最高匹配分{best:.2}（{title}）")
    }
}

#[boxed::futures]
impl App {
    /// Firms that should come, those with the most to talk about first.
    ///
    /// # Errors
    /// [`Code::NotFound`].
    pub async fn meeting_proposals(&self, actor: &Actor, id: i64) -> Result<Vec<MeetingProposal>> {
        actor.need(Act::MeetingProposals)?;
        let (market, row) = (self.market().await?, self.store.meeting_event(id).await?);
        let parties = self.store.meeting_parties(Some(id)).await?;
        let pairs = self.meeting_pairs(&market, &row.event).await?;
        let viewer = market.viewer(actor);
        let mut people: BTreeMap<i64, usize> = BTreeMap::new();
        let accounts = self.store.users().await?;
        for label in accounts.iter().filter(|a| a.active).filter_map(|a| a.enterprise.as_ref()) {
            *people.entry(label.id).or_default() += 1;
        }
        let mut out: Vec<MeetingProposal> = weigh(&pairs)
            .iter()
            .map(|(firm, weighed)| MeetingProposal {
                enterprise: market.brief(&viewer, *firm),
                side: weighed.side,
                partners: weighed.partners,
                worth: weighed.worth,
                best: weighed.best,
                why: why(&market, &viewer, weighed),
                people: people.get(firm).copied().unwrap_or_default(),
                invited: parties.iter().any(|p| p.enterprise == *firm),
            })
            .collect();
        out.sort_by(|a, b| b.worth.total_cmp(&a.worth).then(a.enterprise.id.cmp(&b.enterprise.id)));
        Ok(out)
    }

    /// Invites firms and tells their people; those that are at the event already stay as they are. Returns how many are new.
    ///
    /// # Errors
    /// [`Code::NotFound`]; [`Code::Conflict`] once the timetable stands.
    pub async fn invite_to_meeting(&self, actor: &Actor, id: i64, invitees: &[Invitee]) -> Result<u32> {
        actor.need(Act::InviteToMeeting)?;
        if invitees.is_empty() {
            return Err(Error::new(Code::BadInput, "no enterprise was chosen"));
        }
        let (market, row) = (self.market().await?, self.store.meeting_event(id).await?);
        let invited = self.add_parties(actor, &market, &row, invitees).await?;
        let title = format!("邀请参加：{}", row.event.name);
        let body = format!("{}，{}。请打开报名，一分钟即可。", row.event.day, row.event.place);
        self.tell_firms(&market, &invited, "meeting.invited", &title, &body, &own_page(id)).await;
        Ok(u32::try_from(invited.len()).unwrap_or(u32::MAX))
    }

    /// Adds firms to an event without telling anybody.
    pub(super) async fn add_parties(
        &self,
        actor: &Actor,
        market: &Market,
        row: &MeetingEventRow,
        invitees: &[Invitee],
    ) -> Result<Vec<i64>> {
        if row.state != MeetingEventState::Planned {
            return Err(wrong_state(row.state));
        }
        let weighed = weigh(&self.meeting_pairs(market, &row.event).await?);
        let viewer = market.viewer(actor);
        let mut parties = Vec::new();
        for invitee in invitees {
            if market.enterprises.get(invitee.enterprise).is_none() {
                return Err(crate::records::unknown());
            }
            let said = weighed.get(&invitee.enterprise);
            let side = invitee.side.or(said.map(|w| w.side)).unwrap_or(MeetingSide::Host);
            parties.push(NewParty {
                enterprise: invitee.enterprise,
                side,
                why: said.filter(|w| w.side == side).map_or_else(String::new, |w| why(market, &viewer, w)),
                code: door::code()?,
            });
        }
        Ok(self.store.invite_to_meeting(row.id, &parties, &self.by(actor)).await?)
    }

    /// The secretariat's own marks on a firm: an important guest, and its side.
    ///
    /// # Errors
    /// [`Code::NotFound`]; [`Code::Conflict`].
    pub async fn mark_meeting_party(
        &self,
        actor: &Actor,
        id: i64,
        enterprise: i64,
        version: i64,
        vip: bool,
        side: MeetingSide,
    ) -> Result<Saved> {
        actor.need(Act::MarkMeetingParty)?;
        let row = self.store.meeting_event(id).await?;
        if row.state != MeetingEventState::Planned {
            return Err(wrong_state(row.state));
        }
        let parties = self.store.meeting_parties(Some(id)).await?;
        let party = parties.into_iter().find(|p| p.enterprise == enterprise);
        let party = party.ok_or_else(crate::records::unknown)?;
        let change = PartyChange { side, state: party.state, vip, sign_up: party.sign_up };
        let by = self.by(actor);
        let version = self.store.set_meeting_party(id, enterprise, version, &change, &by).await?;
        Ok(Saved { id: enterprise, version })
    }
}

/// True where the firm comes.
pub(super) fn comes(party: &store::Party) -> bool {
    party.state == MeetingPartyState::Attending
}
