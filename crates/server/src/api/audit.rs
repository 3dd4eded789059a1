//! The audit log: who saw what is protected, changed, published, exported.

use super::caller::Caller;
use super::problem::{Answer, Problem};
use super::read::Query;
use super::write::ok;
use crate::site::Site;
use app::AuditFilter;
use axum::http::{HeaderValue, header};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

pub fn routes() -> OpenApiRouter<Site> {
    OpenApiRouter::new().routes(routes!(audit)).routes(routes!(verify_audit))
}

/// What to show.
#[derive(Debug, Clone, Default, Deserialize, IntoParams)]
#[serde(default, deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct EntriesQuery {
    /// Only entries with a smaller number.
    before: Option<i64>,
    /// Only this account's.
    actor: String,
    /// Only actions that begin so.
    #[param(example = "list.")]
    action: String,
    /// Only objects that begin so.
    object: String,
    /// From this time on, milliseconds since 1970 UTC.
    from_ms: Option<i64>,
    /// To this time, milliseconds since 1970 UTC, not included.
    until_ms: Option<i64>,
    /// At most so many; 100 where nothing is said.
    #[param(minimum = 1, maximum = 1000)]
    limit: Option<u32>,
}

/// An entry.
#[derive(Debug, Serialize, ToSchema)]
struct Entry {
    /// Place in the chain, from 1.
    seq: i64,
    /// Milliseconds since 1970 UTC.
    at_ms: i64,
    /// Name of the account.
    actor: String,
    /// What was done, such as `list.publish`.
    action: String,
    /// To what, such as `list/3`.
    object: String,
    /// Further facts, as JSON text.
    detail: String,
    /// Hash of the entry before; empty for the first.
    prev_hash: String,
    /// SHA-256 of the JSON array `[seq, at_ms, actor, action, object, detail, prev_hash]` without white space.
    hash: String,
}

/// Read the audit log
///
/// Newest first; the header `Link` with `rel="next"` leads to the entries before.
#[utoipa::path(get, path = "/audit", tag = "audit", params(EntriesQuery), responses((status = 200, body = Vec<Entry>)))]
async fn audit(caller: Caller, Query(query): Query<EntriesQuery>) -> Answer {
    let limit = query.limit.unwrap_or(100);
    if !(1..=1000).contains(&limit) {
        return Err(Problem::at("query", "limit", "1 to 1000"));
    }
    let EntriesQuery { before, actor, action, object, from_ms, until_ms, .. } = query;
    let query = AuditFilter { before, actor, action, object, from_ms, until_ms, limit };
    let entries = caller.app().audit(caller.actor(), &query).await?;
    let last = entries.last().map(|e| e.seq).filter(|seq| *seq > 1 && entries.len() == limit as usize);
    let entry = |e: app::AuditEntry| Entry {
        seq: e.seq,
        at_ms: e.at_ms,
        actor: e.actor,
        action: e.action,
        object: e.object,
        detail: e.detail,
        prev_hash: e.prev_hash,
        hash: e.hash,
    };
    let mut response = ok(&entries.into_iter().map(entry).collect::<Vec<_>>())?;
    if let Some(seq) = last {
        let kept = crate::words::pairs(caller.uri.query().unwrap_or("")).filter(|(name, _)| name != "before");
        let mut query: Vec<String> = kept
            .map(|(name, value)| format!("{}={}", crate::words::encode(&name), crate::words::encode(&value)))
            .collect();
        query.push(format!("before={seq}"));
        let link = format!("<{}?{}>; rel=\"next\"", caller.uri.path(), query.join("&"));
        if let Ok(value) = HeaderValue::from_str(&link) {
            response.headers_mut().insert(header::LINK, value);
        }
    }
    Ok(response)
}

/// What the chain proves.
#[derive(Debug, Serialize, ToSchema)]
struct AuditProof {
    /// True where every entry fits.
    sound: bool,
    /// Entries looked at.
    entries: i64,
    /// Hash of the last; kept elsewhere, it shows later whether the end was cut off.
    head: String,
    /// Number of the first entry that does not fit.
    #[serde(skip_serializing_if = "Option::is_none")]
    broken_at: Option<i64>,
    /// Why it does not fit.
    #[serde(skip_serializing_if = "Option::is_none")]
    broken_why: Option<String>,
}

/// Prove the audit log
///
/// Computes the whole chain again.
#[utoipa::path(get, path = "/audit/verification", tag = "audit", responses((status = 200, body = AuditProof)))]
async fn verify_audit(caller: Caller) -> Answer {
    let proof = caller.app().verify_audit(caller.actor()).await?;
    let (broken_at, broken_why) = proof.broken.unzip();
    ok(&AuditProof {
        sound: broken_at.is_none(),
        entries: proof.entries,
        head: proof.head,
        broken_at,
        broken_why,
    })
}
