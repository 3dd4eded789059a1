//! The pages over a real socket, from the program as its users start it.

use crate::common::{ok, run, yulin};
use app::{Actor, App, Clock, NewAccount, Office};
use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::path::Path;
use std::process::{Child, Stdio};

const PASSWORD: &str = "雨林-correct-horse-7";

/// A running server; killed when dropped.
pub struct Server {
    pub child: Child,
    pub address: String,
}

impl Server {
    pub fn start(dir: &Path) -> Self {
        let mut command = yulin(dir);
        command.args(["serve", "--port", "0", "--log-format", "json"]);
        let log = std::fs::File::create(dir.join("log")).unwrap();
        let mut child = command.stdout(Stdio::piped()).stderr(log).spawn().unwrap();
        let mut line = String::new();
        BufReader::new(child.stdout.take().unwrap()).read_line(&mut line).unwrap();
        let address =
            line.split("http://").nth(1).and_then(|t| t.split('/').next()).expect("it says where").to_owned();
        Self { child, address }
    }

    pub fn exchange(&self, request: &str) -> (String, String) {
        let mut stream = TcpStream::connect(&self.address).unwrap();
        stream.write_all(request.as_bytes()).unwrap();
        let mut answer = Vec::new();
        stream.read_to_end(&mut answer).unwrap();
        let answer = String::from_utf8_lossy(&answer).into_owned();
        let (head, body) = answer.split_once("\r\n\r\n").unwrap();
        (head.to_owned(), body.to_owned())
    }

    /// Head and body of an answer.
    fn get(&self, path: &str, cookie: &str) -> (String, String) {
        self.exchange(&format!(
            "GET {path} HTTP/1.1\r\nHost: yulin\r\nCookie: {cookie}\r\nConnection: close\r\n\r\n"
        ))
    }

    /// The cookie of a new session.
    fn sign_in(&self, name: &str) -> String {
        let body = format!("name={name}&password={PASSWORD}");
        let (head, body) = self.exchange(&format!(
            "POST /sign-in HTTP/1.1\r\nHost: yulin\r\nContent-Type: application/x-www-form-urlencoded\r\n\
             Content-Length: {}\r\nConnection: close\r\n\r\n{body}",
            body.len()
        ));
        let cookie = head.lines().find_map(|line| line.strip_prefix("set-cookie: "));
        cookie.unwrap_or_else(|| panic!("{head}\n{body}")).split(';').next().unwrap().to_owned()
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Adds accounts that can sign in.
fn people(dir: &Path, accounts: &[(&str, Office)]) {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    runtime.block_on(async {
        let app = App::open(dir.join("yulin.db").to_str().unwrap(), Clock::china()).await.unwrap();
        for (name, office) in accounts {
            let new = NewAccount {
                name: (*name).to_owned(),
                office: Some(*office),
                password: Some(PASSWORD.to_owned()),
                ..NewAccount::default()
            };
            app.add_account(&Actor::local(), &new).await.unwrap();
        }
        app.close().await;
    });
}

#[test]
fn pages_show_the_list_and_nothing_protected() {
    let dir = tempfile::tempdir().unwrap();
    let dir = dir.path();
    std::fs::write(
        dir.join("供给.csv"),
        "企业名称,所在县区,产品名称,规格参数,月产能,手机\n虚构泰和有限公司,泰和县,显示屏面罩<b>,精度±0.03mm,30万片/月,000-12345678\n",
    )
    .unwrap();
    std::fs::write(
        dir.join("需求.csv"),
        "企业名称,所在县区,需求产品名称,规格型号,数量,目前供应商\n虚构万安有限公司,万安县,显示屏面罩,精度±0.05mm,5万片/月,外省某厂\n",
    )
    .unwrap();
    ok(dir, &["import", "供给.csv", "需求.csv"]);
    ok(dir, &["publish", "--period", "2026-11"]);
    ok(dir, &["publish", "--period", "2026-12"]);
    people(dir, &[("管理员", Office::Administrator), ("工信局", Office::Bureau)]);
    let server = Server::start(dir);
    // Before signing in nothing is shown but the way in.
    for path in ["/", "/list", "/lists/1", "/needs", "/audit.csv", "/nowhere"] {
        let (head, body) = server.get(path, "");
        assert!(head.starts_with("HTTP/1.1 303") && body.is_empty(), "{path}: {head}");
        assert!(head.contains("location: /sign-in?next=%2F"), "{path}: {head}");
    }
    let bureau = server.sign_in("工信局");
    for (path, status, words) in [
        ("/lists/2", "200", &["第2号", "41.7 km", "显示屏面罩&lt;b&gt;"][..]),
        ("/list", "303", &[]),
        ("/lists/1", "200", &["第1号", "/lists/1/needs/1"]),
        ("/lists/1/needs/1", "200", &["相距 41.7 km", "±0.03mm"]),
        ("/lists", "200", &["2026-12"]),
        ("/lists/7", "404", &["没有找到"]),
        ("/nowhere?lang=en", "404", &["There is no such page"]),
        ("/audit", "403", &["没有权限"]),
        ("/assets/yulin.css", "200", &["@media print"]),
        ("/health", "200", &["ok"]),
    ] {
        let (head, body) = server.get(path, &bureau);
        assert!(head.starts_with(&format!("HTTP/1.1 {status}")), "{path}: {head}");
        assert!(
            head.to_lowercase().contains("content-security-policy: default-src 'none'"),
            "{path}: {head}"
        );
        for word in words {
            assert!(body.contains(word), "{path}: {word}");
        }
        assert!(
            !body.contains("外省某厂") && !body.contains("000-12345678"),
            "{path} shows a protected field"
        );
    }
    // What another process withdraws is withdrawn on the page.
    ok(dir, &["withdraw", "1", "--reason", "期间有误"]);
    assert!(server.get("/lists/1", &bureau).1.contains("期间有误"));
    // The log says what was asked by its route: no query, no name, no address.
    let log = std::fs::read_to_string(dir.join("log")).unwrap();
    let line = log.lines().find(|line| line.contains("/lists/{number}/needs/{need}")).expect("it was logged");
    let line: serde_json::Value = serde_json::from_str(line).unwrap();
    assert_eq!((&line["status"], &line["method"]), (&200.into(), &"GET".into()));
    for secret in ["工信局", PASSWORD, "127.0.0.1", "lang=en", "yulin="] {
        assert!(!log.contains(secret), "the log holds {secret}");
    }
}

#[test]
fn serving_needs_leave_and_sound_flags() {
    let dir = tempfile::tempdir().unwrap();
    let dir = dir.path();
    ok(dir, &["init", "--name", "试验集群", "--region", "吉安市"]);
    people(dir, &[("审计员", Office::Auditor)]);
    let code = |args: &[&str]| {
        let output = run(dir, &[&["serve", "--port", "0"], args].concat());
        (output.status.code(), String::from_utf8_lossy(&output.stderr).into_owned())
    };
    assert_eq!(code(&["--as", "审计员"]).0, Some(3));
    assert_eq!(code(&["--tls-cert", "cert.pem"]).0, Some(2));
    let (exit, words) = code(&["--tls-cert", "cert.pem", "--tls-key", "key.pem"]);
    assert!(exit == Some(2) && words.contains("cert.pem"), "{words}");
    let (exit, words) = code(&["--base", "yulin.example.cn/web"]);
    assert!(exit == Some(2) && words.contains("https://yulin.example.cn"), "{words}");
}
