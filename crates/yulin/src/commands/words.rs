//! What others make tables of: words of specifications that were not read, titles.

use app::{Actor, App, Result};
use std::process::ExitCode;

/// Words of specifications that were not read, as a table to fill in.
pub async fn unread(app: &App, actor: &Actor) -> Result<ExitCode> {
    super::print(&app.unread_words_sheet(actor).await?)?;
    Ok(ExitCode::SUCCESS)
}

/// Titles, a line each.
pub async fn titles(app: &App, actor: &Actor) -> Result<ExitCode> {
    for title in app.titles(actor).await? {
        say!("{title}");
    }
    Ok(ExitCode::SUCCESS)
}
