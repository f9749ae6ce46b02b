//! What the database of own things promises.

use super::*;
use rollcall_wire::window::{Consult, ConsultState};

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

    mine.put_all(&[mia.clone(), leo.clone()], &[track("c1", None)]).await.unwrap();
    mine.add_favourite(&ana).await.unwrap();

    assert_eq!(mine.favourites().await.unwrap(), [mia, leo, ana]);
    assert_eq!(mine.consults(10).await.unwrap(), [track("c1", None)]);
}
