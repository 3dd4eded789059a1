//! `cargo xtask bench web`: what the pages cost on the demo cluster and on a city's worth, beside a bare handler of the same axum.

mod server;
mod wrk;

use super::judged::round;
use super::{program, scale};
use crate::machine;
use anyhow::{Context, Result, bail};
use serde_json::{Value, json};
use server::Server;
use std::path::Path;
use wrk::Load;

/// Connections that are held open at the same time in the long run.
const CROWD: u32 = 300;
/// Account whose session asks for the pages: it sees them all.
const ACCOUNT: &str = "meter";
const PASSWORD: &str = "fifty-thousand-offers";

/// Measures for `seconds` per short run (the long run takes 60 s, or `seconds` where that is longer).
pub fn run(root: &Path, as_json: bool, seconds: u32) -> Result<()> {
    if !machine::is_there("wrk") && !machine::apt_install(root, &["wrk"])? {
        bail!("wrk is missing and could not be installed (Debian: wrk)");
    }
    let program = program(root)?;
    let bare = machine::example(root, "bare")?;
    let dir = tempfile::tempdir()?;
    let mut results = Vec::new();
    let demo = demo(root, &program, dir.path())?;
    results.extend(measure(root, &bare, &demo, "demo", seconds)?);
    drop(demo);
    let city = city(root, &program, dir.path())?;
    results.extend(measure(root, &bare, &city, "city", seconds)?);
    super::show(as_json, &results)
}

/// The demo cluster, served.
fn demo(root: &Path, program: &Path, dir: &Path) -> Result<Server> {
    let out = dir.join("demo");
    let words = out.to_str().context("a temporary folder's name is not UTF-8")?;
    machine::run(root, &program.to_string_lossy(), &["demo", "--no-serve", "--out", words], &[])?;
    serve(program, &out, "demo.db")
}

/// 50,000 offers and 5,000 needs with a published list, served.
fn city(root: &Path, program: &Path, dir: &Path) -> Result<Server> {
    scale::fill(root, program, dir)?;
    serve(program, dir, "scale.db")
}

/// Serves a database, with an account for the bench and an open draft for the desk.
fn serve(program: &Path, dir: &Path, database: &str) -> Result<Server> {
    let run = |args: &[&str]| machine::run(dir, &program.to_string_lossy(), args, &[]);
    run(&["draft", "--db", database, "--period", "2026-12"])?;
    let add = ["users", "--db", database, "--add", ACCOUNT, "--role", "secretariat", "--password-stdin"];
    machine::run_with(dir, &program.to_string_lossy(), &add, PASSWORD)?;
    Server::start(program, &["serve", "--db", database, "--port", "0"], dir)
}

/// A kind of page, and addresses of it that are asked for in turn.
struct Kind {
    name: &'static str,
    paths: Vec<String>,
}

fn measure(root: &Path, bare: &Path, server: &Server, data: &str, seconds: u32) -> Result<Vec<Value>> {
    let cookie = server.sign_in(ACCOUNT, PASSWORD)?;
    let kinds = kinds(server, &cookie)?;
    for path in kinds.iter().flat_map(|kind| &kind.paths) {
        let answer = server.get(path, &cookie)?;
        if answer.status != 200 {
            bail!("{path} answers {}", answer.status);
        }
    }
    let mut results = Vec::new();
    for kind in &kinds {
        let one = wrk::run(root, server, &cookie, 1, seconds, &kind.paths)?;
        results.push(json!({
            "bench": format!("page_{}", kind.name), "data": data, "addresses": kind.paths.len(), "requests": one.requests,
            "kib": round(one.bytes as f64 / one.requests as f64 / 1024.0), "p50_ms": round(one.p50_ms),
            "p95_ms": round(one.p95_ms), "p99_ms": round(one.p99_ms), "errors": one.errors,
        }));
    }
    let bare = Server::start(bare, &[], root)?;
    let root_path = ["/".to_owned()];
    for path in ["/needs", "/api/v1/needs"] {
        // Interleaved: each side has its turn while the machine is equally busy.
        let measure = |server, head, paths: &[String]| wrk::run(root, server, head, 64, seconds, paths);
        let bare = measure(&bare, "", &root_path)?;
        let ours = measure(server, &cookie, &[path.to_owned()])?;
        results.push(json!({
            "bench": "ratio", "data": data, "path": path, "requests_per_s": round(ours.rate()),
            "bare_requests_per_s": round(bare.rate()), "ratio": round(ours.rate() / bare.rate()), "errors": ours.errors,
        }));
    }
    results.push(crowd(root, server, &cookie, &kinds, data, seconds.max(60))?);
    Ok(results)
}

/// 300 connections at a time over all pages: errors, and whether memory stays where it was.
fn crowd(
    root: &Path,
    server: &Server,
    cookie: &str,
    kinds: &[Kind],
    data: &str,
    seconds: u32,
) -> Result<Value> {
    let paths: Vec<String> = kinds.iter().flat_map(|kind| kind.paths.iter().cloned()).collect();
    let load = |seconds| wrk::run(root, server, cookie, CROWD, seconds, &paths);
    // Buffers and caches grow to their size first; what grows after that would be a leak.
    load(10)?;
    let before = server.resident_mib()?;
    let half: Load = load(seconds / 2)?;
    let middle = server.resident_mib()?;
    let rest: Load = load(seconds - seconds / 2)?;
    let after = server.resident_mib()?;
    Ok(json!({
        "bench": "crowd", "data": data, "connections": CROWD, "seconds": seconds, "requests": half.requests + rest.requests,
        "requests_per_s": round((half.rate() + rest.rate()) / 2.0), "errors": half.errors + rest.errors,
        "p50_ms": round(rest.p50_ms), "p99_ms": round(rest.p99_ms), "max_ms": round(half.max_ms.max(rest.max_ms)),
        "rss_mib": [round(before), round(middle), round(after)],
    }))
}

/// The pages that people open most, each with several records, found by the links that the pages themselves show.
fn kinds(server: &Server, cookie: &str) -> Result<Vec<Kind>> {
    let page = |path: &str| -> Result<String> {
        let answer = server.get(path, cookie)?;
        if answer.status != 200 {
            bail!("{path} answers {}", answer.status);
        }
        Ok(answer.body)
    };
    let several = |path: &str, under: &str| -> Result<Vec<String>> {
        let found = links(&page(path)?, under);
        if found.is_empty() {
            bail!("{path} has no link to {under}");
        }
        Ok(found)
    };
    let words = ["面罩", "电路板", "连接器", "背光", "线圈", "端子", "胶带", "外壳"].map(encode);
    let search = |path: &str| words.iter().map(|w| format!("{path}?q={w}")).collect::<Vec<_>>();
    let desk = several("/desk", "/desk/")?.swap_remove(0);
    let with_plain = |path: &str, mut more: Vec<String>| {
        more.insert(0, path.to_owned());
        more
    };
    Ok(vec![
        Kind { name: "overview", paths: vec!["/".to_owned()] },
        Kind { name: "needs", paths: with_plain("/needs", search("/needs")) },
        Kind { name: "need", paths: several("/needs", "/needs/")? },
        Kind { name: "offers", paths: with_plain("/offers", search("/offers")) },
        Kind { name: "offer", paths: several("/offers", "/offers/")? },
        Kind { name: "nearby", paths: search("/nearby") },
        Kind { name: "desk", paths: (1..=20).map(|need| format!("{desk}?need={need}")).collect() },
        Kind { name: "gaps", paths: vec!["/gaps".to_owned()] },
        Kind { name: "api_needs", paths: vec!["/api/v1/needs".to_owned()] },
    ])
}

/// Addresses that a page links to: `under` and a number behind it.
fn links(page: &str, under: &str) -> Vec<String> {
    let mut found = Vec::new();
    for rest in page.split("href=\"").skip(1) {
        let path = rest.split('"').next().unwrap_or("");
        let Some(id) = path.strip_prefix(under) else { continue };
        if !id.is_empty() && id.bytes().all(|b| b.is_ascii_digit()) && !found.iter().any(|f| f == path) {
            found.push(path.to_owned());
        }
    }
    found
}

fn encode(text: &str) -> String {
    text.bytes().map(|b| format!("%{b:02X}")).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn links_are_numbers_and_stand_once() {
        let page = r#"<a href="/needs/12">a</a><a href="/needs/new">b</a><a href="/needs/12">c</a><a href="/needs/3">d</a>"#;
        assert_eq!(links(page, "/needs/"), ["/needs/12", "/needs/3"]);
    }
}
