//! Publishing: numbering and freezing a list, bringing a period's list there in one go, and taking one back.

use super::compose::compare;
use super::nothing_to_match;
use crate::notice::To;
use crate::{Act, Actor, App, Code, Error, Progress, Result, Stage};
use model::list::{ListContent, ListState, MatchingList};
use model::period::Period;
use std::sync::Arc;
use store::{ListHead, series_version};

/// How a period's list is published.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct PublishOptions {
    /// Key of the market; that of parts and materials where empty.
    pub market: String,
    /// Publish another list for a period that has one already.
    pub again: bool,
    /// Publish the open draft although records were imported after it.
    pub keep_draft: bool,
}

#[boxed::futures]
impl App {
    /// Numbers and freezes an approved list.
    ///
    /// # Errors
    /// [`Code::Conflict`] where the list is not approved, or another list was published or withdrawn at the same moment;
    /// [`Code::NothingToDo`] where it holds no need.
    pub async fn publish(&self, actor: &Actor, id: i64, progress: Progress<'_>) -> Result<MatchingList> {
        actor.need(Act::Publish)?;
        let lists = self.store.lists().await?;
        self.publish_after(actor, id, &lists, progress).await
    }

    /// Publishes, given the lists by which it was decided; the caller has asked leave.
    async fn publish_after(
        &self,
        actor: &Actor,
        id: i64,
        lists: &[ListHead],
        progress: Progress<'_>,
    ) -> Result<MatchingList> {
        progress(Stage::Freeze, 0, 1);
        let stored = self.store.list(id).await?;
        if stored.list.content.needs.is_empty() {
            return Err(nothing_to_match());
        }
        let standing = self.standing_list(lists, &stored.list.content.market).await?;
        let finish = move |_: u32, previous: &str, content: ListContent| ListContent {
            previous_sha256: previous.to_owned(),
            ..compare(self.reference, content, standing.as_ref())
        };
        let by = self.by(actor);
        let series = series_version(lists);
        let published = self.store.publish(id, stored.version, series, &by, finish).await;
        self.forget_list();
        published?;
        progress(Stage::Freeze, 1, 1);
        let list = self.store.list(id).await?.list;
        let number = list.number.unwrap_or(0);
        let title = format!("第{number}号供需对接清单已发布");
        let needs = list.content.needs.len();
        let body = format!("期间：{}；共{needs}条需求。请打开查看与本企业有关的对接。", list.content.period);
        self.notify("list.published", To::Everyone, &title, &body, &format!("/lists/{number}")).await;
        Ok(list)
    }

    /// Brings the period's list to publication: an approved list is published, an open draft is approved first, and where
    /// there is neither, one is drafted. A draft that is older than the newest import is drafted anew where nobody has
    /// said anything on it.
    ///
    /// # Errors
    /// [`Code::Conflict`] where the period's newest list stands published, or a reviewed draft is older than the newest
    /// import, unless `options` say otherwise; those of the single steps.
    pub async fn publish_period(
        &self,
        actor: &Actor,
        period: Period,
        options: PublishOptions,
        progress: Progress<'_>,
    ) -> Result<Arc<MatchingList>> {
        actor.need(Act::PublishPeriod)?;
        let market = &self.known_market(&options.market)?.key;
        let lists = self.store.lists().await?;
        let newest = lists
            .iter()
            .filter(|l| l.market.0 == *market)
            .filter(|l| l.period == period && l.state != ListState::Discarded)
            .max_by_key(|l| l.id);
        let draft = match newest {
            Some(list) if list.state == ListState::Approved => {
                return Ok(Arc::new(self.publish_after(actor, list.id, &lists, progress).await?));
            }
            Some(list) if list.state == ListState::Published && !options.again => {
                return Err(Error::new(
                    Code::Conflict,
                    format!("{period} has its list: No. {} is published", list.number.unwrap_or(0)),
                )
                .hint("--again, or withdraw it first"));
            }
            Some(list) if list.state == ListState::Draft => {
                let import_id = self.store.imports(1).await?.first().map(|i| i.id);
                if options.keep_draft || list.import_id == import_id {
                    Some(list.id)
                } else if list.version > 1 {
                    return Err(Error::new(
                        Code::Conflict,
                        format!("draft {} was reviewed, but is older than the newest import", list.id),
                    )
                    .hint("yulin draft (reviews of unchanged pairs are kept) or --keep-draft"));
                } else {
                    None
                }
            }
            _ => None,
        };
        let draft = match draft {
            Some(id) => id,
            None => self.draft(actor, market, period, progress).await?.id,
        };
        self.approve(actor, draft, progress).await?;
        Ok(Arc::new(self.publish_after(actor, draft, &lists, progress).await?))
    }

    /// Takes a published list back, with a reason. Number and content stay.
    ///
    /// # Errors
    /// [`Code::NotFound`]; [`Code::Conflict`] where it is withdrawn already.
    pub async fn withdraw(&self, actor: &Actor, number: u32, reason: &str) -> Result<()> {
        actor.need(Act::Withdraw)?;
        if reason.trim().is_empty() {
            return Err(Error::new(Code::BadInput, "a list is withdrawn only with a reason"));
        }
        let head = self.store.list_head(number).await?;
        let withdrawn = self.store.withdraw(head.id, head.version, reason, &self.by(actor)).await;
        self.forget_list();
        withdrawn?;
        let title = format!("第{number}号供需对接清单已撤回");
        let body = format!("原因：{}", reason.trim());
        self.notify("list.withdrawn", To::Everyone, &title, &body, &format!("/lists/{number}")).await;
        Ok(())
    }
}
