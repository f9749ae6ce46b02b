//! What the database of own things promises.

use super::*;
use rollcall_wire::window::{Consult, ConsultState, Only};

use crate::watch::Whom;

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

#[tokio::test]
async fn everything_at_hand_replaces_what_was_written_before() {
    let mine = mine().await;
    let [mia, leo, ana] = ["mia", "leo", "ana"].map(PersonId::new);
    mine.add_favourite(&ana).await.unwrap();

    let favourites = vec![mia.clone(), leo.clone()];
    let held = Held { favourites, tracks: vec![track("c1", None)], watches: vec![] };
    mine.put_all(&held).await.unwrap();
    mine.add_favourite(&ana).await.unwrap();

    assert_eq!(mine.favourites().await.unwrap(), [mia, leo, ana]);
    assert_eq!(mine.consults(10).await.unwrap(), [track("c1", None)]);
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
