//! Matching lists as stored: heads, contents, reviews.

use crate::Store;
use crate::database::Read;
use crate::error::{During, Error, Result};
use crate::sql::Dialect;
use futures_util::TryStreamExt as _;
use model::list::{ListContent, ListState, MatchingList, Review};
use model::markets::MarketKey;
use model::period::Period;
use sqlx::any::AnyRow;
use sqlx::{AnyConnection, Row};

/// A list without its content.
#[derive(Debug, Clone, PartialEq, serde::Serialize)]
pub struct ListHead {
    /// Row id.
    pub id: i64,
    /// Version, from 1; every step counts.
    pub version: i64,
    /// Number, given at publication.
    pub number: Option<u32>,
    /// The period.
    pub period: Period,
    /// State.
    pub state: ListState,
    /// SHA-256 of the list with the number before, given at publication; empty for number 1.
    pub previous_sha256: Option<String>,
    /// SHA-256 of the canonical content, given at publication.
    pub sha256: Option<String>,
    /// Who drafted it.
    pub drafted_by: String,
    /// When, milliseconds since 1970 UTC.
    pub drafted_ms: i64,
    /// Who approved it.
    pub approved_by: Option<String>,
    /// Who published it.
    pub published_by: Option<String>,
    /// When, milliseconds since 1970 UTC.
    pub published_ms: Option<i64>,
    /// Why it was withdrawn.
    pub withdrawn_reason: Option<String>,
    /// Row id of the newest import when its records were read.
    pub import_id: Option<i64>,
    /// Who discarded the draft.
    pub discarded_by: Option<String>,
    /// The market that it is of.
    pub market: MarketKey,
}

/// Version of the series of numbered lists: every publication and every withdrawal counts. Who reads the lists,
/// decides something from them and publishes, names it, and gets a conflict when the series has moved meanwhile.
pub fn series_version(lists: &[ListHead]) -> i64 {
    let steps = lists.iter().map(|l| match (l.number, l.state) {
        (None, _) => 0,
        (Some(_), ListState::Withdrawn) => 2,
        (Some(_), _) => 1,
    });
    steps.sum()
}

/// A list with its version in the store.
#[derive(Debug, Clone, PartialEq)]
pub struct StoredList {
    /// Version, from 1; every step counts.
    pub version: i64,
    /// The list.
    pub list: MatchingList,
}

/// What was said of one pair of a draft.
#[derive(Debug, Clone, PartialEq)]
pub struct PairReview {
    /// Row id; of two words on a pair the later one has the greater.
    pub id: i64,
    /// Key of the need.
    pub need: String,
    /// Key of the offer.
    pub offer: String,
    /// The decision.
    pub review: Review,
    /// Who decided.
    pub actor: String,
    /// When, milliseconds since 1970 UTC.
    pub at_ms: i64,
}

/// Columns of [`ListHead`] in the order of [`head`].
pub(crate) const HEAD: &str = "id, version, number, period, state, previous_sha256, sha256, drafted_by, drafted_ms, \
                               approved_by, published_by, published_ms, withdrawn_reason, import_id, discarded_by, market";

/// The word for a state in the database and in messages.
pub(crate) fn word(state: ListState) -> &'static str {
    match state {
        ListState::Draft => "draft",
        ListState::Approved => "approved",
        ListState::Published => "published",
        ListState::Withdrawn => "withdrawn",
        ListState::Discarded => "discarded",
    }
}

fn state(text: &str) -> sqlx::Result<ListState> {
    [ListState::Draft, ListState::Approved, ListState::Published, ListState::Withdrawn]
        .into_iter()
        .find(|state| self::word(*state) == text)
        .ok_or_else(|| sqlx::Error::Decode(format!("{text} is no state of a list").into()))
}

/// Reads a row of [`HEAD`]. A discarded draft is marked by who discarded it.
pub(crate) fn head(row: &AnyRow) -> sqlx::Result<ListHead> {
    let decode = |error: Box<dyn std::error::Error + Send + Sync>| sqlx::Error::Decode(error);
    let discarded_by: Option<String> = row.try_get(14)?;
    Ok(ListHead {
        id: row.try_get(0)?,
        version: row.try_get(1)?,
        number: row
            .try_get::<Option<i64>, _>(2)?
            .map(u32::try_from)
            .transpose()
            .map_err(|e| decode(e.into()))?,
        period: row
            .try_get::<&str, _>(3)?
            .parse()
            .map_err(|e: model::period::PeriodError| decode(e.into()))?,
        state: match (state(row.try_get(4)?)?, &discarded_by) {
            (ListState::Draft, Some(_)) => ListState::Discarded,
            (state, _) => state,
        },
        previous_sha256: row.try_get(5)?,
        sha256: row.try_get(6)?,
        drafted_by: row.try_get(7)?,
        drafted_ms: row.try_get(8)?,
        approved_by: row.try_get(9)?,
        published_by: row.try_get(10)?,
        published_ms: row.try_get(11)?,
        withdrawn_reason: row.try_get(12)?,
        import_id: row.try_get(13)?,
        discarded_by,
        market: MarketKey(row.try_get(15)?),
    })
}

/// The canonical text of a list, from its parts.
pub(crate) async fn text(
    from: &mut AnyConnection,
    dialect: Dialect,
    id: i64,
    doing: &'static str,
) -> Result<String> {
    let mut text = String::new();
    let query = dialect.query("select content from list_part where list_id = ? order by part").bind(id);
    let mut rows = query.fetch(from);
    while let Some(row) = rows.try_next().await.during(doing)? {
        text.push_str(row.try_get(0).during(doing)?);
    }
    Ok(text)
}

/// The content of a list.
pub(crate) async fn content(
    from: &mut AnyConnection,
    dialect: Dialect,
    id: i64,
    doing: &'static str,
) -> Result<ListContent> {
    let text = text(from, dialect, id, doing).await?;
    serde_json::from_str(&text).map_err(|source| Error::Content { object: format!("list {id}"), source })
}

/// By what a list is looked up.
enum Value<'a> {
    Integer(i64),
    Text(&'a str),
}

#[boxed::futures]
impl Store {
    /// The heads of all lists by row id.
    ///
    /// # Errors
    /// The database's.
    pub async fn lists(&self) -> Result<Vec<ListHead>> {
        let doing = "read the lists";
        let mut tx = self.database.read(doing).await?;
        let rows = tx
            .query(format!("select {HEAD} from list order by id"))
            .fetch_all(&mut *tx)
            .await
            .during(doing)?;
        rows.iter().map(head).collect::<sqlx::Result<_>>().during(doing)
    }

    /// The head of the list with this row id.
    ///
    /// # Errors
    /// [`Error::NotFound`].
    pub async fn list_head_by_id(&self, id: i64) -> Result<ListHead> {
        let mut tx = self.database.read("read the list").await?;
        head_by_id(&mut tx, id).await
    }

    /// When an enterprise, need or offer last changed; none where there is none.
    ///
    /// # Errors
    /// The database's.
    pub async fn last_record_change_ms(&self) -> Result<Option<i64>> {
        let doing = "read when the records changed";
        let mut tx = self.database.read(doing).await?;
        let mut last = None;
        // Ordered by the indexed order of changes: the times themselves stand behind long bodies.
        for table in ["enterprise", "need", "offer"] {
            let row = tx
                .query(format!("select updated_ms from {table} order by change desc, id desc limit 1"))
                .fetch_optional(&mut *tx)
                .await
                .during(doing)?;
            let at: Option<i64> = row.map(|row| row.try_get(0)).transpose().during(doing)?;
            last = last.max(at);
        }
        Ok(last)
    }

    /// The list with this row id.
    ///
    /// # Errors
    /// [`Error::NotFound`].
    pub async fn list(&self, id: i64) -> Result<StoredList> {
        self.one_list("id = ?", Value::Integer(id))
            .await?
            .ok_or_else(|| Error::NotFound { object: format!("list {id}") })
    }

    /// The head of the list with this number, withdrawn or not.
    ///
    /// # Errors
    /// [`Error::NotFound`].
    pub async fn list_head(&self, number: u32) -> Result<ListHead> {
        let doing = "read the list";
        let mut tx = self.database.read(doing).await?;
        let row = tx
            .query(format!("select {HEAD} from list where number = ?"))
            .bind(i64::from(number))
            .fetch_optional(&mut *tx)
            .await
            .during(doing)?
            .ok_or_else(|| Error::NotFound { object: format!("list No. {number}") })?;
        head(&row).during(doing)
    }

    /// The numbered list with this SHA-256, withdrawn or not.
    ///
    /// # Errors
    /// [`Error::NotFound`].
    pub async fn list_by_sha256(&self, sha256: &str) -> Result<StoredList> {
        self.one_list("sha256 = ?", Value::Text(sha256))
            .await?
            .ok_or_else(|| Error::NotFound { object: format!("the list with SHA-256 {sha256}") })
    }

    /// The list with this number, withdrawn or not.
    ///
    /// # Errors
    /// [`Error::NotFound`].
    pub async fn list_by_number(&self, number: u32) -> Result<StoredList> {
        self.one_list("number = ?", Value::Integer(i64::from(number)))
            .await?
            .ok_or_else(|| Error::NotFound { object: format!("list No. {number}") })
    }

    /// The last list that is published and not withdrawn, of those before number `before`.
    ///
    /// # Errors
    /// The database's.
    pub async fn last_published(&self, before: Option<u32>) -> Result<Option<StoredList>> {
        let before = before.map_or(i64::MAX, i64::from);
        self.one_list("state = 'published' and number < ?", Value::Integer(before)).await
    }

    /// All that was said of the pairs of a draft, oldest first; the last word on a pair counts.
    ///
    /// # Errors
    /// The database's.
    pub async fn reviews(&self, list_id: i64) -> Result<Vec<PairReview>> {
        let mut tx = self.database.read("read the reviews").await?;
        reviews(&mut tx, list_id).await
    }

    /// A list's head with all that was said of its pairs, as of one moment.
    ///
    /// # Errors
    /// [`Error::NotFound`].
    pub async fn reviewed_list(&self, id: i64) -> Result<(ListHead, Vec<PairReview>)> {
        let mut tx = self.database.read("read the reviews").await?;
        let head = head_by_id(&mut tx, id).await?;
        Ok((head, reviews(&mut tx, id).await?))
    }

    async fn one_list(&self, condition: &str, value: Value<'_>) -> Result<Option<StoredList>> {
        let doing = "read the list";
        let mut tx: Read = self.database.read(doing).await?;
        let query =
            tx.query(format!("select {HEAD} from list where {condition} order by number desc limit 1"));
        let row = match value {
            Value::Integer(value) => query.bind(value),
            Value::Text(value) => query.bind(value.to_owned()),
        }
        .fetch_optional(&mut *tx)
        .await
        .during(doing)?;
        let Some(row) = row else { return Ok(None) };
        let head = head(&row).during(doing)?;
        let dialect = tx.dialect;
        let content = content(&mut tx, dialect, head.id, doing).await?;
        Ok(Some(StoredList {
            version: head.version,
            list: MatchingList {
                id: head.id,
                number: head.number,
                state: head.state,
                period: head.period,
                sha256: head.sha256,
                drafted_by: head.drafted_by,
                approved_by: head.approved_by,
                published_ms: head.published_ms,
                withdrawn_reason: head.withdrawn_reason,
                content,
            },
        }))
    }
}

async fn head_by_id(from: &mut Read, id: i64) -> Result<ListHead> {
    let doing = "read the list";
    let row = from
        .query(format!("select {HEAD} from list where id = ?"))
        .bind(id)
        .fetch_optional(&mut **from)
        .await
        .during(doing)?
        .ok_or_else(|| Error::NotFound { object: format!("list {id}") })?;
    head(&row).during(doing)
}

async fn reviews(from: &mut Read, list_id: i64) -> Result<Vec<PairReview>> {
    let doing = "read the reviews";
    let rows = from
        .query(
            "select need, offer, decision, actor, at_ms, id from list_review where list_id = ? order by id",
        )
        .bind(list_id)
        .fetch_all(&mut **from)
        .await
        .during(doing)?;
    rows.iter().map(|row| review(row, list_id)).collect()
}

fn review(row: &AnyRow, list_id: i64) -> Result<PairReview> {
    let doing = "read the reviews";
    let decision: &str = row.try_get(2).during(doing)?;
    let review = serde_json::from_str(decision)
        .map_err(|source| Error::Content { object: format!("a review of list {list_id}"), source })?;
    Ok(PairReview {
        id: row.try_get(5).during(doing)?,
        need: row.try_get(0).during(doing)?,
        offer: row.try_get(1).during(doing)?,
        review,
        actor: row.try_get(3).during(doing)?,
        at_ms: row.try_get(4).during(doing)?,
    })
}
