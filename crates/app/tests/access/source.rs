//! The crate's own text: every public method with an actor asks leave in its first line.

use std::path::{Path, PathBuf};

/// Methods with an actor whose leave is asked elsewhere, and why that is enough.
const ASKS_ELSEWHERE: &[(&str, &str)] = &[
    (
        "earlier_answer",
        "returns only what this account was answered before; the call itself asks when it runs",
    ),
    ("add_demo_accounts", "adds each account through add_account, which asks"),
    ("add_demo_meetings", "goes through the use cases of meetings, each of which asks"),
    ("keep_answer", "keeps an answer of a call that has asked"),
    ("free_key", "frees a key of the actor's own account"),
];

/// Methods without an actor, and why they need none.
const NO_ACTOR: &[(&str, &str)] = &[
    ("open", "opens the database; the process that may is the machine's"),
    ("open_existing", "as open"),
    ("close", "ends the process"),
    ("ready", "whether the database answers: no content"),
    ("actor", "makes the actor of an account at the machine's own console"),
    ("sign_in", "comes before there is an actor"),
    ("sign_out", "whoever holds the session may end it"),
    ("signed_in", "finds the actor of a session"),
    ("bearer", "finds the actor of a token"),
    ("is_new", "whether any account can sign in: for the first page"),
    ("invitation", "whoever holds the link may read what it is for"),
    ("accept_invitation", "whoever holds the link may use it once"),
    ("deliver", "sends what waits; the messages were queued by acts"),
    ("remind_follow_ups", "tells each firm's own people what is due, and shows nothing"),
    ("demo_accounts", "accounts of the fictional demo, which it prints itself"),
    (
        "passport",
        "whoever holds a code may read what its maker made public; more takes an actor who may see it",
    ),
    ("lang", "language of the installation, shown before anybody has signed in"),
];

fn files(folder: &Path, out: &mut Vec<PathBuf>) {
    for entry in std::fs::read_dir(folder).unwrap().flatten() {
        let path = entry.path();
        if path.is_dir() {
            files(&path, out);
        } else if path.extension().is_some_and(|e| e == "rs") && path.file_stem().is_none_or(|s| s != "tests")
        {
            out.push(path);
        }
    }
}

/// The public async functions of a text: name, parameters, first statement.
fn functions(text: &str) -> Vec<(String, String, String)> {
    let mut out = Vec::new();
    for piece in text.split("    pub async fn ").skip(1) {
        let name: String = piece.chars().take_while(|c| c.is_alphanumeric() || *c == '_').collect();
        // Parameters end where the brackets close.
        let mut depth = 0;
        let end = piece
            .char_indices()
            .find_map(|(at, c)| {
                depth += i32::from(c == '(') - i32::from(c == ')');
                (c == ')' && depth == 0).then_some(at)
            })
            .unwrap();
        let body = piece[end..].split_once("{\n").map_or("", |(_, body)| body);
        out.push((name, piece[..end].to_owned(), body.lines().next().unwrap_or("").trim().to_owned()));
    }
    out
}

#[test]
fn every_use_case_asks_leave_first() {
    let mut paths = Vec::new();
    files(Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/src")), &mut paths);
    let (mut asking, mut known) = (0, Vec::new());
    for path in paths {
        let text = std::fs::read_to_string(&path).unwrap();
        let text = text.split("#[cfg(test)]\nmod tests {").next().unwrap();
        for (name, parameters, first) in functions(text) {
            if !parameters.contains("&self") && !parameters.contains("Actor") && !name.starts_with("open") {
                continue;
            }
            let place = format!("{} in {}", name, path.display());
            if !parameters.contains("actor: &Actor") {
                assert!(
                    NO_ACTOR.iter().any(|(n, _)| *n == name),
                    "{place} takes no actor and says nowhere why"
                );
                known.push(name);
            } else if first.starts_with("actor.need(Act::") && first.ends_with(")?;") {
                asking += 1;
            } else {
                assert!(
                    ASKS_ELSEWHERE.iter().any(|(n, _)| *n == name),
                    "{place} does not ask leave first: {first}"
                );
                known.push(name);
            }
        }
    }
    assert!(asking > 60, "{asking}");
    for (name, _) in ASKS_ELSEWHERE.iter().chain(NO_ACTOR) {
        assert!(known.iter().any(|k| k == name), "{name} is excused, but is not there");
    }
}
