//! Which deliveries were heard: a set in memory over rows that are only ever added to and dropped by age.
//!
//! Random keys in a B-tree would make every commit rewrite as many pages as it has keys. Here a commit adds one
//! row. It costs about 30 bytes of memory for each digest that is not yet forgotten.

use std::collections::HashSet;

use chrono::{DateTime, Utc};
use futures_util::TryStreamExt;
use sqlx::SqliteConnection;

use crate::ledger::{Digest, LedgerError};

/// The digests that are remembered.
#[derive(Debug, Default)]
pub(super) struct Heard {
    known: HashSet<Digest>,
    /// The last row that `known` has.
    upto: i64,
}

/// Digests that a commit takes; they are given back unless the commit happened.
#[derive(Debug)]
pub(super) struct Claims<'a> {
    heard: &'a mut Heard,
    taken: Vec<u8>,
    kept: bool,
}

impl Heard {
    /// Reads rows that are not known yet: all at the start, later only after a commit that was not known to have
    /// happened.
    pub(super) async fn catch_up(
        &mut self,
        connection: &mut SqliteConnection,
        last: i64,
    ) -> Result<(), LedgerError> {
        if last <= self.upto {
            return Ok(());
        }
        let mut rows = sqlx::query_as("SELECT id, digests FROM heard WHERE id > ?1 ORDER BY id")
            .bind(self.upto)
            .fetch(connection);
        while let Some((id, digests)) = rows.try_next().await? {
            let digests: Vec<u8> = digests;
            self.known.extend(split(&digests));
            self.upto = id;
        }
        Ok(())
    }

    /// Begins to take digests.
    pub(super) const fn claim(&mut self) -> Claims<'_> {
        Claims { heard: self, taken: Vec::new(), kept: false }
    }

    /// Forgets what was heard before `horizon`; tells how many digests that were.
    pub(super) async fn forget(
        &mut self,
        connection: &mut SqliteConnection,
        horizon: DateTime<Utc>,
    ) -> Result<u64, LedgerError> {
        let rows: Vec<Vec<u8>> =
            sqlx::query_scalar("DELETE FROM heard WHERE heard_at < ?1 RETURNING digests")
                .bind(horizon.timestamp_millis())
                .fetch_all(connection)
                .await?;
        let before = self.known.len();
        for digest in rows.iter().flat_map(|row| split(row)) {
            self.known.remove(&digest);
        }
        // A set never shrinks by itself, and a storm may have made it large.
        if self.known.capacity() > 4 * self.known.len().max(1_024) {
            self.known.shrink_to_fit();
        }
        Ok((before - self.known.len()) as u64)
    }
}

impl Claims<'_> {
    /// Takes a digest; tells whether it was free.
    pub(super) fn take(&mut self, digest: Digest) -> bool {
        let free = self.heard.known.insert(digest);
        if free {
            self.taken.extend(digest.bytes());
        }
        free
    }

    /// Stores what was taken.
    pub(super) async fn store(
        &self,
        connection: &mut SqliteConnection,
        now: DateTime<Utc>,
    ) -> Result<(), LedgerError> {
        if self.taken.is_empty() {
            return Ok(());
        }
        sqlx::query("INSERT INTO heard (id, heard_at, digests) VALUES (?1, ?2, ?3)")
            .bind(self.heard.upto + 1)
            .bind(now.timestamp_millis())
            .bind(self.taken.as_slice())
            .execute(connection)
            .await?;
        Ok(())
    }

    /// The commit happened.
    pub(super) fn keep(mut self) {
        self.heard.upto += i64::from(!self.taken.is_empty());
        self.kept = true;
    }
}

impl Drop for Claims<'_> {
    fn drop(&mut self) {
        if !self.kept {
            for digest in split(&self.taken) {
                self.heard.known.remove(&digest);
            }
        }
    }
}

fn split(digests: &[u8]) -> impl Iterator<Item = Digest> {
    digests.chunks_exact(Digest::SIZE).filter_map(Digest::from_bytes)
}
