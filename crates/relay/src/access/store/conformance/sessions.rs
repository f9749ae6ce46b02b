use super::{
    super::{Horizons, Whose},
    *,
};

#[tokio::test]
async fn a_token_opens_its_session_and_no_other_token_does() {
    for case in cases().await {
        let session = case.session(1).await;

        assert_eq!(case.show(1, 5).await, Shown::Session(session));
        assert_eq!(case.show(2, 5).await, Shown::Nothing);
    }
}

#[tokio::test]
async fn the_old_token_works_until_the_new_one_is_first_used() {
    for case in cases().await {
        let session = case.session(1).await;
        case.store.rotate(&showing(1, 10), &[2; 32]).await.unwrap();

        assert_eq!(case.show(1, 11).await, Shown::Session(session.clone()));
        assert_eq!(case.show(2, 12).await, Shown::Renewed(session.clone()));
        assert_eq!(case.show(2, 13).await, Shown::Session(session));
        assert_eq!(case.store.sessions(Whose::Everybody).await.unwrap().len(), 1);
    }
}

#[tokio::test]
async fn an_old_token_shown_after_the_new_one_ends_the_session_and_is_told() {
    for case in cases().await {
        let session = case.session(1).await;
        case.store.rotate(&showing(1, 10), &[2; 32]).await.unwrap();
        case.show(2, 11).await;

        assert_eq!(case.show(1, 71).await, Shown::Stolen(session.id));

        assert_eq!(case.show(2, 72).await, Shown::Nothing);
        assert_eq!(case.show(1, 73).await, Shown::Nothing);
        assert_eq!(case.told().await.last(), Some(&(Kind::RotatedTwice, None)));
    }
}

#[tokio::test]
async fn an_old_token_that_comes_a_moment_after_the_new_one_was_on_its_way_and_harms_nobody() {
    for case in cases().await {
        let session = case.session(1).await;
        case.store.rotate(&showing(1, 10), &[2; 32]).await.unwrap();
        case.show(2, 11).await;

        assert_eq!(case.show(1, 70).await, Shown::Nothing);
        assert_eq!(case.store.rotate(&showing(1, 70), &[3; 32]).await.unwrap(), Shown::Nothing);

        assert_eq!(case.show(2, 72).await, Shown::Session(session));
    }
}

#[tokio::test]
async fn renewing_by_an_old_token_ends_the_session_as_well() {
    for case in cases().await {
        let session = case.session(1).await;
        case.store.rotate(&showing(1, 10), &[2; 32]).await.unwrap();
        case.show(2, 11).await;

        let renewed = case.store.rotate(&showing(1, 71), &[3; 32]).await.unwrap();

        assert_eq!(renewed, Shown::Stolen(session.id));
        assert_eq!(case.show(3, 72).await, Shown::Nothing);
    }
}

#[tokio::test]
async fn answers_may_be_lost_again_and_again() {
    for case in cases().await {
        let session = case.session(1).await;
        for (round, next) in (10..30).enumerate() {
            let now = i64::try_from(round).unwrap() + 10;
            case.store.rotate(&showing(1, now), &[next; 32]).await.unwrap();
        }

        // One that was given out long before the last is forgotten, which harms nobody.
        assert_eq!(case.show(10, 59).await, Shown::Nothing);
        assert_eq!(case.show(29, 60).await, Shown::Renewed(session.clone()));
        // One that was given out beside it is of the past now, too.
        assert_eq!(case.show(28, 120).await, Shown::Stolen(session.id));
    }
}

#[tokio::test]
async fn a_session_ends_after_thirty_days_of_rest_and_use_keeps_it() {
    for case in cases().await {
        let session = case.session(1).await;
        let day = 86_400;
        case.store.touch(&[(session.id, at(20 * day))]).await.unwrap();

        assert!(matches!(case.show(1, 50 * day).await, Shown::Session(_)));
        assert_eq!(case.show(1, 50 * day + 1).await, Shown::Nothing);
    }
}

#[tokio::test]
async fn use_that_is_written_down_late_does_not_undo_a_later_one() {
    for case in cases().await {
        let session = case.session(1).await;
        case.store.touch(&[(session.id, at(600))]).await.unwrap();
        case.store.touch(&[(session.id, at(300))]).await.unwrap();

        let kept = case.store.sessions(Whose::Session(session.id)).await.unwrap();

        assert_eq!(kept[0].last_used_at, at(600));
    }
}

#[tokio::test]
async fn whose_sessions_are_ended_is_exact() {
    for case in cases().await {
        let [one, two, three] = [case.session(1).await, case.session(2).await, case.session(3).await];
        let entry = Entry::of(Kind::Ended, at(5)).because(Why::Revoked).by("ops@example.test");
        let end = async |whose: Whose<'_>| case.store.end(whose, &entry).await.unwrap();

        assert_eq!(end(Whose::Person(&PersonId::new("bo"))).await, []);
        assert_eq!(end(Whose::Email("bo@example.test")).await, []);
        assert_eq!(end(Whose::Session(two.id)).await, [two.id]);
        assert_eq!(end(Whose::Session(two.id)).await, [], "it has ended already");
        let mut rest = end(Whose::Person(&PersonId::new("ada"))).await;
        rest.sort_unstable();
        let mut expected = vec![one.id, three.id];
        expected.sort_unstable();
        assert_eq!(rest, expected);
        assert_eq!(case.show(1, 6).await, Shown::Nothing);
    }
}

#[tokio::test]
async fn everybody_is_put_out_at_once_and_told_in_one_entry() {
    for case in cases().await {
        let [one, two] = [case.session(1).await, case.session(2).await];
        let start = case.store.last_change().await.unwrap();

        let mut ended = case.store.end(Whose::Everybody, &Entry::of(Kind::Ended, at(5))).await.unwrap();

        let mut expected = vec![one.id, two.id];
        expected.sort_unstable();
        ended.sort_unstable();
        assert_eq!(ended, expected);
        assert_eq!([case.show(1, 6).await, case.show(2, 6).await], [Shown::Nothing, Shown::Nothing]);
        assert_eq!(case.store.changes(start).await.unwrap().len(), 2);
        let last = case.store.trail(0, 99).await.unwrap().pop().unwrap().entry;
        assert_eq!((last.kind, last.what.as_deref()), (Kind::Ended, Some("all 2 sessions")));
    }
}

#[tokio::test]
async fn every_change_is_heard_of_in_the_order_of_commits() {
    for case in cases().await {
        let [one, two] = [case.session(1).await, case.session(2).await];
        let start = case.store.last_change().await.unwrap();
        case.store.rotate(&showing(1, 1), &[11; 32]).await.unwrap();
        assert_eq!(case.store.changes(start).await.unwrap(), [], "the old token still works");

        case.show(11, 2).await;
        case.store.end(Whose::Session(two.id), &Entry::of(Kind::Ended, at(3))).await.unwrap();

        let changes = case.store.changes(start).await.unwrap();
        let told: Vec<_> =
            changes.iter().map(|change| (change.number, change.session, change.ended)).collect();
        assert_eq!(told, [(start + 1, one.id, false), (start + 2, two.id, true)]);
        assert_eq!(case.store.last_change().await.unwrap(), start + 2);
        assert_eq!(case.store.changes(start + 2).await.unwrap(), []);
    }
}

#[tokio::test]
async fn changes_made_at_once_have_no_gap() {
    for case in cases().await {
        let mut sessions = Vec::new();
        for token in 1..=12 {
            sessions.push(case.session(token).await.id);
        }
        let start = case.store.last_change().await.unwrap();

        let ends = sessions.into_iter().map(|session| {
            let store = case.store.clone();
            tokio::spawn(async move {
                store.end(Whose::Session(session), &Entry::of(Kind::Ended, at(3))).await.unwrap();
            })
        });
        for end in ends.collect::<Vec<_>>() {
            end.await.unwrap();
        }

        let numbers: Vec<_> =
            case.store.changes(start).await.unwrap().iter().map(|change| change.number - start).collect();
        assert_eq!(numbers, (1..=12).collect::<Vec<_>>());
    }
}

#[tokio::test]
async fn who_somebody_is_can_be_learnt_later() {
    for case in cases().await {
        let session = case.session(1).await;
        let before = case.store.last_change().await.unwrap();

        case.store.know(session.id, &PersonId::new("ada-2")).await.unwrap();

        let Shown::Session(shown) = case.show(1, 1).await else { panic!("it is open") };
        assert_eq!(shown.person, Some(PersonId::new("ada-2")));
        assert!(case.store.last_change().await.unwrap() > before, "others must forget what they remember");
    }
}

#[tokio::test]
async fn what_is_over_is_put_away_and_what_rests_ends() {
    for case in cases().await {
        let (old, young) = (case.session(1).await, case.session(2).await);
        case.store.touch(&[(young.id, at(1_000))]).await.unwrap();
        let horizons = Horizons { codes: at(2_000), sessions: at(0), trail: at(-1) };

        let ended = case.store.tidy(&horizons, at(500), at(2_000)).await.unwrap();

        assert_eq!(ended, [old.id]);
        assert_eq!(case.told().await.last(), Some(&(Kind::Ended, Some(Why::Idle))));
        assert_eq!(case.store.sessions(Whose::Everybody).await.unwrap()[0].id, young.id);
        // Its code is put away: not even the trail can tell any more that it was used.
        assert_eq!(case.store.redeem(&attempt("S1", 1, 5)).await.unwrap(), None);
        assert_eq!(case.told().await.last(), Some(&(Kind::Refused, Some(Why::UnknownCode))));
        case.store.tidy(&Horizons { sessions: at(3_000), ..horizons }, at(500), at(3_000)).await.unwrap();
        assert_eq!(case.store.changes(0).await.unwrap().iter().filter(|change| change.ended).count(), 0);
    }
}
