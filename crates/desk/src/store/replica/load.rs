//! Reading the whole replica at the start.
//!
//! A row that is handed from SQLite to Rust costs more than reading it. So SQLite joins two thousand
//! rows into one JSON text, and these texts are decoded on other threads while SQLite reads on: people
//! on one connection, presence and calls on the other.

use futures_util::TryStreamExt as _;
use rollcall_model::{Call, Latest, Organisation, Person, PersonId, Presence, Roster, Seq};
use serde::de::DeserializeOwned;
use sqlx::{FromRow, SqlitePool};
use tokio::task;

use super::{CallRow, PersonRow, Place, PresenceRow};
use crate::store::{Trouble, time::from_nanos};

/// How many texts are decoded at the same time.
const DECODERS: usize = 2;

#[derive(FromRow)]
struct OrganisationRow {
    synonyms_at: Option<i64>,
    synonyms: Option<String>,
    policy_at: Option<i64>,
    policy: Option<String>,
}

impl TryFrom<OrganisationRow> for Organisation {
    type Error = Trouble;

    fn try_from(row: OrganisationRow) -> Result<Self, Trouble> {
        Ok(Self {
            synonyms: facet(row.synonyms_at, row.synonyms)?,
            policy: facet(row.policy_at, row.policy)?,
        })
    }
}

fn facet<T: DeserializeOwned>(
    as_of: Option<i64>,
    body: Option<String>,
) -> Result<Option<Latest<T>>, Trouble> {
    let (Some(as_of), Some(body)) = (as_of, body) else { return Ok(None) };
    Ok(Some(Latest::new(from_nanos(as_of), serde_json::from_str(&body)?)))
}

/// What the replica holds.
#[derive(Debug, Default)]
pub(crate) struct Loaded {
    pub(crate) roster: Roster,
    pub(crate) place: Option<Place>,
}

pub(super) async fn everything(pool: &SqlitePool) -> Result<Loaded, Trouble> {
    // The place first: facts that another desk writes meanwhile are then newer than it, never missing.
    let place = place(pool).await?;
    let (people, (presence, calls)) =
        tokio::try_join!(people(pool), async { tokio::try_join!(presence(pool), calls(pool)) })?;
    let mut roster = Roster::default();
    roster.join_organisation(organisation(pool).await?);
    for person in people {
        roster.join_person(person, None);
    }
    for (id, report) in presence {
        roster.join_person(Person::unknown(id), Some(report));
    }
    for call in calls {
        roster.join_call(call);
    }
    Ok(Loaded { roster, place })
}

async fn people(pool: &SqlitePool) -> Result<Vec<Person>, Trouble> {
    let texts = sqlx::query_scalar::<_, String>(
        "SELECT '[' || group_concat('[' || concat_ws(',', json_quote(id),
             ifnull(profile_at, 'null'), ifnull(profile, 'null'), ifnull(detail_at, 'null'), ifnull(detail, 'null'),
             ifnull(phone_at, 'null'), ifnull(phone, 'null'), ifnull(standing_at, 'null'), ifnull(standing, 'null'),
             ifnull(touched_at, 'null'), ifnull(expertise_at, 'null'), ifnull(expertise, 'null'),
             ifnull(consulted_at, 'null'), ifnull(consulted, 'null')) || ']') || ']'
         FROM people GROUP BY slot / 2000",
    )
    .fetch(pool);
    decoded(texts, |row: PersonRow<'static>| row.into_person()).await
}

async fn presence(pool: &SqlitePool) -> Result<Vec<(PersonId, Presence)>, Trouble> {
    let texts = sqlx::query_scalar::<_, String>(
        "SELECT '[' || group_concat('[' || concat_ws(',', json_quote(person), as_of, source, report) || ']') || ']'
         FROM presence GROUP BY slot / 2000",
    )
    .fetch(pool);
    decoded(texts, |row: PresenceRow<'static>| row.into_report()).await
}

async fn calls(pool: &SqlitePool) -> Result<Vec<Call>, Trouble> {
    let texts = sqlx::query_scalar::<_, String>(
        "SELECT '[' || concat_ws(',', json_quote(id), facts, changed_at, body) || ']' FROM calls",
    )
    .fetch(pool)
    .map_ok(|row| format!("[{row}]"));
    decoded(texts, |row: CallRow<'static>| row.into_call()).await
}

async fn organisation(pool: &SqlitePool) -> Result<Organisation, Trouble> {
    let told = sqlx::query_as("SELECT synonyms_at, synonyms, policy_at, policy FROM organisation");
    let told: Option<OrganisationRow> = told.fetch_optional(pool).await?;
    told.map(Organisation::try_from).transpose().map(Option::unwrap_or_default)
}

async fn place(pool: &SqlitePool) -> Result<Option<Place>, Trouble> {
    let row: Option<(String, i64)> = sqlx::query_as("SELECT name, seq FROM log").fetch_optional(pool).await?;
    Ok(row.map(|(log, seq)| Place { log, seq: Seq(u64::try_from(seq).unwrap_or_default()) }))
}

async fn decoded<R, T>(
    texts: impl futures_util::Stream<Item = sqlx::Result<String>>,
    take: fn(R) -> T,
) -> Result<Vec<T>, Trouble>
where
    R: DeserializeOwned,
    T: Send + 'static,
    fn(R) -> T: Send + 'static,
{
    let decode = move |text: String| -> Result<Vec<T>, serde_json::Error> {
        Ok(serde_json::from_str::<Vec<R>>(&text)?.into_iter().map(take).collect())
    };
    let parts = texts
        .map_err(Trouble::from)
        .map_ok(|text| async move {
            let part = task::spawn_blocking(move || decode(text)).await;
            part.map_err(|lost| Trouble::Corrupt(lost.to_string()))?.map_err(Trouble::from)
        })
        .try_buffered(DECODERS);
    parts.try_concat().await
}
