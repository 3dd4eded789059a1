//! Figures by month, and the ledger of what was signed.

use super::show::{self, value, yuan_field, yuan_of};
use crate::answer::Answer;
use crate::format::percent;
use crate::parts::{self, Field, empty, figures as row_of_figures, scroll, tag};
use crate::viewer::{Posted, Viewer};
use app::{Act, Code, Error, MeetingFigures, MonthFigures, SigningForm, SigningInfo};
use axum::extract::Path;
use maud::{Markup, html};
use serde::Deserialize;
use serde::de::IgnoredAny;

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Ask {
    year: String,
}

/// `GET /events/figures`
pub async fn page(viewer: Viewer) -> Answer {
    let year = viewer.query::<Ask>().year.parse().ok();
    let figures = viewer.app().meeting_figures(viewer.actor(), year).await.map_err(|e| viewer.fail(e))?;
    Ok(viewer.page(viewer.lang().t("月度数据"), &body(&viewer, &figures)))
}

fn share(part: u32, whole: u32) -> String {
    if whole == 0 { "–".to_owned() } else { percent(f64::from(part) / f64::from(whole)) }
}

fn body(viewer: &Viewer, f: &MeetingFigures) -> Markup {
    let lang = viewer.lang();
    let whole = &f.whole;
    let monthly = format!("{} / {}", f.months_with_event, f.months_so_far);
    html! {
        (parts::crumbs(lang, &[("/events", lang.t("对接活动"))], lang.t("月度数据")))
        div.headline {
            h1 { (f.year) " " (lang.t("月度数据")) }
            nav.toolbar.screen aria-label=(lang.t("年份")) {
                a.button.quiet href=(viewer.with_query("year", &(f.year - 1).to_string())) { (f.year - 1) }
                a.button.quiet href=(viewer.with_query("year", &(f.year + 1).to_string())) { (f.year + 1) }
                button.quiet type="button" data-print { (lang.t("打印")) }
            }
        }
        (row_of_figures(&[
            (lang.t("有活动的月份"), monthly, lang.t("目标：每月至少一场")),
            (lang.t("活动"), whole.events.to_string(), lang.t("场")),
            (lang.t("洽谈"), whole.meetings.to_string(), lang.t("场")),
            (lang.t("结果登记率"), share(whole.recorded, whole.meetings), lang.t("已登记结果 ÷ 洽谈")),
            (lang.t("签约金额"), show::yuan(lang, whole.contract_fen), lang.t("按最近一次回访")),
            (lang.t("意向金额"), show::yuan(lang, whole.intent_fen), lang.t("按最近一次回访")),
        ]))
        (scroll(lang.t("月度数据"), &months(viewer, f)))
        h2 { (lang.t("活动类型")) }
        @if f.kinds.is_empty() { (empty(lang.t("这一年还没有活动"), lang.t("新建活动后按月统计。"))) }
        ul.inline { @for (kind, count) in &f.kinds { li { (show::kind(lang, kind)) " " strong { (count) } } } }
        h2 { (lang.t("签约成果")) " " a.more.screen href="/events/signings" { (lang.t("签约台账")) } }
        (scroll(lang.t("签约成果"), &html! {
            table.small {
                thead { tr { th { (lang.t("类别")) } th.n { (lang.t("已签")) } th.n { (lang.t("年度目标")) } th.n { (lang.t("完成")) } th.n { (lang.t("金额")) } } }
                tbody {
                    @for kind in &f.signings {
                        tr {
                            td { (show::signing(lang, &kind.kind)) } td.n { (kind.count) }
                            td.n { @if let Some(target) = kind.target { (target) } @else { "–" } }
                            td.n { (kind.target.map_or("–".to_owned(), |target| share(kind.count, target))) }
                            td.n { (show::yuan(lang, kind.amount_fen)) }
                        }
                    }
                }
            }
        }))
    }
}

fn months(viewer: &Viewer, f: &MeetingFigures) -> Markup {
    let lang = viewer.lang();
    let line = |m: &MonthFigures, name: Markup, light: Markup| {
        html! {
            tr {
                td.d data-label=(lang.t("月份")) { (name) }
                td.n data-label=(lang.t("活动")) { (m.events) " " (light) }
                td.n data-label=(lang.t("报名")) { (m.attending) }
                td.n data-label=(lang.t("到场")) { (m.checked_in) }
                td.n data-label=(lang.t("洽谈")) { (m.meetings) }
                td.n data-label=(lang.t("已登记结果")) { (m.recorded) " " span.soft { (share(m.recorded, m.meetings)) } }
                td.n data-label=(lang.t("签约")) { (m.contracts) " " span.soft { (show::yuan(lang, m.contract_fen)) } }
                td.n data-label=(lang.t("意向")) { (m.intents) " " span.soft { (show::yuan(lang, m.intent_fen)) } }
                td.n data-label=(lang.t("到期回访")) { (m.answered) " / " (m.due) }
            }
        }
    };
    let light = |m: &MonthFigures| {
        html! {
            @if u32::from(m.month) <= f.months_so_far {
                @if m.events > 0 { (tag("good", lang.t("达标"))) } @else { (tag("bad", lang.t("缺"))) }
            }
        }
    };
    html! {
        table.cards {
            thead { tr {
                th { (lang.t("月份")) } th.n { (lang.t("活动")) } th.n { (lang.t("报名")) } th.n { (lang.t("到场")) } th.n { (lang.t("洽谈")) }
                th.n { (lang.t("已登记结果")) } th.n { (lang.t("签约")) } th.n { (lang.t("意向")) } th.n { (lang.t("到期回访")) }
            } }
            tbody {
                @for m in &f.months { (line(m, html! { (format!("{}-{:02}", f.year, m.month)) }, light(m))) }
                (line(&f.whole, html! { strong { (lang.t("全年")) } }, html! {}))
            }
        }
    }
}

/// `GET /events/signings`
pub async fn signings(viewer: Viewer) -> Answer {
    let all = viewer.app().signings(viewer.actor()).await.map_err(|e| viewer.fail(e))?;
    let body = ledger(&viewer, &all, &SigningForm::default(), None).await?;
    Ok(viewer.page(viewer.lang().t("签约台账"), &body))
}

/// `POST /events/signings`
pub async fn sign(posted: Posted<IgnoredAny>) -> Answer {
    let Posted { viewer, fields, .. } = posted;
    let lang = viewer.lang();
    let form = SigningForm {
        event: value(&fields, "event").parse().ok(),
        kind: value(&fields, "kind").to_owned(),
        title: value(&fields, "title").to_owned(),
        party: value(&fields, "party").to_owned(),
        day: value(&fields, "day").to_owned(),
        amount_yuan: yuan_of(value(&fields, "amount_yuan")),
        void: false,
    };
    match viewer.app().save_signing(viewer.actor(), None, &form).await {
        Ok(_) => Ok(viewer.go_with("/events/signings", lang.t("已保存。"))),
        Err(error) if error.code == Code::BadInput => {
            let error = lang.said(error);
            let all = viewer.app().signings(viewer.actor()).await.map_err(|e| viewer.fail(e))?;
            let body = ledger(&viewer, &all, &form, Some(&error)).await?;
            Ok(viewer.refused(&error, lang.t("签约台账"), &body))
        }
        Err(error) => Err(viewer.fail(error)),
    }
}

/// `POST /events/signings/{id}/void`: out of the count, or back into it.
pub async fn void(Path(id): Path<i64>, posted: Posted<IgnoredAny>) -> Answer {
    let Posted { viewer, .. } = posted;
    let all = viewer.app().signings(viewer.actor()).await.map_err(|e| viewer.fail(e))?;
    let signing = all.into_iter().find(|s| s.id == id).ok_or_else(|| viewer.nowhere())?;
    let form = SigningForm {
        event: signing.event.map(|e| e.0),
        kind: signing.kind,
        title: signing.title,
        party: signing.party,
        day: signing.day,
        amount_yuan: signing.amount_fen.map(|fen| fen as f64 / 100.0),
        void: !signing.void,
    };
    let done = viewer.app().save_signing(viewer.actor(), Some((id, signing.version)), &form).await;
    done.map_err(|e| viewer.fail(e))?;
    Ok(viewer.go_with("/events/signings", viewer.lang().t("已保存。")))
}

async fn ledger(
    viewer: &Viewer,
    all: &[SigningInfo],
    form: &SigningForm,
    error: Option<&Error>,
) -> Result<Markup, crate::answer::Failure> {
    let lang = viewer.lang();
    let may = viewer.actor().may(Act::SaveSigning);
    let events = if may {
        viewer.app().meeting_events(viewer.actor()).await.map_err(|e| viewer.fail(e))?
    } else {
        Vec::new()
    };
    let mut options = vec![(String::new(), lang.t("不在活动上").to_owned())];
    options.extend(events.iter().rev().map(|e| (e.id.to_string(), e.event.name.clone())));
    Ok(html! {
        (parts::crumbs(lang, &[("/events", lang.t("对接活动"))], lang.t("签约台账")))
        h1 { (lang.t("签约台账")) " " span.soft { (all.iter().filter(|s| !s.void).count()) } }
        (parts::form_error_of(lang, error, &[
            ("kind", lang.t("类别")), ("day", lang.t("日期")), ("title", lang.t("项目")), ("party", lang.t("签约方")),
            ("amount_yuan", lang.t("金额")),
        ]))
        @if all.is_empty() {
            (empty(lang.t("还没有签约"), lang.t("推介会、对接会上签的项目登记在这里，按类别对照年度目标。")))
        } @else {
            (scroll(lang.t("签约台账"), &html! {
                table.cards {
                    thead { tr {
                        th { (lang.t("日期")) } th { (lang.t("类别")) } th { (lang.t("项目")) } th { (lang.t("签约方")) } th.n { (lang.t("金额")) } th { (lang.t("活动")) }
                        @if may { th { span.visually-hidden { (lang.t("操作")) } } }
                    } }
                    tbody {
                        @for s in all {
                            tr {
                                td.d data-label=(lang.t("日期")) { (s.day) }
                                td data-label=(lang.t("类别")) { (show::signing(lang, &s.kind)) @if s.void { " " (tag("bad", lang.t("已作废"))) } }
                                td.t data-label=(lang.t("项目")) { (s.title) }
                                td.t data-label=(lang.t("签约方")) { (s.party) }
                                td.n data-label=(lang.t("金额")) { @if let Some(fen) = s.amount_fen { (show::yuan(lang, fen)) } @else { "–" } }
                                td data-label=(lang.t("活动")) { @if let Some((id, name)) = &s.event { a href={ "/events/" (id) } { (name) } } }
                                @if may { td {
                                    @let word = if s.void { lang.t("恢复") } else { lang.t("作废") };
                                    (parts::post_button(viewer, &format!("/events/signings/{}/void", s.id), "small quiet", word, None))
                                } }
                            }
                        }
                    }
                }
            }))
        }
        @if may {
            h2.screen { (lang.t("登记签约")) }
            form.card.screen method="post" action="/events/signings" data-guard {
                (viewer.csrf_field())
                div.row {
                    (Field::select("kind", lang.t("类别"), show::signings(lang)).value(&form.kind).required().error_of(error))
                    (Field::typed("date", "day", lang.t("日期")).value(&form.day).required().error_of(error))
                }
                (Field::text("title", lang.t("项目")).value(&form.title).required().max(120).error_of(error))
                (Field::text("party", lang.t("签约方")).value(&form.party).max(120).error_of(error))
                div.row {
                    (Field::text("amount_yuan", lang.t("金额")).value(yuan_field(form.amount_yuan)).unit(lang.t("元")).error_of(error))
                    (Field::select("event", lang.t("活动"), options).value(form.event.map_or_else(String::new, |id| id.to_string())))
                }
                div.actions { button type="submit" { (lang.t("保存")) } }
            }
        }
    })
}
