//! The whole main job on the demo cluster.

mod inspections;

use super::{import, lists, serve};
use crate::cli::Demo;
use crate::progress::Bar;
use app::{
    Actor, App, Clock, Code, DemoPeople, Error, ImportOptions, InputFile, PublishOptions, Result, Take,
};
use jiff::civil::{Date, date};
use model::list::{ListContent, ListIndex};
use rust_embed::RustEmbed;
use std::net::{IpAddr, Ipv4Addr};
use std::process::ExitCode;
use std::sync::Arc;

/// The day on which the demo cluster lives: its rows are valid then, and its list has the same hash whenever it is made.
const DAY: Date = date(2026, 11, 22);

/// Codes of the counties of the demo's example.
const WANAN: &str = "360828";
const TAIHE: &str = "360826";

/// The demo workbooks, in the program. Those in `bad/` are for tests.
#[derive(RustEmbed)]
#[folder = "../../demo/workbooks"]
struct Workbooks;

/// Imports the demo workbooks into a new database, publishes list No. 1 and serves it.
pub async fn run(args: &Demo) -> Result<ExitCode> {
    std::fs::create_dir_all(&args.out)
        .map_err(|e| Error::new(Code::File, format!("cannot make {}: {e}", args.out.display())))?;
    let database = args.out.join("demo.db");
    for suffix in ["", "-wal", "-shm"] {
        // The demo begins anew each time; its database holds nothing but demo data.
        let mut file = database.as_os_str().to_owned();
        file.push(suffix);
        match std::fs::remove_file(&file) {
            Ok(()) => {}
            Err(e) if e.kind() == std::io::ErrorKind::NotFound => {}
            Err(e) => {
                return Err(Error::new(Code::File, format!("cannot remove {}: {e}", database.display())));
            }
        }
    }
    let app = Arc::new(App::open(&database.to_string_lossy(), Clock::at_noon(DAY)).await?);
    let result = run_in(&app, args).await;
    app.close().await;
    result
}

async fn run_in(app: &Arc<App>, args: &Demo) -> Result<ExitCode> {
    let database = args.out.join("demo.db");
    let actor = super::console();
    app.name_cluster(&actor, "吉安电子信息产业集群（虚构示例）", "360800").await?;
    let mut names: Vec<_> = Workbooks::iter().filter(|name| !name.starts_with("bad/")).collect();
    names.sort();
    let files: Vec<InputFile> = names
        .into_iter()
        .filter_map(|name| {
            Workbooks::get(&name)
                .map(|file| InputFile { name: name.to_string(), bytes: file.data.into_owned() })
        })
        .collect();
    say!("Fictional demo cluster 虚构示例集群");
    let bar = Bar::new();
    let options = ImportOptions { accept_valid: true, ..ImportOptions::default() };
    let report = app.import(&actor, files, &options, &|s, d, t| bar.report(s, d, t)).await?;
    drop(bar);
    import::show(&report, 5);
    if let Some(rejects) = &report.rejects {
        let path = args.out.join("退回行.xlsx");
        super::write(&path, rejects)?;
        say!("refused rows 退回行: {}", path.display());
    }
    let bar = Bar::new();
    let list = app
        .publish_period(&actor, app.this_month(), PublishOptions::default(), &|s, d, t| bar.report(s, d, t))
        .await?;
    let written = lists::write_files(app, &actor, &list, &args.out)?;
    drop(bar);
    lists::summary(app, &list);
    lists::show_files(&written);
    let events = app.capture_demo_plants(&actor).await?;
    say!("ledger 批次台账: {events} events 事件, four plants 四家工厂");
    // After publishing: the console is one person, and what it drafts another account would have to approve.
    inspections::add(app, &actor).await?;
    accounts(app, &actor, &list.content).await?;
    let outcomes = app.add_demo_outcomes(&actor, &list.content).await?;
    if outcomes > 0 {
        let learning = app.learn(&actor, "", Take::No, &|_, _, _| {}).await?;
        say!(
            "fictional outcomes 虚构的对接结果: {outcomes}; weights learned 学习权重: version 版本 {}, not in use 未采用",
            learning.version
        );
    }
    say!("database 数据库: {}", database.display());
    if args.no_serve {
        return Ok(ExitCode::SUCCESS);
    }
    let options = server::Options::default();
    serve::serve(app.clone(), IpAddr::V4(Ipv4Addr::LOCALHOST), args.port, options, None).await
}

/// Adds the demo's accounts: one an office, and the two sides of the pair that the guide tells of; then its events.
async fn accounts(app: &App, actor: &Actor, content: &ListContent) -> Result<()> {
    let people = people(content)?;
    app.add_demo_accounts(actor, &people).await?;
    app.add_demo_meetings(actor, &people).await?;
    say!("accounts 账号 (password 密码 {}):", app::DEMO_PASSWORD);
    for account in app.demo_accounts().await? {
        let enterprise = account.enterprise.map_or(String::new(), |name| format!("  {name}"));
        say!("  {}  {}{enterprise}", account.name, account.office.zh());
    }
    Ok(())
}

/// The Wan'an enterprise that needs a mask for displays, the Taihe one that is first for it, and three for the commissioner.
fn people(content: &ListContent) -> Result<DemoPeople> {
    let index = ListIndex::new(content);
    let lies_in = |key: &str, region: &str| index.enterprise(key).is_some_and(|e| e.region_code == region);
    let pair = content.needs.iter().find_map(|listed| {
        let need = &listed.need;
        let first = index.pairs_of(&need.key).iter().next()?;
        let supplier = index.supplier(&first.matched.offer)?;
        let fits =
            need.title.contains("面罩") && lies_in(&need.enterprise, WANAN) && supplier.region_code == TAIHE;
        fits.then(|| (need.enterprise.clone(), supplier.key.clone()))
    });
    let (buyer, supplier) =
        pair.ok_or_else(|| Error::new(Code::Internal, "the demo's workbooks lack its own example"))?;
    let mut looked_after = vec![buyer.clone()];
    let others = content.enterprises.iter().filter(|e| e.region_code == WANAN && e.key != buyer);
    looked_after.extend(others.take(2).map(|e| e.key.clone()));
    Ok(DemoPeople { buyer, supplier, looked_after })
}
