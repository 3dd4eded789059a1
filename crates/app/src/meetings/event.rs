//! Planning an event: its form and its states.

use super::{MeetingEventState, NOTE_MAX, wrong_state};
use crate::notice::To;
use crate::records::{Market, Saved, fields};
use crate::{Act, Actor, App, Result};
use jiff::civil::{Date, Time};
use market::meetings::SLOTS_MAX;
use model::meeting::{MeetingEvent, MeetingTables, Slot};

/// Tables of an event at most.
const TABLES_MAX: u32 = 200;

/// The form of an event.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct MeetingEventForm {
    /// Name.
    pub name: String,
    /// Kind, an id of `meetings/kinds.csv`.
    pub kind: String,
    /// Day (`2026-12-05`).
    pub day: String,
    /// Where.
    pub place: String,
    /// Slots (`09:00-09:20`), ascending.
    pub slots: Vec<String>,
    /// Tables.
    pub tables: u32,
    /// Interpreters.
    pub interpreters: u32,
    /// Most meetings of a firm.
    pub most: u32,
    /// Chain group that it serves; empty for all.
    pub group: String,
    /// What those who come should know.
    pub note: String,
}

/// A slot as it is typed and shown: `09:00–09:20`.
pub fn slot_words(slot: &Slot) -> String {
    let time = |t: Time| format!("{:02}:{:02}", t.hour(), t.minute());
    format!("{}–{}", time(slot.from), time(slot.until))
}

/// Reads `9:00-9:20`, also with the dashes of Chinese input.
fn slot(text: &str) -> Option<Slot> {
    let plain: String = text
        .chars()
        .filter(|c| !c.is_whitespace())
        .map(|c| match c {
            '–' | '—' | '~' | '～' | '至' | '到' => '-',
            '：' => ':',
            c => c,
        })
        .collect();
    let (from, until) = plain.split_once('-')?;
    let time = |text: &str| {
        let (hour, minute) = text.split_once(':')?;
        Time::new(hour.parse().ok()?, minute.parse().ok()?, 0, 0).ok()
    };
    let slot = Slot { from: time(from)?, until: time(until)? };
    (slot.from < slot.until).then_some(slot)
}

impl MeetingEventForm {
    /// What an event would be typed as.
    pub fn of(event: &MeetingEvent) -> Self {
        Self {
            name: event.name.clone(),
            kind: event.kind.clone(),
            day: event.day.to_string(),
            place: event.place.clone(),
            slots: event.slots.iter().map(slot_words).collect(),
            tables: event.tables,
            interpreters: event.interpreters,
            most: event.most,
            group: event.group.clone(),
            note: event.note.clone(),
        }
    }

    fn read(&self) -> Result<MeetingEvent> {
        let mut wrong: Vec<(String, String)> = Vec::new();
        let mut bad = |name: &str, what: String| wrong.push((name.to_owned(), what));
        let name = self.name.trim();
        if name.is_empty() || name.chars().count() > 80 {
            bad("name", "应为1至80字的活动名称".to_owned());
        }
        if MeetingTables::builtin().kind(&self.kind).is_none() {
            bad("kind", "请选择活动类型".to_owned());
        }
        let day = self.day.trim().parse::<Date>();
        if day.is_err() {
            bad("day", "应为日期，如 2026-12-05".to_owned());
        }
        let mut slots: Vec<Slot> = Vec::new();
        for (place, text) in (1..).zip(self.slots.iter().filter(|text| !text.trim().is_empty())) {
            match slot(text) {
                Some(slot) if slots.last().is_none_or(|last| last.until <= slot.from) => slots.push(slot),
                Some(_) => bad("slots", format!("第{place}场“{}”与前一场重叠", text.trim())),
                None => bad("slots", format!("第{place}场“{}”应为时间段，如 09:00-09:20", text.trim())),
            }
        }
        if self.slots.iter().all(|text| text.trim().is_empty()) || slots.len() > SLOTS_MAX as usize {
            bad("slots", format!("应有1至{SLOTS_MAX}场"));
        }
        if !(1..=TABLES_MAX).contains(&self.tables) {
            bad("tables", format!("应为1至{TABLES_MAX}张"));
        }
        if self.interpreters > TABLES_MAX {
            bad("interpreters", format!("应为0至{TABLES_MAX}人"));
        }
        if !(1..=SLOTS_MAX).contains(&self.most) {
            bad("most", format!("应为1至{SLOTS_MAX}场"));
        }
        for (name, text) in [("note", &self.note), ("place", &self.place), ("group", &self.group)] {
            if text.trim().chars().count() > NOTE_MAX {
                bad(name, format!("不超过{NOTE_MAX}字"));
            }
        }
        let (true, Ok(day)) = (wrong.is_empty(), day) else { return Err(fields(wrong)) };
        Ok(MeetingEvent {
            name: name.to_owned(),
            kind: self.kind.clone(),
            day,
            place: self.place.trim().to_owned(),
            slots,
            tables: self.tables,
            interpreters: self.interpreters,
            most: self.most,
            group: self.group.trim().to_owned(),
            note: self.note.trim().to_owned(),
            gone: Vec::new(),
        })
    }
}

#[boxed::futures]
impl App {
    /// Stores a new event, or changes one (row id and version) whose timetable does not stand yet.
    ///
    /// # Errors
    /// [`crate::Code::BadInput`] with the fields that cannot be taken; [`crate::Code::Conflict`]; [`crate::Code::NotFound`].
    pub async fn save_meeting_event(
        &self,
        actor: &Actor,
        at: Option<(i64, i64)>,
        form: &MeetingEventForm,
    ) -> Result<Saved> {
        actor.need(Act::SaveMeetingEvent)?;
        let event = form.read()?;
        let by = self.by(actor);
        let Some((id, version)) = at else {
            return Ok(Saved { id: self.store.add_meeting_event(&event, &by).await?, version: 1 });
        };
        let row = self.store.meeting_event(id).await?;
        if row.state != MeetingEventState::Planned {
            return Err(wrong_state(row.state));
        }
        let version = self.store.set_meeting_event(id, version, row.state, &event, &by).await?;
        Ok(Saved { id, version })
    }

    /// Brings an event into another state: over, cancelled, or back to planning while no meeting has a result.
    ///
    /// # Errors
    /// [`crate::Code::Conflict`] where its state does not allow that; [`crate::Code::NotFound`].
    pub async fn set_meeting_state(
        &self,
        actor: &Actor,
        id: i64,
        version: i64,
        state: MeetingEventState,
    ) -> Result<Saved> {
        actor.need(Act::SetMeetingState)?;
        use MeetingEventState::{Cancelled, Closed, Planned, Seated};
        let row = self.store.meeting_event(id).await?;
        let allowed = match (row.state, state) {
            // An event without a timetable, such as a promotion, ends as it is.
            (Planned | Seated, Cancelled | Closed) => true,
            // The timetable that stood is still there.
            (Closed, Seated) => self.store.meetings(Some(id)).await?.iter().any(|meeting| meeting.seated),
            (Closed, Planned) => self.store.meetings(Some(id)).await?.iter().all(|meeting| !meeting.seated),
            (Seated | Cancelled, Planned) => {
                self.store.meetings(Some(id)).await?.iter().all(|meeting| meeting.result.is_none())
            }
            _ => false,
        };
        if !allowed {
            return Err(wrong_state(row.state));
        }
        let version = self.store.set_meeting_event(id, version, state, &row.event, &self.by(actor)).await?;
        if state == Cancelled {
            let parties = self.store.meeting_parties(Some(id)).await?;
            let firms: Vec<i64> = parties.iter().map(|p| p.enterprise).collect();
            let title = format!("活动取消：{}", row.event.name);
            let market = self.market().await?;
            let body = "详情请打开查看。";
            self.tell_firms(&market, &firms, "meeting.cancelled", &title, body, &own_page(id)).await;
        }
        Ok(Saved { id, version })
    }

    /// Tells the people of enterprises (row ids) something; `link` is where they read more.
    pub(super) async fn tell_firms(
        &self,
        market: &Market,
        firms: &[i64],
        kind: &str,
        title: &str,
        body: &str,
        link: &str,
    ) {
        for firm in firms.iter().filter_map(|id| market.enterprises.get(*id)) {
            self.notify(kind, To::Enterprise(&firm.value.key), title, body, link).await;
        }
    }
}

/// Where a firm's people read of their own place at an event.
pub(super) fn own_page(event: i64) -> String {
    format!("/events/{event}/mine")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_are_read_as_people_type_them() {
        let check = |text: &str, expect: Option<&str>| {
            assert_eq!(slot(text).as_ref().map(slot_words).as_deref(), expect, "{text}");
        };
        check("09:00-09:20", Some("09:00–09:20"));
        check(" 9:05 — 9:25", Some("09:05–09:25"));
        check("14：00至14：30", Some("14:00–14:30"));
        check("09:20-09:00", None);
        check("25:00-26:00", None);
        check("早上", None);
    }

    #[test]
    fn every_fault_is_named_with_its_field() {
        let form = MeetingEventForm {
            name: " ".to_owned(),
            kind: "party".to_owned(),
            day: "明天".to_owned(),
            slots: vec!["09:00-09:30".to_owned(), "09:10-09:40".to_owned(), "x".to_owned()],
            ..MeetingEventForm::default()
        };
        let error = form.read().unwrap_err();
        let names: Vec<&str> = error.fields.iter().map(|(name, _)| name.as_str()).collect();
        assert_eq!(names, ["name", "kind", "day", "slots", "slots", "tables", "most"]);
    }
}
