//! Whoever guesses passwords waits longer and longer. Counted in memory, per account name and per address.

use std::collections::HashMap;
use std::time::Duration;

/// Failures after which a name or an address waits.
const FREE_OF_NAME: u32 = 5;
const FREE_OF_ADDRESS: u32 = 20;
/// The first wait; each further failure doubles it.
const WAIT_MIN: Duration = Duration::from_secs(30);
const WAIT_MAX: Duration = Duration::from_secs(15 * 60);
/// What was not tried for so long is forgotten.
const FORGET: Duration = Duration::from_secs(60 * 60);
/// So many names and addresses are remembered; beyond that the ones tried longest ago are forgotten first.
const REMEMBERED: usize = 10_000;

#[derive(Debug, Clone, Copy, Default)]
struct Tries {
    count: u32,
    last: Duration,
    until: Duration,
}

/// Counts of tries. Time is an argument: how long the program runs.
#[derive(Debug, Default)]
pub(crate) struct Throttle {
    tries: HashMap<(bool, String), Tries>,
}

impl Throttle {
    /// Counts a try before it is made, so that many at once cannot slip through; [`Self::succeeded`] takes it back.
    ///
    /// # Errors
    /// How long to wait; then nothing is counted.
    pub(crate) fn enter(&mut self, name: &str, from: &str, now: Duration) -> Result<(), Duration> {
        let keys = keys(name, from);
        let wait = keys.iter().filter_map(|key| self.tries.get(key)?.until.checked_sub(now)).max();
        if let Some(wait) = wait.filter(|wait| !wait.is_zero()) {
            return Err(wait);
        }
        if self.tries.len() >= REMEMBERED {
            self.forget(now);
        }
        for key in keys {
            let free = if key.0 { FREE_OF_ADDRESS } else { FREE_OF_NAME };
            let tries = self.tries.entry(key).or_default();
            if now.saturating_sub(tries.last) > FORGET {
                *tries = Tries::default();
            }
            tries.count += 1;
            tries.last = now;
            if tries.count >= free {
                let doublings = (tries.count - free).min(16);
                tries.until = now + (WAIT_MIN * 2_u32.pow(doublings)).min(WAIT_MAX);
            }
        }
        Ok(())
    }

    /// True where the next try for this name has to wait: the account was just locked.
    pub(crate) fn locked(&self, name: &str, now: Duration) -> bool {
        self.tries.get(&keys(name, "")[0]).is_some_and(|tries| tries.until > now)
    }

    /// The try succeeded: the name's failures are forgotten, the address gets its try back.
    pub(crate) fn succeeded(&mut self, name: &str, from: &str) {
        let [name, address] = keys(name, from);
        self.tries.remove(&name);
        if let Some(tries) = self.tries.get_mut(&address) {
            tries.count = tries.count.saturating_sub(1);
            tries.until = Duration::ZERO;
        }
    }

    fn forget(&mut self, now: Duration) {
        self.tries.retain(|_, tries| now.saturating_sub(tries.last) <= FORGET);
        if self.tries.len() >= REMEMBERED {
            let mut last: Vec<Duration> = self.tries.values().map(|tries| tries.last).collect();
            last.sort_unstable();
            let half = last[last.len() / 2];
            self.tries.retain(|_, tries| tries.last > half);
        }
    }
}

/// The keys of a name and of an address (true). A name is cut, so that nobody fills the memory with long ones.
fn keys(name: &str, from: &str) -> [(bool, String); 2] {
    let cut = |text: &str| text.trim().to_lowercase().chars().take(64).collect::<String>();
    [(false, cut(name)), (true, cut(from))]
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(seconds: u64) -> Duration {
        Duration::from_secs(seconds)
    }

    #[test]
    fn waits_grow_and_end() {
        let mut throttle = Throttle::default();
        for _ in 0..FREE_OF_NAME {
            assert!(!throttle.locked("li", at(0)));
            throttle.enter("li", "10.0.0.1", at(0)).unwrap();
        }
        assert!(throttle.locked("LI ", at(0)));
        assert_eq!(throttle.enter("li", "10.0.0.2", at(0)), Err(at(30)));
        assert_eq!(throttle.enter("Li", "10.0.0.1", at(29)), Err(at(1)));
        // Another name from there may still try.
        throttle.enter("wang", "10.0.0.1", at(29)).unwrap();
        let mut now = 30;
        for wait in [60, 120, 240, 480, 900, 900] {
            throttle.enter("li", "10.0.0.3", at(now)).unwrap();
            assert_eq!(throttle.enter("li", "10.0.0.3", at(now)), Err(at(wait)));
            now += wait;
        }
        throttle.enter("li", "", at(now)).unwrap();
        throttle.succeeded("li", "");
        throttle.enter("li", "", at(now)).unwrap();
        // After an hour of peace the count begins anew.
        throttle.enter("li", "", at(now + 3601)).unwrap();
        assert!(!throttle.locked("li", at(now + 3601)));
    }

    #[test]
    fn an_address_that_tries_many_names_waits() {
        let mut throttle = Throttle::default();
        for n in 0..FREE_OF_ADDRESS {
            throttle.enter(&format!("n{n}"), "10.0.0.1", at(1)).unwrap();
        }
        assert_eq!(throttle.enter("li", "10.0.0.1", at(1)), Err(at(30)));
        throttle.enter("li", "10.0.0.2", at(1)).unwrap();
    }

    #[test]
    fn the_memory_is_bounded() {
        let mut throttle = Throttle::default();
        for n in 0..3 * REMEMBERED as u64 {
            throttle.enter(&format!("n{n}"), &format!("a{n}"), Duration::from_millis(n)).unwrap();
        }
        assert!(throttle.tries.len() <= REMEMBERED + 2, "{}", throttle.tries.len());
    }
}
