use super::{super::SignInOnItsWay, *};

fn sign_in(state: u8) -> SignInOnItsWay {
    SignInOnItsWay {
        state: [state; 32],
        browser: [7; 32],
        verifier: "verifier".to_owned(),
        challenge: "challenge".to_owned(),
        desk_state: "desk".to_owned(),
        redirect: "rollcall://joined".to_owned(),
        expires_at: at(600),
    }
}

#[tokio::test]
async fn a_sign_in_comes_back_once() {
    for case in cases().await {
        assert!(case.store.keep_sign_in(&sign_in(1), 10).await.unwrap());

        assert_eq!(case.store.take_sign_in(&[1; 32]).await.unwrap(), Some(sign_in(1)));
        assert_eq!(case.store.take_sign_in(&[1; 32]).await.unwrap(), None);
        assert_eq!(case.store.take_sign_in(&[2; 32]).await.unwrap(), None);
    }
}

#[tokio::test]
async fn no_more_are_on_their_way_than_there_is_room_for() {
    for case in cases().await {
        for state in 1..=3 {
            assert!(case.store.keep_sign_in(&sign_in(state), 3).await.unwrap());
        }

        assert!(!case.store.keep_sign_in(&sign_in(4), 3).await.unwrap());
        case.store.take_sign_in(&[1; 32]).await.unwrap();
        assert!(case.store.keep_sign_in(&sign_in(4), 3).await.unwrap());
    }
}
