//! Emptying the queue of what goes out.

use super::hooks::config_of;
use super::{HookConfig, written};
use crate::{App, Code, Error, Result};
use notify::Letter;
use std::collections::HashMap;
use std::time::{SystemTime, UNIX_EPOCH};

/// The first pause; each failure doubles it.
const PAUSE_MIN_MS: i64 = 60 * 1000;
const PAUSE_MAX_MS: i64 = 6 * 60 * 60 * 1000;
/// So often a letter is tried: with the pauses, for about a day and a half.
const TRIES: i64 = 12;
/// Letters taken up in one go.
const AT_ONCE: u32 = 100;
/// What was sent or given up stays to be looked at for so long.
const KEPT_MS: i64 = 30 * 24 * 60 * 60 * 1000;

#[boxed::futures]
impl App {
    /// Tries what is due in the queue, with doubling pauses (1 min to 6 h, 12 tries). The server calls it once a minute and
    /// after every change; nobody's leave is asked because nothing is shown. Returns how many went out.
    ///
    /// A letter whose sending was cut off by a crash between the other side's answer and the note of it goes out once more;
    /// otherwise each goes out once.
    ///
    /// # Errors
    /// Storage errors; a delivery that fails is none.
    pub async fn deliver(&self) -> Result<u32> {
        self.deliver_at(real_now_ms()).await
    }

    /// [`Self::deliver`] as at this moment, in milliseconds since 1970 UTC.
    pub(crate) async fn deliver_at(&self, now_ms: i64) -> Result<u32> {
        let Ok(_turn) = self.delivering.try_lock() else { return Ok(0) };
        let due = self.store.due_letters(now_ms, AT_ONCE).await?;
        if due.is_empty() {
            return Ok(0);
        }
        let hooks: HashMap<i64, store::Hook> =
            self.store.hooks().await?.into_iter().map(|hook| (hook.id, hook)).collect();
        let mut down: HashMap<i64, notify::Error> = HashMap::new();
        let mut sent = 0;
        for waiting in due {
            let Some(hook) = hooks.get(&waiting.hook) else { continue };
            let letter: Letter = serde_json::from_str(&waiting.message).unwrap_or_default();
            // What was written to one receiver does not outlast its delivery.
            let kept = written(&Letter {
                to: String::new(),
                body: String::new(),
                link: String::new(),
                ..letter.clone()
            });
            let outcome = match down.get(&waiting.hook) {
                // Nobody answers there: the letters behind wait too, instead of ten seconds each.
                Some(error) => Err(error.clone()),
                None => self.try_send(config_of(hook)?, letter).await?,
            };
            let Err(error) = outcome else {
                self.store.letter_sent(waiting.id, &kept, now_ms).await?;
                sent += 1;
                continue;
            };
            let tries = waiting.attempts + 1;
            let next_ms = (!error.is_for_good() && tries < TRIES).then(|| now_ms + pause_ms(tries));
            let (id, words) = (waiting.id, error.to_string());
            self.store.letter_failed(id, &kept, &words, next_ms, now_ms).await?;
            tracing::warn!(hook = waiting.hook, letter = id, tries, "not delivered: {words}");
            if matches!(
                error,
                notify::Error::Unreachable(_) | notify::Error::Timeout(_) | notify::Error::Tls(_)
            ) {
                down.insert(waiting.hook, error);
            }
        }
        self.store.clear_letters(now_ms - KEPT_MS).await?;
        Ok(sent)
    }

    /// Sends one letter beside the threads that answer requests.
    pub(super) async fn try_send(
        &self,
        config: HookConfig,
        letter: Letter,
    ) -> Result<Result<(), notify::Error>> {
        let sending = tokio::task::spawn_blocking(move || config.send(&letter, real_now_ms()));
        sending.await.map_err(|e| Error::new(Code::Internal, format!("a delivery was given up: {e}")))
    }
}

/// The pause after so many failures.
fn pause_ms(failures: i64) -> i64 {
    (PAUSE_MIN_MS << (failures - 1).clamp(0, 20)).min(PAUSE_MAX_MS)
}

/// The machine's own clock, whatever day the cluster lives in: pauses and signatures are of the real world.
fn real_now_ms() -> i64 {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    i64::try_from(since.as_millis()).unwrap_or(i64::MAX)
}
