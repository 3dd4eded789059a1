//! Two needs, or two offers, of one enterprise made one, and parted again.

use super::{MERGED, MERGED_ON, Movable, Moved, PARTED, found, invalid, keep, load, part};
use crate::Store;
use crate::audit::{self, By};
use crate::database::Write;
use crate::error::{During, Result};
use crate::record::{Record, Status, Stored, put};
use model::need::Need;
use model::offer::Offer;
use serde_json::json;

#[boxed::futures]
impl Store {
    /// Makes two needs of one enterprise one: `survivor` is stored as a new version of its row, the loser is closed and names it.
    /// Both are given by row id and version. Returns the merge's row id.
    ///
    /// # Errors
    /// [`crate::Error::NotFound`]; [`crate::Error::Conflict`] where one of them has changed; [`crate::Error::Invalid`] where one of them does not stand, or
    /// they are of two enterprises.
    pub async fn merge_needs(
        &self,
        survivor: &Need,
        at: (i64, i64),
        loser_at: (i64, i64),
        by: &By,
    ) -> Result<i64> {
        self.merge_trades(survivor, at, loser_at, by).await
    }

    /// Makes two offers of one enterprise one, as [`Self::merge_needs`].
    ///
    /// # Errors
    /// As of [`Self::merge_needs`].
    pub async fn merge_offers(
        &self,
        survivor: &Offer,
        at: (i64, i64),
        loser_at: (i64, i64),
        by: &By,
    ) -> Result<i64> {
        self.merge_trades(survivor, at, loser_at, by).await
    }

    async fn merge_trades<T: Movable>(
        &self,
        survivor: &T,
        at: (i64, i64),
        loser_at: (i64, i64),
        by: &By,
    ) -> Result<i64> {
        let doing = "merge the records";
        let mut tx = self.database.write(doing).await?;
        let kept: Stored<T> = load(&mut tx, at.0, Some(at.1), doing).await?;
        let mut loser: Stored<T> = load(&mut tx, loser_at.0, Some(loser_at.1), doing).await?;
        if at.0 == loser_at.0 || kept.value.merged_into().is_some() || loser.value.merged_into().is_some() {
            return invalid(doing, MERGED);
        }
        if [kept.status, loser.status] != [Status::Open; 2]
            || kept.value.enterprise() != loser.value.enterprise()
        {
            return invalid(doing, "both must stand, and be of one enterprise");
        }
        let (_, after) = put(&mut tx, survivor, Some(at), by, doing).await?;
        loser.value.merge_into(Some(survivor.key()));
        put(&mut tx, &loser.value, Some(loser_at), by, doing).await?;
        set_status::<T>(&mut tx, loser.id, Status::Closed, doing).await?;
        let moved = Moved { before: at.1, after, ..Moved::default() };
        let id = keep::<T>(&mut tx, (kept.id, loser.id), &moved, by, doing).await?;
        let detail = json!({ "merged": loser.id });
        audit::append(&mut tx, by, "record.merge", format!("{}/{}", T::TABLE, kept.id), &detail).await?;
        tx.commit(doing).await?;
        Ok(id)
    }

    /// Parts two needs again, by their merge: the loser stands again. The survivor gets its fields of before, unless it was changed
    /// since: then it keeps them, and the answer is false.
    ///
    /// # Errors
    /// [`crate::Error::NotFound`]; [`crate::Error::Invalid`] where they were parted already, or the survivor was itself merged since.
    pub async fn split_needs(&self, merge: i64, by: &By) -> Result<bool> {
        self.split_trades::<Need>(merge, by).await
    }

    /// Parts two offers again, as [`Self::split_needs`].
    ///
    /// # Errors
    /// As of [`Self::split_needs`].
    pub async fn split_offers(&self, merge: i64, by: &By) -> Result<bool> {
        self.split_trades::<Offer>(merge, by).await
    }

    async fn split_trades<T: Movable>(&self, merge: i64, by: &By) -> Result<bool> {
        let doing = "split the records";
        let mut tx = self.database.write(doing).await?;
        let found = found::<T>(&mut tx, merge, doing).await?;
        let kept: Stored<T> = load(&mut tx, found.survivor, None, doing).await?;
        let mut loser: Stored<T> = load(&mut tx, found.loser, None, doing).await?;
        if found.split.is_some() || loser.value.merged_into() != Some(kept.value.key()) {
            return invalid(doing, PARTED);
        }
        if kept.value.merged_into().is_some() {
            return invalid(doing, MERGED_ON);
        }
        loser.value.merge_into(None);
        put(&mut tx, &loser.value, Some((loser.id, loser.version)), by, doing).await?;
        set_status::<T>(&mut tx, loser.id, Status::Open, doing).await?;
        let unchanged = part(&mut tx, &found, &kept, by, doing).await?;
        tx.commit(doing).await?;
        Ok(unchanged)
    }
}

/// Sets the status of the version that was stored just now.
async fn set_status<T: Record>(tx: &mut Write, id: i64, status: Status, doing: &'static str) -> Result<()> {
    tx.query(format!("update {} set status = ? where id = ?", T::TABLE))
        .bind(status.as_str())
        .bind(id)
        .execute(&mut **tx)
        .await
        .during(doing)?;
    Ok(())
}
