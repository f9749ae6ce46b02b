//! What every store of what an organisation tells must do, written against the trait only.

use chrono::{DateTime, TimeDelta, Utc};
use rollcall_model::{Expertise, Part, Policy, Skill, search::Synonyms};
use secrecy::SecretString;
use tempfile::TempDir;
use uuid::Uuid;

use super::{Imported, Known, Lore, Patch, PostgresLore, SqliteLore};

/// Where a test's store is; each has its own.
enum Place {
    File(TempDir),
    Server { address: SecretString, organisation: String },
}

impl Place {
    fn all() -> Vec<Self> {
        let mut places = vec![Self::File(tempfile::tempdir().unwrap())];
        match std::env::var("ROLLCALL_TEST_POSTGRES") {
            Ok(address) => places.push(Self::Server {
                address: address.into(),
                organisation: Uuid::new_v4().simple().to_string(),
            }),
            Err(_) => println!("skipped for PostgreSQL: ROLLCALL_TEST_POSTGRES names no database"),
        }
        places
    }

    async fn open(&self) -> Box<dyn Lore> {
        match self {
            Self::File(folder) => {
                Box::new(SqliteLore::open(&folder.path().join("main.lore.sqlite"), "main").await.unwrap())
            }
            Self::Server { address, organisation } => {
                Box::new(PostgresLore::open(address, organisation).await.unwrap())
            }
        }
    }
}

fn at(seconds: i64) -> DateTime<Utc> {
    DateTime::from_timestamp(1_700_000_000 + seconds, 0).unwrap()
}

fn noted(note: &str) -> Expertise {
    Expertise { note: note.into(), ..Expertise::default() }
}

fn patches(told: &[(&str, &str)]) -> Vec<Patch> {
    told.iter().map(|(email, note)| Patch::whole(email, noted(note))).collect()
}

async fn import(lore: &dyn Lore, told: &[(&str, &str)], seconds: i64) -> Imported {
    let horizon = at(seconds) - TimeDelta::days(30);
    lore.import(&patches(told), false, at(seconds), horizon).await.unwrap()
}

async fn notes(lore: &dyn Lore, known: &Known) -> Vec<(String, String)> {
    let told = lore.changes(known, 99).await.unwrap();
    told.into_iter().map(|told| (told.email, told.expertise.note)).collect()
}

fn pair(email: &str, note: &str) -> (String, String) {
    (email.to_owned(), note.to_owned())
}

#[tokio::test]
async fn whoever_knows_a_change_is_told_what_came_after_it() {
    for place in Place::all() {
        let lore = place.open().await;
        assert_eq!(lore.last_change().await.unwrap(), 0);

        let first = import(&*lore, &[("b", "1"), ("a", "1"), ("c", "1")], 0).await;
        let known = lore.last_change().await.unwrap();
        let second = import(&*lore, &[("a", "1"), ("b", "2"), ("c", "")], 1).await;

        assert_eq!(first, Imported { changed: 3, ..Imported::default() });
        assert_eq!(second, Imported { changed: 1, unchanged: 1, removed: 1 });
        let after = Known::up_to(known);
        assert_eq!(notes(&*lore, &after).await, [pair("b", "2"), pair("c", "")]);
        assert_eq!(notes(&*lore, &Known::default()).await, [pair("a", "1"), pair("b", "2"), pair("c", "")]);
        let within = Known { change: known + 1, email: "b".into() };
        assert_eq!(notes(&*lore, &within).await, [pair("c", "")]);
        let told = lore.of(&["b".into(), "nobody".into()]).await.unwrap();
        assert_eq!((told.len(), told[0].at), (1, at(1)));
    }
}

#[tokio::test]
async fn an_import_that_changes_nothing_is_no_change() {
    for place in Place::all() {
        let lore = place.open().await;
        import(&*lore, &[("a", "1")], 0).await;
        let before = lore.last_change().await.unwrap();

        let again = import(&*lore, &[("a", "1"), ("b", "")], 5).await;

        assert_eq!(again, Imported { unchanged: 2, ..Imported::default() });
        assert_eq!(lore.last_change().await.unwrap(), before);
    }
}

#[tokio::test]
async fn a_patch_leaves_alone_what_it_does_not_name_unless_everything_is_told_anew() {
    for place in Place::all() {
        let lore = place.open().await;
        import(&*lore, &[("a", "kept"), ("b", "not named")], 0).await;
        let told = Expertise { skills: vec![Skill::named("KYC")], ..Expertise::default() };
        let patch = [Patch { email: "a".into(), parts: vec![Part::Skills], told }];

        lore.import(&patch, false, at(1), at(0)).await.unwrap();
        let added = lore.of(&["a".into()]).await.unwrap().remove(0).expertise;
        let anew = lore.import(&patch, true, at(2), at(0)).await.unwrap();

        assert_eq!((added.note.as_str(), added.skills.len()), ("kept", 1));
        assert_eq!(anew, Imported { changed: 1, removed: 1, ..Imported::default() });
        assert_eq!(lore.of(&["a".into()]).await.unwrap()[0].expertise.note, "");
    }
}

#[tokio::test]
async fn thousands_are_taken_in_at_once_and_told_in_pages() {
    for place in Place::all() {
        let lore = place.open().await;
        let emails: Vec<String> = (0..5_000).map(|n| format!("p{n:05}@example.test")).collect();
        let told: Vec<(&str, &str)> = emails.iter().map(|email| (email.as_str(), "x")).collect();

        let imported = import(&*lore, &told, 0).await;

        let (mut known, mut heard) = (Known::default(), Vec::new());
        while let page = lore.changes(&known, 999).await.unwrap()
            && let Some(last) = page.last()
        {
            known = Known { change: last.change, email: last.email.clone() };
            heard.extend(page.into_iter().map(|told| told.email));
        }
        assert_eq!(imported.changed, 5_000);
        assert_eq!(heard, emails);
    }
}

#[tokio::test]
async fn what_was_taken_back_long_ago_is_put_away() {
    for place in Place::all() {
        let lore = place.open().await;
        import(&*lore, &[("a", "1"), ("b", "1")], 0).await;
        import(&*lore, &[("a", "")], 1).await;
        assert_eq!(lore.of(&["a".into()]).await.unwrap().len(), 1);

        lore.import(&patches(&[("b", "2")]), false, at(9), at(5)).await.unwrap();

        assert!(lore.of(&["a".into()]).await.unwrap().is_empty());
    }
}

#[tokio::test]
async fn own_words_take_the_place_of_those_before() {
    for place in Place::all() {
        let lore = place.open().await;
        let words = |line: &str| Synonyms { groups: vec![line.parse().unwrap()] };
        assert!(lore.synonyms().await.unwrap().is_none());

        assert!(lore.keep_synonyms(&words("a, b"), at(0)).await.unwrap());
        assert!(lore.keep_synonyms(&words("a, c"), at(1)).await.unwrap());
        let change = lore.last_change().await.unwrap();
        assert!(!lore.keep_synonyms(&words("a, c"), at(2)).await.unwrap());

        let kept = lore.synonyms().await.unwrap().unwrap();
        assert_eq!((kept.value, kept.as_of), (words("a, c"), at(1)));
        assert_eq!((change, lore.last_change().await.unwrap()), (2, 2));
    }
}

#[tokio::test]
async fn a_policy_takes_the_place_of_the_one_before() {
    for place in Place::all() {
        let lore = place.open().await;
        let quiet = Policy { quiet: "daily 20:00-07:00".parse().unwrap(), ..Policy::default() };
        let capped = Policy { consults_a_day: 6.try_into().ok(), watchers_shown: true, ..Policy::default() };
        assert!(lore.policy().await.unwrap().is_none());

        assert!(lore.keep_policy(&quiet, at(0)).await.unwrap());
        assert!(lore.keep_policy(&capped, at(1)).await.unwrap());
        assert!(!lore.keep_policy(&capped, at(2)).await.unwrap());

        let kept = lore.policy().await.unwrap().unwrap();
        assert_eq!((kept.value, kept.as_of), (capped, at(1)));
        assert_eq!(lore.last_change().await.unwrap(), 2);
    }
}

#[tokio::test]
async fn two_programs_write_one_after_the_other_and_everything_is_there_after_a_start() {
    for place in Place::all() {
        let (one, other) = (place.open().await, place.open().await);
        let (a, b) = (patches(&[("a", "1")]), patches(&[("b", "1")]));

        let both = tokio::join!(one.import(&a, false, at(0), at(0)), other.import(&b, false, at(0), at(0)));

        both.0.unwrap();
        both.1.unwrap();
        assert_eq!(one.last_change().await.unwrap(), 2);
        one.close().await;
        other.close().await;
        assert_eq!(notes(&*place.open().await, &Known::default()).await.len(), 2);
    }
}

#[tokio::test]
async fn when_everything_is_forgotten_no_byte_of_it_is_left() {
    const WORD: &str = "Unverwechselbar";
    for place in Place::all() {
        let lore = place.open().await;
        import(&*lore, &[("a", WORD)], 0).await;
        lore.keep_synonyms(&Synonyms { groups: vec![format!("{WORD}, b").parse().unwrap()] }, at(0))
            .await
            .unwrap();

        lore.keep_policy(&Policy { watchers_shown: true, ..Policy::default() }, at(0)).await.unwrap();

        lore.forget_all().await.unwrap();

        assert!(notes(&*lore, &Known::default()).await.is_empty());
        assert!(lore.synonyms().await.unwrap().is_none() && lore.policy().await.unwrap().is_none());
        if let Place::File(folder) = &place {
            for file in std::fs::read_dir(folder.path()).unwrap() {
                let bytes = std::fs::read(file.unwrap().path()).unwrap();
                assert!(!bytes.windows(WORD.len()).any(|part| part == WORD.as_bytes()));
            }
        }
    }
}
