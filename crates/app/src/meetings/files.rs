//! The timetable as files: a workbook of the whole, a calendar of one's own.

use super::{MeetingEventCard, MeetingEventState, MeetingInfo, slot_words};
use crate::clock::china;
use crate::{Act, Actor, App, Code, Error, Result};
use exchange::ics::{self, Entry};
use exchange::timetable::TimetableBook;
use jiff::Timestamp;
use jiff::civil::{Date, Time};
use model::meeting::{MeetingTables, Slot};

#[boxed::futures]
impl App {
    /// The timetable of an event as a workbook: tables by slots, and each firm's meetings, as far as the actor may see them.
    ///
    /// # Errors
    /// [`Code::NotFound`]; [`Code::Output`].
    pub async fn timetable_workbook(&self, actor: &Actor, id: i64) -> Result<Vec<u8>> {
        actor.need(Act::TimetableWorkbook)?;
        let card = self.meeting_event(actor, id).await?;
        book(&card).xlsx().map_err(|e| Error::new(Code::Output, e.to_string()))
    }

    /// The meetings of an event that the actor may see as a calendar, of one firm (row id) where it is named; the event itself
    /// where there is none yet.
    ///
    /// # Errors
    /// [`Code::NotFound`].
    pub async fn meeting_calendar(&self, actor: &Actor, id: i64, enterprise: Option<i64>) -> Result<Vec<u8>> {
        actor.need(Act::MeetingCalendar)?;
        let card = self.meeting_event(actor, id).await?;
        let of = |m: &&MeetingInfo| enterprise.is_none_or(|firm| m.host.id == firm || m.guest.id == firm);
        let event = &card.info.event;
        let entry = |uid: String, slot: Slot, summary: String, description: String, sequence: i64| Entry {
            uid,
            sequence,
            changed: Timestamp::from_millisecond(card.info.updated_ms).unwrap_or_default(),
            from: moment(event.day, slot.from),
            until: moment(event.day, slot.until),
            summary,
            description,
            location: event.place.clone(),
            cancelled: card.info.state == MeetingEventState::Cancelled,
        };
        let mut entries: Vec<Entry> = card
            .meetings
            .iter()
            .filter(of)
            .filter_map(|m| {
                let slot = *event.slots.get(m.slot as usize)?;
                let summary = format!("第{}桌：{} × {}", m.table + 1, m.host.name, m.guest.name);
                let uid = format!("meeting-{}-{}-{}@yulin", id, m.host.id, m.guest.id);
                Some(entry(uid, slot, summary, about(m), card.info.version))
            })
            .collect();
        if let (true, Some(first), Some(last)) = (entries.is_empty(), event.slots.first(), event.slots.last())
        {
            let slot = Slot { from: first.from, until: last.until };
            let uid = format!("meeting-event-{id}@yulin");
            entries.push(entry(uid, slot, event.name.clone(), event.note.clone(), card.info.version));
        }
        Ok(ics::write(&event.name, &entries))
    }
}

/// A moment of an event's day in China.
fn moment(day: Date, time: Time) -> Timestamp {
    day.to_datetime(time).to_zoned(china()).map_or(Timestamp::UNIX_EPOCH, |z| z.timestamp())
}

/// What a meeting is about, in words.
fn about(meeting: &MeetingInfo) -> String {
    let title = |record: &Option<(i64, String)>| record.as_ref().map_or_else(String::new, |r| r.1.clone());
    let (need, offer) = (title(&meeting.need), title(&meeting.offer));
    let words = [("需求：", need), ("供给：", offer)];
    let words =
        words.iter().filter(|(_, title)| !title.is_empty()).map(|(word, title)| format!("{word}{title}"));
    words.collect::<Vec<_>>().join("；")
}

fn book(card: &MeetingEventCard) -> TimetableBook {
    let event = &card.info.event;
    let kind = MeetingTables::builtin().kind(&event.kind);
    let (host, guest) = kind.map_or(("", ""), |k| (k.host_zh.as_str(), k.guest_zh.as_str()));
    let slots: Vec<String> = event.slots.iter().map(slot_words).collect();
    let time = |m: &MeetingInfo| slots.get(m.slot as usize).cloned().unwrap_or_default();
    let mut rows: Vec<[String; 6]> = Vec::new();
    for meeting in &card.meetings {
        let sides = [(&meeting.host, host, &meeting.guest), (&meeting.guest, guest, &meeting.host)];
        for (firm, side, other) in sides {
            rows.push([
                firm.name.clone(),
                side.to_owned(),
                time(meeting),
                (meeting.table + 1).to_string(),
                other.name.clone(),
                about(meeting),
            ]);
        }
    }
    rows.sort();
    let seats = card
        .meetings
        .iter()
        .map(|m| (m.table as usize, m.slot as usize, format!("{}\n{}", m.host.name, m.guest.name)));
    TimetableBook {
        title: event.name.clone(),
        subtitle: format!("{}　{}　{}场洽谈", event.day, event.place, card.meetings.len()),
        day: event.day,
        slots: slots.clone(),
        tables: (1..=event.tables).map(|table| table.to_string()).collect(),
        seats: seats.collect(),
        rows,
    }
}
