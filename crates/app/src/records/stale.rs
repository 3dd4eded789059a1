//! Records that nobody has touched for long, and the overview's figures.

use super::market::status;
use super::{EnterpriseBrief, RecordStatus};
use crate::{Act, Actor, App, Result};
use serde::Serialize;
use std::collections::HashMap;
use store::Status;

/// An enterprise whose records are old.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct StaleRow {
    /// The enterprise.
    pub enterprise: EnterpriseBrief,
    /// Open needs that have not changed for so long.
    pub needs: usize,
    /// Open offers.
    pub offers: usize,
    /// Days since its newest record changed.
    pub days: i64,
    /// When its people were last reminded.
    pub reminded_ms: Option<i64>,
    /// Accounts that would hear of a reminder.
    pub people: usize,
}

#[boxed::futures]
impl App {
    /// Enterprises with open records that have not changed for `days` days (90 by custom), longest first. Members see their own,
    /// commissioners theirs.
    ///
    /// # Errors
    /// Storage errors.
    pub async fn stale(&self, actor: &Actor, days: u32) -> Result<Vec<StaleRow>> {
        actor.need(Act::Stale)?;
        let (market, today) = (self.market().await?, self.today());
        let viewer = market.viewer(actor);
        let now = self.clock.now_ms();
        let mut rows = Vec::new();
        for enterprise in &market.enterprises.all {
            let known = market.knows(&viewer, enterprise) && viewer.keeps(enterprise.id);
            if !known || enterprise.status != Status::Open {
                continue;
            }
            let needs = market.needs.of(enterprise.id).filter(|n| market.knows(&viewer, n));
            let needs: Vec<i64> =
                needs.filter(|n| status(n, today) == RecordStatus::Open).map(|n| n.updated_ms).collect();
            let offers = market.offers.of(enterprise.id).filter(|o| market.knows(&viewer, o));
            let offers: Vec<i64> =
                offers.filter(|o| status(o, today) == RecordStatus::Open).map(|o| o.updated_ms).collect();
            let old = |all: &[i64]| all.iter().filter(|at| now - **at >= i64::from(days) * DAY_MS).count();
            let (old_needs, old_offers) = (old(&needs), old(&offers));
            let Some(newest) = needs.iter().chain(&offers).max() else { continue };
            if old_needs + old_offers > 0 {
                rows.push(StaleRow {
                    enterprise: market.brief(&viewer, enterprise.id),
                    needs: old_needs,
                    offers: old_offers,
                    days: (now - newest).max(0) / DAY_MS,
                    reminded_ms: None,
                    people: 0,
                });
            }
        }
        if !rows.is_empty() {
            let reminded = self.reminded().await?;
            let people = self.people_counts().await?;
            for row in &mut rows {
                row.reminded_ms = reminded.get(&row.enterprise.id).copied();
                row.people = people.get(&row.enterprise.id).copied().unwrap_or_default();
            }
        }
        rows.sort_by(|a, b| b.days.cmp(&a.days).then_with(|| a.enterprise.id.cmp(&b.enterprise.id)));
        Ok(rows)
    }

    /// When the people of enterprises were last reminded, as the audit tells.
    async fn reminded(&self) -> Result<HashMap<i64, i64>> {
        let filter = store::AuditFilter {
            action: "stale.remind".to_owned(),
            limit: 1000,
            ..store::AuditFilter::default()
        };
        let mut out = HashMap::new();
        for entry in self.store.audit_entries(&filter).await? {
            let detail: serde_json::Value = serde_json::from_str(&entry.detail).unwrap_or_default();
            let ids = detail["enterprises"].as_array().into_iter().flatten().filter_map(|id| id.as_i64());
            for id in ids {
                // Newest first.
                out.entry(id).or_insert(entry.at_ms);
            }
        }
        Ok(out)
    }

    /// Accounts that hear of what is told to an enterprise: its members, else its commissioners.
    async fn people_counts(&self) -> Result<HashMap<i64, usize>> {
        let users = self.store.users().await?;
        let mut members: HashMap<i64, usize> = HashMap::new();
        for enterprise in users.iter().filter(|u| u.active).filter_map(|u| u.enterprise.as_ref()) {
            *members.entry(enterprise.id).or_default() += 1;
        }
        let mut assigned: HashMap<i64, usize> = HashMap::new();
        for (account, enterprise) in self.store.assignments(None).await? {
            if users.iter().any(|u| u.active && u.id == account) {
                *assigned.entry(enterprise.id).or_default() += 1;
            }
        }
        for (enterprise, count) in assigned {
            members.entry(enterprise).or_insert(count);
        }
        Ok(members)
    }
}

const DAY_MS: i64 = 24 * 60 * 60 * 1000;
