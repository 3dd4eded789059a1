//! Persistence of Yulin: SQLite embedded by default, PostgreSQL by URL. Only this crate contains SQL.
//!
//! The store keeps values of `model` and decides no access: who may do what, `app` has decided before it calls.
//! It reads no clock: whoever changes something says who and when ([`By`]).
//!
//! * Every change is one transaction with its own audit entry: all of it is stored, or nothing.
//! * Changed records keep their earlier versions; a published list never changes and is chained by hash to the
//!   one before; the audit is a hash chain. [`Store::check`] proves all that.
//! * [`Store::backup`] writes one logical format for both databases.
//!
//! | module | subject |
//! |---|---|
//! | `location`, `database`, `migrate`, `sql` | opening, transactions, layout, the difference between the databases |
//! | `standing` | answers that stand until somebody commits |
//! | `record`, `import`, `market` | enterprises, needs, offers with their versions; what changed since |
//! | `introduction` | two sides of a pair that want to talk |
//! | `outcome`, `learned` | what came of pairs, and the weights that were learned from it |
//! | `list`, `list_change` | matching lists: reading, and the steps from draft to withdrawal |
//! | `meeting` | events where firms meet, their timetables and results, signings |
//! | `event`, `event_index` | events of the ledger, appended and chained; how they are found |
//! | `capture_job`, `event_query`, `pact` | documents taken for capture, named queries, footprints given out |
//! | `inspection`, `evidence` | recipes and runs of inspections with their files; what of them proves an offer |
//! | `account`, `session`, `token`, `invitation`, `claim` | who may act, and how they come in |
//! | `message`, `hook`, `outbox`, `idempotency` | what people and programs are told |
//! | `merge`, `record_decision` | records that were made one, and parted again; what was said of needs and offers before that |
//! | `duplicate`, `mapping`, `setting`, `audit` | what the names say |
//! | `check`, `backup`, `restore`, `schema` | soundness, and the way out and in |

mod account;
mod audit;
mod backup;
mod capture_job;
mod check;
mod claim;
mod database;
mod duplicate;
mod error;
mod event;
mod event_index;
mod event_query;
mod evidence;
mod hook;
mod idempotency;
mod import;
mod inspection;
mod introduction;
mod invitation;
mod learned;
mod list;
mod list_change;
mod location;
mod mapping;
mod market;
mod meeting;
mod merge;
mod message;
mod migrate;
mod outbox;
mod outcome;
mod pact;
mod record;
mod record_decision;
mod restore;
mod schema;
mod session;
mod setting;
mod sql;
mod standing;
mod token;

pub use account::{Account, EnterpriseLabel, NewUser, UserChange};
pub use audit::{AuditChain, AuditEntry, AuditFilter, By};
pub use capture_job::{CaptureJob, CaptureOutcome, NewCaptureJob};
pub use check::{CheckReport, Fault};
pub use claim::{ClaimDecision, StoredClaim};
pub use duplicate::{Duplicate, DuplicateProposal, DuplicateState};
pub use error::{Error, Result};
pub use event::{Captured, EventHeads, NewCapture, NewEvent, StoredEvent};
pub use event_index::{EventFilter, FoundEvent, IndexedEvent};
pub use event_query::{EventQuery, EventSubscription, NewEventSubscription};
pub use evidence::{NewEvidence, StoredEvidence};
pub use hook::{Hook, HookQueue};
pub use idempotency::Answer;
pub use import::{BaseVersions, ColumnMap, Count, ImportBatch, ImportCounts, ImportRecord};
pub use inspection::{FinishedRun, NewRun, RunFile, RunProgress, RunState, StoredRecipe, StoredRun};
pub use introduction::{Introduction, IntroductionState, Side};
pub use invitation::{Invitation, NewInvite};
pub use learned::LearnedWeights;
pub use list::{ListHead, PairReview, StoredList, series_version};
pub use list_change::{NewDraft, NewReview};
pub use market::{Changes, Moment};
pub use meeting::{
    EventState, FollowUp, FollowUpDone, Meeting, MeetingEventRow, MeetingOutcome, NewMeeting, NewParty,
    NewTimetable, Party, PartyChange, PartyState, Signing,
};
pub use merge::{Merge, Moved};
pub use message::{Message, NewMessage};
pub use migrate::LAYOUT;
pub use outbox::Letter;
pub use outcome::{NewOutcome, StoredOutcome};
pub use pact::{PcfRequest, StoredPcf};
pub use record::{PastVersion, Snapshot, Status, Stored};
pub use record_decision::RecordDecision;
pub use restore::RestoreReport;
pub use session::Session;
pub use sql::Dialect;
pub use token::{ApiToken, NewApiToken};

use database::Database;
use ledger::hash::chain::Link;
use location::Location;
use standing::Standing;
use std::fmt;
use std::sync::Arc;

/// An open database. Clones share its connections.
#[derive(Clone)]
pub struct Store {
    database: Database,
    /// Number and link of the ledger's last event.
    newest_event: Arc<Standing<(i64, Link)>>,
    /// Number and hash of the audit's last entry.
    newest_entry: Arc<Standing<(i64, String)>>,
}

#[boxed::futures]
impl Store {
    /// Opens `postgres://USER:PASSWORD@HOST/DATABASE`, `sqlite:PATH` or a plain path, and brings its layout up to
    /// date. A file that is not there is created; a PostgreSQL database must exist.
    ///
    /// # Errors
    /// [`Error::Open`] when the place cannot be used, [`Error::Newer`] when a newer program wrote it,
    /// [`Error::Corrupt`] when the file is no database, [`Error::Busy`] when another program holds it.
    pub async fn open(url: &str) -> Result<Self> {
        Self::at(Location::parse(url)?).await
    }

    /// Like [`Self::open`], but a file that is not there is an error: for commands that only look.
    ///
    /// # Errors
    /// As of [`Self::open`], and [`Error::Open`] for a missing file.
    pub async fn open_existing(url: &str) -> Result<Self> {
        let location = Location::parse(url)?;
        match &location {
            Location::File(path) if !path.exists() => Err(Error::Open {
                location: location.to_string(),
                reason:
                    "there is no such file; name an existing database, or import something into a new one"
                        .to_owned(),
            }),
            _ => Self::at(location).await,
        }
    }

    async fn at(location: Location) -> Result<Self> {
        let database = Database::open(location).await?;
        let newest_event = Arc::new(Standing::new(&database));
        let newest_entry = Arc::new(Standing::new(&database));
        Ok(Self { database, newest_event, newest_entry })
    }

    /// Asks the database whether it answers and whether its layout is still this program's.
    ///
    /// # Errors
    /// [`Error::Newer`], [`Error::Altered`], [`Error::Open`] when the tables are gone or are an older program's.
    pub async fn ready(&self) -> Result<()> {
        let mut read = self.database.read("read the database's layout").await?;
        let Database { location, dialect, .. } = &self.database;
        if migrate::is_current(&mut read, location, *dialect).await? {
            return Ok(());
        }
        Err(Error::Open {
            location: location.to_string(),
            reason: "its layout is older than this program; start the program again".to_owned(),
        })
    }

    /// Which database it is.
    pub fn dialect(&self) -> Dialect {
        self.database.dialect
    }

    /// Where it lies: a path, or a URL without user and password.
    pub fn location(&self) -> String {
        self.database.location.to_string()
    }

    /// Closes all connections. Not needed for safety: every change is durable when its call returns.
    pub async fn close(&self) {
        self.database.close().await;
    }
}

impl fmt::Debug for Store {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Store").field("location", &self.location()).finish_non_exhaustive()
    }
}
