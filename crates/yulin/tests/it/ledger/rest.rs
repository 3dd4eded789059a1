//! A server killed while documents come in: what it took is captured after the next start, and the chain is whole.

use super::plant::{document, event, kilograms};
use crate::common::ok;
use crate::serve::Server;
use app::{Actor, App, Clock, NewAccount, NewToken, Office, Role};
use std::io::{Read as _, Write as _};
use std::net::TcpStream;
use std::path::Path;
use std::time::{Duration, Instant};

const KILLS: u64 = 6;
const EVENTS: usize = 40;
const PATIENCE: Duration = Duration::from_secs(60);

/// An API token of the secretariat.
fn token(dir: &Path) -> String {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    runtime.block_on(async {
        let app = App::open(dir.join("yulin.db").to_str().unwrap(), Clock::china()).await.unwrap();
        let account = NewAccount {
            name: "秘书处".to_owned(),
            office: Some(Office::Secretariat),
            password: Some("雨林-correct-horse-7".to_owned()),
            ..NewAccount::default()
        };
        let id = app.add_account(&Actor::local(), &account).await.unwrap();
        let actor = Actor { account: Some(id), role: Role::Secretariat, ..Actor::local() };
        let new = NewToken { name: "plant".to_owned(), may_write: true, days: 9 };
        let (_, token) = app.create_token(&actor, &new).await.unwrap();
        app.close().await;
        token
    })
}

/// Head and body of an answer; `None` where the server is gone.
fn ask(address: &str, head: &str, token: &str, body: &str) -> Option<(String, String)> {
    let mut stream = TcpStream::connect(address).ok()?;
    let length = body.len();
    let request = format!(
        "{head} HTTP/1.1\r\nHost: yulin\r\nAuthorization: Bearer {token}\r\nContent-Type: application/ld+json\r\n\
         GS1-EPCIS-Version: 2.0.0\r\nContent-Length: {length}\r\nConnection: close\r\n\r\n{body}"
    );
    stream.write_all(request.as_bytes()).ok()?;
    let mut answer = String::new();
    stream.read_to_string(&mut answer).ok()?;
    let (head, body) = answer.split_once("\r\n\r\n")?;
    Some((head.to_owned(), body.to_owned()))
}

/// Sends documents until the server is gone; the jobs that it acknowledged.
fn send(address: &str, token: &str, first: usize) -> Vec<String> {
    let mut taken = Vec::new();
    for number in first.. {
        let made = |i: usize| {
            let (from, to) = (format!("R{number}-{i}"), format!("R{number}-{}", i + 1));
            let (inputs, outputs) = (kilograms(&[(&from, 2.0)]), kilograms(&[(&to, 1.0)]));
            let fields = format!(r#""inputQuantityList": {inputs}, "outputQuantityList": {outputs}"#);
            event("TransformationEvent", i, &fields)
        };
        let text = document(&(0..EVENTS).map(made).collect::<Vec<_>>());
        let answer = loop {
            match ask(address, "POST /epcis/2.0/capture", token, &text) {
                // Documents come quicker than they are captured: what is not taken is sent again.
                Some((head, _)) if head.starts_with("HTTP/1.1 429") => {
                    assert!(head.contains("retry-after: "), "{head}");
                    std::thread::sleep(Duration::from_millis(20));
                }
                other => break other,
            }
        };
        let Some((head, body)) = answer else { break };
        assert!(head.starts_with("HTTP/1.1 202"), "{head}\n{body}");
        let job = head.lines().find_map(|line| line.strip_prefix("location: "));
        taken.push(job.and_then(|at| at.rsplit('/').next()).expect("it says where the job is").to_owned());
    }
    taken
}

#[test]
fn what_a_server_took_is_captured_after_a_kill() {
    let dir = tempfile::tempdir().unwrap();
    let dir = dir.path();
    let token = token(dir);
    let mut jobs = Vec::new();
    for kill in 0..KILLS {
        let mut server = Server::start(dir);
        let (address, token) = (server.address.clone(), token.clone());
        let first = usize::try_from(kill).unwrap() * 100_000;
        let sender = std::thread::spawn(move || send(&address, &token, first));
        std::thread::sleep(Duration::from_millis(200 + 70 * kill));
        server.child.kill().unwrap();
        server.child.wait().unwrap();
        jobs.extend(sender.join().unwrap());
    }
    assert!(!jobs.is_empty(), "some documents must be taken before a kill");
    let server = Server::start(dir);
    let start = Instant::now();
    for job in &jobs {
        loop {
            let (head, body) =
                ask(&server.address, &format!("GET /epcis/2.0/capture/{job}"), &token, "").unwrap();
            assert!(head.starts_with("HTTP/1.1 200"), "job {job}: {head}\n{body}");
            let told: serde_json::Value = serde_json::from_str(&body).unwrap();
            if told["running"] == false {
                assert_eq!(told["success"], true, "{told}");
                break;
            }
            assert!(start.elapsed() < PATIENCE, "job {job} waits for ever: {told}");
            std::thread::sleep(Duration::from_millis(50));
        }
    }
    drop(server);
    let proof = ok(dir, &["ledger", "verify"]);
    let events: usize = proof.split_whitespace().nth(1).unwrap().parse().unwrap();
    // Documents are whole, and one may have been taken whose answer the kill cut off.
    let (least, most) = (jobs.len() * EVENTS, (jobs.len() + usize::try_from(KILLS).unwrap()) * EVENTS);
    assert!(
        (least..=most).contains(&events) && events.is_multiple_of(EVENTS),
        "{} jobs, {proof}",
        jobs.len()
    );
}
