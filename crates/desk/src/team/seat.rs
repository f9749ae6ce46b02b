//! A place at an organisation's relay: whose it is, and the token that opens it.

use std::{fmt, pin::Pin, sync::Arc};

use rollcall_model::PersonId;
use rollcall_wire::{
    Failure,
    session::{Redeem, Role, Standing},
    window::YourRelay,
};
use secrecy::SecretString;
use serde::{Deserialize, Serialize};
use tokio::sync::Mutex;

use super::{RelayAddress, Trust, door::Door, tokens::Tokens};
use crate::{Upstream, Who, secrets::Secrets, sync::hold};

/// What is known of a seat beside its token; kept in a file.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Membership {
    /// The relay.
    pub relay: RelayAddress,
    /// The organisation's name, as its relay spells it.
    pub organisation: String,
    /// The e-mail address that was let in.
    pub email: String,
    /// The person, once the directory knows the address.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub person: Option<PersonId>,
    /// What they may see.
    pub role: Role,
}

/// What a change of the token means for whoever uses it.
#[derive(Clone, Debug)]
pub enum Turn {
    /// Link this way from now on. Once this was done, the token before must be shown to nobody: a relay takes
    /// one that is shown well after its successor for a stolen one, and ends the session.
    Link(Upstream),
    /// The relay says this of the seat.
    Known(Membership),
    /// The session has ended.
    Ended,
}

/// Told of every [`Turn`], in order; what comes next waits until it was done.
pub type Turned = Box<dyn Fn(Turn) -> Turning + Send + Sync>;
/// What is done about a [`Turn`].
pub type Turning = Pin<Box<dyn Future<Output = ()> + Send>>;

/// A seat at a relay. Its token is in the keychain and in here, and nowhere else.
pub struct Seat {
    membership: std::sync::Mutex<Membership>,
    door: Door,
    secrets: Arc<dyn Secrets>,
    tokens: Mutex<Tokens>,
}

impl Membership {
    fn new(relay: RelayAddress, standing: Standing) -> Self {
        let Standing { organisation, email, person, role } = standing;
        Self { relay, organisation, email, person, role }
    }

    /// Who sits at this desk.
    pub fn who(&self) -> Who {
        self.person.clone().map_or_else(|| Who::Email(self.email.clone()), Who::Id)
    }

    /// What is known of the relay without asking it; `failure` is why it was not asked.
    pub fn told(self, failure: Option<Failure>) -> YourRelay {
        let Self { relay, organisation, email, role, .. } = self;
        let (address, encrypted) = (relay.to_string(), relay.is_encrypted());
        YourRelay { address, organisation, email, role, encrypted, certificate: None, failure }
    }

    /// The name of the token in the keychain.
    fn secret(&self) -> String {
        format!("relay {}", self.relay)
    }

    /// Forgets the token of a seat that is not taken.
    pub async fn forget(&self, secrets: &dyn Secrets) -> Result<(), Failure> {
        secrets.forget(&self.secret()).await
    }
}

impl Seat {
    /// Takes a seat with a one-time code. The second part is why the keychain did not take the token:
    /// the seat then lasts as long as this.
    pub async fn take(
        relay: RelayAddress,
        redeem: &Redeem,
        trust: &Trust,
        secrets: Arc<dyn Secrets>,
    ) -> Result<(Self, Option<Failure>), Failure> {
        let door = Door::new(relay.clone(), trust)?;
        let admitted = door.redeem(redeem).await?;
        let tokens = Tokens::one(SecretString::from(admitted.token));
        let membership = Membership::new(relay, admitted.standing);
        let kept = secrets.write(&membership.secret(), tokens.written()).await;
        Ok((Self::with(membership, door, secrets, tokens), kept.err()))
    }

    /// The seat that was taken before; nothing when its token is gone.
    pub async fn again(
        membership: Membership,
        trust: &Trust,
        secrets: Arc<dyn Secrets>,
    ) -> Result<Option<Self>, Failure> {
        let kept = secrets.read(&membership.secret()).await?;
        let Some(tokens) = kept.as_ref().and_then(Tokens::read) else { return Ok(None) };
        let door = Door::new(membership.relay.clone(), trust)?;
        Ok(Some(Self::with(membership, door, secrets, tokens)))
    }

    fn with(membership: Membership, door: Door, secrets: Arc<dyn Secrets>, tokens: Tokens) -> Self {
        Self { membership: std::sync::Mutex::new(membership), door, secrets, tokens: Mutex::new(tokens) }
    }

    /// What is known of it.
    pub fn membership(&self) -> Membership {
        hold(&self.membership).clone()
    }

    /// How an engine reaches the relay now; after a rotation it is another way.
    pub async fn upstream(&self) -> Upstream {
        self.way(&self.tokens.lock().await.newest)
    }

    fn way(&self, token: &SecretString) -> Upstream {
        Upstream { base: self.membership().relay.url().clone(), token: token.clone() }
    }

    /// Renews the token. Whatever is lost on the way, the keychain holds a token that the relay takes: the
    /// next one is written beside the present one, then `turned` to, and only then is the present one
    /// forgotten.
    ///
    /// Fails with [`Failure::SessionEnded`] when no token of this seat is taken any more; with any other
    /// failure the seat holds and this can be tried again.
    pub async fn rotate(&self, turned: &Turned) -> Result<(), Failure> {
        let mut tokens = self.tokens.lock().await;
        let name = self.membership().secret();
        let (present, next) = self.next(&tokens).await?;
        let both = Tokens { newest: next, before: Some(present.clone()) };
        // One that cannot be kept is not used either: then the present one holds at the relay.
        self.secrets.write(&name, both.written()).await?;
        *tokens = both;
        turned(Turn::Link(self.way(&tokens.newest))).await;
        match self.door.standing(&tokens.newest).await {
            Ok((standing, _)) => self.learn(standing),
            Err(Failure::SessionEnded) => {
                *tokens = Tokens::one(present);
                turned(Turn::Link(self.way(&tokens.newest))).await;
                return Err(Failure::NotAdmitted);
            }
            // It may have been used or not; both are kept until one rotation goes through.
            Err(_) => return Ok(()),
        }
        *tokens = Tokens::one(tokens.newest.clone());
        if self.secrets.write(&name, tokens.written()).await.is_err() {
            tracing::warn!("the keychain holds a token of the session that is over, beside the present one");
        }
        turned(Turn::Known(self.membership())).await;
        Ok(())
    }

    /// The token that the relay takes, and the one that follows it.
    async fn next(&self, tokens: &Tokens) -> Result<(SecretString, SecretString), Failure> {
        match (self.door.rotate(&tokens.newest).await, &tokens.before) {
            // The newest was kept and never used: the relay may have forgotten it, and the one before holds.
            (Err(Failure::SessionEnded), Some(before)) => {
                Ok((before.clone(), self.door.rotate(before).await?.token.into()))
            }
            (next, _) => Ok((tokens.newest.clone(), next?.token.into())),
        }
    }

    fn learn(&self, standing: Standing) {
        let mut membership = hold(&self.membership);
        *membership = Membership::new(membership.relay.clone(), standing);
    }

    /// Gives the seat up: here at once, and at the relay if it can be reached.
    ///
    /// Fails with [`Failure::SignedOutHereOnly`] when the relay could not be told, and as the keychain
    /// does when it still holds the token.
    pub async fn sign_out(&self) -> Result<(), Failure> {
        let tokens = self.tokens.lock().await;
        let forgotten = self.membership().forget(&*self.secrets).await;
        let ended = match (self.door.end(&tokens.newest).await, &tokens.before) {
            (Err(Failure::SessionEnded), Some(before)) => self.door.end(before).await,
            (ended, _) => ended,
        };
        forgotten?;
        match ended {
            Ok(()) | Err(Failure::SessionEnded | Failure::AppRemoved) => Ok(()),
            Err(_) => Err(Failure::SignedOutHereOnly),
        }
    }

    /// The relay and the seat, asked now; what cannot be asked is told as it was last known.
    pub async fn about(&self) -> YourRelay {
        // Held until the answer is there: a token on its way must not be overtaken by its successor.
        let tokens = self.tokens.lock().await;
        let (certificate, failure) = match self.door.standing(&tokens.newest).await {
            Ok((standing, certificate)) => {
                self.learn(standing);
                (certificate, None)
            }
            Err(failure) => (None, Some(failure)),
        };
        YourRelay { certificate, ..self.membership().told(failure) }
    }
}

/// No token is printed.
impl fmt::Debug for Seat {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Seat").finish_non_exhaustive()
    }
}
