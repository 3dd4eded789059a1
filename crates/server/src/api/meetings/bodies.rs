//! What comes in about events.

use super::super::shapes::{MeetingSideWord, MeetingStateWord};
use app::{
    DoorKey, Invitee, MeetingEventForm, MeetingEventState, MeetingOutcomeForm, ReplanForm, SignUpForm,
    SigningForm,
};
use model::meeting::{MeetingSide, SignUp};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// An event.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"name": "十二月产销对接会", "kind": "production_sales", "day": "2026-12-05", "slots": ["09:00-09:20"], "tables": 10, "most": 6}))]
pub struct EventBody {
    /// Name.
    name: String,
    /// Kind: `production_sales`, `industry_finance`, `promotion` ...
    kind: String,
    /// Day.
    day: String,
    /// Where.
    #[serde(default)]
    place: String,
    /// Slots, ascending, such as `09:00-09:20`.
    slots: Vec<String>,
    /// Tables.
    tables: u32,
    /// Most meetings of a firm.
    most: u32,
    /// Interpreters.
    #[serde(default)]
    interpreters: u32,
    /// Chain group that it serves; empty for all.
    #[serde(default)]
    group: String,
    /// What those who come should know.
    #[serde(default)]
    note: String,
}

impl From<EventBody> for MeetingEventForm {
    fn from(body: EventBody) -> Self {
        let EventBody { name, kind, day, place, slots, tables, most, interpreters, group, note } = body;
        Self { name, kind, day, place, slots, tables, interpreters, most, group, note }
    }
}

/// Another state.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct StateBody {
    /// State.
    #[schema(value_type = MeetingStateWord)]
    pub state: MeetingEventState,
}

/// A firm to invite.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct InviteeBody {
    /// Row id of the enterprise.
    enterprise: i64,
    /// Its side; absent for the one that its matches say.
    #[schema(value_type = Option<MeetingSideWord>)]
    side: Option<MeetingSide>,
}

/// Firms to invite.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct InviteBody {
    /// The firms.
    firms: Vec<InviteeBody>,
}

impl InviteBody {
    /// As the use case takes them.
    pub fn invitees(&self) -> Vec<Invitee> {
        self.firms.iter().map(|f| Invitee { enterprise: f.enterprise, side: f.side }).collect()
    }
}

/// How many firms were invited.
#[derive(Debug, Serialize, ToSchema)]
pub struct InvitedFirms {
    /// Firms that were not at the event before.
    pub invited: u32,
}

/// The secretariat's marks.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct MarkBody {
    /// True for an important guest.
    pub vip: bool,
    /// Its side.
    #[schema(value_type = MeetingSideWord)]
    pub side: MeetingSide,
}

/// What a firm says.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"attends": true, "people": 2, "languages": ["zh"]}))]
pub struct SignUpBody {
    /// Row id of the enterprise; absent for a member's own.
    enterprise: Option<i64>,
    /// Version of what stands; absent where it is not at the event yet.
    version: Option<i64>,
    /// True where it comes.
    attends: bool,
    /// Its side; absent to leave it as it is.
    #[schema(value_type = Option<MeetingSideWord>)]
    side: Option<MeetingSide>,
    /// Number of people.
    people: u32,
    /// Languages that they speak (`zh`, `en` ...); with none given, language is not looked at.
    #[serde(default)]
    languages: Vec<String>,
    /// Slots, from 0, in which it has no time.
    #[serde(default)]
    away: Vec<u32>,
    /// Most meetings that it wants.
    most: Option<u32>,
    /// Row ids of the enterprises that it wishes to meet.
    #[serde(default)]
    wishes: Vec<i64>,
    /// Row ids of those that it does not; only its own people and the secretariat see them.
    #[serde(default)]
    refusals: Vec<i64>,
    /// What the secretariat should know.
    #[serde(default)]
    note: String,
}

impl From<SignUpBody> for SignUpForm {
    fn from(body: SignUpBody) -> Self {
        let SignUpBody { people, languages, away, most, wishes, refusals, note, .. } = body;
        Self {
            enterprise: body.enterprise,
            version: body.version,
            attends: body.attends,
            side: body.side,
            sign_up: SignUp { people, languages, away, most, wishes, refusals, note },
        }
    }
}

/// Which timetable was looked at.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct FreezeBody {
    /// Its digest.
    pub digest: String,
}

/// What is other than planned.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ReplanBody {
    /// The first slot, from 0, that may still change.
    now: u32,
    /// Row ids of firms that are not there from that slot on.
    #[serde(default)]
    absent: Vec<i64>,
    /// Tables, from 0, that are not there any more.
    #[serde(default)]
    tables: Vec<u32>,
    /// Digest of the timetable that was looked at; needed to put it in place.
    #[serde(default)]
    digest: String,
}

impl ReplanBody {
    /// As the use case takes it, with the digest.
    pub fn read(self) -> (ReplanForm, String) {
        (ReplanForm { now: self.now, absent: self.absent, tables: self.tables }, self.digest)
    }
}

/// Who is at the door.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct DoorBody {
    /// The firm's code, as read or typed.
    code: Option<String>,
    /// Row id of the enterprise.
    enterprise: Option<i64>,
}

impl From<DoorBody> for DoorKey {
    fn from(body: DoorBody) -> Self {
        match (body.enterprise, body.code) {
            (Some(id), _) => Self::Enterprise(id),
            (None, code) => Self::Code(code.unwrap_or_default()),
        }
    }
}

/// What came of a meeting.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"result": "intent", "amount_yuan": 380000}))]
pub struct MeetingOutcomeBody {
    /// Result: `signed`, `intent`, `sample`, `no_price`, `no_specification`, `missed` ...
    result: String,
    /// Amount of the contract or intent, yuan.
    amount_yuan: Option<f64>,
    /// What is to be said of it.
    #[serde(default)]
    note: String,
}

impl From<MeetingOutcomeBody> for MeetingOutcomeForm {
    fn from(body: MeetingOutcomeBody) -> Self {
        Self { result: body.result, amount_yuan: body.amount_yuan, note: body.note }
    }
}

/// What was signed.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"kind": "talent_project", "title": "封测人才项目", "day": "2026-12-05"}))]
pub struct SigningBody {
    /// Row id of the event; absent for one between events.
    event: Option<i64>,
    /// Kind: `contract`, `investment`, `talent_project`, `team_project`, `finance`.
    kind: String,
    /// What was signed.
    title: String,
    /// With whom.
    #[serde(default)]
    party: String,
    /// Day.
    day: String,
    /// Amount, yuan.
    amount_yuan: Option<f64>,
    /// True to take it out of the count.
    #[serde(default)]
    void: bool,
}

impl From<SigningBody> for SigningForm {
    fn from(body: SigningBody) -> Self {
        let SigningBody { event, kind, title, party, day, amount_yuan, void } = body;
        Self { event, kind, title, party, day, amount_yuan, void }
    }
}
