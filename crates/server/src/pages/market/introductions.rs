//! Introductions (牵线): asking, answering, contacts once both agree, ending with what came of it.

use super::needs::contact;
use super::{outcome, property, record};
use crate::answer::Answer;
use crate::format;
use crate::parts::{empty, empty_to, tag};
use crate::site::Site;
use crate::viewer::{Posted, Viewer};
use crate::words::Lang;
use app::{Act, IntroductionInfo, IntroductionState, Office, OutcomeInfo, Side};
use axum::Router;
use axum::extract::Path;
use axum::routing::{get, post};
use maud::{Markup, html};
use model::matching::{Outcome, Verdict};
use serde::Deserialize;

/// Routes of this subject.
pub fn routes() -> Router<Site> {
    Router::new()
        .route("/introductions", get(index).post(ask))
        .route("/introductions/{id}/answer", post(answer))
        .route("/introductions/{id}/end", post(end))
        .route("/introductions/{id}/outcome", post(record))
}

/// Longest note, characters.
const NOTE_MAX: usize = 500;
/// Requirements asked about in a note that begins by itself.
const QUESTIONS_MAX: usize = 8;

async fn index(viewer: Viewer) -> Answer {
    let all = viewer.app().introductions(viewer.actor()).await.map_err(|e| viewer.fail(e))?;
    let outcomes = viewer.app().outcomes(viewer.actor()).await.map_err(|e| viewer.fail(e))?;
    Ok(viewer.page(viewer.lang().t("牵线"), &index_page(&viewer, &all, &outcomes)))
}

#[derive(Debug, Deserialize)]
struct Asked {
    need: i64,
    offer: i64,
    #[serde(default)]
    note: String,
}

async fn ask(posted: Posted<Asked>) -> Answer {
    let Posted { viewer, form: Asked { need, offer, note }, .. } = posted;
    let id = viewer.app().ask_introduction(viewer.actor(), need, offer, note.trim()).await;
    let id = id.map_err(|e| viewer.fail(e))?;
    let note = viewer.lang().t("已提出对接，等对方答复；答复会发消息给您。");
    Ok(viewer.go_with(&format!("/introductions#i{id}"), note))
}

#[derive(Debug, Deserialize)]
struct Answered {
    version: i64,
    agree: bool,
    #[serde(default)]
    reason: String,
}

async fn answer(Path(id): Path<i64>, posted: Posted<Answered>) -> Answer {
    let Posted { viewer, form: Answered { version, agree, reason }, .. } = posted;
    let done = viewer.app().answer_introduction(viewer.actor(), id, version, agree, reason.trim()).await;
    done.map_err(|e| viewer.fail(e))?;
    let lang = viewer.lang();
    let note = if agree {
        lang.t("已同意。双方都同意后互相看到联系人和价格。")
    } else {
        lang.t("已谢绝，对方会收到消息。")
    };
    Ok(viewer.go_with(&format!("/introductions#i{id}"), note))
}

#[derive(Debug, Deserialize)]
struct Ended {
    version: i64,
    outcome: String,
    #[serde(default)]
    more: String,
}

async fn end(Path(id): Path<i64>, posted: Posted<Ended>) -> Answer {
    let Posted { viewer, form: Ended { version, outcome, more }, .. } = posted;
    let words =
        [outcome.trim(), more.trim()].into_iter().filter(|w| !w.is_empty()).collect::<Vec<_>>().join("：");
    let done = viewer.app().end_introduction(viewer.actor(), id, version, &words).await;
    done.map_err(|e| viewer.fail(e))?;
    let note = viewer.lang().t("已结束，互相看到的联系人重新关闭。");
    Ok(viewer.go_with(&format!("/introductions#i{id}"), note))
}

/// A tag with the state.
pub fn state_tag(lang: Lang, state: IntroductionState) -> Markup {
    match state {
        IntroductionState::Asked => tag("warn", lang.t("待答复")),
        IntroductionState::Agreed => tag("good", lang.t("双方已同意")),
        IntroductionState::Declined => tag("quiet", lang.t("已谢绝")),
        IntroductionState::Ended => tag("quiet", lang.t("已结束")),
    }
}

/// The button 「想对接」 with a note, for whoever may ask: the secretariat, or a member that owns one side (`own`). The note begins with
/// what the verdicts leave open.
pub fn ask_form(viewer: &Viewer, need: i64, offer: i64, own: bool, verdicts: &[Verdict]) -> Markup {
    let lang = viewer.lang();
    let actor = viewer.actor();
    if !actor.may(Act::AskIntroduction) || (actor.role.office() == Office::Member && !own) {
        return html! {};
    }
    let word =
        if actor.role.office() == Office::Member { lang.t("想对接") } else { lang.t("为双方牵线") };
    let id = format!("note-{need}-{offer}");
    html! {
        details.ask.screen {
            summary.button { (word) }
            form method="post" action="/introductions" {
                (viewer.csrf_field())
                input type="hidden" name="need" value=(need);
                input type="hidden" name="offer" value=(offer);
                label for=(id) { (lang.t("想说的话（对方能看到；不要写价格和电话，同意后会互相看到）")) }
                textarea id=(id) name="note" rows="2" maxlength=(NOTE_MAX) { (questions(viewer, verdicts)) }
                button type="submit" { (lang.t("提出对接")) }
            }
        }
    }
}

/// What the offer does not say and the need asks for, as a question to begin with; empty where nothing is open.
fn questions(viewer: &Viewer, verdicts: &[Verdict]) -> String {
    let lang = viewer.lang();
    let properties = &viewer.app().reference().properties;
    let open: Vec<String> = verdicts
        .iter()
        .filter(|verdict| verdict.outcome == Outcome::Unknown)
        .map(|verdict| property(lang, properties, &verdict.property))
        .take(QUESTIONS_MAX)
        .collect();
    if open.is_empty() {
        return String::new();
    }
    format!("{}{}", lang.t("请说明这些参数能否满足要求："), open.join(crate::format::comma(lang)))
}

/// The introductions around a record that the viewer takes part in.
pub fn around(viewer: &Viewer, introductions: &[IntroductionInfo]) -> Markup {
    let lang = viewer.lang();
    html! {
        @if !introductions.is_empty() {
            h2 { (lang.t("牵线")) }
            @for introduction in introductions { (card(viewer, introduction, &[])) }
        }
    }
}

fn index_page(viewer: &Viewer, all: &[IntroductionInfo], outcomes: &[OutcomeInfo]) -> Markup {
    let lang = viewer.lang();
    let (waiting, rest): (Vec<_>, Vec<_>) = all.iter().partition(|i| i.waits_for_me);
    let (open, over): (Vec<_>, Vec<_>) = rest
        .into_iter()
        .partition(|i| matches!(i.state, IntroductionState::Asked | IntroductionState::Agreed));
    html! {
        h1 { (lang.t("牵线")) }
        @if all.is_empty() {
            @if viewer.actor().role.office() == Office::Commissioner {
                (empty(lang.t("还没有牵线"), lang.t("您联系的企业提出或收到对接后，列在这里。")))
            } @else {
                (empty_to(lang.t("还没有牵线"), lang.t("打开一条需求，在匹配的供给旁按「想对接」。"), "/needs", lang.t("去看需求")))
            }
        }
        @if !waiting.is_empty() {
            h2 { (lang.t("等我答复")) " " span.soft { (waiting.len()) } }
            @for introduction in waiting { (card(viewer, introduction, outcomes)) }
        }
        @if !open.is_empty() {
            h2 { (lang.t("进行中")) " " span.soft { (open.len()) } }
            @for introduction in open { (card(viewer, introduction, outcomes)) }
        }
        @if !over.is_empty() {
            h2 { (lang.t("已了结")) " " span.soft { (over.len()) } }
            @for introduction in over { (card(viewer, introduction, outcomes)) }
        }
    }
}

/// One introduction with what came of it and what its viewer can do about it.
pub fn card(viewer: &Viewer, introduction: &IntroductionInfo, outcomes: &[OutcomeInfo]) -> Markup {
    let lang = viewer.lang();
    let asked_by = match introduction.asked_side {
        Side::Need => lang.t("需方提出"),
        Side::Offer => lang.t("供方提出"),
        Side::Secretariat => lang.t("秘书处提出"),
    };
    html! {
        article.introduction id={ "i" (introduction.id) } {
            header {
                (state_tag(lang, introduction.state))
                " " span.soft { (asked_by) " · " (format::moment(introduction.asked_ms)) }
            }
            div.sides {
                (side(lang, lang.t("需方"), &introduction.demander, "/needs", &introduction.need, introduction.need_agreed))
                (side(lang, lang.t("供方"), &introduction.supplier, "/offers", &introduction.offer, introduction.offer_agreed))
            }
            @if !introduction.note.is_empty() { blockquote { (introduction.note) } }
            @if let Some((demander, supplier)) = &introduction.contacts {
                dl.facts.contacts {
                    div { dt { (lang.t("需方联系人")) } dd { (person(lang, demander)) } }
                    div { dt { (lang.t("供方联系人")) } dd { (person(lang, supplier)) } }
                }
            }
            @if !introduction.outcome.is_empty() { p { strong { (lang.t("结果")) "：" } (introduction.outcome) } }
            (outcome::recorded(lang, viewer.app().reference(), introduction.id, outcomes))
            (actions(viewer, introduction))
        }
    }
}

async fn record(Path(id): Path<i64>, posted: Posted<outcome::Recorded>) -> Answer {
    let Posted { viewer, form, .. } = posted;
    let done = match form.read() {
        Ok(form) => viewer.app().record_outcome(viewer.actor(), id, &form).await,
        Err(error) => Err(error),
    };
    done.map_err(|e| viewer.fail(e))?;
    Ok(viewer.go_with(&format!("/introductions#i{id}"), viewer.lang().t("结果已登记。")))
}

fn side(
    lang: Lang,
    word: &str,
    enterprise: &app::EnterpriseBrief,
    root: &str,
    (id, title): &(i64, String),
    agreed: bool,
) -> Markup {
    html! {
        div {
            p.soft { (word) " " @if agreed { span.met { "✓ " (lang.t("已同意")) } } @else { span.unknown { "… " (lang.t("未答复")) } } }
            p { a href={ (root) "/" (id) } { strong { (super::needs::title(lang, title)) } } }
            p { (record::owner(lang, enterprise)) " " span.soft { (enterprise.region) } }
        }
    }
}

fn person(lang: Lang, person: &model::enterprise::Contact) -> Markup {
    let phone = person.phone.trim();
    let named = contact(&model::enterprise::Contact { phone: String::new(), ..person.clone() });
    let digits: String = phone.chars().filter(|c| c.is_ascii_digit() || *c == '+').collect();
    html! {
        @if named.is_empty() && phone.is_empty() { span.soft { (lang.t("未登记联系人，请秘书处协助")) } }
        (named)
        @if !phone.is_empty() { " " a href={ "tel:" (digits) } { (phone) } }
    }
}

fn actions(viewer: &Viewer, introduction: &IntroductionInfo) -> Markup {
    let lang = viewer.lang();
    let to = |act: &str| format!("/introductions/{}/{act}", introduction.id);
    let open = matches!(introduction.state, IntroductionState::Asked | IntroductionState::Agreed);
    let reason = format!("reason-{}", introduction.id);
    let more = format!("more-{}", introduction.id);
    let outcomes = [
        ("签约", lang.t("签约")),
        ("意向订单", lang.t("意向订单")),
        ("送样测试", lang.t("送样测试")),
        ("未成", lang.t("未成")),
    ];
    html! {
        div.toolbar.screen {
            @if introduction.waits_for_me && viewer.actor().may(Act::AnswerIntroduction) {
                form.inline method="post" action=(to("answer")) {
                    (viewer.csrf_field())
                    input type="hidden" name="version" value=(introduction.version);
                    input type="hidden" name="agree" value="true";
                    button type="submit" { (lang.t("同意对接")) }
                }
                details.ask {
                    summary.button.quiet { (lang.t("谢绝")) }
                    form method="post" action=(to("answer")) {
                        (viewer.csrf_field())
                        input type="hidden" name="version" value=(introduction.version);
                        input type="hidden" name="agree" value="false";
                        label for=(reason) { (lang.t("原因（对方能看到）")) }
                        textarea id=(reason) name="reason" rows="2" maxlength=(NOTE_MAX) {}
                        button type="submit" { (lang.t("谢绝")) }
                    }
                }
            }
            @if introduction.need_agreed && introduction.offer_agreed && viewer.actor().may(Act::RecordOutcome) {
                (outcome::form(viewer, introduction.id))
            }
            @if open && viewer.actor().may(Act::EndIntroduction) {
                details.ask {
                    summary.button.quiet { (lang.t("登记结果并结束")) }
                    form method="post" action=(to("end")) {
                        (viewer.csrf_field())
                        input type="hidden" name="version" value=(introduction.version);
                        fieldset {
                            legend { (lang.t("结果")) }
                            @for (place, (value, word)) in outcomes.iter().enumerate() {
                                label.tick { input type="radio" name="outcome" value=(value) required checked[place == 0]; (word) }
                            }
                        }
                        label for=(more) { (lang.t("说明（金额、数量、为何未成）")) }
                        textarea id=(more) name="more" rows="2" maxlength=(NOTE_MAX) {}
                        button type="submit" { (lang.t("结束牵线")) }
                    }
                }
            }
        }
    }
}
