//! What an event's seats are made of: its firms, the matches between them, and their wishes.

use super::invite::comes;
use crate::records::Market;
use crate::{App, Result};
use market::meetings::{Event, Party as Seat, Request};
use model::list::{MatchingList, Review};
use model::meeting::{MeetingEvent, MeetingSide, MeetingTables};
use std::collections::{BTreeMap, BTreeSet, HashMap};
use store::{Meeting, MeetingEventRow, Party};

/// What an important guest's meetings count against others'.
const VIP_WEIGHT: f64 = 1.5;
/// Of a request's score, the part that the match gives; a wish gives the rest.
const MATCH_PART: f64 = 0.5;
/// Score of a request that stands on the timetable though neither match nor wish is there any more.
const LEFT_OVER: f64 = 0.1;
/// What is assumed of a firm's coming before anything is known: one in ten does not, as much as five events would say.
const NO_SHOW: (f64, f64) = (0.5, 5.0);

/// The best pair of a need of one firm and an offer of another.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Pair {
    /// Row id of the need.
    pub need: i64,
    /// Row id of the offer.
    pub offer: i64,
    /// 0..=1.
    pub score: f64,
    /// Pairs between the two firms.
    pub pairs: u32,
    /// True where the need is the host's, false where it is the guest's.
    pub host_needs: bool,
}

/// The best pairs by host and guest (row ids of enterprises).
pub type Pairs = BTreeMap<(i64, i64), Pair>;

/// The pairs of a list that can be met, as far as their records are still there, `demander` being the side of those who need; `group`
/// limits them to a chain group, of the need's node, or of its enterprise where needs have no node.
pub fn pairs(market: &Market, list: Option<&MatchingList>, group: &str, demander: MeetingSide) -> Pairs {
    let mut best = Pairs::new();
    for pair in list.iter().flat_map(|list| &list.content.pairs) {
        if !pair.matched.feasible || matches!(pair.review, Review::Rejected { .. }) {
            continue;
        }
        let (Some(need), Some(offer)) =
            (market.needs.by_key(&pair.matched.need), market.offers.by_key(&pair.matched.offer))
        else {
            continue;
        };
        let node = need.value.node.as_ref().and_then(|id| market.reference.chain.get(id));
        let firm = market.enterprises.get(need.owner).filter(|_| !need.value.market.is_parts());
        let of_group = node.map(|node| node.group.as_str()).or(firm.map(|firm| firm.value.group.as_str()));
        if need.owner == offer.owner || (!group.is_empty() && of_group != Some(group)) {
            continue;
        }
        let host_needs = demander == MeetingSide::Host;
        let sides = if host_needs { (need.owner, offer.owner) } else { (offer.owner, need.owner) };
        let score = pair.matched.score;
        let found = Pair { need: need.id, offer: offer.id, score, pairs: 1, host_needs };
        best.entry(sides)
            .and_modify(|known| {
                known.pairs += 1;
                if score > known.score {
                    *known = Pair { pairs: known.pairs, ..found };
                }
            })
            .or_insert(found);
    }
    best
}

/// A meeting asked for, by row ids of enterprises.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Asked {
    /// Who sits at the table.
    pub host: i64,
    /// Who would come.
    pub guest: i64,
    /// The match between them.
    pub pair: Option<Pair>,
    /// The host wishes it.
    pub host_wishes: bool,
    /// The guest wishes it.
    pub guest_wishes: bool,
    /// Its score for the engine.
    pub score: f64,
}

/// An event as the engine takes it, with who stands behind each place.
#[derive(Debug, Clone)]
pub struct Hall {
    /// For the engine.
    pub event: Event,
    /// Row ids of the hosts.
    pub hosts: Vec<i64>,
    /// Row ids of the guests.
    pub guests: Vec<i64>,
    /// What is asked for, as the event's requests.
    pub asked: Vec<Asked>,
}

/// The pairs between the firms of an event, by host and guest.
fn asked(parties: &[&Party], pairs: &Pairs, seated: &[&Meeting]) -> Vec<Asked> {
    let side = |side| parties.iter().filter(move |p| p.side == side).map(|p| (p.enterprise, *p));
    let hosts: BTreeMap<i64, &Party> = side(MeetingSide::Host).collect();
    let guests: BTreeMap<i64, &Party> = side(MeetingSide::Guest).collect();
    let mut keys: BTreeSet<(i64, i64)> = pairs.keys().copied().collect();
    keys.extend(hosts.iter().flat_map(|(id, p)| p.sign_up.wishes.iter().map(move |guest| (*id, *guest))));
    keys.extend(guests.iter().flat_map(|(id, p)| p.sign_up.wishes.iter().map(move |host| (*host, *id))));
    keys.extend(seated.iter().map(|m| (m.host, m.guest)));
    let mut out = Vec::new();
    for (host_id, guest_id) in keys {
        let (Some(host), Some(guest)) = (hosts.get(&host_id), guests.get(&guest_id)) else { continue };
        let stands = seated.iter().any(|m| (m.host, m.guest) == (host_id, guest_id));
        let refused = host.sign_up.refusals.contains(&guest_id) || guest.sign_up.refusals.contains(&host_id);
        if refused && !stands {
            continue;
        }
        let pair = pairs.get(&(host_id, guest_id)).copied();
        let host_wishes = host.sign_up.wishes.contains(&guest_id);
        let guest_wishes = guest.sign_up.wishes.contains(&host_id);
        let wished = if host_wishes || guest_wishes { 1.0 - MATCH_PART } else { 0.0 };
        let score = MATCH_PART * pair.map_or(0.0, |p| p.score) + wished;
        let score = if stands { score.max(LEFT_OVER) } else { score };
        if score > 0.0 {
            out.push(Asked { host: host_id, guest: guest_id, pair, host_wishes, guest_wishes, score });
        }
    }
    out
}

impl Hall {
    /// Puts the hall together. `seated` is the timetable that stands, whose meetings stay requests; `no_show` says how likely a
    /// firm stays away.
    pub fn new(
        event: &MeetingEvent,
        parties: &[Party],
        pairs: &Pairs,
        seated: &[&Meeting],
        no_show: &HashMap<i64, f64>,
    ) -> Self {
        let slots = u32::try_from(event.slots.len()).unwrap_or_default();
        let coming: Vec<&Party> = parties.iter().filter(|p| comes(p)).collect();
        let asked = asked(&coming, pairs, seated);
        let side = |side| coming.iter().copied().filter(move |p| p.side == side);
        let seat = |party: &Party| {
            let said = &party.sign_up;
            let missed = said.away.iter().copied().chain(party.absent_from.unwrap_or(slots)..slots);
            let missed = missed.filter(|slot| *slot < slots).fold(0u64, |set, slot| set | 1 << slot);
            let all = if slots >= 64 { u64::MAX } else { (1 << slots) - 1 };
            Seat {
                free: all & !missed,
                most: said.most.unwrap_or(event.most),
                languages: said.languages.clone(),
                weight: if party.vip { VIP_WEIGHT } else { 1.0 },
                no_show: no_show.get(&party.enterprise).copied().unwrap_or(NO_SHOW.0 / NO_SHOW.1),
            }
        };
        let hosts: Vec<&Party> = side(MeetingSide::Host).collect();
        let guests: Vec<&Party> = side(MeetingSide::Guest).collect();
        let place = |all: &[&Party]| -> HashMap<i64, u32> {
            (0u32..).zip(all).map(|(at, p)| (p.enterprise, at)).collect()
        };
        let (host_at, guest_at) = (place(&hosts), place(&guests));
        let requests = asked.iter().map(|a| Request {
            host: host_at[&a.host],
            guest: guest_at[&a.guest],
            score: a.score,
            mutual: a.host_wishes && a.guest_wishes,
        });
        Self {
            event: Event {
                slots,
                tables: event.tables,
                interpreters: event.interpreters,
                hosts: hosts.iter().map(|p| seat(p)).collect(),
                guests: guests.iter().map(|p| seat(p)).collect(),
                requests: requests.collect(),
            },
            hosts: hosts.iter().map(|p| p.enterprise).collect(),
            guests: guests.iter().map(|p| p.enterprise).collect(),
            asked,
        }
    }
}

/// How likely each firm stays away, by the events that are over: those that said they come and did not, smoothed.
pub fn no_show(events: &[MeetingEventRow], parties: &[Party]) -> HashMap<i64, f64> {
    let over: BTreeSet<i64> =
        events.iter().filter(|e| e.state == super::MeetingEventState::Closed).map(|e| e.id).collect();
    let mut seen: HashMap<i64, (f64, f64)> = HashMap::new();
    for party in parties.iter().filter(|p| over.contains(&p.event)) {
        if comes(party) {
            let (missed, all) = seen.entry(party.enterprise).or_default();
            *missed += f64::from(u8::from(party.checked_in_ms.is_none()));
            *all += 1.0;
        }
    }
    seen.into_iter().map(|(id, (missed, all))| (id, (missed + NO_SHOW.0) / (all + NO_SHOW.1))).collect()
}

impl App {
    /// The pairs of the newest list that stands published in the market of the event's kind.
    pub(super) async fn meeting_pairs(&self, market: &Market, event: &MeetingEvent) -> Result<Pairs> {
        let local = crate::Actor::local();
        let kind = MeetingTables::builtin().kind(&event.kind);
        let (of_market, demander) =
            kind.map_or(("", MeetingSide::Host), |kind| (kind.market.as_str(), kind.demander));
        let list = self.newest_list(&local, of_market).await?;
        Ok(pairs(market, list.as_deref(), &event.group, demander))
    }

    /// An event with its hall; `keep` where the timetable that stands is to be kept.
    pub(super) async fn hall(
        &self,
        market: &Market,
        row: &MeetingEventRow,
        keep: bool,
    ) -> Result<(Hall, Vec<Party>, Vec<Meeting>)> {
        let all = self.store.meeting_parties(None).await?;
        let no_show = no_show(&self.store.meeting_events().await?, &all);
        let parties: Vec<Party> = all.into_iter().filter(|p| p.event == row.id).collect();
        let meetings = self.store.meetings(Some(row.id)).await?;
        let pairs = self.meeting_pairs(market, &row.event).await?;
        let seated: Vec<&Meeting> = meetings.iter().filter(|m| keep && m.seated).collect();
        let hall = Hall::new(&row.event, &parties, &pairs, &seated, &no_show);
        Ok((hall, parties, meetings))
    }
}
