//! A desk that is killed between any two steps of a rotation: whatever it was about to do, it is let in afterwards.

use std::sync::{
    Arc,
    atomic::{AtomicI64, Ordering},
};

use async_trait::async_trait;
use rollcall_desk::{
    Upstream,
    secrets::{Memory, Secrets},
    team::{JoinLink, Seat, Trust, Turn, Turned, Turning},
};
use rollcall_tests::{stage::PATIENCE, team::TeamRelay};
use rollcall_wire::Failure;
use secrecy::{ExposeSecret as _, SecretString};
use tokio_util::sync::CancellationToken;

use super::zoom;

/// More steps than a rotation has.
const MANY: i64 = 100;

/// Lets so many steps be done, and no more.
#[derive(Clone)]
struct Fuse {
    left: Arc<AtomicI64>,
    blown: CancellationToken,
}

impl Fuse {
    fn after(steps: i64) -> Self {
        Self { left: Arc::new(AtomicI64::new(steps)), blown: CancellationToken::new() }
    }

    /// Passes, or is never left.
    async fn step(&self) {
        if self.left.fetch_sub(1, Ordering::SeqCst) <= 0 {
            self.blown.cancel();
            std::future::pending::<()>().await;
        }
    }
}

/// A keychain that outlives the desks which are killed while they use it.
struct Keychain {
    kept: Arc<Memory>,
    fuse: Fuse,
}

#[async_trait]
impl Secrets for Keychain {
    async fn read(&self, name: &str) -> Result<Option<SecretString>, Failure> {
        self.kept.read(name).await
    }

    async fn write(&self, name: &str, secret: SecretString) -> Result<(), Failure> {
        self.fuse.step().await;
        self.kept.write(name, secret).await?;
        self.fuse.step().await;
        Ok(())
    }

    async fn forget(&self, name: &str) -> Result<(), Failure> {
        self.kept.forget(name).await
    }
}

/// Whether the relay lets in who comes this way.
async fn is_let_in(way: &Upstream) -> bool {
    let client = reqwest::Client::builder().no_proxy().timeout(PATIENCE).build().unwrap();
    let request = client.get(way.base.join("v1/snapshot").unwrap()).bearer_auth(way.token.expose_secret());
    request.send().await.unwrap().status().is_success()
}

/// A link that is used at once, before and after which the desk may be killed.
fn linking(fuse: &Fuse) -> Turned {
    let fuse = fuse.clone();
    Box::new(move |turn| -> Turning {
        let fuse = fuse.clone();
        Box::pin(async move {
            fuse.step().await;
            if let Turn::Link(way) = turn {
                assert!(is_let_in(&way).await, "the link is turned away");
            }
            fuse.step().await;
        })
    })
}

/// Renews a seat's token and is killed after so many steps; tells whether it got to the end before.
async fn killed_after(steps: i64, seat: &Seat, fuse: &Fuse) -> bool {
    fuse.left.store(steps, Ordering::SeqCst);
    let turned = linking(fuse);
    tokio::select! {
        done = seat.rotate(&turned) => {
            done.unwrap();
            true
        }
        () = fuse.blown.cancelled() => false,
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_desk_that_is_killed_between_any_two_steps_of_a_rotation_is_let_in_again() {
    let (fake, _) = zoom().await;
    let relay = TeamRelay::start(&fake).await;
    let trust = Trust::default();
    let (mut steps, mut done) = (0, false);
    while !done {
        let kept = Arc::<Memory>::default();
        let keychain = |fuse: &Fuse| Arc::new(Keychain { kept: kept.clone(), fuse: fuse.clone() });
        let link = relay.invite("killed@example.org", "agent").await;
        let (address, redeem) = JoinLink::parse(&link).unwrap().redeem().unwrap();
        let fuse = Fuse::after(MANY);
        let (seat, _) = Seat::take(address, &redeem, &trust, keychain(&fuse)).await.unwrap();
        let membership = seat.membership();
        done = killed_after(steps, &seat, &fuse).await;
        drop(seat);

        // It starts again, and is killed at the same step again.
        let fuse = Fuse::after(MANY);
        let again = Seat::again(membership.clone(), &trust, keychain(&fuse)).await.unwrap().unwrap();
        assert!(is_let_in(&again.upstream().await).await, "after {steps} steps");
        killed_after(steps, &again, &fuse).await;
        drop(again);

        let fuse = Fuse::after(MANY);
        let again = Seat::again(membership, &trust, keychain(&fuse)).await.unwrap().unwrap();
        assert!(killed_after(MANY, &again, &fuse).await);
        assert_eq!(again.about().await.failure, None, "twice after {steps} steps");
        steps += 1;
    }
    assert!(steps > 7, "a rotation writes twice, links and tells: {steps}");
    fake.stop().await;
}
