//! Presence, asked of one person at a time: Zoom has no list of it.

use chrono::{DateTime, Utc};
use rollcall_model::{PersonId, Presence, PresenceState, Source};
use serde::Deserialize;
use serde_json::json;

use super::segment;
use crate::{
    Client, Lane, ZoomError,
    client::{Answer, Ask},
    lenient::{de_moment, de_text},
    pace::{Bucket, Label},
};

/// A presence that can be set.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum OwnPresence {
    /// Free.
    Available,
    /// Away.
    Away,
    /// Do not disturb, for 1 to 1,440 minutes.
    DoNotDisturb {
        /// How long.
        minutes: u16,
    },
    /// In an event of the calendar.
    InCalendarEvent,
    /// Presenting.
    Presenting,
    /// In a meeting.
    InMeeting,
    /// On a call.
    OnCall,
    /// Out of office.
    OutOfOffice,
    /// Busy.
    Busy,
}

#[derive(Deserialize)]
struct Body {
    #[serde(deserialize_with = "de_text")]
    status: String,
    /// Only for the asker's own do-not-disturb.
    #[serde(default, deserialize_with = "de_moment")]
    end_time: Option<DateTime<Utc>>,
}

impl Client {
    /// A person's presence (Medium; `user:read:presence_status:admin`), as of the moment of the question.
    pub async fn presence(&self, id: &PersonId, lane: Lane) -> Result<Presence, ZoomError> {
        let ask = self.get(BUCKET, &["users", &segment(id.as_str())?, PATH]);
        let Answer { value: body, asked_at } = self.ask::<Body>(ask, lane).await?;
        if body.status.is_empty() {
            return Err(ZoomError::Unreadable);
        }
        Ok(Presence {
            as_of: asked_at,
            source: Source::Asked,
            state: PresenceState::from_zoom(&body.status),
            raw: body.status,
            until: body.end_time,
        })
    }

    /// Sets a person's presence (Medium; `user:update:presence_status:admin`). Zoom takes it once a minute
    /// for each person, and only while they are signed in to a client.
    pub async fn set_presence(&self, id: &PersonId, own: OwnPresence, lane: Lane) -> Result<(), ZoomError> {
        let first = self.put_presence(id, own, "Do_Not_Disturb")?;
        let outcome = self.send(first, lane).await;
        // Zoom's specification spells this word without its first t; servers may take either.
        if let (OwnPresence::DoNotDisturb { .. }, Err(ZoomError::Refused { status: 400, .. })) =
            (own, &outcome)
        {
            self.send(self.put_presence(id, own, "Do_No_Disturb")?, lane).await?;
            return Ok(());
        }
        outcome.map(|_| ())
    }

    fn put_presence(
        &self,
        id: &PersonId,
        own: OwnPresence,
        do_not_disturb: &'static str,
    ) -> Result<Ask, ZoomError> {
        let body = match own {
            OwnPresence::DoNotDisturb { minutes } => {
                json!({ "status": do_not_disturb, "duration": minutes.clamp(1, 1_440) })
            }
            OwnPresence::Available => json!({ "status": "Available" }),
            OwnPresence::Away => json!({ "status": "Away" }),
            OwnPresence::InCalendarEvent => json!({ "status": "In_Calendar_Event" }),
            OwnPresence::Presenting => json!({ "status": "Presenting" }),
            OwnPresence::InMeeting => json!({ "status": "In_A_Zoom_Meeting" }),
            OwnPresence::OnCall => json!({ "status": "On_A_Call" }),
            OwnPresence::OutOfOffice => json!({ "status": "Out_of_Office" }),
            OwnPresence::Busy => json!({ "status": "Busy" }),
        };
        let ask = self.put(BUCKET, &["users", &segment(id.as_str())?, PATH]);
        Ok(ask.json(&body).per_person())
    }
}

const BUCKET: Bucket = Bucket::core(Label::Medium);
const PATH: &str = "presence_status";
