//! Subscriptions over a WebSocket: the events of a named query, as they come or on a schedule, as long as the other side listens.
//!
//! Only with an API token: a browser sends its cookie to any page's WebSocket, so a session would open events to other sites' scripts.
//! Whether the token still holds is asked again every minute.

use super::client::Client;
use super::events::Answer;
use super::refusal::{On, Refusal, Refuse};
use crate::site::Site;
use app::{Actor, SubscriptionSettings};
use axum::extract::ws::{Message, WebSocket, WebSocketUpgrade};
use std::time::Duration;
use tokio::sync::OwnedSemaphorePermit;

/// How often the ledger is asked.
const PAUSE: Duration = Duration::from_secs(1);
/// How often the token is asked, in pauses.
const CHECK_EVERY: u32 = 60;

/// Begins to listen.
pub async fn listen(
    client: Client,
    site: Site,
    name: String,
    settings: SubscriptionSettings,
    upgrade: WebSocketUpgrade,
) -> Answer {
    let Some(token) = client.caller.token.clone() else {
        return Err(Refusal::new(403, "SecurityException", "a WebSocket needs an API token, not a session"));
    };
    let Ok(place) = site.sockets.clone().try_acquire_owned() else {
        return Err(Refusal::new(503, "ImplementationException", "too many listen already"));
    };
    // Faults of the query or the schedule are told before, with their status.
    let now_ms = site.app.now_ms();
    if !settings.schedule.is_empty() {
        settings.schedule.next(now_ms).on(On::Subscription)?;
    }
    let actor = client.caller.actor().clone();
    let first = site.app.events_since(&actor, &name, None, &SubscriptionSettings::default()).await;
    let after = first.on(On::Name)?.after;
    let after = if settings.initial_record_time.is_some() { 0 } else { after };
    let listener = Listener { site, token, actor, name, settings, after, _place: place };
    Ok(upgrade.max_message_size(64 << 10).on_upgrade(move |socket| listener.run(socket)))
}

struct Listener {
    site: Site,
    token: String,
    actor: Actor,
    name: String,
    settings: SubscriptionSettings,
    after: i64,
    _place: OwnedSemaphorePermit,
}

impl Listener {
    async fn run(mut self, mut socket: WebSocket) {
        let mut tick = tokio::time::interval(PAUSE);
        let mut due_ms = self.next_ms();
        let mut since_check = 0;
        loop {
            tokio::select! {
                said = socket.recv() => match said {
                    // What a listener says is not asked for; pings are answered by the library.
                    Some(Ok(Message::Close(_)) | Err(_)) | None => return,
                    Some(Ok(_)) => continue,
                },
                _ = tick.tick() => {}
            }
            since_check += 1;
            if since_check >= CHECK_EVERY {
                since_check = 0;
                match self.site.app.bearer(&self.token).await {
                    Ok(Some(signed_in)) => self.actor = signed_in.actor,
                    _ => return,
                }
            }
            if self.site.app.now_ms() < due_ms {
                continue;
            }
            due_ms = self.next_ms();
            if !self.tell(&mut socket).await {
                return;
            }
        }
    }

    fn next_ms(&self) -> i64 {
        if self.settings.schedule.is_empty() {
            return 0;
        }
        self.settings.schedule.next(self.site.app.now_ms()).unwrap_or(i64::MAX)
    }

    /// Sends all that came; false where the connection is to end.
    async fn tell(&mut self, socket: &mut WebSocket) -> bool {
        let mut is_told = false;
        loop {
            let app = &self.site.app;
            let Ok(piece) = app.events_since(&self.actor, &self.name, Some(self.after), &self.settings).await
            else {
                return false;
            };
            let is_last = piece.after == self.after || piece.events.is_empty();
            self.after = piece.after;
            let is_report =
                is_last && !is_told && self.settings.report_if_empty && !self.settings.schedule.is_empty();
            if !piece.events.is_empty() || is_report {
                let document = app.query_document(&self.name, None, &piece.events);
                if socket.send(Message::text(document.to_string())).await.is_err() {
                    return false;
                }
                is_told = true;
            }
            if is_last {
                return true;
            }
        }
    }
}
