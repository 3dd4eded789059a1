//! Accounts and likely duplicate enterprises.

use super::password;
use crate::cli::{Duplicates, Init, Lang, RecordNoun, Status, Users};
use app::{AccountChange, AccountInfo, Actor, App, Code, Error, NewAccount, NewInvitation, Office, Result};
use model::visibility::Noun;
use std::process::ExitCode;

pub async fn init(app: &App, actor: &Actor, args: &Init) -> Result<ExitCode> {
    let password = match &args.admin {
        Some(name) => Some(password::read(args.password_stdin, name)?),
        None => None,
    };
    app.name_cluster(actor, &args.name, &args.region).await?;
    if let Some(lang) = args.lang {
        let word = match lang {
            Lang::Zh => "zh",
            Lang::En => "en",
        };
        app.set_lang(actor, word).await?;
    }
    say!("cluster 集群: {}", args.name);
    if let (Some(name), Some(_)) = (&args.admin, &password) {
        let new = NewAccount {
            name: name.clone(),
            office: Some(Office::Administrator),
            password,
            ..NewAccount::default()
        };
        app.add_account(actor, &new).await?;
        say!("administrator 管理员: {name}");
        say!("next 下一步: yulin serve");
        return Ok(ExitCode::SUCCESS);
    }
    say!("next 下一步: yulin import 企业名录.xlsx 供给.xlsx 需求.xlsx --dry-run");
    Ok(ExitCode::SUCCESS)
}

pub async fn run(app: &App, actor: &Actor, args: &Users) -> Result<ExitCode> {
    let office = args.role.as_deref().map(office).transpose()?;
    if let (Some(who), Some(office)) = (&args.invite, office) {
        let enterprise = enterprises(app, actor, args).await?.first().copied();
        let new = NewInvitation {
            office,
            enterprise,
            name: who.clone(),
            email: args.email.clone(),
            days: args.days,
        };
        link(&app.invite(actor, &new, "").await?.token, args.days);
        return Ok(ExitCode::SUCCESS);
    }
    if let Some(name) = &args.reset {
        let account = find(app, actor, name).await?;
        link(&app.reset_password(actor, account.id).await?, 3);
        return Ok(ExitCode::SUCCESS);
    }
    for (name, active) in [(&args.close, false), (&args.open, true)] {
        if let Some(name) = name {
            let account = find(app, actor, name).await?;
            let change = AccountChange { active: Some(active), ..AccountChange::default() };
            app.set_account(actor, account.id, account.version, &change).await?;
        }
    }
    if let (Some(name), Some(office)) = (&args.add, office) {
        add(app, actor, args, name, office).await?;
    }
    let accounts = app.accounts(actor).await?;
    if args.json {
        let text = serde_json::to_string_pretty(&accounts)
            .map_err(|e| Error::new(Code::Internal, format!("cannot write the accounts: {e}")))?;
        say!("{text}");
        return Ok(ExitCode::SUCCESS);
    }
    for account in accounts {
        let enterprise = account.enterprise.map_or(String::new(), |(_, name)| format!("\t{name}"));
        let state = match (account.active, account.can_sign_in) {
            (false, _) => "\tclosed 已关闭",
            (true, false) => "\tno password 未设密码",
            (true, true) => "",
        };
        say!("{}\t{}{enterprise}{state}", account.name, account.office.word());
    }
    Ok(ExitCode::SUCCESS)
}

async fn add(app: &App, actor: &Actor, args: &Users, name: &str, office: Office) -> Result<()> {
    let enterprises = enterprises(app, actor, args).await?;
    let password = match args.password_stdin {
        true => Some(password::read(true, name)?),
        false => None,
    };
    let commissioner = office == Office::Commissioner;
    if enterprises.len() > 1 && !commissioner {
        return Err(Error::new(Code::BadInput, "only a commissioner has several enterprises"));
    }
    let new = NewAccount {
        name: name.to_owned(),
        office: Some(office),
        enterprise: enterprises.first().copied().filter(|_| !commissioner),
        email: args.email.clone(),
        password,
    };
    let account = app.add_account(actor, &new).await?;
    if commissioner && !enterprises.is_empty() {
        app.assign(actor, account, &enterprises).await?;
    }
    Ok(())
}

fn office(word: &str) -> Result<Office> {
    Office::parse(word).ok_or_else(|| {
        Error::new(Code::BadInput, format!("no role `{word}`"))
            .hint("administrator, secretariat, member, commissioner, bureau or auditor")
    })
}

async fn enterprises(app: &App, actor: &Actor, args: &Users) -> Result<Vec<i64>> {
    let mut ids = Vec::new();
    for text in &args.enterprise {
        ids.push(app.find_enterprise(actor, text).await?);
    }
    Ok(ids)
}

async fn find(app: &App, actor: &Actor, name: &str) -> Result<AccountInfo> {
    let found = app.accounts(actor).await?.into_iter().find(|account| account.name == name);
    found.ok_or_else(|| {
        Error::new(Code::NotFound, format!("no account {name}")).hint("yulin users shows all accounts")
    })
}

/// Prints the path of a link, which is shown only now.
fn link(token: &str, days: u32) {
    say!("/join/{token}");
    say!("put the server's address before it; it is shown only now and lasts {days} days");
    say!("在前面加上平台网址发给本人；只显示这一次，{days}天内有效");
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
    if let Some([a, b]) = args.merge.as_deref() {
        return merge(app, actor, a, b, args.yes).await;
    }
    if let Some(merge) = args.split {
        let restored = app.split_duplicate(actor, merge).await?;
        say!(
            "merge 合并 {merge}: parted 已分开{}",
            if restored { "" } else { ", the survivor was changed since and keeps its fields" }
        );
        return Ok(ExitCode::SUCCESS);
    }
    if args.merges {
        for m in app.merged_duplicates(actor).await? {
            let parted = if m.split.is_some() { "  parted 已分开" } else { "" };
            say!(
                "{}\t{} <- {}\t{} needs 需求, {} offers 供给{parted}",
                m.id,
                m.survivor.name,
                m.loser.name,
                m.needs,
                m.offers
            );
        }
        return Ok(ExitCode::SUCCESS);
    }
    for cluster in app.duplicate_clusters(actor).await?.iter().filter(|c| !c.conflicts.is_empty()) {
        let members: Vec<&str> = cluster.members.iter().map(|member| member.name.as_str()).collect();
        say!("decisions contradict each other 决定互相矛盾: {}", members.join(" = "));
        for (a, b) in &cluster.conflicts {
            say!("  {} ≠ {}: take one decision back 请撤销其中一个决定", a.name, b.name);
        }
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

/// Shows what a merge would do, and makes it where `yes`.
async fn merge(app: &App, actor: &Actor, a: &str, b: &str, yes: bool) -> Result<ExitCode> {
    let (survivor, loser) = (app.find_enterprise(actor, a).await?, app.find_enterprise(actor, b).await?);
    let preview = app.merge_preview(actor, survivor, loser).await?;
    say!("{} <- {}", preview.survivor.0.name, preview.loser.0.name);
    for field in preview.fields.iter().filter(|f| f.result != f.survivor) {
        say!("  {}: {} -> {}", field.name, field.survivor, field.result);
    }
    let accounts = preview.accounts.join(", ");
    say!(
        "  moves 移动: {} needs 需求, {} offers 供给, accounts 账号 [{accounts}]",
        preview.needs,
        preview.offers
    );
    if !yes {
        say!("nothing stored 未保存; --yes merges them");
        return Ok(ExitCode::SUCCESS);
    }
    let id = app.merge_duplicate(actor, (survivor, preview.survivor.1), (loser, preview.loser.1)).await?;
    say!("merged 已合并: {id}; yulin duplicates --split {id} parts them again");
    Ok(ExitCode::SUCCESS)
}
