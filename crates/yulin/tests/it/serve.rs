//! The pages over a real socket.

use crate::common::{ok, run, yulin};
use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::path::Path;
use std::process::{Child, Stdio};

/// A running server; killed when dropped.
struct Server {
    child: Child,
    address: String,
}

impl Server {
    fn start(dir: &Path) -> Self {
        let mut child = yulin(dir).args(["serve", "--port", "0"]).stdout(Stdio::piped()).spawn().unwrap();
        let mut line = String::new();
        BufReader::new(child.stdout.take().unwrap()).read_line(&mut line).unwrap();
        let address =
            line.split("http://").nth(1).and_then(|t| t.split('/').next()).expect("it says where").to_owned();
        Self { child, address }
    }

    /// Head and body of an answer.
    fn get(&self, path: &str) -> (String, String) {
        let mut stream = TcpStream::connect(&self.address).unwrap();
        write!(stream, "GET {path} HTTP/1.1\r\nHost: yulin\r\nConnection: close\r\n\r\n").unwrap();
        let mut answer = Vec::new();
        stream.read_to_end(&mut answer).unwrap();
        let answer = String::from_utf8_lossy(&answer).into_owned();
        let (head, body) = answer.split_once("\r\n\r\n").unwrap();
        (head.to_owned(), body.to_owned())
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
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
    let server = Server::start(dir);
    for (path, status, words) in [
        ("/", "200", &["本地配套率"][..]),
        ("/list", "200", &["第2号", "41.7 km", "显示屏面罩&lt;b&gt;"]),
        ("/lists/1", "200", &["第1号", "/lists/1/needs/1"]),
        ("/lists/1/needs/1", "200", &["相距 41.7 km", "±0.03mm"]),
        ("/needs?q=%E9%9D%A2%E7%BD%A9&page=abc&%zz", "200", &["虚构万安有限公司"]),
        ("/gaps?lang=en", "200", &["No gaps"]),
        ("/lists", "200", &["2026-12"]),
        ("/lists/7", "404", &["出错了"]),
        ("/lists/abc/needs/1", "404", &["没有这一页"]),
        ("/nowhere?lang=en", "404", &["There is no such page"]),
        ("/assets/yulin.css", "200", &["@media print"]),
        ("/health", "200", &["ok"]),
    ] {
        let (head, body) = server.get(path);
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
    assert!(server.get("/lists/1").1.contains("期间有误"));
}

#[test]
fn serving_needs_leave_and_a_word_beyond_this_machine() {
    let dir = tempfile::tempdir().unwrap();
    ok(dir.path(), &["users", "--add", "审计员", "--role", "auditor"]);
    assert_eq!(run(dir.path(), &["serve", "--host", "0.0.0.0", "--port", "0"]).status.code(), Some(2));
    assert_eq!(run(dir.path(), &["serve", "--port", "0", "--as", "审计员"]).status.code(), Some(3));
}
