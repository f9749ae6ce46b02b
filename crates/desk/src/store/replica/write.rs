//! The statements that write. Each keeps the fold's promise by itself: of two facts the later one stays.
//!
//! Rows come as one JSON array of [`super::rows`], so that one statement writes thousands.

use sqlx::{Sqlite, Transaction};

use super::Place;
use crate::store::Trouble;

pub(super) async fn forget(transaction: &mut Transaction<'_, Sqlite>) -> Result<(), Trouble> {
    let statements = [
        "DELETE FROM people",
        "DELETE FROM presence",
        "DELETE FROM calls",
        "DELETE FROM log",
        "DELETE FROM organisation",
    ];
    for statement in statements {
        sqlx::query(statement).execute(&mut **transaction).await?;
    }
    Ok(())
}

pub(super) async fn people(transaction: &mut Transaction<'_, Sqlite>, rows: &str) -> Result<(), Trouble> {
    let upsert = sqlx::query(
        "INSERT INTO people (id, profile_at, profile, detail_at, detail, phone_at, phone,
                             standing_at, standing, touched_at, expertise_at, expertise,
                             consulted_at, consulted)
         SELECT value ->> 0, value ->> 1, nullif(value -> 2, 'null'), value ->> 3, nullif(value -> 4, 'null'),
                value ->> 5, nullif(value -> 6, 'null'), value ->> 7, nullif(value -> 8, 'null'), value ->> 9,
                value ->> 10, nullif(value -> 11, 'null'), value ->> 12, nullif(value -> 13, 'null')
         FROM json_each(?1) WHERE true
         ON CONFLICT (id) DO UPDATE SET
             profile = iif(excluded.profile_at >= ifnull(profile_at, excluded.profile_at), excluded.profile, profile),
             profile_at = max(ifnull(profile_at, excluded.profile_at), ifnull(excluded.profile_at, profile_at)),
             detail = iif(excluded.detail_at >= ifnull(detail_at, excluded.detail_at), excluded.detail, detail),
             detail_at = max(ifnull(detail_at, excluded.detail_at), ifnull(excluded.detail_at, detail_at)),
             phone = iif(excluded.phone_at >= ifnull(phone_at, excluded.phone_at), excluded.phone, phone),
             phone_at = max(ifnull(phone_at, excluded.phone_at), ifnull(excluded.phone_at, phone_at)),
             standing = iif(excluded.standing_at >= ifnull(standing_at, excluded.standing_at), excluded.standing, standing),
             standing_at = max(ifnull(standing_at, excluded.standing_at), ifnull(excluded.standing_at, standing_at)),
             expertise = iif(excluded.expertise_at >= ifnull(expertise_at, excluded.expertise_at), excluded.expertise, expertise),
             expertise_at = max(ifnull(expertise_at, excluded.expertise_at), ifnull(excluded.expertise_at, expertise_at)),
             consulted = iif(excluded.consulted_at >= ifnull(consulted_at, excluded.consulted_at), excluded.consulted, consulted),
             consulted_at = max(ifnull(consulted_at, excluded.consulted_at), ifnull(excluded.consulted_at, consulted_at)),
             touched_at = max(ifnull(touched_at, excluded.touched_at), ifnull(excluded.touched_at, touched_at))",
    );
    upsert.bind(rows).execute(&mut **transaction).await?;
    Ok(())
}

pub(super) async fn presence(transaction: &mut Transaction<'_, Sqlite>, rows: &str) -> Result<(), Trouble> {
    let upsert = sqlx::query(
        "INSERT INTO presence (person, as_of, source, report)
         SELECT value ->> 0, value ->> 1, value ->> 2, value -> 3 FROM json_each(?1) WHERE true
         ON CONFLICT (person) DO UPDATE SET
             as_of = excluded.as_of, source = excluded.source, report = excluded.report
         WHERE (excluded.as_of, excluded.source) >= (presence.as_of, presence.source)",
    );
    upsert.bind(rows).execute(&mut **transaction).await?;
    Ok(())
}

pub(super) async fn calls(transaction: &mut Transaction<'_, Sqlite>, rows: &str) -> Result<(), Trouble> {
    let upsert = sqlx::query(
        "INSERT INTO calls (id, facts, changed_at, body)
         SELECT value ->> 0, value ->> 1, value ->> 2, value -> 3 FROM json_each(?1) WHERE true
         ON CONFLICT (id) DO UPDATE SET
             facts = excluded.facts, changed_at = excluded.changed_at, body = excluded.body
         WHERE excluded.facts >= calls.facts",
    );
    upsert.bind(rows).execute(&mut **transaction).await?;
    Ok(())
}

pub(super) async fn synonyms(
    transaction: &mut Transaction<'_, Sqlite>,
    as_of: i64,
    synonyms: &str,
) -> Result<(), Trouble> {
    let upsert = sqlx::query(
        "INSERT INTO organisation (only, synonyms_at, synonyms) VALUES (1, ?1, ?2)
         ON CONFLICT (only) DO UPDATE SET synonyms_at = excluded.synonyms_at, synonyms = excluded.synonyms
         WHERE excluded.synonyms_at >= ifnull(organisation.synonyms_at, excluded.synonyms_at)",
    );
    upsert.bind(as_of).bind(synonyms).execute(&mut **transaction).await?;
    Ok(())
}

pub(super) async fn policy(
    transaction: &mut Transaction<'_, Sqlite>,
    as_of: i64,
    policy: &str,
) -> Result<(), Trouble> {
    let upsert = sqlx::query(
        "INSERT INTO organisation (only, policy_at, policy) VALUES (1, ?1, ?2)
         ON CONFLICT (only) DO UPDATE SET policy_at = excluded.policy_at, policy = excluded.policy
         WHERE excluded.policy_at >= ifnull(organisation.policy_at, excluded.policy_at)",
    );
    upsert.bind(as_of).bind(policy).execute(&mut **transaction).await?;
    Ok(())
}

pub(super) async fn place(transaction: &mut Transaction<'_, Sqlite>, place: &Place) -> Result<(), Trouble> {
    let upsert = sqlx::query(
        "INSERT INTO log (only, name, seq) VALUES (1, ?1, ?2)
         ON CONFLICT (only) DO UPDATE SET name = excluded.name, seq = excluded.seq
         WHERE excluded.name <> log.name OR excluded.seq > log.seq",
    );
    let seq = i64::try_from(place.seq.0).unwrap_or(i64::MAX);
    upsert.bind(&place.log).bind(seq).execute(&mut **transaction).await?;
    Ok(())
}

/// Deletes the people of a JSON list of ids.
pub(super) async fn forget_people(
    transaction: &mut Transaction<'_, Sqlite>,
    people: &str,
) -> Result<(), Trouble> {
    let delete = sqlx::query("DELETE FROM people WHERE id IN (SELECT value FROM json_each(?1))");
    delete.bind(people).execute(&mut **transaction).await?;
    Ok(())
}

/// Deletes the presence of the people of a JSON list of ids.
pub(super) async fn forget_presence(
    transaction: &mut Transaction<'_, Sqlite>,
    people: &str,
) -> Result<(), Trouble> {
    let delete = sqlx::query("DELETE FROM presence WHERE person IN (SELECT value FROM json_each(?1))");
    delete.bind(people).execute(&mut **transaction).await?;
    Ok(())
}
