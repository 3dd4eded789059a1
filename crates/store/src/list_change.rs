//! The way of a list: draft, review, approval, publication, withdrawal. Each step is one transaction with its
//! audit entry and asks for the version that the caller has read.

use crate::Store;
use crate::audit::{self, By};
use crate::database::Write;
use crate::error::{During, Error, Result};
use crate::list::{self, HEAD, ListHead, head};
use crate::sql::InsertMany;
use model::hex::sha256_hex;
use model::list::{ListContent, ListState, Review};
use serde_json::json;
use sqlx::Row;
use std::collections::HashMap;

/// Bytes of canonical text in one row of `list_part`.
const PART_BYTES_MAX: usize = 1 << 20;

/// A draft to store.
#[derive(Debug, Clone, Copy)]
pub struct NewDraft<'a> {
    /// Its content.
    pub content: &'a ListContent,
    /// What was said of pairs before and still stands, as need key, offer key, decision.
    pub reviews: &'a [(String, String, Review)],
    /// Row id of the newest import when its records were read.
    pub import_id: Option<i64>,
    /// Row id and version of the draft that it replaces: that one is discarded.
    pub replaces: Option<(i64, i64)>,
}

impl<'a> NewDraft<'a> {
    /// A draft of which nothing was said yet and that replaces none.
    pub fn of(content: &'a ListContent) -> Self {
        Self { content, reviews: &[], import_id: None, replaces: None }
    }
}

/// What is said of a pair by somebody who has seen what was said before.
#[derive(Debug, Clone, Copy)]
pub struct NewReview<'a> {
    /// Key of the need.
    pub need: &'a str,
    /// Key of the offer.
    pub offer: &'a str,
    /// The decision.
    pub review: &'a Review,
    /// Row id of the last word on the pair as it was seen, 0 for none.
    pub base: i64,
}

#[boxed::futures]
impl Store {
    /// Stores a new draft with what was said of its pairs before, and discards the one that it replaces.
    ///
    /// # Errors
    /// [`Error::NotFound`], [`Error::Conflict`], [`Error::State`] for the draft to be replaced; [`Error::Conflict`] when
    /// another open draft of the period came meanwhile; the database's.
    pub async fn insert_draft(&self, draft: &NewDraft<'_>, by: &By) -> Result<ListHead> {
        let doing = "store the draft";
        let content = draft.content;
        let mut tx = match draft.replaces {
            Some((id, version)) => {
                let mut step = self.step("discard", id, version, ListState::Draft).await?;
                discard(&mut step.tx, id, by).await?;
                step.tx
            }
            None => self.database.write(doing).await?,
        };
        // Of two open drafts one would be published, and what was said on the other lost.
        let known = draft.replaces.map_or(0, |(id, _)| id);
        let newer: Option<i64> = tx
            .query(
                "select max(id) from list \
                 where period = ? and market = ? and state = 'draft' and discarded_by is null and id > ?",
            )
            .bind(content.period.to_string())
            .bind(content.market.0.as_str())
            .bind(known)
            .fetch_one(&mut *tx)
            .await
            .and_then(|row| row.try_get(0))
            .during(doing)?;
        if let Some(found) = newer {
            let object = format!("the draft of {}", content.period);
            return Err(Error::Conflict { object, expected: known, found });
        }
        let row = tx
            .query(format!(
                "insert into list (id, period, market, state, drafted_by, drafted_ms, version, import_id) \
                 values ((select coalesce(max(id), 0) + 1 from list), ?, ?, 'draft', ?, ?, 1, ?) returning {HEAD}"
            ))
            .bind(content.period.to_string())
            .bind(content.market.0.as_str())
            .bind(by.actor.as_str())
            .bind(by.at_ms)
            .bind(draft.import_id)
            .fetch_one(&mut *tx)
            .await
            .during(doing)?;
        let head = head(&row).during(doing)?;
        put_text(&mut tx, head.id, &content.canonical(), doing).await?;
        let detail = json!({ "period": content.period, "import_id": draft.import_id });
        audit::append(&mut tx, by, "list.draft", format!("list/{}", head.id), &detail).await?;
        for (need, offer, review) in draft.reviews {
            put_review(&mut tx, head.id, need, offer, review, by).await?;
        }
        tx.commit(doing).await?;
        Ok(head)
    }

    /// Gives up a draft. It stays on record.
    ///
    /// # Errors
    /// [`Error::NotFound`], [`Error::Conflict`], [`Error::State`] unless it is a draft.
    pub async fn discard(&self, id: i64, expected_version: i64, by: &By) -> Result<ListHead> {
        let mut step = self.step("discard", id, expected_version, ListState::Draft).await?;
        discard(&mut step.tx, id, by).await?;
        step.finish("discard the draft").await
    }

    /// Replaces the content of a draft.
    ///
    /// # Errors
    /// [`Error::NotFound`], [`Error::Conflict`], [`Error::State`] unless it is a draft.
    pub async fn update_draft(
        &self,
        id: i64,
        expected_version: i64,
        content: &ListContent,
        by: &By,
    ) -> Result<ListHead> {
        let doing = "store the draft";
        let mut step = self.step("change", id, expected_version, ListState::Draft).await?;
        put_text(&mut step.tx, id, &content.canonical(), doing).await?;
        let query = step
            .tx
            .query("update list set period = ?, version = version + 1 where id = ?")
            .bind(content.period.to_string())
            .bind(id);
        query.execute(&mut *step.tx).await.during(doing)?;
        audit::append(&mut step.tx, by, "list.update", format!("list/{id}"), &json!({})).await?;
        step.finish(doing).await
    }

    /// Records what was said of a pair of a draft, as a new version of the draft: whoever read it before must not
    /// approve it without this. Earlier words on the pair stay on record; the content itself is changed by
    /// [`Self::update_draft`] and [`Self::approve`].
    ///
    /// # Errors
    /// [`Error::NotFound`], [`Error::State`] unless it is a draft.
    pub async fn record_review(
        &self,
        list_id: i64,
        need: &str,
        offer: &str,
        review: &Review,
        by: &By,
    ) -> Result<()> {
        let doing = "store the review";
        let mut tx = self.database.write(doing).await?;
        expect_state(&locked(&mut tx, list_id, doing).await?, "review", ListState::Draft)?;
        put_review(&mut tx, list_id, need, offer, review, by).await?;
        tx.query("update list set version = version + 1 where id = ?")
            .bind(list_id)
            .execute(&mut *tx)
            .await
            .during(doing)?;
        tx.commit(doing).await
    }

    /// Records many decisions of a draft, all or none. Each names the word that its decider saw last; where another one was
    /// said of the pair meanwhile, nothing is stored. The draft's version grows by one a decision, as with
    /// [`Self::record_review`]: version less decisions tells whether the content is still the same. Returns the row ids.
    ///
    /// # Errors
    /// [`Error::NotFound`], [`Error::State`] unless it is a draft, [`Error::Conflict`] naming the pair.
    pub async fn record_reviews(&self, list_id: i64, reviews: &[NewReview<'_>], by: &By) -> Result<Vec<i64>> {
        let doing = "store the reviews";
        let mut tx = self.database.write(doing).await?;
        expect_state(&locked(&mut tx, list_id, doing).await?, "review", ListState::Draft)?;
        let rows = tx
            .query("select need, offer, max(id) from list_review where list_id = ? group by need, offer")
            .bind(list_id)
            .fetch_all(&mut *tx)
            .await
            .during(doing)?;
        let mut last: HashMap<(String, String), i64> = HashMap::new();
        for row in &rows {
            let pair = (row.try_get(0).during(doing)?, row.try_get(1).during(doing)?);
            last.insert(pair, row.try_get(2).during(doing)?);
        }
        let mut ids = Vec::with_capacity(reviews.len());
        for NewReview { need, offer, review, base } in reviews {
            let found = last.get(&((*need).to_owned(), (*offer).to_owned())).copied().unwrap_or(0);
            if found != *base {
                let object = format!("the word on {need} with {offer}");
                return Err(Error::Conflict { object, expected: *base, found });
            }
            ids.push(put_review(&mut tx, list_id, need, offer, review, by).await?);
        }
        tx.query("update list set version = version + ? where id = ?")
            .bind(ids.len() as i64)
            .bind(list_id)
            .execute(&mut *tx)
            .await
            .during(doing)?;
        tx.commit(doing).await?;
        Ok(ids)
    }

    /// Approves a draft, with the content that follows from its reviews where there are any. Content and state are
    /// stored together; a review that came after `expected_version` was read is a conflict.
    ///
    /// # Errors
    /// [`Error::NotFound`], [`Error::Conflict`], [`Error::State`] unless it is a draft, [`Error::Invalid`] when
    /// `content` is of another period.
    pub async fn approve(
        &self,
        id: i64,
        expected_version: i64,
        content: Option<&ListContent>,
        by: &By,
    ) -> Result<ListHead> {
        let doing = "approve the list";
        let mut step = self.step("approve", id, expected_version, ListState::Draft).await?;
        if let Some(content) = content {
            if content.period != step.head.period {
                let reason = format!("its period must stay {}", step.head.period);
                return Err(Error::Invalid { action: doing, reason });
            }
            put_text(&mut step.tx, id, &content.canonical(), doing).await?;
        }
        step.tx
            .query("update list set state = 'approved', approved_by = ?, version = version + 1 where id = ?")
            .bind(by.actor.as_str())
            .bind(id)
            .execute(&mut *step.tx)
            .await
            .during(doing)?;
        audit::append(&mut step.tx, by, "list.approve", format!("list/{id}"), &json!({})).await?;
        step.finish(doing).await
    }

    /// Makes an approved list a draft again, to correct it.
    ///
    /// # Errors
    /// [`Error::NotFound`], [`Error::Conflict`], [`Error::State`] unless it is approved.
    pub async fn reopen(&self, id: i64, expected_version: i64, by: &By) -> Result<ListHead> {
        let doing = "reopen the list";
        let mut step = self.step("reopen", id, expected_version, ListState::Approved).await?;
        step.tx
            .query("update list set state = 'draft', approved_by = null, version = version + 1 where id = ?")
            .bind(id)
            .execute(&mut *step.tx)
            .await
            .during(doing)?;
        audit::append(&mut step.tx, by, "list.reopen", format!("list/{id}"), &json!({})).await?;
        step.finish(doing).await
    }

    /// Publishes an approved list: numbers it, freezes its content, chains it to the list with the number before.
    ///
    /// `finish` gets the number, the SHA-256 of the list with the number before (empty for number 1) and the
    /// approved content, and returns the content to freeze; its `previous_sha256` must be the one given. Numbers
    /// run from 1 without a gap: the number is taken in the same transaction. `series` is the
    /// [`series_version`](crate::series_version) of the lists by which the caller decided.
    ///
    /// # Errors
    /// [`Error::NotFound`], [`Error::State`] unless it is approved, [`Error::Conflict`] when the list changed, or
    /// another one was published or withdrawn, since the caller read them, [`Error::Invalid`] when `finish` does not
    /// chain the content or changes its period.
    pub async fn publish(
        &self,
        id: i64,
        expected_version: i64,
        series: i64,
        by: &By,
        finish: impl FnOnce(u32, &str, ListContent) -> ListContent + Send,
    ) -> Result<ListHead> {
        let doing = "publish the list";
        let mut step = self.step("publish", id, expected_version, ListState::Approved).await?;
        let now: i64 = sqlx::query(
            "select count(*) + count(case when state = 'withdrawn' then 1 end) from list where number is not null",
        )
        .fetch_one(&mut *step.tx)
        .await
        .and_then(|row| row.try_get(0))
        .during(doing)?;
        if now != series {
            let object = "the series of numbered lists".to_owned();
            return Err(Error::Conflict { object, expected: series, found: now });
        }
        let last = sqlx::query(
            "select number, sha256 from list where number is not null order by number desc limit 1",
        )
        .fetch_optional(&mut *step.tx)
        .await
        .during(doing)?;
        let (number, previous): (i64, String) = match last {
            Some(row) => (row.try_get::<i64, _>(0).during(doing)? + 1, row.try_get(1).during(doing)?),
            None => (1, String::new()),
        };
        let invalid = |reason: String| Error::Invalid { action: doing, reason };
        let number_u32 =
            u32::try_from(number).map_err(|_| invalid(format!("number {number} is too large")))?;
        let dialect = step.tx.dialect;
        let approved = list::content(&mut step.tx, dialect, id, doing).await?;
        let content = finish(number_u32, &previous, approved);
        if content.previous_sha256 != previous {
            return Err(invalid(format!(
                "its content must name {previous:?} as the hash of the list before"
            )));
        }
        if content.period != step.head.period {
            return Err(invalid(format!("its period must stay {}", step.head.period)));
        }
        let text = content.canonical();
        drop(content);
        let sha256 = sha256_hex(text.as_bytes());
        put_text(&mut step.tx, id, &text, doing).await?;
        step.tx
            .query(
                "update list set state = 'published', number = ?, previous_sha256 = ?, sha256 = ?, \
                 published_by = ?, published_ms = ?, version = version + 1 where id = ?",
            )
            .bind(number)
            .bind(previous.as_str())
            .bind(sha256.as_str())
            .bind(by.actor.as_str())
            .bind(by.at_ms)
            .bind(id)
            .execute(&mut *step.tx)
            .await
            .during(doing)?;
        let detail = json!({ "number": number, "sha256": sha256, "previous_sha256": previous });
        audit::append(&mut step.tx, by, "list.publish", format!("list/{id}"), &detail).await?;
        step.finish(doing).await
    }

    /// Withdraws a published list. Its content and number stay.
    ///
    /// # Errors
    /// [`Error::NotFound`], [`Error::Conflict`], [`Error::State`] unless it is published, [`Error::Invalid`]
    /// without a reason.
    pub async fn withdraw(&self, id: i64, expected_version: i64, reason: &str, by: &By) -> Result<ListHead> {
        let doing = "withdraw the list";
        let reason = reason.trim();
        if reason.is_empty() {
            return Err(Error::Invalid { action: doing, reason: "a reason must be given".to_owned() });
        }
        let mut step = self.step("withdraw", id, expected_version, ListState::Published).await?;
        step.tx
            .query("update list set state = 'withdrawn', withdrawn_reason = ?, version = version + 1 where id = ?")
            .bind(reason)
            .bind(id)
            .execute(&mut *step.tx)
            .await
            .during(doing)?;
        let detail = json!({ "number": step.head.number, "reason": reason });
        audit::append(&mut step.tx, by, "list.withdraw", format!("list/{id}"), &detail).await?;
        step.finish(doing).await
    }

    /// Begins a step: the list is there, at the expected version and in an allowed state.
    async fn step(&self, action: &'static str, id: i64, expected: i64, wanted: ListState) -> Result<Step> {
        let mut tx = self.database.write("change the list").await?;
        let head = locked(&mut tx, id, "change the list").await?;
        if head.version != expected {
            return Err(Error::Conflict { object: format!("list {id}"), expected, found: head.version });
        }
        expect_state(&head, action, wanted)?;
        Ok(Step { tx, head })
    }
}

/// A step under way.
struct Step {
    tx: Write,
    /// The head before the step.
    head: ListHead,
}

impl Step {
    /// Commits and returns the head after the step.
    async fn finish(mut self, doing: &'static str) -> Result<ListHead> {
        let head = locked(&mut self.tx, self.head.id, doing).await?;
        self.tx.commit(doing).await?;
        Ok(head)
    }
}

fn expect_state(head: &ListHead, action: &'static str, wanted: ListState) -> Result<()> {
    if head.state == wanted {
        return Ok(());
    }
    Err(Error::State { action, id: head.id, found: head.state, wanted })
}

/// Marks a draft as discarded.
async fn discard(tx: &mut Write, id: i64, by: &By) -> Result<()> {
    tx.query("update list set discarded_by = ?, version = version + 1 where id = ?")
        .bind(by.actor.as_str())
        .bind(id)
        .execute(&mut **tx)
        .await
        .during("discard the draft")?;
    audit::append(tx, by, "list.discard", format!("list/{id}"), &json!({})).await
}

/// Writes what was said of a pair, with its audit entry; returns its row id.
async fn put_review(
    tx: &mut Write,
    list_id: i64,
    need: &str,
    offer: &str,
    review: &Review,
    by: &By,
) -> Result<i64> {
    let decision = serde_json::to_value(review).expect("a review always serialises");
    let id = tx
        .query(
            "insert into list_review (id, list_id, need, offer, decision, actor, at_ms) \
             values ((select coalesce(max(id), 0) + 1 from list_review), ?, ?, ?, ?, ?, ?) returning id",
        )
        .bind(list_id)
        .bind(need)
        .bind(offer)
        .bind(decision.to_string())
        .bind(by.actor.as_str())
        .bind(by.at_ms)
        .fetch_one(&mut **tx)
        .await
        .and_then(|row| row.try_get(0))
        .during("store the review")?;
    let detail = json!({ "need": need, "offer": offer, "decision": decision });
    audit::append(tx, by, "list.review", format!("list/{list_id}"), &detail).await?;
    Ok(id)
}

/// The head as the writing transaction sees it.
async fn locked(from: &mut Write, id: i64, doing: &'static str) -> Result<ListHead> {
    let row = from
        .query(format!("select {HEAD} from list where id = ?"))
        .bind(id)
        .fetch_optional(&mut **from)
        .await
        .during(doing)?
        .ok_or_else(|| Error::NotFound { object: format!("list {id}") })?;
    head(&row).during(doing)
}

/// Writes the canonical text in place of what is there.
async fn put_text(to: &mut Write, id: i64, text: &str, doing: &'static str) -> Result<()> {
    to.query("delete from list_part where list_id = ?").bind(id).execute(&mut **to).await.during(doing)?;
    let mut many = InsertMany::new(to.dialect, "list_part", &["list_id", "part", "content"], String::new());
    let mut rest = text;
    let mut part = 0_i64;
    while !rest.is_empty() {
        let (head, tail) = rest.split_at(rest.floor_char_boundary(PART_BYTES_MAX));
        part += 1;
        many.bind(id).bind(part).bind(head);
        // One part a statement: together they would be copied as a whole.
        many.flush(to, doing).await?;
        rest = tail;
    }
    Ok(())
}
