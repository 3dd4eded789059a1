//! `cargo xtask schemathesis`: the running program on the demo cluster against its own OpenAPI document.
//!
//! Requests are made from the document, fitting and not fitting it; no answer may be a server error, and each must be one that the
//! document names: its status, its type, its headers, its shape.

use crate::machine;
use anyhow::{Context, Result, bail};
use std::fmt::Write as _;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

/// Requests of one kind to one operation.
const EXAMPLES: &str = "12";
/// Longest run as one person, seconds.
const SECONDS_MAX: &str = "100";
/// The same requests each time.
const SEED: &str = "20261122";
/// What is looked at in each answer.
const CHECKS: &str = "not_a_server_error,status_code_conformance,content_type_conformance,\
                      response_headers_conformance,response_schema_conformance,unsupported_method,\
                      allow_header_conformance,missing_required_header";
/// Offices as whose people the requests are sent: who may most, and who may see least.
const PEOPLE: [&str; 2] = ["示例管理员", "示例采购员"];
/// Password of the demo's accounts, as the program prints it.
const PASSWORD: &str = "demo-forest-2026";
/// This one calls whatever host it was told; that the other side did not answer is its answer.
const CALLS_OUT: &str = "test_hook";
/// These can end the token that the requests are sent with, and all after them would prove nothing: they are asked in a run of their own.
const END_TOKENS: [&str; 4] = ["revoke_token", "change_account", "reset_password", "change_password"];

/// Installs schemathesis beside what is built, runs it. Says what it cannot do and why; under `CI=true` that is a failure.
pub fn run(root: &Path) -> Result<()> {
    let folder = machine::target(root).join("schemathesis");
    std::fs::create_dir_all(&folder)?;
    let Some(program) = install(root, &folder)? else {
        let missing =
            "python 3 with venv is missing, or the packages of xtask/schemathesis.txt could not be installed";
        if machine::is_ci() {
            bail!("{missing}");
        }
        println!("skipped: requests made from the OpenAPI document: {missing}");
        return Ok(());
    };
    machine::run(root, "cargo", &["build", "--locked", "--package", "yulin"], &[])?;
    let others: Vec<&str> = [CALLS_OUT].into_iter().chain(END_TOKENS).collect();
    for person in PEOPLE {
        for (option, operations, token_lives) in [
            ("--exclude-operation-id", &others[..], true),
            ("--include-operation-id", &END_TOKENS[..], false),
        ] {
            let server = Server::start(root, &folder.join("demo"))?;
            let token = server.token(person)?;
            let document = format!("http://{}/api/openapi.json", server.address);
            println!("$ schemathesis run {document} as {person}, {option} {}", operations.join(" "));
            let status = requests(root, &program, &document, &token)
                .args(["--checks", CHECKS, "--phases", "examples,coverage,fuzzing"])
                .args(operations.iter().flat_map(|operation| [option, operation]))
                .current_dir(&folder)
                .status()
                .with_context(|| format!("cannot start {}", program.display()))?;
            if !status.success() {
                bail!("answers do not fit the OpenAPI document, as {person} ({status})");
            }
            if token_lives && !server.knows(&token)? {
                bail!(
                    "a request ended the token, and all after it proved nothing: name its operation in END_TOKENS"
                );
            }
        }
    }
    epcis(root, &folder, &program)
}

/// The same with the document of the interface of EPCIS: whatever is sent, the server does not fail.
fn epcis(root: &Path, folder: &Path, program: &Path) -> Result<()> {
    let server = Server::start(root, &folder.join("demo"))?;
    let token = server.token(PEOPLE[0])?;
    let document = format!("http://{}/epcis/2.0/openapi.json", server.address);
    println!("$ schemathesis run {document}");
    let status = requests(root, program, &document, &token)
        .args(["--checks", "not_a_server_error", "--phases", "coverage,fuzzing"])
        .current_dir(folder)
        .status()
        .with_context(|| format!("cannot start {}", program.display()))?;
    if !status.success() {
        bail!("the interface of EPCIS failed ({status})");
    }
    Ok(())
}

/// The command that sends requests made from a document as who has the token; what is checked is still to be said.
fn requests(root: &Path, program: &Path, document: &str, token: &str) -> Command {
    let mut command = Command::new(program);
    command
        .arg("--config-file")
        .arg(root.join("xtask/schemathesis.toml"))
        .args(["run", document, "--header", &format!("Authorization: Bearer {token}")])
        .args(["--max-examples", EXAMPLES, "--seed", SEED, "--generation-database", "none"])
        .args(["--max-time", SECONDS_MAX, "--continue-on-failure", "--no-color"])
        .args(["--suppress-health-check", "all", "--warnings", "off", "--request-timeout", "60"]);
    command
}

/// The program, installed as pinned; none where that cannot be.
fn install(root: &Path, folder: &Path) -> Result<Option<PathBuf>> {
    Ok(machine::python(root, folder, "xtask/schemathesis.txt")?
        .map(|python| python.with_file_name("schemathesis")))
}

/// The program serving a demo cluster of its own; stopped when dropped.
struct Server {
    child: Child,
    address: String,
}

impl Server {
    fn start(root: &Path, out: &Path) -> Result<Self> {
        let program = machine::target(root).join("debug/yulin");
        let mut child = Command::new(&program)
            .args(["demo", "--port", "0", "--out"])
            .arg(out)
            .stdout(Stdio::piped())
            .stderr(std::fs::File::create(out.with_extension("log"))?)
            .spawn()
            .with_context(|| format!("cannot start {}", program.display()))?;
        let mut lines = BufReader::new(child.stdout.take().context("its output is a pipe")?).lines();
        let address = lines
            .by_ref()
            .map_while(Result::ok)
            .find_map(|line| Some(line.split_once("http://")?.1.split('/').next().unwrap_or("").to_owned()));
        // What it says later must not fill the pipe.
        std::thread::spawn(move || lines.for_each(drop));
        match address {
            Some(address) => Ok(Self { child, address }),
            None => {
                let _ = child.kill();
                bail!("the demo did not start; see {}", out.with_extension("log").display())
            }
        }
    }

    /// Head and body of an answer.
    fn ask(
        &self,
        method: &str,
        path: &str,
        headers: &[(&str, &str)],
        body: &str,
    ) -> Result<(String, String)> {
        let mut stream = TcpStream::connect(&self.address)?;
        let mut head = format!("{method} {path} HTTP/1.1\r\nhost: {}\r\nconnection: close\r\n", self.address);
        for (name, value) in headers {
            write!(head, "{name}: {value}\r\n")?;
        }
        write!(head, "content-length: {}\r\n\r\n", body.len())?;
        stream.write_all(format!("{head}{body}").as_bytes())?;
        let mut answer = String::new();
        stream.read_to_string(&mut answer)?;
        let (head, body) = answer.split_once("\r\n\r\n").context("an answer has a head")?;
        Ok((head.to_owned(), body.to_owned()))
    }

    /// A token of a demo account that may change things.
    fn token(&self, person: &str) -> Result<String> {
        let json = ("content-type", "application/json");
        let body = serde_json::json!({"name": person, "password": PASSWORD}).to_string();
        let (head, answer) = self.ask("POST", "/api/v1/session", &[json], &body)?;
        let session: serde_json::Value = serde_json::from_str(&answer)
            .with_context(|| format!("no session for {person}: {head}\n{answer}"))?;
        let csrf = session["csrf"].as_str().context("a session has its word for forms")?;
        let cookie = head
            .lines()
            .find_map(|line| line.strip_prefix("set-cookie: ")?.split(';').next())
            .context("a session has a cookie")?;
        let headers = [json, ("cookie", cookie), ("x-csrf", csrf)];
        let body = r#"{"name": "schemathesis", "may_write": true, "days": 1}"#;
        let (_, answer) = self.ask("POST", "/api/v1/me/tokens", &headers, body)?;
        let token: serde_json::Value = serde_json::from_str(&answer).context(answer)?;
        token["secret"].as_str().map(str::to_owned).context("a new token has a secret")
    }

    /// Whether a token still opens its account.
    fn knows(&self, token: &str) -> Result<bool> {
        let (head, _) =
            self.ask("GET", "/api/v1/me", &[("authorization", &format!("Bearer {token}"))], "")?;
        Ok(head.starts_with("HTTP/1.1 200"))
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
