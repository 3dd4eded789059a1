//! `/events/{id}/mine`: a firm's own page: signing up in a minute, its code for the door, its timetable.

use super::show::{self, numbers, value};
use crate::answer::Answer;
use crate::pages::office::show as pieces;
use crate::parts::{self, Field, empty, scroll};
use crate::viewer::{Posted, Viewer};
use crate::words::Lang;
use app::{Code, Error, MeetingEventState, MeetingPage, MeetingPartyState, PartnerRow, SignUpForm};
use axum::extract::Path;
use maud::{Markup, html};
use model::meeting::{MeetingSide, SignUp};
use serde::Deserialize;
use serde::de::IgnoredAny;

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Ask {
    firm: String,
}

/// Languages that can be chosen.
fn languages(lang: Lang) -> [(&'static str, &'static str); 6] {
    [
        ("zh", lang.t("中文")),
        ("en", lang.t("英语")),
        ("ja", lang.t("日语")),
        ("ko", lang.t("韩语")),
        ("de", lang.t("德语")),
        ("vi", lang.t("越南语")),
    ]
}

/// `GET /events/{id}/mine`
pub async fn page(viewer: Viewer, Path(id): Path<i64>) -> Answer {
    let firm = viewer.query::<Ask>().firm.parse().ok();
    let page = viewer.app().meeting_page(viewer.actor(), id, firm).await.map_err(|e| viewer.fail(e))?;
    let body = body(&viewer, &page, None, None);
    // The code is nobody else's.
    Ok(pieces::secret(viewer.page(viewer.lang().t("我的活动"), &body)))
}

/// `POST /events/{id}/mine`
pub async fn sign_up(Path(id): Path<i64>, posted: Posted<IgnoredAny>) -> Answer {
    let Posted { viewer, fields, .. } = posted;
    let lang = viewer.lang();
    let firm: Option<i64> = value(&fields, "firm").parse().ok();
    let chosen = |word: &str| {
        let met = fields.iter().filter(|(name, value)| name.starts_with("meet-") && value == word);
        met.filter_map(|(name, _)| name["meet-".len()..].parse().ok()).collect::<Vec<i64>>()
    };
    let form = SignUpForm {
        enterprise: firm,
        version: value(&fields, "version").parse().ok(),
        attends: value(&fields, "attends") != "false",
        side: MeetingSide::parse(value(&fields, "side")),
        sign_up: SignUp {
            people: value(&fields, "people").parse().unwrap_or_default(),
            languages: fields.iter().filter(|(n, _)| n == "language").map(|(_, v)| v.clone()).collect(),
            away: numbers(&fields, "away"),
            most: value(&fields, "most").parse().ok(),
            wishes: chosen("yes"),
            refusals: chosen("no"),
            note: value(&fields, "note").to_owned(),
        },
    };
    match viewer.app().sign_up_to_meeting(viewer.actor(), id, &form).await {
        Ok(_) => {
            let to = firm.map_or_else(String::new, |firm| format!("?firm={firm}"));
            let note = if form.attends {
                lang.t("已报名，时间表排定后会通知您。")
            } else {
                lang.t("已回复不参加。")
            };
            Ok(viewer.go_with(&format!("/events/{id}/mine{to}"), note))
        }
        Err(error) if error.code == Code::BadInput => {
            let page =
                viewer.app().meeting_page(viewer.actor(), id, firm).await.map_err(|e| viewer.fail(e))?;
            let error = lang.said(error);
            Ok(viewer.refused(&error, lang.t("我的活动"), &body(&viewer, &page, Some(&form), Some(&error))))
        }
        Err(error) => Err(viewer.fail(error)),
    }
}

fn body(viewer: &Viewer, page: &MeetingPage, sent: Option<&SignUpForm>, error: Option<&Error>) -> Markup {
    let lang = viewer.lang();
    let info = &page.card.info;
    let back = format!("/events/{}", info.id);
    html! {
        (parts::crumbs_of(lang, ("/events", lang.t("对接活动")), (&back, &info.event.name), &page.enterprise.name))
        h1 { (page.enterprise.name) }
        p { strong { (info.event.name) } " " (show::state(lang, info.state)) }
        (show::facts(lang, &info.event))
        (parts::form_error(lang, error))
        @if let Some(party) = &page.party {
            p { (lang.t("身份")) " " (show::side(lang, &info.event, party.side)) " · " (show::said(lang, party.state)) }
            @if !party.why.is_empty() { p.soft { (lang.t("为什么邀请：")) (party.why) } }
        }
        @if info.state != MeetingEventState::Planned { (timetable(viewer, page)) }
        (door(viewer, page))
        @if page.may_sign_up { (form(viewer, page, sent, error)) }
    }
}

/// The firm's own meetings.
fn timetable(viewer: &Viewer, page: &MeetingPage) -> Markup {
    let lang = viewer.lang();
    let info = &page.card.info;
    html! {
        h2 { (lang.t("我的时间表")) " " span.soft { (page.card.meetings.len()) } }
        @if page.card.meetings.is_empty() {
            (empty(lang.t("没有排到洽谈"), lang.t("现场有空桌时，请找秘书处加排。")))
        } @else {
            (scroll(lang.t("我的时间表"), &html! {
                table.cards {
                    thead { tr { th { (lang.t("时间")) } th.n { (lang.t("桌号")) } th { (lang.t("对方")) } th { (lang.t("洽谈内容")) } th { (lang.t("结果")) } } }
                    tbody {
                        @for meeting in &page.card.meetings {
                            @let other = if meeting.host.id == page.enterprise.id { &meeting.guest } else { &meeting.host };
                            tr {
                                td.d data-label=(lang.t("时间")) { strong { (show::slot(&info.event, meeting.slot)) } }
                                td.n data-label=(lang.t("桌号")) { strong { (meeting.table + 1) } }
                                td.t data-label=(lang.t("对方")) { (show::firm(lang, other)) " " span.soft { (other.region) } }
                                td data-label=(lang.t("洽谈内容")) { (show::about(lang, meeting)) }
                                td data-label=(lang.t("结果")) {
                                    (show::outcome(lang, meeting)) " "
                                    @if meeting.may_record {
                                        a.screen href={ "/events/" (info.id) "/meetings/" (meeting.id) } {
                                            @if meeting.result.is_some() { (lang.t("修改")) } @else { (lang.t("登记结果")) }
                                        }
                                    }
                                }
                            }
                        }
                    }
                }
            }))
            div.toolbar.screen {
                a.button.quiet href={ "/events/" (info.id) "/timetable.ics?firm=" (page.enterprise.id) } { (lang.t("加入日历")) }
                button.quiet type="button" data-print { (lang.t("打印")) }
            }
        }
    }
}

/// The code that the door reads.
fn door(viewer: &Viewer, page: &MeetingPage) -> Markup {
    let lang = viewer.lang();
    let info = &page.card.info;
    let Some(party) = page.party.as_ref().filter(|p| p.state == MeetingPartyState::Attending) else {
        return html! {};
    };
    let Some(code) = party.code.as_ref().filter(|_| info.state != MeetingEventState::Cancelled) else {
        return html! {};
    };
    let link = pieces::address(viewer, &format!("/events/{}/door?code={code}", info.id));
    html! {
        details.panel open[info.state == MeetingEventState::Seated] {
            summary { strong { (lang.t("签到码")) } " " (show::came(lang, party.checked_in_ms)) }
            div.way-in {
                div {
                    p.code { (code) }
                    p.soft { (lang.t("到场时出示二维码，或报这串字母数字。只给本企业的人。")) }
                }
                figure { (pieces::qr(&link, lang.t("签到二维码"))) }
            }
        }
    }
}

fn form(viewer: &Viewer, page: &MeetingPage, sent: Option<&SignUpForm>, error: Option<&Error>) -> Markup {
    let lang = viewer.lang();
    let info = &page.card.info;
    let fresh = SignUp { people: 1, languages: vec!["zh".to_owned()], ..SignUp::default() };
    let answered = page.party.as_ref().filter(|p| p.state != MeetingPartyState::Invited);
    let standing = answered.and_then(|p| p.sign_up.as_ref());
    let said = sent.map(|s| &s.sign_up).or(standing).unwrap_or(&fresh);
    let attends =
        sent.map_or(answered.is_none_or(|p| p.state == MeetingPartyState::Attending), |s| s.attends);
    let side = sent.and_then(|s| s.side).unwrap_or(page.side);
    let sides = [MeetingSide::Host, MeetingSide::Guest].map(|s| (s.word(), show::side(lang, &info.event, s)));
    html! {
        h2 { (lang.t("报名")) }
        form.card method="post" action={ "/events/" (info.id) "/mine" } data-guard {
            (viewer.csrf_field())
            input type="hidden" name="firm" value=(page.enterprise.id);
            @if let Some(party) = &page.party { input type="hidden" name="version" value=(party.version); }
            fieldset {
                legend { (lang.t("来不来")) }
                label.tick { input type="radio" name="attends" value="true" checked[attends]; (lang.t("参加")) }
                label.tick { input type="radio" name="attends" value="false" checked[!attends]; (lang.t("不参加")) }
            }
            div.row {
                (Field::select("side", lang.t("身份"), sides).value(side.word()))
                (Field::typed("number", "people", lang.t("来几个人")).value(said.people.max(1)).required().error_of(error))
                (Field::typed("number", "most", lang.t("最多谈几场")).value(said.most.map_or_else(String::new, |most| most.to_string()))
                    .hint(lang.t("不填就按活动的规定")).error_of(error))
            }
            fieldset {
                legend { (lang.t("会说的语言")) }
                @for (id, word) in languages(lang) {
                    label.tick { input type="checkbox" name="language" value=(id) checked[said.languages.iter().any(|l| l == id)]; (word) }
                }
            }
            fieldset {
                legend { (lang.t("哪几场没空（不勾就是都有空）")) }
                @for (at, _) in info.event.slots.iter().enumerate() {
                    @let at = at as u32;
                    label.tick { input type="checkbox" name="away" value=(at) checked[said.away.contains(&at)]; (show::slot(&info.event, at)) }
                }
                @if let Some(what) = parts::wrong(error, "away") { p.error { (what) } }
            }
            (partners(lang, &page.partners, sent))
            @if let Some(what) = parts::wrong(error, "wishes") { p.error { (what) } }
            (Field::area("note", lang.t("想对秘书处说的"), 2).value(&said.note).max(500).error_of(error))
            div.actions { button type="submit" { (lang.t("提交")) } }
        }
    }
}

/// Whom the firm could meet, and whether it wishes to.
fn partners(lang: Lang, rows: &[PartnerRow], sent: Option<&SignUpForm>) -> Markup {
    html! {
        fieldset {
            legend { (lang.t("想见谁")) }
            p.hint { (lang.t("双方都想见的优先安排。“不想见”只有秘书处知道，对方看不到。")) }
            @if rows.is_empty() { p.soft { (lang.t("还没有企业报名，以后可以回来选。")) } }
            ul.plain.partners {
                @for row in rows {
                    @let id = row.enterprise.id;
                    @let wished = sent.map_or(row.wished, |s| s.sign_up.wishes.contains(&id));
                    @let refused = sent.map_or(row.refused, |s| s.sign_up.refusals.contains(&id));
                    li {
                        p {
                            strong { (row.enterprise.name) } " " span.soft { (row.enterprise.region) }
                            @if let Some(score) = row.score { " · " (lang.t("匹配分")) " " (format!("{score:.2}")) }
                            @if let Some((need, offer)) = &row.about {
                                @for title in [need, offer] { @if !title.is_empty() { " · " span.soft { (title) } } }
                            }
                        }
                        span role="radiogroup" aria-label=(row.enterprise.name) {
                            @for (value, word, on) in [
                                ("yes", lang.t("想见"), wished), ("", lang.t("都可以"), !wished && !refused), ("no", lang.t("不想见"), refused),
                            ] {
                                label.tick { input type="radio" name={ "meet-" (id) } value=(value) checked[on]; (word) }
                            }
                        }
                    }
                }
            }
        }
    }
}
