//! The person's own lists as rows: written whole, in one transaction.

use rollcall_model::PersonId;
use rollcall_wire::window::{Only, Recent};
use sqlx::{Sqlite, Transaction};

use super::{
    Mine,
    rows::{from_word, word},
};
use crate::{
    lists::{Folder, Group, Lists, Recents},
    store::{
        Trouble,
        time::{from_nanos, to_nanos},
    },
};

impl Mine {
    /// The lists as they were last written.
    pub(super) async fn lists(&self) -> Result<Lists, Trouble> {
        let folders: Vec<(String, String, bool)> =
            sqlx::query_as("SELECT id, name, folded FROM folders ORDER BY place")
                .fetch_all(&self.pool)
                .await?;
        let mut folders: Vec<Folder> = folders
            .into_iter()
            .map(|(id, name, folded)| Folder { id, name, folded, people: Vec::new() })
            .collect();
        let favourites: Vec<(String, Option<String>)> =
            sqlx::query_as("SELECT person, folder FROM favourites ORDER BY place")
                .fetch_all(&self.pool)
                .await?;
        let mut loose = Vec::new();
        for (person, folder) in favourites {
            let folder = folders.iter_mut().find(|known| Some(&known.id) == folder.as_ref());
            folder.map_or(&mut loose, |folder| &mut folder.people).push(PersonId::new(&person));
        }
        let groups: Vec<(String, String, String, String)> =
            sqlx::query_as("SELECT id, name, text, among FROM saved_groups ORDER BY place")
                .fetch_all(&self.pool)
                .await?;
        let groups = groups
            .into_iter()
            .map(|(id, name, text, among)| Ok(Group { id, name, text, only: from_word::<Only>(among)? }));
        Ok(Lists::new(loose, folders, groups.collect::<Result<_, Trouble>>()?))
    }

    /// Writes the lists as they are now.
    pub(crate) async fn put_lists(&self, lists: &Lists) -> Result<(), Trouble> {
        let mut transaction = self.pool.begin().await?;
        put_lists(&mut transaction, lists).await?;
        transaction.commit().await?;
        Ok(())
    }

    /// With whom the person last had to do.
    pub(super) async fn recents(&self) -> Result<Recents, Trouble> {
        let rows: Vec<(String, String, i64)> =
            sqlx::query_as("SELECT person, how, at FROM recents").fetch_all(&self.pool).await?;
        let begin: Option<i64> =
            sqlx::query_scalar("SELECT at FROM recents_begin").fetch_optional(&self.pool).await?;
        let people = rows.into_iter().map(|(person, how, at)| {
            Ok((PersonId::new(&person), Recent { how: from_word(how)?, at: from_nanos(at) }))
        });
        Ok(Recents::new(people.collect::<Result<_, Trouble>>()?, begin.map(from_nanos)))
    }

    /// Writes with whom the person last had to do, as it is now.
    pub(crate) async fn put_recents(&self, recents: &Recents) -> Result<(), Trouble> {
        let mut transaction = self.pool.begin().await?;
        put_recents(&mut transaction, recents).await?;
        transaction.commit().await?;
        Ok(())
    }
}

/// Replaces all lists; rows go as JSON, so that there are few statements however long the lists are.
pub(super) async fn put_lists(
    transaction: &mut Transaction<'_, Sqlite>,
    lists: &Lists,
) -> Result<(), Trouble> {
    for table in ["DELETE FROM favourites", "DELETE FROM folders", "DELETE FROM saved_groups"] {
        sqlx::query(table).execute(&mut **transaction).await?;
    }
    let folders: Vec<_> =
        lists.folders().iter().map(|folder| (&folder.id, &folder.name, u8::from(folder.folded))).collect();
    sqlx::query(
        "INSERT INTO folders (id, name, folded, place)
         SELECT value ->> 0, value ->> 1, value ->> 2, key FROM json_each(?1)",
    )
    .bind(serde_json::to_string(&folders)?)
    .execute(&mut **transaction)
    .await?;
    let favourites: Vec<_> =
        lists.favourites().map(|person| (person, lists.folder_of(person).map(|folder| &folder.id))).collect();
    sqlx::query(
        "INSERT INTO favourites (person, folder, place)
         SELECT value ->> 0, value ->> 1, key FROM json_each(?1)",
    )
    .bind(serde_json::to_string(&favourites)?)
    .execute(&mut **transaction)
    .await?;
    let groups = lists.groups().iter().map(|it| Ok((&it.id, &it.name, &it.text, word(&it.only)?)));
    let groups = groups.collect::<Result<Vec<_>, Trouble>>()?;
    sqlx::query(
        "INSERT INTO saved_groups (id, name, text, among, place)
         SELECT value ->> 0, value ->> 1, value ->> 2, value ->> 3, key FROM json_each(?1)",
    )
    .bind(serde_json::to_string(&groups)?)
    .execute(&mut **transaction)
    .await?;
    Ok(())
}

/// Replaces all recent people.
pub(super) async fn put_recents(
    transaction: &mut Transaction<'_, Sqlite>,
    recents: &Recents,
) -> Result<(), Trouble> {
    for table in ["DELETE FROM recents", "DELETE FROM recents_begin"] {
        sqlx::query(table).execute(&mut **transaction).await?;
    }
    let people = recents.iter().map(|(person, it)| Ok((person, word(&it.how)?, to_nanos(it.at))));
    let people = people.collect::<Result<Vec<_>, Trouble>>()?;
    sqlx::query(
        "INSERT INTO recents (person, how, at)
         SELECT value ->> 0, value ->> 1, value ->> 2 FROM json_each(?1)",
    )
    .bind(serde_json::to_string(&people)?)
    .execute(&mut **transaction)
    .await?;
    if let Some(begin) = recents.begin() {
        sqlx::query("INSERT INTO recents_begin (only, at) VALUES (1, ?1)")
            .bind(to_nanos(begin))
            .execute(&mut **transaction)
            .await?;
    }
    Ok(())
}
