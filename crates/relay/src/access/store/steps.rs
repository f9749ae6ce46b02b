//! What is done within a transaction, in more than one statement.

use chrono::TimeDelta;
use rollcall_model::PersonId;

use super::{
    Admission, Attempt, Session, Showing, Shown, StoreError,
    judge::KeptCode,
    rows::{KeptToken, TokenStanding},
    sql::Statements,
};
use crate::access::{
    SessionId,
    entry::{Entry, Kind, Why},
};

/// Whoever changes to the next token may have a request with the last one on its way: until then such a request
/// is refused, and proves no theft.
const ON_ITS_WAY: TimeDelta = TimeDelta::minutes(1);

/// Uses the code up and opens its session, in place of one of which the desk never heard.
pub(super) async fn admit(
    tx: &mut impl Statements,
    attempt: &Attempt,
    code: KeptCode,
) -> Result<Admission, StoreError> {
    let Attempt { now, session: id, address, .. } = *attempt;
    let what = if code.challenge.is_some() { "sign-in" } else { "invitation" };
    let KeptCode { email, role, person, used, .. } = code;
    let session = Session { id, email, role, person, opened_at: now, last_used_at: now };
    let unheard = used.and_then(|used| used.opened).map(|id| Session { id, ..session.clone() });
    let entry = Entry::of(Kind::Ended, now).because(Why::AnswerLost).from(address);
    let ended = end_all(tx, unheard.into_iter().collect(), &entry).await?;
    tx.use_code(attempt).await?;
    tx.insert_session(&session).await?;
    tx.insert_token(&attempt.token, id, TokenStanding::Current, now).await?;
    let entry = Entry::of(Kind::SignedIn, now).about(&session.email).in_session(id).from(address);
    tx.note(&entry.with(what)).await?;
    Ok(Admission { session, ended })
}

/// Counts the try and writes it down: the same statements whatever was wrong.
pub(super) async fn refuse(
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
pub(super) fn in_use(kept: Option<&KeptToken>, showing: &Showing) -> Option<Session> {
    let kept = kept.filter(|kept| kept.standing == TokenStanding::Current && !is_over(kept, showing))?;
    Some(kept.session.clone())
}

pub(super) fn is_over(kept: &KeptToken, showing: &Showing) -> bool {
    kept.ended || kept.session.last_used_at < showing.rested_since
}

/// Looks at a token within a transaction and does what showing it does.
pub(super) async fn take_into_use(tx: &mut impl Statements, showing: &Showing) -> Result<Shown, StoreError> {
    let kept = tx.token(&showing.token).await?;
    let Some(kept) = kept.filter(|kept| !is_over(kept, showing)) else { return Ok(Shown::Nothing) };
    let KeptToken { standing, spent_at, session, .. } = kept;
    match standing {
        TokenStanding::Current => Ok(Shown::Session(session)),
        TokenStanding::Next => {
            tx.spend_others(session.id, &showing.token, showing.now).await?;
            tx.make_current(&showing.token).await?;
            let change = tx.next_change().await?;
            tx.mark_changed(session.id, change).await?;
            Ok(Shown::Renewed(session))
        }
        TokenStanding::Spent if spent_at.is_some_and(|at| showing.now - at < ON_ITS_WAY) => {
            Ok(Shown::Nothing)
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
pub(super) async fn end_all(
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

/// Ends all sessions as one change with one entry: nobody waits for it however many there are.
pub(super) async fn end_everybody(
    tx: &mut impl Statements,
    entry: &Entry,
) -> Result<Vec<SessionId>, StoreError> {
    let change = tx.next_change().await?;
    let ended = tx.end_everybody(entry.at, change).await?;
    if !ended.is_empty() {
        tx.note(&entry.clone().with(&format!("all {} sessions", ended.len()))).await?;
    }
    Ok(ended)
}

pub(super) async fn forget_everybody(
    tx: &mut impl Statements,
    entry: &Entry,
) -> Result<Vec<SessionId>, StoreError> {
    let ended = end_everybody(tx, entry).await?;
    tx.forget_whose_all().await?;
    tx.drop_all_codes().await?;
    tx.drop_sign_ins(entry.at + TimeDelta::days(1)).await?;
    tx.raise_floor_to_the_top().await?;
    tx.drop_below_floor().await?;
    Ok(ended)
}

pub(super) async fn forget_person(
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
