//! Statements over leases.

use std::time::Duration;

use sqlx::PgPool;
use uuid::Uuid;

use crate::ledger::{Lease, LedgerError};

/// Takes or keeps a lease for a term, unless somebody else has it; tells who has it then.
pub(super) async fn take(
    pool: &PgPool,
    organisation: &str,
    name: &str,
    (holder, term): (Uuid, Duration),
) -> Result<Lease, LedgerError> {
    let mut connection = pool.acquire().await?;
    // One statement, so that a slow database still answers before the term is over.
    let said: Option<(bool, String, f64)> = sqlx::query_as(
        "WITH taken AS (
             INSERT INTO lease (organisation, name, holder, expires)
             VALUES ($1, $2, $3::uuid, clock_timestamp() + $4 * interval '1 second')
             ON CONFLICT (organisation, name) DO UPDATE SET holder = excluded.holder, expires = excluded.expires
             WHERE lease.holder = excluded.holder OR lease.expires <= clock_timestamp()
             RETURNING holder, expires
         )
         SELECT true, holder::text, extract(epoch FROM expires - clock_timestamp())::float8 FROM taken
         UNION ALL
         SELECT false, holder::text, extract(epoch FROM expires - clock_timestamp())::float8 FROM lease
         WHERE organisation = $1 AND name = $2 AND NOT EXISTS (SELECT FROM taken)",
    )
    .bind(organisation)
    .bind(name)
    .bind(holder.to_string())
    .bind(term.as_secs_f64())
    .fetch_optional(&mut *connection)
    .await
    // A connection of a time in which the database took no writes may take none for ever.
    .inspect_err(|_| connection.close_on_drop())?;
    // Taken or given back in this moment: it is nobody's, and the next question is answered.
    let (mine, holder, left) = said.unwrap_or_default();
    Ok(Lease { holder: holder.parse().unwrap_or_default(), mine, left: seconds(left) })
}

/// Gives back what `holder` has.
pub(super) async fn release(
    pool: &PgPool,
    organisation: &str,
    name: &str,
    holder: Uuid,
) -> Result<(), LedgerError> {
    sqlx::query("DELETE FROM lease WHERE organisation = $1 AND name = $2 AND holder = $3::uuid")
        .bind(organisation)
        .bind(name)
        .bind(holder.to_string())
        .execute(pool)
        .await?;
    Ok(())
}

fn seconds(left: f64) -> Duration {
    Duration::try_from_secs_f64(left).unwrap_or(Duration::ZERO)
}
