//! Words and pieces that the pages of events share.

use crate::format;
use crate::parts::{scroll, tag};
use crate::words::Lang;
use app::{EnterpriseBrief, MeetingEventState, MeetingInfo, MeetingPartyState, slot_words};
use maud::{Markup, html};
use model::meeting::{MeetingEvent, MeetingSide, MeetingTables, Stands};

/// Name of a kind of event.
pub fn kind(lang: Lang, id: &str) -> &str {
    MeetingTables::builtin().kind(id).map_or(id, |k| lang.pick(&k.name_zh, &k.name_en))
}

/// Name of a side at a kind of event.
pub fn side(lang: Lang, event: &MeetingEvent, side: MeetingSide) -> &str {
    MeetingTables::builtin().kind(&event.kind).map_or("", |k| match side {
        MeetingSide::Host => lang.pick(&k.host_zh, &k.host_en),
        MeetingSide::Guest => lang.pick(&k.guest_zh, &k.guest_en),
    })
}

/// Name of a kind of signing.
pub fn signing(lang: Lang, id: &str) -> &str {
    MeetingTables::builtin().signing(id).map_or(id, |k| lang.pick(&k.name_zh, &k.name_en))
}

/// A result as a tag.
pub fn result(lang: Lang, id: &str) -> Markup {
    let found = MeetingTables::builtin().result(id);
    let class = match found.map(|r| r.stands) {
        Some(Stands::Contract) => "good",
        Some(Stands::Intent) => "info",
        _ => "quiet",
    };
    tag(class, found.map_or(id, |r| lang.pick(&r.name_zh, &r.name_en)))
}

/// The results as options of a form.
pub fn results(lang: Lang) -> Vec<(&'static str, &'static str)> {
    let results = MeetingTables::builtin().results.iter();
    results.map(|r| (r.id.as_str(), lang.pick(&r.name_zh, &r.name_en))).collect()
}

/// The kinds of signings as options of a form.
pub fn signings(lang: Lang) -> Vec<(&'static str, &'static str)> {
    let kinds = MeetingTables::builtin().signings.iter();
    kinds.map(|k| (k.id.as_str(), lang.pick(&k.name_zh, &k.name_en))).collect()
}

/// Where an event stands.
pub fn state(lang: Lang, state: MeetingEventState) -> Markup {
    match state {
        MeetingEventState::Planned => tag("info", lang.t("报名中")),
        MeetingEventState::Seated => tag("good", lang.t("时间表已定")),
        MeetingEventState::Closed => tag("quiet", lang.t("已结束")),
        MeetingEventState::Cancelled => tag("bad", lang.t("已取消")),
    }
}

/// What a firm said.
pub fn said(lang: Lang, state: MeetingPartyState) -> Markup {
    match state {
        MeetingPartyState::Invited => tag("warn", lang.t("待答复")),
        MeetingPartyState::Attending => tag("good", lang.t("参加")),
        MeetingPartyState::Declined => tag("quiet", lang.t("不参加")),
    }
}

/// Times of a slot.
pub fn slot(event: &MeetingEvent, slot: u32) -> String {
    event.slots.get(slot as usize).map(slot_words).unwrap_or_default()
}

/// From when to when an event lasts.
pub fn span(event: &MeetingEvent) -> String {
    match (event.slots.first(), event.slots.last()) {
        (Some(first), Some(last)) => {
            slot_words(&model::meeting::Slot { from: first.from, until: last.until })
        }
        _ => String::new(),
    }
}

/// Fen as yuan, or as 万元 where it is that much.
pub fn yuan(lang: Lang, fen: i64) -> String {
    if lang == Lang::Zh && fen >= 1_000_000 {
        format!("{} 万元", model::quantity::number(fen as f64 / 1e6))
    } else {
        format!("{} {}", model::quantity::number(fen as f64 / 1e2), lang.t("元"))
    }
}

/// A firm's name; blank names are those that the viewer may not see.
pub fn firm(lang: Lang, firm: &EnterpriseBrief) -> Markup {
    html! { @if firm.name.is_empty() { span.soft { (lang.t("未公开企业")) } } @else { (firm.name) } }
}

/// What a meeting is about.
pub fn about(lang: Lang, meeting: &MeetingInfo) -> Markup {
    html! {
        @for (word, root, record) in [(lang.t("需求"), "/needs", &meeting.need), (lang.t("供给"), "/offers", &meeting.offer)] {
            @if let Some((id, title)) = record {
                @if !title.is_empty() { span.about { span.soft { (word) " " } a href={ (root) "/" (id) } { (title) } } " " }
            }
        }
    }
}

/// What came of a meeting: tag, amount, note.
pub fn outcome(lang: Lang, meeting: &MeetingInfo) -> Markup {
    html! {
        @if let Some(id) = &meeting.result { (result(lang, id)) }
        @if let Some(fen) = meeting.amount_fen { " " (yuan(lang, fen)) }
        @if !meeting.note.is_empty() { " " span.soft { (meeting.note) } }
    }
}

/// Tables by slots.
pub fn grid(lang: Lang, event: &MeetingEvent, meetings: &[MeetingInfo]) -> Markup {
    let gone = |table: u32, slot: u32| event.gone.iter().any(|g| g.table == table && g.from <= slot);
    let slots = 0..u32::try_from(event.slots.len()).unwrap_or_default();
    scroll(
        lang.t("时间表"),
        &html! {
            table.timetable {
                thead { tr { th { (lang.t("桌号")) } @for s in slots.clone() { th { (slot(event, s)) } } } }
                tbody {
                    @for t in 0..event.tables {
                        tr {
                            th scope="row" { (t + 1) }
                            @for s in slots.clone() {
                                @match meetings.iter().find(|m| (m.table, m.slot) == (t, s)) {
                                    Some(m) => { td { span.host { (firm(lang, &m.host)) } span.guest { (firm(lang, &m.guest)) } } }
                                    None if gone(t, s) => { td.gone { (lang.t("撤桌")) } }
                                    None => { td {} }
                                }
                            }
                        }
                    }
                }
            }
        },
    )
}

/// Facts of an event: when and where.
pub fn facts(lang: Lang, event: &MeetingEvent) -> Markup {
    html! {
        p {
            strong { (event.day) " " (weekday(lang, event.day)) } " " (span(event))
            @if !event.place.is_empty() { " · " (event.place) }
            " · " (kind(lang, &event.kind))
            @if !event.group.is_empty() { " · " (event.group) }
        }
        @if !event.note.is_empty() { p.soft { (event.note) } }
    }
}

fn weekday(lang: Lang, day: jiff::civil::Date) -> &'static str {
    use jiff::civil::Weekday::{Friday, Monday, Saturday, Sunday, Thursday, Tuesday, Wednesday};
    match day.weekday() {
        Monday => lang.t("周一"),
        Tuesday => lang.t("周二"),
        Wednesday => lang.t("周三"),
        Thursday => lang.t("周四"),
        Friday => lang.t("周五"),
        Saturday => lang.t("周六"),
        Sunday => lang.t("周日"),
    }
}

/// The moment at which a firm came.
pub fn came(lang: Lang, ms: Option<i64>) -> Markup {
    html! { @if let Some(ms) = ms { span.met { "✓ " (format::moment(ms)) } } @else { span.soft { (lang.t("未到")) } } }
}

/// The first value of a field of a form; empty where it is not there.
pub fn value<'f>(fields: &'f [(String, String)], name: &str) -> &'f str {
    fields.iter().find(|(n, _)| n == name).map_or("", |(_, value)| value.trim())
}

/// All values of a field that are numbers.
pub fn numbers<T: std::str::FromStr>(fields: &[(String, String)], name: &str) -> Vec<T> {
    fields.iter().filter(|(n, _)| n == name).filter_map(|(_, value)| value.parse().ok()).collect()
}

/// Yuan of a form: none where it is empty; what is no number is refused by the use case.
pub fn yuan_of(text: &str) -> Option<f64> {
    let plain: String = text.chars().filter(|c| !matches!(c, ',' | '，' | ' ')).collect();
    if plain.is_empty() { None } else { Some(plain.parse().unwrap_or(-1.0)) }
}

/// The same for the form that comes back: what was no number is not there.
pub fn yuan_field(yuan: Option<f64>) -> String {
    yuan.filter(|yuan| *yuan >= 0.0).map_or_else(String::new, |yuan| yuan.to_string())
}
