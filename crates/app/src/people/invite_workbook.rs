//! Inviting the members of a whole workbook.

use super::{Invited, NewInvitation, email_of};
use crate::{Act, Actor, App, Code, Error, Office, Result};
use exchange::invitees::{self, Invitee};
use jiff::ToSpan as _;
use model::enterprise::Enterprise;
use serde::Serialize;
use std::collections::HashMap;

/// Days that a workbook's invitations last.
const DAYS: u32 = 30;

#[boxed::futures]
impl App {
    /// Invites a member for each row of a workbook (columns 企业名称, 统一社会信用代码, 联系人, 邮箱; guessed as at import) and returns the
    /// workbook with a column of links added. All rows or none. A member whose enterprise is not known yet claims it later.
    ///
    /// # Errors
    /// [`crate::Code::BadInput`] with sheet and cell.
    pub async fn invite_workbook(
        &self,
        actor: &Actor,
        file: &crate::InputFile,
        base: &str,
    ) -> Result<(Vec<Invited>, Vec<u8>)> {
        actor.need(Act::InviteWorkbook)?;
        let (rows, known) = self.invitees(file).await?;
        let new: Vec<NewInvitation> = rows.iter().map(|row| invitation(row, known_as(row, &known))).collect();
        let invited = self.invite_all(actor, &new, base).await?;
        let base = base.trim_end_matches('/');
        let links: Vec<String> = invited.iter().map(|one| format!("{base}/join/{}", one.token)).collect();
        let until = self.clock.today().saturating_add(i64::from(DAYS).days()).to_string();
        let book = invitees::write(&rows, &links, &until);
        let book = book.map_err(|e| Error::new(Code::Output, e.to_string()))?;
        Ok((invited, book))
    }

    /// Whom [`Self::invite_workbook`] would invite; nothing is written. Leave of `invite_workbook`.
    ///
    /// # Errors
    /// [`crate::Code::BadInput`] with sheet and cell.
    pub async fn preview_invitations(
        &self,
        actor: &Actor,
        file: &crate::InputFile,
    ) -> Result<Vec<InvitationRow>> {
        actor.need(Act::InviteWorkbook)?;
        let (rows, known) = self.invitees(file).await?;
        let stored: HashMap<i64, String> =
            self.store.enterprises().await?.into_iter().map(|e| (e.id, e.value.name)).collect();
        let preview = rows.into_iter().map(|row| {
            let id = known_as(&row, &known);
            InvitationRow {
                known: id.and_then(|id| Some((id, stored.get(&id)?.clone()))),
                enterprise: row.enterprise,
                uscc: row.uscc.map(|code| code.to_string()).unwrap_or_default(),
                contact: row.contact,
                email: row.email,
            }
        });
        Ok(preview.collect())
    }

    /// The rows of a workbook, checked, and the stored enterprises by every key that a row may have.
    async fn invitees(&self, file: &crate::InputFile) -> Result<(Vec<Invitee>, HashMap<String, i64>)> {
        let rows =
            invitees::read(&file.bytes, &file.name, self.reference).map_err(|faults| bad_rows(&faults))?;
        let faults: Vec<String> = rows
            .iter()
            .filter(|row| email_of(&row.email).is_err())
            .map(|row| format!("{}：邮箱格式不对", row.email_cell))
            .collect();
        if !faults.is_empty() {
            return Err(bad_rows(&faults));
        }
        let mut known: HashMap<String, i64> = HashMap::new();
        for enterprise in self.store.enterprises().await? {
            let (code, name) = (enterprise.value.uscc.as_ref(), &enterprise.value.name);
            for key in
                [enterprise.value.key.clone(), Enterprise::key_of(code, name), Enterprise::key_of(None, name)]
            {
                known.entry(key).or_insert(enterprise.id);
            }
        }
        Ok((rows, known))
    }
}

/// A row of a workbook of invitations, as it would be invited.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct InvitationRow {
    /// Name of the enterprise as given.
    pub enterprise: String,
    /// Its code; may be empty.
    pub uscc: String,
    /// Person; may be empty.
    pub contact: String,
    /// E-mail; may be empty.
    pub email: String,
    /// Row id and name of the stored enterprise; without one the member claims it later.
    pub known: Option<(i64, String)>,
}

/// The enterprise is known by its code where the row has one: of two with one name the row may mean the other.
fn known_as(row: &Invitee, known: &HashMap<String, i64>) -> Option<i64> {
    known.get(&Enterprise::key_of(row.uscc.as_ref(), &row.enterprise)).copied()
}

fn invitation(row: &Invitee, enterprise: Option<i64>) -> NewInvitation {
    let name = if row.contact.is_empty() {
        row.enterprise.clone()
    } else {
        format!("{} {}", row.enterprise, row.contact)
    };
    NewInvitation {
        office: Office::Member,
        enterprise,
        name: name.chars().take(100).collect(),
        email: row.email.clone(),
        days: DAYS,
    }
}

fn bad_rows(faults: &[String]) -> Error {
    let mut error = Error::new(Code::BadInput, faults.join("\n"));
    error.fields.push(("file".to_owned(), faults.join("；")));
    error
}
