//! `/users/{userId}/presence_status`.

use serde::Deserialize;
use serde_json::json;

use super::{Answer, Ask, Refused, Reply};
use crate::{
    mischief::Mischief,
    oauth::Holder,
    org::PersonIx,
    presence::{Spelling, Status},
    time,
    world::PutRefused,
};

/// Minutes of Do Not Disturb when none are given.
const DEFAULT_MINUTES: i64 = 20;

/// What `PUT` takes.
#[derive(Debug, Deserialize)]
struct Wanted {
    status: String,
    duration: Option<i64>,
}

/// `GET /users/{userId}/presence_status`.
pub(super) fn get(ask: &Ask<'_>) -> Answer {
    let text = ask.shared.switches.is_on(Mischief::PresenceSpellingB);
    let spelling = if text { Spelling::Text } else { Spelling::Enumeration };
    ask.shared.with_world(|world, now| {
        let ix = ask.person(world).ok_or_else(|| Refused::no_user(ask.id()))?;
        let status = world.presence(ix);
        let mut reply = json!({ "status": status.in_rest(spelling) });
        let own = ask.grant.holder == Holder::User && ix == PersonIx(0);
        if let (true, Status::DoNotDisturb, Some(until)) = (own, status, world.undisturbed_until(ix)) {
            reply["end_time"] = time::stamp(until).into();
            reply["remaining_time"] = (until - now).num_seconds().max(0).into();
        }
        Ok(reply.into())
    })
}

/// `PUT /users/{userId}/presence_status`.
pub(super) fn put(ask: &Ask<'_>) -> Answer {
    let wanted: Wanted = serde_json::from_slice(ask.body)
        .map_err(|_| Refused::new(400, 300, "Request Body should be a valid JSON object."))?;
    let status = settable(&wanted.status).ok_or_else(|| Refused::invalid("status"))?;
    let minutes = wanted.duration.unwrap_or(DEFAULT_MINUTES);
    if !(1..=1440).contains(&minutes) {
        return Err(Refused::invalid("duration"));
    }
    ask.shared.with_world(|world, now| {
        let ix = ask.person(world).ok_or_else(|| Refused::no_user(ask.id()))?;
        world.put_presence(ix, status, minutes, now).map(|()| Reply::Nothing).map_err(refused)
    })
}

fn settable(word: &str) -> Option<Status> {
    word.parse().ok().filter(|status| !matches!(status, Status::Offline | Status::MobileSignedIn))
}

fn refused(why: PutRefused) -> Refused {
    match why {
        PutRefused::TooSoon => Refused::new(
            429,
            429,
            "Too many requests submitted to update the presence status of this user. \
             Please wait for the request to be processed and try again later.",
        ),
        PutRefused::NotSignedIn => {
            Refused::new(400, 5301, "Request to update the presence status of this user failed.")
        }
    }
}
