//! The accounts of the fictional demo cluster, with a password that everybody may know.

use super::NewAccount;
use crate::{Actor, App, Office, Result};

/// Password of every demo account. It opens nothing but demo data.
pub const DEMO_PASSWORD: &str = "demo-forest-2026";
/// The setting that marks the demo cluster.
pub(crate) const DEMO: &str = "cluster.demo";

/// A demo account, for signing in with one click.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DemoAccount {
    /// Name.
    pub name: String,
    /// Office.
    pub office: Office,
    /// Name of a member's enterprise.
    pub enterprise: Option<String>,
}

/// Enterprises of the demo cluster whose people get accounts, by key.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DemoPeople {
    /// The one that buys.
    pub buyer: String,
    /// The one that supplies it.
    pub supplier: String,
    /// Those that the commissioner looks after.
    pub looked_after: Vec<String>,
}

#[boxed::futures]
impl App {
    /// Marks the cluster as the demo and adds an account for each office, and two of members.
    ///
    /// # Errors
    /// Those of [`Self::add_account`] and [`Self::assign`].
    pub async fn add_demo_accounts(&self, actor: &Actor, people: &DemoPeople) -> Result<()> {
        for (name, office, enterprise) in [
            ("示例管理员", Office::Administrator, None),
            ("示例秘书处", Office::Secretariat, None),
            ("示例采购员", Office::Member, Some(&people.buyer)),
            ("示例销售员", Office::Member, Some(&people.supplier)),
            ("示例特派员", Office::Commissioner, None),
            ("示例工信局", Office::Bureau, None),
            ("示例审计员", Office::Auditor, None),
        ] {
            let enterprise = match enterprise {
                Some(key) => Some(self.store.enterprise(key).await?.id),
                None => None,
            };
            let new = NewAccount {
                name: name.to_owned(),
                office: Some(office),
                enterprise,
                password: Some(DEMO_PASSWORD.to_owned()),
                ..NewAccount::default()
            };
            let account = self.add_account(actor, &new).await?;
            if office == Office::Commissioner {
                let mut ids = Vec::new();
                for key in &people.looked_after {
                    ids.push(self.store.enterprise(key).await?.id);
                }
                self.assign(actor, account, &ids).await?;
            }
        }
        Ok(self.store.set_setting(DEMO, "1", &self.by(actor)).await?)
    }

    /// The accounts of the demo cluster, for its sign-in page; none on any other cluster. Comes before there is an actor.
    ///
    /// # Errors
    /// Storage errors.
    pub async fn demo_accounts(&self) -> Result<Vec<DemoAccount>> {
        if self.store.setting(DEMO).await?.as_deref() != Some("1") {
            return Ok(Vec::new());
        }
        let accounts = self.store.users().await?.into_iter().filter(|a| a.active && a.can_sign_in);
        accounts
            .filter(|account| account.name.starts_with("示例"))
            .map(|account| {
                Ok(DemoAccount {
                    office: super::office_of(&account)?,
                    name: account.name,
                    enterprise: account.enterprise.map(|enterprise| enterprise.name),
                })
            })
            .collect()
    }
}
