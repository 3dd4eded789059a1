//! What goes out about events.

use super::super::shapes::{
    EnterpriseBrief, EnterpriseName, MeetingSideWord, MeetingStateWord, PartyStateWord, text,
};
use app::{MeetingEventState, MeetingPartyState, slot_words};
use model::meeting::MeetingSide;
use serde::Serialize;
use utoipa::ToSchema;

/// Counts of an event.
#[derive(Debug, Serialize, ToSchema)]
pub struct MeetingCounts {
    /// Firms invited.
    invited: u32,
    /// Firms that come.
    attending: u32,
    /// Firms that do not.
    declined: u32,
    /// People.
    people: u32,
    /// Firms that have come.
    checked_in: u32,
    /// Meetings with a seat.
    meetings: u32,
    /// Meetings with a result.
    recorded: u32,
}

/// An event.
#[derive(Debug, Serialize, ToSchema)]
pub struct MeetingEvent {
    /// Row id.
    id: i64,
    /// Version.
    version: i64,
    /// State.
    #[schema(value_type = MeetingStateWord)]
    state: MeetingEventState,
    /// Name.
    name: String,
    /// Kind.
    kind: String,
    /// Day.
    day: String,
    /// Where.
    place: String,
    /// Slots, `09:00–09:20`.
    slots: Vec<String>,
    /// Tables.
    tables: u32,
    /// Tables, from 0, that fell away on the day.
    gone: Vec<u32>,
    /// Interpreters.
    interpreters: u32,
    /// Most meetings of a firm.
    most: u32,
    /// Chain group; empty for all.
    group: String,
    /// What those who come should know.
    note: String,
    /// Counts.
    counts: MeetingCounts,
    /// True where a firm of the caller's is invited or has signed up.
    mine: bool,
}

impl From<app::MeetingEventInfo> for MeetingEvent {
    fn from(info: app::MeetingEventInfo) -> Self {
        let app::MeetingCounts { invited, attending, declined, people, checked_in, meetings, recorded } =
            info.counts;
        let event = info.event;
        Self {
            id: info.id,
            version: info.version,
            state: info.state,
            name: event.name,
            kind: event.kind,
            day: event.day.to_string(),
            place: event.place,
            slots: event.slots.iter().map(slot_words).collect(),
            tables: event.tables,
            gone: event.gone.iter().map(|gone| gone.table).collect(),
            interpreters: event.interpreters,
            most: event.most,
            group: event.group,
            note: event.note,
            counts: MeetingCounts { invited, attending, declined, people, checked_in, meetings, recorded },
            mine: info.mine,
        }
    }
}

/// What a firm said at its sign-up.
#[derive(Debug, Serialize, ToSchema)]
pub struct SignUpShape {
    /// Number of people.
    people: u32,
    /// Languages.
    languages: Vec<String>,
    /// Slots, from 0, in which it has no time.
    away: Vec<u32>,
    /// Most meetings that it wants.
    #[serde(skip_serializing_if = "Option::is_none")]
    most: Option<u32>,
    /// Row ids of the enterprises that it wishes to meet.
    wishes: Vec<i64>,
    /// Row ids of those that it does not.
    refusals: Vec<i64>,
    /// What the secretariat should know.
    note: String,
}

/// A firm at an event.
#[derive(Serialize, ToSchema)]
pub struct MeetingFirm {
    /// The firm.
    enterprise: EnterpriseBrief,
    /// Version, for changes.
    version: i64,
    /// Its side.
    #[schema(value_type = MeetingSideWord)]
    side: MeetingSide,
    /// What it said.
    #[schema(value_type = PartyStateWord)]
    state: MeetingPartyState,
    /// True for an important guest; for the secretariat.
    vip: bool,
    /// Why it was invited, in Chinese.
    #[serde(skip_serializing_if = "Option::is_none")]
    why: Option<String>,
    /// When it came, milliseconds since 1970 UTC.
    #[serde(skip_serializing_if = "Option::is_none")]
    checked_in_ms: Option<i64>,
    /// The first slot, from 0, from which on it is not there.
    #[serde(skip_serializing_if = "Option::is_none")]
    absent_from: Option<u32>,
    /// Meetings that it has.
    meetings: u32,
    /// What it said; for its own people and the secretariat.
    #[serde(skip_serializing_if = "Option::is_none")]
    sign_up: Option<SignUpShape>,
    /// Code for the door; for its own people and the secretariat.
    #[serde(skip_serializing_if = "Option::is_none")]
    code: Option<String>,
}

impl From<app::PartyInfo> for MeetingFirm {
    fn from(party: app::PartyInfo) -> Self {
        let sign_up = party.sign_up.map(|said| SignUpShape {
            people: said.people,
            languages: said.languages,
            away: said.away,
            most: said.most,
            wishes: said.wishes,
            refusals: said.refusals,
            note: said.note,
        });
        Self {
            enterprise: party.enterprise.into(),
            version: party.version,
            side: party.side,
            state: party.state,
            vip: party.vip,
            why: text(party.why),
            checked_in_ms: party.checked_in_ms,
            absent_from: party.absent_from,
            meetings: party.meetings,
            sign_up,
            code: party.code,
        }
    }
}

/// A meeting.
#[derive(Debug, Serialize, ToSchema)]
pub struct Meeting {
    /// Row id; 0 where it is not stored.
    id: i64,
    /// Version, for its result.
    version: i64,
    /// Slot, from 0.
    slot: u32,
    /// Table, from 0.
    table: u32,
    /// Who sits at the table.
    host: EnterpriseBrief,
    /// Who comes to it.
    guest: EnterpriseBrief,
    /// The need that it is about.
    #[serde(skip_serializing_if = "Option::is_none")]
    need: Option<EnterpriseName>,
    /// The offer.
    #[serde(skip_serializing_if = "Option::is_none")]
    offer: Option<EnterpriseName>,
    /// Result.
    #[serde(skip_serializing_if = "Option::is_none")]
    result: Option<String>,
    /// Amount, fen.
    #[serde(skip_serializing_if = "Option::is_none")]
    amount_fen: Option<i64>,
    /// What is said of it.
    #[serde(skip_serializing_if = "Option::is_none")]
    note: Option<String>,
    /// When the result was recorded, milliseconds since 1970 UTC.
    #[serde(skip_serializing_if = "Option::is_none")]
    recorded_ms: Option<i64>,
    /// True where the caller may say what came of it.
    may_record: bool,
}

impl From<app::MeetingInfo> for Meeting {
    fn from(info: app::MeetingInfo) -> Self {
        Self {
            id: info.id,
            version: info.version,
            slot: info.slot,
            table: info.table,
            host: info.host.into(),
            guest: info.guest.into(),
            need: info.need.map(EnterpriseName::from),
            offer: info.offer.map(EnterpriseName::from),
            result: info.result,
            amount_fen: info.amount_fen,
            note: text(info.note),
            recorded_ms: info.recorded_ms,
            may_record: info.may_record,
        }
    }
}

fn all<A, B: From<A>>(rows: Vec<A>) -> Vec<B> {
    rows.into_iter().map(B::from).collect()
}

/// One event with what the caller may see of it.
#[derive(Serialize, ToSchema)]
pub struct MeetingCard {
    /// The event.
    event: MeetingEvent,
    /// Firms.
    firms: Vec<MeetingFirm>,
    /// Meetings that have a seat, by slot and table.
    meetings: Vec<Meeting>,
}

impl From<app::MeetingEventCard> for MeetingCard {
    fn from(card: app::MeetingEventCard) -> Self {
        Self { event: card.info.into(), firms: all(card.parties), meetings: all(card.meetings) }
    }
}

/// A firm that should come.
#[derive(Debug, Serialize, ToSchema)]
pub struct MeetingProposal {
    /// The firm.
    enterprise: EnterpriseBrief,
    /// The side on which its matches are worth more.
    #[schema(value_type = MeetingSideWord)]
    side: MeetingSide,
    /// Firms of the other side that it matches.
    partners: u32,
    /// Sum of the scores of its best pair with each of them.
    worth: f64,
    /// Score of its best pair.
    best: f64,
    /// Why, in Chinese.
    why: String,
    /// Accounts that would hear of it.
    people: usize,
    /// True where it is at the event already.
    invited: bool,
}

impl From<app::MeetingProposal> for MeetingProposal {
    fn from(proposal: app::MeetingProposal) -> Self {
        let app::MeetingProposal { enterprise, side, partners, worth, best, why, people, invited } = proposal;
        Self { enterprise: enterprise.into(), side, partners, worth, best, why, people, invited }
    }
}

/// A firm that one could meet.
#[derive(Debug, Serialize, ToSchema)]
pub struct Partner {
    /// The firm.
    enterprise: EnterpriseBrief,
    /// Score of the best pair between the two.
    #[serde(skip_serializing_if = "Option::is_none")]
    score: Option<f64>,
    /// Title of that pair's need.
    #[serde(skip_serializing_if = "Option::is_none")]
    need: Option<String>,
    /// Title of its offer.
    #[serde(skip_serializing_if = "Option::is_none")]
    offer: Option<String>,
    /// True where the firm wishes to meet it.
    wished: bool,
    /// True where it does not.
    refused: bool,
}

/// A firm's own page of an event.
#[derive(Serialize, ToSchema)]
pub struct MyMeeting {
    /// The event.
    event: MeetingEvent,
    /// The firm.
    enterprise: EnterpriseBrief,
    /// Its place, once it is invited or has signed up.
    #[serde(skip_serializing_if = "Option::is_none")]
    firm: Option<MeetingFirm>,
    /// The side that it has, or that its matches say.
    #[schema(value_type = MeetingSideWord)]
    side: MeetingSide,
    /// Its meetings.
    meetings: Vec<Meeting>,
    /// Whom it could meet, best matches first.
    partners: Vec<Partner>,
    /// True where it can be signed up now.
    may_sign_up: bool,
}

impl From<app::MeetingPage> for MyMeeting {
    fn from(page: app::MeetingPage) -> Self {
        let partner = |row: app::PartnerRow| {
            let (need, offer) = row.about.unwrap_or_default();
            Partner {
                enterprise: row.enterprise.into(),
                score: row.score,
                need: text(need),
                offer: text(offer),
                wished: row.wished,
                refused: row.refused,
            }
        };
        Self {
            event: page.card.info.into(),
            enterprise: page.enterprise.into(),
            firm: page.party.map(MeetingFirm::from),
            side: page.side,
            meetings: all(page.card.meetings),
            partners: page.partners.into_iter().map(partner).collect(),
            may_sign_up: page.may_sign_up,
        }
    }
}

/// A meeting that is asked for, by match or wish.
#[derive(Debug, Serialize, ToSchema)]
pub struct WantedMeeting {
    /// Who would sit at the table.
    host: EnterpriseBrief,
    /// Who would come to it.
    guest: EnterpriseBrief,
    /// Score of the best pair between the two.
    #[serde(skip_serializing_if = "Option::is_none")]
    match_score: Option<f64>,
    /// The host wishes it.
    host_wishes: bool,
    /// The guest wishes it.
    guest_wishes: bool,
    /// What the timetable goes by.
    weight: f64,
    /// True where it has a seat.
    seated: bool,
}

/// A timetable to look at.
#[derive(Debug, Serialize, ToSchema)]
pub struct SeatingPlan {
    /// Version of the event.
    version: i64,
    /// Names what it was made from.
    digest: String,
    /// Its meetings.
    meetings: Vec<Meeting>,
    /// All that is asked for, the weightiest first.
    wanted: Vec<WantedMeeting>,
    /// Sum of the expected weights.
    value: f64,
    /// No timetable has more.
    bound: f64,
    /// How far below the best it can be at most, 0..=1.
    gap: f64,
    /// Jain's index of how evenly wishes are met.
    jain: f64,
    /// Firms that come and have no meeting.
    without: Vec<EnterpriseBrief>,
}

impl From<app::Seating> for SeatingPlan {
    fn from(seating: app::Seating) -> Self {
        let wanted = |w: app::Wanted| WantedMeeting {
            host: w.host.into(),
            guest: w.guest.into(),
            match_score: w.match_score,
            host_wishes: w.host_wishes,
            guest_wishes: w.guest_wishes,
            weight: w.weight,
            seated: w.seated,
        };
        Self {
            version: seating.version,
            digest: seating.digest,
            meetings: all(seating.meetings),
            wanted: seating.wanted.into_iter().map(wanted).collect(),
            value: seating.value,
            bound: seating.bound,
            gap: seating.gap,
            jain: seating.jain,
            without: seating.without.into_iter().map(|(firm, _)| firm.into()).collect(),
        }
    }
}

/// A meeting before and after.
#[derive(Debug, Serialize, ToSchema)]
pub struct Moved {
    /// As it is; absent for a new one.
    #[serde(skip_serializing_if = "Option::is_none")]
    before: Option<Meeting>,
    /// As it would be; absent for one that falls away.
    #[serde(skip_serializing_if = "Option::is_none")]
    after: Option<Meeting>,
}

impl From<app::MovedMeeting> for Moved {
    fn from(moved: app::MovedMeeting) -> Self {
        Self { before: moved.before.map(Meeting::from), after: moved.after.map(Meeting::from) }
    }
}

/// A timetable made again, to look at.
#[derive(Debug, Serialize, ToSchema)]
pub struct Plan {
    /// Version of the event.
    version: i64,
    /// Names what it was made from.
    digest: String,
    /// Meetings that stay as they are.
    kept: u32,
    /// Meetings that fall away.
    lost: Vec<Moved>,
    /// Meetings in another slot or at another table.
    moved: Vec<Moved>,
    /// Meetings that are new.
    won: Vec<Moved>,
    /// The whole timetable as it would be.
    meetings: Vec<Meeting>,
}

impl From<app::Replanned> for Plan {
    fn from(plan: app::Replanned) -> Self {
        Self {
            version: plan.version,
            digest: plan.digest,
            kept: plan.kept,
            lost: all(plan.lost),
            moved: all(plan.moved),
            won: all(plan.won),
            meetings: all(plan.meetings),
        }
    }
}

/// Where a firm sits next.
#[derive(Debug, Serialize, ToSchema)]
pub struct NextSeat {
    /// Slot, from 0.
    slot: u32,
    /// Table, from 0.
    table: u32,
    /// Whom it meets.
    other: EnterpriseBrief,
}

/// A firm at the door.
#[derive(Debug, Serialize, ToSchema)]
pub struct AtTheDoor {
    /// The firm.
    enterprise: EnterpriseBrief,
    /// People that it brings.
    people: u32,
    /// True for an important guest.
    vip: bool,
    /// When it came first, milliseconds since 1970 UTC.
    #[serde(skip_serializing_if = "Option::is_none")]
    at_ms: Option<i64>,
    /// Its meetings.
    meetings: Vec<NextSeat>,
}

impl From<app::CheckedIn> for AtTheDoor {
    fn from(found: app::CheckedIn) -> Self {
        let seat = |(slot, table, other): (u32, u32, app::EnterpriseBrief)| NextSeat {
            slot,
            table,
            other: other.into(),
        };
        Self {
            enterprise: found.enterprise.into(),
            people: found.people,
            vip: found.vip,
            at_ms: found.at_ms,
            meetings: found.meetings.into_iter().map(seat).collect(),
        }
    }
}

/// What is to be asked again after a meeting.
#[derive(Debug, Serialize, ToSchema)]
pub struct FollowUp {
    /// The meeting.
    meeting: Meeting,
    /// Name of the event.
    event: String,
    /// Its day.
    day: String,
    /// 30, 60 or 90.
    days: u32,
    /// When it is asked.
    due: String,
    /// Days since then.
    late_days: i64,
    /// Version, for the answer.
    version: i64,
    /// Where the business stood.
    #[serde(skip_serializing_if = "Option::is_none")]
    result: Option<String>,
    /// Amount by then, fen.
    #[serde(skip_serializing_if = "Option::is_none")]
    amount_fen: Option<i64>,
    /// What was said.
    #[serde(skip_serializing_if = "Option::is_none")]
    note: Option<String>,
    /// When it was answered, milliseconds since 1970 UTC.
    #[serde(skip_serializing_if = "Option::is_none")]
    done_ms: Option<i64>,
}

impl From<app::FollowUpInfo> for FollowUp {
    fn from(info: app::FollowUpInfo) -> Self {
        Self {
            meeting: info.meeting.into(),
            event: info.event.0,
            day: info.event.1.to_string(),
            days: info.days,
            due: info.due,
            late_days: info.late_days,
            version: info.version,
            result: info.result,
            amount_fen: info.amount_fen,
            note: text(info.note),
            done_ms: info.done_ms,
        }
    }
}

/// Figures of a month.
#[derive(Debug, Serialize, ToSchema)]
pub struct MonthShape {
    /// Month, 1 to 12; 0 for the whole year.
    month: u8,
    /// Events that were not cancelled.
    events: u32,
    /// Firms that said they come.
    attending: u32,
    /// Firms that came.
    checked_in: u32,
    /// Meetings that took place.
    meetings: u32,
    /// Meetings of these with a result.
    recorded: u32,
    /// Contracts by the newest word.
    contracts: u32,
    /// Amount of these, fen.
    contract_fen: i64,
    /// Intents.
    intents: u32,
    /// Amount of these, fen.
    intent_fen: i64,
    /// Follow-ups due.
    due: u32,
    /// Follow-ups answered.
    answered: u32,
}

impl From<app::MonthFigures> for MonthShape {
    fn from(figures: app::MonthFigures) -> Self {
        Self {
            month: figures.month,
            events: figures.events,
            attending: figures.attending,
            checked_in: figures.checked_in,
            meetings: figures.meetings,
            recorded: figures.recorded,
            contracts: figures.contracts,
            contract_fen: figures.contract_fen,
            intents: figures.intents,
            intent_fen: figures.intent_fen,
            due: figures.due,
            answered: figures.answered,
        }
    }
}

/// What was signed of one kind.
#[derive(Debug, Serialize, ToSchema)]
pub struct SignedKind {
    /// Kind.
    kind: String,
    /// Signed.
    count: u32,
    /// What is aimed at in a year.
    #[serde(skip_serializing_if = "Option::is_none")]
    target: Option<u32>,
    /// Amount, fen.
    amount_fen: i64,
}

/// Events of one kind.
#[derive(Debug, Serialize, ToSchema)]
pub struct EventKindCount {
    /// Kind.
    kind: String,
    /// Events.
    events: u32,
}

/// Figures of a year.
#[derive(Debug, Serialize, ToSchema)]
pub struct Figures {
    /// Year.
    year: i16,
    /// January to December.
    months: Vec<MonthShape>,
    /// The whole year.
    whole: MonthShape,
    /// Months that have begun.
    months_so_far: u32,
    /// Those of them with an event.
    months_with_event: u32,
    /// Events by kind.
    kinds: Vec<EventKindCount>,
    /// What was signed, by kind.
    signings: Vec<SignedKind>,
}

impl From<app::MeetingFigures> for Figures {
    fn from(figures: app::MeetingFigures) -> Self {
        let kind = |(kind, events)| EventKindCount { kind, events };
        let signed = |k: app::KindFigures| SignedKind {
            kind: k.kind,
            count: k.count,
            target: k.target,
            amount_fen: k.amount_fen,
        };
        Self {
            year: figures.year,
            months: all(figures.months),
            whole: figures.whole.into(),
            months_so_far: figures.months_so_far,
            months_with_event: figures.months_with_event,
            kinds: figures.kinds.into_iter().map(kind).collect(),
            signings: figures.signings.into_iter().map(signed).collect(),
        }
    }
}

/// What was signed.
#[derive(Debug, Serialize, ToSchema)]
pub struct Signing {
    /// Row id.
    id: i64,
    /// Version.
    version: i64,
    /// The event at which it was signed.
    #[serde(skip_serializing_if = "Option::is_none")]
    event: Option<EnterpriseName>,
    /// Kind.
    kind: String,
    /// What was signed.
    title: String,
    /// With whom.
    party: String,
    /// Day.
    day: String,
    /// Amount, fen.
    #[serde(skip_serializing_if = "Option::is_none")]
    amount_fen: Option<i64>,
    /// True where it does not count.
    void: bool,
}

impl From<app::SigningInfo> for Signing {
    fn from(info: app::SigningInfo) -> Self {
        let app::SigningInfo { id, version, event, kind, title, party, day, amount_fen, void } = info;
        Self { id, version, event: event.map(Into::into), kind, title, party, day, amount_fen, void }
    }
}
