//! Who was let in a moment ago, so that a request costs no question to the database.
//!
//! What stands here is worth something only while the node hears of changes, and for a minute at most; both are
//! the caller's to say. It never grows beyond [`Cache::new`]'s bound: what was not asked for lately goes first.

use std::collections::HashMap;

use chrono::{DateTime, TimeDelta, Utc};
use tokio::time::{Duration, Instant};

use super::{Caller, SessionId, secret::Digest};

/// How long an entry is worth something.
const AGE: TimeDelta = TimeDelta::minutes(1);
/// How old the last news of changes may be.
const NEWS: Duration = Duration::from_secs(1);
/// How often the use of a session is written down.
const USE: TimeDelta = TimeDelta::minutes(5);

/// Tokens and whom they let in, in two generations: the young one becomes the old one when it is full.
#[derive(Debug)]
pub(super) struct Cache {
    half: usize,
    young: HashMap<Digest, Held>,
    old: HashMap<Digest, Held>,
    by_session: HashMap<SessionId, Vec<Digest>>,
    /// The number of the last change that was heard of.
    heard: i64,
    /// When the question began that heard of it.
    fresh_at: Option<Instant>,
    /// Whose use is to be written down.
    used: HashMap<SessionId, DateTime<Utc>>,
}

#[derive(Clone, Debug)]
struct Held {
    caller: Caller,
    read_at: DateTime<Utc>,
    used_at: DateTime<Utc>,
}

/// Whom a token lets in, as the database tells.
#[derive(Clone, Debug)]
pub(super) struct Read {
    /// Whom.
    pub(super) caller: Caller,
    /// When the session was last used, as it is written down.
    pub(super) used_at: DateTime<Utc>,
    /// When it was asked.
    pub(super) now: DateTime<Utc>,
}

impl Cache {
    /// A cache of at most `bound` tokens that has heard of nothing.
    pub(super) fn new(bound: usize) -> Self {
        Self {
            half: (bound / 2).max(1),
            young: HashMap::new(),
            old: HashMap::new(),
            by_session: HashMap::new(),
            heard: 0,
            fresh_at: None,
            used: HashMap::new(),
        }
    }

    /// Whom a token lets in, if that is known for sure.
    pub(super) fn get(&mut self, token: &Digest, now: DateTime<Utc>, instant: Instant) -> Option<Caller> {
        if self.fresh_at.is_none_or(|at| instant.duration_since(at) >= NEWS) {
            return None;
        }
        if let Some(held) = self.old.remove(token) {
            self.insert(*token, held);
        }
        let mut held = self.young.remove(token)?;
        if (now - held.read_at).abs() >= AGE {
            return None;
        }
        self.mark_used(&mut held, now);
        let caller = held.caller.clone();
        self.young.insert(*token, held);
        Some(caller)
    }

    /// Remembers whom a token lets in, unless something changed since [`Cache::heard`] told `heard`.
    pub(super) fn put(&mut self, token: Digest, read: Read, heard: i64) {
        let Read { caller, used_at, now } = read;
        let mut held = Held { caller, read_at: now, used_at };
        self.mark_used(&mut held, now);
        if heard == self.heard && self.fresh_at.is_some() {
            self.old.remove(&token);
            self.insert(token, held);
        }
    }

    /// The number of the last change that was heard of.
    pub(super) const fn heard(&self) -> i64 {
        self.heard
    }

    /// Changes up to `number` were heard of, by a question that began at `asked_at`.
    pub(super) fn hear(&mut self, number: i64, asked_at: Instant) {
        self.heard = self.heard.max(number);
        self.fresh_at = Some(asked_at);
    }

    /// Forgets a session.
    pub(super) fn evict(&mut self, session: SessionId) {
        for token in self.by_session.remove(&session).unwrap_or_default() {
            self.young.remove(&token);
            self.old.remove(&token);
        }
    }

    /// Forgets everything.
    pub(super) fn clear(&mut self) {
        self.young.clear();
        self.old.clear();
        self.by_session.clear();
    }

    /// Whether a session is known to be open.
    pub(super) fn holds(&self, session: SessionId, instant: Instant) -> bool {
        let fresh = self.fresh_at.is_some_and(|at| instant.duration_since(at) < NEWS);
        fresh && self.by_session.contains_key(&session)
    }

    /// Takes out whose use is to be written down.
    pub(super) fn take_used(&mut self) -> Vec<(SessionId, DateTime<Utc>)> {
        self.used.drain().collect()
    }

    fn mark_used(&mut self, held: &mut Held, now: DateTime<Utc>) {
        if now - held.used_at >= USE {
            held.used_at = now;
            self.used.insert(held.caller.session, now);
        }
    }

    fn insert(&mut self, token: Digest, held: Held) {
        if self.young.len() >= self.half {
            let oldest = std::mem::replace(&mut self.old, std::mem::take(&mut self.young));
            for (token, held) in oldest {
                self.unlink(&token, held.caller.session);
            }
        }
        let tokens = self.by_session.entry(held.caller.session).or_default();
        if !tokens.contains(&token) {
            tokens.push(token);
        }
        self.young.insert(token, held);
    }

    fn unlink(&mut self, token: &Digest, session: SessionId) {
        if let Some(tokens) = self.by_session.get_mut(&session) {
            tokens.retain(|other| other != token);
            if tokens.is_empty() {
                self.by_session.remove(&session);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use rollcall_wire::session::Role;

    use super::*;
    use crate::caller::Slug;

    fn caller() -> Caller {
        Caller {
            organisation: Slug::only(),
            role: Role::Agent,
            email: "ada@example.test".to_owned(),
            person: None,
            session: SessionId::fresh(),
        }
    }

    fn read(caller: &Caller, now: DateTime<Utc>) -> Read {
        Read { caller: caller.clone(), used_at: now, now }
    }

    const START: DateTime<Utc> = DateTime::UNIX_EPOCH;

    #[tokio::test]
    async fn an_entry_counts_only_while_news_come_in() {
        let (mut cache, caller, now) = (Cache::new(8), caller(), Instant::now());
        cache.hear(3, now);
        cache.put([1; 32], read(&caller, START), 3);

        assert_eq!(cache.get(&[1; 32], START, now + Duration::from_millis(999)), Some(caller.clone()));
        assert_eq!(cache.get(&[1; 32], START, now + Duration::from_secs(1)), None);
        assert_eq!(cache.get(&[2; 32], START, now), None);
    }

    #[tokio::test]
    async fn what_was_read_before_a_change_is_not_remembered_after_it() {
        let (mut cache, caller, now) = (Cache::new(8), caller(), Instant::now());
        cache.hear(3, now);
        let heard = cache.heard();
        cache.hear(4, now);

        cache.put([1; 32], read(&caller, START), heard);

        assert_eq!(cache.get(&[1; 32], START, now), None);
    }

    #[tokio::test]
    async fn a_session_is_forgotten_with_all_its_tokens() {
        let (mut cache, caller, now) = (Cache::new(8), caller(), Instant::now());
        cache.hear(0, now);
        cache.put([1; 32], read(&caller, START), 0);
        cache.put([2; 32], read(&caller, START), 0);

        cache.evict(caller.session);

        assert!(cache.get(&[1; 32], START, now).is_none() && cache.get(&[2; 32], START, now).is_none());
        assert!(!cache.holds(caller.session, now));
    }

    #[tokio::test]
    async fn it_never_grows_beyond_its_bound_and_keeps_what_is_asked_for() {
        let (mut cache, often, now) = (Cache::new(100), caller(), Instant::now());
        cache.hear(0, now);
        cache.put([0; 32], read(&often, START), 0);

        for number in 1..=10_000_u32 {
            let mut token = [7; 32];
            token[..4].copy_from_slice(&number.to_be_bytes());
            cache.put(token, read(&caller(), START), 0);
            assert!(cache.get(&[0; 32], START, now).is_some());
        }

        assert!(cache.young.len() + cache.old.len() <= 101, "{}", cache.young.len());
        assert!(cache.by_session.len() <= 101, "{}", cache.by_session.len());
    }

    #[tokio::test]
    async fn the_use_of_a_session_is_written_down_every_few_minutes() {
        let (mut cache, caller, now) = (Cache::new(8), caller(), Instant::now());
        cache.hear(0, now);
        cache.put([1; 32], read(&caller, START), 0);
        assert_eq!(cache.take_used(), []);

        let later = START + TimeDelta::seconds(59);
        cache.put([1; 32], Read { caller: caller.clone(), used_at: later - USE, now: later }, 0);

        assert_eq!(cache.take_used(), [(caller.session, later)]);
        assert!(cache.get(&[1; 32], later, now).is_some());
        assert_eq!(cache.take_used(), []);
    }
}
