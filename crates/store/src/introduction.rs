//! Introductions: two sides of a pair that want to talk, and what each has said. One row a pair; asked again after an
//! end, it begins anew as a new version.

use crate::Store;
use crate::audit::{self, By};
use crate::database::{Read, Write};
use crate::error::{During, Error, Result};
use crate::record::next_id;
use serde::{Deserialize, Serialize};
use serde_json::json;
use sqlx::Row;
use sqlx::any::AnyRow;

/// Who asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Side {
    /// The one that needs.
    Need,
    /// The one that offers.
    Offer,
    /// The secretariat, which takes no side.
    Secretariat,
}

/// Where it stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum IntroductionState {
    /// Asked; somebody's answer is waited for.
    Asked,
    /// Both sides have agreed.
    Agreed,
    /// One side has declined.
    Declined,
    /// It is over.
    Ended,
}

impl Side {
    fn as_str(self) -> &'static str {
        match self {
            Self::Need => "need",
            Self::Offer => "offer",
            Self::Secretariat => "secretariat",
        }
    }

    fn parse(text: &str) -> sqlx::Result<Self> {
        [Self::Need, Self::Offer, Self::Secretariat]
            .into_iter()
            .find(|side| side.as_str() == text)
            .ok_or_else(|| sqlx::Error::Decode(format!("{text} is no side").into()))
    }
}

impl IntroductionState {
    fn as_str(self) -> &'static str {
        match self {
            Self::Asked => "asked",
            Self::Agreed => "agreed",
            Self::Declined => "declined",
            Self::Ended => "ended",
        }
    }

    fn parse(text: &str) -> sqlx::Result<Self> {
        [Self::Asked, Self::Agreed, Self::Declined, Self::Ended]
            .into_iter()
            .find(|state| state.as_str() == text)
            .ok_or_else(|| sqlx::Error::Decode(format!("{text} is no state of an introduction").into()))
    }
}

/// An introduction as stored.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Introduction {
    /// Row id.
    pub id: i64,
    /// Version, from 1.
    pub version: i64,
    /// Row id of the need.
    pub need_id: i64,
    /// Row id of the offer.
    pub offer_id: i64,
    /// Account that asked.
    pub asked_by: String,
    /// For which side.
    pub asked_side: Side,
    /// What was said with it.
    pub note: String,
    /// When, milliseconds since 1970 UTC.
    pub asked_ms: i64,
    /// Account that agreed for the need's side, and when.
    pub need_agreed: Option<(String, i64)>,
    /// Account that agreed for the offer's side, and when.
    pub offer_agreed: Option<(String, i64)>,
    /// State.
    pub state: IntroductionState,
    /// What came of it.
    pub outcome: String,
    /// When it last changed.
    pub updated_ms: i64,
}

const COLUMNS: &str = "id, version, need_id, offer_id, asked_by, asked_side, note, asked_ms, need_agreed_by, \
                       need_agreed_ms, offer_agreed_by, offer_agreed_ms, state, outcome, updated_ms";

fn from_row(row: &AnyRow) -> sqlx::Result<Introduction> {
    let agreed = |by: usize| {
        let name: Option<String> = row.try_get(by)?;
        let at: Option<i64> = row.try_get(by + 1)?;
        Ok::<_, sqlx::Error>(name.zip(at))
    };
    Ok(Introduction {
        id: row.try_get(0)?,
        version: row.try_get(1)?,
        need_id: row.try_get(2)?,
        offer_id: row.try_get(3)?,
        asked_by: row.try_get(4)?,
        asked_side: Side::parse(row.try_get(5)?)?,
        note: row.try_get(6)?,
        asked_ms: row.try_get(7)?,
        need_agreed: agreed(8)?,
        offer_agreed: agreed(10)?,
        state: IntroductionState::parse(row.try_get(12)?)?,
        outcome: row.try_get(13)?,
        updated_ms: row.try_get(14)?,
    })
}

/// All introductions by row id.
pub(crate) async fn all(tx: &mut Read, doing: &'static str) -> Result<Vec<Introduction>> {
    let query = tx.query(format!("select {COLUMNS} from introduction order by id"));
    let rows = query.fetch_all(&mut **tx).await.during(doing)?;
    rows.iter().map(from_row).collect::<sqlx::Result<_>>().during(doing)
}

#[boxed::futures]
impl Store {
    /// Asks for an introduction; whoever asks for a side agrees for it. A pair that was declined or ended is asked anew.
    /// Returns its row id.
    ///
    /// # Errors
    /// [`Error::Exists`] where one is asked or agreed.
    pub async fn ask_introduction(
        &self,
        need_id: i64,
        offer_id: i64,
        side: Side,
        note: &str,
        by: &By,
    ) -> Result<i64> {
        let doing = "ask for the introduction";
        let mut tx = self.database.write(doing).await?;
        let row = tx
            .query("select id, version, state from introduction where need_id = ? and offer_id = ?")
            .bind(need_id)
            .bind(offer_id)
            .fetch_optional(&mut *tx)
            .await
            .during(doing)?;
        let (id, version) = match row {
            Some(row) => {
                let state = IntroductionState::parse(row.try_get(2).during(doing)?).during(doing)?;
                if matches!(state, IntroductionState::Asked | IntroductionState::Agreed) {
                    return Err(Error::Exists {
                        object: format!("the introduction of need {need_id} and offer {offer_id}"),
                    });
                }
                (row.try_get::<i64, _>(0).during(doing)?, row.try_get::<i64, _>(1).during(doing)? + 1)
            }
            None => (next_id(&mut tx, "introduction", doing).await?, 1),
        };
        let said = |own: Side| (side == own).then_some((by.actor.as_str(), by.at_ms));
        let (need, offer) = (said(Side::Need), said(Side::Offer));
        tx.query(
            "insert into introduction (id, need_id, offer_id, asked_by, asked_side, note, asked_ms, need_agreed_by, \
             need_agreed_ms, offer_agreed_by, offer_agreed_ms, state, outcome, version, updated_by, updated_ms) \
             values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, 'asked', '', ?, ?, ?) \
             on conflict (id) do update set asked_by = excluded.asked_by, asked_side = excluded.asked_side, \
             note = excluded.note, asked_ms = excluded.asked_ms, need_agreed_by = excluded.need_agreed_by, \
             need_agreed_ms = excluded.need_agreed_ms, offer_agreed_by = excluded.offer_agreed_by, \
             offer_agreed_ms = excluded.offer_agreed_ms, state = excluded.state, outcome = excluded.outcome, \
             version = excluded.version, updated_by = excluded.updated_by, updated_ms = excluded.updated_ms",
        )
        .bind(id)
        .bind(need_id)
        .bind(offer_id)
        .bind(by.actor.as_str())
        .bind(side.as_str())
        .bind(note)
        .bind(by.at_ms)
        .bind(need.map(|n| n.0))
        .bind(need.map(|n| n.1))
        .bind(offer.map(|o| o.0))
        .bind(offer.map(|o| o.1))
        .bind(version)
        .bind(by.actor.as_str())
        .bind(by.at_ms)
        .execute(&mut *tx)
        .await
        .during(doing)?;
        let detail = json!({ "need": need_id, "offer": offer_id, "side": side, "version": version });
        audit::append(&mut tx, by, "introduction.ask", format!("introduction/{id}"), &detail).await?;
        tx.commit(doing).await?;
        Ok(id)
    }

    /// Agrees or declines for one side or, where an account speaks for both, for both. Returns the state that follows:
    /// agreed once both sides have.
    ///
    /// # Errors
    /// [`Error::NotFound`]; [`Error::Conflict`] when it is no longer at `version`; [`Error::Invalid`] where it is not open.
    pub async fn answer_introduction(
        &self,
        id: i64,
        version: i64,
        side: Side,
        agree: bool,
        reason: &str,
        by: &By,
    ) -> Result<IntroductionState> {
        let doing = "answer the introduction";
        let mut tx = self.database.write(doing).await?;
        let found = at_version(&mut tx, id, version, doing).await?;
        if found.state != IntroductionState::Asked {
            return Err(Error::Invalid {
                action: doing,
                reason: "nobody waits for an answer to it".to_owned(),
            });
        }
        let now = Some((by.actor.clone(), by.at_ms));
        let (need, offer) = match side {
            Side::Need if agree => (now, found.offer_agreed),
            Side::Offer if agree => (found.need_agreed, now),
            _ => (found.need_agreed, found.offer_agreed),
        };
        let state = match (agree, &need, &offer) {
            (false, ..) => IntroductionState::Declined,
            (true, Some(_), Some(_)) => IntroductionState::Agreed,
            (true, ..) => IntroductionState::Asked,
        };
        tx.query(
            "update introduction set need_agreed_by = ?, need_agreed_ms = ?, offer_agreed_by = ?, offer_agreed_ms = ?, \
             state = ?, outcome = ?, version = version + 1, updated_by = ?, updated_ms = ? where id = ?",
        )
        .bind(need.as_ref().map(|n| n.0.as_str()))
        .bind(need.as_ref().map(|n| n.1))
        .bind(offer.as_ref().map(|o| o.0.as_str()))
        .bind(offer.as_ref().map(|o| o.1))
        .bind(state.as_str())
        .bind(if agree { "" } else { reason })
        .bind(by.actor.as_str())
        .bind(by.at_ms)
        .bind(id)
        .execute(&mut *tx)
        .await
        .during(doing)?;
        let action = if agree { "introduction.agree" } else { "introduction.decline" };
        let detail = json!({ "side": side, "state": state, "version": version + 1 });
        audit::append(&mut tx, by, action, format!("introduction/{id}"), &detail).await?;
        tx.commit(doing).await?;
        Ok(state)
    }

    /// Ends an introduction that is asked or agreed.
    ///
    /// # Errors
    /// As of [`Self::answer_introduction`].
    pub async fn end_introduction(&self, id: i64, version: i64, outcome: &str, by: &By) -> Result<()> {
        let doing = "end the introduction";
        let mut tx = self.database.write(doing).await?;
        let found = at_version(&mut tx, id, version, doing).await?;
        if !matches!(found.state, IntroductionState::Asked | IntroductionState::Agreed) {
            return Err(Error::Invalid { action: doing, reason: "it is over already".to_owned() });
        }
        tx.query(
            "update introduction set state = 'ended', outcome = ?, version = version + 1, updated_by = ?, \
             updated_ms = ? where id = ?",
        )
        .bind(outcome)
        .bind(by.actor.as_str())
        .bind(by.at_ms)
        .bind(id)
        .execute(&mut *tx)
        .await
        .during(doing)?;
        let detail = json!({ "version": version + 1 });
        audit::append(&mut tx, by, "introduction.end", format!("introduction/{id}"), &detail).await?;
        tx.commit(doing).await
    }
}

async fn at_version(tx: &mut Write, id: i64, version: i64, doing: &'static str) -> Result<Introduction> {
    let object = format!("introduction/{id}");
    let row = tx
        .query(format!("select {COLUMNS} from introduction where id = ?"))
        .bind(id)
        .fetch_optional(&mut **tx)
        .await
        .during(doing)?;
    let Some(row) = row else { return Err(Error::NotFound { object }) };
    let found = from_row(&row).during(doing)?;
    if found.version != version {
        return Err(Error::Conflict { object, expected: version, found: found.version });
    }
    Ok(found)
}
