//! The API over the real router and a real database: each file of `tests/http` is a story on a cluster of its own.
//!
//! A story is made of steps with a blank line between them. A line begins with its kind:
//! `METHOD path as somebody` the request, `Name: value` a header of it, `> ` its body;
//! `< ` the status, or a header that holds a text (`*` for any); `= /pointer value` a JSON value; `! /pointer` nothing there;
//! `+ ` and `- ` a text that is or is not in the body; `@ name /pointer` and `@ name header` keep a value for `{{name}}`, with
//! ` after text` what follows a text in it; `~ /pointer value` asks again until the value is there; `#` words.
#![expect(clippy::unwrap_used, reason = "a test that cannot go on says so by panicking")]

use app::{Actor, App, Clock, ImportOptions, InputFile, NewAccount, NewToken, Office};
use axum::Router;
use axum::body::Body;
use axum::http::Request;
use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use http_body_util::BodyExt;
use serde_json::Value;
use server::{Options, Site};
use std::collections::HashMap;
use std::fmt::Write as _;
use std::path::Path;
use std::sync::Arc;
use tower::ServiceExt;

const PASSWORD: &str = "雨林-correct-horse-7";
const OFFERS: &str = "企业名称,统一社会信用代码,所在县区,产品名称,规格参数,月产能,单价,主要客户,联系人,手机\n\
虚构甲厂有限公司,,泰和县,显示屏面罩,精度±0.03mm,30万片/月,1.2元/片,秘密客户,张三,000-12345678\n\
虚构甲厂有限公司,,泰和县,注塑件,精度±0.1mm,10万件/月,,,张三,000-12345678\n";
const NEEDS: &str = "企业名称,统一社会信用代码,所在县区,需求产品名称,规格型号,数量,目前供应商,联系人,手机\n\
虚构乙厂有限公司,,万安县,显示屏面罩,精度±0.05mm,5万片/月,外省某厂,李四,000-87654321\n\
虚构丙厂有限公司,,吉州区,键合金线,直径18μm,20km/月,外省另一厂,王五,000-11112222\n";

/// A cluster with enterprises, a published list, and somebody of each office.
struct Cluster {
    router: Router,
    /// Values for `{{name}}`: tokens as `token.name`, row ids.
    values: HashMap<String, String>,
    _dir: tempfile::TempDir,
}

async fn cluster() -> Cluster {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("test.db");
    let app = Arc::new(App::open(path.to_str().unwrap(), Clock::china()).await.unwrap());
    let local = Actor::local();
    app.name_cluster(&local, "试验集群", "360800").await.unwrap();
    let file = |name: &str, text: &str| InputFile { name: name.into(), bytes: text.as_bytes().to_vec() };
    let files = vec![file("供给.csv", OFFERS), file("需求.csv", NEEDS)];
    let report = app.import(&local, files, &ImportOptions::default(), &|_, _, _| {}).await.unwrap();
    assert!(report.stored, "{report:?}");
    let period = app.this_month();
    app.publish_period(&local, period, app::PublishOptions::default(), &|_, _, _| {}).await.unwrap();
    let query = app::EnterpriseQuery::default();
    let rows = app.enterprises(&local, &query).await.unwrap().rows;
    let of = |word: &str| rows.iter().find(|r| r.enterprise.name.contains(word)).unwrap().id;
    let mut values = HashMap::from([
        ("period".to_owned(), period.to_string()),
        ("seller.enterprise".to_owned(), of("甲厂").to_string()),
        ("buyer.enterprise".to_owned(), of("乙厂").to_string()),
        ("other.enterprise".to_owned(), of("丙厂").to_string()),
        ("password".to_owned(), PASSWORD.to_owned()),
    ]);
    for (name, word) in [("seller", "甲厂"), ("buyer", "乙厂"), ("other", "丙厂")] {
        let row = rows.iter().find(|r| r.enterprise.name.contains(word)).unwrap();
        values.insert(format!("{name}.key"), row.enterprise.key.clone());
    }
    for (name, office, enterprise) in [
        ("admin", Office::Administrator, None),
        ("secretary", Office::Secretariat, None),
        ("second", Office::Secretariat, None),
        ("seller", Office::Member, Some(of("甲厂"))),
        ("buyer", Office::Member, Some(of("乙厂"))),
        ("other", Office::Member, Some(of("丙厂"))),
        ("newcomer", Office::Member, None),
        ("commissioner", Office::Commissioner, None),
        ("bureau", Office::Bureau, None),
        ("auditor", Office::Auditor, None),
    ] {
        let new = NewAccount {
            name: name.to_owned(),
            office: Some(office),
            enterprise,
            // Hashing takes long; only one signs in with a password.
            password: (name == "buyer" || name == "admin").then(|| PASSWORD.to_owned()),
            ..NewAccount::default()
        };
        let id = app.add_account(&local, &new).await.unwrap();
        if office == Office::Commissioner {
            app.assign(&local, id, &[of("丙厂")]).await.unwrap();
        }
        let actor = app.actor(Some(name)).await.unwrap();
        for (word, may_write) in [("", true), (".reader", false)] {
            let new = NewToken { name: "test".to_owned(), may_write, days: 1 };
            let (id, secret) = app.create_token(&actor, &new).await.unwrap();
            values.insert(format!("basic.{name}{word}"), BASE64_STANDARD.encode(format!("{id}:{secret}")));
            values.insert(format!("token.{name}{word}"), secret);
        }
        values.insert(format!("{name}.account"), id.to_string());
    }
    Cluster { router: server::router(Site::new(app, Options::default())), values, _dir: dir }
}

/// What a step expects of its answer.
#[derive(Debug)]
enum Expect {
    Status(u16),
    Header(String, String),
    Equals(String, String),
    Absent(String),
    Holds(String),
    Lacks(String),
    Keep(String, String),
    Until(String, String),
}

/// One step of a story.
#[derive(Debug, Default)]
struct Step {
    place: String,
    method: String,
    path: String,
    who: Option<String>,
    headers: Vec<(String, String)>,
    body: String,
    expects: Vec<Expect>,
}

fn steps(file: &str, text: &str) -> Vec<Step> {
    let mut steps: Vec<Step> = Vec::new();
    let mut fresh = true;
    for (at, line) in text.lines().enumerate() {
        if line.trim().is_empty() {
            fresh = true;
            continue;
        }
        let place = format!("{file}:{}", at + 1);
        if line.starts_with('#') {
            continue;
        }
        if fresh {
            let (request, who) = match line.rsplit_once(" as ") {
                Some((request, who)) => (request, Some(who.trim().to_owned())),
                None => (line, None),
            };
            let (method, path) = request.split_once(' ').unwrap_or_else(|| panic!("{place}: no request"));
            let (method, path) = (method.to_owned(), path.trim().to_owned());
            steps.push(Step { place, method, path, who, ..Step::default() });
            fresh = false;
            continue;
        }
        let step = steps.last_mut().unwrap();
        let (mark, rest) = line.split_once(' ').unwrap_or((line, ""));
        let (first, second) = rest.split_once(' ').unwrap_or((rest, ""));
        let (first_owned, second_owned) = (first.to_owned(), second.to_owned());
        match mark {
            ">" => {
                step.body.push_str(rest);
                step.body.push('\n');
            }
            "<" => step.expects.push(match rest.parse() {
                Ok(status) => Expect::Status(status),
                Err(_) => Expect::Header(first.trim_end_matches(':').to_owned(), second_owned),
            }),
            "=" => step.expects.push(Expect::Equals(first_owned, second_owned)),
            "!" => step.expects.push(Expect::Absent(first_owned)),
            "+" => step.expects.push(Expect::Holds(rest.to_owned())),
            "-" => step.expects.push(Expect::Lacks(rest.to_owned())),
            "~" => step.expects.push(Expect::Until(first_owned, second_owned)),
            "@" => step.expects.push(Expect::Keep(first_owned, second_owned)),
            name if name.ends_with(':') => {
                step.headers.push((name.trim_end_matches(':').to_owned(), rest.to_owned()));
            }
            other => panic!("{place}: `{other}` begins no line of a step"),
        }
    }
    steps
}

fn filled(text: &str, values: &HashMap<String, String>, place: &str) -> String {
    let mut out = String::new();
    let mut rest = text;
    while let Some((before, after)) = rest.split_once("{{") {
        let (name, after) = after.split_once("}}").unwrap_or_else(|| panic!("{place}: no }}}}"));
        out.push_str(before);
        out.push_str(values.get(name).unwrap_or_else(|| panic!("{place}: nothing was kept as {name}")));
        rest = after;
    }
    out + rest
}

/// What is not ASCII, as an address writes it.
fn address(path: &str) -> String {
    path.bytes().fold(String::new(), |mut out, b| {
        if b.is_ascii_graphic() {
            out.push(char::from(b));
        } else {
            let _ = write!(out, "%{b:02X}");
        }
        out
    })
}

impl Cluster {
    async fn take(&mut self, step: &Step) {
        for wait_ms in [0, 10, 100, 1_000, 10_000, 60_000] {
            tokio::time::sleep(std::time::Duration::from_millis(wait_ms)).await;
            if self.ask(step).await {
                return;
            }
        }
        panic!("{}: what it waits for did not come", step.place);
    }

    /// False where the answer is not the one that the step waits for.
    async fn ask(&mut self, step: &Step) -> bool {
        let place = &step.place;
        let fill = |text: &str| filled(text, &self.values, place);
        let mut request = Request::builder().method(step.method.as_str()).uri(address(&fill(&step.path)));
        if let Some(who) = &step.who {
            request =
                request.header("authorization", format!("Bearer {}", fill(&format!("{{{{token.{who}}}}}"))));
        }
        for (name, value) in &step.headers {
            request = request.header(name, fill(value));
        }
        if !step.body.is_empty()
            && !step.headers.iter().any(|(name, _)| name.eq_ignore_ascii_case("content-type"))
        {
            request = request.header("content-type", "application/json");
        }
        let request = request.body(Body::from(fill(&step.body))).unwrap();
        let (head, body) = self.router.clone().oneshot(request).await.unwrap().into_parts();
        let bytes = body.collect().await.unwrap().to_bytes();
        let text = String::from_utf8_lossy(&bytes).into_owned();
        let json: Value = serde_json::from_slice(&bytes).unwrap_or(Value::Null);
        let seen =
            format!("{place}: {} {}\n{} {:?}\n{text}", step.method, step.path, head.status, head.headers);
        let equals = |pointer: &str, wanted: String| {
            let wanted = serde_json::from_str(&wanted).unwrap_or(Value::String(wanted));
            json.pointer(pointer) == Some(&wanted)
        };
        for expect in &step.expects {
            let fill = |text: &str| filled(text, &self.values, place);
            match expect {
                Expect::Until(pointer, wanted) => {
                    if !equals(pointer, fill(wanted)) {
                        return false;
                    }
                }
                Expect::Status(status) => assert_eq!(head.status.as_u16(), *status, "{seen}"),
                Expect::Header(name, wanted) => {
                    let value = head.headers.get(name).unwrap_or_else(|| panic!("no {name}: {seen}"));
                    let value = value.to_str().unwrap();
                    assert!(wanted == "*" || value.contains(&fill(wanted)), "{name} is {value}: {seen}");
                }
                Expect::Equals(pointer, wanted) => {
                    assert!(equals(pointer, fill(wanted)), "{pointer} is not {wanted}: {seen}");
                }
                Expect::Absent(pointer) => assert_eq!(json.pointer(pointer), None, "{pointer}: {seen}"),
                Expect::Holds(wanted) => assert!(text.contains(&fill(wanted)), "lacks `{wanted}`: {seen}"),
                Expect::Lacks(unwanted) => {
                    assert!(!text.contains(&fill(unwanted)), "holds `{unwanted}`: {seen}")
                }
                Expect::Keep(name, from) => {
                    let (from, after) = from.split_once(" after ").unwrap_or((from, ""));
                    let value = if from.starts_with('/') {
                        let value = json.pointer(from).unwrap_or_else(|| panic!("no {from}: {seen}"));
                        value.as_str().map_or_else(|| value.to_string(), str::to_owned)
                    } else {
                        let value = head.headers.get(from).unwrap_or_else(|| panic!("no {from}: {seen}"));
                        value.to_str().unwrap().split(';').next().unwrap().trim_end_matches('>').to_owned()
                    };
                    let (_, value) =
                        value.split_once(after).unwrap_or_else(|| panic!("no `{after}`: {seen}"));
                    let value = value.to_owned();
                    self.values.insert(name.clone(), value);
                }
            }
        }
        assert!(step.expects.iter().any(|e| matches!(e, Expect::Status(_))), "{place}: it expects no status");
        true
    }
}

#[tokio::test]
async fn every_story_holds() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/http");
    let mut files: Vec<_> = std::fs::read_dir(folder).unwrap().map(|e| e.unwrap().path()).collect();
    files.sort();
    assert!(!files.is_empty());
    // Each to its end or its first fault: one that falls does not hide the others.
    let mut fallen = Vec::new();
    for file in files {
        let name = file.file_name().unwrap().to_string_lossy().into_owned();
        let steps = steps(&name, &std::fs::read_to_string(&file).unwrap());
        let story = async move {
            let mut cluster = cluster().await;
            for step in &steps {
                cluster.take(step).await;
            }
        };
        if tokio::spawn(story).await.is_err() {
            fallen.push(name);
        }
    }
    assert!(fallen.is_empty(), "{fallen:?}");
}

/// Every read of the document answers somebody of every office as the document says: with JSON it knows, or a problem.
#[tokio::test]
async fn every_read_answers_every_office_with_json_or_a_problem() {
    let cluster = cluster().await;
    let get = async |path: &str, who: &str| {
        let mut request = Request::get(path);
        if !who.is_empty() {
            request = request
                .header("authorization", format!("Bearer {}", cluster.values[&format!("token.{who}")]));
        }
        let answer = cluster.router.clone().oneshot(request.body(Body::empty()).unwrap()).await.unwrap();
        let (head, body) = answer.into_parts();
        (head, body.collect().await.unwrap().to_bytes())
    };
    let (_, document) = get("/api/openapi.json", "").await;
    let document: Value = serde_json::from_slice(&document).unwrap();
    for (path, item) in document["paths"].as_object().unwrap() {
        let Some(operation) = item.get("get") else { continue };
        let path =
            format!("/api/v1{path}").replace("{id}", "1").replace("{number}", "1").replace("{need}", "1");
        let path = path.replace("{token}", "unknown");
        for who in ["", "admin", "secretary", "buyer", "newcomer", "commissioner", "bureau", "auditor"] {
            let (head, body) = get(&path, who).await;
            let status = head.status.as_str().to_owned();
            let place = format!("{path} as {who}: {status}: {}", String::from_utf8_lossy(&body));
            assert!(!head.status.is_server_error(), "{place}");
            let known = &operation["responses"][&status]["content"];
            let kind = head.headers["content-type"].to_str().unwrap().split(';').next().unwrap();
            assert!(!known[kind].is_null(), "{place}: {kind} is not in the document");
            if head.status.is_client_error() {
                let problem: Value = serde_json::from_slice(&body).unwrap();
                assert_eq!(problem["status"], head.status.as_u16(), "{place}");
                assert!(problem["code"].is_string() && problem["request_id"].is_string(), "{place}");
            }
            if who.is_empty() && operation["security"].is_null() {
                assert_eq!(status, "401", "{place}");
            }
        }
    }
}
