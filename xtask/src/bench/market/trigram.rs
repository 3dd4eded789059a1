//! PostgreSQL's pg_trgm on a private server: a GiST index, the ten nearest by trigram distance.

use super::retrieval::Cost;
use super::sets::JudgedSet;
use crate::{machine, postgres};
use anyhow::{Context, Result};
use std::fmt::Write as _;
use std::path::Path;

/// The peer's name.
pub const NAME: &str = "pg_trgm";

/// Processor time of the server's own process in seconds, as SQL: Linux counts it in hundredths.
const CPU: &str = "SELECT (f[14]::bigint + f[15]::bigint) / 100.0 FROM string_to_array(pg_read_file('/proc/self/stat'), ' ') f;";

/// Writes `run.txt` into the folder; none, with a printed line, where there is no PostgreSQL.
pub fn search(root: &Path, set: &JudgedSet, folder: &Path) -> Result<Option<Cost>> {
    let Some(server) = postgres::Server::start(root)? else {
        println!("skipped: {NAME}: there is no PostgreSQL");
        return Ok(None);
    };
    // Trigrams of Chinese need a locale that knows its characters for letters.
    let create = "CREATE DATABASE trigram TEMPLATE template0 ENCODING 'UTF8' LOCALE 'C.UTF-8'";
    machine::output(root, "psql", &[&server.url, "-qX", "-c", create])?;
    let mut sql = String::from("CREATE EXTENSION pg_trgm;\n");
    for (table, texts) in [("documents", &set.documents), ("queries", &set.queries)] {
        writeln!(sql, "CREATE TABLE {table} (place int, text text);\nCOPY {table} FROM stdin;")?;
        for (place, text) in texts.iter().enumerate() {
            let text = text.replace('\\', "\\\\").replace(['\t', '\n', '\r'], " ");
            writeln!(sql, "{place}\t{text}")?;
        }
        sql.push_str("\\.\n");
    }
    writeln!(
        sql,
        "{CPU}\nCREATE INDEX ON documents USING gist (text gist_trgm_ops(siglen=64));\nANALYZE;\n{CPU}"
    )?;
    sql.push_str(
        "SELECT (SELECT string_agg(place::text, ' ' ORDER BY distance) FROM (SELECT place, text <-> q.text AS distance \
         FROM documents ORDER BY text <-> q.text LIMIT 10) best) FROM queries q ORDER BY place;\n",
    );
    writeln!(sql, "{CPU}")?;
    let script = folder.join("trigram.sql");
    std::fs::write(&script, sql)?;
    let url = format!("{}/trigram", server.url.trim_end_matches("/postgres"));
    let said = machine::output(
        root,
        "psql",
        &[&url, "-AtqX", "-v", "ON_ERROR_STOP=1", "-f", &script.to_string_lossy()],
    )?;
    let lines: Vec<&str> = said.lines().collect();
    let [start, indexed, found @ .., end] = &lines[..] else { anyhow::bail!("{NAME} said {said}") };
    let seconds = |text: &str| text.parse::<f64>().with_context(|| format!("{NAME} said {text}"));
    std::fs::write(folder.join("run.txt"), found.join("\n") + "\n")?;
    Ok(Some(Cost {
        index_cpu_s: Some(seconds(indexed)? - seconds(start)?),
        search_cpu_s: seconds(end)? - seconds(indexed)?,
    }))
}
