//! Long work (imports, drafts, publications) that goes on while a page, or a program, asks how far it is.
//!
//! A job belongs to the account that began it: nobody else can read it. It goes on when the page is left, and its end is kept for
//! an hour. The pages stand in `pages/desk/job.rs`, the API's in `api/later.rs`.

use app::{Actor, Code, Error, Result, Stage};
use axum::body::Bytes;
use std::collections::HashMap;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard};
use std::time::{Duration, Instant};
use tokio::sync::{Notify, Semaphore};

/// How long an end is kept.
const KEPT: Duration = Duration::from_secs(3600);
/// Jobs under way of one account.
const OF_ACCOUNT_MAX: usize = 4;
/// Jobs that work at a time; others wait their turn.
const AT_WORK_MAX: usize = 2;

/// All jobs; clones share them.
#[derive(Debug, Clone)]
pub struct Jobs {
    jobs: Arc<Mutex<HashMap<String, Arc<Job>>>>,
    next: Arc<AtomicU64>,
    at_work: Arc<Semaphore>,
}

impl Default for Jobs {
    fn default() -> Self {
        Self { jobs: Arc::default(), next: Arc::default(), at_work: Arc::new(Semaphore::new(AT_WORK_MAX)) }
    }
}

/// Where a job leads when it has ended well.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Done {
    /// Path of the page with the result.
    pub path: String,
    /// What that page says once; may be empty.
    pub note: String,
}

/// What the API answers to a request that was done as a job.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Answered {
    /// HTTP status.
    pub status: u16,
    /// Header `Location`; may be empty.
    pub location: String,
    /// JSON; may be empty.
    pub body: Bytes,
}

/// Where a job stands.
#[derive(Debug, Clone)]
pub enum State {
    /// It works: the stage, what is done and what is to do.
    Working(Option<(Stage, u64, u64)>),
    /// It has ended well, and a page shows what came of it.
    Done(Done),
    /// It has ended, well or not, with what the API answers.
    Answered(Answered),
    /// It has failed.
    Failed(Error),
}

impl From<Done> for State {
    fn from(done: Done) -> Self {
        Self::Done(done)
    }
}

impl From<Answered> for State {
    fn from(answered: Answered) -> Self {
        Self::Answered(answered)
    }
}

/// One job.
#[derive(Debug)]
pub struct Job {
    /// What it does, a Chinese word of `en.csv`.
    pub title: &'static str,
    /// Page from which it was begun.
    pub from: String,
    owner: String,
    number: u64,
    state: Mutex<(State, Option<Instant>)>,
    ended: Notify,
}

impl Job {
    /// Where it stands.
    pub fn state(&self) -> State {
        lock(&self.state).0.clone()
    }

    fn end(&self, end: Result<State>) {
        *lock(&self.state) = (end.unwrap_or_else(State::Failed), Some(Instant::now()));
        self.ended.notify_waiters();
    }
}

/// Takes a job's progress.
#[derive(Debug, Clone)]
pub struct Teller(Arc<Job>);

impl Teller {
    /// Says how far the job is.
    pub fn tell(&self, stage: Stage, done: u64, total: u64) {
        lock(&self.0.state).0 = State::Working(Some((stage, done, total)));
    }
}

impl Jobs {
    /// Jobs that have not ended.
    pub fn under_way(&self) -> usize {
        lock(&self.jobs).values().filter(|job| matches!(job.state(), State::Working(_))).count()
    }

    /// Begins work and returns the job's id. The work runs on a thread of its own, so that long computing stops no page.
    ///
    /// # Errors
    /// [`Code::TooMany`] where the account has several under way.
    pub fn start<F, W, E>(
        &self,
        actor: &Actor,
        title: &'static str,
        from: impl Into<String>,
        work: F,
    ) -> Result<String>
    where
        F: FnOnce(Teller) -> W + Send + 'static,
        W: Future<Output = Result<E>>,
        E: Into<State> + Send + 'static,
    {
        let number = self.next.fetch_add(1, Ordering::Relaxed) + 1;
        let job = Arc::new(Job {
            title,
            from: from.into(),
            owner: actor.name.clone(),
            number,
            state: Mutex::new((State::Working(None), None)),
            ended: Notify::new(),
        });
        let id = format!("{number:x}");
        {
            let mut jobs = lock(&self.jobs);
            jobs.retain(|_, job| lock(&job.state).1.is_none_or(|at| at.elapsed() < KEPT));
            let under_way =
                jobs.values().filter(|j| j.owner == actor.name && lock(&j.state).1.is_none()).count();
            if under_way >= OF_ACCOUNT_MAX {
                return Err(Error::new(Code::TooMany, format!("{under_way} jobs are under way"))
                    .hint("wait until one has ended"));
            }
            jobs.insert(id.clone(), job.clone());
        }
        let at_work = self.at_work.clone();
        tokio::spawn(async move {
            let turn = at_work.acquire_owned().await;
            let teller = Teller(job.clone());
            let end = aside(move || work(teller)).await;
            drop(turn);
            job.end(end.map(Into::into));
        });
        Ok(id)
    }

    /// The actor's own job; another's is as unknown as one that never was.
    pub fn get(&self, actor: &Actor, id: &str) -> Option<Arc<Job>> {
        lock(&self.jobs).get(id).filter(|job| job.owner == actor.name).cloned()
    }

    /// The actor's jobs with their ids, newest first.
    pub fn of(&self, actor: &Actor) -> Vec<(String, Arc<Job>)> {
        let mut own: Vec<_> = lock(&self.jobs)
            .iter()
            .filter(|(_, job)| job.owner == actor.name)
            .map(|(id, job)| (id.clone(), job.clone()))
            .collect();
        own.sort_by_key(|(_, job)| std::cmp::Reverse(job.number));
        own
    }

    /// Waits a moment for a job to end: most are short, and then no page of progress is shown.
    pub async fn wait(&self, job: &Job, at_most: Duration) {
        let ended = job.ended.notified();
        if matches!(job.state(), State::Working(_)) {
            let _ = tokio::time::timeout(at_most, ended).await;
        }
    }
}

/// Does work on a thread of its own and waits for it: long computing stops no page.
///
/// # Errors
/// Those of the work, and [`Code::Internal`] where it broke off.
pub async fn aside<T, W>(work: impl FnOnce() -> W + Send + 'static) -> Result<T>
where
    T: Send + 'static,
    W: Future<Output = Result<T>>,
{
    let runtime = tokio::runtime::Handle::current();
    let end = tokio::task::spawn_blocking(move || runtime.block_on(work())).await;
    end.unwrap_or_else(|_| Err(Error::new(Code::Internal, "the job broke off")))
}

/// A lock that outlives a panic elsewhere: what it guards is replaced as a whole.
fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(std::sync::PoisonError::into_inner)
}

#[cfg(test)]
mod tests {
    use super::*;
    use app::Role;

    fn actor(name: &str) -> Actor {
        Actor::new(name, Role::Secretariat)
    }

    #[tokio::test]
    async fn a_job_belongs_to_who_began_it_and_is_kept() {
        let jobs = Jobs::default();
        let (li, wang) = (actor("li"), actor("wang"));
        let work = |teller: Teller| async move {
            teller.tell(Stage::Match, 3, 7);
            tokio::time::sleep(Duration::from_millis(50)).await;
            Ok(Done { path: "/drafts".into(), note: String::new() })
        };
        let id = jobs.start(&li, "起草", "/drafts", work).unwrap();
        assert!(jobs.get(&wang, &id).is_none());
        let job = jobs.get(&li, &id).unwrap();
        jobs.wait(&job, Duration::from_secs(20)).await;
        assert!(matches!(job.state(), State::Done(done) if done.path == "/drafts"));
        assert!(jobs.get(&li, &id).is_some());
    }

    #[tokio::test]
    async fn a_broken_job_says_so_and_too_many_are_refused() {
        let jobs = Jobs::default();
        let li = actor("li");
        let broken = |_: Teller| async move { panic!("this test breaks off") as Result<Done> };
        let id = jobs.start(&li, "起草", "/drafts", broken).unwrap();
        let job = jobs.get(&li, &id).unwrap();
        jobs.wait(&job, Duration::from_secs(20)).await;
        assert!(matches!(job.state(), State::Failed(error) if error.code == Code::Internal));
        let endless = |_: Teller| async move {
            tokio::time::sleep(Duration::from_secs(3)).await;
            Err::<Done, _>(Error::new(Code::Internal, "late"))
        };
        for _ in 0..OF_ACCOUNT_MAX {
            jobs.start(&li, "起草", "/drafts", endless).unwrap();
        }
        assert_eq!(jobs.start(&li, "起草", "/drafts", endless).unwrap_err().code, Code::TooMany);
        assert!(jobs.start(&actor("wang"), "起草", "/drafts", endless).is_ok());
    }
}
