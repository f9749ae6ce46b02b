//! What belongs to one transaction, the same for every database.

use async_trait::async_trait;
use chrono::{DateTime, Utc};
use rollcall_model::PersonId;
use sqlx::Database;

use super::{
    Admission, Attempt, Change, Horizons, NewCode, Session, Showing, Shown, SignInOnItsWay, Store,
    StoreError, Whom, Whose,
    judge::{Evidence, refusal},
    open::{Begin, Stored},
    rows::TokenStanding,
    sql::{Codes, Reads, Sessions, SignIns, Statements, Tokens, Trail},
    steps::{
        admit, end_all, end_everybody, forget_everybody, forget_person, in_use, is_over, refuse,
        take_into_use,
    },
};
use crate::access::{
    SessionId,
    entry::{Entry, Kind, Noted, Why},
    secret::Digest,
};

/// How many tokens may be on their way to a desk at once: answers get lost, and requests overtake each other.
const ON_THEIR_WAY: i64 = 4;

#[async_trait]
impl<D: Database> Store for Stored<D>
where
    Self: Begin + Reads,
{
    async fn keep_code(&self, code: &NewCode, entry: Option<&Entry>) -> Result<(), StoreError> {
        let mut tx = self.begin().await?;
        tx.insert_code(code).await?;
        if let Some(entry) = entry {
            tx.note(entry).await?;
        }
        tx.commit().await
    }

    async fn redeem(&self, attempt: &Attempt) -> Result<Option<Admission>, StoreError> {
        let mut tx = self.begin().await?;
        let code = tx.code(&attempt.selector).await?;
        let evidence =
            Evidence { digest: &attempt.digest, challenge: attempt.challenge.as_deref(), now: attempt.now };
        let opened = match (refusal(code.as_ref(), evidence), code) {
            (None, Some(code)) => Some(admit(&mut tx, attempt, code).await?),
            (why, code) => {
                refuse(&mut tx, attempt, why.unwrap_or(Why::UnknownCode), code.as_ref()).await?;
                None
            }
        };
        tx.commit().await?;
        Ok(opened)
    }

    async fn show(&self, showing: &Showing) -> Result<Shown, StoreError> {
        // Nearly every token is the one in use, and needs no transaction.
        let kept = self.kept_token(&showing.token).await?;
        if let Some(session) = in_use(kept.as_ref(), showing) {
            return Ok(Shown::Session(session));
        }
        if kept.is_none_or(|kept| is_over(&kept, showing)) {
            return Ok(Shown::Nothing);
        }
        let mut tx = self.begin().await?;
        let shown = take_into_use(&mut tx, showing).await?;
        tx.commit().await?;
        Ok(shown)
    }

    async fn rotate(&self, showing: &Showing, next: &Digest) -> Result<Shown, StoreError> {
        let mut tx = self.begin().await?;
        let shown = take_into_use(&mut tx, showing).await?;
        if let Shown::Session(session) | Shown::Renewed(session) = &shown {
            tx.insert_token(next, session.id, TokenStanding::Next, showing.now).await?;
            tx.drop_old_next(session.id, ON_THEIR_WAY).await?;
        }
        tx.commit().await?;
        Ok(shown)
    }

    async fn end(&self, whose: Whose<'_>, entry: &Entry) -> Result<Vec<SessionId>, StoreError> {
        let sessions = match whose {
            Whose::Everybody => Vec::new(),
            whose => self.open_sessions(whose).await?,
        };
        if sessions.is_empty() && whose != Whose::Everybody {
            return Ok(Vec::new());
        }
        let mut tx = self.begin().await?;
        let ended = match whose {
            Whose::Everybody => end_everybody(&mut tx, entry).await?,
            _ => end_all(&mut tx, sessions, entry).await?,
        };
        tx.commit().await?;
        Ok(ended)
    }

    async fn touch(&self, used: &[(SessionId, DateTime<Utc>)]) -> Result<(), StoreError> {
        let mut tx = self.begin().await?;
        for (session, at) in used {
            tx.touch(*session, *at).await?;
        }
        tx.commit().await
    }

    async fn know(&self, session: SessionId, person: &PersonId) -> Result<(), StoreError> {
        let mut tx = self.begin().await?;
        tx.set_person(session, person).await?;
        let change = tx.next_change().await?;
        tx.mark_changed(session, change).await?;
        tx.commit().await
    }

    async fn last_change(&self) -> Result<i64, StoreError> {
        self.head().await
    }

    async fn changes(&self, after: i64) -> Result<Vec<Change>, StoreError> {
        self.changes_after(after).await
    }

    async fn sessions(&self, whose: Whose<'_>) -> Result<Vec<Session>, StoreError> {
        self.open_sessions(whose).await
    }

    async fn keep_sign_in(&self, sign_in: &SignInOnItsWay, most: i64) -> Result<bool, StoreError> {
        let mut tx = self.begin().await?;
        let room = tx.count_sign_ins().await? < most;
        if room {
            tx.insert_sign_in(sign_in).await?;
        }
        tx.commit().await?;
        Ok(room)
    }

    async fn take_sign_in(&self, state: &Digest) -> Result<Option<SignInOnItsWay>, StoreError> {
        let mut tx = self.begin().await?;
        let taken = tx.take_sign_in(state).await?;
        tx.commit().await?;
        Ok(taken)
    }

    async fn note(&self, entry: &Entry) -> Result<(), StoreError> {
        let mut tx = self.begin().await?;
        tx.note(entry).await?;
        tx.commit().await
    }

    async fn trail(&self, after: i64, limit: u32) -> Result<Vec<Noted>, StoreError> {
        self.entries(after, limit).await
    }

    async fn tidy(
        &self,
        horizons: &Horizons,
        rested_since: DateTime<Utc>,
        now: DateTime<Utc>,
    ) -> Result<Vec<SessionId>, StoreError> {
        let mut tx = self.begin().await?;
        let resting = tx.sessions_at_rest(rested_since).await?;
        let ended = end_all(&mut tx, resting, &Entry::of(Kind::Ended, now).because(Why::Idle)).await?;
        tx.drop_codes(horizons.codes).await?;
        tx.drop_sign_ins(horizons.codes).await?;
        tx.drop_spent(horizons.sessions).await?;
        tx.drop_sessions(horizons.sessions).await?;
        tx.raise_floor(horizons.trail).await?;
        tx.drop_below_floor().await?;
        tx.commit().await?;
        Ok(ended)
    }

    async fn forget(&self, whom: Whom<'_>, now: DateTime<Utc>) -> Result<Vec<SessionId>, StoreError> {
        let entry = Entry::of(Kind::Ended, now).because(Why::Deauthorized).by("zoom");
        let mut open = Vec::new();
        if let Whom::Person { person, email } = whom {
            open = self.open_sessions(Whose::Person(person)).await?;
            open.extend(self.open_sessions(Whose::Email(email.unwrap_or_default())).await?);
        }
        let mut tx = self.begin().await?;
        let ended = match whom {
            Whom::Everybody => forget_everybody(&mut tx, &entry).await?,
            Whom::Person { person, email } => {
                let ended = end_all(&mut tx, open, &entry).await?;
                forget_person(&mut tx, person, email).await?;
                ended
            }
        };
        tx.note(&Entry::of(Kind::Forgotten, now).by("zoom")).await?;
        tx.commit().await?;
        self.scrub().await?;
        Ok(ended)
    }

    async fn close(&self) {
        self.shut().await;
    }
}
