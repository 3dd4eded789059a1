//! Accounts and likely duplicate enterprises.

use crate::cli::{Duplicates, RecordNoun, Status, Users};
use app::{Actor, App, Code, Error, NewAccount, Office, Result};
use model::visibility::Noun;
use std::process::ExitCode;

pub async fn init(app: &App, actor: &Actor, name: &str, region: &str) -> Result<ExitCode> {
    app.name_cluster(actor, name, region).await?;
    say!("cluster 集群: {name}");
    say!("next 下一步: yulin import 企业名录.xlsx 供给.xlsx 需求.xlsx --dry-run");
    Ok(ExitCode::SUCCESS)
}

pub async fn run(app: &App, actor: &Actor, args: &Users) -> Result<ExitCode> {
    if let (Some(name), Some(word)) = (&args.add, &args.role) {
        let office = Office::parse(word).ok_or_else(|| {
            Error::new(Code::BadInput, format!("no role `{word}`"))
                .hint("administrator, secretariat, member, commissioner, bureau or auditor")
        })?;
        app.add_account(
            actor,
            &NewAccount { name: name.clone(), office: Some(office), ..NewAccount::default() },
        )
        .await?;
    }
    for account in app.accounts(actor).await? {
        say!("{}\t{}", account.name, account.office.word());
    }
    Ok(ExitCode::SUCCESS)
}

pub async fn set_status(app: &App, actor: &Actor, args: &Status, open: bool) -> Result<ExitCode> {
    let noun = match args.noun {
        RecordNoun::Need => Noun::Need,
        RecordNoun::Offer => Noun::Offer,
    };
    app.set_status(actor, noun, &args.key, open).await?;
    say!("{} {}", if open { "open 已开放:" } else { "closed 已关闭:" }, args.key);
    Ok(ExitCode::SUCCESS)
}

pub async fn duplicates(app: &App, actor: &Actor, args: &Duplicates) -> Result<ExitCode> {
    if let Some([a, b]) = args.confirm.as_deref() {
        app.decide_duplicate(actor, a, b, true).await?;
    }
    if let Some([a, b]) = args.reject.as_deref() {
        app.decide_duplicate(actor, a, b, false).await?;
    }
    let open = app.duplicates(actor).await?;
    if open.is_empty() {
        say!("no open proposals 没有待定的疑似重复企业");
    }
    for pair in open {
        say!(
            "{:.2}\t{} {}\t{} {}\t{}",
            pair.score,
            pair.a,
            pair.a_name,
            pair.b,
            pair.b_name,
            pair.reasons.join("；")
        );
    }
    Ok(ExitCode::SUCCESS)
}
