//! Subscriptions: who gets the events of a named query, when, and at which addresses.
//!
//! What waits for a subscriber is nowhere but in the ledger: a subscription remembers the last event that its subscriber took, and each
//! delivery begins behind it. So nothing is lost while a subscriber is away, and nothing piles up.

use super::named::{definition, request};
use super::schedule::EventSchedule;
use super::scope::Scope;
use super::search::{EpcFormat, EventMark, EventRequest, Stretch, read, written};
use crate::aside::aside;
use crate::people::random_token;
use crate::{Act, Actor, App, Code, Error, Result};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use store::{EventQuery, EventSubscription, NewEventSubscription};

/// Subscriptions to a query at most.
const MOST: i64 = 20;
/// Events in one delivery at most.
const EVENTS_AT_ONCE: usize = 500;
/// Subscriptions served in one go.
const AT_ONCE: u32 = 100;
/// The first pause after a failure; each further one doubles it.
const PAUSE_MIN_MS: i64 = 10 * 1000;
const PAUSE_MAX_MS: i64 = 60 * 60 * 1000;
/// The setting that holds where deliveries may go.
const TARGETS: &str = "event_targets";

/// When and how a subscriber is told.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct SubscriptionSettings {
    /// At these times; else as soon as events come.
    #[serde(skip_serializing_if = "EventSchedule::is_empty")]
    pub schedule: EventSchedule,
    /// Also where nothing matched, at scheduled times.
    pub report_if_empty: bool,
    /// Events recorded from this time on; else those from the subscription on.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub initial_record_time: Option<Timestamp>,
    /// How identifiers are written.
    pub format: EpcFormat,
}

/// A subscription as its owner sees it; what answers are signed with never comes out again.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SubscriptionInfo {
    /// Its public name.
    pub id: String,
    /// Name of the query.
    pub query: String,
    /// Where answers go.
    pub target: String,
    /// When and how.
    pub settings: SubscriptionSettings,
    /// When it was made, milliseconds since 1970 UTC.
    pub created_ms: i64,
    /// When the subscriber got something last.
    pub notified_ms: Option<i64>,
    /// What went wrong last, until it goes right again.
    pub error: Option<String>,
}

/// What a listener got, and where the next time begins.
#[derive(Debug, Clone, PartialEq)]
pub struct EventsSince {
    /// Events that match.
    pub events: Vec<Value>,
    /// The last event that was looked at.
    pub after: i64,
}

fn info(subscription: EventSubscription) -> SubscriptionInfo {
    SubscriptionInfo {
        settings: settings(&subscription),
        id: subscription.token,
        query: subscription.query.name,
        target: subscription.target,
        created_ms: subscription.created_ms,
        notified_ms: subscription.notified_ms,
        error: subscription.error,
    }
}

fn settings(subscription: &EventSubscription) -> SubscriptionSettings {
    serde_json::from_str(&subscription.settings).unwrap_or_default()
}

/// True where a target lies at one of the addresses that the administrator allows. Compared as text: an allowed address is a whole
/// origin or a path below one, so nothing else can be reached by a clever spelling.
fn is_allowed(target: &str, allowed: &[String]) -> bool {
    let is_plain = target.bytes().all(|b| b.is_ascii_graphic() && !matches!(b, b'\\' | b'@' | b'#'));
    is_plain
        && !target.contains("..")
        && !target.to_ascii_lowercase().contains("%2e")
        && allowed.iter().any(|allowed| {
            let allowed = allowed.trim_end_matches('/');
            target.strip_prefix(allowed).is_some_and(|rest| rest.is_empty() || rest.starts_with(['/', '?']))
        })
}

#[boxed::futures]
impl App {
    /// Addresses to which deliveries may go.
    ///
    /// # Errors
    /// Storage errors.
    pub async fn event_targets(&self, actor: &Actor) -> Result<Vec<String>> {
        actor.need(Act::EventTargets)?;
        self.targets().await
    }

    async fn targets(&self) -> Result<Vec<String>> {
        let text = self.store.setting(TARGETS).await?.unwrap_or_default();
        Ok(serde_json::from_str(&text).unwrap_or_default())
    }

    /// Says to which addresses deliveries may go: origins, or paths below them.
    ///
    /// # Errors
    /// [`Code::BadInput`] for what is no address of http or https; storage errors.
    pub async fn set_event_targets(&self, actor: &Actor, targets: &[String]) -> Result<()> {
        actor.need(Act::SetEventTargets)?;
        for target in targets {
            let is_plain =
                target.bytes().all(|b| b.is_ascii_graphic() && !matches!(b, b'\\' | b'@' | b'#' | b'?'));
            if !is_plain || notify::Robot::host(target).is_none() {
                let what = format!("“{target}” is no address such as https://host.example/path");
                return Err(Error::new(Code::BadInput, what));
            }
        }
        Ok(self.store.set_setting(TARGETS, &json!(targets).to_string(), &self.by(actor)).await?)
    }

    /// Subscriptions to one of the actor's queries, oldest first.
    ///
    /// # Errors
    /// [`Code::NotFound`]; storage errors.
    pub async fn event_subscriptions(&self, actor: &Actor, query: &str) -> Result<Vec<SubscriptionInfo>> {
        actor.need(Act::EventQueries)?;
        let scope = self.scope(actor).await?;
        let query = self.store.event_query(scope.key(), query).await?;
        Ok(self.store.event_subscriptions(query.id).await?.into_iter().map(info).collect())
    }

    /// Subscribes an address to a query; gives the subscription. `secret` signs what is sent (HMAC-SHA-256); it may be empty.
    ///
    /// # Errors
    /// [`Code::NotFound`] for the query; [`Code::NotAllowed`] for an address that the administrator has not allowed;
    /// [`Code::BadInput`] for a schedule that never fits; storage errors.
    pub async fn subscribe(
        &self,
        actor: &Actor,
        query: &str,
        target: &str,
        secret: &str,
        settings: &SubscriptionSettings,
    ) -> Result<SubscriptionInfo> {
        actor.need(Act::Subscribe)?;
        let scope = self.scope(actor).await?;
        let query = self.store.event_query(scope.key(), query).await?;
        if !is_allowed(target, &self.targets().await?) {
            return Err(Error::new(Code::NotAllowed, "deliveries may not go to this address")
                .hint("the administrator allows addresses at /api/v1/ledger/targets"));
        }
        if secret.len() > 500 {
            return Err(Error::new(Code::BadInput, "signatureToken: at most 500 characters"));
        }
        let now_ms = self.now_ms();
        let next_ms = if settings.schedule.is_empty() { 0 } else { settings.schedule.next(now_ms)? };
        self.catch_up_index().await?;
        let after = if settings.initial_record_time.is_some() { 0 } else { self.store.index_end().await?.0 };
        let new = NewEventSubscription {
            token: random_token()?,
            query: query.id,
            target: target.to_owned(),
            secret: secret.to_owned(),
            settings: serde_json::to_string(settings).unwrap_or_default(),
            after,
            next_ms,
        };
        self.store.add_event_subscription(&new, MOST, &self.by(actor)).await?;
        let made = self.store.event_subscriptions(query.id).await?.into_iter().find(|s| s.token == new.token);
        made.map(info).ok_or_else(|| Error::new(Code::Conflict, "the subscription is gone already"))
    }

    /// Ends a subscription.
    ///
    /// # Errors
    /// [`Code::NotFound`]; storage errors.
    pub async fn unsubscribe(&self, actor: &Actor, query: &str, id: &str) -> Result<()> {
        actor.need(Act::Subscribe)?;
        let scope = self.scope(actor).await?;
        let query = self.store.event_query(scope.key(), query).await?;
        Ok(self.store.delete_event_subscription(query.id, id, &self.by(actor)).await?)
    }

    /// Events of a query that came after a number (from now on where none is named), for who listens himself.
    ///
    /// # Errors
    /// [`Code::NotFound`]; as [`Self::search_events`].
    pub async fn events_since(
        &self,
        actor: &Actor,
        query: &str,
        after: Option<i64>,
        settings: &SubscriptionSettings,
    ) -> Result<EventsSince> {
        actor.need(Act::EventQueries)?;
        let scope = self.scope(actor).await?;
        let query = self.store.event_query(scope.key(), query).await?;
        self.catch_up_index().await?;
        let after = match (after, settings.initial_record_time) {
            (Some(after), _) => after,
            (None, Some(_)) => 0,
            (None, None) => {
                return Ok(EventsSince { events: Vec::new(), after: self.store.index_end().await?.0 });
            }
        };
        self.since(&scope, &query, after, settings).await
    }

    /// A piece of what came after a number.
    async fn since(
        &self,
        scope: &Scope,
        query: &EventQuery,
        after: i64,
        settings: &SubscriptionSettings,
    ) -> Result<EventsSince> {
        let until = self.store.index_end().await?.0;
        // Who listens asks every second: nothing new is the usual answer.
        if until <= after {
            return Ok(EventsSince { events: Vec::new(), after });
        }
        let EventRequest { mut parameters, prefixes, .. } = request(&definition(query)?)?;
        // A subscriber gets every event once, as they come.
        parameters.retain(|p| {
            !["orderBy", "orderDirection", "eventCountLimit", "maxEventCount"].contains(&p.name.as_str())
        });
        if let Some(time) = settings.initial_record_time {
            let name = "GE_recordTime".to_owned();
            parameters.push(ledger::query::Parameter { name, values: vec![time.to_string()] });
        }
        let parameters = self.with_master_data(&parameters).await?;
        let (query, _) = read(&parameters, &prefixes)?;
        let stretch = Stretch { after, until: Some(until) };
        let (hits, next) = self.hits(scope, &query, stretch, None, EVENTS_AT_ONCE).await?;
        let after = next.map_or(until, EventMark::seq);
        let events = hits.iter().map(|hit| written(hit, settings.format)).collect::<Result<_>>()?;
        Ok(EventsSince { events, after })
    }

    /// Tells subscribers what came for them. The server calls it every few seconds and after each capture. Gives how many deliveries were
    /// taken.
    ///
    /// A delivery that was cut off by a crash between the other side's answer and the note of it goes out once more; otherwise each
    /// event goes to each subscriber once. Nothing is given up: a subscriber who does not answer is tried with pauses that grow to an hour.
    ///
    /// # Errors
    /// Storage errors; a delivery that fails is none.
    pub async fn deliver_events(&self) -> Result<u32> {
        let Ok(_turn) = self.telling.try_lock() else { return Ok(0) };
        let due = self.store.due_subscriptions(self.now_ms(), AT_ONCE).await?;
        if due.is_empty() {
            return Ok(0);
        }
        self.catch_up_index().await?;
        let end = self.store.index_end().await?.0;
        let allowed = self.targets().await?;
        let mut sent = 0;
        for subscription in due {
            let is_scheduled = !settings(&subscription).schedule.is_empty();
            if subscription.after == end && !is_scheduled {
                continue;
            }
            match self.tell_subscriber(&subscription, &allowed).await {
                Ok(count) => sent += count,
                Err(error) => {
                    let pause = (PAUSE_MIN_MS << subscription.attempts.clamp(0, 20)).min(PAUSE_MAX_MS);
                    let next_ms = self.now_ms() + pause;
                    tracing::warn!(subscription = subscription.id, "not delivered: {error}");
                    self.store.subscription_failed(subscription.id, &error.message, next_ms).await?;
                }
            }
        }
        Ok(sent)
    }

    /// Tells one subscriber all that waits for him.
    async fn tell_subscriber(&self, subscription: &EventSubscription, allowed: &[String]) -> Result<u32> {
        if !is_allowed(&subscription.target, allowed) {
            return Err(Error::new(Code::NotAllowed, "deliveries may no longer go to this address"));
        }
        let settings = settings(subscription);
        let scope = self.scope_of(&subscription.query.enterprise).await?;
        let mut after = subscription.after;
        let mut sent = 0;
        loop {
            let piece = self.since(&scope, &subscription.query, after, &settings).await?;
            let is_last = piece.after >= self.store.index_end().await?.0;
            let is_report = is_last && sent == 0 && settings.report_if_empty && !settings.schedule.is_empty();
            let is_due = !piece.events.is_empty() || is_report;
            if is_due {
                let document =
                    self.query_document(&subscription.query.name, Some(&subscription.token), &piece.events);
                let (url, secret) = (subscription.target.clone(), subscription.secret.clone());
                aside(move || {
                    let sent = notify::post_json(&url, &document.to_string(), &secret);
                    sent.map_err(|e| Error::new(Code::Output, e.to_string()))
                })
                .await?;
                sent += 1;
            }
            after = piece.after;
            let now_ms = self.now_ms();
            let next_ms =
                if settings.schedule.is_empty() || !is_last { 0 } else { settings.schedule.next(now_ms)? };
            self.store.subscription_served(subscription.id, after, next_ms, is_due.then_some(now_ms)).await?;
            if is_last {
                return Ok(sent);
            }
        }
    }

    /// The answer to a query as a document.
    pub fn query_document(&self, query: &str, subscription: Option<&str>, events: &[Value]) -> Value {
        let created = Timestamp::from_millisecond(self.now_ms()).unwrap_or(Timestamp::UNIX_EPOCH);
        let mut results = json!({ "queryName": query, "resultsBody": { "eventList": events } });
        if let (Some(id), Value::Object(fields)) = (subscription, &mut results) {
            fields.insert("subscriptionID".to_owned(), json!(id));
        }
        json!({
            "@context": [exchange::epcis_xml::EPCIS_CONTEXT],
            "type": "EPCISQueryDocument",
            "schemaVersion": "2.0",
            "creationDate": created.to_string(),
            "epcisBody": { "queryResults": results },
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_allowed_addresses_are_reached() {
        let allowed = ["https://erp.example/hook".to_owned(), "http://127.0.0.1:20600/".to_owned()];
        for (target, expect) in [
            ("https://erp.example/hook", true),
            ("https://erp.example/hook/a?b=c", true),
            ("https://erp.example/hook?b=c", true),
            ("https://erp.example/hooks", false),
            ("https://erp.example", false),
            ("https://erp.example.evil.example/hook", false),
            ("https://erp.example@evil.example/hook", false),
            ("https://erp.example/hook/../admin", false),
            ("https://erp.example/hook/%2e%2e/admin", false),
            ("http://erp.example/hook", false),
            ("http://127.0.0.1:20600/x", true),
            ("http://127.0.0.1:20600", true),
            ("http://127.0.0.1:206001/x", false),
            ("http://127.0.0.1:20600@evil.example/", false),
            ("http://127.0.0.1:20600\\@evil.example/", false),
            ("http://localhost:20600/x", false),
            ("http://169.254.169.254/latest", false),
            ("file:///etc/passwd", false),
            ("", false),
        ] {
            assert_eq!(is_allowed(target, &allowed), expect, "{target}");
        }
        assert!(!is_allowed("https://erp.example/hook", &[]));
    }

    /// A subscriber on a socket: answers with these statuses in turn, then 200; what it got.
    fn subscriber(statuses: Vec<u16>) -> (String, std::sync::mpsc::Receiver<String>) {
        use std::io::{Read, Write};
        let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
        let url = format!("http://{}/in", listener.local_addr().unwrap());
        let (got, gets) = std::sync::mpsc::channel();
        std::thread::spawn(move || {
            let mut statuses = statuses.into_iter();
            for stream in listener.incoming() {
                let mut stream = stream.unwrap();
                let mut all = Vec::new();
                let mut piece = [0; 4096];
                let (mut end, mut length) = (usize::MAX, 0);
                while all.len() < end.saturating_add(length) {
                    let n = stream.read(&mut piece).unwrap();
                    all.extend_from_slice(&piece[..n]);
                    if let Some(at) = all.windows(4).position(|w| w == b"\r\n\r\n") {
                        let head = String::from_utf8_lossy(&all[..at]).to_ascii_lowercase();
                        length = head
                            .split("content-length: ")
                            .nth(1)
                            .unwrap()
                            .lines()
                            .next()
                            .unwrap()
                            .parse()
                            .unwrap();
                        end = at + 4;
                    }
                }
                let status = statuses.next().unwrap_or(200);
                write!(stream, "HTTP/1.1 {status} x\r\ncontent-length: 0\r\nconnection: close\r\n\r\n")
                    .unwrap();
                if got.send(String::from_utf8(all).unwrap()).is_err() {
                    return;
                }
            }
        });
        (url, gets)
    }

    fn event(day: u32) -> crate::InputFile {
        let text = format!(
            r#"{{"@context": ["https://ref.gs1.org/standards/epcis/2.0.0/epcis-context.jsonld"], "type": "ObjectEvent", "action": "ADD",
            "eventTime": "2026-01-{day:02}T00:00:00Z", "eventTimeZoneOffset": "+08:00", "epcList": ["urn:epc:id:sgtin:4012345.011111.{day}"]}}"#
        );
        crate::InputFile { name: "e.json".to_owned(), bytes: text.into_bytes() }
    }

    #[tokio::test(flavor = "multi_thread")]
    async fn a_subscriber_who_was_away_loses_nothing() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("t.db");
        let app = App::open(path.to_str().unwrap(), crate::Clock::china()).await.unwrap();
        let me = Actor::local();
        let (url, got) = subscriber(vec![500, 200, 302]);
        let origin = url.trim_end_matches("/in").to_owned();
        app.set_event_targets(&me, std::slice::from_ref(&origin)).await.unwrap();
        app.add_event_query(&me, "all", &json!({}), &[]).await.unwrap();
        app.capture_event(&me, event(1)).await.unwrap();
        let settings = SubscriptionSettings::default();
        app.subscribe(&me, "all", &url, "geheim", &settings).await.unwrap();
        assert_eq!(app.deliver_events().await.unwrap(), 0, "what was there before is not for the subscriber");
        app.capture_event(&me, event(2)).await.unwrap();
        // It is away (500): the event waits, and another comes.
        assert_eq!(app.deliver_events().await.unwrap(), 0);
        assert!(got.recv().unwrap().contains("/21/2"));
        app.capture_event(&me, event(3)).await.unwrap();
        let due = app.event_subscriptions(&me, "all").await.unwrap();
        assert!(due[0].error.as_deref().unwrap().contains("500"));
        app.store.subscription_failed(1, "again", 0).await.unwrap();
        assert_eq!(app.deliver_events().await.unwrap(), 1);
        let sent = got.recv().unwrap();
        let head = sent.to_ascii_lowercase();
        assert!(head.starts_with("post /in") && head.contains("gs1-signature: sha256="), "{sent}");
        assert!(sent.contains("/21/2") && sent.contains("/21/3") && !sent.contains("/21/1\""), "{sent}");
        assert_eq!(app.deliver_events().await.unwrap(), 0, "each event goes once");
        // A redirection is not followed, and an address that is no longer allowed gets nothing.
        app.capture_event(&me, event(4)).await.unwrap();
        assert_eq!(app.deliver_events().await.unwrap(), 0);
        got.recv().unwrap();
        app.set_event_targets(&me, &[]).await.unwrap();
        app.store.subscription_failed(1, "again", 0).await.unwrap();
        assert_eq!(app.deliver_events().await.unwrap(), 0);
        assert!(got.try_recv().is_err());
        app.set_event_targets(&me, &[origin]).await.unwrap();
        app.store.subscription_failed(1, "again", 0).await.unwrap();
        assert_eq!(app.deliver_events().await.unwrap(), 1);
        assert!(got.recv().unwrap().contains("/21/4"));
    }

    #[tokio::test(flavor = "multi_thread")]
    async fn a_document_that_was_taken_is_captured_by_the_next_program() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("t.db");
        let open = async || App::open(path.to_str().unwrap(), crate::Clock::china()).await.unwrap();
        let me = Actor::local();
        let app = open().await;
        let token = app.take_capture(&me, event(5), false).await.unwrap();
        // It stops before anything was captured.
        drop(app);
        let app = open().await;
        assert!(app.capture_job(&me, &token).await.unwrap().running);
        assert_eq!(app.work_captures().await.unwrap(), 1);
        let job = app.capture_job(&me, &token).await.unwrap();
        assert!(!job.running && job.success);
        assert_eq!((job.captured, job.known), (1, 0));
        // Twice taken, once stored.
        let again = app.take_capture(&me, event(5), false).await.unwrap();
        app.work_captures().await.unwrap();
        let job = app.capture_job(&me, &again).await.unwrap();
        assert_eq!((job.captured, job.known, job.success), (0, 1, true));
        assert!(app.verify_events(&me).await.unwrap().broken.is_none());
    }
}
