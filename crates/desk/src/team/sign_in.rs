//! Signing in with Zoom: in the system's browser, through the relay, and back with a one-time code that only
//! this desk can redeem (PKCE, S256).

use std::{fmt, time::Duration};

use base64::{Engine as _, prelude::BASE64_URL_SAFE_NO_PAD as BASE64};
use rand::{TryRng as _, rngs::SysRng};
use rollcall_wire::{Failure, session::Redeem};
use secrecy::{ExposeSecret as _, SecretString};
use sha2::{Digest as _, Sha256};
use tokio::{sync::mpsc, time};
use tokio_util::sync::CancellationToken;
use url::Url;

use super::{
    Joined, Page, RelayAddress,
    join_link::is_organisation,
    landing::{Landing, Post},
};

/// The organisation at a relay that serves only one.
const USUAL: &str = "main";

/// A sign-in that waits for the browser. It is over when this is dropped.
pub struct SignIn {
    relay: RelayAddress,
    address: Url,
    verifier: SecretString,
    heard: mpsc::Receiver<Joined>,
    post: Post,
    cancel: CancellationToken,
    _landing: Landing,
}

/// Hears what a `rollcall://joined` link brings, and that the person gave up. Clones share one sign-in.
#[derive(Clone, Debug)]
pub struct Ear {
    post: Post,
    cancel: CancellationToken,
}

impl Ear {
    /// Takes what a link brought; fails with [`Failure::SignInUnknown`] when it belongs to no sign-in that
    /// waits here.
    pub fn hear(&self, joined: Joined) -> Result<(), Failure> {
        self.post.take(joined)
    }

    /// Ends the sign-in.
    pub fn cancel(&self) {
        self.cancel.cancel();
    }
}

impl SignIn {
    /// Makes everything ready for the browser. An empty `organisation` is the usual one. `done` and
    /// `refused` are what the browser shows at the end.
    ///
    /// Fails with [`Failure::BadField`] when the organisation's name cannot be one.
    pub async fn start(
        relay: RelayAddress,
        organisation: &str,
        done: Page,
        refused: Page,
    ) -> Result<Self, Failure> {
        let organisation = match organisation.trim() {
            "" => USUAL,
            name if is_organisation(name) => name,
            _ => return Err(Failure::BadField { field: "organisation".to_owned() }),
        };
        let (verifier, state) = (random()?, random()?);
        let (to, heard) = mpsc::channel(1);
        let post = Post::new(state.expose_secret(), to);
        let landing = Landing::open(post.clone(), done, refused).await?;
        let challenge = BASE64.encode(Sha256::digest(verifier.expose_secret()));
        let mut address = relay.at("v1/signin/start");
        address
            .query_pairs_mut()
            .append_pair("organisation", organisation)
            .append_pair("challenge", &challenge)
            .append_pair("state", state.expose_secret())
            .append_pair("redirect", landing.address.as_str());
        let cancel = CancellationToken::new();
        Ok(Self { relay, address, verifier, heard, post, cancel, _landing: landing })
    }

    /// What is to be opened in the system's browser.
    pub fn address(&self) -> &Url {
        &self.address
    }

    /// For what comes another way than through the browser's page.
    pub fn ear(&self) -> Ear {
        Ear { post: self.post.clone(), cancel: self.cancel.clone() }
    }

    /// Waits until the browser is back; gives the relay, and what is redeemed there.
    ///
    /// Fails with [`Failure::SignInTimedOut`] after `patience`, with [`Failure::SignInRefused`] when the
    /// relay let nobody in, and with [`Failure::SignInUnknown`] when it was cancelled.
    pub async fn finish(mut self, patience: Duration) -> Result<(RelayAddress, Redeem), Failure> {
        let waited = time::timeout(patience, self.heard.recv());
        let heard = self.cancel.run_until_cancelled(waited).await.ok_or(Failure::SignInUnknown)?;
        let joined = heard.map_err(|_| Failure::SignInTimedOut)?.ok_or(Failure::SignInUnknown)?;
        let code = joined.code.ok_or(Failure::SignInRefused)?;
        Ok((self.relay, Redeem { code, verifier: Some(self.verifier.expose_secret().to_owned()) }))
    }
}

/// The address carries the state, and is not printed.
impl fmt::Debug for SignIn {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SignIn").field("relay", &self.relay).finish_non_exhaustive()
    }
}

/// 256 bits from the operating system, as 43 characters that an address can hold.
pub(super) fn random() -> Result<SecretString, Failure> {
    let mut bytes = [0_u8; 32];
    SysRng
        .try_fill_bytes(&mut bytes)
        .map_err(|_| Failure::Internal { reference: "no-randomness".to_owned() })?;
    Ok(SecretString::from(BASE64.encode(bytes)))
}
