//! A job's page: how far it is, then on to what came of it.

use crate::answer::Answer;
use crate::jobs::{Done, Job, State, Teller};
use crate::viewer::Viewer;
use app::{Act, Code, Error};
use axum::extract::Path;
use axum::response::{IntoResponse, Response};
use maud::{Markup, html};
use std::time::Duration;

/// How long the request that begins a job waits for it: most jobs are done by then.
const PATIENCE: Duration = Duration::from_millis(1500);

/// Begins a job and goes to its result, or to its page where it takes longer. Leave is asked here too, so that a refusal comes
/// at once.
pub async fn begin<F, W>(
    viewer: &Viewer,
    act: Act,
    title: &'static str,
    from: impl Into<String>,
    work: F,
) -> Answer
where
    F: FnOnce(Teller) -> W + Send + 'static,
    W: Future<Output = app::Result<Done>>,
{
    viewer.actor().need(act).map_err(|e| viewer.fail(e))?;
    let jobs = &viewer.site.jobs;
    let id = jobs.start(viewer.actor(), title, from, work).map_err(|e| viewer.fail(e))?;
    let job = jobs.get(viewer.actor(), &id).ok_or_else(|| viewer.nowhere())?;
    jobs.wait(&job, PATIENCE).await;
    Ok(match job.state() {
        State::Done(done) => onward(viewer, &done),
        _ => viewer.go(&format!("/jobs/{id}")),
    })
}

/// `GET /jobs/{id}`: a whole page, or for htmx the piece that asks again.
pub async fn page(viewer: Viewer, Path(id): Path<String>) -> Answer {
    let Some(job) = viewer.site.jobs.get(viewer.actor(), &id) else {
        return Err(viewer.fail(
            Error::new(Code::NotFound, viewer.lang().t("没有这项任务，或它已结束一小时以上"))
                .hint(viewer.lang().t("结果在相应页面上；没有结果的请重新提交。")),
        ));
    };
    let body = match job.state() {
        State::Done(done) => return Ok(onward(&viewer, &done)),
        // A program began it, and a program reads what came of it.
        State::Answered(_) => return Ok(viewer.go(&format!("/api/v1/jobs/{id}"))),
        State::Failed(error) => failed(&viewer, &job, &error),
        State::Working(progress) => working(&viewer, &id, &job, progress),
    };
    if viewer.htmx {
        return Ok(viewer.piece(body).into_response());
    }
    let title = viewer.lang().t(job.title);
    Ok(viewer.page(title, &html! { h1 { (title) } (body) }))
}

fn onward(viewer: &Viewer, done: &Done) -> Response {
    if done.note.is_empty() { viewer.go(&done.path) } else { viewer.go_with(&done.path, &done.note) }
}

fn working(viewer: &Viewer, id: &str, job: &Job, progress: Option<(app::Stage, u64, u64)>) -> Markup {
    let lang = viewer.lang();
    let to = format!("/jobs/{id}");
    html! {
        div.panel #job hx-get=(to) hx-trigger="every 1s" hx-swap="outerHTML" aria-busy="true" {
            @match progress {
                Some((stage, done, total)) => {
                    p role="status" { (lang.t(stage.zh())) @if total > 1 { " " (done) " / " (total) } }
                    @if total > 1 { progress max=(total) value=(done) aria-label=(lang.t(job.title)) {} }
                    @else { progress aria-label=(lang.t(job.title)) {} }
                },
                None => {
                    p role="status" { (lang.t("等待开始")) }
                    progress aria-label=(lang.t(job.title)) {}
                }
            }
            p.soft { (lang.t("可以离开此页，任务会继续；一小时内可回到此页看结果。")) }
            p { a.button.quiet href=(to) { (lang.t("刷新")) } }
            noscript { meta http-equiv="refresh" content="2"; }
        }
    }
}

fn failed(viewer: &Viewer, job: &Job, error: &Error) -> Markup {
    let lang = viewer.lang();
    html! {
        div.failure #job role="alert" {
            p { strong { (lang.say(&error.message)) } }
            p.soft { (lang.say(error.help())) }
            p { a.button.quiet href=(job.from) { (lang.t("返回")) } }
        }
    }
}
