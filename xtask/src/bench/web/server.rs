//! A program that serves on a port of its own, and just enough HTTP to sign in to it and to look at a page.

use anyhow::{Context, Result, bail};
use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::Duration;

/// A running server; ended when dropped.
pub struct Server {
    child: Child,
    /// Its address: `127.0.0.1:port`.
    pub address: String,
}

/// An answer.
pub struct Answer {
    /// Status.
    pub status: u16,
    /// Head, as it came.
    pub head: String,
    /// Body; what is not UTF-8 is replaced.
    pub body: String,
}

impl Server {
    /// Starts a program that prints its address (`http://host:port/`) when it is ready.
    pub fn start(program: &Path, args: &[&str], dir: &Path) -> Result<Self> {
        let mut child = Command::new(program)
            .args(args)
            .current_dir(dir)
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .with_context(|| format!("cannot start {}", program.display()))?;
        let stdout = child.stdout.take().context("no standard output")?;
        let mut lines = BufReader::new(stdout).lines();
        let address = lines.by_ref().find_map(|line| {
            let line = line.ok()?;
            let (_, rest) = line.split_once("http://")?;
            rest.split('/').next().map(str::to_owned)
        });
        // Whatever it says later is read, so that it never waits for us.
        std::thread::spawn(move || lines.for_each(drop));
        match address {
            Some(address) => Ok(Self { child, address }),
            None => bail!("{} {} ended before it served", program.display(), args.join(" ")),
        }
    }

    /// Memory in use now, MiB.
    pub fn resident_mib(&self) -> Result<f64> {
        let status = std::fs::read_to_string(format!("/proc/{}/status", self.child.id()))?;
        let line = status.lines().find_map(|l| l.strip_prefix("VmRSS:")).context("no VmRSS")?;
        let kib: f64 = line.split_whitespace().next().context("VmRSS")?.parse()?;
        Ok(kib / 1024.0)
    }

    /// Asks for a page with these further lines of the head.
    pub fn get(&self, path: &str, head: &str) -> Result<Answer> {
        self.ask(&format!("GET {path} HTTP/1.1\r\n{head}"), "")
    }

    /// Sends a form with these further lines of the head.
    pub fn post(&self, path: &str, head: &str, form: &str) -> Result<Answer> {
        let kind = "Content-Type: application/x-www-form-urlencoded\r\n";
        let size = form.len();
        self.ask(&format!("POST {path} HTTP/1.1\r\n{head}{kind}Content-Length: {size}\r\n"), form)
    }

    fn ask(&self, head: &str, body: &str) -> Result<Answer> {
        let mut stream = TcpStream::connect(&self.address)?;
        stream.set_read_timeout(Some(Duration::from_secs(60)))?;
        write!(stream, "{head}Host: {}\r\nConnection: close\r\n\r\n{body}", self.address)?;
        let mut bytes = Vec::new();
        stream.read_to_end(&mut bytes)?;
        let text = String::from_utf8_lossy(&bytes);
        let (head, body) = text.split_once("\r\n\r\n").context("an answer without a head")?;
        let status = head.split(' ').nth(1).context("an answer without a status")?.parse()?;
        Ok(Answer { status, head: head.to_owned(), body: body.to_owned() })
    }

    /// Signs in through the sign-in page; the `Cookie` line that later requests send.
    pub fn sign_in(&self, name: &str, password: &str) -> Result<String> {
        let page = self.get("/sign-in", "")?;
        let cookies = cookies(&page);
        let csrf = page.body.split("name=\"csrf\" value=\"").nth(1).and_then(|rest| rest.split('"').next());
        let form = format!("csrf={}&name={name}&password={password}", csrf.unwrap_or(""));
        let answer = self.post("/sign-in", &cookie_line(&cookies), &form)?;
        if answer.status != 303 {
            bail!("{name} could not sign in: {} {}", answer.status, answer.body);
        }
        Ok(cookie_line(&self::cookies(&answer)))
    }
}

fn cookie_line(cookies: &[String]) -> String {
    if cookies.is_empty() { String::new() } else { format!("Cookie: {}\r\n", cookies.join("; ")) }
}

fn cookies(answer: &Answer) -> Vec<String> {
    let lines = answer.head.lines().filter_map(|l| {
        let (name, value) = l.split_once(": ")?;
        name.eq_ignore_ascii_case("set-cookie").then_some(value)
    });
    lines.filter_map(|v| v.split(';').next()).map(str::to_owned).collect()
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
