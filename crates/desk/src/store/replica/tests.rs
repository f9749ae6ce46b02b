//! What the replica promises, asked of SQLite itself.

use super::*;
use proptest::{collection::vec, prelude::*};
use rollcall_model::{
    CallId, CallReport, Consulted, Detail, Expertise, Latest, Outcome, Party, PersonFact, Policy,
    PresenceState, Side, Source, Standing, Step, search::Synonyms,
};
use sqlx::sqlite::{SqliteConnectOptions, SqlitePoolOptions};

fn at(seconds: i64) -> DateTime<Utc> {
    DateTime::from_timestamp(1_795_000_000 + seconds, 120_000_001).unwrap()
}

async fn replica() -> Replica {
    let pool = open::memory().await.unwrap();
    MIGRATIONS.run(&pool).await.unwrap();
    Replica { pool }
}

fn titled(title: &str, seconds: i64) -> Person {
    let mut person = Person::unknown(PersonId::new("mia \"quoted\""));
    person.learn(at(seconds), PersonFact::Detail(Detail { title: title.into(), ..Detail::default() }));
    person
}

fn report(state: PresenceState, seconds: i64) -> (PersonId, Presence) {
    let (as_of, source) = (at(seconds), Source::Event);
    (PersonId::new("mia"), Presence { as_of, source, state, raw: "Büro".into(), until: None })
}

fn call(steps: &[(Step, i64)]) -> Call {
    let id = CallId::new("6998252113337041462");
    let mut call = Call::new(id.clone());
    for &(step, seconds) in steps {
        let (person, side) = (PersonId::new("mia"), Side::Caller);
        let other = Party::default();
        call.learn(&CallReport { call: id.clone(), person, side, at: at(seconds), step, other, queue: None });
    }
    call
}

fn place(seq: u64) -> Place {
    Place { log: "log".into(), seq: Seq(seq) }
}

#[tokio::test]
async fn what_was_written_is_loaded_as_it_was() {
    let replica = replica().await;
    let mut person = titled("Zahlungen", 1);
    person.learn(at(2), PersonFact::Standing(Standing::Active));
    person.learn(at(3), PersonFact::Touched);
    let expertise = Expertise { note: "Knows \"it\" all".into(), ..Expertise::default() };
    person.learn(at(4), PersonFact::Expertise(expertise));
    let synonyms = Synonyms { groups: vec!["gold desk, vip".parse().unwrap()] };
    let consulted = Consulted { day: at(0).date_naive(), times: 3 };
    person.learn(at(4), PersonFact::Consulted(consulted));
    let policy = Policy { quiet: "daily 20:00-07:00".parse().unwrap(), ..Policy::default() };
    let synonyms = Some(Latest::new(at(5), synonyms));
    let organisation = Organisation { synonyms, policy: Some(Latest::new(at(6), policy)) };
    let (id, presence) = report(PresenceState::Busy, 4);
    let call = call(&[(Step::Ringing, 5), (Step::Ended(Outcome::Busy), 6)]);
    let people = vec![person.clone()];
    let facts = Facts {
        anew: false,
        place: Some(place(7)),
        people,
        presence: vec![(id.clone(), presence.clone())],
        calls: vec![call.clone()],
        organisation: Some(organisation.clone()),
    };

    replica.write(&facts).await.unwrap();

    let Loaded { roster, place: loaded } = load::everything(&replica.pool).await.unwrap();
    assert_eq!(roster.get(&person.id).unwrap().person, person);
    assert_eq!(roster.get(&id).unwrap().presence, Some(presence));
    assert_eq!(roster.call(&call.id), Some(&call));
    assert_eq!(*roster.organisation(), organisation);
    assert_eq!(loaded, Some(place(7)));
}

#[tokio::test]
async fn older_facts_never_overwrite_newer_ones() {
    let replica = replica().await;
    let newer = Facts {
        place: Some(place(9)),
        people: vec![titled("Lead", 20)],
        presence: vec![report(PresenceState::Busy, 20)],
        calls: vec![call(&[(Step::Ringing, 1), (Step::Ended(Outcome::Busy), 2)])],
        ..Facts::default()
    };
    let mut known = titled("Trainee", 10);
    known.learn(at(30), PersonFact::Standing(Standing::Inactive));
    let older = Facts {
        place: Some(place(8)),
        people: vec![known],
        presence: vec![report(PresenceState::Away, 10)],
        calls: vec![call(&[(Step::Ringing, 1)])],
        ..Facts::default()
    };

    replica.write(&newer).await.unwrap();
    replica.write(&older).await.unwrap();

    let Loaded { roster, place: loaded } = load::everything(&replica.pool).await.unwrap();
    let person = &roster.get(&newer.people[0].id).unwrap().person;
    assert_eq!((person.title(), person.standing.unwrap().value), ("Lead", Standing::Inactive));
    assert_eq!(roster.get(&newer.presence[0].0).unwrap().presence, Some(newer.presence[0].1.clone()));
    assert!(roster.call(&newer.calls[0].id).unwrap().is_over());
    assert_eq!(loaded, Some(place(9)));
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]

    #[test]
    fn in_whatever_order_reports_are_written_the_newest_stays(order in vec(0_i64..50, 1..20)) {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        let newest = order.iter().copied().max().unwrap();

        let loaded = runtime.block_on(async {
            let replica = replica().await;
            for &seconds in &order {
                let presence = vec![report(PresenceState::Away, seconds)];
                let people = vec![titled(&seconds.to_string(), seconds)];
                replica.write(&Facts { people, presence, ..Facts::default() }).await.unwrap();
            }
            load::everything(&replica.pool).await.unwrap()
        });

        let (id, presence) = report(PresenceState::Away, newest);
        prop_assert_eq!(&loaded.roster.get(&id).unwrap().presence, &Some(presence));
        let titled = titled(&newest.to_string(), newest);
        prop_assert_eq!(&loaded.roster.get(&titled.id).unwrap().person, &titled);
    }
}

#[tokio::test]
async fn another_log_replaces_everything() {
    let replica = replica().await;
    replica
        .write(&Facts { people: vec![titled("Lead", 1)], place: Some(place(9)), ..Facts::default() })
        .await
        .unwrap();
    let anew = Facts { anew: true, place: Some(place(0)), ..Facts::default() };

    replica.write(&anew).await.unwrap();

    let Loaded { roster, place: loaded } = load::everything(&replica.pool).await.unwrap();
    assert!(roster.is_empty());
    assert_eq!(loaded, Some(place(0)));
}

#[tokio::test]
async fn a_full_disk_leaves_the_last_whole_state() {
    let folder = tempfile::tempdir().unwrap();
    let options = SqliteConnectOptions::new()
        .filename(folder.path().join("full.sqlite"))
        .create_if_missing(true)
        .pragma("max_page_count", "20");
    let pool = SqlitePoolOptions::new().max_connections(1).connect_with(options).await.unwrap();
    MIGRATIONS.run(&pool).await.unwrap();
    let replica = Replica { pool };
    replica.write(&Facts { place: Some(place(1)), ..Facts::default() }).await.unwrap();
    let people = (0..2_000).map(|nth| Person::unknown(PersonId::new(&format!("{nth:0>40}")))).collect();

    let full = replica.write(&Facts { place: Some(place(2)), people, ..Facts::default() }).await;

    assert!(matches!(full, Err(Trouble::Unwritable(_))), "{full:?}");
    let loaded = load::everything(&replica.pool).await.unwrap();
    assert_eq!((loaded.place, loaded.roster.len()), (Some(place(1)), 0));
}

#[tokio::test]
async fn nothing_is_left_of_people_who_are_forgotten() {
    let replica = replica().await;
    let person = titled("Zahlungen", 1);
    let presence = vec![(person.id.clone(), report(PresenceState::Busy, 4).1)];
    let facts = Facts { people: vec![person.clone()], presence, ..Facts::default() };
    replica.write(&facts).await.unwrap();

    replica.forget_people(&[person.id]).await.unwrap();

    assert!(load::everything(&replica.pool).await.unwrap().roster.is_empty());
}

/// Whether some file of the folder holds these bytes, unused pages and all.
fn on_disk(folder: &Path, word: &str) -> bool {
    let mut files = std::fs::read_dir(folder).unwrap().map(|file| file.unwrap().path());
    files.any(|file| std::fs::read(file).unwrap().windows(word.len()).any(|part| part == word.as_bytes()))
}

#[tokio::test]
async fn no_byte_of_what_is_forgotten_stays_in_a_file() {
    const WORD: &str = "Unverwechselbar";
    let folder = tempfile::tempdir().unwrap();
    let pool = open::file(&folder.path().join("replica.sqlite"), Durability::Replica).await.unwrap();
    MIGRATIONS.run(&pool).await.unwrap();
    let replica = Replica { pool };
    let person = titled(WORD, 1);
    let mut spoken = call(&[(Step::Ringing, 5), (Step::Ended(Outcome::Busy), 6)]);
    spoken.legs[0].other.name = WORD.into();
    let other = (0..500).map(|nth| Person::unknown(PersonId::new(&format!("other {nth}"))));
    let all = Facts { people: other.chain([person.clone()]).collect(), ..Facts::default() };
    let calls = Facts { calls: vec![spoken], ..Facts::default() };

    replica.write(&all).await.unwrap();
    assert!(on_disk(folder.path(), WORD));
    replica.forget_people(&[person.id]).await.unwrap();
    assert!(!on_disk(folder.path(), WORD), "a person");

    replica.write(&calls).await.unwrap();
    assert!(on_disk(folder.path(), WORD));
    replica.forget_calls_before(at(99)).await.unwrap();
    assert!(!on_disk(folder.path(), WORD), "a call");

    replica.write(&all).await.unwrap();
    replica.write(&Facts { anew: true, place: Some(place(0)), ..Facts::default() }).await.unwrap();
    assert!(!on_disk(folder.path(), WORD), "everything");
}
