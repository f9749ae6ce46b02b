//! A delivery that its sender wants to know kept: a webhook, answered after the commit.

use bytes::Bytes;
use rollcall_model::PersonId;
use rollcall_zoom::delivery::Meaning;

use super::read;
use crate::{
    core::Core,
    ledger::{Arrival, Keys},
    log::NotKept,
};

/// What became of a delivery.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Taken {
    /// It is in the log, or there is nothing in it for the log.
    Kept,
    /// It is of another account, and nothing was done.
    OfAnotherAccount,
    /// The app was taken away: by the whole account, or by a user who had it for themselves.
    Deauthorized {
        /// Who did it.
        user: Option<PersonId>,
        /// Which app.
        client_id: Option<String>,
    },
    /// Zoom tests the address, and wants an answer to that.
    Validation,
}

/// Takes in a delivery of an account and waits until it is committed. `request_id` is what Zoom calls it.
pub(crate) async fn keep(
    core: &Core,
    body: &Bytes,
    request_id: Option<&str>,
    account_id: &str,
) -> Result<Taken, NotKept> {
    let delivery = read(core, body).await;
    if delivery
        .as_ref()
        .and_then(|delivery| delivery.account_id.as_deref())
        .is_some_and(|id| id != account_id)
    {
        return Ok(Taken::OfAnotherAccount);
    }
    core.tally.delivered(core.clock.now());
    match delivery.map(|delivery| delivery.meaning) {
        Some(Meaning::Events(events)) if !events.is_empty() && !core.removal.is_removed() => {
            let keys = Keys::of_body(body);
            let keys = request_id.map_or(keys, |id| keys.with_request(id));
            core.log.keep(Arrival { keys, events }).await?;
            Ok(Taken::Kept)
        }
        Some(Meaning::Validation { .. }) => Ok(Taken::Validation),
        Some(Meaning::Deauthorized { user, client_id, .. }) => Ok(Taken::Deauthorized { user, client_id }),
        Some(Meaning::Events(_) | Meaning::Unknown) | None => Ok(Taken::Kept),
    }
}
