use super::{
    super::{NewCode, judge::TRIES},
    *,
};

#[tokio::test]
async fn a_code_opens_one_session_however_many_show_it_at_once() {
    for case in cases().await {
        case.invite("ONE", 1).await;

        let tries = (0..10).map(|_| {
            let store = case.store.clone();
            tokio::spawn(async move { store.redeem(&attempt("ONE", 1, 10)).await.unwrap() })
        });
        let mut opened = Vec::new();
        for one in tries.collect::<Vec<_>>() {
            opened.extend(one.await.unwrap().map(|admission| admission.session));
        }

        assert_eq!(opened.len(), 1);
        assert_eq!((opened[0].email.as_str(), opened[0].role), ("ada@example.test", Role::Agent));
        assert_eq!(opened[0].person, Some(PersonId::new("ada")));
        let told = case.told().await;
        assert_eq!(told.iter().filter(|told| **told == (Kind::SignedIn, None)).count(), 1);
        assert_eq!(told.iter().filter(|told| **told == (Kind::Refused, Some(Why::UsedCode))).count(), 9);
    }
}

#[tokio::test]
async fn five_wrong_tries_lock_a_code_and_no_other() {
    for case in cases().await {
        case.invite("ONE", 1).await;
        case.invite("TWO", 2).await;
        for _ in 0..TRIES {
            assert_eq!(case.store.redeem(&attempt("ONE", 9, 10)).await.unwrap(), None);
        }

        assert_eq!(case.store.redeem(&attempt("ONE", 1, 10)).await.unwrap(), None);
        assert!(case.store.redeem(&attempt("TWO", 2, 10)).await.unwrap().is_some());
        let mut expected = vec![(Kind::Invited, None); 2];
        expected.extend(vec![(Kind::Refused, Some(Why::WrongCode)); 5]);
        expected.extend([(Kind::Refused, Some(Why::LockedCode)), (Kind::SignedIn, None)]);
        assert_eq!(case.told().await, expected);
    }
}

#[tokio::test]
async fn a_code_ends_with_its_time_and_an_unknown_one_never_opened() {
    for case in cases().await {
        case.invite("ONE", 1).await;

        assert_eq!(case.store.redeem(&attempt("ONE", 1, 900)).await.unwrap(), None);
        assert_eq!(case.store.redeem(&attempt("NONE", 1, 0)).await.unwrap(), None);
        assert_eq!(case.store.redeem(&attempt("", 1, 0)).await.unwrap(), None);

        let why: Vec<_> = case.told().await.into_iter().filter_map(|(_, why)| why).collect();
        assert_eq!(why, [Why::ExpiredCode, Why::UnknownCode, Why::UnknownCode]);
    }
}

#[tokio::test]
async fn the_code_of_a_sign_in_needs_the_challenge_of_its_desk_and_a_wrong_one_counts() {
    for case in cases().await {
        let code = NewCode {
            selector: "ONE".to_owned(),
            digest: [1; 32],
            email: "ada@example.test".to_owned(),
            role: Role::Supervisor,
            person: None,
            challenge: Some("desk".to_owned()),
            by: "zoom".to_owned(),
            expires_at: at(120),
        };
        case.store.keep_code(&code, None).await.unwrap();

        assert_eq!(case.store.redeem(&attempt_by("thief", "ONE", 1, 1)).await.unwrap(), None);
        assert_eq!(case.store.redeem(&attempt("ONE", 1, 1)).await.unwrap(), None);
        let admission = case.store.redeem(&attempt_by("desk", "ONE", 1, 1)).await.unwrap().unwrap();

        assert_eq!(admission.session.role, Role::Supervisor);
        let why: Vec<_> = case.told().await.into_iter().filter_map(|(_, why)| why).collect();
        assert_eq!(why, [Why::WrongVerifier; 2]);
    }
}

#[tokio::test]
async fn a_desk_that_heard_no_answer_shows_its_code_again_within_a_minute_and_has_one_session() {
    for case in cases().await {
        case.invite("ONE", 1).await;
        let lost = case.store.redeem(&attempt_by("desk", "ONE", 1, 10)).await.unwrap().unwrap();
        let before = case.store.last_change().await.unwrap();

        for other in [attempt_by("thief", "ONE", 1, 20), attempt("ONE", 1, 20)] {
            assert_eq!(case.store.redeem(&other).await.unwrap(), None);
        }
        let heard = case.store.redeem(&attempt_by("desk", "ONE", 1, 69)).await.unwrap().unwrap();

        assert_eq!((lost.ended, heard.ended), (vec![], vec![lost.session.id]));
        assert_eq!(
            heard.session,
            Session { id: heard.session.id, opened_at: at(69), last_used_at: at(69), ..lost.session }
        );
        assert_eq!(case.open().await, [heard.session.id]);
        let changes = case.store.changes(before).await.unwrap();
        assert!(
            changes.iter().any(|change| change.session == lost.session.id && change.ended),
            "{changes:?}"
        );
        assert_eq!(case.store.redeem(&attempt_by("desk", "ONE", 1, 70)).await.unwrap(), None);
        let mut expected = vec![(Kind::Invited, None), (Kind::SignedIn, None)];
        expected.extend([(Kind::Refused, Some(Why::UsedCode)); 2]);
        expected.extend([(Kind::Ended, Some(Why::AnswerLost)), (Kind::SignedIn, None)]);
        expected.push((Kind::Refused, Some(Why::UsedCode)));
        assert_eq!(case.told().await, expected);
    }
}

#[tokio::test]
async fn a_desk_that_shows_its_code_many_times_at_once_has_one_session() {
    for case in cases().await {
        case.invite("ONE", 1).await;

        let tries = (0..10).map(|_| {
            let store = case.store.clone();
            tokio::spawn(async move { store.redeem(&attempt_by("desk", "ONE", 1, 10)).await.unwrap() })
        });
        let mut opened = Vec::new();
        for one in tries.collect::<Vec<_>>() {
            opened.extend(one.await.unwrap().map(|admission| admission.session.id));
        }

        let open = case.open().await;
        assert_eq!((opened.len(), open.len()), (10, 1));
        assert!(opened.contains(&open[0]));
    }
}

#[tokio::test]
async fn a_session_that_somebody_ended_is_not_opened_again_by_its_code() {
    for case in cases().await {
        case.invite("ONE", 1).await;
        let opened = case.store.redeem(&attempt_by("desk", "ONE", 1, 10)).await.unwrap().unwrap();
        let entry = Entry::of(Kind::Ended, at(11)).because(Why::Revoked);
        case.store.end(Whose::Session(opened.session.id), &entry).await.unwrap();

        assert_eq!(case.store.redeem(&attempt_by("desk", "ONE", 1, 12)).await.unwrap(), None);

        assert_eq!(case.open().await, []);
    }
}

#[tokio::test]
async fn a_flood_of_refusals_is_counted_and_not_written_down() {
    for case in cases().await {
        case.invite("ONE", 1).await;
        for _ in 0..TRIES {
            let silent = Attempt { noted: false, ..attempt("ONE", 9, 1) };
            assert_eq!(case.store.redeem(&silent).await.unwrap(), None);
        }

        assert_eq!(case.told().await, [(Kind::Invited, None)]);
        assert_eq!(case.store.redeem(&attempt("ONE", 1, 1)).await.unwrap(), None, "it is locked");
    }
}

#[tokio::test]
async fn the_database_itself_keeps_a_used_code_used() {
    for case in cases().await {
        case.session(1).await;

        assert!(case.refuses("UPDATE code SET used_at = NULL WHERE organisation = HERE").await);
    }
}
