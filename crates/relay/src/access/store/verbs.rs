//! What belongs to one transaction, the same for every database.

use async_trait::async_trait;
use chrono::{DateTime, TimeDelta, Utc};
use rollcall_model::PersonId;
use sqlx::Database;

use super::{
    Attempt, Change, Horizons, NewCode, Session, Showing, Shown, SignInOnItsWay, Store, StoreError, Whom,
    Whose,
    judge::{Evidence, KeptCode, refusal},
    open::{Begin, Stored},
    rows::{KeptToken, TokenStanding},
    sql::{Codes, Reads, Sessions, SignIns, Statements, Tokens, Trail},
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

    async fn redeem(&self, attempt: &Attempt) -> Result<Option<Session>, StoreError> {
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
            tx.spend_old_next(session.id, ON_THEIR_WAY).await?;
        }
        tx.commit().await?;
        Ok(shown)
    }

    async fn end(&self, whose: Whose<'_>, entry: &Entry) -> Result<Vec<SessionId>, StoreError> {
        let sessions = self.open_sessions(whose).await?;
        if sessions.is_empty() {
            return Ok(Vec::new());
        }
        let mut tx = self.begin().await?;
        let ended = end_all(&mut tx, sessions, entry).await?;
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
        let mut open = match whom {
            Whom::Everybody => self.open_sessions(Whose::Everybody).await?,
            Whom::Person { person, .. } => self.open_sessions(Whose::Person(person)).await?,
        };
        if let Whom::Person { email: Some(email), .. } = whom {
            open.extend(self.open_sessions(Whose::Email(email)).await?);
        }
        let mut tx = self.begin().await?;
        let entry = Entry::of(Kind::Ended, now).because(Why::Deauthorized).by("zoom");
        let ended = end_all(&mut tx, open, &entry).await?;
        match whom {
            Whom::Everybody => forget_everybody(&mut tx, now).await?,
            Whom::Person { person, email } => forget_person(&mut tx, person, email).await?,
        }
        tx.note(&Entry::of(Kind::Forgotten, now).by("zoom")).await?;
        tx.commit().await?;
        Ok(ended)
    }

    async fn close(&self) {
        self.shut().await;
    }
}

/// Uses the code up and opens its session.
async fn admit(tx: &mut impl Statements, attempt: &Attempt, code: KeptCode) -> Result<Session, StoreError> {
    let Attempt { now, session: id, address, .. } = *attempt;
    let what = if code.challenge.is_some() { "sign-in" } else { "invitation" };
    let KeptCode { email, role, person, .. } = code;
    let session = Session { id, email, role, person, opened_at: now, last_used_at: now };
    tx.use_code(&attempt.selector, now).await?;
    tx.insert_session(&session).await?;
    tx.insert_token(&attempt.token, id, TokenStanding::Current, now).await?;
    let entry = Entry::of(Kind::SignedIn, now).about(&session.email).in_session(id).from(address);
    tx.note(&entry.with(what)).await?;
    Ok(session)
}

/// Counts the try and writes it down: the same statements whatever was wrong.
async fn refuse(
    tx: &mut impl Statements,
    attempt: &Attempt,
    why: Why,
    code: Option<&KeptCode>,
) -> Result<(), StoreError> {
    tx.count_wrong_try(&attempt.selector).await?;
    if attempt.noted {
        let who = code.map(|code| code.email.clone());
        let entry = Entry::of(Kind::Refused, attempt.now).because(why).from(attempt.address);
        tx.note(&Entry { who, ..entry }).await?;
    }
    Ok(())
}

/// The session whose token in use this is.
fn in_use(kept: Option<&KeptToken>, showing: &Showing) -> Option<Session> {
    let kept = kept.filter(|kept| kept.standing == TokenStanding::Current && !is_over(kept, showing))?;
    Some(kept.session.clone())
}

fn is_over(kept: &KeptToken, showing: &Showing) -> bool {
    kept.ended || kept.session.last_used_at < showing.rested_since
}

/// Looks at a token within a transaction and does what showing it does.
async fn take_into_use(tx: &mut impl Statements, showing: &Showing) -> Result<Shown, StoreError> {
    let kept = tx.token(&showing.token).await?;
    let Some(kept) = kept.filter(|kept| !is_over(kept, showing)) else { return Ok(Shown::Nothing) };
    let KeptToken { standing, session, .. } = kept;
    match standing {
        TokenStanding::Current => Ok(Shown::Session(session)),
        TokenStanding::Next => {
            tx.spend_others(session.id, &showing.token).await?;
            tx.make_current(&showing.token).await?;
            let change = tx.next_change().await?;
            tx.mark_changed(session.id, change).await?;
            Ok(Shown::Renewed(session))
        }
        TokenStanding::Spent => {
            let id = session.id;
            let entry = Entry::of(Kind::RotatedTwice, showing.now).from(showing.address);
            end_all(tx, vec![session], &entry).await?;
            Ok(Shown::Stolen(id))
        }
    }
}

/// Ends sessions that are still open, as one change, each with its entry.
async fn end_all(
    tx: &mut impl Statements,
    sessions: Vec<Session>,
    entry: &Entry,
) -> Result<Vec<SessionId>, StoreError> {
    let mut ended = Vec::new();
    if sessions.is_empty() {
        return Ok(ended);
    }
    let change = tx.next_change().await?;
    for session in sessions {
        if tx.end_session(session.id, entry.at, change).await? {
            tx.note(&entry.clone().about(&session.email).in_session(session.id)).await?;
            ended.push(session.id);
        }
    }
    Ok(ended)
}

async fn forget_everybody(tx: &mut impl Statements, now: DateTime<Utc>) -> Result<(), StoreError> {
    tx.forget_whose_all().await?;
    tx.drop_all_codes().await?;
    tx.drop_sign_ins(now + TimeDelta::days(1)).await?;
    tx.raise_floor_to_the_top().await?;
    tx.drop_below_floor().await
}

async fn forget_person(
    tx: &mut impl Statements,
    person: &PersonId,
    email: Option<&str>,
) -> Result<(), StoreError> {
    let mut emails = tx.emails_of(person).await?;
    emails.extend(email.map(str::to_owned));
    for email in emails.iter().filter(|email| !email.is_empty()) {
        tx.forget_whose(email).await?;
        tx.drop_codes_of(email).await?;
        tx.forget_names(email).await?;
    }
    Ok(())
}
