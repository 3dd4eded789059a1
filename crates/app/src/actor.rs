//! Who acts, and what each office may do: every use case takes an [`Actor`] first and asks leave for its own [`Act`].

mod words;

use crate::{Code, Error, Result};
use model::language::Language;
use serde::{Deserialize, Serialize};

/// An actor's office, with what it covers.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "role")]
pub enum Role {
    /// Runs the installation: users, dictionaries, backup; on a one-person installation also the secretariat's work.
    Administrator,
    /// The alliance's secretariat: intake, lists, meetings.
    Secretariat,
    /// A person of a member enterprise.
    Member {
        /// Key of the enterprise; none before the secretariat has approved the claim.
        enterprise: Option<String>,
    },
    /// An enterprise commissioner (企业特派员).
    Commissioner {
        /// Keys of the enterprises that the commissioner looks after, ascending.
        enterprises: Vec<String>,
    },
    /// The industry bureau (工信局): sees the cluster, changes nothing.
    Bureau,
    /// Reads the audit log, nothing else.
    Auditor,
}

/// An office without what it covers.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[expect(missing_docs, reason = "`Role` explains each")]
pub enum Office {
    Administrator,
    Secretariat,
    Member,
    Commissioner,
    Bureau,
    Auditor,
}

impl Office {
    /// All offices.
    pub const ALL: [Self; 6] = [
        Self::Administrator,
        Self::Secretariat,
        Self::Member,
        Self::Commissioner,
        Self::Bureau,
        Self::Auditor,
    ];

    /// The word in the store, the API and on the command line.
    pub fn word(self) -> &'static str {
        match self {
            Self::Administrator => "administrator",
            Self::Secretariat => "secretariat",
            Self::Member => "member",
            Self::Commissioner => "commissioner",
            Self::Bureau => "bureau",
            Self::Auditor => "auditor",
        }
    }

    /// The office's Chinese name.
    pub fn zh(self) -> &'static str {
        match self {
            Self::Administrator => "管理员",
            Self::Secretariat => "秘书处",
            Self::Member => "会员企业",
            Self::Commissioner => "企业特派员",
            Self::Bureau => "工信局",
            Self::Auditor => "审计员",
        }
    }

    /// Reads [`Self::word`].
    pub fn parse(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|office| office.word() == word)
    }
}

impl Role {
    /// The office.
    pub fn office(&self) -> Office {
        match self {
            Self::Administrator => Office::Administrator,
            Self::Secretariat => Office::Secretariat,
            Self::Member { .. } => Office::Member,
            Self::Commissioner { .. } => Office::Commissioner,
            Self::Bureau => Office::Bureau,
            Self::Auditor => Office::Auditor,
        }
    }
}

/// A person (or the local console) doing something.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Actor {
    /// Name of the account, as the audit log writes it.
    pub name: String,
    /// Office.
    pub role: Role,
    /// Row id of the account; none for the console.
    pub account: Option<i64>,
    /// True for an API token that may only read.
    pub read_only: bool,
    /// Language in which the sentences of matches are told.
    pub language: Language,
}

impl Actor {
    /// Somebody without an account: for tests and the console.
    pub fn new(name: &str, role: Role) -> Self {
        Self { name: name.to_owned(), role, account: None, read_only: false, language: Language::default() }
    }

    /// The same person, told in this language.
    #[must_use]
    pub fn speaking(self, language: Language) -> Self {
        Self { language, ..self }
    }

    /// The person at the machine's own console: the administrator of a one-person installation.
    pub fn local() -> Self {
        Self::new("local", Role::Administrator)
    }

    /// True where the office allows the act, and a token that only reads does not change anything.
    pub fn may(&self, act: Act) -> bool {
        act.offices().contains(&self.role.office()) && !(self.read_only && act.changes())
    }

    /// Asks leave for an act.
    ///
    /// # Errors
    /// [`Code::NotAllowed`].
    pub fn need(&self, act: Act) -> Result<()> {
        if self.may(act) {
            return Ok(());
        }
        let why = if self.read_only && act.changes() { " with a token that only reads" } else { "" };
        Err(Error::new(
            Code::NotAllowed,
            format!("{} ({}) may not {}{why}", self.name, self.role.office().word(), act.words()),
        ))
    }

    /// Key of the enterprise that the actor belongs to.
    pub fn enterprise(&self) -> Option<&str> {
        match &self.role {
            Role::Member { enterprise } => enterprise.as_deref(),
            _ => None,
        }
    }
}

use Office::{
    Administrator as A, Auditor as U, Bureau as B, Commissioner as C, Member as M, Secretariat as S,
};

/// One line a use case: name, what it does (`reads` or `changes`), and who may. A use case that is not here cannot ask leave, and
/// the test `access` fails for one that does not ask.
macro_rules! acts {
    ($($name:ident $kind:ident [$($office:ident)*];)*) => {
        /// A use case, as what leave is asked for. Which records and fields an actor then sees or may change is decided record by
        /// record (`view`).
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        #[expect(missing_docs, reason = "the use case of the same name explains each")]
        pub enum Act { $($name),* }

        impl Act {
            /// Every act.
            pub const ALL: &'static [Self] = &[$(Self::$name),*];

            /// The one table of who may do what.
            pub fn offices(self) -> &'static [Office] {
                match self { $(Self::$name => &[$($office),*]),* }
            }

            /// True where something is stored or sent by it.
            pub fn changes(self) -> bool {
                match self { $(Self::$name => acts!(@$kind)),* }
            }

            /// Name of the use case, as programs read it.
            pub fn word(self) -> &'static str {
                match self { $(Self::$name => stringify!($name)),* }
            }
        }
    };
    (@reads) => { false };
    (@changes) => { true };
}

acts! {
    // Lists.
    NewestList reads [A S M C B];
    ListByNumber reads [A S M C B];
    Lists reads [A S M C B];
    Verify reads [A S M C B];
    ListWorkbook reads [A S M C B];
    Standings reads [A S M C B];
    WhatIf reads [A S M C B];
    Draft changes [A S];
    ShareLimit reads [A S];
    SetShareLimit changes [A S];
    DraftById reads [A S];
    Desk reads [A S];
    Review changes [A S];
    Decide changes [A S];
    WorkOn changes [A S];
    Discard changes [A S];
    Approve changes [A S];
    Reopen changes [A S];
    Publish changes [A S];
    PublishPeriod changes [A S];
    Withdraw changes [A S];
    // Intake.
    Import changes [A S];
    Imports reads [A S];
    Duplicates reads [A S];
    DecideDuplicate changes [A S];
    ProposeDuplicate changes [A S];
    MergeDuplicate changes [A S];
    SplitDuplicate changes [A S];
    // Needs and offers recorded twice: whoever keeps an enterprise's records decides about them.
    Twins reads [A S M C];
    DecideTwins changes [A S M C];
    MergeTwins changes [A S M C];
    SplitTwins changes [A S M C];
    // The market.
    Markets reads [A S M C B];
    Needs reads [A S M C B];
    Need reads [A S M C B];
    PreviewNeed reads [A S M C];
    SaveNeed changes [A S M C];
    Offers reads [A S M C B];
    Offer reads [A S M C B];
    SaveOffer changes [A S M C];
    SetStatus changes [A S M C];
    Enterprises reads [A S M C B];
    Enterprise reads [A S M C B];
    SaveEnterprise changes [A S M C];
    Nearby reads [A S M C B];
    Stale reads [A S M C];
    Overview reads [A S M C B];
    MatchFiles reads [A S M C B];
    InspectPanel reads [A S M C B];
    InspectBoard reads [A S M C B];
    InspectPlacement reads [A S M C B];
    CalibrateCamera reads [A S M C B];
    // Inspections on record are their enterprise's own; others see the evidence that it attaches to an offer.
    Recipes reads [A M];
    SaveRecipe changes [A M];
    Inspections reads [A M];
    RecordInspection changes [A M];
    Evidence reads [A S M C B];
    AttachEvidence changes [A M];
    Export reads [A S M C B];
    // The ledger. Whoever holds a file may see what is in it.
    LedgerFiles reads [A S M C B];
    // A member sees its own sites and their lots, the bureau sums of sites, no lots.
    CaptureEvents changes [A S];
    VerifyEvents reads [A S U];
    LedgerLots reads [A S M];
    LedgerLot reads [A S M];
    Trace reads [A S M];
    Reach reads [A S];
    Recall reads [A S M];
    Balance reads [A S M B];
    Flows reads [A S M B];
    Footprint reads [A S M B];
    ZeroCarbon reads [A S];
    FootprintOverview reads [A S M B];
    Indicators reads [A S M B];
    IndicatorPostings reads [A S M];
    ExportEvents reads [A S];
    // The interface of EPCIS: a member sees and captures events of its own enterprise (`ledger::scope`).
    TakeCapture changes [A S M];
    CaptureJobs reads [A S M];
    SearchEvents reads [A S M];
    EventQueries reads [A S M];
    SaveEventQuery changes [A S M];
    Subscribe changes [A S M];
    EventSites reads [A S];
    SetEventSite changes [A S];
    EventTargets reads [A];
    // Footprints given out (PACT): a member sees its own and those shared with it (`ledger::pact`).
    Pcfs reads [A S M];
    PublishPcf changes [A S];
    PcfEvent changes [A S M];
    SetEventTargets changes [A];
    // Weights of the score that are learned from outcomes.
    Weights reads [A S];
    Learn changes [A S];
    UseWeights changes [A S];
    // What another program makes vectors of.
    Titles reads [A S];
    // Words of specifications that were not read.
    UnreadWords reads [A S];
    // Introductions: who wants to talk to whom.
    Introductions reads [A S M C];
    AskIntroduction changes [A S M];
    AnswerIntroduction changes [A S M];
    EndIntroduction changes [A S M];
    RecordOutcome changes [A S M];
    Outcomes reads [A S M C];
    // Events where firms meet. Whose sign-up, seats and results an actor sees is decided firm by firm.
    MeetingEvents reads [A S M C B];
    MeetingEvent reads [A S M C B];
    SaveMeetingEvent changes [A S];
    SetMeetingState changes [A S];
    MeetingProposals reads [A S];
    InviteToMeeting changes [A S];
    MarkMeetingParty changes [A S];
    MeetingPage reads [A S M C];
    SignUpToMeeting changes [A S M C];
    PreviewSeating reads [A S];
    FreezeSeating changes [A S];
    PreviewReplan reads [A S];
    ApplyReplan changes [A S];
    AtTheDoor reads [A S];
    CheckIn changes [A S];
    RecordMeeting changes [A S M C];
    FollowUps reads [A S M C];
    AnswerFollowUp changes [A S M C];
    TimetableWorkbook reads [A S M C B];
    MeetingCalendar reads [A S M C B];
    MeetingFigures reads [A S B];
    Signings reads [A S B];
    SaveSigning changes [A S];
    // People.
    Accounts reads [A S];
    AddAccount changes [A];
    SetAccount changes [A];
    ResetPassword changes [A];
    Invite changes [A S];
    InviteWorkbook changes [A S];
    Invitations reads [A S];
    RevokeInvitation changes [A S];
    Claims reads [A S];
    DecideClaim changes [A S];
    Assign changes [A S];
    // One's own account.
    Me reads [A S M C B U];
    ChangePassword changes [A S M C B U];
    Claim changes [M];
    Tokens reads [A S M C B U];
    CreateToken changes [A S M C B U];
    RevokeToken changes [A S M C B U];
    Inbox reads [A S M C B U];
    MarkRead changes [A S M C B U];
    // The installation.
    Hooks reads [A];
    SaveHook changes [A];
    DeleteHook changes [A];
    TestHook changes [A];
    Outbox reads [A];
    Remind changes [A S];
    NameCluster changes [A];
    Backup reads [A];
    Restore changes [A];
    Check reads [A];
    Serve reads [A];
    // The audit.
    Audit reads [A U];
    VerifyAudit reads [A U];
}
