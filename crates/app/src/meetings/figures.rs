//! Figures by month, and the ledger of what was signed.

use super::outcome::is_over;
use super::{MeetingEventState, fen};
use crate::records::{Saved, field, fields};
use crate::{Act, Actor, App, Result};
use jiff::civil::Date;
use model::meeting::{MeetingTables, Stands};
use serde::Serialize;
use std::collections::BTreeMap;
use store::Signing;

/// Figures of one month.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct MonthFigures {
    /// Month, 1 to 12; 0 for the whole year.
    pub month: u8,
    /// Events that took place or are planned; cancelled ones do not count.
    pub events: u32,
    /// Firms that said they come.
    pub attending: u32,
    /// Firms that came.
    pub checked_in: u32,
    /// Meetings that had a seat and whose day has come.
    pub meetings: u32,
    /// Meetings of these with a result.
    pub recorded: u32,
    /// Meetings that stand as a contract by the newest word.
    pub contracts: u32,
    /// Amount of these, fen.
    pub contract_fen: i64,
    /// Meetings that stand as an intent.
    pub intents: u32,
    /// Amount of these, fen.
    pub intent_fen: i64,
    /// Follow-ups that are due.
    pub due: u32,
    /// Follow-ups of these that were answered.
    pub answered: u32,
}

impl MonthFigures {
    fn add(&mut self, other: &Self) {
        let Self {
            month: _,
            events,
            attending,
            checked_in,
            meetings,
            recorded,
            contracts,
            contract_fen,
            intents,
            intent_fen,
            due,
            answered,
        } = other;
        self.events += events;
        self.attending += attending;
        self.checked_in += checked_in;
        self.meetings += meetings;
        self.recorded += recorded;
        self.contracts += contracts;
        self.contract_fen += contract_fen;
        self.intents += intents;
        self.intent_fen += intent_fen;
        self.due += due;
        self.answered += answered;
    }
}

/// What was signed of one kind in a year.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct KindFigures {
    /// Kind, an id of `meetings/signings.csv`.
    pub kind: String,
    /// Signed.
    pub count: u32,
    /// What is aimed at in a year.
    pub target: Option<u32>,
    /// Amount, fen.
    pub amount_fen: i64,
}

/// Figures of a year. They count the events of the alliance and name no firm.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct MeetingFigures {
    /// Year.
    pub year: i16,
    /// January to December.
    pub months: Vec<MonthFigures>,
    /// The whole year.
    pub whole: MonthFigures,
    /// Months that are over or have begun, up to now.
    pub months_so_far: u32,
    /// Those of them with at least one event.
    pub months_with_event: u32,
    /// Events by kind: an id of `meetings/kinds.csv` and how many.
    pub kinds: Vec<(String, u32)>,
    /// What was signed, by kind.
    pub signings: Vec<KindFigures>,
}

/// An entry of the ledger of signings.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct SigningInfo {
    /// Row id.
    pub id: i64,
    /// Version, for changes.
    pub version: i64,
    /// Row id and name of the event at which it was signed.
    pub event: Option<(i64, String)>,
    /// Kind, an id of `meetings/signings.csv`.
    pub kind: String,
    /// What was signed.
    pub title: String,
    /// With whom.
    pub party: String,
    /// Day (`2026-11-22`).
    pub day: String,
    /// Amount, fen.
    pub amount_fen: Option<i64>,
    /// True for one that was entered by mistake and does not count.
    pub void: bool,
}

/// The form of a signing.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct SigningForm {
    /// Row id of the event; none for one between events.
    pub event: Option<i64>,
    /// Kind.
    pub kind: String,
    /// What was signed.
    pub title: String,
    /// With whom.
    pub party: String,
    /// Day.
    pub day: String,
    /// Amount, yuan.
    pub amount_yuan: Option<f64>,
    /// True to take it out of the count.
    pub void: bool,
}

#[boxed::futures]
impl App {
    /// Figures of a year; none given is this one.
    ///
    /// # Errors
    /// [`crate::Code::BadInput`] for a year that no calendar has.
    pub async fn meeting_figures(&self, actor: &Actor, year: Option<i16>) -> Result<MeetingFigures> {
        actor.need(Act::MeetingFigures)?;
        let today = self.today();
        let year = year.unwrap_or_else(|| today.year());
        if !(2000..=2200).contains(&year) {
            return Err(field("year", "应为2000至2200之间的年份"));
        }
        let mut months: Vec<MonthFigures> =
            (1..=12).map(|month| MonthFigures { month, ..MonthFigures::default() }).collect();
        let mut kinds: BTreeMap<String, u32> = BTreeMap::new();
        let parties = self.store.meeting_parties(None).await?;
        let meetings = self.store.meetings(None).await?;
        let follow_ups = self.store.meeting_follow_ups().await?;
        let (tables, now) = (MeetingTables::builtin(), today.to_string());
        let rows = self.store.meeting_events().await?;
        let counted = |row: &&store::MeetingEventRow| {
            row.event.day.year() == year && row.state != MeetingEventState::Cancelled
        };
        for row in rows.iter().filter(counted) {
            let month = &mut months[usize::from(row.event.day.month().unsigned_abs()) - 1];
            *kinds.entry(row.event.kind.clone()).or_default() += 1;
            month.events += 1;
            for party in parties.iter().filter(|p| p.event == row.id) {
                month.attending += u32::from(super::invite::comes(party));
                month.checked_in += u32::from(party.checked_in_ms.is_some());
            }
            if !is_over(row, today) {
                continue;
            }
            for meeting in meetings.iter().filter(|m| m.event == row.id && m.seated) {
                let asked = follow_ups.iter().filter(|f| f.meeting == meeting.id);
                let due = |f: &&store::FollowUp| f.due <= now || f.done.is_some();
                month.due += asked.clone().filter(due).count() as u32;
                month.answered += asked.clone().filter(|f| f.done.is_some()).count() as u32;
                month.meetings += 1;
                month.recorded += u32::from(meeting.result.is_some());
                // The newest word counts; where it names no amount, the one before stays.
                let newest = asked.filter(|f| f.done.is_some()).max_by_key(|f| f.days);
                let result = newest.and_then(|f| f.result.as_ref()).or(meeting.result.as_ref());
                let amount = newest.and_then(|f| f.amount_fen).or(meeting.amount_fen).unwrap_or_default();
                match result.and_then(|id| tables.result(id)).map(|r| r.stands) {
                    Some(Stands::Contract) => {
                        month.contracts += 1;
                        month.contract_fen += amount;
                    }
                    Some(Stands::Intent) => {
                        month.intents += 1;
                        month.intent_fen += amount;
                    }
                    _ => {}
                }
            }
        }
        let mut whole = MonthFigures::default();
        months.iter().for_each(|month| whole.add(month));
        let so_far = match year.cmp(&today.year()) {
            std::cmp::Ordering::Less => 12,
            std::cmp::Ordering::Equal => usize::from(today.month().unsigned_abs()),
            std::cmp::Ordering::Greater => 0,
        };
        let signings = self.store.signings().await?;
        let of_year = |signing: &&Signing| !signing.void && signing.day.starts_with(&format!("{year:04}-"));
        let signed = tables.signings.iter().map(|kind| {
            let entries = signings.iter().filter(of_year).filter(|s| s.kind == kind.id);
            KindFigures {
                kind: kind.id.clone(),
                count: entries.clone().count() as u32,
                target: kind.year_target,
                amount_fen: entries.filter_map(|s| s.amount_fen).sum(),
            }
        });
        Ok(MeetingFigures {
            year,
            months_so_far: so_far as u32,
            months_with_event: months.iter().take(so_far).filter(|m| m.events > 0).count() as u32,
            whole,
            kinds: kinds.into_iter().collect(),
            signings: signed.collect(),
            months,
        })
    }

    /// The ledger of signings, newest first.
    ///
    /// # Errors
    /// Storage errors.
    pub async fn signings(&self, actor: &Actor) -> Result<Vec<SigningInfo>> {
        actor.need(Act::Signings)?;
        let rows = self.store.meeting_events().await?;
        let name = |id: i64| rows.iter().find(|row| row.id == id).map(|row| (id, row.event.name.clone()));
        let info = |signing: Signing| SigningInfo {
            id: signing.id,
            version: signing.version,
            event: signing.event.and_then(name),
            kind: signing.kind,
            title: signing.title,
            party: signing.party,
            day: signing.day,
            amount_fen: signing.amount_fen,
            void: signing.void,
        };
        Ok(self.store.signings().await?.into_iter().rev().map(info).collect())
    }

    /// Adds a signing, or changes one (row id and version).
    ///
    /// # Errors
    /// [`crate::Code::BadInput`] with the fields that cannot be taken; [`crate::Code::NotFound`]; [`crate::Code::Conflict`].
    pub async fn save_signing(
        &self,
        actor: &Actor,
        at: Option<(i64, i64)>,
        form: &SigningForm,
    ) -> Result<Saved> {
        actor.need(Act::SaveSigning)?;
        let mut wrong: Vec<(String, String)> = Vec::new();
        let mut bad = |name: &str, what: &str| wrong.push((name.to_owned(), what.to_owned()));
        if MeetingTables::builtin().signing(&form.kind).is_none() {
            bad("kind", "请选择签约类别");
        }
        let (title, party) = (form.title.trim(), form.party.trim());
        if title.is_empty() || title.chars().count() > 120 {
            bad("title", "应为1至120字的项目名称");
        }
        if party.chars().count() > 120 {
            bad("party", "不超过120字");
        }
        let day = form.day.trim().parse::<Date>();
        if day.is_err() {
            bad("day", "应为日期，如 2026-12-05");
        }
        let (true, Ok(day)) = (wrong.is_empty(), day) else { return Err(fields(wrong)) };
        if let Some(event) = form.event {
            self.store.meeting_event(event).await?;
        }
        let (id, version) = at.unwrap_or_default();
        let signing = Signing {
            id,
            version,
            event: form.event,
            kind: form.kind.clone(),
            title: title.to_owned(),
            party: party.to_owned(),
            day: day.to_string(),
            amount_fen: fen(form.amount_yuan)?,
            void: form.void,
        };
        let (id, version) = self.store.save_signing(&signing, &self.by(actor)).await?;
        Ok(Saved { id, version })
    }
}
