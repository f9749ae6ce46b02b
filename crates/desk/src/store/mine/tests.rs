//! What the database of own things promises.

use super::*;
use rollcall_wire::window::{Consult, ConsultState, Met, Only, Recent};

use crate::{
    lists::{Folder, Group},
    watch::Whom,
};

fn track(id: &str, ended_at: Option<DateTime<Utc>>) -> Track {
    let consult = Consult {
        id: id.to_owned(),
        person: Some(PersonId::new("mia")),
        name: "Mia Okafor".to_owned(),
        number: "+442071838750".parse().unwrap(),
        reason: String::new(),
        state: if ended_at.is_some() { ConsultState::Ended } else { ConsultState::Ringing },
        dialled_at: DateTime::UNIX_EPOCH,
        answered_at: None,
        ended_at,
        outcome: None,
    };
    Track { consult, call: Some(CallId::new("1")) }
}

async fn mine() -> Mine {
    let pool = open::memory().await.unwrap();
    MIGRATIONS.run(&pool).await.unwrap();
    Mine { pool }
}

#[tokio::test]
async fn the_end_of_a_call_is_never_taken_back() {
    let (mine, ended) = (mine().await, track("c1", Some(DateTime::UNIX_EPOCH)));

    mine.put(&ended).await.unwrap();
    mine.put(&track("c1", None)).await.unwrap();

    assert_eq!(mine.consults(10).await.unwrap(), [ended]);
}

fn lists() -> Lists {
    let [mia, leo, ana] = ["mia", "leo", "ana"].map(PersonId::new);
    let folder =
        |id: &str, folded, people| Folder {
            id: id.to_owned(), name: "Zażółć".to_owned(), folded, people
        };
    let text = "billing in:\"new york\"".to_owned();
    let group = Group { id: "g1".to_owned(), name: "Billing".to_owned(), text, only: Only::Favourites };
    Lists::new(vec![leo], vec![folder("f2", true, vec![mia, ana]), folder("f1", false, vec![])], vec![group])
}

fn recents(begin: Option<DateTime<Utc>>) -> Recents {
    let at = DateTime::from_timestamp(1_795_000_000, 5).unwrap();
    Recents::new(vec![(PersonId::new("mia"), Recent { how: Met::CalledBy, at })], begin)
}

#[tokio::test]
async fn lists_and_recents_come_back_as_they_were_last_written() {
    let mine = mine().await;
    mine.put_lists(&Lists::new(vec![PersonId::new("zoe")], vec![], vec![])).await.unwrap();

    mine.put_lists(&lists()).await.unwrap();
    for begin in [Some(DateTime::UNIX_EPOCH), None] {
        mine.put_recents(&recents(begin)).await.unwrap();
        assert_eq!(mine.recents().await.unwrap(), recents(begin));
    }

    assert_eq!(mine.lists().await.unwrap(), lists());
}

#[tokio::test]
async fn everything_at_hand_replaces_what_was_written_before() {
    let mine = mine().await;
    mine.put_lists(&Lists::new(vec![PersonId::new("zoe")], vec![], vec![])).await.unwrap();

    let tracks = vec![track("c1", None)];
    let held = Held { lists: lists(), recents: recents(None), tracks, watches: vec![] };
    mine.put_all(&held).await.unwrap();

    assert_eq!(mine.held().await.unwrap(), held);
}

#[tokio::test]
async fn whom_one_called_before_there_were_recents_is_among_them() {
    let pool = open::memory().await.unwrap();
    let old = Migrator::with_migrations(MIGRATIONS.iter().take(2).cloned().collect());
    old.run(&pool).await.unwrap();
    sqlx::query("INSERT INTO favourites (person, place) VALUES ('leo', 1)").execute(&pool).await.unwrap();
    let mine = Mine { pool };
    mine.put(&track("c1", None)).await.unwrap();

    MIGRATIONS.run(&mine.pool).await.unwrap();

    let held = mine.held().await.unwrap();
    assert_eq!(held.lists, Lists::new(vec![PersonId::new("leo")], vec![], vec![]));
    let called = Recent { how: Met::Called, at: DateTime::UNIX_EPOCH };
    assert_eq!(held.recents.of(&PersonId::new("mia")), Some(called));
}

#[tokio::test]
async fn a_watch_comes_back_as_it_was_last_written() {
    let mine = mine().await;
    let at = DateTime::from_timestamp(1_795_000_000, 5).unwrap();
    let whom = Whom::Search { text: "sepa madrid".to_owned(), only: Only::Favourites };
    let passed = [PersonId::new("mia")].into();
    let search =
        Watch { id: "w1".to_owned(), whom, since: at, ends_at: at, passed, calling: Some("c1".to_owned()) };
    let person = Watch { id: "w2".to_owned(), whom: Whom::Person(PersonId::new("leo")), ..search.clone() };
    let before = Watch { passed: [].into(), calling: None, ..search.clone() };

    for watch in [&before, &person, &search] {
        mine.put_watch(watch).await.unwrap();
    }
    assert_eq!(mine.watches().await.unwrap(), [search.clone(), person]);

    mine.remove_watch("w2").await.unwrap();
    assert_eq!(mine.watches().await.unwrap(), [search]);
}
