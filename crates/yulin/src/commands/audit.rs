//! The audit log.

use crate::cli::{Audit, AuditShow};
use app::{Actor, App, AuditFilter, Code, Error, Result};
use jiff::Timestamp;
use jiff::tz::{TimeZone, offset};
use std::process::ExitCode;

pub async fn run(app: &App, actor: &Actor, args: &Audit) -> Result<ExitCode> {
    match args {
        Audit::Verify => verify(app, actor).await,
        Audit::Show(args) => show(app, actor, args).await,
    }
}

async fn verify(app: &App, actor: &Actor) -> Result<ExitCode> {
    let proof = app.verify_audit(actor).await?;
    if let Some((number, why)) = &proof.broken {
        say!("FAULT   entry {number}: {why}");
        return Ok(ExitCode::from(6));
    }
    say!("ok      {} entries 条, head {}", proof.entries, proof.head);
    Ok(ExitCode::SUCCESS)
}

async fn show(app: &App, actor: &Actor, args: &AuditShow) -> Result<ExitCode> {
    let query = AuditFilter {
        before: args.before,
        actor: args.who.clone(),
        action: args.action.clone(),
        object: args.object.clone(),
        limit: args.limit,
        ..AuditFilter::default()
    };
    for entry in app.audit(actor, &query).await? {
        if args.json {
            let line = serde_json::to_string(&entry)
                .map_err(|e| Error::new(Code::Internal, format!("cannot write an entry: {e}")))?;
            say!("{line}");
        } else {
            let (at, detail) = (at(entry.at_ms), &entry.detail);
            say!("{}\t{at}\t{}\t{}\t{}\t{detail}", entry.seq, entry.actor, entry.action, entry.object);
        }
    }
    Ok(ExitCode::SUCCESS)
}

/// A moment in China's time.
fn at(at_ms: i64) -> String {
    let at = Timestamp::from_millisecond(at_ms).unwrap_or(Timestamp::UNIX_EPOCH);
    at.to_zoned(TimeZone::fixed(offset(8))).strftime("%Y-%m-%d %H:%M:%S").to_string()
}
