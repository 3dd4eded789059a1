//! Every flag of the command line.

use crate::commands::ledger::Ledger;
use clap::{Args, Parser, Subcommand, ValueEnum};
use model::period::Period;
use std::net::IpAddr;
use std::path::PathBuf;

/// Run an industrial cluster: import needs and offers, match them, publish the list (供需对接清单), show the gaps (依需补链).
#[derive(Debug, Parser)]
#[command(name = "yulin", version, max_term_width = 110)]
pub struct Cli {
    /// Database: a file for SQLite, or postgres://user@host/name
    #[arg(long, global = true, env = "YULIN_DB", default_value = "yulin.db", hide_env_values = true)]
    pub db: String,
    /// Folder with further reference tables: regions/*.csv of other cities, markets/*.toml, factors.csv, led_bins.csv, words.csv, vectors.npy (see data/README.md)
    #[arg(long, global = true, value_name = "DIR")]
    pub data: Option<PathBuf>,
    /// Account that acts; without it the person at this machine's console
    #[arg(long = "as", global = true, value_name = "NAME")]
    pub actor: Option<String>,
    /// Say more on standard error (-v, -vv)
    #[arg(short, long, global = true, action = clap::ArgAction::Count)]
    pub verbose: u8,
    #[command(subcommand)]
    pub command: Command,
}

/// What to do.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Import the fictional demo cluster, publish list No. 1 and serve it
    Demo(Demo),
    /// Begin a cluster of your own: its name and its region
    Init(Init),
    /// Import workbooks of enterprises, offers and needs (xlsx, xls, csv)
    Import(Import),
    /// Match two files without a database
    Match(Match),
    /// Show the markets with how much is in each
    Markets,
    /// Draft a list for a period, so that it can be reviewed
    Draft(Draft),
    /// Say what you think of a draft's pair: confirm, reject with a reason, add by hand
    Review(Review),
    /// Approve a reviewed draft
    Approve {
        /// Draft's id, as `yulin lists` shows it
        draft: i64,
    },
    /// Publish a period's list (drafting and approving it first where that has not been done) and write its files
    Publish(Publish),
    /// Make an approved list a draft again
    Reopen {
        /// List's id, as `yulin lists` shows it
        list: i64,
    },
    /// Throw a draft away
    Discard {
        /// Draft's id, as `yulin lists` shows it
        draft: i64,
    },
    /// Take a published list back; number and content stay
    Withdraw {
        /// Number of the list
        number: u32,
        /// Why
        #[arg(long)]
        reason: String,
    },
    /// Show all lists, or verify one
    Lists(Lists),
    /// Show what the cluster cannot supply, from the newest list
    Gaps(Gaps),
    /// Close a need or an offer: it leaves all lists to come
    Close(Status),
    /// Open a closed need or offer again
    Open(Status),
    /// Show likely duplicate enterprises, or decide on one pair
    Duplicates(Duplicates),
    /// Learn the weights of the score from what came of pairs; list the versions, switch back
    Learn(Learn),
    /// Print the words of specifications that were not read, as a csv to fill in and keep as words.csv in the folder of --data
    Words,
    /// Print the titles of all open needs and offers, a line each, for a program that makes vectors of them (see data/README.md)
    Titles,
    /// Serve the web pages
    Serve(Serve),
    /// Show, add, invite or close accounts
    Users(Users),
    /// Record events of lots; trace, balance and carbon follow from them
    #[command(subcommand)]
    Ledger(Ledger),
    /// Prove the audit log, or show what is in it
    #[command(subcommand)]
    Audit(Audit),
    /// Write everything into one file that restores into SQLite and PostgreSQL
    Backup {
        /// File to write
        file: PathBuf,
        /// Replace a file that is there
        #[arg(long)]
        force: bool,
    },
    /// Restore a backup into the database
    Restore {
        /// File to read
        file: PathBuf,
        /// Replace what is in the database
        #[arg(long)]
        force: bool,
    },
    /// Check the database: integrity, audit chain, list hashes
    Check,
    /// Inspect frames: panels of Mini-LED beads, boards against their template
    #[command(subcommand)]
    Inspect(Inspect),
}

/// `yulin inspect`
#[derive(Debug, Subcommand)]
pub enum Inspect {
    /// Measure every bead of one panel or many: yield, capability, maps, report
    Panel(InspectPanel),
    /// Find what differs from the template: open, short, mousebite, spur, copper, pin_hole
    Board(InspectBoard),
    /// Measure rectangular parts against their nominal places: a JSON line a part
    Placement(InspectPlacement),
    /// Fit a camera's colour matrix to patches that a reference instrument measured, too: the lines for a recipe
    Camera(InspectCamera),
    /// Inspect panels as their frames come, in a folder or a pipe; goes on after a fall
    Watch(InspectWatch),
}

impl Inspect {
    /// True where the run is put on record.
    pub fn needs_database(&self) -> bool {
        match self {
            Self::Panel(_) | Self::Camera(_) => false,
            Self::Board(args) => args.run.is_some(),
            Self::Placement(args) => args.run.is_some(),
            Self::Watch(args) => args.run.is_some(),
        }
    }
}

/// `yulin inspect camera`
#[derive(Debug, Args)]
pub struct InspectCamera {
    /// Table with the headings red,green,blue,x,y,z: a patch a line (docs/inspection.md)
    #[arg(value_name = "PATCHES.csv")]
    pub patches: PathBuf,
}

/// `yulin inspect placement`
#[derive(Debug, Args)]
pub struct InspectPlacement {
    /// Recipe of places: parts with place, size and rotation, tolerances (docs/inspection.md)
    #[arg(long, value_name = "FILE.toml")]
    pub recipe: PathBuf,
    /// Frames of boards (PNG, TIFF, BMP, raw, uncompressed AVI), folders with frames, or - for standard input
    #[arg(required = true, value_name = "FRAME")]
    pub frames: Vec<PathBuf>,
    /// Print the figures of all boards alone: yield, Cp and Cpk of x, y and rotation
    #[arg(long)]
    pub summary: bool,
    /// Put the finished inspection on record in the database under this name
    #[arg(long, value_name = "NAME")]
    pub run: Option<String>,
    /// Whose inspection it is, by name or code; a member's own where nothing is said
    #[arg(long, value_name = "NAME", requires = "run")]
    pub enterprise: Option<String>,
}

/// `yulin inspect watch`
#[derive(Debug, Args)]
pub struct InspectWatch {
    /// Folder in which frames appear, a file each
    #[arg(value_name = "DIR", required_unless_present = "stdin")]
    pub folder: Option<PathBuf>,
    /// Frames come on standard input instead (raw with header lines, PGM, AVI)
    #[arg(long, conflicts_with = "folder")]
    pub stdin: bool,
    /// Recipe: pitch, size, tolerance and limits (docs/inspection.md)
    #[arg(long, value_name = "FILE.toml")]
    pub recipe: PathBuf,
    /// Folder for the files, and for what is kept in case of a fall (default with --run: out/inspect/NAME)
    #[arg(long, value_name = "DIR", required_unless_present = "run")]
    pub out: Option<PathBuf>,
    /// Put the run on record in the database under this name: pages show it while it runs
    #[arg(long, value_name = "NAME")]
    pub run: Option<String>,
    /// Whose inspection it is, by name or code; a member's own where nothing is said
    #[arg(long, value_name = "NAME", requires = "run")]
    pub enterprise: Option<String>,
    /// End when no frame has come for so many seconds; else it goes on until Ctrl-C, or the pipe's end
    #[arg(long, value_name = "S")]
    pub idle_s: Option<u32>,
    /// A file is taken when it has not changed for so long, ms
    #[arg(long, default_value_t = 1000, value_name = "MS")]
    pub settle_ms: u32,
    /// How often the folder is looked through, ms
    #[arg(long, default_value_t = 250, value_name = "MS", value_parser = clap::value_parser!(u32).range(10..=60_000))]
    pub poll_ms: u32,
    /// Threads; 0 for as many as there are cores
    #[arg(long, default_value_t = 0, value_name = "N", value_parser = clap::value_parser!(u16).range(0..=1024))]
    pub threads: u16,
    /// Lists of beads to write
    #[arg(long, value_enum, value_delimiter = ',', default_values_t = [BeadForm::Bin])]
    pub beads: Vec<BeadForm>,
    /// Print summary.json at the end
    #[arg(long)]
    pub json: bool,
}

/// `yulin inspect panel`
#[derive(Debug, Args)]
pub struct InspectPanel {
    /// Recipe: pitch, size, tolerance and limits (docs/inspection.md)
    #[arg(long, value_name = "FILE.toml")]
    pub recipe: PathBuf,
    /// Folder for the files
    #[arg(long, value_name = "DIR")]
    pub out: PathBuf,
    /// Frames (PNG, TIFF, BMP, raw, uncompressed AVI), folders with frames, or - for standard input
    #[arg(required = true, value_name = "FRAME")]
    pub frames: Vec<PathBuf>,
    /// The same panel unlit: tells dead beads from missing ones
    #[arg(long, value_name = "FRAME")]
    pub unlit: Option<PathBuf>,
    /// Threads; 0 for as many as there are cores
    #[arg(long, default_value_t = 0, value_name = "N", value_parser = clap::value_parser!(u16).range(0..=1024))]
    pub threads: u16,
    /// Name of the run, for reports and messages (default: the first frame's)
    #[arg(long, value_name = "NAME")]
    pub lot: Option<String>,
    /// Lists of beads to write
    #[arg(long, value_enum, value_delimiter = ',', default_values_t = [BeadForm::Csv, BeadForm::Bin, BeadForm::Ndjson])]
    pub beads: Vec<BeadForm>,
    /// Go on where frames are refused; they are counted and named
    #[arg(long)]
    pub accept_valid: bool,
    /// Print summary.json
    #[arg(long)]
    pub json: bool,
}

/// A form of the list of beads.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum BeadForm {
    /// No list
    None,
    Csv,
    /// 40 bytes a bead (docs/inspection.md)
    Bin,
    Ndjson,
}

/// `yulin inspect board`
#[derive(Debug, Args)]
pub struct InspectBoard {
    /// What the board should look like
    #[arg(long, value_name = "FILE", requires = "image", required_unless_present = "pairs")]
    pub template: Option<PathBuf>,
    /// What it looks like
    #[arg(long, value_name = "FILE", requires = "template")]
    pub image: Option<PathBuf>,
    /// List of pairs, a line each: template, image; parted by a tab, comma or blank; paths from the list's folder
    #[arg(long, value_name = "LIST", conflicts_with_all = ["template", "image"])]
    pub pairs: Option<PathBuf>,
    /// A trained classifier (`cargo xtask train board`); `generated`: the shipped one, which learned from generated boards. Without
    /// one the class follows from what a finding touches
    #[arg(long, value_name = "FILE.json|generated")]
    pub model: Option<PathBuf>,
    /// Copper is brighter than the ground
    #[arg(long)]
    pub copper_bright: bool,
    /// Displacement of edges that is no defect, px
    #[arg(long, default_value_t = 1, value_name = "PX", value_parser = clap::value_parser!(u8).range(0..=8))]
    pub tolerance_px: u8,
    /// Farthest that an image may be displaced, px
    #[arg(long, default_value_t = 8, value_name = "PX", value_parser = clap::value_parser!(u8).range(0..=32))]
    pub shift_max_px: u8,
    /// Least score that is written, 0 to 1
    #[arg(long, default_value_t = 0.5, value_name = "SCORE")]
    pub score_min: f32,
    /// Put the finished inspection on record in the database under this name
    #[arg(long, value_name = "NAME")]
    pub run: Option<String>,
    /// Whose inspection it is, by name or code; a member's own where nothing is said
    #[arg(long, value_name = "NAME", requires = "run")]
    pub enterprise: Option<String>,
}

/// `yulin demo`
#[derive(Debug, Args)]
pub struct Demo {
    /// Folder for the database and the list's files
    #[arg(long, default_value = "out/demo")]
    pub out: PathBuf,
    /// Stop before serving
    #[arg(long)]
    pub no_serve: bool,
    /// Port to serve on
    #[arg(long, default_value_t = 8080)]
    pub port: u16,
}

/// `yulin import`
#[derive(Debug, Args)]
pub struct Import {
    /// Workbooks
    #[arg(required = true)]
    pub files: Vec<PathBuf>,
    /// Read and check everything, store nothing
    #[arg(long)]
    pub dry_run: bool,
    /// Store the rows that are right although others are wrong
    #[arg(long)]
    pub accept_valid: bool,
    /// Take a column for a field, such as `needs.title=采购品名`; remembered for sheets with the same headings
    #[arg(long = "map", value_name = "FIELD=HEADING")]
    pub maps: Vec<String>,
    /// Take every sheet for this kind instead of guessing
    #[arg(long, value_enum)]
    pub kind: Option<Kind>,
    /// Take every sheet for this market instead of telling it by names and headings (`yulin markets` lists them)
    #[arg(long, value_name = "KEY")]
    pub market: Option<String>,
    /// Separator of csv files
    #[arg(long)]
    pub delimiter: Option<char>,
    /// Where the workbook of refused rows goes (default: beside the first file)
    #[arg(long, value_name = "FILE")]
    pub rejects: Option<PathBuf>,
    /// Print the report as JSON
    #[arg(long)]
    pub json: bool,
}

/// Kind of a sheet.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Kind {
    /// 企业名录
    Enterprises,
    /// 供给清单
    Offers,
    /// 需求清单
    Needs,
}

/// `yulin match`
#[derive(Debug, Args)]
pub struct Match {
    /// File of needs
    #[arg(long)]
    pub needs: PathBuf,
    /// File of offers
    #[arg(long)]
    pub offers: PathBuf,
    /// Offers a need
    #[arg(long, default_value_t = 10)]
    pub top: usize,
    /// Form of the answer
    #[arg(long, value_enum, default_value_t = Format::Table)]
    pub format: Format,
    /// Take a column for a field, such as `needs.title=NAME`
    #[arg(long = "map", value_name = "FIELD=HEADING")]
    pub maps: Vec<String>,
    /// Separator of csv files
    #[arg(long)]
    pub delimiter: Option<char>,
    /// File to write instead of standard output (xlsx needs one)
    #[arg(long)]
    pub out: Option<PathBuf>,
}

/// Form of a table.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Format {
    Table,
    Csv,
    Ndjson,
    Xlsx,
}

/// `yulin draft`
#[derive(Debug, Args)]
pub struct Draft {
    /// Market (`yulin markets` lists them); default: parts and materials
    #[arg(long, value_name = "KEY", default_value = "")]
    pub market: String,
    /// Month (2026-11) or days (2026-11-01..2026-12-15); default: this month
    #[arg(long)]
    pub period: Option<Period>,
}

/// `yulin review`
#[derive(Debug, Args)]
pub struct Review {
    /// Draft's id, as `yulin lists` shows it
    pub draft: i64,
    /// What to do with the pair
    #[arg(value_enum)]
    pub verdict: ReviewWord,
    /// Number of the need on the draft
    #[arg(long)]
    pub need: u32,
    /// Number of the offer on the draft
    #[arg(long)]
    pub offer: u32,
    /// Why; needed to reject
    #[arg(long)]
    pub reason: Option<String>,
}

/// What the secretariat says of a pair.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum ReviewWord {
    Confirm,
    Reject,
    Add,
}

/// `yulin publish`
#[derive(Debug, Args)]
pub struct Publish {
    /// Market (`yulin markets` lists them); default: parts and materials
    #[arg(long, value_name = "KEY", default_value = "")]
    pub market: String,
    /// Month (2026-11) or days (2026-11-01..2026-12-15); default: this month
    #[arg(long)]
    pub period: Option<Period>,
    /// Folder for the list's files
    #[arg(long, default_value = "out")]
    pub out: PathBuf,
    /// Publish another list for a period that has one
    #[arg(long)]
    pub again: bool,
    /// Publish the open draft although records were imported after it
    #[arg(long)]
    pub keep_draft: bool,
}

/// `yulin lists`
#[derive(Debug, Args)]
pub struct Lists {
    /// Recompute this published list from its frozen content and compare
    #[arg(long, value_name = "NUMBER")]
    pub verify: Option<u32>,
    /// Write this list's files again
    #[arg(long, value_name = "NUMBER", conflicts_with = "verify")]
    pub write: Option<u32>,
    /// Show a draft's pairs for review
    #[arg(long, value_name = "ID", conflicts_with_all = ["verify", "write"])]
    pub draft: Option<i64>,
    /// Folder for the files
    #[arg(long, default_value = "out")]
    pub out: PathBuf,
    /// Print JSON
    #[arg(long)]
    pub json: bool,
}

/// `yulin gaps`
#[derive(Debug, Args)]
pub struct Gaps {
    /// Market (`yulin markets` lists them); default: parts and materials
    #[arg(long, value_name = "KEY", default_value = "")]
    pub market: String,
    /// Chain nodes to show
    #[arg(long, default_value_t = 20)]
    pub top: usize,
    /// How each chain node stands: missing, from outside, weak, strong; ranked by what it would bring to have it
    #[arg(long, conflicts_with_all = ["with", "json"])]
    pub nodes: bool,
    /// What would change if these firms came: a file of their offers
    #[arg(long, value_name = "FILE", conflicts_with = "json")]
    pub with: Option<PathBuf>,
    /// Print JSON
    #[arg(long)]
    pub json: bool,
}

/// `yulin close`, `yulin open`
#[derive(Debug, Args)]
pub struct Status {
    /// What it is
    #[arg(value_enum)]
    pub noun: RecordNoun,
    /// Its key, as the list's json shows it
    pub key: String,
}

/// A kind of record that can be closed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum RecordNoun {
    Need,
    Offer,
}

/// `yulin duplicates`
#[derive(Debug, Args)]
pub struct Duplicates {
    /// These two are the same enterprise (recorded; --merge makes them one record)
    #[arg(long, num_args = 2, value_names = ["A", "B"])]
    pub confirm: Option<Vec<String>>,
    /// These two are different enterprises
    #[arg(long, num_args = 2, value_names = ["A", "B"], conflicts_with = "confirm")]
    pub reject: Option<Vec<String>>,
    /// Show what merging B into A would do (keys, codes or names); with --yes, merge them
    #[arg(long, num_args = 2, value_names = ["A", "B"], conflicts_with_all = ["confirm", "reject"])]
    pub merge: Option<Vec<String>>,
    /// Really merge
    #[arg(long, requires = "merge")]
    pub yes: bool,
    /// List the merges
    #[arg(long, conflicts_with_all = ["confirm", "reject", "merge"])]
    pub merges: bool,
    /// Part the records of this merge again
    #[arg(long, value_name = "MERGE", conflicts_with_all = ["confirm", "reject", "merge"])]
    pub split: Option<i64>,
}

/// `yulin learn`
#[derive(Debug, Args)]
pub struct Learn {
    /// Market (`yulin markets` lists them); default: parts and materials
    #[arg(long, value_name = "KEY", default_value = "")]
    pub market: String,
    /// Show what would be learned and gained; store nothing
    #[arg(long, conflicts_with_all = ["take", "list", "back"])]
    pub dry_run: bool,
    /// Put the learned weights into use even where they gain nothing on held-back outcomes
    #[arg(long, conflicts_with_all = ["list", "back"])]
    pub take: bool,
    /// List the versions
    #[arg(long, conflicts_with = "back")]
    pub list: bool,
    /// Put this version into use; 0 for the shipped weights
    #[arg(long, value_name = "VERSION")]
    pub back: Option<u32>,
}

/// `yulin serve`
#[derive(Debug, Args)]
pub struct Serve {
    /// Address to listen on
    #[arg(long, default_value = "127.0.0.1")]
    pub host: IpAddr,
    /// Port to listen on
    #[arg(long, default_value_t = 8080)]
    pub port: u16,
    /// Certificate for TLS with those above it (PEM); read again when it changes
    #[arg(long, value_name = "FILE", requires = "tls_key")]
    pub tls_cert: Option<PathBuf>,
    /// Key of the certificate (PEM)
    #[arg(long, value_name = "FILE", requires = "tls_cert")]
    pub tls_key: Option<PathBuf>,
    /// Address of this server as people reach it, such as `https://yulin.example.cn`; links in mails begin with it
    #[arg(long, env = "YULIN_BASE", value_name = "URL")]
    pub base: Option<String>,
    /// A proxy in front says whom a request comes from (the last entry of X-Forwarded-For)
    #[arg(long)]
    pub trust_proxy: bool,
    /// Serve the demo cluster to other machines, although everybody may sign in there
    #[arg(long)]
    pub demo_beyond_this_machine: bool,
    /// Form of the log on standard error
    #[arg(long, value_enum, default_value_t = LogFormat::Text)]
    pub log_format: LogFormat,
    /// Connections at a time
    #[arg(long, default_value_t = 1024, value_parser = clap::value_parser!(u32).range(1..=65_536), value_name = "N")]
    pub connections_max: u32,
    /// Largest file to send, MiB
    #[arg(long, default_value_t = 64, value_parser = clap::value_parser!(u64).range(1..=4096), value_name = "MIB")]
    pub body_mb_max: u64,
    /// Seconds after which a request is given up
    #[arg(long, default_value_t = 120, value_parser = clap::value_parser!(u64).range(1..=3600), value_name = "S")]
    pub timeout_s: u64,
    /// Seconds for the head of a request; also how long a connection may be idle
    #[arg(long, default_value_t = 15, value_parser = clap::value_parser!(u64).range(1..=3600), value_name = "S")]
    pub header_timeout_s: u64,
    /// Seconds between two pieces of a request's body
    #[arg(long, default_value_t = 20, value_parser = clap::value_parser!(u64).range(1..=3600), value_name = "S")]
    pub body_timeout_s: u64,
    /// Seconds that requests under way have when the server stops
    #[arg(long, default_value_t = 20, value_parser = clap::value_parser!(u64).range(0..=3600), value_name = "S")]
    pub stop_s: u64,
}

/// Form of the log.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum LogFormat {
    /// A line to read
    Text,
    /// A JSON object a line
    Json,
}

/// `yulin init`
#[derive(Debug, Args)]
pub struct Init {
    /// Name of the cluster, as every list will show it
    #[arg(long)]
    pub name: String,
    /// Region that is the cluster (name or code); enterprises elsewhere count as outside
    #[arg(long)]
    pub region: String,
    /// Name of the first administrator; the password is asked for
    #[arg(long, value_name = "NAME")]
    pub admin: Option<String>,
    /// Read the administrator's password from standard input, one line
    #[arg(long, requires = "admin")]
    pub password_stdin: bool,
    /// Language of pages for whoever has not chosen one
    #[arg(long, value_enum)]
    pub lang: Option<Lang>,
}

/// A language of pages.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Lang {
    /// 中文
    Zh,
    /// English
    En,
}

/// `yulin users`
#[derive(Debug, Args)]
#[command(group(clap::ArgGroup::new("what").args(["add", "invite", "reset", "close", "open"])))]
pub struct Users {
    /// Name of an account to add
    #[arg(long, value_name = "NAME", requires = "role")]
    pub add: Option<String>,
    /// Print a link with which somebody makes an account; says who it is for
    #[arg(long, value_name = "WHO", requires = "role")]
    pub invite: Option<String>,
    /// Take an account's password away and print a link for a new one
    #[arg(long, value_name = "NAME")]
    pub reset: Option<String>,
    /// Close an account: its sessions and tokens end
    #[arg(long, value_name = "NAME")]
    pub close: Option<String>,
    /// Open a closed account again
    #[arg(long, value_name = "NAME")]
    pub open: Option<String>,
    /// administrator, secretariat, member, commissioner, bureau or auditor
    #[arg(long)]
    pub role: Option<String>,
    /// Enterprise of a member (key, code or name); may be given several times for a commissioner
    #[arg(long, value_name = "KEY")]
    pub enterprise: Vec<String>,
    /// E-mail, for notices
    #[arg(long, default_value = "")]
    pub email: String,
    /// Read the new account's password from standard input, one line
    #[arg(long, requires = "add")]
    pub password_stdin: bool,
    /// Days that an invitation lasts
    #[arg(long, default_value_t = 14)]
    pub days: u32,
    /// Print the accounts as JSON
    #[arg(long, conflicts_with = "what")]
    pub json: bool,
}

/// `yulin audit`
#[derive(Debug, Subcommand)]
pub enum Audit {
    /// Compute the whole chain of hashes again
    Verify,
    /// Show entries, newest first
    Show(AuditShow),
}

/// `yulin audit show`
#[derive(Debug, Args)]
pub struct AuditShow {
    /// Only this account's
    #[arg(long = "actor", value_name = "NAME", default_value = "")]
    pub who: String,
    /// Only actions that begin so, such as `list.`
    #[arg(long, default_value = "")]
    pub action: String,
    /// Only objects that begin so, such as `need/12`
    #[arg(long, default_value = "")]
    pub object: String,
    /// Only entries with a smaller number
    #[arg(long, value_name = "NUMBER")]
    pub before: Option<i64>,
    /// At most so many
    #[arg(long, default_value_t = 50, value_parser = clap::value_parser!(u32).range(1..=1000))]
    pub limit: u32,
    /// Print JSON, one entry a line
    #[arg(long)]
    pub json: bool,
}

#[cfg(test)]
mod tests {
    use clap::{CommandFactory, Parser};

    #[test]
    fn the_flags_are_sound() {
        super::Cli::command().debug_assert();
    }

    #[test]
    fn a_year_is_a_period_of_the_ledger() {
        for command in ["indicators", "zero-carbon"] {
            let read = super::Cli::try_parse_from(["yulin", "ledger", command, "--period", "2026"]);
            assert!(read.is_ok(), "{command}: {read:?}");
        }
    }
}
