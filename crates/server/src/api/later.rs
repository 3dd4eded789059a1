//! Work that takes long, done as a job: with `Prefer: respond-async` (RFC 7240) the answer is 202 at once, and `/jobs/{id}` says how
//! far it is and, at the end, what the request would have been answered.

use super::BASE;
use super::caller::Caller;
use super::problem::{Answer, Problem};
use super::read::{self, Path};
use super::write::ok;
use crate::jobs::{Answered, Job, State as Stand};
use crate::site::Site;
use app::{Code, Error};
use axum::body::{Body, Bytes, to_bytes};
use axum::extract::{MatchedPath, Request, State};
use axum::http::{HeaderMap, HeaderName, HeaderValue, StatusCode, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use serde::Serialize;
use serde_json::Value;
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

/// Header by which a client asks for a job.
const PREFER: HeaderName = HeaderName::from_static("prefer");
/// Header that says that it was given one.
const APPLIED: HeaderName = HeaderName::from_static("preference-applied");
/// What it holds.
const RESPOND_ASYNC: &str = "respond-async";

/// Operations that may take long: method, path, and what they do, a Chinese word of `en.csv`.
const LONG: [(&str, &str, &str); 9] = [
    ("POST", "/imports", "导入"),
    ("POST", "/drafts", "起草"),
    ("POST", "/lists", "发布"),
    ("POST", "/drafts/{id}/approval", "批准"),
    ("POST", "/drafts/{id}/publication", "发布"),
    ("POST", "/weights", "学习权重"),
    ("POST", "/inspections/frames", "检测"),
    ("GET", "/check", "检查"),
    ("GET", "/audit/verification", "检查"),
];

/// True for an operation that can be done as a job.
pub fn is_long(method: &str, path: &str) -> bool {
    title(method, path).is_some()
}

fn title(method: &str, path: &str) -> Option<&'static str> {
    LONG.iter().find(|(m, p, _)| m.eq_ignore_ascii_case(method) && *p == path).map(|(_, _, title)| *title)
}

pub fn routes() -> OpenApiRouter<Site> {
    OpenApiRouter::new().routes(routes!(jobs)).routes(routes!(job))
}

/// How far a job is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
enum JobState {
    /// It has not begun, or works.
    Working,
    /// It has done what was asked.
    Done,
    /// It has not; `answer` or `problem` says why.
    Failed,
}

/// A long piece of work.
#[derive(Debug, Serialize, ToSchema)]
pub struct JobShape {
    /// Names it; kept for an hour after its end, and lost where the program stops.
    id: String,
    /// What it does, in Chinese.
    title: &'static str,
    /// How far it is.
    state: JobState,
    /// What it does now, in Chinese; absent until it begins.
    #[serde(skip_serializing_if = "Option::is_none")]
    stage: Option<&'static str>,
    /// Done of this stage.
    #[serde(skip_serializing_if = "Option::is_none")]
    done: Option<u64>,
    /// To do in this stage.
    #[serde(skip_serializing_if = "Option::is_none")]
    total: Option<u64>,
    /// HTTP status with which the request would have been answered.
    #[serde(skip_serializing_if = "Option::is_none")]
    status: Option<u16>,
    /// Where what came of it is: a path of the API, or a page where a page began the job.
    #[serde(skip_serializing_if = "Option::is_none")]
    location: Option<String>,
    /// What the request would have been answered: its body, or the problem.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<Object>)]
    answer: Option<Value>,
    /// Why a page's job failed.
    #[serde(skip_serializing_if = "Option::is_none")]
    problem: Option<String>,
}

impl JobShape {
    fn of(id: String, job: &Job) -> Self {
        let mut shape = Self {
            id,
            title: job.title,
            state: JobState::Working,
            stage: None,
            done: None,
            total: None,
            status: None,
            location: None,
            answer: None,
            problem: None,
        };
        match job.state() {
            Stand::Working(None) => {}
            Stand::Working(Some((stage, done, total))) => {
                (shape.stage, shape.done, shape.total) = (Some(stage.zh()), Some(done), Some(total));
            }
            Stand::Done(done) => (shape.state, shape.location) = (JobState::Done, Some(done.path)),
            Stand::Answered(answered) => {
                shape.state = if answered.status < 400 { JobState::Done } else { JobState::Failed };
                shape.status = Some(answered.status);
                shape.location = Some(answered.location).filter(|l| !l.is_empty());
                shape.answer = serde_json::from_slice(&answered.body).ok();
            }
            Stand::Failed(error) => {
                (shape.state, shape.problem) = (JobState::Failed, Some(error.message));
            }
        }
        shape
    }
}

/// List one's jobs
///
/// Those under way and those that ended within the last hour, newest first.
#[utoipa::path(get, path = "/jobs", tag = "jobs", responses((status = 200, body = [JobShape])))]
async fn jobs(caller: Caller) -> Answer {
    let own = caller.site.jobs.of(caller.actor());
    ok(&own.into_iter().map(|(id, job)| JobShape::of(id, &job)).collect::<Vec<_>>())
}

/// Read a job
///
/// Ask once a second or less often. Another's job is as unknown as one that never was.
#[utoipa::path(get, path = "/jobs/{id}", tag = "jobs", params(("id" = String, Path)), responses((status = 200, body = JobShape)))]
async fn job(caller: Caller, Path(id): Path<String>) -> Answer {
    let job = caller.site.jobs.get(caller.actor(), &id);
    let job = job.ok_or_else(|| Problem::new(Code::NotFound, "no such job, or it ended over an hour ago"))?;
    ok(&JobShape::of(id, &job))
}

/// The layer that makes a job of a long operation where the client prefers it.
pub async fn later(State(site): State<Site>, request: Request, next: Next) -> Response {
    let path = request.extensions().get::<MatchedPath>().map_or("", MatchedPath::as_str);
    let title = title(request.method().as_str(), path.strip_prefix(BASE).unwrap_or(path));
    match title.filter(|_| prefers(request.headers())) {
        Some(title) => begun(&site, title, request, next).await.unwrap_or_else(Problem::into_response),
        None => next.run(request).await,
    }
}

fn prefers(headers: &HeaderMap) -> bool {
    let values = headers.get_all(&PREFER).iter().filter_map(|v| v.to_str().ok());
    values.flat_map(|v| v.split([',', ';'])).any(|one| one.trim().eq_ignore_ascii_case(RESPOND_ASYNC))
}

async fn begun(site: &Site, title: &'static str, request: Request, next: Next) -> Answer {
    let (mut parts, body) = request.into_parts();
    let mut caller = Caller::of(&mut parts, site).await?;
    let actor = caller.actor().clone();
    // The body must be here before the answer goes: a client sends nothing more after it.
    let bytes = read::bytes(Request::from_parts(parts.clone(), body), site).await?;
    let id = site.jobs.start(&actor, title, "/api/docs/jobs", move |teller| async move {
        caller.teller = Some(teller);
        parts.extensions.insert(caller);
        answered(next.run(Request::from_parts(parts, Body::from(bytes))).await).await
    })?;
    let job = site.jobs.get(&actor, &id).ok_or_else(Problem::nowhere)?;
    let location = format!("{BASE}/jobs/{id}");
    let mut response = (StatusCode::ACCEPTED, axum::Json(JobShape::of(id, &job))).into_response();
    let headers = response.headers_mut();
    headers.insert(APPLIED, HeaderValue::from_static(RESPOND_ASYNC));
    headers.extend(HeaderValue::from_str(&location).map(|value| (header::LOCATION, value)));
    Ok(response)
}

/// Keeps an answer; a problem is written first.
async fn answered(mut response: Response) -> app::Result<Answered> {
    if let Some(problem) = response.extensions_mut().remove::<Problem>() {
        response = problem.write();
    }
    let status = response.status().as_u16();
    let location = response.headers().get(header::LOCATION).and_then(|v| v.to_str().ok());
    let location = location.unwrap_or("").to_owned();
    let body: Bytes = to_bytes(response.into_body(), usize::MAX)
        .await
        .map_err(|_| Error::new(Code::Internal, "the answer broke off"))?;
    Ok(Answered { status, location, body })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_job_is_given_to_who_asks_for_it() {
        let asks =
            |value: &'static str| prefers(&HeaderMap::from_iter([(PREFER, HeaderValue::from_static(value))]));
        assert!(asks("respond-async") && asks("wait=10, Respond-Async") && asks("respond-async; foo=1"));
        assert!(!asks("return=minimal") && !asks("respond-asynchronously"));
    }

    #[test]
    fn every_long_operation_is_there() {
        let paths = &super::super::openapi::DOCUMENT["paths"];
        for (method, path, _) in LONG {
            assert!(paths[path][method.to_ascii_lowercase()].is_object(), "{method} {path}");
        }
    }
}
