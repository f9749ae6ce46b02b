//! The keychain does not answer when the app starts.

use std::collections::VecDeque;

use async_trait::async_trait;
use rollcall_desk::secrets::Memory;
use secrecy::SecretString;

use super::*;

/// A keychain that fails with these before it answers what is asked of it.
#[derive(Default)]
pub(super) struct Keychain {
    kept: Memory,
    failing: Mutex<VecDeque<Failure>>,
}

#[async_trait]
impl Secrets for Keychain {
    async fn read(&self, name: &str) -> Result<Option<SecretString>, Failure> {
        let failure = self.failing.lock().unwrap().pop_front();
        if let Some(failure) = failure { Err(failure) } else { self.kept.read(name).await }
    }

    async fn write(&self, name: &str, secret: SecretString) -> Result<(), Failure> {
        self.kept.write(name, secret).await
    }

    async fn forget(&self, name: &str) -> Result<(), Failure> {
        self.kept.forget(name).await
    }
}

impl Scene {
    /// A desk that joined, and starts again while the keychain fails with these.
    async fn again(&self, failing: impl IntoIterator<Item = Failure>) -> Session {
        let first = self.session().await;
        first.join(self.invitation()).await.unwrap();
        first.stop().await;
        self.keychain.failing.lock().unwrap().extend(failing);
        self.session().await
    }
}

/// Waits until the window is told that this is waited for.
async fn until_it_waits(session: &Session, failure: &Failure) {
    until("the keychain is waited for", || {
        let Status { link, notices, .. } = session.engine().status();
        let Stands::Offline { failure: why, retry_at: Some(_), .. } = link else { return false };
        why == *failure && notices.iter().any(|notice| notice.failure == *failure)
    })
    .await;
}

#[tokio::test]
async fn a_keychain_that_comes_up_after_the_app_is_asked_again_by_itself() {
    let scene = Scene::open().await;
    let session = scene.again([Failure::KeychainUnavailable, Failure::KeychainUnavailable]).await;

    assert_eq!(session.resume().await, Ok(()));

    until("the token is renewed", || scene.tokens().len() == 2).await;
    assert_eq!((session.engine().status().notices, session.engine().status().mode), (vec![], Mode::Team));
    session.stop().await;
}

#[tokio::test]
async fn a_locked_keychain_is_asked_again_at_once_when_the_person_wants_it() {
    let scene = Scene::open().await;
    let session = scene.again([Failure::KeychainLocked, Failure::KeychainLocked]).await;
    let left = || scene.keychain.failing.lock().unwrap().len();

    let (resumed, ()) = tokio::join!(session.resume(), async {
        until_it_waits(&session, &Failure::KeychainLocked).await;
        assert_eq!(session.your_relay().await.unwrap().failure, Some(Failure::KeychainLocked));
        session.try_again();
        until("it is asked again", || left() == 0).await;
        until_it_waits(&session, &Failure::KeychainLocked).await;
        session.try_again();
    });

    assert_eq!(resumed, Ok(()));
    until("the token is renewed", || scene.tokens().len() == 2).await;
    assert_eq!(session.engine().status().notices, []);
    session.stop().await;
}

#[tokio::test]
async fn the_keychain_is_waited_for_until_another_mode_is_entered_or_the_app_ends() {
    let scene = Scene::open().await;
    let session = scene.again(vec![Failure::KeychainLocked; 9]).await;

    let (resumed, joined) = tokio::join!(session.resume(), async {
        until_it_waits(&session, &Failure::KeychainLocked).await;
        session.join(scene.invitation()).await
    });
    assert_eq!((resumed, joined), (Ok(()), Ok(())));
    assert_eq!(session.resume().await, Ok(()), "nothing takes the place of a mode that was entered");
    session.stop().await;
    let session = scene.session().await;
    let (resumed, ()) = tokio::join!(session.resume(), async {
        until_it_waits(&session, &Failure::KeychainLocked).await;
        session.stop().await;
    });

    assert_eq!(resumed, Ok(()));
    assert!(session.feed.lock().await.is_none());
}
