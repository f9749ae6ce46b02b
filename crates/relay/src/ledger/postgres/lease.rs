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
    let mine: Option<f64> = sqlx::query_scalar(
        "INSERT INTO lease (organisation, name, holder, expires)
         VALUES ($1, $2, $3::uuid, clock_timestamp() + $4 * interval '1 second')
         ON CONFLICT (organisation, name) DO UPDATE SET holder = excluded.holder, expires = excluded.expires
         WHERE lease.holder = excluded.holder OR lease.expires <= clock_timestamp()
         RETURNING extract(epoch FROM expires - clock_timestamp())::float8",
    )
    .bind(organisation)
    .bind(name)
    .bind(holder.to_string())
    .bind(term.as_secs_f64())
    .fetch_optional(pool)
    .await?;
    if let Some(left) = mine {
        return Ok(Lease { holder, mine: true, left: seconds(left) });
    }
    let other: Option<(String, f64)> = sqlx::query_as(
        "SELECT holder::text, extract(epoch FROM expires - clock_timestamp())::float8 FROM lease
         WHERE organisation = $1 AND name = $2",
    )
    .bind(organisation)
    .bind(name)
    .fetch_optional(pool)
    .await?;
    // Given back in this moment: it is nobody's, and the next question gets it.
    let (other, left) = other.unwrap_or_default();
    Ok(Lease { holder: other.parse().unwrap_or_default(), mine: false, left: seconds(left) })
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
