//! Tokens and codes that were given out.

use std::{
    collections::{HashMap, VecDeque},
    sync::Arc,
};

use chrono::{DateTime, TimeDelta, Utc};
use rand::SeedableRng;
use rand_chacha::ChaCha8Rng;

use super::pkce::Challenge;
use crate::{api::ALL_SCOPES, ids};

/// How long a code may be exchanged.
const CODE_LIFE: TimeDelta = TimeDelta::minutes(5);

/// How long a refresh token lives.
const REFRESH_LIFE: TimeDelta = TimeDelta::days(90);

/// How many access tokens are remembered; the oldest go first.
const REMEMBERED: usize = 4_096;

/// Whom a token stands for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Holder {
    /// The account, by Server-to-Server OAuth.
    Account,
    /// The person who signed in: the agent.
    User,
    /// The app itself, by client credentials.
    App,
}

/// What an access token opens, and until when.
#[derive(Clone, Debug)]
pub(crate) struct Grant {
    pub(crate) holder: Holder,
    pub(crate) scopes: Arc<[String]>,
    pub(crate) expires_at: DateTime<Utc>,
}

/// A code on its way back through the browser.
pub(super) struct Code {
    pub(super) redirect_uri: String,
    pub(super) challenge: Option<Challenge>,
    expires_at: DateTime<Utc>,
}

/// Everything that was given out and is still good.
pub(crate) struct Tokens {
    access: HashMap<String, Grant>,
    /// Access tokens in the order they were given out.
    given: VecDeque<String>,
    refresh: HashMap<String, DateTime<Utc>>,
    codes: HashMap<String, Code>,
    newest_of_account: Option<String>,
    scopes: Arc<[String]>,
    rng: ChaCha8Rng,
}

impl Tokens {
    pub(crate) fn seeded(seed: u64) -> Self {
        Self {
            access: HashMap::new(),
            given: VecDeque::new(),
            refresh: HashMap::new(),
            codes: HashMap::new(),
            newest_of_account: None,
            scopes: ALL_SCOPES.iter().map(|scope| (*scope).to_owned()).collect(),
            rng: ChaCha8Rng::seed_from_u64(seed ^ 0x7074_e115),
        }
    }

    /// Sets the scopes of tokens given out from now on.
    pub(crate) fn set_scopes(&mut self, scopes: Vec<String>) {
        self.scopes = scopes.into();
    }

    /// The scopes the app has.
    pub(super) fn scopes(&self) -> Arc<[String]> {
        Arc::clone(&self.scopes)
    }

    /// Gives out an access token.
    pub(super) fn give(&mut self, grant: Grant) -> String {
        let token = format!("eyJ{}", ids::token(&mut self.rng, 96));
        if self.given.len() == REMEMBERED
            && let Some(oldest) = self.given.pop_front()
        {
            self.access.remove(&oldest);
        }
        if grant.holder == Holder::Account {
            self.newest_of_account = Some(token.clone());
        }
        self.given.push_back(token.clone());
        self.access.insert(token.clone(), grant);
        token
    }

    /// Ends the account's newest token, if there is one.
    pub(super) fn end_newest_of_account(&mut self) {
        if let Some(token) = self.newest_of_account.take() {
            self.access.remove(&token);
        }
    }

    /// What a token opens; an expired one is still known as such.
    pub(crate) fn look_up(&self, token: &str) -> Option<Grant> {
        self.access.get(token).cloned()
    }

    /// Ends a token of either kind. Says whether it was one.
    pub(super) fn revoke(&mut self, token: &str) -> bool {
        self.access.remove(token).is_some() | self.refresh.remove(token).is_some()
    }

    /// Ends every access token at once.
    pub(crate) fn revoke_all(&mut self) {
        self.access.clear();
        self.given.clear();
    }

    /// Gives out a refresh token.
    pub(super) fn give_refresh(&mut self, now: DateTime<Utc>) -> String {
        let token = format!("eyJ{}", ids::token(&mut self.rng, 96));
        self.refresh.insert(token.clone(), now + REFRESH_LIFE);
        token
    }

    /// Uses up a refresh token.
    pub(super) fn take_refresh(&mut self, token: &str, now: DateTime<Utc>) -> bool {
        self.refresh.remove(token).is_some_and(|expires_at| now < expires_at)
    }

    /// Gives out a code for a redirect.
    pub(super) fn give_code(
        &mut self,
        redirect_uri: String,
        challenge: Option<Challenge>,
        now: DateTime<Utc>,
    ) -> String {
        self.codes.retain(|_, code| now < code.expires_at);
        let code = ids::token(&mut self.rng, 24);
        self.codes.insert(code.clone(), Code { redirect_uri, challenge, expires_at: now + CODE_LIFE });
        code
    }

    /// Uses up a code.
    pub(super) fn take_code(&mut self, code: &str, now: DateTime<Utc>) -> Option<Code> {
        self.codes.remove(code).filter(|code| now < code.expires_at)
    }
}
