//! Capture as the interface of EPCIS has it: a document is taken at once and worked off behind, a single event at once.

use super::capture::new_capture;
use super::document::{EventFile, read_events};
use super::scope::Scope;
use crate::aside::aside;
use crate::people::random_token;
use crate::{Act, Actor, App, Code, Error, InputFile, Result};
use ledger::event::DocumentKind;
use serde::{Deserialize, Serialize};
use store::{By, CaptureJob, CaptureOutcome, NewCaptureJob};

/// Events of a document at most (header `GS1-EPCIS-Capture-Limit`).
pub const CAPTURE_EVENTS_MAX: usize = 100_000;
/// Documents of an enterprise that wait at once.
const WAITING_MAX: i64 = 100;
/// Faults kept of a document.
const FAULTS_MAX: usize = 1_000;

/// A capture job as its owner sees it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CaptureJobInfo {
    /// Its number, by which a list goes on.
    pub id: i64,
    /// Its public name.
    pub token: String,
    /// True until it is worked off.
    pub running: bool,
    /// False where something went wrong.
    pub success: bool,
    /// True where the valid events of a faulty document are stored.
    pub proceed: bool,
    /// Events stored.
    pub captured: i64,
    /// Events that were there already.
    pub known: i64,
    /// What went wrong.
    pub errors: Vec<CaptureFault>,
    /// When it was taken, milliseconds since 1970 UTC.
    pub created_ms: i64,
    /// When it was finished.
    pub finished_ms: Option<i64>,
}

/// Something that went wrong in a capture job.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CaptureFault {
    /// True for what the actor may not do; else the document is at fault.
    pub is_forbidden: bool,
    /// What, and where in the document.
    pub message: String,
}

impl From<CaptureJob> for CaptureJobInfo {
    fn from(job: CaptureJob) -> Self {
        Self {
            id: job.id,
            token: job.token,
            running: job.finished_ms.is_none(),
            success: job.success,
            proceed: job.proceed,
            captured: job.captured,
            known: job.known,
            errors: serde_json::from_str(&job.errors).unwrap_or_default(),
            created_ms: job.created_ms,
            finished_ms: job.finished_ms,
        }
    }
}

#[boxed::futures]
impl App {
    /// Takes a document for capture and gives the public name of its job. When this returns, the document is on the disk;
    /// [`Self::work_captures`] works it off.
    ///
    /// # Errors
    /// [`Code::BadInput`] for what is neither JSON nor XML; [`Code::TooMany`] where 100 documents wait already; storage errors.
    pub async fn take_capture(&self, actor: &Actor, file: InputFile, proceed: bool) -> Result<String> {
        actor.need(Act::TakeCapture)?;
        let scope = self.scope(actor).await?;
        let document = String::from_utf8(file.bytes)
            .map_err(|_| Error::new(Code::BadInput, format!("{}: the text is not UTF-8", file.name)))?;
        if document.contains('\0') {
            return Err(Error::new(Code::BadInput, format!("{}: the text holds U+0000", file.name)));
        }
        if !exchange::epcis_xml::is_xml(document.trim_start_matches('\u{feff}')) {
            let read: serde_json::Result<serde::de::IgnoredAny> =
                serde_json::from_str(document.trim_start_matches('\u{feff}'));
            read.map_err(|e| Error::new(Code::BadInput, format!("{}: {e}", file.name)))?;
        }
        if self.store.waiting_capture_jobs(scope.key()).await? >= WAITING_MAX {
            return Err(Error::new(Code::TooMany, "too many documents wait for capture already"));
        }
        let token = random_token()?;
        let new = NewCaptureJob {
            token: token.clone(),
            enterprise: scope.key().to_owned(),
            file: file.name,
            document,
            proceed,
        };
        self.store.add_capture_job(&new, &self.by(actor)).await?;
        Ok(token)
    }

    /// Works off what waits for capture, the oldest first. The server calls it after each document that was taken, and at its start for
    /// what was left by another. Nobody's leave is asked: it was when the document was taken.
    ///
    /// # Errors
    /// Storage errors; then the job waits for the next call.
    pub async fn work_captures(&self) -> Result<u32> {
        let _turn = self.capturing.lock().await;
        let mut done = 0;
        while let Some((job, document)) = self.store.next_capture_job().await? {
            let by = By::new(&job.actor, self.now_ms());
            let scope = self.scope_of(&job.enterprise).await?;
            let file = InputFile { name: job.file, bytes: document.into_bytes() };
            let outcome = self.captured(&scope, file, job.proceed, &by).await?;
            self.store.finish_capture_job(job.id, &outcome, self.now_ms()).await?;
            done += 1;
        }
        if done > 0 {
            self.catch_up_index().await?;
        }
        Ok(done)
    }

    /// Captures a document of an enterprise. Faults of the document stand in the outcome.
    async fn captured(
        &self,
        scope: &Scope,
        file: InputFile,
        proceed: bool,
        by: &By,
    ) -> Result<CaptureOutcome> {
        let fault = |is_forbidden: bool, message: String| CaptureFault { is_forbidden, message };
        let mut faults: Vec<CaptureFault> = Vec::new();
        let factors = self.factors;
        let read = aside(move || read_events(file, Some(factors))).await;
        let failed = |faults: &[CaptureFault]| {
            let errors = serde_json::to_string(faults).unwrap_or_default();
            CaptureOutcome { success: false, captured: 0, known: 0, errors }
        };
        let EventFile { name, text, document, faults: found } = match read {
            Ok(read) => read,
            Err(error) => return Ok(failed(&[fault(false, error.message)])),
        };
        faults.extend(found.into_iter().take(FAULTS_MAX).map(|message| fault(false, message)));
        let Some(mut document) = document else { return Ok(failed(&faults)) };
        if document.events.len() > CAPTURE_EVENTS_MAX {
            let what =
                format!("{name}: {} events; at most {CAPTURE_EVENTS_MAX} a document", document.events.len());
            return Ok(failed(&[fault(false, what)]));
        }
        let sites = self.site_owners().await?;
        let mut kept = Vec::with_capacity(document.events.len());
        for event in std::mem::take(&mut document.events) {
            match self.foreign(scope, &event, &sites).await? {
                Some(why) => faults.push(fault(true, format!("{name}: {why}"))),
                None => kept.push(event),
            }
        }
        faults.truncate(FAULTS_MAX);
        document.events = kept;
        if !faults.is_empty() && !proceed {
            return Ok(failed(&faults));
        }
        let read = EventFile { name, text, document: Some(document), faults: Vec::new() };
        let enterprise = scope.key().to_owned();
        let new = match aside(move || new_capture(read, enterprise)).await {
            Ok((new, _)) => new,
            Err(error) => {
                faults.push(fault(false, error.message));
                return Ok(failed(&faults));
            }
        };
        let done = self.store.capture(&new, by).await?;
        let errors = serde_json::to_string(&faults).unwrap_or_default();
        Ok(CaptureOutcome { success: faults.is_empty(), captured: done.new, known: done.known, errors })
    }

    /// Captures one event that stands alone and gives its identifier. When this returns, it is on the disk.
    ///
    /// # Errors
    /// [`Code::BadInput`] with the place of a fault, and for what is no single event; [`Code::NotAllowed`] at another's site;
    /// [`Code::Conflict`] where it is there already; storage errors.
    pub async fn capture_event(&self, actor: &Actor, file: InputFile) -> Result<String> {
        actor.need(Act::TakeCapture)?;
        let scope = self.scope(actor).await?;
        let read = read_events(file, Some(self.factors))?;
        let document = read.document.as_ref().filter(|_| read.faults.is_empty());
        let document = document.ok_or_else(|| super::files::faulty(&read.faults))?;
        let (DocumentKind::Event, [event]) = (&document.kind, document.events.as_slice()) else {
            return Err(Error::new(Code::BadInput, "one event that stands alone is expected")
                .hint("send documents to /epcis/2.0/capture"));
        };
        let sites = self.site_owners().await?;
        if let Some(why) = self.foreign(&scope, event, &sites).await? {
            return Err(Error::new(Code::NotAllowed, why));
        }
        let id = event.id.clone().unwrap_or_else(|| ledger::hash::event_hash(event).to_string());
        let (new, _) = new_capture(read, scope.key().to_owned())?;
        let done = self.store.capture(&new, &self.by(actor)).await?;
        if done.new == 0 {
            return Err(Error::new(Code::Conflict, format!("the event is there already: {id}")));
        }
        Ok(id)
    }

    /// A capture job of the actor's enterprise.
    ///
    /// # Errors
    /// [`Code::NotFound`], also for another's; storage errors.
    pub async fn capture_job(&self, actor: &Actor, token: &str) -> Result<CaptureJobInfo> {
        actor.need(Act::CaptureJobs)?;
        let scope = self.scope(actor).await?;
        let job = self.store.capture_job(token, scope.only()).await?;
        job.map(CaptureJobInfo::from)
            .ok_or_else(|| Error::new(Code::NotFound, "there is no such capture job"))
    }

    /// Capture jobs of the actor's enterprise before a number, newest first.
    ///
    /// # Errors
    /// Storage errors.
    pub async fn capture_jobs(
        &self,
        actor: &Actor,
        before: Option<i64>,
        limit: u32,
    ) -> Result<Vec<CaptureJobInfo>> {
        actor.need(Act::CaptureJobs)?;
        let scope = self.scope(actor).await?;
        let jobs = self.store.capture_jobs(scope.only(), before, limit).await?;
        Ok(jobs.into_iter().map(CaptureJobInfo::from).collect())
    }
}
