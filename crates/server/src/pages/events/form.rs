//! The form of an event.

use super::show::{self, value};
use crate::answer::{Answer, Failure};
use crate::parts::{self, Field};
use crate::viewer::{Posted, Viewer};
use crate::words::Lang;
use app::{Act, Code, Error, MeetingEventForm};
use axum::extract::Path;
use maud::{Markup, html};
use model::meeting::MeetingTables;
use serde::de::IgnoredAny;

fn may_save(viewer: &Viewer) -> Result<(), Failure> {
    viewer.actor().need(Act::SaveMeetingEvent).map_err(|e| viewer.fail(e))
}

/// `GET /events/new`
pub async fn new(viewer: Viewer) -> Answer {
    may_save(&viewer)?;
    let form = MeetingEventForm {
        kind: "production_sales".to_owned(),
        slots: ["09:00-09:20", "09:25-09:45", "09:50-10:10", "10:30-10:50", "10:55-11:15", "11:20-11:40"]
            .map(str::to_owned)
            .to_vec(),
        tables: 10,
        most: 6,
        ..MeetingEventForm::default()
    };
    Ok(viewer.page(viewer.lang().t("新建活动"), &body(&viewer, None, &form, None)))
}

/// `GET /events/{id}/edit`
pub async fn edit(viewer: Viewer, Path(id): Path<i64>) -> Answer {
    may_save(&viewer)?;
    let card = viewer.app().meeting_event(viewer.actor(), id).await.map_err(|e| viewer.fail(e))?;
    let form = MeetingEventForm::of(&card.info.event);
    Ok(viewer.page(viewer.lang().t("修改活动"), &body(&viewer, Some((id, card.info.version)), &form, None)))
}

/// `POST /events/new`
pub async fn create(posted: Posted<IgnoredAny>) -> Answer {
    save(posted, None).await
}

/// `POST /events/{id}/edit`
pub async fn change(Path(id): Path<i64>, posted: Posted<IgnoredAny>) -> Answer {
    save(posted, Some(id)).await
}

async fn save(Posted { viewer, fields, .. }: Posted<IgnoredAny>, id: Option<i64>) -> Answer {
    let lang = viewer.lang();
    // What is no number is out of every bound, and said so beside its field.
    let number = |name: &str| value(&fields, name).parse().unwrap_or(u32::MAX);
    let text = |name: &str| value(&fields, name).to_owned();
    let form = MeetingEventForm {
        name: text("name"),
        kind: text("kind"),
        day: text("day"),
        place: text("place"),
        slots: value(&fields, "slots").lines().map(str::to_owned).collect(),
        tables: number("tables"),
        interpreters: number("interpreters"),
        most: number("most"),
        group: text("group"),
        note: text("note"),
    };
    let at = id.map(|id| (id, value(&fields, "version").parse().unwrap_or_default()));
    match viewer.app().save_meeting_event(viewer.actor(), at, &form).await {
        Ok(saved) => Ok(viewer.go_with(&format!("/events/{}", saved.id), lang.t("已保存。"))),
        Err(error) if matches!(error.code, Code::BadInput | Code::Conflict) => {
            let error = lang.said(error);
            let title = if at.is_some() { lang.t("修改活动") } else { lang.t("新建活动") };
            Ok(viewer.refused(&error, title, &body(&viewer, at, &form, Some(&error))))
        }
        Err(error) => Err(viewer.fail(error)),
    }
}

/// The words of the form's fields, by their names.
fn words(lang: Lang) -> [(&'static str, &'static str); 10] {
    [
        ("name", lang.t("活动名称")),
        ("kind", lang.t("类型")),
        ("group", lang.t("面向的产业链小组")),
        ("day", lang.t("日期")),
        ("place", lang.t("地点")),
        ("slots", lang.t("洽谈场次，每行一场")),
        ("tables", lang.t("桌数")),
        ("most", lang.t("每家最多几场")),
        ("interpreters", lang.t("翻译人数")),
        ("note", lang.t("参会须知")),
    ]
}

fn body(viewer: &Viewer, at: Option<(i64, i64)>, form: &MeetingEventForm, error: Option<&Error>) -> Markup {
    let lang = viewer.lang();
    let title = if at.is_some() { lang.t("修改活动") } else { lang.t("新建活动") };
    let to = at.map_or_else(|| "/events/new".to_owned(), |(id, _)| format!("/events/{id}/edit"));
    let kinds =
        MeetingTables::builtin().kinds.iter().map(|k| (k.id.clone(), show::kind(lang, &k.id).to_owned()));
    let mut groups = vec![(String::new(), lang.t("全部产业链").to_owned())];
    let chain = &viewer.app().reference().chain;
    groups.extend(crate::pages::market::groups(chain).into_iter().map(|g| (g.to_owned(), g.to_owned())));
    let words = words(lang);
    let word = |name: &str| words.iter().find(|(field, _)| *field == name).map_or("", |(_, word)| *word);
    let number = |n: u32| if n == u32::MAX { String::new() } else { n.to_string() };
    html! {
        (parts::crumbs(lang, &[("/events", lang.t("对接活动"))], title))
        h1 { (title) }
        (parts::form_error_of(lang, error, &words))
        form.card method="post" action=(to) data-guard {
            (viewer.csrf_field())
            @if let Some((_, version)) = at { input type="hidden" name="version" value=(version); }
            (Field::text("name", word("name")).value(&form.name).required().max(80).error_of(error))
            div.row {
                (Field::select("kind", word("kind"), kinds).value(&form.kind).required().error_of(error))
                (Field::select("group", word("group"), groups).value(&form.group).error_of(error))
            }
            div.row {
                (Field::typed("date", "day", word("day")).value(&form.day).required().error_of(error))
                (Field::text("place", word("place")).value(&form.place).max(200).error_of(error))
            }
            (Field::area("slots", word("slots"), 7).value(form.slots.join("\n")).required().error_of(error)
                .hint(lang.t("例如 09:00-09:20；场间留几分钟换桌。")))
            div.row {
                (Field::typed("number", "tables", word("tables")).value(number(form.tables)).required().error_of(error))
                (Field::typed("number", "most", word("most")).value(number(form.most)).required().error_of(error))
                (Field::typed("number", "interpreters", word("interpreters")).value(number(form.interpreters)).error_of(error))
            }
            (Field::area("note", word("note"), 3).value(&form.note).max(500).error_of(error))
            div.actions { button type="submit" { (lang.t("保存")) } a.button.quiet href="/events" { (lang.t("返回")) } }
        }
    }
}
