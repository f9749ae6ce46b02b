use super::{
    super::{Horizons, Whom, Whose},
    *,
};

#[tokio::test]
async fn entries_have_places_without_gaps_and_are_read_in_parts() {
    for case in cases().await {
        let notes = (0..20).map(|number| {
            let store = case.store.clone();
            let entry = Entry::of(Kind::SettingChanged, at(number)).by("ops@example.test").with("retention");
            tokio::spawn(async move { store.note(&entry).await.unwrap() })
        });
        for note in notes.collect::<Vec<_>>() {
            note.await.unwrap();
        }

        let first = case.store.trail(0, 15).await.unwrap();
        let rest = case.store.trail(15, 15).await.unwrap();

        let places: Vec<i64> = first.iter().chain(&rest).map(|noted| noted.number).collect();
        assert_eq!(places, (1..=20).collect::<Vec<_>>());
    }
}

#[tokio::test]
async fn an_entry_is_read_as_it_was_written() {
    for case in cases().await {
        let entry = Entry::of(Kind::Exported, at(1))
            .because(Why::Revoked)
            .about("ada@example.test")
            .in_session(SessionId::fresh())
            .by("ops@example.test")
            .from(Some("2001:db8::1".parse().unwrap()))
            .with("report");

        case.store.note(&entry).await.unwrap();

        assert_eq!(case.store.trail(0, 1).await.unwrap()[0].entry, entry);
    }
}

#[tokio::test]
async fn the_database_itself_keeps_the_trail_as_it_is() {
    for case in cases().await {
        case.session(1).await;
        let before = case.told().await;

        for forgery in [
            "UPDATE trail SET kind = 'signed_out' WHERE organisation = HERE",
            "UPDATE trail SET who = 'bo@example.test' WHERE organisation = HERE",
            "UPDATE trail SET address = '192.0.2.9' WHERE organisation = HERE",
            "UPDATE trail SET at = at + 1 WHERE organisation = HERE",
            "UPDATE trail SET number = number + 10 WHERE organisation = HERE",
            "DELETE FROM trail WHERE organisation = HERE",
            "DELETE FROM trail WHERE organisation = HERE AND number = 1",
            "INSERT INTO trail (organisation, number, at, kind) VALUES (HERE, 99, 0, 'invited')",
            "INSERT INTO trail (organisation, number, at, kind) VALUES (HERE, 0, 0, 'invited')",
        ] {
            assert!(case.refuses(forgery).await, "{forgery}");
        }

        assert_eq!(case.told().await, before);
    }
}

#[tokio::test]
async fn only_the_beginning_goes_and_only_when_its_time_is_over() {
    for case in cases().await {
        for second in [0, 10, 20, 30] {
            case.store.note(&Entry::of(Kind::Exported, at(second))).await.unwrap();
        }
        let horizons = Horizons { codes: at(0), sessions: at(0), trail: at(20) };

        case.store.tidy(&horizons, at(-100), at(40)).await.unwrap();

        let places: Vec<_> = case.store.trail(0, 9).await.unwrap().iter().map(|noted| noted.number).collect();
        assert_eq!(places, [3, 4]);
        case.store.tidy(&Horizons { trail: at(99), ..horizons }, at(-100), at(40)).await.unwrap();
        case.store.note(&Entry::of(Kind::Exported, at(41))).await.unwrap();
        assert_eq!(case.store.trail(0, 9).await.unwrap()[0].number, 5, "places go on where they were");
    }
}

#[tokio::test]
async fn of_somebody_who_is_forgotten_no_name_is_left() {
    for case in cases().await {
        let session = case.session(1).await;
        case.store.note(&Entry::of(Kind::Exported, at(1)).by("bo@example.test")).await.unwrap();
        let whom = Whom::Person { person: &PersonId::new("ada"), email: Some("ada@example.test") };

        let ended = case.store.forget(whom, at(2)).await.unwrap();

        assert_eq!(ended, [session.id]);
        assert_eq!(case.show(1, 3).await, Shown::Nothing);
        let trail = case.store.trail(0, 99).await.unwrap();
        let names: Vec<_> =
            trail.iter().flat_map(|noted| [&noted.entry.who, &noted.entry.by]).flatten().collect();
        assert!(names.iter().all(|name| *name != "ada@example.test"), "{names:?}");
        assert!(names.iter().any(|name| *name == "bo@example.test"), "others stay");
        assert_eq!(trail.last().unwrap().entry.kind, Kind::Forgotten);
    }
}

#[tokio::test]
async fn when_everybody_is_forgotten_only_that_is_left() {
    for case in cases().await {
        let session = case.session(1).await;
        case.invite("OPEN", 5).await;
        let before = case.store.last_change().await.unwrap();

        let ended = case.store.forget(Whom::Everybody, at(2)).await.unwrap();

        assert_eq!(ended, [session.id]);
        assert_eq!(case.told().await, [(Kind::Forgotten, None)]);
        assert_eq!(case.store.redeem(&attempt("OPEN", 5, 3)).await.unwrap(), None);
        assert_eq!(case.store.sessions(Whose::Everybody).await.unwrap(), []);
        let changes = case.store.changes(before).await.unwrap();
        assert!(
            changes.iter().any(|change| change.ended && change.session == session.id),
            "others hear of it"
        );
    }
}

#[tokio::test]
async fn organisations_in_one_database_know_nothing_of_each_other() {
    let Ok(url) = std::env::var(POSTGRES) else {
        return eprintln!("skipped: {POSTGRES} is not set");
    };
    let (one, other) = (postgres(&url).await, postgres(&url).await);
    one.session(1).await;
    one.invite("OPEN", 5).await;

    assert_eq!(other.show(1, 1).await, Shown::Nothing);
    assert_eq!(other.store.redeem(&attempt("OPEN", 5, 1)).await.unwrap(), None);
    assert_eq!(other.store.sessions(Whose::Everybody).await.unwrap(), []);
    assert_eq!(other.told().await, [(Kind::Refused, Some(Why::UnknownCode))]);
    other.store.forget(Whom::Everybody, at(2)).await.unwrap();
    assert!(matches!(one.show(1, 3).await, Shown::Session(_)));
}
