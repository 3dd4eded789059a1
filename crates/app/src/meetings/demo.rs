//! Events of the fictional demo cluster: one that is over with its results, one that is coming with sign-ups, a promotion with
//! what was signed. Everything goes the way of real events, from the matches of the demo's list; nothing is by chance.

use super::seat::{arranged, stored};
use super::{
    DoorKey, Invitee, MeetingEventForm, MeetingEventState, MeetingOutcomeForm, MeetingProposal, SignUpForm,
    SigningForm,
};
use crate::{Actor, App, DemoPeople, Result};
use jiff::Span;
use model::meeting::{MeetingSide, SignUp};

/// Firms of each side at a demo event.
const FIRMS: usize = 14;
/// Results of the demo's meetings, again and again, with an amount in yuan; after them nothing is recorded yet.
const RESULTS: [(&str, Option<f64>); 9] = [
    ("intent", Some(380_000.0)),
    ("sample", None),
    ("signed", Some(1_260_000.0)),
    ("no_price", None),
    ("intent", Some(150_000.0)),
    ("no_specification", None),
    ("signed", Some(420_000.0)),
    ("missed", None),
    ("no_capacity", None),
];

fn form(name: &str, kind: &str, day: jiff::civil::Date, place: &str, slots: &[&str]) -> MeetingEventForm {
    MeetingEventForm {
        name: name.to_owned(),
        kind: kind.to_owned(),
        day: day.to_string(),
        place: place.to_owned(),
        slots: slots.iter().map(|&slot| slot.to_owned()).collect(),
        tables: 6,
        interpreters: 1,
        most: 5,
        note: "虚构示例活动。请提前10分钟到场，凭签到码入场。".to_owned(),
        ..MeetingEventForm::default()
    }
}

const MORNING: [&str; 7] =
    ["09:00-09:20", "09:25-09:45", "09:50-10:10", "10:30-10:50", "10:55-11:15", "11:20-11:40", "11:45-12:05"];

#[boxed::futures]
impl App {
    /// Adds the demo's events; the list must be published and the demo's accounts must be there.
    ///
    /// # Errors
    /// Those of the use cases that it goes through.
    pub async fn add_demo_meetings(&self, actor: &Actor, people: &DemoPeople) -> Result<()> {
        let today = self.today();
        let away = |days: i32| today.saturating_add(Span::new().days(days));
        let promotion = form(
            "智能终端产业招商推介会（虚构示例）",
            "promotion",
            away(-65),
            "示例会展中心二楼",
            &["14:30-17:00"],
        );
        let promotion = self.save_meeting_event(actor, None, &promotion).await?;
        let closed = MeetingEventState::Closed;
        self.set_meeting_state(actor, promotion.id, promotion.version, closed).await?;
        for (kind, title, party, yuan) in [
            ("talent_project", "显示驱动芯片封测人才项目（虚构）", "虚构某大学微电子团队", None),
            ("talent_project", "锂电安全检测人才项目（虚构）", "虚构某研究所", None),
            ("team_project", "Mini-LED 巨量转移院士团队项目（虚构）", "虚构某院士团队", None),
            ("investment", "高频覆铜板二期（虚构）", "虚构某材料企业", Some(86_000_000.0)),
        ] {
            let signing = SigningForm {
                event: Some(promotion.id),
                kind: kind.to_owned(),
                title: title.to_owned(),
                party: party.to_owned(),
                day: away(-65).to_string(),
                amount_yuan: yuan,
                void: false,
            };
            self.save_signing(actor, None, &signing).await?;
        }
        self.past_event(actor, away(-37)).await?;
        self.coming_event(actor, away(13), people).await
    }

    async fn past_event(&self, actor: &Actor, day: jiff::civil::Date) -> Result<()> {
        let event = form("十月产销对接会（虚构示例）", "production_sales", day, "示例产业园一号厅", &MORNING);
        let id = self.save_meeting_event(actor, None, &event).await?.id;
        let firms = self.demo_firms(actor, id, &[]).await?;
        for (at, firm) in firms.iter().enumerate() {
            self.demo_sign_up(actor, id, at, firm.enterprise.id).await?;
        }
        let row = self.store.meeting_event(id).await?;
        let market = self.market().await?;
        let (hall, ..) = self.hall(&market, &row, false).await?;
        let seats = stored(&arranged(&hall).await?, &hall.asked);
        let version = self.put_seats(actor, &row, row.version, &seats, &[], "meeting.seat").await?;
        for (at, firm) in firms.iter().enumerate() {
            if at % 9 != 8 {
                self.check_in(actor, id, &DoorKey::Enterprise(firm.enterprise.id)).await?;
            }
        }
        let meetings = self.meeting_event(actor, id).await?.meetings;
        // One in nine is still to be asked for.
        for (at, meeting) in meetings.iter().enumerate().filter(|(at, _)| at % 9 != 7) {
            let (result, amount_yuan) = RESULTS[at % RESULTS.len()];
            let outcome = MeetingOutcomeForm { result: result.to_owned(), amount_yuan, note: String::new() };
            self.record_meeting(actor, meeting.id, meeting.version, &outcome).await?;
        }
        self.set_meeting_state(actor, id, version, MeetingEventState::Closed).await?;
        let due = self.follow_ups(actor).await?.into_iter().filter(|f| f.late_days >= 0);
        for asked in due.step_by(2) {
            let outcome = MeetingOutcomeForm {
                result: "intent".to_owned(),
                amount_yuan: None,
                note: "样品已送出，等对方测试（虚构）".to_owned(),
            };
            let answer = super::FollowUpForm {
                meeting: asked.meeting.id,
                days: asked.days,
                version: asked.version,
                outcome,
            };
            self.answer_follow_up(actor, &answer).await?;
        }
        Ok(())
    }

    async fn coming_event(&self, actor: &Actor, day: jiff::civil::Date, people: &DemoPeople) -> Result<()> {
        let event = form(
            "十二月电子信息产销对接会（虚构示例）",
            "production_sales",
            day,
            "示例产业园一号厅",
            &MORNING,
        );
        let id = self.save_meeting_event(actor, None, &event).await?.id;
        let (buyer, supplier) = (
            self.store.enterprise(&people.buyer).await?.id,
            self.store.enterprise(&people.supplier).await?.id,
        );
        let firms = self.demo_firms(actor, id, &[buyer, supplier]).await?;
        for (at, firm) in firms.iter().enumerate() {
            // The demo's supplier tries its sign-up itself, and some have not answered.
            if firm.enterprise.id != supplier && at % 6 != 5 {
                self.demo_sign_up(actor, id, at, firm.enterprise.id).await?;
            }
        }
        let supplier = self.meeting_page(actor, id, Some(supplier)).await?;
        if let Some(party) = supplier.party {
            let firm = supplier.enterprise.id;
            self.mark_meeting_party(actor, id, firm, party.version, true, party.side).await?;
        }
        Ok(())
    }

    /// Invites the firms of each side with the most to talk about, and those named.
    async fn demo_firms(&self, actor: &Actor, id: i64, named: &[i64]) -> Result<Vec<MeetingProposal>> {
        let all = self.meeting_proposals(actor, id).await?;
        let mut firms: Vec<MeetingProposal> = Vec::new();
        for side in [MeetingSide::Host, MeetingSide::Guest] {
            firms.extend(all.iter().filter(|p| p.side == side).take(FIRMS).cloned());
        }
        let more = all.iter().filter(|p| named.contains(&p.enterprise.id));
        let more: Vec<MeetingProposal> =
            more.filter(|p| !firms.iter().any(|f| f.enterprise.id == p.enterprise.id)).cloned().collect();
        firms.extend(more);
        let invitee = |p: &MeetingProposal| Invitee { enterprise: p.enterprise.id, side: Some(p.side) };
        let invitees: Vec<Invitee> = firms.iter().map(invitee).collect();
        let (market, row) = (self.market().await?, self.store.meeting_event(id).await?);
        self.add_parties(actor, &market, &row, &invitees).await?;
        Ok(firms)
    }

    async fn demo_sign_up(&self, actor: &Actor, id: i64, at: usize, firm: i64) -> Result<()> {
        let page = self.meeting_page(actor, id, Some(firm)).await?;
        let wished = page.partners.iter().filter(|p| p.score.is_some()).step_by(1 + at % 2).take(2);
        let sign_up = SignUp {
            people: 1 + at as u32 % 3,
            languages: if at % 7 == 6 {
                vec!["en".to_owned(), "zh".to_owned()]
            } else {
                vec!["zh".to_owned()]
            },
            away: if at % 4 == 3 { vec![0, 1] } else { Vec::new() },
            most: None,
            wishes: wished.map(|p| p.enterprise.id).collect(),
            refusals: Vec::new(),
            note: String::new(),
        };
        let form =
            SignUpForm { enterprise: Some(firm), version: None, attends: at % 10 != 9, side: None, sign_up };
        self.sign_up_to_meeting(actor, id, &form).await.map(drop)
    }
}
