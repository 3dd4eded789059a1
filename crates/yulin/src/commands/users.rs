//! Accounts and likely duplicate enterprises.

use crate::cli::{Duplicates, Users};
use app::{Actor, App, Code, Error, Result, Role};
use std::process::ExitCode;

pub async fn run(app: &App, actor: &Actor, args: &Users) -> Result<ExitCode> {
    if let (Some(name), Some(word)) = (&args.add, &args.role) {
        let role = Role::parse(word).ok_or_else(|| {
            Error::new(Code::BadInput, format!("no role `{word}`"))
                .hint("administrator, secretariat, commissioner, bureau or auditor")
        })?;
        app.add_user(actor, name, &role).await?;
    }
    for (name, role) in app.users(actor).await? {
        println!("{name}\t{role}");
    }
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
        println!("no open proposals 没有待定的疑似重复企业");
    }
    for pair in open {
        println!(
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
